"""The verdict on each target of a series, and what became of the targets from year to year.

Reads: the points of a series and what the store covers. Writes: verdicts and changes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipeline.track.model import Change, ChangeName, Point, Verdict
from pipeline.track.verdicts import describe, message, reached

if TYPE_CHECKING:
    from datetime import date

    from pipeline.track.model import Good
    from pipeline.track.readings import Source

_REPORTING = ("government_report", "work_summary")
_FIRMNESS = {"~": 0, "=": 1, "range": 1, ">=": 2, "<=": 2, ">": 3, "<": 3}


@dataclass(frozen=True)
class Coverage:
    """The documents that a store has of a place, and the day from which is judged."""

    sources: tuple[Source, ...]
    as_of: date

    @cached_property
    def titles(self) -> dict[str, str]:
        """Title by document."""
        return {source.doc_id: source.title for source in self.sources}

    @cached_property
    def reviews(self) -> dict[int, Source]:
        """For each year a document that looks back on it."""
        found: dict[int, Source] = {}
        for source in self.sources:
            if source.review_year is not None:
                found.setdefault(source.review_year, source)
            if source.doc_type in _REPORTING and source.year is not None:
                found.setdefault(source.year - 1, source)
        return found

    @cached_property
    def plans(self) -> frozenset[int]:
        """The years of which a plan is in the store."""
        return frozenset(source.plan_year for source in self.sources if source.plan_year is not None)


def judge(points: tuple[Point, ...], good: Good | None, coverage: Coverage) -> tuple[Verdict, ...]:
    """A verdict for each year that has a target."""
    targets, actuals = _by_year(points, "target"), _by_year(points, "actual")
    return tuple(_verdict(year, targets[year], actuals.get(year, []), good, coverage) for year in sorted(targets))


def _verdict(year: int, targets: list[Point], actuals: list[Point], good: Good | None, coverage: Coverage) -> Verdict:
    target = targets[0]
    if len(targets) > 1:
        return Verdict(year, "unclear", target.quantity, None, _contradiction(targets, coverage), None)
    if not actuals:
        return _unanswered(year, target, coverage)
    results = [reached(target, actual, good) for actual in actuals]
    actual = actuals[0]
    if len(actuals) > 1:
        return Verdict(year, "unclear", target.quantity, actual.quantity, _contradiction(actuals, coverage), "figure")
    if results[0] is None:
        told = message("units", target=target.unit, actual=actual.unit)
        return Verdict(year, "unclear", target.quantity, actual.quantity, told, "figure")
    reason = describe(target, actual, good, met=results[0])
    return Verdict(year, "met" if results[0] else "missed", target.quantity, actual.quantity, reason, "figure")


def _unanswered(year: int, target: Point, coverage: Coverage) -> Verdict:
    if target.end is not None and target.end >= coverage.as_of.isoformat():
        return Verdict(year, "pending", target.quantity, None, message("pending", as_of=coverage.as_of), None)
    review = coverage.reviews.get(year)
    if review is None:
        return Verdict(year, "pending", target.quantity, None, message("no_later"), None)
    return Verdict(year, "unreported", target.quantity, None, message("unreported", title=review.title), None)


def _contradiction(points: list[Point], coverage: Coverage) -> str:
    first, second = points[:2]
    titles = coverage.titles
    return message("contradiction", first=titles[first.doc_id], one=first.text, second=titles[second.doc_id], other=second.text)


def changes_between(points: tuple[Point, ...], coverage: Coverage) -> tuple[Change, ...]:
    """What became of the targets between successive years of which the store has a plan."""
    targets = _by_year(points, "target")
    made = []
    plans = sorted(coverage.plans | set(targets))
    for before, after in zip(plans, plans[1:], strict=False):
        if before in targets and after in targets:
            made.append(Change(before, after, _change(targets[before][0], targets[after][0])))
        elif before in targets and after in coverage.plans:
            made.append(Change(before, after, "dropped"))
        elif after in targets and before in coverage.plans:
            made.append(Change(before, after, "new"))
    return tuple(made)


def _change(before: Point, after: Point) -> ChangeName:
    old, new = _compared(before), _compared(after)
    if abs(old - new) > 1e-9 * max(1.0, abs(old), abs(new)):
        return "raised" if new > old else "lowered"
    firmness = _FIRMNESS[after.comparator] - _FIRMNESS[before.comparator]
    return "raised" if firmness > 0 else "lowered" if firmness < 0 else "kept"


def _compared(point: Point) -> float:
    from pipeline.track.indicators import dimension

    worth = dimension(point.unit, "")[1]
    return (point.high if point.comparator in ("<", "<=") else point.low) * worth


def _by_year(points: tuple[Point, ...], role: str) -> dict[int, list[Point]]:
    found: dict[int, list[Point]] = defaultdict(list)
    for point in points:
        if point.role == role:
            found[point.year].append(point)
    return found
