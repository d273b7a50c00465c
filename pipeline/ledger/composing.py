"""Make items of the planned tasks of one document: which sentences belong together, which stand alone, which hold several.

Reads: ``Extraction``, ``rules/ledger.toml``. Writes: ``Draft``.

Within one clause a sentence stands alone when it can be checked by itself: it has a figure, a date, units of its own, or is one part of
a row of parts ended by semicolons. What remains of the clause is one item. A sentence whose parts each have a unit and a figure, or
frequencies that differ, is cut; one that tells several dates in a row is an item with steps and takes in the dated sentences beside it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from pipeline.ledger.messages import message
from pipeline.ledger.model import Step
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.records import Deadline, Document, Extraction, Quantity, Span, Task, Unit

_LONGEST = 400  # characters of an item that is joined of several sentences
_OWN = ("sentence", "bracket")


@dataclass(frozen=True, slots=True)
class Draft:
    """What an item is made from: its text, and the records that belong to that text."""

    text: str
    tasks: tuple[Task, ...]
    quantities: tuple[Quantity, ...]
    deadlines: tuple[Deadline, ...]
    units: tuple[Unit, ...]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A planned sentence of which no item was made, and why."""

    task: str
    text: str
    why: str


@dataclass(frozen=True, slots=True)
class _Found:
    text: str
    quantities: dict[str, Quantity]
    deadlines: dict[str, Deadline]

    def dated(self, task: Task) -> list[Deadline]:
        """The deadlines of a task that have a last day, in text order."""
        ended = [one for name in task.deadlines if (one := self.deadlines.get(name)) and one.relation in ("by", "during") and one.end]
        return sorted(ended, key=lambda one: one.span)

    def steps(self, task: Task) -> list[Deadline]:
        """Those that can date a step: a year as a whole does not."""
        return [one for one in self.dated(task) if one.start is None or (one.start[5:], (one.end or "")[5:]) != ("01-01", "12-31")]


def compose(extraction: Extraction) -> tuple[list[Draft], list[Skipped]]:
    """The items of a document in text order, and what was left out."""
    book, document = load_rules("ledger"), extraction.document
    found = _Found(document.text, {one.id: one for one in extraction.quantities}, {one.id: one for one in extraction.deadlines})
    planned = sorted((one for one in extraction.tasks if one.status == "planned"), key=lambda one: one.span)
    left_out = [Skipped(one.id, one.text, message("lead_in")) for one in planned if book["lead_in"].search(one.text)]
    names = {one.task for one in left_out}
    kept = [one for one in planned if one.id not in names]
    drafts = [draft for _, tasks in groupby(kept, key=_PlaceKey(document)) for draft in _clause_items(list(tasks), found)]
    return drafts, left_out


class _PlaceKey:
    """The clause, paragraph and table row that a task stands in, as a key."""

    def __init__(self, document: Document) -> None:
        self._text = document.text
        self._rows = sorted((min(cell[0] for cell in row), max(cell[1] for cell in row)) for t in document.tables for row in t.rows if row)

    def __call__(self, task: Task) -> tuple[tuple[str, ...], str | None, int, int]:
        """The key of one task."""
        start = task.span[0]
        at = bisect_right(self._rows, (start, len(self._text))) - 1
        row = self._rows[at][0] if at >= 0 and start < self._rows[at][1] else -1
        paragraph = self._text.rfind("\n", 0, start)
        return task.section, task.clause, paragraph, row


def _clause_items(tasks: list[Task], found: _Found) -> Iterator[Draft]:
    """The items of one clause, in the order of their first sentences."""
    drafts: list[tuple[Span, Draft]] = []
    rest: list[Task] = []
    for group in _with_steps(tasks, found):
        if len(group) > 1 or _tells_steps(group[0], found):
            drafts.append((group[0].span, _draft(group, found, steps=_steps(group, found))))
        elif _stands_alone(group[0], found):
            drafts += [(group[0].span, draft) for draft in _parts(group[0], found)]
        else:
            rest.append(group[0])
    for joined in _bundles(rest):
        drafts.append((joined[0].span, _draft(joined, found)))
    yield from (draft for _, draft in sorted(drafts, key=lambda one: one[0]))


def _bundles(tasks: list[Task]) -> Iterator[list[Task]]:
    """The sentences that remain of a clause, in bundles that are not too long to be read."""
    bundle: list[Task] = []
    for task in tasks:
        if bundle and sum(len(one.text) for one in bundle) + len(task.text) > _LONGEST:
            yield bundle
            bundle = []
        bundle.append(task)
    if bundle:
        yield bundle


def _stands_alone(task: Task, found: _Found) -> bool:
    row_part = load_rules("ledger")["row_part"]
    before = found.text[max(0, task.span[0] - 3) : task.span[0]]
    own = any(unit.basis in _OWN for unit in task.units)
    return bool(task.quantities or task.deadlines or own or row_part.search(task.text) or row_part.search(before))


def _tells_steps(task: Task, found: _Found) -> bool:
    """Whether a sentence tells dates in a row, each in a part of its own."""
    dated = found.steps(task)
    return len(set(_part_starts(task, dated))) > 1 and all((first.end or "") <= (second.end or "") for first, second in pairwise(dated))


