"""Word documents: what the eye reads comes out once and in order, with automatic numbers; nothing harmful gets in."""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from pipeline.errors import ReadError
from pipeline.read import docx_package
from pipeline.read.blocks import Cell, Grid, Paragraph
from pipeline.read.docx import read_docx
from pipeline.read.docx_number_formats import write_number
from pipeline.read.docx_numbering import join_number

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.read.blocks import Blocks

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
NAMES = (
    f'xmlns:w="{WORD}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TAMPERED = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


# Documents made for the tests


def package(path: Path, parts: dict[str, str | bytes]) -> Path:
    """A zip at ``path`` with ``parts``."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return path


def parts_of(body: str, **others: str) -> dict[str, str | bytes]:
    """The parts of a document with ``body`` and, by kind, the content of parts beside it."""
    related = "".join(f'<Relationship Id="r{kind}" Type="{KIND}/{kind}" Target="{kind}.xml"/>' for kind in others)
    return {
        "_rels/.rels": f'<Relationships xmlns="{RELATIONS}"><Relationship Id="r1" Type="{KIND}/officeDocument" '
        'Target="word/document.xml"/></Relationships>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{RELATIONS}">{related}</Relationships>',
        "word/document.xml": f"<w:document {NAMES}><w:body>{body}</w:body></w:document>",
        **{f"word/{kind}.xml": f"<w:{kind} {NAMES}>{content}</w:{kind}>" for kind, content in others.items()},
    }


def read(tmp_path: Path, body: str, **others: str) -> Blocks:
    """The blocks of a document made of ``body`` and other parts."""
    return read_docx(package(tmp_path / "d.docx", parts_of(body, **others)))


def texts(blocks: Blocks) -> list[str]:
    """The text of every paragraph, cells of grids as lists in one string."""
    return [block.text if isinstance(block, Paragraph) else "|".join(cell.text for cell in block.cells) for block in blocks.blocks]


def p(content: str, properties: str = "") -> str:
    """A paragraph; ``content`` is text or runs."""
    content = content if content.startswith("<") or not content else run(content)
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def run(text: str, properties: str = "") -> str:
    """A run of ``text``."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def numbered(text: str, level: int = 0, list_id: str = "1") -> str:
    """A paragraph of a list."""
    return p(text, f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')


def level(at: int, style: str, text: str, more: str = "", start: str = '<w:start w:val="1"/>') -> str:
    """A level of a list."""
    return f'<w:lvl w:ilvl="{at}">{start}<w:numFmt w:val="{style}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


def abstract(*levels: str, name: str = "0") -> str:
    """An abstract list."""
    return f'<w:abstractNum w:abstractNumId="{name}">{"".join(levels)}</w:abstractNum>'


def number(name: str = "1", of: str = "0", more: str = "") -> str:
    """A list of an abstract list."""
    return f'<w:num w:numId="{name}"><w:abstractNumId w:val="{of}"/>{more}</w:num>'


def style(name: str, properties: str, based_on: str = "", more: str = "") -> str:
    """A paragraph style."""
    base = f'<w:basedOn w:val="{based_on}"/>' if based_on else ""
    return f'<w:style w:type="paragraph" w:styleId="{name}"><w:name w:val="{name}"/>{base}<w:pPr>{properties}</w:pPr>{more}</w:style>'


def styled(text: str, name: str) -> str:
    """A paragraph in a style."""
    return p(text, f'<w:pStyle w:val="{name}"/>')


def field(instruction: str, result: str) -> str:
    """A field in three characters."""
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>{instruction}</w:instrText></w:r>'
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{result}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def control(content: str) -> str:
    """A content control."""
    return f"<w:sdt><w:sdtContent>{content}</w:sdtContent></w:sdt>"


def table(*rows: str) -> str:
    """A table of rows."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"


def row(*cells: str, properties: str = "") -> str:
    """A row of cells, given as text or made with ``cell``."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(c if c.startswith('<') else cell(p(c)) for c in cells)}</w:tr>"


def cell(content: str, properties: str = "") -> str:
    """A cell of paragraphs."""
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{content}</w:tc>"


# Automatic numbers


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("decimal", {1: "1", 12: "12"}),
        ("decimalZero", {1: "01", 12: "12"}),
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 21: "二十一", 99: "九十九", 100: "一〇〇"}),
        ("chineseCountingThousand", {10: "十", 19: "十九", 100: "一百", 101: "一百零一", 110: "一百一十", 1001: "一千零一"}),
        ("chineseCountingThousand", {1010: "一千零一十", 10000: "一万", 10001: "一万零一", 120000: "十二万", 0: "零"}),
        ("taiwaneseCountingThousand", {11: "十一", 305: "三百零五"}),
        ("japaneseCounting", {1: "一", 10: "十", 11: "十一", 100: "百", 101: "百一", 321: "三百二十一"}),
        ("ideographDigital", {1: "一", 10: "一〇", 12: "一二"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 25: "贰拾伍"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 50: "㊿", 51: "51"}),
        ("decimalEnclosedCircleChinese", {3: "③"}),
        ("decimalEnclosedParen", {1: "⑴", 20: "⒇", 21: "21"}),
        ("decimalEnclosedFullstop", {1: "⒈"}),
        ("ideographEnclosedCircle", {1: "㊀", 11: "11"}),
        ("decimalFullWidth", {1: "１", 12: "１２"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥"}),
        ("ideographZodiacTraditional", {1: "甲子", 2: "乙丑", 60: "癸亥"}),
        ("upperRoman", {1: "I", 4: "IV", 9: "IX", 14: "XIV", 0: "0"}),
        ("lowerRoman", {3: "iii", 40: "xl", 1999: "mcmxcix"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA"}),
        ("lowerLetter", {2: "b", 28: "bb", 0: "0", 900: "900"}),
        ("ordinal", {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 22: "22nd"}),
        ("none", {1: ""}),
        ("unheardOf", {7: "7"}),
    ],
)
def test_numbers_are_written_as_their_format_says(form: str, expected: dict[int, str]) -> None:
    """Each format of automatic numbers, at the places where it turns."""
    assert expected == {value: write_number(value, form) for value in expected}


@given(st.integers(0, 999_999_999))
def test_numbers_in_words_differ(value: int) -> None:
    """A number and the next are never written the same, and none ends in a zero that is not spoken."""
    written = write_number(value, "chineseCountingThousand")
    assert written != write_number(value + 1, "chineseCountingThousand")
    assert value == 0 or not written.endswith("零")
    assert "零零" not in written


@pytest.mark.parametrize(
    ("given_number", "text", "expected"),
    [
        ("一、", "总体要求", "一、总体要求"),
        ("（一）", "主要目标", "（一）主要目标"),
        ("1.", "加强领导", "1.加强领导"),
        ("1.", "5G基站", "1. 5G基站"),  # not 1.5
        ("1、", "5G基站", "1、5G基站"),
        ("1", "加强领导", "1 加强领导"),
        ("1.2", "30%以上", "1.2 30%以上"),
        ("第一条", "为了规范", "第一条 为了规范"),
        ("第一条", "　为了规范", "第一条　为了规范"),
        ("①", "80%", "① 80%"),
        ("", "5G", "5G"),
    ],
)
def test_number_does_not_run_into_the_text(given_number: str, text: str, expected: str) -> None:
    """A blank stands between number and text where the two would read as one."""
    assert expected == join_number(given_number, text)


OUTLINE = (
    level(0, "chineseCounting", "%1、"),
    level(1, "chineseCounting", "（%2）"),
    level(2, "decimal", "%3."),
    level(3, "decimal", "（%4）"),
)


def test_outline_of_a_policy_document(tmp_path: Path) -> None:
    """一、（一）1. count on, and start again under a new heading."""
    body = "".join(numbered(text, int(at)) for at, text in zip("01221201", "甲乙丙丁戊己庚辛", strict=True))
    expected = ["一、甲", "（一）乙", "1.丙", "2.丁", "（二）戊", "1.己", "二、庚", "（一）辛"]
    assert expected == texts(read(tmp_path, body, numbering=abstract(*OUTLINE) + number()))


@pytest.mark.parametrize(
    ("levels", "depths", "expected"),
    [
        # several levels in one number
        ([level(0, "decimal", "%1"), level(1, "decimal", "%1.%2")], [0, 1, 1, 0, 1], ["1", "1.1", "1.2", "2", "2.1"]),
        # articles of a regulation go on through its chapters
        (
            [level(0, "chineseCountingThousand", "第%1章"), level(1, "chineseCountingThousand", "第%2条", '<w:lvlRestart w:val="0"/>')],
            [0, 1, 1, 0, 1],
            ["第一章", "第一条", "第二条", "第二章", "第三条"],
        ),
        # a level that only the first starts again
        (
            [level(0, "decimal", "%1."), level(1, "decimal", "(%2)"), level(2, "lowerLetter", "%3)", '<w:lvlRestart w:val="1"/>')],
            [0, 1, 2, 1, 2, 0, 1, 2],
            ["1.", "(1)", "a)", "(2)", "b)", "2.", "(1)", "a)"],
        ),
        # the number of the level above in digits though it is written 一
        ([level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2", "<w:isLgl/>")], [0, 1, 1], ["一、", "1.1", "1.2"]),
        ([level(0, "chineseCounting", "%1、"), level(1, "decimal", "%1.%2")], [0, 1], ["一、", "一.1"]),
        # a level below one that was never used
        ([level(0, "decimal", "%1"), level(1, "decimal", "%1.%2")], [1, 1, 0], ["1.1", "1.2", "1"]),
        # another start, and none: 0
        ([level(0, "decimal", "%1.", start='<w:start w:val="5"/>')], [0, 0], ["5.", "6."]),
        ([level(0, "decimal", "%1.", start="")], [0, 0], ["0.", "1."]),
        # text without a number, signs, words in place of a sign
        ([level(0, "none", "注：")], [0], ["注："]),
        ([level(0, "bullet", "\uf06c")], [0], [""]),
        ([level(0, "bullet", "●")], [0], [""]),
        ([level(0, "bullet", "专栏")], [0], ["专栏 "]),
        # a number that is hidden, and a place of a level below
        ([level(0, "decimal", "%1.", "").replace("</w:lvl>", "<w:rPr><w:vanish/></w:rPr></w:lvl>")], [0], [""]),
        ([level(0, "decimal", "%1.%2")], [0], ["1."]),
    ],
)
def test_levels_count_as_the_list_says(tmp_path: Path, levels: list[str], depths: list[int], expected: list[str]) -> None:
    """Starts, restarts, several levels in one, Arabic digits, signs."""
    body = "".join(numbered("文", depth) for depth in depths)
    got = [text.removesuffix("文") for text in texts(read(tmp_path, body, numbering=abstract(*levels) + number()))]
    assert [one.rstrip() for one in expected] == [one.rstrip() for one in got]


def test_custom_format_falls_back(tmp_path: Path) -> None:
    """A format that only new programs know has one beside it that all know."""
    custom = (
        '<w:lvl w:ilvl="0"><w:start w:val="1"/><mc:AlternateContent><mc:Choice Requires="w14"><w:numFmt w:val="custom" '
        'w:format="001, 002"/></mc:Choice><mc:Fallback><w:numFmt w:val="upperLetter"/></mc:Fallback></mc:AlternateContent>'
        '<w:lvlText w:val="%1."/></w:lvl>'
    )
    assert ["A.文"] == texts(read(tmp_path, numbered("文"), numbering=abstract(custom) + number()))


def test_lists_of_one_kind_count_on_unless_told_to_start_again(tmp_path: Path) -> None:
    """Two lists of one abstract list share their counters; an override starts one again, once."""
    again = number("2", more='<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    lists = abstract(level(0, "decimal", "%1.")) + number() + again + number("3")
    body = "".join(numbered("文", list_id=name) for name in "113221")
    assert ["1.文", "2.文", "3.文", "1.文", "2.文", "3.文"] == texts(read(tmp_path, body, numbering=lists))


def test_list_may_have_its_own_level(tmp_path: Path) -> None:
    """A level of the list stands in place of that of its abstract list."""
    own = number("2", more=f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1)")}</w:lvlOverride>')
    lists = abstract(level(0, "decimal", "%1.")) + number() + own
    assert ["1.文", "B)文"] == texts(read(tmp_path, numbered("文") + numbered("文", list_id="2"), numbering=lists))


LINKED = level(0, "chineseCounting", "%1、", '<w:pStyle w:val="H1"/>') + level(1, "chineseCounting", "（%2）", '<w:pStyle w:val="H2"/>')


@pytest.mark.parametrize(
    ("styles", "body", "expected"),
    [
        # headings numbered through their styles; the level is the one that names the style
        (
            style("H1", '<w:numPr><w:numId w:val="1"/></w:numPr>') + style("H2", '<w:numPr><w:numId w:val="1"/></w:numPr>'),
            styled("甲", "H1") + styled("乙", "H2") + styled("丙", "H2") + styled("丁", "H1"),
            ["一、甲", "（一）乙", "（二）丙", "二、丁"],
        ),
        # through a style that another is based on
        (style("Base", '<w:numPr><w:numId w:val="1"/></w:numPr>') + style("H", "", "Base"), styled("甲", "H"), ["一、甲"]),
        # the level of its own, the list of the base
        (
            style("Base", '<w:numPr><w:numId w:val="1"/></w:numPr>') + style("H", '<w:numPr><w:ilvl w:val="1"/></w:numPr>', "Base"),
            styled("甲", "H"),
            ["（一）甲"],
        ),
        # a paragraph, and a style, that take the number off again
        (
            style("H1", '<w:numPr><w:numId w:val="1"/></w:numPr>') + style("Off", '<w:numPr><w:numId w:val="0"/></w:numPr>', "H1"),
            p("甲", '<w:pStyle w:val="H1"/><w:numPr><w:numId w:val="0"/></w:numPr>') + styled("乙", "Off") + styled("丙", "H1"),
            ["甲", "乙", "一、丙"],
        ),
        # styles based on each other in a circle, and on one that is not there
        (style("A", "", "B") + style("B", "", "A") + style("C", "", "nowhere"), styled("甲", "A") + styled("乙", "C"), ["甲", "乙"]),
        # a style without definition
        ("", styled("甲", "H9"), ["甲"]),
    ],
)
def test_numbers_through_styles(tmp_path: Path, styles: str, body: str, expected: list[str]) -> None:
    """A style may number its paragraphs, itself or through what it is based on."""
    assert expected == texts(read(tmp_path, body, styles=styles, numbering=abstract(LINKED) + number()))


def test_abstract_list_that_links_to_a_style(tmp_path: Path) -> None:
    """The levels may stand with the list of a style; a circle of links gives no number."""
    link = '<w:abstractNum w:abstractNumId="9"><w:numStyleLink w:val="List"/></w:abstractNum>'
    lists = abstract(level(0, "decimal", "%1.")) + link + number() + number("2", of="9")
    by_style = style("List", '<w:numPr><w:numId w:val="1"/></w:numPr>')
    assert ["1.文"] == texts(read(tmp_path, numbered("文", list_id="2"), styles=by_style, numbering=lists))
    circle = style("List", '<w:numPr><w:numId w:val="2"/></w:numPr>')
    assert ["文"] == texts(read(tmp_path, numbered("文", list_id="2"), styles=circle, numbering=lists))


@pytest.mark.parametrize("body", [numbered("文", list_id="7"), numbered("文", level=8), numbered("文", level=99), numbered("文", level=-1)])
def test_unknown_list_or_level_gives_no_number(tmp_path: Path, body: str) -> None:
    """A list or a level that is not defined is no number."""
    assert ["文"] == texts(read(tmp_path, body, numbering=abstract(level(0, "decimal", "%1.")) + number()))


def test_empty_numbered_paragraphs_count(tmp_path: Path) -> None:
    """A paragraph without text takes a number, as on paper; it is written only in a cell, where it is a running number."""
    lists = abstract(level(0, "decimal", "%1")) + number()
    assert ["2 文"] == texts(read(tmp_path, numbered("") + numbered("文"), numbering=lists))
    grid = table(row(cell(numbered("")), "甲"), row(cell(numbered("")), "乙"))
    assert ["1|甲|2|乙"] == texts(read(tmp_path, grid, numbering=lists))


# What stands in a line


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (run("完成") + run("80%"), ["完成80%"]),
        ('<w:r><w:t>完成 </w:t></w:r><w:r><w:t xml:space="preserve"> 80%</w:t></w:r>', ["完成 80%"]),
        ("<w:r><w:t>\n  完成\n  任务\n</w:t></w:r>", ["完成   任务"]),
        ("<w:r><w:t>甲</w:t><w:tab/><w:t>乙</w:t></w:r>", ["甲\t乙"]),
        ("<w:r><w:t>甲</w:t><w:br/><w:t>乙</w:t><w:cr/><w:t>丙</w:t></w:r>", ["甲", "乙", "丙"]),
        ("<w:r><w:t>甲</w:t><w:br/><w:br/><w:t> </w:t></w:r>", ["甲"]),
        ("<w:r><w:t>2025</w:t><w:noBreakHyphen/><w:t>2030</w:t><w:softHyphen/><w:t>年\xad底</w:t></w:r>", ["2025-2030年底"]),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>约束性</w:t></w:r>', ["☑约束性"]),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>80</w:t></w:r>', ["≥80"]),
        ('<w:r><w:sym w:font="Symbol" w:char="F038"/><w:sym w:font="宋体" w:char="2460"/></w:r>', ["8①"]),
        ('<w:r><w:t>甲</w:t><w:sym w:font="Webdings" w:char="F0FE"/><w:sym w:font="a" w:char="D800"/><w:sym/></w:r>', ["甲"]),
        ('<w:hyperlink r:id="x">' + run("网址") + "</w:hyperlink>", ["网址"]),
        ("<w:smartTag>" + run("北京") + "</w:smartTag><w:customXml>" + run("市") + "</w:customXml>", ["北京市"]),
        ("<w:sdt><w:sdtContent>" + run("内容") + "</w:sdtContent></w:sdt>", ["内容"]),
        (run("甲") + "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>" + run("点此输入") + "</w:sdtContent></w:sdt>", ["甲"]),
        ("<w:ruby><w:rt>" + run("hàn") + "</w:rt><w:rubyBase>" + run("汉") + "</w:rubyBase></w:ruby>", ["汉"]),
        ("<w:r><w:ruby><w:rt>" + run("hàn") + "</w:rt><w:rubyBase>" + run("汉") + "</w:rubyBase></w:ruby></w:r>", ["汉"]),
        (run("明") + run("暗", "<w:vanish/>") + run("亮", '<w:vanish w:val="0"/>'), ["明亮"]),
        (run("批注") + '<w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>', ["批注"]),
        (run("面积3万km") + run("2", '<w:vertAlign w:val="superscript"/>'), ["面积3万km²"]),
        (run("80%") + run("1", '<w:vertAlign w:val="superscript"/>') + run("以上"), ["80%¹以上"]),
        (run("80%") + run("[1]", '<w:vertAlign w:val="superscript"/>'), ["80%[1]"]),
        (run("CO") + run("2", '<w:vertAlign w:val="subscript"/>'), ["CO2"]),
        (run("一") + run("-", '<w:vertAlign w:val="superscript"/>'), ["一-"]),
        (run("80\u200b%\ufeff以上"), ["80%以上"]),
        (run("\u3000\u3000甲\xa0乙"), ["\u3000\u3000甲\xa0乙"]),
        (run("\uf0fe预期性", '<w:rFonts w:ascii="Wingdings"/>'), ["☑预期性"]),
        (run("\uf0fe预期性", '<w:rFonts w:ascii="仿宋"/>'), ["\uf0fe预期性"]),
        # tracked changes
        (run("增长") + "<w:ins>" + run("8%") + "</w:ins><w:del><w:r><w:delText>6%</w:delText></w:r></w:del>", ["增长8%"]),
        ("<w:moveFrom>" + run("旧") + "</w:moveFrom><w:moveTo>" + run("新") + "</w:moveTo>", ["新"]),
        ("<w:ins><w:del>" + run("插后又删") + "</w:del></w:ins>" + run("留"), ["留"]),
        # fields
        (run("第") + field("PAGEREF _1", run("5")) + run("页"), ["第5页"]),
        (run("80%") + field(" NOTEREF _1 ", run("3")) + run("以上"), ["80%以上"]),
        (field('HYPERLINK "http://a.cn"', run("网址")) + run("外"), ["网址外"]),
        ('<w:fldSimple w:instr="DATE">' + run("2025年") + "</w:fldSimple>" + run("底"), ["2025年底"]),
        (field("IF 1 " + "</w:instrText></w:r>" + field("PAGE", run("9")) + "<w:r><w:instrText>", run("丙")), ["丙"]),
        (run("第") + field("EQ \\o\\ac(○,3)", "").replace('<w:r><w:fldChar w:fldCharType="separate"/></w:r>', ""), ["第③"]),
        (field("EQ \\* jc2 \\o\\ad(\\s\\up 9(hàn),汉)", "").replace('<w:r><w:fldChar w:fldCharType="separate"/></w:r>', ""), ["汉"]),
        ('<w:del><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:del><w:r><w:fldChar w:fldCharType="end"/></w:r>' + run("后"), ["后"]),
        ('<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>' + run("后"), ["后"]),
        # formulas
        ("<m:oMath><m:r><m:t>x=1</m:t></m:r></m:oMath>", ["x=1"]),
        ("<m:oMath><m:f><m:num><m:r><m:t>1</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f></m:oMath>", ["1/2"]),
        ("<m:oMath><m:sSup><m:e><m:r><m:t>10</m:t></m:r></m:e><m:sup><m:r><m:t>5</m:t></m:r></m:sup></m:sSup></m:oMath>", ["10⁵"]),
        ("<m:oMath><m:d><m:e><m:r><m:t>a</m:t></m:r></m:e><m:e><m:r><m:t>b</m:t></m:r></m:e></m:d></m:oMath>", ["(a|b)"]),
        ('<m:oMath><m:d><m:dPr><m:begChr m:val="["/></m:dPr><m:e><m:r><m:t>a</m:t></m:r></m:e></m:d></m:oMath>', ["[a)"]),
    ],
)
def test_line_reads_as_the_eye_reads_it(tmp_path: Path, content: str, expected: list[str]) -> None:
    """Runs, breaks, signs, changes, fields and formulas of one paragraph."""
    assert expected == texts(read(tmp_path, p(content)))


def test_hidden_by_its_style(tmp_path: Path) -> None:
    """A style may hide a paragraph or a run; a run may show itself again."""
    styles = style("Hidden", "", more="<w:rPr><w:vanish/></w:rPr>") + style("Child", "", "Hidden")
    body = styled("暗", "Hidden") + styled("也暗", "Child") + p(run("明") + run("暗", '<w:rStyle w:val="Hidden"/>'))
    assert ["明"] == texts(read(tmp_path, body, styles=styles))


def test_deleted_paragraph_marks_join(tmp_path: Path) -> None:
    """A paragraph whose mark was deleted, moved away or hidden runs on into the next, and is not counted apart."""
    lists = abstract(level(0, "decimal", "%1.")) + number()
    gone = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:del/></w:rPr>'
    moved, added = "<w:rPr><w:moveFrom/></w:rPr>", "<w:rPr><w:ins/></w:rPr>"
    body = numbered("甲") + p("乙", gone) + numbered("丙") + p("丁", moved) + p("戊") + p("己", added)
    assert ["1.甲", "2.乙丙", "丁戊", "己"] == texts(read(tmp_path, body, numbering=lists))
    separator = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr><w:rPr><w:vanish/><w:specVanish/></w:rPr>'
    assert ["1.标题。正文"] == texts(read(tmp_path, p("标题。", separator) + p("正文"), numbering=lists))
    assert ["末"] == texts(read(tmp_path, p("末", "<w:rPr><w:del/></w:rPr>")))


def test_field_that_never_ends_hides_one_paragraph_at_most(tmp_path: Path) -> None:
    """In a document whose fields do not pair, the text after the paragraph comes out."""
    assert ["甲", "乙"] == texts(read(tmp_path, p(run("甲") + '<w:r><w:fldChar w:fldCharType="begin"/></w:r>') + p("乙")))


def test_table_of_contents_is_furniture(tmp_path: Path) -> None:
    """A table of contents, by its field, its control or its styles, is told apart from the body."""
    start, end = field(" TOC \\o ", "<split/>").split("<split/>")
    by_field = p(start + run("一、总则") + field("PAGEREF _1", run("1"))) + p(run("二、附则") + end)
    gallery = '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
    by_control = f"<w:sdt>{gallery}<w:sdtContent>{p('目录')}</w:sdtContent></w:sdt>"
    styles = style("10", "").replace('w:name w:val="10"', 'w:name w:val="toc 1"')
    blocks = read(tmp_path, by_field + by_control + styled("三、", "10") + p("正文"), styles=styles).blocks
    expected = [("一、总则1", True), ("二、附则", True), ("目录", True), ("三、", True), ("正文", False)]
    assert expected == [(block.text, block.furniture) for block in blocks if isinstance(block, Paragraph)]


def test_text_after_the_end_of_contents_is_body(tmp_path: Path) -> None:
    """A paragraph in which the table of contents ends and text follows is body."""
    blocks = read(tmp_path, p(field("TOC", run("目")) + run("正文"))).blocks
    assert (Paragraph("目正文"),) == blocks


# Text boxes and notes

BOX = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>{0}</w:txbxContent></wps:txbx></w:drawing>'
    "</mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback>"
    "</mc:AlternateContent></w:r>"
)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (BOX.format(p("框")) + run("文"), ["框", "文"]),
        (run("文") + BOX.format(p("框")), ["文", "框"]),
        (run("前") + BOX.format(p("框")) + run("后"), ["前后", "框"]),
        (BOX.format(p(BOX.format(p("内")) + run("外"))) + run("文"), ["内", "外", "文"]),
        (BOX.format(table(row("甲", "乙"))) + run("文"), ["甲|乙", "文"]),
        ("<w:r><w:pict><v:textbox><w:txbxContent>" + p("旧框") + "</w:txbxContent></v:textbox></w:pict></w:r>", ["旧框"]),
        ("<w:r><w:object><v:textbox><w:txbxContent>" + p("对象") + "</w:txbxContent></v:textbox></w:object></w:r>", ["对象"]),
        ('<w:r><w:pict><v:shape><v:textpath string="某市人民政府文件"/></v:shape></w:pict></w:r>', ["某市人民政府文件"]),
        ("<w:r><w:drawing/></w:r>" + run("图"), ["图"]),
        ("<w:del>" + BOX.format(p("删")) + "</w:del>" + run("文"), ["文"]),
        # only the older alternative has text
        (BOX.format(p("框")).replace(p("框"), "", 1), ["框"]),
    ],
)
def test_text_boxes_come_once(tmp_path: Path, content: str, expected: list[str]) -> None:
    """A box stands before the paragraph that it is anchored at the start of, else after it; of two alternatives one is read."""
    assert expected == texts(read(tmp_path, p(content)))


