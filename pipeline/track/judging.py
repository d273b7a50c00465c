"""The verdict on each target of a series, and what became of the targets from year to year.

Reads: the points of a series and what the store covers. Writes: verdicts and changes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.track.indicators import dimension
from pipeline.track.model import Change, ChangeName, Point, Verdict
from pipeline.track.verdicts import describe, message, reached, redefined

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from pipeline.track.model import Good
    from pipeline.track.readings import Source
    from pipeline.track.statements import Statement

_WHOLE = 100.0  # per cent of the plan
_REPORTING = ("government_report", "work_summary")
_FIRMNESS = {"~": 0, "=": 1, "range": 1, ">=": 2, "<=": 2, ">": 3, "<": 3}


@dataclass(frozen=True)
class Coverage:
    """The documents that a store has of a place, and the day from which is judged."""

    sources: tuple[Source, ...]
    as_of: date
    planned: Mapping[int, str]  # by year, the sentences that plan for it

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


@dataclass(frozen=True, slots=True)
class Beside:
    """What else the store tells of the targets of a series: shares of the plan and the issuer's own words, by year."""

    completions: Mapping[int, Point]
    statements: Mapping[int, Statement]


def judge(points: tuple[Point, ...], good: Good | None, coverage: Coverage, beside: Beside) -> tuple[Verdict, ...]:
    """A verdict for each year that has a target."""
    targets, actuals = _by_year(points, "target"), _by_year(points, "actual")
    made = []
    for year in sorted(targets):
        if len(targets[year]) > 1:
            made.append(Verdict(year, "unclear", targets[year][0].quantity, None, _contradiction(targets[year], coverage), None))
        elif year in actuals:
            made.append(_compared(year, targets[year][0], actuals[year], good, (coverage, beside)))
        else:
            made.append(_unanswered(year, targets[year][0], coverage, beside))
    return tuple(made)


def judge_completion(year: int, target: Point, share: Point) -> Verdict:
    """The verdict on a target of which only the share of the plan is told that was done."""
    met = share.low >= _WHOLE
    reason = message("completion_met" if met else "completion_missed", actual=share.text)
    return Verdict(year, "met" if met else "missed", target.quantity, share.quantity, reason, "completion")


def _compared(year: int, target: Point, actuals: list[Point], good: Good | None, known: tuple[Coverage, Beside]) -> Verdict:
    coverage, beside = known
    actual = actuals[0]
    result = reached(target, actual, good)
    words = beside.statements.get(year)
    if len(actuals) > 1:
        return Verdict(year, "unclear", target.quantity, actual.quantity, _contradiction(actuals, coverage), "figure")
    if result is None:
        told = message("units", target=target.unit, actual=actual.unit)
        return Verdict(year, "unclear", target.quantity, actual.quantity, told, "figure")
    if redefined(target.sentence) != redefined(actual.sentence):
        told = message("scope_changed", target=target.text, actual=actual.text)
        return Verdict(year, "unclear", target.quantity, actual.quantity, told, "figure")
    reason = describe(target, actual, good, met=result)
    if words is not None and words.verdict == "missed" and result:
        told = reason + "；" + message("words_missed", words=words.text)
        strict = reached(replace(target, comparator="="), actual, good) if target.comparator == "~" else True
        return Verdict(year, "unclear" if strict else "missed", target.quantity, actual.quantity, told, "words")
    return Verdict(year, "met" if result else "missed", target.quantity, actual.quantity, reason, "figure")


def _unanswered(year: int, target: Point, coverage: Coverage, beside: Beside) -> Verdict:
    if (share := beside.completions.get(year)) is not None:
        return judge_completion(year, target, share)
    if (words := beside.statements.get(year)) is not None:
        return Verdict(year, words.verdict, target.quantity, None, message(f"words_{words.verdict}", words=words.text), "words")
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


def changes_between(points: tuple[Point, ...], names: tuple[str, ...], coverage: Coverage) -> tuple[Change, ...]:
    """What became of the targets between successive years of which the store has a plan."""
    targets = _by_year(points, "target")
    made = []
    plans = sorted(coverage.plans | set(targets))
    for before, after in pairwise(plans):
        if before in targets and after in targets:
            made.append(Change(before, after, _change(targets[before][0], targets[after][0])))
        elif before in targets and after in coverage.plans:
            named = any(name in coverage.planned.get(after, "") for name in names)
            made.append(Change(before, after, "unquantified" if named else "dropped"))
        elif after in targets and before in coverage.plans:
            made.append(Change(before, after, "new"))
    return tuple(made)


def _change(before: Point, after: Point) -> ChangeName:
    old, new = _bound(before), _bound(after)
    if abs(old - new) > 1e-9 * max(1.0, abs(old), abs(new)):
        return "raised" if new > old else "lowered"
    firmness = _FIRMNESS[after.comparator] - _FIRMNESS[before.comparator]
    return "raised" if firmness > 0 else "lowered" if firmness < 0 else "kept"


def _bound(point: Point) -> float:
    worth = dimension(point.unit, "")[1]
    return (point.high if point.comparator in ("<", "<=") else point.low) * worth


def _by_year(points: tuple[Point, ...], role: str) -> dict[int, list[Point]]:
    found: dict[int, list[Point]] = defaultdict(list)
    for point in points:
        if point.role == role:
            found[point.year].append(point)
    return found
