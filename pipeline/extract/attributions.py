"""Find the brackets and lines that say who does what stands before them: “（牵头单位：A，配合单位：B、C）”.

Reads: text, ``rules/units.toml``. Writes: ``Attribution`` records in text order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extract.unit_names import organ_name, split_names
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    import re
    from collections.abc import Sequence

    from pipeline.records import Role, Section, Span

LONGEST_HEADING = 24  # code points of a heading that is nothing but names of units


@dataclass(frozen=True, slots=True)
class Attribution:
    """A bracket or line of units: its span with the brackets, and the names with their roles."""

    span: Span
    names: tuple[tuple[Span, Role], ...]


_RULES = {"bracket": "attribution_bracket", "line": "attribution_line"}


@dataclass(frozen=True, slots=True)
class _Grammar:
    bracket: re.Pattern[str]
    line: re.Pattern[str]
    label: re.Pattern[str]
    unit_label: re.Pattern[str]
    closing: re.Pattern[str]
    trim: re.Pattern[str]
    tail: re.Pattern[str]
    no_name: re.Pattern[str]
    no_unit: re.Pattern[str]
    heading_mark: re.Pattern[str]
    first_leads: re.Pattern[str]
    partner: re.Pattern[str]
    heading_unit: re.Pattern[str]


@cache
def _grammar() -> _Grammar:
    book = load_rules("units")
    rules = book
    return _Grammar(**{field: rules[_RULES.get(field, field)] for field in _Grammar.__slots__})


def find_attributions(text: str) -> list[Attribution]:
    """Every bracket or line of ``text`` that names who is responsible for what stands before it."""
    grammar = _grammar()
    found: list[Attribution] = []
    for match in grammar.bracket.finditer(text):
        span = match.span("inside")
        names = _labelled(text, *span) or _unlabelled(text, *span) or _bare(text, *span)
        if names:
            found.append(Attribution(match.span(), tuple(names)))
    for match in grammar.line.finditer(text):
        names = _labelled(text, *match.span("inside"))
        if names:
            found.append(Attribution(match.span("inside"), tuple(names)))
    found.sort(key=lambda attribution: attribution.span)
    return [_first_leading(attribution) for attribution in found] if found and grammar.first_leads.search(text) else found


def _first_leading(attribution: Attribution) -> Attribution:
    """The attribution with its first unit as the lead, where the document says that the first leads and no label says otherwise."""
    (first, role), *others = attribution.names
    if role != "actor" or any(other == "lead" for _, other in others):
        return attribution
    return Attribution(attribution.span, ((first, "lead"), *((span, "cooperating" if r == "actor" else r) for span, r in others)))


def _labelled(text: str, start: int, end: int) -> list[tuple[Span, Role]]:
    """Names after labels: “牵头单位：A；配合单位：B、C；完成时限：年底”. Labels that name no units end a list."""
    grammar = _grammar()
    labels = list(grammar.label.finditer(text, start, end))
    names: list[tuple[Span, Role]] = []
    for i, label in enumerate(labels):
        kind = grammar.unit_label.match(label["label"])
        if kind is None or (i == 0 and text[start : label.start("label")].strip()):
            continue
        stop = labels[i + 1].start("label") if i + 1 < len(labels) else end
        role: Role = kind.lastgroup  # type: ignore[assignment]
        names += [(span, role) for span in _names(text, label.end(), stop)]
    return names


def _unlabelled(text: str, start: int, end: int) -> list[tuple[Span, Role]]:
    """Names before a closing word: “A、B负责”, “A牵头，B、C配合”."""
    grammar = _grammar()
    names: list[tuple[Span, Role]] = []
    begin = start
    for closing in grammar.closing.finditer(text, start, end):
        role: Role = closing.lastgroup  # type: ignore[assignment]
        names += _with_partners(text, begin, closing.start(), role)
        begin = closing.end()
    return names


def _bare(text: str, start: int, end: int) -> list[tuple[Span, Role]]:
    """Names of organs and nothing else, in a bracket on its own or of several before the full stop: “。（市教育局、市财政局）”."""
    if text[start - 1] not in "（(":
        return []
    alone = text[max(0, start - 2) : start - 1] in ("", "。", "；", "\n")
    if not alone and text[end + 1 : end + 2] not in ("", "。", "；", "\n"):
        return []
    spans = split_names(text, start, end, listed=True)
    if not all(organ_name(text, *span) for span in spans) or (len(spans) == 1 and not alone):
        return []
    return [(span, "actor") for span in spans]


def _with_partners(text: str, start: int, end: int, role: Role) -> list[tuple[Span, Role]]:
    """The names of a list that 会同 may part into those who lead and those who help: “A会同B负责”."""
    partner = _grammar().partner.search(text, start, end)
    if partner is None:
        return [(span, role) for span in _names(text, start, end)]
    leaders: list[tuple[Span, Role]] = [(span, "lead") for span in _names(text, start, partner.start())]
    return [*leaders, *((span, "cooperating") for span in _names(text, partner.end(), end))]


def _names(text: str, start: int, end: int) -> list[Span]:
    """The names of a list, without what surrounds them (等有关部门, 按职责分工)."""
    grammar = _grammar()
    spans = []
    for a, b in split_names(text, start, end, listed=True):
        trim = grammar.trim.match(text, a, b)
        a = trim.end() if trim else a
        tail = grammar.tail.search(text, a, b)
        b = tail.start() if tail else b
        while b > a and text[b - 1] in " 　。；;，,、\t":
            b -= 1
        if b - a >= 2 and not grammar.no_name.search(text, a, b) and not grammar.no_unit.search(text[a:b]):
            spans.append((a, b))
    return spans


def unit_headings(text: str, sections: Sequence[Section]) -> list[tuple[int, list[Span]]]:
    """Sections whose heading is nothing but the names of organs (“一、教育局”, “市发改委：”), with the names.

    One such heading alone is no division of work among units, and more likely the issuer or the addressee of the document.
    """
    found = []
    for i, section in enumerate(sections):
        a, b = section.heading_span
        if b - a > LONGEST_HEADING:
            continue
        mark = _grammar().heading_mark.match(text, a, b)
        a = mark.end() if mark else a
        while b > a and text[b - 1] in "：:。 　":
            b -= 1
        if a < b and (mark or text[b : b + 1] in "：:"):
            spans = split_names(text, a, b, listed=True)
            if all(organ_name(text, *span) and _grammar().heading_unit.match(text[slice(*span)]) for span in spans):
                found.append((i, spans))
    return found if len(found) > 1 else []
