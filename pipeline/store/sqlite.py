"""The store in one SQLite file: read documents, records, passages, words and vectors back.

Reads: the tables. Writes: records as they were extracted, and arrays that numpy works on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from pipeline.records import Deadline, Extraction, Quantity, Task
from pipeline.store.connection import connect
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.rows import deadline_from_row, document_from_row, line_of, quantity_from_row, task_from_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import apsw
    from numpy.typing import NDArray

    from pipeline.records import Document
    from pipeline.search.encoder import Encoder

_HEADS = "SELECT number, year, rank, duplicate_of, head FROM documents ORDER BY number"
_READERS = {"task": task_from_row, "quantity": quantity_from_row, "deadline": deadline_from_row}


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the number by which both indexes know it."""

    number: int
    document: int
    span: tuple[int, int]
    section: tuple[str, ...]
    clause: str | None
    part: str | None
    records: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class PassageTable:
    """All passages as parallel arrays in the order of their numbers: what filters compare, and the vectors.

    ``years``, ``flags``, ``due_first`` and ``due_last`` are those of ``passages.Passage``; ``document`` are numbers of documents.
    ``vectors`` are float32 of length 1, one row a passage (zeros for a passage without any known word).
    """

    number: NDArray[np.int64]
    document: NDArray[np.int64]
    years: NDArray[np.int64]
    flags: NDArray[np.int64]
    due_first: NDArray[np.int64]
    due_last: NDArray[np.int64]


