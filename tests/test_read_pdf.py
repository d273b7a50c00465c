"""PDF: lines joined into paragraphs, what belongs to the page kept out of them, tables into grids, and every bad file one line."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadError
from pipeline.read.blocks import Cell, Grid, Paragraph
from pipeline.read.pdf import read_pdf
from pipeline.read.pdf_characters import clean, is_gibberish
from tests.pdf_writer import Page, file_of, pdf_of, stream

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.read.blocks import Blocks

FULL = "全市上下坚持以习近平新时代中国特色社会主义思想为指导深入"  # a full line of 28 characters
ALSO = "贯彻党的二十大精神认真落实省委省政府和市委各项决策部署推"
INDENT = "\u3000\u3000"
FIRST = INDENT + FULL[:26]
DOTS = "…" * 23
PROSE = [FIRST, ALSO, FULL, ALSO]
WORDS = "统筹推进经济社会发展和生态环境保护不断提高人民生活水平加快建设现代化产业体系着力扩大国内需求深化改革开放防范化解风险"


def prose(number: int) -> list[str]:
    """A paragraph of four lines, another one for each number."""
    words = (WORDS[number * 7 % 50 :] + WORDS * 3)[:110]
    return [INDENT + words[:26], words[26:54], words[54:82], words[82:110]]


def joined(number: int) -> str:
    """The text of ``prose``."""
    return "".join(prose(number)).strip()


def blocks_of(folder: Path, content: bytes) -> Blocks:
    """What is read of a file with ``content``."""
    path = folder / "a.pdf"
    path.write_bytes(content)
    return read_pdf(path)


def texts_of(folder: Path, *pages: Page) -> list[str]:
    """The text of each paragraph that is no furniture."""
    return [block.text for block in blocks_of(folder, pdf_of(list(pages))).blocks if isinstance(block, Paragraph) and not block.furniture]


def furniture_of(folder: Path, *pages: Page) -> list[str]:
    """The text of each paragraph that is furniture."""
    return [block.text for block in blocks_of(folder, pdf_of(list(pages))).blocks if isinstance(block, Paragraph) and block.furniture]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([FIRST, ALSO, "进。", FIRST, "部署。"], [FULL[:26] + ALSO + "进。", FULL[:26] + "部署。"]),  # first lines indented
        ([FIRST, ALSO, FIRST, "部署。"], [FULL[:26] + ALSO, FULL[:26] + "部署。"]),  # the line before is full
        ([FULL, ALSO, "进。", ALSO, "部署。"], [FULL + ALSO + "进。", ALSO + "部署。"]),  # no indent: a short line ends
        ([FIRST, ALSO, INDENT + "一、总体要求", FIRST, ALSO], [FULL[:26] + ALSO, "一、总体要求", FULL[:26] + ALSO]),  # a heading
        ([INDENT + "一、目标", INDENT + "（一）发展", *PROSE], ["一、目标", "（一）发展", FULL[:26] + ALSO + FULL + ALSO]),
        ([FULL[:27] + "。", "（二）" + ALSO[:25], FULL], [FULL[:27] + "。", "（二）" + ALSO[:25] + FULL]),  # a number opens a paragraph
        ([FULL[:27] + "）", "（二）" + ALSO[:25], FULL], [FULL[:27] + "）", "（二）" + ALSO[:25] + FULL]),  # in charge: …)
        ([FULL[:27] + "，", "一是" + ALSO[:26]], [FULL[:27] + "，一是" + ALSO[:26]]),  # 一是 does not
        ([FULL[:27], ALSO, FULL], [FULL[:27] + ALSO + FULL]),  # one character short: punctuation may not open a line
        (
            ["一、总体要求" + "…" * 21 + "1", "二、重点任务" + "…" * 21 + "3"],
            ["一、总体要求" + "…" * 21 + "1", "二、重点任务" + "…" * 21 + "3"],
        ),
        (
            [FIRST, ALSO, "\u3000" * 19 + "某某市人民政府", "\u3000" * 18 + "2024年1月20日"],
            [FULL[:26] + ALSO, "某某市人民政府", "2024年1月20日"],
        ),
        ([INDENT + "附件：1." + FULL[:22], "\u3000" * 6 + "工作方案"], ["附件：1." + FULL[:22] + "工作方案"]),  # a hanging indent
        (["各区人民政府：", *PROSE], ["各区人民政府：", FULL[:26] + ALSO + FULL + ALSO]),
    ],
)
def test_lines_make_paragraphs(tmp_path: Path, lines: list[str], expected: list[str]) -> None:
    """Lines are joined into paragraphs by indent, length and numbering."""
    assert expected == texts_of(tmp_path, Page().lines(lines))


def test_distance_parts_paragraphs(tmp_path: Path) -> None:
    """Paragraphs without indent are told by the distance between them."""
    page = Page().lines([FULL, ALSO, FULL]).lines([ALSO, FULL, ALSO], top=740 - 3 * 28 - 12)
    assert [FULL + ALSO + FULL, ALSO + FULL + ALSO] == texts_of(tmp_path, page)


def test_title_of_two_lines_is_one(tmp_path: Path) -> None:
    """A centred title broken in two is one paragraph; the date below it is another."""
    page = Page().text(97, 780, "某某市人民政府关于印发重点工作任", 25).text(222, 745, "务分工的通知", 25)
    page.text(234, 710, "（2024年1月20日）").lines(PROSE, top=660)
    assert ["某某市人民政府关于印发重点工作任务分工的通知", "（2024年1月20日）", FULL[:26] + ALSO + FULL + ALSO] == texts_of(tmp_path, page)


def test_paragraph_goes_on_over_the_page(tmp_path: Path) -> None:
    """A sentence goes on over the page break; the page number comes after its paragraph, and each block has its page."""
    pages = [Page().lines(prose(1)).text(280, 60, "— 1 —", 14), Page().lines([ALSO, "进。", *prose(2)]).text(280, 60, "— 2 —", 14)]
    assert (
        Paragraph(joined(1) + ALSO + "进。", 1),
        Paragraph("—1—", 1, furniture=True),
        Paragraph(joined(2), 2),
        Paragraph("—2—", 2, furniture=True),
    ) == blocks_of(tmp_path, pdf_of(pages)).blocks


def test_indented_line_opens_a_paragraph_on_the_next_page(tmp_path: Path) -> None:
    """A page that begins with an indent begins a paragraph."""
    assert [joined(1), joined(2)] == texts_of(tmp_path, Page().lines(prose(1)), Page().lines(prose(2)))


@pytest.mark.parametrize("number", ["— 3 —", "- 3 -", "—3—", "第3页 共10页", "第 3 页，共 10 页", "3/10", "·3·", "3"])
def test_page_number_is_furniture(tmp_path: Path, number: str) -> None:
    """Page numbers in every dress are furniture, on each of three pages."""
    pages = [Page().lines(prose(count)).text(280, 60, number.replace("3", str(count)), 14) for count in (1, 2, 3)]
    found = [told.replace(" ", "") for told in furniture_of(tmp_path, *pages)]
    assert [number.replace("3", str(count)).replace(" ", "") for count in (1, 2, 3)] == found
    assert [joined(1), joined(2), joined(3)] == texts_of(tmp_path, *pages)


@pytest.mark.parametrize("last", ["2024年", "（3）", "3.2亿元", "第三章"])
def test_last_line_is_no_page_number(tmp_path: Path, last: str) -> None:
    """A short last line with more than a number is text."""
    assert [] == furniture_of(tmp_path, Page().lines([*PROSE, last]))


def test_bare_number_below_a_list_is_text(tmp_path: Path) -> None:
    """A number that closes a column of numbers counts no pages."""
    assert ["数量", "12", "54"] == texts_of(tmp_path, Page().lines(["数量", "12", "54"]))


def test_running_headers_of_odd_and_even_pages_are_furniture(tmp_path: Path) -> None:
    """A header that comes on every second page is furniture, and so is that on the others."""
    heads = ["某某市人民政府公报", "二〇二四年第三期"]
    pages = [Page().text(200, 800, heads[count % 2], 9).lines(prose(count)) for count in range(6)]
    assert [heads[count % 2] for count in range(6)] == furniture_of(tmp_path, *pages)
    assert [joined(count) for count in range(6)] == texts_of(tmp_path, *pages)


def test_first_line_that_differs_is_no_header(tmp_path: Path) -> None:
    """Headings at the top of pages stay in the text."""
    pages = [
        Page().lines([f"{INDENT}{number}、工作要点{word}", *prose(ord(word))]) for number, word in zip("一二三", "甲乙丙", strict=True)
    ]
    assert [] == furniture_of(tmp_path, *pages)


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([(80, "2024"), (116, "年")], "2024年"),  # a quarter of an em, as writers put it between scripts
        ([(80, "到"), (100, "2024"), (136, "年")], "到2024年"),
        ([(80, "总"), (102, "局")], "总局"),  # justified
        ([(80, "2"), (92, "0"), (104, "2"), (116, "4"), (128, "年")], "2024年"),  # digits set apart one by one
        ([(80, "2024"), (116, "2025")], "2024 2025"),  # two numbers stay two
        ([(80, "Smart"), (124, "City")], "Smart City"),
        ([(80, "（"), (104, "一）")], "（一）"),
        ([(80, "第一章"), (152, "总则")], "第一章 总则"),
        ([(80, "附件1"), (140, "附件2")], "附件1 附件2"),
    ],
)
def test_blanks_that_gaps_make(tmp_path: Path, pieces: list[tuple[float, str]], expected: str) -> None:
    """Gaps round digits and between Chinese characters are closed, those between words and numbers are not."""
    page = Page()
    for left, piece in pieces:
        page.text(left, 700, piece)
    assert [expected] == texts_of(tmp_path, page)


def test_typed_blank_between_chinese_words_stays(tmp_path: Path) -> None:
    """A blank that stands in the file between Chinese characters is text; one beside a digit is not."""
    assert ["第一章 总则2024年"] == texts_of(tmp_path, Page().lines(["第一章 总则 2024 年"]))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("⼀、⽬标⻓期", "一、目标长期"),
        ("ﬁnance", "finance"),
        ("2014\u00ad2020年", "2014-2020年"),
        ("信\u00ad用", "信用"),
        ("\u200b增长", "增长"),
        ("２０２４年", "２０２４年"),  # full-width digits are as the document has them
        ("①㎡％", "①㎡％"),
    ],
)
def test_characters_put_right(text: str, expected: str) -> None:
    """Radicals and ligatures become characters, marks that nobody sees go; forms that a writer chose stay."""
    assert expected == clean(text)


def test_hyphenated_word_is_joined(tmp_path: Path) -> None:
    """A word broken at the end of a line is whole; words keep their blank."""
    lines = ["The national development and reform com-", "mission of the People's Republic of China", "says so."]
    assert ["The national development and reform commission of the People's Republic of China says so."] == texts_of(
        tmp_path, Page().lines(lines, size=20)
    )


def test_text_printed_twice_comes_once(tmp_path: Path) -> None:
    """Bold made by printing twice is read once; the same word elsewhere is read again."""
    page = Page().text(112, 740, "一、总体要求").text(112.4, 740, "一、总体要求").text(112, 640, "一、总体要求")
    assert ["一、总体要求", "一、总体要求"] == texts_of(tmp_path, page)


def test_invisible_text_is_read(tmp_path: Path) -> None:
    """The layer of invisible text that recognition lays under a scan is text."""
    page = Page().lines(["增长5%左右。"])
    page.drawn = [f"3 Tr {drawn}" for drawn in page.drawn]
    assert ["增长5%左右。"] == texts_of(tmp_path, page)


@pytest.mark.parametrize(
    ("turn", "matrix"),
    [(90, "0 1 -1 0 595 0"), (180, "-1 0 0 -1 595 842"), (270, "0 -1 1 0 0 842"), (0, "0 1 -1 0 595 0"), (0, "0 -1 1 0 0 842")],
)
def test_turned_page_reads_upright(tmp_path: Path, turn: int, matrix: str) -> None:
    """Text on a turned page, or turned on its page, is read as one reads it."""
    page = Page(turn=turn).lines([INDENT + "一、目标", FIRST, ALSO, "进。"], top=500)
    page.drawn = [f"q {matrix} cm", *page.drawn, "Q"]
    assert ["一、目标", FULL[:26] + ALSO + "进。"] == texts_of(tmp_path, page)


def test_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    """Two columns whose lines come side by side in the file are read one after the other; the title comes first."""
    page = Page().text(220, 790, "工作简报", 22)
    for row in range(8):
        page.text(60, 740 - 20 * row, (FULL * 3)[row * 20 : row * 20 + 20], 11)
        page.text(310, 740 - 20 * row, (ALSO * 3)[row * 20 : row * 20 + 20], 11)
    assert ["工作简报", (FULL * 6)[:160], (ALSO * 6)[:160]] == ["工作简报", (FULL * 6)[:160], (ALSO * 6)[:160]]
    text = "".join(texts_of(tmp_path, page))
    assert text.startswith("工作简报" + FULL[:20])
    assert text.index(FULL[:20]) < text.index((FULL * 3)[70:84]) < text.index(ALSO[:20])


def test_row_without_rules_stays_a_row(tmp_path: Path) -> None:
    """Cells of a table without rules stay on one line, told apart by blanks."""
    page = Page()
    for row, (name, value) in enumerate([("地区生产总值", "6.5"), ("粮食产量", "580"), ("研发投入", "7.2")]):
        page.text(80, 700 - 28 * row, name).text(300, 700 - 28 * row, value)
    assert ["地区生产总值  6.5", "粮食产量  580", "研发投入  7.2"] == texts_of(tmp_path, page)


def test_note_follows_the_paragraph_over_it(tmp_path: Path) -> None:
    """A footnote does not split the sentence that goes on over the page; its raised number is no digit of a figure."""
    first = Page().lines([FIRST, ALSO, FULL]).text(80, 656, "投资增长20").text(160, 662, "1", 8).text(166, 656, (ALSO + FULL)[:22])
    first.text(80, 80, "1 指固定资产投资。", 10)
    second = Page().lines(["进。", *PROSE])
    expected = [FULL[:26] + ALSO + FULL + "投资增长20¹" + (ALSO + FULL)[:22] + "进。", "1指固定资产投资。", FULL[:26] + ALSO + FULL + ALSO]
    assert expected == texts_of(tmp_path, first, second)


def test_ruled_table_becomes_a_grid(tmp_path: Path) -> None:
    """A ruled table comes as a grid where it stands, cells merged where a rule is missing, its text nowhere else."""
    xs, ys = [80.0, 200.0, 320.0, 440.0], [500.0, 530.0, 560.0, 590.0]
    missing = ((200.0, 560.0, 200.0, 590.0), (80.0, 530.0, 200.0, 530.0))
    page = Page().lines([FIRST, "指标如下："]).table(xs, ys, missing)
    page.text(90, 570, "指标名称", 12).text(330, 570, "属性", 12).text(90, 540, "经济", 12).text(90, 525, "发展", 12)
    page.text(210, 540, "GDP", 12).text(330, 540, "预期性", 12).text(210, 510, "6.5", 12).text(330, 510, "约束性", 12)
    page.lines([FIRST, "部署。"], top=440)
    grid = Grid(
        (
            Cell("指标名称", 0, 0, 1, 2),
            Cell("属性", 0, 2),
            Cell("经济\n发展", 1, 0, 2, 1),
            Cell("GDP", 1, 1),
            Cell("预期性", 1, 2),
            Cell("6.5", 2, 1),
            Cell("约束性", 2, 2),
        ),
        1,
    )
    assert (Paragraph(FULL[:26] + "指标如下：", 1), grid, Paragraph(FULL[:26] + "部署。", 1)) == blocks_of(tmp_path, pdf_of([page])).blocks


@pytest.mark.parametrize(("turn", "matrix"), [(90, "0 1 -1 0 595 0"), (270, "0 -1 1 0 0 842"), (0, "0 1 -1 0 595 0")])
def test_table_on_a_turned_page(tmp_path: Path, turn: int, matrix: str) -> None:
    """A broad table on a turned page, or turned on its page, is read as one reads it."""
    page = Page(turn=turn).table([80.0, 200.0, 320.0], [400.0, 430.0, 460.0])
    page.text(90, 440, "研发投入增长", 12).text(210, 440, "约束性指标", 12).text(90, 410, "粮食产量目标", 12).text(210, 410, "580万吨", 12)
    page.drawn = [f"q {matrix} cm", *page.drawn, "Q"]
    (grid,) = blocks_of(tmp_path, pdf_of([page])).blocks
    assert isinstance(grid, Grid)
    assert ["研发投入增长", "约束性指标", "粮食产量目标", "580万吨"] == [cell.text for cell in grid.cells]


def test_cell_joins_broken_lines_and_parts_ended_ones(tmp_path: Path) -> None:
    """A line of a cell that was broken for want of room goes on; one that ended before the margin does not."""
    page = Page().table([80.0, 200.0, 320.0], [500.0, 560.0, 590.0])
    page.text(86, 570, "任务", 12).text(206, 570, "单位", 12).text(86, 545, "推进重点项目建设", 12).text(86, 530, "投产", 12)
    page.text(206, 545, "市财政局", 12).text(206, 530, "市水利局", 12)
    (grid,) = blocks_of(tmp_path, pdf_of([page])).blocks
    assert isinstance(grid, Grid)
    assert ["任务", "单位", "推进重点项目建设投产", "市财政局\n市水利局"] == [cell.text for cell in grid.cells]


def test_table_of_three_rules_becomes_a_grid(tmp_path: Path) -> None:
    """A table with rules above its heads, below them and below its last row has its columns where no row has text."""
    page = Page().lines([FIRST, "指标如下："])
    page.drawn += ["80 650 m 500 650 l S", "80 620 m 500 620 l S", "80 520 m 500 520 l S"]
    rows = [("指标", "2025年", "属性"), ("地区生产总值增长", "6.5", "预期性"), ("粮食产量", "580", "约束性"), ("研发投入", "7.2", "预期性")]
    for number, row in enumerate(rows):
        for left, text in zip((90, 260, 420), row, strict=True):
            page.text(left, 630 - number * 30, text, 12)
    (_, grid) = blocks_of(tmp_path, pdf_of([page])).blocks
    assert isinstance(grid, Grid)
    assert [(text, number, column) for number, row in enumerate(rows) for column, text in enumerate(row)] == [
        (cell.text, cell.row, cell.column) for cell in grid.cells
    ]


def test_rules_round_prose_are_no_table(tmp_path: Path) -> None:
    """Level rules with prose between them part nothing."""
    page = Page().lines([*PROSE, *PROSE])
    page.drawn += [f"80 {height} m 528 {height} l S" for height in (770, 725, 500)]
    assert [FULL[:26] + ALSO + FULL + ALSO] * 2 == texts_of(tmp_path, page)


@pytest.mark.parametrize(
    ("xs", "ys"),
    [([80.0, 440.0], [500.0, 760.0]), ([80.0, 440.0], [500.0, 600.0, 760.0])],  # a frame, a frame with a head
)
def test_frame_round_text_is_no_table(tmp_path: Path, xs: list[float], ys: list[float]) -> None:
    """Text in a frame stays text."""
    assert [FULL[:22]] == texts_of(tmp_path, Page().table(xs, ys).lines([FULL[:22]], left=84))


def test_rule_under_a_heading_is_no_table(tmp_path: Path) -> None:
    """The red rule of a letterhead parts nothing."""
    page = Page().text(200, 780, "某某市人民政府文件", 26).lines(PROSE)
    page.drawn.append("80 765 m 520 765 l S")
    assert ["某某市人民政府文件", FULL[:26] + ALSO + FULL + ALSO] == texts_of(tmp_path, page)


def test_page_without_text_is_told(tmp_path: Path) -> None:
    """A page that holds no text is named; the others are read."""
    blocks = blocks_of(tmp_path, pdf_of([Page().lines(PROSE), Page(), Page(), Page().lines(PROSE), Page()]))
    assert [("no_text", "第 2—3、5 页没有文字（可能是扫描图片），未能读取")] == [(told.code, told.message) for told in blocks.warnings]


def test_gibberish_is_told(tmp_path: Path) -> None:
    """Numbers of glyphs in place of characters are told with their page."""
    codes = "".join(chr(0x400 + place * 37 % 6000) for place in range(28))
    blocks = blocks_of(tmp_path, pdf_of([Page().lines([codes, codes])], mapped=False))
    assert ["gibberish"] == [told.code for told in blocks.warnings]


@pytest.mark.parametrize(
    "text",
    [
        "".join(map(chr, range(0xE000, 0xE040))),  # private use
        "\ufffd" * 10 + FULL,
        "，。、；：“”，。、，。，。、；：“”，。、，。",  # the characters are lost, the punctuation is not
        "".join(chr(0x4E00 + place * 389 % 20902) for place in range(100)),  # characters in no sense
        "鼋鼍黻黼龃龅龆龇龈龉龊龌黧黩黪黯黻黼黾鼋鼍鼐鼙鼢鼬" * 3,  # of GB 2312, and in no sense
    ],
)
def test_gibberish(text: str) -> None:
    """What no document says."""
    assert is_gibberish(text)


@pytest.mark.parametrize(
    "text",
    [
        FULL + ALSO,
        "",
        "3",
        "国务院關於加強環境保護重點工作的意見，為深入貫徹落實科學發展觀，加快推動經濟發展方式轉變，提高生態文明建設水準。",
        "第一章 总则………………………………………………………………………… 1",
        "2024 580 6.5 7.2 1,234.56 89.0% 12 34 56 78 90",
        "领导小组成员：王翀、李燚、张垚、陈彧、刘晔、周沅、吴珺、郑昊、孙晟、马骎",
        "The National Development and Reform Commission of China",
    ],
)
def test_no_gibberish(text: str) -> None:
    """What documents say: traditional characters, contents, figures, names, another language."""
    assert not is_gibberish(text)


CATALOGUE = b"<</Type/Catalog/Pages 2 0 R>>"
KIDS = b" ".join(b"3 0 R" for _ in range(100_000))
BOMB = zlib.compress(b"BT /F1 12 Tf (x) Tj ET\n" * 2_000_000, 9)
WHOLE = pdf_of([Page().lines(PROSE)])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "0 字节"),
        ("政府工作报告".encode(), "不是 PDF 文件"),
        (b"%PDF-1.7\n" + b"x" * 1000, "不完整或已损坏"),
        (WHOLE[: len(WHOLE) // 2], "不完整或已损坏"),  # half-downloaded
        (file_of([CATALOGUE, b"<</Type/Pages/Kids[]/Count 0>>"]), "没有页"),
        (pdf_of([Page(), Page()]), "没有文字层"),  # a scan
        (file_of([CATALOGUE, b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"]), "PDF"),  # a page tree that holds itself
        (file_of([b"<</Type/Catalog/Pages 1 0 R>>"]), "PDF"),
        (file_of([CATALOGUE, b"<</Type/Pages/Kids[3 0 R]/Count 1000000000>>", b"<</Type/Pages/Kids[2 0 R]/Count 9>>"]), "PDF"),
        (file_of([CATALOGUE, b"<</Type/Pages/Kids[%s]/Count 100000>>" % KIDS, b"<</Type/Page/Parent 2 0 R>>"]), "100000 页"),
        (
            file_of(
                [
                    CATALOGUE,
                    b"<</Type/Pages/Kids[3 0 R]/Count 1/MediaBox[0 0 9 9]>>",
                    b"<</Type/Page/Parent 2 0 R/Contents 4 0 R>>",
                    stream(BOMB, b"/Filter/FlateDecode"),
                ]
            ),
            "解压后超过",
        ),
    ],
    ids=["empty", "text", "junk", "half", "no-pages", "scan", "own-child", "own-pages", "cycle", "many-pages", "bomb"],
)
def test_bad_file_is_told_in_one_line(tmp_path: Path, content: bytes, told: str) -> None:
    """Each bad file is one Chinese line that names the file and what is wrong."""
    with pytest.raises(ReadError, match=told) as caught:
        blocks_of(tmp_path, content)
    assert str(caught.value).startswith(str(tmp_path / "a.pdf"))
    assert "\n" not in str(caught.value)


def test_lengths_that_lie_are_borne(tmp_path: Path) -> None:
    """Streams that tell a wrong length are read all the same."""
    assert [FULL[:26] + ALSO + FULL + ALSO] == [
        block.text for block in blocks_of(tmp_path, WHOLE.replace(b"/Length ", b"/Length 9")).blocks if isinstance(block, Paragraph)
    ]


def test_missing_file_and_folder(tmp_path: Path) -> None:
    """What is no file is told as such."""
    with pytest.raises(ReadError, match="没有这个文件"):
        read_pdf(tmp_path / "none.pdf")
    with pytest.raises(ReadError, match="文件夹"):
        read_pdf(tmp_path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=6)), min_size=1, max_size=8))
def test_damaged_bytes_raise_read_errors_alone(tmp_path: Path, changes: list[tuple[int, bytes]]) -> None:
    """Whatever bytes are damaged, the file is read or told as unreadable."""
    content = bytearray(WHOLE)
    for place, new in changes:
        content[place : place + len(new)] = new
    try:
        blocks = blocks_of(tmp_path, bytes(content))
    except ReadError:
        return
    assert all("\n" not in block.text for block in blocks.blocks if isinstance(block, Paragraph))


@pytest.mark.parametrize(("user", "owner", "opens"), [("secret", "boss", False), ("", "boss", True)])
def test_password(tmp_path: Path, user: str, owner: str, opens: bool) -> None:
    """A file that asks for a password is told; one that only its owner may change is read."""
    encryption = pytest.importorskip("reportlab.lib.pdfencrypt")
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    path = tmp_path / "locked.pdf"
    page = canvas.Canvas(str(path), encrypt=encryption.StandardEncryption(user, owner, canPrint=0))
    page.drawString(100, 700, "GDP 6.5")
    page.save()
    if opens:
        assert (Paragraph("GDP 6.5", 1),) == read_pdf(path).blocks
    else:
        with pytest.raises(ReadError, match="打开密码"):
            read_pdf(path)


def test_font_that_the_file_does_not_carry(tmp_path: Path) -> None:
    """Text in a font that is named and not carried is read, whatever fonts the machine has."""
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    metrics = pytest.importorskip("reportlab.pdfbase.pdfmetrics")
    fonts = pytest.importorskip("reportlab.pdfbase.cidfonts")
    metrics.registerFont(fonts.UnicodeCIDFont("STSong-Light"))
    path = tmp_path / "song.pdf"
    page = canvas.Canvas(str(path))
    page.setFont("STSong-Light", 16)
    for row, line in enumerate([FULL[:26], ALSO[:26], "增长5%左右。"]):
        page.drawString(112 if row == 0 else 80, 700 - 28 * row, line)
    page.save()
    assert (Paragraph(FULL[:26] + ALSO[:26] + "增长5%左右。", 1),) == read_pdf(path).blocks
