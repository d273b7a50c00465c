"""Put the passages that may answer in one order: words first, meaning beside them, then what the query prefers.

Reads: ``Index``, what a query was understood to ask, filters. Writes: ``Ranking``: positions of passages, best first, with their scores.

Scores of words and of meaning are each divided by the best one and added; plain blending of ranks lost to words alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import apsw
import numpy as np

from pipeline.search.filters import HAS_FLAGS, passage_mask
from pipeline.search.keyword import any_of, any_term, find, weights
from pipeline.search.thesaurus import expand, score
from pipeline.search.tokens import POINT, telling_tokens
from pipeline.store.passages import STATUS_FLAGS, year_bit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.search.filters import Filters
    from pipeline.search.index import Index
    from pipeline.search.query import Understanding
    from pipeline.search.thesaurus import Expansion

    Floats = NDArray[np.float32]
    Positions = NDArray[np.intp]

# Each measured on the development queries with the neighbouring values; none was fitted to single queries.
_MEANING, _MEANING_EVERYDAY = 0.25, 0.6  # weight of meaning beside words, in the words of officials and in everyday words
_CLOSE = 1.0  # gain of a passage that has the words of the query in one sentence
_READ_AGAIN = 60  # the best candidates are read for that
_TERMS = 0.8  # weight of the wordings of officials where a query has none of them
_LITTLE, _MUCH = 0.2, 0.5  # share of a query's words in the best passage: up to here everyday words, from here the words of officials
_WORDS_LEFT = 0.3  # what words still count in an everyday query
_OTHER_YEAR = 0.75  # a passage of a document of another year that has a record about the year asked for
_STATUS, _HAS = 0.15, 0.1  # gain of a passage that has the kind of sentence, or the number or date, that is asked for
_COPY = 0.8  # copies from library sites
_AGAIN = 0.6  # each further passage of one document, where the query asks across documents
_BY_WORD, _BY_TERM, _BY_MEANING = 1000, 400, 200  # candidates
_READ = 20  # passages that are read to see how much of the query the best one has
_MANY, _MORE = 0.2, 4  # share of the passages that pass the filters from which on filters are applied after the full-text query
_MOST_TOKENS = 96  # a pasted page is found by its head; each token costs as much as a word in a full-text query
_MOST_TERMS = 24
_COMMON = 0.3  # share of the weight of the most telling token below which a token is not looked for
_SAMPLE = 16  # one value in so many is looked at first, to leave out what cannot be among the best
_SENTENCE_END = re.compile("[。；！？;!?\n]")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Passages, best first: their positions in the index, their scores, and the scores that these were made from.

    ``covered`` is the share of the query's words, by weight, that the best passage has; ``known`` the best score by the thesaurus.
    """

    positions: Positions
    scores: Floats
    words: Floats
    meaning: Floats
    terms: Floats
    covered: float = 0.0
    known: float = 0.0
    expansions: tuple[Expansion, ...] = ()


def rank(index: Index, understood: Understanding, filters: Filters) -> Ranking:
    """All candidates among the passages that pass ``filters`` (those of the query itself merged in), best first."""
    allowed = passage_mask(index, filters)
    if not (np.any(allowed) if allowed is not None else len(index.passages.number)):
        nothing = np.zeros(0, np.float32)
        return Ranking(np.zeros(0, np.intp), nothing, nothing, nothing, nothing)
    if not understood.topic:
        return _all_allowed(index, allowed, understood, filters)
    tokens = telling_tokens(understood.topic)[:_MOST_TOKENS]
    weight = _telling(index, tokens)
    numbers, word_scores = _find(index, any_of(_rare(tokens, weight)), _BY_WORD, allowed)
    likeness: Floats = index.vectors @ index.encoder.encode([understood.topic])[0]
    if allowed is not None:
        likeness = np.where(allowed, likeness, -1)
    reader = _Reader(index)
    covered = max((_share(text.lower(), weight) for text in reader.texts(numbers[:_READ])), default=0.0)
    official = min(1.0, max(0.0, (covered - _LITTLE) / (_MUCH - _LITTLE)))
    expansions = expand(understood.topic) if official < 1 else ()
    by_term, _ = _find(index, any_term(_terms(expansions)), _BY_TERM, allowed)
    if expansions:  # all candidates will be read
        numbers, word_scores = numbers[:_BY_TERM], word_scores[:_BY_TERM]
    words_at = index.positions(numbers)
    candidates = _union(words_at, index.positions(by_term), _best(likeness, _BY_MEANING))
    if allowed is not None:
        candidates = candidates[allowed[candidates]]
    words = _spread(candidates, words_at, word_scores)
    meaning = np.maximum(likeness[candidates], 0)
    terms = _term_scores(reader, index.passages.number[candidates], expansions)
    scores = (
        (_WORDS_LEFT + (1 - _WORDS_LEFT) * official) * words
        + (_MEANING * official + _MEANING_EVERYDAY * (1 - official)) * _normalised(meaning)
        + _TERMS * (1 - official) * _normalised(terms)
    )
    near = _best(scores, _READ_AGAIN)
    scores[near] += _CLOSE * official * _closeness(reader.texts(index.passages.number[candidates[near]]), weight)
    scores = scores * _preference(index, candidates, understood, filters)
    order = np.argsort(-scores, kind="stable")
    if understood.spread:
        order = order[_across_documents(index.document[candidates[order]], scores[order])]
    best = float(terms.max(initial=0))
    return Ranking(candidates[order], scores[order], words[order], meaning[order], terms[order], covered, best, expansions)


