"""Search (检索): one box, what it was understood as, facets with counts, passages to copy and to put aside."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse

from pipeline.records import DocType, TaskStatus
from pipeline.search.query import Has, Kind
from pipeline.search.request import make_wish
from pipeline.web.cards import card
from pipeline.web.finding import Found, find
from pipeline.web.page import Asked
from pipeline.web.views import Shown, Table, table, view
from pipeline.web.words import word

router = APIRouter()
PAGE = 20  # hits on a page
LAST_PAGE = 10
_EXPORTED = 200

Text = Annotated[str, Query(max_length=400)]
Texts = Annotated[list[Annotated[str, Query(max_length=80)]], Query(max_length=20)]
Year = Annotated[int, Query(ge=1900, le=2100)]
Number = Annotated[int, Query(ge=1, le=LAST_PAGE)]


@router.get("/", include_in_schema=False)
def start() -> RedirectResponse:
    """The page begins with search."""
    return RedirectResponse("/search", status_code=303)


@view(router, "/search", template="search.html", answer=Found)
def search(
    page: Asked,
    q: Text = "",
    year: Annotated[list[Year], Query(max_length=20)] = [],  # noqa: B006 - FastAPI copies it
    place: Texts = [],  # noqa: B006
    issuer: Texts = [],  # noqa: B006
    unit: Texts = [],  # noqa: B006
    doc_type: Annotated[list[DocType], Query(max_length=6)] = [],  # noqa: B006
    status: Annotated[list[TaskStatus], Query(max_length=3)] = [],  # noqa: B006
    kind: Annotated[list[Literal["task", "quantity", "deadline"]], Query(max_length=3)] = [],  # noqa: B006
    without: Annotated[list[Has], Query(max_length=3)] = [],  # noqa: B006
    literal: Annotated[list[Literal["all"] | Kind], Query(max_length=9)] = [],  # noqa: B006
    in_force: bool = False,
    sort: Literal["relevance", "newest", "earliest"] = "relevance",
    p: Number = 1,
) -> Shown:
    """Find the passages that answer a query, narrowed by filters; `literal` takes parts of the query as plain words."""
    last = _EXPORTED if page.twin in ("csv", "xlsx") else p * PAGE
    first = 0 if page.twin in ("csv", "xlsx") else (p - 1) * PAGE
    with page.library.reading() as store:
        if not q.strip() and not (year or place or issuer or unit or doc_type or status or kind or without):
            return Shown(Found(q, True, 0, (), (), (), "", ()), more=_start(page, store))
        wish = make_wish(
            year=year, place=place, issuer=issuer, unit=unit, doc_type=doc_type, status=status, kind=kind, without=without,
            literal="|".join(literal), in_force=in_force, sort=sort, limit=last, home=page.settings.home, as_of=page.settings.as_of,
        )  # fmt: skip
        found = find(page.library.index(store), q.strip(), wish, first)
        if p == 1 and q.strip():
            found = replace(found, card=card(page, store, q.strip(), wish.asking))
        kept = _kept(page, store) if page.twin == "html" else set()
    pages = min(LAST_PAGE, -(-found.count // PAGE))
    return Shown(
        found, (_table(found),), {"start": None, "p": p, "pages": pages, "sort": sort, "first": first, "kept": kept, "literal": literal}
    )


def _start(page: Asked, store: object) -> dict[str, object]:
    """What the empty page shows: what the store holds."""
    rows = page.library.index(store).documents  # type: ignore[arg-type]
    years = [row.year for row in rows if row.year]
    places = {row.place for row in rows if row.place}
    told = {"documents": len(rows), "places": len(places), "first": min(years, default=None), "last": max(years, default=None)}
    return {"start": told, "p": 1, "pages": 0, "sort": "relevance", "first": 0, "kept": set(), "literal": []}


def _kept(page: Asked, store: object) -> set[tuple[str, int, int]]:
    """What is in the basket already."""
    rows = store.select("SELECT doc_id, start, end FROM baskets WHERE owner = ?", page.owner)  # type: ignore[attr-defined]
    return set(rows)


def _table(found: Found) -> Table:
    rows = tuple(
        (
            number, hit.text, hit.title, hit.place, hit.issuer, hit.year, hit.date, hit.doc_number, word("doc_type", hit.doc_type),
            " > ".join(hit.section), hit.clause, [word("task_status", status) for status in hit.statuses], hit.units, *hit.span, hit.cite,
        )
        for number, hit in enumerate(found.hits, start=1)
    )  # fmt: skip
    return table("search", rows)
