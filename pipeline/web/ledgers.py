"""The ledger for the page: its items with their lights, kept until the store changes, and what tells one state of an item from another.

Reads: a store. Writes: ``LedgerRow``, filtered.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING

import orjson
from fastapi import HTTPException

from pipeline.ledger.book import changed_since, changes_of, due_day, load
from pipeline.ledger.columns import cell_of, columns
from pipeline.ledger.items import By
from pipeline.ledger.lights import Settings, light, load_settings
from pipeline.ledger.messages import message
from pipeline.ledger.model import LIGHTS, Item, Light, item_of, item_row
from pipeline.ledger.units import fold, resolver
from pipeline.web.masking import masked
from pipeline.web.views import Table, wants_unmasked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.datastructures import FormData

    from pipeline.store import SqliteStore
    from pipeline.web.page import Page

_KEPT = ("number", "key", "doc_id", "tasks", "parent")  # names of things, in which nothing is hidden
_MARK = 8  # bytes


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """An item with its light (预警灯) and the day that counts next."""

    light: Light
    due: str | None
    item: Item


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which items are wanted; what is empty asks for all. ``unit`` is a lead or cooperating unit by any of its names."""

    text: str = ""
    unit: str = ""
    state: str = ""
    doc_id: str = ""
    excluded: bool = False


@dataclass(frozen=True, slots=True)
class _Held:
    key: tuple[str, int, str]
    last: int  # of the changes that it has seen
    rows: tuple[LedgerRow, ...]


def day_of(page: Page) -> date:
    """The day for which lights are shown."""
    return date.fromisoformat(page.settings.as_of) if page.settings.as_of else datetime.now().astimezone().date()


def by_of(page: Page, form: FormData) -> By:
    """Who changes something, now, and why."""
    person = page.person(form)
    return By(person.who, datetime.now().astimezone().isoformat(timespec="seconds"), person.why or "")


def rows_of(page: Page, store: SqliteStore) -> tuple[LedgerRow, ...]:
    """Every item, also those that are kept out (不入账)."""
    day, state = day_of(page), page.request.app.state
    key, last = (str(store.path), store.generation(), day.isoformat()), changes_of(store)
    held: _Held | None = getattr(state, "ledger", None)
    if held is None or held.key != key:
        held = state.ledger = _Held(key, last, tuple(_row(one, day) for one in load(store)))
    elif held.last != last:
        known = {row.item.number: row for row in held.rows} | {
            number: _row(one, day) for number, one in changed_since(store, held.last).items()
        }
        held = state.ledger = _Held(key, last, tuple(known[number] for number in sorted(known)))
    return held.rows


def _row(one: Item, day: date) -> LedgerRow:
    return LedgerRow(light(one, day, _lights()), due_day(one), one)


@cache
def _lights() -> Settings:
    return load_settings()


def wanted_rows(page: Page, store: SqliteStore, wanted: Wanted) -> list[LedgerRow]:
    """The items that are asked for, in the order of their numbers."""
    names = {fold(wanted.unit), fold(resolver(store).resolve(wanted.unit) or wanted.unit)} if wanted.unit else set()
    return [row for row in rows_of(page, store) if _fits(row.item, wanted, names)]


def _fits(one: Item, wanted: Wanted, names: set[str]) -> bool:
    text = wanted.text
    return (
        (wanted.excluded or one.excluded is None)
        and wanted.state in ("", one.state)
        and wanted.doc_id in ("", one.doc_id)
        and (
            not names
            or (wanted.unit == message("nobody") and not one.lead)
            or any(fold(party.name) in names for party in (*one.lead, *one.cooperating))
        )
        and (not text or text in one.task or text in one.original or text in one.number or text in (one.clause or ""))
    )


def found_row(page: Page, store: SqliteStore, number: str) -> LedgerRow:
    """The item with a number. Raises the answer that there is none."""
    for row in rows_of(page, store):
        if row.item.number == number:
            return row
    raise HTTPException(404, message("no_item", number=number))


def by_light(rows: Iterable[LedgerRow]) -> dict[str, int]:
    """How many items have each light."""
    counts = Counter(row.light for row in rows)
    return {colour: counts[colour] for colour in LIGHTS if counts[colour]}


def mark_of(one: Item) -> str:
    """What an item was when somebody opened it, so that nothing that came since is written over."""
    return hashlib.blake2b(orjson.dumps(item_row(one)), digest_size=_MARK).hexdigest()


def ledger_table(title: str, rows: Iterable[LedgerRow]) -> Table:
    """The columns of the ledger's workbook as a table of a twin."""
    shown = [one for one in columns() if one.made or not one.field.startswith("progress")]
    cells = (tuple(row.light if one.field == "light" else cell_of(row.item, one.field) for one in shown) for row in rows)
    return Table(title, tuple(one.heading for one in shown), tuple(cells))


def leaving(page: Page, items: Iterable[Item]) -> list[Item]:
    """The items as they may leave the page: numbers of telephones and identity cards hidden unless an editor asks for them."""
    if wants_unmasked(page):
        return list(items)
    return [_masked(one) for one in items]


def _masked(one: Item) -> Item:
    return replace(item_of(masked(item_row(one))), **{name: getattr(one, name) for name in _KEPT})
