"""Series of a store for the page: each place is followed once and kept until the store changes.

Reads: a store. Writes: ``Series``, rows of years with both quotes side by side.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.store import open_store
from pipeline.track import track
from pipeline.web.words import word

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.store import SqliteStore
    from pipeline.track import Point, Series
    from pipeline.web.page import Page

_PLACES_KEPT = 200


@dataclass(frozen=True, slots=True)
class Side:
    """A target or a result with its sentence and the record that it is."""

    text: str
    sentence: str
    record: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of a series: what was promised, what was reported, what became of it, and how the target stands to the year before."""

    year: int
    period: str
    target: Side | None
    actual: Side | None
    verdict: str | None
    reason: str
    by: str | None
    change: str | None


class Tracked:
    """What was followed, by place."""

    def __init__(self) -> None:
        self._held: dict[tuple[str, str | None, str], tuple[int, list[Series]]] = {}
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    def series(self, store: SqliteStore, place: str | None, day: date) -> list[Series]:
        """Every series of a place, or of all. Raises TrackError for a place that the store does not have."""
        key, generation = (str(store.path), place, day.isoformat()), store.generation()
        held = self._held.get(key)
        if held is None or held[0] != generation:
            with self._lock:
                held = self._held.get(key)
                if held is None or held[0] != generation:
                    if len(self._held) > _PLACES_KEPT:
                        self._held.clear()
                    held = self._held[key] = (generation, track(store, place=place, as_of=day))
        return held[1]

    def every(self, path: Path, store: SqliteStore, day: date) -> list[Series] | None:
        """Every series of the store. It takes seconds, so it is made aside; until it is there for the first time, None."""
        key, generation = (str(store.path), None, day.isoformat()), store.generation()
        held = self._held.get(key)
        if (held is None or held[0] != generation) and self._loading.acquire(blocking=False):
            threading.Thread(target=self._load, args=(path, day), daemon=True).start()
        return held[1] if held else None

    def _load(self, path: Path, day: date) -> None:
        try:
            with open_store(path, readonly=True) as store:
                generation = store.generation()
                self._held[str(path), None, day.isoformat()] = (generation, track(store, as_of=day))
        finally:
            self._loading.release()


_tracked = Tracked()
_rows: dict[str, tuple[list[Series], list[tuple[Series, YearRow]]]] = {}


def series_of(page: Page, store: SqliteStore, place: str) -> list[Series]:
    """The series of a place as of the day of the page. Raises TrackError for a place that the store does not have."""
    return _tracked.series(store, place, _day(page))


def place_rows(page: Page, store: SqliteStore, place: str) -> list[tuple[Series, YearRow]]:
    """Every year of every series of a place, put together once."""
    found = series_of(page, store, place)
    held = _rows.get(place)
    if held is None or held[0] is not found:
        held = _rows[place] = (found, [(one, row) for one in found for row in year_rows(one)])
    return held[1]


def every_series(page: Page, store: SqliteStore) -> list[Series] | None:
    """All series, or None while they are being made for the first time."""
    return _tracked.every(page.library.path, store, _day(page))


def _day(page: Page) -> date:
    return date.fromisoformat(page.settings.as_of) if page.settings.as_of else date.today()


def year_rows(one: Series) -> list[YearRow]:
    """The years of a series, each target beside its result; periods of several years stand for themselves."""
    points = {point.quantity: point for point in one.points}
    verdicts = {(verdict.year, verdict.target): verdict for verdict in one.verdicts}
    changes = {change.to_year: change.change for change in one.changes}
    rows, used = [], set()
    for point in one.points:
        if point.role not in ("target", "target_above"):
            continue
        verdict = verdicts.get((point.year, point.quantity))
        actual = points.get(verdict.actual) if verdict and verdict.actual else None
        if actual is None:
            same = (other for other in one.points if (other.role, other.year, other.start) == ("actual", point.year, point.start))
            actual = next(same, None)
        if actual is not None:
            used.add(actual.quantity)
        rows.append(
            YearRow(
                point.year, period_of(point), side(point), side(actual), judged(one, point, actual, verdict.verdict if verdict else None),
                verdict.reason if verdict else "", verdict.by if verdict else None,
                changes.get(point.year) if point.role == "target" else None,
            )
        )  # fmt: skip
    rows += [
        YearRow(point.year, period_of(point), None, side(point), None, "", None, None)
        for point in one.points
        if point.role in ("actual", "baseline") and point.quantity not in used
    ]
    return sorted(rows, key=lambda row: (row.year, row.target is None))


def judged(one: Series, target: Point, actual: Point | None, verdict: str | None) -> str | None:
    """The verdict as the page names it: a price that stayed far below its ceiling is no success but below what was expected."""
    if verdict != "met" or actual is None or one.good != "low" or target.unit != actual.unit:
        return verdict
    far = one.measure == "change" and word("special", "price") in one.indicator and target.high > 0 and actual.high < target.high / 2
    return "below" if far else verdict


def side(point: Point | None) -> Side | None:
    """A point as it is quoted."""
    return Side(point.text, point.sentence, point.quantity, point.doc_id) if point else None


def period_of(point: Point) -> str:
    """The years that a point stands for."""
    first = point.start[:4] if point.start else None
    return f"{first}—{point.year}" if first and int(first) < point.year else str(point.year)


def named(found: list[Series], indicator: str) -> list[Series]:
    """The series that a wording names: those of that very name, else those whose names hold it."""
    exact = [one for one in found if indicator == one.indicator or indicator in one.names]
    return exact or [one for one in found if any(indicator in name for name in (one.indicator, *one.names))]
