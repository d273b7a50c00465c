"""What a document says of itself: title, issuer, place, number, dates, kind, years, validity, and warnings."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.read import document_from_text
from pipeline.read.document_warnings import mask_word
from pipeline.read.header_table import read_header

BODY = "现在，我代表市人民政府，向大会报告工作，请予审议。\n"


def fields(text: str, name: str = "document.txt", *, of: str) -> tuple[Any, ...]:
    """The named fields of the document, in order."""
    document = document_from_text(text, name)
    return tuple(getattr(document, field) for field in of.split())


def codes(text: str, name: str = "document.txt") -> list[str]:
    """The codes of the document's warnings."""
    return [warning.code for warning in document_from_text(text, name).warnings]


# --- government reports --------------------------------------------------------------------------------------------------------
REPORTS = [
    # title, meeting and speaker in front
    (
        "2026年甘肃省政府工作报告\n——二〇二六年一月二十七日在甘肃省十四届人民代表大会第四次会议上\n"
        "来源：甘肃日报\n时间：2026-02-10\n甘肃省省长 任某\n"
        "各位代表：\n我代表省人民政府，向大会报告工作。\n",
        "document.txt",
        ("2026年甘肃省政府工作报告", "甘肃省人民政府", "甘肃省", "2026-01-27", 2026, 2025),
    ),
    # a bare title before the meeting is the document's, the line above it the page's
    (
        "2024年中华人民共和国国务院政府工作报告\n政府工作报告\n——2024年3月5日在第十四届全国人民代表大会第二次会议上\n国务院总理\n李　某\n"
        "各位代表：\n现在，我代表国务院，向大会报告政府工作。\n一、2023年工作回顾\n",
        "document.txt",
        ("政府工作报告", "国务院", "全国", "2024-03-05", 2024, 2023),
    ),
    # no title in the text: composed from file name and text; short names are written out
    (
        f"各位代表：\n{BODY}一、2023年工作回顾\n",
        "2024_南通_政府工作报告.txt",
        ("2024年南通市政府工作报告", "南通市人民政府", "南通市", None, 2024, 2023),
    ),
    # 市 tells the city of Jilin from the province
    (f"各位代表：\n{BODY}", "2024_吉林_政府工作报告.txt", ("2024年吉林市政府工作报告", "吉林市人民政府", "吉林市", None, 2024, 2023)),
    (
        "2024年凉山彝族自治州政府工作报告\n各位代表：\n现在，我代表州人民政府，向大会报告工作。\n2023年工作回顾\n",
        "document.txt",
        ("2024年凉山彝族自治州政府工作报告", "凉山彝族自治州人民政府", "凉山彝族自治州", None, 2024, 2023),
    ),
    (
        "平江县2024年政府工作报告\n——2024年1月10日在平江县第十八届人民代表大会第三次会议上\n平江县人民政府县长 李某\n各位代表：\n"
        "现在，我代表县人民政府，向大会报告工作。\n",
        "document.txt",
        ("平江县2024年政府工作报告", "平江县人民政府", "平江县", "2024-01-10", 2024, 2023),
    ),
    # full-width digits, and a text that lost its line ends
    (
        "１９９４年中华人民共和国国务院政府工作报告\n各位代表：\n现在，我代表国务院向大会作政府工作报告。\n一、１９９３年国内工作的回顾和１９９４年工作的基本方针\n",
        "document.txt",
        ("１９９４年中华人民共和国国务院政府工作报告", "国务院", "全国", None, 1994, 1993),
    ),
    (
        f"各位代表： {BODY.strip()} 一、2023年工作回顾 2023 年是枣庄发展史上极不平凡的一年。" + "枣庄坚持稳中求进工作总基调。" * 60,
        "document.txt",
        ("2024年枣庄市政府工作报告", "枣庄市人民政府", "枣庄市", None, 2024, 2023),
    ),
]


@pytest.mark.parametrize(("text", "name", "expected"), REPORTS)
def test_government_reports(text: str, name: str, expected: tuple[Any, ...]) -> None:
    """A report's title, issuer in full, area, day of the meeting, and the years that it plans and reviews."""
    assert ("government_report", *expected) == fields(text, name, of="doc_type title issuer place date plan_year review_year")


