"""Verdicts that people confirm, change and take back: in 指标, 年度总表, 对账, their twins, and on the command line."""

from __future__ import annotations

import io
import re
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.store import open_store
from pipeline.track import track
from pipeline.track.loop_store import pairs_of
from pipeline.track.show import series_lines
from tests.web_fixtures import add_token, built_store, form_mark, log_in, office, page_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

__all__ = ["built_store", "office"]  # fixtures
PLACE, INDICATOR = "澜川市", "城市生活污水集中收集率"
ASKED = {"place": PLACE, "indicator": INDICATOR}


@pytest.fixture
def client(office: Path) -> Iterator[TestClient]:
    """The page on this machine, as of a day after the last document."""
    with page_client(office, as_of="2025-06-01") as opened:
        yield opened


def row_of(client: TestClient) -> Any:
    """The year of the indicator that was judged."""
    (row,) = [row for one in client.get("/indicator.json", params=ASKED).json()["series"] for row in one["years"]]
    return row


def said(client: TestClient, verdict: str, seen: int = 0, **more: str) -> dict[str, str]:
    """What the form beside the verdict sends."""
    target, actual = row_of(client)["target"], row_of(client)["actual"]
    form = {"csrf": form_mark(client, "/upload"), "doc": target["doc_id"], "record": target["record"], "other": actual["doc_id"]}
    return {**form, "verdict": verdict, "seen": str(seen), "next": "/indicator#v", "who": "李四", "why": "按统计口径已达到", **more}


def test_confirmed_verdict_outranks_the_first_judgement_everywhere(client: TestClient, office: Path) -> None:
    """On the page with who and why, in the twins, in the year table, in the comparison and on the command line."""
    answer = client.post("/verdicts", data=said(client, "met"))
    assert (303, "/indicator?told=judged#v") == (answer.status_code, answer.headers["location"])
    row = row_of(client)
    assert ("met", "missed", "李四") == (row["verdict"], row["first"], row["confirmed"]["who"])
    page = client.get("/indicator", params=ASKED).text
    assert re.search("已达目标.*李四 .*确认.*（机器初判：未达目标）.*理由：按统计口径已达到", page, re.DOTALL)
    assert "met" in client.get("/place.json", params={"place": PLACE, "year": 2024}).json()["counts"]
    with open_store(office, readonly=True) as store:
        told = "\n".join(series_lines(track(store, INDICATOR)))
    assert re.search("2024 已达目标（李四 20.*确认：按统计口径已达到）　机器初判 未达目标：", told)


def test_verdict_is_taken_back(client: TestClient) -> None:
    """The first judgement holds again; the list shows both steps, and only what holds can be taken back."""
    client.post("/verdicts", data=said(client, "met"))
    assert client.get("/verdicts").text.count('<button class="quiet">撤回</button>') == 1
    answer = client.post("/verdicts", data=said(client, "met", seen=1, undo="1"))
    assert "told=unjudged" in answer.headers["location"]
    assert ("missed", None) == (row_of(client)["verdict"], row_of(client)["confirmed"])
    rows = client.get("/verdicts.json").json()["rows"]
    assert [("", False), ("已达目标", False)] == [(row["verdict"], row["holds"]) for row in rows]
    assert "撤回</button>" not in client.get("/verdicts").text


def test_two_people_at_one_verdict(client: TestClient) -> None:
    """The second sees what the first decided, with the own input kept, and nothing is written until it is sent again."""
    client.post("/verdicts", data=said(client, "met"))
    second = said(client, "below", who="王五", why="差得远")
    answer = client.post("/verdicts", data=second)
    assert 409 == answer.status_code
    for told in ("李四", "已达目标", "按统计口径已达到", "低于预期目标", "差得远", "还没有写入"):
        assert told in answer.text
    assert "李四" == row_of(client)["confirmed"]["who"]
    seen = re.search(r'name="seen" value="(\d+)"', answer.text)
    assert seen
    assert 303 == client.post("/verdicts", data=second | {"seen": seen[1]}).status_code
    assert ("below", "王五") == (row_of(client)["verdict"], row_of(client)["confirmed"]["who"])


