"""What units owe and what falls due: from the ledger where documents have been taken in, from the records of documents where not.

Reads: a store. Writes: ``Duty``, ``UnitCount``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

import orjson

from pipeline.ledger.model import LIGHTS, Light, State
from pipeline.web.ledgers import LedgerRow, Wanted, by_light, day_of, rows_of, wanted_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.store import SqliteStore
    from pipeline.web.page import Page

Source = Literal["ledger", "documents"]
_VALIDITY = b'"rule":"validity'  # how long a document holds: nothing is due then
ENDED: frozenset[State] = frozenset(("已销号", "已完成待核", "终止", "结转"))


@dataclass(frozen=True, slots=True)
class UnitCount:
    """A unit with the number of its tasks; from the ledger also how many it leads, by light, and how many are still to be done."""

    name: str
    tasks: int
    lead: int | None = None
    open: int | None = None
    lights: dict[str, int] = field(default_factory=dict)
    next_due: str | None = None


@dataclass(frozen=True, slots=True)
class Duty:
    """A task with who is to do it and when it is due. ``number`` and what follows it are of the ledger's item, if it is one.

    ``days`` is how far away the due day is, negative where it has passed.
    """

    task: str
    text: str
    status: str | None
    units: tuple[str, ...]
    due: str | None
    due_text: str
    days: int | None
    doc_id: str
    title: str
    place: str | None
    year: int | None
    number: str | None = None
    light: Light | None = None
    state: State | None = None
    cooperating: tuple[str, ...] = ()
    completion: float | None = None
    assumed: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """Which duties are wanted; what is empty asks for all. Days are ISO, both included."""

    unit: str = ""
    place: str = ""
    first: str = ""
    last: str = ""
    state: str = ""
    light: str = ""
    ended: bool = True


def source_of(page: Page, store: SqliteStore, asked: str) -> Source:
    """The ledger where it has items, unless the other is asked for."""
    if asked == "documents":
        return "documents"
    return "ledger" if asked == "ledger" or any(row.item.excluded is None for row in rows_of(page, store)) else "documents"


def ledger_duties(page: Page, store: SqliteStore, asked: Asked) -> list[Duty]:
    """The items of the ledger that are asked for: the earliest due first, those without a day last."""
    documents = {row["doc_id"]: row for row in page.library.documents(store)}
    today = day_of(page)
    duties = [_of_item(row, documents.get(row.item.doc_id, {}), today) for row in _wanted(page, store, asked, documents)]
    return sorted(duties, key=lambda one: (one.due is None, one.due or "", one.number or ""))


def ledger_units(page: Page, store: SqliteStore, asked: Asked) -> list[UnitCount]:
    """The units of the ledger's items, those with most items first."""
    documents = {row["doc_id"]: row for row in page.library.documents(store)}
    its: dict[str, list[LedgerRow]] = defaultdict(list)
    leads: dict[str, int] = defaultdict(int)
    for row in _wanted(page, store, asked, documents):
        for party in row.item.lead:
            leads[party.name] += 1
        for name in dict.fromkeys(party.name for party in (*row.item.lead, *row.item.cooperating)):
            its[name].append(row)
    counts = [_count(name, rows, leads[name]) for name, rows in its.items()]
    return sorted(counts, key=lambda one: (-one.tasks, one.name))


def lights_of(duties: Iterable[Duty]) -> dict[str, int]:
    """How many items have each light."""
    counted = [duty.light for duty in duties]
    return {colour: counted.count(colour) for colour in LIGHTS if colour in counted}


def _wanted(page: Page, store: SqliteStore, asked: Asked, documents: dict[str, Any]) -> Iterable[LedgerRow]:
    for row in wanted_rows(page, store, Wanted(unit=asked.unit, state=asked.state)):
        place = documents.get(row.item.doc_id, {}).get("place") or ""
        ended = asked.ended or row.item.state not in ENDED
        if ended and _is_timely(row.due, asked) and asked.place in place and asked.light in ("", row.light):
            yield row


