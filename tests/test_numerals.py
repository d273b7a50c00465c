"""Number expressions of official prose and what they are worth."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.numerals import number_source, parse_number

NUMBERS = [
    # plain figures
    ("0", 0),
    ("1402", 1402),
    ("3.50", 3.5),
    ("1,234", 1234),
    ("1，234，567", 1234567),
    ("１，０４２．５", 1042.5),
    ("４６·７", 46.7),  # reports of the 1980s
    ("-2.5", -2.5),
    ("负 1,200", -1200),
    # figures with multipliers
    ("1402万", 14020000),
    ("500 万", 5000000),
    ("1.36万亿", 1360000000000),
    ("22.2568亿", 2225680000),
    ("3万亿", 3000000000000),
    ("5亿1万4千6百", 500014600),
    ("25万6千", 256000),
    ("10万万", 1000000000),
    # Chinese numerals
    ("〇", 0),
    ("两", 2),
    ("十", 10),
    ("十二", 12),
    ("一百二十", 120),
    ("一百零五", 105),
    ("一百五", 150),
    ("三千五", 3500),
    ("两千零五十", 2050),
    ("九十二万四", 924000),
    ("一万零一十二", 10012),
    ("一亿五千万零六千三百五十五", 150006355),
    ("一万五千亿", 1500000000000),
    ("三点四", 3.4),
    ("一百二十点五万", 1205000),
    ("零点零五", 0.05),
    ("二〇二五", 2025),
    ("一九九三", 1993),
    ("廿二", 22),
    ("五百卅四", 534),
    ("负十一", -11),
    # financial and traditional characters
    ("壹佰捌拾壹", 181),
    ("肆佰叁拾萬", 4300000),
    ("四十九兆九千五百九十二億", 49959200000000),
    ("三萬四千五百六十七", 34567),
    # nothing to read
    ("", None),
    ("多", None),
    ("1.2.3", None),
    ("十几", None),
    ("12元", None),
    ("三三点", None),
]


@pytest.mark.parametrize(("text", "expected"), NUMBERS)
def test_value_of_a_number(text: str, expected: float | None) -> None:
    """A number expression has its exact value; anything else has none."""
    value = parse_number(text)
    assert expected == value
    assert isinstance(value, float) == isinstance(expected, float)


FOUND = [
    ("投入1402万元", ["1402万"]),
    ("完成投资 1.36 万亿元", ["1.36 万亿"]),
    ("增长６·７％，其中12个", ["６·７", "12"]),
    ("装机3000万千瓦、500千伏", ["3000万", "500"]),
    ("三点四万亩、一百二十个", ["三点四万", "一百二十"]),
    ("1,234人，5678户", ["1,234", "5678"]),
    ("5百分点", ["5"]),
    ("2024年1，2月", ["2024", "1", "2"]),
    ("百姓、千家万户、亿元项目", []),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_number_pattern_finds_whole_numbers(text: str, expected: list[str]) -> None:
    """The pattern takes multipliers in and leaves the units 千瓦, 千伏 and 百分点 alone."""
    assert expected == re.findall(number_source(), text)


@given(st.integers(min_value=0, max_value=10**15))
def test_figures_with_multipliers_are_exact(number: int) -> None:
    """A whole number of 万 or 亿 loses nothing to binary fractions."""
    assert number * 10**4 == parse_number(f"{number}万")
    assert number * 10**8 == parse_number(f"{number}亿")


@given(st.text(alphabet="一二三十百千万亿零点两.0123,，", max_size=12))
def test_every_string_has_a_value_or_none(text: str) -> None:
    """No string of number characters makes the reader fail."""
    value = parse_number(text)
    assert value is None or value >= 0