@pytest.mark.parametrize(
    ("heading", "opening", "expected"),
    [
        ("一、2025年和“十四五”时期工作回顾", "", (2026, 2025)),
        ("一、“十四五”时期工作回顾", "", (2026, None)),
        ("一、“十四五”时期工作回顾", "刚刚过去的2025年，全省上下深受鼓舞。", (2026, 2025)),
        ("一、过去五年工作回顾", "", (2026, None)),
        ("一、过去一年和五年工作回顾", "", (2026, 2025)),
        ("五年来，人民生活显著改善", "现在，我代表国务院，报告过去五年的工作，对今年的工作提出建议。", (2026, None)),
        ("对外开放格局基本形成", "从今年开始，我国将实施新世纪第一个五年计划。", (None, None)),
    ],
)
def test_reviews_of_several_years(heading: str, opening: str, expected: tuple[int | None, int | None]) -> None:
    """A review of several years has no review year, unless it is a review of the last year too."""
    text = f"2026年山西省政府工作报告\n各位代表：\n{opening}\n{heading}\n全省生产总值增长。\n"
    assert expected == fields(text, of="plan_year review_year")


# --- other kinds ---------------------------------------------------------------------------------------------------------------
KINDS = [
    # the news of a meeting: who held it, when, what it looked back on and ahead to
    (
        "分享到:\n2024年全市城市管理工作会议召开\n【字体:\n3月13日上午,市城管局组织召开2024年全市城市管理工作会议,会议回顾了2023年全市城市管理工作,"
        "对2024年工作进行了部署。\n奋力谱写中国式现代化上饶篇章，加快上饶发展。\n主办:上饶市人民政府办公室\n",
        ("meeting_report", "2024年全市城市管理工作会议召开", "市城管局", "上饶市", "2024-03-13", 2024, 2023),
    ),
    (  # without a title
        "为全面总结2024年工作,谋划部署2025年各项工作,2月17日,市城管局召开全市城管系统2024年工作总结暨2025年工作部署会议,总结2024年工作情况。\n"
        "在汕头高质量发展中体现担当，为汕头贡献力量。\n",
        ("meeting_report", "全市城管系统2024年工作总结暨2025年工作部署会议", "市城管局", "汕头市", "2025-02-17", 2025, 2024),
    ),
    (
        "全市城市管理工作推进会召开\n2024-07-12\n7月11日下午，全市城市管理工作推进会召开，总结上半年工作，安排下半年重点任务。\n",
        ("meeting_report", "全市城市管理工作推进会召开", None, None, "2024-07-11", 2024, 2024),
    ),
    (
        "在全市城管系统工作推进会上的讲话\n发布时间:2020/8/15 10:26:13 字数:11664\n同志们:\n今天召开推进会。\n一、充分肯定上半年工作成绩\n"
        "在此,我代表市城管局党组向广大干部职工表示衷心的感谢!\n",
        ("speech", "在全市城管系统工作推进会上的讲话", "市城管局", None, "2020-08-15", 2020, 2020),
    ),
    (
        "在全市经济工作会议上的讲话\n（2024年1月5日）\n市委书记 张某\n同志们：\n这次会议总结2023年经济工作，部署2024年经济工作。\n",
        ("speech", "在全市经济工作会议上的讲话", "市委", None, "2024-01-05", 2024, 2023),
    ),
    (
        "索引号: 11420800559707226P/2024-00036 主题分类: 其他\n发布机构: 市城市管理执法委员会 发文日期: 2024-03-06\n"
        "文 号: 效力状态: 有效\n\n"
        "2024年荆门市城市管理工作要点\n\n发布日期:2024-03-07 10:38信息来源:市城管委\n\n2024年,全市城市管理工作再添措施。\n",
        ("work_plan", "2024年荆门市城市管理工作要点", "市城市管理执法委员会", "荆门市", "2024-03-06", 2024, None),
    ),
    (
        "长沙市人民政府关于印发《长沙市城市更新三年行动计划（2023—2025年）》的通知\n长政发〔2023〕8号\n各区县（市）人民政府：\n现印发给你们。\n"
        "长沙市人民政府\n2023年5月6日\n",
        (
            "work_plan",
            "长沙市人民政府关于印发《长沙市城市更新三年行动计划（2023—2025年）》的通知",
            "长沙市人民政府",
            "长沙市",
            "2023-05-06",
            None,
            None,
        ),
    ),
    (
        "岳阳市教育局2023年工作总结及2024年工作计划\n2023年，市教育局各项工作取得新成效。\n岳阳市教育局\n2023年12月20日\n",
        ("work_summary", "岳阳市教育局2023年工作总结及2024年工作计划", "岳阳市教育局", "岳阳市", "2023-12-20", 2024, 2023),
    ),
    (
        "县城管局2024年度工作总结\n2024年，县城管局修订《龙游县户外广告管理办法》。龙游县城管局开展整治。\n三、下一步工作打算\n",
        ("work_summary", "县城管局2024年度工作总结", "县城管局", "龙游县", None, 2025, 2024),
    ),
    (
        "关于岳阳市2023年国民经济和社会发展计划执行情况与2024年国民经济和社会发展计划草案的报告\n"
        "——2024年1月8日在岳阳市第九届人民代表大会第三次会议上\n岳阳市发展和改革委员会\n各位代表：\n受市人民政府委托，报告如下。\n",
        (
            "other",
            "关于岳阳市2023年国民经济和社会发展计划执行情况与2024年国民经济和社会发展计划草案的报告",
            "岳阳市发展和改革委员会",
            "岳阳市",
            "2024-01-08",
            2024,
            2023,
        ),
    ),
    # the first of a list of enclosures decides: 若干政策, not 行动计划
    (
        "安徽省人民政府办公厅关于印发支持工业互联网发展若干政策和安徽省创新发展行动计划（2021-2023年）的通知\n（皖政办秘〔2021〕82号）\n",
        (
            "other",
            "安徽省人民政府办公厅关于印发支持工业互联网发展若干政策和安徽省创新发展行动计划（2021-2023年）的通知",
            "安徽省人民政府办公厅",
            "安徽省",
            None,
            None,
            None,
        ),
    ),
    # a notice signed by all who issued it
    (
        "工业和信息化部等四部门关于印发《新产业标准化实施方案》的通知\n各省、自治区、直辖市有关部门：\n现印发你们。\n"
        "工业和信息化部\n科技部\n国家能源局\n国家标准化管理委员会\n2023年8月3日\n",
        (
            "work_plan",
            "工业和信息化部等四部门关于印发《新产业标准化实施方案》的通知",
            "工业和信息化部 科技部 国家能源局 国家标准化管理委员会",
            "全国",
            "2023-08-03",
            None,
            None,
        ),
    ),
    (
        "中共上饶市委 上饶市人民政府关于加强城市管理工作的意见\n（2024年2月6日）\n为加强城市管理，现提出如下意见。\n",
        (
            "other",
            "中共上饶市委 上饶市人民政府关于加强城市管理工作的意见",
            "中共上饶市委 上饶市人民政府",
            "上饶市",
            "2024-02-06",
            None,
            None,
        ),
    ),
    # a title over two lines
    (
        "国务院办公厅关于进一步加大\n\n稳就业政策支持力度的通知\n\n国办发〔2025〕25号\n各省、自治区、直辖市人民政府：\n为稳就业，现通知如下：\n"
        "国务院办公厅　  　\n2025年7月3日   \n",
        ("other", "国务院办公厅关于进一步加大稳就业政策支持力度的通知", "国务院办公厅", "全国", "2025-07-03", None, None),
    ),
]


