"""The words that office users read: messages, headings, and the Chinese for coded values.

Reads: ``rules/office.toml``. Writes: text.
"""

from __future__ import annotations

from typing import Any

from pipeline.rulebook import load_rules


def office() -> dict[str, Any]:
    """The content of rules/office.toml: words, sheets, table, phrases and messages."""
    return load_rules("office").data


def message(name: str, **values: object) -> str:
    """The message called ``name``, filled in."""
    return str(office()["messages"][name]).format(**values)
