"""Explain: one sentence → its records and the rule behind each, as if it stood in a document of a given date, year and place.

Reads: a sentence and its context. Writes: JSON lines of the records, or lines of Chinese for reading.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.errors import ReadError
from pipeline.export.jsonl import json_lines, read_rows
from pipeline.extract import extract
from pipeline.office import office
from pipeline.read.document_warnings import message as read_message
from pipeline.read.text import normal_line_ends
from pipeline.records import Document

if TYPE_CHECKING:
    from collections.abc import Iterator

_SOURCE = "-"  # a sentence from the command line has no file, so no file name tells a place or a year


@dataclass(frozen=True, slots=True)
class Context:
    """What the document around a sentence would tell: its date (ISO), the year that it plans for, its place (full name)."""

    date: str | None = None
    year: int | None = None
    place: str | None = None


def explain_sentence(sentence: str, context: Context) -> bytes:
    """The records of ``sentence`` as JSON lines, in a document that says of itself what ``context`` says, and no more.

    Raises ReadError for a blank sentence.
    """
    if not sentence.strip():
        raise ReadError(read_message("blank", source=_SOURCE))
    year = context.year
    document = Document(
        doc_id=_SOURCE, content_id="", revision=1, source=_SOURCE, text=normal_line_ends(sentence),
        place=context.place, date=context.date, plan_year=year, review_year=None if year is None else year - 1,
    )  # fmt: skip
    return json_lines(extract(document))


def explanation(lines: bytes) -> Iterator[str]:
    """What was found, in words: a line for each record, and below it the rule that decided and how sure it is."""
    words, phrases = office()["words"], office()["explain"]
    describe = {"task": _task, "quantity": _quantity, "deadline": _deadline}
    records = read_rows(lines)[1:]
    for record in records:
        yield describe[record["record"]](record, words, phrases)
        yield phrases["rule"].format(rule=record["rule"], confidence=f"{record['confidence']:.2f}")
    if not records:
        yield office()["table"]["nothing"]


def _task(record: dict[str, Any], words: dict[str, Any], phrases: dict[str, str]) -> str:
    actions = "；".join(f"{action['verb']} {action['object']}" for action in record["actions"])
    units = "；".join(f"{words['role'][unit['role']]} {unit['text']}" for unit in record["units"])
    details = (actions or phrases["no_action"], units, words["strength"].get(record["strength"]))
    return phrases["task"].format(status=words["task_status"][record["status"]], details=_joined(details))


def _quantity(record: dict[str, Any], words: dict[str, Any], phrases: dict[str, str]) -> str:
    numbers = dict.fromkeys(_number(record[bound]) for bound in ("low", "high") if record[bound] is not None)
    value = "–".join(numbers) + (record["unit"] or "") if numbers else record["text"]
    details = (
        words["quantity_status"][record["status"]],
        words["measure"][record["measure"]] if record["measure"] != "level" else None,
        words["direction"].get(record["direction"]),
        words["per"].get(record["per"]),
        record["scope"],
        _period(record),
        phrases["masked"] if record["masked"] else None,
    )
    indicator = record["indicator"] or phrases["no_indicator"]
    comparator = words["comparator"][record["comparator"]]
    return phrases["quantity"].format(indicator=indicator, comparator=comparator, value=value, details=_joined(details))


def _deadline(record: dict[str, Any], words: dict[str, Any], phrases: dict[str, str]) -> str:
    details = (words["relation"][record["relation"]], words["every"].get(record["every"]), _period(record))
    return phrases["deadline"].format(text=record["text"], details=_joined(details))


def _joined(details: tuple[str | None, ...]) -> str:
    return "，".join(item for item in details if item)


def _period(record: dict[str, Any]) -> str:
    start, end = record["start"], record["end"]
    return f"{start or '…'} – {end or '…'}" if start or end else ""


def _number(value: float) -> str:
    """The number without a power of ten and without zeros at the end: 14020000, 5.3."""
    return f"{value:.6f}".rstrip("0").rstrip(".")