def _with_steps(tasks: list[Task], found: _Found) -> list[list[Task]]:
    """Sentences in groups: one that tells steps with the dated sentences directly beside it, every other alone."""
    groups: list[list[Task]] = []
    for task in tasks:
        before = groups[-1] if groups else []
        days = [one.end or "" for one in found.steps(task)]
        earlier = [one.end or "" for part in before for one in found.steps(part)]
        telling = _tells_steps(task, found) or any(_tells_steps(part, found) for part in before)
        if days and earlier and telling and earlier[-1] <= days[0]:
            before.append(task)
        else:
            groups.append([task])
    return groups


def _steps(tasks: Iterable[Task], found: _Found) -> tuple[Step, ...]:
    """One step for each date: from the part of the sentence that holds the date to the next such part."""
    steps: list[Step] = []
    for task in tasks:
        dated = found.steps(task)
        starts = _part_starts(task, dated)
        if starts and starts[0] > task.span[0]:
            steps.append(Step(_trimmed(found.text[task.span[0] : starts[0]])))
        ends = [*starts[1:], task.span[1]]
        for one, start, end in zip(dated, starts, ends, strict=True):
            if start < end:
                steps.append(Step(_trimmed(found.text[start:end]), one.end))
    return tuple(steps)


def _part_starts(task: Task, dated: list[Deadline]) -> list[int]:
    """Where the part of the sentence begins that each date stands in; parts of a list where two dates share one between commas."""
    for rule in ("cut", "fine_cut"):
        cuts = [start for start, _ in _cut(task, rule)]
        starts = [max(at for at in cuts if at <= one.span[0]) for one in dated]
        if len(set(starts)) == len(dated):
            break
    return starts


def _trimmed(text: str) -> str:
    return text.strip().rstrip("，,；;。、")


def _cut(task: Task, rule: str) -> list[Span]:
    """The parts of a sentence between its commas, never cut inside brackets or quotations."""
    book = load_rules("ledger")
    open_text = book["closed"].sub(lambda match: "□" * len(match[0]), task.text)
    ends = [match.end() for match in book[rule].finditer(open_text)]
    bounds = [0, *[end for end in ends if end < len(open_text)], len(open_text)]
    return [(task.span[0] + start, task.span[0] + end) for start, end in pairwise(bounds)]


def _parts(task: Task, found: _Found) -> list[Draft]:
    """A sentence that stands alone, cut where it holds several commitments of several units or frequencies."""
    recurring = [one for name in task.deadlines if (one := found.deadlines.get(name)) and one.relation == "recurring"]
    dated = found.steps(task)
    if recurring and dated:  # a duty that returns, and one that ends
        spans = _merged(_cut(task, "cut"), [one.span for one in (*recurring, *dated)])
    elif len({one.every for one in recurring}) > 1:
        spans = _merged(_cut(task, "fine_cut"), [one.span for one in recurring])
    else:
        figures = [found.quantities[name].span for name in task.quantities if name in found.quantities]
        spans = _merged(_cut(task, "cut"), figures, [unit.text for unit in task.units if unit.basis in _OWN], task)
    if len(spans) < 2:
        return [_draft([task], found)]
    return [_piece(task, span, found) for span in spans]


def _merged(parts: list[Span], marks: list[Span], units: list[str] | None = None, task: Task | None = None) -> list[Span]:
    """Parts put together so that each ends with one that holds a mark, and a unit where units are asked for."""
    pieces: list[Span] = []
    start, complete = parts[0][0], False
    for part in parts:
        text = task.text[part[0] - task.span[0] : part[1] - task.span[0]] if task else ""
        has_mark = any(part[0] <= mark[0] < part[1] for mark in marks)
        has_own = has_mark and (units is None or any(unit in text for unit in units))
        if has_own and complete:
            pieces.append((start, part[0]))
            start = part[0]
        complete = complete or has_own
    return [*pieces, (start, parts[-1][1])]


def _piece(task: Task, span: Span, found: _Found) -> Draft:
    text = _trimmed(found.text[span[0] : span[1]])
    deadlines = [due for name in task.deadlines if (due := found.deadlines.get(name)) and span[0] <= due.span[0] < span[1]]
    dated_throughout = all(found.deadlines[name].relation != "recurring" for name in task.deadlines if name in found.deadlines)
    if not deadlines and dated_throughout:  # a date at the head of the sentence holds for all of it
        deadlines = [one for one in found.dated(task) if one.span[0] < span[0]][:1]
    quantities = [one for name in task.quantities if (one := found.quantities.get(name)) and span[0] <= one.span[0] < span[1]]
    units = [unit for unit in task.units if unit.basis not in _OWN or unit.text in text]
    return Draft(text + "。", (task,), tuple(quantities), tuple(deadlines), tuple(units))


def _draft(tasks: list[Task], found: _Found, steps: tuple[Step, ...] = ()) -> Draft:
    quantities = [one for task in tasks for name in task.quantities if (one := found.quantities.get(name))]
    deadlines = [due for task in tasks for name in task.deadlines if (due := found.deadlines.get(name))]
    units = list(dict.fromkeys(unit for task in tasks for unit in task.units))
    text = "".join(task.text.strip() for task in tasks)
    return Draft(text, tuple(tasks), tuple(quantities), tuple(deadlines), tuple(units), steps)
