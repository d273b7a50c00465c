"""Export: records → files. One format a module; the suffix of the file's name chooses.

Reads: ``Extraction``, as JSON lines. Writes: ``.jsonl``, ``.csv``, ``.xlsx`` or ``.parquet``, complete or not at all.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from pipeline.export.files import ExportError, beside, replacing, write_beside
from pipeline.export.jsonl import json_lines, read_rows
from pipeline.office import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipeline.provenance import Provenance
    from pipeline.records import Extraction

__all__ = [
    "FORMATS", "ExportError", "RecordFile", "SignedFile", "beside", "json_lines", "open_export", "read_rows", "replacing", "write_beside",
    "write_records",
]  # fmt: skip

# Where each format lives: openpyxl and pyarrow take half a second to import and are loaded only when asked for.
FORMATS = {
    ".jsonl": ("pipeline.export.jsonl", "JsonlFile"),
    ".csv": ("pipeline.export.csv", "CsvFile"),
    ".xlsx": ("pipeline.export.xlsx", "XlsxFile"),
    ".parquet": ("pipeline.export.parquet", "ParquetFile"),
}


class RecordFile(Protocol):
    """A file of records that is being written."""

    def add(self, lines: bytes) -> None:
        """Append the records of one document, given as JSON lines."""

    def finish(self) -> None:
        """Write what is left; the file stays open."""


@runtime_checkable
class SignedFile(Protocol):
    """A file that has a place for what made its records."""

    def sign(self, about: dict[str, Any]) -> None:
        """Take in what made the records."""


@contextmanager
def open_export(path: Path, made_by: Provenance | None = None) -> Iterator[RecordFile]:
    """A record file that appears under ``path`` when the block ends well; until then ``path`` stays as it was.

    What made it, by default this program, stands in it where its format has a place for that, else in a file beside it. Missing parent
    folders are made. Raises ExportError for an unknown suffix, OSError where nothing can be written.
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
        from pipeline.provenance import provenance_of  # reads all rules: not while a command starts

        about = (made_by or provenance_of()).row()
        if isinstance(records, SignedFile):
            records.sign(about)
        records.finish()
    if not isinstance(records, SignedFile):
        write_beside(path, about)


def write_records(extractions: Iterable[Extraction], path: Path, *, with_text: bool = True, made_by: Provenance | None = None) -> None:
    """Write the records of several documents to ``path``; what made them and the errors are as with ``open_export``."""
    with open_export(path, made_by) as records:
        for extraction in extractions:
            records.add(json_lines(extraction, with_text=with_text))
