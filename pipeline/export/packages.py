"""Workbooks and Word documents whose bytes follow from what is in them: the clock of the computer is left out.

Reads: a workbook of openpyxl, a document of python-docx. Writes: the package, a ZIP archive.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

if TYPE_CHECKING:
    from docx.document import Document
    from openpyxl import Workbook

_FIRST = (1980, 1, 1, 0, 0, 0)  # the earliest time that ZIP knows


class _TimelessZip(ZipFile):
    """An archive whose members are all of the same time."""

    def open(self, name: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(name, ZipInfo):
            name.date_time = _FIRST
        return super().open(name, *arguments, **options)


def save_workbook(book: Workbook, file: BinaryIO) -> None:
    """Write a workbook to ``file``."""
    from openpyxl.writer.excel import ExcelWriter

    book.properties.created = book.properties.modified = datetime(*_FIRST)
    ExcelWriter(book, _TimelessZip(file, "w", ZIP_DEFLATED, allowZip64=True)).save()


def save_document(document: Document, file: BinaryIO) -> None:
    """Write a Word document to ``file``."""
    waiting = BytesIO()
    document.save(waiting)
    with ZipFile(waiting) as made, ZipFile(file, "w", ZIP_DEFLATED) as written:
        for member in made.infolist():
            written.writestr(ZipInfo(member.filename, _FIRST), made.read(member), ZIP_DEFLATED)
