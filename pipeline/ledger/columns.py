"""The columns of the ledger as a table, and what stands in them.

Reads: items. Writes: plain cell values, and the marks by which a returned row tells what was changed in it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.ledger.book import shown
from pipeline.ledger.messages import words
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.ledger.model import Item

_MARK = 4  # bytes of a hash: enough to tell two values of one cell apart
_FRESH = ("progress", "progress_date")  # left empty for the next report


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``typed`` is filled in by the unit, ``made`` is never read back, ``folded`` is hidden at first."""

    field: str
    heading: str
    width: int
    typed: bool
    made: bool
    folded: bool


def layout() -> dict[str, Any]:
    """The content of rules/ledger_workbook.toml."""
    return load_rules("ledger_workbook").data


@cache
def columns() -> tuple[Column, ...]:
    """All columns that are seen, in their order."""
    return tuple(
        Column(row["field"], row["heading"], row["width"], row.get("input", False), row.get("made", False), row.get("folded", False))
        for row in layout()["columns"]
    )


def cell_of(item: Item, field: str) -> str | float | None:
    """What stands in a cell of an item; dates are ISO."""
    if field in _FRESH:
        return None
    if field == "reported":
        return shown(item.progress[-1]) if item.progress else None
    if field == "every":
        return words("frequencies").get(item.every or "") or None
    if field in ("lead", "cooperating"):
        return "、".join(party.name for party in getattr(item, field)) or None
    value = getattr(item, field)
    if field == "completion":
        return value  # type: ignore[no-any-return]
    if field == "deadline_assumed":
        return shown(True) if value else None
    return shown(value) or None


def folded(value: object) -> str:
    """A cell's value as it is compared: no blanks, no line breaks, one way to write a number."""
    if value is None:
        return ""
    return "".join((f"{value:g}" if isinstance(value, (int, float)) else str(value)).split())


def mark(value: object) -> str:
    """A short hash of a value: tells whether a cell was changed since the workbook was written."""
    return hashlib.blake2b(folded(value).encode("utf-8", "replace"), digest_size=_MARK).hexdigest()


def marks(item: Item) -> dict[str, str]:
    """The marks of all cells of an item that are not empty and are read back."""
    read = ((one.field, cell_of(item, one.field)) for one in columns() if not one.made)
    return {field: mark(value) for field, value in read if value is not None}
