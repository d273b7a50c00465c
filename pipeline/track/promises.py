"""What became of the commitments in words between one plan and the next: kept, firmer, softer, dropped, new.

Reads: the extractions of two plans of one place. Writes: ``PlanChange`` in the order of the earlier plan, new ones last.

Commitments with a figure are followed as series. A commitment of one plan has one partner in the other at most: the best pair first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.extract.strength import strength_of
from pipeline.track.loop import commitments
from pipeline.track.loop_match import match_clauses
from pipeline.track.model import TrackError
from pipeline.track.verdicts import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Extraction, Span
    from pipeline.store import SqliteStore
    from pipeline.track.loop_clauses import Clause

_LEAST = 0.6  # score below which two clauses are about two things
_FIRMNESS = {"explore": 0, "strive": 1, None: 2, "ensure": 3, "must": 4}
_KINDS = ("government_report", "work_plan", "work_summary")

WordChange = Literal["kept", "firmer", "softer", "dropped", "new"]


@dataclass(frozen=True, slots=True)
class Promise:
    """A commitment in words, with the task that it is part of."""

    doc_id: str
    task: str
    span: Span
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class PlanChange:
    """A commitment of a plan, or of the one before it, and what became of it."""

    change: WordChange
    earlier: Promise | None
    later: Promise | None
    score: float


def compare_plans(earlier: Extraction, later: Extraction) -> list[PlanChange]:
    """What became of the commitments in words of one plan in the next; raises TrackError for plans of different places."""
    if earlier.document.place != later.document.place:
        raise TrackError(message("two_places", first=earlier.document.place, second=later.document.place))
    before, after = _in_words(earlier), _in_words(later)
    partners = _partners(before, after)
    changes = [
        PlanChange(
            _change(clause, after[partners[number][0]]),
            _promise(earlier, clause),
            _promise(later, after[partners[number][0]]),
            partners[number][1],
        )
        if number in partners
        else PlanChange("dropped", _promise(earlier, clause), None, 0.0)
        for number, clause in enumerate(before)
    ]
    taken = {number for number, _ in partners.values()}
    return changes + [PlanChange("new", None, _promise(later, clause), 0.0) for number, clause in enumerate(after) if number not in taken]


def plan_changes(store: SqliteStore, place: str, year: int) -> list[PlanChange]:
    """What became of the commitments in words of the plan for the year before in the plan for ``year``.

    Raises TrackError where the store has not both plans.
    """
    found = []
    for wanted in (year - 1, year):
        plans = [row for row in store.documents() if (row["place"], row["plan_year"]) == (place, wanted) and row["duplicate_of"] is None]
        plans.sort(
            key=lambda row: (_KINDS.index(row["doc_type"]) if row["doc_type"] in _KINDS else len(_KINDS), row["rank"], row["doc_id"])
        )
        extraction = store.extraction(plans[0]["doc_id"]) if plans else None
        if extraction is None:
            raise TrackError(message("no_plan", place=place, year=wanted))
        found.append(extraction)
    return compare_plans(*found)


def _in_words(plan: Extraction) -> list[Clause]:
    return [clause for clause in commitments(plan) if not clause.quantities]


def _partners(before: Sequence[Clause], after: Sequence[Clause]) -> dict[int, tuple[int, float]]:
    """For each earlier commitment that has one, its partner in the later plan and the score."""
    pairs = [
        (-match.score, number, match.review)
        for number, matches in enumerate(match_clauses(before, after))
        for match in matches
        if match.score >= _LEAST
    ]
    partners: dict[int, tuple[int, float]] = {}
    taken: set[int] = set()
    for score, number, other in sorted(pairs):
        if number not in partners and other not in taken:
            partners[number] = (other, -score)
            taken.add(other)
    return partners


def _change(before: Clause, after: Clause) -> WordChange:
    one, other = _FIRMNESS[strength_of(before.text)], _FIRMNESS[strength_of(after.text)]
    return "firmer" if other > one else "softer" if other < one else "kept"


def _promise(plan: Extraction, clause: Clause) -> Promise:
    return Promise(plan.document.doc_id, clause.task.id, clause.span, clause.text, clause.task.text)
