"""Keep documents in a store: new ones, revisions, copies of others; and take them out for good.

Reads: JSON lines of documents. Writes: all tables; the caller opens and ends the transaction.

Of several copies one is the original: the one that people have worked on, an official one before one from a library site, the one whose
text speaks most of the place that it claims, the one that says most of itself. Only its content is in the tables; the records of the
others are packed away, and are put in place when the original goes.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

import orjson

from pipeline.store.content import add_content, prepare_content, remove_content
from pipeline.store.duplicates import add_sketch, find_original, sketch
from pipeline.store.placement import apply_corrections, unplace
from pipeline.store.record_tables import read_lines
from pipeline.store.rows import DOCUMENT_COLUMNS, document_lines, document_year, head_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.search.encoder import Encoder
    from pipeline.store.connection import Connection
    from pipeline.store.content import Content

Change = Literal["new", "unchanged", "revised", "reread"]
COPY_RANK = 1  # of copies from library sites: below official documents, which have 0
_PACKING = 1  # the level of zlib that costs an eighth of what extraction costs a character, and packs to a fifth
_INSERT = f"""
INSERT OR REPLACE INTO documents (number, {", ".join(DOCUMENT_COLUMNS)}, year, rank, duplicate_of, program, ingested, head, text)
VALUES (?{", ?" * len(DOCUMENT_COLUMNS)}, ?, ?, ?, ?, ?, ?, ?)
"""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be written: its row with its text, what is indexed of it, a sketch of its text, its lines as they came."""

    row: dict[str, Any]
    content: Content
    hashes: NDArray[np.int64]
    record_lines: list[bytes]
    program: str
    ingested: str


def prepare(lines: bytes, encoder: Encoder, program: str, ingested: str | None = None) -> Prepared:
    """Everything about a document that needs no store, so that the store is locked for a moment only."""
    document_line, *record_lines = lines.splitlines()
    row = orjson.loads(document_line)
    content = prepare_content(row, record_lines, encoder)
    when = ingested or datetime.now(UTC).isoformat(timespec="seconds")
    return Prepared(row, content, sketch(row["text"]), record_lines, program, when)


def machine_lines(connection: Connection, number: int) -> bytes:
    """The records of the document with this number as extraction wrote them."""
    head, text, duplicate_of, revision = connection.execute(
        "SELECT head, text, duplicate_of, revision FROM documents WHERE number = ?", (number,)
    ).fetchone()
    if duplicate_of is None:
        return document_lines(head, text, read_lines(connection, number))
    return zlib.decompress(connection.execute("SELECT lines FROM revisions WHERE document = ? AND revision = ?", (number, revision)).get)


