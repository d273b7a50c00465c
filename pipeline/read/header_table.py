"""Header tables: 索引号 … 发文机关 … 效力状态, on one line or one field a line, the value beside its key or on the next line.

Reads: the beginning of a text. Writes: ``HeaderTable``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from pipeline.rulebook import load_rules

_BLANK = r"[ \t\u3000\xa0\u2002\u2003]"
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
    keys, fields = _keys()
    found = list(keys.finditer(front))
    values: dict[str, str] = {}
    covers: set[int] = set()
    for number, match in enumerate(found):
        stop = found[number + 1].start() if number + 1 < len(found) else len(front)
        line_end = front.find("\n", match.end())
        line_end = len(front) if line_end < 0 else line_end
        covers.add(match.start("key"))
        value = front[match.end() : min(stop, line_end)].strip()
        if not value and line_end < stop:
            value, start = _next_line(front, line_end, stop)
            if value:
                covers.add(start)
        field = fields["".join(match["key"].split())]
        if value and field not in values and len(value) <= _LONGEST:
            values[field] = value
    return HeaderTable(values, frozenset(covers))


def _next_line(front: str, start: int, stop: int) -> tuple[str, int]:
    """The first line with text in ``front[start:stop]``, and where it begins."""
    for line in front[start:stop].split("\n"):
        if line.strip():
            return line.strip(), front.index(line.strip(), start)
    return "", start


@cache
def _keys() -> tuple[re.Pattern[str], dict[str, str]]:
    """The pattern of all keys, with blanks inside them as tables set them, and the field of each key."""
    fields = {key: field for field, keys in load_rules("metadata").data["header"].items() for key in keys}
    words = sorted(fields, key=len, reverse=True)
    spaced = "|".join(f"{_BLANK}*".join(map(re.escape, word)) for word in words)
    return re.compile(rf"(?:^|(?<=[\s\u3000]))(?:-{_BLANK})?(?P<key>{spaced}){_BLANK}*[:：]", re.MULTILINE), fields
