"""Ledger (台账): its items with lights and filters, one item with its history, how units stand, and workbooks that go out to units."""

from __future__ import annotations

import io
import tempfile
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import Response

from pipeline.ledger.columns import layout
from pipeline.ledger.history import history
from pipeline.ledger.items import EDITABLE
from pipeline.ledger.messages import words
from pipeline.ledger.model import LIGHTS, STATES, Change, Item, Light, State
from pipeline.ledger.report import report
from pipeline.ledger.units import Group, LedgerUnit, groups, units
from pipeline.ledger.workbook_out import Book, write_by_unit, write_workbook
from pipeline.ledger.workbook_sheets import about_sheet, warning_sheet
from pipeline.store import SqliteStore
from pipeline.web.ledgers import LedgerRow, Wanted, by_light, day_of, found_row, leaving, ledger_table, mark_of, rows_of, wanted_rows
from pipeline.web.page import Asked, Page
from pipeline.web.views import Shown, file_answer, table, view

router = APIRouter()
Text = Annotated[str, Query(max_length=60)]
Colour = Annotated[Light | Literal[""], Query()]
Status = Annotated[State | Literal[""], Query()]
_PAGE = 100
_OFFERED = 10  # documents that an empty ledger offers to take in
_TITLES = 300  # titles of documents that are offered
_ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class LedgerView:
    """Items of the ledger. ``lights`` counts all that the other filters let through, by light."""

    as_of: str
    count: int
    lights: dict[str, int]
    rows: tuple[LedgerRow, ...]


@dataclass(frozen=True, slots=True)
class LedgerItemView:
    """One item, and every change of it with who and when; ``parts`` are the items that were made from it."""

    light: Light
    due: str | None
    item: Item
    parts: tuple[str, ...]
    history: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """How many items a lead unit has, and how many of them have each light."""

    unit: str
    total: int
    lights: dict[str, int]


@dataclass(frozen=True, slots=True)
class LedgerReportView:
    """How the ledger stands on a day; an item of several lead units counts for each of them, and once in the total."""

    as_of: str
    rows: tuple[UnitCounts, ...]
    total: UnitCounts
    overdue: tuple[Item, ...]
    due_soon: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class LedgerUnitsView:
    """The units that the office keeps, and groups of them."""

    units: tuple[LedgerUnit, ...]
    groups: tuple[Group, ...]