class Writer:
    """Writes documents within a transaction of its caller."""

    def __init__(self, connection: Connection, encoder: Encoder) -> None:
        """Write through ``connection``; ``encoder`` makes the vectors of copies that become originals."""
        self._connection = connection
        self._encoder = encoder

    def put(self, prepared: Prepared) -> tuple[int, Change]:
        """Write a document, and tell its number and what that changed."""
        row = prepared.row
        found = self._connection.execute(
            "SELECT number, revision, content_id, program, duplicate_of FROM documents WHERE doc_id = ?", (row["doc_id"],)
        ).fetchone()
        number, change = None, "new"
        if found:
            number, row["revision"], content_id, program, duplicate_of = found
            if (content_id, program) == (row["content_id"], prepared.program):
                return number, "unchanged"
            change = "reread"
            if content_id != row["content_id"]:
                change = "revised"
                self._pack(number)
                row["revision"] += 1
            remove_content(self._connection, number)
            if duplicate_of is not None and change == "reread":
                self._connection.execute("DELETE FROM revisions WHERE document = ? AND revision = ?", (number, row["revision"]))
        number = self._write_row(number, prepared)
        self._settle(number, prepared)
        if found:
            self._settle_copies_of(row["doc_id"])
        self._count_change()
        return number, change  # type: ignore[return-value]

    def remove(self, number: int) -> None:
        """Delete a document with everything that is known of it, its revisions and corrections too; its copies take its place."""
        doc_id = self._connection.execute("SELECT doc_id FROM documents WHERE number = ?", (number,)).get
        remove_content(self._connection, number)
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES ('removing', ?)", (doc_id,))
        self._connection.execute("DELETE FROM placements WHERE correction IN (SELECT number FROM corrections WHERE doc_id = ?)", (doc_id,))
        for table in ("corrections", "ledger_items", "ledger_changes"):
            self._connection.execute(f"DELETE FROM {table} WHERE doc_id = ?", (doc_id,))
        self._connection.execute("DELETE FROM judgements WHERE ? IN (doc_id, other)", (doc_id,))
        self._connection.execute("DELETE FROM meta WHERE key = 'removing'")
        for table, column in (("revisions", "document"), ("sources", "document"), ("documents", "number")):
            self._connection.execute(f"DELETE FROM {table} WHERE {column} = ?", (number,))
        self._settle_copies_of(doc_id)
        self._count_change()

    def renew(self, number: int) -> None:
        """Make passages, tokens, vectors and columns of a document again from its lines."""
        if self._connection.execute("SELECT duplicate_of FROM documents WHERE number = ?", (number,)).get is None:
            prepared = self._load(number)
            remove_content(self._connection, number)
            self._place(number, prepared)
            self._count_change()

    def _settle(self, number: int, prepared: Prepared) -> None:
        """Find out whether a document is a copy, and write its content if it is none."""
        original = find_original(self._connection, number, prepared.row, prepared.hashes)
        if original is None:
            self._place(number, prepared)
            return
        other = self._row(original)
        if self._preference(prepared.row) < self._preference(other):
            doc_id = other["doc_id"]
            self._pack(original)
            remove_content(self._connection, original)
            self._call_copy(original, prepared.row["doc_id"])
            self._connection.execute("UPDATE documents SET duplicate_of = ? WHERE duplicate_of = ?", (prepared.row["doc_id"], doc_id))
            self._place(number, prepared)
        else:
            self._write_revision(number, document_lines(head_of(prepared.row), prepared.row["text"], prepared.record_lines))
            self._call_copy(number, other["doc_id"])

    def _settle_copies_of(self, doc_id: str) -> None:
        """Find a new place for the copies of a document that is gone or has changed."""
        copies = [number for (number,) in self._connection.execute("SELECT number FROM documents WHERE duplicate_of = ?", (doc_id,))]
        for number in copies:
            prepared = self._load(number)
            row = prepared.row
            self._connection.execute("DELETE FROM revisions WHERE document = ? AND revision = ?", (number, row["revision"]))
            self._write_row(number, prepared)
            self._settle(number, prepared)

    def _place(self, number: int, prepared: Prepared) -> None:
        add_content(self._connection, number, prepared.content)
        add_sketch(self._connection, number, prepared.hashes)
        apply_corrections(self._connection, number)

    def _call_copy(self, number: int, original: str) -> None:
        self._connection.execute("UPDATE documents SET duplicate_of = ?, text = '' WHERE number = ?", (original, number))
        unplace(self._connection, self._connection.execute("SELECT doc_id FROM documents WHERE number = ?", (number,)).get)

    def _pack(self, number: int) -> None:
        """Put the lines of the present revision of a document beside its earlier ones; those of a copy lie there already."""
        if self._connection.execute("SELECT duplicate_of FROM documents WHERE number = ?", (number,)).get is None:
            self._write_revision(number, machine_lines(self._connection, number))

    def _write_revision(self, number: int, lines: bytes) -> None:
        self._connection.execute(
            "INSERT OR REPLACE INTO revisions SELECT number, revision, content_id, program, ingested, ? FROM documents WHERE number = ?",
            (zlib.compress(lines, _PACKING), number),
        )

    def _load(self, number: int) -> Prepared:
        """A document as it was prepared when it came, from the store."""
        program, ingested = self._connection.execute("SELECT program, ingested FROM documents WHERE number = ?", (number,)).fetchone()
        return prepare(machine_lines(self._connection, number), self._encoder, program, ingested)

    def _row(self, number: int) -> dict[str, Any]:
        head, text = self._connection.execute("SELECT head, text FROM documents WHERE number = ?", (number,)).fetchone()
        return {**orjson.loads(head), "text": text}

    def _preference(self, row: dict[str, Any]) -> tuple[object, ...]:
        """What makes one of several copies the original: the smallest."""
        corrected = self._connection.execute("SELECT 1 FROM corrections WHERE doc_id = ? LIMIT 1", (row["doc_id"],)).get
        codes = {warning["code"] for warning in row["warnings"]}
        named = row["text"].count(row["place"]) if row["place"] else 0
        silent = sum(row[name] is None for name in DOCUMENT_COLUMNS)
        return (corrected is None, "third_party_copy" in codes, -named, "place_conflict" in codes, silent, row["source"])

    def _write_row(self, number: int | None, prepared: Prepared) -> int:
        row = prepared.row
        values = [row[name] for name in DOCUMENT_COLUMNS]
        rank = COPY_RANK if any(warning["code"] == "third_party_copy" for warning in row["warnings"]) else 0
        values += [document_year(row), rank, None, prepared.program, prepared.ingested, head_of(row), row["text"]]
        self._connection.execute(_INSERT, (number, *values))
        return number if number is not None else int(self._connection.last_insert_rowid())

    def _count_change(self) -> None:
        self._connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
