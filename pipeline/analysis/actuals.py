"""Figures of departments (统计公报, 部门报表) as results, beside those that documents report.

Reads: a template filled in, .csv or .xlsx. Writes: ``Actual`` rows, each with its source and its rank; the empty template.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.analysis.messages import AnalysisError, message, words
from pipeline.export import replacing
from pipeline.extract.figures import find_figures
from pipeline.read.encodings import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NEEDED = ("place", "indicator", "year", "value")
_MINUS = "-－−"
_FIRST_YEAR, _LAST_YEAR = 1949, 2100


@dataclass(frozen=True, slots=True)
class Actual:
    """A result that a department published. ``low`` and ``high`` are in the plain unit; ``text`` is value and unit as filled in.

    ``rank`` orders sources that disagree: 0 before 1 before 2; documents of the store are official at 0. ``row`` is the line of the file.
    """

    place: str
    indicator: str
    start: str
    end: str
    low: float
    high: float
    unit: str | None
    measure: str
    direction: str | None
    text: str
    source: str
    rank: int
    row: int

    @property
    def year(self) -> int:
        """The year of the last day."""
        return int(self.end[:4])


@dataclass(frozen=True, slots=True)
class Actuals:
    """What a template holds, and a line on each row that could not be read: nothing is left out in silence."""

    rows: tuple[Actual, ...]
    problems: tuple[str, ...]


def write_template(path: Path) -> None:
    """Write an empty template, .csv or .xlsx, with its headings and one example row. Raises AnalysisError for another suffix."""
    headings = words("actuals")
    example = [headings["example"].get(name, "") for name in headings["columns"]]
    table = [list(headings["columns"].values()), example]
    with replacing(path) as file:
        if path.suffix.lower() == ".csv":
            file.write(("\ufeff" + "\n".join(",".join(row) for row in table) + "\n").encode())
        elif path.suffix.lower() == ".xlsx":
            import openpyxl

            book = openpyxl.Workbook()
            for row in table:
                book.active.append(row)
            book.save(file)
        else:
            raise AnalysisError(message("bad_template", path=path))


def read_actuals(path: Path) -> Actuals:
    """The figures of a filled template. Raises AnalysisError if its headings are not those of the template, OSError if it is not there."""
    headings, *body = _table(path) or [[]]
    names: dict[str, str] = words("actuals")["columns"]
    column = {name: headings.index(heading) for name, heading in names.items() if heading in headings}
    missing = [names[name] for name in _NEEDED if name not in column]
    if missing:
        raise AnalysisError(message("no_heading", path=path, missing="、".join(missing), known="、".join(names.values())))
    rows: list[Actual] = []
    problems: list[str] = []
    for number, cells in enumerate(body, start=2):
        given = {name: cells[at].strip() if at < len(cells) else "" for name, at in column.items()}
        if not any(given.values()):
            continue
        problem, actual = _actual(given, number, path)
        if actual is not None:
            rows.append(actual)
        else:
            problems.append(message("bad_row", path=path.name, number=number, problem=problem))
    return Actuals(tuple(rows), tuple(problems))


def _actual(given: dict[str, str], number: int, path: Path) -> tuple[str, Actual | None]:
    """The figure of a row, or what is wrong with it."""
    problems = words("actuals")["problems"]
    codes = words("actuals")["codes"]
    lacking = [words("actuals")["columns"][name] for name in _NEEDED if not given.get(name)]
    if lacking:
        return problems["empty"].format(column="、".join(lacking)), None
    year = _whole(given["year"].removesuffix(codes["year_sign"]))
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return problems["year"].format(value=given["year"]), None
    text = given["value"] + given.get("unit", "")
    value = _value(text)
    if value is None:
        return problems["value"].format(value=text), None
    measure = codes["measure"].get(given.get("measure") or codes["level"])
    direction = codes["direction"].get(given.get("direction", ""))
    rank = _whole(given.get("rank") or "0")
    if measure is None or rank is None or rank < 0:
        return problems["code"].format(value=given.get("measure", "") if measure is None else given["rank"]), None
    low, high, unit = value
    if measure == "change":  # as in records: a fall of 1.5 % is 1.5, downwards
        direction = direction or ("down" if low < 0 else "up")
        low, high = abs(low), abs(high)
    period = (f"{year}-01-01", f"{year}-12-31")
    source = given.get("source") or path.name
    return "", Actual(
        given["place"], given["indicator"], *period, low, high, unit, measure, direction, text, source, rank, number
    )  # fmt: skip


def _value(text: str) -> tuple[float, float, str | None] | None:
    """Number and plain unit of a figure that is nothing else, with its sign."""
    bare = text.lstrip(_MINUS)
    sign = -1.0 if len(bare) < len(text) else 1.0
    figures = find_figures(bare)
    if len(text) - len(bare) > 1 or len(figures) != 1 or (figures[0].start, figures[0].end) != (0, len(bare)):
        return None
    low, high, unit = figures[0].low, figures[0].high, figures[0].unit
    return None if low is None or high is None or figures[0].comparator != "=" else (sign * low, sign * high, unit)


def _whole(text: str) -> int | None:
    try:
        return int(float(text))
    except ValueError:
        return None


def _table(path: Path) -> list[list[str]]:
    """The rows of the file as text."""
    if path.suffix.lower() == ".xlsx":
        import openpyxl

        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            return [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
        finally:
            book.close()
    if path.suffix.lower() != ".csv":
        raise AnalysisError(message("bad_template", path=path))
    return list(_csv_rows(path))


def _csv_rows(path: Path) -> Iterator[list[str]]:
    yield from csv.reader(decode(path.read_bytes()).text.lstrip("\ufeff").splitlines())


def _text(cell: Any) -> str:
    """A cell as people see it: 4500, not 4500.0."""
    if cell is None:
        return ""
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)
