"""Annotation tools: documents go out and come back whole; what people changed becomes gold or corrections, and nothing is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
import pytest

from pipeline.annotation.decisions import apply_decisions, decisions_of
from pipeline.annotation.doccano import from_doccano, label_types, to_doccano
from pipeline.annotation.gold import gold_of
from pipeline.annotation.label_studio import from_label_studio, labelling_interface, to_label_studio
from pipeline.annotation.sheet import AnnotationError, Sheet, labels, sheet_of, sheet_of_gold
from pipeline.batch import Options
from pipeline.evaluate import read_gold
from pipeline.export.jsonl import JsonLinesError
from pipeline.store import open_store
from pipeline.store.corrections import Person
from pipeline.store.ingest import ingest
from tests.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import SqliteStore

GOLD = read_gold(ROOT / "corpus" / "gold")
PLAN = "甲市2025年工作要点\n一、重点任务\n到2025年底，市住建局新建公共停车位4500个以上。绿化覆盖率由40%提高到41.6%。\n"
PERSON = Person("王敏", "复核")


def through_doccano(sheet: Sheet, folder: Path, *, nested: bool = False) -> Sheet:
    """The sheet as doccano gives it back: spans as labels or as entities, the rest beside the text or under ``meta``."""
    row = to_doccano(sheet)
    if nested:
        entities = [{"id": n, "start_offset": a, "end_offset": b, "label": name} for n, (a, b, name) in enumerate(row.pop("label"))]
        row = {"id": 1, "text": row["text"], "meta": {"policy": row["policy"]}, "entities": entities, "relations": []}
    path = folder / "all.jsonl"
    path.write_bytes(orjson.dumps({"id": 7, "Comments": [], **row}) + b"\n")
    return next(from_doccano(path))


def through_label_studio(sheet: Sheet, folder: Path, *, small: bool = False) -> Sheet:
    """The sheet as Label Studio gives it back after its predictions were accepted, as JSON or as JSON-MIN."""
    task = to_label_studio(sheet)
    result = task["predictions"][0]["result"]
    full = {"id": 3, "data": task["data"], "annotations": [{"result": result, "was_cancelled": False, "completed_by": {"email": "a@b.c"}}]}
    minimal = {"id": 3, **task["data"], "label": [region["value"] for region in result], "annotator": 1, "annotation_id": 5}
    path = folder / "project.json"
    path.write_bytes(orjson.dumps([minimal if small else full]))
    return next(from_label_studio(path))


WAYS = [
    pytest.param(through_doccano, {}, id="doccano"),
    pytest.param(through_doccano, {"nested": True}, id="doccano-relations"),
    pytest.param(through_label_studio, {}, id="label-studio"),
    pytest.param(through_label_studio, {"small": True}, id="label-studio-min"),
]


@pytest.mark.parametrize("gold", GOLD, ids=lambda gold: gold["id"][:12])
@pytest.mark.parametrize(("way", "options"), WAYS)
def test_gold_documents_come_back_as_they_went(gold: dict[str, Any], way: Any, options: dict[str, bool], tmp_path: Path) -> None:
    """Out into a tool and back in without a change: the same gold document, and nothing to complain of."""
    back = gold_of(way(sheet_of_gold(gold), tmp_path, **options))
    assert (gold, ()) == (back.document, back.problems)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with one plan."""
    path = tmp_path / "甲市_2025_工作要点.txt"
    path.write_text(PLAN, "utf-8")
    with open_store(tmp_path / "office.db", create=True) as store:
        ingest([path], store, Options())
        yield store


def shown(store: SqliteStore) -> Sheet:
    """What a team sees of the plan."""
    extraction = store.extraction(next(store.documents())["doc_id"])
    assert extraction is not None
    return sheet_of(extraction)


