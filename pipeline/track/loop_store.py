"""Find the plans of a place and year in a store, each with the documents that look back at that year.

Reads: a store, a place, a year. Writes: ``Pair``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.extract import extract
from pipeline.read import read_document
from pipeline.read.places import full_name
from pipeline.rulebook import load_rules
from pipeline.track.confirming import judgements
from pipeline.track.loop import LoopError, close_loop

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from pipeline.records import Extraction
    from pipeline.store import SqliteStore
    from pipeline.track.confirming import Judgement
    from pipeline.track.loop import Closure

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Pair:
    """A plan and the review that answers it."""

    plan: Extraction
    review: Extraction
    judged: Mapping[str, Judgement] = field(default_factory=dict)  # by the key of a closure, what people decided

    def close(self) -> list[Closure]:
        """Every commitment of the plan with its verdict."""
        return close_loop(self.plan, self.review)


def read_pair(plan: Path, review: Path) -> Pair:
    """Two files, read and extracted. Raises ReadError for one that is no document."""
    return Pair(extract(read_document(plan)), extract(read_document(review)))


def pairs_of(store: SqliteStore, place: str, year: int) -> list[Pair]:
    """The plans for ``year`` of ``place`` (short or in full), each with the review of that year by the same issuer.

    Raises LoopError when the store has no plan of the year, or nothing that looks back at it.
    """
    rows = [row for row in store.documents() if _is_called(row["place"], place) and not row["duplicate_of"]]
    plans = [row for row in rows if row["plan_year"] == year and row["review_year"] != year]
    messages = load_rules("loop").data["messages"]
    if not plans:
        raise LoopError(messages["no_plan"].format(place=place, year=year))
    pairs = []
    for plan in plans:
        review = review_for(plan, rows)
        if review is not None and (pair := _load(store, plan, review)) is not None:
            pairs.append(pair)
    if not pairs:
        raise LoopError(messages["no_review"].format(place=place, year=year))
    return pairs


def review_for(plan: _Row, rows: Iterable[_Row]) -> _Row | None:
    """The document that looks back at the year of ``plan``: of the same issuer, of the same kind first, the latest first."""
    later = [
        row
        for row in rows
        if row["review_year"] == plan["plan_year"] and row["issuer"] == plan["issuer"] and row["doc_id"] != plan["doc_id"]
    ]
    return max(later, key=lambda row: (row["doc_type"] == plan["doc_type"], row["plan_year"] or 0, row["date"] or ""), default=None)


def _is_called(place: str | None, name: str) -> bool:
    """Whether ``name``, short or in full, names the place of a document."""
    return place is not None and (place in (name, full_name(name)) or place[:-1] == name)


def _load(store: SqliteStore, plan: _Row, review: _Row) -> Pair | None:
    loaded = store.extraction(plan["doc_id"]), store.extraction(review["doc_id"])
    if loaded[0] is None or loaded[1] is None:
        return None
    return Pair(loaded[0], loaded[1], judgements(store, plan["doc_id"], review["doc_id"]))
