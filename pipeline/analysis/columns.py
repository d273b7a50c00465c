"""The columns of every frame: names, types and meaning, in order. docs/analysis.md is written from them.

Reads: nothing. Writes: ``FRAMES``, from which frames are built, so that one of no rows has the same columns and types as any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from pipeline import records

Type = Literal["text", "category", "date", "moment", "year", "whole", "count", "number", "truth", "maybe", "list", "object"]

# What pandas calls each type; `category` is one of the fixed values, in their order, or of those that were met.
DTYPES: dict[Type, str] = {
    "text": "string[pyarrow]",
    "category": "category",
    "date": "datetime64[us]",
    "moment": "datetime64[us, UTC]",
    "year": "Int16",
    "whole": "Int64",
    "count": "int64",
    "number": "float64",
    "truth": "bool",
    "maybe": "boolean",
    "list": "object",
    "object": "object",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a frame. ``values`` are the categories that it always has; without them they are those that were met."""

    name: str
    type: Type
    meaning: str
    values: tuple[str, ...] = ()


def _one_of(name: str, literal: object, meaning: str) -> Column:
    return Column(name, "category", meaning, get_args(literal))


_DOCUMENT = (
    Column("doc_id", "text", "names the document for good"),
    Column("place", "category", "full name of the area that the document speaks for"),
    Column("year", "year", "the year that the document stands for: planned, else dated, else reviewed"),
    _one_of("doc_type", records.DocType, "kind of the document"),
    Column("title", "category", "its title"),
    Column("source", "category", "the path it was read from"),
)
_PLACE = (
    Column("span_start", "count", "where the text begins in the document, in code points"),
    Column("span_end", "count", "where it ends"),
    Column("page", "whole", "page, counted from 1; missing in a format without pages"),
)
_MADE = (
    Column("rule", "category", "which rule or model decided"),
    Column("confidence", "number", "how sure that is, 0 to 1"),
    Column("reviewed", "category", "what a person decided on the record; missing where nobody has", ("edit", "confirm", "add")),
)
_PERIOD = (
    Column("start", "date", "first day of the period"),
    Column("end", "date", "last day of the period, inclusive"),
)
_INDICATOR = (
    Column("place", "category", "full name of the area"),
    Column("scope", "category", "part of the area or group that the figure is about"),
    Column("indicator", "category", "canonical name of the indicator"),
    Column("unit", "category", "plain unit"),
    _one_of("measure", records.Measure, "what the number measures"),
    _one_of("direction", records.Direction, "for changes and gaps: which way"),
    Column("qualifiers", "list", "what keeps it apart from the plain yearly series of that name (多年合计, 年均, 开工 …)"),
)

