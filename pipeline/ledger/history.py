"""What happened to an item, oldest first.

Reads: ``ledger_changes``. Writes: ``Change``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.ledger.book import item
from pipeline.ledger.model import Change

if TYPE_CHECKING:
    from pipeline.store import SqliteStore

_SELECT = "SELECT item, who, at, field, old, new, why FROM ledger_changes"


def history(store: SqliteStore, number: str) -> list[Change]:
    """Every change of one item. Raises LedgerError where there is no such item."""
    return [Change(*row) for row in store.select(f"{_SELECT} WHERE item = ? ORDER BY id", item(store, number).number)]


def changes(store: SqliteStore, since: str = "") -> list[Change]:
    """Every change of the ledger, of its units and groups, too, from a moment on (ISO)."""
    return [Change(*row) for row in store.select(f"{_SELECT} WHERE at >= ? ORDER BY id", since)]
