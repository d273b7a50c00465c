"""Reconcile (对账): last year's commitments left, this year's words right, with first judgement and reason; as page, DOCX and tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from pipeline.ledger.paper import Paper
from pipeline.store import SqliteStore
from pipeline.track.confirming import Judgement, judgements, last_numbers
from pipeline.track.loop import Closure
from pipeline.track.loop_store import pairs_of, review_for
from pipeline.web.library import Library
from pipeline.web.page import Asked
from pipeline.web.routes_verdicts import decider, loop_words
from pipeline.web.settings import Settings
from pipeline.web.views import Shown, file_answer, table, unmasked_or_masked, view
from pipeline.web.words import message, page_words, word

router = APIRouter()
Place = Annotated[str, Query(max_length=40)]
Year = Annotated[Annotated[int, Field(ge=1900, le=2100)] | Literal[""], Query()]
Verdict = Annotated[Literal["", "done", "progress", "missed", "not_mentioned"], Query()]
_ORDER = {"missed": 0, "not_mentioned": 1, "progress": 2, "done": 3}  # what an office looks at first
_CHOICES = 200
_KEPT = 120  # pairs of a plan and its review that are compared before anybody asks


@dataclass(frozen=True, slots=True)
class Answered:
    """What the review says of a commitment."""

    text: str
    sentence: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class ClosureRow:
    """A commitment and what became of it: the first judgement, and what a person decided; ``own_words``: by the issuer's statement."""

    key: str
    task: str
    text: str
    sentence: str
    section: tuple[str, ...]
    strength: str | None
    verdict: str
    reason: str
    own_words: bool
    firm: bool
    answers: tuple[Answered, ...]
    confirmed: Judgement | None = None

    @property
    def first(self) -> str:
        """The first judgement."""
        return self.verdict

    @property
    def by(self) -> str | None:
        """``words`` where the issuer's own statement decided."""
        return "words" if self.own_words else None

    @property
    def final(self) -> str:
        """The verdict that holds: a person's before the first judgement."""
        return self.confirmed.verdict if self.confirmed else self.verdict


@dataclass(frozen=True, slots=True)
class PairView:
    """A plan beside the review of its year."""

    plan: str
    plan_title: str
    review: str
    review_title: str
    counts: dict[str, int]
    rows: tuple[ClosureRow, ...]


@dataclass(frozen=True, slots=True)
class ReconcileView:
    """The plans of a place and year, each with its review; or what there is to choose from."""

    place: str
    year: int | None
    choices: tuple[tuple[str, int], ...]
    pairs: tuple[PairView, ...]


@view(router, "/reconcile", template="reconcile.html", answer=ReconcileView)
def reconcile(page: Asked, place: Place = "", year: Year = "", verdict: Verdict = "", everything: bool = False) -> Shown:
    """What became of a plan: each commitment beside what the review of its year says; directions without a figure only if asked for."""
    with page.library.reading() as store:
        choices = tuple(_choices(page.library.documents(store)))
        found = _pairs(page, store, place, year) if place.strip() and year != "" else ()
        found = tuple(_confirmed(store, pair) for pair in found)
        seen = last_numbers(store) if page.twin == "html" else {}
    pairs = tuple(_narrowed(pair, verdict, everything) for pair in found)
    data = ReconcileView(place, year if year != "" else None, choices[:_CHOICES], pairs)
    more = {"verdict": verdict, "everything": everything, "words": loop_words(), "seen": seen}
    return Shown(data, tuple(_table(pair) for pair in pairs), more)


@router.get("/reconcile.docx", include_in_schema=False)
def reconcile_paper(page: Asked, place: Place, year: Annotated[int, Query()], verdict: Verdict = "", everything: bool = False) -> Response:
    """The same as a paper in landscape."""
    with page.library.reading() as store:
        found = tuple(_confirmed(store, pair) for pair in _pairs(page, store, place, year))
    page.note("export", f"/reconcile.docx {place} {year}")
    paper = Paper(landscape=True)
    paper.add(message("reconcile_title", place=place, year=year), "title")
    paper.add(message("first_judgement"), "source")
    for pair in found:
        narrowed = _narrowed(pair, verdict, everything)
        paper.add(message("reconcile_pair", plan=pair.plan_title, review=pair.review_title), "heading")
        for shown in unmasked_or_masked(page, [_on_paper(narrowed)]):
            paper.table(shown.columns, shown.rows, page_words()["tables"]["reconcile_paper"]["widths"])
    return file_answer(paper.content(), "reconcile.docx")


