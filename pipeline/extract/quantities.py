"""Turn the figures of a document into quantities: what is measured, how much, for when, promised or reached.

Reads: Document, Outline, Judgements, times and keys of the sentences. Writes: Quantity records in text order.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.errors import ModelError
from pipeline.extract.counting import refusal
from pipeline.extract.figures import find_figures
from pipeline.extract.heads import Run, find_heads, rank_approach
from pipeline.extract.identity import quantity_id, task_id
from pipeline.extract.indicators import words
from pipeline.extract.measures import Measured, came_about, comparator_of, is_announced, measure_of, status_of, term_of
from pipeline.extract.numerals import parse_number
from pipeline.extract.owners import Memory
from pipeline.extract.surroundings import Surroundings, look_around
from pipeline.records import Quantity
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.figures import Figure
    from pipeline.extract.sentence_times import SentenceTimes
    from pipeline.records import Document, Judgement, Label, Outline, Span


_MARKS = "、，,；;：: "  # no name of an indicator begins with one
CONFIDENCE = Path(__file__).parents[2] / "models" / "quantities" / "confidence.json"


def find_quantities(
    document: Document, outline: Outline, judgements: Sequence[Judgement], times: Sequence[SentenceTimes], keys: Sequence[str]
) -> tuple[Quantity, ...]:
    """The quantities of a document, in text order.

    In: for each sentence of the outline one judgement, one ``SentenceTimes`` and one key that the ids are built from.
    """
    figures = find_figures(document.text)
    found: list[Quantity] = []
    position = 0
    paragraph = -1
    memory = Memory([])
    for number, sentence in enumerate(outline.sentences):
        end = sentence.span[1]
        first = position
        while position < len(figures) and figures[position].start < end:
            position += 1
        label = judgements[number].label
        if first == position or sentence.furniture or label in ("heading", "attribution"):
            continue
        counted = _counted(document.text, sentence.span, figures[first:position], times[number], label)
        if not counted:
            continue
        if sentence.paragraph != paragraph:
            paragraph, memory = sentence.paragraph, Memory([])
        around = look_around(document.text, sentence.span, counted, times[number])
        scope: str | None = None
        over = False
        nature = _nature(document.text[sentence.span[0] : end])
        for index, (one, run, head) in enumerate(_headed(around, memory, label), 1):
            scope = run.approach.scope or scope  # 全市 at the head of a sentence holds for all that it coordinates
            measured = measure_of(one, run, head)
            over = times[number].reviewed is not None and came_about(one, run, measured, before=over)
            place = _Place(document, label, times[number], keys[number], index, scope, nature, judgements[number].confidence, over)
            found.append(_quantity(one, run, measured, place))
            memory.note(found[-1].indicator or "")
    return tuple(found)


def _counted(text: str, sentence: Span, figures: Sequence[Figure], times: SentenceTimes, label: Label) -> list[Figure]:
    """The figures of a sentence that are quantities.

    Of sentences that are no tasks only blanked figures and thresholds of money tell something.
    """
    if label == "other":
        figures = [f for f in figures if f.masked or (f.unit == "元" and f.comparator == ">=")]
    return [f for f in figures if f.start >= sentence[0] and not times.covers(f.core) and refusal(f, text, sentence) is None]


def _nature(sentence: str) -> Literal["binding", "expected"] | None:
    """Whether the sentence calls its targets binding (约束性) or expected (预期性)."""
    rules = load_rules("quantities")
    if rules["binding"].search(sentence):
        return "binding"
    return "expected" if rules["expected"].search(sentence) else None


def _headed(around: Sequence[Surroundings], memory: Memory, label: Label) -> Iterator[tuple[Surroundings, Run, str]]:
    for run in find_heads(around, memory, label):
        for one, head in run.pairs():
            yield one, run, head


@cache
def _shares() -> dict[str, dict[str, float]]:
    try:
        shares: dict[str, dict[str, float]] = json.loads(CONFIDENCE.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{CONFIDENCE}: cannot be read as the confidence of quantities ({error}); run `make models`") from error
    return shares


def confidence_of(origin: str, *, of_a_year: bool) -> float:
    """The measured share of right quantities among those whose indicator was found in this way (models/quantities).

    ``of_a_year`` tells whether the document plans or reviews a year: in others time and status have to be guessed more often.
    """
    return _shares()["of_a_year" if of_a_year else "of_none"][origin]


class _Place(NamedTuple):
    """Where a quantity stands: its document, the judgement, times and key of its sentence, its number there, the scope that holds."""

    document: Document
    label: Label
    times: SentenceTimes
    key: str
    number: int
    scope: str | None
    nature: Literal["binding", "expected"] | None
    sure: float  # of the judgement of the sentence
    over: bool  # the figure came about over the years that the passage looks back on


def _whole(run: Run, unit: str | None) -> str | None:
    """The whole that is measured where a part of it was told before (占全省4200公里的六分之一), without the verb."""
    if unit in load_rules("quantities").data["rates"]:
        return None
    return next((word[1:] for word in run.approach.tail if word in words().wholes), None)


def _quantity(around: Surroundings, run: Run, measured: Measured, place: _Place) -> Quantity:
    rules = load_rules("quantities")
    figure = around.figure
    status = status_of(around, place.label)
    if status == "planned" and place.times.default == (None, None) and is_announced(around):
        status = "actual"
    term = term_of(run)
    together = load_rules("plans")["years-together"].search(around.between)
    years = int(parse_number(together["years"]) or 0) if together else 0
    start, end = place.times.period(figure.start, status, yearly=term == "year", years=years, over=place.over, tabular=around.tabular)
    unit = None if measured.measure == "rank" else rules.data["unit_names"].get(figure.unit, figure.unit)
    of_a_year = place.document.plan_year is not None or place.document.review_year is not None
    compared_with = rank_approach(around)[1] if figure.kind == "rank" else _whole(run, figure.unit)
    return Quantity(
        id=quantity_id(place.key, place.number), doc_id=place.document.doc_id, span=(figure.start, figure.end), text=around.body,
        indicator=measured.indicator.lstrip(_MARKS) or None,
        scope=compared_with or place.scope, comparator=comparator_of(around, run), low=figure.low, high=figure.high,
        unit=unit, measure=measured.measure, direction=measured.direction, per=term,
        status=status, start=start, end=end, masked=figure.masked, task=task_id(place.key) if place.label != "other" else None,
        level="set_above" if rules["asked-from-above"].search(around.between) else "own",
        nature=place.nature,
        rule=f"{figure.kind}:{run.origin}", confidence=round(confidence_of(run.origin, of_a_year=of_a_year) * place.sure, 3),
    )  # fmt: skip
