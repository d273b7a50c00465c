"""Find the units that act in a sentence, by where their names stand and what follows them.

Reads: text, ``rules/units.toml``. Writes: spans of names with roles.

A name ends with a head (局, 各县市, 公司 …) that something follows which only follows an actor (要, 负责, 加快 …), and begins after the
nearest boundary to the left: the start of a clause, or a word that makes somebody act (由, 指导, 支持 …). Behind any other boundary
nobody acts, so a place that only says where (中心城区) is no unit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extract.unit_names import Weight, name_grammar, split_names
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Role, Span

LONGEST_LIST = 120  # code points from where the names begin to where they end
LONGEST_CLAUSE = 18  # code points of the clause that tells a unit apart (拟作为产品注册申请人的单位)
# What may stand between a name and what it does besides the words of `follow`.
_AFTER_NAME = "等全广党干，, 　:：0123456789"


@dataclass(frozen=True, slots=True)
class _Grammar:
    ending: re.Pattern[str]
    boundary: re.Pattern[str]
    rest: re.Pattern[str]
    no_unit: re.Pattern[str]
    generic: re.Pattern[str]
    qualified: re.Pattern[str]
    opening_verb: re.Pattern[str]
    relative: re.Pattern[str]
    not_follow: re.Pattern[str]
    follow: frozenset[str]
    longest: int

    def follows(self, text: str, position: int, end: int) -> bool:
        """Whether a word that only follows an actor stands at ``position``."""
        stop = min(end, position + self.longest)
        if not any(text[position:p] in self.follow for p in range(position + 1, stop + 1)):
            return False
        return not self.not_follow.match(text, position)


@cache
def _grammar() -> _Grammar:
    book = load_rules("units")
    actor = book.data["actor"]
    follow = frozenset(actor["follow"].split())
    after = "".join(sorted({word[0] for word in follow})) + _AFTER_NAME
    names = name_grammar()
    ending = re.compile(f"(?:[{names.last}]|(?<=[{names.last}]){names.area_bracket.pattern})(?=[{after}])")
    rules = (book[name] for name in ("boundary", "rest", "no_unit", "generic_actor", "qualified", "opening_verb", "relative"))
    return _Grammar(ending, *rules, re.compile(actor["not_follow"]), follow, max(map(len, follow)))


def acting_units(text: str, start: int, end: int) -> Iterator[tuple[Span, Role]]:
    """Spans and roles of the units that act in the sentence ``text[start:end]``, in text order."""
    grammar = _grammar()
    used = start
    for match in grammar.ending.finditer(text, start, end):
        stop = match.end()
        head = stop if len(match[0]) == 1 else match.start()
        weight = name_grammar().weight(text, head, used)
        if weight is None:
            continue
        rest = grammar.rest.match(text, stop, end)
        after = rest.end() if rest else stop
        if not (grammar.follows(text, stop, end) or (after > stop and grammar.follows(text, after, end))):
            continue
        found = _names_before(text, max(used, stop - LONGEST_LIST), stop, weight)
        if found is None:
            continue
        kind, spans = found
        if kind == "passed" and "的" in re.split("[，。；]", text[after:end], maxsplit=1)[0]:
            continue
        if kind in ("subject", "passed") and grammar.relative.match(text, after, end):
            continue
        used = stop
        for a, b in spans:
            yield (a, b), _role(text, kind, after)


def _names_before(text: str, start: int, end: int, weight: Weight) -> tuple[str, list[Span]] | None:
    """How the list of names that ends at ``end`` is made to act, and its names; None where nobody acts."""
    grammar = _grammar()
    begin, kind, previous = start, "subject", None
    for boundary in grammar.boundary.finditer(text, start, end):
        previous = (begin, kind)
        begin, kind = boundary.end(), boundary.lastgroup or "other"
    if kind == "other":
        clause = previous is not None and previous[1] in ("agent", "ordered", "moved") and text[begin - 1] == "的"
        if not (clause and previous and begin - previous[0] <= LONGEST_CLAUSE and grammar.qualified.search(text, begin, end)):
            return None
        return previous[1], [(previous[0], end)]
    if begin >= end or (kind == "subject" and (grammar.follows(text, begin, end) or grammar.opening_verb.match(text, begin, end))):
        return None
    spans = [(a, b) for a, b in split_names(text, begin, end) if b - a > 1 and not grammar.no_unit.search(text[a:b])]
    if kind in ("moved", "subject"):
        spans = [
            (a, b)
            for a, b in spans
            if not (kind == "moved" and grammar.generic.search(text, a, b)) and not (kind == "subject" and text[a:b].endswith("企业"))
        ]
    return (kind, spans) if spans else None


def _role(text: str, kind: str, after: int) -> Role:
    if kind == "joined" or text.startswith(("配合", "协同", "协助", "参与"), after):
        return "cooperating"
    if text.startswith(("牵头", "会同"), after):
        return "lead"
    return "actor"
