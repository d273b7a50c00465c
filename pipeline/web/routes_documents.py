"""Documents (文件): what the store holds, one document with everything highlighted, one record, the original to download."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import FileResponse, Response
from pydantic import Field

from pipeline.records import DocType
from pipeline.segment import segment
from pipeline.store import RecordFilter, SqliteStore
from pipeline.web.marking import marked_text
from pipeline.web.masking import masked
from pipeline.web.page import Asked, local_time
from pipeline.web.records import RecordView, record_status, record_view
from pipeline.web.views import Shown, Table, table, view, wants_unmasked
from pipeline.web.words import degree, figure, message, rule_words, warning_of, word

router = APIRouter()
PAGE = 50
_FACTS = """SELECT d.year, d.rank, d.ingested, d.duplicate_of, coalesce(o.title, o.doc_id)
FROM documents d LEFT JOIN documents o ON o.doc_id = d.duplicate_of WHERE d.doc_id = ?"""
KINDS = ("task", "quantity", "deadline")
DocId = Annotated[str, Query(min_length=1, max_length=200)]
RecordId = Annotated[str, Query(max_length=80)]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document in the list."""

    doc_id: str
    title: str
    place: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    year: int | None
    doc_type: str
    validity: str
    warnings: tuple[str, ...]
    duplicate_of: str | None
    ingested: str


@dataclass(frozen=True, slots=True)
class DocumentList:
    """Documents of the store, narrowed by filters. ``count`` is the number of all that pass."""

    count: int
    documents: tuple[DocumentRow, ...]


@dataclass(frozen=True, slots=True)
class SectionRow:
    """A section of the tree: ``number`` is the one of its anchor in the page."""

    number: int
    level: int
    clause: str | None
    heading: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document with its sections and its records, as in the contract, with people's corrections in them."""

    document: dict[str, Any]
    sections: tuple[SectionRow, ...]
    tasks: tuple[dict[str, Any], ...]
    quantities: tuple[dict[str, Any], ...]
    deadlines: tuple[dict[str, Any], ...]


@view(router, "/documents", template="documents.html", answer=DocumentList)
def list_documents(
    page: Asked,
    q: Annotated[str, Query(max_length=100)] = "",
    place: Annotated[str, Query(max_length=40)] = "",
    year: Annotated[Annotated[int, Field(ge=1900, le=2100)] | Literal[""], Query()] = "",
    doc_type: DocType | Literal[""] = "",
    sort: Literal["newest", "earliest", "title"] = "newest",
    p: Annotated[int, Query(ge=1, le=100000)] = 1,
) -> Shown:
    """The documents of the store by name, place, year and kind."""
    with page.library.reading() as store:
        rows = page.library.documents(store)
    wanted = [
        row for row in rows
        if q.strip() in f"{row['title']} {row['doc_number']} {row['issuer']} {row['doc_id']}" and place.strip() in (row["place"] or "")
        and year in ("", row["year"]) and doc_type in ("", row["doc_type"])
    ]  # fmt: skip
    if sort == "title":
        wanted.sort(key=lambda row: row["title"] or row["doc_id"])
    else:
        wanted.sort(key=lambda row: (row["date"] or str(row["year"] or ""), row["number"]), reverse=sort == "newest")
    shown = wanted if page.twin in ("csv", "xlsx") else wanted[(p - 1) * PAGE : p * PAGE]
    titles = {row["doc_id"]: row["title"] or row["doc_id"] for row in rows}
    found = DocumentList(len(wanted), tuple(_row(row, titles.get(row["duplicate_of"])) for row in shown))
    years = sorted({row["year"] for row in rows if row["year"]}, reverse=True)
    more = {
        "p": p,
        "pages": -(-len(wanted) // PAGE),
        "years": years,
        "chosen": {"q": q, "place": place, "year": year, "doc_type": doc_type, "sort": sort},
    }
    cells = (
        (
            row.title, row.place, row.issuer, row.doc_number, row.date, row.year, word("doc_type", row.doc_type),
            word("validity", row.validity), row.warnings, local_time(row.ingested), row.doc_id,
        )
        for row in found.documents
    )  # fmt: skip
    return Shown(found, (table("documents", cells),), more)


def _row(row: dict[str, Any], original: str | None) -> DocumentRow:
    return DocumentRow(
        row["doc_id"], row["title"] or row["doc_id"], row["place"], row["issuer"], row["doc_number"], row["date"], row["year"],
        row["doc_type"], row["validity"],
        tuple(warning_of(item, original) for item in row["warnings"]), row["duplicate_of"], row["ingested"] or "",
    )  # fmt: skip


@view(router, "/document", template="document.html", answer=DocumentView)
def show_document(page: Asked, id: DocId, record: RecordId = "", at: Annotated[int | None, Query(ge=0)] = None) -> Shown:  # noqa: A002
    """A document: its text, sections and records; `record` is the one that is shown beside the text, `at` a place in it to go to."""
    with page.library.reading() as store:
        found = store.extraction(id) if _is_copy(store, id) else None
        document = found.document if found else store.document(id)
        if document is None:
            raise HTTPException(404, message("no_document"))
        rows = {kind: tuple(_rows(store, id, kind, found)) for kind in KINDS}
        chosen = record_view(store, record) if record and page.twin == "html" else None
        facts = store.select(_FACTS, id)[0]
        has_original = _original(store, id) is not None if page.twin == "html" else False
    outline = segment(document)
    sections = tuple(
        SectionRow(number, section.level, section.clause, section.heading, section.span) for number, section in enumerate(outline.sections)
    )
    head = _head(document, facts)
    data = DocumentView(head, sections, rows["task"], rows["quantity"], rows["deadline"])
    if page.twin != "html":
        return Shown(data, tuple(_tables(rows)))
    text = marked_text(document, outline, [row for kind in KINDS for row in rows[kind]], record, at)
    return Shown(data, (), {"text": text, "chosen": chosen, "missing": bool(record) and chosen is None, "has_original": has_original})


@view(router, "/record", template="record.html", answer=RecordView)
def show_record(page: Asked, id: RecordId) -> Shown:  # noqa: A002 - the name in the link
    """One record: its fields, its rule, what was decided on it, and its neighbours in other years."""
    with page.library.reading() as store:
        found = record_view(store, id)
    if found is None:
        raise HTTPException(404, message("no_record"))
    cells = [(field.label, field.text) for field in found.fields]
    cells += [
        (word("field", "text"), found.row["text"]),
        (word("field", "confidence"), found.confidence),
        (word("field", "rule"), found.row["rule"]),
    ]
    return Shown(found, (table("record", cells),), {})


@router.get("/original", include_in_schema=False)
def original(page: Asked, id: DocId) -> Response:  # noqa: A002
    """The file that the document was read from, if it still lies there as it was."""
    with page.library.reading() as store:
        path = _original(store, id)
    if path is None:
        raise HTTPException(404, message("no_original"))
    page.note("export", f"/original {id}")
    return FileResponse(path, media_type="application/octet-stream", filename=path.name)


@router.get("/text", include_in_schema=False)
def plain_text(page: Asked, id: DocId) -> Response:  # noqa: A002
    """The text as it was read, to which all places refer; numbers of telephones are hidden character for character."""
    with page.library.reading() as store:
        document = store.document(id)
    if document is None:
        raise HTTPException(404, message("no_document"))
    text = document.text if wants_unmasked(page) else masked(document.text)
    page.note("export", f"/text {id}")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quote(document.doc_id)}.txt"}
    return Response(text.encode("utf-8", "replace"), media_type="text/plain; charset=utf-8", headers=headers)


