"""The views that follow promises: indicator, year table, comparison, reconciliation, check of drafts, and the card above search."""

from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.web_fixtures import built_store, form_mark, office, page_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

__all__ = ["built_store", "office"]  # fixtures
PLACE, INDICATOR = "澜川市", "城市生活污水集中收集率"


@pytest.fixture
def client(office: Path) -> Iterator[TestClient]:
    """The page on this machine, as of a day after the last document."""
    with page_client(office, as_of="2025-06-01") as opened:
        yield opened


def test_indicator_shows_target_and_result_with_both_quotes(client: TestClient) -> None:
    """75 % promised, 71 % reported: both sentences, and the first judgement with its reason."""
    found = client.get("/indicator.json", params={"place": PLACE, "indicator": INDICATOR}).json()
    (row,) = [row for one in found["series"] for row in one["years"]]
    assert ("75%", "71%", "missed") == (row["target"]["text"], row["actual"]["text"], row["verdict"])
    page = client.get("/indicator", params={"place": PLACE, "indicator": INDICATOR}).text
    for told in ("未达目标", "机器初判", "力争城市生活污水集中收集率达到75%", "城市生活污水集中收集率达到71%"):
        assert told in page


def test_chart_is_drawn_on_the_server(client: TestClient) -> None:
    """An SVG without scripts."""
    pytest.importorskip("vl_convert", reason="needs the extra page")
    found = client.get("/indicator.json", params={"place": PLACE, "indicator": INDICATOR}).json()
    svg = client.get("/indicator.svg", params={"place": PLACE, "id": found["series"][0]["id"]})
    assert ("image/svg+xml", True, False) == (svg.headers["content-type"], "71%" in svg.text, "<script" in svg.text)
    assert 404 == client.get("/indicator.svg", params={"place": PLACE, "id": "x"}).status_code


def test_place_lists_all_indicators_of_a_year(client: TestClient) -> None:
    """One line an indicator, counted by verdict, narrowed by verdict."""
    found = client.get("/place.json", params={"place": PLACE, "year": 2024}).json()
    assert {INDICATOR, "met", "missed"} <= {row["indicator"] for row in found["rows"]} | set(found["counts"])
    only = client.get("/place.json", params={"place": PLACE, "year": 2024, "verdict": "missed"}).json()
    assert {"missed"} == {row["year"]["verdict"] for row in only["rows"]}


def test_comparison_is_made_aside(client: TestClient) -> None:
    """The first time it says that it is not ready; then the places stand beside each other."""
    answer: Any = None
    for _ in range(100):
        answer = client.get("/compare.json", params={"indicator": INDICATOR, "year": 2024})
        if answer.json()["ready"]:
            break
        time.sleep(0.1)
    assert [PLACE] == [row["place"] for row in answer.json()["rows"]]


def test_reconciliation_sets_promise_beside_report(client: TestClient) -> None:
    """Commitments left, the words of the report right, and the same as Word and Excel."""
    docx = pytest.importorskip("docx")
    asked = {"place": PLACE, "year": 2024}
    found = client.get("/reconcile.json", params=asked).json()
    rows = {row["text"]: row for row in found["pairs"][0]["rows"]}
    (sewage,) = [row for text, row in rows.items() if "75%" in text]
    assert "missed" == sewage["verdict"]
    assert "71%" in sewage["answers"][0]["sentence"]
    paper = docx.Document(io.BytesIO(client.get("/reconcile.docx", params=asked).content))
    assert any("75%" in cell.text for row in paper.tables[0].rows for cell in row.cells)
    assert zipfile.is_zipfile(io.BytesIO(client.get("/reconcile.xlsx", params=asked).content))


@pytest.mark.parametrize("path", ["/indicator", "/place", "/compare", "/reconcile", "/draft", "/units", "/due", "/warnings"])
def test_views_open_without_parameters(client: TestClient, path: str) -> None:
    """Each offers what there is to choose from."""
    assert 200 == client.get(path).status_code
    assert 200 == client.get(f"{path}.json").status_code


@pytest.mark.parametrize("path", ["/indicator?place=无此地", "/place?place=无此地", "/reconcile?place=无此地&year=2024"])
def test_place_that_is_not_there_is_told(client: TestClient, path: str) -> None:
    """A place that the store does not have is named in so many words."""
    answer = client.get(path)
    assert (404, True) == (answer.status_code, "无此地" in answer.text)


def test_draft_is_checked_and_kept_nowhere(client: TestClient, office: Path) -> None:
    """A draft that leaves a promise out is told so; afterwards the store and its folder are as before."""
    before = sorted(path.name for path in office.parent.iterdir() if "-" not in path.name)
    text = "澜川市2024年工作总结\n一、2024年工作回顾\n新建公共停车位4620个。\n二、2025年工作安排\n新建公共停车位3000个。\n"
    data = {"csrf": form_mark(client, "/draft"), "unclassified": "1", "text": text, "place": PLACE, "year": "2025"}
    answer = client.post("/draft", data=data)
    assert (200, True) == (answer.status_code, "稿件没有保存" in answer.text)
    assert before == sorted(path.name for path in office.parent.iterdir() if "-" not in path.name)
    assert 400 == client.post("/draft", data=data | {"text": " "}).status_code
    assert 400 == client.post("/draft", data=data | {"unclassified": ""}).status_code


def test_question_for_a_figure_is_answered_above_the_passages(client: TestClient) -> None:
    """Place, year and indicator in the question: target and result stand in a card, with links on."""
    found = client.get("/search.json", params={"q": "澜川市2024年城市生活污水集中收集率完成了吗"}).json()
    (row,) = found["card"]["rows"]
    assert ("75%", "71%") == (row["year"]["target"]["text"], row["year"]["actual"]["text"])
    assert "直接回答" in client.get("/search", params={"q": "澜川市2024年城市生活污水集中收集率"}).text


@pytest.mark.parametrize("query", ["窨井盖", "澜川市", "关于加强和改进思想工作的意见"])
def test_other_questions_get_no_card(client: TestClient, query: str) -> None:
    """No card rather than a wrong one."""
    assert client.get("/search.json", params={"q": query}).json()["card"] is None


def test_doubts_are_counted_by_kind(client: TestClient) -> None:
    """Each with its document; narrowed by kind."""
    found = client.get("/warnings.json").json()
    assert sum(found["counts"].values()) == found["count"]
    assert 0 == client.get("/warnings.json?kind=none").json()["count"]
    assert 200 == client.get("/warnings", params={"place": PLACE}).status_code
