"""Indicator (指标), place and year (地区年度总表), comparison of places (横向对标)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response
from pydantic import Field

from pipeline.store import SqliteStore
from pipeline.track import Series, groups
from pipeline.web.charts import series_svg
from pipeline.web.page import Asked
from pipeline.web.tracked import Side, YearRow, every_series, named, place_rows, series_of, year_rows
from pipeline.web.views import Shown, table, view
from pipeline.web.words import message, word

router = APIRouter()
Place = Annotated[str, Query(max_length=40)]
Name = Annotated[str, Query(max_length=60)]
Year = Annotated[Annotated[int, Field(ge=1900, le=2100)] | Literal[""], Query()]
_LISTED = 400
_SHOWN = 150  # indicators on one page; more stand in the workbook
_SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class ShownSeries:
    """A series with its years, each target beside its result."""

    id: str
    place: str
    scope: str | None
    indicator: str
    qualifiers: tuple[str, ...]
    names: tuple[str, ...]
    unit: str | None
    measure: str
    years: tuple[YearRow, ...]


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """The series of an indicator in a place; or, where one of the two is not given, what there is to choose from."""

    place: str
    indicator: str
    series: tuple[ShownSeries, ...]
    places: tuple[str, ...]
    indicators: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlaceRow:
    """An indicator in the year of a place."""

    series: str
    indicator: str
    scope: str | None
    qualifiers: tuple[str, ...]
    measure: str
    year: YearRow


@dataclass(frozen=True, slots=True)
class PlaceView:
    """All indicators of a place in a year; ``counts`` by verdict."""

    place: str
    year: int | None
    years: tuple[int, ...]
    places: tuple[str, ...]
    counts: dict[str, int]
    rows: tuple[PlaceRow, ...]


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A place in the comparison."""

    place: str
    series: str
    scope: str | None
    measure: str
    target: Side | None
    actual: Side | None
    verdict: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class CompareView:
    """An indicator in a year across places; not ``ready`` while the store is gone through for the first time."""

    indicator: str
    year: int | None
    group: str
    groups: tuple[str, ...]
    rows: tuple[CompareRow, ...]
    ready: bool


@view(router, "/indicator", template="indicator.html", answer=IndicatorView)
def show_indicator(page: Asked, place: Place = "", indicator: Name = "") -> Shown:
    """An indicator of a place over the years: targets, results, verdicts, changes of target."""
    with page.library.reading() as store:
        places = _places(page, store)
        found = series_of(page, store, place.strip()) if place.strip() else []
    chosen = named(found, indicator.strip()) if indicator.strip() else []
    ordered = sorted(chosen, key=lambda one: -len(one.points))
    shown = tuple(_shown(one) for one in ordered[:12])
    counts = Counter(one.indicator for one in found for _ in one.points)
    names = tuple(name for name, _ in counts.most_common(_LISTED))
    data = IndicatorView(place, indicator, shown, places, names)
    cells = (
        (
            one.place, one.scope, one.indicator, one.qualifiers, row.period, _text(row.target),
            _sentence(row.target), _text(row.actual), _sentence(row.actual),
            word("verdict", row.verdict), row.reason, word("change", row.change),
        )
        for one in shown
        for row in one.years
    )  # fmt: skip
    return Shown(data, (table("indicator", cells),), {"counts": counts, "more": len(ordered) - len(shown)})


@router.get("/indicator.svg", include_in_schema=False)
def draw_indicator(page: Asked, place: Place, id: Annotated[str, Query(max_length=80)]) -> Response:  # noqa: A002 - the name in the link
    """The chart of a series."""
    with page.library.reading() as store:
        found = [one for one in series_of(page, store, place) if one.id == id]
    if not found:
        raise HTTPException(404, message("no_series"))
    return Response(series_svg(found[0]), media_type="image/svg+xml", headers={"content-security-policy": _SVG_POLICY})