def _is_copy(store: SqliteStore, name: str) -> bool:
    return bool(store.select("SELECT 1 FROM documents WHERE doc_id = ? AND duplicate_of IS NOT NULL", name))


def _rows(store: SqliteStore, doc_id: str, kind: str, found: Any) -> Any:
    """Rows of one kind; those of a copy are packed away and come with the whole extraction."""
    if found is None:
        return store.rows(kind, RecordFilter(doc_id=doc_id))
    from dataclasses import asdict

    records = {"task": found.tasks, "quantity": found.quantities, "deadline": found.deadlines}[kind]
    return ({"record": kind, **asdict(record)} for record in records)


def _head(document: Any, facts: tuple[Any, ...]) -> dict[str, Any]:
    from dataclasses import asdict

    year, rank, ingested, duplicate_of, original = facts
    about = asdict(document)
    about["warnings"] = [{**item, "message": warning_of(item, original)} for item in about["warnings"]]
    return {"record": "document", **about, "year": year, "rank": rank, "ingested": ingested, "duplicate_of": duplicate_of}


def _original(store: SqliteStore, doc_id: str) -> Path | None:
    """The file of a document, if its bytes are still those that were read: no other file can be got by way of a store."""
    rows = store.select("SELECT path, file_hash FROM sources JOIN documents ON document = number WHERE doc_id = ? ORDER BY path", doc_id)
    for name, file_hash in rows:
        path = Path(name)
        try:
            with path.open("rb") as file:
                if hashlib.file_digest(file, "sha256").digest() == file_hash:
                    return path
        except (OSError, ValueError):
            continue
    return None


def _tables(rows: dict[str, tuple[dict[str, Any], ...]]) -> list[Table]:
    return [table(kind, (_cells(row) for row in rows[kind])) for kind in KINDS]


def _cells(row: dict[str, Any]) -> tuple[Any, ...]:
    reviewed = word("correction", row["reviewed"]["action"]) if row.get("reviewed") else ""
    ending = (row.get("page"), *row["span"], degree(row["confidence"]), rule_words(row["rule"]), reviewed, row["id"])
    if row["record"] == "task":
        actions = [f"{item['verb']} {item['object']}" for item in row["actions"]]
        units = [f"{word('role', unit['role'])} {unit['canonical'] or unit['text']}" for unit in row["units"]]
        strength = word("strength", row["strength"])
        return record_status(row), row["clause"], row["text"], actions, units, strength, " > ".join(row["section"]), *ending
    if row["record"] == "quantity":
        value, measure = figure(row), word("measure", row["measure"])
        return record_status(row), row["indicator"], row["scope"], value, row["text"], measure, row["start"], row["end"], *ending
    return record_status(row), row["text"], row["start"], row["end"], word("every", row["every"]), *ending
