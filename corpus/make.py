#!/usr/bin/env python3
"""Write the web pages, DOCX and PDF files of the sample corpus from the texts in ``corpus/sources``; with ``--check``, only compare.

Reads: ``sources/*.source`` (fields, a blank line, one paragraph a line) and ``sources/page.template``. Writes: the files that they name,
byte for byte the same each time. Needs reportlab for the PDF files.

A line may begin with ``= `` (title), ``# ``, ``## ``, ``### `` (headings that the word processor numbers) or ``| `` (a row of a table,
cells between bars; ``^`` continues the cell above, ``<`` the cell to the left). Inside a line, ``{note:…}`` is a footnote, ``{del:…}`` and
``{ins:…}`` are tracked changes.
"""

from __future__ import annotations

import base64
import html
import io
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from string import Template

CORPUS = Path(__file__).parent
_MARK = re.compile(r"\{(note|del|ins):([^}]*)\}")
_LEVELS = ("# ", "## ", "### ")
_STAMP = (2020, 1, 1, 0, 0, 0)  # every file in an archive, so that the same source gives the same bytes
_FONT = "STSong-Light"  # a font that every reader of PDF brings along: nothing to embed
_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


@dataclass(frozen=True, slots=True)
class Source:
    """One text with what its file needs besides."""

    fields: dict[str, str]
    lines: tuple[str, ...]

    @property
    def target(self) -> Path:
        """The file that is written from this text."""
        return CORPUS / self.fields["file"]