DOCUMENTS = (
    *_DOCUMENT[:3],
    Column("date", "date", "day of the document"),
    *_DOCUMENT[3:],
    Column("issuer", "category", "who issued it"),
    Column("doc_number", "text", "文号"),
    Column("plan_year", "year", "the year that its plan is about"),
    Column("review_year", "year", "the year that its review is about"),
    Column("effective_from", "date", "first day of force"),
    Column("effective_to", "date", "last day of force"),
    _one_of("validity", records.Validity, "whether it is in force"),
    Column("secrecy", "category", "密级 as marked"),
    Column("rank", "count", "0 official, 1 copy from a library site"),
    Column("duplicate_of", "text", "the document that holds the content of this copy"),
    Column("revision", "count", "counts the revisions of the document"),
    Column("ingested", "moment", "when it came into the store"),
    Column("warnings", "list", "codes of what a reader must know"),
)
TASKS = (
    Column("id", "text", "names the record"),
    *_DOCUMENT,
    Column("text", "text", "the sentence"),
    _one_of("status", records.TaskStatus, "commitment, result or admitted problem"),
    Column("responsible", "list", "units named as doing it, verbatim"),
    Column("units", "list", "the same, resolved: {text, canonical, role, basis}"),
    Column("actions", "list", "what is done: {verb, object}"),
    _one_of("strength", records.Strength, "how firmly"),
    Column("section", "list", "headings above it, outermost first"),
    Column("clause", "text", "number by which an officer cites it"),
    _one_of("part", records.Part, "part of the document that it stands in"),
    Column("quantities", "list", "ids of its quantities"),
    Column("deadlines", "list", "ids of its deadlines"),
    *_PLACE,
    *_MADE,
)
QUANTITIES = (
    Column("id", "text", "names the record"),
    *_DOCUMENT,
    Column("text", "text", "the value as written"),
    Column("indicator", "category", "what is measured, as written"),
    Column("scope", "category", "part of the area or group that it is about"),
    _one_of("status", records.QuantityStatus, "target, result, baseline or reference"),
    _one_of("comparator", records.Comparator, "how the number bounds the value"),
    Column("low", "number", "lower end of the value, in the plain unit; missing where masked"),
    Column("high", "number", "upper end of the value"),
    Column("unit", "category", "plain unit"),
    _one_of("measure", records.Measure, "what the number measures"),
    _one_of("direction", records.Direction, "for changes and gaps: which way"),
    Column("per", "category", "for rates: per what", ("year", "month")),
    *_PERIOD,
    Column("masked", "truth", "the number was made illegible by whoever published the document"),
    Column("task", "text", "id of the task that it stands in"),
    Column("level", "category", "set by the issuer or above it", ("own", "set_above")),
    Column("nature", "category", "约束性 or 预期性", ("binding", "expected")),
    *_PLACE,
    *_MADE,
)
DEADLINES = (
    Column("id", "text", "names the record"),
    *_DOCUMENT,
    Column("text", "text", "the time as written"),
    *_PERIOD,
    _one_of("relation", records.Relation, "due by, during, from, or recurring"),
    Column("every", "category", "for recurring ones: how often", ("day", "week", "month", "quarter", "half_year", "year")),
    Column("tasks", "list", "ids of the tasks that it governs"),
    *_PLACE,
    *_MADE,
)
HITS = (
    *_DOCUMENT,
    Column("date", "date", "day of the document"),
    Column("issuer", "category", "who issued it"),
    Column("text", "text", "the passage, or the part of it that matches best"),
    Column("section", "list", "headings above it, outermost first"),
    Column("clause", "text", "number by which an officer cites it"),
    _one_of("part", records.Part, "part of the document that it stands in"),
    Column("span_start", "count", "where the text begins in the document, in code points"),
    Column("span_end", "count", "where it ends"),
    Column("records", "list", "ids of the records inside"),
    Column("rank", "count", "0 official, 1 copy from a library site"),
    Column("score", "number", "what the order was made from"),
)
SENTENCES = (
    Column("text", "text", "the sentence"),
    _one_of("label", records.Label, "what it is"),
    Column("section", "list", "headings above it, outermost first"),
    Column("clause", "text", "number of its section"),
    _one_of("part", records.Part, "part of the document that it stands in"),
    Column("paragraph", "count", "counts the lines that are not blank"),
    Column("furniture", "truth", "belongs to the page, not to the document"),
    Column("span_start", "count", "where it begins in the document, in code points"),
    Column("span_end", "count", "where it ends"),
    Column("rule", "category", "which rule or model decided"),
    Column("confidence", "number", "how sure that is, 0 to 1"),
)
VERDICTS_OF_SERIES = ("met", "missed", "pending", "unreported", "no_document", "unclear")
SERIES = (
    Column("id", "text", "names the series"),
    *_INDICATOR,
    Column("year", "year", "the year of the last day of the period"),
    *_PERIOD,
    Column("role", "category", "what the point is", ("target", "actual", "baseline", "target_above")),
    _one_of("comparator", records.Comparator, "how the number bounds the value"),
    Column("low", "number", "lower end of the value, in the plain unit"),
    Column("high", "number", "upper end of the value"),
    Column("text", "text", "the value as written"),
    Column("quantity", "text", "id of the quantity; missing for a department's figure"),
    Column("doc_id", "text", "the document that it stands in"),
    Column("source", "category", "the path of the document, or the source that a department's figure names"),
    Column("rank", "whole", "0 official, 1 copy from a library site; of a department's figure the rank that it was given"),
)
VERDICTS = (
    Column("id", "text", "names the series"),
    *_INDICATOR,
    Column("year", "year", "the year of the target"),
    Column("verdict", "category", "completion of the target", VERDICTS_OF_SERIES),
    Column("target", "number", "the value that was to be reached"),
    Column("actual", "number", "the value that was reported"),
    Column("target_text", "text", "the target as written"),
    Column("actual_text", "text", "the result as written"),
    Column("by", "category", "what decided: figures, the issuer's words, a share of the plan", ("figure", "words", "completion")),
    Column("reason", "text", "one sentence of reason"),
    Column("due", "date", "the day by which the target was to be reached"),
    Column("target_quantity", "text", "id of the target's quantity"),
    Column("actual_quantity", "text", "id of the result's quantity"),
)
CHANGES = (
    Column("id", "text", "names the series"),
    *_INDICATOR,
    Column("from_year", "year", "year of the earlier target"),
    Column("to_year", "year", "year of the later target"),
    Column("change", "category", "what became of the target", ("raised", "lowered", "kept", "unquantified", "dropped", "new")),
)

