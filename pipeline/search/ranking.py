"""Put the passages that may answer in one order: words first, meaning beside them, then what the query prefers.

Reads: ``Index``, what a query was understood to ask, filters. Writes: ``Ranking``: positions of passages, best first, with their scores.

Scores of words and of meaning are each divided by the best one and added; plain blending of ranks lost to words alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.search.filters import HAS_FLAGS, passage_mask
from pipeline.search.keyword import any_of, any_term, find
from pipeline.search.tokens import query_tokens
from pipeline.store.passages import STATUS_FLAGS, year_bit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.search.filters import Filters
    from pipeline.search.index import Index
    from pipeline.search.query import Understanding

    Floats = NDArray[np.float32]
    Positions = NDArray[np.intp]

# Each measured on the development queries with the neighbouring values; none was fitted to single queries.
_MEANING = 0.3  # weight of meaning beside words
_TERMS = 1.0  # weight of the wordings of officials for an everyday query
_OTHER_YEAR = 0.75  # a passage of a document of another year that has a record about the year asked for
_STATUS, _HAS = 0.15, 0.1  # gain of a passage that has the kind of sentence, or the number or date, that is asked for
_COPY = 0.8  # copies from library sites
_AGAIN = 0.6  # each further passage of one document, where the query asks across documents
_BY_WORD, _BY_MEANING = 1000, 200  # candidates
_MOST_TOKENS = 96  # a pasted page is found by its head; each token costs as much as a word in a full-text query


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages, best first: their positions in the index, their scores, and the scores that these were made from."""

    positions: Positions
    scores: Floats
    words: Floats
    meaning: Floats
    terms: Floats


def rank(index: Index, understood: Understanding, filters: Filters, terms: tuple[str, ...] = ()) -> Ranking:
    """All candidates among the passages that pass ``filters`` (those of the query itself merged in), best first.

    ``terms`` are wordings of officials for what the query says in everyday words.
    """
    allowed = passage_mask(index, filters)
    within = None if allowed is None else index.passages.number[allowed]
    if len(index.passages.number) == 0 or (within is not None and len(within) == 0):
        return Ranking(np.zeros(0, np.intp), *(np.zeros(0, np.float32) for _ in range(4)))
    likeness = index.vectors @ index.encoder.encode([understood.topic])[0]
    if allowed is not None:
        likeness = np.where(allowed, likeness, -1)
    connection = index.store.connection
    by_word = find(connection, any_of(query_tokens(understood.topic)[:_MOST_TOKENS]), _BY_WORD, within)
    by_term = find(connection, any_term(terms), _BY_WORD, within)
    words_at, terms_at = index.positions(by_word[0]), index.positions(by_term[0])
    candidates = np.union1d(np.union1d(words_at, terms_at), _best(likeness, _BY_MEANING))
    if allowed is not None:
        candidates = candidates[allowed[candidates]]
    words = _spread(candidates, words_at, by_word[1])
    official = _spread(candidates, terms_at, by_term[1])
    meaning = np.maximum(likeness[candidates], 0)
    scores = (words + _MEANING * _normalised(meaning) + _TERMS * official) * _preference(index, candidates, understood, filters)
    order = np.argsort(-scores, kind="stable")
    if understood.spread:
        order = order[_across_documents(index.document[candidates[order]], scores[order])]
    return Ranking(candidates[order], scores[order], words[order], meaning[order], official[order])


def _best(values: Floats, count: int) -> Positions:
    """The positions of the ``count`` greatest values."""
    if len(values) <= count:
        return np.arange(len(values))
    return np.argpartition(values, -count)[-count:]


def _spread(candidates: Positions, at: Positions, scores: NDArray[np.float64]) -> Floats:
    """The scores, divided by the best, at the candidates that they belong to; 0 for the others."""
    spread = np.zeros(len(candidates), np.float32)
    if len(at):
        spread[np.searchsorted(candidates, at)] = _normalised(scores.astype(np.float32))
    return spread


def _normalised(values: Floats) -> Floats:
    greatest = values.max(initial=0)
    return values / greatest if greatest > 0 else values


def _preference(index: Index, candidates: Positions, understood: Understanding, filters: Filters) -> Floats:
    """What each candidate's score is multiplied by: for its year, the kind of its sentences, what it has, where it comes from."""
    factor = np.ones(len(candidates), np.float32)
    flags = index.passages.flags[candidates]
    if filters.years:
        if understood.status == "achieved":
            bits = sum(year_bit(year) for year in set(filters.years))
            right = (index.passages.years[candidates] & bits) != 0
        else:
            right = np.isin(index.years, filters.years)[index.document[candidates]]
        factor[~right] *= _OTHER_YEAR
    if understood.status:
        factor[(flags & STATUS_FLAGS[understood.status]) != 0] *= 1 + _STATUS
    for name in understood.has:
        factor[(flags & HAS_FLAGS[name]) != 0] *= 1 + _HAS
    factor[index.copies[index.document[candidates]]] *= _COPY
    return factor


def _across_documents(documents: NDArray[np.intp], scores: Floats) -> Positions:
    """The order in which each further passage of one document counts less; in: documents and scores, best first."""
    order = np.argsort(documents, kind="stable")
    grouped = documents[order]
    starts = np.flatnonzero(np.r_[True, grouped[1:] != grouped[:-1]])
    before = np.arange(len(grouped)) - np.repeat(starts, np.diff(np.r_[starts, len(grouped)]))
    lowered = scores.copy()
    lowered[order] *= (_AGAIN**before).astype(np.float32)
    return np.argsort(-lowered, kind="stable")
