"""Calibration: the error is what the definition says, and it stays under 0.05 on documents that people annotated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.analysis.calibration import KINDS, Bin, JudgedRecord, judged_records, reliability, reliability_lines
from pipeline.evaluate import EvaluationError, evaluate_folder
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from pathlib import Path

CORPUS = ROOT / "corpus" / "gold"
GOAL = 0.05


def record(confidence: float, *, right: bool, kind: str = "task") -> JudgedRecord:
    """A record of this confidence."""
    return JudgedRecord(kind, "model", confidence, right, "a.txt")


def test_error_and_bins_by_hand() -> None:
    """Two bins worked out on paper: (1·|0.25-0| + 4·|0.75-0.5|) / 5."""
    found = reliability([record(0.25, right=False), *(record(0.75, right=right) for right in (True, True, False, False))], bins=4)
    assert (0.25, 5) == (found.error, found.records)
    assert (Bin(0.25, 0.5, 1, 0.25, 0.0), Bin(0.75, 1.0, 4, 0.75, 0.5)) == found.bins


def test_certainty_has_a_bin_and_nothing_has_no_error() -> None:
    """1.0 belongs to the last bin; without records there is none."""
    assert (0.0, 1) == (reliability([record(1.0, right=True)]).error, len(reliability([record(1.0, right=True)]).bins))
    assert (0.0, ()) == (reliability([]).error, reliability([]).bins)


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=1))
def test_error_is_a_share_and_no_record_is_lost(pairs: list[tuple[float, bool]]) -> None:
    """Whatever the confidences, the error lies between 0 and 1 and the bins hold all records."""
    found = reliability([record(confidence, right=right) for confidence, right in pairs])
    assert 0 <= found.error <= 1
    assert len(pairs) == found.records


def test_right_is_what_evaluation_counts() -> None:
    """Right quantities are those of ``quantity.full``, right tasks those of the task scores."""
    records = judged_records(CORPUS)
    scores = evaluate_folder(CORPUS).scores
    full, tasks = scores["quantity.full"], [scores[f"task.{status}"] for status in ("planned", "achieved", "problem")]
    right = {kind: sum(one.right for one in records if one.kind == kind) for kind in KINDS}
    count = {kind: sum(one.kind == kind for one in records) for kind in KINDS}
    assert (round(full["p"] * full["pred"]), full["pred"]) == (right["quantity"], count["quantity"])
    assert (sum(round(row["p"] * row["pred"]) for row in tasks), sum(row["pred"] for row in tasks)) == (right["task"], count["task"])


@pytest.mark.parametrize("kind", KINDS)
def test_confidences_hold_on_annotated_documents(shared: Path, kind: str) -> None:
    """On gold/dev the reliability error of tasks and of quantities is under 0.05."""
    found = reliability([one for one in judged_records(shared / "gold" / "dev") if one.kind == kind])
    assert (True, True) == (found.error < GOAL, found.records > 500)


def test_command_prints_the_table() -> None:
    """The command shows error and bins of both kinds."""
    ran = run_cli("calibrate", "--gold", str(CORPUS))
    assert (0, list(reliability_lines(judged_records(CORPUS)))) == (ran.returncode, ran.stdout.splitlines())


def test_no_gold_is_told(tmp_path: Path) -> None:
    """A folder without gold documents is an error of evaluation."""
    with pytest.raises(EvaluationError):
        judged_records(tmp_path)


def test_plot_draws_both_kinds(tmp_path: Path) -> None:
    """A picture for tasks and one for quantities, each with its error."""
    pytest.importorskip("altair")
    from pipeline.analysis.charts import chart_reliability, save_chart

    records = [record(0.9, right=True), record(0.7, right=False, kind="quantity")]
    chart = chart_reliability(records)
    titles = [picture["title"] for picture in chart.to_dict()["hconcat"]]
    assert ["任务：ECE 0.100（1）", "数量：ECE 0.700（1）"] == titles
    assert save_chart(chart, tmp_path / "plot.svg").exists()
