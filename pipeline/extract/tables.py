"""Read the records of tables: a task for each row, with the units, deadlines and figures of its columns.

Reads: Document, Outline, Judgements and keys of the sentences. Writes: ``Tabular``, which the ordinary stages are given in place of the
judgements of those rows, and whose records stand beside theirs.

A row of a table of indicators is one sentence: planned where a cell states a target, achieved where cells state results only. In a
table of tasks the cells that tell what is to be done are planned, those that tell what was done are achieved (guidelines §1); the
other cells of the row say who, until when and how much. A row of which nothing is read is left to the ordinary stages.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.extract.identity import quantity_id, task_id
from pipeline.extract.table_rows import RowReader
from pipeline.extract.table_units import UNIT_ROLES, deadlines_of_row, units_of_row
from pipeline.read.table_headers import kind_of, roles_of
from pipeline.records import Judgement
from pipeline.rulebook import load_rules
from pipeline.segment.tables import TOLD, table_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.sentence_times import SentenceTimes
    from pipeline.extract.table_names import Name
    from pipeline.records import Deadline, Document, Label, Outline, Quantity, Span, Table, Unit

_CONFIDENCE = 0.95
_SILENT = Judgement("heading", "table", 1.0)  # the ordinary stages find nothing in a heading
_LONGEST_NAME = 24  # code points; a longer cell says what is to be done and not only what it is called


@dataclass(slots=True)
class Tabular:
    """What the tables of a document give, sentence by sentence; empty for a document without tables."""

    judgements: list[Judgement]  # of all sentences
    ordinary: list[Judgement]  # the same, where the ordinary stages are to find nothing as headings
    units: dict[int, tuple[Unit, ...]] = field(default_factory=dict)
    quantities: list[Quantity] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    governed: dict[int, tuple[int, ...]] = field(default_factory=dict)  # the tasks that a cell of a deadline or an amount belongs to
    due: dict[int, Deadline] = field(default_factory=dict)  # of the sentences whose row has one

    def all_units(self, found: Sequence[tuple[Unit, ...]], outline: Outline, text: str) -> Sequence[tuple[Unit, ...]]:
        """Units found in sentences together with those of the columns."""
        if not self.units:
            return found
        whole = list(found)
        for number, named in self.units.items():
            start, end = outline.sentences[number].span
            columns = {unit.text for unit in named}
            own = [unit for unit in found[number] if unit.text not in columns and text.find(unit.text, start, end) >= 0]
            whole[number] = (*own, *named)
        return whole

    def all_quantities(self, found: Sequence[Quantity], outline: Outline, times: Sequence[SentenceTimes]) -> Sequence[Quantity]:
        """Quantities found in sentences, due when their row is where they name no time, together with those of the columns."""
        if not self.quantities and not self.due:
            return found
        starts = [sentence.span[0] for sentence in outline.sentences]
        settled = []
        for quantity in found:
            number = bisect_right(starts, quantity.span[0]) - 1
            due = self.due.get(number)
            dated = due is not None and quantity.status == "planned" and not times[number].mentions and due.end
            settled.append(replace(quantity, start=due.start, end=due.end) if due and dated else quantity)
        return sorted([*settled, *self.quantities], key=lambda quantity: quantity.span)

    def all_deadlines(self, found: Sequence[Deadline]) -> Sequence[Deadline]:
        """Deadlines found in sentences together with those of the columns, in text order."""
        return sorted([*found, *self.deadlines], key=lambda deadline: deadline.span) if self.deadlines else found


def read_tables(document: Document, outline: Outline, judgements: Sequence[Judgement], keys: Sequence[str]) -> Tabular:
    """What the tables of ``document`` give; for each sentence of the outline one judgement and one key."""
    tabular = Tabular(list(judgements), list(judgements))
    starts = [sentence.span[0] for sentence in outline.sentences]
    for table in document.tables:
        kind = kind_of(table)
        if kind == "other":
            continue
        reader = RowReader.of(document, table)
        for (line, row), name in zip(table_lines(document.text, table), reader.names(), strict=True):
            numbers = range(bisect_left(starts, line[0]), bisect_left(starts, line[1]))
            place = _Row(document, outline, reader, table, row, name, numbers, keys)
            if numbers and kind == "tasks":
                _read_tasks(place, tabular)
            elif numbers:
                _read_figures(place, tabular)
    return tabular


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of a table with its sentences."""

    document: Document
    outline: Outline
    reader: RowReader
    table: Table
    row: tuple[Span, ...]
    name: Name
    numbers: range
    keys: Sequence[str]

    def sentence_at(self, position: int) -> int:
        """The sentence of the row in which the character stands."""
        return next((n for n in reversed(self.numbers) if self.outline.sentences[n].span[0] <= position), self.numbers[0])


