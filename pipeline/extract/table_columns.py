"""Tell what the figures of a column are: of which year, ahead or behind, a level or a change.

Reads: the headers of a ``Table``, its caption, ``Document``. Writes: one ``Column`` for each column that states values.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.extract.dates import Anchor, find_times, resolve
from pipeline.extract.sentence_times import default_period, plan_period
from pipeline.extract.table_values import unit_of_name
from pipeline.read.table_headers import LEVELS, kind_of, roles_of
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.read.table_headers import Role, TableKind
    from pipeline.records import Document, QuantityStatus, Table

_BARE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_PLAN_YEARS = 5
_SEVERAL_YEARS = 3  # between what is and what is aimed at: more than a plan of one year


@dataclass(frozen=True, slots=True)
class Column:
    """What the figures of a column are. ``status`` and dates are None where neither header nor document tells."""

    header: str
    status: QuantityStatus | None
    start: str | None
    end: str | None
    change: bool  # a rise or a fall
    down: bool  # a fall
    completion: bool  # a share of a plan that is done
    yearly: bool
    cumulative: bool
    unit: str | None
    dated: bool  # the header names a time
    by: bool = False  # the target of the last year of a plan: what holds by then

    @property
    def year(self) -> int | None:
        """The last year that the figures are for."""
        return int(self.end[:4]) if self.end else None

    @property
    def whole_plan(self) -> bool:
        """Whether the figures are for all years of a plan together, and the header names none."""
        return self.yearly or self.cumulative


def read_columns(document: Document, table: Table) -> tuple[Column | None, ...]:
    """One entry a column of ``table``: None for those that state no values."""
    kind = kind_of(table)
    above = _year_above(document, table)
    anchor = _anchor(document, int(above[0][:4]) if above else None)
    roles = zip(table.columns, roles_of(table.columns), strict=True)
    columns = [_column(header, anchor) if _states(header, role, kind) else None for header, role in roles]
    plan = _plan(document, table, columns)
    status = _told_above(document, table)
    columns = [_forecast(column, columns, plan) if column else None for column in columns]
    settled = [_dated(column, document, status, columns, plan) if column else None for column in columns]
    settled = [_whole(column, i, settled, plan) if column else None for i, column in enumerate(settled)]
    side_by_side = plan is not None and any(
        column and column.status == "planned" and column.start and plan[0] and plan[0] <= column.start and (column.end or "") < plan[1]
        for column in settled
    )
    ends = {column.year for column in settled if column and column.status == "planned" and column.year and column.dated}
    apart = len(ends) > 1 and max(ends) - min(ends) >= _SEVERAL_YEARS and min(b - a for a, b in pairwise(sorted(ends))) > 1
    if side_by_side:
        plan = None
    elif apart and plan is None:
        plan = (None, f"{min(ends)}-12-31")
    return tuple(_by(column, plan, document, above) if column else None for column in settled)


def in_period(column: Column, words: str, document: Document) -> Column:
    """The column as it is meant in a row whose first cell names a year (年份: 2025年); as it is where the cell names none."""
    start, end = _period(words, _anchor(document))
    if end is None:
        return column
    reference = reference_year(document)
    ahead = column.status if reference is None else "planned" if int(end[:4]) >= reference else "actual"
    return replace(column, start=start, end=end, status=ahead, dated=True, by=False)


def _states(header: str, role: Role | None, kind: TableKind) -> bool:
    if load_rules("tables")["column-rank"].search(header):
        return False
    if kind == "areas" and role in (None, "indicator", "task"):
        return bool(header)
    return role == "value" or (kind == "indicators" and role in ("measures", "progress"))


def _anchor(document: Document, above: int | None = None) -> Anchor:
    return Anchor(reference_year(document) or above, document.date, document.effective_from, document.effective_to)


def reference_year(document: Document) -> int | None:
    """The year from which on figures are ahead: that of the plan, else that after the review, else that of the document's date."""
    if document.plan_year:
        return document.plan_year
    plan = plan_period(document)
    if plan and plan[0]:
        return int(plan[0][:4])
    if document.review_year:
        return document.review_year + 1
    return int(document.date[:4]) if document.date else None


def _column(header: str, anchor: Anchor) -> Column:
    book = load_rules("tables")
    levels = book["base-of-change"].sub("", header).split(LEVELS)
    status = next((found for level in reversed(levels) if (found := _status(level))), None)
    start, end = _period(header, anchor)
    if status == "planned" and book["column-forecast"].search(header) and anchor.year and end and int(end[:4]) < anchor.year:
        status = "actual"
    completion = book["column-completion"].search(header) is not None
    return Column(
        header, "actual" if completion else status, start, end,
        change=not completion and book["column-change"].search(header) is not None, down=book["down"].search(header) is not None,
        completion=completion,
        yearly=book["column-yearly"].search(header) is not None, cumulative=book["column-cumulative"].search(header) is not None,
        unit=next((unit for level in reversed(header.split(LEVELS)) if (unit := unit_of_name(level))), None), dated=end is not None,
    )  # fmt: skip


def _forecast(column: Column, columns: Sequence[Column | None], plan: tuple[str | None, str] | None) -> Column:
    """What is expected of the year that runs (预计) is a result where targets for later years stand beside it."""
    if column.status != "planned" or column.end is None or not load_rules("tables")["column-forecast"].search(column.header):
        return column
    later = any(other and other.status == "planned" and (other.end or "") > column.end for other in columns)
    return replace(column, status="actual") if later or (plan and plan[0] and column.end < plan[0]) else column


def _status(level: str) -> QuantityStatus | None:
    book = load_rules("tables")
    if book["column-actual"].search(level):
        return "actual"
    if book["column-baseline"].search(level):
        return "baseline"
    return "planned" if book["column-planned"].search(level) else None


