"""Find the units that are to do, or did, what a sentence says: those that it names, and those that a bracket, line or heading names for it.

Reads: Document, Outline, Judgements. Writes: the units of each sentence, verbatim and resolved (``Unit``).
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from pipeline.extract.acting import acting_units
from pipeline.extract.attributions import Attribution, find_attributions
from pipeline.records import Basis, Document, Judgement, Outline, Role, Span, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence


def find_units(document: Document, outline: Outline, judgements: Sequence[Judgement]) -> tuple[tuple[Unit, ...], ...]:
    """The units of every sentence of ``outline``: one tuple a sentence, empty for sentences that are no tasks."""
    text = document.text
    attributions = find_attributions(text)
    found: list[dict[str, Unit]] = [{} for _ in outline.sentences]

    def name(i: int, span: Span, role: Role, basis: Basis) -> None:
        a, b = span
        found[i].setdefault(text[a:b], Unit(text[a:b], None, role, basis))

    for i, (sentence, judgement) in enumerate(zip(outline.sentences, judgements, strict=True)):
        if judgement.label in ("planned", "achieved"):
            for span, role in acting_units(text, *sentence.span):
                name(i, span, role, "sentence")
    for i, attribution in _targets(text, outline, judgements, attributions):
        for span, role in attribution.names:
            name(i, span, role, "bracket")
    return tuple(tuple(units.values()) for units in found)


def _targets(
    text: str, outline: Outline, judgements: Sequence[Judgement], attributions: Sequence[Attribution]
) -> list[tuple[int, Attribution]]:
    """Which planned sentences each attribution closes."""
    sentences = outline.sentences
    starts = [s.span[0] for s in sentences]
    targets = []
    before = 0  # end of the attribution before
    for attribution in attributions:
        a, b = attribution.span
        first, last = bisect_right(starts, a) - 1, bisect_right(starts, b - 1) - 1
        inline = bool(text[max(sentences[first].span[0], before) : a].strip())
        i = first if inline else first - 1
        paragraph = sentences[first].paragraph
        if not inline and (i < 0 or sentences[i].paragraph != paragraph):
            paragraph -= 1
        while (
            i >= 0
            and sentences[i].paragraph == paragraph
            and text[max(before, sentences[i].span[0]) : sentences[i].span[1]].strip(" 。；;")
        ):
            targets.append((i, attribution))
            if sentences[i].span[0] < before:
                break
            i -= 1
        for own in range(first, last + 1):
            targets.append((own, attribution))
        before = b
    return [(i, attribution) for i, attribution in dict.fromkeys(targets) if judgements[i].label == "planned"]
