"""Which figure of a year a series takes, when documents give several.

Reads: the figures of one series. Writes: points, and the figures that say something else.

Figures that hold together (突破4000亿元、达到4211亿元; 3.4万亿元 and 33757.93亿元) are told once, by the most exact. Of figures of one
document that do not, the first is the yearly one; documents that contradict each other keep both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.track.indicators import dimension
from pipeline.track.model import Point, Role

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.track.placing import Placed

_EXACT = {"=": 0, "range": 1, "~": 2, ">=": 3, "<=": 3, ">": 4, "<": 4}
_ROUNDED = 0.006  # how far two roundings of one figure may be apart


def role_of(placed: Placed) -> Role:
    """The role that a figure has in its series."""
    if placed.reading.status == "planned":
        return "target_above" if placed.reading.above else "target"
    return "baseline" if placed.reading.status == "baseline" else "actual"


def point_of(placed: Placed) -> Point:
    """The figure as a point."""
    reading = placed.reading
    start = None if placed.each else reading.start
    return Point(
        year=placed.year, start=start, end=reading.end, role=role_of(placed), comparator=reading.comparator, low=reading.low,
        high=reading.high, unit=reading.unit, direction=placed.name.direction, quantity=reading.id, doc_id=reading.source.doc_id,
        text=reading.text, sentence=reading.sentence, span=reading.span,
    )  # fmt: skip


def choose(figures: Iterable[Placed]) -> tuple[list[Placed], list[Placed]]:
    """Of figures of one year and role, those that stand as points, and those that are told apart."""
    kept: list[Placed] = []
    apart: list[Placed] = []
    for figure in sorted(figures, key=_order):
        agreeing = next((n for n, one in enumerate(kept) if agrees(one, figure)), None)
        if agreeing is not None:
            if _precision(figure) < _precision(kept[agreeing]):
                kept[agreeing] = figure
        elif any(one.reading.source.doc_id == figure.reading.source.doc_id for one in kept):
            apart.append(figure)
        else:
            kept.append(figure)
    return kept, apart


def agrees(one: Placed, other: Placed) -> bool:
    """Whether two figures can both be true of one thing."""
    first, second = one.reading, other.reading
    if one.name.direction != other.name.direction and first.low != second.low:
        return False
    (kind, worth), (kind_too, worth_too) = dimension(first.unit, first.indicator), dimension(second.unit, second.indicator)
    if kind != kind_too:
        worth = worth_too = 1.0
    values = (first.low * worth, first.high * worth, second.low * worth_too, second.high * worth_too)
    if _within(values[0], first.comparator, values[2]) or _within(values[2], second.comparator, values[0]):
        return role_of(one) != "target" or first.comparator == second.comparator or first.low == second.low
    largest = max(abs(value) for value in values)
    rates = first.unit in ("%", "个百分点", "‰")
    return abs(values[0] - values[2]) <= (1e-9 if rates else _ROUNDED) * largest and abs(values[1] - values[3]) <= _ROUNDED * largest


def _within(bound: float, comparator: str, value: float) -> bool:
    """Whether an exact value is what an inexact one (突破4000亿元) can have meant."""
    if comparator in (">", ">="):
        return bound <= value <= bound * 1.25
    if comparator in ("<", "<="):
        return bound * 0.75 <= value <= bound
    if comparator == "~":
        return abs(bound - value) <= 0.03 * abs(bound)
    return False


def _order(figure: Placed) -> tuple[object, ...]:
    """Reports before other documents, those that look back on the year before others, then as they stand in the text."""
    source = figure.reading.source
    year = figure.year
    own = source.plan_year == year if figure.reading.status == "planned" else source.review_year == year
    kinds = {"government_report": 0, "work_summary": 1, "work_plan": 1}
    return (source.rank, kinds.get(source.doc_type, 2), not own, figure.each, source.date or "", source.doc_id, figure.reading.span)


def _precision(figure: Placed) -> tuple[int, int]:
    digits = len(str(figure.reading.low).rstrip("0").replace(".", ""))
    return _EXACT[figure.reading.comparator], -digits
