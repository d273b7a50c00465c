"""Cut the rows of tables into sentences: a row of figures is one, in any other table each cell stands for itself.

Reads: ``Document`` (text, tables). Writes: half-open spans of sentences, those outside tables by the fixed rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.read.table_headers import kind_of, roles_of
from pipeline.segment.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.read.table_headers import Role
    from pipeline.records import Document, Span, Table

# Cells that are written in sentences; every other cell (a date, a list of units) is one, whatever marks stand in it.
TOLD = frozenset(["task", "measures", "progress", "problem"])


def sentence_spans(document: Document) -> list[Span]:
    """Spans of all sentences of ``document``, in text order; every non-blank character lies in exactly one."""
    text, position = document.text, 0
    if not document.tables:
        return split_sentences(text)
    spans: list[Span] = []
    for table in document.tables:
        spans += split_sentences(text, position, table.span[0])
        kind = kind_of(table)
        roles = roles_of(table.columns)
        for (start, end), row in table_lines(text, table):
            if kind in ("indicators", "areas"):
                spans += _trimmed(text, start, end)
            else:
                spans += _cells(text, (start, end), row, roles if kind == "tasks" else None)
        position = table.span[1]
    spans += split_sentences(text, position)
    return spans


def table_lines(text: str, table: Table) -> Iterator[tuple[Span, tuple[Span, ...]]]:
    """The span of the line of each row of ``table``, with the spans of its cells."""
    start, stop = table.span
    for row in table.rows:
        end = text.find("\n", start, stop)
        end = stop if end < 0 else end
        yield (start, end), row
        start = end + 1


def _cells(text: str, line: Span, row: tuple[Span, ...], roles: tuple[Role | None, ...] | None) -> list[Span]:
    """The header and the content of each cell apart; without ``roles`` every cell may be written in sentences."""
    spans: list[Span] = []
    position = line[0]
    for i, (start, end) in enumerate(row):
        if start == end or start < position or end > line[1]:  # empty, or merged with a cell of another line
            continue
        spans += _trimmed(text, position, start)
        spans += split_sentences(text, start, end) if roles is None or roles[i] in TOLD else _trimmed(text, start, end)
        position = end
    spans += _trimmed(text, position, line[1])
    return spans


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    """The span without surrounding blanks; none where nothing else is in it."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return [(start, end)] if start < end else []
