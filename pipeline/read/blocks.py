"""What the reader of a format hands on: paragraphs and grids of cells in reading order, with their pages.

Written by html, docx and pdf; read by tables, which lays them out as one text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.records import DocumentWarning


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph, its automatic number and its joined lines included; no line feed inside.

    ``page`` counts from 1, or is None in a format without pages. ``furniture`` where the format tells that it belongs to the
    page (a running header, a menu) and not to the document.
    """

    text: str
    page: int | None = None
    furniture: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid as the source has it: first row and column, counted from 0, and how many of each it covers."""

    text: str
    row: int
    column: int
    rows: int = 1
    columns: int = 1
    heading: bool = False  # the source marks it as a header cell (th, a repeated header row)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as the source has it, merged cells once. One that runs over a page break may come as two grids."""

    cells: tuple[Cell, ...]
    page: int | None = None


Block = Paragraph | Grid


@dataclass(frozen=True, slots=True)
class Blocks:
    """The content of one file in reading order, and what a reader must know of how it was read."""

    blocks: tuple[Block, ...]
    warnings: tuple[DocumentWarning, ...] = ()
