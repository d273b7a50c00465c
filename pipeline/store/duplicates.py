"""Tell copies of one document from two documents: by how many runs of characters they share, and by what they say of themselves.

Reads: texts and rows of documents. Writes: sketches of texts, and the document that a text is a copy of.

A sketch holds the smallest hashes of a text's runs of five characters (bottom-k MinHash, Cohen & Kaplan 2007): of two texts with the
share s of runs in common, about s of the hashes are the same. It finds candidates; the texts themselves decide.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.rulebook import load_rules
from pipeline.store.rows import document_year

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.store.connection import Connection

_RUN = 5  # characters: phrases of officials repeat, five characters in a row of two different reports seldom do
_SKETCH = 64  # hashes; the estimate is right to about 0.06
_AMPLE = 8 * _SKETCH  # smallest hashes among which enough distinct ones are to be expected
_CANDIDATE = 40  # hashes in common that make a look at the texts worthwhile
_SAME = 0.9  # share of runs; one character changed in a hundred costs about a twentieth of them
_SAME_ELSEWHERE = 0.95  # for documents that speak for two places: they may share a model text
_SAME_RENAMED = 0.97  # for documents with different titles: the body is the same to the letter
_NEVER = 2.0
_SHORT = 100  # characters; below it a few words make the difference, and only equal texts are copies
_DAYS_APART = 60  # two dates further apart are two occasions, not one document and its copy
_COMPARED = ("source", "title", "place", "year", "date", "doc_number", "text")
_QUOTED = re.compile("《[^》]*》")
_UNSEEN = re.compile(r"[\W_]+")
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: spreads neighbouring numbers


def sketch(text: str) -> NDArray[np.int64]:
    """The smallest distinct hashes of the runs of ``text``, ascending; at most 64, at least one."""
    hashes = _hashes(_squeezed(text))
    if len(hashes) > _AMPLE:  # to sort a few is enough, unless the text says the same all over
        few = np.unique(np.partition(hashes, _AMPLE)[:_AMPLE])
        if len(few) >= _SKETCH:
            return few[:_SKETCH]
    return np.unique(hashes)[:_SKETCH]


def add_sketch(connection: Connection, document: int, hashes: NDArray[np.int64]) -> None:
    """Make the document with this number known as one that others may be copies of."""
    connection.executemany("INSERT INTO sketches VALUES (?,?)", ((int(value), document) for value in hashes))


def find_original(connection: Connection, number: int, row: dict[str, Any], hashes: NDArray[np.int64]) -> int | None:
    """The number of the document, other than ``number`` itself, that has the text of ``row``; None if there is none."""
    marks = ",".join("?" * len(hashes))
    candidates = connection.execute(
        f"SELECT document FROM sketches WHERE hash IN ({marks}) AND document <> ? GROUP BY document HAVING count(*) >= ?"
        " ORDER BY count(*) DESC, document LIMIT 5",
        (*map(int, hashes), number, min(_CANDIDATE, len(hashes))),
    ).fetchall()
    for (candidate,) in candidates:
        found = connection.execute(f"SELECT {', '.join(_COMPARED)} FROM documents WHERE number = ?", (candidate,)).fetchone()
        if _same(row, dict(zip(_COMPARED, found, strict=True))):
            return int(candidate)
    return None


def _same(row: dict[str, Any], other: dict[str, Any]) -> bool:
    (editions, years), (other_editions, other_years) = _named(row), _named(other)
    if editions != other_editions or (years and other_years and not years & other_years):
        return False
    told = ((document_year(row), other["year"]), (row["doc_number"], other["doc_number"]))
    if any(one and two and one != two for one, two in told):
        return False
    if row["date"] and other["date"] and abs(date.fromisoformat(row["date"]) - date.fromisoformat(other["date"])).days > _DAYS_APART:
        return False
    return similarity(row["text"], other["text"]) >= _needed(row, other)


def _needed(row: dict[str, Any], other: dict[str, Any]) -> float:
    """The share of runs from which on two documents are one: the more, the less they say of themselves agrees."""
    one, two = _title(row), _title(other)
    if _QUOTED.findall(one) != _QUOTED.findall(two):  # one notice for each standard or law, all in the same words
        return _NEVER
    if one and two and one not in two and two not in one:
        return _SAME_RENAMED
    return _SAME_ELSEWHERE if row["place"] and other["place"] and row["place"] != other["place"] else _SAME


def _title(row: dict[str, Any]) -> str:
    """The title without blanks and without the place that the document speaks for."""
    title = "".join((row["title"] or "").split())
    place = row["place"] or ""
    for name in (place, place[:-1]):
        if len(name) > 1:
            title = title.replace(name, "")
    return title


def _named(row: dict[str, Any]) -> tuple[frozenset[str], frozenset[str]]:
    """What tells a draft from the final document and one year's from the next: words and years in title and file name."""
    name = f"{row['title'] or ''} {PurePath(row['source']).stem}"
    book = load_rules("store")
    return frozenset(book["edition"].findall(name)), frozenset(book["year"].findall(name))


def similarity(one: str, other: str) -> float:
    """The share of runs that two texts have in common (Jaccard), blanks and punctuation aside; 0–1."""
    one, other = _squeezed(one), _squeezed(other)
    if one == other:
        return 1.0
    if min(len(one), len(other)) < _SHORT:
        return 0.0
    left, right = np.unique(_hashes(one)), np.unique(_hashes(other))
    common = len(np.intersect1d(left, right, assume_unique=True))
    return common / (len(left) + len(right) - common)


def _squeezed(text: str) -> str:
    return _UNSEEN.sub("", text)


def _hashes(text: str) -> NDArray[np.int64]:
    """The hashes of all runs in text order; of the whole text where it is shorter than a run."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    codes = np.pad(codes, (0, max(0, _RUN - len(codes))))
    count = len(codes) - _RUN + 1
    mixed = np.zeros(count, np.uint64)
    for place in range(_RUN):
        mixed = (mixed ^ codes[place : place + count]) * _MIX
        mixed ^= mixed >> np.uint64(29)
    return (mixed >> np.uint64(1)).astype(np.int64)
