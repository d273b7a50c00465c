"""Words of the page for codes, sums and degrees, so that nobody meets an English code or a bare decimal.

Reads: ``rules/page.toml``, ``rules/office.toml``. Writes: text.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from pipeline.office import office
from pipeline.rulebook import load_rules

_HIGH, _MIDDLE = 0.85, 0.6  # where the check of confidences on annotated documents has nine in ten, and two in three, right


@cache
def page_words() -> dict[str, Any]:
    """The content of rules/page.toml."""
    return load_rules("page").data


def message(name: str, /, **values: object) -> str:
    """The message called ``name``, filled in."""
    return str(page_words()["messages"][name]).format(**values)


def word(table: str, code: object) -> str:
    """The office's word for a code, from the page's tables or those of exports; what has none is shown as it is."""
    if code is None or code == "":
        return ""
    if isinstance(code, bool):
        code = str(code).lower()
    found = page_words()["words"].get(table, {}).get(code) or office()["words"].get(table, {}).get(code)
    return str(found or code)


def warning_of(warning: dict[str, Any], original: str | None) -> str:
    """What a warning says in the office; a copy is told by the title of its ``original``, not by the place of a file on the server."""
    return message("duplicate", title=original) if warning["code"] == "duplicate_of" and original else str(warning["message"])


def rule_words(rule: str) -> str:
    """The rule that decided, in the office's words as far as there are any: 数值·指标在前."""
    names: dict[str, str] = page_words()["words"]["rule"]
    if rule in names:
        return names[rule]
    return "·".join(names.get(part, part) for part in re.split("[:-]", rule))


def degree(confidence: float) -> str:
    """A confidence as 高, 中 or 低."""
    levels = page_words()["words"]["degree"]
    return str(levels["high" if confidence >= _HIGH else "middle" if confidence >= _MIDDLE else "low"])


def amount(value: float | None, unit: str | None = None) -> str:
    """A figure as an officer writes it: 1402万元, 3.5亿元, 85.2%."""
    if value is None:
        return ""
    for size, name in page_words()["sizes"].items():
        if abs(value) >= float(size):
            return f"{_plain(value / float(size))}{name}{unit or ''}"
    return f"{_plain(value)}{unit or ''}"


def figure(row: dict[str, Any]) -> str:
    """The value of a quantity with its comparator: 不低于85%."""
    low, high, unit = row.get("low"), row.get("high"), row.get("unit")
    if row.get("masked"):
        return message("masked")
    if low is None and high is None:
        return ""
    if low is not None and high is not None and low != high:
        return f"{amount(low)}—{amount(high, unit)}"
    sign = page_words()["words"]["sign"].get(row.get("comparator"), "")
    return f"{sign}{amount(low if low is not None else high, unit)}"


def period(start: str | None, end: str | None) -> str:
    """A period of days as short as can be: 2025年, 2025年6月底前, 2021—2025年."""
    if not end:
        return message("from_day", day=start) if start else ""
    if start and start[4:] == "-01-01" and end[4:] == "-12-31":
        return message("year", year=start[:4]) if start[:4] == end[:4] else message("years", first=start[:4], last=end[:4])
    if start and start != end:
        return message("days", first=start, last=end)
    return end


def _plain(value: float) -> str:
    return f"{value:,.4f}".rstrip("0").rstrip(".")
