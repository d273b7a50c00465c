"""A store as DataFrames: documents, records, hits of a search, series, verdicts, checks.

Reads: an open store. Writes: DataFrames with the columns of ``columns.FRAMES``. Records come out of the file a piece at a time.
"""

from __future__ import annotations

import warnings
from dataclasses import fields
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from pipeline.analysis.actuals import with_actuals
from pipeline.analysis.columns import FRAMES, Column
from pipeline.analysis.messages import AnalysisError, AnalysisWarning, message
from pipeline.analysis.show import teach_records
from pipeline.analysis.tables import column_of, frame_of_lines, frame_of_rows, joined
from pipeline.analysis.tracking import (
    Asked,
    audit_rows,
    change_rows,
    document_named,
    loop_rows,
    point_rows,
    series_rows,
    verdict_rows,
    without_documents,
)
from pipeline.provenance import Provenance, provenance_of
from pipeline.store import RecordFilter, SqliteStore
from pipeline.store.rows import deadline_from_row, quantity_from_row, task_from_row
from pipeline.track.series import track

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from tempfile import TemporaryDirectory

    from pipeline.analysis.actuals import Actuals
    from pipeline.records import Deadline, Document, Quantity, Task
    from pipeline.search.find import Sort, Wish
    from pipeline.search.hits import Hit
    from pipeline.search.index import Index
    from pipeline.track.model import Series

_KINDS = {"tasks": "task", "quantities": "quantity", "deadlines": "deadline"}
_OF_DOCUMENT = ("doc_id", "place", "year", "doc_type", "title", "source")
_SEARCH_LISTS = ("year", "place", "not_place", "issuer", "unit", "indicator", "doc_type", "status", "kind", "has", "without")
_SEARCH_VALUES = ("due_before", "due_after", "since", "until", "in_force", "home", "as_of", "literal")
_DOC_ID = next(column for column in FRAMES["tasks"] if column.name == "doc_id")
_PIECE = 20_000  # rows that are in memory as JSON at one time: about 10 MB
_DOCUMENTS = f"SELECT {', '.join(_OF_DOCUMENT)} FROM documents ORDER BY number"  # noqa: S608 - own names


