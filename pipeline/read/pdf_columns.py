"""Reading order of the lines of one page: rows put together, two columns one after the other.

Reads: the lines of a page in the order of its content. Writes: the same in reading order, each with its column.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.read.pdf_lines import Line

_BROAD = 0.55  # of the width of the text: a line that no column holds
_LEAST = 5  # lines of a column
_BROAD_SHARE = 0.4  # of the lines that may run over both columns: titles, figures
_NARROW = 7  # em: what is narrower is the column of a table
_FULL_SHARE = 0.5  # of the lines of a column that reach its edge
_SAME_ROW = 0.6  # of the height that two pieces share
_OFF = 0.3  # of the height between their bottoms
_LABEL = 6  # em: a longer line is no part of a broken label
_COLONS = ("：", ":")
_BETWEEN = "  "  # two pieces of a row, told apart by more than a typed blank

BOTH, FIRST, SECOND = 0, 1, 2  # columns


def reading_order(lines: list[Line]) -> list[tuple[Line, int]]:
    """The lines in the order in which one reads them, with the column of each: both, first or second."""
    gutter = _gutter(lines)
    if gutter is None:
        return [(line, BOTH) for line in _rows(_downwards(lines))]
    ordered: list[tuple[Line, int]] = []
    first: list[Line] = []
    second: list[Line] = []

    def close() -> None:
        ordered.extend((line, FIRST) for line in first)
        ordered.extend((line, SECOND) for line in second)
        first.clear()
        second.clear()

    for line in sorted(lines, key=lambda line: -line.top):
        if line.right <= gutter:
            first.append(line)
        elif line.left >= gutter:
            second.append(line)
        else:
            close()
            ordered.append((line, BOTH))
    close()
    return ordered


def _downwards(lines: list[Line]) -> list[Line]:
    """The lines of a page of prose from top to bottom, where its content has them in another order."""
    if all(above.top >= line.bottom for above, line in pairwise(lines)):
        return lines
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    broad = sum(line.right - line.left >= _BROAD * (right - left) for line in lines)
    if broad < (1 - _BROAD_SHARE) * len(lines):
        return lines
    return sorted(lines, key=lambda line: -line.top)


def _gutter(lines: list[Line]) -> float | None:
    """Where the gap between two columns lies, or None on a page of one column."""
    if len(lines) < 2 * _LEAST:
        return None
    left, right = min(line.left for line in lines), max(line.right for line in lines)
    narrow = [line for line in lines if line.right - line.left < _BROAD * (right - left)]
    if len(lines) - len(narrow) > _BROAD_SHARE * len(lines):
        return None
    middle = (left + right) / 2
    aside = [line for line in narrow if not line.left < middle < line.right]  # without titles and page numbers in the middle
    first = [line for line in aside if line.left + line.right < 2 * middle]
    second = [line for line in aside if line.left + line.right >= 2 * middle]
    if min(len(first), len(second)) < _LEAST or len(aside) < 0.9 * len(narrow):
        return None
    edge, start = max(line.right for line in first), min(line.left for line in second)
    if start <= edge or not (_is_column(first) and _is_column(second)):
        return None
    overlap = min(first[0].top, second[0].top) - max(min(line.bottom for line in first), min(line.bottom for line in second))
    return (edge + start) / 2 if overlap > 0 else None


def _is_column(lines: list[Line]) -> bool:
    """Whether the lines are prose that fills a column, not the cells of a table."""
    edge = max(line.right for line in lines)
    full = sum(edge - line.right < 2 * line.size for line in lines)
    broad = sum(line.right - line.left > _NARROW * line.size for line in lines)
    return full >= _FULL_SHARE * len(lines) and broad >= _FULL_SHARE * len(lines)


def _rows(lines: list[Line]) -> list[Line]:
    """The lines with those on one row put together, and what stands beside two lines after the first of them."""
    rows: list[Line] = []
    for line in lines:
        if not rows or line.grid or rows[-1].grid:
            rows.append(line)
        elif _is_label(rows[-1], line):
            rows[-1] = _joined(rows[-1], line, "")
        elif _on_one_row(rows[-1], line) or _behind_label(rows[-1], line):
            rows[-1] = _joined(rows[-1], line, _BETWEEN)
        else:
            rows.append(line)
    for index in range(len(rows) - 1):
        above, line = rows[index : index + 2]
        if above.bottom < line.bottom < above.top < line.top and line.left > above.right:
            rows[index : index + 2] = [line, above]  # “文件” beside the names of two issuers
    return rows


def _is_label(above: Line, line: Line) -> bool:
    """Whether two short lines are a label that a narrow cell broke (发文机 / 关：)."""
    narrow = max(above.right - above.left, line.right - line.left) < _LABEL * line.size
    return narrow and line.text.endswith(_COLONS) and abs(above.left - line.left) < _OFF * line.size and above.bottom >= line.top - _OFF


def _behind_label(label: Line, line: Line) -> bool:
    """Whether a line stands beside a label of two lines, at half their height."""
    return label.text.endswith(_COLONS) and line.left > label.right and label.bottom < line.bottom and line.top < label.top


def _on_one_row(before: Line, line: Line) -> bool:
    low = min(before.size, line.size)
    if line.left <= before.right or abs(before.bottom - line.bottom) > _OFF * low:
        return False
    return min(before.top, line.top) - max(before.bottom, line.bottom) > _SAME_ROW * low


def _joined(before: Line, line: Line, between: str) -> Line:
    text, bottom, top = before.text + between + line.text, min(before.bottom, line.bottom), max(before.top, line.top)
    return replace(before, text=text, right=line.right, bottom=bottom, top=top)
