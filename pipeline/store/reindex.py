"""Make passages, tokens, vectors and columns of all documents again, with another encoder or another way of cutting tokens.

Reads: the lines of every document. Writes: what is indexed of them, and which encoder and tokens the store was built with.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from pipeline.search.tokens import index_tokens
from pipeline.store.connection import begin
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.search.encoder import Encoder
    from pipeline.store.sqlite import SqliteStore

_MERGE_SHARE = 10  # a tenth of all documents: then putting everything together costs little beside what was done for them
_MERGE_PAGES = 500  # some 50 milliseconds of work
_PROBE = "2025年底前，新建公共停车位4500个（含充电桩）ABC·５.３％"  # every kind of character that tokens are cut by


def reindex(
    store: SqliteStore, encoder: Encoder, *, found_at: str | None = None, progress: Callable[[int, int], None] | None = None
) -> int:
    """Index every document again, and give their number; one that was ended is started over by the next call.

    ``found_at`` is the name or path under which later commands find the encoder; None for the one that ships. Until it is done the
    store tells every search that it is not. Raises StoreError where the store cannot be written.
    """
    if found_at is not None and Path(found_at).exists():
        found_at = str(Path(found_at).absolute())
    with told_plainly(store.path):
        _remember(store, encoder, found_at, reindexing=True)
        numbers = [number for (number,) in store.connection.execute("SELECT number FROM documents ORDER BY number").fetchall()]
        for done, number in enumerate(numbers, start=1):
            with begin(store.connection):
                Writer(store.connection, encoder).renew(number)
            if progress is not None:
                progress(done, len(numbers))
        merge_keywords(store)
        with begin(store.connection):
            store.connection.execute("DELETE FROM meta WHERE key = 'reindexing'")
    return len(numbers)


def merge_keywords(store: SqliteStore, *, changed: int | None = None) -> None:
    """Put the pieces of the full-text index together: queries take a third less time, and what is gone leaves no trace in it.

    After a run that ``changed`` but a few of the documents only some pieces: all would cost as much as the index is large.
    """
    ((documents,),) = store.select("SELECT count(*) FROM documents")
    with told_plainly(store.path):
        if changed is None or changed * _MERGE_SHARE >= documents:
            store.connection.execute("INSERT INTO keywords (keywords) VALUES ('optimize')")
        else:
            store.connection.execute("INSERT INTO keywords (keywords, rank) VALUES ('merge', ?)", (_MERGE_PAGES,))


def remember_index(store: SqliteStore, encoder: Encoder) -> None:
    """Keep which encoder and tokens a store is built with, at the first document.

    Raises StoreError, with the way out, if it was built with others.
    """
    store.check_encoder(encoder)
    stored = store.select("SELECT value FROM meta WHERE key = 'tokens'")
    if stored and stored[0][0] != tokens_version():
        raise StoreError(message("tokens", store=store.path))
    if not stored:
        with told_plainly(store.path):
            _remember(store, encoder, None, reindexing=False)


@cache
def tokens_version() -> str:
    """A name for the way in which tokens are cut: what becomes of a probe."""
    return hashlib.sha256(index_tokens(_PROBE).encode()).hexdigest()[:16]


def _remember(store: SqliteStore, encoder: Encoder, found_at: str | None, *, reindexing: bool) -> None:
    with begin(store.connection):
        meta = {"encoder": orjson.dumps([encoder.name, encoder.dimensions, found_at]).decode(), "tokens": tokens_version()}
        if reindexing:
            meta["reindexing"] = "1"
        store.connection.executemany("INSERT OR REPLACE INTO meta VALUES (?,?)", meta.items())
