"""What the ledger tells office users, kept in its rule file.

Reads: ``rules/ledger.toml``. Writes: text.
"""

from __future__ import annotations

from pipeline.rulebook import load_rules


def message(name: str, **values: object) -> str:
    """The message called ``name``, filled in."""
    return str(load_rules("ledger").data["messages"][name]).format(**values)


def words(table: str) -> dict[str, str]:
    """One table of words, such as the names of fields."""
    return dict(load_rules("ledger").data[table])
