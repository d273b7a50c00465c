"""The further sheets of a workbook: series with verdicts, warnings, and what made it all.

Reads: a store, items. Writes: ``Sheet``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.ledger.columns import layout
from pipeline.ledger.workbook_out import Sheet
from pipeline.provenance import provenance_of, told_rows

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from pipeline.ledger.model import Item
    from pipeline.store import SqliteStore
    from pipeline.track.model import Point, Series, Verdict


def sheets(store: SqliteStore, items: Sequence[Item], as_of: date) -> tuple[Sheet, ...]:
    """The series of the items' documents, their warnings, and the sheet that says what made the workbook."""
    return series_sheet(store, items, as_of), warning_sheet(store, items), about_sheet(store, items, as_of)


def series_sheet(store: SqliteStore, items: Sequence[Item], as_of: date) -> Sheet:
    """Every indicator for which a document of the ledger sets or reports a figure, with its verdicts."""
    from pipeline.track import track

    documents = {item.doc_id for item in items if item.doc_id}
    rows = []
    for place in sorted(_places(store, documents)):
        for one in track(store, place=place, as_of=as_of):
            if any(point.doc_id in documents for point in one.points):
                rows += list(_series_rows(one))
    return Sheet(layout()["sheets"]["series"], layout()["sheets"]["series_columns"], rows)


def warning_sheet(store: SqliteStore, items: Sequence[Item]) -> Sheet:
    """What an officer must look at: warnings of documents, items without a lead unit or a date, dates that were assumed."""
    told = layout()["sheets"]
    rows: list[tuple[str, ...]] = []
    for doc_id, basis in {item.doc_id: item.basis for item in items if item.doc_id}.items():
        document = store.document(doc_id)
        rows += [("", basis, warning.message) for warning in (document.warnings if document else ())]
    for item in items:
        if not item.lead:
            rows.append((item.number, item.basis, told["no_lead"]))
        if item.deadline is None and item.next_due is None:
            rows.append((item.number, item.basis, told["no_date"]))
        elif item.deadline_assumed:
            rows.append((item.number, item.basis, told["assumed"]))
    return Sheet(told["warnings"], told["warning_columns"], rows)


def about_sheet(store: SqliteStore, items: Sequence[Item], as_of: date) -> Sheet:
    """说明: store, versions of program, rules and models, the day that it is as of, and how to fill the workbook in."""
    made = provenance_of(store, as_of)
    told = layout()["about"]
    values = {"items": len(items), "hint": layout()["titles"]["hint"], "lights": told["lights_told"]}
    rows = [*told_rows(made.row()), *((told[name], value) for name, value in values.items())]
    return Sheet(layout()["sheets"]["about"], layout()["sheets"]["about_columns"], rows)


def _places(store: SqliteStore, documents: set[str]) -> set[str]:
    return {row["place"] for row in store.documents() if row["doc_id"] in documents and row["place"]}


def _series_rows(one: Series) -> Iterator[tuple[str | float | None, ...]]:
    """A row for each verdict, or for each year where nothing was judged."""
    verdicts = {verdict.year: verdict for verdict in one.verdicts}
    by_id = {point.quantity: point for point in one.points}
    for year in sorted({point.year for point in one.points}):
        own = [point for point in one.points if point.year == year]
        verdict = verdicts.get(year)
        target = _point(verdict.target if verdict else None, by_id, own, "target")
        actual = _point(verdict.actual if verdict else None, by_id, own, "actual")
        yield one.place, one.indicator, year, *_told(target, actual, verdict)


def _told(target: Point | None, actual: Point | None, verdict: Verdict | None) -> tuple[str | None, ...]:
    texts = [point.text if point else None for point in (target, actual)]
    sentences = [point.sentence if point else None for point in (target, actual)]
    judged: tuple[str | None, str | None] = (layout()["verdicts"][verdict.verdict], verdict.reason) if verdict else (None, None)
    if verdict and (said := verdict.confirmed):  # a person's word stands before the first judgement
        judged = (layout()["verdicts"][said.verdict], "：".join(filter(None, (f"{said.who} {said.at[:10]}", said.why))))
    return (*texts, *judged, *sentences)


def _point(name: str | None, by_id: dict[str, Point], own: Sequence[Point], role: str) -> Point | None:
    return by_id.get(name) if name else next((point for point in own if point.role == role), None)
