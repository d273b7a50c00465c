"""The page as an office uses it: search, open, put aside, correct, upload; and the same for programs."""

from __future__ import annotations

import io
import time
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.web_fixtures import built_store, doc_id, first_record, form_mark, office, page_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

__all__ = ["built_store", "office"]  # fixtures


@pytest.fixture
def client(office: Path) -> Iterator[TestClient]:
    """The page on this machine, where nobody logs in."""
    with page_client(office) as opened:
        yield opened


PLAN, REVIEW = "2024_澜川市_工作要点", "2024_澜川市_工作总结"


def test_start_leads_to_search(client: TestClient) -> None:
    """The bare address opens the search page."""
    assert (303, "/search") == (client.get("/").status_code, client.get("/").headers["location"])


def test_search_marks_words_counts_facets_and_cites(client: TestClient) -> None:
    """A hit shows its matched words, what else can be narrowed to, and a text to copy with its source."""
    page = client.get("/search", params={"q": "公共停车位"}).text
    assert "<mark>公共停车位</mark>" in page
    assert "语句性质" in page
    assert "——《" in page
    found = client.get("/search.json", params={"q": "公共停车位"}).json()
    assert (True, "2024") == (found["found"], found["facets"][0]["values"][-1]["value"])


def test_what_was_understood_can_be_undone(client: TestClient) -> None:
    """Each part of the query that was taken for a filter has a link that takes it as plain words."""
    page = client.get("/search", params={"q": "2024年停车位"}).text
    assert "literal=year" in page
    undone = client.get("/search.json", params={"q": "2024年停车位", "literal": "year"}).json()
    assert [] == undone["understood"]


def test_nothing_found_says_what_the_store_covers(client: TestClient) -> None:
    """An honest answer: nothing, and what there is."""
    page = client.get("/search", params={"q": "乙市核电站安全壳"}).text
    assert "没有找到" in page
    assert "库里有什么" in page


@pytest.mark.parametrize(
    "path",
    [
        "/search?year=abc", "/search?year=99999", "/search?status=<script>", "/search?sort=up", "/search?p=0", "/search?p=999999",
        "/search?q=" + "长" * 500, "/documents?year=x", "/documents?p=-1", "/sample?n=0", "/sample?kind=x", "/sample?seed=-1", "/document",
        "/corrections?p=x", "/log?p=0",
    ],
)  # fmt: skip
def test_nonsense_in_a_link_is_told_plainly(client: TestClient, path: str) -> None:
    """A filter that means nothing gives a page that says which, and JSON that says the same."""
    answer = client.get(path)
    assert (422, True) == (answer.status_code, "链接里的条件看不懂" in answer.text)
    assert "<script>" not in answer.text
    name, _, query = path.partition("?")
    twin = client.get(f"{name}.json?{query}")
    assert (422, True) == (twin.status_code, "看不懂" in twin.json()["error"])


@pytest.mark.parametrize(
    "path", ["/nowhere", "/document?id=x", "/record?id=x", "/original?id=x", "/text?id=x", "/upload?job=x", "/static/no"]
)
def test_what_is_not_there_is_told_plainly(client: TestClient, path: str) -> None:
    """A missing page, document or record gives a page in Chinese, never a trace."""
    answer = client.get(path)
    assert 404 == answer.status_code
    assert "Traceback" not in answer.text


def test_document_shows_sections_records_and_one_record_beside_it(client: TestClient, office: Path) -> None:
    """The text with its tree; a chosen record with its fields in the office's words."""
    name = doc_id(office, PLAN)
    record = first_record(office, name)
    page = client.get("/document", params={"id": name, "record": record}).text
    assert 'href="#s0"' in page
    for word in ("4500个以上", "不低于" if "不低于" in page else "≥", "可信度 ", "目标", "依据规则"):
        assert word in page
    assert "0.9" not in page.partition("<article")[0]


def test_document_names_the_same_indicator_in_other_years(client: TestClient, office: Path) -> None:
    """A figure is shown beside those of the same indicator in other documents of the place."""
    name = doc_id(office, REVIEW)
    found = client.get("/record.json", params={"id": first_record(office, name)}).json()
    assert {doc_id(office, PLAN)} <= {item["doc_id"] for item in found["neighbours"]}


def test_original_is_given_only_as_it_was_read(client: TestClient, office: Path, built_store: Path) -> None:
    """The file is offered while its bytes are those that were read; no other file can be got."""
    name = doc_id(office, PLAN)
    path = built_store.parent / f"{PLAN}.txt"
    answer = client.get("/original", params={"id": name})
    assert (200, path.read_bytes()) == (answer.status_code, answer.content)
    assert answer.headers["content-disposition"].startswith("attachment")
    before = path.read_bytes()
    path.write_bytes(b"other")
    try:
        assert 404 == client.get("/original", params={"id": name}).status_code
    finally:
        path.write_bytes(before)


