"""Files that appear complete or not at all, and the files beside them that say what made them.

Reads: paths. Writes: files.
"""

from __future__ import annotations

import os
import stat
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from pipeline.errors import PipelineError
from pipeline.office import message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BESIDE = ".provenance.json"
_NAME_LIMIT = 255  # bytes that file systems take for a name


class ExportError(PipelineError):
    """The file to write to is of an unknown kind or is no file: the command was used wrongly."""

    exit_code = 2


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file beside ``path`` that takes its place when the block ends well and is removed when it does not."""
    target = path.resolve()  # a link stays a link
    if target.is_dir():
        raise ExportError(message("folder", source=path))
    if target.exists() and not stat.S_ISREG(target.stat().st_mode):  # /dev/stdout, a named pipe: nothing to put in place of it
        with target.open("wb") as file:
            yield file
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    waiting = target.with_name(f".{uuid.uuid4().hex}.part")  # not longer than any name that a file system takes
    try:
        with waiting.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        waiting.replace(target)
    finally:
        waiting.unlink(missing_ok=True)


def write_beside(path: Path, about: dict[str, Any]) -> Path | None:
    """Write what made a file into one beside it, for formats that have no place for it; nothing beside a pipe."""
    if not path.is_file():
        return None
    target = beside(path)
    with replacing(target) as file:
        file.write(orjson.dumps(about, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    return target


def beside(path: Path) -> Path:
    """The file that says what made ``path``: its name and ``.provenance.json``; a name that would be too long loses its end."""
    room = _NAME_LIMIT - len(BESIDE)
    return path.with_name(os.fsencode(path.name)[:room].decode("utf-8", "ignore") + BESIDE)
