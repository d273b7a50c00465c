"""The words on both sides of a figure within its sentence, times and foot-note marks left out.

Reads: text, a sentence's figures and its times. Writes: one ``Surroundings`` for each figure.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.extract.figures import Figure
    from pipeline.extract.sentence_times import SentenceTimes
    from pipeline.records import Span


_REACH = 400  # characters of the sentence on each side that can bear on a figure; keeps a line of a million characters cheap


class Surroundings(NamedTuple):
    """A figure and the words around it. What is left out of the clauses (times, foot-note marks) stays in ``raw``."""

    figure: Figure
    body: str  # the figure as written
    between: str  # from the figure before, or the sentence's start
    clause: str  # the part of ``between`` after the last boundary
    right: str  # behind the figure, up to the next boundary or figure
    raw: str  # the clause as written, with its times
    before: str  # the sentence up to the figure, at most _REACH characters
    after: str  # the rest of the sentence behind the figure, at most _REACH characters
    tabular: bool  # the sentence is a row of a table


def look_around(text: str, sentence: Span, figures: Sequence[Figure], times: SentenceTimes) -> list[Surroundings]:
    """The surroundings of each figure of one sentence, in text order."""
    rules = load_rules("quantities")
    start, end = sentence
    tabular = text.find("\t", start, end) >= 0
    found = []
    previous = start
    for index, figure in enumerate(figures):
        between = _outside_brackets(rules["footnote"].sub("", times.without(text, previous, figure.start)))
        last = index + 1 == len(figures)
        match = rules["right"].match(text, figure.end, end if last else max(figure.end, figures[index + 1].start))
        right = rules["footnote"].sub("", match.group() if match else "").strip(" ”\u3000")
        if not last and rules["joint"].match(right):
            right = ""
        raw = text[previous : figure.start]
        cut = _last_boundary(between)
        found.append(
            Surroundings(
                figure=figure,
                body=text[figure.start : figure.end],
                between=between,
                clause=between[cut:],
                right=right,
                raw=raw[cut if raw == between else _last_boundary(raw) :],
                before=text[max(start, figure.start - _REACH) : figure.start],
                after=text[figure.end : min(end, figure.end + _REACH)],
                tabular=tabular,
            )
        )
        previous = figure.end
    return found


@cache
def _up_to_boundary() -> re.Pattern[str]:
    return re.compile(f"(?s:.*){load_rules('quantities')['boundary'].pattern}")


def _last_boundary(words: str) -> int:
    match = _up_to_boundary().match(words)
    return match.end() if match else 0


def _outside_brackets(words: str) -> str:
    """The words with a bracket that opens and does not close turned into a boundary: the figure stands inside it."""
    opened = max(words.rfind("（"), words.rfind("("))
    closed = max(words.rfind("）"), words.rfind(")"))
    return words if opened <= closed else f"{words[:opened]}，{words[opened + 1 :]}"
