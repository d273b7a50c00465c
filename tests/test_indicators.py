"""The noun phrase that a figure measures: coordinated heads written out, the words before a figure taken apart, verbs cut off."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.indicators import change_direction, cut_subject, is_aspect, read_approach, split_coordinated, with_verb


def failing(rows: list[tuple[Any, ...]]) -> list[Any]:
    """Rows whose last value says why they are expected to fail."""
    return [pytest.param(*row[:-1], marks=pytest.mark.xfail(reason=row[-1]), id=row[0]) for row in rows]


# noun phrase, the indicators that it names
COORDINATED: list[tuple[str, list[str]]] = [
    ("城乡居民人均可支配收入", ["城镇居民人均可支配收入", "农村居民人均可支配收入"]),
    ("城镇和农村居民人均可支配收入", ["城镇居民人均可支配收入", "农村居民人均可支配收入"]),
    ("城乡低保标准", ["城镇低保标准", "农村低保标准"]),
    ("交通、水利投资", ["交通投资", "水利投资"]),
    ("生产安全事故起数、死亡人数", ["生产安全事故起数", "生产安全事故死亡人数"]),
    ("招商引资签约项目数与合同额", ["招商引资签约项目数", "招商引资签约项目合同额"]),
    ("新能源汽车、家具、家电销售额", ["新能源汽车销售额", "家具销售额", "家电销售额"]),
    ("一、二、三产", ["一产", "二产", "三产"]),
    ("能源、基础材料及加工、特色轻工产值", ["能源产值", "基础材料及加工产值", "特色轻工产值"]),
    ("国家级制造业单项冠军、专精特新“小巨人”", ["国家级制造业单项冠军", "专精特新“小巨人”"]),
    ("战略性新兴服务业、科技服务业营业收入", ["战略性新兴服务业营业收入", "科技服务业营业收入"]),
    ("生育和基本医疗保险", ["生育保险", "基本医疗保险"]),
    ("省级、市级示范村", ["省级示范村", "市级示范村"]),
    ("固定资产投资、工业投资和民间投资", ["固定资产投资", "工业投资", "民间投资"]),
    ("进口、出口总额", ["进口总额", "出口总额"]),
    ("市经开区、慈湖高新区、当涂经开区营收", ["市经开区营收", "慈湖高新区营收", "当涂经开区营收"]),
    ("中心城市和县级以上城市空气质量优良率", ["中心城市空气质量优良率", "县级以上城市空气质量优良率"]),
    ("三次产业增加值", ["第一产业增加值", "第二产业增加值", "第三产业增加值"]),
]


@pytest.mark.parametrize(("noun", "expected"), COORDINATED, ids=[case[0] for case in COORDINATED])
def test_coordinated_heads_are_written_out(noun: str, expected: list[str]) -> None:
    """Each figure of a series gets its own indicator, whole."""
    assert expected == split_coordinated(noun, len(expected))


@pytest.mark.parametrize(
    ("noun", "expected"),
    failing([
        ("侵财犯罪、电诈案件数", ["侵财犯罪案件数", "电诈案件数"], "the shared noun is cut too short (件数)"),
        ("人大代表建议和政协委员提案办结率", ["人大代表建议办结率", "政协委员提案办结率"], "the shared noun is cut too short (率)"),
        ("小学、初中毕业生升学率", ["小学毕业生升学率", "初中毕业生升学率"], "the shared noun is cut too short (率)"),
        ("供热、燃气、排水管网", ["供热管网", "燃气管网", "排水管网"], "the shared noun is cut too short (网)"),
        ("第一、二、三产业增加值", ["第一产业增加值", "第二产业增加值", "第三产业增加值"], "第 is not shared"),
        ("A占比和B覆盖率", ["A占比", "B覆盖率"], "an item with its own head borrows another"),
        ("实际利用内外资", ["实际利用内资", "实际利用外资"], "内外 is not written out"),
        ("博士硕士学位授权点", ["博士学位授权点", "硕士学位授权点"], "modifiers without a mark between them are not told apart"),
    ]),
)  # fmt: skip
def test_coordinated_heads_known_failures(noun: str, expected: list[str]) -> None:
    """What the guidelines ask for and is not yet written out."""
    assert expected == split_coordinated(noun, len(expected))


@pytest.mark.parametrize(
    ("noun", "count"), [("污水管网", 2), ("公共停车位", 3), ("交通、水利投资", 3), ("城乡居民人均可支配收入", 3), ("", 2)]
)
def test_what_does_not_name_so_many(noun: str, count: int) -> None:
    """Without so many parts nothing is invented."""
    assert [] == split_coordinated(noun, count)


# words before a figure, noun, scope, direction of change
APPROACHES: list[tuple[str, str, str | None, str | None]] = [
    ("全市地区生产总值增长", "地区生产总值", "全市", "up"),
    ("全省高速公路通车里程突破", "高速公路通车里程", "全省", None),
    ("我市经营主体达", "经营主体", "我市", None),
    ("粮食产量稳定在", "粮食产量", None, None),
    ("居民消费价格涨幅控制在", "居民消费价格涨幅", None, None),
    ("空气优良天数保持在", "空气优良天数", None, None),
    ("生活垃圾无害化处理率在", "生活垃圾无害化处理率", None, None),
    ("城镇新增就业", "城镇新增就业", None, None),
    ("力争规上工业营收增长", "规上工业营收", None, "up"),
    ("其中，民间投资增长", "民间投资", None, "up"),
    ("PM2.5平均浓度较上年下降", "PM2.5平均浓度", None, "down"),
    ("地区生产总值年均增长", "地区生产总值", None, "up"),
    ("一般性支出压减", "一般性支出", None, "down"),
    ("企业出口退税办理时间压缩至", "企业出口退税办理时间", None, None),
    ("人均预期寿命提升至", "人均预期寿命", None, None),
    ("常住人口城镇化率提高到", "常住人口城镇化率", None, None),
    ("贫困人口减少", "贫困人口", None, "down"),
    ("研发投入强度提高", "研发投入强度", None, "up"),
    ("提高到", "", None, None),
    ("分别增长", "", None, "up"),
    ("比上年增长", "", None, "up"),
    ("增至", "", None, None),
    ("", "", None, None),
]


@pytest.mark.parametrize(("left", "noun", "scope", "direction"), APPROACHES, ids=[case[0] or "nothing" for case in APPROACHES])
def test_words_before_a_figure(left: str, noun: str, scope: str | None, direction: str | None) -> None:
    """Noun and scope are free of verbs and modal words, and 到, 至 or 为 turn a change into a level."""
    approach = read_approach(left)
    assert (noun, scope, direction) == (approach.noun, approach.scope, change_direction(approach))


@pytest.mark.parametrize(
    ("left", "noun", "scope", "direction"),
    failing([
        ("实际使用外资同比下降", "实际使用外资", None, "down", "同比 stays in the noun"),
        ("城乡居民收入比缩小到", "城乡居民收入比", None, None, "缩小 is not known as a fall"),
    ]),
)  # fmt: skip
def test_words_before_a_figure_known_failures(left: str, noun: str, scope: str | None, direction: str | None) -> None:
    """What is not yet taken apart."""
    approach = read_approach(left)
    assert (noun, scope, direction) == (approach.noun, approach.scope, change_direction(approach))


@pytest.mark.parametrize(
    ("left", "gap", "completion", "compared"),
    [
        ("规模工业增加值高于全国平均", "up", False, False),
        ("失业率低于全省平均水平", "down", False, False),
        ("城镇化率领先全国", "up", False, False),
        ("完成年度任务的", None, True, False),
        ("完成投资占年度计划的", None, True, False),
        ("低于年初目标", None, False, True),
        ("赤字率比上年提高", None, False, True),
        ("地区生产总值增长", None, False, False),
        ("占全国比重", None, False, False),
    ],
)
def test_comparisons_before_a_figure(left: str, gap: str | None, completion: bool, compared: bool) -> None:
    """Distance from others is a gap, from one's own past or plan a change; a share of a plan is its completion."""
    approach = read_approach(left)
    assert (gap, completion, compared) == (approach.gap, approach.completion, approach.compared)


