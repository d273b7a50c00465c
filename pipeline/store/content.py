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
from pipeline.store.record_tables import RECORD_TABLES, StoredRecord, add_records, next_number, read_records
from pipeline.store.rows import document_from_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.search.encoder import Encoder
    from pipeline.store.connection import Connection
    from pipeline.store.passages import Passage

_TABLES = (*RECORD_TABLES.values(), "task_units", "passages", "arrays", "sketches")
_STEP = 127  # the largest of a signed byte


@dataclass(frozen=True, slots=True)
class Content:
    """What is indexed of a document: passages, their tokens and vectors, and the lines of its records."""

    passages: tuple[Passage, ...]
    tokens: tuple[tuple[str, str], ...]
    vectors: bytes
    records: tuple[tuple[dict[str, Any], bytes], ...]


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
    first = next_number(connection, "passages")
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
    following = {kind: next_number(connection, table) for kind, table in RECORD_TABLES.items()}
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
