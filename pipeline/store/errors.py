"""What can go wrong with a store, told in one line: which file, what is wrong, what to do.

Reads: ``rules/store.toml`` and errors of SQLite. Writes: ``StoreError``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import apsw

from pipeline.errors import PipelineError
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUSY_SECONDS = 30  # how long a writer waits for another one; a document takes well under a second


class StoreError(PipelineError):
    """A store cannot be opened, read or written; what it held before is still there."""


def message(name: str, **values: object) -> str:
    """The message called ``name`` in rules/store.toml, filled in."""
    return str(load_rules("store").data["messages"][name]).format(**values)


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Errors of SQLite inside of the block as StoreError with one line on the store at ``path``."""
    try:
        yield
    except (apsw.NotADBError, apsw.CorruptError) as error:
        raise StoreError(message("damaged", store=path, reason=error)) from error
    except (apsw.BusyError, apsw.LockedError) as error:
        raise StoreError(message("busy", store=path, seconds=BUSY_SECONDS)) from error
    except apsw.ReadOnlyError as error:
        raise StoreError(message("readonly", store=path)) from error
    except apsw.FullError as error:
        raise StoreError(message("full", store=path)) from error
    except (apsw.CantOpenError, apsw.PermissionsError, apsw.AuthError) as error:
        raise StoreError(message("forbidden", store=path, reason=error)) from error
    except apsw.IOError as error:
        raise StoreError(message("failed", store=path, reason=error)) from error