def _find(index: Index, query: str, limit: int, allowed: NDArray[np.bool_] | None) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The best passages among the allowed ones for a full-text query: numbers and scores."""
    if allowed is None:
        return _known(index, *find(index.store.connection, query, limit))
    if np.count_nonzero(allowed) > len(allowed) * _MANY:  # among so many it is faster to leave out afterwards
        numbers, scores = _known(index, *find(index.store.connection, query, _MORE * limit))
        kept = allowed[index.positions(numbers)]
        if len(numbers) < _MORE * limit or np.count_nonzero(kept) >= limit:
            return numbers[kept][:limit], scores[kept][:limit]
    return _known(index, *find(index.store.connection, query, limit, index.passages.number[allowed]))


def _known(index: Index, numbers: NDArray[np.int64], scores: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Those of the passages that the index has: another process may have added some since it was loaded."""
    at = np.minimum(index.positions(numbers), len(index.passages.number) - 1)
    known = index.passages.number[at] == numbers
    return numbers[known], scores[known]


def _all_allowed(index: Index, allowed: NDArray[np.bool_] | None, understood: Understanding, filters: Filters) -> Ranking:
    """Every passage that passes the filters, those of later documents first."""
    positions = np.arange(len(index.passages.number)) if allowed is None else np.flatnonzero(allowed)
    scores = _preference(index, positions, understood, filters)
    nothing = np.zeros(len(positions), np.float32)
    order = np.lexsort((positions, -index.years[index.document[positions]], -scores))
    return Ranking(positions[order], scores[order], nothing, nothing, nothing, covered=1.0)


def _telling(index: Index, tokens: tuple[str, ...]) -> dict[str, float]:
    """How much each token tells, as a share of all."""
    weight = weights(index.store.connection, tokens, len(index.passages.number))
    total = sum(weight.values()) or 1.0
    return {token.replace(POINT, "."): value / total for token, value in weight.items()}


def _rare(tokens: tuple[str, ...], weight: dict[str, float]) -> list[str]:
    """The tokens without those that stand in so many passages that they tell little beside the others and cost most of the time."""
    least = _COMMON * max(weight.values(), default=0.0)
    return [token for token in tokens if weight[token.replace(POINT, ".")] >= least]


def _share(text: str, weight: dict[str, float]) -> float:
    return sum(value for token, value in weight.items() if token in text)


def _closeness(texts: list[str], weight: dict[str, float]) -> Floats:
    """For each text the greatest share of the query that one of its sentences has."""
    return np.array([max(_share(sentence, weight) for sentence in _SENTENCE_END.split(text.lower())) for text in texts], np.float32)


class _Reader:
    """Reads texts of passages, each once for a query."""

    def __init__(self, index: Index) -> None:
        self._connection = index.store.connection
        self._found: dict[int, str] = {}

    def texts(self, numbers: NDArray[np.int64]) -> list[str]:
        """The texts of the passages with these numbers, in their order; empty for one that another process has removed."""
        asked = numbers.tolist()
        missing = [number for number in asked if number not in self._found]
        if missing:
            sql = "SELECT number, text FROM passages WHERE number IN carray(?)"
            self._found.update(self._connection.execute(sql, (apsw.carray(np.array(missing, np.int64)),)).fetchall())
        return [self._found.get(number, "") for number in asked]


def _terms(expansions: tuple[Expansion, ...]) -> list[str]:
    """The terms that candidates are looked for by: those that matter most, by their weight and the strength of their concept."""
    ranked = sorted(((expansion.strength * weight, term) for expansion in expansions for term, weight in expansion.terms), reverse=True)
    return list(dict.fromkeys(term for _, term in ranked))[:_MOST_TERMS]


def _term_scores(reader: _Reader, numbers: NDArray[np.int64], expansions: tuple[Expansion, ...]) -> Floats:
    return score(reader.texts(numbers), expansions) if expansions else np.zeros(len(numbers), np.float32)


def _best(values: Floats, count: int) -> Positions:
    """The positions of the ``count`` greatest values."""
    if len(values) <= count:
        return np.arange(len(values))
    sample = values[::_SAMPLE]
    if len(sample) <= count * _SAMPLE:
        return np.argpartition(values, -count)[-count:]
    hopeful = np.flatnonzero(values >= np.partition(sample, -count)[-count])  # at least as many as are wanted: those of the sample
    return hopeful[np.argpartition(values[hopeful], -count)[-count:]]


def _union(*positions: Positions) -> Positions:
    """All positions, each once, in order; numpy's own function loads a module that costs a cold search as much as all else here."""
    together = np.sort(np.concatenate(positions))
    return together[np.r_[True, together[1:] != together[:-1]]] if len(together) else together


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
