"""Figures as they are written, and what their writing leaves open: “71.4%” is somewhere from 71.35 to 71.45, “超500公里” above 500.

Reads: a line of text. Writes: ``Figure``, ``Line``: the line with every figure as one sign, so that patterns see the words between.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from itertools import pairwise
from math import inf
from typing import Literal

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules

Kind = Literal["level", "percent", "points", "times", "year", "years", "number"]
SIGNS: dict[Kind, str] = {"level": "Ⓛ", "percent": "Ⓟ", "points": "Ⓑ", "times": "Ⓣ", "year": "Ⓨ", "years": "Ⓓ", "number": "Ⓝ"}
ANY_SIGN = "".join(SIGNS.values())
_MULTIPLES = {"百": 100, "千": 1000, "万": 10**4, "亿": 10**8}
_FRACTION_LEEWAY = 0.08  # of itself: “三分之一” is said of a quarter to two fifths, never of half
_CUT_OFF = 0.9  # of the last digit: what is lost when it was cut off instead of rounded, but for the rarest
_ABOUT = 0.05  # of itself: what 约 and 左右 leave open at least
_NEAR = 0.1  # of itself: what 近 and 不足 leave open below
_BEYOND = 2  # in steps of the last written digit that is not 0: what 超 and 余 leave open above


@dataclass(frozen=True, slots=True)
class Interval:
    """All values from ``low`` to ``high``, both included."""

    low: float
    high: float

    def meets(self, other: Interval) -> bool:
        """Whether a value lies in both, but for the error of floating point."""
        slack = 1e-9 * max(abs(x) for x in (self.low, self.high, other.low, other.high, 1.0) if abs(x) != inf)
        return self.low <= other.high + slack and other.low <= self.high + slack

    def around(self, margin: float) -> Interval:
        """The interval with ``margin`` more at either end."""
        return Interval(self.low - margin, self.high + margin)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a line. ``step`` is the worth of its last written digit, 0 where it was counted exactly.

    ``value`` is in the plain unit: 5.2万户 is 52000 of 户. ``open`` is what the words around it leave open: "" for nothing.
    """

    start: int
    end: int
    text: str
    kind: Kind
    value: float
    step: float
    unit: str
    open: Literal["", "above", "least", "below", "most", "about"] = ""
    granule: float = 1.0  # the worth of its last digit that is not 0
    multiple: str = ""  # 万, 亿 …, as it was written

    @property
    def worth(self) -> float:
        """What one of its multiples is worth: 10000 for 5.2万户."""
        return _multiple(self.multiple)

    @property
    def interval(self) -> Interval:
        """What the figure can stand for when it was rounded as usual."""
        return self._spread(self.step / 2)

    @property
    def planned(self) -> Figure:
        """The figure as a plan: a whole number that somebody set is not rounded (3万人)."""
        whole = self.step >= self.worth or not self.step
        return replace(self, step=0.0) if whole and not self.open else self

    @property
    def wide(self) -> Interval:
        """What it can stand for at the very most: cut off instead of rounded, or rounded up."""
        return self._spread(self.step * _CUT_OFF)

    def _spread(self, margin: float) -> Interval:
        value = self.value
        match self.open:
            case "above":
                return Interval(value - margin, value + _BEYOND * self.granule)
            case "least":
                return Interval(value - margin, inf)
            case "below":
                return Interval(value * (1 - _NEAR), value + margin)
            case "most":
                return Interval(-inf, value + margin)
            case "about":
                reach = max(margin, abs(value) * _ABOUT, self.granule / 2)
                return Interval(value - reach, value + reach)
            case _:
                return Interval(value - margin, value + margin)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: its figures, and its text with every figure as one sign (``skeleton``).

    ``offsets`` gives for each character of the skeleton where it stands in ``text``; ``places`` where each figure stands in the skeleton.
    """

    text: str
    start: int  # of the line in its document
    figures: tuple[Figure, ...]
    skeleton: str
    offsets: tuple[int, ...]
    places: tuple[int, ...]

    def at(self, place: int) -> Figure:
        """The figure whose sign stands at this place of the skeleton."""
        return self.figures[bisect_left(self.places, place)]

    def within(self, start: int, end: int) -> tuple[Figure, ...]:
        """The figures whose signs stand in this part of the skeleton."""
        return self.figures[bisect_left(self.places, start) : bisect_left(self.places, end)]

    def index_at(self, place: int) -> int:
        """The index of the first figure whose sign stands at this place of the skeleton or later."""
        return bisect_left(self.places, place)

    def label(self, index: int, reach: int = 24) -> str:
        """The words before a figure, back to the figure before it or the end of a sentence."""
        place = self.places[index]
        low = max(self.places[index - 1] + 1 if index else 0, place - reach)
        return _after_last_end(self.skeleton[low:place])

    def words_before(self, place: int, reach: int) -> str:
        """The words before a place of the skeleton, back to the end of a sentence."""
        return _after_last_end(self.skeleton[max(0, place - reach) : place])


# Digits and signs that are written in two widths, one character for one, so that offsets stay.
_PLAIN = str.maketrans("０１２３４５６７８９％．，：﹪", "0123456789%.，：%")
# Punctuation as it reads in the skeleton, whatever the width that it was written in.
_MARKS = str.maketrans(",;:()?!", "，；：（）？！")
_GAP = re.compile(r"\s")


@cache
def _openings() -> dict[str, Literal["above", "least", "below", "most", "about"]]:
    data = load_rules("audit_figures").data
    return {word: name for name in ("above", "least", "below", "most", "about") for word in data[name]}


@cache
def _counted() -> frozenset[str]:
    return frozenset(load_rules("audit_figures").data["counted"])


def _after_last_end(words: str) -> str:
    return words[max(words.rfind(mark) for mark in "。；！？") + 1 :]


def skip_signs(after: str) -> bool:
    """Whether the words after a figure go on with another in the same list (“、Ⓟ”), so that it is open which belongs to which."""
    return after[:1] in ("、", "和") and after[1:] != "" and after[1:] in ANY_SIGN


def read_line(text: str, start: int = 0) -> Line:
    """The figures of one line of text; ``start`` is where the line begins in its document."""
    plain = text.translate(_PLAIN)
    figures: list[Figure] = []
    parts: list[str] = []
    offsets: list[int] = []
    places: list[int] = []
    position = length = 0
    for match in load_rules("audit_figures")["figure"].finditer(plain):
        a, b = match.span()
        if a > position:
            length += _copy(plain, position, a, parts, offsets)
        position = b
        if match["note"]:
            continue
        figure = _figure(match, text)
        if figure is None:
            length += _copy(plain, a, b, parts, offsets)
            continue
        figures.append(figure)
        places.append(length)
        parts.append(SIGNS[figure.kind])
        offsets.append(a)
        length += 1
    _copy(plain, position, len(plain), parts, offsets)
    return Line(text, start, tuple(figures), "".join(parts).translate(_MARKS), tuple(offsets), tuple(places))


def _copy(plain: str, start: int, end: int, parts: list[str], offsets: list[int]) -> int:
    """Take words over into the skeleton without blanks; how many characters that were."""
    words = plain[start:end]
    if _GAP.search(words):
        kept = [i for i, character in enumerate(words) if not character.isspace()]
        parts.append("".join(words[i] for i in kept))
        offsets.extend(start + i for i in kept)
        return len(kept)
    parts.append(words)
    offsets.extend(range(start, end))
    return end - start


def _figure(match: re.Match[str], text: str) -> Figure | None:
    """The figure that was found; None for a month, a day or what has no value."""
    start, end = match.span()
    quote = text[start:end]
    if match["span"]:
        return Figure(start, end, quote, "years", float(match["last"]) - float(match["first"]) + 1, 0, "年")
    if match["year"]:
        return Figure(start, end, quote, "year", float(match["year"][:4]), 0, "年")
    if match["range"] or match["long"]:
        return Figure(start, end, quote, "number", 0, 0, "")
    if match["fraction"]:
        return _fraction(match["fraction"], start, quote)
    if match["half"]:
        return Figure(start, end, quote, "percent", 50, 10, "%", "least" if match["halfafter"] == "以上" else "", 10)
    if match["calendar"]:
        return None
    number = match["number"] or match["words"]
    digits = number.replace(",", "").replace("，", "").replace("·", ".")
    value = parse_number(digits)
    if value is None:
        return None
    multiple = _multiple(match["multiple"])
    kind, unit, scale = _kind(match)
    step, granule = _steps(digits, kind, unit, multiple * scale)
    if match["tenths"]:
        step = scale
    opening = _opening(match)
    if opening == "above" and (match["more"] or match["more2"]):
        granule = max(granule, multiple * scale) if match["more2"] and multiple > 1 else granule
    return Figure(start, end, quote, kind, float(value) * multiple * scale, step, unit, opening, granule, match["multiple"] or "")


def _fraction(words: str, start: int, quote: str) -> Figure | None:
    whole, _, part = words.partition("分之")
    below, above = parse_number(whole.replace("百", "100") if whole == "百" else whole), parse_number(part)
    if not below or above is None:
        return None
    value = 100 * above / below
    step = 1 if below == 100 else 2 * _FRACTION_LEEWAY * value
    return Figure(start, start + len(quote), quote, "percent", value, step, "%", "", step)


def _kind(match: re.Match[str]) -> tuple[Kind, str, float]:
    """What a number counts, its plain unit, and how much one is worth in it."""
    if match["points"]:
        return "points", "个百分点", 1
    if match["percent"]:
        return "percent", "%", 1
    if match["tenths"]:
        return "percent", "%", 10
    if match["times"]:
        return "times", "倍", 1
    if match["years"]:
        return "years", "年", 1
    if match["unit"]:
        unit = match["unit"]
        return "level", load_rules("audit_figures").data["same"].get(unit, unit), 1
    return "number", "", 1


def _multiple(words: str | None) -> float:
    worth = 1.0
    for character in words or "":
        worth *= _MULTIPLES[character]
    return worth


def _steps(digits: str, kind: Kind, unit: str, worth: float) -> tuple[float, float]:
    """The worth of the last written digit (0 for what was counted exactly), and of the last that is not 0."""
    _, point, decimals = digits.partition(".")
    step = float(Decimal(1).scaleb(-len(decimals))) * worth
    whole = digits.rstrip("0")
    granule = step if point or not digits.isascii() else 10 ** (len(digits) - len(whole)) * worth
    exact = not point and worth == 1 and kind == "level" and unit in _counted()
    return (0.0 if exact or kind == "years" else step), granule


def _opening(match: re.Match[str]) -> Literal["", "above", "least", "below", "most", "about"]:
    """What the words before and after a number leave open."""
    openings = _openings()
    for name in ("more", "more2", "after", "before"):
        if match[name]:
            return openings.get(match[name], "")
    return ""


def total(figures: list[Figure] | tuple[Figure, ...]) -> Interval:
    """What the figures can sum up to."""
    spreads = [figure.interval for figure in figures]
    return Interval(sum(one.low for one in spreads), sum(one.high for one in spreads))


def of_one_unit(figures: list[Figure] | tuple[Figure, ...]) -> bool:
    """Whether all figures count the same kind of thing."""
    return all(a.unit == b.unit and a.kind == b.kind for a, b in pairwise(figures))