def test_notes_stand_at_the_end_without_their_marks(tmp_path: Path) -> None:
    """The mark of a note does not stick to the figure before it; notes that nothing refers to are no text."""
    notes = '<w:footnote w:id="0" w:type="separator">' + p("线") + "</w:footnote>"
    for at, text in enumerate(("甲注", "乙注", "无主", "另注"), 1):
        notes += f'<w:footnote w:id="{at}">{p("<w:r><w:footnoteRef/></w:r>" + run(text))}</w:footnote>'
    ends = f'<w:endnote w:id="1">{p("尾注")}</w:endnote>'
    mark = '<w:r><w:{0}Reference w:id="{1}"/></w:r>'
    body = (
        p(run("乙") + mark.format("footnote", 2) + run("甲80%") + mark.format("footnote", 1) + run("以上"))
        + p(run("末") + mark.format("endnote", 1) + mark.format("footnote", 9))
        + p("<w:del>" + mark.format("footnote", 3) + "</w:del>")
        + p(run("三") + '<w:r><w:footnoteReference w:customMarkFollows="1" w:id="4"/><w:t>4</w:t></w:r>' + run("四"))
    )
    assert ["乙甲80%以上", "末", "三四", "乙注", "甲注", "另注", "尾注"] == texts(read(tmp_path, body, footnotes=notes, endnotes=ends))


