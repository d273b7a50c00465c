"""Tell which expressions of time in planned sentences are deadlines, and when they fall due (guidelines §4).

Reads: a document, its outline and judgements, the expressions of time in its text. Writes: ``Deadline`` records in text order,
without ids and without the tasks that they govern.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.dates import Anchor, Period, TimeMention, in_name, named_year, resolve
from pipeline.extract.periods import calendar_data
from pipeline.extract.sentence_times import plan_period
from pipeline.records import Deadline
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Document, Judgement, Outline, Sentence

_CONTEXT = 40  # characters before and behind an expression that decide what it is
_FILE_YEAR = re.compile(r"((?:19|20)\d\d)(?=[-_年])")  # 2018_关于….txt: files are named by the year of the paper
_TITLE_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_DATED, _USUAL = 0.95, 0.85  # share of right ones among dates and among everything else, on annotated documents


@dataclass(frozen=True, slots=True)
class _Place:
    """An expression with the words of its sentence before and behind it."""

    mention: TimeMention
    before: str
    after: str


def find_deadlines(
    document: Document, outline: Outline, judgements: Sequence[Judgement], times: Sequence[TimeMention]
) -> tuple[Deadline, ...]:
    """The deadlines of a document's planned sentences, in text order; ``id`` and ``tasks`` are left to the caller."""
    anchor = time_anchor(document)
    found: list[Deadline] = []
    year: int | None = None  # named before, in the same sentence or, where nothing else tells the year, in the same paragraph
    paragraph = position = 0
    due: str | None = None
    for sentence, judgement in zip(outline.sentences, judgements, strict=True):
        while position < len(times) and times[position].start < sentence.span[0]:
            position += 1
        if judgement.label != "planned":
            continue
        if anchor.year is not None or sentence.paragraph != paragraph:
            year, paragraph = None, sentence.paragraph
        while position < len(times) and times[position].start < sentence.span[1]:
            mention = times[position]
            position += 1
            period = _deadline_period(document.text, sentence, mention, anchor, year)
            if period is None:
                continue
            if mention.kind == "same":
                period = period._replace(end=due)
            year = named_year(mention) or year
            due = period.end or due
            found.append(_record(document, mention, period, judgement.confidence))
    return tuple(found)


def time_anchor(document: Document) -> Anchor:
    """What the relative words of a document refer to: its plan year, else the year of its date, its title or its file."""
    year = document.plan_year
    if year is None and document.date:
        year = int(document.date[:4])
    if year is None and document.doc_type == "government_report":
        match = _TITLE_YEAR.search(document.title or "") or _TITLE_YEAR.search(document.source)
        year = int(match[1]) if match else None
    if year is None:
        match = _FILE_YEAR.match(document.source.rpartition("/")[2])
        year = int(match[1]) if match else None
    return Anchor(year, document.date, document.effective_from, document.effective_to, plan_period(document))


def _record(document: Document, mention: TimeMention, period: Period, confidence: float) -> Deadline:
    rule = f"{mention.kind}-{period.relation}"
    sure = round(confidence * (_DATED if mention.kind == "date" else _USUAL), 3)
    span = (mention.start, mention.end)
    return Deadline("", document.doc_id, span, mention.text, period.start, period.end, period.relation, period.every, (), rule, sure)


def _deadline_period(text: str, sentence: Sentence, mention: TimeMention, anchor: Anchor, year: int | None) -> Period | None:
    """The period of an expression that is a deadline; None when it is something else."""
    start, end = sentence.span
    before = text[max(start, mention.start - _CONTEXT) : mention.start]
    after = text[mention.end : min(end, mention.end + _CONTEXT)]
    if _looks_back(mention) or in_name(text, sentence.span, mention):
        return None
    place = _Place(mention, before, after)
    period = resolve(mention, anchor, year=year)
    if _is_past(period, anchor) or _is_reference(place) or _is_attribute(place, period) or _is_rate(place):
        return None
    if mention.kind == "validity" and period.end is None:
        return None  # a validity that the document does not tell dates nothing
    if period.relation == "during" and _matches("before-aim", before):
        return period._replace(start=None, relation="by")
    return period


def _matches(rule: str, context: str) -> bool:
    return load_rules("deadlines")[rule].search(context) is not None


def _looks_back(mention: TimeMention) -> bool:
    """去年, 五年来, 截至目前, a bare “十四五”: words of time that set no date ahead."""
    data, parts = calendar_data(), mention.parts
    if mention.kind == "duration":
        return "back" in (data["directions"].get(parts.get(key)) for key in ("span", "within"))
    if data["closers"].get(parts.get("closer")) == "since":
        return True
    relative = parts.get("relative")
    if relative in data["named_years"]:
        return not parts.keys() & {"month", "edge"} or ("day" in parts and "opener" in parts)
    if "plan" in parts:
        return not parts.keys() & {"opener", "stage", "closer"}
    return mention.kind == "now" or data["relative_years"].get(relative, (0, 0))[1] < 0


def _is_past(period: Period, anchor: Anchor) -> bool:
    """Over before the plan begins (when the document tells when that is)."""
    begins = f"{anchor.year}-01-01" if anchor.year is not None else anchor.date
    return period.end is not None and begins is not None and period.end < begins


def _is_reference(place: _Place) -> bool:
    """A year to compare with, a day in the past, the limit of a service."""
    if any(_matches(rule, place.before) for rule in ("before-baseline", "before-past", "before-header")):
        return True
    if _matches("after-baseline", place.after):
        return True
    dated = place.mention.parts.keys() & {"year", "day", "iso_year"}
    return (bool(dated) and _matches("after-past", place.after)) or (
        place.mention.kind in ("duration", "event") and _matches("before-limit", place.before)
    )


def _is_attribute(place: _Place, period: Period) -> bool:
    """The time belongs to the name of a plan, a target or an event."""
    if "dot_month" in place.mention.parts:
        return not _matches("after-dotted", place.after)
    if place.mention.kind != "date":
        return False
    if period.relation == "during" and _matches("after-name", place.after):
        return True
    if _matches("before-bracket", place.before) and place.after[:1] in ")）":
        return True
    return _matches("before-paper", place.before) and any(_matches(rule, place.after) for rule in ("after-paper", "after-call"))


def _is_rate(place: _Place) -> bool:
    """每人每月50元, 每月考评结果: how much or of what, not how often something is done."""
    return place.mention.kind == "recurring" and (_matches("after-rate", place.after) or _matches("after-recurring-name", place.after))
