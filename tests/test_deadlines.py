"""Which words of time in a planned sentence are deadlines, and when they fall due."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.extract.dates import find_times
from pipeline.extract.deadlines import find_deadlines, time_anchor
from pipeline.records import Deadline, Document, Judgement, Label, Outline, Sentence
from pipeline.segment.sentences import split_sentences

PLAN = Document("d", "c", 1, "2024_某市_政府工作报告.txt", "", plan_year=2024, effective_from="2025-09-25", effective_to="2028-09-25")

Found = tuple[str, str | None, str | None, str]


def deadlines(text: str, label: Label = "planned", document: Document = PLAN) -> list[Deadline]:
    """The deadlines of a text, every sentence of which has the same label."""
    sentences = tuple(Sentence(span, 0, None, "plan", False) for span in split_sentences(text))
    judgements = tuple(Judgement(label, "test", 1.0) for _ in sentences)
    return list(find_deadlines(replace(document, text=text), Outline((), sentences), judgements, find_times(text)))


def brief(found: list[Deadline]) -> list[Found]:
    """The fields that the guidelines define."""
    return [(d.text, d.start, d.end, d.relation) for d in found]


YEAR = ("2024-01-01", "2024-12-31", "during")

DEADLINES: list[tuple[str, list[Found]]] = [
    # due, running, recurring
    ("今年全市经济社会发展的主要目标是：地区生产总值增长6%。", [("今年", *YEAR)]),
    ("建议2024年主要预期目标为：", [("2024年", *YEAR)]),
    ("全年供应土地3.5万亩。", [("全年", *YEAR)]),
    ("年内123个项目竣工。", [("年内", *YEAR)]),
    ("5月底前3个县(市)实现清零。", [("5月底前", None, "2024-05-31", "by")]),
    (
        "争取7月15日前挂网，四季度完成扩容，年底前完成投入。",
        [("7月15日前", None, "2024-07-15", "by"), ("四季度", "2024-10-01", "2024-12-31", "during"), ("年底前", None, "2024-12-31", "by")],
    ),
    ("对县(市)实行每季度考评、城区实行每月考评。", [("每季度", None, None, "recurring"), ("每月", None, None, "recurring")]),
    (
        "力争2024年底收集率突破60%，2025年达到70%。",
        [("2024年底", None, "2024-12-31", "by"), ("2025年", "2025-01-01", "2025-12-31", "during")],
    ),
    ("从今年开始，我国将实施新世纪第一个五年计划。", [("从今年开始", "2024-01-01", None, "from")]),
    ("每家企业机构每年给予最高50万元扶持。", [("每年", None, None, "recurring")]),
    ("政府部门应当每年对数据目录核查一次。", [("每年", None, None, "recurring")]),
    ("于每年5月底之前将有关数据报送。", [("每年5月底之前", None, None, "recurring")]),
    ("按季度调整优化项目清单。", [("按季度", None, None, "recurring")]),
    ("险工险段汛前全面改造完工。", [("汛前", None, None, "by")]),
    ("城乡居民收入比2010年翻一番，“十三五”时期保持增长。", []),
    ("政策有效期内最多奖励3个项目。", [("政策有效期内", "2025-09-25", "2028-09-25", "during")]),
    # aims
    ("锚定2030年确保取得决定性进展。", [("2030年", None, "2030-12-31", "by")]),
    ("还展望了到2035年的奋斗目标。", [("到2035年", None, "2035-12-31", "by")]),
    # the year named before governs what follows in the sentence
    ("2025年新建学校10所，年底前全部投用。", [("2025年", "2025-01-01", "2025-12-31", "during"), ("年底前", None, "2025-12-31", "by")]),
    # what is repeated
    ("到2030年，收入翻一番。届时，总量超过90万亿元。", [("到2030年", None, "2030-12-31", "by"), ("届时", None, "2030-12-31", "by")]),
    # dates in quotes
    (
        "按期完成“4·30”交账项目，确保“五一”假期开园。",
        [("4·30", None, "2024-04-30", "by"), ("“五一”假期", "2024-05-01", "2024-05-05", "during")],
    ),
    # limits
    ("要在本意见印发之日起30日内，制定办法。", [("本意见印发之日起30日内", None, None, "by")]),
    (
        "本措施自印发之日起施行，有效期至2026年12月31日止。",
        [("自印发之日起", None, None, "from"), ("至2026年12月31日止", None, "2026-12-31", "by")],
    ),
    ("在两年之内对其予以支持。", [("两年之内", None, None, "during")]),
]


@pytest.mark.parametrize(("text", "expected"), DEADLINES)
def test_deadlines_of_a_planned_sentence(text: str, expected: list[Found]) -> None:
    """Words of time that say when a thing is due, runs or recurs, with their dates."""
    assert expected == brief(deadlines(text))


NO_DEADLINES = [
    # years to compare with
    "人均地区生产总值比2020年翻一番。",
    "赤字规模比上年年初预算增加1800亿元。",
    "与2020年相比下降一半。",
    "恢复到2019年水平。",
    "由2020年的5%提高到9%。",
    "按1990年不变价格计算翻两番。",
    # years that belong to a name
    "围绕全省整治2024年工作要点，进一步推进。",
    "深入实施《依法行政三年行动方案(2023—2025)》。",
    "落实攻坚行动计划（2023—2025年）。",
    "制定2030年前碳排放达峰行动方案。",
    "现组织开展2024年典型案例征集工作。",
    "推进“每月一题”。",
    "落实《2025年数字乡村发展工作要点》。",
    "全力推动“十五五”开好局。",
    "提前完成“十四五”老旧小区改造任务。",
    # the past
    "2023年5月17日至2024年2月8日引进的人才可参照执行。",
    "2024年6月14日印发实施的《若干措施》同时废止。",
    "条例已经2025年2月27日第1次会议通过。",
    "五年来的经验要总结。",
    "今年以来的做法要坚持。",
    "对其上一年度的支出给予补助。",
    "汲取“8·2”事故教训。",
    # rates, service limits, what is no time
    "最低标准从每生每年6000元提高。",
    "扶持金额每月每平方米50元。",
    "对照每月督查考评问题清单整改。",
    "办理时限压缩至3个工作日内。",
    "工期约一个月。",
    "近期、下一步、适时推进。",
    "签订1年以上劳动合同的企业可申请贷款。",
]


@pytest.mark.parametrize("text", NO_DEADLINES)
def test_words_of_time_that_set_no_deadline(text: str) -> None:
    """A year to compare with, a name, the past, a rate and a service limit set no deadline."""
    assert [] == brief(deadlines(text))


@pytest.mark.parametrize("label", ["achieved", "problem", "heading", "attribution", "other"])
def test_only_planned_sentences_have_deadlines(label: Label) -> None:
    """What is reported, admitted or headed is not due."""
    assert [] == deadlines("到2025年全面完成。", label)


def test_unknown_validity_is_silence() -> None:
    """有效期内 sets no deadline where the document does not tell its validity."""
    assert [] == deadlines("政策有效期内最多奖励3个项目。", document=replace(PLAN, effective_from=None, effective_to=None))


def test_the_year_of_relative_words() -> None:
    """The plan year counts first, then the document's date, the year in the title or file name of a report, or that a file begins with."""
    bare = replace(PLAN, plan_year=None, source="2001_国务院_政府工作报告.txt")
    assert 2024 == time_anchor(replace(PLAN, date="2023-12-28")).year
    assert 2023 == time_anchor(replace(bare, date="2023-12-28")).year
    assert 2001 == time_anchor(replace(bare, doc_type="government_report")).year
    assert 2001 == time_anchor(bare).year
    assert time_anchor(replace(bare, source="国务院2001年工作.txt")).year is None


def test_records_point_back_to_their_characters() -> None:
    """The span of a deadline covers its text; ids and tasks are left open."""
    text = "第一句。到2025年底，全面完成。"
    (found,) = deadlines(text)
    assert text[found.span[0] : found.span[1]] == found.text == "到2025年底"
    assert ("", (), "date-by", None) == (found.id, found.tasks, found.rule, found.every)
