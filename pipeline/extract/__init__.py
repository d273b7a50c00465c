"""From a document to its records: the stages, in the order in which they run.

Reads: Document. Writes: Extraction. Each stage is a function from records to records:

segment → judge (what is each sentence) → read_tables (rows of tables, apart from sentences)
→ find_times → quantities, deadlines, units, actions → assemble
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
from pipeline.extract.tables import read_tables
from pipeline.extract.tasks import Findings, assemble
from pipeline.segment import segment

if TYPE_CHECKING:
    from pipeline.records import Document, Extraction

__all__ = ["extract"]


def extract(document: Document) -> Extraction:
    """Tasks, quantities and deadlines of one document, in text order, each pointing back to its characters."""
    outline = segment(document)
    keys = sentence_keys(document, outline)
    tables = read_tables(document, outline, judge(document, outline), keys)
    judgements = tables.ordinary
    times = find_times(document.text)
    bodies = [document.text[sentence.span[0] : sentence.span[1]] for sentence in outline.sentences]
    periods = sentence_times(document, outline, judgements, times)
    quantities = find_quantities(document, outline, judgements, periods, keys)
    findings = Findings(
        judgements=tables.judgements,
        units=tables.all_units(find_units(document, outline, judgements), outline, document.text),
        actions=find_all_actions(bodies, [judgement.label for judgement in judgements]),
        quantities=tables.all_quantities(quantities, outline, periods),
        deadlines=tables.all_deadlines(find_deadlines(document, outline, judgements, times)),
        governed=tables.governed,
    )
    return assemble(document, outline, keys, findings)
