"""The surface of figures: comparison word, number, multiplier, unit; ranges, ranks, fractions, zeros, doublings and blanked numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.figures import find_figures

Value = int | float | None
Found = tuple[str, str, Value, Value, str | None]


def found(text: str) -> list[Found]:
    """Body, comparator, low, high and unit of each figure."""
    return [(text[f.start : f.end], f.comparator, f.low, f.high, f.unit) for f in find_figures(text)]


# text, its one figure, comparator, value, unit
SINGLE: list[tuple[str, str, str, float, str | None]] = [
    # scripts and blanks
    ("增长5%", "5%", "=", 5, "%"),
    ("增长３．５％", "３．５％", "=", 3.5, "％"),
    ("完成投资78．2亿元", "78．2亿元", "=", 7_820_000_000, "元"),
    ("投资250 万元", "250 万元", "=", 2_500_000, "元"),
    ("覆盖 2.23 亿人，", "2.23 亿人", "=", 223_000_000, "人"),
    ("产量34，250万吨", "34，250万吨", "=", 342_500_000, "吨"),
    ("补助2,000万元", "2,000万元", "=", 20_000_000, "元"),
    # multipliers
    ("达到1402万元", "1402万元", "=", 14_020_000, "元"),
    ("达到1.4万亿斤", "1.4万亿斤", "=", 1_400_000_000_000, "斤"),
    ("产业规模100亿元", "100亿元", "=", 10_000_000_000, "元"),
    ("产值千亿元", "千亿元", "=", 100_000_000_000, "元"),
    ("用户4.2亿", "4.2亿", "=", 420_000_000, None),
    ("6600多万纳税人", "6600多万", ">", 66_000_000, None),
    # Chinese numerals
    ("粮食一万四千亿斤", "一万四千亿斤", "=", 1_400_000_000_000, "斤"),
    ("住宅三千七百多万平方米", "三千七百多万平方米", ">", 37_000_000, "平方米"),
    ("建设一百五十六项工程", "一百五十六项", "=", 156, "项"),
    ("两个工作组", "两个", "=", 2, "个"),
    ("增长二点二倍", "二点二倍", "=", 2.2, "倍"),
    ("提高一倍", "一倍", "=", 1, "倍"),
    ("共有二十几个", "二十几个", ">", 20, "个"),
    ("增长百分之十三点四", "百分之十三点四", "=", 13.4, "%"),
    ("合格率百分之百", "百分之百", "=", 100, "%"),
    ("增加了百分之四百十一", "百分之四百十一", "=", 411, "%"),
    ("千分之十二", "千分之十二", "=", 12, "‰"),
    # comparison before and behind
    ("超500公里", "超500公里", ">", 500, "公里"),
    ("超过1.2万户", "超过1.2万户", ">", 12_000, "户"),
    ("突破60%", "突破60%", ">", 60, "%"),
    ("逾千人", "逾千人", ">", 1000, "人"),
    ("超百亿元", "超百亿元", ">", 10_000_000_000, "元"),
    ("不低于45%", "不低于45%", ">=", 45, "%"),
    ("不少于1次", "不少于1次", ">=", 1, "次"),
    ("至少2个", "至少2个", ">=", 2, "个"),
    ("60%以上", "60%以上", ">=", 60, "%"),
    ("突破60%及以上", "突破60%及以上", ">=", 60, "%"),
    ("迈上5万亿元台阶", "迈上5万亿元", ">=", 5_000_000_000_000, "元"),
    ("上千万家庭", "上千万", ">=", 10_000_000, None),
    ("控制在5%以内", "控制在5%以内", "<=", 5, "%"),
    ("不高于3%", "不高于3%", "<=", 3, "%"),
    ("30分贝以下", "30分贝以下", "<=", 30, "分贝"),
    ("最高50万元", "最高50万元", "<=", 500_000, "元"),
    ("最长不超过15个工作日", "最长不超过15个工作日", "<=", 15, "个工作日"),
    ("不足10%", "不足10%", "<", 10, "%"),
    ("少于3人", "少于3人", "<", 3, "人"),
    ("低于5%", "低于5%", "<", 5, "%"),
    ("近300家", "近300家", "~", 300, "家"),
    ("约50个", "约50个", "~", 50, "个"),
    ("3%左右", "3%左右", "~", 3, "%"),
    ("控制在29左右", "控制在29左右", "~", 29, None),
    ("80余万元", "80余万元", ">", 800_000, "元"),
    ("展会80余场", "80余场", ">", 80, "场"),
    ("１万多项", "１万多项", ">", 10_000, "项"),
    ("百余项", "百余项", ">", 100, "项"),
    # words that only end like a comparison word
    ("通过12项", "12项", "=", 12, "项"),
    ("附近3处", "3处", "=", 3, "处"),
    ("节约50元", "50元", "=", 50, "元"),
    # units of their own
    ("提高13.5个百分点", "13.5个百分点", "=", 13.5, "个百分点"),
    ("增长1.5倍", "1.5倍", "=", 1.5, "倍"),
    ("降温16℃", "16℃", "=", 16, "℃"),
    ("补助50元/平方米", "50元/平方米", "=", 50, "元/平方米"),
    ("处理30吨/日", "30吨/日", "=", 30, "吨/日"),
    ("浓度26.3微克/立方米", "26.3微克/立方米", "=", 26.3, "微克/立方米"),
    ("死亡率2.5‰", "2.5‰", "=", 2.5, "‰"),
    ("保障房6957套（间）", "6957套（间）", "=", 6957, "套（间）"),
    ("下降三成", "三成", "=", 30, "%"),
    ("下降超过五成", "超过五成", ">", 50, "%"),
    ("出口516亿美元", "516亿美元", "=", 51_600_000_000, "美元"),
    # fractions, ranks, zeros, doublings, pledges
    ("全市2/3的村", "2/3", "=", 66.67, "%"),
    ("近1/3的村", "近1/3", "~", 33.33, "%"),
    ("占四分之一以上", "四分之一以上", ">=", 25, "%"),
    ("近三分之二的县", "近三分之二", "~", 66.67, "%"),
    ("居全省第3位", "第3位", "=", 3, None),
    ("居全国第一", "第一", "=", 1, None),
    ("居全国首位", "首位", "=", 1, None),
    ("进入前十强", "前十强", "<=", 10, None),
    ("位列全省前两位", "前两位", "<=", 2, None),
    ("实现零增长", "零增长", "=", 0, None),
    ("实现零事故", "零事故", "=", 0, None),
    ("实现翻番", "翻番", "=", 100, "%"),
    ("翻一番", "翻一番", "=", 100, "%"),
    ("翻两番", "翻两番", "=", 300, "%"),
]


@pytest.mark.parametrize(("text", "body", "comparator", "value", "unit"), SINGLE, ids=[case[0] for case in SINGLE])
def test_single_figure(text: str, body: str, comparator: str, value: float, unit: str | None) -> None:
    """The figure is found whole, with its value worked out."""
    assert [(body, comparator, value, value, unit)] == found(text)


# text, its one range, bounds, unit
RANGES: list[tuple[str, str, float, float, str | None]] = [
    ("2-3座", "2-3座", 2, 3, "座"),
    ("2—3个", "2—3个", 2, 3, "个"),
    ("5%—6%", "5%—6%", 5, 6, "%"),
    ("5%到6%", "5%到6%", 5, 6, "%"),
    ("6～8台机组", "6～8台", 6, 8, "台"),
    ("10～12万吨", "10～12万吨", 100_000, 120_000, "吨"),
    ("至少2-3座", "至少2-3座", 2, 3, "座"),
    ("5%-5.5%左右", "5%-5.5%左右", 5, 5.5, "%"),
    ("培育三至五家", "三至五家", 3, 5, "家"),
    ("百分之七至百分之八", "百分之七至百分之八", 7, 8, "%"),
]


@pytest.mark.parametrize(("text", "body", "low", "high", "unit"), RANGES, ids=[case[0] for case in RANGES])
def test_range(text: str, body: str, low: float, high: float, unit: str | None) -> None:
    """A range has both bounds, whatever comparison word stands beside it."""
    assert [(body, "range", low, high, unit)] == found(text)


BLANKED: list[tuple[str, list[tuple[str, str | None]]]] = [
    ("完成投资××万元", [("××万元", "元")]),
    ("完成投资**万元", [("**万元", "元")]),
    ("新建□□个", [("□□个", "个")]),
    ("增长XX%，完成x件", [("XX%", "%"), ("x件", "件")]),
    ("结案率城管%，办结城管件", [("城管%", "%"), ("城管件", "件")]),
    ("超过××公里", [("超过××公里", "公里")]),
    ("城管部门，结案率城管%", [("城管%", "%")]),
]


@pytest.mark.parametrize(("text", "expected"), BLANKED, ids=[case[0] for case in BLANKED])
def test_blanked_numbers(text: str, expected: list[tuple[str, str | None]]) -> None:
    """A blanked number is a figure without a value; the word that replaces numbers is known by its percent signs."""
    figures = find_figures(text)
    assert expected == [(text[f.start : f.end], f.unit) for f in figures]
    assert all(f.masked and f.low is None and f.high is None for f in figures)


NO_FIGURES = [
    "第三届博览会", "第五次会议", "第十一条规定", "一是狠抓整治", "一体化推进", "三农工作", "“十三五”规划", "翻越、翻新", "半数",
    "城管部门、城管大队", "“零容忍”打击", "零售总额", "创建零案件社区", "支持IPv6", "A4纸", "二十届三中全会", "四川、三亚、九江",
    "保障、争取", "统一、单一", "若干",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_FIGURES)
def test_no_figures(text: str) -> None:
    """Numerals inside words, ordinals and names are no figures."""
    assert [] == found(text)


SERIES: list[tuple[str, list[Found]]] = [
    ("增长13%、15%和7%左右", [("13%", "=", 13, 13, "%"), ("15%", "=", 15, 15, "%"), ("7%左右", "~", 7, 7, "%")]),
    (
        "由86.4亿元增加到100亿元",
        [("86.4亿元", "=", 8_640_000_000, 8_640_000_000, "元"), ("100亿元", "=", 10_000_000_000, 10_000_000_000, "元")],
    ),
    ("4个、2.01万套", [("4个", "=", 4, 4, "个"), ("2.01万套", "=", 20_100, 20_100, "套")]),
    ("±800千伏工程", [("800千伏", "=", 800, 800, "千伏")]),
    ("支出１，２７０元", [("１，２７０元", "=", 1270, 1270, "元")]),
    ("近七成受灾民宿", [("近七成", "~", 70, 70, "%")]),
    ("产量370亿方", [("370亿方", "=", 37_000_000_000, 37_000_000_000, "方")]),
    ("保8争9", [("保8", ">=", 8, 8, "%"), ("9", "=", 9, 9, None)]),
]


@pytest.mark.parametrize(("text", "expected"), SERIES, ids=[case[0] for case in SERIES])
def test_figures_side_by_side(text: str, expected: list[Found]) -> None:
    """Neighbours are told apart, and each keeps its own comparison word."""
    assert expected == found(text)


KNOWN_FAILURES: list[tuple[str, str, list[Found]]] = [
    ("培训两三千人", "two numerals side by side are a range, not one number", [("两三千人", "range", 2000, 3000, "人")]),
    ("数百家企业", "数百 is no exact hundred", []),
    ("不少于1个亿", "亿 behind a classifier is not read", [("不少于1个亿", ">=", 100_000_000, 100_000_000, None)]),
    ("精简1／4", "a fraction with a wide stroke is not read", [("1／4", "=", 25, 25, "%")]),
    ("增长19·5％", "a raised dot as decimal point is not read", [("19·5％", "=", 19.5, 19.5, "％")]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [pytest.param(text, rows, marks=pytest.mark.xfail(reason=reason), id=text) for text, reason, rows in KNOWN_FAILURES],
)
def test_known_failures(text: str, expected: list[Found]) -> None:
    """What the guidelines ask for and is not yet read."""
    assert expected == found(text)


@given(
    st.text(
        alphabet="0123456789.,，－-—至到万亿千百十一二两三四五六七八九零点余多几%％个家元公里左右以上超近约第前翻番××城管分之 　\n保争",
        max_size=24,
    )
)
def test_any_text(text: str) -> None:
    """Any text is read: figures in order and apart, bounds in order, never across a line break."""
    figures = find_figures(text)
    position = 0
    for figure in figures:
        assert position <= figure.start <= figure.core < figure.end <= len(text)
        assert "\n" not in text[figure.start : figure.end]
        assert (figure.low is None) == (figure.high is None) == figure.masked
        if figure.low is not None and figure.high is not None:
            assert figure.low <= figure.high
            assert (figure.comparator == "range") == (figure.low < figure.high)
        position = figure.end


@given(st.integers(min_value=1, max_value=10**6), st.sampled_from(["家", "个百分点", "公里", "%", "万元", "亿斤"]))
def test_plain_numbers_keep_their_value(number: int, unit: str) -> None:
    """A plain number with a unit has its own value, times its multiplier."""
    times = {"万": 10**4, "亿": 10**8}.get(unit[0], 1)
    assert [number * times] == [figure.low for figure in find_figures(f"达到{number}{unit}。")]
