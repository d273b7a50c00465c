"""Read a PDF with a text layer: its paragraphs, joined over lines and pages, and its tables, with their pages.

Reads: a file. Writes: ``Blocks``. Pages without text and pages of gibberish are told in warnings.
"""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pipeline.errors import ReadError
from pipeline.read.blocks import Blocks
from pipeline.read.pdf_bounds import UNPACKED, holds_bomb
from pipeline.read.pdf_characters import is_gibberish
from pipeline.read.pdf_columns import reading_order
from pipeline.read.pdf_fonts import use_stand_in
from pipeline.read.pdf_frames import Frame, frames_of
from pipeline.read.pdf_furniture import furniture, notes
from pipeline.read.pdf_grids import lines_and_grids
from pipeline.read.pdf_library import address
from pipeline.read.pdf_open_tables import open_areas
from pipeline.read.pdf_paragraphs import Placed, paragraphs
from pipeline.read.pdf_rules import Rules, rules_of
from pipeline.read.pdf_runs import Run, Sheet, runs_of, sheet_text
from pipeline.read.pdf_tables import Area, areas_of
from pipeline.records import DocumentWarning
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.read.pdf_lines import Line


LIMIT = 10_000  # pages: ten times the longest yearbook
CHARACTERS = 20_000_000  # of text: as much as a text file may hold
_SIGNATURE = b"%PDF-"
_WITHIN = 1024  # bytes of junk that readers of PDF allow before its signature
_FAR = 100_000.0  # points: no page is so large
_PASSWORD, _SECURITY = 4, 5  # what pdfium tells of a file that it does not open
_MEGA = 1_000_000
_TEN_THOUSAND = 10_000
_SHOWN = 20  # pages or ranges that a warning names


@dataclass(frozen=True, slots=True)
class _Leaf:
    """What was read of one page."""

    lines: list[tuple[Line, int]]  # in reading order, each with its column
    size: tuple[float, float] = (0.0, 0.0)  # of the page in points
    gibberish: bool = False
    damaged: bool = False


def read_pdf(path: Path) -> Blocks:
    """The paragraphs and grids of the PDF in ``path``.

    Raises ReadError: no file, no PDF, damaged, with a password, no page, too many pages, or no text at all (a scan).
    """
    _check(path)
    leaves = _leaves(path)
    if not any(leaf.lines for leaf in leaves):
        raise ReadError(message("cut" if any(leaf.damaged for leaf in leaves) else "scan", source=str(path)))
    return Blocks(tuple(paragraphs(_placed(leaves))), _warnings(leaves))


def message(name: str, **values: object) -> str:
    """The message called ``name`` in rules/pdf.toml, filled in."""
    return str(load_rules("pdf").data["messages"][name]).format(**values)


