"""Turn the rows of a table of indicators into quantities: each cell that states a target or a result is one.

Reads: ``Document``, ``Table``, the columns with their meaning. Writes: ``Quantity`` records without task, row by row.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from pipeline.extract.table_columns import in_period, read_columns
from pipeline.extract.table_names import Name, name_of, stem_of
from pipeline.extract.table_units import UNIT_ROLES
from pipeline.extract.table_values import fitting_unit, is_percent, read_values, unit_of_name
from pipeline.read.table_headers import kind_of, name_columns, roles_of
from pipeline.records import Quantity
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.table_columns import Column
    from pipeline.extract.table_values import Value
    from pipeline.read.table_headers import Role
    from pipeline.records import Direction, Document, Measure, Span, Table

CONFIDENCE = 0.95  # the share of right ones on the tables of the tests, rounded down
BRACKETS = ("〔", "[", "［", "【", "(", "（")
_LONGEST_NAME = 24  # code points of a cell that can stand for a name
_NOTE = 120  # characters above a table in which a note names its unit


@dataclass(frozen=True, slots=True)
class RowReader:
    """A table with the meaning of its columns; reads one row after the other."""

    document: Document
    table: Table
    columns: tuple[Column | None, ...]
    note: str | None  # the unit that a note above the table gives

    @classmethod
    def of(cls, document: Document, table: Table) -> RowReader:
        """The reader of one table."""
        above = document.text[max(0, table.span[0] - _NOTE) : table.span[0]]
        notes = list(load_rules("tables")["unit-note"].finditer(f"{table.caption or ''}\n{above}"))
        return cls(document, table, read_columns(document, table), notes[-1]["unit"] if notes else None)

    def names(self) -> Iterator[Name]:
        """The name of each row, read with the rows above it."""
        above: Name | None = None
        places = name_columns(self.table.columns)
        for row in self.table.rows:
            above = name_of([self._content(row[i]) for i in places], above)
            yield above

    def quantities(self, row: tuple[Span, ...], name: Name) -> Iterator[Quantity]:
        """The quantities of a row, in text order, without ids and task."""
        columns = self._columns(row)
        if kind_of(self.table) == "areas":
            scope = None if columns is not self.columns else self._scope(row)
            total = scope is None or load_rules("tables")["total"].search(scope)
            name = Name(None, None if total else scope, None, None, yearly=False)
        nature = self._nature(row)
        based = any(column and column.status in ("baseline", "actual") and a < b for column, (a, b) in zip(columns, row, strict=True))
        for column, span in zip(columns, row, strict=True):
            if column is None or column.status is None or span[0] == span[1]:
                continue
            named = self._named(name, column, row)
            if named is None:
                continue
            content = self._content(span)
            unit = self._unit(row, named, column, summed=column.whole_plan and content.startswith(BRACKETS))
            for value in read_values(content, unit):
                found = self._quantity(span[0], value, column, named, based=based)
                if found:
                    yield _with_nature(found, nature)

    def states(self, row: tuple[Span, ...]) -> Literal["planned", "achieved"] | None:
        """Whether a row states targets, also in words (与经济增长同步), or nothing but results."""
        empty = load_rules("tables")["empty-cell"]
        told = {
            column.status
            for column, span in zip(self._columns(row), row, strict=True)
            if column and span[0] < span[1] and not empty.search(self._content(span))
        }
        return "planned" if "planned" in told else "achieved" if told & {"actual"} else None

    def _scope(self, row: tuple[Span, ...]) -> str | None:
        """Of whom the figures of a row are, in a table of areas or units."""
        return next((self._content(span) for span in self._cells(row, "scope", *UNIT_ROLES)), None)

    def _columns(self, row: tuple[Span, ...]) -> tuple[Column | None, ...]:
        """The columns as they are meant in a row: those of the year that the row is for, where it is for one."""
        words = self._scope(row) if kind_of(self.table) == "areas" else None
        if words is None or not any(character.isdigit() for character in words):
            return self.columns
        columns = tuple(in_period(column, words, self.document) if column else None for column in self.columns)
        return self.columns if columns == self.columns else columns

    def column_of(self, quantity: Quantity, row: tuple[Span, ...]) -> Column | None:
        """The column in which a quantity of the row stands."""
        places = zip(self.columns, row, strict=True)
        return next((column for column, (a, b) in places if column and a <= quantity.span[0] < b), None)

    def _cells(self, row: tuple[Span, ...], *roles: Role | None) -> Iterator[Span]:
        for role, span in zip(roles_of(self.table.columns), row, strict=True):
            if span[0] < span[1] and role in roles:
                yield span

    def _content(self, span: Span) -> str:
        return self.document.text[span[0] : span[1]]

    def _named(self, name: Name, column: Column, row: tuple[Span, ...]) -> Name | None:
        """The row's name; in a table of areas, and of amounts beside tasks, that of the column too."""
        kind = kind_of(self.table)
        if kind == "indicators":
            return name if name.indicator and not load_rules("tables")["total"].search(name.indicator) else None
        stem = stem_of(column.header)
        if stem and sum(stem_of(header) == stem for header in self.table.columns) > 1:
            stem = stem_of(column.header, whole=True)
        if stem and column.change and load_rules("tables")["bare-change"].search(stem):  # 增速 beside 投资
            left = self.table.columns[: self.table.columns.index(column.header)]
            stem = next((found for header in reversed(left) if (found := stem_of(header))), stem)
        if kind == "areas":
            stem = stem or stem_of(self.table.caption or "")
            if stem is None or not (column.unit or self.note or load_rules("tables")["name-tells"].search(stem)):
                return None
            whole = name_of([stem], None)
            return Name(whole.indicator, name.scope, whole.unit or column.unit, whole.direction, yearly=whole.yearly)
        if not (column.unit or self.note or any(self._cells(row, "unit"))):
            return None
        if stem is None:  # 数量: of what the row tells
            told = [content for span in self._cells(row, "measures") if len(content := self._content(span)) <= _LONGEST_NAME]
            stem = told[0] if len(told) == 1 and not any(character.isdigit() for character in told[0]) else name.indicator
            return name_of([stem], None) if stem else None
        whole = name_of([stem], None)
        joined = (name.indicator or "") + (whole.indicator or "")
        return Name(joined, name.scope, column.unit, whole.direction, yearly=whole.yearly)

    def _nature(self, row: tuple[Span, ...]) -> Literal["binding", "expected"] | None:
        book = load_rules("tables")
        for span in self._cells(row, "nature"):
            if book["binding"].search(self._content(span)):
                return "binding"
            if book["expected"].search(self._content(span)):
                return "expected"
        return None

    def _unit(self, row: tuple[Span, ...], name: Name, column: Column, *, summed: bool) -> str | None:
        """The unit of a cell that names none: its column's, its row's, that of the note above the table.

        ``summed``: the cell is a sum in brackets among rates of growth (年均增长〔累计〕), and has the unit of its row.
        """
        told = next((self._content(span) for span in self._cells(row, "unit")), None)
        if told and load_rules("tables")["empty-cell"].search(told):
            told = None
        own = told or name.unit or unit_of_name(self.table.caption or "")
        change = column.change or column.completion
        if column.unit and not (summed and own):
            return column.unit
        if load_rules("tables")["change-amount"].search(column.header):
            change = False
        elif change and not summed:
            return "%"
        return fitting_unit(own or self.note, change=change)

    def _quantity(self, offset: int, value: Value, column: Column, name: Name, *, based: bool) -> Quantity | None:
        measure, direction = _measured(value, column, name, based=based)
        unit, low, high = value.unit, value.low, value.high
        if measure == "change" and high < 0:
            low, high, direction = -high, -low, "down"
        together = value.bracketed or column.whole_plan or measure == "change"
        start = column.start if together or not column.by else None
        span = (offset + value.span[0], offset + value.span[1])
        yearly = value.yearly or name.yearly or (column.yearly and not value.bracketed)
        if column.status is None:
            return None
        return Quantity(
            id="", doc_id=self.document.doc_id, span=span, text=self._content(span), indicator=name.indicator, scope=name.scope,
            comparator=value.comparator, low=low, high=high, unit=unit, measure=measure, direction=direction,
            per="year" if yearly else None, status=column.status, start=start, end=column.end, masked=False, task=None, level="own",
            nature=None, rule=f"table:{column.status}", confidence=CONFIDENCE,
        )  # fmt: skip


def _measured(value: Value, column: Column, name: Name, *, based: bool) -> tuple[Measure, Direction | None]:
    """Level, change or completion, and the direction of a change."""
    if column.completion:
        return "completion", None
    told = value.direction or name.direction
    if not told and load_rules("tables")["name-rate"].search(name.indicator or ""):
        return "level", None
    if told or (column.change and not value.bracketed):
        return "change", told or ("down" if column.down else "up")
    if value.bracketed and based and column.whole_plan and not load_rules("tables")["name-flow"].search(name.indicator or ""):
        return "change", "up"
    if value.own_unit and is_percent(value.unit) and name.unit and not is_percent(fitting_unit(name.unit, change=True)):
        return "change", "up"
    return "level", None


def _with_nature(quantity: Quantity, nature: Literal["binding", "expected"] | None) -> Quantity:
    return replace(quantity, nature=nature) if nature else quantity
