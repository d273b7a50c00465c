"""Read, cut and extract a string or a file, without any store.

Reads: text, or a file of any kind that ``pipeline.read`` takes. Writes: ``Document``, sentences and records as DataFrames, ``Extraction``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.analysis.columns import DOCUMENTS, FRAMES, SENTENCES
from pipeline.analysis.messages import AnalysisError, message
from pipeline.analysis.show import teach_records
from pipeline.analysis.tables import frame_of_rows
from pipeline.export.jsonl import document_row, json_lines, read_rows
from pipeline.extract import extract as extract_document
from pipeline.extract.status import judge
from pipeline.read import document_from_text, read_document
from pipeline.records import Document, Extraction
from pipeline.segment import segment as segment_document
from pipeline.store.rows import document_year

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.records import Outline

_SUFFIXES = (".txt", ".html", ".htm", ".mht", ".mhtml", ".docx", ".pdf")
_LONGEST_PATH = 255  # a longer string is text


class Frames(NamedTuple):
    """The records of one document in frames like those of a store."""

    documents: pd.DataFrame
    tasks: pd.DataFrame
    quantities: pd.DataFrame
    deadlines: pd.DataFrame


def read(source: str | Path | Document, name: str = "", *, allow_marked: bool = False) -> Document:
    """The document in a file, or whose text ``source`` is; a string that names a file that is there is that file.

    ``name`` is what the text would be called as a file: “2025_甲市_政府工作报告.txt” tells place and year. Raises ReadError for what
    cannot be read, AnalysisError for a string that looks like a file's name but is none.
    """
    if isinstance(source, Document):
        return source
    path = Path(source) if isinstance(source, Path) or _names_file(source) else None
    if path is not None:
        return read_document(path, allow_marked=allow_marked)
    return document_from_text(str(source), name, allow_marked=allow_marked)


def segment(source: str | Path | Document, name: str = "", *, allow_marked: bool = False) -> pd.DataFrame:
    """A row for each sentence: its text, the headings above it, and what it was judged to be. The errors are those of ``read``."""
    document = read(source, name, allow_marked=allow_marked)
    outline = segment_document(document)
    rows = []
    for sentence, judgement in zip(outline.sentences, judge(document, outline), strict=True):
        start, end = sentence.span
        rows.append(
            {
                "text": document.text[start:end], "label": judgement.label, "section": _path(outline, sentence.section),
                "clause": outline.sections[sentence.section].clause if sentence.section is not None else None, "part": sentence.part,
                "paragraph": sentence.paragraph, "furniture": sentence.furniture, "span_start": start, "span_end": end,
                "rule": judgement.rule, "confidence": judgement.confidence,
            }
        )  # fmt: skip
    return frame_of_rows(rows, SENTENCES)


def extract(source: str | Path | Document, name: str = "", *, allow_marked: bool = False) -> Extraction:
    """Tasks, quantities and deadlines of a text or file; a notebook shows them in the text. The errors are those of ``read``."""
    return extract_document(read(source, name, allow_marked=allow_marked))


def as_frames(extraction: Extraction) -> Frames:
    """The document and its records in frames with the columns that a store gives."""
    head, *rows = read_rows(json_lines(extraction, with_text=False))
    document = document_row(extraction.document, with_text=False)
    beside = {name: head[name] for name in ("place", "doc_type", "title", "source")} | {"year": document_year(head)}
    several = {
        kind: [{**row, **beside, "span_start": row["span"][0], "span_end": row["span"][1]} for row in rows if row["record"] == record]
        for kind, record in (("tasks", "task"), ("quantities", "quantity"), ("deadlines", "deadline"))
    }
    one: dict[str, Any] = {**document, **beside, "rank": 0, "warnings": [warning.code for warning in extraction.document.warnings]}
    return Frames(frame_of_rows([one], DOCUMENTS), *(frame_of_rows(several[kind], FRAMES[kind]) for kind in several))


def _names_file(source: str) -> bool:
    if "\n" in source or len(source) > _LONGEST_PATH:
        return False
    if Path(source).is_file():
        return True
    if source.lower().endswith(_SUFFIXES):
        raise AnalysisError(message("no_file", source=source))
    return False


def _path(outline: Outline, section: int | None) -> list[str]:
    """The headings above, outermost first."""
    headings: list[str] = []
    while section is not None:
        headings.insert(0, outline.sections[section].heading)
        section = outline.sections[section].parent
    return headings


teach_records()
