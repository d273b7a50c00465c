"""Lay paragraphs and grids out as one text: each row of a table a line, its cells behind their headers.

Reads: ``Blocks``. Writes: ``LaidOut``: the text, and in it furniture, pages and tables.

In a table of tasks or figures a cell is read out as “header：content”, and a merged one in every row that it covers, so that each row
tells all by itself. Headers then have no line of their own. Any other table (coordinates, rates, lists) is read out as it stands, headers
first and every cell once. Cells are parted by tabs. A frame that is no table (one column, one row) becomes paragraphs.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.read.blocks import Blocks, Grid, Paragraph
from pipeline.read.table_grids import Frame, cell_text, frame_of, joined
from pipeline.read.table_headers import kind_of_columns
from pipeline.records import Table
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.read.blocks import Block, Cell
    from pipeline.read.table_headers import Row
    from pipeline.records import DocumentWarning, Span

CELLS, HEADER = "\t", "："
_REPEATED = 2_000_000  # characters of merged cells that are read out again; a hostile file merges without end
_LONGEST_CAPTION = 60
_ABOVE = 3  # paragraphs above a table among which its caption stands


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
    page = _Page()
    for block in _with_frames(blocks.blocks):
        if isinstance(block, Paragraph):
            page.paragraph(block)
        else:
            page.table(block)
    return LaidOut("\n".join(page.lines), tuple(page.furniture), tuple(page.pages), tuple(page.tables), blocks.warnings)


def _with_frames(blocks: Iterable[Block]) -> list[Paragraph | Frame]:
    """The blocks with grids brought into rows, pieces of one table joined, and frames around text opened."""
    laid: list[Paragraph | Frame] = []
    table: int | None = None  # where the table stands that may go on: nothing but furniture has come since
    for block in blocks:
        if isinstance(block, Paragraph):
            if table is not None and block.text.strip() and not block.furniture:
                table = table if load_rules("tables")["continued"].search(block.text.strip()) else None
            laid.append(block)
            continue
        frame = frame_of(block)
        if frame is None:
            rest = _rest_of_row(laid, table, block)
            if rest is None:
                laid += _paragraphs(block)
                table = None
                continue
            frame = rest
        above = laid[table] if table is not None else None
        whole = _continued(above, frame) if above is not None and not isinstance(above, Paragraph) else None
        if whole is not None and table is not None:
            laid[table] = whole
        else:
            table = len(laid)
            laid.append(frame)
    return laid


def _rest_of_row(laid: Sequence[Paragraph | Frame], table: int | None, grid: Grid) -> Frame | None:
    """A single row on the next page, which alone is no table, where a table of as many columns may go on."""
    above = laid[table] if table is not None else None
    if above is None or isinstance(above, Paragraph):
        return None
    rows = {cell.row for cell in grid.cells}
    columns = sorted({cell.column for cell in grid.cells})
    if len(rows) != 1 or len(columns) != len(above.columns):
        return None
    row: Row = tuple(next((cell for cell in grid.cells if cell.column == column), None) for column in columns)
    return Frame(None, ("",) * len(columns), (), (row,), (grid.page,))


def _continued(above: Frame, below: Frame) -> Frame | None:
    """The table that goes on from ``above``: over a page, or in a format without pages where the piece below has no header."""
    last, first = next(reversed(above.pages), None), next(iter(below.pages), None)
    if last is None or first is None:
        return joined(above, below) if above.headed and not below.headed and not below.title else None
    return joined(above, below) if first in (last, last + 1) else None


def _paragraphs(grid: Grid) -> list[Paragraph | Frame]:
    """What a frame holds, in reading order; cells beside each other stay in one line where they are short."""
    rows: dict[int, list[Cell]] = {}
    for cell in sorted(grid.cells, key=lambda cell: (cell.row, cell.column)):
        if cell.text.strip():
            rows.setdefault(cell.row, []).append(cell)
    found: list[Paragraph | Frame] = []
    for cells in rows.values():
        if len(cells) > 1:
            found.append(Paragraph(CELLS.join(cell_text(cell.text) for cell in cells), grid.page))
        else:
            found += [Paragraph(line.strip(), grid.page) for line in cells[0].text.split("\n") if line.strip()]
    return found


@dataclass(slots=True)
class _Page:
    """The text as it grows."""

    lines: list[str] = field(default_factory=list)
    furniture: list[Span] = field(default_factory=list)
    pages: list[int] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    length: int = 0
    repeated: int = 0
    above: list[str] = field(default_factory=list)  # the last paragraphs, nearest last

    def paragraph(self, block: Paragraph) -> None:
        text = block.text.replace("\n", " ")
        if not block.furniture:
            self._turn(block.page)
            if text.strip():
                self.above = [*self.above[1 - _ABOVE :], text.strip()]
        elif text.strip():
            start = self.length + len(text) - len(text.lstrip())
            self.furniture.append((start, start + len(text.strip())))
            self._turn(block.page)
        self._line(text)

    def table(self, frame: Frame) -> None:
        """Read a table out row by row."""
        for line in (frame.title or "").split("\n"):
            if line:
                self._turn(frame.pages[0] if frame.pages else None)
                self._line(line)
                self.above = [*self.above[1 - _ABOVE :], line]
        bare = kind_of_columns(frame.columns) == "other"
        told: dict[int, Span] = {}
        for header in frame.headers if bare else ():
            self._turn(frame.pages[0] if frame.pages else None)
            self._bare_row(header, told)
        start = self.length
        seen: dict[int, Span] = {}
        rows = []
        for row, number in zip(frame.rows, frame.pages, strict=True):
            self._turn(number)
            rows.append(self._bare_row(row, seen) if bare else self._row(frame.columns, row, seen))
        if rows:
            self.tables.append(Table((start, self.length - 1), caption_of(self.above), frame.columns, tuple(rows)))
        self.above = []

    def _row(self, columns: Sequence[str], row: Row, seen: dict[int, Span]) -> tuple[Span, ...]:
        """A row that tells all by itself."""
        pieces: list[str] = []
        spans: list[Span] = []
        position = self.length
        for column, cell in enumerate(row):
            beside = column > 0 and cell is row[column - 1]
            content = cell_text(cell.text) if cell is not None and not beside else ""
            if cell is not None and id(cell) in seen and content:
                self.repeated += len(content)
                content = content if self.repeated <= _REPEATED else ""
            if not content or cell is None:
                spans.append((position, position))
                continue
            wide = sum(one is cell for one in row) == len(row)  # a title between the rows belongs to no column
            label = columns[column] + HEADER if columns[column] and not wide else ""
            gap = CELLS if pieces else ""
            at = position + len(gap) + len(label)
            spans.append((at, at + len(content)))
            seen[id(cell)] = spans[-1]
            pieces.append(f"{gap}{label}{content}")
            position = at + len(content)
        self._line("".join(pieces))
        return tuple(spans)

    def _bare_row(self, row: Row, seen: dict[int, Span]) -> tuple[Span, ...]:
        """A row as it stands; a merged cell that was read out before points back to there."""
        pieces: list[str] = []
        spans: list[Span] = []
        position = self.length
        for cell in row:
            if cell is not None and id(cell) not in seen and (content := cell_text(cell.text)):
                at = position + (len(CELLS) if pieces else 0)
                seen[id(cell)] = (at, at + len(content))
                pieces.append(content)
                position = at + len(content)
            spans.append((position, position) if cell is None else seen.get(id(cell), (position, position)))
        self._line(CELLS.join(pieces))
        return tuple(spans)

    def _turn(self, number: int | None) -> None:
        """Note that page ``number`` begins here, if it has not begun before."""
        if number is not None and number > len(self.pages):
            self.pages += [self.length] * (number - len(self.pages))

    def _line(self, text: str) -> None:
        self.lines.append(text)
        self.length += len(text) + 1


def caption_of(above: Sequence[str]) -> str | None:
    """The caption of a table: the nearest paragraph above that reads like one, else the nearest that is short and no sentence."""
    book = load_rules("tables")
    near = [line for line in reversed(above) if len(line) <= _LONGEST_CAPTION and line[-1] not in "。；！？：，"]
    if not near:
        return None
    named = next((line for line in near if book["caption"].search(line) and not book["bare-number"].search(line)), None)
    others = [book[name] for name in ("unit-note", "continued", "no-caption", "bare-number")]
    plain = next((line for line in near if not any(pattern.search(line) for pattern in others)), None)
    nearest = above[-1] in near or book["unit-note"].search(above[-1]) is not None
    return named or (plain if nearest else None)