def test_pages_only_where_the_file_marks_them(tmp_path: Path) -> None:
    """Pages are counted by the marks of the last layout; a page break and the mark behind it are one."""
    rendered = "<w:r><w:lastRenderedPageBreak/></w:r>"
    broken = '<w:r><w:br w:type="page"/></w:r>'
    body = (
        p("一")
        + p(rendered + run("二"))
        + p(run("还是二") + rendered + run("接三"))
        + p(broken)
        + p(rendered + run("四"))
        + p(run("四") + broken + run("五"))
    )
    pages = [block.page for block in read(tmp_path, body).blocks]
    assert [1, 2, 2, 4, 4, 5] == pages
    assert [None, None] == [block.page for block in read(tmp_path, p("一") + p(broken) + p("二")).blocks]
    grid = read(tmp_path, p("一") + table(row(cell(p(rendered + run("甲"))), "乙"))).blocks[1]
    assert (2, Grid) == (grid.page, type(grid))


# Tables


SQUARE = Grid((Cell("甲", 0, 0), Cell("乙", 0, 1), Cell("1", 1, 0), Cell("2", 1, 1)))


def span(columns: int) -> str:
    """A cell over several columns."""
    return f'<w:gridSpan w:val="{columns}"/>'


def merge(kind: str = "") -> str:
    """A cell merged with those above or below."""
    return '<w:vMerge w:val="restart"/>' if kind else "<w:vMerge/>"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([row("指标", "目标"), row("粮食", "80")], [Cell("指标", 0, 0), Cell("目标", 0, 1), Cell("粮食", 1, 0), Cell("80", 1, 1)]),
        # cells over several columns and rows
        (
            [row(cell(p("类别"), merge("restart")), cell(p("目标"), span(2))), row(cell(p(""), merge()), "2025年", "2030年")],
            [Cell("类别", 0, 0, 2, 1), Cell("目标", 0, 1, 1, 2), Cell("2025年", 1, 1), Cell("2030年", 1, 2)],
        ),
        # two merges below each other, the second begun anew
        (
            [
                row(cell(p("甲"), merge("r")), "1"),
                row(cell(p(""), merge()), "2"),
                row(cell(p("乙"), merge("r")), "3"),
                row(cell(p(""), merge()), "4"),
            ],
            [Cell("甲", 0, 0, 2, 1), Cell("1", 0, 1), Cell("2", 1, 1), Cell("乙", 2, 0, 2, 1), Cell("3", 2, 1), Cell("4", 3, 1)],
        ),
        # a merge that goes on from nothing is a cell; text in a merged cell is kept
        (
            [row(cell(p("甲"), merge()), "1"), row(cell(p("乙"), merge()), "2")],
            [Cell("甲\n乙", 0, 0, 2, 1), Cell("1", 0, 1), Cell("2", 1, 1)],
        ),
        # a merge across columns in the old way
        ([row(cell(p("甲"), '<w:hMerge w:val="restart"/>'), cell(p(""), "<w:hMerge/>"), "1")], [Cell("甲", 0, 0, 1, 2), Cell("1", 0, 2)]),
        # header rows count only at the top; rows that begin further right; deleted rows
        (
            [
                row("指标", "值", properties="<w:tblHeader/>"),
                row("乙", properties='<w:gridBefore w:val="1"/>'),
                row("丙", "2", properties="<w:tblHeader/>"),
                row("删", "3", properties="<w:del/>"),
            ],
            [Cell("指标", 0, 0, heading=True), Cell("值", 0, 1, heading=True), Cell("乙", 1, 1), Cell("丙", 2, 0), Cell("2", 2, 1)],
        ),
        # several paragraphs in a cell
        ([row(cell(p("甲") + p("") + p("乙")), "1")], [Cell("甲\n乙", 0, 0), Cell("1", 0, 1)]),
        # rows and cells within controls
        (
            [control(row(control(cell(p("甲"))), "1"))],
            [Cell("甲", 0, 0), Cell("1", 0, 1)],
        ),
        # a table of one row in a cell is text of that cell
        ([row(cell(table(row("甲", "乙")) + p("")), "1")], [Cell("甲\n乙", 0, 0), Cell("1", 0, 1)]),
        # spans that no table has
        ([row(cell(p("甲"), span(99999)), cell(p("乙"), span(-3)))], [Cell("甲", 0, 0, 1, 256), Cell("乙", 0, 256)]),
    ],
)
def test_tables_become_grids(tmp_path: Path, rows: list[str], expected: list[Cell]) -> None:
    """Spans, merges, header rows and nested content."""
    assert (Grid(tuple(expected)),) == read(tmp_path, table(*rows)).blocks


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (table(row("一格")), [Paragraph("一格")]),
        (table(row(cell(p("甲") + p("乙")))), [Paragraph("甲"), Paragraph("乙")]),
        (table(row("", "")), []),
        (table(), []),
        # a table in the cell of another: the outer one lays out the page
        (
            table(row("左", cell(p("上") + table(row("甲", "乙"), row("1", "2")) + p("下")))),
            [Paragraph("左"), Paragraph("上"), SQUARE, Paragraph("下")],
        ),
    ],
)
def test_tables_that_lay_out_the_page_are_paragraphs(tmp_path: Path, content: str, expected: list[Paragraph | Grid]) -> None:
    """One cell, or a whole table in a cell, is no table of its own."""
    assert (*expected, Paragraph("文")) == read(tmp_path, content + p("文")).blocks


