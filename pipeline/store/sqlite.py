"""The store in one SQLite file: read documents, records, passages, words and vectors back.

Reads: the tables. Writes: records as they were extracted, with people's corrections, and arrays that numpy works on.
"""

from __future__ import annotations

import zlib
from dataclasses import fields
from itertools import accumulate
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from pipeline.records import Extraction
from pipeline.search.encoder import load_encoder
from pipeline.store.connection import connect, load_vectors
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.interface import EVERYTHING, PassageTable, RecordFilter, StoredPassage
from pipeline.store.record_tables import RECORD_TABLES, read_lines
from pipeline.store.rows import deadline_from_row, document_from_row, document_lines, quantity_from_row, task_from_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from pipeline.records import Deadline, Document, Quantity, Task
    from pipeline.search.encoder import Encoder
    from pipeline.store.connection import Connection

_DOCUMENTS = "SELECT number, year, rank, duplicate_of, ingested, head FROM documents ORDER BY number"
_COPIES = """
SELECT c.doc_id, c.source, c.place, o.doc_id, o.source, o.place FROM documents c JOIN documents o ON o.doc_id = c.duplicate_of
WHERE :doc_id IS NULL OR :doc_id IN (c.doc_id, o.doc_id) ORDER BY c.number
"""
_NEAREST = """
SELECT p.number, vec_distance_cosine(
  vec_int8(substr(a.vectors, (p.number - a.first) * length(:query) + 1, length(:query))), vec_int8(:query)) AS distance
FROM arrays a JOIN passages p ON p.document = a.document
WHERE a.document IN (SELECT value FROM json_each(:documents)) AND distance IS NOT NULL ORDER BY distance LIMIT :limit
"""
_AT_ONCE = 10_000  # rows of vectors that are scaled together: they fit the processor's cache
# How each condition of a filter reads in SQL; `r` is the record, `d` its document, `x` a figure or deadline within a task.
_WITHIN = "x.document = r.document AND x.start >= r.start AND x.end <= r.end"
_TOUCHES = (
    "substr(coalesce({0}.period_start, {0}.period_end), 1, 4) <= :y AND substr(coalesce({0}.period_end, {0}.period_start), 1, 4) >= :y"
)
_CONDITIONS = {
    "doc_id": "d.doc_id = :doc_id",
    "place": "d.place = :place",
    "status": "r.status = :status",
    "part": "r.part = :part",
    "indicator": "r.indicator = :indicator",
    "unit": "r.unit = :unit",
    "relation": "r.relation = :relation",
    "since": "r.period_end >= :since",
    "until": "r.period_end <= :until",
    "year": f"(d.year = :year OR ({_TOUCHES.format('r')}))",
    "responsible": "EXISTS (SELECT 1 FROM task_units u WHERE u.task = r.number"
    " AND (instr(u.text, :responsible) OR instr(u.canonical, :responsible)))",
}
_DUE = "EXISTS (SELECT 1 FROM deadlines x WHERE " + _WITHIN + " AND {})"
_COUNTED = "EXISTS (SELECT 1 FROM quantities x WHERE " + _WITHIN + " AND {})"
_CONDITIONS_OF_TASKS = _CONDITIONS | {
    "since": _DUE.format("x.period_end >= :since"),
    "until": _DUE.format("x.period_end <= :until"),
    "year": f"(d.year = :year OR {_COUNTED.format(_TOUCHES.format('x'))} OR {_DUE.format(_TOUCHES.format('x'))})",
}
_KNOWN = {  # a condition that a kind cannot meet is a mistake of the caller
    "task": {"doc_id", "place", "year", "since", "until", "status", "part", "responsible"},
    "quantity": {"doc_id", "place", "year", "since", "until", "status", "indicator", "unit"},
    "deadline": {"doc_id", "place", "year", "since", "until", "relation"},
}