@pytest.mark.parametrize(
    "path",
    [
        "/search?q=停车位",
        "/documents",
        "/document?id={plan}",
        "/corrections",
        "/sample",
        "/basket",
        "/record?id={record}",
        "/upload",
        "/users",
        "/log",
    ],
)
def test_every_view_has_its_twins(client: TestClient, office: Path, path: str) -> None:
    """The same address with .json, .csv and .xlsx."""
    name = doc_id(office, PLAN)
    path = path.format(plan=name, record=first_record(office, name))
    head, _, query = path.partition("?")
    assert 200 == client.get(path).status_code
    assert "application/json" == client.get(f"{head}.json?{query}").headers["content-type"]
    assert client.get(f"{head}.csv?{query}").content.startswith(b"\xef\xbb\xbf")
    assert zipfile.is_zipfile(io.BytesIO(client.get(f"{head}.xlsx?{query}").content))


def test_exports_hide_telephones_unless_asked(client: TestClient, office: Path) -> None:
    """Numbers of telephones are masked, character for character, in every twin."""
    address = f"/document.json?id={doc_id(office, PLAN)}"
    assert "138******78" in client.get(address).text
    assert "13812345678" in client.get(address + "&unmasked=1").text
    assert "13812345678" not in client.get(f"/search.csv?q={'联系人'}").text


def test_exports_hold_no_formula(client: TestClient, office: Path) -> None:
    """A cell that a spreadsheet would run is made text."""
    lines = client.get("/document.csv", params={"id": doc_id(office, "2025_澜川市")}).text.splitlines()
    assert not [cell for line in lines for cell in line.split(",") if cell.strip('"').startswith(("=", "@", "+"))]


def test_hostile_text_never_becomes_markup(client: TestClient, office: Path) -> None:
    """What a document says is shown as it is, in every view."""
    name = doc_id(office, "2025_澜川市")
    for path in (
        f"/document?id={name}",
        "/documents",
        "/search?q=公共停车位",
        "/search?q=<script>alert(1)</script>",
        f"/document?id={name}&record=<script>",
    ):
        page = client.get(path).text
        for markup in ("<script>alert", "<img src=x", "<svg onload", "<b>公共", "49 4500"):
            assert markup not in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in client.get(f"/document?id={name}").text


def put_aside(client: TestClient, name: str, span: tuple[int, int], **more: Any) -> Any:
    """Put a passage into the basket as the button does."""
    data = {"csrf": form_mark(client, "/users"), "doc_id": name, "start": span[0], "end": span[1], "next": "/search?q=停车位"}
    return client.post("/basket/add", data=data | more)


def test_basket_collects_passages_and_exports_them_as_a_paper(client: TestClient, office: Path) -> None:
    """What was put aside is listed, becomes a Word document with sources, and can be taken out again."""
    docx = pytest.importorskip("docx")
    name = doc_id(office, PLAN)
    assert 303 == put_aside(client, name, (18, 43)).status_code
    assert 1 == len(client.get("/basket.json").json()["items"])
    paper = docx.Document(io.BytesIO(client.get("/basket.docx").content))
    assert "——《" in paper.paragraphs[-1].text
    client.post("/basket/remove", data={"csrf": form_mark(client, "/basket"), "doc_id": name, "start": 18, "end": 43})
    assert [] == client.get("/basket.json").json()["items"]


@pytest.mark.parametrize(("span", "name"), [((0, 10**9), None), ((5, 5), None), ((-3, 4), None), ((0, 5), "none")])
def test_basket_takes_only_what_is_there(client: TestClient, office: Path, span: tuple[int, int], name: str | None) -> None:
    """A place outside of the text, or of no document, is refused."""
    assert 404 == put_aside(client, name or doc_id(office, PLAN), span).status_code


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example", "/\\evil.example", "/a\r\nset-cookie: x=1", ""])
def test_forms_lead_nowhere_else(client: TestClient, office: Path, target: str) -> None:
    """After a form one comes back to a page of this site only."""
    assert "/basket" == put_aside(client, doc_id(office, PLAN), (0, 5), next=target).headers["location"]


def decide(client: TestClient, record: str, action: str, **fields: Any) -> Any:
    """Correct a record as the form does."""
    seen = client.get("/record.json", params={"id": record}).json()["last_decision"]
    data = {"csrf": form_mark(client, "/users"), "id": record, "action": action, "seen": seen, "who": "李四", "why": "核对原文"} | fields
    return client.post("/correct", data=data)


