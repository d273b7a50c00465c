"""Tell running headers, footers and page numbers from the text of a PDF.

Reads: the lines of all pages. Writes: which of them are furniture.

A line at the top or the bottom of its page is furniture where it is a page number, or where the same line, its digits aside,
stands at the same height on other pages: on every second page at least, or on every second page of odd or even number.
"""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.pdf_lines import Line

_OUTER = 3  # lines at the top and at the bottom of a page that may be furniture
_SAME_HEIGHT = 4.0  # points
_DIGITS = re.compile(r"\d+|[ivxlc]+$")


def furniture(pages: list[list[Line]]) -> list[set[int]]:
    """For each page the indexes of its lines that are furniture."""
    outer = [_outer(lines) for lines in pages]
    places: dict[tuple[str, int], set[int]] = defaultdict(set)
    for number, (lines, indexes) in enumerate(zip(pages, outer, strict=True)):
        for index in indexes:
            places[_key(lines[index])].add(number)
    found: list[set[int]] = []
    pattern = load_rules("pdf")["page-number"]
    for number, (lines, indexes) in enumerate(zip(pages, outer, strict=True)):
        mine: set[int] = set()
        for index in indexes:
            line = lines[index]
            if _repeats(places, _key(line), number, len(pages)) or (_is_outermost(lines, index) and pattern.fullmatch(line.text.strip())):
                mine.add(index)
        found.append(mine)
    return found


def _outer(lines: list[Line]) -> list[int]:
    by_height = sorted(range(len(lines)), key=lambda index: -lines[index].bottom)
    return sorted({*by_height[:_OUTER], *by_height[-_OUTER:]})


def _key(line: Line) -> tuple[str, int]:
    return _DIGITS.sub("0", line.text.replace(" ", "")), round(line.bottom / _SAME_HEIGHT)


def _repeats(places: dict[tuple[str, int], set[int]], key: tuple[str, int], number: int, count: int) -> bool:
    text, height = key
    on = places[key] | places.get((text, height - 1), set()) | places.get((text, height + 1), set())
    near = [other for other in on if other != number and abs(other - number) <= 2]
    return len(on) >= 2 and bool(near) and (len(on) >= 3 or count <= 3)


def _is_outermost(lines: list[Line], index: int) -> bool:
    line = lines[index]
    others = [other for other in lines if other is not line]
    return all(other.bottom > line.top for other in others) or all(other.top < line.bottom for other in others)
