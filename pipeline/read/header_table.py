"""Header tables: 索引号 … 发文机关 … 效力状态, on one line or one field a line, the value beside its key or on the next line.

Reads: the beginning of a text. Writes: ``HeaderTable``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.rulebook import load_rules

_COLON = re.compile("[:：】]")  # a database sets its keys in brackets: 【发文字号】 国发〔2018〕32号
_OPENING, _CLOSING = "【】"
_FULL_STOP = "\u3002"
_KEY = 24  # characters before a colon in which its key stands, blanks inside it counted
_LONGEST = 300  # characters; no value is longer


@dataclass(frozen=True, slots=True)
class HeaderTable:
    """Values by field (``title``, ``issuer``, ``doc_number``, ``date`` …), as written. ``covers`` are the starts of its lines."""

    values: dict[str, str]
    covers: frozenset[int]

    def get(self, field: str) -> str | None:
        """The value of ``field``, or None where the table has none."""
        return self.values.get(field) or None


def read_header(front: str) -> HeaderTable:
    """The header table in ``front``, the beginning of a text; an empty one where there is none."""
    found = [key for match in _COLON.finditer(front) if (key := _key(front, match.start()))]
    values: dict[str, str] = {}
    covers: set[int] = set()
    for number, (field, start, end) in enumerate(found):
        stop = found[number + 1][1] if number + 1 < len(found) else len(front)
        line_end = front.find("\n", end)
        line_end = len(front) if line_end < 0 else line_end
        covers.add(start)
        end += 1  # the colon
        value = front[end : min(stop, line_end)].strip()
        if not value and line_end < stop:
            value, below = _next_line(front, line_end, stop)
            if value and _FULL_STOP in value:
                value = ""  # an empty field above the first paragraph
            elif value:
                covers.add(below)
        if value and field not in values and len(value) <= _LONGEST:
            values[field] = value
    return HeaderTable(values, frozenset(covers))


def _key(front: str, colon: int) -> tuple[str, int, int] | None:
    """Field, start and end of the key before ``colon``, set with blanks inside as may be (“文　 号：”).

    It begins its line or follows a blank; a value before it (有效 发文日期:) is left out.
    """
    start = max(front.rfind("\n", 0, colon) + 1, colon - _KEY)
    bracket = front[colon] == _CLOSING
    parts = front[start:colon].replace("- ", "  ").split()
    for number in range(len(parts)):
        key = "".join(parts[number:])
        field = _fields().get(key[1:] if bracket and key.startswith(_OPENING) else key)
        if field:
            at = start
            for part in parts[:number]:
                at = front.index(part, at) + len(part)
            return field, front.index(parts[number], at), colon
    return None


def _next_line(front: str, start: int, stop: int) -> tuple[str, int]:
    """The first line with text in ``front[start:stop]``, and where it begins."""
    for line in front[start:stop].split("\n"):
        if line.strip():
            return line.strip(), front.index(line.strip(), start)
    return "", start


@cache
def _fields() -> dict[str, str]:
    """The field of each key."""
    return {key: field for field, keys in load_rules("metadata").data["header"].items() for key in keys}