@view(router, "/ledger", template="ledger.html", answer=LedgerView)
def show_ledger(
    page: Asked,
    q: Text = "",
    unit: Text = "",
    state: Status = "",
    light: Colour = "",
    doc: Annotated[str, Query(max_length=200)] = "",
    excluded: bool = False,
    by: Literal["", "unit"] = "",
    p: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Shown | Response:
    """Items of the ledger with their lights. The workbook is the one that units fill in and return; `by=unit` gives each a sheet."""
    with page.library.reading() as store:
        let = wanted_rows(page, store, Wanted(q.strip(), unit.strip(), state, doc, excluded))
        rows = [row for row in let if light in ("", row.light)]
        if page.twin == "xlsx":
            return _workbook(page, store, rows, unit.strip(), by == "unit")
        known = _choices(page, store) if page.twin == "html" else {}
    shown = rows[(p - 1) * _PAGE : p * _PAGE] if page.twin == "html" else rows
    data = LedgerView(day_of(page).isoformat(), len(rows), by_light(let), tuple(shown))
    more = {"p": p, "pages": -(-len(rows) // _PAGE), "states": STATES, "colours": LIGHTS, "every": words("frequencies"), **known}
    chosen = {"q": q, "unit": unit, "state": state, "light": light, "doc": doc, "excluded": excluded}
    return Shown(data, (ledger_table(layout()["titles"]["ledger"], rows),), {**more, "chosen": chosen})


@view(router, "/ledger/item", template="ledger_item.html", answer=LedgerItemView)
def show_item(page: Asked, number: Annotated[str, Query(max_length=40)]) -> Shown:
    """One item of the ledger with its history."""
    with page.library.reading() as store:
        row = found_row(page, store, number)
        parts = tuple(other.item.number for other in rows_of(page, store) if other.item.parent == number)
        data = LedgerItemView(row.light, row.due, row.item, parts, tuple(history(store, number)))
        known = _choices(page, store) if page.twin == "html" else {}
    cells = ((one.when, one.who, words("fields").get(one.field, one.field), one.old, one.new, one.why) for one in data.history)
    more = {"mark": mark_of(row.item), "states": STATES, "fields": words("fields"), "every": words("frequencies"), "editable": EDITABLE}
    tables = (ledger_table(layout()["titles"]["ledger"], [row]), table("ledger_history", cells))
    return Shown(data, tables, {**more, **known})


@view(router, "/ledger/report", template="ledger_report.html", answer=LedgerReportView)
def show_report(page: Asked, unit: Text = "") -> Shown:
    """How the ledger stands today: units by light, what is overdue, due soon, or not known."""
    with page.library.reading() as store:
        known = None if unit.strip() else [row.item for row in rows_of(page, store) if row.item.excluded is None]
        told = report(store, day_of(page), unit=unit.strip() or None, known=known)
    rows = [
        UnitCounts(row.unit, row.total, {str(colour): count for colour, count in row.lights.items()}) for row in (*told.rows, told.total)
    ]
    data = LedgerReportView(told.as_of, tuple(rows[:-1]), rows[-1], told.overdue, told.due_soon)
    counted = ((row.unit, row.total, *(row.lights.get(colour, 0) for colour in LIGHTS)) for row in rows)
    listed = (
        (one.number, one.task, [party.name for party in one.lead], one.deadline, one.state) for one in (*told.overdue, *told.due_soon)
    )
    return Shown(
        data,
        (table("ledger_report", counted), table("ledger_open", listed)),
        {"unit": unit, "colours": LIGHTS, "every": words("frequencies")},
    )


@view(router, "/ledger/units", template="ledger_units.html", answer=LedgerUnitsView)
def show_units(page: Asked) -> Shown:
    """Units by all their names, and groups of units or places with their members."""
    with page.library.reading() as store:
        data = LedgerUnitsView(tuple(units(store)), tuple(groups(store)))
    listed = ((one.name, one.short, one.former, one.parent) for one in data.units)
    grouped = ((one.name, one.members) for one in data.groups)
    return Shown(data, (table("ledger_units", listed), table("ledger_groups", grouped)))


@router.get("/ledger/files.zip", include_in_schema=False)
def files_of_units(page: Asked, doc: Annotated[str, Query(max_length=200)] = "") -> Response:
    """A workbook for each lead unit, together."""
    with page.library.reading() as store, tempfile.TemporaryDirectory() as folder:
        rows = wanted_rows(page, store, Wanted(doc_id=doc))
        items = leaving(page, (row.item for row in rows))
        written = write_by_unit(items, Path(folder), _book(page, store, rows, ""))
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as package:
            for path in written:
                package.write(path, path.name)
    page.note("export", "/ledger/files.zip")
    return Response(content.getvalue(), media_type=_ZIP, headers={"content-disposition": 'attachment; filename="ledger-units.zip"'})


def _workbook(page: Page, store: SqliteStore, rows: list[LedgerRow], unit: str, unit_sheets: bool) -> Response:
    items = leaving(page, (row.item for row in rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.xlsx"
        write_workbook(items, path, _book(page, store, rows, unit), unit_sheets=unit_sheets)
        content = path.read_bytes()
    page.note("export", f"/ledger.xlsx?{page.request.url.query}")
    return file_answer(content, "ledger.xlsx")


def _book(page: Page, store: SqliteStore, rows: list[LedgerRow], unit: str) -> Book:
    items, day = [row.item for row in rows], day_of(page)
    further = (warning_sheet(store, items), about_sheet(store, items, day))
    return Book(day, "", unit, {row.item.number: row.light for row in rows}, further)


def _choices(page: Page, store: SqliteStore) -> dict[str, object]:
    """What fields offer: units that are known, documents that could be taken into the ledger."""
    names = dict.fromkeys(one.name for one in units(store))
    names |= dict.fromkeys(party.name for row in rows_of(page, store) for party in (*row.item.lead, *row.item.cooperating))
    documents = {row["doc_id"]: row["title"] or row["doc_id"] for row in page.library.documents(store)}
    bases = dict.fromkeys(row.item.doc_id for row in rows_of(page, store))
    rows = [row for row in page.library.documents(store) if row["title"] and row["plan_year"] and not row["duplicate_of"]]
    plans = [row["title"] for row in rows]
    latest = sorted(rows, key=lambda row: -row["plan_year"])[:_OFFERED]
    return {
        "offers": [(row["doc_id"], row["title"], row["place"] or row["issuer"], row["plan_year"]) for row in latest],
        "units": list(names), "groups": [one.name for one in groups(store)], "titles": list(dict.fromkeys(plans))[:_TITLES],
        "bases": [(name, documents.get(name, name)) for name in bases if name],
    }  # fmt: skip
