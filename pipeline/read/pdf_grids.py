"""Put the text of a table into its cells, and give the table its place among the lines of its page.

Reads: the runs of a page and the tables found on it. Writes: lines outside of tables, and a line with a grid for each table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.read.blocks import Cell, Grid
from pipeline.read.pdf_characters import clean
from pipeline.read.pdf_lines import Line, lines_of, opening_width
from pipeline.read.pdf_runs import Run, Sheet, characters_of

if TYPE_CHECKING:
    from pipeline.read.pdf_tables import Area, Slot

_INSIDE = 2.0  # points by which a letter may stick out of its cell
_PADDING = 12.0  # points: both margins of a cell as writers set them
_SPARE = 0.6  # em that a broken line may leave before the margin of its cell


def lines_and_grids(sheet: Sheet, text: str, runs: list[Run], areas: list[Area], page: int) -> list[Line]:
    """The lines outside of ``areas``, with one that holds a grid where each of them stands."""
    grids: list[Line] = []
    for area in areas:
        inside = [run for run in runs if _is_inside(run, area)]
        if not inside:
            continue
        taken = {run.start for run in inside}
        runs = [run for run in runs if run.start not in taken]
        left, bottom, right, top = area.box
        grids.append(Line("", left, right, bottom, top, top - bottom, grid=_grid(sheet, text, inside, area, page)))
    lines = lines_of(sheet, text, runs)
    for grid in grids:
        lines.insert(_place(grid, lines), grid)
    return lines


def _place(grid: Line, lines: list[Line]) -> int:
    """Where the table stands among the lines: there the fewest lines are out of order, as running heads drawn last are."""
    best = place = wrong = 0
    for index, line in enumerate(lines, 1):
        if line.bottom >= grid.top - _INSIDE:
            wrong -= 1
        elif line.top <= grid.bottom + _INSIDE:
            wrong += 1
        if wrong < best:
            best, place = wrong, index
    return place


def _is_inside(run: Run, area: Area) -> bool:
    left, bottom, right, top = run.box
    x, y = (left + right) / 2, (bottom + top) / 2
    return area.box[0] <= x <= area.box[2] and area.box[1] <= y <= area.box[3]


def _grid(sheet: Sheet, text: str, runs: list[Run], area: Area, page: int) -> Grid:
    held: dict[Slot, list[Run]] = {slot: [] for slot in area.slots}
    for run in runs:
        for part in _parts(sheet, text, run, area):
            slot = _slot_at(area, part)
            if slot is not None:
                held[slot].append(part)
    cells = tuple(
        Cell(_cell_text(slot, lines_of(sheet, text, held[slot])), slot.row, slot.column, slot.rows, slot.columns) for slot in area.slots
    )
    return Grid(cells, page)


def _slot_at(area: Area, run: Run) -> Slot | None:
    """The cell in which the middle of the run stands."""
    left, bottom, right, top = run.box
    x, y = (left + right) / 2, (bottom + top) / 2
    for slot in area.slots:
        if slot.box[0] <= x <= slot.box[2] and slot.box[1] <= y <= slot.box[3]:
            return slot
    return None


def _parts(sheet: Sheet, text: str, run: Run, area: Area) -> list[Run]:
    """The run, or its characters where it goes over a rule from one cell into the next."""
    slot = _slot_at(area, run)
    if slot is not None and run.box[0] >= slot.box[0] - _INSIDE and run.box[2] <= slot.box[2] + _INSIDE:
        return [run]
    return characters_of(sheet, text, [run])


def _cell_text(slot: Slot, lines: list[Line]) -> str:
    """The lines of a cell, joined where one was broken for want of room."""
    pieces: list[str] = []
    before: Line | None = None
    for line in lines:
        piece = clean(line.text)
        if before is None:
            pieces.append(piece)
        elif _was_broken(slot, before, line):
            both_latin = pieces[-1][-1:].isascii() and pieces[-1][-1:].isalpha() and piece[:1].isascii() and piece[:1].isalpha()
            pieces[-1] += (" " if both_latin else "") + piece
        else:
            pieces.append(piece)
        before = line
    return "\n".join(pieces)


def _was_broken(slot: Slot, before: Line, line: Line) -> bool:
    room = slot.box[2] - slot.box[0] - _PADDING - (before.right - before.left)
    return room < opening_width(line) + _SPARE * line.size
