"""Find the period that a figure is for: the words of time near it, else the year of the plan or review that it stands in.

Reads: Document, Outline, Judgements and time mentions. Writes: one ``SentenceTimes`` for each sentence.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.dates import Anchor, Period, TimeMention, in_name, named_year, resolve
from pipeline.extract.periods import plan_bounds
from pipeline.extract.reviewed_years import ReviewedYears
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Document, Judgement, Label, Outline, QuantityStatus, Span

_HALF_YEAR_END = "06-30"
_CLAUSE = re.compile("[^，,。；;：:\n]{0,60}")
_DIGIT = re.compile("[0-9０-９一二三四五六七八九十百千万亿]")
_LIMIT_BEFORE = 8  # characters before a time that tell whether it is the limit of a service
_BEFORE = 3  # characters before and behind a time that tell whether it is a base of comparison


class SentenceTimes(NamedTuple):
    """The time mentions of one sentence with their periods, and the period that holds where no mention is near."""

    mentions: tuple[TimeMention, ...]
    periods: tuple[Period, ...]
    usable: tuple[bool, ...]  # whether figures after the mention are for its period
    compared: tuple[bool, ...]  # whether the mention is the base of a comparison: 比1995年增长
    carried: Period | None  # from the sentence before, across a semicolon or colon
    default: tuple[str | None, str | None]
    long_term: Period | None = None  # the last period of several years that the text named, which 年均 refers to
    base: Period | None = None  # the time of comparison that the paragraph named: 较“十三五”末
    reviewed: Period | None = None  # the several years that the passage looks back on: 五年来，…

    def covers(self, position: int) -> bool:
        """Whether the character at ``position`` stands inside a time mention."""
        index = bisect_right(self.mentions, position, key=_start)
        return index > 0 and position < self.mentions[index - 1].end

    def without(self, text: str, start: int, end: int) -> str:
        """``text[start:end]`` with the time mentions left out."""
        pieces, position = [], start
        first = max(0, bisect_right(self.mentions, start, key=_start) - 1)
        for mention in self.mentions[first : bisect_left(self.mentions, end, key=_start)]:
            if mention.end <= position:
                continue
            pieces.append(text[position : max(position, mention.start)])
            if mention.start > position and text[mention.start] in "到至" and text[mention.start - 1] not in "，,、；;。：:":
                pieces.append(text[mention.start])  # 增加到2002年的7703元 is a level
            position = max(position, min(mention.end, end))
        pieces.append(text[position:end])
        return "".join(pieces)

    def period(
        self, position: int, status: QuantityStatus, *, yearly: bool = False, years: int = 0, over: bool = False, tabular: bool = False
    ) -> tuple[str | None, str | None]:
        """Start and end of the period of a figure at ``position``: the nearest mention before it, or what holds without one.

        ``yearly``: the figure is an average for each year (年均), so a period of several years named before is meant.
        ``years``: the figure is the sum of so many years (五年累计), those named before, or else those up to the end of the review.
        ``over``: the figure came about over a time (新建, 增长) and is no state at its end, so the years that the passage reviews count.
        ``tabular``: the sentence is a row of a table, whose deadline cell stands behind the figure.
        """
        before = range(bisect_left(self.mentions, position, key=_start) - 1, -1, -1)
        chosen = next((self.periods[i] for i in before if self.usable[i]), None)
        base = next((self.periods[i] for i in before if self.compared[i]), self.base)
        if status == "baseline":
            if base is not None:
                return base.start, base.end
            start = self.carried.start if self.carried else self.default[0]
            return None, None if start is None else f"{int(start[:4]) - 1}-12-31"
        if chosen is None and tabular:
            chosen = next((p for p, ok in zip(self.periods, self.usable, strict=True) if ok), None)
        if chosen is None and self.long_term is not None and (yearly or (years and _length(self.long_term) == years)):
            chosen = self.long_term
        last = self.default[1]
        if chosen is None and over and self.reviewed is not None and status == "actual":
            chosen = self.reviewed
        if chosen is None and years and last and status == "actual":
            return f"{int(last[:4]) - years + 1}-01-01", last
        chosen = chosen or self.carried
        if chosen is None:
            return self.default
        if status == "actual" and last and chosen.end and chosen.end > last and chosen.start and chosen.start <= last:
            return chosen.start, last  # what was reached by the end of the review cannot reach beyond it
        return chosen.start, chosen.end


def _start(mention: TimeMention) -> int:
    return mention.start


def _is_service_limit(text: str, mention: TimeMention) -> bool:
    """Whether a duration is what was measured (“审批时限压减到35个工作日以内”) and sets no time."""
    if mention.kind != "duration":
        return False
    return load_rules("deadlines")["before-limit"].search(text, max(0, mention.start - _LIMIT_BEFORE), mention.start) is not None


def sentence_times(
    document: Document, outline: Outline, judgements: Sequence[Judgement], times: Sequence[TimeMention]
) -> tuple[SentenceTimes, ...]:
    """For each sentence its time mentions, resolved against the document's plan or review year."""
    text = document.text
    result: list[SentenceTimes] = []
    defaults: dict[Label, tuple[str | None, str | None]] = {}
    index = 0
    carried: Period | None = None
    pointed = long_term = base = None
    paragraph = -1
    plan = plan_period(document)
    looking_back = ReviewedYears(text, default_period(document, "achieved")[1])
    held: tuple[Period | None, tuple[str | None, str | None], Period | None, Period | None, Period | None] | None = None
    empty = SentenceTimes((), (), (), (), None, (None, None), None, None)
    for number, sentence in enumerate(outline.sentences):
        start, end = sentence.span
        while index < len(times) and times[index].end <= start:
            index += 1
        stop = index
        while stop < len(times) and times[stop].start < end:
            stop += 1
        mentions = tuple([mention for mention in times[index:stop] if not _is_service_limit(text, mention)]) if index < stop else ()
        index = stop
        label = judgements[number].label
        if label not in defaults:
            defaults[label] = default_period(document, label)
        default = defaults[label]
        reviewed = looking_back.of(sentence.span, label, opens_paragraph=sentence.paragraph != paragraph)
        if sentence.paragraph != paragraph:
            paragraph, base = sentence.paragraph, None
        if (carried, default, long_term, base, reviewed) != held:
            held = (carried, default, long_term, base, reviewed)
            empty = SentenceTimes((), (), (), (), *held)
        if not mentions:
            result.append(empty)
        else:
            speaking = Anchor(_speaking_year(document, label), document.date, document.effective_from, document.effective_to, plan)
            context = _Context(speaking, _context_year(document, label), pointed, label in ("achieved", "problem"))
            result.append(_resolved(text, sentence.span, mentions, context, empty))
            pointed = next(
                (p for p, ok in zip(reversed(result[-1].periods), reversed(result[-1].usable), strict=True) if ok and p.end), pointed
            )
            long_term = next((p for p, ok in zip(result[-1].periods, result[-1].usable, strict=True) if ok and _spans_years(p)), long_term)
            base = next((p for p, compared in zip(result[-1].periods, result[-1].compared, strict=True) if compared), base)
        if text[end - 1] in "；;：:":
            current = result[-1]
            carried = next((p for p, ok in zip(reversed(current.periods), reversed(current.usable), strict=True) if ok), carried)
        else:
            carried = None
    return tuple(result)


