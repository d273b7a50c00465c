"""JSON lines back into records, and records as the columns that filters ask for.

Reads: rows of the contract. Writes: ``Document`` and columns of the tables.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import orjson

from pipeline.records import Action, Deadline, Document, DocumentWarning, Quantity, Table, Task, Unit

_DOCUMENT_FIELDS = frozenset(field.name for field in fields(Document))
DOCUMENT_COLUMNS = (
    "doc_id", "revision", "content_id", "source", "title", "issuer", "place", "doc_number", "date", "doc_type", "plan_year",
    "review_year", "effective_from", "effective_to", "validity", "secrecy",
)  # fmt: skip


def document_from_row(row: dict[str, Any]) -> Document:
    """The document of a line; what the line leaves out is as if the text did not tell."""
    known = {name: value for name, value in row.items() if name in _DOCUMENT_FIELDS}
    known["warnings"] = tuple(DocumentWarning(item["code"], item["message"], _span(item.get("span"))) for item in row.get("warnings", ()))
    known["furniture"] = tuple(_span(span) for span in row.get("furniture", ()))
    known["pages"] = tuple(row.get("pages", ()))
    known["tables"] = tuple(Table(**{name: _tuples(value) for name, value in item.items()}) for item in row.get("tables", ()))
    return Document(**{"text": "", **known})


def task_from_row(row: dict[str, Any]) -> Task:
    """The task of a line."""
    known = _own(row, Task) | {name: tuple(row[name]) for name in ("responsible", "section", "quantities", "deadlines")}
    known["actions"] = tuple(Action(**item) for item in row["actions"])
    known["units"] = tuple(Unit(**item) for item in row["units"])
    return Task(**known, span=_span(row["span"]))


def quantity_from_row(row: dict[str, Any]) -> Quantity:
    """The quantity of a line."""
    return Quantity(**_own(row, Quantity), span=_span(row["span"]))


def deadline_from_row(row: dict[str, Any]) -> Deadline:
    """The deadline of a line."""
    return Deadline(**_own(row, Deadline), span=_span(row["span"]), tasks=tuple(row["tasks"]))


def head_of(row: dict[str, Any]) -> bytes:
    """The line of a document without its text and without a line end."""
    return orjson.dumps({**row, "text": None} if "text" in row else row)


def document_lines(head: bytes, text: str, record_lines: list[bytes], warnings: tuple[dict[str, Any], ...] = ()) -> bytes:
    """The lines of a document as they were extracted, from its head, its text and the lines of its records; with further warnings."""
    row = orjson.loads(head)
    row["text"] = text
    row["warnings"] += warnings
    return b"\n".join([orjson.dumps(row), *record_lines, b""])


def document_year(row: dict[str, Any]) -> int | None:
    """The year that a document stands for: the one it plans for, else that of its date, else the one it looks back on."""
    year = row["plan_year"] or (int(row["date"][:4]) if row["date"] else None) or row["review_year"]
    return int(year) if year else None


def _tuples(value: Any) -> Any:
    """Lists as tuples, those inside of lists too."""
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _span(value: Any) -> Any:
    return None if value is None else (value[0], value[1])


_LISTS = frozenset(("span", "actions", "units", "responsible", "section", "quantities", "deadlines", "tasks"))


def _own(row: dict[str, Any], kind: type[Task | Quantity | Deadline]) -> dict[str, Any]:
    """The fields of ``row`` that ``kind`` has and that need no change."""
    return {field.name: row[field.name] for field in fields(kind) if field.name not in _LISTS and field.name in row}