@pytest.mark.parametrize(
    ("left", "respectively", "each"),
    [("城乡居民收入分别增长", True, False), ("覆盖率均达", False, True), ("营收双双突破", False, True), ("营收突破", False, False)],
)
def test_words_that_share_out(left: str, respectively: bool, each: bool) -> None:
    """分别 shares values out, 均 and 双双 give one value to all."""
    approach = read_approach(left)
    assert (respectively, each) == (approach.respectively, approach.each)


SUBJECTS: list[tuple[str, str, str]] = [
    ("市城管局计划实施项目", "实施", "项目"),
    ("全年发放救助金", "发放", "救助金"),
    ("各级各部门荣获省部级及以上荣誉", "荣获", "省部级及以上荣誉"),
    ("企业生产乘用车", "生产", "乘用车"),
    ("新建污水管网", "新建", "污水管网"),
    ("城镇新增就业", "", "城镇新增就业"),
    ("县域医共体建设", "", "县域医共体建设"),
    ("居民人均可支配收入", "", "居民人均可支配收入"),
    ("中交总部基地等项目", "", "中交总部基地等项目"),
    ("公园", "", "公园"),
]


@pytest.mark.parametrize(("noun", "verb", "rest"), SUBJECTS, ids=[case[0] for case in SUBJECTS])
def test_clauses_that_tell_who_did_what(noun: str, verb: str, rest: str) -> None:
    """The doer is cut off with the verb; a noun phrase without a verb inside stays whole."""
    assert (verb, rest) == cut_subject(noun)


@pytest.mark.parametrize(
    ("verb", "noun", "expected"),
    [
        ("新建", "污水管网", "新建污水管网"),
        ("处罚", "违规商家", "处罚违规商家"),
        ("", "公共停车位", "公共停车位"),
        ("建成", "公园", "公园"),
    ],
)
def test_verbs_that_add_something(verb: str, noun: str, expected: str) -> None:
    """新建 and 处罚 stay in the indicator, plain verbs of doing do not."""
    assert expected == with_verb(verb, noun)


@pytest.mark.parametrize(("noun", "aspect"), [("总投资", True), ("增速", True), ("产量", True), ("污水管网", False), ("", False)])
def test_aspects(noun: str, aspect: bool) -> None:
    """An aspect needs the thing that stands before it."""
    assert aspect == is_aspect(noun)


@given(st.lists(st.sampled_from([case[0] for case in APPROACHES] + ["，", "、", "和", "的", "（", "）", "5%"]), max_size=4))
def test_any_words_before_a_figure(pieces: list[str]) -> None:
    """The noun is cut from the words, never made up."""
    left = "".join(pieces)
    approach = read_approach(left)
    assert set(approach.noun) <= set(left)
    assert (approach.scope or "") in left


@given(st.sampled_from([case[0] for case in COORDINATED]), st.integers(min_value=2, max_value=5))
def test_as_many_as_asked_or_none(noun: str, count: int) -> None:
    """A noun phrase is shared out among all figures or not at all."""
    assert len(split_coordinated(noun, count)) in (0, count)
