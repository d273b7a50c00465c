"""The ledger on the page: documents taken in, items assigned, split, joined, reported on, extended, closed; workbooks out and back."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.web_fixtures import add_token, built_store, form_mark, log_in, office, page_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

__all__ = ["built_store", "office"]  # fixtures


@pytest.fixture
def client(office: Path) -> Iterator[TestClient]:
    """The page on this machine, with the items of the plan of 2024 in the ledger."""
    with page_client(office, as_of="2024-11-20") as opened:
        told = _post(opened, "build", document="澜川市2024年工作要点")
        assert "新立 2 项" in told.text, told.text
        yield opened


def _post(client: TestClient, what: str, path: str = "/upload", **data: Any) -> Any:
    return client.post(f"/ledger/{what}", data={"csrf": form_mark(client, path), "who": "王五", **data})


def _items(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    return [row["item"] | {"light": row["light"]} for row in client.get("/ledger.json", params=asked).json()["rows"]]


def _change(client: TestClient, number: str, action: str, **data: Any) -> Any:
    page = client.get("/ledger/item", params={"number": number}).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen, page
    return _post(client, "change", number=number, action=action, seen=seen[1], **data)


def test_plan_becomes_items_that_are_grey_until_something_is_known(client: TestClient) -> None:
    """Two commitments, two items, each with its sentence and its light; asked for again, they are known."""
    rows = _items(client)
    assert [("未启动", "灰"), ("未启动", "灰")] == [(row["state"], row["light"]) for row in rows]
    assert "新立 0 项，已在账 2 项" in _post(client, "build", document="澜川市2024年工作要点").text
    page = client.get("/ledger").text
    for row in rows:
        assert row["number"] in page
        assert row["original"] in client.get("/ledger/item", params={"number": row["number"]}).text


def test_empty_ledger_offers_documents_and_says_what_comes_next(office: Path) -> None:
    """One click takes a plan in; then the page leads to the items without a unit, and remembers who did it."""
    with page_client(office) as opened:
        shown = opened.get("/ledger").text
        offered = re.findall(r'name="document" value="([^"]+)"', shown)
        assert offered
        assert "导出台账" not in shown
        told = _post(opened, "build", document=offered[-1])
        assert "下一步" in told.text
        assert "王五" in opened.get("/ledger").text
        assert "导出台账" in opened.get("/ledger").text


@pytest.mark.parametrize(
    ("action", "data", "told"),
    [
        ("assign", {"lead": "市水务局、市城管局"}, "市水务局"),
        ("progress", {"text": "已开工", "value": "40"}, "已开工"),
        ("edit", {"task": "新建停车位<b>4500</b>个", "person": "赵六", "state": "推进中", "completion": ""}, "赵六"),
        ("extend", {"deadline": "2025-06-30", "why": "汛期影响"}, "汛期影响"),
        ("close", {"opinion": "已现场核实"}, "已现场核实"),
        ("exclude", {"why": "属上级事权"}, "属上级事权"),
        ("split", {"texts": "第一件事\n第二件事"}, "-2"),
        ("overdue", {"why": ""}, "确认逾期"),
    ],
)
def test_change_is_kept_with_who(client: TestClient, action: str, data: dict[str, str], told: str) -> None:
    """Each thing that an officer does shows on the item, and in its history with the name."""
    number = _items(client)[0]["number"]
    assert 303 == _change(client, number, action, **data).status_code
    page = client.get("/ledger/item", params={"number": number}).text
    assert told in page
    assert "<b>4500" not in page
    history = client.get("/ledger/item.json", params={"number": number}).json()["history"]
    assert "王五" == history[-1]["who"]


def test_change_that_says_nothing_new_is_no_change(client: TestClient) -> None:
    """A form sent as it was leaves no entry."""
    item = _items(client)[0]
    before = client.get("/ledger/item.json", params={"number": item["number"]}).json()["history"]
    _change(client, item["number"], "edit", task=item["task"], state=item["state"], completion="", remark="")
    assert before == client.get("/ledger/item.json", params={"number": item["number"]}).json()["history"]


def test_second_of_two_people_is_told(client: TestClient) -> None:
    """What was opened before another's change is refused, and nothing is written."""
    number = _items(client)[0]["number"]
    page = client.get("/ledger/item", params={"number": number}).text
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', page)
    assert seen
    _change(client, number, "progress", text="先到的进展")
    answer = _post(client, "change", number=number, action="close", seen=seen[1], opinion="后到的销号")
    assert (409, True) == (answer.status_code, "刚被他人修改" in answer.text)
    assert "推进中" == _items(client)[0]["state"]


