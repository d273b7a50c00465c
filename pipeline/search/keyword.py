"""Ask the full-text index of a store which passages hold the words of a query, and how well (BM25).

Reads: tokens and terms. Writes: numbers of passages with scores, best first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from pipeline.search.tokens import index_tokens, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    import apsw
    from numpy.typing import NDArray

_HEADS = 0.3  # a word in the headings above a passage counts this much of one in the passage
_FIND = "SELECT rowid, -rank FROM keywords WHERE keywords MATCH ?1 {only} AND rank MATCH 'bm25(1.0, {heads})' ORDER BY rank LIMIT ?2"


def any_of(tokens: Iterable[str]) -> str:
    """The full-text query for passages with any of these tokens; none of its operators can stand in a token."""
    return " OR ".join(f'"{token}"' for token in tokens)


def any_term(terms: Iterable[str]) -> str:
    """The full-text query for passages in which any of these terms stands as it is written."""
    return " OR ".join(dict.fromkeys(phrase for phrase in map(_phrase, terms) if phrase))


def _phrase(term: str) -> str:
    """A term as it stands in passages: the pairs of characters of a run in a row; runs (HPV, 疫苗) each somewhere."""
    found = []
    for run in runs(term):
        tokens = index_tokens(run).split()
        pairs = [token for token in tokens if len(token) > 1]
        found.append(f'"{" ".join(pairs or tokens)}"')
    return f"({' AND '.join(found)})" if len(found) > 1 else "".join(found)


def weights(connection: apsw.Connection, tokens: Iterable[str], passages: int) -> dict[str, float]:
    """How telling each token is among this many passages: the logarithm of the share of passages without it."""
    connection.execute("CREATE VIRTUAL TABLE IF NOT EXISTS temp.vocabulary USING fts5vocab(main, keywords, row)")
    counts = {token: connection.execute("SELECT doc FROM temp.vocabulary WHERE term = ?", (token,)).get or 0 for token in tokens}
    return {token: math.log((passages + 1) / (count + 1)) for token, count in counts.items()}


def find(
    connection: apsw.Connection, query: str, limit: int, within: NDArray[np.int64] | None = None
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The best ``limit`` passages for a full-text query: their numbers and scores, among the numbers ``within`` if given."""
    if not query:
        return np.zeros(0, np.int64), np.zeros(0)
    only = ""
    if within is not None:
        only = f"AND +rowid IN ({','.join(map(str, within.tolist()))})"
    rows = connection.execute(_FIND.format(only=only, heads=_HEADS), (query, limit)).fetchall()
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0)
    numbers, scores = zip(*rows, strict=True)
    return np.array(numbers, np.int64), np.array(scores)
