"""Papers of the ledger as DOCX: 任务分解表 of all items, 督查通报 of the day, 督办单 for one item."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response

from pipeline.ledger.documents import write_breakdown, write_notice, write_slip
from pipeline.ledger.report import report
from pipeline.web.ledgers import Wanted, day_of, found_row, leaving, wanted_rows
from pipeline.web.page import Asked, Page
from pipeline.web.views import file_answer

router = APIRouter()
Text = Annotated[str, Query(max_length=60)]


@router.get("/ledger/tasks.docx", include_in_schema=False)
def tasks_paper(page: Asked, unit: Text = "", doc: Annotated[str, Query(max_length=200)] = "") -> Response:
    """任务分解表 of what the filters let through."""
    with page.library.reading() as store:
        items = leaving(page, (row.item for row in wanted_rows(page, store, Wanted(unit=unit.strip(), doc_id=doc))))
    return _paper(page, "ledger-tasks.docx", lambda path: write_breakdown(items, path))


@router.get("/ledger/report.docx", include_in_schema=False)
def report_paper(page: Asked, unit: Text = "") -> Response:
    """督查通报 as of today."""
    with page.library.reading() as store:
        told = report(store, day_of(page), unit=unit.strip() or None)
    overdue, due_soon, unknown = (tuple(leaving(page, part)) for part in (told.overdue, told.due_soon, told.unknown))
    hidden = replace(told, overdue=overdue, due_soon=due_soon, unknown=unknown)
    return _paper(page, "ledger-report.docx", lambda path: write_notice(hidden, path))


@router.get("/ledger/slip.docx", include_in_schema=False)
def slip_paper(page: Asked, number: Annotated[str, Query(max_length=40)]) -> Response:
    """督办单 for one item."""
    with page.library.reading() as store:
        (item,) = leaving(page, (found_row(page, store, number).item,))
    return _paper(page, "ledger-slip.docx", lambda path: write_slip(item, path, day_of(page)))


def _paper(page: Page, name: str, write: Callable[[Path], None]) -> Response:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        write(path)
        content = path.read_bytes()
    page.note("export", f"{page.request.url.path}?{page.request.url.query}")
    return file_answer(content, name)
