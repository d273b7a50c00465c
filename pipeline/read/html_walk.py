"""Walk over an element of a page: paragraphs as a reader sees them, and its tables.

Reads: an element. Writes: ``Line`` records and grids in reading order. No recursion: a hostile page nests a million elements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.read.blocks import Cell, Grid
from pipeline.read.html_article import is_aside, is_hidden
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_BLOCKS = frozenset({
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "legend", "li",
    "main", "menu", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
})  # fmt: skip
_BREAKS = _BLOCKS | {"br"}
_HEADINGS = ("h1", "h2", "h3")
_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_BETWEEN = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]) (?=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef])")
_EDGES = " \t\r\n\f\v\u00a0\u2002\u2003\u3000\ufeff\u200b"
_NOTHING = str.maketrans("", "", "\u200b\u200c\u200d\ufeff\u00ad")
_WIDEST, _HIGHEST = 1000, 65_534  # what a browser allows colspan and rowspan
_LARGEST = 200_000  # cells of one table


@dataclass(frozen=True, slots=True)
class Line:
    """One paragraph as a reader sees it. ``linked`` is the share of its characters that stand in links."""

    text: str
    linked: float
    heading: bool


@dataclass(slots=True)
class _Draft:
    """The paragraph that is being put together, and what it stands in."""

    pieces: list[str] = field(default_factory=list)
    linked: int = 0  # characters in links
    headed: bool = False
    links: int = 0  # how many links, and headings, are open
    headings: int = 0
    numbers: list[int | None] = field(default_factory=list)  # the next one of each open list; None in a list without numbers

    def enter(self, element: HtmlElement) -> None:
        """Begin ``element`` with its number in a list and its first text."""
        tag = element.tag
        self.links += tag == "a"
        self.headings += tag in _HEADINGS
        if tag in ("ol", "ul"):
            self.numbers.append(_first_number(element) if tag == "ol" else None)
        if tag == "li" and self.numbers and (number := self.numbers[-1]) is not None:
            self.numbers[-1] = number + 1
            self.add(f"{number}. ")
        self.add(element.text)

    def leave(self, element: HtmlElement) -> None:
        """End ``element``."""
        self.links -= element.tag == "a"
        self.headings -= element.tag in _HEADINGS
        if element.tag in ("ol", "ul"):
            self.numbers.pop()

    def add(self, text: str | None) -> None:
        """Go on with ``text``."""
        if text:
            self.pieces.append(text)
            self.headed = self.headed or self.headings > 0
            if self.links:
                self.linked += len(text.strip(_EDGES))

    def take(self) -> Line | None:
        """The paragraph, if there is one, and a new beginning."""
        text = tidy("".join(self.pieces)) if self.pieces else ""
        line = Line(text, min(1.0, self.linked / len(text)), self.headed) if text else None
        self.pieces, self.linked, self.headed = [], 0, False
        return line


def tidy(text: str) -> str:
    """``text`` with blanks as a browser shows them: runs as one, none at the ends, none for line ends between Chinese characters."""
    return _BETWEEN.sub("", _BLANKS.sub(" ", text.translate(_NOTHING))).strip(_EDGES)


def walk(start: HtmlElement) -> Iterator[Line | Grid]:
    """Paragraphs and tables below ``start``, in reading order; what is hidden or about the page is left out.

    Tables that only lay out the page are opened; each of the others comes as a grid.
    """
    skipped = frozenset(load_rules("html").data["skipped"]["tags"].split())
    draft = _Draft()
    stack: list[tuple[HtmlElement, bool]] = [(start, False)]  # element, and whether it is left
    while stack:
        element, leaving = stack.pop()
        if element.tag in _BREAKS and (line := draft.take()):
            yield line
        if leaving:
            draft.leave(element)
        elif element is not start and (element.tag in skipped or not _is_shown(element)):
            pass
        elif element.tag == "table" and (grid := grid_of(element)) is not None:
            yield grid
        else:
            draft.enter(element)
            stack.append((element, True))
            stack.extend((child, False) for child in reversed(element))
            continue
        if element is not start:
            draft.add(element.tail)
    if line := draft.take():
        yield line


def _is_shown(element: HtmlElement) -> bool:
    return isinstance(element.tag, str) and not is_hidden(element) and not is_aside(element)


def _first_number(element: HtmlElement) -> int | None:
    """Where a numbered list begins; None where its style hides the numbers."""
    if "list-style" in (element.get("style") or "") and "none" in (element.get("style") or ""):
        return None
    start = element.get("start") or ""
    return int(start) if start.isascii() and start.isdigit() and len(start) < 9 else 1


def grid_of(table: HtmlElement) -> Grid | None:
    """The cells of a table of data; None for one that lays out the page (another table in it, one row or one column)."""
    rows: list[HtmlElement] = []
    for element in table.iter("tr", "table"):
        if element.tag == "table" and element is not table:
            return None
        if element.tag == "tr":
            rows.append(element)
    cells: list[Cell] = []
    taken: dict[int, int] = {}  # column → rows that a cell above still covers
    for row, element in enumerate(rows):
        column, covered = 0, {}
        for cell in element:
            if cell.tag not in ("td", "th"):
                continue
            while taken.get(column, 0) > 0:
                column += 1
            wide, high = _span(cell, "colspan", _WIDEST), min(_span(cell, "rowspan", _HIGHEST), len(rows) - row)
            text = "\n".join(line.text for line in walk(cell) if isinstance(line, Line))
            cells.append(Cell(text, row, column, high, wide, cell.tag == "th" or element.getparent().tag == "thead"))
            covered.update(dict.fromkeys(range(column, column + wide), high))
            column += wide
        taken = {c: left - 1 for c, left in {**taken, **covered}.items() if left > 1}
        if len(cells) > _LARGEST:
            return None
    wide = max((cell.column + cell.columns for cell in cells), default=0)
    filled = sum(1 for cell in cells if cell.text)
    return Grid(tuple(cells)) if len(rows) > 1 and wide > 1 and filled > 1 else None


def _span(cell: HtmlElement, name: str, most: int) -> int:
    value = (cell.get(name) or "").strip()
    return min(most, max(1, int(value))) if value.isascii() and value.isdigit() and len(value) < 9 else 1
