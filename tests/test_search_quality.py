"""Search is as good on the development queries as it was: nDCG@10 by kind of query, and queries that nothing answers."""

from __future__ import annotations

import importlib.util
import json
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.batch import Options
from pipeline.search.request import answer_rows, make_wish, open_index
from pipeline.search.thesaurus import COMPILED, TABLES, read_tables
from pipeline.store import open_store
from pipeline.store.ingest import ingest

if TYPE_CHECKING:
    from pathlib import Path

FLOORS = {"all": 0.84, "keyword": 0.87, "question": 0.94, "cross": 0.86, "paraphrase": 0.70}


@pytest.fixture(scope="module")
def scores(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The scores of the development queries over their documents, by the yardstick beside them."""
    gold = shared / "gold"
    spec = importlib.util.spec_from_file_location("score_search", gold / "score_search.py")
    assert spec is not None
    assert spec.loader is not None
    yardstick = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(yardstick)
    queries = [json.loads(line) for line in (gold / "queries_dev.jsonl").read_text("utf-8").splitlines()]
    sources = [shared / "corpus" / line for line in (gold / "queries_dev_corpus.txt").read_text("utf-8").split("\n") if line]
    with open_store(tmp_path_factory.mktemp("quality") / "a.db", create=True) as store:
        ingest(sources, store, Options())
        hits = list(answer_rows(open_index(store), queries, make_wish()))
    result: dict[str, Any] = yardstick.score(queries, hits)[0]
    return result


@pytest.mark.parametrize(("kind", "floor"), FLOORS.items())
def test_ranking_keeps_its_floor(scores: dict[str, Any], kind: str, floor: float) -> None:
    """nDCG@10 of each kind of query; the queries are for measuring, none was written for."""
    assert scores[kind]["ndcg@10"] >= floor


def test_nothing_is_found_where_nothing_answers(scores: dict[str, Any]) -> None:
    """Most queries without an answer are told so, and hardly any with one."""
    assert scores["found"]["true_none"] >= 0.7
    assert scores["found"]["false_none"] <= 0.05


def test_thesaurus_is_compiled_from_its_tables() -> None:
    """What search reads has every concept and every everyday wording of the tables; no wording is on both sides of a line."""
    concepts = read_tables(TABLES)
    compiled = json.loads(COMPILED.read_bytes())
    assert [list(concept.official) for concept in concepts] == compiled["terms"]
    assert [[number, phrase] for number, concept in enumerate(concepts) for phrase in concept.everyday] == compiled["phrases"]
    assert sum(len(concept.everyday) for concept in concepts) > 3000