class AnalystStore:
    """A store that answers in DataFrames. It only reads, so others may write meanwhile; use it in a ``with`` block or close it."""

    def __init__(self, path: Path, as_of: date | None = None) -> None:
        """Open the store at ``path``; raises StoreError with one line that says what is wrong and what to do.

        ``as_of`` is the day that “due” is read from; by default it is today.
        """
        self.store = SqliteStore(path, readonly=True)
        self.path = path
        self.as_of = as_of or date.today()
        self.folder: TemporaryDirectory[str] | None = None  # of a store that goes when it is closed
        self._loaded: Index | None = None
        self._tracked: tuple[int, Asked, list[dict[str, Any]]] | None = None

    def __enter__(self) -> AnalystStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.store.close()
        if self.folder is not None:
            self.folder.cleanup()

    def provenance(self) -> Provenance:
        """What stands behind everything that this store answers: rules, models, store and day."""
        return provenance_of(self.store, self.as_of)

    def documents(self, columns: Sequence[str] | None = None, **filters: Any) -> pd.DataFrame:
        """A row for each document; ``place``, ``year``, ``doc_type`` and other columns may be given as filters."""
        wanted = _chosen("documents", None)
        unknown = sorted(set(filters) - {column.name for column in wanted})
        if unknown:
            raise AnalysisError(message("unknown_filter", given=unknown[0], known=" ".join(column.name for column in wanted)))
        rows = [
            {**row, "warnings": [warning["code"] for warning in row["warnings"]]}
            for row in self.store.documents()
            if all(row[name] == value for name, value in filters.items())
        ]
        return self._signed(frame_of_rows(rows, _chosen("documents", columns)))

    def tasks(self, columns: Sequence[str] | None = None, **filters: Any) -> pd.DataFrame:
        """A row for each task. ``columns`` reads only these; filters are those of ``RecordFilter``."""
        return self._records("tasks", columns, filters)

    def quantities(self, columns: Sequence[str] | None = None, **filters: Any) -> pd.DataFrame:
        """A row for each quantity. ``columns`` reads only these; filters are those of ``RecordFilter``."""
        return self._records("quantities", columns, filters)

    def deadlines(self, columns: Sequence[str] | None = None, **filters: Any) -> pd.DataFrame:
        """A row for each deadline. ``columns`` reads only these; filters are those of ``RecordFilter``."""
        return self._records("deadlines", columns, filters)

    def record(self, name: str) -> Task | Quantity | Deadline:
        """The record with this id, which a notebook shows with its source. Raises AnalysisError if there is none."""
        row = self.store.record(name)
        if row is None:
            raise AnalysisError(message("no_record", given=name))
        readers: dict[str, Callable[[dict[str, Any]], Task | Quantity | Deadline]] = {
            "task": task_from_row, "quantity": quantity_from_row, "deadline": deadline_from_row,
        }  # fmt: skip
        return readers[row["record"]](row)

    def document(self, name: str) -> Document:
        """The document with this id, or the one whose title or path holds ``name``, with its text; a notebook shows it.

        Raises AnalysisError where there is none or several.
        """
        found = self.store.document(document_named(self.store, name)["doc_id"])
        if found is None:  # another process has removed it meanwhile
            raise AnalysisError(message("no_such_document", given=name))
        return found

    def search(self, query: str, *, limit: int = 10, sort: Sort = "relevance", **filters: Any) -> pd.DataFrame:
        """A row for each passage that answers ``query``, best first; none when nothing does.

        Filters are those of the command ``search``, one value or a list: ``place``, ``year``, ``status``, ``unit``, ``due_before`` …;
        ``as_of`` and ``home`` tell what 去年 and 我市 mean. ``frame.attrs`` says how the query was understood and what was searched.
        """
        from pipeline.search.find import search
        from pipeline.search.show import answer_row

        answer = search(self._index(), query, search_wish(limit, sort, filters))
        frame = frame_of_rows(map(_hit_row, answer.hits), FRAMES["search"])
        row = answer_row(answer)
        frame.attrs |= {name: row[name] for name in ("query", "found", "understood", "searched", "coverage")}
        return self._signed(frame)

    def series(
        self, indicator: str | None = None, *, place: str | None = None, year: int | None = None, actuals: Actuals | None = None
    ) -> pd.DataFrame:
        """A row for each point of each series: the targets and results of one indicator of one place over the years.

        ``actuals`` are departments' figures that stand beside those of documents. A filter that nothing meets gives an empty frame, and a
        warning that says what there is.
        """
        series = self._series(indicator, place, year, actuals)
        documents = {row["doc_id"]: row for row in self.store.documents()}
        return self._signed(frame_of_rows(point_rows(series, documents), FRAMES["series"]))

    def verdicts(
        self, indicator: str | None = None, *, place: str | None = None, year: int | None = None, actuals: Actuals | None = None
    ) -> pd.DataFrame:
        """A row for each target whose year is known: met, missed, not yet due, not reported, or without any document that could report."""
        rows = without_documents(verdict_rows(self._series(indicator, place, year, actuals)), self.store.documents(), self.as_of)
        return self._signed(frame_of_rows(rows, FRAMES["verdicts"]))

    def changes(self, indicator: str | None = None, *, place: str | None = None, year: int | None = None) -> pd.DataFrame:
        """A row for each pair of successive years: was the target raised, lowered, kept, dropped."""
        return self._signed(frame_of_rows(change_rows(self._series(indicator, place, year, None)), FRAMES["changes"]))

    def audit(self, document: str | None = None) -> pd.DataFrame:
        """A row for each sum, share or growth rate that can be checked, of one document (id, part of a title or path) or all.

        ``holds`` is false where the numbers cannot all be true. Raises AnalysisError where there is no such document.
        """
        doc_id = document_named(self.store, document)["doc_id"] if document is not None else None
        return self._signed(frame_of_rows(audit_rows(self.store, doc_id), FRAMES["audit"]))

    def follow(self, indicator: str, *, place: str | None = None) -> list[Series]:
        """The series of an indicator as tracking makes them; a notebook shows each as a table of its years.

        Raises TrackError for a place or an indicator that the store does not have.
        """
        return track(self.store, indicator, place=place, as_of=self.as_of)

    def _series(self, indicator: str | None, place: str | None, year: int | None, actuals: Actuals | None) -> list[dict[str, Any]]:
        """Series of the contract, kept until the store changes: tracking reads all quantities."""
        asked = Asked(self.as_of, indicator, place, year)
        generation = self.store.generation()
        if self._tracked is None or self._tracked[:2] != (generation, asked):
            self._tracked = (generation, asked, series_rows(self.store, asked))
        return with_actuals(self._tracked[2], actuals.rows) if actuals else self._tracked[2]

    def loop(self, plan: str, review: str | None = None) -> pd.DataFrame:
        """A row for each commitment of the document ``plan``: what became of it by the document ``review``, with the words that say so.

        Both are ids, or parts of a title or path that only one document has. Without ``review`` it is the document of the same place
        that looks back on the plan's year. Raises AnalysisError where there is no such document.
        """
        return self._signed(frame_of_rows(loop_rows(self.store, plan, review), FRAMES["loop"]))

    def chunks(self, kind: str, size: int = 50_000, columns: Sequence[str] | None = None, **filters: Any) -> Iterator[pd.DataFrame]:
        """The same rows as ``tasks``, ``quantities`` or ``deadlines`` in frames of at most ``size``, for stores that outgrow memory.

        Categories without fixed values are those of the frame; raises AnalysisError for another ``kind``.
        """
        if kind not in _KINDS:
            raise AnalysisError(message("unknown_kind", kind=kind, known=" ".join(_KINDS)))
        chosen = _chosen(kind, columns)
        known = self._documents()
        cursor = self._lines(kind, filters)
        while piece := list(islice(cursor, size)):
            yield _frame(piece, chosen, known)

    def _index(self) -> Index:
        """What searching needs, loaded at the first search and again after the store has changed."""
        from pipeline.search.request import open_index

        if self._loaded is None or self._loaded.generation != self.store.generation():
            self._loaded = open_index(self.store)
        return self._loaded

    def _records(self, kind: str, columns: Sequence[str] | None, filters: dict[str, Any]) -> pd.DataFrame:
        frames = list(self.chunks(kind, _PIECE, columns, **filters))
        return self._signed(joined(frames, _chosen(kind, columns)))

    def _signed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The frame with what made it, which ``save_frame`` writes into files."""
        frame.attrs["provenance"] = self.provenance().row()
        return frame

    def _lines(self, kind: str, filters: dict[str, Any]) -> Iterator[bytes]:
        known = [field.name for field in fields(RecordFilter)]
        for name in filters:
            if name not in known:
                raise AnalysisError(message("unknown_filter", given=name, known=" ".join(known)))
        return self.store.record_lines(_KINDS[kind], RecordFilter(**filters))

    def _documents(self) -> pd.DataFrame:
        rows = self.store.select(_DOCUMENTS)
        return pd.DataFrame(rows, columns=_OF_DOCUMENT, dtype="object").set_index("doc_id")


def open_store(path: str | Path, *, as_of: str | date | None = None) -> AnalystStore:
    """The store at ``path``, made by ``python cli.py ingest``, as DataFrames.

    Raises StoreError if there is none, AnalysisError for a day that is none.

    ``as_of`` (a day, “2025-06-30”) is what “due” and “not yet due” are read from; by default today.
    """
    try:
        day = date.fromisoformat(as_of) if isinstance(as_of, str) else as_of
    except ValueError as error:
        raise AnalysisError(message("bad_day", given=as_of)) from error
    return AnalystStore(Path(path), day)


def store_of(*sources: str | Path, as_of: str | date | None = None) -> AnalystStore:
    """A store of these files and folders that lasts as long as it is open: for a notebook, or a few documents to look at.

    Reading is what ``ingest`` does; a file that cannot be read is told as a warning and does not stop the others.
    """
    from tempfile import TemporaryDirectory

    from pipeline.batch import Options
    from pipeline.store import open_store as open_engine
    from pipeline.store.ingest import ingest

    folder = TemporaryDirectory(prefix="store-")
    path = Path(folder.name) / message("store_name")
    with open_engine(path, create=True) as engine:
        summary = ingest([Path(source) for source in sources], engine, Options())
    if summary.failures:
        warnings.warn("\n".join(summary.lines()), AnalysisWarning, stacklevel=2)
    store = open_store(path, as_of=as_of)
    store.folder = folder
    return store


def search_wish(limit: int, sort: Sort, filters: dict[str, Any]) -> Wish:
    """The wish that filters of ``AnalystStore.search`` make; raises AnalysisError for one that search does not have."""
    from pipeline.search.request import make_wish

    unknown = [name for name in filters if name not in (*_SEARCH_LISTS, *_SEARCH_VALUES)]
    if unknown:
        raise AnalysisError(message("unknown_filter", given=unknown[0], known=" ".join((*_SEARCH_LISTS, *_SEARCH_VALUES))))
    given = {
        name: list(value) if isinstance(value, (list, tuple)) else [value] if name in _SEARCH_LISTS else value
        for name, value in filters.items()
    }
    return make_wish(**given, limit=limit, sort=sort)


def _hit_row(hit: Hit) -> dict[str, Any]:
    start, end = hit.span
    records = [record["id"] for record in hit.records]
    return {**hit.row(), "span_start": start, "span_end": end, "section": list(hit.section), "records": records, **hit.scores}


def _chosen(kind: str, names: Sequence[str] | None) -> tuple[Column, ...]:
    """The columns of a frame, or those of them that were asked for, in the order asked for."""
    known = {column.name: column for column in FRAMES[kind]}
    unknown = [name for name in names or () if name not in known]
    if unknown:
        raise AnalysisError(message("unknown_column", given=unknown[0], known=" ".join(known)))
    return tuple(known.values() if names is None else (known[name] for name in names))


def _frame(lines: list[bytes], columns: tuple[Column, ...], documents: pd.DataFrame) -> pd.DataFrame:
    """Records and, beside each, what its document is."""
    own = [column for column in columns if column.name not in _OF_DOCUMENT]
    records = frame_of_lines(lines, [_DOC_ID, *own])
    position = documents.index.get_indexer(records["doc_id"].to_numpy(dtype="object"))
    parts = {column.name: records[column.name] for column in (_DOC_ID, *own)}
    for column in columns:
        if column.name not in parts:
            parts[column.name] = column_of(documents[column.name].to_numpy()[position].tolist(), column)
    return pd.DataFrame({column.name: parts[column.name] for column in columns})


teach_records()
