"""Follow which years a review looks back on: the last one, or several of them (五年来, “十四五”时期工作回顾).

Reads: sentences in text order with their labels. Writes: the period of several years that holds for a sentence, or None. Rules are in
``rules/plans.toml``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.dates import Period
from pipeline.extract.periods import plan_bounds, whole_number
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Label, Span

_OPENING = 60  # characters at the head of a sentence that can tell what the passage looks back on
_CUES = ("年", "五")  # one of them stands in every opening that tells something


class ReviewedYears:
    """Takes the sentences of a document one by one; ``ends`` is the last day that is reviewed, None where that is not known."""

    def __init__(self, text: str, ends: str | None) -> None:
        self._text = text
        self._ends = ends
        self._held: Period | None = None

    def of(self, sentence: Span, label: Label, *, opens_paragraph: bool) -> Period | None:
        """The several years that the sentence's results were reached in; None for the last year alone, and for what is no result."""
        if self._ends is None:
            return None
        if label in ("planned", "problem"):
            self._held = None
            return None
        start, end = sentence
        opening = self._text[start : min(end, start + _OPENING)].lstrip('—-─ \u3000“"')
        if not any(cue in opening for cue in _CUES):
            return self._held
        rules = load_rules("plans")
        single = rules["year-reviewed"].search(opening) or (opens_paragraph and rules["year-told"].search(opening))
        several = None if single else rules["years-reviewed"].search(opening)
        if single:
            self._held = None
        elif several:
            self._held = self._years(several["plan"], several["years"] or several["past"] or several["these"] or several["ended"])
        return self._held

    def _years(self, plan: str | None, count: str | None) -> Period | None:
        last = int((self._ends or "")[:4])
        if plan:
            bounds = plan_bounds({"plan": plan, "plan_stage": "期间"})
            first = bounds.first.year if bounds.first else last
        else:
            first = last - whole_number(count or "1") + 1
        return Period(f"{first}-01-01", self._ends, "during", None) if first < last <= first + 4 else None
