"""A query is read for years, places, kinds of sentences, units and dates; what is left is its topic."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.query import Asking, Understanding, understand

DAY = date(2025, 6, 15)
HOME = Asking("上饶市", DAY)
OFFICE = Asking("上饶市城市管理局", DAY)


def read(query: str, asking: Asking = HOME) -> Understanding:
    """What is understood, without the parts, which other tests look at."""
    understood = understand(query, asking)
    return Understanding(**{name: getattr(understood, name) for name in Understanding.__slots__ if name != "parts"})


def asked(topic: str, **values: object) -> Understanding:
    """What should be understood."""
    return Understanding(topic, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("老旧小区改造", asked("老旧小区改造")),  # words alone
        ("江西2024年老旧小区完成情况", asked("老旧小区", years=(2024,), places=("江西省",), status="achieved")),
        ("浙江省2026年全社会研发投入强度目标是多少？", asked("全社会研发投入强度", years=(2026,), places=("浙江省",), status="planned")),
        ("2023—2025年停车位", asked("停车位", years=(2023, 2024, 2025), spread=True)),
        ("近三年口袋公园", asked("口袋公园", years=(2023, 2024, 2025), spread=True)),
        ("历年赤字率", asked("赤字率", spread=True)),  # all years: nothing to leave out
        ("去年新建了多少公园", asked("新建 公园", years=(2024,), status="achieved", has=("number",))),
        ("“十四五”期间绿道", asked("绿道", years=(2021, 2022, 2023, 2024, 2025), spread=True)),
        ("我市停车位", asked("停车位", places=("上饶市",))),
        ("外省怎么治理内涝", asked("治理内涝", not_places=("上饶市",), spread=True)),
        ("哪些省份提出春秋假", asked("春秋假", level="province", spread=True)),
        ("各市打算新增多少停车位", asked("新增 停车位", level="prefecture", spread=True, status="planned", has=("number",))),
        ("各地垃圾分类覆盖率", asked("垃圾分类覆盖率", spread=True)),
        ("窨井盖整治谁牵头", asked("窨井盖整治", has=("unit",))),
        ("没有责任单位的任务", asked("", without=("unit",))),
        ("垃圾分类存在哪些问题", asked("垃圾分类", status="problem")),
        ("5月底前要完成的公园", asked("公园", due=(date(2025, 1, 1), date(2025, 5, 31)))),
        ("本月到期的任务", asked("", due=(date(2025, 6, 1), date(2025, 6, 30)))),
        ("二季度完成的项目", asked("", due=(date(2025, 4, 1), date(2025, 6, 30)))),
        ("12月底前完成的任务", asked("", due=(date(2025, 1, 1), date(2025, 12, 31)))),
        ("上府办发〔2024〕12号", asked("", doc_number="上府办发〔2024〕12号")),
        ("上海对口支援西藏", asked("对口支援西藏", places=("上海市",))),  # the second place is part of the subject
        ("对口支援西藏", asked("对口支援西藏")),  # none of its documents, but what others do there
        ("江西和湖南的停车位目标", asked("停车位", places=("江西省", "湖南省"), status="planned", spread=True)),
        ("江西的停车位", asked("停车位", places=("江西省",))),
        ("上饶市信州区停车位", asked("停车位", places=("上饶市信州区",))),
        ("北京大学落户", asked("北京大学落户")),
        ("国务院对房地产怎么说", asked("房地产 说", places=("全国",))),
        ("全国文明城市", asked("全国文明城市")),  # no question for the State Council
        ("外地学子来求职", asked("外地学子来求职")),
        ("三年行动方案", asked("三年行动方案")),
        ("1500人以上的学校", asked("1500人以上的学校")),
    ],
)
def test_query_is_understood(query: str, expected: Understanding) -> None:
    """Each question gives what it asks for, and the topic that is left."""
    assert expected == read(query)


def test_own_bureau_is_the_unit_of_home() -> None:
    """我局 means the asker's organ, and its place is the place of 我市."""
    assert asked("", units=("上饶市城市管理局",)) == read("我局牵头的任务", OFFICE)
    assert asked("停车位", places=("上饶市",)) == read("我市停车位", OFFICE)


@pytest.mark.parametrize(
    ("literal", "expected"),
    [
        ({"all"}, asked("江西2024年老旧小区完成情况")),
        ({"year"}, asked("2024年老旧小区", places=("江西省",), status="achieved")),
        ({"place", "status"}, asked("江西 老旧小区完成", years=(2024,))),
    ],
)
def test_parts_can_be_switched_off(literal: set[str], expected: Understanding) -> None:
    """A part that is to be taken literally stays in the topic as plain words."""
    assert expected == read("江西2024年老旧小区完成情况", Asking(None, DAY, frozenset(literal)))


def test_parts_tell_what_was_understood() -> None:
    """Each part names its words and what they were taken for, in the order of the query."""
    parts = understand("江西2024年老旧小区完成情况", HOME).parts
    assert [("place", "江西", "江西省"), ("year", "2024年", "2024"), ("status", "完成情况", "achieved")] == [
        (part.kind, part.text, part.meaning) for part in parts
    ]


def test_a_pasted_passage_is_taken_as_it_is() -> None:
    """Years and places of a long text are its subject, no wishes."""
    passage = "2024年，上饶市新建公共停车位4500个，其中信州区1200个。" * 5
    assert asked(passage) == read(passage)


@given(st.text(max_size=300))
def test_any_text_is_read(query: str) -> None:
    """Nothing that can be typed is an error, and something is left to look for unless filters say it all."""
    understood = understand(query, HOME)
    assert understood.topic or understood.parts or not query.strip()
