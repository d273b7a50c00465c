"""Put a document's records together: one task for each sentence that is a commitment, a result or an admitted problem.

Reads: Document, Outline, and what the other extractors found, sentence by sentence. Writes: Extraction with stable ids.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from pipeline.extract.strength import strength_of
from pipeline.records import Extraction, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Action, Deadline, Document, Judgement, Outline, Quantity, Section, Unit

_ID_BYTES = 8  # 64 bits: no collision to be expected within any document


def assemble(
    document: Document,
    outline: Outline,
    judgements: Sequence[Judgement],
    units: Sequence[tuple[Unit, ...]],
    actions: Sequence[tuple[Action, ...]],
    quantities: Sequence[Quantity],
    deadlines: Sequence[Deadline],
) -> Extraction:  # noqa: PLR0913 - one argument for each stage that ran before
    """Tasks, quantities and deadlines of a document, each with an id that stays while its sentence stands in the document.

    In: one judgement, tuple of units and tuple of actions for each sentence; quantities and deadlines in text order, without ids.
    """
    text = document.text
    seen: Counter[str] = Counter()
    tasks: list[Task] = []
    named_quantities: list[Quantity] = []
    named_deadlines: list[Deadline] = []
    paths = _paths(outline.sections)
    next_quantity = next_deadline = 0
    for number, sentence in enumerate(outline.sentences):
        start, end = sentence.span
        stop_quantity = next_quantity
        while stop_quantity < len(quantities) and quantities[stop_quantity].span[0] < end:
            stop_quantity += 1
        stop_deadline = next_deadline
        while stop_deadline < len(deadlines) and deadlines[stop_deadline].span[0] < end:
            stop_deadline += 1
        judgement = judgements[number]
        is_task = judgement.label in ("planned", "achieved", "problem")
        if not is_task and next_quantity == stop_quantity and next_deadline == stop_deadline:
            continue
        body = text[start:end]
        seen[body] += 1
        key = _digest(f"{document.doc_id}\n{body}\n{seen[body]}")
        task_id = "t" + key
        own_quantities = [
            replace(quantity, id=f"q{key}-{index}", task=task_id if is_task else None)
            for index, quantity in enumerate(quantities[next_quantity:stop_quantity], 1)
        ]
        own_deadlines = [
            replace(deadline, id=f"d{key}-{index}", tasks=(task_id,) if is_task else ())
            for index, deadline in enumerate(deadlines[next_deadline:stop_deadline], 1)
        ]
        next_quantity, next_deadline = stop_quantity, stop_deadline
        named_quantities += own_quantities
        named_deadlines += own_deadlines
        if judgement.label == "planned" or judgement.label == "achieved" or judgement.label == "problem":
            headings, clause = paths[sentence.section] if sentence.section is not None else ((), None)
            tasks.append(
                Task(
                    id=task_id,
                    doc_id=document.doc_id,
                    span=sentence.span,
                    text=body,
                    status=judgement.label,
                    actions=actions[number],
                    responsible=tuple(unit.text for unit in units[number]),
                    units=units[number],
                    strength=strength_of(body) if judgement.label == "planned" else None,
                    section=headings,
                    clause=clause,
                    part=sentence.part,
                    quantities=tuple(quantity.id for quantity in own_quantities),
                    deadlines=tuple(deadline.id for deadline in own_deadlines),
                    page=None,
                    rule=judgement.rule,
                    confidence=judgement.confidence,
                )
            )
    return Extraction(document, tuple(tasks), tuple(named_quantities), tuple(named_deadlines))


def _digest(content: str) -> str:
    return blake2b(content.encode("utf-8", "surrogatepass"), digest_size=_ID_BYTES).hexdigest()


def _paths(sections: Sequence[Section]) -> list[tuple[tuple[str, ...], str | None]]:
    """For each section the headings above it, outermost first, and the clause by which an officer cites it.

    A number that is used once in the document is cited alone, “(二十六)”; one that starts again under each heading with its parent's, “三、(七)”.
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