@view(router, "/place", template="place.html", answer=PlaceView)
def show_place(page: Asked, place: Place = "", year: Year = "", verdict: Annotated[str, Query(max_length=20)] = "") -> Shown:
    """All indicators of a place in a year with target, result and verdict."""
    with page.library.reading() as store:
        places = _places(page, store)
        every = place_rows(page, store, place.strip()) if place.strip() else []
    years = tuple(sorted({row.year for _, row in every}, reverse=True))
    judged_years = sorted((row.year for _, row in every if row.verdict and row.verdict != "pending"), reverse=True)
    chosen = year if year != "" else judged_years[0] if judged_years else years[0] if years else None
    rows = [
        PlaceRow(one.id, one.indicator, one.scope, one.qualifiers, one.measure, row)
        for one, row in every
        if row.year == chosen and (row.target or row.actual)
    ]
    counts = dict(Counter(row.year.verdict for row in rows if row.year.verdict))
    rows = [row for row in rows if verdict in ("", row.year.verdict)]
    rows.sort(key=lambda row: (row.year.target is None, row.indicator))
    hidden = max(0, len(rows) - _SHOWN) if page.twin == "html" else 0
    rows = rows[:_SHOWN] if hidden else rows
    cells = (
        (
            row.indicator, row.scope, row.qualifiers, row.year.period, _text(row.year.target),
            _sentence(row.year.target), _text(row.year.actual),
            _sentence(row.year.actual), word("verdict", row.year.verdict), row.year.reason,
        )
        for row in rows
    )  # fmt: skip
    data = PlaceView(place, chosen, years, places, counts, tuple(rows))
    return Shown(data, (table("place", cells),), {"verdict": verdict, "hidden": hidden})


@view(router, "/compare", template="compare.html", answer=CompareView)
def compare_places(page: Asked, indicator: Name = "", year: Year = "", group: Place = "") -> Shown:
    """An indicator in one year across places, or across the places of a group."""
    known = groups()
    with page.library.reading() as store:
        every = every_series(page, store) if indicator.strip() else []
    found = named(every or [], indicator.strip())
    if every is None and page.twin in ("csv", "xlsx"):
        raise HTTPException(503, message("not_ready"))
    if group:
        found = [one for one in found if one.place in known.get(group, (group,))]
    years = Counter(point.year for one in found for point in one.points)
    chosen = year if year != "" else max(years, key=lambda item: (years[item], item)) if years else None
    rows = [row for one in found for row in _compared(one, chosen)]
    rows.sort(key=lambda row: (row.measure, row.place))
    cells = (
        (
            row.place, row.scope, word("measure", row.measure), _text(row.target), _text(row.actual),
            word("verdict", row.verdict), row.reason, _sentence(row.target), _sentence(row.actual),
        )
        for row in rows
    )  # fmt: skip
    data = CompareView(indicator, chosen, group, tuple(known), tuple(rows), every is not None)
    return Shown(data, (table("compare", cells),), {"years": sorted(years, reverse=True)})


def _text(item: Side | None) -> str | None:
    return item.text if item else None


def _sentence(item: Side | None) -> str | None:
    return item.sentence if item else None


def _compared(one: Series, year: int | None) -> list[CompareRow]:
    if one.qualifiers:
        return []
    return [
        CompareRow(one.place, one.id, one.scope, one.measure, row.target, row.actual, row.verdict, row.reason)
        for row in year_rows(one)
        if row.year == year and row.period == str(year)
    ]


def _places(page: Asked, store: SqliteStore) -> tuple[str, ...]:
    """Places, those with most documents first."""
    counts = Counter(row["place"] for row in page.library.documents(store) if row["place"])
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def _shown(one: Series) -> ShownSeries:
    return ShownSeries(one.id, one.place, one.scope, one.indicator, one.qualifiers, one.names, one.unit, one.measure, tuple(year_rows(one)))
