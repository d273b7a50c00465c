"""Measure ingest beside extraction alone, how it grows with the store, and what a second run costs.

Reads: documents. Writes: lines for the table of ``pipeline.bench``.
"""

from __future__ import annotations

import time
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.batch import Options, extract_files
from pipeline.store.ingest import ingest
from pipeline.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARTS = 4  # the time is taken after each quarter of the files: a cost that grew faster than the store would show
_OPTIONS = Options(allow_marked=True)


def ingest_lines(files: list[Path], db: Path) -> Iterator[str]:
    """What it costs to take ``files`` into a new store at ``db``, in one process, in processor time.

    Extraction alone is measured half before and half after.
    """
    _extract(files[:3])  # dictionaries and patterns are loaded before
    first = _extract(files[::2])
    with SqliteStore(db, create=True) as store:
        marks: list[tuple[float, int, int]] = [(time.process_time(), 0, 0)]

        def mark(done: int, total: int) -> None:
            if done * _PARTS // total >= len(marks):
                (sizes,) = store.select("SELECT (SELECT sum(length(text)) FROM documents), (SELECT count(*) FROM passages)")
                marks.append((time.process_time(), *sizes))

        ingest(files, store, _OPTIONS, progress=mark)
        whole = time.process_time() - marks[0][0]
        start = time.process_time()
        ingest(files, store, _OPTIONS)
        again = time.process_time() - start
    size = db.stat().st_size / 1e6
    alone = first + _extract(files[1::2])
    yield f"ingest      {marks[-1][1] / whole:>12,.0f} characters/s, {alone / whole:.2f} of extract alone (at least 0.50 is wanted)"
    for (before, known, _), (after, characters, passages) in pairwise(marks):
        yield f"            {(after - before) / max(1, characters - known) * 1e6:>12.2f} µs a character up to {passages:,} passages"
    yield f"again       {again:>12.2f} s for {len(files)} unchanged files; the store has {size:.0f} MB"


def _extract(files: list[Path]) -> float:
    """Seconds of processor time that extraction alone takes."""
    start = time.process_time()
    for _ in extract_files(files, _OPTIONS):
        pass
    return time.process_time() - start
