"""What an officer does with the ledger: take documents in, assign, split, join, report, extend, close; take returned workbooks in."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from pipeline.ledger import items as ledger
from pipeline.ledger import messages
from pipeline.ledger.build import build
from pipeline.ledger.items import By, Told
from pipeline.ledger.model import LedgerError
from pipeline.ledger.shaping import fan_out, merge, split
from pipeline.ledger.units import Group, LedgerUnit, put_units, remove_unit
from pipeline.store import SqliteStore
from pipeline.web.ledgers import by_of, mark_of
from pipeline.web.page import Asked, Page, checked_form
from pipeline.web.words import message, word

router = APIRouter()
Form = Annotated[FormData, Depends(checked_form)]
_BETWEEN = re.compile(r"[、，,；;\s]+")
_UNWANTED = re.compile(r"[^\w（）〔〕【】“”·、，。—+-]+")
_NAME = 80  # characters of a file's name that are kept
_LONGEST = 4000  # characters of a field
_TEXTS = (
    "task", "level1", "level2", "leader", "person", "quantities", "problems", "next_steps", "evidence", "opinion", "remark",
    "reported_value",
)  # fmt: skip


def _said(form: FormData, name: str) -> str:
    return str(form.get(name, "")).strip()[:_LONGEST]


def _names(form: FormData, name: str) -> list[str]:
    return [part for part in _BETWEEN.split(_said(form, name)) if part]


def _edit(store: SqliteStore, number: str, form: FormData, by: By) -> None:
    old = ledger.item(store, number)
    changes: dict[str, Any] = {name: _said(form, name) for name in (*_TEXTS, "state", "completion") if name in form}
    if "deadline" in form and _said(form, "deadline") != (old.deadline or ""):
        changes["deadline"] = _said(form, "deadline")
    # a browser sends line breaks its own way: that alone is no change
    same = {name: "\n".join(str(value).splitlines()) for name, value in changes.items() if isinstance(value, str)}
    kept = {name: value for name, value in same.items() if value != _field(getattr(old, name))}
    if kept:
        ledger.edit(store, number, kept, by)


def _field(value: object) -> str:
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _assign(store: SqliteStore, number: str, form: FormData, by: By) -> None:
    old = ledger.item(store, number)
    for role, cooperating in (("lead", False), ("cooperating", True)):
        names = _names(form, role)
        if role in form and names != [party.name for party in getattr(old, role)]:
            ledger.assign(store, [number], names, by, cooperating=cooperating)


def _progress(store: SqliteStore, number: str, form: FormData, by: By) -> None:
    state: Any = _said(form, "state") or None
    if not _said(form, "text"):
        raise HTTPException(400, message("no_progress"))
    ledger.add_progress(
        store, number, Told(_said(form, "text"), ledger.checked_share(_said(form, "value")), state, _said(form, "date") or None), by
    )


def _split(store: SqliteStore, number: str, form: FormData, by: By) -> None:
    split(store, number, [line for line in _said(form, "texts").splitlines() if line.strip()], by)


def _fan_out(store: SqliteStore, number: str, form: FormData, by: By) -> None:
    fan_out(store, number, by, _said(form, "group") or None)


def _step(store: SqliteStore, number: str, form: FormData, by: By) -> None:
    step = _said(form, "step")
    ledger.finish_step(store, number, int(step) if step.isascii() and step.isdigit() and len(step) < _TOO_MANY else 0, by)


_TOO_MANY = 4  # digits
_Act = Callable[[SqliteStore, str, FormData, By], object]
_ACTS: dict[str, _Act] = {
    "edit": _edit, "assign": _assign, "progress": _progress, "split": _split, "fan_out": _fan_out, "step": _step,
    "extend": lambda store, number, form, by: ledger.extend(store, number, _said(form, "deadline"), by),
    "close": lambda store, number, form, by: ledger.close(store, number, by, _said(form, "opinion")),
    "exclude": lambda store, number, _, by: ledger.exclude(store, number, by),
    "include": lambda store, number, _, by: ledger.include(store, number, by),
    "overdue": lambda store, number, _, by: ledger.confirm_overdue(store, number, by),
}  # fmt: skip


@router.post("/ledger/change", include_in_schema=False)
def change(page: Asked, form: Form) -> Response:
    """Do one thing with one item, unless somebody has changed it since it was opened."""
    page.need("editor")
    number, act = _said(form, "number"), _ACTS.get(_said(form, "action"))
    if act is None:
        raise HTTPException(400, message("bad_link", what=_said(form, "action")))
    by = by_of(page, form)
    with page.library.writing() as store:
        if mark_of(ledger.item(store, number)) != form.get("seen"):
            raise HTTPException(409, messages.message("changed", number=number))
        act(store, number, form, by)
    page.note("ledger", f"{word('ledger_act', _said(form, 'action'))} {number}")
    return page.back(form, "/ledger", told="saved")


@router.post("/ledger/many", include_in_schema=False)
def change_many(page: Asked, form: Form) -> Response:
    """Give many items their units, or join several into one."""
    page.need("editor")
    numbers = [str(number)[:40] for number in form.getlist("numbers")]
    if not numbers:
        raise HTTPException(400, message("no_items"))
    by = by_of(page, form)
    with page.library.writing() as store:
        if _said(form, "action") == "merge":
            merge(store, numbers, by)
        else:
            names = _names(form, "names")
            if not names:
                raise HTTPException(400, message("no_unit_given"))
            ledger.assign(store, numbers, names, by, cooperating=_said(form, "action") == "cooperating", add=True)
    page.note("ledger", f"{word('ledger_act', _said(form, 'action'))} {'、'.join(numbers)}")
    return page.back(form, "/ledger", told="saved")


@router.post("/ledger/build", include_in_schema=False)
def take_document(page: Asked, form: Form) -> Response:
    """Make items of a document; what is in the ledger already stays as it is."""
    page.need("editor")
    name = _said(form, "document")
    if not name:
        raise HTTPException(400, message("no_document_given"))
    with page.library.writing() as store:
        built = build(store, [name], by_of(page, form), assume_year_end=form.get("assume_year_end") == "1")
    page.note("ledger", f"{word('ledger_act', 'build')} {name} {len(built.items)}")
    told = messages.message("built", new=len(built.items), known=len(built.known), skipped=len(built.skipped))
    lines = tuple(f"{one.text}（{one.why}）" for one in built.skipped)
    nobody = sum(not one.lead for one in built.items)
    ids = {one.doc_id for one in built.items}
    doc = next(iter(ids)) if len(ids) == 1 else ""
    shown = page.render("ledger_done.html", told=told, lines=lines, nobody=nobody, nobody_word=messages.message("nobody"), doc=doc)
    return page.remembering(shown, form)


@router.post("/ledger/return", include_in_schema=False)
def take_returned(page: Asked, form: Form) -> Response:
    """Merge workbooks that units have returned: values that agree are taken, conflicts and broken rows listed."""
    from pipeline.ledger.workbook_in import import_files

    page.need("editor")
    files = [item for item in form.getlist("files") if isinstance(item, UploadFile) and item.filename]
    if not files:
        raise HTTPException(400, message("no_files"))
    if len(files) > page.settings.upload_files:
        raise HTTPException(400, message("too_many", limit=page.settings.upload_files))
    with tempfile.TemporaryDirectory() as folder:
        paths = [_kept(file, Path(folder) / str(number)) for number, file in enumerate(files)]
        with page.library.writing() as store:
            told, *lines = import_files(store, paths, by_of(page, form)).lines()
    page.note("ledger", f"{word('ledger_act', 'return')} {len(files)}")
    return page.remembering(page.render("ledger_done.html", told=told, lines=tuple(lines)), form)


def _kept(file: UploadFile, folder: Path) -> Path:
    """A returned workbook in a folder of its own; its name decides nothing but what the report calls it."""
    stem, _, suffix = re.split(r"[/\\]", str(file.filename))[-1].rpartition(".")
    if suffix.lower() != "xlsx":
        raise HTTPException(400, message("bad_file_kind", name=str(file.filename)[-_NAME:], kinds=".xlsx"))
    folder.mkdir()
    path = folder / f"{_UNWANTED.sub('_', stem).strip('_.')[:_NAME] or 'ledger'}.xlsx"
    path.write_bytes(file.file.read())
    return path


@router.post("/ledger/units", include_in_schema=False)
def keep_unit(page: Asked, form: Form) -> Response:
    """Write a unit or a group into the office's list, or take one off it."""
    page.need("editor")
    name, action = _said(form, "name")[:60], _said(form, "action")
    with page.library.writing() as store:
        _keep_unit(page, store, (name, action), form)
    page.note("ledger", f"{word('ledger_act', f'unit_{action}')} {name}")
    return page.back(form, "/ledger/units", told="removed" if action == "remove" else "saved")


def _keep_unit(page: Page, store: SqliteStore, asked: tuple[str, str], form: FormData) -> None:
    (name, action), by = asked, by_of(page, form)
    if action == "remove":
        if not remove_unit(store, name, by):
            raise LedgerError(messages.message("no_unit", unit=name))
    elif action == "group":
        put_units(store, [Group(name, tuple(_names(form, "members")))], by)
    else:
        parent = _said(form, "parent") or None
        put_units(store, [LedgerUnit(name, tuple(_names(form, "short")), tuple(_names(form, "former")), parent)], by)
