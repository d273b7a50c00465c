"""The ledger's tables: items read and written, each change with who and when.

Reads and writes: ``ledger_items``, ``ledger_changes``. An item is written only over the state in which the caller saw it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.ledger.messages import message
from pipeline.ledger.model import FIELDS, Extension, Item, LedgerError, Party, Progress, Step, item_of, item_row
from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.store import SqliteStore
    from pipeline.store.connection import Connection

_SILENT = frozenset(("number", "key", "created"))  # told by the change that says that the item is new
_PUT = "INSERT OR REPLACE INTO ledger_items VALUES (?,?,?,?,?,?,?,?)"
_CHANGE = "INSERT INTO ledger_changes (item, doc_id, who, at, field, old, new, why) VALUES (?,?,?,?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class By:
    """Who changes something, when (ISO, to the second), and why."""

    who: str
    when: str
    why: str = ""

    @property
    def day(self) -> str:
        """The day of the change."""
        return self.when[:10]


def load(store: SqliteStore, where: str = "1", *values: object) -> Iterator[Item]:
    """Items in the order of their numbers."""
    for (line,) in store.select(f"SELECT line FROM ledger_items WHERE {where} ORDER BY number", *values):  # noqa: S608 - our own conditions
        yield item_of(orjson.loads(line))


def item(store: SqliteStore, name: str) -> Item:
    """The item with this number or hidden key. Raises LedgerError where there is none."""
    for found in load(store, "number = ?1 OR key = ?1", name):
        return found
    raise LedgerError(message("no_item", number=name))


def put_many(store: SqliteStore, pairs: Iterable[tuple[Item | None, Item]], by: By) -> list[Item]:
    """Write items, each with what it was before (None for a new one), all or none; every field that differs is told as a change.

    Raises LedgerError without a name of who, and where someone else has changed an item in the meantime.
    """
    check_named(by)
    written = []
    with told_plainly(store.path), begin(store.connection):
        for old, new in pairs:
            _put(store.connection, old, new, by)
            written.append(new)
    return written


def changes_of(store: SqliteStore) -> int:
    """Counts the changes of the ledger and of its list of units.

    They are no changes of the store's generation: no record of a document is another one, so that the index of search still holds.
    """
    ((last,),) = store.select("SELECT coalesce(max(id), 0) FROM ledger_changes")
    return int(last)


def changed_since(store: SqliteStore, last: int) -> dict[str, Item]:
    """The items that have been changed or made since a count of ``changes_of``, by number."""
    numbers = [number for (number,) in store.select("SELECT DISTINCT item FROM ledger_changes WHERE id > ?", last)]
    return {one.number: one for number in numbers for one in load(store, "number = ?", number)}


def check_named(by: By) -> None:
    """Raise LedgerError where nobody is named: every change has its author."""
    if not by.who.strip():
        raise LedgerError(message("who"))


def put(store: SqliteStore, old: Item, new: Item, by: By) -> Item:
    """Write one item."""
    return put_many(store, [(old, new)], by)[0]


def next_number(store: SqliteStore, year: int, taken: int = 0) -> str:
    """The next free number of a year; ``taken`` were given out since but are not yet written."""
    rows = store.select("SELECT number FROM ledger_items WHERE year = ?", year)
    last = max((int(number[5:9]) for (number,) in rows if number[5:9].isdigit()), default=0)
    return f"{year}-{last + 1 + taken:04d}"


def due_day(one: Item) -> str | None:
    """The day that counts next: of a step that is not done, of the next return, or of the whole."""
    steps = [step.date for step in one.steps if step.date and not step.done]
    return min(steps) if steps and one.deadline else one.next_due or one.deadline or (min(steps) if steps else None)


def shown(value: Any) -> str:
    """The value of a field in words, for the history."""
    if value is None or value == ():
        return ""
    if isinstance(value, tuple):
        return "；".join(shown(part) for part in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Party):
        return f"{value.name}（{value.origin}）"
    if isinstance(value, Step):
        return " ".join(filter(None, (value.date, value.text, "已完成" if value.done else "")))
    if isinstance(value, Progress):
        return " ".join(filter(None, (value.date, value.text, "" if value.value is None else f"{value.value:g}%", value.who)))
    if isinstance(value, Extension):
        return f"{value.old or ''}→{value.new} {value.who} {value.why}".strip()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _put(connection: Connection, old: Item | None, new: Item, by: By) -> None:
    row = connection.execute("SELECT line FROM ledger_items WHERE number = ?", (new.number,)).get
    if (None if row is None else item_of(orjson.loads(row))) != old:
        raise LedgerError(message("changed", number=new.number))
    if old == new:
        return
    values = (new.number, new.key, new.doc_id, int(new.number[:4]), new.state, due_day(new), int(new.excluded is not None))
    try:
        line = orjson.dumps(item_row(new))
    except TypeError as error:  # half a character, as broken input has
        raise LedgerError(message("bad_text", number=new.number)) from error
    connection.execute(_PUT, (*values, line))
    for field, before, after in _differences(old, new):
        connection.execute(_CHANGE, (new.number, new.doc_id, by.who, by.when, field, before, after, by.why))


def _differences(old: Item | None, new: Item) -> Iterator[tuple[str, str, str]]:
    if old is None:
        yield "created", "", new.task
        return
    for name in FIELDS:
        before, after = getattr(old, name), getattr(new, name)
        if before != after and name not in _SILENT:
            if name in ("progress", "extensions") and after[: len(before)] == before:
                before, after = (), after[len(before) :]
            yield name, shown(before), shown(after)
