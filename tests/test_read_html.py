"""Web pages: the document comes out once and in order, whatever system made the page; nothing harmful gets in."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadError
from pipeline.read.blocks import Cell, Grid, Paragraph
from pipeline.read.html import read_html

CASES = Path(__file__).parent / "cases" / "html"
PAGES = sorted(path for path in CASES.iterdir() if path.suffix != ".txt")


def shown(path: Path) -> list[str]:
    """The blocks of a page, one a line: furniture behind “~”, a table as its cells with their places, “*” before a header."""
    return [line(block) for block in read_html(path).blocks]


def line(block: Paragraph | Grid) -> str:
    """One block as a line."""
    if isinstance(block, Paragraph):
        return "~" * block.furniture + block.text
    return "".join(f"| {cell_line(cell)} " for cell in block.cells).strip()


def cell_line(cell: Cell) -> str:
    """Row and column of a cell, how many of both it covers, and its content."""
    covers = f"+{cell.rows}+{cell.columns}" if cell.rows > 1 or cell.columns > 1 else ""
    text = cell.text.replace("\n", "/")
    return f"{cell.row},{cell.column}{covers} {'*' if cell.heading else ''}{text}".strip()


@pytest.mark.parametrize("path", PAGES, ids=[path.stem for path in PAGES])
def test_pages_of_many_systems(path: Path) -> None:
    """A page in the style of a content-management system: header table, title, article, and furniture that is evidence."""
    assert path.with_suffix(".txt").read_text("utf-8").splitlines() == shown(path)


# Encodings

PROSE = "青禾市2025年工作要点：新建公厕20座，改造老旧小区18个，年底前全部完工。鎔"


def written(tmp_path: Path, content: bytes | str, name: str = "页.html") -> Path:
    """A page with ``content``."""
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def texts(tmp_path: Path, body: str, head: str = "") -> list[str]:
    """The lines of a page with ``body``."""
    return shown(written(tmp_path, f"<html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>"))


@pytest.mark.parametrize("declared", ["gb2312", "gbk", "GB18030", "utf-8", "iso-8859-1", "big5", "x-unknown", ""])
@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_encoding_is_that_of_the_bytes(tmp_path: Path, declared: str, encoding: str) -> None:
    """A page is decoded as it is written, whatever it declares."""
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">' if declared else ""
    page = f"<html><head>{meta}</head><body><p>{PROSE}</p><p>此件公开发布，请认真执行。</p></body></html>"
    assert [PROSE, "此件公开发布，请认真执行。"] == shown(written(tmp_path, page.encode(encoding)))


def test_bytes_that_no_encoding_explains_are_told(tmp_path: Path) -> None:
    """A page in UTF-8 with some bytes lost is read, with a warning."""
    page = f"<html><body><p>{PROSE}</p>\n<p>坏".encode() + b"\xe5\x9d" + "字。</p></body></html>".encode()
    blocks = read_html(written(tmp_path, page))
    assert ["decoding"] == [warning.code for warning in blocks.warnings]
    assert PROSE == line(blocks.blocks[0])


# Text


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>新建<b>20</b><i>座</i>，<span>改造</span>\n<span>35</span>座。</p>", ["新建20座，改造35座。"]),
        ("<p>&nbsp;&nbsp;　　一、总体&#35201;&#x6c42;&mdash;&mdash;</p>", ["一、总体要求——"]),
        ("第一行。<br>第二行。<br/><br>第三行。", ["第一行。", "第二行。", "第三行。"]),
        ("<p>甲。<p>乙。<div>丙。</div>丁。", ["甲。", "乙。", "丙。", "丁。"]),
        ("<div>甲<div>乙。</div>丙</div>", ["甲", "乙。", "丙"]),
        ("<p>按照\n  上级  要求，\n  完成 GDP\n  per capita 目标。</p>", ["按照上级 要求，完成 GDP per capita 目标。"]),
        ("<p>面积5.8km<sup>2</sup>，CO<sub>2</sub>下降。</p>", ["面积5.8km2，CO2下降。"]),
        ("<p>正文。</p><p style='DISPLAY : NONE'>隐藏。</p><p hidden>隐藏。</p><!-- 注释。 -->", ["正文。"]),
        ("<p>正文。</p><script>document.write('<p>脚本。</p>')</script><noscript>请启用脚本。</noscript>", ["正文。"]),
        ("<p>请选<select><option>甲</select><input value='乙'>择。</p>", ["请选择。"]),
        ("<ol start=3><li>甲；<li>乙。</ol>", ["3.甲；", "4.乙。"]),
        (
            "<ol><li>一、甲；<ul><li>子项；</li></ul></li><li>乙。<ol><li>丙。</li></ol></li></ol>",
            ["一、甲；", "子项；", "2.乙。", "1.丙。"],
        ),
        ("<pre>第一行\n  第二行</pre>", ["第一行", "第二行"]),
        ("<p>零\u200b宽\ufeff字符。</p>", ["零宽字符。"]),
        ("<p>a<!-- x -->b<?php echo 1 ?>c。</p>", ["abc。"]),
    ],
)
def test_lines_are_what_the_eye_reads(tmp_path: Path, body: str, expected: list[str]) -> None:
    """Inline elements join, blocks and breaks part, hidden text and controls are left out."""
    assert expected == texts(tmp_path, body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<table><tr><td>甲</td><td>乙</td></tr><tr><td>1</td><td>2</td></tr></table>", "| 0,0 甲 | 0,1 乙 | 1,0 1 | 1,1 2"),
        (
            "<table><tr><th rowspan=2>甲</th><th colspan=2>乙</th></tr><tr><th>丙</th><th>丁</th></tr><tr><td>1<td>2<td>3</table>",
            "| 0,0+2+1 *甲 | 0,1+1+2 *乙 | 1,1 *丙 | 1,2 *丁 | 2,0 1 | 2,1 2 | 2,2 3",
        ),
        ("<table><tr><td rowspan=0>甲</td><td>乙</td></tr><tr><td>1</td></tr></table>x", "| 0,0+2+1 甲 | 0,1 乙 | 1,1 1"),
        (
            "<table><tr><td rowspan=99999>甲</td><td colspan=abc>乙</td></tr><tr><td>1</td></tr></table>",
            "| 0,0+2+1 甲 | 0,1 乙 | 1,1 1",
        ),
    ],
)
def test_tables_keep_their_spans(tmp_path: Path, body: str, expected: str) -> None:
    """Merged cells come once with what they cover, header cells are marked."""
    assert expected == texts(tmp_path, f"<p>{PROSE}</p>{body}")[1]


def test_tables_that_lay_out_the_page_give_their_content(tmp_path: Path) -> None:
    """A table inside a table, one column, one row, or one cell with nearly everything: no grid."""
    for body in (
        f"<table><tr><td><table><tr><td><p>{PROSE}</p></td></tr></table></td><td>甲。</td></tr><tr><td>乙。</td><td>丙。</td></tr></table>",
        f"<table><tr><td>{PROSE}</td></tr><tr><td>甲。乙。丙。</td></tr></table>",
        f"<table><tr><td>{PROSE}</td><td>甲。乙。丙。</td></tr></table>",
        f"<table><tr><td>一、</td><td>{PROSE * 9}</td></tr><tr><td>二、</td><td>甲。</td></tr></table>",
    ):
        assert not any(shown_line.startswith("|") for shown_line in texts(tmp_path, body)), body


# Bad input


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "空的"),
        (b" \r\n\t", "只有空白"),
        (b"PK\x03\x04" + b"\0" * 99, "压缩包"),
        (b"%PDF-1.4\n", "PDF"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 99, "旧版"),
        (b"\0" * 500, ""),
        (b"<html><body></body></html>", "没有正文"),
        (b"<html><head><title>x</title></head><body><div id=app></div><script src=app.js></script></body></html>", "脚本"),
        (b'<html><body><iframe src="/pdfjs/web/viewer.html?file=/a/b/plan2024.pdf"></iframe></body></html>', "plan2024.pdf"),
        (b'<html><body><embed src="a/b.ofd"><p>\xe9\xa6\x96\xe9\xa1\xb5</p></body></html>', "b.ofd"),
        (b'<html><body><iframe src="content_12.html"></iframe></body></html>', "content_12.html"),
        (b"<html><head><title>\xe6\x9f\x90", "没有下载完"),
        (b"<p>" + b"1" * 9_500_000, "一段文字"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=a\n\n" + b"--a\n\n" * 400_000, "标记过多"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=a\n\n--a\nContent-Type: text/pl", "没有网页"),
        (b"<div>" * 1_000_000, ""),
        (b"<b>" * 500_000 + b"</i>" * 400_000, ""),
        (b"<p>" * 400_001, "标记过多"),
        (b"<script>" * 1_000_000, ""),
        (b"<!--" * 1_000_000, ""),
        (b"<![" * 1_000_000, ""),
        (b"<?" * 1_000_000, ""),
        (b"<iframe " * 900_000, ""),
        (b"<meta " * 900_000, ""),
        (b"<a " + b"x=1 " * 2_000_000, ""),
        (b"<table><tr>" + b"<td rowspan=9999 colspan=9999>" * 100_000, ""),
        (b"<table><tr><td>" * 300_000, ""),
        (b"<ol>" + b"<li>" * 399_000, ""),
    ],
)
def test_bad_pages_get_one_line(tmp_path: Path, content: bytes, part: str) -> None:
    """What holds no document, or was built to harm, is one line that names the file and the cure, within seconds."""
    path = written(tmp_path, content)
    with pytest.raises(ReadError) as caught:
        read_html(path)
    told = str(caught.value)
    assert (True, True, False) == (str(path) in told, part in told, "\n" in told), told


def test_entities_do_not_grow(tmp_path: Path) -> None:
    """Entities that a page declares are left as they stand."""
    declared = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 9))
    page = f'<!DOCTYPE html [<!ENTITY e0 "甲乙丙丁">{declared}]><html><body><p>{PROSE}</p><p>&e8;。</p></body></html>'
    assert len("".join(shown(written(tmp_path, page)))) < 2 * len(page)


def test_a_page_cut_off_is_read_with_a_warning(tmp_path: Path) -> None:
    """Half a page is read as far as it goes, and told."""
    page = f"<html><body><div class=menu><a>首页</a></div><p>{PROSE}</p><p>二、抓好落实，".encode()
    for end in (len(page), len(page) - 1, len(page) - 5):
        blocks = read_html(written(tmp_path, page[:end]))
        assert (PROSE, ["incomplete"]) == (line(blocks.blocks[0]), [w.code for w in blocks.warnings if w.code != "decoding"])


def test_hundreds_of_open_inline_tags_are_no_harm(tmp_path: Path) -> None:
    """Old editors leave <font> open, paragraph after paragraph; all of the page is read."""
    paragraphs = [f"第{i}项任务，6月底前完成。" for i in range(900)]
    assert paragraphs == texts(tmp_path, "".join(f"<p><font size=3><b>{text}" for text in paragraphs))


PIECES = re.findall(
    r"\S+",
    "<p> </p> <div/class=nav> </div> <table> <tr> <td/rowspan=2> </table> <br> <ol> <li> <a/href=#> </a> <script> <!-- --> &nbsp; &#0; "
    "&#xd800; &#x110000; < > 甲乙。 索引号： <body> </html> <form> <ul/id=zoom> <h1>",
)
ANY_PAGE = st.lists(
    st.sampled_from([*(piece.encode() for piece in PIECES), b"\n", b"\x00", b"\xff", "甲。".encode("gb18030")]), max_size=40
).map(b"".join)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.one_of(st.binary(max_size=400), ANY_PAGE), name=st.sampled_from(["a.html", "a.mht"]))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes, name: str) -> None:
    """Whatever the bytes, there are blocks with text on one line each, or one line that tells why there are none."""
    path = written(tmp_path, content, name)
    told = ""
    blocks: tuple[Paragraph | Grid, ...] = ()
    try:
        blocks = read_html(path).blocks
    except ReadError as error:
        told = str(error)
    assert (bool(blocks), False) == (str(path) not in told, "\n" in told)
    paragraphs = [block.text for block in blocks if isinstance(block, Paragraph)]
    assert paragraphs == [text.strip() for text in paragraphs if text.strip() and "\n" not in text]


WORDS = st.text(alphabet="甲乙丙丁戊己庚辛", min_size=2, max_size=9)
WRAPS = st.sampled_from(
    ["{}", "<b>{}</b>", "<span>{}</span>", "<p>{}</p>", "<div>{}</div>", "<section><p>{}</p></section>", "<br>{}", "<font>{}"]
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(parts=st.lists(st.tuples(WORDS, WRAPS), min_size=1, max_size=12), container=st.sampled_from(["id=zoom", "class=TRS_Editor", ""]))
def test_every_character_of_the_article_comes_once(tmp_path: Path, parts: list[tuple[str, str]], container: str) -> None:
    """However an article is put together, its characters come out once and in order."""
    article = "".join(wrap.format(f"{word}。") for word, wrap in parts)
    found = texts(tmp_path, f"<div class=nav><a>首页</a></div><div {container}>{article}</div><div class=footer>网站地图</div>")
    assert "".join(f"{word}。" for word, _ in parts) == "".join(found)