def test_corrections_are_kept_with_who_when_and_why_and_can_be_undone(client: TestClient, office: Path) -> None:
    """Edit a figure, see it, take it back, see what was there before."""
    record = first_record(office, doc_id(office, PLAN))
    assert 303 == decide(client, record, "edit", low="4600", end="2024-12-30").status_code
    row = client.get("/record.json", params={"id": record}).json()["row"]
    assert (4600, "2024-12-30") == (row["low"], row["end"])
    (made,) = client.get("/corrections.json").json()["corrections"]
    assert ("李四", "核对原文", "edit") == (made["who"], made["why"], made["action"])
    client.post("/correct/undo", data={"csrf": form_mark(client, "/corrections"), "number": made["number"]})
    assert 4500 == client.get("/record.json", params={"id": record}).json()["row"]["low"]
    assert ["undo", "edit"] == [item["action"] for item in client.get("/corrections.json").json()["corrections"]]


def test_rejected_record_is_gone(client: TestClient, office: Path) -> None:
    """A rejected record is shown nowhere."""
    record = first_record(office, doc_id(office, PLAN))
    assert 303 == decide(client, record, "reject").status_code
    assert 404 == client.get("/record", params={"id": record}).status_code


@pytest.mark.parametrize(
    ("field", "value"), [("low", "很多"), ("end", "2024-13-45"), ("end", "明天"), ("comparator", "<script>"), ("low", "nan")]
)
def test_values_that_no_field_can_have_are_refused(client: TestClient, office: Path, field: str, value: str) -> None:
    """A wrong value changes nothing and is told."""
    record = first_record(office, doc_id(office, PLAN))
    assert 400 == decide(client, record, "edit", **{field: value}).status_code
    assert [] == client.get("/corrections.json").json()["corrections"]


def test_second_of_two_people_sees_what_the_first_decided(client: TestClient, office: Path) -> None:
    """Nothing is overwritten unseen, and nothing that was filled in is lost."""
    record = first_record(office, doc_id(office, PLAN))
    decide(client, record, "edit", low="4600")
    late = decide(client, record, "edit", low="4700", seen="0", who="王五")
    assert (409, True, True) == (late.status_code, "李四" in late.text, 'value="4700"' in late.text)
    assert 4600 == client.get("/record.json", params={"id": record}).json()["row"]["low"]


def test_record_is_added_on_selected_or_written_words(client: TestClient, office: Path) -> None:
    """Words become a record of a person's own, at the place that was selected or at the only one where they stand."""
    name = doc_id(office, REVIEW)
    data = {
        "csrf": form_mark(client, "/users"),
        "doc_id": name,
        "kind": "quantity",
        "quantity_status": "actual",
        "quote": "71%",
        "who": "李四",
    }
    added = client.post("/correct/add", data=data)
    assert 303 == added.status_code, added.text
    record = added.headers["location"]
    assert "told=added" in record
    found = client.get("/document.json", params={"id": name}).json()["quantities"]
    assert [71] == [row["low"] for row in found if row.get("reviewed", {}).get("action") == "add"]


@pytest.mark.parametrize(("quote", "told"), [("", "请选中"), ("没有这句话", "没有这句原文"), ("年", "出现")])
def test_words_that_do_not_stand_once_are_refused(client: TestClient, office: Path, quote: str, told: str) -> None:
    """A record needs a place."""
    data = {"csrf": form_mark(client, "/users"), "doc_id": doc_id(office, REVIEW), "kind": "deadline", "quote": quote}
    answer = client.post("/correct/add", data=data)
    assert (400, True) == (answer.status_code, told in answer.text)


def test_sample_shows_the_rate_of_errors_of_what_was_judged(client: TestClient) -> None:
    """One right and one wrong of two judged are a half, with wide bounds."""
    rows = client.get("/sample.json?kind=quantity&n=3").json()["rows"]
    decide(client, rows[0]["id"], "confirm")
    decide(client, rows[1]["id"], "reject")
    sample = client.get("/sample.json?kind=quantity&n=3").json()
    assert (2, 1, 0.5) == (sample["judged"], sample["wrong"], sample["rate"])
    assert sample["lowest"] < 0.1 < 0.9 < sample["highest"]


def test_corrected_document_is_exported_as_gold(client: TestClient, office: Path) -> None:
    """The gold document holds what people decided."""
    name = doc_id(office, PLAN)
    decide(client, first_record(office, name), "edit", low="4600")
    gold = client.get("/gold", params={"id": name}).json()
    assert 4600 in [row["low"] for row in gold["quantities"]]
    assert {"sentences", "quantities", "deadlines", "text"} <= gold.keys()


