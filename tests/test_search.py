"""Search finds the passages that answer, says where they stand, and says so when nothing does."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.batch import Options
from pipeline.search.find import Answer, search
from pipeline.search.request import RequestError, answer_rows, make_wish, open_index
from pipeline.search.show import answer_lines, answer_row
from pipeline.store import StoreError, open_store
from pipeline.store.backup import backup
from pipeline.store.ingest import ingest
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.search.index import Index

REPORT = """{place}{year}年政府工作报告
一、{before}年工作回顾
{before}年，改造老旧小区{old}个，新建口袋公园12个，城市生活污水集中收集率达到68.1%。
内涝治理仍是短板，部分路段积水问题突出。
二、{year}年工作安排
(一)改善民生。新建社区长者食堂{canteens}家，发展老年助餐服务。年底前新增公共停车位{parking}个。
(二)城市建设。由市住建局牵头，到{year}年底改造老旧小区{new}个。持续推进窨井盖整治更新。
(三)营商环境。全面推行“扫码入企”，规范涉企检查。根治拖欠农民工工资。
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Reports of three cities and two years; the store knows places by their real names."""
    folder = tmp_path_factory.mktemp("in")
    for number, place in enumerate(("上饶市", "赣州市", "宜春市"), start=1):
        for year in (2024, 2025):
            numbers = {"old": 40 + number, "new": 50 + number, "canteens": 5 * number, "parking": 1500 * number}
            text = REPORT.format(place=place, year=year, before=year - 1, **numbers)
            (folder / f"{year}_{place}_政府工作报告.txt").write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def db(folder: Path) -> Path:
    """A store with these reports."""
    path = folder.parent / f"{folder.name}.db"
    with open_store(path, create=True) as store:
        ingest([folder], store, Options())
    return path


@pytest.fixture(scope="module")
def index(db: Path) -> Iterator[Index]:
    """The store, ready to be searched."""
    with open_store(db, readonly=True) as store:
        yield open_index(store)


def ask(index: Index, query: str, **options: Any) -> Answer:
    """The answer to a query on a fixed day."""
    return search(index, query, make_wish(as_of="2025-06-15", **options))


def places(answer: Answer) -> list[tuple[str | None, int | None]]:
    """Place and year of each hit, in order."""
    return [(hit.document["place"], hit.document["year"]) for hit in answer.hits]


@pytest.mark.parametrize(
    ("query", "first", "held"),
    [
        ("窨井盖 整治", None, "窨井盖整治更新"),
        ("赣州2025年新增多少停车位", ("赣州市", 2025), "公共停车位3000个"),
        ("宜春2024年老旧小区完成情况", ("宜春市", 2025), "改造老旧小区43个"),  # the report of the year after tells of it
        ("宜春2024年改造老旧小区目标", ("宜春市", 2024), "改造老旧小区53个"),
        ("老人没人做饭", None, "长者食堂"),  # no word in common
        ("工钱要不回来", None, "根治拖欠农民工工资"),
        ("三天两头上门查", None, "扫码入企"),
        ("上饶内涝有什么问题", ("上饶市", None), "内涝治理仍是短板"),
    ],
)
def test_best_hit_answers(index: Index, query: str, first: tuple[str, int | None] | None, held: str) -> None:
    """The first hit is of the place and year asked for, and holds the answer."""
    hit = ask(index, query).hits[0]
    assert held in hit.text
    if first is not None:
        assert first[0] == hit.document["place"]
        assert first[1] in (None, hit.document["year"])


def test_hit_points_back_to_its_characters(index: Index) -> None:
    """The text of a hit, and each mark in it, is what stands there in the source."""
    for query in ("停车位", "老旧小区改造", "老人没人做饭"):
        for hit in ask(index, query).hits:
            document = index.store.document(hit.document["doc_id"])
            assert document is not None
            assert hit.text == document.text[slice(*hit.span)]
            assert len(hit.text) <= 400
            for start, end in hit.marks:
                assert hit.span[0] <= start < end <= hit.span[1]
    assert any(hit.marks for hit in ask(index, "停车位").hits)


def test_hit_shows_its_place_and_records(index: Index) -> None:
    """A hit names document, headings and clause, and carries the records inside."""
    hit = ask(index, "赣州2025年新增多少停车位").hits[0]
    assert "二、2025年工作安排" in hit.section
    assert "2025_赣州市_政府工作报告.txt" in hit.document["source"]
    assert {"task", "quantity", "deadline"} <= {record["record"] for record in hit.records}
    assert any(record.get("low") == 3000 for record in hit.records)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"place": ["上饶"]}, {("上饶市", 2024), ("上饶市", 2025)}),
        ({"place": ["上饶市", "赣州市"], "year": [2025]}, {("上饶市", 2025), ("赣州市", 2025)}),
        ({"not_place": ["上饶"], "year": [2025]}, {("赣州市", 2025), ("宜春市", 2025)}),
        ({"unit": ["住建局"], "place": ["宜春"], "year": [2025]}, {("宜春市", 2025)}),
        ({"indicator": ["停车位"], "place": ["赣州"]}, {("赣州市", 2024), ("赣州市", 2025)}),
        ({"since": "2025"}, {("上饶市", 2025), ("赣州市", 2025), ("宜春市", 2025)}),
        ({"until": "2024-12"}, {("上饶市", 2024), ("赣州市", 2024), ("宜春市", 2024)}),
        ({"issuer": ["赣州"], "status": ["achieved"]}, {("赣州市", 2024), ("赣州市", 2025)}),
        ({"due_after": "2025-06", "due_before": "2025-12-31", "place": ["宜春"]}, {("宜春市", 2025)}),
        ({"doc_type": ["speech"]}, set()),
    ],
)
def test_filters_leave_only_what_passes(index: Index, options: dict[str, Any], expected: set[tuple[str, int]]) -> None:
    """Every filter holds for every hit, and what passes is found."""
    assert expected == set(places(ask(index, "任务", limit=50, **options)))


def test_has_and_without(index: Index) -> None:
    """Passages that name a unit, and tasks that name none."""
    with_unit = {hit.span for hit in ask(index, "老旧小区", has=["unit"], limit=50).hits}
    without = {hit.span for hit in ask(index, "没有责任单位的任务", limit=50).hits}
    assert with_unit
    assert without
    assert not with_unit & without


@pytest.mark.parametrize(("sort", "years"), [("newest", [2025, 2025, 2025]), ("earliest", [2024, 2024, 2024])])
def test_sorted_by_date(index: Index, sort: str, years: list[int]) -> None:
    """Hits that are good enough, by date."""
    assert years == [year for _, year in places(ask(index, "窨井盖整治", sort=sort))][:3]


def test_home_and_elsewhere(index: Index) -> None:
    """我市 is the asker's city, 其他城市 are all but it."""
    assert {"上饶市"} == {place for place, _ in places(ask(index, "我市停车位", home="上饶市"))}
    assert "上饶市" not in {place for place, _ in places(ask(index, "其他城市的停车位", home="上饶市"))}


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("四川2025年停车位目标", "库内没有四川省的文件"),
        ("上饶市2031年停车位目标", "库内上饶市2份：2024、2025"),
        ("典当行 监管评级 年审", "库内共6份，年份：2024、2025"),
    ],
)
def test_nothing_answers(index: Index, query: str, line: str) -> None:
    """Where nothing answers, the answer has no hits, and tells what the store covers."""
    answer = ask(index, query)
    assert not answer.found
    assert () == answer.hits
    assert line in list(answer_lines(answer))
    assert answer_row(answer)["found"] is False


