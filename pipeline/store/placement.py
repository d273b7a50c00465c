"""Bring people's decisions back to the records that they are about, also after a revision or another version of the program.

Reads: corrections, the records and text of a document. Writes: where each correction applies now, and records with corrections in them.

A correction is about the record of its id, as long as that still has the same words. Else about the record that has the same words in
the same surroundings, or, where the machine no longer finds one, about the same words themselves: what a person confirmed or wrote
stays a record. Else it is unplaced: kept, listed, and tried again at the next revision.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.store.content import renew_facts
from pipeline.store.record_tables import StoredRecord, next_record, read_records, remove_record, replace_record

if TYPE_CHECKING:
    from pipeline.store.connection import Connection

CONTEXT = 40  # characters kept before and after the words of a record
_ENOUGH = 12  # characters of context in common that make a place the same; as many as make a quotation recognisable
_ADDED = 1_000_000  # position of records that a person added: after those of the machine
RULE = "correction"  # the rule of a record that a person decided on


@dataclass(frozen=True, slots=True)
class Decision:
    """A correction that holds: one that was not undone."""

    number: int
    at: str
    who: str
    why: str
    action: str
    kind: str
    record: str
    fields: dict[str, Any]
    line: bytes
    quote: str
    before: str
    after: str
    section: tuple[str, ...]


def apply_corrections(connection: Connection, document: int) -> None:
    """Place every correction of the document with this number and write the records that they change; the caller holds the transaction."""
    doc_id, text = connection.execute("SELECT doc_id, text FROM documents WHERE number = ?", (document,)).fetchone()
    if not connection.execute("SELECT 1 FROM corrections WHERE doc_id = ? LIMIT 1", (doc_id,)).get:
        return
    decisions = _decisions(connection, doc_id)
    machine = _as_the_machine_left_them(connection, read_records(connection, document))
    by_record: dict[str, list[Decision]] = {}
    for decision in decisions:
        name, how, record = _place(decision, text, machine)
        if record is not None and record.row["id"] not in machine:
            record = replace(record, number=next_record(connection, decision.kind), document=document)
            replace_record(connection, record)
            machine[record.row["id"]] = record
        connection.execute("INSERT OR REPLACE INTO placements VALUES (?,?,?)", (decision.number, name, how))
        if name is not None and name in machine:
            by_record.setdefault(name, []).append(decision)
    for name, own in by_record.items():
        replace_record(connection, _decided(machine[name], own))
    renew_facts(connection, document)


def unplace(connection: Connection, doc_id: str) -> None:
    """List every correction of a document as unplaced: its content is not in the store for the time being."""
    connection.execute(
        "INSERT OR REPLACE INTO placements SELECT number, NULL, 'unplaced' FROM corrections WHERE doc_id = ? AND action <> 'undo'",
        (doc_id,),
    )


def _decisions(connection: Connection, doc_id: str) -> list[Decision]:
    rows = connection.execute(
        "SELECT number, at, who, why, action, kind, record, fields, line, quote, before, after, section FROM corrections"
        " WHERE doc_id = ?1 AND action <> 'undo' AND number NOT IN (SELECT undoes FROM corrections WHERE undoes IS NOT NULL)"
        " ORDER BY number",
        (doc_id,),
    ).fetchall()
    return [_decision(*row) for row in rows]


def _decision(*row: Any) -> Decision:
    *names, changes, line, quote, before, after, section = row
    number, at, who, why, action, kind, record = names
    headings = tuple(orjson.loads(section))
    return Decision(number, at, who, why, action, kind, record, orjson.loads(changes), line, quote, before, after, headings)


def _as_the_machine_left_them(connection: Connection, records: list[StoredRecord]) -> dict[str, StoredRecord]:
    """The records by id, without any person's decision in them: those that only a person made are taken out."""
    machine = {}
    for record in records:
        if not record.line:
            remove_record(connection, record)
            continue
        if record.corrected:
            record = replace(record, row=orjson.loads(record.line), corrected=None, rejected=False)
            replace_record(connection, record)
        machine[record.row["id"]] = record
    return machine


def _place(decision: Decision, text: str, machine: dict[str, StoredRecord]) -> tuple[str | None, str, StoredRecord | None]:
    """The id of the record that a decision is about, how it was found, and the record; a new one where the machine has none."""
    same = machine.get(decision.record)
    if same is not None and same.row["record"] == decision.kind and same.row["text"] == decision.quote:
        return decision.record, "id", same
    start = _find_quote(decision, text, machine)
    if start is None:
        return None, "unplaced", None
    span = [start, start + len(decision.quote)]
    for record in machine.values():
        if record.row["record"] == decision.kind and list(record.row["span"]) == span:
            return str(record.row["id"]), "quote", record
    if decision.action == "reject":
        return None, "quote", None  # the machine finds it no more, either
    row = orjson.loads(decision.line) | {"span": span}
    if row["id"] in machine:  # the id now names other words
        row["id"] = f"{row['id']}-{decision.number}"
    return str(row["id"]), "quote", StoredRecord(0, 0, _ADDED + decision.number, row, b"", orjson.dumps(row))


def _find_quote(decision: Decision, text: str, machine: dict[str, StoredRecord]) -> int | None:
    """Where the words of a decision stand now: the place with most of its surroundings, in its section where that is known."""
    sections = {record.row["span"][0]: tuple(record.row["section"]) for record in machine.values() if record.row["record"] == "task"}
    best: tuple[int, int] | None = None
    start = text.find(decision.quote)
    while start >= 0:
        end = start + len(decision.quote)
        before = _in_common(decision.before[::-1], text[max(0, start - CONTEXT) : start][::-1])
        after = _in_common(decision.after, text[end : end + CONTEXT])
        known = before + after
        if known >= min(_ENOUGH, len(decision.before) + len(decision.after)) or (
            decision.section and sections.get(start) == decision.section and text.count(decision.quote) == 1
        ):
            best = max(best or (-1, 0), (known, -start))
        start = text.find(decision.quote, start + 1)
    return None if best is None else -best[1]


def _in_common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    return next((place for place, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))


def _decided(record: StoredRecord, decisions: list[Decision]) -> StoredRecord:
    """The record with all decisions in it, in the order in which they were made."""
    row, rejected = dict(record.row), False
    for decision in decisions:
        rejected = decision.action == "reject"
        row |= decision.fields
        row |= {"rule": RULE, "confidence": 1.0}
        row["reviewed"] = {"action": decision.action, "who": decision.who, "at": decision.at, "why": decision.why}
    return replace(record, row=row, corrected=orjson.dumps(row), rejected=rejected)
