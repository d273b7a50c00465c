"""Full dates as documents write them, in digits of any script.

Reads: matches of patterns with ``y``, ``m`` and ``d``. Writes: ISO dates.
"""

from __future__ import annotations

import datetime
from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    import re

_TEN = 10


def iso_date(match: re.Match[str], year: int | None = None) -> str | None:
    """The ISO date in the groups ``y``, ``m``, ``d`` of ``match`` (``year`` where y is missing); None when there is no such day."""
    y = number(match["y"]) if match["y"] else year
    try:
        return datetime.date(y or 0, number(match["m"]), number(match["d"])).isoformat()
    except ValueError:
        return None


def find_date(text: str) -> str | None:
    """The first full date in plain ``text``."""
    match = load_rules("metadata")["date"].search(text)
    return iso_date(match) if match else None


def number(digits: str) -> int:
    """A year, month or day in ASCII or Chinese digits: 2024, 二〇二六, 十五, 二十七."""
    if digits.isascii():
        return int(digits)
    values = _digits()
    tens = values["ten"]
    head, ten, tail = digits.partition(tens)
    if ten:
        return (_read(head) or 1) * _TEN + (_read(tail) if tail else 0)
    return _read(digits)


def _read(digits: str) -> int:
    values = _digits()
    return int("".join(values[digit] for digit in digits) or "0")


@cache
def _digits() -> dict[str, str]:
    return {str(key): str(value) for key, value in load_rules("metadata").data["digits"].items()}
