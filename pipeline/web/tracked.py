"""Series of a store for the page: each place is followed once and kept until the store changes.

Reads: a store. Writes: ``Series``, rows of years with both quotes side by side.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pipeline.store import open_store
from pipeline.track.confirming import judged_targets, with_judgements
from pipeline.track.model import Confirmed
from pipeline.track.series import Question, follow
from pipeline.track.verdicts import as_said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import SqliteStore
    from pipeline.track import Point, Series
    from pipeline.web.library import Library
    from pipeline.web.page import Page
    from pipeline.web.settings import Settings

_PLACES_KEPT = 200
_STEP = 0.5  # seconds
_REST = 60  # seconds between two times that all series are made: it costs seconds, and a ledger changes all day


@dataclass(frozen=True, slots=True)
class Side:
    """A target or a result with its sentence and the record that it is."""

    text: str
    sentence: str
    record: str
    doc_id: str


@dataclass(frozen=True, slots=True)
class YearRow:
    """A year of a series: what was promised, what was reported, what became of it, and how the target stands to the year before.

    ``verdict`` is what holds, a person's before the first judgement; ``first`` is the first judgement, ``confirmed`` what a person said.
    """

    year: int
    period: str
    target: Side | None
    actual: Side | None
    verdict: str | None
    reason: str
    by: str | None
    change: str | None
    first: str | None = None
    confirmed: Confirmed | None = None


_Key = tuple[str, str | None, str]
_State = tuple[object, ...]
_STATE = (
    "SELECT count(*), max(number), total(revision), max(ingested), (SELECT max(number) FROM corrections),"
    " (SELECT max(number) FROM name_decisions) FROM documents"
)


class Tracked:
    """What was followed, by place; followed again only when documents, corrections or names have changed, not for every progress report."""

    def __init__(self) -> None:
        self._held: dict[_Key, tuple[_State, list[Series]]] = {}
        self._judged: dict[_Key, tuple[int, list[Series], list[Series]]] = {}
        self._states: dict[str, tuple[int, _State]] = {}
        self._loaded = 0.0
        self._lock = threading.Lock()
        self._loading = threading.Lock()

    def series(self, store: SqliteStore, place: str | None, day: date) -> list[Series]:
        """Every series of a place, or of all. Raises TrackError for a place that the store does not have."""
        key, state = (str(store.path), place, day.isoformat()), self._state(store)
        held = self._held.get(key)
        if held is None or held[0] != state:
            with self._lock:
                held = self._held.get(key)
                if held is None or held[0] != state:
                    if len(self._held) > _PLACES_KEPT:
                        self._held.clear()
                    held = self._held[key] = (state, self._of_place(key, state) or _follow(store, place, day))
        return self._with_judgements(store, key, held[1])

    def every(self, path: Path, store: SqliteStore, day: date) -> list[Series] | None:
        """Every series of the store. It takes seconds, so it is made aside; until it is there for the first time, None."""
        key: _Key = (str(store.path), None, day.isoformat())
        state, held = self._state(store), self._held.get(key)
        stale = held is not None and held[0] != state and time.monotonic() - self._loaded > _REST
        if (held is None or stale) and self._loading.acquire(blocking=False):
            threading.Thread(target=self._load, args=(path, day), daemon=True).start()
        return self._with_judgements(store, key, held[1]) if held else None

    def _state(self, store: SqliteStore) -> _State:
        """What series are made from, as far as two states of the store can differ in it."""
        path, generation = str(store.path), store.generation()
        held = self._states.get(path)
        if held is None or held[0] != generation:
            held = self._states[path] = (generation, tuple(store.select(_STATE)[0]))
        return held[1]

    def _of_place(self, key: _Key, state: _State) -> list[Series]:
        """The series of a place out of all, where all have been followed already."""
        held = self._held.get((key[0], None, key[2]))
        return [one for one in held[1] if one.place == key[1]] if held is not None and held[0] == state else []

    def _with_judgements(self, store: SqliteStore, key: _Key, found: list[Series]) -> list[Series]:
        """The series with what people have decided up to now, the same list until somebody decides again."""
        ((last,),) = store.select("SELECT coalesce(max(number), 0) FROM judgements")
        held = self._judged.get(key)
        if held is None or held[0] != last or held[1] is not found:
            judged = judged_targets(store)
            shown = [with_judgements(one, judged) for one in found] if judged else found
            if len(self._judged) > _PLACES_KEPT:
                self._judged.clear()
            held = self._judged[key] = (last, found, shown)
        return held[2]

    def _load(self, path: Path, day: date) -> None:
        try:
            with open_store(path, readonly=True) as store:
                state = self._state(store)
                self._held[str(path), None, day.isoformat()] = (state, _follow(store, None, day))
                self._loaded = time.monotonic()
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


def warm(library: Library, settings: Settings) -> Iterator[None]:
    """Follow all series, and wait until they are there."""
    while True:
        with library.reading() as store:
            found = _tracked.every(library.path, store, _today(settings))
        yield
        if found is not None:
            return
        time.sleep(_STEP)


def _follow(store: SqliteStore, place: str | None, day: date) -> list[Series]:
    return list(follow(store, Question(as_of=day, confirmed=False), place))


def _day(page: Page) -> date:
    return _today(page.settings)


def _today(settings: Settings) -> date:
    return date.fromisoformat(settings.as_of) if settings.as_of else date.today()


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
        first, reason = as_said(one, verdict) if verdict else (None, "")
        said = verdict.confirmed if verdict else None
        rows.append(
            YearRow(
                point.year, period_of(point), side(point), side(actual), said.verdict if said else first, reason,
                verdict.by if verdict else None, changes.get(point.year) if point.role == "target" else None, first, said,
            )
        )  # fmt: skip
    rows += [
        YearRow(point.year, period_of(point), None, side(point), None, "", None, None)
        for point in one.points
        if point.role in ("actual", "baseline") and point.quantity not in used
    ]
    return sorted(rows, key=lambda row: (row.year, row.target is None))


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
