"""Indicator (指标), place and year (地区年度总表), comparison of places (横向对标)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import Response
from pydantic import Field

from pipeline.store import SqliteStore
from pipeline.track import Point, Series, groups
from pipeline.track.confirming import SAID, last_numbers
from pipeline.track.indicators import dimension
from pipeline.track.model import Change, Confirmed
from pipeline.web.charts import series_svg
from pipeline.web.page import Asked, Page
from pipeline.web.routes_verdicts import decider
from pipeline.web.tracked import Side, YearRow, every_series, named, place_rows, series_of, year_rows
from pipeline.web.views import Shown, table, view
from pipeline.web.words import message, word

router = APIRouter()
Place = Annotated[str, Query(max_length=40)]
Name = Annotated[str, Query(max_length=60)]
Year = Annotated[Annotated[int, Field(ge=1900, le=2100)] | Literal[""], Query()]
_LISTED = 400
_SHOWN = 150  # indicators on one page; more stand in the workbook
_BESIDE = 40  # other places beside an indicator
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
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class CompareRow:
    """A place in the comparison. ``value`` is the result, or the target where there is none, in the plain unit; a fall is negative."""

    place: str
    year: int
    series: str
    scope: str | None
    measure: str
    target: Side | None
    actual: Side | None
    verdict: str | None
    reason: str
    by: str | None
    first: str | None
    confirmed: Confirmed | None
    value: float | None


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """The series of an indicator in a place; or, where one of the two is not given, what there is to choose from."""

    place: str
    indicator: str
    series: tuple[ShownSeries, ...]
    others: tuple[CompareRow, ...]
    others_year: int | None
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
        every = every_series(page, store) if found and indicator.strip() else None
        known = _forms(store) if page.twin == "html" else {}
    chosen = named(found, indicator.strip()) if indicator.strip() else []
    ordered = sorted(chosen, key=lambda one: -len(one.points))
    shown = tuple(_shown(one) for one in ordered[:12])
    counts = Counter(one.indicator for one in found for _ in one.points)
    names = tuple(name for name, _ in counts.most_common(_LISTED))
    others, others_year = _elsewhere(every, ordered[0]) if ordered else ((), None)
    data = IndicatorView(place, indicator, shown, others, others_year, places, names)
    if page.twin == "html":
        return Shown(data, (), {"counts": counts, "more": len(ordered) - len(shown), "ready": every is not None, **known})
    told = _titles(page)
    judged = table("judged", (_judged(one, row, told) for one in (_shown(one) for one in ordered) for row in one.years))
    beside = (table("elsewhere", map(_compared_cells, others)),) if others else ()
    drawn = table("points", (_drawn(one, point, told) for one in ordered for point in one.points))
    return Shown(data, (drawn, judged, *beside))


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
        known = _forms(store) if page.twin == "html" else {}
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
    data = PlaceView(place, chosen, years, places, counts, tuple(rows))
    if page.twin == "html":
        return Shown(data, (), {"verdict": verdict, "hidden": hidden, **known})
    told = _titles(page)
    return Shown(data, (table("place", ((row.indicator, row.scope, *_judged(row, row.year, told)[3:]) for row in rows)),))


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
    rows = [row for one in found if not one.qualifiers for row in _compared(one, chosen)]
    rows.sort(key=_by_value)
    data = CompareView(indicator, chosen, group, tuple(known), tuple(rows), every is not None)
    return Shown(data, (table("compare", map(_compared_cells, rows)),), {"years": sorted(years, reverse=True)})


def _compared_cells(row: CompareRow) -> tuple[Any, ...]:
    who = decider(row.confirmed)[0] if row.verdict else ""
    return (
        row.place, row.scope, row.year, word("measure", row.measure), _text(row.target), _text(row.actual), row.value,
        word("verdict", row.verdict),        row.reason, who, _sentence(row.target), _sentence(row.actual),
    )  # fmt: skip


def _elsewhere(every: list[Series] | None, one: Series) -> tuple[tuple[CompareRow, ...], int | None]:
    """The same indicator in the other places, in the last year of which a series has a result, or a target where it has none."""
    years = [point.year for point in one.points if point.role == "actual"] or [point.year for point in one.points]
    year = max(years, default=None)
    alike = (
        other for other in every or () if other.place != one.place and (other.indicator, other.measure) == (one.indicator, one.measure)
    )
    rows = [row for other in alike if other.scope == one.scope and other.qualifiers == one.qualifiers for row in _compared(other, year)]
    return tuple(sorted(rows, key=_by_value)[:_BESIDE]), year


def _kind(one: Series) -> tuple[object, ...]:
    return one.indicator, one.measure, one.scope, one.qualifiers


def _judged(one: ShownSeries | PlaceRow, row: YearRow, titles: dict[str, str]) -> tuple[Any, ...]:
    """A year as cells: both sides, what holds and who says so, and the first judgement."""
    place = one.place if isinstance(one, ShownSeries) else None
    sides = [(item.text, item.sentence, titles.get(item.doc_id, item.doc_id)) if item else (None,) * 3 for item in (row.target, row.actual)]
    said = decider(row.confirmed) if row.verdict else ("", "", "")
    return (
        place, one.indicator, one.scope, one.qualifiers, word("measure", one.measure), row.period, *sides[0], *sides[1],
        word("verdict", row.verdict), *said, word("verdict", row.first), row.reason, word("change", row.change),
    )  # fmt: skip


def _drawn(one: Series, point: Point, titles: dict[str, str]) -> tuple[Any, ...]:
    """A point of a series as cells."""
    return (
        one.place, one.indicator, one.scope, one.qualifiers, word("measure", one.measure), point.year, word("point", point.role),
        word("comparator", point.comparator), point.low, point.high, point.unit, word("direction", point.direction), point.start, point.end,
        point.text, point.sentence, titles.get(point.doc_id, point.doc_id), point.quantity,
    )  # fmt: skip


def _forms(store: SqliteStore) -> dict[str, Any]:
    """What the forms beside verdicts need: the words to choose from, and what had been decided when the page was made."""
    return {"said": [(code, word("verdict", code)) for code in SAID], "seen": last_numbers(store)}


def _titles(page: Page) -> dict[str, str]:
    with page.library.reading() as store:
        return {row["doc_id"]: row["title"] or row["doc_id"] for row in page.library.documents(store)}


def _text(item: Side | None) -> str | None:
    return item.text if item else None


def _sentence(item: Side | None) -> str | None:
    return item.sentence if item else None


def _compared(one: Series, year: int | None) -> list[CompareRow]:
    rows = (row for row in year_rows(one) if row.year == year and row.period == str(year))
    return [_beside(one, row) for row in rows]


def _beside(one: Series, row: YearRow) -> CompareRow:
    side = row.actual or row.target
    point = next((point for point in one.points if side is not None and point.quantity == side.record), None)
    value = float(point.low) * dimension(point.unit, one.indicator)[1] * (-1 if point.direction == "down" else 1) if point else None
    return CompareRow(
        one.place, row.year, one.id, one.scope, one.measure, row.target, row.actual, row.verdict, row.reason, row.by, row.first,
        row.confirmed, value,
    )  # fmt: skip


def _by_value(row: CompareRow) -> tuple[Any, ...]:
    """Like beside like, the highest first; those without a result behind."""
    return row.measure, row.scope is not None, row.actual is None, -(row.value or 0.0), row.place


def _places(page: Asked, store: SqliteStore) -> tuple[str, ...]:
    """Places, those with most documents first."""
    counts = Counter(row["place"] for row in page.library.documents(store) if row["place"])
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def _shown(one: Series) -> ShownSeries:
    return ShownSeries(
        one.id, one.place, one.scope, one.indicator, one.qualifiers, one.names, one.unit, one.measure, tuple(year_rows(one)), one.changes
    )  # fmt: skip
