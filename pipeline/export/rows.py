"""Records as rows of a table: which columns each kind has, and cells that a spreadsheet shows but never runs.

Reads: record dicts as in the JSON lines. Writes: column names and plain cell values.
"""

from __future__ import annotations

import re
from typing import Any

KINDS = ("document", "task", "quantity", "deadline")

# One table for all kinds: the fields of RECORDS.md in their order, `span` as two columns so that both are numbers.
COLUMNS = (
    "record", "id", "doc_id", "span_start", "span_end", "text",
    "status", "actions", "responsible", "units", "strength", "section", "clause", "part", "quantities", "deadlines", "page",
    "indicator", "scope", "comparator", "low", "high", "unit", "measure", "direction", "per", "start", "end", "masked",
    "task", "level", "nature", "relation", "every", "tasks", "rule", "confidence",
    "content_id", "revision", "source", "title", "issuer", "place", "doc_number", "date", "doc_type", "plan_year", "review_year",
    "effective_from", "effective_to", "validity", "secrecy", "warnings", "furniture", "pages", "tables",
)  # fmt: skip

# A spreadsheet runs a cell that begins so, also after blanks; it accepts the full-width signs as well (OWASP, CSV injection).
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
# Characters that XML 1.0 cannot hold (an xlsx file is XML), and that mean nothing in a cell of any table.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """The record with its ``span`` as two numbers."""
    span = row.get("span")
    if span is None:
        return row
    return {**row, "span_start": span[0], "span_end": span[1]}


def safe_text(text: str) -> str:
    """``text`` as a cell without control characters, with an apostrophe before it where a spreadsheet would take it for a formula."""
    text = _ILLEGAL.sub("", text)
    return "'" + text if _FORMULA.match(text) else text
