"""Read web pages of governments: ``.html``, ``.htm``, ``.shtml`` and web archives (``.mht``).

Reads: a file. Writes: the table of 索引号 and 文号, the title, and the article with its tables; who published it and when as furniture.
Menus, share bars, related links and footers are left out. Import it when a page is met: the parser takes time to load.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree, html

from pipeline.errors import ReadError
from pipeline.read.blocks import Blocks, Grid, Paragraph
from pipeline.read.encodings import decode
from pipeline.read.header_table import read_header
from pipeline.read.html_archive import is_archive, page_of
from pipeline.read.html_article import find_article
from pipeline.read.html_walk import Line, tidy, walk
from pipeline.read.text import LIMIT, head_of
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from lxml.html import HtmlElement

    from pipeline.read.blocks import Block

_MOST_TAGS = 1_500_000  # a report of a thousand pages, exported by a word processor, has a fifth of it
_TEN_THOUSAND = 10_000
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_SCRIPTS = re.compile("<(script|style)", re.IGNORECASE)
_LINKED = 0.6  # share of links from which a short line is a link and no sentence
_LONGEST_LINK = 80
_LONGEST_TITLE = 120
_FRONT = 400  # characters of the article in which its title stands
_KEYS = re.compile(r"[：:]\s*$")
_LONGEST_KEY = 16


def read_html(path: Path) -> Blocks:
    """The content of the page at ``path``, in reading order.

    Raises ReadError with what is wrong (no article, another format, too many tags, damaged) and what to do.
    """
    source = str(path)
    content = head_of(path, LIMIT)
    for signature, kind in load_rules("encodings").data["signatures"].items():
        if content.startswith(bytes.fromhex(signature)):
            raise ReadError(_message("other", source, kind=kind))
    if is_archive(content):
        page = page_of(content)
        if page is None:
            raise ReadError(_message("archive", source))
        content = page
    root = _tree(decode(content).text, source)
    body = root.find("body") if root.tag == "html" else root
    article = find_article(body) if body is not None else None
    if article is None:
        raise ReadError(_message("empty", source))
    blocks = _article(list(walk(article)))
    before, after = _around(body, article)
    head = _header(before) or _header(after)
    told = "".join("".join(block.text.split()) for block in blocks if isinstance(block, Paragraph))[:_FRONT]
    title = _title(root, before, told)
    evidence = [Paragraph(line.text, furniture=True) for line in before if load_rules("html")["evidence"].search(line.text)]
    if head:
        evidence = [line for line in evidence if not any(line.text in row.text or row.text in line.text for row in head)]
    return Blocks((*head, *title, *evidence, *blocks))


def _message(name: str, source: str, **values: object) -> str:
    return str(load_rules("html").data["messages"][name]).format(source=source, **values)


def _tree(text: str, source: str) -> HtmlElement:
    """The parsed page, without its scripts and styles."""
    text = _without_scripts(_DECLARATION.sub("", text))
    if text.count("<") > _MOST_TAGS:
        raise ReadError(_message("crowded", source, limit=_MOST_TAGS // _TEN_THOUSAND))
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False)
    try:
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError, AssertionError) as error:
        raise ReadError(_message("damaged", source)) from error
    return root


def _without_scripts(text: str) -> str:
    """``text`` without script and style elements; one that is never closed ends with the page."""
    low = text.lower()
    pieces: list[str] = []
    position = 0
    while match := _SCRIPTS.search(text, position):
        pieces.append(text[position : match.start()])
        closing = low.find(f"</{match[1].lower()}", match.end())
        end = low.find(">", closing) if closing >= 0 else -1
        position = len(text) if closing < 0 else (end + 1 or len(text))
    pieces.append(text[position:])
    return "".join(pieces)


def _article(found: Sequence[Line | Grid]) -> list[Block]:
    """The blocks of the article; links around it (print, share, the next page, related pages) as furniture."""
    prose = [place for place, block in enumerate(found) if isinstance(block, Grid) or not _is_link(block)]
    last = prose[-1] if prose else -1
    blocks: list[Block] = []
    for place, block in enumerate(found):
        if isinstance(block, Grid):
            blocks += _header_rows(block) if _is_header(block) else [block]
        else:
            blocks.append(Paragraph(block.text, furniture=_is_link(block) and (place > last or _stands_alone(found, place))))
    return blocks


def _is_link(line: Line) -> bool:
    return line.linked >= _LINKED and len(line.text) <= _LONGEST_LINK and not load_rules("html")["attachment"].search(line.text)


def _stands_alone(found: Sequence[Line | Grid], place: int) -> bool:
    """Whether a line of links stands among others: a list of pages, no word of a sentence that is linked."""
    neighbours = (found[at] for at in (place - 1, place + 1) if 0 <= at < len(found))
    return any(isinstance(line, Line) and _is_link(line) for line in neighbours)


def _around(body: HtmlElement, article: HtmlElement) -> tuple[list[Line], list[Line]]:
    """The lines of the page before and after its article; tables as a line for each row."""
    marker = "\ue000\ue001"
    stand_in = html.fromstring(f"<p>{marker}</p>")
    parent = article.getparent()
    if parent is None or article is body:
        return [], []
    stand_in.tail, article.tail = article.tail, None
    parent.replace(article, stand_in)
    lines: list[Line] = []
    for block in walk(body):
        lines += [block] if isinstance(block, Line) else _rows(block)
    place = next((at for at, line in enumerate(lines) if line.text == marker), len(lines))
    return lines[:place], lines[place + 1 :]


def _rows(grid: Grid) -> list[Line]:
    """Keys and values of a table in reading order, one line a pair."""
    return [Line(row.text, 0.0, heading=False) for row in _header_rows(grid)]


def _header_rows(grid: Grid) -> list[Paragraph]:
    """A line for each key with its value; an empty value leaves the key alone."""
    lines: list[Paragraph] = []
    key: str | None = None
    for cell in grid.cells:
        text = tidy(cell.text)
        if key is not None and not _KEYS.search(text):
            lines.append(Paragraph(f"{key}{text}"))
            key = None
        elif _KEYS.search(text) and len(text) <= _LONGEST_KEY:
            lines += [Paragraph(key)] if key is not None else []
            key = text
        elif text:
            lines.append(Paragraph(text))
    return [*lines, Paragraph(key)] if key is not None else lines


def _is_header(grid: Grid) -> bool:
    """Whether a table is one of 索引号 and its like."""
    return len(read_header("\n".join(row.text for row in _header_rows(grid))).values) > 1


def _header(lines: Iterable[Line]) -> list[Paragraph]:
    """The lines of the table of 索引号, 发文机关 …, one field a line; a key alone on its line takes the next line as its value."""
    joined: list[str] = []
    for line in lines:
        if joined and _KEYS.search(joined[-1]) and len(joined[-1]) <= _LONGEST_KEY and not _KEYS.search(line.text):
            joined[-1] += line.text
        else:
            joined.append(line.text)
    covers = [line for line in joined if len(line) <= _LONGEST_TITLE and (read_header(line).values or _bare_key(line))]
    return [Paragraph(line) for line in covers] if len(read_header("\n".join(covers)).values) > 1 else []


def _bare_key(line: str) -> bool:
    """Whether a line is a key of such a table without a value, or one that fills no field (主题分类)."""
    return bool(read_header(f"{line}\n标题：题").covers - {len(line) + 1})


def _title(root: HtmlElement, before: Sequence[Line], told: str) -> list[Paragraph]:
    """The title above the article, where the article does not begin with it: from a heading, else from the title of the page."""
    named = tidy(root.findtext(".//title") or "")
    named = load_rules("html")["site"].sub("", named)[:_LONGEST_TITLE]
    headings = [line.text for line in before if line.heading and 5 < len(line.text) <= _LONGEST_TITLE]
    alike = [line.text for line in before if len(line.text) > 5 and named.startswith(line.text)]
    title = (alike or headings or [named])[-1]
    bare = "".join(title.split())
    return [Paragraph(title)] if len(bare) > 3 and bare not in told else []