@pytest.mark.parametrize(("text", "expected"), KINDS)
def test_kinds_of_documents(text: str, expected: tuple[Any, ...]) -> None:
    """Kind, title, issuer as named, area, day, plan year and review year."""
    assert expected == fields(text, of="doc_type title issuer place date plan_year review_year")


def test_a_page_in_one_line() -> None:
    """News about a document on a page without line ends: the title is the document's, the issuers are those of the text."""
    text = (
        "中央网信办等三部门印发《2025年深入推进IPv6规模部署和应用工作要点》_中央网络安全和信息化委员会办公室 "
        "设为首页 加入收藏 首 页 当前位置： 首页 > 正文 "
        "中央网信办等三部门印发《2025年深入推进IPv6规模部署和应用工作要点》 2025年05月20日 16:00 来源： 中国网信网 【打印】 【纠错】 "
        "近日，中央网信办、国家发展改革委、工业和信息化部联合印发《2025年深入推进IPv6规模部署和应用工作要点》。"
        + "《工作要点》要求，持续推进。"
        * 60
    )
    expected = (
        "work_plan",
        "2025年深入推进IPv6规模部署和应用工作要点",
        "中央网信办、国家发展改革委、工业和信息化部",
        "全国",
        "2025-05-20",
        2025,
        None,
    )
    assert expected == fields(text, of="doc_type title issuer place date plan_year review_year")


