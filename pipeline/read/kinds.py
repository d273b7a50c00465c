"""The kind of a document: speech, meeting report, work plan, summary, government report, or other (guidelines §5).

Reads: title, layout. Writes: ``DocType``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeline.read.layout import plain
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.layout import Layout
    from pipeline.records import DocType

_OPENING = 12  # lines in which a report says that it is one
_KINDS = ("speech", "work_summary", "work_plan", "other_kind")


def find_kind(title: str | None, layout: Layout, stem: str) -> DocType:
    """The kind that title, opening and file name tell, in this order."""
    book = load_rules("metadata")
    name = plain(title) if title else ""
    opening = [line.plain for line in layout.front[:_OPENING]]
    if book["government_report"].search(name) or (not name and book["government_report"].search(plain(stem))):
        return "government_report"
    if name:
        if book["meeting_report"].search(name):
            return "meeting_report"
        return _by_last_word(name)
    if any(book["report-opening"].search(line) for line in opening) or (opening and book["report-review"].match(opening[0])):
        return "government_report"
    if any(book["convened"].search(line) for line in opening[:3]):
        return "meeting_report"
    return "speech" if any(book["comrades"].match(line) for line in opening[:3]) else "other"


def _by_last_word(name: str) -> DocType:
    """The kind of a title. What a notice passes on decides; the last kind word of a name, or the first of a list."""
    book = load_rules("metadata")
    enclosed = book["enclosed"].search(name)
    name = (enclosed["title"] or enclosed["bare"]) if enclosed else name
    types = {rule.name: rule.data.get("type") for rule in book.rules if rule.name in _KINDS}
    found = sorted((match.end(), match.start(), types[kind]) for kind in _KINDS for match in book[kind].finditer(name))
    if not found:
        return "other"
    listed = book["coordinated"].search(name, found[0][0], found[-1][1]) if len(found) > 1 else None
    return cast("DocType", (found[0] if listed else found[-1])[2])
