"""The store as the page uses it: connections that are lent out, and an index that follows the changes of the store.

Reads: a store. Writes: nothing; ``writing`` lends a connection to those who do.
"""

from __future__ import annotations

import queue
import threading
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.search.request import open_index
from pipeline.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from pipeline.search.index import Index
    from pipeline.store import SqliteStore
    from pipeline.web.settings import Settings

_PAGES_OF_A_READER = -8 * 1024  # KiB: a dozen of readers must not each hold 64 MB of one file
_PATIENCE = 5000  # milliseconds that a person waits for another writer


class Library:
    """A store for many at once: each reader has a connection for the time of one page."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._free: queue.LifoQueue[SqliteStore] = queue.LifoQueue()
        self._index: Index | None = None
        self._documents: tuple[int, list[dict[str, Any]]] | None = None
        self._loading = threading.Lock()
        self._writing = threading.Lock()
        with open_store(path):  # brings an older store up to date
            pass

    @contextmanager
    def reading(self) -> Iterator[SqliteStore]:
        """A connection for reading."""
        try:
            store = self._free.get_nowait()
        except queue.Empty:
            store = open_store(self.path, readonly=True)
            store.connection.pragma("cache_size", _PAGES_OF_A_READER)
        try:
            yield store
        except BaseException:
            store.close()
            raise
        self._free.put(store)

    @contextmanager
    def writing(self) -> Iterator[SqliteStore]:
        """A connection for writing; one person's change at a time, so that what was looked at still holds when it is written."""
        with self._writing, open_store(self.path) as store:
            store.connection.set_busy_timeout(_PATIENCE)
            yield store

    def index(self, store: SqliteStore) -> Index:
        """What search needs, over this connection. A store that changed is loaded again aside, while what was loaded still answers."""
        held = self._index
        if held is None:
            with self._loading:
                held = self._index or self._load()
        elif held.generation != store.generation() and self._loading.acquire(blocking=False):
            threading.Thread(target=self._reload, daemon=True).start()
        return replace(held, store=store)

    def documents(self, store: SqliteStore) -> list[dict[str, Any]]:
        """All documents as ``store.documents`` tells them, read again when the store has changed."""
        generation = store.generation()
        held = self._documents
        if held is None or held[0] != generation:
            held = self._documents = (generation, list(store.documents()))
        return held[1]

    def close(self) -> None:
        """Close all connections that are not lent out."""
        while not self._free.empty():
            self._free.get_nowait().close()

    def _load(self) -> Index:
        with self.reading() as store:
            self._index = open_index(store)
        return self._index

    def _reload(self) -> None:
        try:
            self._load()
        finally:
            self._loading.release()


def warm(library: Library, _: Settings) -> Iterator[None]:
    """Load the index."""
    with library.reading() as store:
        library.index(store)
        library.documents(store)
    yield
