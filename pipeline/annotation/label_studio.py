"""Label Studio: a list of tasks as JSON, with our records as predictions that people accept or change.

Reads: ``Sheet``; what Label Studio exports as JSON or JSON-MIN. Writes: tasks for its import, the labelling interface; ``Sheet``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

import orjson

from pipeline.annotation.sheet import AnnotationError, Found, Row, Sheet, labels, message, packed, returned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_KEY = "policy"
_CONTROL, _OBJECT = "label", "text"
_COLOURS = {"sentence": "#3d85c6", "quantity": "#6aa84f", "deadline": "#e69138"}


def to_label_studio(sheet: Sheet) -> Row:
    """The task to import."""
    known = labels()
    result = [
        {
            "id": f"{mark.kind[0]}{mark.span[0]}-{mark.span[1]}-{mark.value}", "from_name": _CONTROL, "to_name": _OBJECT, "type": "labels",
            "value": {
                "start": mark.span[0], "end": mark.span[1], "text": sheet.text[slice(*mark.span)], "labels": [known[mark.kind, mark.value]],
            },
        }
        for mark in sheet.marks
    ]  # fmt: skip
    return {"data": {"text": sheet.text, _KEY: packed(sheet)}, "predictions": [{"model_version": "policy_records", "result": result}]}


def labelling_interface() -> str:
    """The XML of the project's labelling interface."""
    choices = [f"<Label value={quoteattr(label)} background={quoteattr(_COLOURS[kind])}/>" for (kind, _), label in labels().items()]
    control = f'<Labels name="{_CONTROL}" toName="{_OBJECT}">'
    return "\n".join(["<View>", control, *choices, "</Labels>", f'<Text name="{_OBJECT}" value="${_OBJECT}"/>', "</View>", ""])


def from_label_studio(path: Path) -> Iterator[Sheet]:
    """The sheets of an export, one for each annotation of a text; a text that nobody has annotated is told in ``problems``.

    Raises AnnotationError if the file is no export of Label Studio, OSError where it cannot be read.
    """
    try:
        tasks = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError as error:
        raise AnnotationError(message("not_tasks", source=path)) from error
    if not isinstance(tasks, list) or not all(isinstance(task, dict) for task in tasks):
        raise AnnotationError(message("not_tasks", source=path))
    for number, task in enumerate(tasks, start=1):
        yield from _sheets(task, number, path)


def _sheets(task: Row, number: int, path: Path) -> Iterator[Sheet]:
    name = f"{path.stem}-{number}"
    data = task.get("data", task)
    text = data.get("text") if isinstance(data, dict) else None
    if not isinstance(text, str):
        yield Sheet(name, "", (), {}, problems=(message("no_text", source=path, number=number),))
        return
    answers = list(_answers(task))
    if not answers:
        yield Sheet(name, text, (), {}, problems=(message("unfinished", source=path, number=number),))
    for regions, annotator in answers:
        spans = tuple(_spans(regions))
        yield returned(Found(text, spans, data.get(_KEY), annotator), name)


def _answers(task: Row) -> Iterator[tuple[list[Row], str | None]]:
    """The regions of each annotation that was not cancelled, and who made it."""
    if "data" not in task:  # JSON-MIN leaves out where nothing was marked
        if _CONTROL in task or "annotation_id" in task:
            yield task.get(_CONTROL) or [], _text(task.get("annotator"))
        return
    for annotation in task.get("annotations", ()):
        if not annotation.get("was_cancelled"):
            yield [region.get("value", {}) for region in annotation.get("result", ())], _text(annotation.get("completed_by"))


def _spans(values: Iterable[Row]) -> Iterator[tuple[int, int, str, str | None]]:
    for value in values:
        for label in value.get("labels", ()):
            yield int(value["start"]), int(value["end"]), str(label), value.get("text")


def _text(value: Any) -> str | None:
    """Who annotated: an address, a number, or an object with either."""
    if isinstance(value, dict):
        value = value.get("email") or value.get("id")
    return None if value is None else str(value)
