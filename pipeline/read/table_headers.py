"""Tell what the header of a column says that its cells are, and which rows of a grid are headers.

Reads: cells as a matrix, ``rules/tables.toml``. Writes: ``Role`` of a header, number of header rows.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, get_args

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.read.blocks import Cell
    from pipeline.records import Table

Role = Literal[
    "number", "note", "person", "progress", "problem", "deadline", "lead", "cooperating", "guiding", "responsible",
    "nature", "unit", "measures", "task", "category", "scope", "indicator", "value",
]  # fmt: skip
TableKind = Literal["tasks", "indicators", "areas", "other"]
Row = tuple["Cell | None", ...]

ROLES: tuple[Role, ...] = get_args(Role)
LEVELS = "·"  # joins the levels of a header
_LONGEST_HEADER = 24
_DEEPEST = 4  # rows of headers
_LOOKED_AT = 5  # rows below a header
_BLANKS = re.compile(r"\s+")
_WORD = re.compile(r"[^\W\d_]")
_FIGURE = re.compile(r"\d")
_YEAR = re.compile(r"(?:19|20)\d\d(?:\s*[-—–~～至]\s*(?:(?:19|20)\d\d|\d\d))?")
_BRACKET = re.compile(r"[（(〔\[【][^（()）]*[）)〕\]】]")


@lru_cache(maxsize=4096)
def role_of(header: str) -> Role | None:
    """What the cells under ``header`` are; of several levels the lowest that tells, a value where any level does."""
    levels = _BLANKS.sub("", header).split(LEVELS)
    book = load_rules("tables")
    found: Role | None = None
    for level in reversed(levels):
        bare = _BRACKET.sub("", level)
        for role in ROLES:
            if book[role].search(level) or (bare and bare != level and book[role].search(bare)):
                if found is None or role == "value":
                    found = role
                break
    return found


def kind_of(table: Table) -> TableKind:
    """Whether a table hands out tasks, states indicators one a row, or states figures of areas; other where it does neither."""
    return kind_of_columns(table.columns)


@lru_cache(maxsize=4096)
def kind_of_columns(columns: tuple[str, ...]) -> TableKind:
    """The kind of a table with these headers."""
    units = {"lead", "cooperating", "guiding", "responsible"}
    told = {role for role in roles_of(columns) if role}
    if "indicator" in told and told & {"unit", "nature"} and told & {"value", "measures", "progress"}:
        return "indicators"
    if "measures" in told or ("task" in told and told & (units | {"deadline", "progress", "problem"})):
        values = [role for role in roles_of(columns) if role == "value"]
        return "indicators" if "indicator" in told and len(values) > 1 and "task" not in told else "tasks"
    if "value" in told and told & {"indicator", "task"}:
        return "indicators"
    if "indicator" in told and told & (units | {"deadline"}) and not told & {"value", "nature"}:
        return "tasks"
    if "scope" in told:
        return "areas"
    if "value" in told:
        return "indicators" if name_columns(columns) else "areas" if told & units else "other"
    return "other"


@lru_cache(maxsize=4096)
def roles_of(columns: tuple[str, ...]) -> tuple[Role | None, ...]:
    """The role of each column beside the others.

    单位 where nothing else names the rows is whom the figures are of; 年度任务 behind a name and beside figures is a figure too.
    """
    roles: tuple[Role | None, ...] = tuple(map(role_of, columns))
    if "value" in roles and "measures" not in roles:
        yearly, named = load_rules("tables")["yearly-task"], False
        found: list[Role | None] = []
        for column, role in zip(columns, roles, strict=True):
            found.append("value" if named and role == "task" and yearly.search(column) else role)
            named = named or role in ("task", "indicator")
        roles = tuple(found)
    named_roles = {"indicator", "task", "scope"}
    if not named_roles & set(roles) and {"unit", "nature"} & set(roles) and roles.count("value") + roles.count("measures") > 1:
        goal = next((i for i, column in enumerate(columns) if load_rules("tables")["goal-name"].search(column)), None)
        if goal is not None:
            roles = (*roles[:goal], "indicator", *roles[goal + 1 :])
    if "unit" in roles and not (named_roles | {"measures"}) & set(roles):
        first = roles.index("unit")
        return (*roles[:first], "scope", *roles[first + 1 :]) if load_rules("tables")["bare-unit"].search(columns[first]) else roles
    return roles


@lru_cache(maxsize=4096)
def name_columns(columns: tuple[str, ...]) -> tuple[int, ...]:
    """The columns that name what a row is about; where no header says so, those before the first value that nothing else claims."""
    roles = roles_of(columns)
    named = tuple(i for i, role in enumerate(roles) if role in ("indicator", "task"))
    if named or "value" not in roles:
        return named
    return tuple(i for i, role in enumerate(roles[: roles.index("value")]) if role is None and columns[i])


def header_depth(rows: Sequence[Row]) -> int:
    """How many rows at the top of the matrix are headers; 0 where none can be recognised, or where nothing stands below."""
    depth = 0
    while depth < min(_DEEPEST, len(rows) - 1) and _is_header(rows, depth):
        depth = _covered(rows, depth)
    return depth if depth < len(rows) else 0


def _covered(rows: Sequence[Row], depth: int) -> int:
    """The first row below everything that begins in row ``depth``, at most ``_DEEPEST``."""
    lowest = depth + 1
    while lowest < len(rows) and lowest < _DEEPEST and _shared(rows[depth], rows[lowest]):
        lowest += 1
    return lowest


def _shared(above: Row, below: Row) -> bool:
    """Whether a cell that begins above goes on below, beside others that do not (a header of two levels)."""
    same = [a is b for a, b in zip(above, below, strict=True) if a is not None]
    return any(same)


def _is_header(rows: Sequence[Row], depth: int) -> bool:
    cells = list({id(cell): cell for cell in rows[depth] if cell is not None}.values())
    texts = [text for cell in cells if (text := plain_header(cell.text))]
    if not texts or (len(texts) < 2 and not (depth and len(rows[depth]) > 1)):
        return False
    if all(cell.heading for cell in cells if cell.text.strip()):
        return True
    if any(len(text) > _LONGEST_HEADER for text in texts):
        return False
    known = sum(role_of(text) is not None for text in texts)
    figures = sum(_has_figure(text) for text in texts)
    if figures > known or (depth and figures):
        return False
    if depth:
        return known * 2 > len(texts) and _splits(rows[depth - 1])
    if known > 1 and known * 2 >= len(texts):
        return True
    return not figures and all(_WORD.search(text) for text in texts) and _above_figures(rows, depth)


def is_header_line(texts: Sequence[str]) -> bool:
    """Whether half of these short texts, and more than one, are known headers, and none holds a figure other than a year."""
    known = sum(role_of(text) is not None for text in texts)
    return known > 1 and known * 2 >= len(texts) and not any(_has_figure(text) for text in texts)


def _splits(row: Row) -> bool:
    """Whether a cell of the row covers several columns, so that a row below tells them apart."""
    return any(a is b for a, b in pairwise(row) if a is not None)


def _above_figures(rows: Sequence[Row], depth: int) -> bool:
    """Whether a column of figures stands below a row that has none in it."""
    first = _covered(rows, depth)
    below = rows[first : first + _LOOKED_AT]
    for column, cell in enumerate(rows[depth]):
        if cell is None or not cell.text.strip() or column == 0:
            continue
        texts = [under.text for row in below if (under := row[column]) is not None and under.text.strip()]
        if texts and all(_FIGURE.search(text) and len(text) <= _LONGEST_HEADER for text in texts):
            return True
    return False


def _has_figure(text: str) -> bool:
    return _FIGURE.search(_BRACKET.sub("", _YEAR.sub("", text))) is not None


def plain_header(text: str) -> str:
    """A header without the blanks and line feeds that set it apart on paper."""
    return _BLANKS.sub("", text)
