"""Find what a draft promises less firmly than the plan before it: weaker words, lower numbers, no number any more.

Reads: the commitments of the earlier plan and those of the draft. Writes: ``Finding``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.strength import strength_of
from pipeline.rulebook import load_rules
from pipeline.track.draft_findings import Finding, quote_clause, reason
from pipeline.track.loop import commitments
from pipeline.track.loop_figures import figure_words, good_when_low, likeness
from pipeline.track.loop_match import match_clauses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Extraction, Quantity
    from pipeline.track.loop_clauses import Clause

_SAME_PROMISE = 0.75  # from here on two planned clauses are about the same thing
_SAME_NAME = 0.9  # share of the shorter indicator's pairs of characters


def weakened(plan: Extraction, draft: Extraction) -> Iterator[Finding]:
    """What ``draft`` plans about the same things as ``plan``, only weaker."""
    before, now = commitments(plan), commitments(draft)
    for old, matches in zip(before, match_clauses(before, now), strict=True):
        if not matches or matches[0].score < _SAME_PROMISE:
            continue
        new = now[matches[0].review]
        kind, told = _weaker_figure(old, new) or _weaker_word(old, new) or ("", ("", ""))
        quotes = quote_clause(new, draft.document), quote_clause(old, plan.document)
        if kind == "lowered":
            yield Finding("lowered", reason("lowered", earlier=told[0], draft=told[1]), *quotes)
        elif kind == "unquantified":
            yield Finding("unquantified", reason("unquantified", earlier=told[0]), *quotes)
        elif kind == "softened":
            yield Finding("softened", reason("softened", earlier=told[0], draft=told[1]), *quotes)


def _weaker_figure(old: Clause, new: Clause) -> tuple[str, tuple[str, str]] | None:
    targets = [figure for figure in old.quantities if figure.status == "planned" and not figure.masked]
    if targets and not any(figure.status == "planned" for figure in new.quantities):
        return "unquantified", ("、".join(figure.text for figure in targets), "")
    for target in targets:
        for figure in new.quantities:
            if figure.status == "planned" and likeness(target, figure, planned=True) >= _SAME_NAME and is_lower(target, figure):
                return "lowered", (figure_words(target), figure_words(figure))
    return None


def is_lower(old: Quantity, new: Quantity) -> bool:
    """Whether ``new`` asks for less than ``old``: for caps and figures that are good when low, whether it allows more."""
    before, now = _bound(old), _bound(new)
    if before is None or now is None:
        return False
    if (good_when_low(old) and old.direction != "down") or old.comparator in ("<=", "<"):
        return now > before
    return now < before


def _bound(quantity: Quantity) -> float | None:
    return quantity.low if quantity.low is not None else quantity.high


def _weaker_word(old: Clause, new: Clause) -> tuple[str, tuple[str, str]] | None:
    data = load_rules("loop_draft").data
    before, now = strength_of(old.text), strength_of(new.text)
    if before is None or now is None or data["strengths"].index(now) >= data["strengths"].index(before):
        return None
    words = data["strength_words"]
    return "softened", (words[before], words[now])
