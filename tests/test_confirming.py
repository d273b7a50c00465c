"""First judgements (机器初判) that people confirm or change: on the page, in exports, and when documents go."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("fastapi", reason="needs the extra page")

from pipeline.store import open_store
from pipeline.store.errors import StoreError
from pipeline.store.exchange import export_lines, import_lines
from pipeline.store.removal import remove
from pipeline.track.confirming import judge, judgements
from tests.web_fixtures import built_store, doc_id, form_mark, office, page_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

__all__ = ["built_store", "office"]  # fixtures
ASKED = {"place": "澜川市", "year": 2024}


@pytest.fixture
def client(office: Path) -> Iterator[TestClient]:
    """The page on this machine, as of a day after the last document."""
    with page_client(office, as_of="2025-06-01") as opened:
        yield opened


def _pair(client: TestClient) -> dict[str, Any]:
    (pair,) = client.get("/reconcile.json", params=ASKED).json()["pairs"]
    return dict(pair)


def _decide(client: TestClient, row: dict[str, Any], verdict: str, **other: str) -> int:
    pair = _pair(client)
    form = {"csrf": form_mark(client, "/upload"), "who": "王五", "plan": pair["plan"], "review": pair["review"], "task": row["task"]}
    return int(client.post("/reconcile", data={**form, f"verdict {row['task']}": verdict, **other}).status_code)


def test_person_has_the_last_word(client: TestClient) -> None:
    """What a person decides is shown, counted, filtered and exported with the name, beside the first judgement; it can be taken back."""
    row = _pair(client)["rows"][0]
    other = "progress" if row["verdict"] != "progress" else "done"
    assert 303 == _decide(client, row, other)
    pair = _pair(client)
    (decided,) = [item for item in pair["rows"] if item["task"] == row["task"]]
    assert (row["verdict"], other, "王五") == (decided["verdict"], decided["confirmed"]["verdict"], decided["confirmed"]["who"])
    assert 1 <= pair["counts"][other]
    assert "王五确认" in client.get("/reconcile", params=ASKED).text
    assert "王五" in client.get("/reconcile.csv", params=ASKED).text
    assert row["task"] in client.get("/reconcile", params={**ASKED, "verdict": other}).text
    assert 303 == _decide(client, row, "")
    assert [None] == [item["confirmed"] for item in _pair(client)["rows"] if item["task"] == row["task"]]


@pytest.mark.parametrize(
    ("other", "status"), [({"plan": "nowhere"}, 404), ({"review": "nowhere"}, 404), ({"task": "x"}, 404), ({"csrf": "0"}, 403)]
)
def test_nonsense_is_refused(client: TestClient, other: dict[str, str], status: int) -> None:
    """Only commitments and documents of the store are judged."""
    assert status == _decide(client, _pair(client)["rows"][0], "done", **other)


def test_unknown_verdict_is_refused(client: TestClient) -> None:
    """A message, and nothing written."""
    row = _pair(client)["rows"][0]
    assert 400 == _decide(client, row, "perhaps")
    assert _pair(client)["rows"][0]["confirmed"] is None


def test_judgements_move_with_the_store_and_go_with_their_documents(office: Path, tmp_path: Path) -> None:
    """The exchange file carries them once; a document that is removed takes them along."""
    plan, review = doc_id(office, "2024_澜川市_工作要点"), doc_id(office, "2024_澜川市_工作总结")
    with open_store(office) as store, open_store(tmp_path / "other.db", create=True) as other:
        judge(store, (plan, "r1", review), "missed", "王五", "现场未见")
        judge(store, (plan, "r1", review), "done", "赵六")
        lines = b"".join(export_lines(store))
        for _ in range(2):
            import_lines(io.BytesIO(lines), other)
        assert judgements(store, plan, review) == judgements(other, plan, review)
        assert ["赵六"] == [one.who for one in judgements(other, plan, review).values()]
        assert [(2,)] == other.select("SELECT count(*) FROM judgements")
        with pytest.raises(StoreError):
            remove(other, [review])
        remove(other, [review], with_corrections=True)
        assert [(0,)] == other.select("SELECT count(*) FROM judgements")