def _check(path: Path) -> None:
    """Raise ReadError for what is no readable file with the signature of a PDF."""
    source = str(path)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(message("folder" if stat.S_ISDIR(status.st_mode) else "other", source=source))
        with path.open("rb") as file:
            head = file.read(_WITHIN + len(_SIGNATURE))
        bomb = _SIGNATURE in head and holds_bomb(path)
    except FileNotFoundError as error:
        raise ReadError(message("missing", source=source)) from error
    except PermissionError as error:
        raise ReadError(message("forbidden", source=source)) from error
    except OSError as error:
        raise ReadError(message("failed", source=source, reason=os.strerror(error.errno or 0))) from error
    if not head:
        raise ReadError(message("empty", source=source))
    if _SIGNATURE not in head:
        raise ReadError(message("other", source=source))
    if bomb:
        raise ReadError(message("bomb", source=source, limit=UNPACKED // _MEGA))


def _leaves(path: Path) -> list[_Leaf]:
    """What each page holds. One page is open at a time, and closed before the next."""
    import pypdfium2.raw as pdfium

    use_stand_in()
    source = str(path)
    document = pdfium.FPDF_LoadDocument(os.fsencode(path), None)
    if not document:
        name = {_PASSWORD: "password", _SECURITY: "protected"}.get(pdfium.FPDF_GetLastError(), "cut")
        raise ReadError(message(name, source=source))
    try:
        count = pdfium.FPDF_GetPageCount(document)
        if count <= 0:
            raise ReadError(message("no_pages", source=source))
        if count > LIMIT:
            raise ReadError(message("pages", source=source, count=count, limit=LIMIT))
        leaves: list[_Leaf] = []
        left = CHARACTERS
        for number in range(count):
            leaves.append(_leaf(document, number))
            left -= sum(len(line.text) for line, _ in leaves[-1].lines)
            if left < 0:
                raise ReadError(message("long", source=source, limit=CHARACTERS // _TEN_THOUSAND))
        return leaves
    finally:
        pdfium.FPDF_CloseDocument(document)


def _leaf(document: Any, number: int) -> _Leaf:
    import pypdfium2.raw as pdfium

    page = pdfium.FPDF_LoadPage(document, number)
    if not page:
        return _Leaf([], damaged=True)
    text_page = pdfium.FPDFText_LoadPage(page)
    try:
        if not text_page:
            return _Leaf([], damaged=True)
        return _read(page, text_page, number)
    finally:
        if text_page:
            pdfium.FPDFText_ClosePage(text_page)
        pdfium.FPDF_ClosePage(page)


def _read(page: Any, text_page: Any, number: int) -> _Leaf:
    import pypdfium2.raw as pdfium

    turn = pdfium.FPDFPage_GetRotation(page) % 4
    width, height = (side if 0 < side < _FAR else _FAR for side in (pdfium.FPDF_GetPageWidthF(page), pdfium.FPDF_GetPageHeightF(page)))
    sheet = Sheet(text_page, address(text_page), turn, *((height, width) if turn % 2 else (width, height)))
    text = sheet_text(sheet)
    runs, upright = runs_of(sheet, text)
    if upright != turn:  # pdfium takes the lines of text that runs down the page in any order
        runs.sort(key=lambda run: (-round(run.box[1]), run.box[0]))
    turn, sheet = upright, replace(sheet, turn=upright)
    areas = _areas(rules_of(page, sheet), runs) if runs else []
    lines = lines_and_grids(sheet, text, runs, areas, number + 1)
    return _Leaf(reading_order(lines), (sheet.height, sheet.width) if turn % 2 else (sheet.width, sheet.height), is_gibberish(text))


def _areas(rules: Rules, runs: list[Run]) -> list[Area]:
    """The tables of a page: those with upright rules, and between the other level rules those without."""
    ruled = areas_of(rules)
    free = [rule for rule in rules.level if not any(area.box[1] - 1 <= rule.at <= area.box[3] + 1 for area in ruled)]
    return sorted([*ruled, *open_areas(free, runs)], key=lambda area: -area.box[3]) if len(free) > 2 else ruled


def _placed(leaves: list[_Leaf]) -> list[Placed]:
    """The lines of all pages in reading order, each with the frame of its column."""
    apart = furniture([[line for line, _ in leaf.lines] for leaf in leaves])
    columns: dict[tuple[int, int], list[Line]] = defaultdict(list)
    for number, (leaf, mine) in enumerate(zip(leaves, apart, strict=True), 1):
        for index, (line, column) in enumerate(leaf.lines):
            if index not in mine and line.grid is None:
                columns[number, column].append(line)
    frames = frames_of(columns, [leaf.size for leaf in leaves])
    placed: list[Placed] = []
    for number, (leaf, mine) in enumerate(zip(leaves, apart, strict=True), 1):
        page: list[Placed] = []
        for index, (line, column) in enumerate(leaf.lines):
            frame = frames.get((number, column)) or Frame(line.left, line.right, 2 * line.size, line.size)
            page.append(Placed(line, number, frame, furniture=index in mine))
        of_notes = notes([(item.line, item.frame.size) for item in page if not item.furniture])
        placed += [item for item in page if not item.furniture and item.line not in of_notes]
        placed += [replace(item, note=True) for item in page if item.line in of_notes]
        placed += [item for item in page if item.furniture]
    return placed


def _warnings(leaves: list[_Leaf]) -> tuple[DocumentWarning, ...]:
    kinds = {
        "damaged": [number for number, leaf in enumerate(leaves, 1) if leaf.damaged],
        "no_text": [number for number, leaf in enumerate(leaves, 1) if not leaf.lines and not leaf.damaged],
        "gibberish": [number for number, leaf in enumerate(leaves, 1) if leaf.gibberish],
    }
    return tuple(DocumentWarning(code, message(code, pages=_ranges(numbers))) for code, numbers in kinds.items() if numbers)


def _ranges(numbers: list[int]) -> str:
    """“2、5—9”, the first ones when there are many."""
    ranges: list[list[int]] = []
    for number in numbers:
        if ranges and ranges[-1][-1] == number - 1:
            ranges[-1] = [ranges[-1][0], number]
        else:
            ranges.append([number])
    told = [str(r[0]) if len(r) == 1 else message("range", first=r[0], last=r[-1]) for r in ranges]
    shown = message("separator").join(told[:_SHOWN])
    return shown if len(told) <= _SHOWN else message("others", shown=shown, count=len(numbers))