class _Context(NamedTuple):
    """What the times of a sentence are resolved against."""

    anchor: Anchor
    stated: int | None  # the year that 全年, 上半年 and 年底 mean
    pointed: Period | None  # the date named before, which 届时 repeats
    actual: bool  # a result, which ends with what is reviewed


def _resolved(text: str, sentence: Span, mentions: tuple[TimeMention, ...], context: _Context, empty: SentenceTimes) -> SentenceTimes:
    periods: list[Period] = []
    usable: list[bool] = []
    bases: list[bool] = []
    year, stated, anchor = context.stated, context.stated, context.anchor
    contextual = tuple(load_rules("plans").data["year_in_context"])
    for mention in mentions:
        period = resolve(mention, replace(anchor, year=stated) if mention.text.startswith(contextual) and stated else anchor, year=year)
        compared = _is_base(text, sentence[0], mention)
        if mention.kind == "same" and context.pointed is not None:
            period = context.pointed  # 届时 repeats the date named before
        if period.start and period.end is None and empty.default[1] and context.actual:
            period = period._replace(end=empty.default[1])  # 上半年以来: up to the end of what is reviewed
        periods.append(period)
        bases.append(compared)
        dated = period.relation != "recurring" and (period.end or period.start) is not None
        named = period.relation == "from" or in_name(text, sentence, mention)
        aside = compared or _names_target(text, mention) or (named and _begins_something_else(text, mention))
        usable.append(dated and not aside)
        if named_year(mention) is not None and not compared:
            year = named_year(mention)
    return empty._replace(mentions=mentions, periods=tuple(periods), usable=tuple(usable), compared=tuple(bases))