# Dialects of the format


def test_strict_names(tmp_path: Path) -> None:
    """A file in the strict dialect reads the same."""
    strict = {
        name: content.replace(
            "http://schemas.openxmlformats.org/wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main"
        )
        .replace("http://schemas.openxmlformats.org/officeDocument/2006/math", "http://purl.oclc.org/ooxml/officeDocument/math")
        .replace(KIND, "http://purl.oclc.org/ooxml/officeDocument/relationships")
        for name, content in parts_of(numbered("文"), numbering=abstract(*OUTLINE) + number()).items()
        if isinstance(content, str)
    }
    assert ["一、文"] == texts(read_docx(package(tmp_path / "s.docx", {**strict})))


def test_parts_are_found_by_their_relationships(tmp_path: Path) -> None:
    """The document may have any name, and a relationship may be absolute."""
    parts = parts_of(numbered("文"), numbering=abstract(*OUTLINE) + number())
    moved = {
        "_rels/.rels": str(parts["_rels/.rels"]).replace("word/document.xml", "/Doc/Main.XML"),
        "doc\\main.xml": parts["word/document.xml"],
        "Doc/_rels/Main.xml.rels": str(parts["word/_rels/document.xml.rels"]).replace('"numbering.xml"', '"../other/./lists.xml"'),
        "other/lists.xml": parts["word/numbering.xml"],
    }
    assert ["一、文"] == texts(read_docx(package(tmp_path / "m.docm", moved)))


