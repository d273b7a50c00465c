"""The tables of records: one row for each task, quantity and deadline, with the columns that filters ask for.

Reads: rows of the tables, records. Writes: ``StoredRecord``, rows; the caller opens and ends the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.store.connection import Connection

RECORD_TABLES = {"task": "tasks", "quantity": "quantities", "deadline": "deadlines"}
_COLUMNS = {
    "task": ("status", "strength", "clause", "part"),
    "quantity": ("indicator", "unit", "status", "measure", "low", "high", "start", "end", "task"),
    "deadline": ("relation", "start", "end", "every"),
}
_INSERT = {kind: f"INSERT INTO {table} VALUES ({','.join('?' * (9 + len(_COLUMNS[kind])))})" for kind, table in RECORD_TABLES.items()}


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
    return next_number(connection, RECORD_TABLES[kind])


def next_number(connection: Connection, table: str) -> int:
    """The number of the next row: rows of one document stand together."""
    return int(connection.execute(f"SELECT coalesce(max(number), 0) + 1 FROM {table}").get)
