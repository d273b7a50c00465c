"""From a document to its records: the stages, in the order in which they run.

Reads: Document. Writes: Extraction. Each stage is a function from records to records:

segment → judge (what is each sentence) → find_times → quantities, deadlines, units, actions → assemble
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.actions import find_all_actions
from pipeline.extract.dates import find_times
from pipeline.extract.deadlines import find_deadlines
from pipeline.extract.identity import sentence_keys
from pipeline.extract.quantities import find_quantities
from pipeline.extract.responsible import find_units
from pipeline.extract.sentence_times import sentence_times
from pipeline.extract.status import judge
from pipeline.extract.tasks import Findings, assemble
from pipeline.segment import segment

if TYPE_CHECKING:
    from pipeline.records import Document, Extraction

__all__ = ["extract"]


def extract(document: Document) -> Extraction:
    """Tasks, quantities and deadlines of one document, in text order, each pointing back to its characters."""
    outline = segment(document)
    keys = sentence_keys(document, outline)
    judgements = judge(document, outline)
    times = find_times(document.text)
    bodies = [document.text[sentence.span[0] : sentence.span[1]] for sentence in outline.sentences]
    findings = Findings(
        judgements=judgements,
        units=find_units(document, outline, judgements),
        actions=find_all_actions(bodies, [judgement.label for judgement in judgements]),
        quantities=find_quantities(document, outline, judgements, sentence_times(document, outline, judgements, times), keys),
        deadlines=find_deadlines(document, outline, judgements, times),
    )
    return assemble(document, outline, keys, findings)
