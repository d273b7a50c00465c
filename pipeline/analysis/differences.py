"""Two extractions of the same documents, record by record: what is new, gone or different.

Reads: stores, files of JSON lines, or the documents of a store extracted again by this program. Writes: ``Difference`` rows.

Records are the same when their ids are; else when kind and place are; in a document whose text has changed, when kind and words are.
"""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.analysis.messages import words
from pipeline.export.jsonl import json_lines, read_objects, read_rows
from pipeline.extract import extract

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pipeline.store import SqliteStore

Row = dict[str, Any]
Change = Literal["same", "changed", "new", "gone"]
_OWN = ("id", "doc_id", "reviewed")  # what tells records apart, not what they say
_LONGEST = 60  # characters of a value in a line
_SURE = ("confidence",)  # compared only where asked for: a model that was trained again moves all of them a little


@dataclass(frozen=True, slots=True)
class Difference:
    """A record of one extraction beside that of the other; ``fields`` are those that differ, with both values."""

    doc_id: str
    kind: str
    change: Change
    text: str
    before: str | None
    after: str | None
    fields: dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class Extracted:
    """The records of one document, and the hash of its text."""

    doc_id: str
    content_id: str
    rows: tuple[Row, ...]


def stored(store: SqliteStore, *, corrected: bool = False) -> Iterator[Extracted]:
    """What a store holds: what the program found, or what holds with people's corrections. Copies of other documents are left out."""
    for document in store.documents():
        if document["duplicate_of"] is not None:
            continue
        if corrected:
            extraction = store.extraction(document["doc_id"])
            lines = json_lines(extraction, with_text=False) if extraction else b""
        else:
            lines = store.lines(document["doc_id"])
        yield _extracted(read_rows(lines))


def extracted_again(store: SqliteStore) -> Iterator[Extracted]:
    """What this program finds now in the documents of a store."""
    for row in store.documents():
        document = store.document(row["doc_id"]) if row["duplicate_of"] is None else None
        if document is not None:
            yield _extracted(read_rows(json_lines(extract(document), with_text=False)))


def of_file(path: Path) -> Iterator[Extracted]:
    """What a file of JSON lines holds, as ``extract -o`` writes it. Raises JsonLinesError with file and line."""
    held: list[Row] = []
    for row in read_objects(path, record=str):
        if row["record"] == "document" and held:
            yield _extracted(held)
            held = []
        held.append(row)
    if held:
        yield _extracted(held)


def compare_extractions(before: Iterable[Extracted], after: Iterable[Extracted], *, confidence: bool = False) -> Iterator[Difference]:
    """Every record of both, document by document in the order of ``after``, then the documents that it lacks.

    With ``confidence`` a record whose confidence alone has moved counts as changed.
    """
    old = {document.doc_id: document for document in before}
    ignored = frozenset(_OWN if confidence else _OWN + _SURE)
    for document in after:
        earlier = old.pop(document.doc_id, None)
        yield from _compared(earlier or Extracted(document.doc_id, "", ()), document, ignored)
    for document in old.values():
        yield from _compared(document, Extracted(document.doc_id, "", ()), ignored)


def compare_paths(before: Path, after: Path | None, *, confidence: bool = False) -> Iterator[Difference]:
    """Two files of JSON lines or stores; without ``after`` a store beside what this program finds now in its documents.

    Raises StoreError, JsonLinesError or OSError for what is neither.
    """
    from pipeline.store import open_store

    with ExitStack() as opened:

        def records(path: Path) -> Iterator[Extracted]:
            if path.suffix == ".jsonl":
                return of_file(path)
            return stored(opened.enter_context(open_store(path, readonly=True)))

        now = records(after) if after else extracted_again(opened.enter_context(open_store(before, readonly=True)))
        yield from compare_extractions(records(before), now, confidence=confidence)


def difference_rows(found: Iterable[Difference]) -> Iterator[Row]:
    """The records that differ, as plain values."""
    return (asdict(one) for one in found if one.change != "same")


def difference_lines(found: Iterable[Difference]) -> Iterator[str]:
    """The records that differ, in lines for the terminal, and how many there are of each kind."""
    told, counts = words("differences"), Counter[str]()
    for one in found:
        counts[one.change] += 1
        if one.change == "same":
            continue
        fields = "；".join(f"{name}：{_shown(old)} → {_shown(new)}" for name, (old, new) in one.fields.items())
        yield f"{told[one.change]} {told[one.kind]} {one.doc_id} {_shown(one.text)} {fields}".rstrip()
    yield "，".join(f"{told[change]}{counts[change]}" for change in ("same", "changed", "new", "gone"))


def _shown(value: Any) -> str:
    """A value in a line, cut where it is long."""
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _extracted(rows: list[Row]) -> Extracted:
    head, *records = rows
    return Extracted(head["doc_id"], head["content_id"], tuple(records))


def _compared(before: Extracted, after: Extracted, ignored: frozenset[str]) -> Iterator[Difference]:
    waiting = list(before.rows)
    same_text = before.content_id == after.content_id
    partners: dict[int, Row] = {}
    for key in (_by_id, _by_place if same_text else _by_words):
        known: dict[Any, list[Row]] = {}
        for row in waiting:
            known.setdefault(key(row), []).append(row)
        for number, row in enumerate(after.rows):
            if number not in partners and known.get(key(row)):
                partners[number] = known[key(row)].pop(0)
        taken = {id(row) for row in partners.values()}
        waiting = [row for row in waiting if id(row) not in taken]
    moved = frozenset() if same_text else frozenset(("span",))  # places say nothing between two texts
    for number, row in enumerate(after.rows):
        yield _difference(partners.get(number), row, ignored | moved)
    for row in waiting:
        yield _difference(row, None, ignored)


def _difference(before: Row | None, after: Row | None, ignored: frozenset[str]) -> Difference:
    shown = after or before or {}
    fields: dict[str, tuple[Any, Any]] = {}
    if before is not None and after is not None:
        names = [name for name in {**before, **after} if name not in ignored]
        fields = {name: (before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)}
    change: Change = "gone" if after is None else "new" if before is None else "changed" if fields else "same"
    old, new = (row["id"] if row else None for row in (before, after))
    return Difference(shown["doc_id"], shown["record"], change, shown["text"], old, new, fields)


def _by_id(row: Row) -> Any:
    return row["id"]


def _by_place(row: Row) -> Any:
    return row["record"], *row["span"]


def _by_words(row: Row) -> Any:
    return row["record"], row["text"]
