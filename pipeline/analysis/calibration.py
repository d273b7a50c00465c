"""Calibration: is a record that says 0.9 right nine times in ten? Measured on annotated documents.

Reads: gold documents. Writes: the records that were found, each with its confidence and whether it is right; the reliability error.

A task is right when its sentence has that label; a quantity when every slot that ``evaluate`` counts for ``quantity.full`` is. Tasks in
headings and attributions count neither way, as in the scores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipeline.evaluate import extract_gold, read_gold
from pipeline.scoring import overlap, paired, quantity_slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

BINS = 10  # of equal width, as is usual (Guo et al. 2017, On Calibration of Modern Neural Networks)
KINDS = ("task", "quantity")
_SILENT = ("heading", "attribution")


@dataclass(frozen=True, slots=True)
class JudgedRecord:
    """A record that was found in a gold document. ``source`` names the document's source: several gold documents may share one."""

    kind: str
    rule: str
    confidence: float
    right: bool
    source: str


@dataclass(frozen=True, slots=True)
class Bin:
    """Records of like confidence: how many, the mean of their confidence, and the share that is right."""

    low: float
    high: float
    records: int
    confidence: float
    share_right: float


@dataclass(frozen=True, slots=True)
class Reliability:
    """How well confidences hold: ``error`` is the distance of confidence and share right, averaged over the records of all bins (ECE)."""

    error: float
    bins: tuple[Bin, ...]

    @property
    def records(self) -> int:
        """How many records it stands on."""
        return sum(one.records for one in self.bins)


def judged_records(folder: Path) -> list[JudgedRecord]:
    """The tasks and quantities found in the gold documents of a folder. Raises EvaluationError if there are no gold documents."""
    return [record for gold in read_gold(folder) for record in _judged(gold)]


def reliability(records: Iterable[JudgedRecord], bins: int = BINS) -> Reliability:
    """The expected calibration error in ``bins`` of equal width, and the bins that are not empty; 0 without records."""
    filled: dict[int, list[JudgedRecord]] = {}
    for record in records:
        filled.setdefault(min(bins - 1, int(record.confidence * bins)), []).append(record)
    found = tuple(_bin(number / bins, (number + 1) / bins, filled[number]) for number in sorted(filled))
    total = sum(one.records for one in found)
    gap = sum(one.records * abs(one.confidence - one.share_right) for one in found)
    return Reliability(gap / total if total else 0.0, found)


def reliability_lines(records: Iterable[JudgedRecord]) -> Iterator[str]:
    """The reliability of each kind, in lines for the terminal."""
    held = list(records)
    for kind in KINDS:
        of_kind = reliability([record for record in held if record.kind == kind])
        yield f"{kind}: reliability error (ECE) {of_kind.error:.3f} over {of_kind.records} records"
        for one in of_kind.bins:
            yield f"  {one.low:.1f}–{one.high:.1f}  {one.records:5d}  says {one.confidence:.3f}  right {one.share_right:.3f}"


def _bin(low: float, high: float, records: list[JudgedRecord]) -> Bin:
    count = len(records)
    return Bin(low, high, count, sum(one.confidence for one in records) / count, sum(one.right for one in records) / count)


def _judged(gold: dict[str, Any]) -> Iterator[JudgedRecord]:
    found = list(extract_gold([gold]))
    source = gold.get("source_id") or gold["id"]
    for row, right in _tasks(gold, [row for row in found if row["record"] == "task"]):
        yield JudgedRecord("task", row["rule"], row["confidence"], right, source)
    if "quantity" in (gold.get("only") or ["quantity"]):
        for row, right in _quantities(gold, [row for row in found if row["record"] == "quantity"]):
            yield JudgedRecord("quantity", row["rule"], row["confidence"], right, source)


def _tasks(gold: dict[str, Any], tasks: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    sentences = [{**sentence, "span": [sentence["start"], sentence["end"]]} for sentence in gold["sentences"]]
    label_of = {j: sentences[i]["label"] for i, j in paired(sentences, tasks)}
    silent = [sentence["span"] for sentence in sentences if sentence["label"] in _SILENT]
    for number, row in enumerate(tasks):
        label = label_of.get(number)
        covered = sum(overlap(row["span"], span) for span in silent) >= row["span"][1] - row["span"][0]
        if label not in _SILENT and not (label is None and covered):
            yield row, label == row["status"]


def _quantities(gold: dict[str, Any], quantities: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], bool]]:
    partner = {j: gold["quantities"][i] for i, j in paired(gold["quantities"], quantities)}
    for number, row in enumerate(quantities):
        yield row, number in partner and all(quantity_slots(partner[number], row).values())
