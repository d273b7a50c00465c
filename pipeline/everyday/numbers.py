"""Read every number of a text: plain, as a share or a fraction, in currency and its parts, and ranges of numbers.

Reads: text; ``rules/everyday_numbers.toml``. Writes: ``NumberMention`` records with half-open spans, values in the unit as written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import prod
from typing import TYPE_CHECKING, Any

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != ord("，")} | {0x3000: 0x20}  # full-width ASCII
_BLANKS = re.compile(r"\s")
_NUMBER = "#"
_SHARES = ("percent_base", "hundred", "denominator", "over", "discount", "tenths", "off", "percent_figure")

_Bounds = tuple[int, int, Fraction | None, Fraction | None]  # of a mention: start, end, low, high


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number or a range of numbers: what stands in the text and its bounds; None where a range is open."""

    start: int
    end: int
    text: str
    low: int | float | None
    high: int | float | None


@dataclass(frozen=True, slots=True)
class _Item:
    """One number with its unit: the span of the number, the end of the unit, and the value."""

    start: int
    end: int
    unit_end: int
    unit: str
    low: Fraction
    high: Fraction
    vague: bool  # 三十多, 二百余万: at least this, less than one more of its last place


def find_numbers(text: str) -> tuple[NumberMention, ...]:
    """Every number of ``text``, then what is built from several: amounts in parts and ranges. Nested expressions are all given."""
    plain = text.translate(_alike())
    items = list(_items(plain))
    found: list[_Bounds] = [(item.start, item.end if item.vague else item.unit_end, item.low, item.high) for item in items]
    vague = (item for item in items if item.vague and item.high > 0)
    found += [(item.start, item.unit_end, item.low, item.high + _last_place(item.high)) for item in vague]
    found += _amounts(plain, items)
    found += _ranges(plain, items)
    return tuple(NumberMention(a, b, text[a:b], _number(low), _number(high)) for a, b, low, high in found)


@cache
def _alike() -> dict[int, int | str]:
    same = load_rules("everyday_numbers").data["same"]
    return {**_WIDE, **{ord(character): plain for plain, characters in same.items() for character in characters}}


@cache
def _vague() -> re.Pattern[str]:
    return re.compile(load_rules("everyday_numbers").parts["vague"])


def _items(plain: str) -> Iterator[_Item]:
    rules = load_rules("everyday_numbers")
    position = 0
    while match := rules["number"].search(plain, position):
        position = max(match.end(), match.start() + 1)
        bounds = _value(match)
        if bounds is None:
            continue
        unit = rules["unit"].match(plain, match.end())
        part = _part(unit) if unit else Fraction(0)
        name = (unit["unit"] if unit else None) or ""
        scale = _scale(name)
        unit_end = unit.end() if unit and unit[0].strip() else match.end()
        position = max(position, unit_end)
        low, high = ((bound + part) * scale for bound in bounds)
        vague = _vague().search(match[0]) is not None or (unit is not None and unit["vague"] is not None)
        yield _Item(match.start(), match.end(), unit_end, name, low, high, vague)


def _part(unit: re.Match[str]) -> Fraction:
    """What the words behind a unit add to the number: half a unit in 三斤半, a tenth in 三块五."""
    if unit["half"]:
        return Fraction(1, 2)
    return (_read(unit["tenth"]) or Fraction(0)) / 10 if unit["tenth"] else Fraction(0)


def _last_place(value: Fraction) -> Fraction:
    """The worth of the last digit that is not zero: 100 of 3100."""
    digits = str(int(value))
    return Fraction(10 ** (len(digits) - len(digits.rstrip("0"))))


def _scale(unit: str) -> Fraction:
    """What a unit that is not kept as written is worth in the unit that is given instead."""
    data = load_rules("everyday_numbers").data
    if unit in data["base_units"]:
        return _exact(data["base_units"][unit])
    return next((_exact(family["units"][unit]) for family in data["family"] if unit in family["alone"]), Fraction(1))


def _exact(value: float) -> Fraction:
    return Fraction(str(value))


def _read(words: str) -> Fraction | None:
    value = parse_number(_vague().sub("", words))
    return None if value is None else _exact(value)


def _value(match: re.Match[str]) -> tuple[Fraction, Fraction] | None:
    """Low and high of one number; they differ for 数十亿 and 七八万."""
    if match["few"]:
        place = _read(match["few_place"])
        return (place, 10 * place) if place is not None else None
    if match["pair"]:
        place, ten = _read(match["pair_place"] or "1") or Fraction(1), Fraction(10 if match["ten"] else 0)
        low, high = (_read(digit) or Fraction(0) for digit in match["pair"])
        return (ten + low) * place, (ten + high) * place
    value = _share(match) if _is_share(match) else _figure(match)
    if value is None:
        return None
    return (-value, -value) if match["sign"] else (value, value)


def _is_share(match: re.Match[str]) -> bool:
    return any(
        match[name] is not None
        for name in ("percent_base", "hundred", "denominator", "over", "discount", "tenths", "off", "percent_figure")
    )


def _share(match: re.Match[str]) -> Fraction | None:
    """Percentages (5 for 5%), tenths and discounts (90 for 九成 and 九折), fractions (0.75 for 四分之三)."""
    if match["hundred"] or match["all"]:
        return Fraction(100)
    if match["discount"]:
        return Fraction(load_rules("everyday_numbers").data["discounts"][match["discount"]])
    if match["percent_base"]:
        share = _read(match["percent"])
        shares = load_rules("everyday_numbers").data["shares"]
        base = prod(shares[place] for place in _BLANKS.sub("", match["percent_base"]))
        thousands = 1000 if match["percent_suffix"] else 1
        return None if share is None else share * thousands * 100 / base
    if match["percent_figure"]:
        share = _read(match["percent_figure"])
        return None if share is None else share * (1000 if match["percent_thousands"] else 1)
    if match["tenths"]:
        share = _read(match["tenths"])
        return None if share is None else share * 10
    if match["off"]:
        share = _read(match["off"])
        return None if share is None else share * (1 if share >= 10 else 10)  # 七五折 and 75折, but 八点五折
    return _fraction(match)