def test_a_notice_without_line_ends() -> None:
    """Title, number and day of a notice that is one line."""
    text = (
        "国家发展改革委办公厅国家能源局综合司关于开展电力现货市场建设试点工作的通知发改办能源〔2017〕1453号各省（自治区、直辖市）发展改革委："
        + "按照《若干意见》（中发〔2015〕9号）精神，组织推动建设工作。" * 40
        + "国家发展改革委办公厅国家能源局综合司2017年8月28日"
    )
    expected = (
        "国家发展改革委办公厅国家能源局综合司关于开展电力现货市场建设试点工作的通知",
        "国家发展改革委办公厅国家能源局综合司",
        "发改办能源〔2017〕1453号",
        "2017-08-28",
        "全国",
    )
    assert expected == fields(text, of="title issuer doc_number date place")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("国务院办公厅关于加快发展体育竞赛表演产业的指导意见.txt", ("国务院办公厅关于加快发展体育竞赛表演产业的指导意见", "全国", None)),
        ("2025-03-20_关于国家标准征求意见的通知.txt", ("关于国家标准征求意见的通知", None, "2025-03-20")),
        ("2024_泰和县_工作材料.txt", (None, "泰和县", None)),
        ("city-乐山-2024.txt", (None, "乐山市", None)),
        ("001_5868f17219445c2d.txt", (None, None, None)),
        ("plan-03.txt", (None, None, None)),
    ],
)
def test_the_file_name_is_evidence(name: str, expected: tuple[Any, ...]) -> None:
    """Title, place and date come from the file name where the text has none; a hash tells nothing."""
    assert expected == fields("做好有关工作。\n", name, of="title place date")


# --- header tables and numbers -------------------------------------------------------------------------------------------------
def test_header_table_one_field_a_line_with_the_value_below() -> None:
    """索 引 号： with blanks inside the key and the value on the next line."""
    text = (
        "索 引 号： \n 000014349/2018-00206 \n 主题分类： \n 科技、教育\n 发文机关： \n 国务院 \n 成文日期： \n 2018年11月06日 \n"
        " 标　　题： \n 专利代理条例 \n"
        " 发文字号： \n 国令第706号 \n 发布日期： \n 2018年11月19日 \n 主 题 词： \n 中华人民共和国国务院令\n"
    )
    assert read_header(text).values == {
        "other": "000014349/2018-00206",
        "issuer": "国务院",
        "date": "2018年11月06日",
        "title": "专利代理条例",
        "doc_number": "国令第706号",
        "published": "2018年11月19日",
    }
    assert fields(text, of="title issuer doc_number date place") == ("专利代理条例", "国务院", "国令第706号", "2018-11-06", "全国")


def test_header_table_in_one_line() -> None:
    """Several fields on one line, one of them empty."""
    values = read_header("索引号: 1142/2024-00036 主题分类: 其他\n发布机构: 市城管委 发文日期: 2024-03-06\n文 号: 效力状态: 有效\n").values
    assert values == {"other": "1142/2024-00036", "issuer": "市城管委", "date": "2024-03-06", "validity": "有效"}


def test_header_table_of_a_database() -> None:
    """Keys in brackets, without colons; an empty field never takes the first paragraph for its value."""
    values = read_header(
        "【发布部门】 国务院\n【发文字号】 国发〔2018〕32号\n【时效性】 现行有效\n【字体:\n2月19日，市城管局召开会议。\n"
    ).values
    assert values == {"issuer": "国务院", "doc_number": "国发〔2018〕32号", "validity": "现行有效"}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("荆政发〔2024〕3号", "荆政发〔2024〕3号"),
        ("荆政发[2024]3号", "荆政发〔2024〕3号"),
        ("荆政发（２０２４）３号", "荆政发〔2024〕3号"),
        ("（皖政办秘〔2021〕82号）", "皖政办秘〔2021〕82号"),
        ("工信厅科函【2019】152号", "工信厅科函〔2019〕152号"),
        ("文号：穗埔府规〔2025〕12 号", "穗埔府规〔2025〕12号"),
        ("上海市人民政府令\n（第19号）", "上海市人民政府令第19号"),
        ("按照国办发〔2020〕50号文件要求，做好有关工作。", None),  # somebody else's
    ],
)
def test_document_numbers(line: str, expected: str | None) -> None:
    """Brackets of every kind, blanks and full-width digits; a number that the text only cites is not the document's."""
    assert (expected,) == fields(f"关于做好某项工作的通知\n{line}\n各县区：\n按照《意见》（中发〔2015〕9号）执行。\n", of="doc_number")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("实施日期： 2024-02-08\n失效日期：2025-06-27\n文件状态： 已失效\n", ("2024-02-08", "2025-06-27", "expired")),
        ("效力状态: 有效\n", (None, None, "in_force")),
        ("时效性：已废止\n", (None, None, "repealed")),
        ("有效性：已修改\n", (None, None, "amended")),
        ("本条例自2019年3月1日起施行。\n", ("2019-03-01", None, "unknown")),
        ("本办法自2020年6月15日起施行，《暂行办法》（中府办〔2012〕92号）同时废止。\n", ("2020-06-15", None, "unknown")),
        ("本方案自发布之日起施行，有效期三年。\n某市教育局\n2025年9月14日\n", ("2025-09-14", "2028-09-13", "unknown")),
        ("本方案自发布之日起施行，有效期至2027年12月31日。\n", (None, "2027-12-31", "unknown")),
        ("依托2022年3月1日起施行的《江西省生活垃圾管理条例》，立足行政执法。\n", (None, None, "unknown")),
        ("在政策有效期内，每部作品只享受一次奖励。\n", (None, None, "unknown")),
    ],
)
def test_validity(text: str, expected: tuple[Any, ...]) -> None:
    """From headers and closing clauses, never from today's date; the rules of others are none of the document's."""
    assert expected == fields(text, of="effective_from effective_to validity")


