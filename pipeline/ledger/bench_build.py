"""Measure how long it takes to make the ledger of the documents of a store, and how that grows.

Reads: a store. Writes: lines for the table of ``pipeline.bench``. The ledger is built in a copy, in four parts of as many documents.
"""

from __future__ import annotations

import time
from datetime import date
from typing import TYPE_CHECKING

from pipeline.ledger.build import build, find_documents
from pipeline.ledger.items import By
from pipeline.ledger.report import report
from pipeline.store import open_store
from pipeline.store.backup import backup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PARTS = 4
_BY = By("督查室", "2026-06-30T09:00:00")


def build_lines(db: Path, scratch: Path) -> Iterator[str]:
    """Build with growth, and a report, over a copy of the store at ``db``; in processor time."""
    copy = scratch / "ledger.db"
    with open_store(db) as store:
        backup(store, copy)
    with open_store(copy) as store:
        names = [row["doc_id"] for row in find_documents(store, [])]
        size = -(-len(names) // _PARTS) or 1
        parts: list[tuple[int, float]] = []
        for first in range(0, len(names), size):
            start = time.process_time()
            made = build(store, names[first : first + size], _BY).items
            parts.append((len(made), time.process_time() - start))
        start = time.process_time()
        report(store, date(2026, 6, 30))
        told = time.process_time() - start
    count, seconds = sum(made for made, _ in parts), sum(taken for _, taken in parts)
    growth = ", ".join(f"{taken / made * 1000:.2f}" for made, taken in parts if made)
    yield f"ledger      {seconds:>12.1f} s for {count:,} items built (10,000 below 60 s is wanted); ms an item by quarter {growth}"
    yield f"  report    {told:>12.1f} s"
