"""Warnings (存疑): what readers of documents must know, and sums that do not hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Query

from pipeline.records import Document
from pipeline.store import SqliteStore
from pipeline.web.page import Asked
from pipeline.web.views import Shown, table, view
from pipeline.web.words import warning_of, word

router = APIRouter()
_PAGE = 100


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
    """Doubts of the documents of a place, or of all; sums are checked where a place is given."""

    place: str
    count: int
    counts: dict[str, int]
    doubts: tuple[Doubt, ...]


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
        if place.strip():
            for row in rows:
                if not row["duplicate_of"]:
                    found += slips(store, row)
    counts = dict(Counter(doubt.kind for doubt in found).most_common())
    found = [doubt for doubt in found if kind in ("", doubt.kind)]
    shown = found if page.twin in ("csv", "xlsx") else found[(p - 1) * _PAGE : p * _PAGE]
    cells = ((word("doubt", item.kind), item.message, item.quote, item.title, item.place, item.year) for item in shown)
    data = DoubtsView(place, len(found), counts, tuple(shown))
    return Shown(data, (table("warnings", cells),), {"kind": kind, "p": p, "pages": -(-len(found) // _PAGE)})


def slips(store: SqliteStore, row: dict[str, Any]) -> list[Doubt]:
    """Sums that do not hold in a document, given as its row."""
    found = _slips(row["content_id"], _Held(store.document, row["doc_id"]))
    return [_doubt(row, "arithmetic", told, quote, at) for told, quote, at in found]


def _told(row: dict[str, Any], original: str | None) -> list[Doubt]:
    return [
        _doubt(row, item["code"], warning_of(item, original), "", item["span"][0] if item.get("span") else None) for item in row["warnings"]
    ]


def _doubt(row: dict[str, Any], kind: str, message: str, quote: str, at: int | None) -> Doubt:
    return Doubt(kind, message, quote, at, row["doc_id"], row["title"] or row["doc_id"], row["place"], row["year"])


class _Held:
    """How to come by a document, which is no part of what an answer depends on."""

    def __init__(self, read: Callable[[str], Document | None], name: str) -> None:
        self.read: Callable[[str], Document | None] | None = read
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)

    def __hash__(self) -> int:
        return 0


@lru_cache(maxsize=1024)
def _slips(content_id: str, held: _Held) -> tuple[tuple[str, str, int], ...]:  # noqa: ARG001 - it names the text
    """Sums of a document that do not hold."""
    from pipeline.track.audit import audit

    document = held.read(held.name) if held.read else None
    held.read = None  # the key is kept, the connection is not
    if document is None:
        return ()
    return tuple((check.message, document.text[slice(*check.span)], check.span[0]) for check in audit(document) if check.holds is False)
