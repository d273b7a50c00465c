"""Which passages may answer: the filters that a user sets and those that a query itself asks for.

Reads: ``Filters``, ``Index``. Writes: a mask over the passages of the index.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal

import apsw
import numpy as np

from pipeline.read.places import place_called
from pipeline.store.passages import HAS_DEADLINE, HAS_NUMBER, HAS_UNIT, STATUS_FLAGS, year_bit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from pipeline.read.places import Level
    from pipeline.records import DocType, TaskStatus
    from pipeline.search.index import Index
    from pipeline.search.query import Has, Understanding

    Mask = NDArray[np.bool_]

HAS_FLAGS: dict[str, int] = {"deadline": HAS_DEADLINE, "unit": HAS_UNIT, "number": HAS_NUMBER}
KIND_FLAGS: dict[str, int] = {"task": sum(STATUS_FLAGS.values()), "quantity": HAS_NUMBER, "deadline": HAS_DEADLINE}
_OPEN_START, _OPEN_END = 1, 99991231  # YYYYMMDD


@dataclass(frozen=True, slots=True)
class Filters:
    """What a hit must be. Several values of one filter mean any of them; days are inclusive."""

    years: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()
    level: Level | None = None
    issuers: tuple[str, ...] = ()
    units: tuple[str, ...] = ()
    indicators: tuple[str, ...] = ()
    doc_types: tuple[DocType, ...] = ()
    statuses: tuple[TaskStatus, ...] = ()
    kinds: tuple[Literal["task", "quantity", "deadline"], ...] = ()
    due_after: date | None = None
    due_before: date | None = None
    has: tuple[Has, ...] = ()
    without: tuple[Has, ...] = ()
    in_force: bool = False
    since: date | None = None
    until: date | None = None
    doc_number: str | None = None


def place_mask(index: Index, names: tuple[str, ...]) -> Mask:
    """Documents that speak for one of the places; where the store has none of a place itself, those of the places inside it."""
    chosen = np.zeros(len(index.documents), np.bool_)
    for name in names:
        chosen |= _of_place(index, name)
    return chosen


def _of_place(index: Index, name: str) -> Mask:
    place = place_called(name)
    full = place.name if place else name
    own = _each(index, "place", lambda place: place in (full, name))
    return own if own.any() else _each(index, "place", lambda place: _inside(place, full))


def _inside(name: str | None, above: str) -> bool:
    place = place_called(name) if name else None
    return place is not None and place.parent == above


def year_mask(index: Index, years: tuple[int, ...]) -> Mask:
    """Passages of documents of these years, or with a record about one of them."""
    bits = sum(year_bit(year) for year in set(years))
    chosen = index.of_documents(np.isin(index.years, years))
    about: Mask = (index.passages.years & bits) != 0
    return chosen | about


def document_mask(index: Index, filters: Filters) -> Mask | None:
    """Documents that pass the filters on documents; None when there is no such filter."""
    tests: list[Mask] = []
    if filters.places:
        tests.append(place_mask(index, filters.places))
    if filters.not_places:
        tests.append(~place_mask(index, filters.not_places))
    if filters.level:
        tests.append(_each(index, "place", lambda place: _level(place) == filters.level))
    if filters.issuers:
        tests.append(_each(index, "issuer", lambda issuer: any(name in (issuer or "") for name in filters.issuers)))
    if filters.doc_types:
        tests.append(_each(index, "doc_type", lambda doc_type: doc_type in filters.doc_types))
    if filters.in_force:
        tests.append(_each(index, "validity", lambda validity: validity not in ("expired", "repealed")))
    if filters.since:
        first = filters.since.isoformat()
        tests.append(_each(index, ("date", "year"), lambda told: _day(*told, last=True) >= first))
    if filters.until:
        last = filters.until.isoformat()
        tests.append(_each(index, ("date", "year"), lambda told: "" < _day(*told, last=False) <= last))
    if filters.doc_number:
        number = _squeezed(filters.doc_number)
        tests.append(_each(index, "doc_number", lambda doc_number: _squeezed(doc_number or "") == number))
    return np.logical_and.reduce(tests) if tests else None


def passage_mask(index: Index, filters: Filters) -> Mask | None:
    """Passages that pass all filters; None when there is no filter at all."""
    tests: list[Mask] = []
    documents = document_mask(index, filters)
    flags = index.passages.flags
    if documents is not None:
        tests.append(index.of_documents(documents))
    if filters.years:
        tests.append(year_mask(index, filters.years))
    if filters.statuses:
        tests.append((flags & sum({STATUS_FLAGS[name] for name in filters.statuses})) != 0)
    if filters.kinds:
        wanted = 0
        for name in filters.kinds:
            wanted |= KIND_FLAGS[name]
        tests.append((flags & wanted) != 0)
    tests += [(flags & HAS_FLAGS[name]) != 0 for name in filters.has]
    if filters.without:  # 没有责任单位的任务: there must be a task that lacks it
        tests.append((flags & KIND_FLAGS["task"]) != 0)
        tests += [(flags & HAS_FLAGS[name]) == 0 for name in filters.without]
    if filters.due_after or filters.due_before:
        tests.append(_due_mask(index, filters.due_after, filters.due_before))
    if filters.units:
        tests.append(_with_records(index, _UNITS, filters.units))
    if filters.indicators:
        tests.append(_with_records(index, _INDICATORS, filters.indicators))
    return np.logical_and.reduce(tests) if tests else None


_UNITS = (
    "SELECT t.document, t.start FROM task_units u JOIN tasks t ON t.number = u.task"
    " WHERE NOT t.rejected AND (instr(u.text, ?1) OR instr(coalesce(u.canonical, ''), ?1))"
)
_INDICATORS = (
    "SELECT document, start FROM quantities WHERE NOT rejected"
    " AND indicator IN (SELECT DISTINCT indicator FROM quantities WHERE instr(indicator, ?1))"
)
# CROSS JOIN: from the few records to their passages; by itself SQLite goes from every passage to the records, which takes a second.
_PASSAGES = (
    "SELECT DISTINCT p.number FROM ({}) r CROSS JOIN passages p WHERE p.document = r.document AND p.start <= r.start AND p.end > r.start"
    " ORDER BY 1"
)


_DUE = (
    "SELECT DISTINCT p.number FROM passages p CROSS JOIN deadlines d WHERE p.number IN carray(?1) AND d.document = p.document"
    " AND d.start >= p.start AND d.start < p.end AND NOT d.rejected AND d.period_end BETWEEN ?2 AND ?3"
)


def _due_mask(index: Index, after: date | None, before: date | None) -> Mask:
    """Passages with something that is due between two days. Those due both before and after them are looked into."""
    table = index.passages
    first, last = _compact(after, _OPEN_START), _compact(before, _OPEN_END)
    chosen: Mask = (table.due_last >= first) & (table.due_first <= last) & (table.due_last > 0)
    doubtful = chosen & (table.due_first < first) & (table.due_last > last)
    if doubtful.any():
        days = (str(after or ""), str(before or date.max))
        rows = index.store.select(_DUE, apsw.carray(table.number[doubtful]), *days)
        chosen &= ~doubtful
        chosen[index.positions(np.array([number for (number,) in rows], np.int64))] = True
    return chosen


def _with_records(index: Index, sql: str, names: tuple[str, ...]) -> Mask:
    """Passages in which a record stands that ``sql`` finds for one of the names."""
    chosen = np.zeros(len(index.passages.number), np.bool_)
    for name in names:
        numbers = [number for (number,) in index.store.select(_PASSAGES.format(sql), name.encode("utf-8", "ignore").decode())]
        at = np.minimum(index.positions(np.array(numbers, np.int64)), len(chosen) - 1)
        chosen[at[index.passages.number[at] == np.array(numbers, np.int64)]] = True
    return chosen


def merged(filters: Filters, understood: Understanding) -> Filters:
    """The filters with what the query asks for by itself; what the user has set goes first."""
    due = understood.due or (None, None)
    return Filters(
        years=filters.years or understood.years,
        places=filters.places or understood.places,
        not_places=filters.not_places or understood.not_places,
        level=filters.level or (None if filters.places or understood.places else understood.level),
        issuers=filters.issuers,
        units=filters.units or understood.units,
        indicators=filters.indicators,
        doc_types=filters.doc_types,
        statuses=filters.statuses,
        kinds=filters.kinds,
        due_after=filters.due_after or due[0],
        due_before=filters.due_before or due[1],
        has=filters.has,
        without=filters.without or understood.without,
        in_force=filters.in_force,
        since=filters.since,
        until=filters.until,
        doc_number=filters.doc_number or understood.doc_number,
    )


def _each(index: Index, columns: str | tuple[str, ...], test: Callable[[Any], bool]) -> Mask:
    """Which documents pass a test of a column, or of several; many have the same value, and each value is tested once."""
    told = attrgetter(columns) if isinstance(columns, str) else attrgetter(*columns)
    values = [told(document) for document in index.documents]
    passed = {value: test(value) for value in set(values)}
    return np.array([passed[value] for value in values], np.bool_)


def _level(name: str | None) -> str | None:
    place = place_called(name) if name else None
    return place.level if place else None


def _day(day: str | None, year: int | None, *, last: bool) -> str:
    """The day of a document; where only its year is known, the first or last day of that year."""
    return day or (f"{year}-{'12-31' if last else '01-01'}" if year else "")


def _compact(day: date | None, default: int) -> int:
    return int(day.strftime("%Y%m%d")) if day else default


def _squeezed(doc_number: str) -> str:
    return "".join(character for character in doc_number if character.isalnum())
