"""Evaluation gives the digits of the annotation guidelines' scorer, and tells gains from losses."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.evaluate import EvaluationError, evaluate, evaluate_folder, read_gold
from pipeline.scoring import likeness, paired, paragraphs, same_indicator, same_number, same_verb

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = dict[str, Any]
TEXT = "一、工作目标\n到2025年底，新建停车位4500个。完成率达到80%。\n（牵头单位：市住建局）\n"
GOLD: Row = {
    "id": "甲市-2025",
    "text": TEXT,
    "sentences": [
        {"start": 0, "end": 6, "label": "heading", "actions": [], "responsible": []},
        {"start": 7, "end": 25, "label": "planned", "actions": [["新建", "停车位"]], "responsible": []},
        {"start": 25, "end": 35, "label": "planned", "actions": [], "responsible": []},
        {"start": 36, "end": 47, "label": "attribution", "actions": [], "responsible": ["市住建局"]},
    ],
    "quantities": [
        {
            "span": [19, 24], "quote": "4500个", "indicator": "停车位", "scope": None, "comparator": "=", "low": 4500, "high": 4500,
            "unit": "个", "measure": "level", "direction": None, "per": None, "status": "planned",
            "start": None, "end": "2025-12-31", "masked": False,
        },
        {
            "span": [31, 34], "quote": "80%", "indicator": "完成率", "scope": None, "comparator": "=", "low": 80, "high": 80, "unit": "%",
            "measure": "level", "direction": None, "per": None, "status": "planned", "start": None, "end": "2025-12-31", "masked": False,
        },
    ],
    "deadlines": [{"span": [7, 14], "quote": "到2025年底", "start": None, "end": "2025-12-31", "relation": "by"}],
    "meta": {"place": "甲市", "title": None},
}  # fmt: skip


def predictions(gold: Row) -> list[Row]:
    """The records of a program that reads exactly as the annotators did."""
    doc_id, text = gold["id"], gold["text"]
    rows: list[Row] = [{"record": "document", "doc_id": doc_id, "source": f"in/{doc_id}.txt", **gold["meta"]}]
    for sentence in gold["sentences"]:
        if sentence["label"] in ("planned", "achieved", "problem"):
            span = [sentence["start"], sentence["end"]]
            actions = [{"verb": verb, "object": thing} for verb, thing in sentence["actions"]]
            units = sentence["responsible"]
            if sentence["label"] == "planned":  # what a bracket names belongs to the planned sentences before it
                block = next(block for block in paragraphs(gold) if sentence in block)
                units = [unit for other in block for unit in other["responsible"]]
            rows.append({"record": "task", "span": span, "status": sentence["label"], "actions": actions, "responsible": units})
    rows += [{**quantity, "record": "quantity"} for quantity in gold["quantities"]]
    rows += [{**deadline, "record": "deadline"} for deadline in gold["deadlines"]]
    for row in rows[1:]:
        row |= {"doc_id": doc_id, "text": text[row["span"][0] : row["span"][1]]}
    return rows


def spoiled(rows: list[Row], chance: random.Random, rate: float) -> Iterator[Row]:
    """The records with errors of every kind that a program makes: lost, doubled, moved, and with changed fields."""
    changes: Row = {
        "status": ["planned", "achieved", "problem", "actual", "baseline"], "low": [None, 3, 4.0000001],
        "unit": [None, "个", "KM", "％"],
        "comparator": ["=", ">=", "~"], "end": [None, "2025-12-31"], "start": [None, "2025-01-01"], "relation": ["by", "during"],
        "indicator": [None, "城镇居民收入", "农村居民收入", "率"], "measure": ["level", "change"],
        "direction": ["up", None], "per": [None, "year"],
        "masked": [True], "scope": ["全市"], "responsible": [[], ["市住建局"]], "actions": [[], [{"verb": "增长", "object": None}]],
        "place": ["甲市"], "title": ["工作报告"], "plan_year": [2024],
    }  # fmt: skip
    for row in rows:
        row = dict(row)
        if row["record"] != "document":
            if chance.random() < rate / 2:
                continue
            if chance.random() < rate:
                a, b = row["span"]
                row["span"] = [max(0, a + chance.randint(-3, 3)), b + chance.randint(0, 9)]
        for name in changes.keys() & row.keys():
            if chance.random() < rate / 3:
                row[name] = chance.choice(changes[name])
        yield row
        if row["record"] != "document" and chance.random() < rate / 4:
            yield row


@pytest.mark.parametrize(("rate", "seed"), [(0.0, 0), (0.1, 1), (0.4, 2), (0.8, 3)])
def test_scores_are_those_of_the_guidelines_scorer(shared: Path, tmp_path: Path, rate: float, seed: int) -> None:
    """Over all annotated documents, whatever is wrong with the records, every number is the same."""
    gold, chance = shared / "gold" / "dev", random.Random(seed)  # noqa: S311 - reproducible errors, no secrets
    rows = [row for document in read_gold(gold) for row in spoiled(predictions(document), chance, rate)]
    records = tmp_path / "records.jsonl"
    records.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")
    command = [sys.executable, str(shared / "gold" / "score.py"), str(gold), str(records), "--json"]
    expected = json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)
    assert expected == evaluate_folder(gold, records).scores


def test_perfect_records_score_one() -> None:
    """Records that repeat the annotation have F1 1 everywhere and no error."""
    result = evaluate([GOLD], predictions(GOLD))
    f1 = {row["f1"] for name, row in result.scores.items() if "f1" in row and row["gold"]}
    assert ({1.0}, [], {"place": 1.0, "title": 1.0}) == (f1, result.board.errors, result.scores["meta"])


def test_no_records_score_nothing() -> None:
    """A document without records is counted as missing and everything in it as missed."""
    result = evaluate([GOLD], [])
    assert {"gold": 1, "missing": 1, "misplaced_spans": 0} == result.scores["documents"]
    assert {"p": 0.0, "r": 0.0, "f1": 0.0, "gold": 2, "pred": 0} == result.scores["quantity.full"]


def test_errors_are_grouped_by_kind() -> None:
    """The report names each kind of error once, with its count, the most frequent first."""
    rows = predictions(GOLD)
    quantity = next(row for row in rows if row["record"] == "quantity")
    quantity["unit"] = "座"
    rows = [row for row in rows if row["record"] != "deadline"]
    lines = list(evaluate([GOLD], rows).report(errors=1))[-4:]
    assert [
        "deadline missed: 1",
        "    甲市-2025: 到2025年底",
        "quantity with wrong unit: 1",
        "    甲市-2025: 4500个 (停车位): want 个 got 座",
    ] == lines


def test_baseline_names_what_was_won_and_lost(tmp_path: Path) -> None:
    """A quantity that is right now is won, a deadline that is gone is lost, and the scores show both."""
    before = predictions(GOLD)
    before[3]["unit"] = "座"  # the first quantity
    old = tmp_path / "old.json"
    evaluate([GOLD], before).save(old)
    change = evaluate([GOLD], [row for row in predictions(GOLD) if row["record"] != "deadline"]).compare(old)
    assert ["quantity.full 甲市-2025 19 4500个 停车位"] == change["won"]
    assert ["deadline.exact 甲市-2025 7 到2025年底"] == change["lost"]
    assert [0.5, 1.0] == change["scores"]["quantity.full f1"]


def test_scores_alone_are_a_baseline_too(tmp_path: Path) -> None:
    """What ``--json`` printed gives gains and losses of the scores, and the report says what it cannot tell."""
    result = evaluate([GOLD], predictions(GOLD))
    old = tmp_path / "old.json"
    old.write_text("\n".join(result.report(json=True)), "utf-8")
    assert {"scores": {}} == result.compare(old)
    assert "known only for a baseline written with --save" in list(result.report(baseline=old))[-1]


@pytest.mark.parametrize("content", ["[]", "1", "{", '{"quantity.full": 1}'])
def test_bad_baseline_is_refused(tmp_path: Path, content: str) -> None:
    """A file that holds no scores is named, with the way to write one."""
    (tmp_path / "old.json").write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match=r"old\.json: no scores in it; write one with evaluate --save"):
        evaluate([GOLD], []).compare(tmp_path / "old.json")


@pytest.mark.parametrize(
    ("files", "message"),
    [({}, "no gold documents"), ({"a.json": "{"}, r"a\.json: not JSON"), ({"a.json": "[]"}, r"a\.json: not a gold document")],
)
def test_bad_gold_folder_is_refused(tmp_path: Path, files: dict[str, str], message: str) -> None:
    """A folder without gold documents, or with a broken one, is named."""
    for name, content in files.items():
        (tmp_path / name).write_text(content, "utf-8")
    with pytest.raises(EvaluationError, match=message):
        read_gold(tmp_path)


def test_incomplete_record_is_refused() -> None:
    """A record without its span is no reason for a traceback."""
    with pytest.raises(EvaluationError, match="a quantity record has no span, text"):
        evaluate([GOLD], [{"record": "quantity", "doc_id": "甲市-2025"}])


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("城镇居民人均可支配收入", "农村居民人均可支配收入", False),  # opposite sides of a contrast
        ("生活污水集中收集率", "生活污水收集率", True),
        ("城镇和农村居民收入", "农村居民收入", True),  # both sides named: no contrast
        ("停车位", "", False),
        ("", "", True),
    ],
)
def test_indicators_are_compared_by_characters_and_contrasts(a: str, b: str, *, same: bool) -> None:
    """Wordings may differ; the side of a contrast may not."""
    assert same is same_indicator(a, b)


@pytest.mark.parametrize(("a", "b", "same"), [("推进", "统筹推进", True), ("建", "新建改造", False), ("", "建", False), ("建", "建", True)])
def test_verbs_may_hold_each_other(a: str, b: str, *, same: bool) -> None:
    """A verb with a short adverb is the same verb; one character of a long one is not."""
    assert same is same_verb(a, b)


@pytest.mark.parametrize(
    ("a", "b", "same"), [(None, None, True), (0, None, False), (5, 5.0, True), (1e12, 1e12 + 1, True), (5, 5.1, False)]
)
def test_numbers_are_compared_to_a_millionth(a: float | None, b: float | None, *, same: bool) -> None:
    """Rounding does not count as a wrong value; no value is not zero."""
    assert same is same_number(a, b)


def test_the_likest_indicator_breaks_a_tie() -> None:
    """One figure for two indicators is two records with the same span; each finds its own."""
    gold = [{"span": [5, 9], "indicator": "覆盖率"}, {"span": [5, 9], "indicator": "占比"}]
    found = [{"span": [5, 9], "indicator": "占比"}, {"span": [5, 9], "indicator": "覆盖率"}]
    assert {(0, 1), (1, 0)} == set(paired(gold, found))


def test_likeness_ignores_punctuation() -> None:
    """Brackets and blanks do not make two wordings different."""
    assert 1.0 == likeness("PM2.5 浓度（年均）", "PM2.5浓度年均")
