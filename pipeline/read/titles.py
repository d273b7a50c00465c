"""The title of the document itself: from the header table, the first lines, a page title, or the file name.

Reads: layout, file name. Writes: the title as written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.layout import plain
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.file_names import FileName
    from pipeline.read.layout import Layout, Line

_LINES = 25  # lines in front within which a title stands
_WRAPPED = 3  # lines that a title may run over
_ENDING = 6  # characters in which a title is the same as the title of its page
_SHORT = 60  # characters; a title that does not end as titles do is no longer


@dataclass(frozen=True, slots=True)
class Title:
    """The title of the document as written, and the headline of the page or news item that holds it (often the same)."""

    text: str | None
    headline: str | None


def find_title(layout: Layout, name: FileName) -> Title:
    """The document's title (lines of a wrapped title joined); None when neither text nor file name has one."""
    headline = _headline(layout) or name.title
    news = load_rules("metadata")["issued-in-news"].search(headline) if headline else None
    return Title(news["title"] if news else _own(headline, layout), headline)


def _own(headline: str | None, layout: Layout) -> str | None:
    """The document's own title where a library page sets another of the same ending above it; else the headline."""
    if headline is None or layout.header.get("title"):
        return headline
    lines = front_matter(layout)
    ending = plain(headline)[-_ENDING:]
    later = [line for number, line in enumerate(lines) if number and line.plain.endswith(ending) and line.text != headline]
    own = next((line.text for line in later if len(line.plain) >= len(plain(headline)) and _joined((line,), 0)), None)
    return own or headline


def _headline(layout: Layout) -> str | None:
    book = load_rules("metadata")
    stated = layout.header.get("title")
    if stated:
        return " ".join(stated.split())
    first = layout.front[0] if layout.front else None
    if first is None:
        return None
    page = book["page-title"].match(first.plain)
    if page:
        return verbatim(first.text, *page.span("title"))
    flat = book["flat-title"].match(first.plain)
    if flat and len(first.plain) > len(flat["title"]) + _SHORT:
        return verbatim(first.text, *flat.span("title"))
    return _in_front(layout)


def verbatim(text: str, start: int, end: int) -> str:
    """The part of ``text`` whose plain form is ``plain(text)[start:end]``."""
    places = [i for i, character in enumerate(text) if not character.isspace()]
    return text[places[start] : places[end - 1] + 1]


def front_matter(layout: Layout) -> tuple[Line, ...]:
    """The lines before the body begins: before the salutation, or the first paragraph."""
    salutation = load_rules("metadata")["salutation"]
    for number, line in enumerate(layout.front[:_LINES]):
        if salutation.match(line.plain) or len(line.plain) > 4 * _SHORT:
            return layout.front[:number]
    return layout.front[:_LINES]


def _in_front(layout: Layout) -> str | None:
    """The title among the first lines: the last before the line of the meeting, else the first."""
    book = load_rules("metadata")
    lines = front_matter(layout)
    titles: list[str] = []
    for number, _line in enumerate(lines):
        if titles and book["meeting-line"].match("".join(part.plain for part in lines[number : number + 2])):
            return titles[-1]
        joined = _joined(lines, number)
        if joined:
            titles.append(joined)
    if titles:
        return titles[-1] if book["government_report"].search(plain(titles[-1])) else titles[0]
    if lines and len(lines[0].plain) <= _SHORT and not _no_title(lines[0]) and _is_label(lines[0].plain):
        return lines[0].text
    return None


def _joined(lines: tuple[Line, ...], number: int) -> str | None:
    """The title that begins with line ``number`` and runs over at most three lines, or None."""
    book = load_rules("metadata")
    if _no_title(lines[number]) or book["meeting-line"].match(lines[number].plain):
        return None
    for count in range(1, _WRAPPED + 1):
        part = lines[number : number + count]
        if len(part) < count:
            return None
        if book["title"].match("".join(line.plain for line in part)):
            return "".join(line.text for line in part) if count > 1 else part[0].text
        if not book["title-head"].search(part[-1].plain):
            return None
    return None


def _no_title(line: Line) -> bool:
    """Whether ``line`` is a heading, a person, a note or a document number, and no title."""
    book = load_rules("metadata")
    return book["no-title"].search(line.plain) is not None or book["number-line"].match(line.plain) is not None


def _is_label(line: str) -> bool:
    """Whether ``line`` is a phrase and no sentence."""
    return load_rules("metadata")["phrase"].match(line) is not None