def _is_base(text: str, start: int, mention: TimeMention) -> bool:
    """Whether the mention dates a value that the figure is compared with: 比1995年增长, 由2022年的86.4亿元增加到."""
    rules = load_rules("plans")
    before = text[max(start, mention.start - _BEFORE) : mention.start]
    marked = f"{before}【{mention.text}】{text[mention.end : mention.end + _BEFORE]}"
    return rules["compared-before"].search(before) is not None or rules["base-time"].search(marked) is not None


def _names_target(text: str, mention: TimeMention) -> bool:
    """Whether the time tells when a target was set (实现年初确定的目标), not when something was done."""
    return load_rules("plans")["set-then"].match(text, mention.end) is not None


def _begins_something_else(text: str, mention: TimeMention) -> bool:
    """Whether the clause tells no figure but what begins then or has the name: 自5月1日起施行清单，优秀率提高5个百分点."""
    clause = _CLAUSE.match(text, mention.end)
    return clause is not None and len(clause[0]) > 1 and _DIGIT.search(clause[0]) is None


def _spans_years(period: Period) -> bool:
    return period.start is not None and period.end is not None and period.start[:4] != period.end[:4]


def _length(period: Period) -> int:
    """How many years a period covers, its first and last one included; 0 when an end is open."""
    return int(period.end[:4]) - int(period.start[:4]) + 1 if period.start and period.end else 0


def _next_year(year: int | None) -> int | None:
    return None if year is None else year + 1


def _speaking_year(document: Document, label: Label) -> int | None:
    """The year that 今年 and 去年 are said in.

    A report of January speaks in the plan year, a summary of December in the year that it reviews.
    """
    plan, review = document.plan_year, document.review_year
    if document.doc_type == "work_summary" and label in ("achieved", "problem"):
        return review or plan
    return plan or _next_year(review)


def _context_year(document: Document, label: Label) -> int | None:
    """The year that 全年, 上半年 and 年底 mean: the review year in results, the plan year elsewhere."""
    plan, review = document.plan_year, document.review_year
    if label in ("achieved", "problem"):
        return review or (plan - 1 if plan else None)
    return plan or _next_year(review)


def plan_period(document: Document) -> tuple[str | None, str | None] | None:
    """First and last day of the five-year plan that the document is by its title or file name, or None."""
    match = load_rules("plans")["five-year-plan"].search(f"{document.title or ''} {document.source}")
    if match is None:
        return None
    number = match["plan_ordinal"] or match["plan"][:-1]
    bounds = plan_bounds({"plan_ordinal": number, "plan_stage": "期间"})
    return (bounds.first.isoformat(), bounds.last.isoformat()) if bounds.first and bounds.last else None


def default_period(document: Document, label: Label) -> tuple[str | None, str | None]:
    """The year of the plan or review that a sentence stands in; the first half where both are of one year."""
    if document.plan_year is None and document.review_year is None:
        return plan_period(document) or (document.effective_from, document.effective_to)
    year = _context_year(document, label)
    if year is None:
        return None, None
    if label in ("achieved", "problem") and document.plan_year == document.review_year:
        return f"{year}-01-01", f"{year}-{_HALF_YEAR_END}"
    return f"{year}-01-01", f"{year}-12-31"
