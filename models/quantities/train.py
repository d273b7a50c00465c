"""Measure how often quantities are right, by how their indicator was found, and write it beside this script for ``confidence``.

Run: ``python models/quantities/train.py --gold ../shared/gold/dev corpus/gold``

A quantity is right when all slots that ``evaluate`` counts for ``quantity.full`` are. Nothing is fitted: the rules that find
quantities stay as they are, and each share is a plain count, drawn towards the common one where there are few (one prior record).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.evaluate import extract_gold, read_gold
from pipeline.scoring import paired, quantity_slots

OUT = Path(__file__).with_name("confidence.json")


def count(folder: Path, right: Counter[str], all_found: Counter[str]) -> None:
    """Count the quantities found in the documents of a gold folder, and those that are right, by the origin of their indicator."""
    for document in read_gold(folder):
        if "quantity" not in (document.get("only") or ["quantity"]):
            continue
        found = [row for row in extract_gold([document]) if row["record"] == "quantity"]
        partner = {j: document["quantities"][i] for i, j in paired(document["quantities"], found)}
        for index, row in enumerate(found):
            origin = row["rule"].split(":")[1]
            all_found[origin] += 1
            right[origin] += index in partner and all(quantity_slots(partner[index], row).values())


def main() -> None:
    """Measure on the gold folders, print the table and write it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", nargs="*", type=Path, default=[ROOT / "../shared/gold/dev", ROOT / "corpus/gold"])
    arguments = parser.parse_args()
    right: Counter[str] = Counter()
    all_found: Counter[str] = Counter()
    for folder in arguments.gold:
        count(folder, right, all_found)
    common = sum(right.values()) / max(1, sum(all_found.values()))
    shares = {origin: round((right[origin] + common) / (all_found[origin] + 1), 3) for origin in sorted(all_found)}
    for origin, share in shares.items():
        print(f"{origin:10} {share:.3f} of {all_found[origin]}")
    OUT.write_text(json.dumps(shares, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