def _is_timely(due: str | None, asked: Asked) -> bool:
    """Whether a day is between those that are asked for; no day is only where no day is asked for."""
    if not due:
        return not (asked.first or asked.last)
    return asked.first <= due and (not asked.last or due <= asked.last)


def _of_item(row: LedgerRow, document: dict[str, Any], today: date) -> Duty:
    one = row.item
    assumed = one.deadline_assumed and row.due == one.deadline
    lead, cooperating = (tuple(party.name for party in parties) for parties in (one.lead, one.cooperating))
    return Duty(
        one.tasks[0] if one.tasks else "", one.task, None, lead, row.due, one.deadline_text, _days(row.due, today), one.doc_id, one.basis,
        document.get("place"), document.get("year"), one.number, row.light, one.state, cooperating, one.completion, assumed,
    )  # fmt: skip


def _days(due: str | None, today: date) -> int | None:
    return (date.fromisoformat(due) - today).days if due else None


def _count(name: str, rows: Sequence[LedgerRow], lead: int) -> UnitCount:
    pending = [row for row in rows if row.item.state not in ENDED]
    return UnitCount(name, len(rows), lead, len(pending), by_light(rows), min((row.due for row in pending if row.due), default=None))


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a long list is wanted."""

    limit: int
    offset: int = 0


def units_of_documents(store: SqliteStore, place: str, limit: int) -> list[UnitCount]:
    """The units that documents name, those with most tasks first."""
    return [UnitCount(*row) for row in store.select(_COUNTS, {"place": place, "limit": limit})]


def tasks_of_unit(store: SqliteStore, asked: Asked, part: Part, today: date) -> tuple[int, list[Duty]]:
    """How many tasks name a unit, and a part of them, the latest documents first."""
    values = {"unit": asked.unit, "place": asked.place}
    ((count,),) = store.select(f"SELECT count(DISTINCT t.number) {_OF_UNIT}", values)
    sql = f"SELECT DISTINCT t.number, {_COLUMNS} {_OF_UNIT} ORDER BY d.year DESC, t.number LIMIT {part.limit} OFFSET {part.offset}"
    return count, [_of_task(row[1:], today) for row in store.select(sql, values)]


def tasks_due(store: SqliteStore, asked: Asked, part: Part, today: date) -> tuple[int, list[Duty]]:
    """How many planned tasks have a deadline that ends between two days, and a part of them, the earliest first."""
    values = {"first": asked.first, "last": asked.last, "place": asked.place, "unit": asked.unit, "validity": _VALIDITY}
    ((count,),) = store.select(f"SELECT count(*) {_DUE}", values)
    sql = f"SELECT {_COLUMNS}, x.period_end, coalesce(x.corrected, x.line) {_DUE} ORDER BY x.period_end, x.number"
    rows = store.select(f"{sql} LIMIT {part.limit} OFFSET {part.offset}", values)
    return count, [_of_task(row, today) for row in rows]


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
    " AND d.duplicate_of IS NULL AND x.relation IN ('by', 'during') AND NOT instr(x.line, :validity)"
    " AND (:place = '' OR instr(coalesce(d.place, ''), :place))"
    " AND (:unit = '' OR EXISTS (SELECT 1 FROM task_units u WHERE u.task = t.number"
    " AND (instr(u.text, :unit) OR instr(coalesce(u.canonical, ''), :unit))))"
)


def _of_task(row: Any, today: date) -> Duty:
    line, doc_id, title, place, year, *due = row
    task = orjson.loads(line)
    due_day = due[0] if due else None
    units = tuple(dict.fromkeys(unit["canonical"] or unit["text"] for unit in task["units"]))
    told = orjson.loads(due[1])["text"] if due else ""
    return Duty(task["id"], task["text"], task["status"], units, due_day, told, _days(due_day, today), doc_id, title, place, year)
