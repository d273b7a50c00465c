"""Bring a grid into rows and columns: merged cells spread out, pieces on following pages joined, headers named.

Reads: ``Grid``. Writes: ``Frame``, rows of equal length above which the headers stand.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.read.table_headers import LEVELS, Row, header_depth, plain_header, roles_of
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.read.blocks import Cell, Grid

_LARGEST = 400_000  # places of the matrix; a real table of this size has some hundred pages
_MOST_COLUMNS = 100
_PARAGRAPH = 200  # characters in a cell; a frame around text has longer ones and few of them
_BLANKS = re.compile(r"[^\S\n]+")
_ENDS = frozenset("。！？；，、：;:,.!?")
_FULL_STOPS = frozenset("。；！？;!?")
_KEYS = frozenset(["indicator", "task", "scope"])


@dataclass(frozen=True, slots=True)
class Frame:
    """A grid in rows and columns. A merged cell stands in every place that it covers."""

    title: str | None  # a first row that is one cell over all columns
    columns: tuple[str, ...]  # empty strings where no header was recognised
    headers: tuple[Row, ...]  # the rows that these are from
    rows: tuple[Row, ...]  # without the headers
    pages: tuple[int | None, ...]  # of each row

    @property
    def headed(self) -> bool:
        """Whether any column has a header."""
        return any(self.columns)


def frame_of(grid: Grid) -> Frame | None:
    """Rows and columns of ``grid``; None for a frame around text that is no table: one column, one row, or long paragraphs."""
    rows = _matrix(grid.cells)
    if not rows:
        return None
    title, first = _title(rows)
    rows = rows[first:]
    if not rows or len(rows[0]) < 2 or _is_layout(rows):
        return None
    depth = header_depth(rows)
    columns = _columns(rows[:depth])
    body = tuple(row for row in rows[depth:] if any(cell is not None and cell.text.strip() for cell in row))
    if len(body) == 1 and not depth:
        return None
    return Frame(title, columns or ("",) * len(rows[0]), rows[:depth], body, (grid.page,) * len(body))


def joined(above: Frame, below: Frame) -> Frame | None:
    """The table whose rows go on from ``above`` to ``below`` on the next page; None where they are two tables."""
    same = len(above.columns) == len(below.columns)
    if not same or (below.headed and below.columns != above.columns):
        return None
    if below.title and not load_rules("tables")["continued"].search(below.title) and below.title != above.title:
        return None
    rows, pages = list(below.rows), list(below.pages)
    last = above.rows[-1] if above.rows else None
    if last is not None and rows and not below.title and _is_cut(above.columns, last, rows[0]):
        kept = (*above.rows[:-1], _mended(last, rows.pop(0)))
        pages.pop(0)
    else:
        kept = above.rows
    rows = _carried(last, rows) if last is not None else rows
    return replace(above, rows=(*kept, *rows), pages=(*above.pages, *pages))


def _carried(last: Row, rows: list[Row]) -> list[Row]:
    """The rows of the next page with the merged cells that the page break cut, whose rest has no text."""
    carried = list(rows)
    for column, cell in enumerate(last):
        if cell is None or cell.rows < 2 or not _filled(cell):
            continue
        for i, row in enumerate(carried):
            below = row[column]
            if _filled(below) or (i and below is not rows[0][column]):
                break
            carried[i] = (*row[:column], cell, *row[column + 1 :])
    return carried


def cell_text(text: str) -> str:
    """The content of a cell in one line; paragraphs that do not end in a mark and open a list are parted by one.

    Other line feeds become blanks, so that what stood on lines of its own stays apart.
    """
    lines = [line for raw in _BLANKS.sub(" ", text).split("\n") if (line := " ".join(raw.split()))]
    if len(lines) < 2:
        return lines[0] if lines else ""
    item = load_rules("tables")["cell-item"]
    pieces = [lines[0]]
    for above, line in pairwise(lines):
        pieces.append(("" if above[-1] in _ENDS else "；" if item.match(line) else " ") + line)
    return "".join(pieces)


def _matrix(cells: Sequence[Cell]) -> tuple[Row, ...]:
    """The grid as rows of equal length; rows and columns in which no cell begins are left out."""
    tops = sorted({cell.row for cell in cells})
    lefts = sorted({cell.column for cell in cells})[:_MOST_COLUMNS]
    if not tops or len(tops) * len(lefts) > _LARGEST:
        tops = tops[: _LARGEST // max(1, len(lefts))]
    row_at = {row: i for i, row in enumerate(tops)}
    column_at = {column: i for i, column in enumerate(lefts)}
    places: list[list[Cell | None]] = [[None] * len(lefts) for _ in tops]
    for cell in cells:
        top, left = row_at.get(cell.row), column_at.get(cell.column)
        if top is None or left is None:
            continue
        right = left
        while right < len(lefts) and lefts[right] < cell.column + max(1, cell.columns):
            right += 1
        while top < len(tops) and tops[top] < cell.row + max(1, cell.rows):
            row = places[top]
            for column in range(left, right):
                if row[column] is None:
                    row[column] = cell
            top += 1
    return tuple(map(tuple, places))


def _title(rows: tuple[Row, ...]) -> tuple[str | None, int]:
    """The text of first rows that are one cell over all columns, and how many they are."""
    texts: list[str] = []
    for row in rows[:3]:
        found = {id(cell): cell for cell in row if cell is not None and cell.text.strip()}
        if len(row) < 2 or len(found) != 1 or (next(iter(found.values())) is not row[-1] and row[-1] is not None and row.count(None) == 0):
            break
        cell = next(iter(found.values()))
        if sum(one is cell for one in row) < len(row) or len(cell.text) > _PARAGRAPH:
            break
        texts.append(cell_text(cell.text))
    return ("\n".join(texts) or None), len(texts)


def _is_layout(rows: tuple[Row, ...]) -> bool:
    """Whether most rows are a frame around paragraphs: hardly any row has two cells, and those cells are long."""
    texts = [[cell.text for cell in {id(c): c for c in row if c is not None and c.text.strip()}.values()] for row in rows]
    filled = [row for row in texts if row]
    if not filled:
        return True
    several = sum(len(row) > 1 for row in filled)
    if not several:
        return True
    longest = max(len(text) for row in filled for text in row)
    return several == 1 and longest > 10 * _PARAGRAPH


def _columns(headers: Sequence[Row]) -> tuple[str, ...]:
    """The header of each column, its levels joined from the top."""
    if not headers:
        return ()
    names: list[str] = []
    for column in range(len(headers[0])):
        levels: list[str] = []
        seen: set[int] = set()
        for row in headers:
            cell = row[column]
            if cell is not None and id(cell) not in seen and (text := plain_header(cell.text)) and text not in levels:
                levels.append(text)
                seen.add(id(cell))
        names.append(LEVELS.join(levels))
    return tuple(names)


def _is_cut(columns: tuple[str, ...], last: Row, first: Row) -> bool:
    """Whether ``first`` is the rest of ``last``: nothing stands where a row is named or numbered, and what stands elsewhere goes on."""
    roles = roles_of(columns)
    numbers = [i for i, role in enumerate(roles) if role == "number"]
    keys = numbers or [i for i, role in enumerate(roles) if role in _KEYS] or [0]
    if any(_filled(first[i]) for i in keys) or not any(_filled(last[i]) for i in keys):
        return False
    others = [i for i, cell in enumerate(first) if _filled(cell)]
    if not others or not all(_filled(last[i]) for i in others):
        return False
    alone = all(cell is None or cell.rows == 1 for cell in (last[i] for i in keys))
    return alone or any((cell := last[i]) is not None and cell.text.rstrip()[-1] not in _FULL_STOPS for i in others)


def _filled(cell: Cell | None) -> bool:
    return cell is not None and bool(cell.text.strip())


def _mended(last: Row, first: Row) -> Row:
    """The row that a page break cut in two."""
    whole: list[Cell | None] = []
    for above, below in zip(last, first, strict=True):
        if above is None or below is None or not below.text.strip():
            whole.append(above)
        else:
            whole.append(replace(above, text=above.text.rstrip() + below.text.lstrip()))
    return tuple(whole)
