"""Gold documents from what a team has annotated, in the format of ``corpus/gold``.

Reads: ``Sheet``. Writes: a gold document, and lines on what a person must still fill in.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from pipeline.annotation.sheet import VALUE, Mark, Row, Sheet, message
from pipeline.extract.figures import find_figures
from pipeline.read import document_from_text
from pipeline.segment import segment

_META = ("title", "issuer", "doc_number", "date", "doc_type", "plan_year", "review_year", "place")
_QUANTITY = (
    "indicator", "scope", "comparator", "low", "high", "unit", "measure", "direction", "per", "status", "start", "end", "masked",
)  # fmt: skip
_DEADLINE = ("start", "end", "relation")


@dataclass(frozen=True, slots=True)
class Gold:
    """A gold document, and what is to be looked at before it is used as one."""

    document: Row
    problems: tuple[str, ...]


def gold_of(sheet: Sheet) -> Gold:
    """The gold document of a sheet. Sentences that bear no mark are ``other``; fields that no mark shows are those of the records.

    A figure that a person marked gets the value that its words say, without an indicator; each is told in ``problems``.
    """
    problems = list(sheet.problems)
    sentences = _sentences(sheet, problems)
    quantities = [row for mark in sheet.marks if mark.kind == "quantity" for row in _quantities(sheet, mark, problems)]
    deadlines = [row for mark in sheet.marks if mark.kind == "deadline" for row in _deadlines(sheet, mark)]
    about = {name: value for name, value in sheet.about.items() if name != "others"}
    if "meta" not in about:
        about = _head(sheet)
    document = {**about, "text": sheet.text, "sentences": sentences, "quantities": quantities, "deadlines": deadlines}
    return Gold(document, tuple(problems))


def _head(sheet: Sheet) -> Row:
    source = sheet.about.get("source") or f"{sheet.name}.txt"
    document = document_from_text(sheet.text, source, allow_marked=True)
    name = PurePath(source)
    return {
        "id": name.stem, "title": document.title, "date": document.date, "place": document.place,
        "meta": {field: getattr(document, field) for field in _META}, "source_id": name.name,
    }  # fmt: skip


def _sentences(sheet: Sheet, problems: list[str]) -> list[Row]:
    marked = {mark.span: mark for mark in sheet.marks if mark.kind == "sentence"}
    others = {(row["start"], row["end"]): row for row in sheet.about.get("others", ())}
    rows = []
    for span in _cut(sheet, set(marked) | set(others)):
        mark = marked.pop(span, None)
        if mark is None:
            rows.append(others.get(span) or _sentence(span, "other"))
        else:
            known = mark.rows[0] if mark.rows else {}
            rows.append(known if known.get("label") == mark.value else {**_sentence(span, mark.value), **_kept(known)})
    problems += [message("no_sentences", document=sheet.name, quote=sheet.text[slice(*span)]) for span in marked]
    return rows


def _cut(sheet: Sheet, known: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """The sentences of the text: those of the gold document that it comes from, else as they are cut."""
    if sheet.about.get("others") is not None:
        shown = {mark.span for mark in sheet.shown if mark.kind == "sentence"}
        return sorted(shown | {span for span in known if span not in shown and not any(a < span[1] and span[0] < b for a, b in shown)})
    document = document_from_text(sheet.text, sheet.name, allow_marked=True)
    return [sentence.span for sentence in segment(document).sentences]


def _sentence(span: tuple[int, int], label: str) -> Row:
    return {"start": span[0], "end": span[1], "label": label, "actions": [], "responsible": []}


def _kept(row: Row) -> Row:
    """Actions and units of the record that a sentence was shown with."""
    actions = [[item["verb"], item["object"]] if isinstance(item, dict) else item for item in row.get("actions", ())]
    return {"actions": actions, "responsible": list(row.get("responsible", ()))}


def _quantities(sheet: Sheet, mark: Mark, problems: list[str]) -> list[Row]:
    quote = sheet.text[slice(*mark.span)]
    if not mark.rows:
        problems.append(message("no_value", document=sheet.name, quote=quote))
    return [_row(row, mark, quote, _QUANTITY) for row in mark.rows or (new_quantity(quote),)]


def _deadlines(sheet: Sheet, mark: Mark) -> list[Row]:
    quote = sheet.text[slice(*mark.span)]
    return [_row(row, mark, quote, _DEADLINE) for row in mark.rows or ({"start": None, "end": None},)]


def _row(row: Row, mark: Mark, quote: str, fields: tuple[str, ...]) -> Row:
    value = VALUE[mark.kind]
    if "quote" in row:  # a gold row
        return row if row[value] == mark.value else {**row, value: mark.value}
    return {"span": list(mark.span), "quote": quote} | {name: row.get(name) for name in fields} | {value: mark.value}


def new_quantity(quote: str) -> dict[str, Any]:
    """What a figure says by itself, where one reads in ``quote``; else nothing but its place."""
    figures = find_figures(quote)
    found: dict[str, Any] = {"comparator": "=", "low": None, "high": None, "unit": None, "measure": "level", "masked": False}
    if len(figures) == 1:
        figure = figures[0]
        found |= {"comparator": figure.comparator, "low": figure.low, "high": figure.high, "unit": figure.unit, "masked": figure.masked}
    return found
