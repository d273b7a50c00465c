"""Runs of text on one page of a PDF: what stands between two blanks, with its box.

Reads: the text of a page in pdfium. Writes: ``Run`` tuples in the order of the page's content.

pdfium gives the characters of a page with line feeds where the pen moved on and blanks where a gap is wide. Boxes are asked
for only at both ends of the runs between blanks: all that the geometry needs, and cheap.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from pipeline.read.pdf_library import direct

_RUN = re.compile(r"[^\s\ufffe\x00-\x1f]+")
_SQUARE = re.compile(
    "[\u2e80-\u2fd5\u3400-\u9fff\uf900-\ufaff]"
)  # they fill a square, and so tell the size of their font; punctuation may not
_FAR = 100_000.0  # points: no page is so large
_LEAST = 1.0  # point: the smallest size
_LATIN_HEIGHT = 1.15  # em from the lowest to the highest mark of a Latin font
_SAME_PLACE = 0.2  # em: what is printed twice there is bold, not two words
_TALL = 1.5  # times as high as wide: a run of text that runs up or down the page

Box = tuple[float, float, float, float]  # left, bottom, right, top in points
_End = tuple[int, int, Box, Box, Box | None, Box]  # a run, the boxes of its first, last and first square character, its origin


class Run(NamedTuple):
    """Where a run begins and ends in the characters of its page, its box, its size (one em), the height of its base line.

    ``told``: a character that fills a square tells the size; Latin fonts tell it roughly. Fonts differ in how far their boxes
    reach below the base line.
    """

    start: int
    end: int
    box: Box
    size: float
    base: float
    told: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as pdfium has it: its text and the address of that, its quarter turns to the right, its width and height unturned."""

    text_page: Any
    place: int
    turn: int
    width: float
    height: float


def sheet_text(sheet: Sheet) -> str:
    """The characters of the page, each at the index that pdfium gives it."""
    import pypdfium2.raw as pdfium

    count = pdfium.FPDFText_CountChars(sheet.text_page)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = pdfium.FPDFText_GetText(sheet.text_page, 0, count, buffer)
    text = bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "replace")
    if len(text) == count:
        return text
    codes = (pdfium.FPDFText_GetUnicode(sheet.text_page, index) for index in range(count))  # it left out what it has no character for
    return "".join(chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code < 0xE000 else "\ufffd" for code in codes)


def runs_of(sheet: Sheet, text: str) -> tuple[list[Run], int]:
    """The runs between blanks, what is printed twice on one place once, and the quarter turns that make them upright."""
    ends = _ends(sheet, text)
    turn = sheet.turn or _turn(ends)
    runs: list[Run] = []
    seen: dict[str, Run] = {}
    for a, b, start, stop, square, origin in ends:
        if turn:
            start, stop, origin = _turned(start, turn, sheet), _turned(stop, turn, sheet), _turned(origin, turn, sheet)
            square = _turned(square, turn, sheet) if square else None
        if not all(-_FAR < place < _FAR for place in (*start, *stop, origin[1])):
            continue  # a damaged page: nowhere, or not even a number
        run = _run((a, b), (start, stop), square, origin[1])
        word = text[a:b]
        twin = seen.get(word)
        if twin is None or max(abs(twin.box[0] - run.box[0]), abs(twin.box[1] - run.box[1])) > _SAME_PLACE * run.size:
            seen[word] = run
            runs.append(run)
    return runs, turn


def characters_of(sheet: Sheet, text: str, runs: list[Run]) -> list[Run]:
    """Each character of ``runs`` as a run of its own."""
    found: list[Run] = []
    for run in runs:
        for index, box in enumerate(boxes_of(sheet, run.start, run.end), run.start):
            found.append(_run((index, index + 1), (box, box), box if _SQUARE.match(text, index) else None, run.base))
    return found


def boxes_of(sheet: Sheet, a: int, b: int, *, turned: bool = True) -> list[Box]:
    """The box of each character from index ``a`` to before index ``b``."""
    box_of, rectangle = direct("FPDFText_GetLooseCharBox"), _rectangle()
    to_rectangle = ctypes.addressof(rectangle)
    boxes: list[Box] = []
    for index in range(a, b):
        box_of(sheet.place, index, to_rectangle)
        box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        boxes.append(_turned(box, sheet.turn, sheet) if turned and sheet.turn else box)
    return boxes


@cache
def _rectangle() -> Any:
    """Where pdfium writes a box: one for all, for what is asked is read at once."""
    import pypdfium2.raw as pdfium

    return pdfium.FS_RECTF()


def _ends(sheet: Sheet, text: str) -> list[_End]:
    import pypdfium2.raw as pdfium

    box_of, page = direct("FPDFText_GetLooseCharBox"), sheet.place
    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    origin_of, x, y = direct("FPDFText_GetCharOrigin"), ctypes.c_double(), ctypes.c_double()
    to_x, to_y = ctypes.addressof(x), ctypes.addressof(y)
    to_first, to_last = ctypes.addressof(first), ctypes.addressof(last)
    ends: list[_End] = []
    for match in _RUN.finditer(text):
        a, b = match.span()
        box_of(page, a, to_first)
        start = stop = (first.left, first.bottom, first.right, first.top)
        if b - a > 1:
            box_of(page, b - 1, to_last)
            stop = (last.left, last.bottom, last.right, last.top)
        found = _SQUARE.search(text, a, b)
        square: Box | None = None
        if found:
            at = found.start()
            square = start if at == a else stop if at == b - 1 else boxes_of(sheet, at, at + 1, turned=False)[0]
        origin_of(page, a, to_x, to_y)
        ends.append((a, b, start, stop, square, (x.value, y.value, x.value, y.value)))
    return ends


def _run(span: tuple[int, int], ends: tuple[Box, Box], square: Box | None, base: float) -> Run:
    start, stop = ends
    box = (min(start[0], stop[0]), min(start[1], stop[1]), max(start[2], stop[2]), max(start[3], stop[3]))
    if square:
        return Run(*span, box, max(_LEAST, square[2] - square[0]), base, told=True)
    return Run(*span, box, max(_LEAST, (start[3] - start[1]) / _LATIN_HEIGHT), base, told=False)


def _turn(ends: list[_End]) -> int:
    """Quarter turns to the right that make text upright which runs up or down the page, as a broad table on a narrow page does."""
    tall = up = 0
    for a, b, start, stop, _, _ in ends:
        if max(start[3], stop[3]) - min(start[1], stop[1]) > _TALL * (max(start[2], stop[2]) - min(start[0], stop[0])) and b - a > 1:
            tall += b - a
            up += (b - a) * (stop[1] > start[1])
    if not tall or 2 * tall < sum(end[1] - end[0] for end in ends):
        return 0
    return 1 if 2 * up > tall else 3


def _turned(box: Box, turn: int, sheet: Sheet) -> Box:
    left, bottom, right, top = box
    if turn == 1:
        return (bottom, sheet.width - right, top, sheet.width - left)
    if turn == 2:
        return (sheet.width - right, sheet.height - top, sheet.width - left, sheet.height - bottom)
    return (sheet.height - top, left, sheet.height - bottom, right)