def read_source(path: Path) -> Source:
    """Fields up to the first blank line, then the lines of the text."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines())
    return Source(fields, tuple(line for line in body.splitlines() if line))


def sources() -> list[Source]:
    """Every source in the order of its name."""
    return [read_source(path) for path in sorted((CORPUS / "sources").glob("*.source"))]


def rows_of(lines: tuple[str, ...], first: int) -> list[list[str]]:
    """The rows of the table that begins at line ``first``."""
    rows = []
    for line in lines[first:]:
        if not line.startswith("| "):
            break
        rows.append([cell.strip() for cell in line.strip("| ").split(" | ")])
    return rows


def blocks(lines: tuple[str, ...]) -> list[str | list[list[str]]]:
    """Paragraphs and tables in order."""
    found: list[str | list[list[str]]] = []
    for index, line in enumerate(lines):
        if not line.startswith("| "):
            found.append(line)
        elif index == 0 or not lines[index - 1].startswith("| "):
            found.append(rows_of(lines, index))
    return found


def plain(text: str) -> str:
    """A line as it is read when every change is accepted, without its footnotes and marks."""
    text = _MARK.sub(lambda match: match[2] if match[1] == "ins" else "", text)
    return re.sub(r"^(?:=|#{1,3}) ", "", text)


def web_page(source: Source) -> bytes:
    """The text in a page with the furniture of an official site."""
    body = []
    for block in blocks(source.lines):
        if isinstance(block, str):
            style = ' style="text-align:center;"' if block.startswith("= ") else ""
            body.append(f"<p{style}>　　{html.escape(plain(block), quote=False)}</p>" if not style else f"<p{style}>{plain(block)}</p>")
        else:
            body.append("<table border='1'>" + "".join(f"<tr>{_web_row(block, row)}</tr>" for row in range(len(block))) + "</table>")
    template = Template((CORPUS / "sources" / "page.template").read_text("utf-8"))
    charset = source.fields.get("charset", "utf-8")
    page = template.substitute({"charset": charset, "body": "\n".join(body), **source.fields})
    return page.encode(charset)


def spans_of(rows: list[list[str]], row: int, column: int) -> tuple[int, int]:
    """How many columns and rows the cell at ``row`` and ``column`` covers."""
    across = down = 1
    while column + across < len(rows[row]) and rows[row][column + across] == "<":
        across += 1
    while row + down < len(rows) and rows[row + down][column] == "^":
        down += 1
    return across, down


def _web_row(rows: list[list[str]], row: int) -> str:
    cells = []
    for column, cell in enumerate(rows[row]):
        if cell not in ("^", "<"):
            across, down = spans_of(rows, row, column)
            cells.append(f'<td colspan="{across}" rowspan="{down}">{html.escape(cell, quote=False)}</td>')
    return "".join(cells)


def web_archive(source: Source) -> bytes:
    """The page as a browser saves it in one file."""
    page = base64.encodebytes(web_page(source)).decode("ascii")
    head = [
        "From: <Saved by Blink>",
        f"Snapshot-Content-Location: {source.fields['address']}",
        "Subject: saved page",
        "Date: Wed, 1 Jan 2020 00:00:00 -0000",
        "MIME-Version: 1.0",
        'Content-Type: multipart/related; type="text/html"; boundary="----lanchuan"',
        "",
        "------lanchuan",
        f"Content-Type: text/html; charset={source.fields.get('charset', 'utf-8')}",
        "Content-Transfer-Encoding: base64",
        f"Content-Location: {source.fields['address']}",
        "",
        page,
        "------lanchuan--",
        "",
    ]
    return "\n".join(head).replace("\n", "\r\n").encode("ascii")


def word_document(source: Source) -> bytes:
    """The text as DOCX, headings numbered by the word processor."""
    notes: list[str] = []
    body = "".join(_word_block(block, notes) for block in blocks(source.lines))
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relationships({"officeDocument": "word/document.xml"}),
        "word/_rels/document.xml.rels": _relationships({"numbering": "numbering.xml", "footnotes": "footnotes.xml"}),
        "word/document.xml": f'<w:document xmlns:w="{_W}"><w:body>{body}<w:sectPr/></w:body></w:document>',
        "word/numbering.xml": _numbering(),
        "word/footnotes.xml": f'<w:footnotes xmlns:w="{_W}">{"".join(notes)}</w:footnotes>',
    }
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _STAMP), (_HEAD + text).encode("utf-8"), zipfile.ZIP_DEFLATED, 9)
    return memory.getvalue()


def _word_block(block: str | list[list[str]], notes: list[str]) -> str:
    if isinstance(block, str):
        return _word_paragraph(block, notes)
    body = ""
    for row, cells in enumerate(block):
        body += "<w:tr>"
        for column, cell in enumerate(cells):
            if cell == "<":
                continue
            across, down = spans_of(block, row, column)
            merge = "<w:vMerge/>" if cell == "^" else '<w:vMerge w:val="restart"/>' if down > 1 else ""
            style = f'<w:tcPr><w:gridSpan w:val="{across}"/>{merge}</w:tcPr>'
            body += f"<w:tc>{style}{_word_paragraph('' if cell == '^' else cell, notes)}</w:tc>"
        body += "</w:tr>"
    return f"<w:tbl><w:tblPr/><w:tblGrid>{'<w:gridCol/>' * len(block[0])}</w:tblGrid>{body}</w:tbl>"


def _word_paragraph(line: str, notes: list[str]) -> str:
    style = '<w:jc w:val="center"/>' if line.startswith("= ") else ""
    for level, mark in enumerate(_LEVELS):
        if line.startswith(mark):
            style = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="1"/></w:numPr>'
    runs, last = "", 0
    text = re.sub(r"^(?:=|#{1,3}) ", "", line)
    for match in _MARK.finditer(text):
        runs += _run(text[last : match.start()]) + _marked(match[1], match[2], notes)
        last = match.end()
    return f"<w:p><w:pPr>{style}</w:pPr>{runs}{_run(text[last:])}</w:p>"


def _run(text: str, element: str = "t") -> str:
    return f'<w:r><w:{element} xml:space="preserve">{html.escape(text, quote=False)}</w:{element}></w:r>' if text else ""


def _marked(kind: str, text: str, notes: list[str]) -> str:
    if kind == "note":
        notes.append(f'<w:footnote w:id="{len(notes) + 1}"><w:p><w:r><w:footnoteRef/></w:r>{_run(text)}</w:p></w:footnote>')
        return f'<w:r><w:footnoteReference w:id="{len(notes)}"/></w:r>'
    change = f'<w:{kind} w:id="{90 + len(text)}" w:author="办公室" w:date="2020-01-01T00:00:00Z">'
    return f"{change}{_run(text, 'delText' if kind == 'del' else 't')}</w:{kind}>"


def _numbering() -> str:
    forms = (("chineseCountingThousand", "%1、"), ("chineseCountingThousand", "（%2）"), ("decimal", "%3."))
    levels = "".join(
        f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
        f'<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/></w:lvl>'
        for level, (form, text) in enumerate(forms)
    )
    number = '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    return f'<w:numbering xmlns:w="{_W}"><w:abstractNum w:abstractNumId="0">{levels}</w:abstractNum>{number}</w:numbering>'


def _content_types() -> str:
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml"
    parts = (("document", "document.main"), ("numbering", "numbering"), ("footnotes", "footnotes"))
    overrides = "".join(f'<Override PartName="/word/{name}.xml" ContentType="{kind}.{content}+xml"/>' for name, content in parts)
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    return f'<Types xmlns="{_PACKAGE}/content-types">{default}<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'


def _relationships(targets: dict[str, str]) -> str:
    rows = "".join(f'<Relationship Id="r{kind}" Type="{_OFFICE}/{kind}" Target="{target}"/>' for kind, target in targets.items())
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


def portable_document(source: Source) -> bytes:
    """The text as PDF with a running header, page numbers and ruled tables."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import LongTable, Paragraph, SimpleDocTemplate

    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    base = {"fontName": _FONT, "wordWrap": "CJK"}
    body = ParagraphStyle("body", fontSize=14, leading=24, firstLineIndent=28, allowOrphans=1, allowWidows=1, **base)
    title = ParagraphStyle("title", fontSize=20, leading=34, alignment=1, **base)
    small = ParagraphStyle("cell", fontSize=10.5, leading=15, **base)
    flow: list[object] = []
    for block in blocks(source.lines):
        if isinstance(block, str):
            flow.append(Paragraph(html.escape(plain(block)), title if block.startswith("= ") else body))
            continue
        widths = [float(width) for width in source.fields["widths"].split()]
        cells = [[Paragraph(html.escape(cell), small) for cell in row] for row in block]
        grid = [("GRID", (0, 0), (-1, -1), 0.5, colors.black), ("VALIGN", (0, 0), (-1, -1), "MIDDLE")]
        flow.append(LongTable(cells, colWidths=widths, repeatRows=1, style=grid))

    def furnish(canvas: object, document: object) -> None:
        canvas.setFont(_FONT, 9)  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, A4[1] - 40, source.fields["header"])  # type: ignore[attr-defined]
        canvas.drawCentredString(A4[0] / 2, 36, f"— {document.page} —")  # type: ignore[attr-defined]

    memory = io.BytesIO()
    template = SimpleDocTemplate(memory, pagesize=A4, leftMargin=72, rightMargin=72, topMargin=72, bottomMargin=72, invariant=1)
    template.build(flow, onFirstPage=furnish, onLaterPages=furnish)
    return memory.getvalue()


WRITERS = {".html": web_page, ".mht": web_archive, ".docx": word_document, ".pdf": portable_document}


def main() -> int:
    """Write every file, or with ``--check`` name those that differ from what would be written."""
    stale = 0
    for source in sources():
        content = WRITERS[source.target.suffix](source)
        if source.target.is_file() and source.target.read_bytes() == content:
            continue
        if "--check" in sys.argv[1:]:
            stale += 1
            sys.stdout.write(f"{source.fields['file']}: not what its source gives; run make corpus\n")
        else:
            source.target.parent.mkdir(exist_ok=True)
            source.target.write_bytes(content)
            sys.stdout.write(f"wrote {source.fields['file']}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
