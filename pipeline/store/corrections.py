"""What people decide on records: edits, confirmations, rejections and records of their own, kept for good.

Reads: a decision and the record that it is about. Writes: a row of ``corrections`` to which nothing is ever done again, and the records
as they hold from then on. To take a decision back is a decision, too.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_type_hints

import orjson

from pipeline import records
from pipeline.store.connection import begin
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.placement import CONTEXT, apply_corrections, unplace
from pipeline.store.record_tables import RECORD_TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store.connection import Connection
    from pipeline.store.sqlite import SqliteStore

Action = Literal["edit", "confirm", "reject", "add"]
KINDS: dict[str, type] = {"task": records.Task, "quantity": records.Quantity, "deadline": records.Deadline}
_FIXED = frozenset(("id", "doc_id", "span", "text", "rule", "confidence"))  # what ties a record to its place, and who decided
_EMPTY: dict[str, dict[str, Any]] = {  # what a record of a person's own says where the person said nothing
    "task": {
        "status": "planned", "actions": [], "responsible": [], "units": [], "strength": None, "section": [], "clause": None, "part": None,
        "quantities": [], "deadlines": [], "page": None,
    },
    "quantity": {
        "indicator": None, "scope": None, "comparator": "=", "low": None, "high": None, "unit": None, "measure": "level",
        "direction": None, "per": None, "status": "planned", "start": None, "end": None, "masked": False, "task": None, "level": "own",
        "nature": None,
    },
    "deadline": {"start": None, "end": None, "relation": "by", "every": None, "tasks": []},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Person:
    """Who decides, and why."""

    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Correction:
    """A decision as it was made. ``how`` tells where it stands: by ``id``, by its ``quote``, ``unplaced``, or ``undone``."""

    number: int
    at: str
    who: str
    why: str
    action: str
    undoes: int | None
    doc_id: str
    kind: str
    record: str
    fields: dict[str, Any]
    quote: str
    before: str
    after: str
    section: tuple[str, ...]
    clause: str | None
    how: str | None
    placed: str | None


def correct(store: SqliteStore, record: str, action: Action, person: Person, changes: dict[str, Any] | None = None) -> int:
    """Edit (with ``changes``), confirm or reject the record with this id, and give the number of the correction.

    Raises StoreError for a record that is not there, a field that its kind does not have, a value that the field cannot have.
    """
    with told_plainly(store.path), begin(store.connection):
        document, row = _find(store, record)
        _check_fields(row["record"], changes or {})
        number = _write(store.connection, document, (action, row, changes or {}), person)
        _changed(store.connection, document)
    return number


def add_record(store: SqliteStore, doc_id: str, kind: str, span: tuple[int, int], person: Person, **values: Any) -> int:
    """Add a record of a person's own on ``span`` of a document, and give the number of the correction.

    Raises StoreError for a document that is not there, a span outside of its text, a field or value that the kind does not have.
    """
    with told_plainly(store.path), begin(store.connection):
        found = store.connection.execute("SELECT number, text FROM documents WHERE doc_id = ?", (doc_id,)).fetchone()
        if not found or not 0 <= span[0] < span[1] <= len(found[1]):
            raise StoreError(message("no_place", store=store.path, document=doc_id, start=span[0], end=span[1]))
        _check_fields(kind, values)
        count = store.connection.execute("SELECT coalesce(max(number), 0) + 1 FROM corrections").get
        own = {"record": kind, "id": f"{kind[0]}p{count}", "doc_id": doc_id, "span": list(span), "text": found[1][slice(*span)]}
        number = _write(store.connection, found[0], ("add", own | _EMPTY[kind], values), person)
        _changed(store.connection, found[0])
    return number


def undo(store: SqliteStore, correction: int, person: Person) -> int:
    """Take a correction back, and give the number under which that is kept. Raises StoreError if there is none to take back."""
    with told_plainly(store.path), begin(store.connection):
        found = store.connection.execute(
            "SELECT doc_id, kind, record, line, quote, before, after, section, clause FROM corrections"
            " WHERE number = ? AND action <> 'undo' AND number NOT IN (SELECT undoes FROM corrections WHERE undoes IS NOT NULL)",
            (correction,),
        ).fetchone()
        if not found:
            raise StoreError(message("no_correction", store=store.path, number=correction))
        doc_id, kind, record, *rest = found
        values = (_now(), person.who, person.why, "undo", correction, doc_id, kind, record, "{}", *rest)
        number = _insert(store.connection, values)
        store.connection.execute("DELETE FROM placements WHERE correction = ?", (correction,))
        document = store.connection.execute("SELECT number FROM documents WHERE doc_id = ?", (doc_id,)).get
        if document is not None:
            _changed(store.connection, document)
    return number


def corrections(store: SqliteStore, *, doc_id: str | None = None, unplaced: bool = False) -> Iterator[Correction]:
    """All corrections in the order in which they were made; those of one document; those that have no place at present."""
    with told_plainly(store.path):
        for row in store.connection.execute(_LIST, {"doc_id": doc_id, "unplaced": unplaced}):
            values = list(row)
            values[9], values[13] = orjson.loads(row[9]), tuple(orjson.loads(row[13]))
            yield Correction(*values)


_LIST = """
SELECT c.number, c.at, c.who, c.why, c.action, c.undoes, c.doc_id, c.kind, c.record, c.fields, c.quote, c.before, c.after, c.section,
  c.clause, CASE WHEN u.number IS NOT NULL THEN 'undone' ELSE p.how END, p.record
