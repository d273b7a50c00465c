"""Lay paragraphs and grids out as one text: each row of a table a line, its cells behind their headers.

Reads: ``Blocks``. Writes: ``LaidOut``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.blocks import Blocks, Grid, Paragraph

if TYPE_CHECKING:
    from pipeline.records import DocumentWarning, Span, Table


@dataclass(frozen=True, slots=True)
class LaidOut:
    """The text of a file, and what is known of its places."""

    text: str
    furniture: tuple[Span, ...]
    pages: tuple[int, ...]
    tables: tuple[Table, ...]
    warnings: tuple[DocumentWarning, ...]


def lay_out(blocks: Blocks) -> LaidOut:
    """One text of all blocks in reading order, a line for each paragraph and each row of a table."""
    pieces: list[str] = []
    furniture: list[Span] = []
    pages: list[int] = []
    length = 0
    for block in blocks.blocks:
        if block.page is not None and block.page > len(pages):
            pages += [length] * (block.page - len(pages))
        lines = [block.text.replace("\n", " ")] if isinstance(block, Paragraph) else _rows(block)
        for line in lines:
            if isinstance(block, Paragraph) and block.furniture and line.strip():
                furniture.append((length, length + len(line)))
            pieces.append(line)
            length += len(line) + 1
    return LaidOut("\n".join(pieces), tuple(furniture), tuple(pages), (), blocks.warnings)


def _rows(grid: Grid) -> list[str]:
    rows: dict[int, list[str]] = {}
    for cell in sorted(grid.cells, key=lambda cell: (cell.row, cell.column)):
        rows.setdefault(cell.row, []).append(" ".join(cell.text.split()))
    return ["\t".join(cells) for cells in rows.values()]
