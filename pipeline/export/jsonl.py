"""Records as JSON lines: the form in which they leave a worker, and the default export.

Reads: ``Extraction``. Writes: UTF-8 bytes, one JSON object a line, in the order document → tasks, quantities, deadlines.
"""

from __future__ import annotations

import codecs
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

import orjson

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.records import Deadline, Document, Extraction, Quantity, Task

_DOCUMENT_FIELDS = (
    "doc_id", "content_id", "revision", "source", "title", "issuer", "place", "doc_number", "date", "doc_type", "plan_year",
    "review_year", "effective_from", "effective_to", "validity", "secrecy", "warnings", "furniture", "pages", "tables",
)  # fmt: skip


def document_row(document: Document, *, with_text: bool = True) -> dict[str, Any]:
    """The document as it stands in a line of its own: ``record`` first, ``text`` last and only if ``with_text``."""
    row: dict[str, Any] = {"record": "document"}
    row.update((name, getattr(document, name)) for name in _DOCUMENT_FIELDS)
    if with_text:
        row["text"] = document.text
    return row


def json_lines(extraction: Extraction, *, with_text: bool = True) -> bytes:
    """All records of one document as JSON lines, each ended by a newline.

    Spans and other tuples become lists; the fields of a record follow ``record`` in the order of ``pipeline.records``.
    """
    parts = [orjson.dumps(document_row(extraction.document, with_text=with_text), option=orjson.OPT_APPEND_NEWLINE)]
    parts.append(_lines("task", extraction.tasks))
    parts.append(_lines("quantity", extraction.quantities))
    parts.append(_lines("deadline", extraction.deadlines))
    return b"".join(parts)


def read_rows(lines: bytes) -> list[dict[str, Any]]:
    """The records of JSON lines as plain dicts, in their order."""
    return [orjson.loads(line) for line in lines.split(b"\n") if line]


def read_objects(path: Path, **needed: type) -> Iterator[dict[str, Any]]:
    """The objects of a file of JSON lines, or of stdin for ``-``.

    ``needed`` are keys that every object has, with the type of their values. Raises JsonLinesError with file and line.
    """
    with sys.stdin.buffer if str(path) == "-" else path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                item = orjson.loads(line.removeprefix(codecs.BOM_UTF8))
            except orjson.JSONDecodeError as error:
                raise JsonLinesError(f"{path}: line {number}: not JSON ({error}); write one object a line in UTF-8") from error
            if not isinstance(item, dict):
                raise JsonLinesError(f"{path}: line {number}: not an object; write one object a line")
            lacking = [key for key, kind in needed.items() if key not in item or not isinstance(item[key], kind)]
            if lacking:
                raise JsonLinesError(f"{path}: line {number}: needs {', '.join(lacking)}; see the help of the command")
            yield item


def _lines(kind: str, records: Sequence[Task | Quantity | Deadline]) -> bytes:
    # orjson writes dataclasses by itself, ten times faster than through dicts, and all of them at once; only the record's kind has to
    # be put in front. Nothing but the border of two records reads like one: quotes inside of strings are escaped.
    if not records:
        return b""
    head = b'{"record":"' + kind.encode() + b'","id":'
    written = orjson.dumps(records).replace(b'},{"id":', b"}\n" + head)
    return head + written[len(b'[{"id":') : -1] + b"\n"


class JsonLinesError(PipelineError):
    """A line of a file that should hold JSON lines is none; the message names file and line."""


class JsonlFile:
    """A file of JSON lines."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to ``file``, which the caller opens and closes."""
        self._file = file

    def add(self, lines: bytes) -> None:
        """Append the records of one document."""
        self._file.write(lines)

    def finish(self) -> None:
        """Nothing is left to write."""
