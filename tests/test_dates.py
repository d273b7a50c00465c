"""Expressions of time in official prose: where they begin and end, and the period that each means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.dates import Anchor, Period, find_times, resolve

ANCHOR = Anchor(2024, "2024-03-06", "2024-01-01", "2026-12-31")


def by(end: str | None) -> Period:
    """Due at the end of a day."""
    return Period(None, end, "by", None)


def during(start: str | None, end: str | None) -> Period:
    """Running from one day to another, both included."""
    return Period(start, end, "during", None)


def since(start: str | None) -> Period:
    """Running from a day on."""
    return Period(start, None, "from", None)


def every(unit: str) -> Period:
    """Coming back."""
    return Period(None, None, "recurring", unit)


# text, the expression in it, its period in a plan for 2024 that is dated 6 March 2024
MENTIONS = [
    # years, in every script
    ("今年全市经济社会发展主要预期目标是", "今年", during("2024-01-01", "2024-12-31")),
    ("1978年以来，", "1978年以来", during("1978-01-01", "2024-03-06")),
    ("１９９３年，国民经济", "１９９３年", during("1993-01-01", "1993-12-31")),
    ("二〇三五年基本实现", "二〇三五年", during("2035-01-01", "2035-12-31")),
    ("一九五七年将达到", "一九五七年", during("1957-01-01", "1957-12-31")),
    ("二○○○年，氮肥做到", "二○○○年", during("2000-01-01", "2000-12-31")),
    ("2024 年实施项目", "2024 年", during("2024-01-01", "2024-12-31")),
    ("2024年度投资计划", "2024年度", during("2024-01-01", "2024-12-31")),
    ("全年新建改造", "全年", during("2024-01-01", "2024-12-31")),
    ("年内123个项目竣工", "年内", during("2024-01-01", "2024-12-31")),
    ("今年内建成", "今年内", during("2024-01-01", "2024-12-31")),
    ("新的一年，要紧紧围绕", "新的一年", during("2024-01-01", "2024-12-31")),
    ("比上年增长", "上年", during("2023-01-01", "2023-12-31")),
    ("去年四季度", "去年四季度", during("2023-10-01", "2023-12-31")),
    ("明年一季度", "明年一季度", during("2025-01-01", "2025-03-31")),
    ("今明两年要解决好", "今明两年", during("2024-01-01", "2025-12-31")),
    # until
    ("力争到2027年底，高水平", "到2027年底", by("2027-12-31")),
    ("全面建成到2025年末", "到2025年末", by("2025-12-31")),
    ("2024年底建成", "2024年底", by("2024-12-31")),
    ("2018年底前启动", "2018年底前", by("2018-12-31")),
    ("力争2024年年底前", "2024年年底前", by("2024-12-31")),
    ("年底前全市完成", "年底前", by("2024-12-31")),
    ("2030年前达峰", "2030年前", by("2030-12-31")),
    ("截至2023年底，", "截至2023年底", by("2023-12-31")),
    ("有效期至2026年12月31日止。", "至2026年12月31日止", by("2026-12-31")),
    ("（截止日期为2021年8月31日）", "截止日期为2021年8月31日", by("2021-08-31")),
    ("于2024年11月22日（周五）前将", "2024年11月22日（周五）前", by("2024-11-22")),
    ("6月30日17:00前报送", "6月30日17:00前", by("2024-06-30")),
    ("2024年中，", "2024年中", by("2024-06-30")),
    # months and quarters
    ("5月底前3个县(市)", "5月底前", by("2024-05-31")),
    ("7月15日前挂网", "7月15日前", by("2024-07-15")),
    ("六月底前将落实", "六月底前", by("2024-06-30")),
    ("10月全线通车", "10月", during("2024-10-01", "2024-10-31")),
    ("6月中下旬完成", "6月中下旬", during("2024-06-11", "2024-06-30")),
    ("1—9月完成投资", "1—9月", during("2024-01-01", "2024-09-30")),
    ("前10个月", "前10个月", during("2024-01-01", "2024-10-31")),
    ("四季度完成", "四季度", during("2024-10-01", "2024-12-31")),
    ("第一季度就", "第一季度", during("2024-01-01", "2024-03-31")),
    ("三季度末投产", "三季度末", by("2024-09-30")),
    ("前三季度增长", "前三季度", during("2024-01-01", "2024-09-30")),
    ("一至三季度", "一至三季度", during("2024-01-01", "2024-09-30")),
    ("上半年80%项目", "上半年", during("2024-01-01", "2024-06-30")),
    ("今年上半年", "今年上半年", during("2024-01-01", "2024-06-30")),
    ("本月底前报送", "本月底前", by("2024-03-31")),
    ("下季度开工", "下季度", during("2024-04-01", "2024-06-30")),
    # ranges
    ("2019年1月1日至2020年12月31日，对其中", "2019年1月1日至2020年12月31日", during("2019-01-01", "2020-12-31")),
    ("2019年1月1日至12月31日，", "2019年1月1日至12月31日", during("2019-01-01", "2019-12-31")),
    ("7月1日至15日开展", "7月1日至15日", during("2024-07-01", "2024-07-15")),
    ("行动（2023—2025年）", "2023—2025年", during("2023-01-01", "2025-12-31")),
    ("（2023─2035年）", "2023─2035年", during("2023-01-01", "2035-12-31")),
    ("１９８６～１９９０年", "１９８６～１９９０年", during("1986-01-01", "1990-12-31")),
    ("11月至次年3月供暖", "11月至次年3月", during("2024-11-01", "2025-03-31")),
    ("11月至3月供暖", "11月至3月", during("2024-11-01", "2025-03-31")),
    ("2024、2025年各建10所", "2024、2025年", during("2024-01-01", "2025-12-31")),
    ("力争二、三季度", "二、三季度", during("2024-04-01", "2024-09-30")),
    ("2023年底至2024年6月", "2023年底至2024年6月", during("2023-12-31", "2024-06-30")),
    ("2024-05-31前报送", "2024-05-31前", by("2024-05-31")),
    ("2024年秋季学期起", "2024年秋季学期起", since(None)),
    # from
    ("从今年开始，我国将", "从今年开始", since("2024-01-01")),
    ("从5月1日起，将试点", "从5月1日起", since("2024-05-01")),
    ("自2019年3月1日起施行", "自2019年3月1日起", since("2019-03-01")),
    ("2020年起，各省", "2020年起", since("2020-01-01")),
    ("2030年以后", "2030年以后", since("2031-01-01")),
    ("本措施自印发之日起施行", "自印发之日起", since(None)),
    ("从2020年的60%提高", "2020年", during("2020-01-01", "2020-12-31")),
    # limits from an event that has no date
    ("在本意见印发之日起30日内，制定", "本意见印发之日起30日内", by(None)),
    ("应当自收到复核申请之日起7个工作日内进行", "自收到复核申请之日起7个工作日内", by(None)),
    ("应当在答复之日起五个工作日内完成", "答复之日起五个工作日内", by(None)),
    ("公布起6个月内", "公布起6个月内", by(None)),
    ("要求在半年内完成", "半年内", by(None)),
    ("应当于30日内报告", "30日内", by(None)),
    # spans of years
    ("在两年之内对其", "两年之内", during("2024-03-06", "2026-03-06")),
    ("力争用三年左右时间，", "用三年左右时间", during("2024-03-06", "2027-03-06")),
    ("用3—5年时间，", "用3—5年时间", during(None, None)),
    ("今后五年，我们要", "今后五年", during("2024-01-01", "2028-12-31")),
    ("未来三年", "未来三年", during("2024-01-01", "2026-12-31")),
    ("五年来，我们", "五年来", during("2019-01-01", "2023-12-31")),
    ("三年多来，", "三年多来", during("2021-01-01", "2023-12-31")),
    ("过去一年，", "过去一年", during("2023-01-01", "2023-12-31")),
    # plan periods, decades, centuries
    ("“十五五”时期上海", "“十五五”时期", during("2026-01-01", "2030-12-31")),
    ("实现“十四五”末总量", "“十四五”末", by("2025-12-31")),
    ("到“十四五”末", "到“十四五”末", by("2025-12-31")),
    ("“七五”期间", "“七五”期间", during("1986-01-01", "1990-12-31")),
    ("九五期间", "九五期间", during("1996-01-01", "2000-12-31")),
    ("第二个五年计划期末", "第二个五年计划期末", by("1962-12-31")),
    ("是九十年代一项重要任务", "九十年代", during("1990-01-01", "1999-12-31")),
    ("到本世纪中叶", "到本世纪中叶", by("2050-12-31")),
    # feasts and seasons
    ("春节前运营", "春节前", by("2024-02-09")),
    ("国庆节前完工", "国庆节前", by("2024-09-30")),
    ("“七一”前建成", "“七一”前", by("2024-06-30")),
    ("2025年中秋节前", "2025年中秋节前", by("2025-10-05")),
    ("确保“五一”假期开园", "“五一”假期", during("2024-05-01", "2024-05-05")),
    ("7处险工险段汛前全面改造", "汛前", by(None)),
    ("确保入汛前将防汛能力", "入汛前", by(None)),
    # recurring
    ("实行每季度考评", "每季度", every("quarter")),
    ("城区实行每月考评", "每月", every("month")),
    ("每年遴选20家", "每年", every("year")),
    ("每3年开展一次", "每3年", every("3_years")),
    ("于每年5月底之前将", "每年5月底之前", every("year")),
    ("于每年6月、12月最后5个工作日", "每年6月、12月", every("year")),
    ("每月10日前", "每月10日前", every("month")),
    ("按月调度通报", "按月", every("month")),
    ("半年一述职", "半年一述职", every("half_year")),
    ("一季一调度", "一季一调度", every("quarter")),
    # by other data of the document
    ("政策有效期内首轮播出", "政策有效期内", during("2024-01-01", "2026-12-31")),
    ("截至目前，", "截至目前", by("2024-03-06")),
    ("届时，我国经济总量", "届时", by(None)),
]


@pytest.mark.parametrize(("text", "wording", "period"), MENTIONS, ids=[case[1] for case in MENTIONS])
def test_wording_and_period(text: str, wording: str, period: Period) -> None:
    """The expression is found whole, with the closing words that belong to it, and means this period."""
    assert [(wording, period)] == [(mention.text, resolve(mention, ANCHOR)) for mention in find_times(text)]


NO_TIMES = [
    "近期、下一步、尽快、适时、长期",
    "三年行动、三年攻坚计划",
    "加强防汛抗旱",
    "年均浓度、青年、少年、往年",
    "日常保洁、日用陶瓷、日本",
    "第一产业、三个方面",
    "2035个小区，2024户",
    "周边地区、周期",
    "前移9位，位居前列",
    "连续5年位居第一",
    "工期约一个月",
    "实施6个月以上",
    "开展一月一展会",
    "以后年度列入计划",
    "若干年内",
    "“十四五”规划纲要",
    "习惯过紧日子",
    "一号文件",
    "每一步、每个孩子",
    "节约用水",
]


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time(text: str) -> None:
    """Vague words, names and words that only look like times give nothing."""
    assert () == find_times(text)


def test_year_named_before_governs_what_follows() -> None:
    """A month or 年底 belongs to the year that its sentence named."""
    quarter, edge = find_times("一季度开工，年底前建成")
    assert during("2026-01-01", "2026-03-31") == resolve(quarter, ANCHOR, year=2026)
    assert by("2026-12-31") == resolve(edge, ANCHOR, year=2026)


def test_without_an_anchor_nothing_is_invented() -> None:
    """Relative words without a plan year or a date have no dates, but keep their relation."""
    nothing = Anchor(None, None, None, None)
    periods = [resolve(mention, nothing) for mention in find_times("今年，5月底前，三年内，今后五年，本月，春节前，次年3月底前")]
    assert [during(None, None), by(None), during(None, None), during(None, None), during(None, None), by(None), by(None)] == periods


def test_impossible_days_have_no_date() -> None:
    """30 February is a mistake of the text, not a day."""
    assert [during(None, None)] == [resolve(mention, ANCHOR) for mention in find_times("2023年2月30日")]


@given(st.text(alphabet="今年到至自从每前底末内起月日季度周期十五一二三2024“”—、，至 之之日起个工作全上下半汛春节", max_size=40))
def test_mentions_are_grounded_and_ordered(text: str) -> None:
    """Every mention is a piece of the text, they do not overlap, and each can be resolved."""
    position = 0
    for mention in find_times(text):
        assert position <= mention.start < mention.end <= len(text)
        assert text[mention.start : mention.end] == mention.text
        position = mention.end
        period = resolve(mention, ANCHOR)
        assert period.start is None or period.end is None or period.start <= period.end
