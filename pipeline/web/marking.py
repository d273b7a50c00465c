"""Cut the text of a document into what the page highlights: headings, tasks, figures, deadlines, page furniture.

Reads: a document, its outline, rows of its records. Writes: markup in which every character of the document is escaped.

Each piece of text bears the place where it begins (``data-at``), by which a selection becomes a span again.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import Markup, escape

from pipeline.web.words import message, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Document, Outline, Span, Table

    Row = dict[str, Any]

_LEVELS = 6


@dataclass(frozen=True, slots=True)
class _Mark:
    """A record as it is highlighted."""

    span: Span
    name: str
    classes: str
    label: str
    inner: bool


def marked_text(document: Document, outline: Outline, rows: list[Row], chosen: str | None, sought: int | None = None) -> Markup:
    """The text of a document as lines of markup; ``chosen`` is the record that is shown beside it, ``sought`` a place to go to."""
    marks = sorted((_mark(row, chosen) for row in rows), key=lambda mark: (mark.inner, mark.span))
    outer = [mark for mark in marks if not mark.inner]
    inner = [mark for mark in marks if mark.inner]
    headings = {section.heading_span[0]: (number, section) for number, section in enumerate(outline.sections)}
    furniture = sorted(document.furniture)
    link = f"/document?id={quote(document.doc_id)}&record="
    parts: list[str] = []
    pages = list(document.pages)
    around = _Around(headings, furniture, outer, inner, link)
    plain = {table.span[0]: table for table in document.tables if _is_plain(document.text, table)}
    shown_until = at = 0
    for line in document.text.split("\n"):
        end = at + len(line)
        while pages and pages[0] <= at:
            number = len(document.pages) - len(pages) + 1
            parts.append(f'<p class="page-break" id="p{number}">{escape(message("cite_page", page=number))}</p>')
            pages.pop(0)
        if line.strip():
            if sought is not None and sought < (plain[at].span[1] if at in plain else end):
                parts.append('<a id="at"></a>')
                sought = None
            if at in plain:
                parts.append(_table(document.text, plain[at], around))
                shown_until = plain[at].span[1]
            elif at >= shown_until:
                parts.append(_line(document.text, (at, end), around))
        at = end + 1
    return Markup("\n".join(parts))  # noqa: S704 - every piece of text in it was escaped


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known of the text round a line."""

    headings: dict[int, tuple[int, Any]]
    furniture: list[Span]
    outer: list[_Mark]
    inner: list[_Mark]
    link: str


def _is_plain(text: str, table: Table) -> bool:
    """Whether the lines of a table hold its cells and nothing else; in others a cell stands behind its header and reads as a sentence."""
    at = table.span[0]
    for start, end in (cell for row in table.rows for cell in row if cell[0] < cell[1]):
        if start >= at:  # a merged cell is there once, for all its rows
            if text[at:start].strip():
                return False
            at = end
    return bool(table.rows) and not text[at : table.span[1]].strip()


def _table(text: str, table: Table, around: _Around) -> str:
    """A table as a table; a cell that several rows share is shown in the first."""
    heads = "".join(f'<th scope="col">{escape(column)}</th>' for column in table.columns)
    rows, at = [], table.span[0]
    for row in table.rows:
        cells = []
        for start, end in row:
            cells.append(f"<td>{''.join(_pieces(text, (start, end), around)) if start >= at and end > start else ''}</td>")
            at = max(at, end)
        rows.append(f"<tr>{''.join(cells)}</tr>")
    head = f"<thead><tr>{heads}</tr></thead>" if any(table.columns) else ""
    return f'<div class="scroll"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'


def _line(text: str, span: Span, around: _Around) -> str:
    start, end = span
    found = [around.headings[at] for at in range(start, min(end, start + 8)) if at in around.headings]
    anchor, tag = "", "p"
    if found:
        number, section = found[0]
        anchor = f' id="s{number}"'
        if section.heading_span[1] >= start + len(text[start:end].rstrip()):
            tag = f"h{min(_LEVELS, section.level + 2)}"
    at = bisect_right(around.furniture, (start, end))
    furniture = any(a <= start and end <= b for a, b in around.furniture[max(0, at - 1) : at + 1])
    kind = ' class="furniture"' if furniture else ""
    return f"<{tag}{anchor}{kind}>{''.join(_pieces(text, span, around))}</{tag}>"


def _pieces(text: str, span: Span, around: _Around) -> Iterator[str]:
    at = span[0]
    for mark in _touching(around.outer, span):
        start, end = max(mark.span[0], span[0]), min(mark.span[1], span[1])
        if start < at:
            continue
        yield from _inside(text, (at, start), around)
        begins = start == mark.span[0]
        anchor = f' id="r-{escape(mark.name)}"' if begins else ""
        yield f'<span class="{mark.classes}" data-record="{escape(mark.name)}"{anchor}>'
        if begins:
            yield f'<a class="tag" draggable="false" href="{around.link}{escape(mark.name)}#r-{escape(mark.name)}">{escape(mark.label)}</a>'
        yield from _inside(text, (start, end), around)
        yield "</span>"
        at = end
    yield from _inside(text, (at, span[1]), around)


def _inside(text: str, span: Span, around: _Around) -> Iterator[str]:
    at = span[0]
    for mark in _touching(around.inner, span):
        start, end = max(mark.span[0], span[0]), min(mark.span[1], span[1])
        if start < at:
            continue
        if start > at:
            yield _plain(text, at, start)
        name = escape(mark.name)
        anchor = f' id="r-{name}"' if start == mark.span[0] else ""
        yield f'<a class="{mark.classes}" draggable="false" data-record="{name}"{anchor} title="{escape(mark.label)}"'
        yield f' href="{around.link}{name}#r-{name}">{_plain(text, start, end)}</a>'
        at = end
    if at < span[1]:
        yield _plain(text, at, span[1])


def _plain(text: str, start: int, end: int) -> str:
    return f'<span data-at="{start}">{escape(text[start:end])}</span>'


def _touching(marks: list[_Mark], span: Span) -> list[_Mark]:
    """Marks that touch a span; they are in text order and hardly ever overlap."""
    first = bisect_left(marks, span[0], key=lambda mark: mark.span[0])
    while first and marks[first - 1].span[1] > span[0]:
        first -= 1
    found = []
    for mark in marks[first:]:
        if mark.span[0] >= span[1]:
            break
        if mark.span[1] > span[0]:
            found.append(mark)
    return found


def _mark(row: Row, chosen: str | None) -> _Mark:
    kind = row["record"]
    code = row.get("status") or row.get("relation") or ""
    table = {"task": "task_status", "quantity": "quantity_status", "deadline": "relation"}[kind]
    state = ("chosen " if row["id"] == chosen else "") + ("reviewed " if row.get("reviewed") else "")
    label = word(table, code) if kind == "task" else f"{word('record', kind)}·{word(table, code)}"
    return _Mark(tuple(row["span"]), row["id"], f"mark {state}{kind} {code}".rstrip(), label, kind != "task")
