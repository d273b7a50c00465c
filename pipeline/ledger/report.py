"""督查通报: how the items stand on a day, by unit and light, and what is overdue.

Reads: the ledger. Writes: ``Report``.
"""

from __future__ import annotations

from calendar import monthrange
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.ledger.items import Filter, items
from pipeline.ledger.lights import Settings, counted_day, light, load_settings
from pipeline.ledger.messages import message
from pipeline.ledger.model import LIGHTS, LedgerError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.ledger.model import Item, Light, State
    from pipeline.store import SqliteStore

_DONE = frozenset(("已销号", "已完成待核", "终止", "结转"))


@dataclass(frozen=True, slots=True)
class UnitRow:
    """How the items of one lead unit stand. An item that several units lead counts for each of them."""

    unit: str
    total: int
    lights: dict[Light, int]
    states: dict[State, int]


@dataclass(frozen=True, slots=True)
class Report:
    """The ledger on a day: rows by unit, all items once, and those that are overdue, due soon, or of which nothing is known."""

    as_of: str
    rows: tuple[UnitRow, ...]
    total: UnitRow
    overdue: tuple[Item, ...]
    due_soon: tuple[Item, ...]
    unknown: tuple[Item, ...]


def report(
    store: SqliteStore, as_of: date, *, unit: str | None = None, settings: Settings | None = None, known: Iterable[Item] | None = None
) -> Report:
    """How the ledger stands on a day; those with most items first. ``known`` are the items, where they have been read already."""
    rules = settings or load_settings()
    lit = [(one, light(one, as_of, rules)) for one in (items(store, Filter(unit=unit)) if known is None else known)]
    by_unit: dict[str, list[tuple[Item, Light]]] = {}
    for one, colour in lit:
        for name in dict.fromkeys(party.name for party in one.lead) or (message("nobody"),):
            by_unit.setdefault(name, []).append((one, colour))
    rows = sorted((_row(name, its) for name, its in by_unit.items()), key=lambda row: (-row.total, row.unit))
    overdue, soon = [], []
    for one, _ in lit:
        day = counted_day(one, rules)
        if day is None or one.state in _DONE:
            continue
        if day < as_of:
            overdue.append(one)
        elif (day - as_of).days <= rules.soon_days:
            soon.append(one)
    unknown = tuple(one for one, colour in lit if colour == "灰")
    return Report(as_of.isoformat(), tuple(rows), _row(message("all_units"), lit), tuple(overdue), tuple(soon), unknown)


def month_end(month: str) -> date:
    """The last day of a month. Raises LedgerError where that is none."""
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise LedgerError(message("bad_month", value=month)) from error
    return first.replace(day=monthrange(first.year, first.month)[1])


def _row(name: str, lit: Iterable[tuple[Item, Light]]) -> UnitRow:
    its = list(lit)
    lights = Counter(colour for _, colour in its)
    return UnitRow(name, len(its), {colour: lights[colour] for colour in LIGHTS}, dict(Counter(one.state for one, _ in its)))
