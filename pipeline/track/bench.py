"""Measure how long it takes to follow every indicator, and how that grows with the number of reports.

Reads: a store. Writes: lines for the table of ``pipeline.bench``, in processor time. Beyond the reports of the store, varied copies
stand in: other places, other values, other wordings of what is not well known.
"""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count, groupby, islice
from typing import TYPE_CHECKING

from pipeline.store.sqlite import SqliteStore
from pipeline.track.deciding import Decisions
from pipeline.track.readings import File, read_files
from pipeline.track.series import Question, follow_place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_REPORTS = (50, 100, 200)
_COPIES = (1000, 5000)
_KINDS = ("government_report", "work_summary")


def track_lines(db: Path) -> Iterator[str]:
    """How long 50, 100, 200 reports take, and varied copies of them up to 5,000."""
    with SqliteStore(db, readonly=True) as store:
        files = [file for file in read_files(store) if file.source.doc_type in _KINDS]
    if not files:
        return
    measure_tracking(files[:2])  # dictionaries, patterns and the encoder are loaded before
    for reports in (*_REPORTS, *_COPIES):
        seconds, series = measure_tracking(islice(varied(files), reports))
        yield f"track {reports:>5} {seconds:>12.1f} s, {seconds / reports * 1000:.0f} ms a report, {series:,} series"


def measure_tracking(files: Iterator[File] | list[File]) -> tuple[float, int]:
    """Seconds of processor time to follow everything in ``files``, and how many series that makes."""
    start, series = time.process_time(), 0
    for _, own in groupby(files, key=lambda file: file.source.place):
        series += sum(1 for _ in follow_place(own, Question(), Decisions(), set()))
    return time.process_time() - start, series


def varied(files: list[File]) -> Iterator[File]:
    """The files, and then ever more copies of them: of other places, with other values and wordings."""
    yield from files
    for copy in count(2):
        for file in files:
            source = replace(file.source, place=f"{file.source.place}{copy}", doc_id=f"{file.source.doc_id}-{copy}")
            rows = [
                {**row, "indicator": _reworded(row["indicator"], copy), "low": _grown(row["low"], copy), "high": _grown(row["high"], copy)}
                for row in file.rows
            ]
            yield File(source, file.text, rows, file.planned)


def _reworded(indicator: str | None, copy: int) -> str | None:
    """Another wording: two characters change places, one copy here, another there."""
    if indicator is None or len(indicator) <= copy % 7 + 1:
        return indicator
    place = copy % 7
    return indicator[:place] + indicator[place + 1] + indicator[place] + indicator[place + 2 :]


def _grown(value: float | None, copy: int) -> float | None:
    return None if value is None else value * (1 + copy / 1000)