class SqliteStore:
    """An open store. Use it in a ``with`` block, in one thread; several may read while one writes."""

    def __init__(self, path: Path, *, readonly: bool = False, create: bool = False) -> None:
        """Open the file at ``path``; the errors are those of ``connection.connect``."""
        self.path = path
        self.readonly = readonly
        self.connection: Connection = connect(path, readonly=readonly, create=create)

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the last one to close it empties the log into it."""
        self.connection.close()

    def select(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """All rows of a query; errors of SQLite as StoreError."""
        return list(self._rows(sql, *values))

    def generation(self) -> int:
        """Counts the changes of the store: what was read under another number may be out of date."""
        return int(self.select("SELECT value FROM meta WHERE key = 'generation'")[0][0])

    def check_encoder(self, encoder: Encoder) -> None:
        """Raise StoreError if the vectors of the store were made with another encoder, or are being made again."""
        meta = dict(self.select("SELECT key, value FROM meta WHERE key IN ('encoder', 'reindexing')"))
        if "reindexing" in meta:
            raise StoreError(message("reindexing", store=self.path))
        if "encoder" in meta:
            name, dimensions, *_ = orjson.loads(meta["encoder"])
            if (name, dimensions) != (encoder.name, encoder.dimensions):
                told = {"stored": name, "stored_dimensions": dimensions, "used": encoder.name, "used_dimensions": encoder.dimensions}
                raise StoreError(message("encoder", store=self.path, **told))

    def encoder(self) -> Encoder:
        """The encoder that the store was built with; for a new store the one that ships.

        Raises StoreError if it is now another one, ModelError if it is no longer where it was.
        """
        meta = self.select("SELECT value FROM meta WHERE key = 'encoder'")
        stored = orjson.loads(meta[0][0]) if meta else []
        encoder = load_encoder(stored[2] if len(stored) > 2 else None)
        self.check_encoder(encoder)
        return encoder

    def documents(self) -> Iterator[dict[str, Any]]:
        """Every document as a row of the contract, without its text but with ``number``, ``year``, ``rank``, ``duplicate_of``."""
        related = self._related()
        for number, year, rank, duplicate_of, ingested, head in self._rows(_DOCUMENTS):
            row = orjson.loads(head)
            row.pop("text", None)
            row["warnings"] += _warnings(row["place"], related.get(row["doc_id"], ()))
            row |= {"number": number, "year": year, "rank": rank, "duplicate_of": duplicate_of, "ingested": ingested}
            yield row

    def document(self, doc_id: str) -> Document | None:
        """The document with its text, or None if the store has none of that name."""
        lines = self._lines(doc_id, records=False)
        return document_from_row(orjson.loads(lines)) if lines else None

    def lines(self, doc_id: str) -> bytes:
        """The machine's records of a document as the JSON lines of the contract; empty if the store has none of that name."""
        return self._lines(doc_id, records=True)

    def extraction(self, doc_id: str) -> Extraction | None:
        """Document and records of one document, with corrections; of a copy, whose records are packed away, the machine's."""
        document_line, *record_lines = self.lines(doc_id).splitlines() or [b""]
        if not document_line:
            return None
        row = orjson.loads(document_line)
        where = RecordFilter(doc_id=doc_id)
        if any(warning["code"] == "duplicate_of" for warning in row["warnings"]):
            rows = [orjson.loads(line) for line in record_lines]
        else:
            rows = [record for kind in RECORD_TABLES for record in self.rows(kind, where)]
        return Extraction(
            document_from_row(row),
            tuple(task_from_row(record) for record in rows if record["record"] == "task"),
            tuple(quantity_from_row(record) for record in rows if record["record"] == "quantity"),
            tuple(deadline_from_row(record) for record in rows if record["record"] == "deadline"),
        )

    def rows(self, kind: str, where: RecordFilter = EVERYTHING) -> Iterator[dict[str, Any]]:
        """Records of one kind as rows of the contract; ``reviewed`` tells of a person's decision."""
        return map(orjson.loads, self.record_lines(kind, where))

    def record_lines(self, kind: str, where: RecordFilter = EVERYTHING) -> Iterator[bytes]:
        """The same records as JSON lines without line ends."""
        names = [field.name for field in fields(where) if getattr(where, field.name) is not None]
        if not _KNOWN[kind].issuperset(names):
            raise ValueError(f"{kind}: no filter by {', '.join(sorted(set(names) - _KNOWN[kind]))}")
        conditions = _CONDITIONS_OF_TASKS if kind == "task" else _CONDITIONS
        table = RECORD_TABLES[kind]
        sql = f"SELECT coalesce(r.corrected, r.line) FROM {table} r JOIN documents d ON d.number = r.document WHERE NOT r.rejected"
        sql = " AND ".join([sql, *(conditions[name] for name in names)])
        values = {name: getattr(where, name) for name in names} | {"y": str(where.year)}
        return (line for (line,) in self._rows(sql + " ORDER BY r.document, r.position", values))

    def record(self, name: str) -> dict[str, Any] | None:
        """The record with this id as a row of the contract, or None if there is none or a person has rejected it."""
        for table in RECORD_TABLES.values():
            for (line,) in self._rows(f"SELECT coalesce(corrected, line) FROM {table} WHERE id = ? AND NOT rejected", name):
                return orjson.loads(line)  # type: ignore[no-any-return]
        return None

    def tasks(self, where: RecordFilter = EVERYTHING) -> Iterator[Task]:
        """Tasks, document by document in text order."""
        return map(task_from_row, self.rows("task", where))

    def quantities(self, where: RecordFilter = EVERYTHING) -> Iterator[Quantity]:
        """Quantities, document by document in text order."""
        return map(quantity_from_row, self.rows("quantity", where))

    def deadlines(self, where: RecordFilter = EVERYTHING) -> Iterator[Deadline]:
        """Deadlines, document by document in text order."""
        return map(deadline_from_row, self.rows("deadline", where))

    def passages(self, numbers: Iterable[int]) -> list[StoredPassage]:
        """The passages with these numbers, in the order asked for; numbers that are no longer there are left out."""
        wanted = [int(number) for number in numbers]
        sql = "SELECT number, document, start, end, section, clause, part, records, text FROM passages WHERE number = ?"
        found = [row for number in wanted for row in self._rows(sql, number)]
        return [
            StoredPassage(number, document, (start, end), tuple(orjson.loads(section)), clause, part, tuple(records.split()), text)
            for number, document, start, end, section, clause, part, records, text in found
        ]

    def passage_table(self) -> PassageTable:
        """What filters compare, of all passages, in the order of their numbers."""
        with told_plainly(self.path), self.connection:  # as of one moment
            places = self._places()
            number, document, *facts = (np.empty(sum(count for _, count in places.values()), np.int64) for _ in range(6))
            for name, first, packed in self._rows("SELECT document, first, facts FROM arrays"):
                at, count = places[name]
                number[at : at + count] = np.arange(first, first + count)
                document[at : at + count] = name
                for column, values in zip(facts, np.frombuffer(packed, np.int64).reshape(-1, 4).T, strict=True):
                    column[at : at + count] = values
        return PassageTable(number, document, *facts)

    def vectors(self) -> NDArray[np.float32]:
        """A vector of length 1 for each passage, in the order of their numbers; zeros for one without any known word."""
        with told_plainly(self.path), self.connection:
            places = self._places()
            count, size = (
                sum(count for _, count in places.values()),
                self.select("SELECT coalesce(sum(length(vectors)), 0) FROM arrays")[0][0],
            )
            whole = np.empty((count, size // count if count else 0), np.float32)  # filled in place: a second copy would double the peak
            for document, packed in self._rows("SELECT document, vectors FROM arrays WHERE count"):
                at, rows = places[document]
                whole[at : at + rows] = np.frombuffer(packed, np.int8).reshape(rows, -1)
        for part in np.array_split(whole, max(1, len(whole) // _AT_ONCE)):  # views, again in place
            lengths = np.sqrt(np.einsum("ij,ij->i", part, part))[:, None]
            np.divide(part, lengths, out=part, where=lengths > 0)
        return whole

    def _places(self) -> dict[int, tuple[int, int]]:
        """For each document where its first passage stands among all in the order of their numbers, and how many it has.

        Arrays are put in order by this: SQLite would sort the blobs themselves, and hold all of them in memory.
        """
        rows = self.select("SELECT document, count FROM arrays ORDER BY first")
        starts = accumulate((count for _, count in rows), initial=0)
        return {document: (at, count) for at, (document, count) in zip(starts, rows, strict=False)}

    def nearest(self, vector: NDArray[np.float32], documents: Iterable[int], limit: int) -> list[tuple[int, float]]:
        """The passages of these documents (numbers) that are nearest to ``vector``: number and cosine, best first.

        For a few documents of a large store: sqlite-vec compares in the file, and nothing else is read.
        """
        load_vectors(self.connection)
        largest = float(np.abs(vector).max())
        query = np.rint(vector * (127 / largest if largest else 0)).astype(np.int8).tobytes()
        numbers = orjson.dumps([int(number) for number in documents]).decode()
        return [(number, 1 - distance) for number, distance in self._rows(_NEAREST, {"query": query, "documents": numbers, "limit": limit})]

    def _lines(self, doc_id: str, *, records: bool) -> bytes:
        found = self.select("SELECT number, head, text, duplicate_of, revision, place FROM documents WHERE doc_id = ?", doc_id)
        if not found:
            return b""
        number, head, text, duplicate_of, revision, place = found[0]
        if duplicate_of is None:
            lines = read_lines(self.connection, number) if records else []
        else:
            ((packed,),) = self.select("SELECT lines FROM revisions WHERE document = ? AND revision = ?", number, revision)
            document_line, *lines = zlib.decompress(packed).splitlines()
            text = orjson.loads(document_line)["text"]
        warnings = _warnings(place, self._related(doc_id).get(doc_id, ()))
        return document_lines(head, text, lines if records else [], warnings)

    def _related(self, doc_id: str | None = None) -> dict[str, list[tuple[str, str, str | None, bool]]]:
        """For each document the others with the same text: doc_id, source, place, and whether that is the one with the content."""
        related: dict[str, list[tuple[str, str, str | None, bool]]] = {}
        for copy, copy_source, copy_place, original, source, place in self._rows(_COPIES, {"doc_id": doc_id}):
            related.setdefault(copy, []).append((original, source, place, True))
            related.setdefault(original, []).append((copy, copy_source, copy_place, False))
        return related

    def _rows(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        bindings = values[0] if values and isinstance(values[0], dict) else values
        with told_plainly(self.path):
            yield from self.connection.execute(sql, bindings)


def _warnings(place: str | None, related: Iterable[tuple[str, str, str | None, bool]]) -> tuple[dict[str, Any], ...]:
    """What a reader must know of a document that others have the text of."""
    warnings = []
    for doc_id, source, other_place, is_original in related:
        if is_original:
            warnings.append({"code": "duplicate_of", "message": message("duplicate_of", other=source, doc_id=doc_id), "span": None})
        if place and other_place and place != other_place:
            told = message("same_text_elsewhere", place=place, other=source, other_place=other_place)
            warnings.append({"code": "place_conflict", "message": told, "span": None})
    return tuple(warnings)
