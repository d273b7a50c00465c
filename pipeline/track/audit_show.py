"""Checks of arithmetic as JSON rows, and as lines of Chinese for reading.

Reads: checks of one document. Writes: dicts; lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Document
    from pipeline.track.audit_model import Check

_ORDER = ("slip", "implied", "holds")  # what an office looks at first
_AROUND = 12  # characters shown on either side of the figures


def check_row(check: Check, document: Document) -> dict[str, Any]:
    """A check as a row of JSON. ``holds`` is null where a value is only implied; spans are code points of the document."""
    return {
        "source": document.source, "doc_id": document.doc_id, "holds": check.holds, "verdict": check.verdict, "relation": check.relation,
        "quotes": list(check.quotes), "computed": check.computed, "stated": check.stated, "unit": check.unit, "what": check.what,
        "sum": check.sum, "message": check.message, "span": list(check.span), "spans": [list(span) for span in check.spans],
    }  # fmt: skip


def audit_lines(checks: Sequence[Check], document: Document, *, everything: bool = False) -> Iterator[str]:
    """What the figures of a document come to, for reading: slips first, then what is implied; what holds only if ``everything``."""
    words = load_rules("audit").data["show"]
    counts = {verdict: sum(check.verdict == verdict for check in checks) for verdict in _ORDER}
    yield words["heading"].format(source=document.source, all=len(checks), **counts)
    for verdict in _ORDER:
        for check in checks:
            if check.verdict == verdict and (everything or verdict != "holds"):
                yield words["check"].format(verdict=words[verdict], message=check.message)
                yield words["quote"].format(text=_around(check, document))


def _around(check: Check, document: Document) -> str:
    """The words that hold the figures, with a little before and after, on one line."""
    line_start = document.text.rfind("\n", 0, check.span[0]) + 1
    line_end = document.text.find("\n", check.span[1])
    start = max(line_start, check.span[0] - _AROUND)
    return document.text[start : min(check.span[1] + _AROUND, line_end if line_end >= 0 else len(document.text))]
