"""Numbers of telephones and identity cards in what leaves the page: hidden however they are written, and figures left alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.web.masking import masked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("联系人：张三，13812345678。", "联系人：张三，138******78。"),
        ("13812345678、139 1234 5678", "138******78、139 **** **78"),
        ("+8613812345678", "+86*********78"),
        ("+86 138 1234 5678", "+86 *** **** **78"),
        ("手机：１３８１２３４５６７８", "手机：１３８******７８"),
        ("电话：0793-8201234转12", "电话：079*-*****34转12"),
        ("（0793）8201234", "（079*）*****34"),
        ("联系电话：8201234", "联系电话：820**34"),
        ("身份证号36230119800101123X", "身份证号362*************3X"),
        ("完成投资13812345678元", "完成投资13812345678元"),
        ("固定电话8201234户", "固定电话8201234户"),
        ("统一社会信用代码91330109738492746E", "统一社会信用代码91330109738492746E"),
        ("坐标15172.500 103655.000", "坐标15172.500 103655.000"),
        ("2021-2025年，任务2024-0001", "2021-2025年，任务2024-0001"),
    ],
)
def test_numbers_of_people_are_hidden_and_figures_are_not(text: str, expected: str) -> None:
    """Character for character, so that places in the text still hold."""
    assert expected == masked(text)


@given(st.text("0123456789-— （）()：+电话手机Xx.万元１０", max_size=60))
def test_masking_keeps_every_place(text: str) -> None:
    """Nothing becomes longer or shorter, nothing but digits changes, and what was masked once is not masked further."""
    told = masked(text)
    assert len(told) == len(text)
    assert all(a == b or (b == "*" and (a.isdigit() or a in "Xx")) for a, b in zip(text, told, strict=True))


@given(st.recursive(st.text(max_size=12) | st.integers() | st.none(), lambda item: st.lists(item) | st.dictionaries(st.text(), item)))
def test_data_keep_their_shape(data: Any) -> None:
    """Lists and tables keep their lengths and names, numbers stay numbers."""
    told = masked(data)
    assert type(told) is type(data)
    if isinstance(data, (list, dict)):
        assert len(told) == len(data)
