"""Names that must fold into one, names that must not, and the rules by which a target is reached."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.rulebook import load_rules
from pipeline.search.encoder import load_encoder
from pipeline.track.indicators import dimension, fold, known_name, name_of
from pipeline.track.linking import Candidate, assign, contrary
from pipeline.track.model import Link, Point
from pipeline.track.verdicts import reached

KNOWN = load_rules("indicators_known").data["indicator"]
CONTRASTS = load_rules("indicators_links").data["contrasts"]
NUMBERS = st.integers(1, 10**6)


def point(low: float, comparator: str = "=", unit: str = "%", **values: Any) -> Point:
    """A point with this value; the rest does not matter."""
    own: dict[str, Any] = {"high": low, "direction": None, "role": "actual", "text": str(low), "comparator": comparator} | values
    return Point(year=2025, start=None, end="2025-12-31", low=low, unit=unit, quantity="q", doc_id="d", sentence="", span=(0, 1), **own)


@pytest.mark.parametrize("row", KNOWN, ids=lambda row: row["name"])
def test_known_indicators_prove_themselves(row: dict[str, Any]) -> None:
    """Every wording of an entry leads to it, and none of those that must be kept apart does."""
    name = row["name"]
    assert [] == [one for one in [name, *row["names"]] if (known := known_name(one)) is None or known.name != name]
    assert [] == [one for one in row["apart"] if (known := known_name(one)) is not None and known.name == name]


def test_no_wording_stands_twice() -> None:
    """A wording leads to one indicator only."""
    assert len(KNOWN) >= 150
    folded: dict[str, str] = {}
    for row in KNOWN:
        for name in (row["name"], *row["names"]):
            assert row["name"] == folded.setdefault(fold(name), row["name"]), name


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("地区生产总值", "GDP"), ("全省生产总值", "地区生产总值"), ("经济增长", "GDP"), ("全市地区生产总值", "生产总值"),
        ("一般公共预算收入", "地方一般公共预算收入"), ("规上工业增加值", "规模以上工业增加值"), ("规模工业增加值", "规上工业增加值"),
        ("R&D经费支出占GDP比重", "全社会研发投入强度"), ("外贸进出口总值", "货物进出口总额"), ("粮食总产", "粮食产量"),
        ("全体居民人均可支配收入", "居民人均可支配收入"), ("农民人均可支配收入", "农村常住居民人均可支配收入"),
        ("新增城镇就业", "城镇新增就业人数"),
        ("城镇新增就业连续4年", "城镇新增就业"), ("服务业增加值", "第三产业增加值"), ("市场主体", "经营主体"), ("地区生产总值总量", "GDP"),
    ],
)  # fmt: skip
def test_names_that_are_one(first: str, second: str) -> None:
    """Wordings that reports use for one thing."""
    assert known_name(first) is not None
    assert known_name(first) == known_name(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("一般公共预算收入", "税收收入"), ("城镇居民人均可支配收入", "农村居民人均可支配收入"), ("城镇调查失业率", "城镇登记失业率"),
        ("地区生产总值", "人均地区生产总值"), ("工业增加值", "规模以上工业增加值"), ("高新技术企业", "新增高新技术企业"),
        ("高标准农田", "新建高标准农田"), ("出口总额", "进口总额"), ("进出口总额", "出口总额"), ("固定资产投资", "工业投资"),
        ("研发经费投入", "研发经费投入强度"), ("民间投资", "民间投资占比"), ("国民生产总值", "国内生产总值"),
        ("社会消费品零售总额", "网上零售额"),
        ("居民消费价格", "商品零售价格"), ("粮食产量", "粮食播种面积"), ("生产安全事故起数", "生产安全事故死亡人数"),
        ("存款余额", "贷款余额"),
    ],
)  # fmt: skip
def test_names_that_are_two(first: str, second: str) -> None:
    """Names that sound alike and are not one thing."""
    assert known_name(first) != known_name(second)


@pytest.mark.parametrize(
    ("indicator", "measure", "unit", "expected"),
    [
        ("居民消费价格涨幅", "level", "%", ("居民消费价格", "change", "up", False)),
        ("社会消费品零售总额增速", "level", "%", ("社会消费品零售总额", "change", "up", False)),
        ("单位GDP能耗降幅", "level", "%", ("单位地区生产总值能耗", "change", "down", False)),
        ("地区生产总值增速", "change", "个百分点", (None, "change", "up", True)),
        ("地区生产总值增速", "rank", None, (None, "rank", None, True)),
        ("人口自然增长率", "level", "‰", (None, "level", None, False)),
        ("城镇化率", "level", "%", ("常住人口城镇化率", "level", None, False)),
    ],
)
def test_growth_nouns_are_folded(indicator: str, measure: str, unit: str | None, expected: tuple[object, ...]) -> None:
    """A percentage of growth is a change of the thing; a rank of its growth, or a rise of it, is a figure of its own."""
    name = name_of(indicator, measure, unit, "up" if measure == "change" else None)
    assert expected == (name.known.name if name.known else None, name.measure, name.direction, name.growth)


@pytest.mark.parametrize(
    ("one", "other"), [("吨", "斤"), ("亩", "平方公里"), ("公里", "米"), ("千瓦", "兆瓦"), ("人", "名"), ("亩", "公顷"), ("标箱", "标准箱")]
)
def test_units_that_convert(one: str, other: str) -> None:
    """Units of one kind are compared."""
    assert dimension(one, "x")[0] == dimension(other, "x")[0]


@pytest.mark.parametrize(
    ("one", "other"), [("个", "户"), ("人", "人次"), ("元", "美元"), ("亩", "公里"), ("%", "个百分点"), ("套", "户"), ("吨", "立方米")]
)
def test_units_that_do_not_convert(one: str, other: str) -> None:
    """Units of two kinds are not; 户 of enterprises is the same as 家."""
    assert dimension(one, "老旧小区")[0] != dimension(other, "老旧小区")[0]
    assert dimension("户", "专精特新企业") == dimension("家", "专精特新企业")


@pytest.mark.parametrize(
    ("target", "actual", "good", "expected"),
    [
        (point(5, ">="), point(5), "high", True), (point(5, ">="), point(4.9), "high", False), (point(5, ">"), point(5, ">"), "high", True),
        (point(5.5, "<="), point(5.5), "low", True), (point(5.5, "<="), point(5.6), "low", False),
        (point(4.6, "<"), point(4.1), "low", True),
        (point(2), point(1.5), "high", False), (point(2), point(2.1), "high", True), (point(2), point(0.1), "low", True),
        (point(6, "~"), point(5.5), "high", True), (point(6, "~"), point(5.4), "high", False), (point(5.5, "~"), point(6.0), "low", True),
        (point(5.5, "~"), point(6.1), "low", False), (point(2, "~"), point(0.1), "low", True),
        (point(0.3, "~"), point(0.1 + 0.2), "high", True),
        (point(100, "~", "亿元"), point(98, "=", "亿元"), "high", True), (point(100, "~", "亿元"), point(97.9, "=", "亿元"), "high", False),
        (point(5, "range", high=5.5), point(5), "high", True), (point(5, "range", high=5.5), point(4.9), "high", False),
        (point(5, "range", high=5.5), point(5.6), "low", False), (point(58.1), point(58.08), "high", False),
        (point(252e8, ">=", "斤"), point(1300e4, ">", "吨"), "high", True),
        (point(270e8, ">=", "斤"), point(1300e4, ">", "吨"), "high", False),
        (point(150, "=", "亩"), point(0.1, "=", "平方公里"), "high", True), (point(100, "=", "个"), point(100, "=", "亩"), "high", None),
        (point(5, "~", direction="up"), point(3, direction="down"), "high", False),
        (point(2.5, direction="down"), point(3, direction="down"), "low", True),
        (point(2.5, direction="down"), point(2, direction="down"), "low", False),
        (point(2.5, direction="down"), point(1, direction="up"), "low", False), (point(90, "=", "家"), point(90, "=", "个"), None, True),
    ],
)  # fmt: skip
def test_targets_and_what_reaches_them(target: Point, actual: Point, good: str | None, expected: bool | None) -> None:
    """The rules of the issue: bounds, good direction, tolerance of 左右 inclusive, units that convert."""
    assert expected is reached(target, actual, good)  # type: ignore[arg-type]


@given(low=NUMBERS, better=NUMBERS, comparator=st.sampled_from(("=", ">=", ">", "~")))
def test_more_of_a_good_thing_is_never_missed(low: int, better: int, comparator: str) -> None:
    """A result beyond the target reaches it, and one that reaches it goes on doing so when it grows."""
    target = point(low, comparator, "个")
    assert reached(target, point(low + better, "=", "个"), "high") is True
    assert not reached(target, point(better, "=", "个"), "high") or reached(target, point(better + 1, "=", "个"), "high")


def candidate(number: int, name: str, taken: str, years: int = 2025, **values: Any) -> Candidate:
    """A name of a document as linking sees it."""
    parsed = name_of(name, "level", "个", None)
    own: dict[str, Any] = {"units": frozenset(("个",)), "values": (100.0,)} | values
    return Candidate(number, parsed.plain, parsed.core, parsed.act, taken=frozenset(((taken, "target"),)), years=frozenset((years,)), **own)


def linked(*candidates: Candidate) -> list[tuple[int, int, Link]]:
    """The links between names, with the encoder that ships."""
    return assign(candidates, load_encoder().encode([one.core for one in candidates]))


LINKED = [
    ("治理交通堵点乱点", "交通堵乱点治理"), ("区域性中心敬老院", "新建改造区域性中心敬老院"), ("新建改造农贸市场", "新建和改造农贸市场"),
    ("老旧电梯更新", "更新改造住宅老旧电梯"), ("整治提升城市背街小巷", "城市背街小巷整治"), ("新增省级特色田园乡村", "省级特色田园乡村"),
    ("公共充电桩", "新建公共充电桩"), ("战略性新兴产业营业收入", "战略性新兴产业营收"),
]  # fmt: skip
APART = [
    ("省级文明村镇", "全国文明村镇"), ("新建幼儿园", "新建小学"), ("货物出口企业", "货物进口企业"), ("亿元以上项目", "10亿元以上项目"),
    ("改造棚户区", "改造老旧小区"), ("供水管网改造", "燃气管网改造"), ("新增公办学位", "新增民办学位"), ("城镇危房改造", "农村危房改造"),
    ("口袋公园", "公共停车位"), ("一期工程", "二期工程"), ("省级重点实验室", "市级重点实验室"), ("15分钟生活圈", "30分钟生活圈"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second"), LINKED)
def test_wordings_that_are_linked(first: str, second: str) -> None:
    """Wordings of successive reports that mean one thing; the link tells why and how surely."""
    ((_, _, link),) = linked(candidate(0, first, "a"), candidate(1, second, "b", 2026))
    assert link.reasons
    assert 0.66 <= link.score


@pytest.mark.parametrize(("first", "second"), APART)
def test_wordings_that_are_not_linked(first: str, second: str) -> None:
    """Wordings that share words and mean two things."""
    assert [] == linked(candidate(0, first, "a"), candidate(1, second, "b"))


def test_each_name_has_one_partner() -> None:
    """Of two names of one document the better one is taken, the other stays alone."""
    links = assign([candidate(0, "新建口袋公园", "a"), candidate(1, "口袋公园", "b"), candidate(2, "城市口袋公园", "b")])
    assert [(0, 1)] == [(first, second) for first, second, _ in links]


def test_a_stock_and_what_was_added_are_not_one() -> None:
    """4808万亩 there are, 300万亩 were added: values far apart speak against a link."""
    assert [] == assign([candidate(0, "新增农家书屋", "a"), candidate(1, "农家书屋", "b", values=(9000.0,))])


@pytest.mark.parametrize("words", CONTRASTS, ids=lambda words: words[0])
def test_contrasts_part_names(words: list[str]) -> None:
    """One word of a set in one name and another in the other make two things, in either order."""
    first, second = f"甲{words[0]}乙", f"甲{words[-1]}乙"
    assert contrary(first, second)
    assert contrary(second, first)
    assert not contrary(first, first)


@given(order=st.permutations(range(6)))
def test_the_order_of_names_does_not_matter(order: list[int]) -> None:
    """Links are the same whatever came first."""
    names = [
        ("新建口袋公园", "a"),
        ("口袋公园", "b"),
        ("公共停车位", "a"),
        ("新增公共停车位", "b"),
        ("改造老旧小区", "a"),
        ("老旧小区改造", "b"),
    ]
    links = assign([candidate(number, *names[number]) for number in order])
    assert {frozenset((0, 1)), frozenset((2, 3)), frozenset((4, 5))} == {frozenset(pair[:2]) for pair in links}
