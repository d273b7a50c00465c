"""Read number expressions: ASCII, full-width and Chinese digits, with their multipliers.

Reads: a number expression as it stands in the text. Writes: its value, exact for every decimal that the text can hold.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import cache, lru_cache

from pipeline.rulebook import Alike, load_rules

_SPACES = re.compile(r"\s+")
_DECIMAL = re.compile(r"[0-9]+(?:\.[0-9]+)?[百千万亿]?")
_SIGN = re.compile("-")
_GROUPED = re.compile(r"(?<=\d),(?=\d)")
_LONGEST = 48  # characters; what is longer is a code, and would cost without bound
_LARGE = 10000  # from here on a multiplier takes the whole group before it, not one digit


@cache
def _characters() -> Alike:
    return Alike({ord(character): plain for character, plain in load_rules("numerals").data["characters"].items()})


@cache
def _multipliers() -> dict[str, int]:
    return dict(load_rules("numerals").data["multipliers"])


@cache
def _token() -> re.Pattern[str]:
    return re.compile(r"\d+(?:\.\d+)?|\.\d+|[" + "".join(_multipliers()) + "]")


@cache
def number_source() -> str:
    """A pattern source, without capturing groups, of a number with its multipliers (“1.36万亿”, “三千五”)."""
    return load_rules("numerals")["number"].pattern


@lru_cache(maxsize=4096)  # most numbers of a text stand in it again
def parse_number(text: str) -> int | float | None:
    """The value of a number expression, an int where it is whole; None when ``text`` is anything but a number.

    A digit that closes the expression right after 百, 千, 万 or 亿 counts in the next lower place (三千五 is 3500).
    """
    if len(text) <= _LONGEST and text.isascii() and text.isdecimal():  # by far the most frequent case
        return int(text)
    if len(text) <= _LONGEST and _DECIMAL.fullmatch(text):
        exact = Decimal(text[:-1]) * _multipliers()[text[-1]] if text[-1] in _multipliers() else Decimal(text)
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    plain = _GROUPED.sub("", _SPACES.sub("", text).translate(_characters()))
    sign = _SIGN.match(plain)
    if len(plain) > _LONGEST:
        return None
    value = _value(plain[sign.end() :] if sign else plain)
    if value is None:
        return None
    if sign:
        value = -value
    return int(value) if value == value.to_integral_value() else float(value)


def _value(plain: str) -> Decimal | None:
    if plain.isascii():
        return Decimal(plain) if _token().fullmatch(plain) else None
    tokens = _token().findall(plain)
    if not tokens or "".join(tokens) != plain:
        return None
    multipliers = _multipliers()
    groups: list[tuple[int, Decimal]] = []  # finished groups with the large multiplier that closed each
    section = Decimal(0)  # what stands before the next large multiplier
    digits: Decimal | None = None
    for position, token in enumerate(tokens):
        multiplier = multipliers.get(token)
        if multiplier is None:
            if digits is not None:
                return None
            digits = _last_place(tokens, position) or Decimal(token)
        elif multiplier < _LARGE:
            section += (digits or Decimal(1)) * multiplier  # 十 alone and 零十 are ten
            digits = None
        else:
            _close_group(groups, section + digits if digits is not None else section or None, multiplier)
            section, digits = Decimal(0), None
    return sum((value for _, value in groups), section + (digits or 0))


def _last_place(tokens: list[str], position: int) -> Decimal | None:
    """The value of a single closing digit after a multiplier of a hundred or more: 500 for the 五 of 三千五."""
    digit = tokens[position]
    if position == 0 or position + 1 < len(tokens) or len(digit) > 1 or digit == "0":
        return None
    before = _multipliers().get(tokens[position - 1], 1)
    return Decimal(digit) * before / 10 if before >= 100 else None


def _close_group(groups: list[tuple[int, Decimal]], group: Decimal | None, multiplier: int) -> None:
    """Multiply ``group`` and whatever finished groups are smaller (五千万亿, 一万五千亿), and keep the product."""
    total = group or Decimal(0)
    bare = group is None
    while groups and (groups[-1][0] < multiplier or (bare and groups[-1][0] == multiplier)):
        total += groups.pop()[1]
        bare = False
    groups.append((multiplier, (Decimal(1) if bare else total) * multiplier))
