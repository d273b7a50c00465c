"""The text of a document as the page shows it: every character once, at its place, tables as tables, nothing as markup."""

from __future__ import annotations

import html
import re
from dataclasses import asdict
from typing import TYPE_CHECKING

import pytest

from pipeline.extract import extract
from pipeline.read import read_document
from pipeline.segment import segment
from pipeline.web.marking import marked_text

if TYPE_CHECKING:
    from pathlib import Path

COORDINATES = (
    "<p>附件1. 界址点坐标</p><table><tr><th>坐标编号</th><th>X坐标</th><th>说明</th></tr>"
    "<tr><td>1</td><td>15172.500</td><td rowspan='2'>直线&lt;b&gt;</td></tr><tr><td>2</td><td>14829.000</td></tr></table>"
)
DUTIES = (
    "<table><tr><th>任务</th><th>责任单位</th><th>完成时限</th></tr>"
    "<tr><td>新建公共停车位4500个</td><td>市住建局</td><td>2024年底前</td></tr></table>"
)
PLAIN = "<p>一、重点任务</p><p>到2024年底，新建&lt;script&gt;停车位4500个，改造“老旧”小区&amp;管网30公里。</p>"
_PIECE = re.compile(r'<span data-at="(\d+)">(.*?)</span>', re.DOTALL)


def shown(folder: Path, body: str) -> tuple[str, str]:
    """The text of a document with its records, and the markup that the page makes of it."""
    path = folder / "2024_澜川市_工作要点.html"
    path.write_text(f"<html><head><meta charset='utf-8'></head><body><h1>澜川市2024年工作要点</h1>{body}</body></html>", "utf-8")
    found = extract(read_document(path))
    rows = [
        row | {"id": f"{kind[0]}{number}"}
        for kind, records in (("task", found.tasks), ("quantity", found.quantities), ("deadline", found.deadlines))
        for number, row in enumerate({"record": kind, **asdict(record)} for record in records)
    ]
    return found.document.text, str(marked_text(found.document, segment(found.document), rows, None))


@pytest.mark.parametrize("body", [PLAIN, COORDINATES, DUTIES, PLAIN + COORDINATES + DUTIES + PLAIN])
def test_every_character_is_shown_once_at_its_place(tmp_path: Path, body: str) -> None:
    """What is selected on the page is found again in the text: each piece says where it stands, and none is missing."""
    text, markup = shown(tmp_path, body)
    pieces = [(int(at), html.unescape(told)) for at, told in _PIECE.findall(markup)]
    assert all(text[at : at + len(told)] == told for at, told in pieces)
    assert "".join(text.split()) == "".join("".join(told.split()) for _, told in pieces)
    assert not re.search(r"<(?!/?(?:p|h\d|a|span|div|table|thead|tbody|tr|th|td)\b)", markup)


def test_table_of_values_is_a_table(tmp_path: Path) -> None:
    """It has its heads, and a cell that several rows share stands in the first of them."""
    _, markup = shown(tmp_path, COORDINATES)
    assert ["坐标编号", "X坐标", "说明"] == re.findall(r'<th scope="col">(.*?)</th>', markup)
    assert [["1", "15172.500", "直线&lt;b&gt;"], ["2", "14829.000", ""]] == [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row)] for row in re.findall(r"<tr>(<td>.*?)</tr>", markup)
    ]


def test_table_of_tasks_reads_as_sentences(tmp_path: Path) -> None:
    """Its cells stand behind their heads in the text, and their records are highlighted as elsewhere."""
    text, markup = shown(tmp_path, DUTIES)
    assert "责任单位" in text
    assert ("<table>" not in markup, True) == (True, 'data-record="t0"' in markup)
