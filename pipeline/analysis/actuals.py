"""Figures of departments (统计公报, 部门报表) as results, beside those that documents report.

Reads: a template filled in, .csv or .xlsx. Writes: ``Actual`` rows, each with its source and its rank; the empty template.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.analysis.messages import AnalysisError, message, words
from pipeline.export import replacing
from pipeline.extract.figures import find_figures
from pipeline.read.encodings import decode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.track.model import Point

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


def write_template(target: str | Path) -> None:
    """Write an empty template, .csv or .xlsx, with its headings and one example row. Raises AnalysisError for another suffix."""
    path = Path(target)
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


def read_actuals(source: str | Path) -> Actuals:
    """The figures of a filled template. Raises AnalysisError if its headings are not those of the template, OSError if it is not there."""
    path = Path(source)
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


def with_actuals(series: list[dict[str, Any]], actuals: Iterable[Actual]) -> list[dict[str, Any]]:
    """The series of the contract with departments' figures as results, and with the verdicts that they decide.

    A figure joins the plain yearly series of its place that has its indicator, in any wording, and its measure. Where a document reports
    too, the source of lower rank decides; where two of one rank disagree on the verdict, it is “unclear”. A figure that meets no
    series is left out here; it stays in ``Actuals``.
    """
    given = list(actuals)
    return [_joined(one, [actual for actual in given if _meets(one, actual)]) for one in series]


def _meets(series: dict[str, Any], actual: Actual) -> bool:
    """Whether the figure is one of the series: same place and measure, a unit that compares, the indicator in one of its wordings."""
    from pipeline.track.indicators import dimension

    plain = not series.get("qualifiers")
    same = (series["place"], series["measure"]) == (actual.place, actual.measure)
    compares = series["unit"] == actual.unit or dimension(series["unit"], "")[0] == dimension(actual.unit, "")[0]
    return plain and same and compares and actual.indicator in (series["indicator"], *series["names"])


def _joined(series: dict[str, Any], actuals: list[Actual]) -> dict[str, Any]:
    if not actuals:
        return series
    points = [*series["points"], *map(_point, actuals)]
    verdicts = {verdict["year"]: verdict for verdict in series["verdicts"]}
    for actual in sorted(actuals, key=lambda one: one.rank, reverse=True):  # the most trusted decides last
        target = _target(series, verdicts.get(actual.year), actual.year)
        if target is not None:
            verdicts[actual.year] = _verdict(series, target, actual, verdicts.get(actual.year))
    return {**series, "points": points, "verdicts": [verdicts[year] for year in sorted(verdicts)]}


def _point(actual: Actual) -> dict[str, Any]:
    """The figure as a point of a series; its “quantity” names the row of the file."""
    return {
        "year": actual.year, "start": actual.start, "end": actual.end, "role": "actual", "comparator": "=", "low": actual.low,
        "high": actual.high, "unit": actual.unit, "direction": actual.direction, "quantity": _name(actual), "doc_id": None,
        "text": actual.text, "source": actual.source, "rank": actual.rank,
    }  # fmt: skip


def _name(actual: Actual) -> str:
    return f"{actual.source}:{actual.row}"


def _target(series: dict[str, Any], verdict: dict[str, Any] | None, year: int) -> dict[str, Any] | None:
    """The target that a verdict of the year is about, else the last one of the year."""
    wanted = verdict and verdict.get("target")
    targets = [point for point in series["points"] if point["role"] == "target" and point["year"] == year]
    return next((point for point in targets if point["quantity"] == wanted), targets[-1] if targets else None)


def _verdict(series: dict[str, Any], target: dict[str, Any], actual: Actual, known: dict[str, Any] | None) -> dict[str, Any]:
    """The verdict that the figure gives, or the one that is there where its source is trusted more."""
    from pipeline.track.verdicts import reached

    met = reached(_as_point(target), _as_point(_point(actual)), series.get("good"))
    if met is None:
        return known or {"year": actual.year, "verdict": "unclear", "target": target["quantity"], "actual": None, "reason": "", "by": None}
    name = "met" if met else "missed"
    decided = known is not None and known["verdict"] in ("met", "missed")
    if known is not None and decided and known["verdict"] != name and known.get("rank", 0) == actual.rank:
        reason = message("actuals_disagree", source=actual.source, text=actual.text, other=known["reason"])
        return {**known, "verdict": "unclear", "reason": reason, "rank": actual.rank}
    if known is not None and decided and known.get("rank", 0) <= actual.rank:
        return known
    reason = message(
        "actual_decides", target=target["text"], source=actual.source, text=actual.text, verdict=words("words")["verdict"][name]
    )
    return {
        "year": actual.year, "verdict": name, "target": target["quantity"], "actual": _name(actual), "reason": reason, "by": "figure",
        "rank": actual.rank,
    }  # fmt: skip


def _as_point(row: dict[str, Any]) -> Point:
    """A point of the contract as the record that comparing asks for."""
    from pipeline.track.model import Point

    known = {field.name: row.get(field.name) for field in fields(Point)}
    return Point(**{**known, "sentence": row.get("sentence") or row["text"], "span": tuple(row.get("span") or (0, 0))})
