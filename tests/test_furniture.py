"""Page furniture: menus, buttons, imprints and page numbers are marked, the document is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.read.furniture import find_furniture, is_furniture

PAGE = """\
关怀版 网站无障碍
无障碍阅读
分享到:
2024年全市城市管理工作会议召开
【字体:

3月13日上午,市城管局组织召开2024年全市城市管理工作会议。

扫一扫在手机打开当前页

联系我们|网站地图

主办:某某市人民政府办公室     承办:某某市大数据发展管理局    政府网站标识码:3611000001
政务微博
互联网+督查
"""


@pytest.mark.parametrize(
    "line",
    [
        "下载",
        "【字号：",
        "加大",
        "】",
        "【字号：大 中 小】 打印",
        "首页 > 政务公开",
        "来源：重庆日报",
        "时间：2026-02-03",
        "发布日期:2024-03-07 10:38信息来源:市城管委",
        "发布时间:2020/8/15 10:26:13\u2002字数:11664",
        "省长叶建春作政府工作报告。本报全媒体记者 林 君摄",
        "相关报道：",
        "上一篇：关于某事的通知",
        "推荐访问:工作计划 工作总结",
        "— 12 —",
        "第 3 页 共 10 页",
        "预览结束,全文11664字,当前显示3679字,还剩7985字",
        "下面是小编为大家整理的2023年度工作总结,供大家参考。",
        "原文链接：https://www.example.org/a.html",
        "某ICP备14042428号",
        "【返回顶部】",
    ],
)
def test_lines_of_furniture(line: str) -> None:
    """What web pages, library sites and printers add, as whole lines."""
    assert is_furniture(line)


@pytest.mark.parametrize(
    "line",
    [
        "政府工作报告",
        "2026年重庆市政府工作报告",
        "——2026年1月28日在重庆市第六届人民代表大会第四次会议上",
        "各位代表：",
        "索 引 号：",
        "发文机关：国务院办公厅",
        "成文日期：2025-04-24",
        "（此件公开发布）",
        "一、总体要求",
        "资金来源：由区财政安排。",
        "时间：3月—5月",
        "责任单位：市城管局",
        "审核通过后公示",
        "加大投入",
        "标准",
        "2018",
        "3",
        "扫黑除恶专项斗争深入推进",
        "推动图片",
    ],
)
def test_lines_of_the_document(line: str) -> None:
    """Titles, header tables, headings, and values that a page has scattered over lines stay part of the document."""
    assert not is_furniture(line)


def test_a_page_around_a_document() -> None:
    """Whole lines are marked, in text order; title and body are not."""
    assert [PAGE[a:b] for a, b in find_furniture(PAGE)] == [
        "关怀版 网站无障碍",
        "无障碍阅读",
        "分享到:",
        "【字体:",
        "扫一扫在手机打开当前页",
        "联系我们|网站地图",
        "主办:某某市人民政府办公室     承办:某某市大数据发展管理局    政府网站标识码:3611000001",
        "政务微博",
        "互联网+督查",
    ]


def test_a_label_takes_its_value_with_it() -> None:
    """The value of 时间 and 来源 may stand on the next line."""
    text = "时间：\n2026-02-02 09:20\n来源：\n陕西省人民政府\n各位代表：\n"
    assert [text[a:b] for a, b in find_furniture(text)] == ["时间：", "2026-02-02 09:20", "来源：", "陕西省人民政府"]


def test_a_page_in_one_line() -> None:
    """Of a page that lost its line ends the menu before and the imprint after the document are marked."""
    menu = "某通知_某某网 设为首页 加入收藏 手机版 搜索 首 页 当前位置： 首页 > 正文 "
    menu += "某通知 2025年05月20日 16:00 来源： 某某网 【打印】 【纠错】 "
    body = "近日，某办印发通知。" + "通知要求，持续提升服务能力。" * 30
    foot = " 关闭 某某市互联网信息办公室 © 版权所有 联系我们 某ICP备14042428号"
    text = menu + body + foot
    [head, tail] = find_furniture(text)
    assert head == (0, len(menu))
    assert text[slice(*tail)] == foot.strip()


@given(st.lists(st.sampled_from(["下载", "  打印 ", "政府工作报告", "", "— 1 —", "全市新增绿地10万平方米。", "来源："]), max_size=12))
def test_spans_are_lines_without_blanks(lines: list[str]) -> None:
    """Spans are in order, do not overlap, and hold a line without its surrounding blanks."""
    text = "\n".join(lines)
    position = 0
    for start, end in find_furniture(text):
        assert position <= start < end
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        position = end
