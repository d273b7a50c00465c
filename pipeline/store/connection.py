"""Open the file of a store: new, existing, for reading only; refuse what is none, and bring an older one up to date.

Reads: a path. Writes: an open connection whose file holds the tables of this version.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

import apsw

from pipeline.store import schema
from pipeline.store.errors import BUSY_SECONDS, StoreError, message, told_plainly

if TYPE_CHECKING:
    from pathlib import Path

if TYPE_CHECKING:
    from typing import Any

    class Connection(apsw.Connection):
        """An open file; a query knows the types of its own columns, which apsw gives as any of five."""

        def execute(self, *arguments: Any, **options: Any) -> Any:
            """Run one statement or several."""
else:
    Connection = apsw.Connection

_HEADER = 100  # bytes of SQLite's file header
_MAGIC = b"SQLite format 3\0"
_PAGE = 8192  # bytes: the full-text index takes a quarter less room than on pages of half that size
_LOG_PAGES = 4000  # 32 MB: the log is put into the file after some 100 documents, which rewrite the same pages of the index
_CACHE_KIB = 64 * 1024  # the inner pages of an index of a million passages stay in memory


def connect(path: Path, *, readonly: bool = False, create: bool = False) -> Connection:
    """An open connection to the store at ``path``.

    In: ``create`` makes the file where there is none. Raises StoreError for a folder, a missing or damaged file, another kind of
    file, a store of a newer schema, and a store that needs to be brought up to date but is only to be read.
    """
    _look_at(path, create=create)
    with told_plainly(path):
        connection = _open(path, readonly=readonly)
        try:
            _prepare(connection, path, readonly=readonly)
        except BaseException:
            connection.close()
            raise
    return connection


def _look_at(path: Path, *, create: bool) -> None:
    """Tell from outside what SQLite would tell in its own words, or would take for an empty store."""
    if path.is_dir():
        raise StoreError(message("folder", store=path))
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            header = file.read(_HEADER)
    except FileNotFoundError as error:
        if not create:
            raise StoreError(message("missing", store=path)) from error
        path.parent.mkdir(parents=True, exist_ok=True)
        return
    except OSError as error:
        raise StoreError(message("forbidden", store=path, reason=error.strerror)) from error
    if size == 0:  # made by a run that was killed before it wrote anything
        if not create:
            raise StoreError(message("missing", store=path))
        return
    if not header.startswith(_MAGIC):
        raise StoreError(message("not_a_store", store=path))
    log = path.with_name(path.name + "-wal")
    if size < _expected_size(header) and not (log.exists() and log.stat().st_size):
        raise StoreError(message("damaged", store=path, reason=f"{size} < {_expected_size(header)}"))


def _expected_size(header: bytes) -> int:
    """The bytes that the file should have by its own header: page size times pages."""
    page = int.from_bytes(header[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _open(path: Path, *, readonly: bool) -> Connection:
    if not readonly:
        return Connection(str(path))
    log = path.with_name(path.name + "-wal")
    if not os.access(path.parent, os.W_OK) and not log.exists():
        # Beside a store on a medium that takes no files SQLite cannot put its index of the log; nobody writes there, either.
        return Connection(f"{path.absolute().as_uri()}?immutable=1", flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
    return Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)


def _prepare(connection: Connection, path: Path, *, readonly: bool) -> None:
    connection.set_busy_timeout(BUSY_SECONDS * 1000)
    connection.pragma("cache_size", -_CACHE_KIB)
    connection.pragma("temp_store", 2)  # in memory: no copy of any text is left in a temporary folder
    if not readonly:
        _start(connection, path)
    found, application = int(connection.pragma("user_version")), int(connection.pragma("application_id"))
    if application != schema.APPLICATION:
        raise StoreError(message("not_a_store", store=path))
    if found > schema.VERSION:
        raise StoreError(message("newer", store=path, found=found, known=schema.VERSION))
    if found < schema.VERSION:
        raise StoreError(message("older_readonly", store=path, found=found, known=schema.VERSION))


def _start(connection: Connection, path: Path) -> None:
    """Make the tables in an empty file, bring older ones up to date; let readers go on while a writer works."""
    application = int(connection.pragma("application_id"))
    if application != schema.APPLICATION and connection.execute("SELECT count(*) FROM sqlite_schema").get:
        raise StoreError(message("not_a_store", store=path))
    version = int(connection.pragma("user_version"))
    if version > schema.VERSION:
        return
    if version == 0:
        connection.pragma("page_size", _PAGE)
    if connection.pragma("journal_mode") != "wal":
        connection.pragma("journal_mode", "wal")
    if version < schema.VERSION:
        with begin(connection):  # another process may have been faster: what is there is looked at again
            if int(connection.pragma("user_version")) == 0:
                schema.create(connection)
            schema.migrate(connection)
    connection.pragma("wal_autocheckpoint", _LOG_PAGES)
    connection.pragma("synchronous", 1)  # with a log: a crash of the machine may lose the last documents, never half of one


def load_vectors(connection: Connection) -> None:
    """Give the connection the functions of sqlite-vec, for queries that compare vectors in the file."""
    if connection.execute("SELECT 1 FROM pragma_function_list WHERE name = 'vec_int8'").get is None:
        import sqlite_vec

        connection.enable_load_extension(True)
        try:
            connection.load_extension(sqlite_vec.loadable_path())
        finally:
            connection.enable_load_extension(False)


class begin:  # noqa: N801 - reads as a verb: with begin(connection)
    """A transaction that takes the right to write at once, so that what was read in it still holds when it writes."""

    def __init__(self, connection: Connection) -> None:
        """Nothing happens until the block is entered."""
        self._connection = connection

    def __enter__(self) -> None:
        """Wait for another writer to end, then begin."""
        self._connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        """Keep everything, or nothing if the block failed."""
        if kind is None:
            try:
                self._connection.execute("COMMIT")
            except BaseException:
                self._roll_back()
                raise
        else:
            self._roll_back()

    def _roll_back(self) -> None:
        with suppress(apsw.Error):  # a full disk has ended the transaction already
            self._connection.execute("ROLLBACK")
