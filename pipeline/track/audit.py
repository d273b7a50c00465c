"""Audit: the arithmetic of a document.

Reads: a document. Writes: ``Check``: what holds, what does not, what is only implied; ``arithmetic`` warnings.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.records import DocumentWarning
from pipeline.track.audit_averages import check_averages
from pipeline.track.audit_figures import read_line
from pipeline.track.audit_growth import check_growth, check_ranks
from pipeline.track.audit_lists import check_lists
from pipeline.track.audit_model import Check
from pipeline.track.audit_plans import check_plans
from pipeline.track.audit_shares import check_shares
from pipeline.track.audit_sums import check_sums

if TYPE_CHECKING:
    from pipeline.records import Document, Span

__all__ = ["Check", "arithmetic_warnings", "audit", "audit_text"]

_CHECKS = (check_growth, check_plans, check_shares, check_averages, check_sums)
# A line, or of a longer one as many whole sentences as come to this: what is compared grows with the square of the figures of a line.
_LINE = re.compile(r"[^\n]{1,2000}(?![^\n])|[^\n]{1,2000}[。；]|[^\n]{1,2000}")


def audit(document: Document) -> list[Check]:
    """The checks of a document's sentences, in text order; tables and page furniture are left out."""
    outside = sorted([*document.furniture, *(table.span for table in document.tables)])
    return [check for check in audit_text(document.text) if not _within(check.span, outside)]


def audit_text(text: str) -> list[Check]:
    """The checks of any text, in text order; spans are code points of it."""
    found: list[Check] = []
    for match in _LINE.finditer(text):
        line = read_line(match[0], match.start())
        if len(line.figures) > 1:
            found += [check for checks in _CHECKS for check in checks(line)]
        if "、" in match[0]:
            found += check_lists(line)
        if "第" in match[0]:
            found += check_ranks(line)
    # A rate that two rules read from different figures of one rise is told once, by the rule that looked first.
    told = {(check.relation, check.spans[-1], check.stated): check for check in reversed(found)}
    return sorted(told.values(), key=lambda check: (check.span, check.relation))


def arithmetic_warnings(document: Document) -> tuple[DocumentWarning, ...]:
    """A warning for each sum of the document that does not hold."""
    return tuple(DocumentWarning("arithmetic", check.message, check.span) for check in audit(document) if check.verdict == "slip")


def _within(span: Span, areas: list[Span]) -> bool:
    return any(start <= span[0] and span[1] <= end for start, end in areas)
