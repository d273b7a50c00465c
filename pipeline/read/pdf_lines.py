"""Lines of one page of a PDF: what stands side by side, with its box, blanks round digits closed.

Reads: the text of a page in pdfium. Writes: ``Line`` objects in the order of the page's content.

pdfium gives the characters of a page with line feeds where the pen moved on and blanks where a gap is wide. Boxes are asked
for only at both ends of the runs between blanks: all that the geometry needs, and cheap.
"""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.read.pdf_library import address, direct

if TYPE_CHECKING:
    from pipeline.read.blocks import Grid

_RUN = re.compile(r"[^\s\ufffe\x00-\x1f]+")
_WIDE = 2.0  # em: a gap that parts two columns, or two cells of a row
_STRETCHED = 0.75  # em: the widest gap that justification or a change of script makes
_PUNCTUATED = 1.2  # em: the same beside punctuation, which fills half of its square
_TYPED = 0.2  # em: the least blank that somebody typed
_SPACED_DIGITS = 0.6  # em: digits set apart one by one, each in the square of a Chinese character
_ALIKE = 1.2  # times: sizes of one line; a raised number is smaller
_OFF = 0.3  # of the height: bottoms of one line
_SAME_PLACE = 0.2  # em: what is printed twice there is bold, not two words
_TALL = 1.5  # times as high as wide: a run of text that runs up or down the page
_FIRST_DIGITS, _LAST_DIGITS = re.compile(r"\d+"), re.compile(r"\d+$")
_DIGITS = re.compile("[0-9]+")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALL = 0.75  # of the height of the line: a raised digit
_LIFTED = 0.15  # of the same, from its bottom
_BROKEN = "\ufffe"  # what pdfium gives for the hyphen of a word that the end of a line breaks
_JOINERS = frozenset("-–—./%,:~+()")
_HALF_SQUARES = frozenset("“”‘’，。、；：？！（）《》〈〉【】〔〕「」,.;:()")

Box = tuple[float, float, float, float]  # left, bottom, right, top in points
Run = tuple[int, int, Box]  # where it begins and ends in the characters of its page, and its box


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, its box in points from the left and the bottom of the page as one sees it."""

    text: str
    left: float
    right: float
    bottom: float
    top: float
    grid: Grid | None = None  # the table that stands here in place of text

    @property
    def size(self) -> float:
        """Height of the font, about one em."""
        return self.top - self.bottom


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as pdfium has it: the handle of its text, its quarter turns to the right, its width and height unturned."""

    text_page: Any
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


def lines_of(sheet: Sheet, text: str, runs: list[Run]) -> list[Line]:
    """The lines that ``runs`` of the page's characters make."""
    lines: list[Line] = []
    start = 0
    for index in range(1, len(runs)):
        if not _goes_on(runs[index - 1][2], runs[index][2]):
            lines.append(_line(sheet, text, runs[start:index]))
            start = index
    if runs:
        lines.append(_line(sheet, text, runs[start:]))
    return lines


def runs_of(sheet: Sheet, text: str) -> tuple[list[Run], int]:
    """The runs between blanks, what is printed twice on one place once, and the quarter turns that make them upright."""
    import pypdfium2.raw as pdfium

    box_of, page = direct("FPDFText_GetLooseCharBox"), address(sheet.text_page)
    first, last = pdfium.FS_RECTF(), pdfium.FS_RECTF()
    to_first, to_last = ctypes.addressof(first), ctypes.addressof(last)
    ends: list[tuple[int, int, Box, Box]] = []
    for match in _RUN.finditer(text):
        a, b = match.span()
        box_of(page, a, to_first)
        start = (first.left, first.bottom, first.right, first.top)
        if b - a > 1:
            box_of(page, b - 1, to_last)
            ends.append((a, b, start, (last.left, last.bottom, last.right, last.top)))
        else:
            ends.append((a, b, start, start))
    turn = sheet.turn or _turn(ends)
    runs: list[Run] = []
    seen: dict[str, Box] = {}
    for a, b, start, stop in ends:
        if turn:
            start, stop = _turned(start, turn, sheet), _turned(stop, turn, sheet)
        box = (min(start[0], stop[0]), min(start[1], stop[1]), max(start[2], stop[2]), max(start[3], stop[3]))
        run = text[a:b]
        twin = seen.get(run)
        if twin is None or max(abs(twin[0] - box[0]), abs(twin[1] - box[1])) > _SAME_PLACE * (box[3] - box[1]):
            seen[run] = box
            runs.append((a, b, box))
    return runs, turn


def _turn(ends: list[tuple[int, int, Box, Box]]) -> int:
    """Quarter turns to the right that make text upright which runs up or down the page, as a broad table on a narrow page does."""
    tall = up = 0
    for a, b, start, stop in ends:
        if max(start[3], stop[3]) - min(start[1], stop[1]) > _TALL * (max(start[2], stop[2]) - min(start[0], stop[0])) and b - a > 1:
            tall += b - a
            up += (b - a) * (stop[1] > start[1])
    if not tall or 2 * tall < sum(b - a for a, b, _, _ in ends):
        return 0
    return 1 if 2 * up > tall else 3


