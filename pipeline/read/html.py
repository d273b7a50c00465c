"""Read web pages: ``.html``, ``.htm``, ``.shtml`` and the archives ``.mht`` and ``.mhtml``, of any content-management system.

Reads: a file. Writes: the header table one field a line, the title, and the document's paragraphs and tables. Lines around it that tell
where it comes from are furniture; menus, buttons and lists of links are left out.
Import it when a page is met: the parser takes time to load.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.errors import ReadError
from pipeline.read.blocks import Blocks, Grid, Paragraph
from pipeline.read.furniture import is_furniture
from pipeline.read.html_article import find_article, is_link
from pipeline.read.html_fields import fields_of, fields_of_grid, header_places, key_of, starts_field
from pipeline.read.html_source import message, open_page
from pipeline.read.html_walk import Line, tidy, walk
from pipeline.records import DocumentWarning
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.read.blocks import Block
    from pipeline.read.html_article import Article
    from pipeline.read.html_source import Page
    from pipeline.read.html_walk import Items

_LEAST = 2  # letters without which nothing on a page is a document
_LEAST_BESIDE = 40  # and with less prose than this, a file or another page that the page shows is the document
_HEAD = 600  # characters at the beginning of a document in which its title stands
_LONGEST_TITLE, _SHORTEST_TITLE = 120, 5
_EVIDENCE = 12  # lines after a document that are kept as furniture
_LETTER = re.compile(r"\w")
_FOLD = re.compile(r"[\s\W_]+")
_METAS = ("ArticleTitle", "og:title", "title")


def read_html(path: Path) -> Blocks:
    """The document on the web page at ``path``, in reading order.

    Raises ReadError with what is wrong (empty, no page, cut off, built to harm, its text elsewhere) and what to do.
    """
    page = open_page(path)
    if page.root is None:
        raise ReadError(_why_none(page))
    found = walk(page.root)
    article = find_article(found)
    headers = header_places(found, article.first, article.last)
    blocks = _document(found, article, headers)
    letters = sum(len(_LETTER.findall(_text(block))) for block in blocks)
    elsewhere = page.embedded is not None or page.frame is not None
    if letters < _LEAST or (elsewhere and letters < _LEAST_BESIDE and article.mass < _LEAST_BESIDE):
        raise ReadError(_why_none(page))
    head, tail = _around(found, article, headers)
    title = _title(page, found, _front(article, headers), blocks)
    warnings = page.warnings if page.complete else (*page.warnings, DocumentWarning("incomplete", message("incomplete")))
    return Blocks((*head, *([Paragraph(title)] if title else ()), *blocks, *tail), warnings)


def _text(block: Block) -> str:
    return block.text if isinstance(block, Paragraph) else "".join(cell.text for cell in block.cells)


def _document(found: Items, article: Article, headers: list[range]) -> list[Block]:
    """The document's paragraphs and tables; a header table in it one field a line."""
    blocks: list[Block] = []
    starts = {places.start: places for places in headers}
    taken: range = range(0)
    for place in range(article.first, article.last):
        item = found.items[place]
        if place in starts:
            taken = starts[place]
            blocks += [Paragraph(field) for field in fields_of(found.items[taken.start : taken.stop])]
        if place in taken or place in article.site:
            continue
        if isinstance(item, Grid):
            fields = fields_of_grid(item)
            blocks += [item] if fields is None else [Paragraph(field) for field in fields]
        else:
            blocks.append(Paragraph(item.text, furniture=is_furniture(item.text)))
    return blocks