def _pairs(page: Asked, store: SqliteStore, place: str, year: int | str) -> tuple[PairView, ...]:
    return _closed(str(page.library.path), store.generation(), place.strip(), int(year), _Held(store))


def warm(library: Library, _: Settings) -> Iterator[None]:
    """Compare every plan with its review, the latest first."""
    with library.reading() as store:
        choices = list(_choices(library.documents(store)))
    for place, year in choices[:_KEPT]:
        with library.reading() as store:
            _closed(str(library.path), store.generation(), place, year, _Held(store))
        yield


class _Held:
    """Something that is no part of what an answer depends on."""

    def __init__(self, store: SqliteStore) -> None:
        self.store: SqliteStore | None = store

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=2 * _KEPT)
def _closed(path: str, generation: int, place: str, year: int, held: _Held) -> tuple[PairView, ...]:  # noqa: ARG001 - they name the store's state
    """The pairs of a place and year; to compare two long documents takes a second, so it is done once until the store changes."""
    views = []
    if held.store is None:
        return ()
    for pair in pairs_of(held.store, place, year):
        closures = sorted(pair.close(), key=lambda one: _ORDER[one.verdict])
        plan, review = pair.plan.document, pair.review.document
        rows = tuple(map(_row, closures))
        views.append(PairView(plan.doc_id, plan.title or plan.doc_id, review.doc_id, review.title or review.doc_id, {}, rows))
    held.store = None  # the key is kept, the connection is not
    return tuple(views)


def _row(closure: Closure) -> ClosureRow:
    return ClosureRow(
        closure.key, closure.task, closure.text, closure.sentence, closure.section, closure.strength, closure.verdict, closure.reason,
        closure.by == "words", closure.firm, tuple(Answered(item.text, item.sentence, item.span) for item in closure.evidence),
    )  # fmt: skip


def _confirmed(store: SqliteStore, pair: PairView) -> PairView:
    decided = judgements(store, pair.plan, pair.review)
    return replace(pair, rows=tuple(replace(row, confirmed=decided.get(row.key)) for row in pair.rows)) if decided else pair


def _narrowed(pair: PairView, verdict: str, everything: bool) -> PairView:
    rows = tuple(row for row in pair.rows if everything or row.firm or row.confirmed or row.verdict != "not_mentioned")
    counts = dict(Counter(row.final for row in rows))
    shown = tuple(row for row in rows if verdict in ("", row.final))
    return PairView(pair.plan, pair.plan_title, pair.review, pair.review_title, counts, shown)


def _choices(rows: list[dict[str, Any]]) -> Any:
    """Places and years of which the store has both a plan and its review."""
    kept = [row for row in rows if row["place"] and not row["duplicate_of"]]
    by_place: dict[str, list[dict[str, Any]]] = {}
    for row in kept:
        by_place.setdefault(row["place"], []).append(row)
    found = {
        (plan["place"], plan["plan_year"])
        for plan in kept
        if plan["plan_year"] and plan["review_year"] != plan["plan_year"] and review_for(plan, by_place[plan["place"]]) is not None
    }
    return sorted(found, key=lambda item: (-item[1], item[0]))


def _table(pair: PairView) -> Any:
    words = loop_words()
    rows = (
        (
            number, row.text, " > ".join(row.section), words[row.final], *decider(row.confirmed), words[row.verdict], row.reason,
            word("by", "words") if row.own_words else "", [answer.sentence for answer in row.answers],
        )
        for number, row in enumerate(pair.rows, start=1)
    )  # fmt: skip
    return table("reconcile", rows)


def _on_paper(pair: PairView) -> Any:
    """The columns that a page across has room for: who decided stands under the verdict."""
    rows = (
        (
            number, row.text, f"{loop_words()[row.final]}（{'，'.join(filter(None, _decided(row)))}）",
            row.confirmed.why if row.confirmed and row.confirmed.why else row.reason, [answer.sentence for answer in row.answers],
        )
        for number, row in enumerate(pair.rows, start=1)
    )  # fmt: skip
    return table("reconcile_paper", rows)


def _decided(row: ClosureRow) -> tuple[str, ...]:
    who, when, _ = decider(row.confirmed)
    return who, when[:10], word("by", "words") if row.own_words and row.confirmed is None else ""