@pytest.mark.parametrize("lost", ["_rels/.rels", "word/_rels/document.xml.rels"])
@pytest.mark.parametrize("content", [None, "<broken"])
def test_lost_relationships_are_guessed(tmp_path: Path, lost: str, content: str | None) -> None:
    """Without relationships the usual names are looked for."""
    parts = parts_of(numbered("文"), numbering=abstract(*OUTLINE) + number())
    parts = {name: part for name, part in parts.items() if name != lost} | ({lost: content} if content else {})
    assert ["一、文"] == texts(read_docx(package(tmp_path / "l.docx", parts)))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_other_encodings(tmp_path: Path, encoding: str) -> None:
    """Parts may be in UTF-16, and may begin with a byte-order mark."""
    name = "utf-8" if encoding == "utf-8-sig" else "utf-16"
    content = f'<?xml version="1.0" encoding="{name}"?>' + str(parts_of(p("文"))["word/document.xml"])
    assert ["文"] == texts(read_docx(package(tmp_path / "u.docx", {"word/document.xml": content.encode(encoding)})))


def test_document_of_another_program(tmp_path: Path) -> None:
    """A document written by a library, with its styles, lists and a merged table."""
    from docx import Document

    document = Document()
    document.add_heading("工作要点", 1)
    document.add_paragraph("加强领导", "List Number")
    document.add_paragraph("5G基站", "List Number")
    grid = document.add_table(2, 3)
    grid.cell(0, 0).merge(grid.cell(0, 2)).text = "合并"
    for at, text in enumerate("甲乙丙"):
        grid.cell(1, at).text = text
    document.save(str(tmp_path / "p.docx"))
    cells = (Cell("合并", 0, 0, 1, 3), Cell("甲", 1, 0), Cell("乙", 1, 1), Cell("丙", 1, 2))
    expected = (Paragraph("工作要点"), Paragraph("1.加强领导"), Paragraph("2. 5G基站"), Grid(cells))
    assert expected == read_docx(tmp_path / "p.docx").blocks


