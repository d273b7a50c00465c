"""Units (单位): what a unit was given to do. Due (到期): what falls due when. Both from the records of documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Query

from pipeline.web.page import Asked
from pipeline.web.views import Shown, table, view
from pipeline.web.words import word

router = APIRouter()
Place = Annotated[str, Query(max_length=40)]
Unit = Annotated[str, Query(max_length=60)]
Day = Annotated[date | Literal[""], Query()]
_PAGE, _UNITS, _EXPORTED = 100, 200, 5000
_AHEAD = 60  # days that are looked ahead where nobody says


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A unit with the number of its tasks."""

    name: str
    tasks: int


@dataclass(frozen=True, slots=True)
class Duty:
    """A task with who is to do it and when it is due."""

    task: str
    text: str
    status: str
    units: tuple[str, ...]
    due: str | None
    due_text: str
    doc_id: str
    title: str
    place: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class UnitsView:
    """The units of the store, or the tasks of one."""

    unit: str
    place: str
    units: tuple[UnitCount, ...]
    count: int
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class DueView:
    """Tasks that are due between two days, the earliest first."""

    due_after: str
    due_before: str
    place: str
    unit: str
    count: int
    duties: tuple[Duty, ...]


@view(router, "/units", template="units.html", answer=UnitsView)
def show_units(page: Asked, unit: Unit = "", place: Place = "", p: Annotated[int, Query(ge=1, le=1000)] = 1) -> Shown:
    """Units by the number of their tasks; the tasks of one, latest documents first."""
    limits = (_EXPORTED, 0) if page.twin in ("csv", "xlsx") else (_PAGE, (p - 1) * _PAGE)
    with page.library.reading() as store:
        if unit.strip():
            values = {"unit": unit.strip(), "place": place.strip()}
            ((count,),) = store.select(f"SELECT count(DISTINCT t.number) {_OF_UNIT}", values)
            sql = f"SELECT DISTINCT t.number, {_COLUMNS} {_OF_UNIT} ORDER BY d.year DESC, t.number LIMIT {limits[0]} OFFSET {limits[1]}"
            duties = tuple(_duty(row[1:]) for row in store.select(sql, values))
            data = UnitsView(unit, place, (), count, duties)
        else:
            found = store.select(_COUNTS, {"place": place.strip(), "limit": _UNITS})
            data = UnitsView("", place, tuple(UnitCount(*row) for row in found), len(found), ())
    cells = (
        table("units", ((item.name, item.tasks) for item in data.units)) if not unit.strip() else table("duties", map(_cells, data.duties))
    )
    return Shown(data, (cells,), {"p": p, "pages": -(-data.count // _PAGE) if unit.strip() else 1})


@view(router, "/due", template="due.html", answer=DueView)
def show_due(
    page: Asked, due_after: Day = "", due_before: Day = "", place: Place = "", unit: Unit = "", p: Annotated[int, Query(ge=1, le=1000)] = 1
) -> Shown:
    """Tasks whose deadline ends between two days (both included); without them, the next sixty."""
    today = date.fromisoformat(page.settings.as_of) if page.settings.as_of else date.today()
    earliest = due_after or (date.min if due_before else today)
    latest = due_before or earliest + min(timedelta(days=_AHEAD), date.max - earliest)
    first, last = earliest.isoformat(), latest.isoformat()
    limits = (_EXPORTED, 0) if page.twin in ("csv", "xlsx") else (_PAGE, (p - 1) * _PAGE)
    values = {"first": first, "last": last, "place": place.strip(), "unit": unit.strip()}
    with page.library.reading() as store:
        ((count,),) = store.select(f"SELECT count(*) {_DUE}", values)
        sql = f"SELECT {_COLUMNS}, x.period_end, coalesce(x.corrected, x.line) {_DUE} ORDER BY x.period_end, x.number"
        duties = tuple(_duty(row) for row in store.select(f"{sql} LIMIT {limits[0]} OFFSET {limits[1]}", values))
    data = DueView("" if earliest == date.min else first, last, place, unit, count, duties)
    return Shown(data, (table("duties", map(_cells, duties)),), {"p": p, "pages": -(-count // _PAGE)})


_COLUMNS = "coalesce(t.corrected, t.line), d.doc_id, coalesce(d.title, d.doc_id), d.place, d.year"
_OF_UNIT = (
    "FROM task_units u JOIN tasks t ON t.number = u.task JOIN documents d ON d.number = t.document WHERE NOT t.rejected"
    " AND d.duplicate_of IS NULL AND (instr(u.text, :unit) OR instr(coalesce(u.canonical, ''), :unit))"
    " AND (:place = '' OR instr(coalesce(d.place, ''), :place))"
)
_COUNTS = (
    "SELECT coalesce(u.canonical, u.text) AS name, count(DISTINCT u.task) AS tasks FROM task_units u"
    " JOIN documents d ON d.number = u.document WHERE d.duplicate_of IS NULL AND (:place = '' OR instr(coalesce(d.place, ''), :place))"
    " GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :limit"
)
_DUE = (
    "FROM deadlines x JOIN documents d ON d.number = x.document JOIN tasks t ON t.document = x.document AND t.start <= x.start"
    " AND t.end >= x.end WHERE x.period_end BETWEEN :first AND :last AND NOT x.rejected AND NOT t.rejected AND t.status = 'planned'"
    " AND d.duplicate_of IS NULL AND x.relation IN ('by', 'during') AND (:place = '' OR instr(coalesce(d.place, ''), :place))"
    " AND (:unit = '' OR EXISTS (SELECT 1 FROM task_units u WHERE u.task = t.number"
    " AND (instr(u.text, :unit) OR instr(coalesce(u.canonical, ''), :unit))))"
)


def _duty(row: Any) -> Duty:
    line, doc_id, title, place, year, *due = row
    task = orjson.loads(line)
    units = tuple(unit["canonical"] or unit["text"] for unit in task["units"])
    told = orjson.loads(due[1])["text"] if due else ""
    return Duty(task["id"], task["text"], task["status"], units, due[0] if due else None, told, doc_id, title, place, year)


def _cells(duty: Duty) -> tuple[Any, ...]:
    status = word("task_status", duty.status)
    return duty.due, duty.due_text, duty.text, status, duty.units, duty.title, duty.place, duty.year, duty.task