@pytest.mark.parametrize(("way", "options"), WAYS)
def test_what_nobody_changed_decides_nothing(store: SqliteStore, way: Any, options: dict[str, bool], tmp_path: Path) -> None:
    """Accepting all records changes none."""
    outcome = decisions_of(way(shown(store), tmp_path, **options), store)
    assert ((), (), ()) == (outcome.decisions, outcome.unplaced, outcome.problems)


def test_another_label_a_mark_less_and_a_mark_more_become_corrections(store: SqliteStore, tmp_path: Path) -> None:
    """What people changed in the tool holds in the store afterwards."""
    row = to_doccano(shown(store))
    names = labels()
    start = PLAN.index("41.6%")
    row["label"] = [
        [a, b, names["quantity", "actual"] if (a, b) == (start, start + 5) else name] for a, b, name in row["label"] if PLAN[a:b] != "40%"
    ]
    added = PLAN.index("一、重点任务")
    row["label"].append([added, added + 6, names["sentence", "planned"]])
    path = tmp_path / "all.jsonl"
    path.write_bytes(orjson.dumps(row))
    outcome = decisions_of(next(from_doccano(path)), store)
    assert {("edit", "41.6%"), ("reject", "40%"), ("add", "一、重点任务")} == {(one.action, one.quote) for one in outcome.decisions}
    assert 3 == apply_decisions(outcome, store, PERSON)
    assert [("4500个以上", "planned"), ("41.6%", "actual")] == [(one.text, one.status) for one in store.quantities()]
    assert "一、重点任务" in [task.text for task in store.tasks()]


def test_a_figure_that_people_mark_gets_the_value_that_it_says(store: SqliteStore, tmp_path: Path) -> None:
    """A new figure has value and unit from its words, no indicator, and is told; for gold as for the store."""
    row = to_doccano(shown(store))
    row["label"] = [label for label in row["label"] if PLAN[label[0] : label[1]] != "4500个以上"]
    row["policy"]["marks"] = [mark for mark in row["policy"]["marks"] if PLAN[slice(*mark["span"])] != "4500个以上"]
    start = PLAN.index("4500个以上")
    row["label"].append([start, start + 7, labels()["quantity", "planned"]])
    path = tmp_path / "all.jsonl"
    path.write_bytes(orjson.dumps(row))
    sheet = next(from_doccano(path))
    [decision] = decisions_of(sheet, store).decisions
    assert (">=", 4500, 4500, "个", "planned") == tuple(decision.fields[name] for name in ("comparator", "low", "high", "unit", "status"))
    gold = gold_of(sheet)
    [quantity] = [one for one in gold.document["quantities"] if one["quote"] == "4500个以上"]
    assert (None, 4500, "planned") == (quantity["indicator"], quantity["low"], quantity["status"])
    assert ["4500个以上" in problem for problem in gold.problems] == [True]


def test_a_text_that_changed_meanwhile_keeps_what_still_stands(store: SqliteStore, tmp_path: Path) -> None:
    """Decisions go by their words in the present text; those that cannot be placed are told and handed back."""
    row = to_doccano(shown(store))
    row["label"] = [label for label in row["label"] if PLAN[label[0] : label[1]] not in ("40%", "4500个以上")]
    annotated = tmp_path / "all.jsonl"
    annotated.write_bytes(orjson.dumps(row))
    (tmp_path / "甲市_2025_工作要点.txt").write_text(PLAN.replace("4500", "4800").replace("一、", "总的要求：稳中求进。\n一、"), "utf-8")
    ingest([tmp_path / "甲市_2025_工作要点.txt"], store, Options())
    outcome = decisions_of(next(from_doccano(annotated)), store)
    assert ["40%"] == [one.quote for one in outcome.decisions]
    assert ["4500个以上"] == [one.quote for one in outcome.unplaced]
    assert "1处改动按原话重新对上，1处没有对上" in outcome.problems[0]
    assert "4500个以上" in outcome.problems[1]
    assert 1 == apply_decisions(outcome, store, PERSON)


