"""Find tables without upright rules: level rules above the heads, below them and below the last row, columns told by gaps.

Reads: rules, and the runs of text with their boxes. Writes: ``Area`` objects.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.read.pdf_tables import Area, Slot

if TYPE_CHECKING:
    from pipeline.read.pdf_rules import Rule
    from pipeline.read.pdf_runs import Run

_NEAR = 4.0  # points between the ends of the rules of one table
_GAP = 0.8  # em between two columns
_HEADS = 5  # em: the highest heads of a table
_MOST = 40  # rules of one width on a page; a ruled notebook has more
_FILLED = 0.6  # of the rows that have text in two columns at least
_HIGH = 0.86  # em of a character above the base line


def open_areas(level: list[Rule], runs: list[Run]) -> list[Area]:
    """The tables between ``level`` rules that touch no upright ones."""
    widths: list[list[Rule]] = []
    for rule in sorted(level, key=lambda rule: -rule.at):
        for width in widths:
            if abs(width[0].start - rule.start) < _NEAR and abs(width[0].end - rule.end) < _NEAR:
                width.append(rule)
                break
        else:
            widths.append([rule])
    return [area for width in widths if 3 <= len(width) <= _MOST for area in _areas(width, runs)]


def _areas(rules: list[Rule], runs: list[Run]) -> list[Area]:
    """The tables between rules of one width, from the top; each takes as many rules as it can."""
    areas: list[Area] = []
    first = 0
    while first + 2 < len(rules):
        for last in range(len(rules) - 1, first + 1, -1):
            area = _area(rules[first : last + 1], runs)
            if area:
                areas.append(area)
                first = last
                break
        else:
            first += 1
    return areas


def _area(rules: list[Rule], runs: list[Run]) -> Area | None:
    """The table whose heads stand between the first two rules and whose rows between the others, or None."""
    top, bottom, left, right = rules[0].at, rules[-1].at, rules[0].start, rules[0].end
    inside = [run for run in runs if bottom < run.base < top and left - _NEAR < run.box[0] and run.box[2] < right + _NEAR]
    heads = [run for run in inside if run.base > rules[1].at]
    body = [run for run in inside if run.base < rules[1].at]
    if not heads or len(body) < 4 or top - rules[1].at > _HEADS * heads[0].size:
        return None
    xs = _columns(body, left, right)
    rows = _rows(body, xs)
    if len(xs) < 3 or sum(len({_column(run, xs) for run in row}) > 1 for row in rows) < max(2, _FILLED * len(rows)):
        return None
    below = [rule.at for rule in rules[1:]]
    if len(rules) > 3 and not all(any(low < run.base < high for run in body) for high, low in pairwise(below)):
        return None
    between = below[1:-1] or [max(run.base + _HIGH * run.size for run in row) for row in rows[1:]]
    ys = [top, rules[1].at, *between, bottom]
    slots = [
        Slot(row, column, 1, 1, (xs[column], low, xs[column + 1], high))
        for row, (high, low) in enumerate(pairwise(ys))
        for column in range(len(xs) - 1)
    ]
    return Area((left, bottom, right, top), tuple(slots))


def _columns(body: list[Run], left: float, right: float) -> list[float]:
    """Edges of the columns: the middles of the gaps that no row fills."""
    edges = [left]
    end = left
    for run in sorted(body, key=lambda run: run.box[0]):
        if end > left and run.box[0] - end > _GAP * run.size:
            edges.append((run.box[0] + end) / 2)
        end = max(end, run.box[2])
    return [*edges, right]


def _rows(body: list[Run], xs: list[float]) -> list[list[Run]]:
    """The rows from the top; a line without a first cell goes on with the row above."""
    lines: list[list[Run]] = []
    for run in sorted(body, key=lambda run: -run.base):
        if lines and lines[-1][0].base - run.base < 0.5 * run.size:
            lines[-1].append(run)
        else:
            lines.append([run])
    rows: list[list[Run]] = []
    for line in lines:
        columns = {_column(run, xs) for run in line}
        if rows and 0 not in columns and 2 * len(columns) < len(xs) - 1:
            rows[-1] += line
        else:
            rows.append(line)
    return rows


def _column(run: Run, xs: list[float]) -> int:
    middle = (run.box[0] + run.box[2]) / 2
    return sum(middle > edge for edge in xs[1:-1])
