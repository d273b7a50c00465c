"""Draft check (交稿前体检): a draft is read, compared with what the store holds, and kept nowhere."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response
from starlette.datastructures import FormData, UploadFile

from pipeline.errors import PipelineError
from pipeline.extract import extract
from pipeline.read import document_from_text, read_document
from pipeline.rulebook import load_rules
from pipeline.track.draft import check_draft
from pipeline.web.intake import SUFFIXES, keep, plainly
from pipeline.web.page import Asked, checked_form
from pipeline.web.views import Shown, table, view
from pipeline.web.words import message

router = APIRouter()
Form = Annotated[FormData, Depends(checked_form)]
_LONGEST = 200_000  # characters of a draft that is pasted


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """Something to look at: in the words of the draft, and of an earlier document where there is one."""

    kind: str
    reason: str
    draft: str
    earlier: str
    earlier_doc_id: str | None
    earlier_source: str


@dataclass(frozen=True, slots=True)
class DraftView:
    """What was found in a draft; ``compared`` are the documents that it was compared with."""

    plan: str | None
    compared: tuple[str, ...]
    notes: tuple[str, ...]
    findings: tuple[DraftFinding, ...]


@view(router, "/draft", template="draft.html", answer=DraftView)
def ask(page: Asked) -> Shown:  # noqa: ARG001 - every view is handed the page
    """The form for a draft; a draft is examined by sending the form, and kept nowhere."""
    return Shown(DraftView(None, (), (), ()), (table("draft", ()),), {"checked": False, "suffixes": SUFFIXES, "kinds": {}})


@router.post("/draft", include_in_schema=False)
def check(page: Asked, form: Form) -> Response:
    """Examine a draft that was uploaded or pasted."""
    if form.get("unclassified") != "1":
        raise HTTPException(400, message("unconfirmed"))
    place, year = str(form.get("place", "")).strip()[:40] or None, str(form.get("year", "")).strip()
    planned = int(year) if year.isascii() and year.isdigit() and len(year) == 4 else None
    extraction = extract(_document(form))
    with page.library.reading() as store:
        report = check_draft(extraction, store, place=place, year=planned)
    kinds = load_rules("loop_draft").data["kinds"]
    rows = tuple(
        DraftFinding(
            finding.kind, finding.reason,
            finding.draft.sentence if finding.draft else "", finding.earlier.sentence if finding.earlier else "",
            finding.earlier.doc_id if finding.earlier else None, Path(finding.earlier.source).stem if finding.earlier else "",
        )
        for finding in report.findings
    )  # fmt: skip
    data = DraftView(
        Path(report.plan).stem if report.plan else None, tuple(Path(name).stem for name in report.compared), report.notes, rows
    )
    page.note("draft", "")
    return page.render("draft.html", data=data, checked=True, suffixes=SUFFIXES, kinds=kinds)


def _document(form: FormData) -> Any:
    file = form.get("file")
    if isinstance(file, UploadFile) and file.filename:
        with tempfile.TemporaryDirectory() as folder:
            path = keep(file.file, str(file.filename), Path(folder))
            try:
                return read_document(path)
            except PipelineError as error:
                raise HTTPException(400, plainly(str(error), path, path.name)) from error
    text = str(form.get("text", ""))[:_LONGEST]
    if not text.strip():
        raise HTTPException(400, message("no_draft"))
    return document_from_text(text, message("pasted"))
