"""doccano: one JSON object a line, for a project of the kind “sequence labeling” in which spans may overlap.

Reads: ``Sheet``; what doccano exports as JSONL, with or without relations. Writes: rows for its import; ``Sheet``.

What stands beside ``text`` and ``label`` doccano keeps as the meta data of the text and gives back in the export.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.annotation.sheet import Found, Row, Sheet, labels, message, packed, returned
from pipeline.export.jsonl import read_objects

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEY = "policy"


def to_doccano(sheet: Sheet) -> Row:
    """The row to import: ``text``, ``label`` as a list of [start, end, label], and what travels with it."""
    known = labels()
    return {
        "text": sheet.text,
        "label": [[*mark.span, known[mark.kind, mark.value]] for mark in sheet.marks],
        _KEY: packed(sheet),
    }


def label_types() -> list[Row]:
    """The labels of the project, for doccano's “import labels”."""
    return [{"text": label, "suffix_key": None, "background_color": _COLOURS[kind]} for (kind, _), label in labels().items()]


def from_doccano(path: Path) -> Iterator[Sheet]:
    """The sheets of a file that doccano exported. Raises JsonLinesError with file and line, OSError where it cannot be read."""
    for number, row in enumerate(read_objects(path), start=1):
        text = row.get("text", row.get("data"))
        name = f"{path.stem}-{number}"
        if not isinstance(text, str):
            yield Sheet(name, "", (), {}, problems=(message("no_text", source=path, number=number),))
            continue
        meta = row.get("meta")
        carried = row.get(_KEY) or (meta.get(_KEY) if isinstance(meta, dict) else None)
        spans = tuple((int(start), int(end), str(label), None) for start, end, label in _spans(row))
        yield returned(Found(text, spans, carried, row.get("annotator") or row.get("username")), name)


_COLOURS = {"sentence": "#9fc5e8", "quantity": "#b6d7a8", "deadline": "#f9cb9c"}


def _spans(row: Row) -> list[list[Any]]:
    """The labelled spans of any of doccano's exports."""
    if "entities" in row:
        return [[item["start_offset"], item["end_offset"], item["label"]] for item in row["entities"]]
    return list(row.get("label") or row.get("labels") or ())
