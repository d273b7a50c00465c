"""Text in which every figure is one letter, so that a pattern can tell how figures hang together.

Reads: a paragraph and its figures. Writes: ``Lettered``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.figures import find_figures

if TYPE_CHECKING:
    from pipeline.extract.figures import Figure
    from pipeline.records import Span

_LETTERS = re.compile("[A-Za-z]")
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_MOST_YEARS = 60
_LETTER_OF_UNIT = {"%": "P", "％": "P", "个百分点": "D", "百分点": "D", "倍": "X"}
_BREAKS = "，,。；;：:、（）() \n"


@dataclass(frozen=True, slots=True)
class Lettered:
    """``letters`` with one letter for each figure (see rules/audit.toml); ``starts`` tells where its characters stand in ``text``."""

    text: str
    letters: str
    starts: tuple[int, ...]  # for each character of ``letters``, and one more behind the last
    figures: dict[int, Figure]  # by their place in ``letters``

    def span(self, start: int, end: int) -> Span:
        """The characters of ``text`` that ``letters[start:end]`` stands for."""
        return self.starts[start], self.starts[end]

    def quote(self, start: int, end: int) -> str:
        """The same as text, from the start of the clause on."""
        first, last = self.span(start, end)
        while first > 0 and self.text[first - 1] not in _BREAKS:
            first -= 1
        return self.text[first:last]

    def words(self, place: int) -> str:
        """The figure at ``place`` as written."""
        first, last = self.span(place, place + 1)
        return self.text[first:last]

    def clause_before(self, place: int) -> str:
        """What stands between the last mark or figure and the figure at ``place``."""
        first = place
        while first > 0 and self.letters[first - 1] not in _BREAKS and first - 1 not in self.figures:
            first -= 1
        return self.letters[first:place]


def lettered(text: str) -> Lettered:
    """``text`` with a letter for each figure."""
    pieces: list[str] = []
    starts: list[int] = []
    figures: dict[int, Figure] = {}
    position = 0
    for figure in _apart(find_figures(text)):
        letter = _letter(figure)
        if letter is None:
            continue
        start = figure.start if figure.comparator != "=" else figure.core
        if start < position:
            start = figure.core
        pieces.append(_LETTERS.sub("*", text[position:start]))
        starts.extend(range(position, start))
        figures[len(starts)] = figure
        pieces.append(letter)
        starts.append(start)
        position = figure.end
    pieces.append(_LETTERS.sub("*", text[position:]))
    starts.extend(range(position, len(text) + 1))
    return Lettered(text, "".join(pieces), tuple(starts), figures)


def _apart(figures: list[Figure]) -> list[Figure]:
    kept: list[Figure] = []
    for figure in figures:
        if not kept or figure.core >= kept[-1].end:
            kept.append(figure)
    return kept


def _letter(figure: Figure) -> str | None:
    if figure.masked or figure.kind in ("rank", "zero", "growth", "pledge") or figure.low is None:
        return None
    if figure.kind == "double":
        return "W"
    if figure.unit in _LETTER_OF_UNIT:
        return _LETTER_OF_UNIT[figure.unit]
    if figure.unit == "年":
        if _FIRST_YEAR < figure.low < _LAST_YEAR:
            return "Y"
        return "T" if figure.low < _MOST_YEARS else None
    if figure.unit is None:
        return None if figure.hanzi else "N"
    return None if figure.hanzi else "A"  # 一次性, 三大 count nothing