def send_files(client: TestClient, files: list[tuple[str, bytes]], **fields: str) -> Any:
    """Upload as the form does."""
    data = {"csrf": form_mark(client, "/upload"), "unclassified": "1"} | fields
    return client.post("/upload", data=data, files=[("files", (name, content)) for name, content in files])


def wait_for(client: TestClient, answer: Any) -> list[dict[str, Any]]:
    """The results of an upload when all are there."""
    address = answer.headers["location"].replace("/upload?", "/upload.json?")
    for _ in range(800):
        found = client.get(address).json()
        if found["done"]:
            return list(found["files"])
        time.sleep(0.05)
    raise AssertionError(found)


def test_upload_tells_a_result_for_each_file(client: TestClient) -> None:
    """New, already there, wrong kind, broken, secret: each is told, and none stops the others."""
    text = "乙县2025年工作要点\n一、任务\n到2025年底，县水利局完成河道清淤30公里。\n".encode()
    files = [
        ("2025_乙县_工作要点.txt", text), ("2025_乙县_工作要点.txt", text), ("清单.exe", b"MZ"), ("坏.pdf", b"%PDF-1.4 nonsense"),
        ("密件.txt", "机密★1年\n乙县2025年工作要点\n一、任务\n完成河道清淤。\n".encode()),
    ]  # fmt: skip
    results = wait_for(client, send_files(client, files))
    assert ["new", "unchanged", "failed", "failed", "failed"] == [item["result"] for item in results]
    assert 200 == client.get("/document", params={"id": results[0]["doc_id"]}).status_code


@pytest.mark.parametrize(
    "name", ["../../../etc/x.txt", "..\\..\\x.txt", "/etc/passwd.txt", "a/../../b.txt", ".txt", "\u202etxt.exe.txt", "x" * 300 + ".txt"]
)
def test_names_of_files_lead_nowhere(client: TestClient, office: Path, name: str) -> None:
    """Whatever a file is called, it lands in the folder of uploads."""
    before = {path for path in office.parent.rglob("*") if path.is_file()}
    wait_for(client, send_files(client, [(name, "丙市2025年工作要点\n完成植树100亩。\n".encode())]))
    made = {path for path in office.parent.rglob("*") if path.is_file()} - before
    folder = office.with_name("office.db.uploads")
    assert [True] == [
        path.resolve().is_relative_to(folder) and len(path.name) < 100 for path in made if not path.name.startswith("office.db-")
    ]


@pytest.mark.parametrize(
    ("files", "fields", "told"),
    [
        ([], {}, "请选择文件"),
        ([("a.txt", b"x")], {"unclassified": ""}, "不含涉密"),
        ([(f"{n}.txt", b"x") for n in range(3)], {}, "最多上传 2 个"),
    ],
)
def test_uploads_are_limited_in_number_and_want_a_confirmation(
    office: Path, files: list[tuple[str, bytes]], fields: dict[str, str], told: str
) -> None:
    """No file, no confirmation, too many files: refused in so many words."""
    with page_client(office, upload_files=2) as client:
        answer = send_files(client, files, **fields)
    assert (400, True) == (answer.status_code, told in answer.text)


def test_oversized_upload_is_refused(office: Path) -> None:
    """More bytes than allowed are refused before they are read."""
    with page_client(office, upload_bytes=50_000) as client:
        assert 413 == send_files(client, [("a.txt", b"x" * 60_000)]).status_code
        assert 413 == client.post("/basket/add", content=b"x" * 2_000_000).status_code


def test_new_version_takes_the_place_of_an_earlier_upload(client: TestClient) -> None:
    """A file of the same name is another document, unless it is said to be a new version."""
    first, second = (
        "丁市2025年工作要点\n完成植树100亩。\n".encode(),
        "丁市2025年工作要点\n完成植树200亩，新建公园5个，改造道路30条。\n".encode(),
    )
    (one,) = wait_for(client, send_files(client, [("2025_丁市_工作要点.txt", first)]))
    (two,) = wait_for(client, send_files(client, [("2025_丁市_工作要点.txt", second)], replace="1"))
    assert ("revised", one["doc_id"]) == (two["result"], two["doc_id"])
    (three,) = wait_for(client, send_files(client, [("2025_丁市_工作要点.txt", "丁市水务局2025年工作要点\n清淤河道9公里。\n".encode())]))
    assert ("new", True) == (three["result"], three["doc_id"] != one["doc_id"])