def _period(header: str, anchor: Anchor) -> tuple[str | None, str | None]:
    text = load_rules("tables")["base-of-change"].sub("", header.replace(LEVELS, "，"))
    for mention in find_times(text):
        period = resolve(mention, anchor, year=anchor.year)
        if period.end:
            return period.start, period.end
    bare = _BARE_YEAR.search(text)
    return (f"{bare[1]}-01-01", f"{bare[1]}-12-31") if bare else (None, None)


def _told_above(document: Document, table: Table) -> QuantityStatus | None:
    """What the caption, else the kind of document, tells of figures without a year."""
    book = load_rules("tables")
    caption = table.caption or ""
    if book["caption-actual"].search(caption):
        return "actual"
    if book["caption-planned"].search(caption) or "nature" in roles_of(table.columns):
        return "planned"
    if document.doc_type == "work_plan":
        return "planned"
    return "actual" if document.doc_type == "work_summary" and not document.plan_year else None


def _dated(
    column: Column, document: Document, told: QuantityStatus | None, columns: Sequence[Column | None], plan: tuple[str | None, str] | None
) -> Column:
    """Whether bare years are ahead or behind: the year of the document decides, else the last year of a table of targets."""
    if column.status is not None or column.whole_plan or column.end is None:
        if column.status is None and column.end is None and not column.change and not column.whole_plan:
            return replace(column, status=told)
        return column
    year, reference = column.year or 0, reference_year(document)
    if plan and plan[0] and plan[0][:4] <= str(year) <= plan[1][:4]:
        return replace(column, status="planned")
    if document.review_year == year and document.plan_year in (None, year):
        return replace(column, status="actual")
    last = max(other.year or 0 for other in columns if other)
    if reference is None:
        named = {other.status for other in columns if other}
        if {"planned", "actual"} <= named:
            return replace(column, status="baseline")
        if told != "planned":
            return replace(column, status=told)
        return replace(column, status="planned" if year == last else "baseline")
    if year >= reference:
        return replace(column, status="planned")
    planned = any(other and (other.status == "planned" or (other.year or 0) >= reference) for other in columns)
    return replace(column, status="baseline" if planned else "actual")


def _plan(document: Document, table: Table, columns: Sequence[Column | None]) -> tuple[str | None, str] | None:
    """First and last day of the years that a table plans for together; None for a table of one year."""
    for text in (table.caption or "", document.title or ""):
        for mention in find_times(text):
            period = resolve(mention, _anchor(document), year=None)
            if period.start and period.end and period.start[:4] != period.end[:4]:
                return period.start, period.end
    whole = plan_period(document)
    if whole and whole[1]:
        return whole[0], whole[1]
    reference = reference_year(document) or 0
    ahead: set[int] = set()
    behind: set[int] = set()
    aims = [column.year for column in columns if column and column.year and column.status == "planned"]
    for column in columns:
        if column and column.year:
            planned = column.status == "planned" or (column.status is None and column.year >= (reference or min(aims, default=0)))
            (ahead if planned else behind).add(column.year)
    first = next((column for column in columns if column and column.year == min(ahead, default=0)), None)
    if not reference and not behind and first and first.status is None:  # of bare years the first is where things stand
        behind, ahead = {first.year or 0}, ahead - {first.year or 0}
    if not ahead or not behind:
        return None
    since = next((year for year in behind if min(ahead) - year == _PLAN_YEARS), max(behind))
    return None if min(ahead) - since < _SEVERAL_YEARS else (f"{since + 1}-01-01", f"{min(ahead)}-12-31")


def _whole(column: Column, place: int, columns: Sequence[Column | None], plan: tuple[str | None, str] | None) -> Column:
    """Give a column of yearly growth, sums or changes that names no year what the plan, or the column before it, tells."""
    if column.end is not None and column.status is not None:
        return column
    planned = next((other for other in columns if other and other.status == "planned" and other.end), None)
    left = next((other for other in reversed(columns[:place]) if other and other.status and not other.completion), None)
    if column.whole_plan and column.end is None and plan:
        status = column.status or ("planned" if planned or plan else None)
        return replace(column, status=status, start=plan[0], end=plan[1])
    source = planned if column.whole_plan and planned else left
    if source is None:
        return column
    if column.end is None and column.status in (None, source.status):
        return replace(column, status=source.status, start=source.start, end=source.end)
    if column.end is not None:
        return replace(column, status=source.status)
    same = next((other for other in columns if other and other.end and other.status == column.status), None)
    return replace(column, start=same.start, end=same.end) if same else column


def _year_above(document: Document, table: Table) -> tuple[str, str] | None:
    """The year that the caption, else the title, names."""
    for text in (table.caption, document.title):
        match = _BARE_YEAR.search(text or "")
        if match:
            return f"{match[1]}-01-01", f"{match[1]}-12-31"
    return None


def _by(column: Column, plan: tuple[str | None, str] | None, document: Document, above: tuple[str, str] | None) -> Column:
    """The period where the header has none, and targets for the end of a plan, which hold by then."""
    if column.status is None:
        return column
    if column.end is None:
        if plan and column.status == "planned":
            return replace(column, start=plan[0], end=plan[1], by=not column.whole_plan)
        if column.status == "baseline":
            year = reference_year(document)
            return replace(column, end=f"{year - 1}-12-31") if year else column
        start, end = default_period(document, "planned" if column.status == "planned" else "achieved")
        if end is None and above:
            start, end = above
        return replace(column, start=start, end=end)
    if (
        column.status == "planned"
        and plan
        and not column.whole_plan
        and column.end >= plan[1]
        and column.start
        and column.start[:4] == column.end[:4]
    ):
        return replace(column, start=plan[0], by=True)
    return column
