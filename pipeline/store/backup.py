"""Copy a store while it is in use, and put a copy in its place.

Reads: a store, a copy of one. Writes: a file that is complete or not there at all.
"""

from __future__ import annotations

import os
import uuid
from datetime import datetime
from typing import TYPE_CHECKING

import apsw

from pipeline.store.check import find_faults
from pipeline.store.connection import Connection, connect
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from pathlib import Path

_LOGS = ("-wal", "-shm")


def backup(store: SqliteStore, target: Path) -> None:
    """Copy the store as it is now to ``target``, which is replaced; others may read and write meanwhile.

    Raises StoreError where the copy cannot be written, OSError where the folder cannot be made.
    """
    if target.is_dir():
        raise StoreError(message("folder", store=target))
    if target.exists() and target.samefile(store.path):
        raise StoreError(message("same_file", store=target))
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.with_name(f".{uuid.uuid4().hex}.part")
    try:
        with told_plainly(target):
            _copy(store.connection, waiting)
        waiting.replace(target)
        _remove_logs(target)
    finally:
        waiting.unlink(missing_ok=True)
        _remove_logs(waiting)


def restore(source: Path, target: Path) -> Path | None:
    """Put the store in ``source`` in the place of ``target``; what was there is kept beside it under the name that is given back.

    Raises StoreError if ``source`` is no sound store, or if ``target`` is in use; then ``target`` stays as it was.
    """
    with SqliteStore(source, readonly=True) as store:
        faults = list(find_faults(store, deep=False))
        if faults:
            raise StoreError(message("bad_backup", store=source, reason=faults[0]))
        waiting = target.with_name(f".{uuid.uuid4().hex}.part")
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with told_plainly(target):
                _copy(store.connection, waiting)
            kept = _set_aside(target) if target.exists() else None
            waiting.replace(target)
        finally:
            waiting.unlink(missing_ok=True)
            _remove_logs(waiting)
    return kept


def _copy(connection: Connection, target: Path) -> None:
    """Write the store as it is at one moment; within a transaction of its own it does not start over when others write."""
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT 1 FROM meta").fetchall()
        copy = apsw.Connection(str(target))
        try:
            with copy.backup("main", connection, "main") as pages:
                pages.step(-1)
            copy.pragma("journal_mode", "delete")  # one file, without a log beside it
        finally:
            copy.close()
    finally:
        connection.execute("ROLLBACK")
    descriptor = os.open(target, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _set_aside(target: Path) -> Path:
    """Give the present store another name; a damaged one as it is, with its log."""
    kept = target.with_name(f"{target.name}.{datetime.now().astimezone():%Y%m%d-%H%M%S}")
    try:
        connection = connect(target)
    except StoreError:
        for end in _LOGS:
            log = target.with_name(target.name + end)
            if log.exists():
                log.replace(kept.with_name(kept.name + end))
    else:
        try:
            with told_plainly(target):
                connection.pragma("locking_mode", "exclusive")
                connection.pragma("journal_mode", "delete")  # fails while anybody else has the store open
        finally:
            connection.close()
    target.replace(kept)
    return kept


def _remove_logs(path: Path) -> None:
    for end in _LOGS:
        path.with_name(path.name + end).unlink(missing_ok=True)
