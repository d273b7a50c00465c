"""Turn the rows of a Word table into a grid, or into its content where it only lays out the page.

Reads: cells with their content, spans and merges. Writes: ``Grid``, or the blocks of its cells.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.blocks import Cell, Grid, Paragraph

if TYPE_CHECKING:
    from pipeline.read.blocks import Block

COLUMNS = 256  # that a cell may cover at the most; Word allows 63 in a table


@dataclass(slots=True)
class DraftCell:
    """A cell while its table is read: ``merged`` tells a vertical merge, True where it goes on from the row above."""

    blocks: list[Block]
    columns: int = 1
    merged: bool | None = None
    joined: bool = False  # it goes on from the cell to its left
    row: int = 0
    column: int = 0
    rows: int = 1


@dataclass(slots=True)
class DraftRow:
    """A row while its table is read; ``before`` is the columns that it leaves out at its start."""

    cells: list[DraftCell]
    before: int = 0
    heading: bool = False


def build_grid(rows: list[DraftRow]) -> list[Block]:
    """The table of ``rows`` as one grid, its text cell by cell, paragraphs of a cell on lines of their own.

    A table of a single cell, and one with a whole table in one of its cells, lays out the page: it gives the content of its
    cells in reading order.
    """
    rows = [row for row in rows if row.cells]
    cells = _place(rows)
    if len(cells) == 1 or any(_is_table(block) for cell in cells for block in cell.blocks):
        return [block for cell in cells for block in cell.blocks]
    heads = next((at for at, row in enumerate(rows) if not row.heading), len(rows))
    page = next((block.page for cell in cells for block in cell.blocks), None)
    grid = Grid(tuple(Cell(_text(c.blocks), c.row, c.column, c.rows, c.columns, heading=c.row < heads) for c in cells), page)
    return [grid] if any(cell.text for cell in grid.cells) else []


def _place(rows: list[DraftRow]) -> list[DraftCell]:
    """The cells of all rows with their places, each merged one once."""
    cells: list[DraftCell] = []
    above: dict[int, DraftCell] = {}  # cells that a merge may go on from, by their first column
    for at, row in enumerate(rows):
        column, open_here = row.before, {}
        for cell in row.cells:
            cell.row, cell.column = at, column
            column += cell.columns
            origin = above.get(cell.column) if cell.merged else None
            if origin is not None and origin.row + origin.rows == at:
                origin.rows += 1
                origin.blocks.extend(cell.blocks)
                open_here[cell.column] = origin
            elif cell.joined and cells and cells[-1].row == at:
                cells[-1].columns += cell.columns
                cells[-1].blocks.extend(cell.blocks)
            else:
                cells.append(cell)
                if cell.merged is not None:
                    open_here[cell.column] = cell
        above = open_here
    return cells


def _is_table(block: Block) -> bool:
    """Whether ``block`` is a grid of several rows and several columns."""
    if isinstance(block, Paragraph):
        return False
    return len({cell.row for cell in block.cells}) > 1 and len({cell.column for cell in block.cells}) > 1


def _text(blocks: list[Block]) -> str:
    lines: list[str] = []
    for block in blocks:
        lines.extend([block.text.strip()] if isinstance(block, Paragraph) else [cell.text for cell in block.cells if cell.text])
    return "\n".join(line for line in lines if line)
