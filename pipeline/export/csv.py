"""Records as one CSV table for all kinds, UTF-8 with a byte-order mark so that Excel reads Chinese right.

Reads: JSON lines. Writes: a header of field names and one row for each record.
"""

from __future__ import annotations

import csv
import io
from typing import Any, BinaryIO

import orjson

from pipeline.export.jsonl import read_rows
from pipeline.export.rows import COLUMNS, flat, safe_text


class CsvFile:
    """A CSV file. Lists of words are joined by ``；``, lists of objects and of spans stand as JSON."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to ``file``, which the caller opens and closes."""
        self._text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        self._writer = csv.writer(self._text)
        self._writer.writerow(COLUMNS)

    def add(self, lines: bytes) -> None:
        """Append the records of one document."""
        for row in read_rows(lines):
            record = flat(row)
            self._writer.writerow([_cell(record.get(name)) for name in COLUMNS])

    def finish(self) -> None:
        """Write what is left; the file stays open."""
        self._text.flush()
        self._text.detach()


def _cell(value: Any) -> str | int | float | None:
    if isinstance(value, str):
        return safe_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        words = all(isinstance(item, str) for item in value)
        return safe_text("；".join(value) if words else orjson.dumps(value).decode())
    return value  # type: ignore[no-any-return]
