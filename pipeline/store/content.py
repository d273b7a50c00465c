"""Put the records of one document into the tables and both indexes, and take them out again.

Reads: JSON lines of one document. Writes: rows; the caller opens and ends the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from pipeline.search.tokens import index_tokens
from pipeline.store.passages import cut_passages, facts_of, inside, pack_facts
from pipeline.store.rows import document_from_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from pipeline.search.encoder import Encoder
    from pipeline.store.connection import Connection
    from pipeline.store.passages import Passage

RECORD_TABLES = {"task": "tasks", "quantity": "quantities", "deadline": "deadlines"}
_TABLES = (*RECORD_TABLES.values(), "task_units", "passages", "arrays", "sketches")
_STEP = 127  # the largest of a signed byte
_COLUMNS = {
    "task": ("status", "strength", "clause", "part"),
    "quantity": ("indicator", "unit", "status", "measure", "low", "high", "start", "end", "task"),
    "deadline": ("relation", "start", "end", "every"),
}
_INSERT = {kind: f"INSERT INTO {table} VALUES ({','.join('?' * (9 + len(_COLUMNS[kind])))})" for kind, table in RECORD_TABLES.items()}


@dataclass(frozen=True, slots=True)
class Content:
    """What is indexed of a document: passages, their tokens and vectors, and the lines of its records."""

    passages: tuple[Passage, ...]
    tokens: tuple[tuple[str, str], ...]
    vectors: bytes
    records: tuple[tuple[dict[str, Any], bytes], ...]


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A record as it stands in its table: ``row`` is what holds, ``line`` what extraction wrote, empty for a record that a person added.

    ``corrected`` is the line of ``row`` where a person has decided on it.
    """

    number: int
    document: int
    position: int
    row: dict[str, Any]
    line: bytes
    corrected: bytes | None = None
    rejected: bool = False


def prepare_content(row: dict[str, Any], record_lines: Sequence[bytes], encoder: Encoder) -> Content:
    """What is indexed of the document in ``row``; takes most of the time of an ingest and needs no store."""
    records = tuple((orjson.loads(line), line) for line in record_lines)
    passages = tuple(cut_passages(document_from_row(row), [record for record, _ in records]))
    heads: dict[tuple[str, ...], str] = {}
    tokens = []
    for passage in passages:
        if passage.section not in heads:
            heads[passage.section] = index_tokens(" ".join(passage.section))
        tokens.append((index_tokens(passage.text), heads[passage.section]))
    vectors = pack_vectors(encoder.encode([passage.text for passage in passages]))
    return Content(passages, tuple(tokens), vectors, records)


def pack_vectors(vectors: NDArray[np.float32]) -> bytes:
    """Rows of normalised float32 as signed bytes, each row scaled so that its largest part is 127: angles stay as they are."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
    scaled = np.divide(vectors * _STEP, largest, out=np.zeros_like(vectors), where=largest > 0)
    return bytes(np.rint(scaled).astype(np.int8).tobytes())


def add_content(connection: Connection, document: int, content: Content) -> None:
    """Write everything that is indexed of the document with this number."""
    first = _next(connection, "passages")
    rows = [
        (
            number, document, *passage.span, orjson.dumps(passage.section).decode(), passage.clause, passage.part, *passage.facts,
            " ".join(passage.records), passage.text,
        )
        for number, passage in enumerate(content.passages, start=first)
    ]  # fmt: skip
    connection.executemany("INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
    connection.executemany(
        "INSERT INTO keywords (rowid, body, heads) VALUES (?,?,?)",
        ((number, *tokens) for number, tokens in enumerate(content.tokens, start=first)),
    )
    facts = pack_facts([passage.facts for passage in content.passages])
    connection.execute("INSERT INTO arrays VALUES (?,?,?,?,?)", (document, first, len(rows), facts, content.vectors))
    following = {kind: _next(connection, table) for kind, table in RECORD_TABLES.items()}
    stored = []
    for position, (row, line) in enumerate(content.records):
        kind = row["record"]
        stored.append(StoredRecord(following[kind], document, position, row, line))
        following[kind] += 1
    add_records(connection, stored)


def remove_content(connection: Connection, document: int) -> None:
    """Take out everything that is indexed of the document with this number."""
    connection.execute("DELETE FROM keywords WHERE rowid IN (SELECT number FROM passages WHERE document = ?)", (document,))
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE document = ?", (document,))


def read_lines(connection: Connection, document: int) -> list[bytes]:
    """The machine's lines of the records of a document, in their order."""
    return [record.line for record in read_records(connection, document) if record.line]


