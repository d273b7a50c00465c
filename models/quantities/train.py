"""Measure how often quantities are right, by how their indicator was found, and write it beside this script for ``confidence``.

Run: ``python models/quantities/train.py --gold ../shared/gold/dev corpus/gold`` (half a minute)

A quantity is right when all slots that ``evaluate`` counts for ``quantity.full`` are. The rules that find quantities stay as they are;
each share is a count, drawn towards the common one where there are few. Printed is also the reliability error (ECE) on sources whose
quantities were left out of the count: five folds by source, ten shuffles.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.analysis.calibration import JudgedRecord, reliability
from pipeline.evaluate import extract_gold, read_gold
from pipeline.extract.quantities import confidence_of
from pipeline.scoring import paired, quantity_slots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

OUT = Path(__file__).with_name("confidence.json")
JUDGED = Path(__file__).with_name("judged.jsonl")
KEYS = {True: "of_a_year", False: "of_none"}
PRIOR = 4  # records that each share begins with
FOLDS, SHUFFLES = 5, 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A quantity that was found: where, how, how sure the judgement of its sentence is, and whether every slot is right."""

    source: str
    origin: str
    of_a_year: bool
    sure: float
    right: bool


def from_gold(folder: Path) -> Iterator[Judged]:
    """The quantities found in the documents of a gold folder."""
    for gold in read_gold(folder):
        if "quantity" not in (gold.get("only") or ["quantity"]):
            continue
        document, *rows = extract_gold([gold])
        found = [row for row in rows if row["record"] == "quantity"]
        of_a_year = document["plan_year"] is not None or document["review_year"] is not None
        partner = {j: gold["quantities"][i] for i, j in paired(gold["quantities"], found)}
        for index, row in enumerate(found):
            origin = row["rule"].split(":")[1]
            right = index in partner and all(quantity_slots(partner[index], row).values())
            sure = min(1.0, row["confidence"] / confidence_of(origin, of_a_year=of_a_year))
            yield Judged(gold.get("source_id") or gold["id"], origin, of_a_year, sure, right)


def from_sample(path: Path) -> Iterator[Judged]:
    """The quantities of documents that no rule was written with, read and judged one by one."""
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        for _, _, rule, sure, right in row["quantities"]:
            yield Judged(row["path"], rule.split(":")[1], row["of_a_year"], sure, right)


def fitted(found: Sequence[Judged]) -> Callable[[Judged], float]:
    """The share that is right, for each way and kind of document."""
    right: Counter[tuple[str, bool]] = Counter()
    weight: Counter[tuple[str, bool]] = Counter()
    for one in found:
        for key in ((one.origin, one.of_a_year), ("", one.of_a_year)):
            right[key] += one.right
            weight[key] += one.sure  # type: ignore[assignment]

    def share(one: Judged) -> float:
        key, every = (one.origin, one.of_a_year), ("", one.of_a_year)
        common = right[every] / max(1.0, weight[every])
        return round(min(1.0, (right[key] + PRIOR * common) / (weight[key] + PRIOR)), 3)

    return share


def error(found: Sequence[Judged], share: Callable[[Judged], float]) -> float:
    """The reliability error (ECE)."""
    rows = [JudgedRecord("quantity", one.origin, share(one) * one.sure, one.right, one.source) for one in found]
    return reliability(rows).error


def left_out(found: Sequence[Judged]) -> float:
    """The mean reliability error where each source was judged by shares that the others gave."""
    errors = []
    for seed in range(SHUFFLES):
        sources = sorted({one.source for one in found})
        random.Random(seed).shuffle(sources)  # noqa: S311 - nothing secret
        shares: dict[Judged, float] = {}
        for fold in (set(sources[start::FOLDS]) for start in range(FOLDS)):
            share = fitted([one for one in found if one.source not in fold])
            shares |= {one: share(one) for one in found if one.source in fold}
        errors.append(error(found, shares.__getitem__))
    return sum(errors) / len(errors)


def main() -> None:
    """Measure on the gold folders and the judged sample, print the table and write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", nargs="*", type=Path, default=[ROOT / "../shared/gold/dev", ROOT / "corpus/gold"])
    arguments = parser.parse_args()
    parts = {str(folder): list(from_gold(folder)) for folder in arguments.gold} | {JUDGED.name: list(from_sample(JUDGED))}
    found = [one for part in parts.values() for one in part]
    share = fitted(found)
    shares: dict[str, dict[str, float]] = {}
    for of_a_year, key in KEYS.items():
        shares[key] = {origin: share(Judged("", origin, of_a_year, 1.0, True)) for origin in sorted({one.origin for one in found})}
        for origin, value in shares[key].items():
            count = sum(one.origin == origin and one.of_a_year == of_a_year for one in found)
            print(f"{key:9} {origin:10} {value:.3f} of {count}")
    gold = [one for name, part in parts.items() if name != JUDGED.name for one in part]
    print(f"ECE, sources left out, all: {left_out(found):.3f}; gold folders only: {left_out(gold):.3f}")
    print(f"ECE of the judged sample by shares of the gold folders: {error(parts[JUDGED.name], fitted(gold)):.3f}")
    for name, part in parts.items():
        print(f"ECE, {name}, of {len(part)}: {error(part, share):.3f}")
    OUT.write_text(json.dumps(shares, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
