"""Measure ingest beside extraction alone, how it grows with the store, and what a second run costs.

Reads: documents. Writes: lines for the table of ``pipeline.bench``.
"""

from __future__ import annotations

import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch import Options, extract_files
from pipeline.store.ingest import ingest
from pipeline.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator

_PARTS = 4  # the time is taken after each quarter of the files: a cost that grew faster than the store would show
_OPTIONS = Options(allow_marked=True)


def ingest_lines(files: list[Path]) -> Iterator[str]:
    """What it costs to take ``files`` in, in one process; extraction alone is measured half before and half after."""
    _extract(files[:3])  # dictionaries and patterns are loaded before
    first = _extract(files[::2])
    with tempfile.TemporaryDirectory() as folder, SqliteStore(Path(folder) / "bench.db", create=True) as store:
        marks: list[tuple[float, int, int]] = [(time.perf_counter(), 0, 0)]

        def mark(done: int, total: int) -> None:
            if done * _PARTS // total >= len(marks):
                (sizes,) = store.select("SELECT (SELECT sum(length(text)) FROM documents), (SELECT count(*) FROM passages)")
                marks.append((time.perf_counter(), *sizes))

        ingest(files, store, _OPTIONS, progress=mark)
        whole = time.perf_counter() - marks[0][0]
        start = time.perf_counter()
        ingest(files, store, _OPTIONS)
        again = time.perf_counter() - start
        size = sum(path.stat().st_size for path in Path(folder).iterdir()) / 1e6
    alone = first + _extract(files[1::2])
    yield f"ingest      {marks[-1][1] / whole:>12,.0f} characters/s, {alone / whole:.2f} of extract alone (at least 0.50 is wanted)"
    for (before, known, _), (after, characters, passages) in pairwise(marks):
        yield f"            {(after - before) / max(1, characters - known) * 1e6:>12.2f} µs a character up to {passages:,} passages"
    yield f"again       {again:>12.2f} s for {len(files)} unchanged files; the store has {size:.0f} MB"


def _extract(files: list[Path]) -> float:
    """Seconds that extraction alone takes."""
    start = time.perf_counter()
    for _ in extract_files(files, _OPTIONS):
        pass
    return time.perf_counter() - start
