"""Store: records → one SQLite file that can be searched by word, by meaning and by filter, and gives everything back.

Reads: JSON lines of extraction, files, people's corrections. Writes: a store; ``open_store`` gives it back, typed and streaming.

connection and schema open the file; ingest takes files in, by way of writer, content, passages and duplicates; corrections and placement
keep what people decided; sqlite reads everything back; removal, backup, check, reindex and exchange look after the whole.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.store.errors import StoreError
from pipeline.store.interface import PassageTable, RecordFilter, Store, StoredPassage
from pipeline.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["PassageTable", "RecordFilter", "SqliteStore", "Store", "StoreError", "StoredPassage", "open_store"]


def open_store(path: Path, *, readonly: bool = False, create: bool = False) -> SqliteStore:
    """The store at ``path``, for use in a ``with`` block; with ``create`` it is made where there is none.

    Raises StoreError with one line that says what is wrong and what to do.
    """
    return SqliteStore(path, readonly=readonly, create=create)
