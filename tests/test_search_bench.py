"""What `make bench` shows of search is measured in stores that are sound and differ from the real one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pipeline.batch import Options
from pipeline.search.bench import read_queries, search_lines
from pipeline.search.bench_store import grow
from pipeline.search.find import search
from pipeline.search.request import make_wish, open_index
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

REAL, GROWN = 60, 400  # passages


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with some documents of the sample corpus."""
    path = tmp_path_factory.mktemp("bench") / "real.db"
    with open_store(path, create=True) as store:
        ingest(sorted((ROOT / "corpus" / "2024").glob("*.txt"))[:4], store, Options())
    return path


@pytest.fixture(scope="module")
def grown(db: Path) -> Path:
    """The same grown by varied copies."""
    path = db.with_name("grown.db")
    grow(db, path, GROWN)
    return path


def test_a_grown_store_holds_the_real_passages_and_varied_copies(db: Path, grown: Path) -> None:
    """The first passages are those of the store; no copy has the text of its original, and all have vectors of length 1."""
    with open_store(db, readonly=True) as real, open_store(grown, readonly=True) as store:
        texts = [text for (text,) in store.select("SELECT text FROM passages ORDER BY number")]
        originals = [text for (text,) in real.select("SELECT text FROM passages ORDER BY number")]
        assert GROWN <= len(texts) < GROWN + max(count for (count,) in real.select("SELECT count FROM arrays"))
        assert originals == texts[: len(originals)]
        assert len(set(texts)) > 0.8 * len(texts)
        index = open_index(store)
        assert len(texts) == len(index.vectors) == len(index.passages.number)
        assert abs((index.vectors**2).sum(axis=1) - 1).max() < 0.01


def test_a_grown_store_is_searched_like_any(grown: Path) -> None:
    """Words of a real passage lead to it, and its records are shown."""
    with open_store(grown, readonly=True) as store:
        text, records = store.select("SELECT text, records FROM passages WHERE records <> '' ORDER BY number")[0]
        answer = search(open_index(store), text[:60], make_wish(literal="all"))
        assert answer.found
        shown = {record["id"] for hit in answer.hits for record in hit.records}
        assert shown & set(records.split())


def test_a_smaller_store_than_the_real_one_holds_its_first_documents(db: Path) -> None:
    """Fewer passages than there are: no copies, and no document in part."""
    path = db.with_name("small.db")
    grow(db, path, 1)
    with open_store(db, readonly=True) as real, open_store(path, readonly=True) as store:
        first = real.select("SELECT document, count FROM arrays ORDER BY first LIMIT 1")
        assert first == store.select("SELECT document, count FROM arrays")


def test_lines_tell_speed_ratio_memory_and_growth(db: Path, tmp_path: Path) -> None:
    """Four lines a size, and one for each step from size to size."""
    lines = list(search_lines(db, tmp_path, read_queries(db, tmp_path / "none")[:5], (REAL, GROWN)))
    assert len(lines) == 4 + 4 + 1
    assert "passages: p50" in lines[0]
    assert "of both together at p95" in lines[2]
    assert lines[-1].startswith("growth")


def test_queries_come_from_a_file_or_from_the_store(db: Path, tmp_path: Path) -> None:
    """Rows of a file of queries; without one the first words of passages."""
    rows = tmp_path / "queries.jsonl"
    rows.write_text(json.dumps({"id": 1, "query": "停车位"}, ensure_ascii=False) + "\n", "utf-8")
    assert ["停车位"] == read_queries(db, rows)
    made = read_queries(db, tmp_path / "none")
    assert made
    assert all(0 < len(query) <= 20 for query in made)
