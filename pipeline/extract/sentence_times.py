"""Find the period that a figure is for: the words of time near it, else the year of the plan or review that it stands in.

Reads: Document, Outline, Judgements and time mentions. Writes: one ``SentenceTimes`` for each sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.dates import Anchor, Period, TimeMention, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Document, Judgement, Label, Outline, QuantityStatus

_COMPARED = re.compile(r"(?:比|较|超过|高于|低于|相比)[“\"]?$")  # 比1995年增长: the year of comparison, not the figure's
_HALF_YEAR_END = "06-30"


@dataclass(frozen=True, slots=True)
class SentenceTimes:
    """The time mentions of one sentence with their periods, and the period that holds where no mention is near."""

    mentions: tuple[TimeMention, ...]
    periods: tuple[Period, ...]
    usable: tuple[bool, ...]  # whether figures after the mention are for its period
    compared: tuple[bool, ...]  # whether the mention is the base of a comparison: 比1995年增长
    carried: Period | None  # from the sentence before, across a semicolon or colon
    default: tuple[str | None, str | None]

    def covers(self, position: int) -> bool:
        """Whether the character at ``position`` stands inside a time mention."""
        return any(m.start <= position < m.end for m in self.mentions)

    def without(self, text: str, start: int, end: int) -> str:
        """``text[start:end]`` with the time mentions left out."""
        pieces, position = [], start
        for mention in self.mentions:
            if mention.end <= position or mention.start >= end:
                continue
            pieces.append(text[position : max(position, mention.start)])
            if mention.start > position and text[mention.start] in "到至" and text[mention.start - 1] not in "，,、；;。：:":
                pieces.append(text[mention.start])  # 增加到2002年的7703元 is a level
            position = max(position, min(mention.end, end))
        pieces.append(text[position:end])
        return "".join(pieces)

    def period(self, position: int, status: QuantityStatus) -> tuple[str | None, str | None]:
        """Start and end of the period of a figure at ``position``: the nearest mention before it, or what holds without one."""
        chosen: Period | None = None
        base: Period | None = None
        for mention, period, usable, compared in zip(self.mentions, self.periods, self.usable, self.compared, strict=True):
            if mention.start >= position:
                break
            if usable:
                chosen = period
            if usable or compared:
                base = period
        if status == "baseline":
            if base is not None:
                return base.start, base.end
            start = self.carried.start if self.carried else self.default[0]
            return None, None if start is None else f"{int(start[:4]) - 1}-12-31"
        chosen = chosen or self.carried
        return (chosen.start, chosen.end) if chosen is not None else self.default


def sentence_times(document: Document, outline: Outline, judgements: Sequence[Judgement], times: Sequence[TimeMention]) -> tuple[SentenceTimes, ...]:
    """For each sentence its time mentions, resolved against the document's plan or review year."""
    text = document.text
    result: list[SentenceTimes] = []
    index = 0
    carried: Period | None = None
    for number, sentence in enumerate(outline.sentences):
        start, end = sentence.span
        while index < len(times) and times[index].end <= start:
            index += 1
        stop = index
        while stop < len(times) and times[stop].start < end:
            stop += 1
        mentions = tuple(times[index:stop])
        index = stop
        label = judgements[number].label
        default = default_period(document, label)
        if not mentions:
            result.append(SentenceTimes((), (), (), (), carried, default))
        else:
            result.append(_resolved(text, start, mentions, anchor_for(document, label), SentenceTimes((), (), (), (), carried, default)))
        if text[end - 1] in "；;：:":
            current = result[-1]
            carried = next((p for p, ok in zip(reversed(current.periods), reversed(current.usable), strict=True) if ok), carried)
        else:
            carried = None
    return tuple(result)


def _resolved(text: str, start: int, mentions: tuple[TimeMention, ...], anchor: Anchor, empty: SentenceTimes) -> SentenceTimes:
    periods: list[Period] = []
    usable: list[bool] = []
    bases: list[bool] = []
    year: int | None = None
    for mention in mentions:
        period = resolve(mention, anchor, year=year)
        compared = bool(_COMPARED.search(text[max(start, mention.start - 3) : mention.start]))
        periods.append(period)
        bases.append(compared)
        usable.append(not compared and period.relation != "recurring" and (period.end or period.start) is not None)
        if period.end is not None and not compared:
            year = int(period.end[:4])
    return SentenceTimes(mentions, tuple(periods), tuple(usable), tuple(bases), empty.carried, empty.default)


def anchor_for(document: Document, label: Label) -> Anchor:
    """What relative words (今年, 年底) refer to: in results the review year, elsewhere the plan year."""
    plan, review = document.plan_year, document.review_year
    if label in ("achieved", "problem"):
        year = review or (plan - 1 if plan else None)
    else:
        year = plan or (review + 1 if review else None)
    return Anchor(year, document.date, document.effective_from, document.effective_to)


def default_period(document: Document, label: Label) -> tuple[str | None, str | None]:
    """The year of the plan or review that a sentence stands in; the first half where both are of one year."""
    if document.plan_year is None and document.review_year is None:
        return document.effective_from, document.effective_to
    year = anchor_for(document, label).year
    if year is None:
        return None, None
    if label in ("achieved", "problem") and document.plan_year == document.review_year:
        return f"{year}-01-01", f"{year}-{_HALF_YEAR_END}"
    return f"{year}-01-01", f"{year}-12-31"
