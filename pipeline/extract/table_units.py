"""Read the cells of a table that say who does it and until when.

Reads: spans of cells, the roles of their columns, ``rules/tables.toml``, ``rules/units.toml``. Writes: ``Unit`` and ``Deadline`` records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.dates import find_times, resolve
from pipeline.extract.deadlines import time_anchor
from pipeline.extract.organs import canonical_name
from pipeline.extract.unit_names import organ_name, split_names
from pipeline.read.table_headers import roles_of
from pipeline.records import Deadline, Unit
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.read.table_headers import Role as ColumnRole
    from pipeline.records import Document, Role, Span

UNIT_ROLES: dict[ColumnRole | None, Role] = {"lead": "lead", "cooperating": "cooperating", "guiding": "guiding", "responsible": "actor"}
_LONGEST_NAME = 40  # code points
_CONFIDENCE = 0.95
_MARKS = " 　。；;，,、：:"


def units_of_row(document: Document, columns: tuple[str, ...], row: Sequence[Span]) -> tuple[Unit, ...]:
    """The units that the columns of a row name, lead before others where the columns tell."""
    roles = roles_of(columns)
    found: dict[str, Role] = {}
    for column, role, (start, end) in zip(columns, roles, row, strict=True):
        if role not in UNIT_ROLES or start == end:
            continue
        ordered = load_rules("tables")["first-leads"].search(column) is not None
        kind = UNIT_ROLES[role]
        if role == "responsible" and "cooperating" in roles and "lead" not in roles:
            kind = "lead"  # 责任单位 beside 配合单位
        for (a, b), own in _named(document.text, (start, end), kind):
            if ordered and own == "actor":
                own = "cooperating" if "lead" in found.values() else "lead"
            found.setdefault(document.text[a:b], own)
    return tuple([Unit(name, canonical_name(name, document), role, "heading") for name, role in found.items()])


def _named(text: str, cell: Span, kind: Role) -> Iterator[tuple[Span, Role]]:
    """The names in a cell, each with the role that a label inside the cell, or the column, gives it."""
    start, end = cell
    book = load_rules("tables")
    if book["empty-cell"].search(text[start:end]):
        return
    role = kind
    for label in book["unit-label"].finditer(text, start, end):
        yield from _clauses(text, start, label.start(), role)
        role = label.lastgroup  # type: ignore[assignment]
        start = label.end()
    yield from _clauses(text, start, end, role)


def _clauses(text: str, start: int, end: int, kind: Role) -> Iterator[tuple[Span, Role]]:
    """Names whose clause ends with what they do: A牵头，B、C配合."""
    for closing in load_rules("tables")["unit-clause"].finditer(text, start, end):
        role: Role = closing.lastgroup  # type: ignore[assignment]
        yield from _listed(text, start, closing.start(), role)
        start = closing.end()
    yield from _listed(text, start, end, kind)


def _listed(text: str, start: int, end: int, role: Role) -> Iterator[tuple[Span, Role]]:
    tables, units = load_rules("tables"), load_rules("units")
    for piece in _pieces(text, start, end):
        for a, b in split_names(text, *piece, listed=True):
            tail = units["tail"].search(text, a, b)
            b = tail.start() if tail else b
            own = tables["unit-behind"].search(text[a:b])
            b = a + own.start() if own else b
            while a < b and text[a] in _MARKS:
                a += 1
            while b > a and text[b - 1] in _MARKS:
                b -= 1
            if 2 <= b - a <= _LONGEST_NAME and not any(character.isdigit() for character in text[a:b]):
                named: Role = own.lastgroup if own else role  # type: ignore[assignment]
                yield (a, b), named


def _pieces(text: str, start: int, end: int) -> Iterator[Span]:
    """Lines that were joined by blanks, and what semicolons part; a blank inside a name parts nothing."""
    begin = start
    for position in range(start, end):
        if text[position] in "；;。" or (text[position] in " 　" and organ_name(text, begin, position)):
            if begin < position:
                yield begin, position
            begin = position + 1
    if begin < end:
        yield begin, end


def deadlines_of_row(document: Document, columns: tuple[str, ...], row: Sequence[Span]) -> Iterator[Deadline]:
    """The deadlines that the columns of a row name, in text order, without ids and tasks.

    A bare date in a column 完成时限 is the day by which; a column of periods (建设年限) gives periods.
    """
    book = load_rules("tables")
    anchor = time_anchor(document)
    for column, role, (start, end) in zip(columns, roles_of(columns), row, strict=True):
        if start == end or role != "deadline":
            continue
        year = anchor.year
        yield from _slashed(document, start, end)
        for mention in find_times(document.text[start:end]):
            if mention.kind not in ("date", "recurring"):
                continue
            period = resolve(mention, anchor, year=year)
            year = int(period.end[:4]) if period.end else year
            several = (period.start or "")[:7] != (period.end or "")[:7] and book["whole-year"].search(mention.text)
            if period.relation == "during" and not several and not book["span-header"].search(column):
                period = period._replace(start=None, relation="by")
            if period.end is None and period.every is None:
                continue
            yield Deadline(
                "", document.doc_id, (start + mention.start, start + mention.end), mention.text, period.start, period.end,
                period.relation, period.every, (), f"table:{mention.kind}-{period.relation}", _CONFIDENCE,
            )  # fmt: skip


def _slashed(document: Document, start: int, end: int) -> Iterator[Deadline]:
    """Dates as spreadsheets write them: 2025/6/30."""
    for match in load_rules("tables")["slashed-date"].finditer(document.text, start, end):
        day = f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}"
        yield Deadline("", document.doc_id, match.span(), match[0], None, day, "by", None, (), "table:date-by", _CONFIDENCE)
