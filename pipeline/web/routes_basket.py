"""The basket (素材篮): passages put aside while searching, and the paper that they become."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException
from fastapi.responses import Response
from starlette.datastructures import FormData

from pipeline.ledger.excerpts import Cited, excerpt
from pipeline.store import SqliteStore
from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly
from pipeline.web.finding import cite, source_of
from pipeline.web.masking import masked
from pipeline.web.page import Asked, Page, checked_form
from pipeline.web.views import Shown, file_answer, table, view, wants_unmasked
from pipeline.web.words import message

router = APIRouter()
_MOST = 200  # passages that one person puts aside
Form = Annotated[FormData, Depends(checked_form)]


@dataclass(frozen=True, slots=True)
class BasketItem:
    """A passage that was put aside; ``text`` is empty where the document has changed since."""

    doc_id: str
    span: tuple[int, int]
    text: str
    title: str
    place: str | None
    issuer: str | None
    doc_number: str | None
    date: str | None
    clause: str | None
    source: str
    cite: str


@dataclass(frozen=True, slots=True)
class Basket:
    """What was put aside, in the order in which it came."""

    items: tuple[BasketItem, ...]


@view(router, "/basket", template="basket.html", answer=Basket)
def show_basket(page: Asked) -> Shown:
    """The passages that were put aside."""
    with page.library.reading() as store:
        found = Basket(tuple(_items(store, page.owner)))
    cells = (
        (number, item.text, item.title, item.place, item.issuer, item.doc_number, item.date, item.cite)
        for number, item in enumerate(found.items, start=1)
    )
    return Shown(found, (table("basket", cells),))


@router.get("/basket.docx", include_in_schema=False)
def basket_paper(page: Asked) -> Response:
    """The passages as a paper: each with its source under it."""
    with page.library.reading() as store:
        items = list(_items(store, page.owner))
    page.note("export", "/basket.docx")
    keep = wants_unmasked(page)
    told = [Cited(item.text, item.source) for item in items if item.text]
    shown = told if keep else [Cited(masked(one.text), masked(one.source)) for one in told]
    return file_answer(excerpt(shown), "basket.docx")


@router.post("/basket/add", include_in_schema=False)
def add(page: Asked, form: Form) -> Response:
    """Put a passage aside."""
    doc_id, start, end = _place(form)
    with page.library.writing() as store, told_plainly(store.path), begin(store.connection):
        found = store.select("SELECT content_id, length(text) FROM documents WHERE doc_id = ?", doc_id)
        if not found or not 0 <= start < end <= found[0][1]:
            raise HTTPException(404, message("no_document"))
        count = store.select("SELECT count(*) FROM baskets WHERE owner = ?", page.owner)[0][0]
        if count >= _MOST:
            raise HTTPException(400, message("full_basket", limit=_MOST))
        values = (page.owner, doc_id, start, end, found[0][0], datetime.now(UTC).isoformat(timespec="milliseconds"))
        store.connection.execute("INSERT OR IGNORE INTO baskets VALUES (?,?,?,?,?,?)", values)
    return page.back(form, "/basket")


@router.post("/basket/remove", include_in_schema=False)
def remove(page: Asked, form: Form) -> Response:
    """Take a passage out, or all."""
    with page.library.writing() as store, told_plainly(store.path):
        if form.get("all"):
            store.connection.execute("DELETE FROM baskets WHERE owner = ?", (page.owner,))
        else:
            store.connection.execute(
                "DELETE FROM baskets WHERE owner = ? AND doc_id = ? AND start = ? AND end = ?", (page.owner, *_place(form))
            )
    return page.back(form, "/basket")


def basket_count(page: Page) -> int:
    """How many passages lie in the basket."""
    with page.library.reading() as store:
        return int(store.select("SELECT count(*) FROM baskets WHERE owner = ?", page.owner)[0][0])


def _items(store: SqliteStore, owner: str) -> Any:
    rows = store.select(
        "SELECT b.doc_id, b.start, b.end,"
        " CASE WHEN b.content_id = d.content_id THEN substr(d.text, b.start + 1, b.end - b.start) ELSE '' END,"
        " coalesce(d.title, d.doc_id), d.place, d.issuer, d.doc_number, d.date,"
        " (SELECT p.clause FROM passages p WHERE p.document = d.number AND p.start <= b.start AND p.end >= b.end LIMIT 1)"
        " FROM baskets b JOIN documents d ON d.doc_id = b.doc_id WHERE b.owner = ? ORDER BY b.added", owner,
    )  # fmt: skip
    for doc_id, start, end, text, title, place, issuer, doc_number, date, clause in rows:
        about = {"doc_id": doc_id, "title": title, "issuer": issuer, "doc_number": doc_number, "date": date}
        source = source_of(about, clause)
        yield BasketItem(doc_id, (start, end), text, title, place, issuer, doc_number, date, clause, source, cite(text, about, clause))


def _place(form: FormData) -> tuple[str, int, int]:
    try:
        return str(form.get("doc_id", ""))[:200], int(str(form.get("start", ""))), int(str(form.get("end", "")))
    except ValueError as error:
        raise HTTPException(400, message("forged")) from error