LOOP = (
    Column("doc_id", "text", "the document that holds the commitment"),
    Column("review_doc_id", "text", "the document that was searched for what became of it"),
    Column("task", "text", "id of the task"),
    Column("text", "text", "the commitment"),
    Column("sentence", "text", "the sentence that it stands in"),
    Column("section", "list", "headings above it, outermost first"),
    _one_of("strength", records.Strength, "how firmly"),
    Column("verdict", "category", "what became of it", ("done", "progress", "missed", "not_mentioned")),
    Column("by", "category", "what decided", ("figure", "words", "nothing")),
    Column("score", "number", "how well the evidence fits, 0 to 1"),
    Column("reason", "text", "one line of reason"),
    Column("evidence", "list", "what the review says of it, verbatim"),
    Column("span_start", "count", "where the commitment begins in its document, in code points"),
    Column("span_end", "count", "where it ends"),
)
AUDIT = (
    *_DOCUMENT,
    Column("holds", "maybe", "whether the numbers agree; missing where nothing is stated to hold against"),
    Column("relation", "category", "which rule of arithmetic they should obey"),
    Column("quotes", "list", "the pieces of text that hold the numbers"),
    Column("computed", "number", "what follows from the other numbers"),
    Column("stated", "number", "what the text says"),
    Column("message", "text", "the sum written out"),
    Column("span_start", "count", "where it begins in the document, in code points"),
    Column("span_end", "count", "where it ends"),
)
FIELDS = (
    Column("field", "category", "field of government work (业务领域)"),
    Column("confidence", "number", "how sure that is, 0 to 1"),
    Column("terms", "list", "words of the text that speak most for it"),
)
CLUSTERS = (
    Column("cluster", "count", "number of the group, 0 for the one with most records"),
    Column("name", "category", "the wording of the group that is used most"),
    Column("wording", "text", "a wording"),
    Column("records", "count", "how many records use it"),
    Column("places", "list", "the places that use it"),
)

FRAMES: dict[str, tuple[Column, ...]] = {
    "documents": DOCUMENTS,
    "tasks": TASKS,
    "quantities": QUANTITIES,
    "deadlines": DEADLINES,
    "search": HITS,
    "sentences": SENTENCES,
    "series": SERIES,
    "verdicts": VERDICTS,
    "changes": CHANGES,
    "loop": LOOP,
    "audit": AUDIT,
    "fields": FIELDS,
    "clusters": CLUSTERS,
}
