"""Find the units that are to do, or did, what a sentence says: those that it names, and those that a bracket, line or heading names for it.

Reads: Document, Outline, Judgements. Writes: the units of each sentence, verbatim and resolved (``Unit``).

A unit named in the sentence has the basis ``sentence``. A bracket or line of units (``Attribution``) gives its units, with the basis
``bracket``, to the planned sentences that it closes: those back to the attribution before it or to the start of its paragraph; those
of the whole item where it stands on a line of its own or is the only one of the item; those of the item that it opens, where it stands
in the heading. A sentence that begins with the bracket of the item before it keeps the units too, because they are named in it.
A heading that is nothing but the name of a unit (“一、教育局”) gives it, with the basis ``heading``, to the sentences of its section.
No unit appears that the text does not name.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.acting import acting_units
from pipeline.extract.attributions import Attribution, find_attributions, unit_headings
from pipeline.extract.organs import canonical_name
from pipeline.records import Unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Basis, Document, Judgement, Outline, Role

_CLOSING_MARKS = " 　。；;.,，、\n"
LONGEST_CLOSE = 40  # code points of marks and blanks between an attribution and the end of its item


def find_units(document: Document, outline: Outline, judgements: Sequence[Judgement]) -> tuple[tuple[Unit, ...], ...]:
    """The units of every sentence of ``outline``: one tuple a sentence, empty for sentences that are no tasks."""
    text = document.text
    found: list[dict[str, tuple[Role, Basis]]] = [{} for _ in outline.sentences]
    tasks = [judgement.label in ("planned", "achieved") for judgement in judgements]
    indices = [i for i, is_task in enumerate(tasks) if is_task]
    for i, units in zip(indices, acting_units(text, [outline.sentences[i].span for i in indices]), strict=True):
        for (a, b), role in units:
            found[i].setdefault(text[a:b], (role, "sentence"))
    planned = _Planned(text, outline, judgements)
    for attribution in find_attributions(text):
        for i in planned.closed_by(attribution):
            for (a, b), role in attribution.names:
                found[i].setdefault(text[a:b], (role, "bracket"))
    for section, spans in unit_headings(text, outline.sections):
        for i in filter(tasks.__getitem__, _sentences_of(outline, section)):
            for a, b in spans:
                found[i].setdefault(text[a:b], ("actor", "heading"))
    return tuple(_resolved(found, document))


def _resolved(found: Sequence[dict[str, tuple[Role, Basis]]], document: Document) -> Iterator[tuple[Unit, ...]]:
    canonical = {name: canonical_name(name, document) for name in {name for names in found for name in names}}
    for names in found:
        yield tuple([Unit(name, canonical[name], role, basis) for name, (role, basis) in names.items()]) if names else ()


def _sentences_of(outline: Outline, section: int) -> range:
    start, end = outline.sections[section].span
    first, last = (bisect_left(outline.sentences, position, key=lambda sentence: sentence.span[0]) for position in (start, end))
    return range(first, last)


@dataclass(slots=True)
class _Planned:
    """The planned sentences of a document, asked for in the order of the attributions that close them."""

    text: str
    outline: Outline
    judgements: Sequence[Judgement]
    before: int = 0  # where the attribution before ended

    def closed_by(self, attribution: Attribution) -> list[int]:
        """Indices of the planned sentences that ``attribution`` names units for, in text order."""
        sentences = self.outline.sentences
        a, b = attribution.span
        first = self._sentence_at(a)
        last = self._sentence_at(b - 1)
        inline = bool(self.text[max(sentences[first].span[0], self.before) : a].strip(_CLOSING_MARKS))
        limit = self._limit(first, inline=inline, end=b)
        closed = []
        i = first
        while i >= 0 and sentences[i].span[0] >= limit and self._reaches(i, a):
            closed.append(i)
            i -= 1
        closed = self._only_planned(closed) or self._opened_by(first, b)
        self.before = b
        return sorted({*closed, *self._only_planned(list(range(first, last + 1)))})

    def _sentence_at(self, position: int) -> int:
        return max(0, bisect_right(self.outline.sentences, position, key=lambda sentence: sentence.span[0]) - 1)

    def _only_planned(self, indices: list[int]) -> list[int]:
        return [i for i in indices if self.judgements[i].label == "planned"]

    def _reaches(self, i: int, end: int) -> bool:
        """Whether something of sentence ``i`` stands between the attribution before and this one, or nothing does yet."""
        start, stop = self.outline.sentences[i].span
        return start > self.before or bool(self.text[max(start, self.before) : min(stop, end)].strip(_CLOSING_MARKS))

    def _limit(self, first: int, *, inline: bool, end: int) -> int:
        """Where the item that an attribution closes begins: its section, or its paragraph."""
        sentences, sections = self.outline.sentences, self.outline.sections
        paragraph = sentences[first].paragraph
        own_line = not inline and (first == 0 or sentences[first - 1].paragraph != paragraph)
        if own_line:
            paragraph = sentences[first - 1].paragraph if first else paragraph
        start = first
        while start > 0 and sentences[start - 1].paragraph >= paragraph and sentences[start - 1].span[1] > self.before:
            start -= 1
        limit = sentences[start].span[0]
        item = sentences[first].section
        if item is None:
            return limit
        closes = self._ends(item, end)
        if (own_line or closes) and (sections[item].clause or sections[item].parent is not None):
            limit = min(limit, sections[item].span[0])
        parent = sections[item].parent
        while closes and parent is not None and sections[parent].parent is not None and sections[parent].span[0] >= self.before:
            if not self._ends(parent, end):
                break
            limit = min(limit, sections[parent].span[0])
            parent = sections[parent].parent
        return limit

    def _ends(self, section: int, position: int) -> bool:
        """Whether nothing stands between ``position`` and the end of ``section``."""
        end = self.outline.sections[section].span[1]
        return end - position < LONGEST_CLOSE and not self.text[position:end].strip(_CLOSING_MARKS)

    def _opened_by(self, first: int, end: int) -> list[int]:
        """The planned sentences after an attribution that stands in the heading of their item."""
        sentences = self.outline.sentences
        item = sentences[first].section
        if item is None or sentences[first].paragraph != sentences[self._sentence_at(self.outline.sections[item].span[0])].paragraph:
            return []
        return self._only_planned([i for i in _sentences_of(self.outline, item) if sentences[i].span[0] >= end])
