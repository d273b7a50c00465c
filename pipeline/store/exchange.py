"""Everything that a store knows as one file of JSON lines, and back: for archives, other engines, and moving to another machine.

Reads: a store, or lines. Writes: lines, or a store.

First one line for each correction, each decision about names, each judgement and each row of the ledger. Then for each document the
lines of the contract as extraction wrote them, and one line ``stored`` with what only the store knows: the document that it is a copy of,
when and by which program it was read, its files, its earlier revisions.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from pipeline.export import json_lines, open_export, replacing, write_beside
from pipeline.export.jsonl import JsonLinesError
from pipeline.provenance import provenance_of
from pipeline.store.connection import begin
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.ledger_rows import LEDGER_KINDS, ledger_rows, take_ledger_row
from pipeline.store.placement import apply_corrections, unplace
from pipeline.store.reindex import remember_index
from pipeline.store.schema import VERSION
from pipeline.store.writer import Writer, machine_lines, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.store.connection import Connection
    from pipeline.store.sqlite import SqliteStore

_KINDS = frozenset(("task", "quantity", "deadline"))
_COLUMNS = (
    "number", "at", "who", "why", "action", "undoes", "doc_id", "kind", "record_id", "fields", "line", "quote", "before", "after",
    "section", "clause",
)  # fmt: skip
_JUDGED = ("at", "who", "doc_id", "record", "other", "verdict", "why")
_NAMES = ("at", "who", "action", "first", "second")
_UNTOLD: dict[str, Any] = {"record": "stored", "program": "", "ingested": None, "sources": [], "revisions": []}  # of plain records
_JSON = ("fields", "line", "section")


def export_lines(store: SqliteStore) -> Iterator[bytes]:
    """All lines, each ended by a newline, as the store is at one moment."""
    connection = store.connection
    with told_plainly(store.path):
        connection.execute("BEGIN")
        try:
            yield _dump({"record": "store", "version": VERSION})
            for row in connection.execute("SELECT * FROM corrections ORDER BY number"):
                values: dict[str, Any] = dict(zip(_COLUMNS, row, strict=True))
                values |= {name: orjson.loads(values[name]) for name in _JSON}
                yield _dump({"record": "correction", **values})
            for row in connection.execute(f"SELECT {', '.join(_NAMES)} FROM name_decisions ORDER BY number"):
                yield _dump({"record": "name_decision", **dict(zip(_NAMES, row, strict=True))})
            for row in connection.execute(f"SELECT {', '.join(_JUDGED)} FROM judgements ORDER BY number"):
                yield _dump({"record": "judgement", "of": dict(zip(_JUDGED, row, strict=True))})
            yield from map(_dump, ledger_rows(connection))
            for (number,) in connection.execute("SELECT number FROM documents ORDER BY number").fetchall():
                yield machine_lines(connection, number)
                yield _dump(_stored(connection, number))
        finally:
            connection.execute("ROLLBACK")


def export_store(store: SqliteStore, path: Path) -> dict[str, int]:
    """Write everything as JSON lines, or for another suffix the records with corrections as a table; counts of what was written."""
    counts = {"documents": 0, "corrections": 0}
    if path.suffix.lower() == ".jsonl":
        with replacing(path) as file:
            for lines in export_lines(store):
                counts["documents"] += lines.startswith(b'{"record":"stored"')
                counts["corrections"] += lines.startswith(b'{"record":"correction"')
                file.write(lines)
        write_beside(path, provenance_of(store).row())
        return counts
    with open_export(path, provenance_of(store)) as records:
        for row in store.documents():
            extraction = store.extraction(row["doc_id"])
            if extraction is not None:
                records.add(json_lines(extraction))
                counts["documents"] += 1
    return counts


def import_lines(file: BinaryIO, store: SqliteStore, *, progress: Callable[[int], None] | None = None) -> dict[str, int]:
    """Take everything from lines into the store: counts of documents and corrections that were new to it.

    The lines that ``extract`` writes do, too. One document, one transaction; what is there already is not taken twice, so that a run
    that was ended can be repeated. Raises JsonLinesError for a broken line, StoreError where the store cannot be written or the lines
    come from a newer program.
    """
    encoder = store.encoder()
    remember_index(store, encoder)
    counts = {"documents": 0, "corrections": 0}
    numbers: dict[int, int] = {}
    items: dict[str, str] = {}
    for place, row, lines in _parts(file):
        try:
            if row["record"] == "store" and row["version"] > VERSION:
                raise StoreError(message("newer", store=store.path, found=row["version"], known=VERSION))
            prepared = prepare(lines, encoder, row["program"], row["ingested"]) if row["record"] == "stored" else None
            with told_plainly(store.path), begin(store.connection):
                if prepared is not None:
                    counts["documents"] += _take_in(Writer(store.connection, encoder), store.connection, prepared, row)
                elif row["record"] == "correction":
                    counts["corrections"] += _take_correction(store.connection, row, numbers)
                elif row["record"] == "name_decision":
                    _take_name_decision(store.connection, row)
                elif row["record"] == "judgement":
                    _take_judgement(store.connection, row["of"])
                elif row["record"] in LEDGER_KINDS:
                    take_ledger_row(store.connection, row, items)
        except (KeyError, TypeError, ValueError) as error:
            raise JsonLinesError(message("bad_line", place=place)) from error
        if progress is not None and prepared is not None:
            progress(counts["documents"])
    return counts


def _parts(file: BinaryIO) -> Iterator[tuple[int, dict[str, Any], bytes]]:
    """Each part of the lines that is taken in at once: the number of its last line, what tells of it, and the lines of a document."""
    waiting: list[bytes] = []
    place = 0
    for place, line in enumerate(file, start=1):
        row = _parse(line, place)
        if row["record"] == "document":
            if waiting:
                yield place - 1, _UNTOLD, b"".join(waiting)
            waiting = [line]
        elif row["record"] in _KINDS and waiting:
            waiting.append(line)
        elif row["record"] == "stored" and waiting:
            yield place, row, b"".join(waiting)
            waiting = []
        elif row["record"] in ("store", "correction", "name_decision", "judgement", *LEDGER_KINDS):
            yield place, row, b""
        else:
            raise JsonLinesError(message("bad_line", place=place))
    if waiting:
        yield place, _UNTOLD, b"".join(waiting)


def _stored(connection: Connection, number: int) -> dict[str, Any]:
    told = connection.execute("SELECT doc_id, duplicate_of, rank, program, ingested FROM documents WHERE number = ?", (number,)).fetchone()
    row = {"record": "stored", **dict(zip(("doc_id", "duplicate_of", "rank", "program", "ingested"), told, strict=True))}
    sources = connection.execute("SELECT path, file_hash, program FROM sources WHERE document = ? ORDER BY path", (number,)).fetchall()
    revisions = connection.execute(
        "SELECT revision, content_id, program, ingested, lines FROM revisions r WHERE document = ?1"
        " AND revision < (SELECT revision FROM documents WHERE number = ?1) ORDER BY revision",
        (number,),
    ).fetchall()
    earlier = [dict(zip(("revision", "content_id", "program", "ingested"), row, strict=False)) for row in revisions]
    for item, packed in zip(earlier, revisions, strict=True):
        item["lines"] = zlib.decompress(packed[4]).decode()
    files = [{"path": path, "file_hash": file_hash.hex(), "program": program} for path, file_hash, program in sources]
    return {**row, "sources": files, "revisions": earlier}


def _take_in(writer: Writer, connection: Connection, prepared: Any, row: dict[str, Any]) -> int:
    found = connection.execute("SELECT 1 FROM documents WHERE doc_id = ?", (prepared.row["doc_id"],)).get
    number, change = writer.put(prepared)
    for item in row["sources"]:
        values = (item["path"], number, bytes.fromhex(item["file_hash"]), item["program"])
        connection.execute("INSERT OR IGNORE INTO sources VALUES (?,?,?,?)", values)
    if not found:
        for item in row["revisions"]:
            packed = zlib.compress(item["lines"].encode(), 1)
            own = (number, item["revision"], item["content_id"], item["program"], item["ingested"], packed)
            connection.execute("INSERT OR IGNORE INTO revisions VALUES (?,?,?,?,?,?)", own)
    return int(change != "unchanged")


def _take_correction(connection: Connection, row: dict[str, Any], numbers: dict[int, int]) -> int:
    """Write a correction unless it is there; ``numbers`` maps the numbers in the lines to those in the store."""
    known = connection.execute(
        "SELECT number FROM corrections WHERE at = ? AND who = ? AND doc_id = ? AND record = ? AND action = ?",
        tuple(row[name] for name in ("at", "who", "doc_id", "record_id", "action")),
    ).get
    if known is not None:
        numbers[row["number"]] = known
        return 0
    values = {name: row[name] for name in _COLUMNS[1:]}
    values |= {"fields": orjson.dumps(row["fields"]).decode(), "line": orjson.dumps(row["line"])}
    values |= {"section": orjson.dumps(row["section"]).decode(), "undoes": numbers.get(row["undoes"])}
    connection.execute(
        "INSERT INTO corrections (at, who, why, action, undoes, doc_id, kind, record, fields, line, quote, before, after, section, clause)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", tuple(values.values()),
    )  # fmt: skip
    numbers[row["number"]] = connection.last_insert_rowid()
    document = connection.execute("SELECT number FROM documents WHERE doc_id = ? AND duplicate_of IS NULL", (row["doc_id"],)).get
    if document is None:
        unplace(connection, row["doc_id"])
    else:
        apply_corrections(connection, document)
    return 1


def _take_name_decision(connection: Connection, row: dict[str, Any]) -> None:
    """Write a decision about names unless it is there."""
    values = tuple(row[name] for name in _NAMES)
    if connection.execute("SELECT 1 FROM name_decisions WHERE (at, who, action, first, second) = (?,?,?,?,?)", values).get is None:
        connection.execute("INSERT INTO name_decisions (at, who, action, first, second) VALUES (?,?,?,?,?)", values)


def _take_judgement(connection: Connection, row: dict[str, Any]) -> None:
    """Write a judgement unless it is there."""
    values = tuple(row[name] for name in _JUDGED)
    if connection.execute(f"SELECT 1 FROM judgements WHERE ({', '.join(_JUDGED)}) = (?,?,?,?,?,?,?)", values).get is None:
        connection.execute(f"INSERT INTO judgements ({', '.join(_JUDGED)}) VALUES (?,?,?,?,?,?,?)", values)


def _parse(line: bytes, place: int) -> dict[str, Any]:
    try:
        row = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise JsonLinesError(message("bad_line", place=place)) from error
    if not isinstance(row, dict) or "record" not in row:
        raise JsonLinesError(message("bad_line", place=place))
    return row


def _dump(row: dict[str, Any]) -> bytes:
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
