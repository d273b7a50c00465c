"""Export: records → files. One format a module; the suffix of the file's name chooses.

Reads: ``Extraction``, as JSON lines. Writes: ``.jsonl``, ``.csv``, ``.xlsx`` or ``.parquet``, complete or not at all.
"""

from __future__ import annotations

import os
import stat
import uuid
from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, BinaryIO, Protocol

from pipeline.errors import PipelineError
from pipeline.export.jsonl import json_lines, read_rows
from pipeline.office import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipeline.records import Extraction

__all__ = ["FORMATS", "ExportError", "RecordFile", "json_lines", "open_export", "read_rows", "replacing", "write_records"]

# Where each format lives: openpyxl and pyarrow take half a second to import and are loaded only when asked for.
FORMATS = {
    ".jsonl": ("pipeline.export.jsonl", "JsonlFile"),
    ".csv": ("pipeline.export.csv", "CsvFile"),
    ".xlsx": ("pipeline.export.xlsx", "XlsxFile"),
    ".parquet": ("pipeline.export.parquet", "ParquetFile"),
}


class ExportError(PipelineError):
    """The file to write to is of an unknown kind or is no file: the command was used wrongly."""

    exit_code = 2


class RecordFile(Protocol):
    """A file of records that is being written."""

    def add(self, lines: bytes) -> None:
        """Append the records of one document, given as JSON lines."""

    def finish(self) -> None:
        """Write what is left; the file stays open."""


@contextmanager
def open_export(path: Path) -> Iterator[RecordFile]:
    """A record file that appears under ``path`` when the block ends well; until then ``path`` stays as it was.

    Missing parent folders are made. Raises ExportError for an unknown suffix, OSError where nothing can be written.
    """
    if path.suffix.lower() not in FORMATS:
        raise ExportError(message("suffix", source=path, suffixes=" ".join(FORMATS)))
    module, name = FORMATS[path.suffix.lower()]
    with replacing(path) as file:
        records: RecordFile = getattr(import_module(module), name)(file)
        try:
            yield records
        except BaseException:
            # The half file is thrown away, but openpyxl complains on stderr of sheets that are left open.
            with suppress(Exception):
                records.finish()
            raise
        records.finish()


def write_records(extractions: Iterable[Extraction], path: Path, *, with_text: bool = True) -> None:
    """Write the records of several documents to ``path``; the errors are those of ``open_export``."""
    with open_export(path) as records:
        for extraction in extractions:
            records.add(json_lines(extraction, with_text=with_text))


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
