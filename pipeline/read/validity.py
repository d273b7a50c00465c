"""From when to when a document is in force, judged only by what it says of itself.

Reads: header table, text. Writes: ``Validity``.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from pipeline.read.dates import find_date, iso_date, number
from pipeline.read.layout import plain
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.layout import Layout
    from pipeline.records import Validity

_BEFORE, _AFTER = 60, 30  # characters of a closing clause before and after the words by which it is found
_CLAUSES = 20  # occurrences that are looked at


@dataclass(frozen=True, slots=True)
class Term:
    """First and last day (ISO, inclusive) and state; None and ``unknown`` where the text does not tell."""

    start: str | None
    end: str | None
    validity: Validity


def find_term(layout: Layout, text: str, date: str | None) -> Term:
    """The term of the document; “自印发之日起” counts from ``date``, its own day."""
    header = layout.header
    start, end = (find_date(plain(header.get(field) or "")) for field in ("effective_from", "effective_to"))
    clauses = _clauses(text) if start is None or end is None else ""
    start = start or _start(clauses, date)
    end = end or _end(clauses, start or date)
    return Term(start, end, _state(header.get("validity")))


def _clauses(text: str) -> str:
    """The passages round words of entry into force and of validity, plain, one a line."""
    passages: list[str] = []
    for words in load_rules("metadata").data["words"]["closing"]:
        position = text.find(words)
        while position >= 0 and len(passages) < _CLAUSES:
            passages.append(plain(text[max(0, position - _BEFORE) : position + _AFTER]))
            position = text.find(words, position + 1)
    return "\n".join(passages)


def _start(clauses: str, date: str | None) -> str | None:
    match = load_rules("metadata")["in-force-from"].search(clauses)
    if match is None:
        return None
    return date if match["own"] else iso_date(match)


def _end(clauses: str, start: str | None) -> str | None:
    match = load_rules("metadata")["valid-for"].search(clauses)
    if match is None:
        return None
    if match["years"] is None:
        return iso_date(match)
    return _years_later(start, number(match["years"])) if start else None


def _years_later(day: str, years: int) -> str | None:
    """The last day of ``years`` years that begin on ``day``."""
    first = datetime.date.fromisoformat(day)
    try:
        after = first.replace(year=first.year + years)
    except ValueError:  # 29 February
        after = first.replace(year=first.year + years, day=28) + datetime.timedelta(days=1)
    return (after - datetime.timedelta(days=1)).isoformat()


def _state(stated: str | None) -> Validity:
    for word, state in load_rules("metadata").data["validity"].items():
        if stated and word in stated:
            return cast("Validity", state)
    return "unknown"
