"""The period that a figure is for: the nearest words of time, else the year of the plan or review."""

from __future__ import annotations

import pytest

from pipeline.extract import extract
from pipeline.extract.dates import find_times
from pipeline.extract.identity import sentence_keys
from pipeline.extract.quantities import find_quantities
from pipeline.extract.sentence_times import sentence_times
from pipeline.read import document_from_text
from pipeline.records import DocType, Document, Judgement, Label, Outline, Sentence
from pipeline.segment.sentences import split_sentences


def ends(
    text: str, label: Label, *, plan: int | None = None, review: int | None = None, doc_type: DocType = "government_report", title: str = ""
) -> list[str | None]:
    """The ends of the periods of all quantities of a text whose sentences have one label."""
    document = Document("d", "c", 1, "d.txt", text, title=title or None, plan_year=plan, review_year=review, doc_type=doc_type)
    outline = Outline((), tuple(Sentence(span, 0, None, None, furniture=False) for span in split_sentences(text)))
    judgements = tuple(Judgement(label, "given", 1.0) for _ in outline.sentences)
    times = sentence_times(document, outline, judgements, find_times(text))
    return [quantity.end for quantity in find_quantities(document, outline, judgements, times, sentence_keys(document, outline))]


@pytest.mark.parametrize(
    ("text", "label", "expected"),
    [
        ("新建公厕12座。", "planned", ["2024-12-31"]),  # no words of time: the plan year
        ("新建公厕12座。", "achieved", ["2023-12-31"]),  # or the review year
        ("全年新建公厕12座。", "achieved", ["2023-12-31"]),  # 全年 of a review is the year under review
        ("去年新建公厕12座。", "achieved", ["2023-12-31"]),  # a report of January speaks in the plan year
        ("力争2024年底,收集率达60%,2025年达到70%以上。", "planned", ["2024-12-31", "2025-12-31"]),
        ("5月底前拆除广告120块。", "planned", ["2024-05-31"]),
        ("国家外汇储备比2019年底增长5%。", "achieved", ["2023-12-31"]),  # a base of comparison is not the figure's time
        ("预算收入由2022年的86.4亿元增加到93.1亿元、增长6.8%。", "achieved", ["2022-12-31", "2023-12-31", "2023-12-31"]),
        ("到2025年，A园区产值达到80亿元；B园区产值达到60亿元。", "planned", ["2025-12-31", "2025-12-31"]),  # carried across a semicolon
        ("按照三年方案（2022—2025年），累计新改建污水管网500公里。", "achieved", ["2023-12-31"]),  # a result ends with what is reviewed
    ],
)
def test_period_of_reports(text: str, label: Label, expected: list[str | None]) -> None:
    """Ends of periods in a report that plans 2024 and reviews 2023."""
    assert expected == ends(text, label, plan=2024, review=2023)


def test_half_year_review_ends_in_june() -> None:
    """Where plan and review are of one year, results are those of its first half."""
    assert ["2022-06-30"] == ends("清理广告120块。", "achieved", plan=2022, review=2022)


def test_summary_of_december_speaks_in_the_year_that_it_reviews() -> None:
    """今年以来 in an annual summary is the year under review, though the plan year follows."""
    assert ["2024-12-31"] == ends("今年以来，新建公厕12座。", "achieved", plan=2025, review=2024, doc_type="work_summary")


def test_five_year_plan_gives_its_years() -> None:
    """Figures of a five-year plan without words of time are for the whole plan."""
    assert ["2005-12-31"] == ends("城镇新增就业4000万人。", "planned", title="国民经济和社会发展第十个五年计划纲要")


def test_documents_without_years_leave_the_period_open() -> None:
    """Nothing is guessed where neither text nor document tells a year."""
    assert [None] == ends("新建公厕12座。", "planned")


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("五年新建改造污水管网380公里。", ["2019-01-01"]),  # a sum of the years up to the end of the review
        ("五年累计，新增城镇就业58万人。", ["2019-01-01"]),
        ("去年全面实现年初确定的主要目标，新增城镇就业58万人。", ["2023-01-01"]),  # 年初 dates the target, not the figure
        ("新增城镇就业58万人。", ["2023-01-01"]),
        ("完成“三年行动”任务58项。", ["2023-01-01"]),  # a name, no span of time
    ],
)
def test_sums_of_several_years_begin_with_the_first(text: str, starts: list[str]) -> None:
    """五年 before a result is the period of the sum; a name with years in it is none."""
    document = Document("d", "c", 1, "d.txt", text, plan_year=2024, review_year=2023, doc_type="government_report")
    outline = Outline((), tuple(Sentence(span, 0, None, None, furniture=False) for span in split_sentences(text)))
    judgements = tuple(Judgement("achieved", "given", 1.0) for _ in outline.sentences)
    times = sentence_times(document, outline, judgements, find_times(text))
    assert starts == [q.start for q in find_quantities(document, outline, judgements, times, sentence_keys(document, outline))]


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("国民经济和社会发展第十个五年计划纲要", ("2001-01-01", "2005-12-31")),
        ("第十四个五年规划纲要", ("2021-01-01", "2025-12-31")),
        ("关于印发若干措施的通知", (None, None)),
    ],
)
def test_five_years_of_a_plan_are_its_own(title: str, expected: tuple[str | None, str | None]) -> None:
    """五年内 in a five-year plan means its years; elsewhere, without a date, nothing."""
    found = extract(document_from_text(f"{title}\n第一章\n五年内要新建铁路7000公里。\n", "plan.txt"))
    assert [expected] == [(quantity.start, quantity.end) for quantity in found.quantities]
    assert [expected] == [(deadline.start, deadline.end) for deadline in found.deadlines]