def test_understood_parts_are_shown_and_switched_off(index: Index) -> None:
    """The first line tells what was understood; taken literally, a year is a word like others."""
    shown = next(iter(answer_lines(ask(index, "赣州2025年停车位目标"))))
    assert "赣州 → 地区 赣州市" in shown
    assert "2025年 → 年份 2025" in shown
    query = "窨井盖整治 2025年更新"
    assert {2025} == {year for _, year in places(ask(index, query))}
    assert {2024, 2025} == {year for _, year in places(ask(index, query, literal="year", limit=50))}


@pytest.mark.parametrize(
    "query",
    [
        "停车位" * 4000,
        '" OR NEAR(停车, 5) AND NOT body : * ^',
        "'; DROP TABLE passages; --",
        "😀🚗 停车",
        "\x00\ud800\u202e停车",
        "2025年" * 300,
        "　",
        "%_*",
        "为什么？",
    ],
)
def test_bad_queries_are_no_errors(index: Index, query: str) -> None:
    """Whatever is typed is answered, with hits or without."""
    answer = ask(index, query)
    assert answer.found or not answer.hits
    list(answer_lines(answer))
    json.dumps(answer_row(answer))


@given(query=st.text(max_size=80))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_query_is_answered(index: Index, query: str) -> None:
    """No text is an error, and the same query gives the same answer."""
    assert ask(index, query) == ask(index, query)


def test_batch_rows_have_the_form_that_scores_read(index: Index) -> None:
    """Rows of queries with filters give rows {id, found, hits: [{source, text, span}]}."""
    rows: list[dict[str, Any]] = [
        {"id": "a", "query": "停车位", "filters": {"place": "赣州", "year": 2025}},
        {"id": 2, "query": "典当行 年审", "filters": {"place": None, "year": None}},
        {"id": 3, "query": "窨井盖"},
    ]
    found = list(answer_rows(index, rows, make_wish()))
    assert ["a", 2, 3] == [row["id"] for row in found]
    assert [True, False, True] == [row["found"] for row in found]
    assert {("赣州市", 2025)} == {(hit["place"], hit["year"]) for hit in found[0]["hits"]}
    assert {"source", "text", "span"} <= found[2]["hits"][0].keys()


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"status": ["done"]}, "--status"),
        ({"without": ["money"]}, "--without"),
        ({"due_before": "5月底"}, "--due-before"),
        ({"as_of": "2025-13"}, "--as-of"),
        ({"literal": "time"}, "--literal"),
    ],
)
def test_wrong_options_are_told_in_one_line(options: dict[str, Any], told: str) -> None:
    """An option that cannot be understood is named with what it may be."""
    with pytest.raises(RequestError, match=told) as caught:
        make_wish(**options)
    assert "\n" not in str(caught.value)