def test_many_are_assigned_and_joined(client: TestClient) -> None:
    """Units for all that are chosen; two items become one, what they were stays as 不入账."""
    numbers = [row["number"] for row in _items(client)]
    assert 303 == _post(client, "many", numbers=numbers, action="lead", names="市发改委").status_code
    assert 2 == len(_items(client, unit="市发改委"))
    assert 303 == _post(client, "many", numbers=numbers, action="merge").status_code
    assert (1, 3) == (len(_items(client)), len(_items(client, excluded="true")))


def test_group_fans_out_by_its_members(client: TestClient) -> None:
    """A list of members makes one item for each of them."""
    assert 303 == _post(client, "units", action="group", name="各区", members="东区、西区").status_code
    number = _items(client)[0]["number"]
    assert 303 == _change(client, number, "fan_out", group="各区").status_code
    assert {"东区", "西区"} <= {party["name"] for row in _items(client) for party in row["lead"]}
    assert "东区、西区" in client.get("/ledger/units").text
    assert 303 == _post(client, "units", action="remove", name="各区").status_code


def test_workbook_goes_out_and_comes_back(client: TestClient) -> None:
    """A unit's entry in the workbook is taken into the ledger by the hidden key; a broken file is told."""
    from openpyxl import load_workbook

    number = _items(client)[0]["number"]
    book = load_workbook(io.BytesIO(client.get("/ledger.xlsx").content))
    sheet = book.worksheets[0]
    headings = {cell.value: cell.column for cell in sheet[4]}
    (row,) = [cell.row for cell in sheet["A"] if cell.value == number]
    sheet.cell(row, headings["责任人"]).value = "孙七"
    sent = io.BytesIO()
    book.save(sent)
    files = [("files", ("../../住建局.xlsx", sent.getvalue())), ("files", ("坏.xlsx", b"not a workbook"))]
    answer = client.post("/ledger/return", data={"csrf": form_mark(client, "/upload"), "who": "王五"}, files=files)
    assert 200 == answer.status_code, answer.text
    assert "孙七" == _items(client)[0]["person"]
    assert "坏.xlsx" in answer.text


def test_each_unit_has_a_file(client: TestClient) -> None:
    """A package with a workbook for each lead unit."""
    _post(client, "many", numbers=[_items(client)[0]["number"]], action="lead", names="市发改委")
    with zipfile.ZipFile(io.BytesIO(client.get("/ledger/files.zip").content)) as package:
        assert any("市发改委" in name for name in package.namelist())
    assert "市发改委" in client.get("/ledger/report").text


@pytest.mark.parametrize("path", ["/ledger", "/ledger/item", "/ledger/report", "/ledger/units"])
@pytest.mark.parametrize("ending", ["", ".json", ".csv", ".xlsx"])
def test_every_view_has_its_twins(client: TestClient, path: str, ending: str) -> None:
    """Page, JSON, CSV and workbook."""
    assert 200 == client.get(f"{path}{ending}", params={"number": _items(client)[0]["number"]}).status_code


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/ledger?light=紫", 422), ("/ledger?state=x", 422), ("/ledger?p=0", 422), ("/ledger/item?number=2099-1", 404),
        ("/ledger/item", 422), ("/ledger?q=%00%27%22--", 200), ("/ledger?doc=nowhere", 200), ("/ledger/report?unit=nobody", 200),
    ],
)  # fmt: skip
def test_nonsense_in_a_link_gives_a_clear_page(client: TestClient, path: str, status: int) -> None:
    """No fault, no trace."""
    answer = client.get(path)
    assert (status, False) == (answer.status_code, "Traceback" in answer.text)


