"""A text with marks on it: what every annotation tool can show, and what comes back from it.

Reads: ``Extraction``, gold documents. Writes: ``Sheet``.

Tools know spans with a label and nothing else. So each mark keeps, out of sight, the rows that it stands for: what people leave as it
is comes back complete, also two quantities that share one figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from pipeline.errors import PipelineError
from pipeline.export.jsonl import json_lines, read_rows
from pipeline.extract.status import judge
from pipeline.rulebook import load_rules
from pipeline.segment import segment

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Extraction, Span

Kind = Literal["sentence", "quantity", "deadline"]
Row = dict[str, Any]
_SCORED = ("heading", "attribution")  # labels of sentences that are no task and not merely `other`
VALUE: dict[Kind, str] = {"sentence": "label", "quantity": "status", "deadline": "relation"}  # the field of a row that its label shows


class AnnotationError(PipelineError):
    """A file of annotations cannot be read; the message names file and place."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A span with a label: ``value`` is the status of a task or quantity, the relation of a deadline, or another label of a sentence.

    ``rows`` are the gold rows or records that it stands for; none where a person made the mark.
    """

    kind: Kind
    span: Span
    value: str
    rows: tuple[Row, ...] = ()

    @property
    def key(self) -> tuple[Kind, Span, str]:
        """What a tool shows of it."""
        return self.kind, self.span, self.value


@dataclass(frozen=True, slots=True)
class Sheet:
    """One text with its marks. ``about`` is what is known of the document: that of a record, or of a gold document.

    ``problems`` are lines on what the tool's file held that could not be taken.
    """

    name: str
    text: str
    marks: tuple[Mark, ...]
    about: Row
    shown: tuple[Mark, ...] = ()  # the marks that the tool was given, where this one came back from it
    annotator: str | None = None
    problems: tuple[str, ...] = ()


def message(name: str, **values: object) -> str:
    """The message called ``name`` in rules/annotation.toml, filled in."""
    return str(load_rules("annotation").data["messages"][name]).format(**values)


def labels() -> dict[tuple[str, str], str]:
    """What each kind and value is called in the tools."""
    tables: dict[str, dict[str, str]] = load_rules("annotation").data["labels"]
    return {(kind, value): label for kind, table in tables.items() for value, label in table.items()}


def sheet_of(extraction: Extraction) -> Sheet:
    """The document with everything that was extracted, and its headings and attributions, for people to correct."""
    document = extraction.document
    rows: dict[str, list[Row]] = {"task": [], "quantity": [], "deadline": []}
    for row in read_rows(json_lines(extraction, with_text=False))[1:]:
        rows[row["record"]].append(row)
    marks = [Mark("sentence", (row["span"][0], row["span"][1]), row["status"], (row,)) for row in rows["task"]]
    taken = {mark.span for mark in marks}
    outline = segment(document)
    for sentence, judgement in zip(outline.sentences, judge(document, outline), strict=True):
        if judgement.label in _SCORED and sentence.span not in taken:
            marks.append(Mark("sentence", sentence.span, judgement.label))
    marks += grouped("quantity", rows["quantity"]) + grouped("deadline", rows["deadline"])
    about = {"doc_id": document.doc_id, "content_id": document.content_id, "source": document.source, "title": document.title}
    return Sheet(document.doc_id, document.text, _in_order(marks), about)


def sheet_of_gold(gold: Row) -> Sheet:
    """A gold document, for people to go on with; ``gold.gold_of`` makes the same document of it again."""
    marks = [Mark("sentence", (row["start"], row["end"]), row["label"], (row,)) for row in gold["sentences"] if row["label"] != "other"]
    marks += grouped("quantity", gold["quantities"]) + grouped("deadline", gold["deadlines"])
    about = {name: value for name, value in gold.items() if name not in ("text", "sentences", "quantities", "deadlines")}
    others = [row for row in gold["sentences"] if row["label"] == "other"]
    return Sheet(gold["id"], gold["text"], _in_order(marks), {**about, "others": others})


def grouped(kind: Kind, rows: Iterable[Row]) -> list[Mark]:
    """A mark for each span and value: tools refuse two equal labels on one span."""
    together: dict[tuple[Span, str], list[Row]] = {}
    for row in rows:
        start, end = row["span"]
        together.setdefault(((start, end), row[VALUE[kind]]), []).append(row)
    return [Mark(kind, span, value, tuple(same)) for (span, value), same in together.items()]


def packed(sheet: Sheet) -> Row:
    """What travels with the text through a tool, out of people's sight."""
    marks = [{"kind": mark.kind, "span": mark.span, "value": mark.value, "rows": mark.rows} for mark in sheet.marks]
    return {"name": sheet.name, "about": sheet.about, "marks": marks}


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool's file says of one text: spans with labels as people read them, each with its quote where the tool gives one."""

    text: str
    spans: tuple[tuple[int, int, str, str | None], ...]
    carried: Row | None
    annotator: str | None = None