def test_form_in_the_page_can_be_sent_as_it_is(client: TestClient) -> None:
    """What the form of the table bears is enough, in 指标, 年度总表 and 对账."""
    for path in ("/indicator", "/place", "/reconcile"):
        page = client.get(path, params=ASKED | {"year": "2024"}).text
        form = re.search(r'<form class="decide".*?</form>', page, re.DOTALL)
        assert form, path
        fields = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[0]))
        options = re.findall(r'<option value="(\w+)"', form[0])
        answer = client.post("/verdicts", data=fields | {"verdict": options[0]})
        assert 303 == answer.status_code, path


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"verdict": "done"}, 400), ({"verdict": "<script>"}, 400), ({"record": "q0"}, 404), ({"doc": "x"}, 404), ({"other": "x"}, 404),
        ({"record": "q0#1-2"}, 404), ({"record": "#"}, 404), ({"csrf": "x"}, 403), ({"seen": "９"}, 303), ({"seen": "-1"}, 303),
    ],
)  # fmt: skip
def test_what_no_form_of_ours_sends_is_refused(client: TestClient, change: dict[str, str], status: int) -> None:
    """Words that are none, records that are not there, forms without our mark."""
    assert status == client.post("/verdicts", data=said(client, "met") | change).status_code


def test_commitments_of_one_task_are_judged_one_by_one(client: TestClient, office: Path) -> None:
    """A decision is about a clause, not about all clauses of its sentence; it counts in the page, its twin and the command line."""
    found = client.get("/reconcile.json", params={"place": PLACE, "year": 2024}).json()
    pair = found["pairs"][0]
    sewage = next(row for row in pair["rows"] if "75%" in row["text"])
    form = {"csrf": form_mark(client, "/upload"), "doc": pair["plan"], "record": sewage["key"], "other": pair["review"], "who": "李四"}
    assert 303 == client.post("/verdicts", data={**form, "verdict": "progress", "seen": "0"}).status_code
    rows = client.get("/reconcile.json", params={"place": PLACE, "year": 2024}).json()["pairs"][0]["rows"]
    assert [sewage["key"]] == [row["key"] for row in rows if row["confirmed"]]
    with open_store(office, readonly=True) as store:
        (pair_found,) = pairs_of(store, PLACE, 2024)
    assert {sewage["key"]: "progress"} == {key: one.verdict for key, one in pair_found.judged.items()}
    assert 400 == client.post("/verdicts", data={**form, "verdict": "met"}).status_code
    assert 409 == client.post("/verdicts", data={**form, "verdict": "done", "seen": "0"}).status_code
    assert "有进展" in client.get("/verdicts").text


def test_viewer_cannot_decide(office: Path) -> None:
    """A viewer sees no form, and what is sent without one is refused."""
    token = add_token(office, "李四", "viewer")
    with page_client(office, login=True, as_of="2025-06-01") as client:
        log_in(client, "李四", token)
        assert "decide" not in client.get("/indicator", params=ASKED).text
        data = said(client, "met") | {"csrf": form_mark(client, "/verdicts")}
        assert 403 == client.post("/verdicts", data=data).status_code


def test_workbook_of_an_indicator_has_points_and_judgements(client: TestClient) -> None:
    """A sheet of the series, one line a point, and a sheet of what was judged, with who."""
    openpyxl = pytest.importorskip("openpyxl")
    client.post("/verdicts", data=said(client, "met"))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/indicator.xlsx", params=ASKED).content))
    assert ["序列", "判定"] == book.sheetnames
    points, judged = (
        [dict(zip([cell.value for cell in sheet[1]], row, strict=True)) for row in sheet.iter_rows(2, values_only=True)] for sheet in book
    )
    told = [(row["年度"], row["类别"], row["下限"], row["单位"]) for row in points]
    assert {"等于"} == {row["比较"] for row in points}
    assert [(2024, "目标", 75, "%"), (2024, "完成", 71, "%")] == sorted(told, key=lambda row: -row[2])
    assert ("已达目标", "李四", "未达目标") == tuple(judged[0][name] for name in ("完成判定", "判定人", "机器初判"))
