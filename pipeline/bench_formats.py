"""Measure the readers of PDF and DOCX beside the libraries that people reach for, on the same files in the same run.

Reads: the documents beside the project, else the sample corpus; a PDF of 2,000 pages that it prints. Writes: lines of a table.
"""

from __future__ import annotations

import importlib.util
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_ROUNDS = 3
_SAMPLED = 10  # pages of a document that pdfplumber reads: it takes thirty times as long
_PAGES, _LINES = 2000, 22  # of the long document, and lines on each of its pages (GB/T 9704)
_NEEDED = ("docx", "pdfplumber", "reportlab")


def format_lines(folder: Path, scratch: Path) -> Iterator[str]:
    """Pages and files a second, ours and theirs. ``scratch`` is a folder for the long PDF, which ``long_pdf`` makes."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        yield f"formats     not measured: {', '.join(missing)} not installed (make bench installs them)"
        return
    long = scratch / "long.pdf"
    print_long_pdf(long)
    pdfs = [*sorted(folder.rglob("*.pdf")), long]
    yield from _pdf_lines(pdfs)
    files = sorted(folder.rglob("*.docx"))
    if files:
        yield from _docx_lines(files)


def print_long_pdf(path: Path) -> None:
    """A PDF of 2,000 pages of 22 lines of 28 characters each, page numbers below."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842), pageCompression=1)
    for page in range(1, _PAGES + 1):
        canvas.setFont("STSong-Light", 16)
        for line in range(_LINES):
            told = f"全年新建公共停车位{1000 + page}个，改造背街小巷{20 + line}条，垃圾分类覆盖率达到"
            opens, closes = line % 4 == 0, line % 4 == 3
            canvas.drawString(74 + 32 * opens, 740 - 28 * line, told[: 26 if opens else 14 if closes else 28] + "。" * closes)
        canvas.drawString(270, 60, f"— {page} —")
        canvas.showPage()
    canvas.save()


def _pdf_lines(pdfs: list[Path]) -> Iterator[str]:
    import pdfplumber
    import pypdfium2

    from pipeline.read.pdf import read_pdf

    def bare(path: Path) -> int:
        document = pypdfium2.PdfDocument(path)
        for page in document:
            text = page.get_textpage()
            text.get_text_range()
            text.close()
            page.close()
        pages = len(document)
        document.close()
        return pages

    def plumber(path: Path) -> None:
        with pdfplumber.open(path, pages=list(range(1, _SAMPLED + 1))) as document:
            for page in document.pages:
                page.extract_text()

    # ours first: it gives pdfium a font that stands in for those that a file only names, and looking for one takes a second a page
    ours, theirs = _least(read_pdf, pdfs), _least(bare, pdfs)
    pages = sum(map(bare, pdfs))
    slow = _SAMPLED / _least(plumber, pdfs[-1:])  # of the others one takes it minutes
    yield f"pdf         {pages / ours:>12,.0f} pages/s in {len(pdfs)} files of {pages:,} pages"
    yield f"pypdfium2   {pages / theirs:>12,.0f} pages/s, text only: ratio {theirs / ours:.2f} (at least 0.33 is wanted)"
    yield f"pdfplumber  {slow:>12,.0f} pages/s, text only, the first {_SAMPLED} pages of the last"


def _docx_lines(files: list[Path]) -> Iterator[str]:
    import docx

    from pipeline.read.docx import read_docx

    def theirs(path: Path) -> int:
        document = docx.Document(str(path))
        cells = (cell.text for table in document.tables for row in table.rows for cell in row.cells)
        return sum(len(paragraph.text) for paragraph in document.paragraphs) + sum(map(len, cells))

    ours, other = _least(read_docx, files), _least(theirs, files)
    yield f"docx        {len(files) / ours:>12,.0f} files/s in {len(files)} files"
    yield f"python-docx {len(files) / other:>12,.0f} files/s: ratio {other / ours:.2f} (at least 1.00 is wanted)"


def _least(read: Callable[[Path], object], files: list[Path]) -> float:
    """Seconds for all files, the best of a few rounds."""
    best = float("inf")
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        for path in files:
            read(path)
        best = min(best, time.perf_counter() - start)
    return best
