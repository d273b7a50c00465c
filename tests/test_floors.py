"""Scores that must not fall, and the annotated documents that they were measured on. Lowering a floor is an act of its own."""

from __future__ import annotations

import tomllib

import pytest

from pipeline.evaluate import evaluate_folder
from tests.pin_floors import FILE, FOLDERS, checksum, reached

FLOORS = tomllib.loads(FILE.read_text("utf-8"))


def check(part: str) -> None:
    """Score the gold documents of one folder and hold the result against its floors."""
    assert FLOORS[part]["sha256"] == checksum(FOLDERS[part]), "other gold documents than the floors were measured on: run `make floors`"
    scores = evaluate_folder(FOLDERS[part]).scores
    now = reached(scores)
    assert 0 == scores["documents"]["misplaced_spans"]
    assert {} == {name: (now[name], floor) for name, floor in FLOORS[part]["floors"].items() if now[name] < floor}


def test_scores_on_the_sample_corpus() -> None:
    """The sample documents of the project itself."""
    check("sample")


@pytest.mark.usefixtures("shared")
def test_scores_on_the_annotated_documents() -> None:
    """The real documents that were annotated by hand."""
    check("dev")


@pytest.mark.parametrize("part", FOLDERS)
def test_every_promised_score_has_a_floor(part: str) -> None:
    """A floor is a share, and every score that the project promises has one."""
    floors = FLOORS[part]["floors"]
    assert all(0 < floor <= 1 for floor in floors.values())
    assert {"quantity.full", "target.full", "deadline.exact", "task.planned", "task.achieved", "action", "responsible"} <= floors.keys()
