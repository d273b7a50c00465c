"""Measure how long it takes to write a ledger out and to merge what comes back, and how that grows with its items.

Reads: nothing but what it makes. Writes: lines for the table of ``pipeline.bench``, in processor time.
"""

from __future__ import annotations

import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ledger.book import By, put_many
from pipeline.ledger.model import Item, Party
from pipeline.ledger.workbook_in import import_files
from pipeline.ledger.workbook_out import Book, write_by_unit, write_workbook
from pipeline.store import open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

_ITEMS = (1000, 10_000)
_UNITS = 100
_DAY = date(2024, 6, 30)


def ledger_lines() -> Iterator[str]:
    """How long 1,000 and 10,000 items of 100 units take to go out as one workbook, as 100, and to come back."""
    for count in _ITEMS:
        out, by_unit, back = measure_workbooks(count)
        yield f"ledger {count:>6} {out:>8.1f} s export, {by_unit:.1f} s to {_UNITS} files, {back:.1f} s import of them"


def measure_workbooks(count: int) -> tuple[float, float, float]:
    """Seconds to write one workbook, one for each unit, and to merge these."""
    items = [_item(place) for place in range(1, count + 1)]
    by = By("bench", f"{_DAY.isoformat()}T09:00:00")
    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "ledger.db", create=True) as store:
        put_many(store, [(None, one) for one in items], by)
        started = time.process_time()
        write_workbook(items, Path(folder) / "all.xlsx", Book(_DAY))
        written = time.process_time()
        files = write_by_unit(items, Path(folder) / "units", Book(_DAY))
        parted = time.process_time()
        import_files(store, files, by)
        return written - started, parted - written, time.process_time() - parted


def _item(place: int) -> Item:
    number, unit = f"2024-{place:04d}", Party(f"单位{place % _UNITS}")
    task = f"新增公共停车位{place}个以上，推动停车平台向县市延伸，年底前完成验收并投入使用"
    return Item(
        number=number, key=f"key-{place}", source="政府工作报告", basis="2024年政府工作报告", doc_number=None, clause="一、（一）",
        level1="一、提升城市品质", level2="", task=task, original=task, deadline="2024-12-31", lead=(unit,),
    )  # fmt: skip
