"""Which years a passage of a review looks back on, and which of its figures came about over them."""

from __future__ import annotations

import pytest

from pipeline.extract import extract
from pipeline.read import document_from_text

TITLE = "2026年青梧市政府工作报告\n"
FIVE, ONE = "2021-01-01", "2025-01-01"


def starts(text: str) -> list[str | None]:
    """First day of each result of a report of 2026."""
    found = extract(document_from_text(TITLE + "一、工作回顾\n" + text, "report.txt")).quantities
    return [quantity.start for quantity in found if quantity.status == "actual"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("五年来，我们坚持生态优先，面貌焕然一新。累计建成美丽河湖30条。", [FIVE]),
        ("过去五年，全市上下砥砺奋进。新增公办幼儿园学位49万个，森林覆盖率达到55%。", [FIVE, ONE]),
        ("“十四五”时期，全市发展历程极不寻常。\n——城市更新成效明显。一批老旧小区完成改造，新增口袋公园275个。", [FIVE]),
        ("——这五年，综合实力大幅跃升。生产安全事故起数下降36.7%。", [FIVE]),
        ("——这是追赶进位、综合实力快速跃升的五年。新增百亿县区26个。", [FIVE]),
        ("五年来，城乡面貌焕然一新。公路通车里程6895公里。", [ONE]),
        ("五年来，外贸再上台阶。进出口总额突破9万亿元。", [ONE]),
        ("三年来，我们持续攻坚。建成碧道960公里。", ["2023-01-01"]),
        ("五年来，成绩来之不易。\n一年来，我们主要做了以下工作。新建学校16所。", [ONE]),
        ("五年来，成绩来之不易。\n刚刚过去的2025年，极不平凡。新建学校16所。", [ONE]),
        ("五年来，成绩来之不易。\n2025年，面对严峻形势，新建学校16所。改造管网20公里。", [ONE, ONE]),
        ("五年来，成绩来之不易。2024年新建学校16所，改造管网20公里。", ["2024-01-01", "2024-01-01"]),
        ("过去一年，我们真抓实干。新建学校16所。", [ONE]),
        ("连续五年实现增长，新建学校16所。", [ONE]),
        ("“十五五”规划建议全面落实，新建学校16所。", [ONE]),
    ],
)
def test_years_that_a_passage_looks_back_on(text: str, expected: list[str | None]) -> None:
    """Figures that came about count for all the years looked back on; states, and what a single year is told for, do not."""
    assert expected == starts(text)


def test_plans_end_the_look_back() -> None:
    """A review of several years does not reach into the plan behind it."""
    text = "五年来，我们建成碧道960公里。\n二、2026年工作安排\n今年要新建学校16所。\n"
    found = extract(document_from_text(TITLE + "一、工作回顾\n" + text, "report.txt")).quantities
    assert [(FIVE, "2025-12-31"), ("2026-01-01", "2026-12-31")] == [(quantity.start, quantity.end) for quantity in found]