def _around(found: Items, article: Article, headers: list[range]) -> tuple[list[Block], list[Block]]:
    """The header tables, put first wherever they stand, with the lines before and after the document that are evidence."""
    fields: list[Block] = []
    taken: set[int] = set()
    for places in headers:
        if places.stop <= article.first or article.last <= places.start:
            fields += [Paragraph(line) for line in fields_of(found.items[places.start : places.stop])]
            taken.update(places)
    before: list[Block] = []
    after: list[Block] = []
    for place, item in enumerate(found.items):
        if (article.first <= place < article.last and place not in article.site) or place in taken:
            continue
        if isinstance(item, Grid):
            fields += [Paragraph(field) for field in fields_of_grid(item) or ()]
        elif place < article.first and starts_field(item.text) and not is_link(item):
            fields.append(Paragraph(item.text))
        elif _is_evidence(item, article.first - place):
            (before if place < article.first else after).append(Paragraph(item.text, furniture=True))
    return [*fields, *before[-_EVIDENCE:]], after[:_EVIDENCE]


def _is_evidence(item: Line, ahead: int) -> bool:
    """Whether a line outside the document tells where it comes from; a bare date only does shortly before it, ``ahead`` lines."""
    book = load_rules("html")
    return book["evidence"].search(item.text) is not None or (
        0 < ahead <= _EVIDENCE and not item.links and book["put-up"].search(item.text) is not None
    )


def _front(article: Article, headers: list[range]) -> list[int]:
    """The places before the document that may hold its title, the nearest first."""
    taken = {place for places in headers for place in places} | article.site
    return [place for place in range(article.first - 1, -1, -1) if place not in taken]


def _title(page: Page, found: Items, front: list[int], blocks: list[Block]) -> str | None:
    """The title that stands outside the document; None where the document itself begins with it."""
    head = ""
    for block in blocks:
        head += _text(block)
        if len(head) > _HEAD:
            break
    title = _heading(found, front) or _line_above(found, front) or _named_title(page)
    if title is None or folded(title) in folded(head):
        return None
    return title


def _heading(found: Items, front: list[int]) -> str | None:
    """The nearest heading before the document, its lines joined."""
    pattern = load_rules("html")["title"]
    for place in front:
        item = found.items[place]
        if not isinstance(item, Line) or not _is_own(item):
            continue
        if (item.tag in ("h1", "h2", "h3") or pattern.search(item.name)) and _is_title(item.text):
            above = found.items[place - 1] if place else None
            same = isinstance(above, Line) and above.tag == item.tag and above.name == item.name and not above.links
            return f"{above.text}{item.text}" if same and isinstance(above, Line) and not is_furniture(above.text) else item.text
    return None


def _line_above(found: Items, front: list[int]) -> str | None:
    """The nearest line shortly before the document that reads like the title of one."""
    for place in front[:_EVIDENCE]:
        item = found.items[place]
        if isinstance(item, Line) and _is_own(item) and _is_title(item.text) and load_rules("html")["document-title"].search(item.text):
            return item.text
    return None


def _is_own(item: Line) -> bool:
    """Whether a line outside the document is neither a link nor a label."""
    return not item.links and not is_furniture(item.text) and key_of(item.text) is None


def _named_title(page: Page) -> str | None:
    """The title in the head of the page, without the name of the site."""
    named = {element.get("name") or element.get("property"): element.get("content") for element in page.root.iter("meta")}
    element = next(page.root.iter("title"), None)
    for raw in (*(named.get(name) for name in _METAS), "".join(element.itertext()) if element is not None else None):
        title = load_rules("html")["site-name"].sub("", tidy(raw or ""), count=1)
        if _is_title(title) and not load_rules("html")["no-title"].search(title):
            return title
    return None


def _is_title(text: str) -> bool:
    return _SHORTEST_TITLE <= len(text) <= _LONGEST_TITLE


def folded(text: str) -> str:
    """``text`` without blanks and marks, to compare titles."""
    return _FOLD.sub("", text)


def _why_none(page: Page) -> str:
    """One line that tells why there is no document on the page, and what to do."""
    if page.embedded:
        return message("viewer", source=page.source, file=page.embedded)
    if not page.complete:
        return message("cut", source=page.source)
    if page.frame:
        return message("frames", source=page.source, file=page.frame)
    return message("script" if page.scripts else "none", source=page.source)