def _fraction(match: re.Match[str]) -> Fraction | None:
    if match["over"]:
        under = int(match["under"])
        return int(match["mixed"] or 0) + Fraction(int(match["over"]), under) if under else None
    whole = _read(match["whole"]) if match["whole"] else Fraction(0)
    numerator, denominator = _read(match["numerator"]), _read(match["denominator"])
    if whole is None or numerator is None or not denominator:
        return None
    return whole + (-numerator if match["numerator_sign"] else numerator) / denominator


def _figure(match: re.Match[str]) -> Fraction | None:
    data: dict[str, Any] = load_rules("everyday_numbers").data
    if match["base"]:
        base, exponent = _read(match["base"]), int(match["exponent"])
        return base**exponent if base and abs(exponent) < 100 else None
    if match["mantissa"]:
        mantissa, power = _read(match["mantissa"]), int(match["power"])
        return mantissa * Fraction(10) ** power if mantissa is not None and abs(power) < 100 else None
    if match["figure"]:
        figure = _read(match["figure"])
        return None if figure is None else figure * int(data["suffixes"][match["suffix"]])
    if match["dozen"]:
        dozens = _read(match["dozen"])
        return None if dozens is None else dozens * 12
    if match["half"]:
        return Fraction(50) if match["half_of"] else Fraction(1, 2)
    if match["roman"]:
        return Fraction(data["roman"][match["roman"]])
    return _read(match["plain"])


def _amounts(plain: str, items: list[_Item]) -> Iterator[_Bounds]:
    """Amounts told in several units of one family: 50元6角三分, 3斤5两."""
    joint = load_rules("everyday_numbers")["joint"]
    families = [
        {unit: _exact(worth) for unit, worth in family["units"].items()} for family in load_rules("everyday_numbers").data["family"]
    ]
    first = 0
    while first < len(items):
        family = next((family for family in families if items[first].unit in family), None)
        last = first
        while family and last + 1 < len(items) and _continues(plain, items[last], items[last + 1], family, joint):
            last += 1
        if family and last > first:
            total = sum((item.low / _scale(item.unit) * family[item.unit] for item in items[first : last + 1]), Fraction(0))
            yield items[first].start, items[last].unit_end, total, total
        first = last + 1


def _continues(plain: str, item: _Item, following: _Item, family: dict[str, Fraction], joint: re.Pattern[str]) -> bool:
    return (
        following.unit in family
        and family[following.unit] < family[item.unit]
        and joint.fullmatch(plain, item.unit_end, following.start) is not None
    )


def _ranges(plain: str, items: list[_Item]) -> list[_Bounds]:
    """Ranges and comparisons, found in the text with every number and its unit as one character."""
    rules = load_rules("everyday_numbers")
    skeleton, spans, numbers = _skeleton(plain, items)
    found: list[_Bounds] = []
    for match in rules["range"].finditer(skeleton):
        inside = [numbers[place] for place in range(*match.span()) if place in numbers]
        low, high = _bounds(plain, match, inside)
        found.append((spans[match.start()][0], spans[match.end() - 1][1], low, high))
    for left, right in zip(tuple(found), tuple(found)[1:], strict=False):
        if rules["and"].match(plain[left[1] : right[0]]):
            found += _joined(left, right)
    return found


def _skeleton(plain: str, items: list[_Item]) -> tuple[str, list[tuple[int, int]], dict[int, _Item]]:
    """The text with each number as #, the span that each of its characters stands for, and the numbers by their place."""
    pieces: list[str] = []
    spans: list[tuple[int, int]] = []
    numbers: dict[int, _Item] = {}
    position = 0
    for item in items:
        pieces += [plain[position : item.start], _NUMBER]
        spans += [(place, place + 1) for place in range(position, item.start)]
        numbers[len(spans)] = item
        spans.append((item.start, item.unit_end))
        position = item.unit_end
    pieces.append(plain[position:])
    spans += [(place, place + 1) for place in range(position, len(plain))]
    return "".join(pieces), spans, numbers


def _bounds(plain: str, match: re.Match[str], inside: list[_Item]) -> tuple[Fraction | None, Fraction | None]:
    if match["between"]:
        return inside[0].low * _shared_place(plain, *inside), inside[1].high
    word = match["before"] or match["than"] or match["behind"]
    side = load_rules("everyday_numbers").data["bounds"].get(word)
    return (None if side == "high" else inside[0].low), (None if side == "low" else inside[0].high)


def _shared_place(plain: str, left: _Item, right: _Item) -> int:
    """The multiplier that both ends of a range share though only the second has it: 两到三万 is 20000 to 30000."""
    large: list[str] = load_rules("everyday_numbers").data["large_units"]
    last = plain[right.end - 1]
    if last not in large or any(place in plain[left.start : left.end] for place in large):
        return 1
    place = parse_number("1" + last)
    return int(place) if place and left.high < right.low / int(place) else 1


def _joined(left: _Bounds, right: _Bounds) -> Iterator[_Bounds]:
    """A lower and an upper bound side by side are one range."""
    if left[3] is None and right[2] is None:
        low, high = left[2], right[3]
    elif left[2] is None and right[3] is None:
        low, high = right[2], left[3]
    else:
        return
    if low is not None and high is not None and low < high:
        yield left[0], right[1], low, high


def _number(value: Fraction | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else float(value)
