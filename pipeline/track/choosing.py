"""Which figure of a year a series takes, when documents give several.

Reads: the figures of one series. Writes: points, and the figures that say something else.

Figures that hold together (突破4000亿元、达到4211亿元; 3.4万亿元 and 33757.93亿元) are told once, by the most exact. Of figures of one
document that do not, the first is the yearly one; documents that contradict each other keep both.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from pipeline.track.indicators import dimension
from pipeline.track.model import Point, Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def choose(figures: Iterable[Placed], usual: Sequence[float] = ()) -> tuple[list[Placed], list[Placed]]:
    """Of figures of one year and role, those that stand as points, and those that are told apart.

    ``usual`` are values of other years: of several in one document the one that is most like them is the yearly one.
    """
    kept: list[Placed] = []
    apart: list[Placed] = []
    for figure in sorted(figures, key=lambda figure: _order(figure, usual)):
        agreeing = next((n for n, one in enumerate(kept) if agrees(one, figure)), None)
        if agreeing is not None:
            if _precision(figure) < _precision(kept[agreeing]) and standing(figure) <= standing(kept[agreeing]):
                kept[agreeing] = figure
        elif kept and (standing(figure) or any(_same_document(one, figure) for one in kept)):
            apart.append(figure)
        else:
            kept.append(figure)
    return kept, apart


def standing(figure: Placed) -> int:
    """0 for a document that plans for, or looks back on, the very year of the figure, 1 for another."""
    source = figure.reading.source
    return int((source.plan_year if figure.reading.status == "planned" else source.review_year) != figure.year)


def value_of(figure: Placed) -> float:
    """The value of a figure in the plainest unit of its kind, a fall as a negative one."""
    worth = dimension(figure.reading.unit, figure.reading.indicator)[1]
    return float(figure.reading.low) * worth * (-1 if figure.name.direction == "down" else 1)


def _same_document(one: Placed, other: Placed) -> bool:
    return one.reading.source.doc_id == other.reading.source.doc_id


def _unlike(figure: Placed, usual: Sequence[float]) -> float:
    """How far a value is from those of other years: in points for a change, in powers for a level."""
    if not usual:
        return 0.0
    value = value_of(figure)
    if figure.name.measure == "change" or figure.reading.unit == "%":
        return min(abs(value - other) for other in usual) // 10
    return min(abs(log(max(abs(value), 1e-9) / max(abs(other), 1e-9))) for other in usual) // log(1.6)


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


def _order(figure: Placed, usual: Sequence[float]) -> tuple[object, ...]:
    """Reports before other documents, those of the year before others, what is like other years, then as they stand in the text."""
    reading = figure.reading
    kinds = {"government_report": 0, "work_summary": 1, "work_plan": 1}
    told = (standing(figure), reading.source.rank, kinds.get(reading.source.doc_type, 2), figure.each)
    return (*told, reading.several, _unlike(figure, usual), reading.source.date or "", reading.source.doc_id, reading.span)


def _precision(figure: Placed) -> tuple[int, int]:
    digits = len(str(figure.reading.low).rstrip("0").replace(".", ""))
    return _EXACT[figure.reading.comparator], -digits
