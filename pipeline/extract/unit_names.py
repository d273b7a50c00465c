"""Take lists of unit names apart, and tell where a name ends.

Reads: text, ``rules/units.toml``. Writes: spans of names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    import re

    from pipeline.records import Span

Weight = Literal["organ", "place", "weak"]
SHORTEST_ORGAN = 3  # code points: 教育局


@dataclass(frozen=True, slots=True)
class _NameGrammar:
    heads: dict[str, Weight | None]  # the ends of names; None for a common word that ends alike
    longest: int
    tails: frozenset[str]  # heads of one character, and the last two characters of the others
    last: str  # every character that can end a head
    shared: re.Pattern[str]
    separator: re.Pattern[str]
    bracket: re.Pattern[str]
    area_bracket: re.Pattern[str]
    boundary: re.Pattern[str]
    no_unit: re.Pattern[str]
    every: re.Pattern[str]

    def weight(self, text: str, end: int, start: int = 0) -> Weight | None:
        """What kind of head ends at ``end``; None when none does."""
        heads = self.heads
        if text[end - 1] not in self.tails and text[end - 2 : end] not in self.tails:
            return None
        for begin in range(max(start, end - self.longest), end):
            if text[begin:end] in heads:
                return heads[text[begin:end]]
        return None


@cache
def name_grammar() -> _NameGrammar:
    """The compiled rules for what a name may hold and how names are joined."""
    book = load_rules("units")
    heads: dict[str, Weight | None] = {}
    weights: tuple[Weight, ...] = ("organ", "place", "weak")
    for weight in weights:
        heads.update(dict.fromkeys(book.data["heads"][weight].split(), weight))
    heads.update(dict.fromkeys(w for w in book.data["heads"]["none"].split() if w not in heads))
    last = "".join(sorted({word[-1] for word, weight in heads.items() if weight}))
    patterns = (book[name] for name in ("shared", "separator", "bracket", "area_bracket", "boundary", "no_unit", "every"))
    tails = frozenset(word[-2:] for word, weight in heads.items() if weight)
    return _NameGrammar(heads, max(map(len, heads)), tails, last, *patterns)


def head_end(text: str, end: int, start: int) -> bool:
    """Whether a name could end at ``end``: with a head, or a head and a bracket of levels (省（区、市）)."""
    grammar = name_grammar()
    if end > start and text[end - 1] in "）)":
        opening = max(text.rfind("（", start, end), text.rfind("(", start, end))
        return (
            opening > start
            and grammar.area_bracket.fullmatch(text, opening, end) is not None
            and grammar.weight(text, opening, start) is not None
        )
    return grammar.weight(text, end, start) is not None


def organ_name(text: str, start: int, end: int) -> bool:
    """Whether ``text[start:end]`` is the name of an organ, and nothing else."""
    grammar = name_grammar()
    if end - start < SHORTEST_ORGAN or grammar.weight(text, end, start) != "organ":
        return False
    return not grammar.boundary.search(text, start, end) and not grammar.no_unit.search(text[start:end])


def split_names(text: str, start: int, end: int, *, listed: bool = False) -> list[Span]:
    """The names in the list ``text[start:end]``; with ``listed`` every 、 and ， parts names, as in a bracket of units."""
    grammar = name_grammar()
    closed = [m.span() for m in grammar.bracket.finditer(text, start, end)]
    pieces: list[Span] = []
    begin = start
    for mark in grammar.separator.finditer(text, start, end):
        a, b = mark.span()
        if any(x < a < y for x, y in closed) or not (head_end(text, a, begin) or (listed and mark.lastgroup == "mark")):
            continue
        if a > begin:
            pieces.append((begin, a))
        begin = b
    if begin < end:
        pieces.append((begin, end))
    return _join_shared(text, _join_every(text, pieces) if listed else pieces)


def _join_every(text: str, pieces: list[Span]) -> list[Span]:
    """Put together again what 各 opens without a head: 各产业、招商主管部门."""
    every = name_grammar().every
    joined: list[Span] = []
    for a, b in pieces:
        if joined and every.match(text[joined[-1][0] : a]) and not head_end(text, joined[-1][1], joined[-1][0]):
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _join_shared(text: str, pieces: list[Span]) -> list[Span]:
    """Put together again what shares one head: 各省、自治区、直辖市人民政府."""
    joined: list[Span] = []
    i = 0
    while i < len(pieces):
        k = next(
            (k for k in range(min(len(pieces) - 1, i + 4), i, -1) if name_grammar().shared.match(text[pieces[i][0] : pieces[k][1]])), i
        )
        joined.append((pieces[i][0], pieces[k][1]))
        i = k + 1
    return joined
