"""Find tables in plain text: lines under a header line whose cells are parted by tabs, or stand between bars as in Markdown.

Reads: text. Writes: ``Table`` records that point into the text as it is. Only tables of figures are told: a row of tasks in plain text is
cut into sentences as any other line, because whoever checks a span counts sentences by the fixed rule.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.read.table_headers import is_header_line, kind_of_columns, plain_header
from pipeline.read.tables import caption_of
from pipeline.records import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Span

_LEAST_COLUMNS, _LEAST_ROWS = 3, 2  # below the header; two columns are more often a label with its value
_MOST_COLUMNS = 40
_CAPTION_LINES, _ABOVE = 3, 300  # lines, and characters, above a table in which its caption stands
_TAB, _BAR = "\t", "|"
_RULE = re.compile(r"[\s|:+-]+")  # the line under a header in Markdown


def find_plain_tables(text: str) -> tuple[Table, ...]:
    """The tables of ``text`` that hold figures, in text order."""
    if text.count(_TAB) < _LEAST_COLUMNS * _LEAST_ROWS and text.count(_BAR) < _LEAST_COLUMNS * _LEAST_ROWS:
        return ()
    return tuple(table for run in _runs(text) if (table := _table(text, run)) is not None)


def _runs(text: str) -> Iterator[list[list[Span]]]:
    """Lines that follow each other and have the same number of cells, as spans of their cells."""
    run: list[list[Span]] = []
    start = 0
    for line in text.split("\n"):
        separator = _TAB if _TAB in line else _BAR
        if separator in line and not (separator == _BAR and _RULE.fullmatch(line)):
            cells = _cells(line, start, separator)
            if run and len(cells) != len(run[0]):
                yield run
                run = []
            if _LEAST_COLUMNS <= len(cells) <= _MOST_COLUMNS:
                run.append(cells)
        elif not (len(run) == 1 and line and _RULE.fullmatch(line)):  # but for the line under a header
            if run:
                yield run
            run = []
        start += len(line) + 1
    if run:
        yield run


def _cells(line: str, start: int, separator: str) -> list[Span]:
    """The spans of the cells of a line without surrounding blanks."""
    spans: list[Span] = []
    begin = 0
    if separator == _BAR:  # bars at both ends part nothing
        begin = len(line) - len(line.lstrip()) + 1 if line.lstrip().startswith(_BAR) else 0
        line = line.rstrip().removesuffix(_BAR) if begin else line
    for piece in line[begin:].split(separator):
        content = piece.strip()
        a = start + begin + (piece.index(content) if content else 0)
        spans.append((a, a + len(content)))
        begin += len(piece) + 1
    return spans


def _table(text: str, run: list[list[Span]]) -> Table | None:
    """The table of these lines; None where the first line is no header of figures."""
    if len(run) <= _LEAST_ROWS:
        return None
    columns = tuple(plain_header(text[a:b]) for a, b in run[0])
    if kind_of_columns(columns) not in ("indicators", "areas") or not all(columns) or not is_header_line(columns):
        return None
    rows = run[1:]
    start = text.rfind("\n", 0, rows[0][0][0]) + 1
    end = text.find("\n", rows[-1][-1][1])
    head = text.rfind("\n", 0, run[0][0][0]) + 1
    above = [line.strip() for line in text[max(0, head - _ABOVE) : head].split("\n")[-_CAPTION_LINES - 1 :] if line.strip()]
    return Table((start, end if end >= 0 else len(text)), caption_of(above), columns, tuple(map(tuple, rows)))
