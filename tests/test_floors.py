"""Scores that must not fall, and the annotated documents that they were measured on. Lowering a floor is an act of its own."""

from __future__ import annotations

import hashlib
import tomllib
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.evaluate import evaluate_folder
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

FLOORS = tomllib.loads((ROOT / "tests" / "floors.toml").read_text("utf-8"))


def check(folder: Path, pinned: dict[str, Any]) -> None:
    """Score the gold documents of ``folder`` and hold the result against the pinned floors."""
    digest = hashlib.sha256(b"".join(path.name.encode() + path.read_bytes() for path in sorted(folder.glob("*.json")))).hexdigest()
    assert pinned["sha256"] == digest, "other gold documents than the floors were measured on: measure and pin anew"
    scores = evaluate_folder(folder).scores
    assert 0 == scores["documents"]["misplaced_spans"]
    reached = {name: row["f1"] for name, row in scores.items() if "f1" in row}
    reached |= {f"meta.{name}": share for name, share in scores["meta"].items()}
    assert {} == {name: (reached[name], floor) for name, floor in pinned["floors"].items() if reached[name] < floor}


def test_scores_on_the_sample_corpus() -> None:
    """The sample documents of the project itself."""
    check(ROOT / "corpus" / "gold", FLOORS["sample"])


def test_scores_on_the_annotated_documents(shared: Path) -> None:
    """The real documents that were annotated by hand."""
    check(shared / "gold" / "dev", FLOORS["dev"])


@pytest.mark.parametrize("part", FLOORS)
def test_floors_are_scores(part: str) -> None:
    """A floor is a share, and every score that the project promises has one."""
    floors = FLOORS[part]["floors"]
    assert all(0 < floor <= 1 for floor in floors.values())
    assert {"quantity.full", "target.full", "deadline.exact", "task.planned", "task.achieved", "action", "responsible"} <= floors.keys()
