"""The answer card above search: which questions records answer, and that passages alone are given for all others."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

pytest.importorskip("fastapi", reason="needs the extra page")

from pipeline.ledger.build import build
from pipeline.ledger.items import By
from pipeline.store import open_store
from pipeline.web.questions import question
from tests.web_fixtures import built_store, office, page_client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.testclient import TestClient

__all__ = ["built_store", "office"]
KNOWN = frozenset(("区文化广电旅游局", "广州市教育局", "安徽省经济和信息化厅", "市住建局", "区委组织部", "财政部", "各地"))
WHO = {
    "谁负责城市更新": "城市更新",
    "哪个部门牵头污水管网改造": "污水管网改造",
    "窨井盖整治谁牵头": "窨井盖整治",
    "老旧小区改造的责任单位": "老旧小区改造",
    "老旧小区改造责任单位有哪些": "老旧小区改造",
    "由谁来抓营商环境": "营商环境",
    "数字经济归哪个部门管": "数字经济",
    "养老服务主管部门是谁": "养老服务",
    "生活垃圾分类由哪些单位负责": "生活垃圾分类",
    "高标准农田建设的牵头单位是哪个": "高标准农田建设",
    "停车难该找哪个部门": "停车难",
    "口袋公园是谁在管": "口袋公园",
}
TASKS = {
    "市教育局今年有哪些任务": ("市教育局", "今年"),
    "区文化广电旅游局承担哪些工作": ("区文化广电旅游局", ""),
    "广州市教育局要做什么": ("广州市教育局", ""),
    "安徽省经济和信息化厅牵头的任务": ("安徽省经济和信息化厅", ""),
    "市住建局负责哪几项民生实事": ("市住建局", ""),
    "区委组织部的重点任务": ("区委组织部", ""),
    "财政部2025年任务清单": ("财政部", "2025年"),
    "市水利局有多少项任务": ("市水利局", ""),
    "市商务局负责的工作有哪些": ("市商务局", ""),
}
CHECKS = {
    "2024年数据有没有矛盾": "2024年",
    "核对一下污水管网的数据": "污水管网",
    "广州市2024年数据对不对得上": "广州市2024年",
    "各文件对高标准农田的说法一致吗": "高标准农田",
    "泰和县的数字有没有算错": "泰和县",
    "帮我核实城镇新增就业的数字": "城镇新增就业",
    "污水收集率的数字准不准": "污水收集率",
    "2025年的数据有问题吗": "2025年",
    "重庆市2024年数据核查": "重庆市2024年",
}
FIGURES = (
    "2024年城镇新增就业目标", "去年新增多少停车位", "老旧小区改造完成情况", "荆门2024年和2025年停车位对比", "重庆高标准农田近三年",
    "各省城镇新增就业目标", "哪些城市提出地区生产总值目标", "年底前到期的任务", "本月到期的任务", "逾期未完成的任务", "6月底前要完成的任务",
    "没有责任单位的任务", "今年GDP增长目标", "污水收集率历年目标",
)  # fmt: skip
PASSAGES = (
    "如何推进老旧小区改造", "高标准农田建设的措施", "什么是专精特新", "城镇新增就业政策", "优化营商环境经验做法", "窨井盖整治方案",
    "养老服务体系建设的意见", "城市更新条例全文", "为什么要发展数字经济", "口袋公园建设流程", "申请公租房需要什么材料",
    "教育局印发的文件", "乡村振兴亮点", "优化营商环境的背景",
)  # fmt: skip
SUBJECTS = (
    "社会矛盾纠纷化解", "环保督察整改", "国企改革三年行动", "突出问题专项整治", "数据要素市场化", "核查处理信访", "城市更新", "市教育局",
    "压实责任单位", "落实部门责任", "全国统一大市场", "矛盾突出", "检查数据中心建设", "责任分工方案", "现场核查工作要求", "负责同志讲话",
    "一致行动人", "问题整改情况", "数据核查制度", "谁来赔", "干部任务重", "教育布局调整", "党建责任制", "公共停车位", "老人没人做饭",
    "窨井盖",
)  # fmt: skip


@pytest.mark.parametrize(("query", "subject"), WHO.items())
def test_asks_who_is_responsible(query: str, subject: str) -> None:
    """The question is for duties, and what is left is the subject."""
    found = question(query, KNOWN)
    assert ("duty", subject) == (found.asks, found.text)


@pytest.mark.parametrize(("query", "expected"), TASKS.items())
def test_asks_what_a_unit_has_to_do(query: str, expected: tuple[str, str]) -> None:
    """The question is for the tasks of a unit, known to the store or only named like one."""
    found = question(query, KNOWN)
    assert ("unit", *expected) == (found.asks, found.unit, found.text)


@pytest.mark.parametrize(("query", "subject"), CHECKS.items())
def test_asks_whether_figures_agree(query: str, subject: str) -> None:
    """The question is for a check, and what is left names place, year or indicator."""
    found = question(query, KNOWN)
    assert ("check", subject) == (found.asks, found.text)


@pytest.mark.parametrize("query", FIGURES)
def test_asks_for_figures_or_due_dates(query: str) -> None:
    """Goals, results, comparisons and due dates are left as they are: search understands them."""
    assert ("figures", query) == (question(query, KNOWN).asks, question(query, KNOWN).text)


@pytest.mark.parametrize("query", PASSAGES)
def test_asks_for_words(query: str) -> None:
    """What asks for a way, a reason or a document is no question for records."""
    assert "words" == question(query, KNOWN).asks


@pytest.mark.parametrize("query", SUBJECTS)
def test_subjects_ask_for_nothing_but_passages(query: str) -> None:
    """A subject that only sounds like a question of duty or of checking is none."""
    assert question(query, KNOWN).asks in ("figures", "words")


@pytest.fixture
def client(office: Path) -> Iterator[TestClient]:
    """The page over a copy of the store."""
    with page_client(office) as opened:
        yield opened


@pytest.fixture
def ledger_client(office: Path) -> Iterator[TestClient]:
    """The page over a store with a document in the ledger."""
    with open_store(office) as store:
        build(store, ["澜川市2024年工作要点"], By("王五", "2024-03-01T09:00:00+08:00", ""))
    with page_client(office, as_of="2024-11-20") as opened:
        yield opened


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("谁负责公共停车位", "duty"), ("市住建局今年有哪些任务", None), ("市住建局2024年有哪些任务", "unit"),
        ("市住建局有什么工作", "unit"),
        ("澜川市2024年数据有没有矛盾", "check"), ("核对一下澜川市公共停车位的数据", "check"), ("2024年底前到期的任务", "due"),
        ("澜川市2024年公共停车位目标", "indicator"), ("谁负责航天发射", None), ("如何新建公共停车位", None), ("公共停车位方案", None),
        ("核对一下航天发射的数据", None), ("市教育局有哪些任务", None),
    ],
)  # fmt: skip
def test_card_from_documents(client: TestClient, query: str, kind: str | None) -> None:
    """Without a ledger the records of documents answer; where they have nothing, there is no card."""
    found = client.get("/search.json", params={"q": query}).json()["card"]
    assert kind == (found["kind"] if found else None)


def test_card_cites_and_says_who_judged(client: TestClient) -> None:
    """Every line of a card leads to its sentence, and the card says that a machine judged first."""
    shown = client.get("/search", params={"q": "谁负责公共停车位"}).text
    (duty,) = client.get("/search.json", params={"q": "谁负责公共停车位 2024"}).json()["card"]["duties"]
    assert ["澜川市住房和城乡建设局"] == duty["units"]
    assert f"id={quote(duty['doc_id'])}&amp;record={duty['task']}#r-{duty['task']}" in shown
    assert "机器初判" in shown


@pytest.mark.parametrize(
    ("query", "kind"),
    [("谁负责公共停车位", "duty"), ("市住建局有哪些任务", "unit"), ("没有责任单位的任务", "duty"), ("年底前到期的任务", "due")],
)
def test_card_from_the_ledger(ledger_client: TestClient, query: str, kind: str) -> None:
    """Where the ledger has items that fit, they answer, with their numbers and a way to the ledger."""
    found = ledger_client.get("/search.json", params={"q": query}).json()["card"]
    assert found is not None
    assert kind == found["kind"]
    assert ["2024-"] == sorted({duty["number"][:5] for duty in found["duties"]})


def test_overdue_is_a_matter_of_the_ledger(client: TestClient) -> None:
    """Documents cannot tell what is overdue, so the card shows none of theirs."""
    found = client.get("/search.json", params={"q": "逾期未完成的任务"}).json()["card"]
    assert ([], "/ledger") == (found["duties"], found["links"][0][1])
