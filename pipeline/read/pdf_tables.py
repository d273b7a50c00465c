"""Find the tables of a page by their ruling lines, and put its text into their cells.

Reads: rules, and the runs of text with their boxes. Writes: ``Area`` objects: the cells of each table with their places.

Rules that touch make one table. Its elementary cells lie between neighbouring rules; where the rule between two is missing they
are one merged cell.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.read.pdf_rules import Rule, Rules
    from pipeline.read.pdf_runs import Box

_NEAR = 4.0  # points within which rules touch, or are one edge
_COVERED = 0.6  # of the side of a cell that a rule must cover
_MOST = 100_000  # elementary cells; a drawing of more is no table


@dataclass(frozen=True, slots=True)
class Slot:
    """A cell without its text: first row and column, how many of each, and its box in points."""

    row: int
    column: int
    rows: int
    columns: int
    box: Box


@dataclass(frozen=True, slots=True)
class Area:
    """A table on its page: its box and its cells, row by row."""

    box: Box
    slots: tuple[Slot, ...]


def areas_of(rules: Rules) -> list[Area]:
    """The tables that the rules draw, from the top of the page."""
    if len(rules.level) < 2 or not rules.upright:
        return []
    areas = [area for level, upright in _touching(rules) if (area := _area(level, upright))]
    return sorted(areas, key=lambda area: -area.box[3])


def _touching(rules: Rules) -> list[tuple[list[Rule], list[Rule]]]:
    """Groups of rules that touch one another."""
    group = list(range(len(rules.level) + len(rules.upright)))

    def root(index: int) -> int:
        while group[index] != index:
            group[index] = group[group[index]]
            index = group[index]
        return index

    first = len(rules.level)
    for i, level in enumerate(rules.level):
        for j, upright in enumerate(rules.upright, first):
            across = level.start - _NEAR <= upright.at <= level.end + _NEAR
            if across and upright.start - _NEAR <= level.at <= upright.end + _NEAR:
                group[root(j)] = root(i)
    found: dict[int, tuple[list[Rule], list[Rule]]] = {}
    for i, level in enumerate(rules.level):
        found.setdefault(root(i), ([], []))[0].append(level)
    for j, upright in enumerate(rules.upright, first):
        found.setdefault(root(j), ([], []))[1].append(upright)
    return list(found.values())


def _area(level: list[Rule], upright: list[Rule]) -> Area | None:
    """The table of one group of rules; None for a frame round text, or a drawing."""
    xs = _edges([rule.at for rule in upright] + [min(r.start for r in level), max(r.end for r in level)] if level else [])
    ys = _edges([rule.at for rule in level] + ([min(r.start for r in upright), max(r.end for r in upright)] if upright else []))
    if len(xs) < 3 or len(ys) < 2 or len(xs) * len(ys) > _MOST:  # one column is a frame, not a table
        return None
    ys.reverse()
    slots = _slots(xs, ys, level, upright)
    if len({slot.column for slot in slots}) < 2:
        return None
    return Area((xs[0], ys[-1], xs[-1], ys[0]), tuple(slots))


def _edges(places: list[float]) -> list[float]:
    edges: list[float] = []
    for place in sorted(places):
        if not edges or place - edges[-1] > _NEAR:
            edges.append(place)
    return edges


def _slots(xs: list[float], ys: list[float], level: list[Rule], upright: list[Rule]) -> list[Slot]:
    """The cells between the edges, those without a rule between them merged."""
    wide, high = len(xs) - 1, len(ys) - 1
    below = _sides(ys, xs, level)
    beside = _sides(xs, list(reversed(ys)), upright)
    group = list(range(wide * high))

    def root(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    for row in range(high):
        for column in range(wide):
            cell = row * wide + column
            if column + 1 < wide and (column + 1, high - 1 - row) not in beside:
                group[root(cell + 1)] = root(cell)
            if row + 1 < high and (row + 1, column) not in below:
                group[root(cell + wide)] = root(cell)
    members: dict[int, list[int]] = {}
    for cell in range(wide * high):
        members.setdefault(root(cell), []).append(cell)
    slots: list[Slot] = []
    for cells in members.values():
        rows, columns = [cell // wide for cell in cells], [cell % wide for cell in cells]
        top, left, bottom, right = min(rows), min(columns), max(rows) + 1, max(columns) + 1
        slots.append(Slot(top, left, bottom - top, right - left, (xs[left], ys[bottom], xs[right], ys[top])))
    return sorted(slots, key=lambda slot: (slot.row, slot.column))


def _sides(across: list[float], along: list[float], rules: list[Rule]) -> set[tuple[int, int]]:
    """Sides of cells that a rule covers: index of the edge in ``across``, index of the stretch in ``along``, which rises."""
    sides: set[tuple[int, int]] = set()
    for rule in rules:
        edge = min(range(len(across)), key=lambda index: abs(across[index] - rule.at))
        first = max(0, bisect_left(along, rule.start - _NEAR) - 1)
        for stretch in range(first, len(along) - 1):
            start, end = along[stretch], along[stretch + 1]
            if start > rule.end:
                break
            if min(end, rule.end) - max(start, rule.start) >= _COVERED * (end - start):
                sides.add((edge, stretch))
    return sides
