"""Edges of the columns of a document, the usual distance of its lines and their size.

Reads: the lines of all pages. Writes: a ``Frame`` for each column of each page.

A page of few lines tells no edges: pages of one size, odd or even, share them, as printed margins do.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.read.pdf_lines import Line

_FEW = 8  # lines that tell no edges of their own
_ROUNDED = 2.0  # points within which edges are one
_MIRRORED = 0.5  # em between left edges of odd and even pages that tell margins for binding
_MANY = 40  # lines of which one or two may hang out to the left
_COLUMN = 0.5  # of the lines that end at one edge
_TITLE = 1.25  # times the size of the body: a title, centred beyond the edges of the text perhaps
_PROSE = 0.6  # of the width between equal margins that prose fills
_JUSTIFIED = 0.3  # of the broad lines that end at one edge

Column = tuple[int, int]  # page, column


@dataclass(frozen=True, slots=True)
class Frame:
    """Left and right edge of a column, the usual distance from one of its lines to the next, and their size, in points."""

    left: float
    right: float
    pitch: float
    size: float


def frames_of(columns: dict[Column, list[Line]], sizes: list[tuple[float, float]]) -> dict[Column, Frame]:
    """A frame for each column; ``sizes`` are width and height of all pages."""
    kinds: dict[tuple[int, ...], list[Line]] = defaultdict(list)
    for (page, column), lines in columns.items():
        kinds[_kind(page, column, sizes)] += lines
    shared = {kind: _widened(_frame(lines), kind) for kind, lines in kinds.items()}
    for kind, frame in list(shared.items()):
        other = (*kind[:-1], 1 - kind[-1])
        if kind[-1] and other in shared and abs(frame.left - shared[other].left) < _MIRRORED * frame.size:
            shared[kind] = shared[other] = _widened(_frame(kinds[kind] + kinds[other]), kind)
    return {key: _fitted(lines, shared[_kind(*key, sizes)]) for key, lines in columns.items()}


def _kind(page: int, column: int, sizes: list[tuple[float, float]]) -> tuple[int, ...]:
    width, height = sizes[page - 1]
    return round(width), round(height), column, page % 2


def _widened(frame: Frame, kind: tuple[int, ...]) -> Frame:
    """The frame of a page of one column; where its lines are a list of short ones, as broad as equal margins leave it."""
    width, column = kind[0], kind[2]
    if column or frame.right - frame.left > _PROSE * (width - 2 * frame.left):
        return frame
    return replace(frame, right=max(frame.right, width - frame.left))


def _fitted(lines: list[Line], shared: Frame) -> Frame:
    """The frame of one page: its own where its lines stand elsewhere than those of other pages."""
    if len(lines) < _FEW:
        return shared
    outside = sum(line.left < shared.left - shared.size for line in lines)
    if not outside and 2 * sum(abs(line.right - shared.right) <= _ROUNDED for line in lines) > len(lines):
        return shared
    own = _frame(lines)
    if own.right - own.left < _PROSE * (shared.right - shared.left) and not _is_column(lines):
        return replace(shared, pitch=own.pitch)  # a list of short lines
    outside = sum(line.left < shared.left - own.size for line in lines)
    at_edge = sum(abs(line.left - shared.left) <= _ROUNDED for line in lines)
    if outside > 1 or (not at_edge and own.left > shared.left + own.size and _is_justified(lines)):
        return own
    if _is_column(lines):
        return own
    right = own.right if _is_justified(lines) else shared.right
    return Frame(shared.left, right, own.pitch, own.size)


def _is_justified(lines: list[Line]) -> bool:
    rights = Counter(round(line.right / _ROUNDED) for line in _broad(lines))
    return rights.most_common(1)[0][1] >= max(3, _JUSTIFIED * rights.total())


def _is_column(lines: list[Line]) -> bool:
    """Whether most lines end at one edge, as those of the last column of a newsletter do and those of a list do not."""
    rights = Counter(round(line.right / _ROUNDED) for line in lines)
    return rights.most_common(1)[0][1] >= _COLUMN * len(lines)


def _broad(lines: list[Line]) -> list[Line]:
    """The longer half of the lines."""
    middle = sorted(line.right - line.left for line in lines)[len(lines) // 2]
    return [line for line in lines if line.right - line.left >= middle]


def _frame(lines: list[Line]) -> Frame:
    by_size = Counter[float]()
    for line in lines:
        by_size[round(line.size, 1)] += len(line.text)
    size = _middle(by_size)
    lefts = Counter(round(line.left / _ROUNDED) for line in lines if line.size < _TITLE * size)
    often = 1 if len(lines) <= _MANY else max(2, len(lines) // 25)
    left = min((edge for edge, count in lefts.items() if count >= often), default=min(lefts, default=0)) * _ROUNDED
    rights = Counter(round(line.right / _ROUNDED) for line in _broad(lines))
    edge, count = rights.most_common(1)[0]
    if count < _JUSTIFIED * rights.total():
        often = max(2, rights.total() // 12)
        edge = max((edge for edge, count in rights.items() if count >= often), default=max(rights))
    steps = Counter(round(above.bottom - line.bottom) for above, line in pairwise(lines) if 0 < above.bottom - line.bottom < 4 * above.size)
    pitch = float(steps.most_common(1)[0][0]) if steps else 2 * size
    return Frame(left, edge * _ROUNDED, pitch, size)


def _middle(sizes: Counter[float]) -> float:
    """The size of the character in the middle, all characters sorted by size."""
    half = sizes.total() / 2
    for size in sorted(sizes):
        half -= sizes[size]
        if half <= 0:
            return size
    return max(sizes)