def read_records(connection: Connection, document: int) -> list[StoredRecord]:
    """All records of a document in their order, also those that a person rejected or added."""
    records = []
    for table in RECORD_TABLES.values():
        found = connection.execute(
            f"SELECT number, position, line, corrected, rejected FROM {table} WHERE document = ?", (document,)
        )  # fmt: skip
        for number, position, line, corrected, rejected in found:
            row = orjson.loads(corrected or line)
            records.append(StoredRecord(number, document, position, row, line, corrected, bool(rejected)))
    return sorted(records, key=lambda record: record.position)


def add_records(connection: Connection, records: Iterable[StoredRecord]) -> None:
    """Write records with the columns that filters ask for."""
    rows: dict[str, list[tuple[Any, ...]]] = {kind: [] for kind in RECORD_TABLES}
    units: list[tuple[Any, ...]] = []
    for record in records:
        row = record.row
        kind = row["record"]
        own = [row[name] for name in _COLUMNS[kind]]
        place = (record.number, row["id"], record.document, record.position, *row["span"])
        rows[kind].append((*place, *own, record.line, record.corrected, record.rejected))
        if kind == "task" and not record.rejected:
            units += [(record.number, record.document, unit["text"], unit["canonical"], unit["role"]) for unit in row["units"]]
    for kind, values in rows.items():
        connection.executemany(_INSERT[kind], values)
    connection.executemany("INSERT INTO task_units VALUES (?,?,?,?,?)", units)


def replace_record(connection: Connection, record: StoredRecord) -> None:
    """Write one record anew under its number."""
    remove_record(connection, record)
    add_records(connection, [record])


def remove_record(connection: Connection, record: StoredRecord) -> None:
    """Take one record out of its table."""
    kind = record.row["record"]
    connection.execute(f"DELETE FROM {RECORD_TABLES[kind]} WHERE number = ?", (record.number,))
    if kind == "task":
        connection.execute("DELETE FROM task_units WHERE task = ?", (record.number,))


def next_record(connection: Connection, kind: str) -> int:
    """The number that a further record of this kind gets."""
    return _next(connection, RECORD_TABLES[kind])


def renew_facts(connection: Connection, document: int) -> None:
    """Make what filters compare of a document's passages fit its records again, after people decided on some of them."""
    held = sorted((record.row for record in read_records(connection, document) if not record.rejected), key=_start)
    starts = [_start(row) for row in held]
    facts = []
    for number, start, end in connection.execute(
        "SELECT number, start, end FROM passages WHERE document = ? ORDER BY number", (document,)
    ).fetchall():
        records = inside((start, end), held, starts)
        facts.append(facts_of(records))
        connection.execute(
            "UPDATE passages SET years = ?, flags = ?, due_first = ?, due_last = ?, records = ? WHERE number = ?",
            (*facts[-1], " ".join(row["id"] for row in records), number),
        )
    connection.execute("UPDATE arrays SET facts = ? WHERE document = ?", (pack_facts(facts), document))


def _start(row: dict[str, Any]) -> int:
    return int(row["span"][0])


def _next(connection: Connection, table: str) -> int:
    """The number of the next row: rows of one document stand together."""
    return int(connection.execute(f"SELECT coalesce(max(number), 0) + 1 FROM {table}").get)
