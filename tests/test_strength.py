"""How firmly a sentence binds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.strength import strength_of

if TYPE_CHECKING:
    from pipeline.records import Strength

CASES: list[tuple[str, Strength | None]] = [
    ("各单位必须落实安全生产主体责任。", "must"),
    ("严禁违规举借债务。", "must"),
    ("不得擅自提高收费标准。", "must"),
    ("务必抓紧抓好秋粮收购。", "must"),
    ("确保年底前全部完工。", "ensure"),
    ("保证教育经费按时足额拨付。", "ensure"),
    ("力争地区生产总值突破5万亿元。", "strive"),
    ("争取年内开工建设。", "strive"),
    ("努力建设人民满意的政府。", "strive"),
    ("奋力完成全年目标任务。", "strive"),
    ("探索建立长效机制。", "explore"),
    ("研究出台支持政策。", "explore"),
    ("鼓励有条件的地区探索合并调度控制区。", "explore"),
    # the firmest of several counts
    ("必须坚持稳中求进，确保完成目标，力争走在前列。", "must"),
    ("探索新路径，确保年内见效。", "ensure"),
    ("研究制定方案，力争上半年印发。", "strive"),
    # plain sentences, and words that only look alike
    ("新建改造污水管网100公里。", None),
    ("按照“管行业必须管安全、管业务必须管安全”的要求开展检查。", None),
    ("加强基础研究，建设国家级研究院3家。", None),
    ("培养研究生1000名，推进科学研究。", None),
    ("积极争取上级资金。", None),
    ("经过不懈努力，城市面貌明显改善。", None),
    ("在各区的共同努力下,相继建成一批小游园。", None),
    ("缴纳农民工工资保证金。", None),
    ("加强业务必修课培训。", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_strength(text: str, expected: Strength | None) -> None:
    """The firmest wording outside quotation marks decides."""
    assert expected == strength_of(text)


@given(st.text(alphabet="必须确保力争探索研究不得，。的企业", max_size=12), st.text(alphabet="企业，。的建设", max_size=6))
def test_plain_words_do_not_change_it(text: str, plain: str) -> None:
    """Plain words after a full stop neither bind nor loosen."""
    assert strength_of(text + "。") == strength_of(text + "。" + plain)