class SqliteStore:
    """An open store. Use it in a ``with`` block, in one thread; several may read while one writes."""

    def __init__(self, path: Path, *, readonly: bool = False, create: bool = False) -> None:
        """Open the file at ``path``; the errors are those of ``connection.connect``."""
        self.path = path
        self.readonly = readonly
        self.connection: apsw.Connection = connect(path, readonly=readonly, create=create)

    def __enter__(self) -> SqliteStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; the last one to close it empties the log into it."""
        self.connection.close()

    def generation(self) -> int:
        """Counts the changes of the store: what was read under another number may be out of date."""
        return int(self._all("SELECT value FROM meta WHERE key = 'generation'")[0][0])

    def check_encoder(self, encoder: Encoder) -> None:
        """Raise StoreError if the vectors of the store were made with another encoder."""
        stored = self._one("SELECT value FROM meta WHERE key = 'encoder'")
        if stored is None:
            return
        name, dimensions = orjson.loads(stored[0])
        if (name, dimensions) != (encoder.name, encoder.dimensions):
            told = {"stored": name, "stored_dimensions": dimensions, "used": encoder.name, "used_dimensions": encoder.dimensions}
            raise StoreError(message("encoder", store=self.path, **told))

    def remember_encoder(self, encoder: Encoder) -> None:
        """Keep the name of the first encoder; the errors are those of ``check_encoder``."""
        self.check_encoder(encoder)
        with told_plainly(self.path):
            self.connection.execute(
                "INSERT OR IGNORE INTO meta VALUES ('encoder', ?)", (orjson.dumps([encoder.name, encoder.dimensions]).decode(),)
            )

    def documents(self) -> Iterator[dict[str, Any]]:
        """The row of every document, without its text but with ``number``, ``year``, ``rank`` and ``duplicate_of``."""
        for number, year, rank, duplicate_of, head in self._rows(
            "SELECT number, year, rank, duplicate_of, head FROM documents ORDER BY number"
        ):
            yield {**orjson.loads(head), "number": number, "year": year, "rank": rank, "duplicate_of": duplicate_of}

    def document(self, doc_id: str) -> Document | None:
        """The document with its text, or None if the store has none of that name."""
        found = self._one("SELECT head, text FROM documents WHERE doc_id = ?", doc_id)
        return document_from_row({**orjson.loads(found[0]), "text": found[1]}) if found else None

    def lines(self, doc_id: str) -> bytes:
        """The records of a document as the JSON lines of the contract; empty if the store has none of that name."""
        found = self._one("SELECT number, head, text FROM documents WHERE doc_id = ?", doc_id)
        if not found:
            return b""
        number, head, text = found
        return line_of(head, text) + b"".join(line + b"\n" for line in self._lines(number))

    def extraction(self, doc_id: str) -> Extraction | None:
        """Document and records of one document."""
        document = self.document(doc_id)
        if document is None:
            return None
        tasks, quantities, deadlines = (self._records_of(table, doc_id) for table in ("tasks", "quantities", "deadlines"))
        return Extraction(document, tasks, quantities, deadlines)

    def tasks(self) -> Iterator[Task]:
        """Every task, document by document."""
        return (task_from_row(orjson.loads(line)) for (line,) in self._rows("SELECT line FROM tasks ORDER BY number"))

    def quantities(self) -> Iterator[Quantity]:
        """Every quantity, document by document."""
        return (quantity_from_row(orjson.loads(line)) for (line,) in self._rows("SELECT line FROM quantities ORDER BY number"))

    def deadlines(self) -> Iterator[Deadline]:
        """Every deadline, document by document."""
        return (deadline_from_row(orjson.loads(line)) for (line,) in self._rows("SELECT line FROM deadlines ORDER BY number"))

    def passages(self, numbers: Iterable[int]) -> list[StoredPassage]:
        """The passages with these numbers, in the order asked for; numbers that are no longer there are left out."""
        found = []
        for number in numbers:
            row = self._one(
                "SELECT number, document, start, end, section, clause, part, records, text FROM passages WHERE number = ?", int(number)
            )
            if row:
                number, document, start, end, section, clause, part, records, text = row
                found.append(
                    StoredPassage(number, document, (start, end), tuple(orjson.loads(section)), clause, part, tuple(records.split()), text)
                )
        return found

    def passage_table(self) -> PassageTable:
        """All passages as arrays, in the order of their numbers."""
        rows = self._all("SELECT number, document, years, flags, due_first, due_last FROM passages ORDER BY number")
        columns = np.array(rows, np.int64).reshape(-1, 6).T
        return PassageTable(*columns)

    def vectors(self) -> NDArray[np.float32]:
        """A vector of length 1 for each passage, in the order of their numbers."""
        blobs = [data for (data,) in self._rows("SELECT data FROM vectors ORDER BY first")]
        count = int(self._all("SELECT coalesce(sum(count), 0) FROM vectors")[0][0])
        whole = np.frombuffer(b"".join(blobs), np.int8).reshape(count, -1 if count else 0).astype(np.float32)
        lengths = np.linalg.norm(whole, axis=1, keepdims=True)
        np.divide(whole, lengths, out=whole, where=lengths > 0)
        return whole

    def _lines(self, number: int) -> list[bytes]:
        rows = self._all(
            "SELECT position, line FROM tasks WHERE document = ?1 UNION ALL SELECT position, line FROM quantities WHERE document = ?1"
            " UNION ALL SELECT position, line FROM deadlines WHERE document = ?1 ORDER BY position", number,
        )  # fmt: skip
        return [line for _, line in rows]

    def _records_of(self, table: str, doc_id: str) -> tuple[Any, ...]:
        sql = f"SELECT line FROM {table} WHERE document = (SELECT number FROM documents WHERE doc_id = ?) ORDER BY position"  # noqa: S608
        return tuple(_read(line) for (line,) in self._rows(sql, doc_id))

    def _rows(self, sql: str, *values: object) -> Iterator[tuple[Any, ...]]:
        with told_plainly(self.path):
            yield from self.connection.execute(sql, values)

    def _all(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return list(self._rows(sql, *values))

    def _one(self, sql: str, *values: object) -> tuple[Any, ...] | None:
        return next(iter(self._all(sql, *values)), None)


def _read(line: bytes) -> Any:
    row = orjson.loads(line)
    return _READERS[row["record"]](row)
