"""Ask the full-text index of a store which passages hold the words of a query, and how well (BM25).

Reads: tokens and terms. Writes: numbers of passages with scores, best first.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import apsw
import numpy as np

from pipeline.search.tokens import index_tokens, runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_HEADS = 0.3  # a word in the headings above a passage counts this much of one in the passage
# Sorted by SQLite, not by FTS5 (ORDER BY rank): SQLite keeps only the best, and scores only what is among the numbers asked for.
_FIND = "SELECT rowid, -bm25(keywords, 1.0, {heads}) AS score FROM keywords WHERE keywords MATCH ?1 {only} ORDER BY score DESC LIMIT ?2"
_ONLY = "AND +rowid IN carray(?3)"


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
    sql = _FIND.format(only="" if within is None else _ONLY, heads=_HEADS)
    values = (query, limit) if within is None else (query, limit, apsw.carray(within))
    rows = connection.execute(sql, values).fetchall()
    if not rows:
        return np.zeros(0, np.int64), np.zeros(0)
    found = np.array(rows)  # numbers of passages are far below those that a float cannot tell apart
    return found[:, 0].astype(np.int64), found[:, 1]
