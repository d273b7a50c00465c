"""Word documents with headings, paragraphs and tables, as small as Word accepts them.

Reads: blocks. Writes: the bytes of a DOCX file (ECMA-376).
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from pipeline.export.rows import _ILLEGAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.web.views import Table

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_SIZES = {"title": 36, "heading": 30, "text": 28, "source": 21, "cell": 21}  # half points: 小二, 小三, 四号, 五号 as official papers have
_FONTS = {"title": "方正小标宋简体", "heading": "黑体", "text": "仿宋", "source": "楷体", "cell": "仿宋"}  # GB/T 9704
_BORDERS = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="808080"/>' for side in ("top", "left", "bottom", "right", "insideH", "insideV")
)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph; ``style`` is one of title, heading, text, source."""

    text: str
    style: str = "text"


def docx_bytes(blocks: Iterable[Paragraph | Table], *, landscape: bool = False) -> bytes:
    """A document of these blocks on A4."""
    width, height = (16838, 11906) if landscape else (11906, 16838)
    turned = ' w:orient="landscape"' if landscape else ""
    page = (
        f'<w:sectPr><w:pgSz w:w="{width}" w:h="{height}"{turned}/>'
        '<w:pgMar w:top="1440" w:bottom="1440" w:left="1440" w:right="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
    )
    body = "".join(part for block in blocks for part in _block(block))
    document = f"{_HEADER}<w:document {_W}><w:body>{body}{page}</w:body></w:document>"
    parts = {
        "[Content_Types].xml": f'{_HEADER}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_MAIN}.document.main+xml"/></Types>',
        "_rels/.rels": f'{_HEADER}<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": document,
    }
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), content)
    return file.getvalue()


def _block(block: Any) -> Iterator[str]:
    if isinstance(block, Paragraph):
        yield _paragraph(block.text, block.style)
        return
    yield f'<w:tbl><w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{_BORDERS}</w:tblBorders></w:tblPr>'
    yield _row(block.columns, head=True)
    for row in block.rows:
        yield _row(row)
    yield "</w:tbl>"
    yield _paragraph("", "source")


def _row(cells: Iterable[Any], *, head: bool = False) -> str:
    repeated = "<w:trPr><w:tblHeader/></w:trPr>" if head else ""
    told = ("；".join(map(str, cell)) if isinstance(cell, (list, tuple)) else "" if cell is None else str(cell) for cell in cells)
    inside = "".join(f"<w:tc>{_paragraph(text, 'cell', bold=head)}</w:tc>" for text in told)
    return f"<w:tr>{repeated}{inside}</w:tr>"


def _paragraph(text: str, style: str, *, bold: bool = False) -> str:
    centred = '<w:jc w:val="center"/>' if style == "title" else ""
    indent = f'<w:ind w:firstLine="{_SIZES[style] * 20}"/>' if style == "text" else ""
    weight = "<w:b/>" if bold else ""
    fonts = f'<w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:eastAsia="{_FONTS[style]}"/>'
    look = f'<w:rPr>{fonts}{weight}<w:sz w:val="{_SIZES[style]}"/></w:rPr>'
    run = f'<w:t xml:space="preserve">{escape(_ILLEGAL.sub("", text))}</w:t>'
    return f"<w:p><w:pPr>{indent}{centred}</w:pPr><w:r>{look}{run}</w:r></w:p>"
