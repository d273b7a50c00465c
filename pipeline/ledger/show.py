"""The ledger in lines for the terminal.

Reads: items, due items, reports, changes. Writes: lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.ledger.book import shown
from pipeline.ledger.messages import message, words
from pipeline.ledger.model import FIELDS, LIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.ledger.due import Due
    from pipeline.ledger.model import Change, Item, Light, Party
    from pipeline.ledger.report import Report, UnitRow
    from pipeline.ledger.units import Group, LedgerUnit

_LONG = 60  # characters of a duty in a list


def frequency(every: str | None) -> str:
    """A frequency in words."""
    return words("frequencies").get(every or "", every or "")


def names(parties: Iterable[Party]) -> str:
    """Units in one line."""
    return "、".join(one.name for one in parties)


def list_line(item: Item, colour: Light) -> str:
    """An item in one line."""
    due = item.deadline or item.next_due or ""
    assumed = message("assumed") if item.deadline_assumed else ""
    told = (item.number, colour, item.state, due + assumed, names(item.lead) or message("nobody"), item.clause or "", _short(item.task))
    return "  ".join(part for part in told if part)


def item_lines(item: Item, colour: Light) -> Iterator[str]:
    """An item with every field that holds something."""
    yield f"{item.number}  {colour}"
    titles = words("fields")
    for name in FIELDS:
        value = getattr(item, name)
        if name in titles and value not in (None, "", (), False):
            yield f"  {titles[name]}：{frequency(value) if name == 'every' else shown(value)}"


def change_lines(made: Iterable[Change]) -> Iterator[str]:
    """Changes, one in a line."""
    titles = words("fields")
    for one in made:
        told = f"{one.old} → {one.new}" if one.old else one.new
        yield "  ".join(part for part in (one.when, one.who, one.item, titles.get(one.field, one.field), told, one.why) if part)


def due_lines(found: Iterable[Due]) -> Iterator[str]:
    """What is due, one in a line."""
    for one in found:
        away = message("days_left", days=one.days) if one.days >= 0 else message("days_past", days=-one.days)
        yield f"{one.date}  {away}  {list_line(one.item, one.light)}"


def report_lines(told: Report) -> Iterator[str]:
    """A report: a row for each unit, then what is overdue."""
    yield message("report_title", day=told.as_of)
    for row in (*told.rows, told.total):
        yield _row_line(row)
    if told.overdue:
        yield message("overdue", count=len(told.overdue))
    for one in told.overdue:
        yield f"  {one.number}  {one.next_due or one.deadline or ''}  {names(one.lead) or message('nobody')}  {_short(one.task)}"


def unit_lines(listed: Iterable[LedgerUnit], grouped: Iterable[Group]) -> Iterator[str]:
    """Units and groups, one in a line."""
    for unit in listed:
        other = "、".join((*unit.short, *unit.former))
        yield "  ".join(part for part in (unit.name, other and f"（{other}）", unit.parent and f"← {unit.parent}") if part)
    for group in grouped:
        yield f"{group.name}：{'、'.join(group.members)}"


def _row_line(row: UnitRow) -> str:
    lights = "  ".join(f"{colour} {row.lights[colour]}" for colour in LIGHTS)
    return f"{row.unit}  {message('in_all', count=row.total)}  {lights}"


def _short(text: str) -> str:
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"
