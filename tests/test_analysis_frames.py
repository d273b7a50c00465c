"""A store as DataFrames: the columns that are documented, the same types whatever the store holds, no row lost."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from pipeline.batch import Options
from pipeline.store import StoreError
from pipeline.store import open_store as open_engine
from pipeline.store.ingest import ingest
from tests.conftest import ROOT

pytest.importorskip("pandas")
import pandas as pd

from pipeline import open_store
from pipeline.analysis.columns import DTYPES, FRAMES
from pipeline.analysis.messages import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.analysis.store import AnalystStore

RECORDS = ("tasks", "quantities", "deadlines")


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store of the sample corpus."""
    path = tmp_path_factory.mktemp("analysis") / "office.db"
    with open_engine(path, create=True) as store:
        ingest([ROOT / "corpus"], store, Options())
    return path


@pytest.fixture
def store(path: Path) -> Iterator[AnalystStore]:
    """That store, for analysis."""
    with open_store(path) as store:
        yield store


def types(frame: pd.DataFrame) -> dict[str, str]:
    """The names and types of the columns of a frame."""
    return {name: str(kind) for name, kind in frame.dtypes.items()}


def documented(kind: str) -> dict[str, str]:
    """The names and types that docs/analysis.md promises."""
    return {column.name: {"string[pyarrow]": "string"}.get(DTYPES[column.type], DTYPES[column.type]) for column in FRAMES[kind]}


@pytest.mark.parametrize("kind", ["documents", *RECORDS])
def test_columns_and_types_are_those_that_are_documented(store: AnalystStore, kind: str) -> None:
    """Full or empty, a frame has the same columns of the same types, dates as dates and categories as categories."""
    whole = getattr(store, kind)()
    nothing = getattr(store, kind)(place="没有这个地方")
    assert (documented(kind), documented(kind)) == (types(whole), types(nothing))
    assert (True, 0) == (len(whole) > 0, len(nothing))


@pytest.mark.parametrize(("kind", "record"), [("tasks", "task"), ("quantities", "quantity"), ("deadlines", "deadline")])
def test_frames_hold_what_the_store_holds(store: AnalystStore, kind: str, record: str) -> None:
    """Every record is one row, in the order of the store, with its values."""
    frame = getattr(store, kind)()
    rows = list(store.store.rows(record))
    assert [row["id"] for row in rows] == frame["id"].tolist()
    assert [row["text"] for row in rows] == frame["text"].tolist()
    assert [tuple(row["span"]) for row in rows] == list(zip(frame["span_start"], frame["span_end"], strict=True))
    assert [row["confidence"] for row in rows] == frame["confidence"].tolist()
    dates = [row["end"] for row in rows] if "end" in frame else []
    assert dates == [None if pd.isna(day) else day.date().isoformat() for day in frame.get("end", [])]


def test_rows_say_what_their_document_is(store: AnalystStore) -> None:
    """Place, year, kind and source stand beside every record, so that nobody has to join."""
    documents = store.documents().set_index("doc_id")
    tasks = store.tasks()
    for name in ("place", "year", "doc_type", "title", "source"):
        expected = documents[name].reindex(tasks["doc_id"])
        assert expected.astype(object).fillna("").tolist() == tasks[name].astype(object).fillna("").tolist()


def test_values_keep_their_meaning(store: AnalystStore) -> None:
    """A known target of the sample corpus, as a row."""
    row = store.quantities(indicator="口袋公园", year=2021, status="planned").iloc[0]
    assert ("澜川市", 15.0, 15.0, "个", pd.Timestamp("2021-12-31")) == (row["place"], row["low"], row["high"], row["unit"], row["end"])


def test_only_the_columns_asked_for(store: AnalystStore) -> None:
    """``columns`` chooses and orders; the frame says the same in them."""
    columns = ["place", "low", "indicator"]
    frame = store.quantities(columns=columns, status="planned")
    assert columns == list(frame)
    pd.testing.assert_frame_equal(store.quantities(status="planned")[columns], frame)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_chunks_together_are_the_frame(store: AnalystStore, size: int) -> None:
    """A million rows can be read a piece at a time: the pieces are the whole."""
    chunks = list(store.chunks("deadlines", size, columns=["id", "end"]))
    assert all(len(chunk) <= size for chunk in chunks)
    pd.testing.assert_frame_equal(store.deadlines(columns=["id", "end"]), pd.concat(chunks, ignore_index=True))


def test_search_gives_hits_and_says_how_it_understood(store: AnalystStore) -> None:
    """Hits as rows, best first; nothing found is an empty frame of the same columns."""
    hits = store.search("公共停车位", limit=3, place="澜川市")
    nothing = store.search("量子纠缠对撞机")
    assert (documented("search"), documented("search")) == (types(hits), types(nothing))
    assert (3, 0) == (len(hits), len(nothing))
    assert (True, False) == (hits.attrs["found"], nothing.attrs["found"])
    assert hits["score"].is_monotonic_decreasing
    assert "停车位" in hits["text"].iloc[0]


def test_a_wrong_word_is_told_with_the_right_ones(store: AnalystStore) -> None:
    """A filter, a column or a kind that is not there names those that are."""
    with pytest.raises(AnalysisError, match=r"“plase”.*place"):
        store.tasks(plase="澜川市")
    with pytest.raises(AnalysisError, match=r"“value”.*low"):
        store.quantities(columns=["value"])
    with pytest.raises(AnalysisError, match=r"“issues”.*issuer"):
        store.documents(issues="")
    with pytest.raises(AnalysisError, match=r"“task”.*tasks"):
        list(store.chunks("task"))
    with pytest.raises(AnalysisError, match=r"“town”.*place"):
        store.search("停车位", town="澜川市")


def test_a_store_in_use_can_be_read(path: Path) -> None:
    """While the page writes, a notebook sees the store as it was and is not in its way."""
    with open_engine(path) as writer, open_store(path) as store:
        before = len(store.tasks())
        writer.connection.execute("BEGIN IMMEDIATE")
        assert before == len(store.tasks())
        writer.connection.execute("ROLLBACK")


def test_no_store_is_told_in_one_line(tmp_path: Path) -> None:
    """A path without a store gives the error of the store, not an empty frame."""
    with pytest.raises(StoreError):
        open_store(tmp_path / "none.db")


def test_import_of_the_package_loads_nothing_heavy() -> None:
    """``import pipeline`` is quick because neither pandas nor the store come with it."""
    code = "import sys, pipeline; print(sorted({'pandas', 'numpy', 'apsw', 'altair', 'spacy'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert "[]" == ran.stdout.strip()


def test_a_day_that_is_none_is_told(tmp_path: Path) -> None:
    """The thirteenth month."""
    with pytest.raises(AnalysisError, match="2025-13-01"):
        open_store(tmp_path / "a.db", as_of="2025-13-01")
