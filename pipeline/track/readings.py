"""The figures of a store as tracking reads them: each with its document and the words around it.

Reads: an open store. Writes: ``Reading``, document by document in text order. Copies of documents are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Comparator, Direction, DocType, Measure, QuantityStatus, Span
    from pipeline.store import SqliteStore

_DOCUMENTS = """
SELECT number, doc_id, title, source, place, doc_type, issuer, date, year, plan_year, review_year, rank, text FROM documents
WHERE duplicate_of IS NULL AND place IS NOT NULL AND (? IS NULL OR place = ?) ORDER BY place, year, doc_id
"""
_QUANTITIES = "SELECT coalesce(corrected, line) FROM quantities WHERE document = ? AND NOT rejected ORDER BY position"
_PLANNED = "SELECT start, end FROM tasks WHERE document = ? AND status = 'planned' AND NOT rejected ORDER BY position"
_SENTENCE_END = re.compile(r"[。！？；;!?\n]")
_CLAUSE_END = re.compile(r"[。！？；;!?\n，：:,]")


@dataclass(frozen=True, slots=True)
class Source:
    """What tracking must know of a document."""

    doc_id: str
    title: str
    place: str
    doc_type: DocType
    issuer: str | None
    date: str | None
    year: int | None
    plan_year: int | None
    review_year: int | None
    rank: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure as a document gives it. ``clause`` are the words of its clause that stand before it."""

    source: Source
    id: str
    span: Span
    text: str
    indicator: str
    scope: str | None
    comparator: Comparator
    low: float | int
    high: float | int
    unit: str | None
    measure: Measure
    direction: Direction | None
    per: str | None
    status: QuantityStatus
    start: str | None
    end: str
    above: bool
    clause: str
    before: str  # the words of the sentence before it
    sentence: str
    several: bool  # the words before it, in its paragraph, tell of several years


@dataclass(frozen=True, slots=True)
class File:
    """A document as tracking reads it: its text, its quantities as rows of the contract, and the sentences that plan."""

    source: Source
    text: str
    rows: list[dict[str, Any]]
    planned: str


def read_files(store: SqliteStore, place: str | None = None) -> Iterator[File]:
    """Every document that speaks for a place, one place after another, each in the order of years."""
    for number, doc_id, title, source, *rest, text in store.select(_DOCUMENTS, place, place):
        rows = [orjson.loads(line) for (line,) in store.select(_QUANTITIES, number)]
        planned = "\n".join(text[start:end] for start, end in store.select(_PLANNED, number))
        yield File(Source(doc_id, title or source, *rest), text, rows, planned)


def read_figures(file: File) -> Iterator[Reading]:
    """The figures of a document that can stand in a series: with a value, an indicator and the end of a period."""
    source, text = file.source, file.text
    sentences = [0, *(found.end() for found in _SENTENCE_END.finditer(text)), len(text)]
    clauses = [0, *(found.end() for found in _CLAUSE_END.finditer(text)), len(text)]
    several = _Several(text)
    for row in file.rows:
        if row["low"] is None or row["high"] is None or not row["indicator"] or not row["end"] or row["status"] == "reference":
            continue
        start = row["span"][0]
        place = bisect_right(sentences, start)
        sentence = text[sentences[place - 1] : sentences[min(place, len(sentences) - 1)]].strip()
        before = text[sentences[place - 1] : start]
        clause = text[clauses[bisect_right(clauses, start) - 1] : start]
        yield Reading(
            source=source, id=row["id"], span=(start, row["span"][1]), text=row["text"], indicator=row["indicator"], scope=row["scope"],
            comparator=row["comparator"], low=row["low"], high=row["high"], unit=row["unit"], measure=row["measure"],
            direction=row["direction"], per=row["per"], status=row["status"], start=row["start"], end=row["end"],
            above=row["level"] == "set_above", clause=clause, before=before, sentence=sentence,
            several=several.at(start),
        )  # fmt: skip


class _Several:
    """Tells for any place of a text whether the last words of time before it, in its paragraph, are of several years."""

    def __init__(self, text: str) -> None:
        rules = load_rules("indicators_names")
        told = [(found.start(), True) for found in rules["several"].finditer(text)]
        told += [(found.start(), False) for found in rules["one-year"].finditer(text)]
        told += [(found.start(), False) for found in re.finditer("\n", text)]
        told.sort()
        self._starts = [start for start, _ in told]
        self._several = [several for _, several in told]

    def at(self, place: int) -> bool:
        """Whether it is told of several years."""
        number = bisect_right(self._starts, place) - 1
        return number >= 0 and self._several[number]
