"""Signature, date and document number: what stands under a document, or between its title and its body.

Reads: layout, text. Writes: organs as written, ISO dates, document numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import takewhile
from typing import TYPE_CHECKING

from pipeline.read.dates import find_date, iso_date
from pipeline.read.layout import plain
from pipeline.read.titles import front_matter
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    import re

    from pipeline.read.layout import Layout, Line
    from pipeline.records import DocType

_SCATTERED = 7  # lines over which a page scatters a date
_SIGNERS = 12  # lines; a joint document is signed by no more organs
_HEAD = 4000  # characters of a text without line ends in which the signature of a notice stands
_PARAGRAPHS = 8  # lines in which news gives its day


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, as written, and when; None where the text does not tell."""

    organs: str | None
    date: str | None


def find_signature(layout: Layout, text: str) -> Signature:
    """The first signature with a date, which is that of the document and not of an annex."""
    book = load_rules("metadata")
    lines = layout.headings
    for number, line in enumerate(lines):
        together = book["organ-date"].match(line.plain)
        if together and not together["printed"]:
            return Signature(together["organ"], iso_date(together))
        dated = book["date-line"].match(line.plain) or (_split_date(lines, number) if line.plain.isdigit() else None)
        if not dated:
            continue
        organs = _signers(lines, number)
        if organs or number:
            return Signature(" ".join(organs) or None, iso_date(dated))
    if layout.flat:
        signed = book["flat-signature"].search(text, 0, _HEAD) or book["flat-signature"].search(text, max(0, len(text) - _HEAD))
        if signed:
            organs = list(takewhile(book["organ-line"].match, reversed(signed["organ"].split())))
            return Signature(" ".join(reversed(organs)) or None, find_date(plain(text[signed.end() : signed.end() + 20])))
    closing = list(book["signature"].finditer(layout.closing))
    return Signature(None, iso_date(closing[-1]) if closing else None)


def _split_date(lines: tuple[Line, ...], number: int) -> re.Match[str] | None:
    """A date that a page has scattered over several lines (2025 / 年 / 03 / 月 / 20 / 日), from line ``number``."""
    together = "".join(line.plain for line in lines[number : number + _SCATTERED])
    return load_rules("metadata")["date"].match(together)


def _signers(lines: tuple[Line, ...], number: int) -> list[str]:
    """The organs on the lines straight above line ``number``."""
    rule = load_rules("metadata")["organ-line"]
    above = takewhile(lambda line: rule.match(line.plain), reversed(lines[max(0, number - _SIGNERS) : number]))
    return [line.text for line in above][::-1]


def find_meeting(layout: Layout) -> tuple[str, str | None] | None:
    """The meeting at which a report or speech was given, and its day; None where no line says so."""
    book = load_rules("metadata")
    lines = front_matter(layout)
    for number in range(len(lines)):
        match = book["meeting-line"].match("".join(line.plain for line in lines[number : number + 2]))
        if match:
            return match["meeting"], iso_date(match)
    return None


def find_date_of(layout: Layout, kind: DocType, signature: Signature, year: int | None) -> str | None:
    """The day of the document: as the header states it, of the meeting, of the signature, of the news, of publication."""
    stated = layout.header.get("date")
    found = find_date(plain(stated)) if stated else None
    if not found:
        meeting = find_meeting(layout)
        found = meeting[1] if meeting else None
    published = layout.header.get("published")
    put_up = (find_date(plain(published)) if published else None) or _put_up(layout)
    if not found and kind == "meeting_report":
        found = _news_date(layout, signature.date or put_up, year)
    return found or signature.date or _page_date(layout) or put_up


def _news_date(layout: Layout, put_up: str | None, year: int | None) -> str | None:
    """The day that the news tells; without a year the last such day before the news was put up, else of ``year``."""
    news = load_rules("metadata")["news-date"]
    for line in layout.front[:_PARAGRAPHS]:
        match = news.search(line.plain)
        if match and (match["y"] or put_up or year):
            found = iso_date(match, int(put_up[:4]) if put_up else year)
            late = put_up and found and not match["y"] and found > put_up
            return iso_date(match, int(put_up[:4]) - 1) if put_up and late else found
    return None


def _put_up(layout: Layout) -> str | None:
    """The day on a line in front with which a page says when it was put up."""
    rule = load_rules("metadata")["put-up"]
    return next((iso_date(match) for line in layout.front[:_PARAGRAPHS] if (match := rule.match(line.plain))), None)


def _page_date(layout: Layout) -> str | None:
    """The day at the head of a page that was taken over in one line."""
    if not layout.flat or not load_rules("metadata")["page-title"].match(layout.front[0].plain):
        return None
    return find_date(layout.front[0].plain)


def find_number(layout: Layout) -> str | None:
    """The document number, with 〔〕 round its year and without blanks; None where the document bears none."""
    book = load_rules("metadata")
    stated = layout.header.get("doc_number")
    if stated and book["no-value"].fullmatch(plain(stated)):
        return None
    if stated:
        return _normal(plain(stated))
    order = find_order(layout)
    if order:
        return f"{order['organ']}{order['order']}{order['number']}"
    for line in layout.front:
        match = book["doc-number"].search(line.plain) if book["number-line"].match(line.plain) else None
        if match:
            return _normal(match[0])
    flat = book["flat-number"].search(layout.front[0].plain) if layout.front else None
    return _normal(flat["number"]) if flat else None


def find_order(layout: Layout) -> re.Match[str] | None:
    """The name and number of the order that puts a document into force (上海市人民政府令（第19号）), over one or two lines."""
    rule = load_rules("metadata")["order"]
    for number in range(len(layout.front)):
        pair = layout.front[number : number + 2]
        match = rule.match(pair[0].plain) or rule.match("".join(line.plain for line in pair))
        if match:
            return match
    return None


def _normal(number: str) -> str:
    match = load_rules("metadata")["doc-number"].search(number)
    return f"{match['organ']}〔{match['year']}〕{match['number']}号" if match else number
