"""Cut the tasks of a document into clauses: one promise or one reported thing each.

Reads: the tasks and quantities of an Extraction. Writes: ``Clause`` in text order.

A sentence of a plan promises several things, parted by commas, and its review reports each elsewhere; so what is compared is the clause.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.records import Extraction, Quantity, Span, Task

_OPENING, _CLOSING = "（“《(【", "）”》)】"
_MOST_TIMES = 8  # deadlines looked at for one clause; none has as many
_SHORTEST = 4  # characters: what is shorter (一是, 今年) promises nothing by itself


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a task between two commas, with the figures in it."""

    task: Task
    span: Span
    text: str
    quantities: tuple[Quantity, ...]
    times: tuple[Span, ...] = ()
    before: str = ""  # the subject of the clause before it in the sentence: 装机达到9048万千瓦，占比55.1%

    @property
    def subject(self) -> str:
        """The text without the values of its figures and its deadlines: what it is about, whatever the number and the day."""
        parts, at = [], self.span[0]
        for start, end in sorted([*(quantity.span for quantity in self.quantities), *self.times]):
            parts.append(self.text[at - self.span[0] : max(start, at) - self.span[0]])
            at = max(at, end)
        return " ".join([*parts, self.text[at - self.span[0] :]])


def cut_spans(text: str) -> Iterator[Span]:
    """The clauses of a sentence as spans in it; commas within brackets and quotation marks do not cut."""
    cut = load_rules("loop")["cut"]
    depth = start = 0
    marks = {match.start() for match in cut.finditer(text)}
    for at, character in enumerate(text):
        if character in _OPENING:
            depth += 1
        elif character in _CLOSING:
            depth = max(0, depth - 1)
        elif at in marks and not depth:
            yield start, at
            start = at + 1
    yield start, len(text)


def cut_tasks(extraction: Extraction, tasks: Iterable[Task]) -> list[Clause]:
    """The clauses of ``tasks``, in text order, without those too short to say anything."""
    figures: defaultdict[str | None, list[Quantity]] = defaultdict(list)
    for quantity in extraction.quantities:
        figures[quantity.task].append(quantity)
    times = sorted(deadline.span for deadline in extraction.deadlines)
    clauses = []
    for task in tasks:
        begin = task.span[0]
        before = ""
        for start, end in cut_spans(task.text):
            text = task.text[start:end].strip()
            if len(text) < _SHORTEST:
                continue
            start += task.text[start:end].index(text)
            span = (begin + start, begin + start + len(text))
            inside = tuple(figure for figure in figures[task.id] if span[0] <= figure.span[0] and figure.span[1] <= span[1])
            due = tuple(time for time in times[bisect_left(times, span) :][:_MOST_TIMES] if time[1] <= span[1])
            clauses.append(Clause(task, span, text, inside, due, before))
            before = clauses[-1].subject
    return clauses