# --- warnings ------------------------------------------------------------------------------------------------------------------
def test_the_body_counts_against_the_title_of_the_page() -> None:
    """泰和: the page says 2023, the summary is of 2022."""
    text = (
        "2023年度县城市管理局上半年工作总结及下半年工作计划\n下面是小编为大家整理的2023年度县城市管理局上半年工作总结及下半年工作计划,供大家参考。\n"
        "今年以来,我局扎实工作。组织学习《2022年江西省生活垃圾分类工作要点》。\n对泰和县核心管控区进行了规划。\n"
        "2022上半年基本完成前期工作,已于2021年11月通过审议。\n三、下步工作重点\n2022年我局将继续提升城乡环境面貌。泰和县生活垃圾分类领导小组开会。\n"
    )
    assert fields(text, of="plan_year review_year place") == (2022, 2022, "泰和县")
    assert codes(text) == ["third_party_copy", "year_conflict"]


def test_the_body_counts_against_meeting_and_file_name() -> None:
    """A wrong day under the title is named and not taken; a place in the file name that the text contradicts, too."""
    text = (
        "政府工作报告\n——2021年3月5日在第十三届全国人民代表大会第四次会议上\n各位代表：\n现在，我代表国务院报告工作。\n一、2019年工作回顾\n"
    )
    document = document_from_text(text, "report.txt")
    assert (document.plan_year, document.date) == (2020, None)
    assert [warning.message for warning in document.warnings] == ["年份不一致：会议日期为 2021 年；采用正文的 2020 年"]
    text = f"各位代表：\n{BODY.replace('市人民', '盐城市人民')}一、2023年工作回顾\n"
    document = document_from_text(text, "2024_南通_政府工作报告.txt")
    assert document.place == "盐城市"
    assert [warning.message for warning in document.warnings] == ["地名不一致：文件名为南通市；采用盐城市"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("投入资金××万元，增长XX%。", ["masked_values"]),
        ("新建公园○○个，改造道路__公里。", ["masked_values"]),
        ("结案率城管%，立案城管万件，整改城管处，城管%以上。", ["masked_values"]),
        ("一九九○年，二○○○个。", []),  # digits
        ("XX县人民政府", []),  # a masked name is no figure
        ("增长5%，占比（%）", []),
        ("……(某某文库www.example.com此处省略1230字。点击下载全文)……", ["truncated", "third_party_copy"]),
        ("预览结束,全文11664字,当前显示3679字,还剩7985字", ["truncated"]),
        ("（本文有删减）", ["truncated"]),
        ("【法宝引证码】 CLI.12.4638041\n原文链接：https://www.pkulaw.com/lar/a.html", ["third_party_copy"]),
        ("建成“贵州文库”，规范文件管理，打造示范文本。", []),
    ],
)
def test_warnings_of_the_text(text: str, expected: list[str]) -> None:
    """Masked figures, missing text and library copies are told; figures, names and ordinary words are not."""
    assert expected == codes(text + "\n")


def test_warnings_point_to_their_characters() -> None:
    """A reader is led to the first place, and told how many there are."""
    text = "各位代表：\n全年投入××万元，新建××个。\n"
    [warning] = document_from_text(text, "a.txt").warnings
    assert warning.span is not None
    assert text[slice(*warning.span)] == "××万元"
    assert warning.message == "原文有 2 处数值被隐去或替换（如“全年投入××万元”），未取值"


def test_the_word_that_masks_figures() -> None:
    """“城管” stands wherever a number was; ordinary nouns before a percent sign in a table do not."""
    assert mask_word("完成城管%以上，设置垃圾桶城管个、设施城管台，结案率城管%。") == "城管"
    assert mask_word("增长5%，占比重%，比重%") is None


def test_the_same_text_gives_the_same_document() -> None:
    """Reading is deterministic."""
    text, name, _ = REPORTS[0]
    assert document_from_text(text, name) == document_from_text(text, name)