FROM corrections c LEFT JOIN placements p ON p.correction = c.number LEFT JOIN corrections u ON u.undoes = c.number
WHERE (:doc_id IS NULL OR c.doc_id = :doc_id) AND (NOT :unplaced OR (p.how = 'unplaced' AND u.number IS NULL))
ORDER BY c.number
"""


def find_record(store: SqliteStore, wanted: str) -> str:
    """The id of the one record that ``wanted`` names: by its id, or by its exact words. Raises StoreError for none and for several."""
    found = []
    for table in RECORD_TABLES.values():
        found += store.select(f"SELECT id FROM {table} WHERE id = ?", wanted)
        found += store.select(
            f"SELECT t.id FROM {table} t JOIN documents d ON d.number = t.document"
            " WHERE substr(d.text, t.start + 1, t.end - t.start) = ?", wanted,
        )  # fmt: skip
    names = sorted({name for (name,) in found})
    if len(names) != 1:
        told = "several_records" if names else "no_record"
        raise StoreError(message(told, store=store.path, record=wanted, ids=" ".join(names)))
    return str(names[0])


def correct_named(store: SqliteStore, wanted: str, action: Action, person: Person, settings: list[str]) -> int:
    """``correct`` for the record that ``wanted`` names by id or words; ``settings`` are FIELD=VALUE, the value as JSON or as it is."""
    changes = {}
    for setting in settings:
        name, sign, value = setting.partition("=")
        if not sign:
            raise StoreError(message("no_setting", setting=setting))
        try:
            changes[name] = orjson.loads(value)
        except orjson.JSONDecodeError:
            changes[name] = value
    return correct(store, find_record(store, wanted), action, person, changes)


def told(store: SqliteStore, *, unplaced: bool, json: bool) -> Iterator[str]:
    """A line for each correction, for reading or as JSON."""
    count = 0
    for count, item in enumerate(corrections(store, unplaced=unplaced), start=1):  # noqa: B007 - told after the last one
        if json:
            yield orjson.dumps(item).decode()
            continue
        changed = "；".join(f"{name}={orjson.dumps(value).decode()}" for name, value in item.fields.items())
        words = {"action": message(f"action_{item.action}"), "how": message(f"how_{item.how}") if item.how else ""}
        yield message(
            "correction", number=item.number, at=item.at[:16], who=item.who, quote=item.quote, fields=changed, why=item.why, **words
        ).rstrip()
    if not count and not json:
        yield message("no_corrections")


def _find(store: SqliteStore, record: str) -> tuple[int, dict[str, Any]]:
    for table in RECORD_TABLES.values():
        found = store.select(f"SELECT document, coalesce(corrected, line) FROM {table} WHERE id = ?", record)
        if found:
            return int(found[0][0]), orjson.loads(found[0][1])
    raise StoreError(message("no_record", store=store.path, record=record))


def _write(connection: Connection, document: int, decision: tuple[str, dict[str, Any], dict[str, Any]], person: Person) -> int:
    action, row, changes = decision
    doc_id, text = connection.execute("SELECT doc_id, text FROM documents WHERE number = ?", (document,)).fetchone()
    start, end = row["span"]
    section, clause = row.get("section"), row.get("clause")
    if section is None:  # of a figure or a deadline: that of the sentence round it
        line = connection.execute(
            "SELECT coalesce(corrected, line) FROM tasks WHERE document = ? AND start <= ? AND end >= ? LIMIT 1", (document, start, end)
        ).get
        task = orjson.loads(line) if line else {"section": [], "clause": None}
        section, clause = task["section"], task["clause"]
    return _insert(
        connection,
        (
            _now(), person.who, person.why, action, None, doc_id, row["record"], row["id"], orjson.dumps(changes).decode(),
            orjson.dumps(row | changes), row["text"], text[max(0, start - CONTEXT) : start], text[end : end + CONTEXT],
            orjson.dumps(section).decode(), clause,
        ),
    )  # fmt: skip


def _insert(connection: Connection, values: tuple[Any, ...]) -> int:
    connection.execute(
        "INSERT INTO corrections (at, who, why, action, undoes, doc_id, kind, record, fields, line, quote, before, after, section, clause)"
        " VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", values,
    )  # fmt: skip
    return int(connection.last_insert_rowid())


def _changed(connection: Connection, document: int) -> None:
    copy_of, doc_id = connection.execute("SELECT duplicate_of, doc_id FROM documents WHERE number = ?", (document,)).fetchone()
    if copy_of is None:
        apply_corrections(connection, document)
    else:
        unplace(connection, doc_id)
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")


def _check_fields(kind: str, changes: dict[str, Any]) -> None:
    allowed = _allowed(kind)
    for name, value in changes.items():
        if name not in allowed:
            raise StoreError(message("no_field", kind=kind, field=name, fields=" ".join(sorted(allowed))))
        if not allowed[name](value):
            raise StoreError(message("bad_value", kind=kind, field=name, value=orjson.dumps(value).decode()))


@cache
def _allowed(kind: str) -> dict[str, Any]:
    """For each field that a person may set a function that tells whether a value fits it."""
    if kind not in KINDS:
        raise StoreError(message("no_kind", kind=kind, kinds=" ".join(KINDS)))
    hints = get_type_hints(KINDS[kind])
    return {field.name: _fits(hints[field.name]) for field in fields(KINDS[kind]) if field.name not in _FIXED}


def _fits(hint: Any) -> Any:
    """A function that tells whether a value of JSON can stand where ``hint`` is asked for."""
    if hint is None or hint is type(None):
        return lambda value: value is None
    arguments = get_args(hint)
    origin = getattr(hint, "__origin__", None)
    if origin is Literal:
        return lambda value: value in arguments
    if origin is tuple:
        inner = _fits(arguments[0])
        return lambda value: isinstance(value, list) and all(map(inner, value))
    if arguments:  # a union
        choices = [_fits(argument) for argument in arguments]
        return lambda value: any(choice(value) for choice in choices)
    if hasattr(hint, "__dataclass_fields__"):
        inner_hints = {name: _fits(kind) for name, kind in get_type_hints(hint).items()}
        return lambda value: (
            isinstance(value, dict) and value.keys() == inner_hints.keys() and all(inner_hints[name](value[name]) for name in value)
        )
    if hint in (int, float):
        return lambda value: isinstance(value, (int, float)) and not isinstance(value, bool)
    return lambda value: isinstance(value, hint)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
