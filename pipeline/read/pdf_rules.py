"""Ruling lines of a page: the straight strokes, and the thin bars that writers fill in their place.

Reads: the drawn objects of a page in pdfium. Writes: ``Rules``, horizontal and vertical ones.
"""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pipeline.read.pdf_library import address, direct

if TYPE_CHECKING:
    from pipeline.read.pdf_runs import Sheet

_THIN = 3.0  # points: a bar that is no thicker is a rule
_LEAST = 4.0  # points: the shortest rule
_OBJECTS = 20_000  # of a page; a drawing has more
_SEGMENTS = 2_000  # of a path
_SAME = 1.5  # points between the two sides of one rule
_GAP = 3.0  # points between two strokes of one rule
_PATH, _FORM = 2, 5  # kinds of objects in pdfium
_MOVE, _LINE = 2, 0  # kinds of segments


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule: its height (or, of an upright one, its distance from the left), where it begins and ends, in points."""

    at: float
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules of a page as one sees it."""

    level: tuple[Rule, ...]
    upright: tuple[Rule, ...]


Point = tuple[float, float]


def rules_of(page: Any, sheet: Sheet) -> Rules:
    """The rules of ``page``, strokes of one rule joined."""
    import pypdfium2.raw as pdfium

    count, place = pdfium.FPDFPage_CountObjects(page), address(page)
    object_at, kind_of = direct("FPDFPage_GetObject"), direct("FPDFPageObj_GetType")
    strokes: list[tuple[Point, Point]] = []
    for index in range(min(count, _OBJECTS)):
        drawn = object_at(place, index)
        kind = kind_of(drawn)
        if kind == _PATH:
            strokes += _strokes(drawn)
        elif kind == _FORM:
            inside = pdfium.FPDFFormObj_CountObjects(_handle(drawn))
            parts = [direct("FPDFFormObj_GetObject")(drawn, part) for part in range(min(inside, _OBJECTS))]
            matrix = _matrix(drawn)
            inner = [stroke for part in parts if kind_of(part) == _PATH for stroke in _strokes(part)]
            strokes += [(_moved(start, matrix), _moved(end, matrix)) for start, end in inner]
    if not strokes:
        return Rules((), ())
    level: list[Rule] = []
    upright: list[Rule] = []
    for stroke in strokes:
        (ax, ay), (bx, by) = (_turned(point, sheet) for point in stroke)
        if abs(ay - by) < 1.0 and abs(ax - bx) >= _LEAST:
            level.append(Rule((ay + by) / 2, min(ax, bx), max(ax, bx)))
        elif abs(ax - bx) < 1.0 and abs(ay - by) >= _LEAST:
            upright.append(Rule((ax + bx) / 2, min(ay, by), max(ay, by)))
    return Rules(_whole(level), _whole(upright))


def _handle(place: int) -> Any:
    import pypdfium2.raw as pdfium

    return ctypes.cast(place, pdfium.FPDF_PAGEOBJECT)


def _strokes(place: int) -> list[tuple[Point, Point]]:
    """Straight strokes of a path; of what is only filled, its thin bars."""
    import pypdfium2.raw as pdfium

    path = _handle(place)
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    pdfium.FPDFPath_GetDrawMode(path, fill, stroke)
    count = pdfium.FPDFPath_CountSegments(path)
    if not (fill.value or stroke.value) or not 0 < count <= _SEGMENTS:
        return []
    x, y, matrix = ctypes.c_float(), ctypes.c_float(), _matrix(place)
    outlines: list[list[Point]] = []
    for index in range(count):
        segment = direct("FPDFPath_GetPathSegment")(place, index)
        kind = direct("FPDFPathSegment_GetType")(segment)
        direct("FPDFPathSegment_GetPoint")(segment, ctypes.addressof(x), ctypes.addressof(y))
        if kind == _MOVE or not outlines:
            outlines.append([])
        elif kind != _LINE:
            return []  # a curve: a drawing
        outlines[-1].append(_moved((x.value, y.value), matrix))
        if direct("FPDFPathSegment_GetClose")(segment) and outlines[-1][0] != outlines[-1][-1]:
            outlines[-1].append(outlines[-1][0])
    strokes: list[tuple[Point, Point]] = []
    for outline in outlines:
        strokes += pairwise(outline) if stroke.value else _bar(outline)
    return strokes


def _bar(outline: list[Point]) -> list[tuple[Point, Point]]:
    """The middle line of a thin filled rectangle."""
    left, right = min(x for x, _ in outline), max(x for x, _ in outline)
    low, high = min(y for _, y in outline), max(y for _, y in outline)
    if high - low <= _THIN < right - left:
        return [((left, (low + high) / 2), (right, (low + high) / 2))]
    if right - left <= _THIN < high - low:
        return [(((left + right) / 2, low), ((left + right) / 2, high))]
    return []


def _matrix(place: int) -> tuple[float, ...]:
    import pypdfium2.raw as pdfium

    matrix = pdfium.FS_MATRIX()
    if not pdfium.FPDFPageObj_GetMatrix(_handle(place), matrix):
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    return (matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)


def _moved(point: Point, matrix: tuple[float, ...]) -> Point:
    a, b, c, d, e, f = matrix
    x, y = point
    return a * x + c * y + e, b * x + d * y + f


def _turned(point: Point, sheet: Sheet) -> Point:
    x, y = point
    return ((x, y), (y, sheet.width - x), (sheet.width - x, sheet.height - y), (sheet.height - y, x))[sheet.turn]


def _whole(rules: list[Rule]) -> tuple[Rule, ...]:
    """The rules with their strokes joined: those of one height that touch."""
    heights: list[list[Rule]] = []
    for rule in sorted(rules, key=lambda rule: rule.at):
        if heights and rule.at - heights[-1][0].at <= _SAME:
            heights[-1].append(rule)
        else:
            heights.append([rule])
    whole: list[Rule] = []
    for height in heights:
        end = -1e9
        for rule in sorted(height, key=lambda rule: rule.start):
            if rule.start <= end + _GAP:
                end = max(end, rule.end)
                whole[-1] = Rule(whole[-1].at, whole[-1].start, end)
            else:
                end = rule.end
                whole.append(rule)
    return tuple(whole)