def _read_figures(place: _Row, tabular: Tabular) -> None:
    """A row of figures: one sentence, one task."""
    number, label = place.numbers[0], place.reader.states(place.row)
    found = list(place.reader.quantities(place.row, place.name))
    if label is None and not found:
        return
    told: Label = label or "other"
    _judge(tabular, number, told, "targets" if label == "planned" else "results", ordinary=_SILENT)
    task = task_id(place.keys[number]) if label else None
    tabular.quantities += [replace(quantity, id=quantity_id(place.keys[number], i), task=task) for i, quantity in enumerate(found, 1)]
    if label:
        tabular.units[number] = units_of_row(place.document, place.table.columns, place.row)
        if label == "planned":
            tabular.deadlines += deadlines_of_row(place.document, place.table.columns, place.row)


def _read_tasks(place: _Row, tabular: Tabular) -> None:
    """A row of a table of tasks: the cells that tell are tasks, the others say who, until when and how much."""
    labels = _labels(place, tabular.judgements)
    tasks = tuple(number for number, label in labels.items() if label in ("planned", "achieved", "problem"))
    planned = tuple(number for number in tasks if labels[number] == "planned")
    for number in place.numbers:
        label = labels[number]
        ordinary = Judgement(label, "table:cell", _CONFIDENCE) if number in tasks else _SILENT
        _judge(tabular, number, label, "cell", ordinary=ordinary)
    units = units_of_row(place.document, place.table.columns, place.row)
    deadlines = list(deadlines_of_row(place.document, place.table.columns, place.row))
    for number in planned:
        tabular.units[number] = units
        if len(deadlines) == 1:
            tabular.due[number] = deadlines[0]
    if planned:
        tabular.deadlines += deadlines
        for deadline in deadlines:
            tabular.governed[place.sentence_at(deadline.span[0])] = planned
    _read_amounts(place, tabular, planned or tasks, deadlines[0] if len(deadlines) == 1 else None)


def _read_amounts(place: _Row, tabular: Tabular, tasks: tuple[int, ...], due: Deadline | None) -> None:
    """Figures in columns of their own beside tasks: 总投资（万元）, which without a year is for the time of the whole task."""
    task = task_id(place.keys[tasks[0]]) if tasks else None
    count: dict[int, int] = {}
    for quantity in place.reader.quantities(place.row, place.name):
        number = place.sentence_at(quantity.span[0])
        count[number] = count.get(number, 0) + 1
        column = place.reader.column_of(quantity, place.row)
        if column and not column.dated:
            if due and due.end:
                quantity = replace(quantity, start=due.start, end=due.end)
            elif load_rules("tables")["whole-cost"].search(column.header):
                quantity = replace(quantity, start=None, end=None)
        tabular.quantities.append(replace(quantity, id=quantity_id(place.keys[number], count[number]), task=task))
        if tasks:
            tabular.governed[number] = tasks[:1]


def _labels(place: _Row, judgements: Sequence[Judgement]) -> dict[int, Label]:
    """What each sentence of a row of tasks is."""
    text, columns = place.document.text, place.table.columns
    roles: dict[int, str | None] = {}
    for told_by, (start, end) in zip(roles_of(columns), place.row, strict=True):
        for number in place.numbers:
            a, b = place.outline.sentences[number].span
            if start <= a and b <= end:
                roles[number] = told_by
    done = load_rules("tables")["caption-actual"].search(place.table.caption or "") and "progress" not in roles_of(columns)
    told = any(role == "measures" for role in roles.values())
    single = _is_title(place)
    labels: dict[int, Label] = {}
    for number in place.numbers:
        role = roles.get(number)
        a, b = place.outline.sentences[number].span
        if role in TOLD and not single and not load_rules("tables")["empty-cell"].search(text[a:b]):
            labels[number] = _told(role, text[a:b], judgements[number].label, named=told, done=bool(done))
        else:
            labels[number] = "attribution" if role in UNIT_ROLES else "heading" if role is None or role in TOLD else "other"
    return labels


def _is_title(place: _Row) -> bool:
    """Whether a row of one short cell, beside its number, is a title between the rows: columns of units stand empty."""
    filled = [(role, span) for role, span in zip(roles_of(place.table.columns), place.row, strict=True) if span[0] < span[1]]
    others = [span for role, span in filled if role != "number"]
    if len(others) != 1:
        return False
    content = place.document.text[others[0][0] : others[0][1]]
    named = bool(UNIT_ROLES.keys() & set(roles_of(place.table.columns)))
    return len(filled) == 1 or (named and len(content) <= _LONGEST_NAME and not any(character.isdigit() for character in content))


def _told(role: str, body: str, judged: Label, *, named: bool, done: bool) -> Label:
    """What a cell in sentences is: by its column, and by its own words where the column leaves it open."""
    if role == "problem":
        return "problem"
    if role == "progress":
        return judged if judged in ("planned", "problem") else "achieved"
    if role == "task" and named and len(body) <= _LONGEST_NAME and not body.endswith("。"):
        return "heading"
    if judged == "attribution":
        return "attribution"
    return "achieved" if done else "planned"


def _judge(tabular: Tabular, number: int, label: Label, rule: str, *, ordinary: Judgement) -> None:
    tabular.judgements[number] = Judgement(label, f"table:{rule}", _CONFIDENCE)
    tabular.ordinary[number] = ordinary
