"""Records as one Parquet table for all kinds, with the same columns and types whatever the documents hold.

Reads: JSON lines. Writes: row groups of bounded size; lists and objects keep their nesting.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import orjson
import pyarrow as pa
from pyarrow import parquet as pq

from pipeline.export.jsonl import read_rows
from pipeline.export.rows import COLUMNS, flat

_WORDS = pa.list_(pa.string())
_SPAN = pa.list_(pa.int64())  # also any other list of places in the text
_TYPES = {
    "span_start": pa.int64(),
    "span_end": pa.int64(),
    "actions": pa.list_(pa.struct([("verb", pa.string()), ("object", pa.string())])),
    "responsible": _WORDS,
    "units": pa.list_(pa.struct([(name, pa.string()) for name in ("text", "canonical", "role", "basis")])),
    "section": _WORDS,
    "quantities": _WORDS,
    "deadlines": _WORDS,
    "tasks": _WORDS,
    "page": pa.int64(),
    "low": pa.float64(),
    "high": pa.float64(),
    "masked": pa.bool_(),
    "confidence": pa.float64(),
    "revision": pa.int64(),
    "plan_year": pa.int64(),
    "review_year": pa.int64(),
    "warnings": pa.list_(pa.struct([("code", pa.string()), ("message", pa.string()), ("span", _SPAN)])),
    "furniture": pa.list_(_SPAN),
    "pages": _SPAN,
    "tables": pa.list_(pa.struct([("span", _SPAN), ("caption", pa.string()), ("columns", _WORDS), ("rows", pa.list_(pa.list_(_SPAN)))])),
}
SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in COLUMNS])
_GROUP_ROWS = 20_000  # some 10 MB in memory; readers skip whole groups, so they should not be small either


class ParquetFile:
    """A Parquet file in ``SCHEMA``."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to ``file``, which the caller opens and closes."""
        self._writer = pq.ParquetWriter(file, SCHEMA, compression="zstd")
        self._waiting: list[dict[str, Any]] = []

    def add(self, lines: bytes) -> None:
        """Append the records of one document."""
        self._waiting += [flat(row) for row in read_rows(lines)]
        if len(self._waiting) >= _GROUP_ROWS:
            self._write_group()

    def sign(self, about: dict[str, Any]) -> None:
        """Into the metadata of the file, under ``provenance``."""
        self._writer.add_key_value_metadata({"provenance": orjson.dumps(about).decode()})

    def finish(self) -> None:
        """Write the last rows and the footer."""
        if self._waiting:
            self._write_group()
        self._writer.close()

    def _write_group(self) -> None:
        self._writer.write_table(pa.Table.from_pylist(self._waiting, schema=SCHEMA))
        self._waiting = []
