"""Put a document's records together: one task for each sentence that is a commitment, a result or an admitted problem.

Reads: Document, Outline, and what the other extractors found, sentence by sentence. Writes: Extraction with stable ids.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from pipeline.extract.identity import deadline_id, task_id
from pipeline.extract.strength import strength_of
from pipeline.records import Extraction, Task

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.records import Action, Deadline, Document, Judgement, Outline, Quantity, Section, Unit

_Placed = TypeVar("_Placed", "Quantity", "Deadline")
_TASKS = frozenset(["planned", "achieved", "problem"])


@dataclass(frozen=True, slots=True)
class Findings:
    """What the extractors found in a document: one entry a sentence, or records in text order."""

    judgements: Sequence[Judgement]
    units: Sequence[tuple[Unit, ...]]
    actions: Sequence[tuple[Action, ...]]
    quantities: Sequence[Quantity]  # with their ids
    deadlines: Sequence[Deadline]  # without ids
    governed: Mapping[int, tuple[int, ...]] = field(default_factory=dict)  # of a table: the tasks that a cell of another column is for


def assemble(document: Document, outline: Outline, keys: Sequence[str], findings: Findings) -> Extraction:
    """Tasks, quantities and deadlines of a document, each pointing to the others by id.

    In: one key for each sentence (``identity.sentence_keys``) and what was found. Out: records in text order.
    """
    text = document.text
    tasks: list[Task] = []
    deadlines: list[Deadline] = []
    paths = _paths(outline.sections)
    next_quantity = next_deadline = 0
    lent: dict[str, list[tuple[list[str], list[str]]]] = {}
    quantities, found_deadlines = findings.quantities, findings.deadlines
    for number, sentence in enumerate(outline.sentences):
        start, end = sentence.span
        own_quantities = []
        while next_quantity < len(quantities) and quantities[next_quantity].span[0] < end:
            own_quantities.append(quantities[next_quantity].id)
            next_quantity += 1
        judgement = findings.judgements[number]
        status = judgement.label
        task = task_id(keys[number]) if status in _TASKS else None
        own_deadlines: list[str] = []
        governs = findings.governed.get(number, ())
        while next_deadline < len(found_deadlines) and found_deadlines[next_deadline].span[0] < end:
            name = deadline_id(keys[number], len(own_deadlines) + 1)
            governed = tuple([task_id(keys[other]) for other in governs])
            deadlines.append(replace(found_deadlines[next_deadline], id=name, tasks=governed or ((task,) if task else ())))
            own_deadlines.append(name)
            next_deadline += 1
        for other in governs:
            lent.setdefault(task_id(keys[other]), []).append((own_quantities, own_deadlines))
        if task is None or (status != "planned" and status != "achieved" and status != "problem"):
            continue
        body = text[start:end]
        units = findings.units[number]
        headings, clause = paths[sentence.section] if sentence.section is not None else ((), None)
        tasks.append(
            Task(
                id=task, doc_id=document.doc_id, span=sentence.span, text=body, status=status, actions=findings.actions[number],
                responsible=tuple([unit.text for unit in units]), units=units, strength=strength_of(body) if status == "planned" else None,
                section=headings, clause=clause, part=sentence.part, quantities=tuple(own_quantities), deadlines=tuple(own_deadlines),
                page=page_of(start, document.pages), rule=judgement.rule, confidence=judgement.confidence,
            )
        )  # fmt: skip
    if lent:
        tasks = [_with_lent(task, lent.get(task.id, ())) for task in tasks]
    return Extraction(document, tuple(tasks), _on_pages(findings.quantities, document), _on_pages(deadlines, document))


def page_of(position: int, pages: Sequence[int]) -> int | None:
    """The number of the page on which a character stands; None in a format without pages."""
    return max(1, bisect_right(pages, position)) if pages else None


def _on_pages(records: Sequence[_Placed], document: Document) -> tuple[_Placed, ...]:
    if not document.pages:
        return tuple(records)
    return tuple([replace(record, page=page_of(record.span[0], document.pages)) for record in records])


def _with_lent(task: Task, lent: Sequence[tuple[list[str], list[str]]]) -> Task:
    """The task with the quantities and deadlines that stand in other cells of its row."""
    quantities = [name for quantities, _ in lent for name in quantities]
    deadlines = [name for _, deadlines in lent for name in deadlines]
    return replace(task, quantities=(*task.quantities, *quantities), deadlines=(*task.deadlines, *deadlines))


def _paths(sections: Sequence[Section]) -> list[tuple[tuple[str, ...], str | None]]:
    """For each section the headings above it, outermost first, and the clause by which an officer cites it.

    A number that is used once in the document is cited alone, “(二十六)”;
    one that starts again under each heading with its parent's, “三、(七)”.
    """
    counts = Counter(section.clause for section in sections if section.clause)
    paths: list[tuple[tuple[str, ...], str | None]] = []
    for section in sections:
        above, parent = paths[section.parent] if section.parent is not None else ((), None)
        clause = section.clause
        if clause is None:
            clause = parent
        elif counts[clause] > 1 and parent:
            clause = parent + clause
        paths.append(((*above, section.heading), clause))
    return paths