def returned(found_in: Found, name: str) -> Sheet:
    """The sheet that came back: marks that were left as they are get their rows again, those with another label keep them, too.

    ``name`` is what a text is called that a team brought itself. A label or a place that cannot be used is told in ``problems``.
    """
    known = found_in.carried or {"name": name, "about": {}, "marks": []}
    marks, problems = _marks(found_in, known["name"])
    shown = tuple(Mark(row["kind"], (row["span"][0], row["span"][1]), row["value"], tuple(row["rows"])) for row in known["marks"])
    left = {mark.key for mark in marks}
    whole = [mark for mark in shown if mark.key in left]
    for before, mark in paired(shown, marks):
        if mark is not None:
            whole.append(Mark(mark.kind, mark.span, mark.value, before.rows if before else ()))
    return Sheet(known["name"], found_in.text, _in_order(whole), known["about"], shown, found_in.annotator, tuple(problems))


def paired(before: Iterable[Mark], after: Iterable[Mark]) -> list[tuple[Mark | None, Mark | None]]:
    """What changed: a mark with the one of the same kind and span that has taken its place, or with None where it is gone or came new."""
    old, new = {mark.key: mark for mark in before}, {mark.key: mark for mark in after}
    waiting: dict[tuple[Kind, Span], list[Mark]] = {}
    for key, mark in new.items():
        if key not in old:
            waiting.setdefault((mark.kind, mark.span), []).append(mark)
    pairs: list[tuple[Mark | None, Mark | None]] = []
    for key, mark in old.items():
        if key not in new:
            successors = waiting.get((mark.kind, mark.span))
            pairs.append((mark, successors.pop(0) if successors else None))
    return pairs + [(None, mark) for marks in waiting.values() for mark in marks]


def _marks(found_in: Found, name: str) -> tuple[list[Mark], list[str]]:
    """The marks whose label is known and whose quote stands where the tool says, and a line on each other one."""
    marks: list[Mark] = []
    problems: list[str] = []
    text = found_in.text
    for start, end, label, quote in found_in.spans:
        meant = read_label(label)
        span = _place(text, start, end, quote)
        if span is None:
            problems.append(message("moved", document=name, quote=quote or label, start=start, end=end))
        elif meant is None:
            problems.append(message("unknown_label", document=name, label=label, quote=text[span[0] : span[1]]))
        else:
            marks.append(Mark(meant[0], span, meant[1]))
    return marks, problems


def _place(text: str, start: int, end: int, quote: str | None) -> Span | None:
    """The span in code points. Browsers count characters beyond the basic plane twice, which shows in the quote."""
    if 0 <= start < end <= len(text) and quote in (None, text[start:end]):
        return start, end
    units = text.encode("utf-16-le", "surrogatepass")
    first, last = (len(units[: 2 * place].decode("utf-16-le", "replace")) for place in (start, end))
    return (first, last) if 0 <= first < last <= len(text) and quote == text[first:last] else None


def read_label(label: str) -> tuple[Kind, str] | None:
    """Kind and value of a label, or None for one that is not ours."""
    return next((cast("tuple[Kind, str]", key) for key, known in labels().items() if label == known), None)


def _in_order(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    return tuple(sorted(marks, key=lambda mark: (mark.span[0], -mark.span[1], mark.kind, mark.value)))
