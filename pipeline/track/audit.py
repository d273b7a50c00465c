"""Check the arithmetic that a document states: growth, shares, sums, averages, lists.

Reads: text. Writes: ``Check`` objects: what was computed, what the text states, and whether both can be true. Every figure counts as the
interval that its rounding and its comparison words leave (``audit_values``), so 约, 超 and 71.4% never raise a false alarm.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.records import DocumentWarning
from pipeline.track.audit_lists import enumerations
from pipeline.track.audit_rates import averages, differences, growths
from pipeline.track.audit_shares import implied, plans, shares
from pipeline.track.audit_sums import hundreds, means, sums
from pipeline.track.audit_text import lettered

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Document
    from pipeline.track.audit_model import Check
    from pipeline.track.audit_text import Lettered

_RELATIONS = (growths, averages, differences, plans, shares, sums, means, hundreds)


def audit(text: str) -> list[Check]:
    """The checks that ``text`` allows, in the order of the text; ``holds`` is None for a figure that is only implied."""
    found: list[Check] = []
    start = 0
    for line in text.split("\n"):
        if len(line) > 1 and any(character.isdigit() or character in "一二三四五六七八九十" for character in line):
            found += [replace(check, span=(check.span[0] + start, check.span[1] + start)) for check in _line(line)]
        start += len(line) + 1
    return found


def arithmetic_warnings(document: Document) -> tuple[DocumentWarning, ...]:
    """A warning for each sum of ``document`` that does not hold, with the sum written out."""
    return tuple(DocumentWarning("arithmetic", check.message, check.span) for check in audit(document.text) if check.holds is False)


def _line(line: str) -> list[Check]:
    """The checks of one line; a figure is judged once in each relation, and implied only where nothing measured it."""
    paragraph = lettered(line)
    found = [*_measured(paragraph), *enumerations(line)]
    taken = {place for check in found for place in check.figures}
    found += [check for check in implied(paragraph) if not taken.intersection(check.figures)]
    return sorted(found, key=lambda check: check.span)


def _measured(paragraph: Lettered) -> Iterator[Check]:
    used: set[int] = set()
    for relation in _RELATIONS:
        for check in relation(paragraph):
            if check.figures[-1] not in used:  # the figure that is stated
                used.add(check.figures[-1])
                yield check
