"""Lines of one page of a PDF: runs that stand side by side, blanks round digits closed.

Reads: runs with their boxes. Writes: ``Line`` objects in the order of the page's content.

A line whose pieces were drawn in another order than one reads them, as quotation marks from another font are, is put together
character by character.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.read.pdf_runs import Run, Sheet, boxes_of, characters_of

if TYPE_CHECKING:
    from pipeline.read.blocks import Grid

_WIDE = 2.0  # em: a gap that parts two columns, or two cells of a row
_BACK = 0.3  # em: pieces that overlap by more were drawn in another order
_BELOW = 0.14  # em of a character that are below the base line
_TOUCHING = 0.15  # em: no blank at all
_STRETCHED = 0.75  # em: the widest gap that justification or a change of script makes
_PUNCTUATED = 1.2  # em: the same beside punctuation, which fills half of its square
_TYPED = 0.2  # em: the least blank that somebody typed
_SPACED_DIGITS = 0.6  # em: digits set apart one by one, each in the square of a Chinese character
_ALIKE = 1.2  # times: sizes of one line; a raised number is smaller
_OFF = 0.3  # em between the base lines of one line
_FIRST_DIGITS, _LAST_DIGITS = re.compile(r"\d+"), re.compile(r"\d+$")
_DIGITS = re.compile("[0-9]+")
_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_SMALL = 0.75  # of the height of the line: a raised digit
_LIFTED = 0.15  # of the same, from its bottom
_BROKEN = "\ufffe"  # what pdfium gives for the hyphen of a word that the end of a line breaks
_JOINERS = frozenset("-–—./%,:~+()")
_HALF_SQUARES = frozenset("“”‘’，。、；：？！（）《》〈〉【】〔〕「」,.;:()")
_AFTER = "[％～、，。；：？！）》〉】〕」”’…]*"  # what may not open a line
_OPENING = re.compile(rf"[“‘（《〈【〔「(]*(?:(?:[A-Za-z0-9.,%‰°/&+-]++{_AFTER})++|.{_AFTER})")
_QUOTES = re.compile("[“”‘’]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, its box in points from the left and the bottom of the page as one sees it, its size (one em).

    ``told``: the size is sure, as that of Latin letters alone is not.
    """

    text: str
    left: float
    right: float
    bottom: float
    top: float
    size: float
    told: bool = True
    grid: Grid | None = None  # the table that stands here in place of text


def opening_width(line: Line) -> float:
    """Width of what ``line`` opens with and may not be parted: a word, number or character, and punctuation that must follow it."""
    match = _OPENING.match(line.text)
    return line.size * sum(0.55 if character.isascii() else 1.0 for character in match[0]) if match else line.size


def lines_of(sheet: Sheet, text: str, runs: list[Run]) -> list[Line]:
    """The lines that ``runs`` of the page's characters make."""
    lines: list[Line] = []
    start = 0
    for index in range(1, len(runs) + 1):
        if index == len(runs) or not _on_one_line(runs[index - 1], runs[index]):
            lines += _lines(sheet, text, runs[start:index])
            start = index
    return lines


def _on_one_line(run: Run, other: Run) -> bool:
    """Whether two runs stand at one height: a raised number does, what stands beside two lines does not."""
    low, high = sorted((run.size, other.size))
    if abs(run.base - other.base) <= _OFF * low:
        return True
    shared = min(run.box[3], other.box[3]) - max(run.box[1], other.box[1])
    return high > _ALIKE * low and 2 * shared > min(run.box[3] - run.box[1], other.box[3] - other.box[1])


def _lines(sheet: Sheet, text: str, runs: list[Run]) -> list[Line]:
    """What stands at one height, parted at wide gaps."""
    if _is_disordered(sheet, text, runs):
        runs = sorted(characters_of(sheet, text, runs), key=lambda run: run.box[0] + run.box[2])
    lines: list[Line] = []
    start = 0
    for index in range(1, len(runs) + 1):
        if index == len(runs) or runs[index].box[0] - runs[index - 1].box[2] > _WIDE * max(runs[index].size, runs[index - 1].size):
            lines.append(_line(sheet, text, runs[start:index]))
            start = index
    return lines


def _is_disordered(sheet: Sheet, text: str, runs: list[Run]) -> bool:
    """Whether the runs of a line overlap, or a quotation mark stands before the character that it follows."""
    if any(after.box[0] < run.box[2] - _BACK * run.size for run, after in pairwise(runs)):
        return True
    if not _QUOTES.search(text, runs[0].start, runs[-1].end):
        return False
    for run in runs:
        for match in _QUOTES.finditer(text, run.start + 1, run.end):
            before, mark = boxes_of(sheet, match.start() - 1, match.end())
            if mark[0] < before[2] - _BACK * run.size:
                return True
    return False


def _line(sheet: Sheet, text: str, runs: list[Run]) -> Line:
    broad = max(runs, key=lambda run: (run.told, run.box[2] - run.box[0]))  # it tells the size of the line, as a raised number does not
    parts: list[str] = []
    for index, run in enumerate(runs):
        if index:
            before = runs[index - 1]
            parts.append(_blank(sheet, text, (before.end, run.start), (run.box[0] - before.box[2]) / max(1.0, broad.size)))
        parts.append(_with_raised(sheet, text, run, broad))
    if text[runs[-1].end : runs[-1].end + 1] == _BROKEN:
        parts.append("-")
    bottom = broad.base - _BELOW * broad.size
    return Line("".join(parts), runs[0].box[0], max(run.box[2] for run in runs), bottom, bottom + broad.size, broad.size, broad.told)


def _with_raised(sheet: Sheet, text: str, run: Run, broad: Run) -> str:
    """The run, small raised digits as such: the number of a note must not lengthen a figure."""
    raised: set[int] = set()
    for match in _DIGITS.finditer(text, run.start, run.end):
        a, b = match.span()
        if _is_raised(sheet, a, broad) or (b - a > 1 and _is_raised(sheet, b - 1, broad)):
            raised.update(index for index in range(a, b) if _is_raised(sheet, index, broad))
    if not raised:
        return text[run.start : run.end]
    return "".join(text[index].translate(_RAISED) if index in raised else text[index] for index in range(run.start, run.end))


def _is_raised(sheet: Sheet, index: int, broad: Run) -> bool:
    _, low, _, high = boxes_of(sheet, index, index + 1)[0]
    return high - low < _SMALL * (broad.box[3] - broad.box[1]) and low > broad.box[1] + _LIFTED * broad.size


def _blank(sheet: Sheet, text: str, between: tuple[int, int], gap: float) -> str:
    """What stays of the blanks at ``between``, which are ``gap`` em wide."""
    a, b = between
    before, after = text[a - 1], text[b]
    if gap < _TOUCHING and (a == b or not text[a:b].isspace()):
        return ""
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

    return text[slice(*between)].isspace() and any(
        pdfium.FPDFText_IsGenerated(sheet.text_page, index) == 0 and text[index] not in "\r\n" for index in range(*between)
    )
