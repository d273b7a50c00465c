"""Upload (上传): several files, confirmed as holding nothing classified, with progress and a result for each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from pipeline.web.intake import SUFFIXES, IntakeError, Item, clean_name, earlier_upload, keep, keep_version
from pipeline.web.page import Asked, checked_form
from pipeline.web.views import Shown, table, view
from pipeline.web.words import message, word

router = APIRouter()
Form = Annotated[FormData, Depends(checked_form)]


@dataclass(frozen=True, slots=True)
class FileResult:
    """A file that was uploaded: ``result`` is None while it waits."""

    name: str
    result: str | None
    told: str
    doc_id: str | None


@dataclass(frozen=True, slots=True)
class Uploads:
    """What became of files that were uploaded together."""

    job: str
    done: bool
    files: tuple[FileResult, ...]


@view(router, "/upload", template="upload.html", answer=Uploads, role="editor")
def show_uploads(page: Asked, job: Annotated[str, Query(max_length=40)] = "") -> Shown:
    """The form, or what became of the files of a job."""
    found = page.request.app.state.intake.find(job, page.owner) if job else None
    if job and found is None:
        raise HTTPException(404, message("no_job"))
    files = tuple(FileResult(item.name, item.result, item.told, item.doc_id) for item in found.items) if found else ()
    cells = ((number, row.name, word("result", row.result), row.told) for number, row in enumerate(files, start=1))
    data = Uploads(job, found.done if found else True, files)
    limits = {"files": page.settings.upload_files, "size": page.settings.upload_bytes // 1024**2, "suffixes": SUFFIXES}
    return Shown(data, (table("uploads", cells),), {"limits": limits, "told": ""})


@router.post("/upload", include_in_schema=False)
def take(page: Asked, form: Form) -> Response:
    """Keep the files and start to read them."""
    page.need("editor")
    files = [item for item in form.getlist("files") if isinstance(item, UploadFile) and item.filename]
    problem = None
    if not files:
        problem = message("no_files")
    elif len(files) > page.settings.upload_files:
        problem = message("too_many", limit=page.settings.upload_files)
    elif form.get("unclassified") != "1":
        problem = message("unconfirmed")
    if problem:
        raise HTTPException(400, problem)
    folder = page.settings.upload_folder
    items = []
    for file in files:
        name = str(file.filename)
        try:
            earlier = earlier_upload(folder, name) if form.get("replace") == "1" else None
            if earlier is None:
                items.append(Item(clean_name(name), keep(file.file, name, folder)))
            else:
                items.append(Item(earlier.name, earlier, earlier=keep_version(file.file, earlier)))
        except IntakeError as error:
            items.append(Item(name[-80:], None, "failed", str(error)))
    page.note("upload", "；".join(item.name for item in items))
    job = page.request.app.state.intake.begin(page.owner, items)
    return RedirectResponse(f"/upload?job={job.name}", status_code=303)
