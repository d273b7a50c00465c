"""Tasks as they come out of whole documents: clauses, sections, ids, links between records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import extract
from pipeline.read import document_from_text

if TYPE_CHECKING:
    from pipeline.records import Deadline, Extraction, Quantity, Task

PLAN = """2024年澜川市城市管理工作要点
一、提升市容环境
（一）整治户外广告。5月底前完成楼顶广告清零，全市拆除违规广告120块。（牵头单位：市容科）
（二）新建口袋公园10个，改造老旧公园6个。
二、补齐基础设施
（一）新建污水管网60公里，城市生活污水集中收集率达到65%以上。
（二）每季度开展一次窨井盖排查。
"""

NUMBERED = """2024年澜川市城市管理工作要点
一、市容环境
（一）全面整治占道经营，新增规范疏导点12个。
（二）开展广告招牌专项清理，拆除破损招牌300块。
二、基础设施
（三）新建改造公厕15座。
"""


def extraction(text: str, source: str = "2024_澜川市城市管理工作要点.txt") -> Extraction:
    """What is extracted from a text under a file name."""
    return extract(document_from_text(text, source))


def task_with(found: Extraction, words: str) -> Task:
    """The one task whose sentence holds the words."""
    (task,) = [task for task in found.tasks if words in task.text]
    return task


@pytest.mark.parametrize(
    ("text", "words", "clause"),
    [
        (PLAN, "新建口袋公园", "一、（二）"),  # the numbers start again under each heading: cited with their parent
        (PLAN, "新建污水管网", "二、（一）"),
        (NUMBERED, "拆除破损招牌", "（二）"),  # one numbering through the document: cited alone
        (NUMBERED, "新建改造公厕", "（三）"),
    ],
)
def test_clause_is_the_number_that_an_officer_cites(text: str, words: str, clause: str) -> None:
    """A number that is used once is cited alone, one that starts again with its parent's number."""
    assert clause == task_with(extraction(text), words).clause


def test_sections_stand_outermost_first() -> None:
    """A task names the headings above it from the outside in."""
    section = task_with(extraction(PLAN), "楼顶广告清零").section
    assert "提升市容环境" in section[-2] if len(section) > 1 else section[0]


def test_records_point_at_each_other() -> None:
    """Quantities and deadlines carry the id of the task in whose sentence they stand, and the task carries theirs."""
    found = extraction(PLAN)
    by_id = {task.id: task for task in found.tasks}
    assert found.quantities
    for quantity in found.quantities:
        assert quantity.task is not None
        assert quantity.id in by_id[quantity.task].quantities
    for deadline in found.deadlines:
        assert all(deadline.id in by_id[task].deadlines for task in deadline.tasks)


def test_ids_are_unique() -> None:
    """A sentence that stands twice gives two tasks with ids of their own."""
    found = extraction(PLAN + "（二）新建口袋公园10个，改造老旧公园6个。\n")
    ids = [task.id for task in found.tasks] + [quantity.id for quantity in found.quantities] + [deadline.id for deadline in found.deadlines]
    assert len(ids) == len(set(ids))


def test_ids_stay_while_the_sentence_stands() -> None:
    """Text that is put in before a sentence, or taken out, leaves the id of its task as it was."""
    before = task_with(extraction(PLAN), "新建污水管网").id
    changed = PLAN.replace("（二）新建口袋公园10个，改造老旧公园6个。\n", "（二）新建游园3个。\n（三）种植行道树500株。\n")
    assert before == task_with(extraction(changed), "新建污水管网").id


def test_strength_is_given_for_plans_only() -> None:
    """How firmly a sentence binds is asked of commitments, not of results."""
    found = extraction("一、2023年工作回顾\n2023年，确保了城市运行安全，新建公厕8座。\n二、2024年工作安排\n确保全年新建公厕10座以上。\n")
    assert {None} == {task.strength for task in found.tasks if task.status == "achieved"}
    assert "ensure" == task_with(found, "全年新建公厕").strength


FRAGMENTS = [
    "新建污水管网60公里",
    "，",
    "。",
    "\n",
    "一、总体要求",
    "（二）",
    "到2025年",
    "达到80%以上",
    "（责任单位：市城管局）",
    "××万元",
    "“",
    "《规划》",
    "；",
    "\t",
    "　",
]


@settings(max_examples=60)
@given(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=6)), min_size=1, max_size=20)
    .map("".join)
    .filter(lambda text: text.strip())
)
def test_every_record_points_at_its_own_characters(text: str) -> None:
    """text[a:b] == record.text for each record, whatever the text; the same text gives the same records."""
    document = document_from_text(text, "a.txt", allow_marked=True)
    found = extract(document)
    records: list[Task | Quantity | Deadline] = [*found.tasks, *found.quantities, *found.deadlines]
    for record in records:
        assert document.text[record.span[0] : record.span[1]] == record.text
    assert found == extract(document)
