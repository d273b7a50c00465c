"""What is found in a draft before it is handed in, each with both sentences.

Reads: nothing. Writes: ``Finding``, ``DraftReport``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Document, Quantity, Span, Task
    from pipeline.track.loop_clauses import Clause

Kind = Literal["unaccounted", "unadmitted", "contradiction", "inconsistency", "arithmetic", "softened", "lowered", "unquantified"]


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document where they stand, with the sentence around them."""

    doc_id: str
    source: str
    span: Span
    text: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an office should look at, and why. ``draft`` is None where the draft says nothing.

    ``earlier`` is what it is held against: a sentence of an earlier document, or another of the draft; None for sums within one sentence.
    """

    kind: Kind
    reason: str
    draft: Quote | None
    earlier: Quote | None


@dataclass(frozen=True, slots=True)
class DraftReport:
    """All findings on a draft, the sources of the plan and of all it was held against; ``notes`` say what could not be done."""

    source: str
    plan: str | None
    compared: tuple[str, ...]
    findings: tuple[Finding, ...]
    notes: tuple[str, ...]


def quote_clause(clause: Clause, document: Document) -> Quote:
    """A clause as a quote."""
    return Quote(document.doc_id, document.source, clause.span, clause.text, clause.task.text)


def quote_figure(figure: Quantity, document: Document, tasks: dict[str, Task]) -> Quote:
    """A figure as a quote, with the sentence of its task, or its paragraph where it stands in none."""
    task = tasks.get(figure.task or "")
    start, end = figure.span
    line_start, line_end = document.text.rfind("\n", 0, start) + 1, document.text.find("\n", end)
    paragraph = document.text[line_start : line_end if line_end >= 0 else len(document.text)]
    return Quote(document.doc_id, document.source, figure.span, figure.text, task.text if task is not None else paragraph)


def reason(kind: str, **values: object) -> str:
    """The sentence that says why, filled in."""
    return str(load_rules("loop_draft").data["reasons"][kind]).format(**values)
