"""What tracking finds in a store, as rows for frames: series, verdicts, changes, plan beside review, arithmetic.

Reads: an open store. Writes: rows of ``columns.SERIES``, ``VERDICTS``, ``CHANGES``, ``LOOP``, ``AUDIT``.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.analysis.messages import AnalysisError, AnalysisWarning, message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

    from pipeline.store import SqliteStore

Row = dict[str, Any]
_INDICATOR = ("id", "place", "scope", "indicator", "unit", "measure", "direction")
_UNDECIDED = ("unreported", "pending")


@dataclass(frozen=True, slots=True)
class Asked:
    """Which series are wanted; None asks for all. ``as_of`` is the day that “due” is read from."""

    as_of: date
    indicator: str | None = None
    place: str | None = None
    year: int | None = None


def document_named(store: SqliteStore, given: str) -> Row:
    """The document with this id, or the one whose title or source holds ``given``; raises AnalysisError for none or several."""
    known = list(store.documents())
    found = [row for row in known if row["doc_id"] == given]
    found = found or [row for row in known if given in (row["title"] or "") or given in row["source"]]
    if not found:
        raise AnalysisError(message("no_such_document", given=given))
    originals = [row for row in found if row["duplicate_of"] is None] or found
    if len(originals) > 1:
        raise AnalysisError(message("several_documents", given=given, known="；".join(row["doc_id"] for row in originals)))
    return originals[0]


def reviews_of(store: SqliteStore, plan: Row) -> list[Row]:
    """Documents that may tell what became of a plan: of the same place, looking back on its year, official ones and whole years first.

    Of documents of one issuer those of the plan's own come before others.
    """
    year = plan["plan_year"]
    if year is None:
        return []
    later = [
        row for row in store.documents()
        if row["place"] == plan["place"] and row["review_year"] == year and row["duplicate_of"] is None and row["doc_id"] != plan["doc_id"]
    ]  # fmt: skip
    return sorted(later, key=lambda row: (row["rank"], row["plan_year"] == year, row["issuer"] != plan["issuer"], row["doc_id"]))


def loop_rows(store: SqliteStore, plan: str, review: str | None) -> Iterator[Row]:
    """What became of each commitment of ``plan`` by what ``review`` says; without one, by the first of ``reviews_of``.

    Raises AnalysisError where there is no such document or nothing to compare with.
    """
    from pipeline.track.loop import close_loop

    first = document_named(store, plan)
    others = [document_named(store, review)] if review else reviews_of(store, first)[:1]
    if not others:
        raise AnalysisError(message("no_review", title=first["title"] or first["doc_id"]))
    before, after = store.extraction(first["doc_id"]), store.extraction(others[0]["doc_id"])
    if before is None or after is None:  # another process has removed one of them meanwhile
        raise AnalysisError(message("no_such_document", given=plan))
    for closure in close_loop(before, after):
        yield {
            "doc_id": closure.doc_id, "review_doc_id": closure.review_doc_id, "task": closure.task, "text": closure.text,
            "sentence": closure.sentence, "section": list(closure.section), "strength": closure.strength, "verdict": closure.verdict,
            "by": closure.by, "score": closure.score, "reason": closure.reason, "evidence": [one.text for one in closure.evidence],
            "span_start": closure.span[0], "span_end": closure.span[1],
        }  # fmt: skip


def series_rows(store: SqliteStore, asked: Asked) -> list[Row]:
    """Series of the contract, as tracking finds them now; none, and a warning that says what there is, where nothing fits."""
    from pipeline.track.model import TrackError, series_row
    from pipeline.track.series import track

    try:
        found = track(store, asked.indicator, place=asked.place, year=asked.year, as_of=asked.as_of)
    except TrackError as error:
        warnings.warn(str(error), AnalysisWarning, stacklevel=4)
        return []
    return [series_row(series) for series in found]


def audit_rows(store: SqliteStore, doc_id: str | None) -> Iterator[Row]:
    """What the arithmetic of each document, or of one, comes to; copies of others are left out."""
    from pipeline.track.audit import audit

    for row in store.documents():
        if row["duplicate_of"] is not None or doc_id not in (None, row["doc_id"]):
            continue
        document = store.document(row["doc_id"])
        for check in audit(document) if document is not None else ():
            yield {
                **row, "holds": check.holds, "relation": check.relation, "quotes": list(check.quotes), "computed": check.computed,
                "stated": check.stated, "message": check.message, "span_start": check.span[0], "span_end": check.span[1],
            }  # fmt: skip


def point_rows(series: Iterable[Row], documents: dict[str, Row]) -> Iterator[Row]:
    """The points of series of the contract, each with what its series is and where its document was read from."""
    for one in series:
        head = _head(one)
        for point in one["points"]:
            document = documents.get(point.get("doc_id") or "", {})
            beside = {"source": point.get("source", document.get("source")), "rank": point.get("rank", document.get("rank"))}
            yield {**head, **point, **beside}


def verdict_rows(series: Iterable[Row]) -> Iterator[Row]:
    """The verdicts of series of the contract, with the values and words of the two quantities that each compares."""
    for one in series:
        head = _head(one)
        points = {point["quantity"]: point for point in one["points"] if point.get("quantity")}
        for verdict in one["verdicts"]:
            target, actual = points.get(verdict.get("target") or "", {}), points.get(verdict.get("actual") or "", {})
            yield {
                **head, "year": verdict["year"], "verdict": verdict["verdict"], "by": verdict.get("by"), "reason": verdict.get("reason"),
                "target": _value(target), "actual": _value(actual), "target_text": target.get("text"), "actual_text": actual.get("text"),
                "target_quantity": verdict.get("target"), "actual_quantity": verdict.get("actual"),
                "due": target.get("end") or f"{verdict['year']}-12-31",
            }  # fmt: skip


def change_rows(series: Iterable[Row]) -> Iterator[Row]:
    """What became of the targets of series from year to year."""
    for one in series:
        head = _head(one)
        for change in one["changes"]:
            yield {**head, **change}


def without_documents(verdicts: Iterable[Row], documents: Iterable[Row], as_of: date) -> Iterator[Row]:
    """The same verdicts; a target that is due, and on which no document of its place could have reported, reads “no_document”.

    A document can report on a year when it looks back on it, or stands for a later year. Where there is one, silence is “unreported”.
    """
    reviewed: dict[str | None, set[int]] = {}
    latest: dict[str | None, int] = {}
    for row in documents:
        reviewed.setdefault(row["place"], set()).update({row["review_year"]} - {None})
        latest[row["place"]] = max(latest.get(row["place"], 0), row["year"] or 0)
    for verdict in verdicts:
        place, year = verdict["place"], verdict["year"]
        undecided = verdict["verdict"] in _UNDECIDED and verdict["due"] <= as_of.isoformat()
        silent = undecided and year not in reviewed.get(place, ()) and latest.get(place, 0) <= year
        yield {**verdict, "verdict": "no_document"} if silent else verdict


def _head(series: Row) -> Row:
    """What a series is, as columns beside its points, verdicts and changes."""
    return {**{name: series.get(name) for name in _INDICATOR}, "qualifiers": list(series.get("qualifiers", ()))}


def _value(point: Row) -> float | None:
    """The number that a target or a result comes down to."""
    value = point.get("high") if point.get("comparator") in ("<", "<=") else point.get("low")
    return None if value is None else float(value)
