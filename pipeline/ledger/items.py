"""Read the ledger, and what an officer does with its items: edit, assign, extend, report progress, close, leave out.

Reads: a store. Writes: items and their history. Times and names come from the caller.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.ledger.book import By, item, load, put, put_many
from pipeline.ledger.messages import message, words
from pipeline.ledger.model import STATES, Extension, Item, LedgerError, Party, Progress, State, Step
from pipeline.ledger.units import Resolver, fold, resolver
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.store import SqliteStore

__all__ = [
    "EDITABLE", "By", "Filter", "add_progress", "assign", "close", "confirm_overdue", "due_return", "edit", "edited", "exclude", "extend",
    "finish_step", "item", "items", "period_end", "put_many",
]  # fmt: skip
_TEXTS = (
    "task", "level1", "level2", "source", "quantities", "nature", "deadline_text", "leader", "person", "reported_value", "report_value",
    "problems", "next_steps", "evidence", "opinion", "remark",
)  # fmt: skip
_DATES = ("deadline", "next_due", "closed_on")
_PARTIES = ("lead", "cooperating")
EDITABLE = (*_TEXTS, *_DATES, *_PARTIES, "every", "state", "completion", "steps", "overdue_confirmed")
_MONTHS = {"month": 1, "ten_days": 1, "2_months": 2, "quarter": 3, "3_months": 3, "4_months": 4, "half_year": 6, "6_months": 6, "year": 12}
_TENTHS = (10, 20)
_WHOLE = 100.0  # per cent


@dataclass(frozen=True, slots=True)
class Filter:
    """Which items are wanted; None asks for all. ``unit`` is a lead or cooperating unit by any of its names."""

    unit: str | None = None
    state: str | None = None
    doc_id: str | None = None
    year: int | None = None
    clause: str | None = None
    text: str | None = None
    excluded: bool = False
    open_only: bool = False


EVERYTHING = Filter()


def items(store: SqliteStore, where: Filter = EVERYTHING) -> list[Item]:
    """The items that a filter lets through, in the order of their numbers."""
    conditions, values = ["1"], []
    asked = (("state", where.state), ("doc_id", where.doc_id), ("year", where.year), ("excluded", None if where.excluded else 0))
    for column, value in asked:
        if value is not None:
            conditions.append(f"{column} = ?")
            values.append(value)
    names = _names_of(where.unit, resolver(store)) if where.unit else None
    return [one for one in load(store, " AND ".join(conditions), *values) if _fits(one, where, names)]


def _fits(one: Item, where: Filter, names: set[str] | None) -> bool:
    return (
        (names is None or any(fold(party.name) in names for party in (*one.lead, *one.cooperating)))
        and (where.clause is None or where.clause in (one.clause or ""))
        and (where.text is None or where.text in one.task or where.text in one.original)
        and (not where.open_only or one.open)
    )


def _names_of(unit: str, known: Resolver) -> set[str]:
    return {fold(unit), fold(known.resolve(unit) or unit)}


def edit(store: SqliteStore, number: str, changes: dict[str, Any], by: By) -> Item:
    """Change fields of an item. Raises LedgerError for a field or value that cannot be, and for a date that is to be put off."""
    old = item(store, number)
    return put(store, old, edited(old, changes, by), by)


def edited(old: Item, changes: dict[str, Any], by: By) -> Item:
    """The item with fields changed, not yet written. Raises LedgerError like ``edit``."""
    values: dict[str, Any] = {}
    for name, value in changes.items():
        if name not in EDITABLE:
            raise LedgerError(message("not_editable", field=words("fields").get(name, name)))
        values[name] = _checked(name, value)
    if values.get("deadline", old.deadline) != old.deadline:
        if old.deadline is not None and not old.deadline_assumed:
            raise LedgerError(message("use_extend", number=old.number, old=old.deadline))
        values["deadline_assumed"] = False
    if values.get("state") == "已销号" and not (values.get("closed_on") or old.closed_on):
        values["closed_on"] = by.day
    elif values.get("state", old.state) != "已销号" and old.state == "已销号":  # taken up again
        values.setdefault("closed_on", None)
    return replace(old, **values)


def _checked(name: str, value: Any) -> Any:
    """The value as the field holds it."""
    if name in _TEXTS:
        return "" if value is None else str(value).strip()
    if name in _DATES:
        return checked_date(value) if value else None
    if name in _PARTIES:
        return tuple(one if isinstance(one, Party) else Party(str(one), "人工指派") for one in value)
    if name == "completion":
        return checked_share(value)
    if name == "state" and value not in STATES:
        raise LedgerError(message("bad_state", value=value, states="、".join(STATES)))
    if name == "every" and value and value not in words("frequencies"):
        raise LedgerError(message("bad_every", value=value, every="、".join(words("frequencies"))))
    if name == "every":
        return value or None
    return tuple(one if isinstance(one, Step) else Step(**one) for one in value) if name == "steps" else value


def checked_date(value: object) -> str:
    """An ISO date. Raises LedgerError for anything else."""
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError as error:
        raise LedgerError(message("bad_date", value=value)) from error


def checked_share(value: Any) -> float | None:
    """A completion in per cent, None for an empty one. Raises LedgerError for anything else."""
    if value is None or value == "":
        return None
    try:
        share = float(str(value).rstrip("%％"))
    except ValueError as error:
        raise LedgerError(message("bad_number", value=value)) from error
    if not 0 <= share <= _WHOLE:
        raise LedgerError(message("bad_number", value=value))
    return share


def assign(
    store: SqliteStore, numbers: Sequence[str], names: Sequence[str], by: By, *, cooperating: bool = False, add: bool = False
) -> list[Item]:
    """Give items their lead (or cooperating) units, by any of their names; ``add`` keeps those that are there. All or none.

    Raises LedgerError for a name that the list of units holds twice.
    """
    known = resolver(store)
    parties = tuple(Party(_full_name(name, known), "人工指派") for name in names)
    role = "cooperating" if cooperating else "lead"
    pairs = []
    for number in dict.fromkeys(numbers):
        old = _active(store, number)
        there = getattr(old, role) if add else ()
        kept = {one.name for one in there}
        changed: dict[str, Any] = {role: (*there, *(one for one in parties if one.name not in kept))}
        pairs.append((old, replace(old, **changed)))
    return put_many(store, pairs, by)


def _full_name(name: str, known: Resolver) -> str:
    if not name.strip():
        raise LedgerError(message("empty_unit"))
    found = known.candidates(name.strip())
    if len(found) > 1:
        raise LedgerError(message("unclear_unit", unit=name, found="、".join(found)))
    return found[0] if found else name.strip()


def exclude(store: SqliteStore, number: str, by: By) -> Item:
    """不入账: keep an item out of the ledger, for a reason (``by.why``)."""
    if not by.why.strip():
        raise LedgerError(message("why"))
    old = item(store, number)
    return put(store, old, replace(old, excluded=by.why.strip()), by)


def include(store: SqliteStore, number: str, by: By) -> Item:
    """Take an item that was kept out back into the ledger."""
    old = item(store, number)
    return put(store, old, replace(old, excluded=None), by)


def extend(store: SqliteStore, number: str, new: str, by: By) -> Item:
    """延期: put the date of an item off, for a reason. Raises LedgerError for a date that is no later."""
    old = _active(store, number)
    if not by.why.strip():
        raise LedgerError(message("why"))
    day = checked_date(new)
    if old.deadline is not None and day <= old.deadline:
        raise LedgerError(message("later", new=day, old=old.deadline))
    record = Extension(old.deadline, day, by.who, by.why, by.day)
    changed = replace(
        old, deadline=day, deadline_assumed=False, state="延期", extensions=(*old.extensions, record), overdue_confirmed=False
    )
    return put(store, old, changed, by)


def close(store: SqliteStore, number: str, by: By, opinion: str = "") -> Item:
    """销号: close an item, with what the check found."""
    old = _active(store, number)
    return put(store, old, replace(old, state="已销号", closed_on=by.day, opinion=opinion or old.opinion), by)


def confirm_overdue(store: SqliteStore, number: str, by: By) -> Item:
    """Say that an item is overdue, which makes it red without any report."""
    old = _active(store, number)
    return put(store, old, replace(old, overdue_confirmed=True), by)


def finish_step(store: SqliteStore, number: str, step: int, by: By) -> Item:
    """Mark a step (counted from 1) as done. Raises LedgerError where there is none."""
    old = _active(store, number)
    if not 1 <= step <= len(old.steps):
        raise LedgerError(message("no_step", number=number, step=step))
    steps = tuple(replace(one, done=True) if place == step else one for place, one in enumerate(old.steps, start=1))
    return put(store, old, replace(old, steps=steps), by)


@dataclass(frozen=True, slots=True)
class Told:
    """What a unit reports: words, and if it says so the completion in per cent, the new state, and the day it speaks of."""

    text: str
    value: float | None = None
    state: State | None = None
    date: str | None = None


def add_progress(store: SqliteStore, number: str, told: Told, by: By) -> Item:
    """进展: add what was reported on a day; what was reported before stays. A recurring duty is next due in its next period."""
    old = _active(store, number)
    return put(store, old, with_progress(old, told, by), by)


def with_progress(old: Item, told: Told, by: By) -> Item:
    """The item with one more report, not yet written."""
    day = checked_date(told.date or by.day)
    value = checked_share(told.value)
    state = _checked("state", told.state) if told.state else old.state
    if told.state is None and state == "未启动":
        state = "推进中"
    next_due = old.next_due
    if old.every and next_due:
        after = max(date.fromisoformat(day), date.fromisoformat(next_due)) + timedelta(days=1)
        next_due = due_return(old.every, after, old.original)
    progress = (*old.progress, Progress(day, told.text.strip(), value, by.who))
    completion = old.completion if value is None else value
    return replace(old, progress=progress, completion=completion, state=state, next_due=next_due)


def due_return(every: str, day: date, wording: str = "") -> str | None:
    """The next day, from ``day`` on, that a recurring duty is due: the end of its period, or the day it names (每月25日前)."""
    end = period_end(every, day)
    named = load_rules("ledger")["day_of_month"].search(wording)
    if end is None or named is None or every not in _MONTHS:
        return end
    for _ in range(2):
        last = date.fromisoformat(end)
        due = last.replace(day=min(int(named["day"]), last.day)).isoformat()
        if due >= day.isoformat():
            return due
        end = period_end(every, last + timedelta(days=1)) or end
    return end


def period_end(every: str, day: date) -> str | None:
    """The last day of the period that a day lies in: of its month, quarter and so on; None where a period has no fixed beginning."""
    if every == "day":
        return day.isoformat()
    if every == "week":
        return (day + timedelta(days=6 - day.weekday())).isoformat()
    if every == "ten_days" and day.day <= _TENTHS[-1]:
        return day.replace(day=next(last for last in _TENTHS if day.day <= last)).isoformat()
    months = _MONTHS.get(every)
    if months is None:
        return None
    month = (day.month - 1) // months * months + months
    return date(day.year, month, monthrange(day.year, month)[1]).isoformat()


def _active(store: SqliteStore, number: str) -> Item:
    """An item that is still in the books."""
    found = item(store, number)
    if found.excluded is not None or found.state == "已销号":
        raise LedgerError(message("closed", number=found.number))
    return found
