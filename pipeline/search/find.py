"""Answer a query from a store: understand it, rank the passages, and say so when nothing answers.

Reads: ``Index``, a query, filters. Writes: ``Answer``.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from pipeline.search.answering import is_answered
from pipeline.search.filters import Filters, document_mask, merged
from pipeline.search.hits import Hit, make_hit, read_records
from pipeline.search.query import Asking, Understanding, understand
from pipeline.search.ranking import rank
from pipeline.store.errors import told_plainly

if TYPE_CHECKING:
    from pipeline.search.index import Index, SearchedDocument
    from pipeline.search.ranking import Ranking

Sort = Literal["relevance", "newest", "earliest"]
_JUDGED = 10  # the best passages decide whether anything answers
_SORTED_BY_DATE = 0.4  # share of the best score from which on a passage takes part when hits are sorted by date


@dataclass(frozen=True, slots=True)
class Wish:
    """How an answer is wanted."""

    filters: Filters = field(default_factory=Filters)
    asking: Asking = field(default_factory=Asking)
    limit: int = 10
    sort: Sort = "relevance"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was found: hits in order, how the query was understood, and what was searched.

    ``coverage`` lists, for each place asked for (or None for the whole store), how many documents there are and of which years.
    """

    query: str
    found: bool
    understood: Understanding
    filters: Filters
    hits: tuple[Hit, ...]
    coverage: tuple[tuple[str | None, int, tuple[int, ...]], ...]


def search(index: Index, query: str, wish: Wish) -> Answer:
    """The passages of the store that answer ``query``, best first; none when nothing does."""
    understood = understand(query, wish.asking)
    filters = merged(wish.filters, understood)
    if understood.doc_number and not _has_any(index, filters):  # no document bears the number, but others may speak of it
        understood = understand(query, replace(wish.asking, literal=wish.asking.literal | {"doc_number"}))
        filters = merged(wish.filters, understood)
    with told_plainly(index.store.path):
        ranking = rank(index, understood, filters)
    best = index.store.passages(index.passages.number[ranking.positions[:_JUDGED]].tolist())
    found = is_answered(ranking, understood.topic, [passage.text for passage in best])
    hits: tuple[Hit, ...] = ()
    if found:
        chosen = _chosen(index, ranking, wish)
        stored = {passage.number: passage for passage in index.store.passages(index.passages.number[ranking.positions[chosen]].tolist())}
        records = read_records(index.store, stored.values())
        hits = tuple(
            make_hit(passage, index.documents[index.document[ranking.positions[at]]], understood.topic, _scores(ranking, at), records)
            for at in chosen
            if (passage := stored.get(int(index.passages.number[ranking.positions[at]])))  # another process may have removed it
        )
    return Answer(query, found, understood, filters, hits, _coverage(index, filters))


def _has_any(index: Index, filters: Filters) -> bool:
    chosen = document_mask(index, filters)
    return chosen is None or bool(chosen.any())


def _chosen(index: Index, ranking: Ranking, wish: Wish) -> list[int]:
    """Which entries of the ranking are shown, in which order."""
    if wish.sort == "relevance":
        return list(range(min(wish.limit, len(ranking.positions))))
    good = np.flatnonzero(ranking.scores >= _SORTED_BY_DATE * ranking.scores[0]).tolist()
    days = {at: _day(index.documents[index.document[ranking.positions[at]]]) for at in good}
    return sorted(good, key=lambda at: days[at], reverse=wish.sort == "newest")[: wish.limit]


def _day(document: SearchedDocument) -> str:
    return document.date or str(document.year or "")


def _scores(ranking: Ranking, at: int) -> dict[str, float]:
    parts = {"score": ranking.scores, "words": ranking.words, "meaning": ranking.meaning, "terms": ranking.terms}
    return {name: round(float(values[at]), 4) for name, values in parts.items()}


def _coverage(index: Index, filters: Filters) -> tuple[tuple[str | None, int, tuple[int, ...]], ...]:
    """What the store holds of each place asked for, or of all."""
    rows: list[tuple[str | None, int, tuple[int, ...]]] = []
    for place in filters.places or (None,):
        chosen = document_mask(index, Filters(places=(place,))) if place else None
        years = index.years[chosen] if chosen is not None else index.years
        rows.append((place, len(years), tuple(sorted(set(years.tolist()) - {0}))))
    return tuple(rows)
