"""Walk the tree of a web page and write down its lines and tables, with the elements that they stand in.

Reads: the root of a tree. Writes: ``Items``: everything that the eye would read, once and in order, not yet told apart.
The tree is no deeper than the parser allows, so that the walk may call itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pipeline.read.blocks import Cell, Grid
from pipeline.rulebook import load_rules

_DROPPED = frozenset(
    re.findall(
        r"\w+",
        "script style noscript template iframe object embed applet select option input button textarea svg canvas video "
        "audio map head title meta link base datalist progress meter frame frameset noframes img",
    )
)
_BLOCKS = frozenset(
    re.findall(
        r"\w+",
        "html body address article aside blockquote center dd div dl dt fieldset figcaption figure footer form h1 h2 h3 "
        "h4 h5 h6 header hr legend li main menu nav ol p pre section summary details table tbody td tfoot th thead tr "
        "ul caption",
    )
)
_PLAIN = frozenset(["p", "h1", "h2", "h3", "h4", "h5", "h6", "dt"])  # no article stands in one of these alone
_SITE = frozenset(["nav", "footer", "aside", "menu"])
_HIDDEN = re.compile(r"display\s*:\s*none|mso-hide\s*:\s*all", re.I)
_UNNUMBERED = re.compile(r"list-style(?:-type)?\s*:[^;]*\bnone\b", re.I)
_LINE_BREAKS = re.compile(r"[ \t\r\f\v]*\n[ \t\r\n\f\v]*")
_BLANKS = re.compile("[ \t\r\f\v\u2002\u2003\u2009\xa0]+")
_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\xad]")
_EDGES = " \t\r\n\f\v\xa0\u3000\u2002\u2003"
_WIDE = "\u2010"  # from here on characters need no blank where their line is broken
_COLUMNS, _ROWS, _PLACES = 100, 5000, 400_000
_FRAME, _FRAME_SHARE = 300, 0.7  # characters of one cell, and its share of the table, from which the table lays out the page


@dataclass(slots=True)
class Line:
    """One line of text; ``links`` is how many of its characters stand in links, ``tag`` and ``name`` tell of its element."""

    text: str
    links: int
    tag: str
    name: str  # id and class


@dataclass(slots=True)
class Range:
    """The items of one element, those of the elements inside it included."""

    element: Any
    tag: str
    name: str
    first: int
    last: int = 0
    site: bool = False


@dataclass(slots=True)
class Items:
    """All lines and tables of a page in order, and the elements that hold them."""

    items: list[Line | Grid] = field(default_factory=list)
    ranges: list[Range] = field(default_factory=list)


def walk(root: Any) -> Items:
    """The items of the page with ``root``; what is hidden is left out."""
    walker = _Walk()
    walker.visit(root, linked=False)
    walker.flush()
    return walker.found


def name_of(element: Any) -> str:
    """The id and the classes of ``element``."""
    return f"{element.get('id') or ''} {element.get('class') or ''}".strip()


class _Walk:
    def __init__(self) -> None:
        self.found = Items()
        self._pieces: list[str] = []
        self._links = 0
        self._held: list[tuple[str, str]] = [("body", "")]
        self._number: str | None = None
        self._counts: list[int | None] = []  # of the lists that are open; None in one without numbers

    def visit(self, element: Any, *, linked: bool) -> None:
        """Read ``element`` without its tail."""
        tag = element.tag
        if not isinstance(tag, str):
            return
        if tag in _DROPPED or _is_hidden(element):
            return
        if tag == "br":
            self.flush()
            return
        if tag in _BLOCKS:
            self._block(element, tag, linked)
        else:
            self._content(element, linked or tag == "a")

    def flush(self) -> None:
        """End the line."""
        text, links = tidy("".join(self._pieces)), self._links
        self._pieces, self._links = [], 0
        if text:
            if self._number is not None and not load_rules("html")["numbered"].match(text):
                text = self._number + text
            self._number = None
            self.found.items.append(Line(text, min(links, len(text)), *self._held[-1]))

    def _content(self, element: Any, linked: bool) -> None:
        self._text(element.text, linked)
        for child in element:
            self.visit(child, linked=linked)
            self._text(child.tail, linked)

    def _text(self, text: str | None, linked: bool) -> None:
        if text:
            self._pieces.append(text)
            if linked:
                self._links += len("".join(text.split()))

    def _block(self, element: Any, tag: str, linked: bool) -> None:
        self.flush()
        name = name_of(element)
        ranged = Range(element, tag, name, len(self.found.items))
        ranged.site = tag in _SITE or bool(name and load_rules("html")["site"].search(name))
        if tag not in _PLAIN:
            self.found.ranges.append(ranged)
        self._held.append((tag, name or self._held[-1][1]))
        if tag == "pre":
            self._preformatted(element)
        elif tag == "table":
            self._table(element, linked)
        else:
            if tag in ("ol", "ul"):
                self._counts.append(_whole(element.get("start"), 1) if tag == "ol" and _is_numbered(element) else None)
            elif tag == "li":
                self._number = self._next_number(element)
            self._content(element, linked)
            if tag in ("ol", "ul"):
                self._counts.pop()
        self.flush()
        self._number = None
        self._held.pop()
        ranged.last = len(self.found.items)

    def _next_number(self, item: Any) -> str | None:
        """The number of an item of a numbered list; None in other lists."""
        count = self._counts[-1] if self._counts else None
        if count is None:
            return None
        count = _whole(item.get("value"), count)
        self._counts[-1] = count + 1
        return f"{count}." if _is_numbered(item) else None

    def _preformatted(self, element: Any) -> None:
        for line in "".join(element.itertext()).split("\n"):
            self._text(line, linked=False)
            self.flush()

    def _table(self, table: Any, linked: bool) -> None:
        """A table with data as a grid; one that lays out the page as its content."""
        rows = _rows(table)
        cells = _cells(rows) if len(rows) > 1 and table.get("role") != "presentation" else []
        if not _has_data(table, cells):
            self._content(table, linked)
            return
        read: list[Cell] = []
        for cell, place in cells:
            read.append(Cell(self._cell(cell, linked), *place, heading=cell.tag == "th" or cell.getparent().getparent().tag == "thead"))
        for caption in table.iter("caption"):
            self._content(caption, linked)
            self.flush()
        if any(cell.text for cell in read):
            self.found.items.append(Grid(tuple(read)))

    def _cell(self, element: Any, linked: bool) -> str:
        """The content of a cell, its paragraphs on lines of their own."""
        inner = _Walk()
        inner._content(element, linked)
        inner.flush()
        return "\n".join(item.text for item in inner.found.items if isinstance(item, Line))


def tidy(text: str) -> str:
    """``text`` as the eye reads it: line breaks of the source gone, blanks once, none at the ends."""
    if not text:
        return ""
    text = _INVISIBLE.sub("", text)
    if "\n" in text:
        text = _LINE_BREAKS.sub(_joint, text.strip(_EDGES))
    return _BLANKS.sub(" ", text).strip(_EDGES)


def _joint(match: re.Match[str]) -> str:
    """What stands for a line break of the source: nothing beside a Chinese character, else a blank."""
    text = match.string
    before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
    return "" if before >= _WIDE or after >= _WIDE else " "


def _is_hidden(element: Any) -> bool:
    if element.get("hidden") is not None:
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style) and element.tag not in ("html", "body"))


def _is_numbered(element: Any) -> bool:
    return (element.get("type") or "1") == "1" and not _UNNUMBERED.search(element.get("style") or "")


def _whole(value: str | None, default: int) -> int:
    value = (value or "").strip()
    return int(value) if value.isascii() and value.isdigit() and len(value) < 10 else default


def _rows(table: Any) -> list[Any]:
    """The rows of ``table`` itself, not those of tables inside it."""
    rows: list[Any] = []
    for child in table.iterchildren("tr", "tbody", "thead", "tfoot"):
        rows.extend([child] if child.tag == "tr" else child.iterchildren("tr"))
    return rows


def _cells(rows: list[Any]) -> list[tuple[Any, tuple[int, int, int, int]]]:
    """The cells of a table, each with its row, column, and how many of both it covers."""
    placed: list[tuple[Any, tuple[int, int, int, int]]] = []
    until: dict[int, int] = {}  # the row in which a column is free again
    places = 0
    for at, row in enumerate(rows[:_ROWS]):
        column = 0
        for cell in row.iterchildren("td", "th"):
            while until.get(column, 0) > at:
                column += 1
            span = _whole(cell.get("rowspan"), 1)
            deep = max(1, min(span if span else len(rows) - at, len(rows) - at))
            wide = max(1, min(_whole(cell.get("colspan"), 1), _COLUMNS))
            placed.append((cell, (at, column, deep, wide)))
            for covered in range(column, column + wide):
                until[covered] = at + deep
            column += wide
            places += deep * wide
            if places > _PLACES or column > _COLUMNS * _COLUMNS:
                return []
    return placed


def _has_data(table: Any, cells: list[tuple[Any, tuple[int, int, int, int]]]) -> bool:
    """Whether a table holds data: several rows and columns with text, no table inside, and no cell that is nearly all of it."""
    if len(cells) < 3 or next((inner for inner in table.iter("table") if inner is not table), None) is not None:
        return False
    sizes = [(len("".join("".join(cell.itertext()).split())), place) for cell, place in cells]
    filled = [(size, place) for size, place in sizes if size]
    total = sum(size for size, _ in filled)
    if len({place[0] for _, place in filled}) < 2 or len({place[1] for _, place in filled}) < 2:
        return False
    largest = max(size for size, _ in filled)
    return not (largest > _FRAME and largest > _FRAME_SHARE * total)
