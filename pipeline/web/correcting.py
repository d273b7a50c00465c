"""What a person writes into the form of a record, as values of its fields.

Reads: forms, a record. Writes: changes as ``corrections.correct`` takes them; ``CorrectingError`` in the office's words.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.errors import PipelineError
from pipeline.web.words import message

if TYPE_CHECKING:
    from starlette.datastructures import FormData

    Row = dict[str, Any]

_FIELDS = {
    "task": ("status", "strength", "responsible"),
    "quantity": ("indicator", "scope", "comparator", "low", "high", "unit", "measure", "status", "start", "end"),
    "deadline": ("relation", "start", "end"),
}
_LONGEST_FIELD = 200
_BETWEEN = re.compile(r"[、；;\n]")
_SPAN = re.compile(r"(\d{1,8})-(\d{1,8})")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class CorrectingError(PipelineError):
    """What was written into a form cannot be a value of its field."""


def edited_fields(row: Row, form: FormData) -> Row:
    """The fields that a form changes, with their values."""
    changes: Row = {}
    for name in _FIELDS[row["record"]]:
        if name not in form:
            continue
        value = _value(name, str(form[name]).strip()[:_LONGEST_FIELD])
        if value != row.get(name):
            changes[name] = value
    if "responsible" in changes:
        changes["units"] = _units(row["units"], changes["responsible"])
    return changes


def added_fields(kind: str, quote: str, form: FormData) -> Row:
    """The fields of a record of a person's own on ``quote``: what the words say by themselves, then what the form says."""
    fields: Row = {}
    if kind == "quantity":
        from pipeline.annotation.gold import new_quantity

        fields = {name: value for name, value in new_quantity(quote).items() if value is not None}
    given = {"task": "task_status", "quantity": "quantity_status", "deadline": "relation"}[kind]
    if form.get(given):
        fields["relation" if kind == "deadline" else "status"] = str(form[given])
    for name in ("indicator", "start", "end"):
        if name in _FIELDS[kind] and str(form.get(f"own_{name}", "")).strip():
            fields[name] = _value(name, str(form[f"own_{name}"]).strip()[:_LONGEST_FIELD])
    return fields


def place_of_quote(text: str, quote: str, place: str) -> tuple[int, int]:
    """Where the words of a form stand in the text: at the place that was selected, or else at the only one where they stand.

    Raises CorrectingError for no words, for words that the text does not have, and for words that it has several times.
    """
    words = "".join(quote.split())
    if not words:
        raise CorrectingError(message("empty_quote"))
    match = _SPAN.fullmatch(place.strip())
    if match:
        start, end = int(match[1]), int(match[2])
        if "".join(text[start:end].split()) == words:
            return _trimmed(text, start, end)
    kept = [at for at, character in enumerate(text) if not character.isspace()]
    squeezed = "".join(text[at] for at in kept)
    found = [hit.start() for hit in re.finditer(f"(?={re.escape(words)})", squeezed)]
    if len(found) != 1:
        raise CorrectingError(message("several_quotes", count=len(found)) if found else message("no_quote"))
    return kept[found[0]], kept[found[0] + len(words) - 1] + 1


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while text[start].isspace():
        start += 1
    while text[end - 1].isspace():
        end -= 1
    return start, end


def _value(name: str, text: str) -> Any:
    if name == "responsible":
        return [part.strip() for part in _BETWEEN.split(text) if part.strip()]
    if not text:
        return None
    if name in ("low", "high"):
        return _number(text)
    if name in ("start", "end"):
        return day(text)
    return text


def _number(text: str) -> float | int:
    try:
        value = float(text.replace(",", "").replace("，", ""))
    except ValueError as error:
        raise CorrectingError(message("bad_number", value=text)) from error
    if value != value or value in (float("inf"), float("-inf")):
        raise CorrectingError(message("bad_number", value=text))
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def day(text: str) -> str:
    """A day as ISO writes it. Raises CorrectingError for anything else."""
    try:
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise CorrectingError(message("bad_date", value=text)) from error


def _units(known: list[Row], names: list[str]) -> list[Row]:
    """A unit for each name; one that was there keeps what is known of it."""
    before = {unit["text"]: unit for unit in known}
    return [before.get(name, {"text": name, "canonical": None, "role": "actor", "basis": "sentence"}) for name in names]
