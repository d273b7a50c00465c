"""Hide numbers of telephones and identity cards in what leaves the page.

Reads: texts, or data with texts in them. Writes: the same with asterisks, character for character, so that places still hold.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pipeline.rulebook import load_rules

_SHOWN_FIRST, _SHOWN_LAST = 3, 2
_DIGITS = re.compile(r"\d{7}|\d{3}[\s—)）-]\s?\d{4}")


def masked(value: Any) -> Any:
    """``value`` with the numbers hidden in every text; lists, tuples and dicts are copied."""
    if isinstance(value, str):
        return _masked_text(value) if _DIGITS.search(value) else value
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [masked(item) for item in value]
    return value


def _masked_text(text: str) -> str:
    for pattern in _patterns():
        text = pattern.sub(_hidden, text)
    return text


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    book = load_rules("page")
    return book["identity"], book["telephone"]


def _hidden(match: re.Match[str]) -> str:
    number = match.group()
    middle = re.sub(r"[\dXx]", "*", number[_SHOWN_FIRST:-_SHOWN_LAST])
    return number[:_SHOWN_FIRST] + middle + number[-_SHOWN_LAST:]
