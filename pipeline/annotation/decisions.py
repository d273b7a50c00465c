"""What a team decided about the records of a store: its marks beside the records that it was shown.

Reads: ``Sheet``, a store. Writes: ``Decision`` rows, and with ``apply_decisions`` the store's corrections.

A mark that was left is nothing to say; one with another label edits its records, one that is gone rejects them, a further one adds a
record. Where the text has changed since, a decision goes by its words, if they stand in the text exactly once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.annotation.gold import new_quantity
from pipeline.annotation.sheet import Mark, Row, Sheet, message, paired

if TYPE_CHECKING:
    from pipeline.records import Span
    from pipeline.store import SqliteStore
    from pipeline.store.corrections import Person

_RECORD = {"sentence": "task", "quantity": "quantity", "deadline": "deadline"}
_FIELD = {"sentence": "status", "quantity": "status", "deadline": "relation"}
_TASKS = ("planned", "achieved", "problem")


@dataclass(frozen=True, slots=True)
class Decision:
    """One thing that people decided. ``record`` is the id that it is about, None for a record of their own on ``span``."""

    action: Literal["edit", "reject", "add"]
    doc_id: str
    kind: str
    span: Span
    quote: str
    record: str | None
    fields: Row


@dataclass(frozen=True, slots=True)
class Outcome:
    """What can be done in this store, what cannot be placed any more, and a line on each thing that a person must know."""

    decisions: tuple[Decision, ...]
    unplaced: tuple[Decision, ...]
    problems: tuple[str, ...]


def decisions_of(sheet: Sheet, store: SqliteStore) -> Outcome:
    """What the sheet says about the records of ``store``; nothing is written."""
    found = tuple(_decided(sheet))
    document = store.document(sheet.name)
    if document is None:
        told = (message("no_document", document=sheet.name, count=len(found)),) if found else ()
        return Outcome((), found, (*sheet.problems, *told))
    if document.text == sheet.text:
        return Outcome(found, (), sheet.problems)
    placed: list[Decision] = []
    lost: list[Decision] = []
    for decision in found:
        again = _again(decision, document.text, store)
        (lost if again is None else placed).append(again or decision)
    problems = [message("changed", document=sheet.name, placed=len(placed), lost=len(lost))] if found else []
    problems += [message("lost", document=sheet.name, quote=decision.quote) for decision in lost]
    return Outcome(tuple(placed), tuple(lost), (*sheet.problems, *problems))


def apply_decisions(outcome: Outcome, store: SqliteStore, person: Person) -> int:
    """Write the decisions as corrections of ``person``, and give their number. Raises StoreError as ``corrections.correct`` does."""
    from pipeline.store.corrections import add_record, correct

    for decision in outcome.decisions:
        if decision.record is None:
            add_record(store, decision.doc_id, decision.kind, decision.span, person, **decision.fields)
        elif decision.action == "edit":
            correct(store, decision.record, "edit", person, decision.fields)
        else:
            correct(store, decision.record, "reject", person)
    return len(outcome.decisions)


def _decided(sheet: Sheet) -> list[Decision]:
    decisions: list[Decision] = []
    for shown, mark in paired(sheet.shown, sheet.marks):
        if shown is not None and shown.rows:
            decisions += _changed(sheet, shown, mark)
        elif mark is not None and _is_record(mark):
            decisions.append(_decision(sheet, "add", mark, None, _new_fields(sheet, mark)))
    return decisions


def _changed(sheet: Sheet, shown: Mark, mark: Mark | None) -> list[Decision]:
    """What became of the records of a mark that has another label now, or is gone."""
    records = [row["id"] for row in shown.rows if "id" in row]
    if mark is None or not _is_record(mark):
        return [_decision(sheet, "reject", shown, record, {}) for record in records]
    return [_decision(sheet, "edit", shown, record, {_FIELD[mark.kind]: mark.value}) for record in records]


def _is_record(mark: Mark) -> bool:
    return mark.kind != "sentence" or mark.value in _TASKS


def _new_fields(sheet: Sheet, mark: Mark) -> dict[str, Any]:
    own = new_quantity(sheet.text[slice(*mark.span)]) if mark.kind == "quantity" else {}
    return {**own, _FIELD[mark.kind]: mark.value}


def _decision(sheet: Sheet, action: Literal["edit", "reject", "add"], mark: Mark, record: str | None, fields: Row) -> Decision:
    return Decision(action, sheet.name, _RECORD[mark.kind], mark.span, sheet.text[slice(*mark.span)], record, fields)


def _again(decision: Decision, text: str, store: SqliteStore) -> Decision | None:
    """The decision in the present text: its record is still there with these words, or its words stand there exactly once."""
    if decision.record is not None:
        row = store.record(decision.record)
        return decision if row is not None and row["text"] == decision.quote else None
    at = text.find(decision.quote)
    if at < 0 or text.find(decision.quote, at + 1) >= 0:
        return None
    return Decision(
        decision.action, decision.doc_id, decision.kind, (at, at + len(decision.quote)), decision.quote, decision.record, decision.fields
    )
