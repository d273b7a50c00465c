"""Page furniture: menus, buttons, imprints and page numbers around a document. Marked, never cut out.

Reads: text. Writes: half-open spans of whole lines (on a page that is one long line, the menu before and the imprint after).
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Span

_LINES = re.compile(r"[^\n]+")
LONGEST = 240  # characters; no line of furniture is longer, and longer lines need not be looked at
_LONG_PAGE = 300  # characters in a line from which a page was taken over without its line ends
_INLINE = ("page-head", "page-foot")
_TAIL = 1500  # characters at either end of a long line in which a menu or an imprint may stand
_VALUE = 40  # characters; the value of a label on the line before (来源： / 陕西省人民政府) is no longer
_FULL_STOP = "\u3002"


def find_furniture(text: str) -> tuple[Span, ...]:
    """Spans of the lines of ``text`` that are page furniture, in text order, without the line ends and surrounding blanks."""
    spans: list[Span] = []
    book = load_rules("furniture")
    label = False  # the line before names a value (来源：) and leaves it to this line
    for match in _LINES.finditer(text):
        start, end = match.span()
        if end - start <= LONGEST:
            line = match[0].strip()
            if line:
                found = is_furniture(line) or (label and len(line) <= _VALUE and not _ends_sentence(line))
                if found:
                    a = text.index(line, start)
                    spans.append((a, a + len(line)))
                label = found and book["open-label"].match(line) is not None
        elif end - start > _LONG_PAGE:
            spans += _inline(text, start, end)
            label = False
    return tuple(spans)


def is_furniture(line: str) -> bool:
    """Whether ``line``, without surrounding blanks, is page furniture as a whole."""
    return len(line) <= LONGEST and _pattern(_ends_sentence(line)).match(line) is not None


def _ends_sentence(line: str) -> bool:
    return _FULL_STOP in line


def _inline(text: str, start: int, end: int) -> list[Span]:
    """The menu at the head of a long line, and the imprint at its end."""
    book = load_rules("furniture")
    found: list[re.Match[str] | None] = []
    if any(button in text[start : start + _TAIL] for button in book.data["buttons"]):
        found.append(book["page-head"].match(text, start, end))
    tail = max(start, end - _TAIL)
    if any(mark in text[tail:end] for mark in book.data["imprints"]):
        found.append(book["page-foot"].search(text, tail, end))
    return [match.span() for match in found if match]


@cache
def _pattern(sentence: bool) -> re.Pattern[str]:
    """The rules for whole lines in one pattern; for a line with a full stop only those whose lines may hold one."""
    rules = (rule for rule in load_rules("furniture").rules if rule.name not in _INLINE)
    return re.compile("|".join(f"(?:{rule.source})" for rule in rules if not sentence or rule.data.get("sentences")))