def test_headers_and_comments_are_left_out(tmp_path: Path) -> None:
    """Text of parts that the body does not hold stays out."""
    parts = parts_of(p("文") + '<w:sectPr><w:headerReference r:id="h"/></w:sectPr>')
    parts |= {f"word/{name}.xml": f"<w:x {NAMES}>{p('不要')}</w:x>" for name in ("header1", "footer1", "comments")}
    assert ["文"] == texts(read_docx(package(tmp_path / "h.docx", parts)))


def test_embedded_files_are_told(tmp_path: Path) -> None:
    """Content in another format is not read, and said so."""
    office = 'xmlns:o="urn:schemas-microsoft-com:office:office"'
    sheet = f'<w:r><w:object {office}><o:OLEObject ProgID="Excel.Sheet.12"/></w:object></w:r>'
    found = read(tmp_path, p(run("文") + sheet) + '<w:altChunk r:id="a"/>')
    assert (["文"], ["embedded"]) == (texts(found), [warning.code for warning in found.warnings])
    assert " 2 " in found.warnings[0].message
    assert () == read(tmp_path, p(run("文") + sheet.replace("Excel.Sheet.12", "Equation.DSMT4"))).warnings


def test_damaged_side_part_is_told(tmp_path: Path) -> None:
    """Without its broken list definitions the document is still read."""
    found = read_docx(package(tmp_path / "b.docx", parts_of(numbered("文"), numbering="") | {"word/numbering.xml": "<w:numbering"}))
    assert (["文"], ["part"]) == (texts(found), [warning.code for warning in found.warnings])
    assert "自动编号" in found.warnings[0].message


