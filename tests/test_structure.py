"""The section tree, the parts of a document and its sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.records import Document, Outline
from pipeline.segment import segment

Row = tuple[int, str | None, str, str | None]


def outline(text: str, title: str | None = None, furniture: tuple[tuple[int, int], ...] = ()) -> Outline:
    """Segment a text that comes without metadata."""
    return segment(Document("d", "c", 1, "d.txt", text, title=title, furniture=furniture))


def tree(text: str) -> list[Row]:
    """Level, clause, heading and part of each section."""
    return [(s.level, s.clause, s.heading, s.part) for s in outline(text).sections]


LONG = "坚持以项目建设为抓手,统筹推进各项工作任务落地见效,切实提升群众的获得感和满意度。"

TREES: list[tuple[str, str, list[Row]]] = [
    (
        "一、 and (一) with running numbers, as in a list of key points",
        f"2024年城市管理工作要点\n一、不断提升城市颜值\n(一)打造“最干净城市”。{LONG}\n(二)开展市容环境综合整治。{LONG}\n"
        f"二、深入推进垃圾分类工作\n(三)不断扩大覆盖范围。{LONG}",
        [
            (0, "一、", "一、不断提升城市颜值", None),
            (1, "(一)", "(一)打造“最干净城市”。", None),
            (1, "(二)", "(二)开展市容环境综合整治。", None),
            (0, "二、", "二、深入推进垃圾分类工作", None),
            (1, "(三)", "(三)不断扩大覆盖范围。", None),
        ],
    ),
    (
        "numbered topics under lines that name the part",
        f"会议对2023年以来重点工作进行了回顾\n01着力推动城市精细化管理稳步提升\n{LONG}\n02着力推动生活垃圾分类初见成效\n{LONG}\n"
        f"会议对2024年主要工作进行了部署\n一是全力打赢攻坚战\n{LONG}",
        [
            (0, None, "会议对2023年以来重点工作进行了回顾", "review"),
            (1, "01", "01着力推动城市精细化管理稳步提升", "review"),
            (1, "02", "02着力推动生活垃圾分类初见成效", "review"),
            (0, None, "会议对2024年主要工作进行了部署", "plan"),
            (1, "一是", "一是全力打赢攻坚战", "plan"),
        ],
    ),
    (
        "一是 inside paragraphs, under (一)",
        f"一、工作成效及亮点\n(一)聚焦民生,公用设施提档升级\n一是做好市政设施维护。{LONG}二是推动污水提质增效。{LONG}\n二、存在的问题\n1.基础设施较为落后。\n{LONG}\n"
        f"三、下步工作重点\n一是加强司法培训。{LONG}",
        [
            (0, "一、", "一、工作成效及亮点", "review"),
            (1, "(一)", "(一)聚焦民生,公用设施提档升级", "review"),
            (2, "一是", "一是做好市政设施维护。", "review"),
            (2, "二是", "二是推动污水提质增效。", "review"),
            (0, "二、", "二、存在的问题", "review"),
            (1, "1.", "1.基础设施较为落后。", "review"),
            (0, "三、", "三、下步工作重点", "plan"),
            (1, "一是", "一是加强司法培训。", "plan"),
        ],
    ),
    (
        "a regulation: chapters, sections and articles; an article without title is cited by its number",
        "第一章 总则\n第一条 为了规范配电网业务管理，促进配电网建设发展，制定本办法。\n第二章 项目管理\n第一节 核准\n"
        "第二条 【有序核准】地方能源主管部门负责项目核准和监督管理工作，并定期公布核准结果。",
        [
            (0, "第一章", "第一章 总则", None),
            (1, "第一条", "第一条", None),
            (0, "第二章", "第二章 项目管理", None),
            (1, "第一节", "第一节 核准", None),
            (2, "第二条", "第二条 【有序核准】", None),
        ],
    ),
    (
        "a document that puts 1. above (一): its own restarts overrule the usual order",
        "\n".join(f"{n}.第{n}项任务\n（一）明确责任\n{LONG}\n（二）加强督查\n{LONG}" for n in (1, 2, 3)),
        [
            row
            for n in (1, 2, 3)
            for row in (
                (0, f"{n}.", f"{n}.第{n}项任务", None),
                (1, "（一）", "（一）明确责任", None),
                (1, "（二）", "（二）加强督查", None),
            )
        ],
    ),
    (
        "dashes, bare lead-ins and an unnumbered part",
        f"2023年工作回顾\n过去一年，我们主要做了以下工作。\n——战略方向更加笃定。{LONG}\n2024年主要工作\n大力推进科技创新。{LONG}\n{LONG}",
        [
            (0, None, "2023年工作回顾", "review"),
            (1, None, "——战略方向更加笃定。", "review"),
            (0, None, "2024年主要工作", "plan"),
            (1, None, "大力推进科技创新。", "plan"),
        ],
    ),
    (
        "annexes and the glossary stand apart from the body",
        f"一、2024年工作安排\n{LONG}\n附件1\n重点项目清单\n名词解释\n1.“一网通办”：指依托一体化在线政务服务平台，通过规范网上办事标准，实现线上统一办理。",
        [
            (0, "一、", "一、2024年工作安排", "plan"),
            (0, None, "附件1", "annex"),
            (0, None, "名词解释", "glossary"),
            (1, "1.", "1.", "glossary"),
        ],
    ),
]


@pytest.mark.parametrize(("text", "expected"), [case[1:] for case in TREES], ids=[case[0] for case in TREES])
def test_section_tree(text: str, expected: list[Row]) -> None:
    """The tree of sections follows the numbering of the document itself."""
    assert expected == tree(text)


@pytest.mark.parametrize(
    "line",
    [
        "2024年，全市城市管理工作坚持稳中求进，全面完成年度目标任务，各项指标持续向好。",
        "一体推进污染防治和生态修复，完成治理面积12万亩，受益群众超过三万户。",
        "一、二、三产业增加值分别增长3.5%、7%和5%，结构进一步优化，质量进一步提高。",
        "——2026年1月28日在重庆市第六届人民代表大会第四次会议上",
        "来源：重庆日报",
        "1.5万户群众用上了天然气，比上年增加三千户，覆盖面进一步扩大。",
    ],
)
def test_what_opens_no_section(line: str) -> None:
    """Figures, dates, sources and subtitles that look like numbering or headings open no section."""
    assert [] == tree(f"{line}\n{LONG}")


PARTS = [
    # text, part of the last sentence
    (f"一、2023年工作回顾\n{LONG}", "review"),
    (f"一、2023年工作回顾\n{LONG}\n二、2024年工作安排\n（一）扩大内需。{LONG}", "plan"),
    (f"一、2023年工作回顾\n{LONG}\n二、加强政府自身建设\n{LONG}", "plan"),  # what follows a review looks ahead
    (f"{LONG}\n五年来，我们坚持生态优先，环境质量持续改善。", "review"),
    (f"五年来，我们坚持生态优先。\n今年经济社会发展主要预期目标是：地区生产总值增长6%左右。\n{LONG}", "plan"),
    ("索引号：000014349/2018-00214\n主题分类：\n综合政务", "front"),
    ("各位代表：", "front"),
]


@pytest.mark.parametrize(("text", "expected"), PARTS)
def test_part_of_a_sentence(text: str, expected: str) -> None:
    """Headings and lead-in sentences tell in which part of the document a sentence stands."""
    sentences = outline(text).sentences
    found = "front" if expected == "front" and all(s.part in ("front", None) for s in sentences) else sentences[-1].part
    assert expected == found


def test_each_of_26_items_is_cited_by_its_clause() -> None:
    """Items that are numbered through under several headings keep their own numbers."""
    numerals = [
        "一",
        "二",
        "三",
        "四",
        "五",
        "六",
        "七",
        "八",
        "九",
        "十",
        "十一",
        "十二",
        "十三",
        "十四",
        "十五",
        "十六",
        "十七",
        "十八",
        "十九",
        "二十",
        "二十一",
        "二十二",
        "二十三",
        "二十四",
        "二十五",
        "二十六",
    ]
    text = "\n".join(f"({numeral})推进第{i}项工作。{LONG}" for i, numeral in enumerate(numerals, 1))
    found = outline(text)
    last = {s.section: s for s in found.sentences}
    assert [f"({numeral})" for numeral in numerals] == [found.sections[k].clause for k in sorted(k for k in last if k is not None)]


def test_furniture_is_marked() -> None:
    """A sentence inside page furniture is marked, one beside it is not."""
    text = f"打印 关闭\n{LONG}"
    assert [True, False] == [s.furniture for s in outline(text, furniture=((0, 5),)).sentences]


def test_empty_text_has_no_sections() -> None:
    """Nothing comes of nothing."""
    assert Outline((), ()) == outline("")
    assert Outline((), ()) == outline(" \n\n　\n")


PIECES = st.sampled_from(
    [
        "一、",
        "（一）",
        "(二)",
        "1.",
        "①",
        "一是",
        "第一条",
        "01",
        "——",
        "2023年工作回顾",
        "重点任务",
        "推进改革",
        "增长5%",
        "。",
        "；",
        "：",
        "，",
        "\n",
        " ",
        "名词解释",
        "附件1",
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_every_sentence_and_section_has_its_place(text: str) -> None:
    """Sentences run in order and lie in their sections; sections nest; every non-blank character is in one sentence."""
    found = outline(text)
    ends = [0, *(s.span[1] for s in found.sentences)]
    assert all(before <= s.span[0] < s.span[1] for before, s in zip(ends, found.sentences, strict=False))
    assert "".join(text.split()) == "".join("".join(text[a:b].split()) for a, b in (s.span for s in found.sentences))
    for section in found.sections:
        assert text[section.heading_span[0] : section.heading_span[1]] == section.heading
        assert section.span[0] == section.heading_span[0] <= section.heading_span[1] <= section.span[1]
        if section.parent is not None:
            above = found.sections[section.parent]
            assert above.level < section.level
            assert above.span[0] <= section.span[0] <= section.span[1] <= above.span[1]
    for sentence in found.sentences:
        if sentence.section is not None:
            section = found.sections[sentence.section]
            assert section.span[0] <= sentence.span[0] < sentence.span[1] <= section.span[1]
    assert found == outline(text)
