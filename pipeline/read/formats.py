"""Tell the format of a file by its content, then by its suffix, and read it with the reader of that format.

Reads: a file. Writes: ``Blocks``, or None for plain text. A file that was renamed is read as what it is.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from pipeline.read.text import LIMIT, head_of
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pipeline.read.blocks import Blocks

PACKED_LIMIT = 500_000_000  # bytes: a report with its photographs; the text in it is bounded by the readers
_PLAIN = frozenset({"", ".txt", ".md"})
_PAGES = frozenset({".htm", ".html", ".shtml", ".xhtml", ".mht", ".mhtml"})
_HEAD = 4096  # bytes in which a file says what it is
_PDF, _ZIP, _OLD_OFFICE = b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_PDF_WITHIN = 1024  # bytes of junk that readers of PDF allow before its signature
_HTML = (b"<html", b"<!doctype html", b"<head", b"<body", b"<table", b"mime-version:")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_DOCX_PART = "word/document.xml"


def read_blocks(path: Path) -> Blocks | None:
    """The paragraphs and grids of a page, a Word document or a PDF; None for a file that is to be read as plain text.

    Raises ReadError (no file, no permission, too large, or a format that cannot be read) with what to do.
    """
    suffix = path.suffix.lower()
    head = head_of(path, _HEAD, LIMIT if suffix in _PLAIN else PACKED_LIMIT)
    kind = _kind(path, head, suffix)
    if kind == "html":
        head_of(path, 0)  # pages are no larger than plain text
    return _READERS[kind](path) if kind else None


# Imported when they are needed: what parses one format costs those who read another nothing.
def _html(path: Path) -> Blocks:
    from pipeline.read.html import read_html

    return read_html(path)


def _docx(path: Path) -> Blocks:
    from pipeline.read.docx import read_docx

    return read_docx(path)


def _pdf(path: Path) -> Blocks:
    from pipeline.read.pdf import read_pdf

    return read_pdf(path)


_READERS: dict[str, Callable[[Path], Blocks]] = {"html": _html, "docx": _docx, "pdf": _pdf}


def _kind(path: Path, head: bytes, suffix: str) -> str | None:
    plain = suffix in _PLAIN
    if head.startswith(_ZIP):
        return "docx" if not plain or _is_word(path) else None  # None: the reader of plain text tells what it is
    if plain or not head:
        return "pdf" if head.startswith(_PDF) else None
    if head.startswith(_OLD_OFFICE):
        return "docx"  # whose reader says how it can be saved as one
    if _PDF in head[:_PDF_WITHIN]:
        return "pdf"
    if any(head.startswith(bytes.fromhex(signature)) for signature in load_rules("encodings").data["signatures"]):
        return None
    opening = head.removeprefix(_BYTE_ORDER_MARK).lstrip().lower()
    return "html" if suffix in _PAGES or opening.startswith(_HTML) or _HTML[0] in opening else None


def _is_word(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as package:
            return _DOCX_PART in package.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