# Bad input

OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空的"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "加密"),
        (OLE + "WordDocument".encode("utf-16-le"), "旧版 Word"),
        (OLE, "旧版 Office"),
        (b"%PDF-1.7 ...", "PDF"),
        (b"{\\rtf1 ...", "RTF"),
        (b"\xef\xbb\xbf\n<!DOCTYPE HTML><p>", "网页"),
        (b"<html>", "网页"),
        (b"MIME-Version: 1.0", "网页"),
        (b"<?xml version='1.0'?>", "XML"),
        ("工作要点".encode(), "不是 Word"),
        (b"PK\x03\x04", "不完整"),
        (b"PK\x03\x04" + bytes(100) + b"PK\x05\x06", "不完整"),
        (b"PK\x03\x04" + bytes(100) + b"PK\x05\x06" + bytes(18), "正文"),
        (b"PK\x05\x06" + bytes(8) + b"\xff\xff\xff\xff" + bytes(6), "炸弹"),
        (b"PK" + bytes(80) + b"PK\x05\x06" + bytes(8) + b"\xff\x00\x00\x00" + bytes(6), "目录"),
    ],
)
def test_other_files_are_named(tmp_path: Path, content: bytes, told: str) -> None:
    """What is no Word document is refused in one line that says what it is."""
    path = tmp_path / "x.docx"
    path.write_bytes(content)
    refused(path, told)


def refused(path: Path, told: str) -> None:
    """The file is refused in one line that names it and holds ``told``."""
    with pytest.raises(ReadError) as caught:
        read_docx(path)
    line = str(caught.value)
    assert line.startswith(f"{path}：")
    assert "\n" not in line
    assert told in line


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ({"xl/workbook.xml": ""}, "Excel"),
        ({"ppt/presentation.xml": ""}, "PowerPoint"),
        ({"OFD.xml": ""}, "OFD"),
        ({"mimetype": "", "content.xml": ""}, "OpenDocument"),
        ({"a.txt": ""}, "缺少正文"),
        ({"word/document.xml": ""}, "XML"),
        ({"word/document.xml": "<w:document"}, "XML"),
        ({"word/document.xml": "<document><body/></document>"}, "缺少正文"),
        ({"word/document.xml": f"<w:document {NAMES}/>"}, "缺少正文"),
        (parts_of(""), "没有文字"),
        (parts_of(p(" ")), "没有文字"),
        ({"word/document.xml": '<!DOCTYPE a [<!ENTITY b "文">]>' + str(parts_of(p("&b;"))["word/document.xml"])}, "DTD"),
        ({"word/document.xml": '<!DOCTYPE a SYSTEM "http://a.cn/b.dtd">' + str(parts_of(p("文"))["word/document.xml"])}, "DTD"),
        ({"word/document.xml": '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'.encode("utf-16")}, "DTD"),
        (parts_of(p("文"), footnotes="") | {"_rels/.rels": "<!DOCTYPE a>"}, "DTD"),
        (parts_of("<w:ins>" * 10_000 + p("文") + "</w:ins>" * 10_000), "嵌套"),
        (parts_of("<w:p/>" * 600_000), "压缩比"),
    ],
    ids=range(17),
)
def test_bad_packages_are_refused(tmp_path: Path, parts: dict[str, str | bytes], told: str) -> None:
    """Other packages, missing and broken documents, entities, deep nesting and bombs: one line each."""
    refused(package(tmp_path / "x.docx", parts), told)


def test_deep_nesting_that_the_parser_allows_is_read(tmp_path: Path) -> None:
    """Nesting up to the limit of the parser does not exhaust the stack."""
    assert ["文"] == texts(read(tmp_path, p("<w:ins>" * 240 + run("文") + "</w:ins>" * 240)))
    assert ["文"] == texts(read(tmp_path, "<w:tbl><w:tr><w:tc>" * 80 + p("文") + "</w:tc></w:tr></w:tbl>" * 80))


