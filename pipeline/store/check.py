"""Look a store over: is the file sound, do all parts tell the same, does every span hold.

Reads: all tables. Writes: one line for each fault.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.store.errors import StoreError, message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store.sqlite import SqliteStore

# Each query counts what should not be there. The facts of a passage are four numbers of 64 bits: 32 bytes.
_RELATIONS = {
    "orphans": "SELECT count(*) FROM ({}) WHERE document NOT IN (SELECT number FROM documents WHERE duplicate_of IS NULL)",
    "sources": "SELECT count(*) FROM sources WHERE document NOT IN (SELECT number FROM documents)",
    "copies": "SELECT count(*) FROM documents WHERE duplicate_of NOT IN (SELECT doc_id FROM documents WHERE duplicate_of IS NULL)",
    "packed": "SELECT count(*) FROM documents d WHERE duplicate_of IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM revisions r WHERE r.document = d.number AND r.revision = d.revision)",
    "arrays": "SELECT count(*) FROM documents d LEFT JOIN arrays a ON a.document = d.number WHERE duplicate_of IS NULL AND (a.first IS NULL"
    " OR a.count <> (SELECT count(*) FROM passages p WHERE p.document = d.number AND p.number BETWEEN a.first AND a.first + a.count - 1)"
    " OR length(a.facts) <> a.count * 32 OR length(a.vectors) % max(a.count, 1) <> 0)",
    "corrections": "SELECT count(*) FROM corrections c WHERE action <> 'undo' AND number NOT IN"
    " (SELECT undoes FROM corrections WHERE undoes IS NOT NULL) AND number NOT IN (SELECT correction FROM placements)",
}
_PARTS = " UNION ALL ".join(
    f"SELECT document FROM {table}" for table in ("passages", "arrays", "sketches", "tasks", "task_units", "quantities", "deadlines")
)


def find_faults(store: SqliteStore, *, deep: bool = True) -> Iterator[str]:
    """One line for each fault; none if the store is sound. ``deep`` compares every span with its text, too."""
    try:
        for (told,) in store.select("PRAGMA integrity_check(10)"):
            if told != "ok":
                yield message("fault_file", reason=told)
        yield from _relations(store)
        if deep:
            yield from _contents(store)
    except StoreError as error:
        yield str(error)


def sizes(store: SqliteStore) -> dict[str, int]:
    """How many documents, passages, records and corrections the store holds."""
    counts = {
        "documents": "SELECT count(*) FROM documents",
        "passages": "SELECT count(*) FROM passages",
        "records": "SELECT (SELECT count(*) FROM tasks) + (SELECT count(*) FROM quantities) + (SELECT count(*) FROM deadlines)",
        "corrections": "SELECT count(*) FROM corrections",
    }
    return {name: int(store.select(sql)[0][0]) for name, sql in counts.items()}


def _relations(store: SqliteStore) -> Iterator[str]:
    for name, sql in _RELATIONS.items():
        ((count,),) = store.select(sql.format(_PARTS))
        if count:
            yield message(f"fault_{name}", count=count)
    ((passages,),) = store.select("SELECT count(*) FROM passages")
    ((keywords,),) = store.select("SELECT count(*) FROM keywords_docsize")
    if passages != keywords:
        yield message("fault_keywords", passages=passages, keywords=keywords)
    if store.select("SELECT 1 FROM meta WHERE key = 'reindexing'"):
        yield message("reindexing", store=store.path)
    if store.select("SELECT 1 FROM meta WHERE key = 'purge'"):
        yield message("purge_waits", store=store.path)


def _contents(store: SqliteStore) -> Iterator[str]:
    for number, doc_id, content_id, head, text, duplicate_of in store.select(
        "SELECT number, doc_id, content_id, head, text, duplicate_of FROM documents"
    ):
        if duplicate_of is None:
            yield from _texts(store, number, doc_id, text)
        if orjson.loads(head)["doc_id"] != doc_id or (duplicate_of is None and content_id != _content_id(text)):
            yield message("fault_content", document=doc_id)
    for number, revision, lines in store.select("SELECT document, revision, lines FROM revisions"):
        try:
            row: dict[str, Any] = orjson.loads(zlib.decompress(lines).split(b"\n", 1)[0])
            sound = row["content_id"] == _content_id(row["text"])
        except (zlib.error, orjson.JSONDecodeError, KeyError):
            sound = False
        if not sound:
            yield message("fault_revision", document=number, revision=revision)


def _texts(store: SqliteStore, number: int, doc_id: str, text: str) -> Iterator[str]:
    wrong = 0
    for start, end, passage in store.select("SELECT start, end, text FROM passages WHERE document = ?", number):
        wrong += text[start:end] != passage
    for table in ("tasks", "quantities", "deadlines"):
        for start, end, line in store.select(f"SELECT start, end, coalesce(corrected, line) FROM {table} WHERE document = ?", number):
            row = orjson.loads(line)
            wrong += text[start:end] != row["text"] or row["span"] != [start, end]
    if wrong:
        yield message("fault_spans", document=doc_id, count=wrong)


def _content_id(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
