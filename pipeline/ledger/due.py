"""What falls due in the next days, or has fallen due.

Reads: the ledger. Writes: ``Due``, the earliest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.ledger.items import Filter, items
from pipeline.ledger.lights import Settings, counted_day, light, load_settings

if TYPE_CHECKING:
    from datetime import date

    from pipeline.ledger.model import Item, Light
    from pipeline.store import SqliteStore

_DONE = frozenset(("已销号", "已完成待核", "终止", "结转"))


@dataclass(frozen=True, slots=True)
class Due:
    """An item with the day that it is due, how many days that is away (negative: past), and its light."""

    item: Item
    date: str
    days: int
    light: Light


def due(store: SqliteStore, within: int, as_of: date, *, unit: str | None = None, settings: Settings | None = None) -> list[Due]:
    """Items that are not done and due until ``within`` days after ``as_of``, those that are past among them."""
    rules = settings or load_settings()
    found = []
    for one in items(store, Filter(unit=unit, open_only=True)):
        day = counted_day(one, rules)
        if day is not None and one.state not in _DONE and (day - as_of).days <= within:
            found.append(Due(one, day.isoformat(), (day - as_of).days, light(one, as_of, rules)))
    return sorted(found, key=lambda told: (told.date, told.item.number))