def test_limits_hold_for_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A part is bounded in bytes and in markup, whatever the directory declares."""
    path = package(tmp_path / "x.docx", parts_of(p("文" * 100) + "<w:p/>" * 100))
    assert ["文" * 100] == texts(read_docx(path))
    monkeypatch.setattr(docx_package, "MARKUP_LIMIT", 100)
    refused(path, "标记过多")
    monkeypatch.undo()
    monkeypatch.setattr(docx_package, "PART_LIMIT", 500)
    refused(path, "炸弹")
    monkeypatch.undo()
    monkeypatch.setattr(docx_package, "FILE_LIMIT", 500)
    refused(path, "上限")


def test_declared_sizes_are_not_believed(tmp_path: Path) -> None:
    """Less than the content is damage; more is of no effect."""
    path = package(tmp_path / "x.docx", {"word/document.xml": parts_of(p("文"))["word/document.xml"]})
    content = path.read_bytes()
    size = len(str(parts_of(p("文"))["word/document.xml"]).encode()).to_bytes(4, "little")
    path.write_bytes(content.replace(size, bytes([1, 0, 0, 0])))
    refused(path, "损坏")
    path.write_bytes(content.replace(size, (10**9).to_bytes(4, "little")))
    assert ["文"] == texts(read_docx(path))


def test_locked_entries_and_unknown_compression(tmp_path: Path) -> None:
    """An entry under a password, and one packed in a way that is not known."""
    path = package(tmp_path / "x.docx", {"word/document.xml": "x"})
    content = bytearray(path.read_bytes())
    at = content.find(b"PK\x01\x02")
    content[at + 8] |= 1
    path.write_bytes(content)
    refused(path, "加密")
    content[at + 8], content[at + 10] = 0, 99
    path.write_bytes(content)
    refused(path, "损坏")


def test_older_format_under_its_own_name(tmp_path: Path) -> None:
    """A file of the older format that does not pretend to be another is told what to do, without blame."""
    path = tmp_path / "x.doc"
    path.write_bytes(OLE + "WordDocument".encode("utf-16-le"))
    refused(path, "是旧版 Word")


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    """No file, a folder."""
    refused(tmp_path / "none.docx", "不存在")
    refused(tmp_path, "文件夹")


def survives(path: Path) -> None:
    """Whatever the file holds, it is read or refused."""
    try:
        read_docx(path)
    except ReadError as error:
        assert str(error).startswith(f"{path}：")  # noqa: PT017 - both ends are allowed


@TAMPERED
@given(content=st.binary(max_size=400), prefix=st.sampled_from([b"", b"PK\x03\x04", b"PK\x05\x06", OLE[:8]]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, prefix: bytes) -> None:
    """Arbitrary bytes raise nothing but ReadError."""
    path = tmp_path / "x.docx"
    path.write_bytes(prefix + content)
    survives(path)


RICH = (
    numbered("甲")
    + p(field("TOC", run("目")) + BOX.format(p("框")))
    + table(row(cell(p("乙"), merge("r")), "丙"), row(cell(p(""), merge()), "丁"))
)


@TAMPERED
@given(changes=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6), cut=st.integers(0, 400))
def test_tampered_packages_are_read_or_refused(tmp_path: Path, changes: list[tuple[int, int]], cut: int) -> None:
    """A package with bytes changed or its end cut off raises nothing but ReadError."""
    path = package(tmp_path / "x.docx", parts_of(RICH, numbering=abstract(*OUTLINE) + number(), styles=style("a", "", "a")))
    content = bytearray(path.read_bytes())
    for at, byte in changes:
        content[at % len(content)] = byte
    path.write_bytes(content[: len(content) - cut] if cut < 40 else content)
    survives(path)


@TAMPERED
@given(
    changes=st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(list('<>/"=w:p0123456789 '))), min_size=1, max_size=4),
    part=st.sampled_from(["document", "numbering", "styles"]),
)
def test_tampered_xml_is_read_or_refused(tmp_path: Path, changes: list[tuple[int, str]], part: str) -> None:
    """Parts with characters changed raise nothing but ReadError."""
    parts = parts_of(RICH, numbering=abstract(*OUTLINE) + number(), styles=style("a", "", "a"))
    content = list(str(parts[f"word/{part}.xml"]))
    for at, character in changes:
        content[at % len(content)] = character
    survives(package(tmp_path / "x.docx", parts | {f"word/{part}.xml": "".join(content)}))


SIGNS = "甲乙丙丁戊己庚辛"
WORDS = st.text(SIGNS, min_size=1, max_size=3)
LINES = st.recursive(
    WORDS.map(run),
    lambda inner: st.tuples(
        st.sampled_from(["{}", "<w:ins>{}</w:ins>", "<w:hyperlink>{}</w:hyperlink>", control("{}"), field("REF a", "{}")]),
        st.lists(inner, min_size=1, max_size=3).map("".join),
    ).map(lambda drawn: drawn[0].format(drawn[1])),
    max_leaves=6,
)


def rows_of(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Rows whose cells hold what ``inner`` draws."""
    return st.lists(inner, min_size=1, max_size=3).map(lambda cells: row(*map(cell, cells)))


CONTENT = st.recursive(
    st.one_of(LINES.map(p), LINES.map(lambda line: p(line, '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'))),
    lambda inner: st.one_of(
        st.lists(rows_of(inner), min_size=1, max_size=3).map(lambda rows: table(*rows)),
        inner.map(lambda block: p(BOX.format(block))),
        inner.map(control),
    ),
    max_leaves=8,
)


@TAMPERED
@given(st.lists(CONTENT, min_size=1, max_size=4).map("".join))
def test_every_character_comes_out_once_and_in_order(tmp_path: Path, body: str) -> None:
    """Nested tables, boxes, controls, fields and changes lose, double and move nothing."""
    root = etree.fromstring(f"<body {NAMES}>{body}</body>")
    etree.strip_elements(root, "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback", with_tail=False)
    found = "".join(texts(read(tmp_path, body, numbering=abstract(level(0, "decimal", "%1.")) + number())))
    assert signs("".join(root.itertext())) == signs(found)


def signs(text: str) -> str:
    """The characters that the drawn documents are made of."""
    return "".join(sign for sign in text if sign in SIGNS)