def _turned(box: Box, turn: int, sheet: Sheet) -> Box:
    left, bottom, right, top = box
    if turn == 1:
        return (bottom, sheet.width - right, top, sheet.width - left)
    if turn == 2:
        return (sheet.width - right, sheet.height - top, sheet.width - left, sheet.height - bottom)
    return (sheet.height - top, left, sheet.height - bottom, right)


def _goes_on(box: Box, other: Box) -> bool:
    """Whether ``other`` stands on the line of ``box``, to its right, with no wider gap than a line has."""
    low, high = sorted((box[3] - box[1], other[3] - other[1]))
    if 2 * (min(box[3], other[3]) - max(box[1], other[1])) < low:
        return False
    if high < _ALIKE * low and abs(box[1] - other[1]) > _OFF * low:
        return False  # beside two lines, between them
    return -0.5 * low < other[0] - box[2] < _WIDE * high


def _line(sheet: Sheet, text: str, runs: list[Run]) -> Line:
    boxes = [box for _, _, box in runs]
    broad = max(boxes, key=lambda box: box[2] - box[0])  # its height tells the size of the line; a raised number has none to tell
    parts: list[str] = []
    for index, (a, b, box) in enumerate(runs):
        if index:
            end, before = runs[index - 1][1], runs[index - 1][2]
            parts.append(_blank(sheet, text, (end, a), (box[0] - before[2]) / max(1.0, box[3] - box[1])))
        parts.append(_with_raised(sheet, text, (a, b), broad))
    if text[runs[-1][1] : runs[-1][1] + 1] == _BROKEN:
        parts.append("-")
    return Line("".join(parts), boxes[0][0], max(box[2] for box in boxes), broad[1], broad[3])


def _with_raised(sheet: Sheet, text: str, run: tuple[int, int], line: Box) -> str:
    """The run, small raised digits as such: the number of a note must not lengthen a figure."""
    raised: list[int] = []
    for match in _DIGITS.finditer(text, *run):
        a, b = match.span()
        if _is_raised(sheet, a, line) or (b - a > 1 and _is_raised(sheet, b - 1, line)):
            raised += [index for index in range(a, b) if _is_raised(sheet, index, line)]
    if not raised:
        return text[slice(*run)]
    return "".join(text[index].translate(_RAISED) if index in raised else text[index] for index in range(*run))


def _is_raised(sheet: Sheet, index: int, line: Box) -> bool:
    _, low, _, high = boxes_of(sheet, index, index + 1)[0]
    height = line[3] - line[1]
    return high - low < _SMALL * height and low > line[1] + _LIFTED * height


def _blank(sheet: Sheet, text: str, between: tuple[int, int], gap: float) -> str:
    """What stays of the blanks at ``between``, which are ``gap`` em wide."""
    a, b = between
    before, after = text[a - 1], text[b]
    chinese, chinese_after = before >= "\u2e80", after >= "\u2e80"
    if before in _HALF_SQUARES or after in _HALF_SQUARES:
        if chinese or chinese_after or gap > _PUNCTUATED:
            return " " if gap > _PUNCTUATED else ""
        return " " if not _spaced(text, a, b) else ""
    if chinese and chinese_after:
        return " " if gap > _STRETCHED or (gap > _TYPED and _typed(sheet, text, between)) else ""
    if chinese or chinese_after:
        latin = after if chinese else before
        return " " if gap > _STRETCHED or (latin.isalpha() and gap > _TYPED and _typed(sheet, text, between)) else ""
    return "" if gap < _SPACED_DIGITS and _spaced(text, a, b) else " "


def _spaced(text: str, a: int, b: int) -> bool:
    """Whether digits are set apart one by one on both sides of the blanks: “2 0 0 1”."""
    first, last = _FIRST_DIGITS.match(text, b), _LAST_DIGITS.search(text, max(0, a - 4), a)
    if first is None or last is None:
        return bool((first or last) and (text[a - 1] in _JOINERS or text[b] in _JOINERS) and len((first or last)[0]) == 1)  # type: ignore[index]
    return len(first[0]) == len(last[0]) == 1


def _typed(sheet: Sheet, text: str, between: tuple[int, int]) -> bool:
    """Whether one of the blanks stands in the file, and is not what pdfium makes of a gap."""
    import pypdfium2.raw as pdfium

    return any(pdfium.FPDFText_IsGenerated(sheet.text_page, index) == 0 and text[index] not in "\r\n" for index in range(*between))


def boxes_of(sheet: Sheet, a: int, b: int) -> list[Box]:
    """The box of each character from index ``a`` to before index ``b``."""
    import pypdfium2.raw as pdfium

    boxes: list[Box] = []
    rectangle, page = pdfium.FS_RECTF(), address(sheet.text_page)
    for index in range(a, b):
        direct("FPDFText_GetLooseCharBox")(page, index, ctypes.addressof(rectangle))
        box = (rectangle.left, rectangle.bottom, rectangle.right, rectangle.top)
        boxes.append(_turned(box, sheet.turn, sheet) if sheet.turn else box)
    return boxes
