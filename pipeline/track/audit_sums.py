"""Sums and means: a total against its parts, so much for each head or year, shares that make a hundred.

Reads: ``Lettered`` paragraphs. Writes: checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_model import Check, message
from pipeline.track.audit_values import Interval, interval_of, shown

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Sequence

    from pipeline.track.audit_text import Lettered

_LEAST_PARTS = 2
_HUNDRED = 100.0
_NEAR_HUNDRED = 20.0  # three numbers whose sum is farther off are no shares
_PEOPLE = frozenset("人名户家位个")
_MOST_OVER = 1.5  # parts that come to more than this many times the total are of something else


def sums(paragraph: Lettered) -> Iterator[Check]:
    """A total and what it consists of."""
    rules = load_rules("audit")
    for match in rules["parts-and-whole"].finditer(paragraph.letters):
        whole = match.start("whole")
        places = _coordinated(paragraph, _alike(paragraph, _figures(paragraph, match.span("parts")), whole))
        if len(places) >= _LEAST_PARTS:
            yield from _after(paragraph, match, places, whole)
    position = 0
    while match := rules["whole-and-parts"].search(paragraph.letters, position):
        position = match.start() + 1
        yield from _before(paragraph, match)


def _after(paragraph: Lettered, match: re.Match[str], places: Sequence[int], whole: int) -> Iterator[Check]:
    """Parts before their total: 同时具备的 are counted twice and taken off."""
    rules = load_rules("audit")
    values = [float(paragraph.figures[place].low or 0) for place in places]
    total = float(paragraph.figures[whole].low or 0)
    clause = paragraph.letters[places[-1] - 6 : places[-1]]
    if rules["overlap"].search(paragraph.letters, places[0], whole):
        if "同时" in clause and abs(sum(values[:-1]) - values[-1] - total) < 1e-6 * total:
            yield _sum(paragraph, places, whole, holds=True, computed=total)
        return
    bounds = _total(paragraph, places)
    stated = interval_of(paragraph.figures[whole], paragraph.text)
    if bounds is None or stated is None:
        return
    holds = bounds.meets(stated)
    if not holds and not (_MOST_OVER * sum(values) > total > sum(values) / _MOST_OVER):
        return
    if holds or "累计" not in match["sum"] or "T" in match["sum"]:
        yield _sum(paragraph, places, whole, holds=holds, computed=sum(values))


def _before(paragraph: Lettered, match: re.Match[str]) -> Iterator[Check]:
    """A total before its parts. 其中 may leave parts out, so that less is no slip; more than the total always is."""
    rules = load_rules("audit")
    whole = match.start("whole")
    if paragraph.letters[max(0, whole - 6) : whole].endswith("占全省"):
        return
    places = _run(paragraph, whole, match.end("whole") + len(match["between"]), match.end())
    if len(places) < _LEAST_PARTS:
        return
    between = paragraph.letters[whole + 1 : places[0]]
    among, complete = rules["among"].search(between), rules["in-parts"].search(between)
    bounds, stated = _total(paragraph, places), interval_of(paragraph.figures[whole], paragraph.text)
    if bounds is None or stated is None or rules["overlap"].search(paragraph.letters, whole, places[-1]):
        return
    values = sum(float(paragraph.figures[place].low or 0) for place in places)
    if bounds.meets(stated):
        if among or len(places) > _LEAST_PARTS or _is_count(paragraph, whole):
            yield _sum(paragraph, places, whole, holds=True, computed=values)
    elif among and _MOST_OVER * stated.high > bounds.low > stated.high:
        yield _sum(paragraph, places, whole, holds=False, computed=values)
    elif complete and bounds.high < stated.low and bounds.high * _MOST_OVER > stated.low and _closes(paragraph, places[-1]):
        yield _sum(paragraph, places, whole, holds=False, computed=values)


def _is_count(paragraph: Lettered, place: int) -> bool:
    return paragraph.figures[place].comparator == "="


def _closes(paragraph: Lettered, place: int) -> bool:
    """Whether the list of parts ends its sentence."""
    return paragraph.letters[place + 1 : place + 2] in ("。", "；", ";", "", "）", ")")


def _run(paragraph: Lettered, whole: int, start: int, end: int) -> list[int]:
    """The figures behind a total that are parts of it: one unit, one after the other, up to the end of the sentence."""
    unit = paragraph.figures[whole].unit
    places: list[int] = []
    for place in range(start, end):
        if paragraph.letters[place] in "。；;" and places:
            break
        if place not in paragraph.figures:
            continue
        if paragraph.figures[place].unit != unit or paragraph.letters[place] != "A":
            break
        if places and any(
            word in paragraph.letters[places[-1] + 1 : place] for word in ("其中", "合计", "累计", "共", "增", "达到", "超过")
        ):
            break
        places.append(place)
    return places


def _coordinated(paragraph: Lettered, places: list[int]) -> list[int]:
    """The last of the figures that stand in one list, parted by 、 or ，."""
    kept: list[int] = []
    for place in places:
        if kept and not any(mark in paragraph.letters[kept[-1] + 1 : place] for mark in "、，,和"):
            kept = []
        kept.append(place)
    return kept


def _alike(paragraph: Lettered, places: list[int], whole: int) -> list[int]:
    unit = paragraph.figures[whole].unit
    return [place for place in places if paragraph.figures[place].unit == unit]


def _figures(paragraph: Lettered, span: tuple[int, int]) -> list[int]:
    return [place for place in range(*span) if place in paragraph.figures]


def _total(paragraph: Lettered, places: Sequence[int]) -> Interval | None:
    low = high = 0.0
    for place in places:
        value = interval_of(paragraph.figures[place], paragraph.text)
        if value is None:
            return None
        low, high = low + value.low, high + value.high
    return Interval(low, high)


def _sum(paragraph: Lettered, places: Sequence[int], whole: int, *, holds: bool, computed: float) -> Check:
    start, end = min(whole, places[0]), max(whole, places[-1]) + 1
    told = message(
        "parts_total", sum="+".join(paragraph.words(place) for place in places), computed=shown(computed), stated=paragraph.words(whole)
    )
    quotes = (paragraph.quote(whole, whole + 1), paragraph.quote(places[0], places[-1] + 1))
    stated = float(paragraph.figures[whole].low or 0)
    return Check("parts_total", holds, paragraph.span(start, end), quotes, round(computed, 4), stated, told, (*places, whole))


def means(paragraph: Lettered) -> Iterator[Check]:
    """So much for each head, each year, or each of the parts."""
    rules = load_rules("audit")
    for match in rules["per-head"].finditer(paragraph.letters):
        heads, whole, mean = (paragraph.figures[match.start(name)] for name in ("heads", "whole", "mean"))
        counted = heads.unit is not None and heads.unit[0] in _PEOPLE and (heads.unit[0] == "户") == ("户" in match["each"])
        if counted and whole.unit == mean.unit != heads.unit:
            count = interval_of(heads, paragraph.text)
            yield from _mean(paragraph, (match.start("whole"), match.start("mean")), count, paragraph.words(match.start("heads")))
    for match in rules["per-year"].finditer(paragraph.letters):
        years = _years(paragraph, match.start())
        if years and paragraph.figures[match.start("whole")].unit == paragraph.figures[match.start("mean")].unit:
            yield from _mean(paragraph, (match.start("whole"), match.start("mean")), Interval(years, years), f"{years}年")
    for match in rules["mean-of-parts"].finditer(paragraph.letters):
        places = _figures(paragraph, match.span("parts"))
        mean_place = match.start("mean")
        if len(_alike(paragraph, places, mean_place)) == len(places):
            yield from _mean_of(paragraph, places, mean_place)


def _years(paragraph: Lettered, place: int) -> int | None:
    """The years that 累计 is over: told in the same sentence, or at the head of the paragraph."""
    found = list(load_rules("audit")["years-ago"].finditer(paragraph.letters, 0, place))
    if not found:
        return None
    last = found[-1]
    return int(paragraph.figures[last.start("years") if last["years"] else last.start("span")].low or 0) or None


def _mean(paragraph: Lettered, places: tuple[int, int], count: Interval | None, by: str) -> Iterator[Check]:
    whole, mean = (interval_of(paragraph.figures[place], paragraph.text) for place in places)
    if whole is None or mean is None or count is None:
        return
    each = whole.through(count)
    computed = (each.low + each.high) / 2
    stated = paragraph.words(places[1])
    told = message("average", whole=paragraph.words(places[0]), count=by, computed=shown(computed), stated=stated)
    quote = paragraph.quote(places[0], places[1] + 1)
    span = paragraph.span(places[0], places[1] + 1)
    value = float(paragraph.figures[places[1]].low or 0)
    yield Check("average", each.meets(mean), span, (quote,), round(computed, 4), value, told, places)


def _mean_of(paragraph: Lettered, places: Sequence[int], mean_place: int) -> Iterator[Check]:
    total, mean = _total(paragraph, places), interval_of(paragraph.figures[mean_place], paragraph.text)
    if total is None or mean is None:
        return
    each = Interval(total.low / len(places), total.high / len(places))
    computed = (each.low + each.high) / 2
    written = "（" + "+".join(paragraph.words(place) for place in places) + "）"
    told = message("average", whole=written, count=len(places), computed=shown(computed), stated=paragraph.words(mean_place))
    quotes = (paragraph.quote(places[0], places[-1] + 1), paragraph.quote(mean_place, mean_place + 1))
    span, value = paragraph.span(places[0], mean_place + 1), float(paragraph.figures[mean_place].low or 0)
    yield Check("average", each.meets(mean), span, quotes, round(computed, 4), value, told, (*places, mean_place))


def hundreds(paragraph: Lettered) -> Iterator[Check]:
    """The shares of the three sectors make a hundred, up to their rounding."""
    for match in load_rules("audit")["hundred"].finditer(paragraph.letters):
        span = match.span("parts") if match["parts"] else match.span("shares")
        start = span[0]
        while start >= 0:  # 由P∶P∶P调整为P∶P∶P: each of them
            places = _figures(paragraph, span)
            bounds = _total(paragraph, places)
            computed = sum(float(paragraph.figures[place].low or 0) for place in places)
            if bounds is not None and abs(computed - _HUNDRED) <= _NEAR_HUNDRED:
                told = message("ratio", sum="+".join(paragraph.words(place) for place in places), computed=shown(computed))
                holds = bounds.meets(Interval(_HUNDRED, _HUNDRED), slack=1e-6)
                quote = paragraph.text[slice(*paragraph.span(*span))]
                yield Check("ratio", holds, paragraph.span(*span), (quote,), round(computed, 4), _HUNDRED, told, tuple(places))
            start = _next_ratio(paragraph, span[1])
            span = (start, start + 5)


def _next_ratio(paragraph: Lettered, position: int) -> int:
    """Where the next three shares in a row begin in the same sentence; -1 for none."""
    letters = paragraph.letters
    for place in range(position, min(len(letters) - 4, position + 24)):
        if letters[place] in "。；;":
            return -1
        piece = letters[place : place + 5]
        if piece[0::2].strip("PN") == "" and piece[1] in "∶：:" and piece[3] in "∶：:":
            return place
    return -1
