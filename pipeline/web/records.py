"""A record as the page shows it: its fields in the office's words, what was decided on it, and its neighbours in other years.

Reads: a store. Writes: ``RecordView``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.store.corrections import Correction, corrections
from pipeline.web.finding import cite
from pipeline.web.words import degree, figure, message, period, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import SqliteStore

    Row = dict[str, Any]

_TABLES = {"t": "tasks", "q": "quantities", "d": "deadlines"}
_NEIGHBOURS = 12
_CODES = {
    "task": {"status": "task_status", "strength": "strength", "part": "part"},
    "quantity": {
        "status": "quantity_status", "comparator": "comparator", "measure": "measure", "direction": "direction", "per": "per",
        "level": "level", "nature": "nature",
    },
    "deadline": {"relation": "relation", "every": "every"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """A field in the office's words; ``records`` are the ids of records that it names."""

    name: str
    label: str
    text: str
    records: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """The same indicator of the same place in another document."""

    id: str
    doc_id: str
    title: str
    year: int | None
    status: str
    value: str
    period: str
    text: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided on a record."""

    number: int
    at: str
    who: str
    why: str
    action: str
    undone: bool
    changes: str


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record with everything that the page shows beside it; ``row`` is the record as in the contract, with corrections in it."""

    row: dict[str, Any]
    kind: str
    status: str
    confidence: str
    fields: tuple[Field, ...]
    decisions: tuple[Decision, ...]
    neighbours: tuple[Neighbour, ...]
    cite: str
    last_decision: int


def record_view(store: SqliteStore, name: str) -> RecordView | None:
    """The record of this id; None for none, and for one that a person has rejected."""
    row = store.record(name)
    if row is None:
        return None
    document = store.select("SELECT doc_id, title, issuer, doc_number, date, place, year FROM documents WHERE doc_id = ?", row["doc_id"])[0]
    about = dict(zip(("doc_id", "title", "issuer", "doc_number", "date", "place", "year"), document, strict=True))
    decided = tuple(decisions(store, row["doc_id"], name))
    return RecordView(
        row=row, kind=row["record"], status=record_status(row), confidence=degree(row["confidence"]), fields=tuple(_fields(store, row)),
        decisions=decided, neighbours=tuple(_neighbours(store, row, about)),
        cite=cite(row["text"], about, row.get("clause"), row.get("page")), last_decision=max((item.number for item in decided), default=0),
    )  # fmt: skip


def record_status(row: Row) -> str:
    """What a record is, in one word: 部署, 目标, 截止."""
    if row["record"] == "deadline":
        return word("relation", row["relation"])
    return word(_CODES[row["record"]]["status"], row["status"])


def label(kind: str, name: str) -> str:
    """What a field of a record of this kind is called: whether a sentence was planned is 语句性质, whether a figure was is 数量性质."""
    return word("field", "quantity_status" if (kind, name) == ("quantity", "status") else name)


def decisions(store: SqliteStore, doc_id: str, name: str) -> Iterator[Decision]:
    """What was decided on a record, in order."""
    for item in corrections(store, doc_id=doc_id):
        if item.action != "undo" and name in (item.record, item.placed):
            yield Decision(item.number, item.at, item.who, item.why, item.action, item.how == "undone", changes_of(item))


def changes_of(item: Correction) -> str:
    """What a correction changed, in the office's words."""
    codes = _CODES.get(item.kind, {})
    return "；".join(f"{label(item.kind, name)}：{_told(codes.get(name), value)}" for name, value in item.fields.items())


def _told(table: str | None, value: Any) -> str:
    if isinstance(value, list):
        return "、".join(str(item.get("text", "")) if isinstance(item, dict) else str(item) for item in value)
    if isinstance(value, bool):
        return word("truth", value)
    return word(table, value) if table else "—" if value is None else str(value)


def _fields(store: SqliteStore, row: Row) -> Iterator[Field]:
    codes = _CODES[row["record"]]
    shown = {
        "task": ("status", "actions", "units", "strength", "section", "clause", "part", "quantities", "deadlines"),
        "quantity": ("status", "indicator", "scope", "value", "measure", "direction", "per", "period", "level", "nature", "task"),
        "deadline": ("relation", "period", "every", "tasks"),
    }[row["record"]]
    for name in shown:
        value = row.get(name)
        if name == "value":
            yield Field(name, word("field", name), figure(row))
        elif name == "period":
            yield Field(name, word("field", name), period(row["start"], row["end"]))
        elif name in ("quantities", "deadlines", "tasks", "task"):
            ids = tuple(value if isinstance(value, list) else [value] if value else [])
            yield Field(name, word("field", name), "；".join(_text_of(store, item) for item in ids), ids)
        elif name == "actions":
            yield Field(name, word("field", name), "；".join(f"{item['verb']} {item['object']}" for item in value or ()))
        elif name == "units":
            yield Field(name, word("field", name), "；".join(map(_unit, value or ())))
        elif name == "section":
            yield Field(name, word("field", name), " › ".join(value or ()))
        else:
            yield Field(name, label(row["record"], name), word(codes.get(name, ""), value))


def _unit(unit: Row) -> str:
    full = unit["canonical"] if unit["canonical"] and unit["canonical"] != unit["text"] else None
    return f"{word('role', unit['role'])} {unit['text']}" + (f"（{full}）" if full else "")


def _text_of(store: SqliteStore, name: str) -> str:
    row = store.record(name)
    return str(row["text"]) if row else ""


def _neighbours(store: SqliteStore, row: Row, about: Row) -> Iterator[Neighbour]:
    """Figures of the same indicator in other documents of the place: for a task those of its own figures."""
    if row["record"] == "quantity":
        names = [row["indicator"]]
    else:
        names = [found["indicator"] for name in row.get("quantities", ()) if (found := store.record(name))]
    if not about["place"]:
        return
    for indicator in dict.fromkeys(name for name in names if name):
        others = store.select(
            "SELECT q.id, d.doc_id, d.title, d.year, coalesce(q.corrected, q.line) FROM quantities q"
            " JOIN documents d ON d.number = q.document WHERE q.indicator = ? AND d.place = ? AND d.doc_id <> ?"
            " AND NOT q.rejected AND d.duplicate_of IS NULL ORDER BY d.year LIMIT ?",
            indicator, about["place"], about["doc_id"], _NEIGHBOURS,
        )  # fmt: skip
        for name, doc_id, title, year, line in others:
            other = _parsed(line)
            yield Neighbour(
                name, doc_id, title or doc_id, year, word("quantity_status", other["status"]), figure(other),
                period(other["start"], other["end"]), other["text"],
            )  # fmt: skip


def _parsed(line: bytes) -> Row:
    return orjson.loads(line)  # type: ignore[no-any-return]


def missing_record() -> str:
    """What is said for a record that is not there."""
    return message("no_record")
