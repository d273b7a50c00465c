"""Numbers and times as people write them anywhere, for the command ``normalize``."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ReadError
from pipeline.everyday.lunar import lunar_day, lunar_month, term_day
from pipeline.normalize import normalize_rows, normalize_text

NUMBERS: list[tuple[str, float | None, float | None]] = [
    # whole expression, low, high
    ("一千多万", 10000000, 20000000),
    ("7 万5 千4 百", 75400, 75400),
    ("三 百 五 又 三 分之 一", 350 + 1 / 3, 350 + 1 / 3),
    ("四十九兆九千五百九十二億", 49959200000000, 49959200000000),
    ("负五分之三", -0.6, -0.6),
    ("1 4/3", 7 / 3, 7 / 3),
    ("２.７８９０e－１", 0.2789, 0.2789),
    ("2.5^-1", 0.4, 0.4),
    ("100k", 100000, 100000),
    ("零下5度", -5, -5),
    ("Ⅲ", 3, 3),
    ("半个", 0.5, 0.5),
    # shares
    ("百分之十五点六", 15.6, 15.6),
    ("千分之一", 0.1, 0.1),
    ("－１２２％", -122, -122),
    ("六 点 五 成", 65, 65),
    ("九 九 折", 99, 99),
    ("八点五折", 85, 85),
    ("12k個百分點", 12000, 12000),
    # amounts
    ("两美元又三美分", 2.03, 2.03),
    ("50元6角三分", 50.63, 50.63),
    ("壹佰捌拾壹圆柒角", 181.7, 181.7),
    ("三块五", 3.5, 3.5),
    ("一吨半", 1.5, 1.5),
    ("３斤５两", 1750, 1750),
    # ranges
    ("七八万元", 70000, 80000),
    ("两到三万港元", 20000, 30000),
    ("8500到3万", 8500, 30000),
    ("1.6m-3.9m", 1.6, 3.9),
    ("20 - 100个", 20, 100),
    ("大于二十的同时小于等于三十五", 20, 35),
    ("至少有10", 10, None),
    ("一百以下", None, 100),
    ("数十亿", 1000000000, 10000000000),
]


@pytest.mark.parametrize(("text", "low", "high"), NUMBERS, ids=[case[0] for case in NUMBERS])
def test_bounds_of_a_number(text: str, low: float | None, high: float | None) -> None:
    """The widest expression of the text has these bounds."""
    widest = [(n["low"], n["high"]) for n in normalize_text(text, None)["numbers"] if n["span"][0] == 0]
    assert (low, high) in [pytest.approx(bounds) if None not in bounds else bounds for bounds in widest]


def test_nested_numbers_are_all_given() -> None:
    """A range is given beside the numbers that it is made of."""
    found = [(n["text"], n["low"], n["high"]) for n in normalize_text("超过20但不到30%", None)["numbers"]]
    expected = [("20", 20, 20), ("30%", 30, 30), ("超过20", 20, None), ("不到30%", None, 30), ("超过20但不到30%", 20, 30)]
    assert expected == found


@pytest.mark.parametrize("text", ["苹果", "多少", "负责", "对面", "半径", "打造"])
def test_what_is_no_number(text: str) -> None:
    """Words that hold a character of numbers are no numbers."""
    assert [] == normalize_text(text, None)["numbers"]


def test_parts_of_dates_and_versions_are_no_ranges() -> None:
    """2024-05-01 holds three numbers, not a range from 2024 to 5."""
    assert [(2024, 2024), (5, 5), (1, 1)] == [(n["low"], n["high"]) for n in normalize_text("2024-05-01", None)["numbers"]]


TIMES: list[tuple[str, str | None, str | None, str | None]] = [
    # days and weeks, on Monday 14 June 2021
    ("昨天", "2021-06-14", "2021-06-13", "2021-06-13"),
    ("大后天", "2021-06-14", "2021-06-17", "2021-06-17"),
    ("今明两天", "2021-06-14", "2021-06-14", "2021-06-15"),
    ("上周五", "2021-06-14", "2021-06-11", "2021-06-11"),
    ("下下周", "2021-06-14", "2021-06-28", "2021-07-04"),
    ("这周末", "2021-06-14", "2021-06-19", "2021-06-20"),
    ("下周三到周五", "2021-06-14", "2021-06-23", "2021-06-25"),
    ("三月第三周", "2021-06-14", "2021-03-15", "2021-03-21"),
    ("九月的第一个周日", "2021-06-14", "2021-09-05", "2021-09-05"),
    # spans
    ("三年前", "2021-06-14", "2018-01-01", "2018-12-31"),
    ("20天以后", "2021-06-14", "2021-07-04", None),
    ("15个工作日内", "2021-06-14", "2021-06-14", "2021-07-05"),
    ("两个半月以内", "2021-06-14", "2021-06-14", "2021-08-29"),
    ("前两个月", "2021-06-14", "2021-04-01", "2021-05-31"),
    ("未来三年", "2021-06-14", "2021-01-01", "2023-12-31"),
    ("近 三 年", "2017-03-22", "2014-03-22", "2017-03-21"),
    ("3年半以来", "2019-09", "2016-03-01", "2019-09-30"),
    # parts of years
    ("上半年", "2021-06-14", "2021-01-01", "2021-06-30"),
    ("前三季度", "2021-06-14", "2021-01-01", "2021-09-30"),
    ("上个季度", "2021-06-14", "2021-01-01", "2021-03-31"),
    ("明年第九个月", "2021-11-29", "2022-09-01", "2022-09-30"),
    ("2021年的最后4个月", "2018-11-29", "2021-09-01", "2021-12-31"),
    ("5月的最后一天", "2013-02-12", "2013-05-31", "2013-05-31"),
    ("去年本月十日", "2017-03-22", "2016-03-10", "2016-03-10"),
    # dates by themselves
    ("15年3月2日", "2021-06-14", "2015-03-02", "2015-03-02"),
    ("九八年", "2013-02-12", "1998-01-01", "1998-12-31"),
    ("2019.9.6", None, "2019-09-06", "2019-09-06"),
    ("1999.08-2002.02", None, "1999-08-01", "2002-02-28"),
    ("1985到89年9月", "2020", "1985-01-01", "1989-09-30"),
    ("2011-01-07之前", None, None, "2011-01-06"),
    ("自2018年", None, "2018-01-01", None),
    # feasts and the traditional calendar
    ("去年春节", "2020", "2019-02-05", "2019-02-05"),
    ("元旦节", "2013-02-12", "2014-01-01", "2014-01-01"),
    ("五月廿二", "2022", "2022-06-20", "2022-06-20"),
    ("闰4月", "2020", "2020-05-23", "2020-06-20"),
    ("农历八月十五", "2021-06-14", "2021-09-21", "2021-09-21"),
    ("芒种", "2021-05", "2021-06-05", "2021-06-05"),
    ("母亲节", "2021-01-01", "2021-05-09", "2021-05-09"),
    # what official prose has beyond that
    ("“十四五”期间", None, "2021-01-01", "2025-12-31"),
    ("5月底前", "2024-03-06", None, "2024-05-31"),
]


@pytest.mark.parametrize(("text", "reference", "start", "end"), TIMES, ids=[case[0] for case in TIMES])
def test_days_of_a_time(text: str, reference: str | None, start: str | None, end: str | None) -> None:
    """The whole text is one time that covers these days."""
    assert [([0, len(text)], start, end)] == [(t["span"], t["start"], t["end"]) for t in normalize_text(text, reference)["times"]]


@pytest.mark.parametrize("text", ["今天", "上周三", "三年前", "5月", "国庆节"])
def test_relative_times_need_a_reference(text: str) -> None:
    """Without a day of reference nothing is invented."""
    assert not any(t["start"] or t["end"] for t in normalize_text(text, None)["times"])


@pytest.mark.parametrize("text", ["20世纪", "几年前", "90年级", "三千年前", "12345", "192.168.1.1"])
def test_what_has_no_days(text: str) -> None:
    """Vague words, counts beyond the calendar and codes have no days."""
    assert not any(t["start"] or t["end"] for t in normalize_text(text, "2021-06-14")["times"])


def test_rows_keep_their_order_and_ids() -> None:
    """One row in, one row out, with spans that point back."""
    rows: list[dict[str, Any]] = [{"id": "b", "input": "2024年花了3元", "reference": None}, {"id": "a", "input": "", "reference": "2024"}]
    first, second = normalize_rows(rows)
    assert {"id": "a", "numbers": [], "times": []} == second
    assert ("b", ["2024年", "3元"], ["2024年"]) == (first["id"], [n["text"] for n in first["numbers"]], [t["text"] for t in first["times"]])


@pytest.mark.parametrize("reference", ["2024-13", "昨天", "2024-02-30", "2024-01-01-01"])
def test_bad_reference_is_named(reference: str) -> None:
    """A reference that is no date stops with one line that says what to write."""
    with pytest.raises(ReadError, match="write YYYY-MM-DD"):
        normalize_text("今天", reference)


@given(
    st.text(
        alphabet="一二三十百千万亿两零点半负几多分之成折元角个年月日周天季度前后内上下今明去到至-0123456789.,%/ ^eE以第初廿正", max_size=30
    )
)
def test_everything_found_is_grounded(text: str) -> None:
    """No string makes the reader fail; spans point back; bounds and days are in order."""
    found = normalize_text(text, "2021-06-14")
    for record in [*found["numbers"], *found["times"]]:
        start, end = record["span"]
        assert 0 <= start < end <= len(text)
        assert text[start:end] == record["text"]


@given(st.integers(min_value=1981, max_value=2050), st.integers(min_value=1, max_value=12))
def test_lunar_months_follow_each_other(year: int, month: int) -> None:
    """A lunar month has 29 or 30 days and holds its first day; terms fall into their month."""
    bounds = lunar_month(year, month)
    assert bounds is not None
    assert (bounds[1] - bounds[0]).days in (28, 29)
    assert bounds[0] == lunar_day(year, month, 1)
    assert term_day("清明", year).month == 4
