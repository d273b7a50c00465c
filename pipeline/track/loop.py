"""Close the loop: every commitment of a plan against the later review of the same place.

Reads: the extractions of a plan and of a review. Writes: a ``Closure`` for each commitment, in text order.

A commitment is a clause of a planned task; what is reported are the clauses of results and admitted problems, wherever they stand in the
review (what a review plans for the next year is no evidence). The best matches above ``LEAST_SCORE`` are judged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError
from pipeline.extract.strength import strength_of
from pipeline.rulebook import load_rules
from pipeline.track.loop_clauses import Clause, cut_tasks
from pipeline.track.loop_match import Match, match_clauses
from pipeline.track.loop_verdicts import By, LoopVerdict, Verdict, judge_promise, of_several_years

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.records import Document, Extraction, Quantity, Span, Strength

LEAST_SCORE = 0.54  # below it a reported clause is about something else
_LEAST_WITH_FIGURE = 0.5  # enough where a promised figure is reported in the same unit, under a name that is alike
_LEAST_WITHOUT_FIGURE = 0.68  # asked where a figure was promised and none that could be compared is reported
_WORTH_NAMING = 0.3  # below it the nearest report is not even near
_NEAR_BEST = 0.25  # how far below the best match another may lie and still count
_COVERED_BY_ADMISSION = 0.6  # how much of a promise a list of what fell short must name
_MOST_EVIDENCE = 4


class LoopError(PipelineError):
    """A plan and a review that cannot be laid side by side."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A clause of the review that speaks of a commitment, with the sentence around it; ``score`` is 0–1."""

    doc_id: str
    span: Span
    text: str
    sentence_span: Span
    sentence: str
    score: float


@dataclass(frozen=True, slots=True)
class Closure:
    """A commitment of a plan and what a later review says of it.

    ``task`` is the id of the plan's task, ``text`` the clause of it that is judged; ``score`` (0–1) is that of the best match, even
    where it was too weak to count. ``firm`` tells what names a figure or a result from what only gives a direction (大力发展…).
    """

    task: str
    doc_id: str
    review_doc_id: str
    span: Span
    text: str
    sentence_span: Span
    sentence: str
    section: tuple[str, ...]
    strength: Strength | None
    verdict: LoopVerdict
    score: float
    by: By
    reason: str
    firm: bool
    evidence: tuple[Evidence, ...]

    @property
    def key(self) -> str:
        """The name by which people judge it: several commitments may be clauses of one task."""
        return f"{self.task}#{self.span[0]}-{self.span[1]}"


def close_loop(plan: Extraction, review: Extraction) -> list[Closure]:
    """Every commitment of ``plan`` with its verdict by ``review``, in text order.

    Raises LoopError when the two are of different places, or the review looks back at a time before the plan.
    """
    check_pair(plan.document, review.document)
    promises = commitments(plan)
    reports = cut_tasks(review, (task for task in review.tasks if task.status != "planned"))
    economy = _growth_of_the_economy(reports)
    found = match_clauses(promises, reports)
    return [_close(promise, matches, reports, economy, review.document) for promise, matches in zip(promises, found, strict=True)]


def commitments(plan: Extraction) -> list[Clause]:
    """The clauses of the planned tasks of a document, without those that only say how or why (坚持…, 围绕…).

    A task whose clauses all say so is one commitment in words, and keeps them.
    """
    clauses = cut_tasks(plan, (task for task in plan.tasks if task.status == "planned"))
    circumstance = load_rules("loop")["circumstance"]
    promising = [clause for clause in clauses if not circumstance.search(clause.text)]
    kept = {id(clause) for clause in promising}
    spoken_for = {clause.task.id for clause in promising}
    return [clause for clause in clauses if id(clause) in kept or clause.task.id not in spoken_for]


def can_be_ticked_off(promise: Clause) -> bool:
    """Whether a commitment names a figure or a result (建成, 开工, 出台), so that an office is asked what became of it."""
    return (
        bool(promise.quantities)
        or strength_of(promise.text) in ("ensure", "must")
        or bool(load_rules("loop")["asks_result"].search(promise.text))
    )


def check_pair(plan: Document, review: Document) -> None:
    """Refuse what cannot be compared. Raises LoopError with one line for the user."""
    messages = load_rules("loop").data["messages"]
    sources = {"plan_source": plan.source, "review_source": review.source}
    if plan.place and review.place and plan.place != review.place:
        raise LoopError(messages["places"].format(plan=plan.place, review=review.place, **sources))
    if plan.plan_year and review.review_year and review.review_year < plan.plan_year:
        raise LoopError(messages["years"].format(plan_year=plan.plan_year, review_year=review.review_year, **sources))


def _close(promise: Clause, matches: Sequence[Match], reports: Sequence[Clause], economy: Quantity | None, review: Document) -> Closure:
    best = matches[0].score if matches else 0.0
    near = [match for match in matches if _counts(match, best, reports[match.review])]
    verdict = judge_promise(promise, [reports[match.review] for match in near], economy) if near else None
    if verdict is None or (verdict.by != "nothing" and best < (least := _least_score(promise, verdict))):
        name = "nothing" if best > _WORTH_NAMING else "nothing_at_all"
        text = load_rules("loop").data["reasons"][name].format(score=best, least=LEAST_SCORE if verdict is None else least)
        verdict = Verdict("not_mentioned", "nothing", text, ())
    task, shown = promise.task, [near[number] for number in verdict.shown_by][:_MOST_EVIDENCE]
    return Closure(
        task=task.id, doc_id=task.doc_id, review_doc_id=review.doc_id, span=promise.span, text=promise.text,
        sentence_span=task.span, sentence=task.text, section=task.section, strength=task.strength,
        verdict=verdict.verdict, score=round(best, 4), by=verdict.by, reason=verdict.reason, firm=can_be_ticked_off(promise),
        evidence=tuple(_evidence(reports[match.review], match.score) for match in shown),
    )  # fmt: skip


def _counts(match: Match, best: float, report: Clause) -> bool:
    """Whether a report is near enough to be judged: near the best one, or one that admits a miss, in a list of others or not."""
    if load_rules("loop")["reports_failure"].search(report.text):
        return match.covered >= _COVERED_BY_ADMISSION
    return match.score >= _LEAST_WITH_FIGURE and match.score >= best - _NEAR_BEST


def _least_score(promise: Clause, verdict: Verdict) -> float:
    """How alike the best report must be, by what it says."""
    if verdict.by == "figure":
        return _LEAST_WITH_FIGURE
    return _LEAST_WITHOUT_FIGURE if promise.quantities and verdict.verdict != "missed" else LEAST_SCORE


def _evidence(report: Clause, score: float) -> Evidence:
    task = report.task
    return Evidence(task.doc_id, report.span, report.text, task.span, task.text, round(score, 4))


def _growth_of_the_economy(reports: Iterable[Clause]) -> Quantity | None:
    """The reported growth of the economy in one year."""
    economy = load_rules("loop")["economy"]
    for report in reports:
        for figure in report.quantities:
            growth = figure.measure == "change" and figure.unit == "%" and figure.direction != "down"
            if growth and economy.search(figure.indicator or "") and not of_several_years(report, figure):
                return figure
    return None