def test_command_line(db: Path, tmp_path: Path) -> None:
    """The command prints lines, JSON and batches; wrong use ends with 2."""
    lines = run_cli("search", "赣州2025年停车位", "--db", str(db), "-n", "1")
    assert 0 == lines.returncode
    assert "停车位" in lines.stdout
    row = json.loads(run_cli("search", "停车位", "--db", str(db), "--json", "--place", "赣州").stdout)
    assert row["found"]
    queries, hits = tmp_path / "q.jsonl", tmp_path / "h.jsonl"
    queries.write_text(json.dumps({"id": 1, "query": "停车位", "filters": {"year": 2025}}) + "\n", "utf-8")
    assert 0 == run_cli("search", "--batch", str(queries), "-o", str(hits), "--db", str(db)).returncode
    assert 1 == json.loads(hits.read_text("utf-8"))["id"]
    assert 2 == run_cli("search", "--db", str(db)).returncode
    assert 2 == run_cli("search", "停车", "--status", "x", "--db", str(db)).returncode
    missing = run_cli("search", "停车", "--db", str(tmp_path / "none.db"))
    assert 1 == missing.returncode
    assert 1 == len(missing.stderr.strip().splitlines())


def test_search_loads_nothing_heavy() -> None:
    """Searching imports neither torch nor the readers of formats nor pandas."""
    code = (
        "import sys, pipeline.search.request; print([m for m in ('torch', 'pandas', 'sklearn', 'rjieba', 'openpyxl') if m in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    assert "[]" == result.stdout.strip()


def test_index_outlives_changes_of_the_store(folder: Path, tmp_path: Path) -> None:
    """An index that another process has overtaken still answers, from what both know."""
    path = tmp_path / "a.db"
    first, *others = sorted(folder.iterdir())
    with open_store(path, create=True) as store:
        ingest([first], store, Options())
        index = open_index(store)
        with open_store(path) as writer:
            ingest(others, writer, Options())
        assert {("上饶市", 2024)} == set(places(ask(index, "窨井盖整治")))
        assert len(set(places(ask(open_index(store), "窨井盖整治")))) > 1
        assert store.generation() != index.generation


def test_passages_due_before_and_after_a_period_are_not_due_in_it(tmp_path: Path) -> None:
    """What is due in March and in September is not due in May, though May lies between."""
    text = "某市2025年工作要点\n一、工程\n3月31日前完成方案编制，9月30日前完成全部改造。\n二、验收\n5月20日前完成竣工验收。\n"
    (tmp_path / "2025_赣州市_工作要点.txt").write_text(text, "utf-8")
    with open_store(tmp_path / "due.db", create=True) as store:
        ingest([tmp_path / "2025_赣州市_工作要点.txt"], store, Options())
        index = open_index(store)
        due = ask(index, "任务", due_after="2025-05-01", due_before="2025-05-31")
        assert ["竣工验收"] == [word for word in ("方案编制", "竣工验收") for hit in due.hits if word in hit.text]
        both = ask(index, "任务", due_after="2025-03-01", due_before="2025-05-31")
        assert {"方案编制", "竣工验收"} == {word for word in ("方案编制", "竣工验收") for hit in both.hits if word in hit.text}


@pytest.mark.parametrize("filters", [{"year": "abc"}, {"year": 2024.5}, [1], "江西"])
def test_filters_of_a_batch_that_are_none_are_refused_by_row(index: Index, filters: Any) -> None:
    """The message names the row."""
    with pytest.raises(RequestError, match="q7"):
        list(answer_rows(index, [{"id": "q7", "query": "停车位", "filters": filters}], make_wish()))


def test_what_was_searched_names_every_filter(index: Index) -> None:
    """An answer without hits says by what it was narrowed."""
    answer = ask(index, "火星移民", unit=["住建"], due_before="2025-05-31", without=["deadline"], status=["planned"], in_force=True)
    told = answer_row(answer)["searched"]
    assert not answer.found
    assert [] == [part for part in ("火星移民", "住建", "—2025-05-31", "没有期限", "部署或目标", "未失效") if part not in told]


def test_hits_tell_the_kinds_of_their_sentences(index: Index) -> None:
    """Planned, achieved and problem, as the tasks inside tell."""
    answer = ask(index, "年底前新增公共停车位", place=["上饶市"], year=[2025])
    assert "planned" in answer_row(answer)["hits"][0]["statuses"]
    assert any("部署或目标" in line for line in answer_lines(answer))


def test_a_full_text_index_that_is_damaged_is_told_in_one_line(db: Path, tmp_path: Path) -> None:
    """The file opens, a page of its index does not read: the line says which file and what to do."""
    copy = tmp_path / "damaged.db"
    with open_store(db, readonly=True) as store:
        backup(store, copy)
    with open_store(copy) as store:
        store.connection.execute("UPDATE keywords_data SET block = zeroblob(40) WHERE id > 100")
        with pytest.raises(StoreError, match=r"damaged\.db"):
            ask(open_index(store), "停车位")
