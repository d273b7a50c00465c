"""Warnings (存疑): what readers of documents must know, and sums that do not hold."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query

from pipeline.store import SqliteStore
from pipeline.web.library import Library
from pipeline.web.page import Asked
from pipeline.web.settings import Settings
from pipeline.web.views import Shown, table, view
from pipeline.web.words import warning_of, word

router = APIRouter()
_PAGE = 100
_PATIENCE, _UNLIMITED = 0.06, 3600.0  # seconds for the sums of documents that nobody has checked yet; a table waits for all
_MOST = 5000  # documents whose sums are kept
_found: dict[str, tuple[tuple[str, str, int], ...]] = {}


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something to look at in a document; ``at`` is where it stands, None where the whole document is meant."""

    kind: str
    message: str
    quote: str
    at: int | None
    doc_id: str
    title: str
    place: str | None
    year: int | None


@dataclass(frozen=True, slots=True)
class DoubtsView:
    """Doubts of the documents of a place, or of all; sums are checked where a place is given, of ``waiting`` documents not yet."""

    place: str
    count: int
    counts: dict[str, int]
    doubts: tuple[Doubt, ...]
    waiting: int = 0


@view(router, "/warnings", template="warnings.html", answer=DoubtsView)
def show_doubts(
    page: Asked,
    place: Annotated[str, Query(max_length=40)] = "",
    kind: Annotated[str, Query(max_length=40)] = "",
    p: Annotated[int, Query(ge=1, le=1000)] = 1,
) -> Shown:
    """Masked figures, conflicts of year or place, copies; with a place also arithmetic."""
    with page.library.reading() as store:
        known = page.library.documents(store)
        titles = {row["doc_id"]: row["title"] or row["doc_id"] for row in known}
        rows = [row for row in known if place.strip() in (row["place"] or "")]
        found = [doubt for row in rows for doubt in _told(row, titles.get(row["duplicate_of"]))]
        waiting = 0
        if place.strip():
            until = time.monotonic() + (_PATIENCE if page.twin in ("html", "json") else _UNLIMITED)
            for row in rows:
                if not row["duplicate_of"] and (row["content_id"] in _found or time.monotonic() < until):
                    found += slips(store, row)
                else:
                    waiting += not row["duplicate_of"]
    counts = dict(Counter(doubt.kind for doubt in found).most_common())
    found = [doubt for doubt in found if kind in ("", doubt.kind)]
    shown = found if page.twin in ("csv", "xlsx") else found[(p - 1) * _PAGE : p * _PAGE]
    cells = ((word("doubt", item.kind), item.message, item.quote, item.title, item.place, item.year) for item in shown)
    data = DoubtsView(place, len(found), counts, tuple(shown), waiting)
    return Shown(data, (table("warnings", cells),), {"kind": kind, "p": p, "pages": -(-len(found) // _PAGE)})


def slips(store: SqliteStore, row: dict[str, Any]) -> list[Doubt]:
    """Sums that do not hold in a document, given as its row."""
    return [_doubt(row, "arithmetic", told, quote, at) for told, quote, at in _checked(store, row)]


def _told(row: dict[str, Any], original: str | None) -> list[Doubt]:
    return [
        _doubt(row, item["code"], warning_of(item, original), "", item["span"][0] if item.get("span") else None) for item in row["warnings"]
    ]


def _doubt(row: dict[str, Any], kind: str, message: str, quote: str, at: int | None) -> Doubt:
    return Doubt(kind, message, quote, at, row["doc_id"], row["title"] or row["doc_id"], row["place"], row["year"])


def warm(library: Library, _: Settings) -> Iterator[None]:
    """Check the sums of every document, the latest first."""
    with library.reading() as store:
        rows = [row for row in library.documents(store) if row["place"] and not row["duplicate_of"]]
    for row in sorted(rows, key=lambda row: -(row["year"] or 0)):
        with library.reading() as store:
            slips(store, row)
        yield


def _checked(store: SqliteStore, row: dict[str, Any]) -> tuple[tuple[str, str, int], ...]:
    """What does not hold in the sums of a document, kept by its content."""
    from pipeline.track.audit import audit

    known = _found.get(row["content_id"])
    if known is None:
        document = store.document(row["doc_id"])
        checks = [check for check in audit(document) if check.holds is False] if document else []
        known = tuple((check.message, document.text[slice(*check.span)], check.span[0]) for check in checks) if document else ()
        if len(_found) >= _MOST:
            _found.clear()
        _found[row["content_id"]] = known
    return known
