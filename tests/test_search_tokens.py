"""Tokens of full-text search: characters, pairs, numbers and Latin words; never anything that a query language could read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.search.keyword import any_of, any_term
from pipeline.search.tokens import index_tokens, query_tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("停车位4500个", "停 车 位 停车 车位 4500 个"),
        ("增长5.3%", "增 长 增长 5点3"),  # the point stays inside
        ("ＧＤＰ增速", "gdp 增 速 增速"),  # full width is narrow
        ("5G基站", "5 g 基 站 基站"),
        ("老旧小区、棚户区", "老 旧 小 区 老旧 旧小 小区 棚 户 区 棚户 户区"),  # no pair across punctuation
        ("，。！", ""),
        ("", ""),
        ("\ud800停车", "停 车 停车"),  # half of a character
    ],
)
def test_tokens_of_a_passage(text: str, expected: str) -> None:
    """A passage is cut into characters and pairs of each run, numbers and Latin words."""
    assert expected == index_tokens(text)


def test_tokens_of_a_query() -> None:
    """A query has each token once, and no single character that tells nothing."""
    assert ("停", "车", "位", "停车", "车的", "的位", "位停", "停位") == query_tokens("停车的位停位")


def test_full_text_queries() -> None:
    """Tokens are quoted; a term is asked for as it stands, by its pairs."""
    assert '"停车" OR "5点3"' == any_of(["停车", "5点3"])
    assert '"老年 年助 助餐" OR ("hpv" AND "疫苗")' == any_term(["老年助餐", "HPV疫苗"])


@given(st.text())
def test_tokens_are_letters_and_digits(text: str) -> None:
    """No token has any ASCII sign in it, which a tokenizer could split at or a query language could read."""
    assert all(letter.isalnum() or not letter.isascii() for token in index_tokens(text).split() for letter in token)


@given(st.text(alphabet=st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2))
def test_a_query_finds_what_holds_it(text: str) -> None:
    """Every token of a query is a token of any passage that has the query in it."""
    assert set(query_tokens(text)) <= set(index_tokens(f"关于{text}的工作").split())
