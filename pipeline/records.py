"""The records that every stage reads and writes: plain, frozen, and the same in memory, in the store and in exports.

Spans are half-open ``(start, end)`` in Unicode code points of ``Document.text``; ``text[start:end] == record.text`` holds for
every record that has a text. Dates are ISO strings, inclusive. ``None`` means that the text does not tell.
"""

from __future__ import annotations

from typing import Literal

from pipeline.frozen import record

Span = tuple[int, int]

DocType = Literal["speech", "meeting_report", "work_plan", "work_summary", "government_report", "other"]
Validity = Literal["in_force", "expired", "repealed", "amended", "unknown"]
Part = Literal["review", "plan", "annex", "glossary", "front"]
Label = Literal["planned", "achieved", "problem", "heading", "attribution", "other"]
TaskStatus = Literal["planned", "achieved", "problem"]
Strength = Literal["must", "ensure", "strive", "explore"]
Role = Literal["lead", "cooperating", "guiding", "actor"]
Basis = Literal["sentence", "bracket", "heading"]
Comparator = Literal["=", ">=", ">", "<=", "<", "~", "range"]
Measure = Literal["level", "change", "completion", "gap", "rank"]
Direction = Literal["up", "down"]
QuantityStatus = Literal["planned", "actual", "baseline", "reference"]
Relation = Literal["by", "during", "from", "recurring"]


@record
class DocumentWarning:
    """What a reader of the document must know, such as masked values or a wrong year in the title."""

    code: str
    message: str
    span: Span | None = None


@record
class Table:
    """A table as it was read out: each row a line of the text; in one of tasks or figures each cell behind its header.

    ``columns`` are the headers, those of several levels joined by “·”. ``rows`` hold one span a column, that of the cell's own
    content without the header; an empty cell has an empty span. A merged cell is read out in every row that it covers, in tables
    that hold neither tasks nor figures only once, where the spans of all its rows point.
    """

    span: Span
    caption: str | None
    columns: tuple[str, ...]
    rows: tuple[tuple[Span, ...], ...]


@record
class Document:
    """One source as it was read: its text, what it says of itself, and which parts of the text are page furniture."""

    doc_id: str
    content_id: str
    revision: int
    source: str
    text: str
    title: str | None = None
    issuer: str | None = None
    place: str | None = None
    doc_number: str | None = None
    date: str | None = None
    doc_type: DocType = "other"
    plan_year: int | None = None
    review_year: int | None = None
    effective_from: str | None = None
    effective_to: str | None = None
    validity: Validity = "unknown"
    secrecy: str | None = None
    warnings: tuple[DocumentWarning, ...] = ()
    furniture: tuple[Span, ...] = ()
    tables: tuple[Table, ...] = ()
    pages: tuple[int, ...] = ()  # where each page begins in the text; empty for formats without pages


@record
class Section:
    """A part of the document under one heading. ``heading_span`` covers the heading, ``span`` heading and content."""

    span: Span
    heading_span: Span
    heading: str
    level: int
    clause: str | None  # the number as an officer cites it within its parent: “三、”, “(七)”, “第五条”
    parent: int | None  # index into Outline.sections
    part: Part | None


@record
class Sentence:
    """One sentence as the guidelines cut it. ``paragraph`` counts the non-blank lines of the text."""

    span: Span
    paragraph: int
    section: int | None  # index into Outline.sections; for a heading the section that it opens
    part: Part | None
    furniture: bool


@record
class Outline:
    """The document cut into a section tree and sentences, both in text order."""

    sections: tuple[Section, ...]
    sentences: tuple[Sentence, ...]


@record
class Judgement:
    """What a sentence is (guidelines §1), who decided, and how sure that is (0–1)."""

    label: Label
    rule: str
    confidence: float


@record
class Action:
    """One thing done: a bare main verb and its object, both verbatim."""

    verb: str
    object: str


@record
class Unit:
    """A unit named as the one to do it. ``canonical`` is the full name, or None where it can't be known."""

    text: str
    canonical: str | None
    role: Role
    basis: Basis


@record
class Task:
    """A sentence that is a commitment, a result or an admitted problem."""

    id: str
    doc_id: str
    span: Span
    text: str
    status: TaskStatus
    actions: tuple[Action, ...]
    responsible: tuple[str, ...]
    units: tuple[Unit, ...]
    strength: Strength | None
    section: tuple[str, ...]
    clause: str | None
    part: Part | None
    quantities: tuple[str, ...]
    deadlines: tuple[str, ...]
    page: int | None
    rule: str
    confidence: float


@record
class Quantity:
    """A measured figure that says how much was or is to be achieved (guidelines §3)."""

    id: str
    doc_id: str
    span: Span
    text: str
    indicator: str | None
    scope: str | None
    comparator: Comparator
    low: float | int | None
    high: float | int | None
    unit: str | None
    measure: Measure
    direction: Direction | None
    per: Literal["year", "month"] | None
    status: QuantityStatus
    start: str | None
    end: str | None
    masked: bool
    task: str | None
    level: Literal["own", "set_above"]
    nature: Literal["binding", "expected"] | None
    rule: str
    confidence: float
    page: int | None = None  # counted from 1; None in a format without pages


@record
class Deadline:
    """A time expression of a planned sentence that says when the thing is due, runs or recurs (guidelines §4)."""

    id: str
    doc_id: str
    span: Span
    text: str
    start: str | None
    end: str | None
    relation: Relation
    every: str | None  # for recurring: day, week, month, quarter, half_year, year
    tasks: tuple[str, ...]
    rule: str
    confidence: float
    page: int | None = None  # counted from 1; None in a format without pages


@record
class Extraction:
    """Everything that was extracted from one document, in text order."""

    document: Document
    tasks: tuple[Task, ...]
    quantities: tuple[Quantity, ...]
    deadlines: tuple[Deadline, ...]
