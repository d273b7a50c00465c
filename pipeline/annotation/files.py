"""Files that annotation tools import and export.

Reads: documents or a store; exports of a tool. Writes: a file for its import, its labels; gold documents, corrections.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

import orjson

from pipeline.annotation.decisions import Outcome, apply_decisions, decisions_of
from pipeline.annotation.doccano import from_doccano, label_types, to_doccano
from pipeline.annotation.gold import gold_of
from pipeline.annotation.label_studio import from_label_studio, labelling_interface, to_label_studio
from pipeline.annotation.sheet import AnnotationError, Row, Sheet, message, sheet_of
from pipeline.batch import find_sources
from pipeline.errors import PipelineError
from pipeline.export import replacing
from pipeline.extract import extract
from pipeline.read import read_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pipeline.store import SqliteStore
    from pipeline.store.corrections import Person

Tool = Literal["doccano", "label-studio"]


class _Forms(NamedTuple):
    row: Callable[[Sheet], Row]
    read: Callable[[Path], Iterator[Sheet]]
    pack: Callable[[list[Row]], bytes]
    labels: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a file of annotations: how many texts and decisions, the files written, and lines on what a person must know."""

    sheets: int
    written: int
    unplaced: tuple[Outcome, ...]
    problems: tuple[str, ...]


def sheets_of_files(paths: Sequence[Path]) -> Iterator[Sheet]:
    """The documents of files and folders, extracted. Raises AnnotationError for one that cannot be read: nobody should miss it."""
    files, failures = find_sources(paths)
    if failures:
        raise AnnotationError(str(failures[0].failure))
    for file in files:
        try:
            yield sheet_of(extract(read_document(file)))
        except PipelineError as error:
            raise AnnotationError(str(error)) from error


def sheets_of_store(store: SqliteStore) -> Iterator[Sheet]:
    """The documents of a store with what holds in it; copies of others are left out."""
    for row in store.documents():
        extraction = store.extraction(row["doc_id"]) if row["duplicate_of"] is None else None
        if extraction is not None:
            yield sheet_of(extraction)


def write_sheets(sheets: Iterable[Sheet], tool: Tool, path: Path) -> int:
    """Write the file that the tool imports, and give the number of texts; it appears complete or not at all."""
    rows = [_FORMS[tool].row(sheet) for sheet in sheets]
    with replacing(path) as file:
        file.write(_FORMS[tool].pack(rows))
    return len(rows)


def write_labels(tool: Tool, path: Path) -> None:
    """Write the labels of the project: JSON for doccano, the XML of the labelling interface for Label Studio."""
    with replacing(path) as file:
        file.write(_FORMS[tool].labels())


def read_sheets(path: Path, tool: Tool) -> list[Sheet]:
    """What a team brought back. Raises AnnotationError or JsonLinesError for a file of another kind."""
    return list(_FORMS[tool].read(path))


def write_gold(sheets: Iterable[Sheet], folder: Path) -> Taken:
    """Write a gold document for each text into ``folder``. Of several annotations of one text the last is taken; the others are told."""
    held = [sheet for sheet in sheets if sheet.text]
    problems: list[str] = []
    last: dict[str, Row] = {}
    for sheet in held:
        gold = gold_of(sheet)
        name = str(gold.document["id"])
        problems += gold.problems
        if name in last:
            problems.append(message("several", document=name, annotator=sheet.annotator or "?"))
        last[name] = gold.document
    folder.mkdir(parents=True, exist_ok=True)
    for name, document in last.items():
        with replacing(folder / f"{Path(name).name}.json") as file:
            file.write(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    return Taken(len(held), len(last), (), tuple(problems))


def write_corrections(sheets: Iterable[Sheet], store: SqliteStore, person: Person) -> Taken:
    """Write what people decided as corrections of ``person``; what cannot be placed is in ``unplaced`` and told."""
    held = list(sheets)
    outcomes = [decisions_of(sheet, store) for sheet in held]
    written = sum(apply_decisions(outcome, store, person) for outcome in outcomes)
    unplaced = tuple(outcome for outcome in outcomes if outcome.unplaced)
    return Taken(len(held), written, unplaced, tuple(line for outcome in outcomes for line in outcome.problems))


_FORMS: dict[Tool, _Forms] = {
    "doccano": _Forms(
        to_doccano,
        from_doccano,
        lambda rows: b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows),
        lambda: orjson.dumps(label_types(), option=orjson.OPT_INDENT_2),
    ),
    "label-studio": _Forms(to_label_studio, from_label_studio, orjson.dumps, lambda: labelling_interface().encode()),
}
