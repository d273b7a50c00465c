"""Tell running headers, footers and page numbers from the text of a PDF.

Reads: the lines of all pages. Writes: which of them are furniture.

A line at the top or the bottom of its page is furniture where it is a page number, or where the same line, its digits aside,
stands at the same height on other pages: on every second page at least, or on every second page of odd or even number.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.pdf_lines import Line

_OUTER = 3  # lines at the top and at the bottom of a page that may be furniture
_SAME_HEIGHT = 4.0  # points
_DIGITS = re.compile(r"\d+|[ivxlc]+$")
_SHORT = 5  # pages of a document in which two with one line at one height are enough
_OFTEN = 3  # pages on which a line stands at one height before it belongs to them, in a document that is not short
_FAR = 1.5  # times the height of a page number that part it from the text
_SMALL = 0.9  # of the size of the body: a note at the bottom of a page
_MOST = 40  # lines of notes on a page


def furniture(pages: list[list[Line]]) -> list[set[int]]:
    """For each page the indexes of its lines that are furniture."""
    outer = [_outer(lines) for lines in pages]
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    steps: Counter[int] = Counter()
    for number, (lines, indexes) in enumerate(zip(pages, outer, strict=True), 1):
        for index in indexes:
            places[_key(lines[index])].add(number)
            told = _told(lines[index].text)
            if told is not None and _is_outermost(lines, index):
                steps[told - number] += 1
    found: list[set[int]] = []
    for number, (lines, indexes) in enumerate(zip(pages, outer, strict=True), 1):
        mine: set[int] = set()
        for index in indexes:
            told = _told(lines[index].text)
            if told is None:
                apart = _repeats(places, _key(lines[index]), number, len(pages)) or _is_labelled(lines, index)
            else:  # a bare number counts the pages, or stands apart and tells its own
                apart = _is_outermost(lines, index) and (steps[told - number] > 1 or (told == number and _is_far(lines, index)))
            if apart:
                mine.add(index)
        found.append(mine)
    return found


def notes(lines: list[tuple[Line, float]]) -> set[Line]:
    """The footnotes of a page: lines at its bottom that are smaller than the body, whose size stands beside each."""
    found: set[Line] = set()
    starts = load_rules("pdf")["opens-note"]
    waiting: set[Line] = set()
    for line, size in sorted(lines, key=lambda item: item[0].bottom)[:_MOST]:
        if line.grid is not None or not line.told or line.size > _SMALL * size:
            break
        waiting.add(line)
        if starts.match(line.text):
            found |= waiting
            waiting = set()
    return found


def _outer(lines: list[Line]) -> list[int]:
    by_height = sorted((index for index, line in enumerate(lines) if line.grid is None), key=lambda index: -lines[index].bottom)
    return sorted({*by_height[:_OUTER], *by_height[-_OUTER:]})


def _key(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("0", line.text.replace(" ", "")), round(line.bottom / _SAME_HEIGHT)


def _told(text: str) -> int | None:
    """The number that stands alone on a line."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= 4 else None


def _repeats(places: dict[tuple[str, int], set[int]], key: tuple[str, int], number: int, count: int) -> bool:
    text, height = key
    sets = [places.get((text, near), set()) for near in (height - 1, height, height + 1)]
    if not any(number + step in pages for step in (-2, -1, 1, 2) for pages in sets):
        return False
    # pages are counted only where they are few: the line of a long document stands on thousands
    times = max(map(len, sets))
    times = times if times >= _OFTEN else len(set().union(*sets))
    return times >= _OFTEN or (times >= 2 and count <= _SHORT)


def _is_labelled(lines: list[Line], index: int) -> bool:
    """Whether a line is a page number by its dashes or words."""
    return bool(_is_outermost(lines, index) and load_rules("pdf")["page-number"].search(lines[index].text.strip()))


def _is_outermost(lines: list[Line], index: int) -> bool:
    line = lines[index]
    others = [other for other in lines if other is not line]
    return all(other.bottom >= line.top for other in others) or all(other.top <= line.bottom for other in others)


def _is_far(lines: list[Line], index: int) -> bool:
    line = lines[index]
    return all(max(other.bottom - line.top, line.bottom - other.top) > _FAR * line.size for other in lines if other is not line)
