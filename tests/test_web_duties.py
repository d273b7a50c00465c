"""What units owe and what falls due, from documents and, as soon as one is taken in, from the ledger."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.web_fixtures import built_store, doc_id, form_mark, office, page_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

__all__ = ["built_store", "office"]  # fixtures
PLACE, UNIT = "澜川市", "住房和城乡建设局"
PARKING = "到2024年底，市住建局新建公共停车位4500个以上。"


@pytest.fixture
def client(office: Path) -> Iterator[TestClient]:
    """The page on this machine, on a day before the last document's deadlines, with nothing in the ledger."""
    with page_client(office, as_of="2024-12-01") as opened:
        yield opened


@pytest.fixture
def kept(client: TestClient, office: Path) -> TestClient:
    """The same with the plan for 2024 taken into the ledger."""
    data = {"csrf": form_mark(client, "/upload"), "document": doc_id(office, "2024_澜川市_工作要点"), "who": "李四"}
    assert 200 == client.post("/ledger/build", data=data).status_code
    return client


def change(client: TestClient, number: str, **fields: str) -> None:
    """What the form of an item sends."""
    page = client.get("/ledger/item", params={"number": number}).text
    seen = page.split('name="seen" value="')[1].split('"')[0]
    data = {"csrf": form_mark(client, "/upload"), "number": number, "seen": seen, "who": "李四", **fields}
    assert 303 == client.post("/ledger/change", data=data).status_code


def due(client: TestClient, **asked: str) -> Any:
    """What falls due."""
    return client.get("/due.json", params=asked).json()


def test_unit_is_shown_with_what_documents_give_it(client: TestClient) -> None:
    """Without a ledger: the units that documents name, the tasks of one, and how to take a document into the ledger."""
    found = client.get("/units.json").json()
    assert ("documents", True) == (found["source"], any(UNIT in unit["name"] for unit in found["units"]))
    tasks = client.get("/units.json", params={"unit": "住建局", "place": PLACE}).json()["duties"]
    assert PARKING in [row["text"] for row in tasks]
    assert "点“列入台账”" in client.get("/units").text


def test_due_lists_what_ends_between_two_days(client: TestClient) -> None:
    """A deadline on the last day counts, one a day later does not; a day that is none is told."""
    assert ["2024-12-31"] == [row["due"] for row in due(client, due_after="2024-12-31", due_before="2024-12-31")["duties"]]
    assert [] == due(client, due_after="2024-12-01", due_before="2024-12-30")["duties"]
    assert [("2024-12-31", 30)] == [(row["due"], row["days"]) for row in due(client)["duties"]]
    assert 422 == client.get("/due?due_after=2024-13-01").status_code


def test_units_are_those_of_the_ledger_once_it_has_items(kept: TestClient) -> None:
    """Counted by light, with how many a unit leads; the other view is a click away."""
    found = kept.get("/units.json").json()
    (row,) = [unit for unit in found["units"] if "住建局" in unit["name"] or UNIT in unit["name"]]
    assert ("ledger", 1, 1, 1, {"灰": 1}, "2024-12-31") == (
        found["source"],
        *(row[name] for name in ("tasks", "lead", "open", "lights", "next_due")),
    )
    (duty,) = kept.get("/units.json", params={"unit": row["name"]}).json()["duties"]
    assert (PARKING, "未启动", "灰", PLACE) == (duty["text"], duty["state"], duty["light"], duty["place"])
    page = kept.get("/units", params={"unit": row["name"]}).text
    for told in (f"/ledger/item?number={duty['number']}", f"#r-{duty['task']}", "未启动", "改看全部文件里写的任务"):
        assert told in page
    assert "documents" == kept.get("/units.json", params={"source": "documents"}).json()["source"]
    assert [] == kept.get("/units.json", params={"place": "无此地"}).json()["units"]


def test_due_follows_the_ledger(kept: TestClient) -> None:
    """What is put off falls due later, what is closed no longer; what is overdue is listed first and counted."""
    (duty,) = [row for row in due(kept)["duties"] if row["text"] == PARKING]
    change(kept, duty["number"], action="extend", deadline="2025-01-15", why="雨季")
    assert [("2025-01-15", 45, "延期")] == [(row["due"], row["days"], row["state"]) for row in due(kept)["duties"]]
    assert [] == due(kept, due_before="2025-01-14")["duties"]
    assert 1 == due(kept, light="绿")["count"] + due(kept, light="黄")["count"]
    change(kept, duty["number"], action="close", opinion="已核")
    assert [] == due(kept)["duties"]
    assert ["已销号"] == [row["state"] for row in due(kept, ended="true")["duties"]]
    assert ["已销号"] == [row["state"] for row in due(kept, state="已销号")["duties"]]
    assert ["2024-12-31"] == [row["due"] for row in due(kept, source="documents")["duties"]]


@pytest.mark.usefixtures("kept")
def test_overdue_items_are_listed_though_nobody_asked_for_the_past(office: Path) -> None:
    """Half a year later the item stands at the top with the days that have passed."""
    with page_client(office, as_of="2025-07-01") as later:
        found = due(later)
        assert (1, [-182]) == (found["overdue"], [row["days"] for row in found["duties"]])
        assert "已过 182 天" in later.get("/due").text
        assert 0 == due(later, source="documents")["count"]


@pytest.mark.parametrize(
    ("path", "heads"),
    [
        ("/units.xlsx", ["单位", "事项", "其中牵头", "未办结", "红", "黄", "蓝", "绿", "灰", "最近时限"]),
        ("/due.xlsx", ["任务编号", "预警灯", "时限", "距今天数", "时限推定", "期限原文", "具体任务", "牵头单位", "配合单位", "办理状态"]),
        ("/due.xlsx?source=documents", ["截止", "期限原文", "任务原文", "语句性质", "责任单位", "文件", "地区", "年份", "编号"]),
        ("/units.xlsx?source=documents", ["单位", "任务数"]),
    ],
)  # fmt: skip
def test_workbooks_hold_what_the_page_shows(kept: TestClient, path: str, heads: list[str]) -> None:
    """Headings in the office's words, a row for each item."""
    openpyxl = pytest.importorskip("openpyxl")
    (sheet,) = openpyxl.load_workbook(io.BytesIO(kept.get(path).content))
    assert heads == [cell.value for cell in sheet[1]][: len(heads)]
    assert sheet.max_row > 1


@pytest.mark.parametrize("query", ["source=x", "light=red", "state=done", "p=0", "ended=maybe", "due_before=9999-99-99"])
@pytest.mark.parametrize("path", ["/due", "/due.json"])
def test_nonsense_is_told(client: TestClient, path: str, query: str) -> None:
    """A filter that cannot be is named, without a fault."""
    assert 422 == client.get(f"{path}?{query}").status_code


def test_ends_of_the_calendar_do_no_harm(client: TestClient) -> None:
    """The last day that there is, and the first."""
    for query in ("due_after=9999-12-31", "due_before=0001-01-01", "due_after=0001-01-01"):
        assert 200 == client.get(f"/due?{query}").status_code
