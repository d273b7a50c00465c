"""A search as the page shows it: hits with what is needed to cite them, facets with counts, and what was understood.

Reads: ``Index``, a query with filters. Writes: ``Found``.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.search.filters import HAS_FLAGS, KIND_FLAGS
from pipeline.search.find import Answer, search
from pipeline.search.ranking import rank
from pipeline.search.show import coverage_lines, searched, words
from pipeline.store.passages import STATUS_FLAGS
from pipeline.web.cards import Card
from pipeline.web.words import message, word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.search.find import Wish
    from pipeline.search.hits import Hit
    from pipeline.search.index import Index

_GOOD = 0.4  # share of the best score up to which hits are counted and shown, as where hits are sorted by date
_EMPTY_LINES = re.compile(r"\s*\n\s*")
_MOST = 12  # values of a facet that are shown


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text; ``marked`` where it matched the query."""

    text: str
    marked: bool


@dataclass(frozen=True, slots=True)
class ShownHit:
    """A passage that answers. ``cite`` is its text with the source, ready to be copied; ``records`` counts those inside by kind."""

    doc_id: str
    title: str
    place: str | None
    issuer: str | None
    year: int | None
    date: str | None
    doc_number: str | None
    doc_type: str
    validity: str
    library_copy: bool
    span: tuple[int, int]
    text: str
    section: tuple[str, ...]
    clause: str | None
    pieces: tuple[Piece, ...]
    records: dict[str, int]
    statuses: tuple[str, ...]
    units: tuple[str, ...]
    cite: str


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value that hits can be narrowed to, with how many have it."""

    value: str
    label: str
    count: int
    chosen: bool
    by_query: bool  # chosen by the words of the query, so that ``literal`` undoes it


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to narrow hits: ``name`` is the parameter of the link."""

    name: str
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True)
class UnderstoodPart:
    """A part of the query that was taken for more than words; ``kind`` is what ``literal`` undoes."""

    kind: str
    label: str
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a query found. ``count`` is the number of good hits in all; ``coverage`` says what the store holds of what was asked for."""

    query: str
    found: bool
    count: int
    hits: tuple[ShownHit, ...]
    facets: tuple[Facet, ...]
    understood: tuple[UnderstoodPart, ...]
    searched: str
    coverage: tuple[str, ...]
    card: Card | None = None


def find(index: Index, query: str, wish: Wish, first: int) -> Found:
    """The hits of ``query`` from number ``first`` on, up to the limit of ``wish``."""
    answer = search(index, query, wish)
    facets: tuple[Facet, ...] = ()
    count = 0
    if answer.found:
        ranking = rank(index, answer.understood, answer.filters)
        good = ranking.positions[: int(np.searchsorted(-ranking.scores, -_GOOD * ranking.scores[0], side="right"))]
        count = len(good)
        facets = _facets(index, good, answer)
    hits = answer.hits[first : max(first, count)]
    return Found(
        query, answer.found, count, tuple(map(_shown, hits)), facets, tuple(_parts(answer)), searched(answer), tuple(coverage_lines(answer))
    )


def _facets(index: Index, positions: Any, answer: Answer) -> tuple[Facet, ...]:
    documents = Counter(index.document[positions].tolist())
    filters = answer.filters
    flags = index.passages.flags[positions]
    columns = {name: Counter[str]() for name in ("year", "place", "issuer", "doc_type")}
    for at, count in documents.items():
        for name, counter in columns.items():
            value = getattr(index.documents[at], name)
            if value:
                counter[str(value)] += count
    chosen: dict[str, Iterable[str]] = {
        "year": map(str, filters.years), "place": filters.places, "issuer": filters.issuers, "doc_type": filters.doc_types,
        "status": filters.statuses, "kind": filters.kinds,
    }  # fmt: skip
    columns |= {"status": _flagged(flags, STATUS_FLAGS), "kind": _flagged(flags, KIND_FLAGS)}
    own = {"year": answer.understood.years, "place": answer.understood.places}
    return tuple(_facet(name, counter, set(chosen[name]), set(map(str, own.get(name, ())))) for name, counter in columns.items() if counter)


def _flagged(flags: Any, known: dict[str, int]) -> Counter[str]:
    return Counter({name: count for name, bits in known.items() if (count := int(np.count_nonzero(flags & bits)))})


_LABELS = {"doc_type": "doc_type", "status": "task_status", "kind": "record"}


def _facet(name: str, counter: Counter[str], chosen: set[str], own: set[str]) -> Facet:
    rows = sorted(counter.items(), key=lambda item: (-int(item[0]),) if name == "year" else (-item[1], item[0]))
    rows = [row for row in rows if row[0] in chosen] + [row for row in rows if row[0] not in chosen]
    values = tuple(
        FacetValue(value, word(_LABELS.get(name, ""), value), count, value in chosen, value in own) for value, count in rows[:_MOST]
    )
    return Facet(name, values)


def _parts(answer: Answer) -> Iterable[UnderstoodPart]:
    names = words()
    for part in answer.understood.parts:
        meaning = names["meanings_by_kind"].get(part.kind, {}).get(part.meaning) or names["meanings"].get(part.meaning, part.meaning)
        yield UnderstoodPart(part.kind, names["kinds"][part.kind], part.text, meaning)


def _shown(hit: Hit) -> ShownHit:
    document = hit.document
    kinds = Counter(record["record"] for record in hit.records)
    tasks = [record for record in hit.records if record["record"] == "task"]
    title = document["title"] or document["doc_id"]
    return ShownHit(
        doc_id=document["doc_id"], title=title, place=document["place"], issuer=document["issuer"], year=document["year"],
        date=document["date"], doc_number=document["doc_number"], doc_type=document["doc_type"], validity=document["validity"],
        library_copy=bool(document["rank"]), span=hit.span, text=hit.text, section=hit.section, clause=hit.clause,
        pieces=tuple(_pieces(hit)), records=dict(kinds), statuses=tuple(dict.fromkeys(task["status"] for task in tasks)),
        units=tuple(dict.fromkeys(unit["canonical"] or unit["text"] for task in tasks for unit in task["units"])),
        cite=cite(hit.text, document, hit.clause),
    )  # fmt: skip


def cite(quote: str, document: Any, clause: str | None = None, page: int | None = None) -> str:
    """A quote with its source as an officer writes it: “……”——《标题》（机关，文号，日期，条款）."""
    return message("cite", quote="".join(quote.split("\n")).strip(), source=source_of(document, clause, page))


def source_of(document: Any, clause: str | None = None, page: int | None = None) -> str:
    """Where a quote stands: 《标题》（机关，文号，日期，条款）."""
    row = (
        document
        if isinstance(document, dict)
        else {name: getattr(document, name) for name in ("title", "doc_id", "issuer", "doc_number", "date")}
    )
    items = [row["issuer"], row["doc_number"], row["date"], clause, message("cite_page", page=page) if page else None]
    told = "，".join(item for item in items if item)
    about = message("cite_about", items=told) if told else ""
    return message("cite_source", title=row["title"] or row["doc_id"], about=about)


def _pieces(hit: Hit) -> Iterable[Piece]:
    """The text of a hit, cut at its matched words; lines that are empty are left out."""
    at, offset = hit.span[0], hit.span[0]
    for start, end in hit.marks:
        if start > at:
            yield Piece(_EMPTY_LINES.sub("\n", hit.text[at - offset : start - offset]), False)
        yield Piece(hit.text[start - offset : end - offset], True)
        at = end
    if at < hit.span[1]:
        yield Piece(_EMPTY_LINES.sub("\n", hit.text[at - offset :]), False)


HAS = tuple(HAS_FLAGS)
