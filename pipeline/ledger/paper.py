"""A Word document in the fonts, sizes and margins of GB/T 9704, for everything that leaves as a paper: ledger, excerpts, reconciliation.

Reads: paragraphs and tables. Writes: a ``.docx`` file, complete or not at all. Fonts are called by name; the file's font table says what
takes the place of one that a computer does not have.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import quoteattr

from pipeline.export import replacing
from pipeline.export.packages import save_document
from pipeline.export.rows import _ILLEGAL
from pipeline.provenance import provenance_of
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from typing import BinaryIO

    from pipeline.provenance import Provenance

_PAGE = (210, 297)  # millimetres
_MARGINS = (37, 26, 35, 28)  # top, right, bottom, left: GB/T 9704 asks for 37 above and 28 at the binding
_LINE = 28.95  # points: 22 lines on a page
_LATIN = "Times New Roman"
_FONT_TABLE = "/word/fontTable.xml"
_LABEL, _VALUE, _ROW = 32, 124, 11  # millimetres


class Paper:
    """A document on A4 with the margins, lines and page numbers of an official paper."""

    def __init__(self, *, landscape: bool = False) -> None:
        from docx import Document
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm

        self._document = Document()
        section = self._document.sections[0]
        width, height = _PAGE
        top, right, bottom, left = _MARGINS
        if landscape:
            section.orientation, width, height = WD_ORIENT.LANDSCAPE, height, width
            top, right, bottom, left = left, right, right, left
        section.page_width, section.page_height = Mm(width), Mm(height)
        section.top_margin, section.right_margin, section.bottom_margin, section.left_margin = Mm(top), Mm(right), Mm(bottom), Mm(left)
        self._width = width - left - right
        self._number_pages(section)

    def add(self, text: str, style: str) -> None:
        """A paragraph in one of the looks of the rule file."""
        self._fill(self._document.add_paragraph(), text, style)

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[Any]], widths: Sequence[float]) -> None:
        """A table whose headings stand on every page; cells are texts, numbers or lists of texts."""
        from docx.oxml import OxmlElement

        table = self._grid(len(rows) + 1, widths)
        grid = [headings, *rows]
        cells = list(table._cells)  # to ask for each row's cells takes time that grows with the square of the rows
        for place, values in enumerate(grid):
            for column, value in enumerate(values):
                self._fill(cells[place * len(headings) + column].paragraphs[0], _told(value), "cell" if place else "head_cell")
        table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for row in table._tbl.tr_lst:
            row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))

    def form(self, rows: Sequence[tuple[str, str]]) -> None:
        """A form: what is asked at the left, the answer at the right."""
        from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
        from docx.shared import Mm

        table = self._grid(len(rows), (_LABEL, _VALUE))
        for row, values in zip(table.rows, rows, strict=True):
            row.height = Mm(_ROW)
            for cell, value, style in zip(row.cells, values, ("form_label", "form"), strict=True):
                cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
                self._fill(cell.paragraphs[0], value, style)

    def save(self, path: Path, made_by: Provenance | None = None) -> None:
        """Write the document; what made it stands among its properties."""
        with replacing(path) as file:
            self._write(file, made_by)

    def content(self, made_by: Provenance | None = None) -> bytes:
        """The document as bytes."""
        file = io.BytesIO()
        self._write(file, made_by)
        return file.getvalue()

    def _write(self, file: BinaryIO, made_by: Provenance | None) -> None:
        self._name_fonts()
        told = self._document.core_properties
        told.author, told.comments = "", (made_by or provenance_of()).line()
        save_document(self._document, file)

    def _grid(self, rows: int, widths: Sequence[float]) -> Any:
        from docx.shared import Mm

        table = self._document.add_table(rows, len(widths), style="Table Grid")
        table.autofit = False
        scale = self._width / sum(widths)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width * scale)
        for place, cell in enumerate(table._cells):
            cell.width = Mm(widths[place % len(widths)] * scale)
        return table

    def _fill(self, paragraph: Any, text: str, style: str) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt

        look = _fonts()[style]
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        if style in ("title", "head_cell", "form_label"):
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if style in ("title", "heading", "sub_heading", "text"):
            shape.line_spacing = Pt(_LINE if style != "title" else 1.4 * look["size"])
        if style in ("heading", "sub_heading", "text"):
            shape.first_line_indent = Pt(2 * look["size"])
        if style == "title":
            shape.space_after = Pt(look["size"])
        self._run(paragraph, _ILLEGAL.sub("", text), look)

    def _run(self, paragraph: Any, text: str, look: dict[str, Any]) -> Any:
        from docx.oxml.ns import qn
        from docx.shared import Pt

        run = paragraph.add_run(text)
        run.font.size, run.font.name = Pt(look["size"]), _LATIN
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), look["name"])
        return run

    def _number_pages(self, section: Any) -> None:
        """— 1 — at the foot of every page."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        look = _fonts()["page"]
        self._run(paragraph, "— ", look)
        number = self._run(paragraph, "", look)
        for kind, code in (("begin", ""), ("", "PAGE"), ("end", "")):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            part.text = code
            number._element.append(part)
        self._run(paragraph, " —", look)

    def _name_fonts(self) -> None:
        """Say in the font table what takes the place of a font that is not installed."""
        fonts = {look["name"]: look["instead"] for look in _fonts().values() if look["name"] != look["instead"]}
        told = "".join(f"<w:font w:name={quoteattr(name)}><w:altName w:val={quoteattr(other)}/></w:font>" for name, other in fonts.items())
        for part in self._document.part.package.iter_parts():
            if str(part.partname) == _FONT_TABLE:
                part._blob = part.blob.replace(b"</w:fonts>", told.encode() + b"</w:fonts>")


def _fonts() -> dict[str, Any]:
    fonts: dict[str, Any] = load_rules("ledger_documents").data["fonts"]
    return fonts


def _told(value: Any) -> str:
    """A cell in words."""
    return "；".join(map(str, value)) if isinstance(value, (list, tuple)) else "" if value is None else str(value)
