"""Take documents out of a store so that no text of theirs is left in any table, index, free page or log.

Reads: names of documents. Writes: the store without them.

Deleting alone leaves text behind: in free pages, in the full-text index, which only marks passages as gone, and in the log. So the
index is merged into one piece without them, the file is written anew, and the log is emptied. A run that is ended in between leaves a
note, and the next ingest, removal or check does the rest.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.store.connection import begin
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.reindex import merge_keywords
from pipeline.store.sqlite import SqliteStore
from pipeline.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Iterable

_DECISIONS = (
    "SELECT (SELECT count(*) FROM corrections WHERE doc_id = ?1) + (SELECT count(*) FROM ledger_items WHERE doc_id = ?1)"
    " + (SELECT count(*) FROM judgements WHERE ?1 IN (doc_id, other))"
)


def remove(store: SqliteStore, names: Iterable[str], *, with_corrections: bool = False) -> list[str]:
    """Delete documents, named by id or by path, with all revisions; give their ids.

    Raises StoreError for a name that the store does not have, and for a document that people have corrected or taken into the ledger
    unless ``with_corrections``; then nothing is deleted.
    """
    wanted: dict[int, str] = {}
    for name in names:
        wanted.update(_find(store, name))
    corrected = {doc_id: count for doc_id in wanted.values() if (count := store.select(_DECISIONS, doc_id)[0][0])}
    if corrected and not with_corrections:
        raise StoreError(message("corrected", store=store.path, documents=" ".join(corrected), count=sum(corrected.values())))
    encoder = store.encoder()  # a copy may take the place of its original, and then needs vectors
    with told_plainly(store.path), begin(store.connection):
        store.connection.execute("INSERT OR REPLACE INTO meta VALUES ('purge', '1')")
        writer = Writer(store.connection, encoder)
        for number in wanted:
            writer.remove(number)
    finish_purge(store)
    return list(wanted.values())


def finish_purge(store: SqliteStore) -> None:
    """Wipe out what a removal, perhaps one that was ended, has left in free pages and logs. Raises StoreError where others read."""
    if not store.select("SELECT 1 FROM meta WHERE key = 'purge'"):
        return
    with told_plainly(store.path):
        merge_keywords(store)
        store.connection.execute("VACUUM")
        blocked, _, _ = store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if blocked:
            raise StoreError(message("purge_waits", store=store.path))
        with begin(store.connection):
            store.connection.execute("DELETE FROM meta WHERE key = 'purge'")


def open_after_purge(path: Path) -> SqliteStore:
    """The store at ``path`` with any removal that was ended brought to its end; for reading only where it cannot be written."""
    try:
        store = SqliteStore(path)
    except StoreError:
        return SqliteStore(path, readonly=True)
    with suppress(StoreError):  # others are reading: the check tells
        finish_purge(store)
    return store


def _find(store: SqliteStore, name: str) -> dict[int, str]:
    found = store.select(
        "SELECT number, doc_id FROM documents WHERE doc_id = ?1 OR source = ?1"
        " OR number IN (SELECT document FROM sources WHERE path = ?2)",
        name, str(Path(name).absolute()),
    )  # fmt: skip
    if not found:
        raise StoreError(message("no_document", store=store.path, document=name))
    return dict(found)
