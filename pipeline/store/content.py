"""Put the records of one document into the tables and both indexes, and take them out again.

Reads: JSON lines of one document. Writes: rows; the caller opens and ends the transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from pipeline.search.tokens import index_tokens
from pipeline.store.passages import cut_passages
from pipeline.store.rows import document_from_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    import apsw
    from numpy.typing import NDArray

    from pipeline.search.encoder import Encoder
    from pipeline.store.passages import Passage

_TABLES = ("tasks", "task_units", "quantities", "deadlines", "passages", "vectors")
_STEP = 127  # the largest of a signed byte


@dataclass(frozen=True, slots=True)
class Content:
    """What is indexed of a document, made before the store is locked: passages, their tokens and vectors, and its records."""

    passages: tuple[Passage, ...]
    tokens: tuple[tuple[str, str], ...]
    vectors: bytes
    records: tuple[dict[str, Any], ...]
    lines: tuple[bytes, ...]


def prepare(lines: bytes, encoder: Encoder) -> tuple[dict[str, Any], Content]:
    """The row of a document, with its text, and everything that is indexed of it; takes most of the time of an ingest."""
    document_line, *record_lines = lines.splitlines(keepends=False)
    row = orjson.loads(document_line)
    records = tuple(orjson.loads(line) for line in record_lines)
    passages = tuple(cut_passages(document_from_row(row), records))
    heads: dict[tuple[str, ...], str] = {}
    tokens = []
    for passage in passages:
        if passage.section not in heads:
            heads[passage.section] = index_tokens(" ".join(passage.section))
        tokens.append((index_tokens(passage.text), heads[passage.section]))
    vectors = pack_vectors(encoder.encode([passage.text for passage in passages]))
    return row, Content(passages, tuple(tokens), vectors, records, tuple(record_lines))


def pack_vectors(vectors: NDArray[np.float32]) -> bytes:
    """Rows of normalised float32 as signed bytes, each row scaled so that its largest part is 127: angles stay as they are."""
    largest = np.abs(vectors).max(axis=1, keepdims=True, initial=0.0)
    scaled = np.divide(vectors * _STEP, largest, out=np.zeros_like(vectors), where=largest > 0)
    return bytes(np.rint(scaled).astype(np.int8).tobytes())


def add_content(connection: apsw.Connection, document: int, content: Content) -> None:
    """Write everything that is indexed of the document with this number."""
    first = _next(connection, "passages")
    rows = []
    for number, passage in enumerate(content.passages, start=first):
        rows.append(
            (
                number, document, *passage.span, orjson.dumps(passage.section).decode(), passage.clause, passage.part, passage.years,
                passage.flags, passage.due_first, passage.due_last, " ".join(passage.records), passage.text,
            )
        )  # fmt: skip
    connection.executemany("INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", rows)
    connection.executemany(
        "INSERT INTO keywords (rowid, body, heads) VALUES (?,?,?)",
        ((number, *tokens) for number, tokens in enumerate(content.tokens, start=first)),
    )
    connection.execute("INSERT INTO vectors VALUES (?,?,?,?)", (document, first, len(rows), content.vectors))
    _add_records(connection, document, content)


def remove_content(connection: apsw.Connection, document: int) -> None:
    """Take out everything that is indexed of the document with this number."""
    connection.execute("DELETE FROM keywords WHERE rowid IN (SELECT number FROM passages WHERE document = ?)", (document,))
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE document = ?", (document,))  # noqa: S608 - names of our own


def _add_records(connection: apsw.Connection, document: int, content: Content) -> None:
    task, quantity, deadline = (_next(connection, table) for table in ("tasks", "quantities", "deadlines"))
    tasks: list[tuple[Any, ...]] = []
    units: list[tuple[Any, ...]] = []
    quantities: list[tuple[Any, ...]] = []
    deadlines: list[tuple[Any, ...]] = []
    for position, (row, line) in enumerate(zip(content.records, content.lines, strict=True)):
        place = (row["id"], document, position, *row["span"])
        if row["record"] == "task":
            number = task + len(tasks)
            tasks.append((number, *place, row["status"], row["strength"], row["clause"], row["part"], line))
            units += [(number, document, unit["text"], unit["canonical"], unit["role"]) for unit in row["units"]]
        elif row["record"] == "quantity":
            own = _columns(row, ("indicator", "unit", "status", "measure", "low", "high", "start", "end", "task"))
            quantities.append((quantity + len(quantities), *place, *own, line))
        else:
            own = _columns(row, ("relation", "start", "end", "every"))
            deadlines.append((deadline + len(deadlines), *place, *own, line))
    connection.executemany("INSERT INTO tasks VALUES (?,?,?,?,?,?,?,?,?,?,?)", tasks)
    connection.executemany("INSERT INTO task_units VALUES (?,?,?,?,?)", units)
    connection.executemany("INSERT INTO quantities VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", quantities)
    connection.executemany("INSERT INTO deadlines VALUES (?,?,?,?,?,?,?,?,?,?,?)", deadlines)


def _columns(row: dict[str, Any], names: Sequence[str]) -> tuple[Any, ...]:
    return tuple(row[name] for name in names)


def _next(connection: apsw.Connection, table: str) -> int:
    """The number of the next row: rows of one document stand together."""
    return int(connection.execute(f"SELECT coalesce(max(number), 0) + 1 FROM {table}").get)  # noqa: S608 - names of our own