def test_a_document_that_is_gone_is_told(store: SqliteStore, tmp_path: Path) -> None:
    """Decisions on a document that the store does not have are handed back."""
    row = to_doccano(shown(store))
    row["label"] = []
    row["policy"]["name"] = "别的文件"
    path = tmp_path / "all.jsonl"
    path.write_bytes(orjson.dumps(row))
    outcome = decisions_of(next(from_doccano(path)), store)
    assert (0, True) == (len(outcome.decisions), len(outcome.unplaced) > 0)
    assert "库中没有这份文件" in outcome.problems[0]


def test_texts_of_a_team_s_own_become_gold(tmp_path: Path) -> None:
    """Without anything of ours beside it, a labelled text is a gold document all the same."""
    start = PLAN.index("到2025年底，")
    sentence = [start, PLAN.index("。") + 1, labels()["sentence", "planned"]]
    path = tmp_path / "own.jsonl"
    path.write_bytes(orjson.dumps({"text": PLAN, "label": [sentence, [0, 3, "人名"]]}))
    gold = gold_of(next(from_doccano(path)))
    assert ["other", "other", "planned", "other"] == [row["label"] for row in gold.document["sentences"]]
    assert [True] == ["人名" in problem for problem in gold.problems]
    assert 2025 == gold.document["meta"]["plan_year"]
    (tmp_path / "gold").mkdir()
    (tmp_path / "gold" / "own.json").write_bytes(orjson.dumps(gold.document))
    assert [gold.document] == read_gold(tmp_path / "gold")


def test_places_that_a_browser_counts_otherwise_are_found(tmp_path: Path) -> None:
    """Label Studio counts 😀 as two; the quote tells what is meant, and a quote that stands nowhere is told."""
    text = "😀新建公园3个。"
    label = labels()["quantity", "planned"]
    good = {"start": 6, "end": 8, "text": "3个", "labels": [label]}
    bad = {"start": 1, "end": 3, "text": "别的", "labels": [label]}
    path = tmp_path / "project.json"
    path.write_bytes(orjson.dumps([{"data": {"text": text}, "annotations": [{"result": [{"value": good}, {"value": bad}]}]}]))
    sheet = next(from_label_studio(path))
    assert [(5, 7)] == [mark.span for mark in sheet.marks]
    assert [True] == ["别的" in problem for problem in sheet.problems]


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b'[{"data": {"text": "\xe4\xb8\x80"}, "annotations": []}]', "还没有人标注"),
        (b'[{"data": {"text": "\xe4\xb8\x80"}, "annotations": [{"was_cancelled": true, "result": []}]}]', "还没有人标注"),
        (b'[{"data": {}}]', "没有文本"),
    ],
)
def test_tasks_without_an_annotation_are_told(content: bytes, problem: str, tmp_path: Path) -> None:
    """Nothing is taken from a text that nobody has looked at."""
    path = tmp_path / "project.json"
    path.write_bytes(content)
    [sheet] = from_label_studio(path)
    assert ((), True) == (sheet.marks, problem in sheet.problems[0])


def test_files_of_another_kind_are_refused_in_one_line(tmp_path: Path) -> None:
    """No traceback for a file that is not what it should be."""
    path = tmp_path / "x.json"
    path.write_text('{"a": 1}', "utf-8")
    with pytest.raises(AnnotationError, match="Label Studio"):
        next(from_label_studio(path))
    path.write_text("{broken", "utf-8")
    with pytest.raises(AnnotationError, match="Label Studio"):
        next(from_label_studio(path))
    with pytest.raises(JsonLinesError, match="line 1"):
        next(from_doccano(path))


def test_both_tools_get_all_labels() -> None:
    """Every label that a mark can have is one of the project."""
    names = list(labels().values())
    assert len(names) == len(set(names))
    assert names == [row["text"] for row in label_types()]
    assert all(name in labelling_interface() for name in names)
