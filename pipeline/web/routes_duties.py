"""Units (单位): what a unit was given to do. Due (到期): what falls due when. From the ledger, or from documents where it has none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query

from pipeline.ledger.model import LIGHTS, STATES, Light, State
from pipeline.web import duties as found
from pipeline.web.duties import Duty, Part, Source, UnitCount, lights_of, source_of
from pipeline.web.ledgers import day_of
from pipeline.web.page import Asked, Page
from pipeline.web.views import Shown, Table, table, view
from pipeline.web.words import word

router = APIRouter()
Place = Annotated[str, Query(max_length=40)]
Unit = Annotated[str, Query(max_length=60)]
Day = Annotated[date | Literal[""], Query()]
From = Annotated[Source | Literal[""], Query()]
Colour = Annotated[Light | Literal[""], Query()]
Status = Annotated[State | Literal[""], Query()]
_PAGE, _UNITS, _EXPORTED = 100, 200, 5000
_AHEAD = 60  # days that are looked ahead where nobody says


@dataclass(frozen=True, slots=True)
class UnitsView:
    """The units of the ledger or of the documents, or the tasks of one. ``lights`` counts all that the other filters let through."""

    source: Source
    unit: str
    place: str
    units: tuple[UnitCount, ...]
    count: int
    lights: dict[str, int]
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class DueView:
    """Tasks that are due between two days, the earliest first; ``overdue`` of them before ``as_of``."""

    source: Source
    as_of: str
    due_after: str
    due_before: str
    place: str
    unit: str
    count: int
    overdue: int
    lights: dict[str, int]
    duties: tuple[Duty, ...]


@view(router, "/units", template="units.html", answer=UnitsView)
def show_units(
    page: Asked,
    unit: Unit = "",
    place: Place = "",
    source: From = "",
    state: Status = "",
    light: Colour = "",
    p: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Shown:
    """Units by the number of their tasks; the tasks of one. From the ledger (`source=ledger`) where it has any, or from documents."""
    wanted = found.Asked(unit.strip(), place.strip(), state=state, light=light)
    with page.library.reading() as store:
        chosen = source_of(page, store, source)
        units: list[UnitCount] = []
        lights: dict[str, int] = {}
        if not wanted.unit:
            units = found.ledger_units(page, store, wanted) if chosen == "ledger" else found.units_of_documents(store, wanted.place, _UNITS)
            count, duties = len(units), []
        elif chosen == "ledger":
            every = found.ledger_duties(page, store, found.Asked(wanted.unit, wanted.place, state=state))
            lights, every = lights_of(every), [duty for duty in every if light in ("", duty.light)]
            count, duties = len(every), _part(page, every, p)
        else:
            count, duties = found.tasks_of_unit(store, wanted, _limits(page, p), day_of(page))
    data = UnitsView(chosen, unit, place, tuple(units), count, lights, tuple(duties))
    cells = _duty_table(chosen, duties) if wanted.unit else _unit_table(chosen, units)
    more = {"p": p, "pages": -(-count // _PAGE) if wanted.unit else 1, "state": state, "light": light, "states": STATES, "colours": LIGHTS}
    return Shown(data, (cells,), more)


@view(router, "/due", template="due.html", answer=DueView)
def show_due(
    page: Asked,
    due_after: Day = "",
    due_before: Day = "",
    place: Place = "",
    unit: Unit = "",
    source: From = "",
    state: Status = "",
    light: Colour = "",
    ended: bool = False,
    p: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Shown:
    """Tasks whose day falls between two days (both included); without them, the next sixty, and of the ledger what is overdue.

    Of the ledger only what is still to be done, unless `ended` or a state is asked for.
    """
    today = day_of(page)
    with page.library.reading() as store:
        chosen = source_of(page, store, source)
        first, last = _between(due_after, due_before, today, overdue=chosen == "ledger")
        wanted = found.Asked(unit.strip(), place.strip(), first, last, state, ended=ended or bool(state))
        if chosen == "ledger":
            every = found.ledger_duties(page, store, wanted)
            lights, every = lights_of(every), [duty for duty in every if light in ("", duty.light)]
            count, duties = len(every), _part(page, every, p)
            overdue = sum(duty.days is not None and duty.days < 0 for duty in every)
        else:
            count, duties = found.tasks_due(store, wanted, _limits(page, p), today)
            overdue, lights = 0, {}
    data = DueView(chosen, today.isoformat(), first, last, place, unit, count, overdue, lights, tuple(duties))
    more = {"p": p, "pages": -(-count // _PAGE), "state": state, "light": light, "ended": ended, "states": STATES, "colours": LIGHTS}
    return Shown(data, (_duty_table(chosen, duties),), more)


def _between(after: date | Literal[""], before: date | Literal[""], today: date, *, overdue: bool) -> tuple[str, str]:
    """The first and the last day that are asked for; an empty first day is no bound."""
    earliest = after or (None if before or overdue else today)
    start = earliest or today
    latest = before or start + min(timedelta(days=_AHEAD), date.max - start)
    return earliest.isoformat() if earliest else "", latest.isoformat()


def _limits(page: Page, p: int) -> Part:
    return Part(_EXPORTED) if page.twin in ("csv", "xlsx") else Part(_PAGE, (p - 1) * _PAGE)


def _part(page: Page, duties: list[Duty], p: int) -> list[Duty]:
    part = _limits(page, p)
    return duties[part.offset : part.offset + part.limit]


def _unit_table(source: Source, units: list[UnitCount]) -> Table:
    if source == "documents":
        return table("units", ((one.name, one.tasks) for one in units))
    return table("units_of_ledger", map(_of_unit, units))


def _duty_table(source: Source, duties: list[Duty]) -> Table:
    return table("duties", map(_of_document, duties)) if source == "documents" else table("duties_of_ledger", map(_of_ledger, duties))


def _of_unit(one: UnitCount) -> tuple[Any, ...]:
    return one.name, one.tasks, one.lead, one.open, *(one.lights.get(colour, 0) for colour in LIGHTS), one.next_due


def _of_document(duty: Duty) -> tuple[Any, ...]:
    status = word("task_status", duty.status)
    return duty.due, duty.due_text, duty.text, status, duty.units, duty.title, duty.place, duty.year, duty.task


def _of_ledger(duty: Duty) -> tuple[Any, ...]:
    assumed = word("assumed", duty.assumed) if duty.due else ""
    return (
        duty.number, duty.light, duty.due, duty.days, assumed, duty.due_text, duty.text, duty.units, duty.cooperating, duty.state,
        duty.completion, duty.title, duty.place, duty.year, duty.task,
    )  # fmt: skip