@pytest.mark.parametrize(
    ("what", "data"),
    [
        ("build", {"document": ""}), ("build", {"document": "没有这份文件"}), ("many", {}), ("many", {"numbers": "x", "action": "lead"}),
        ("many", {"numbers": ["a", "b"], "action": "merge"}), ("change", {"number": "x", "action": "close"}),
        ("change", {"number": "x", "action": "drop"}), ("units", {"action": "group", "name": "组", "members": ""}),
        ("units", {"action": "remove", "name": "没有"}), ("return", {}),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(client: TestClient, what: str, data: dict[str, Any]) -> None:
    """A message, and nothing changed."""
    before = _items(client, excluded="true")
    assert 400 == _post(client, what, **data).status_code
    assert before == _items(client, excluded="true")


def test_hostile_text_stays_text(office: Path) -> None:
    """Markup and template marks of a document are shown as they were written."""
    with page_client(office) as opened:
        _post(opened, "build", document="2025_澜川市")
        rows = _items(opened)
        assert rows
        pages = [opened.get("/ledger").text, *(opened.get("/ledger/item", params={"number": row["number"]}).text for row in rows)]
        for page in pages:
            assert not re.search(r"<(?:script>|img src=x|svg|b>)", page)
            assert "49" not in re.findall(r"公共停车位.{0,20}", page)


def test_viewers_look_only(office: Path) -> None:
    """A viewer sees the ledger without forms, and is refused where one is sent all the same."""
    token = add_token(office, "看", "viewer")
    with page_client(office, login=True) as opened:
        log_in(opened, "看", token)
        page = opened.get("/ledger")
        assert (200, False) == (page.status_code, 'action="/ledger/build"' in page.text)
        mark = re.search(r'name="csrf" value="([0-9a-f]+)"', page.text)
        assert mark
        assert 403 == opened.post("/ledger/build", data={"csrf": mark[1], "document": "澜川市"}).status_code


@pytest.mark.parametrize("name", ["tasks", "report", "slip"])
def test_papers_open_in_a_word_processor(client: TestClient, name: str) -> None:
    """任务分解表, 督查通报 and 督办单 as DOCX."""
    docx = pytest.importorskip("docx", reason="needs the extra docx")
    answer = client.get(f"/ledger/{name}.docx", params={"number": _items(client)[0]["number"]})
    assert docx.Document(io.BytesIO(answer.content)).element.body is not None


def test_closed_item_is_taken_up_again(client: TestClient) -> None:
    """What was closed can be opened, for a reason that stays in its history."""
    number = _items(client)[0]["number"]
    _change(client, number, "close", opinion="已核实")
    assert 303 == _change(client, number, "edit", state="推进中", why="复查未达标").status_code
    assert "推进中" == _items(client)[0]["state"]
    assert "复查未达标" in client.get("/ledger/item", params={"number": number}).text


def test_names_are_joined_and_parted(client: TestClient) -> None:
    """Each decision is kept with who; nonsense is refused with a message."""
    form = {"csrf": form_mark(client, "/upload"), "who": "王五", "first": "停车位", "second": "公共停车位<b>"}
    for action, told in (("join", "是同一指标"), ("part", "不是同一指标")):
        assert 303 == client.post("/names", data={**form, "action": action}).status_code
        assert told in client.get("/names.csv").text
    page = client.get("/names").text
    assert ("王五" in page, "<b>" in page) == (True, False)
    wrong = ({"action": "x"}, {"action": "join", "second": ""})
    assert [400, 404] == [client.post("/names", data={**form, **bad}).status_code for bad in wrong]
