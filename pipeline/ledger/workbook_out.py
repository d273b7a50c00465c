"""The ledger as files: workbooks that can be sent out as they are, and the same rows as CSV, JSONL and Parquet.

Reads: items. Writes: files, complete or not at all. No cell runs as a formula; hidden columns carry what a returned row is known by.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.export import ExportError, replacing, write_beside
from pipeline.export.rows import safe_text
from pipeline.ledger.columns import Column, cell_of, columns, layout, marks
from pipeline.ledger.model import item_row
from pipeline.office import message
from pipeline.provenance import provenance_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from pipeline.ledger.model import Item
    from pipeline.provenance import Provenance

HEAD_ROW = 4  # title, unit and day, hint, headings
_BLANK_ROWS = 10  # at the end, where a unit may add items
_CELL_LIMIT = 32_767  # characters that Excel keeps in a cell
_TITLE_LIMIT = 31  # characters in the name of a sheet
_NAME_LIMIT = 60  # characters in the name of a file, in which Chinese takes three bytes each
_BAD_TITLE = re.compile(r"[\\/*?:\[\]<>|\"\s\x00-\x1f]+|^'|'$")
_A3, _MARGIN = 8, 0.4
_SAMPLE = 50  # rows that the widths of a further sheet are taken from
_WIDTHS = (10, 60)
_LINE, _HIGHEST, _HEAD_HEIGHT, _TITLE_HEIGHT = 15, 405, 36, 36  # points
_CENTRE, _TOP = "center", "top"
_TEXT_FONT, _HEAD_FONT, _TITLE_FONT = "仿宋", "黑体", "方正小标宋简体"
_DATES = ("deadline", "next_due", "closed_on", "progress_date")
_SUFFIXES = (".xlsx", ".csv", ".jsonl", ".parquet")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A further sheet, such as that of warnings."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str | float | None]]


@dataclass(frozen=True, slots=True)
class Book:
    """What a workbook says beside its items. ``name`` is 台账名称, ``unit`` is 填报单位, ``lights`` go by the numbers of items.

    ``made_by`` is written into or beside other files; in a workbook a sheet says it (``about_sheet``).
    """

    as_of: date
    name: str = ""
    unit: str = ""
    lights: Mapping[str, str] = field(default_factory=dict)
    sheets: tuple[Sheet, ...] = ()
    made_by: Provenance | None = None


def write_ledger(items: Sequence[Item], path: Path, book: Book, *, unit_sheets: bool = False) -> None:
    """Write items as the suffix of the file's name says. Raises ExportError for an unknown one, OSError where nothing can be written."""
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        write_workbook(items, path, book, unit_sheets=unit_sheets)
    elif suffix == ".csv":
        _write_csv(items, path, book)
    elif suffix == ".jsonl":
        _write_jsonl(items, path, book)
    elif suffix == ".parquet":
        _write_parquet(items, path, book)
    else:
        raise ExportError(message("suffix", source=path, suffixes=" ".join(_SUFFIXES)))


def by_lead(items: Iterable[Item]) -> dict[str, list[Item]]:
    """The items of each lead unit; those that have several stand under each of them, those without one at the end."""
    groups: dict[str, list[Item]] = {}
    nobody = []
    for one in items:
        for name in dict.fromkeys(party.name for party in one.lead):
            groups.setdefault(name, []).append(one)
        if not one.lead:
            nobody.append(one)
    return {**groups, **({layout()["titles"]["nobody"]: nobody} if nobody else {})}


def write_by_unit(items: Sequence[Item], folder: Path, book: Book) -> list[Path]:
    """A workbook for each lead unit, named after it."""
    written: list[Path] = []
    taken: set[str] = set()
    for unit, own in by_lead(items).items():
        path = folder / f"{_title(unit, taken, _NAME_LIMIT)}.xlsx"
        write_workbook(own, path, replace(book, unit=unit))
        written.append(path)
    return written


def write_workbook(items: Sequence[Item], path: Path, book: Book, *, unit_sheets: bool = False) -> None:
    """Write a workbook: the items on one sheet, or on one for each lead unit, then the further sheets."""
    from openpyxl import Workbook

    from pipeline.export.packages import save_workbook

    workbook = Workbook(write_only=True)
    looks = _looks()
    names = layout()["titles"]
    groups = by_lead(items) if unit_sheets else {book.unit: items}
    taken: set[str] = set()
    for unit, own in groups.items():
        title = _title(unit if unit_sheets else names["ledger"], taken, _TITLE_LIMIT)
        _ledger_sheet(workbook.create_sheet(title), own, Book(book.as_of, book.name or names["ledger"], unit, book.lights), looks)
    for sheet in book.sheets:
        _plain_sheet(workbook.create_sheet(_title(sheet.title, taken, _TITLE_LIMIT)), sheet, looks)
    with replacing(path) as file:
        save_workbook(workbook, file)


def _title(name: str, taken: set[str], limit: int) -> str:
    """``name`` as the name of a sheet or file that is not taken yet."""
    plain = _BAD_TITLE.sub("_", name)[:limit].strip(". ") or "_"
    found, again = plain, 1
    while found.lower() in taken:
        again += 1
        found = f"{plain[: limit - len(str(again)) - 1]}_{again}"
    taken.add(found.lower())
    return found


def _looks() -> dict[str, Any]:
    """The looks of cells: fonts by the names that offices use, grey for what is protected."""
    from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side

    thin = Side(style="thin", color="808080")
    border = Border(left=thin, right=thin, top=thin, bottom=thin)
    grey = PatternFill("solid", fgColor="F2F2F2")
    text = {"font": Font(name=_TEXT_FONT, size=11), "border": border, "alignment": Alignment(wrap_text=True, vertical=_TOP)}
    across = Alignment(horizontal="centerContinuous", vertical=_CENTRE)  # as merged cells look, but sorting and filtering go on working
    return {
        "title": {"font": Font(name=_TITLE_FONT, size=22), "alignment": across},
        "line": {"font": Font(name=_TEXT_FONT, size=12), "alignment": Alignment(vertical=_CENTRE)},
        "head": {
            "font": Font(name=_HEAD_FONT, size=11), "border": border, "fill": PatternFill("solid", fgColor="DDEBF7"),
            "alignment": Alignment(wrap_text=True, horizontal=_CENTRE, vertical=_CENTRE),
        },
        "locked": {**text, "fill": grey},
        "typed": {**text, "protection": Protection(locked=False)},
        "typed_text": {**text, "protection": Protection(locked=False), "number_format": "@"},
        "hidden": {"number_format": "@"},
    }  # fmt: skip


class _Painter:
    """Cells of one sheet in a given look. A look is put together once: to do it for every cell takes longer than all the rest."""

    def __init__(self, sheet: Any, looks: dict[str, Any]) -> None:
        from openpyxl.cell import WriteOnlyCell

        self._sheet, self._new = sheet, WriteOnlyCell
        self._styles = {}
        for name, look in looks.items():
            sample = WriteOnlyCell(sheet)
            for part, value in look.items():
                setattr(sample, part, value)
            self._styles[name] = sample._style

    def cell(self, value: object, look: str) -> Any:
        """A cell that holds ``value`` as a number or as text, never as a formula."""
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        cell = self._new(self._sheet, value if number else None)
        cell._style = self._styles[look]
        if value is not None and not number:
            cell._value, cell.data_type = safe_text(str(value))[:_CELL_LIMIT], "s"
        return cell


def _ledger_sheet(sheet: Any, items: Sequence[Item], book: Book, looks: dict[str, Any]) -> None:
    from openpyxl.utils import get_column_letter

    shown = columns()
    names = layout()
    last = get_column_letter(len(shown))
    hidden = get_column_letter(len(shown) + 2)
    _set_page(sheet, [one.width for one in shown], HEAD_ROW)
    for place, unseen in enumerate([*(one.folded for one in shown), True, True], start=1):
        sheet.column_dimensions[get_column_letter(place)].hidden = unseen
    sheet.row_dimensions[1].height, sheet.row_dimensions[HEAD_ROW].height = _TITLE_HEIGHT, _HEAD_HEIGHT
    sheet.freeze_panes = sheet_corner = f"C{HEAD_ROW + 1}"
    sheet.sheet_view.selection[0].activeCell = sheet.sheet_view.selection[0].sqref = sheet_corner
    sheet.auto_filter.ref = f"A{HEAD_ROW}:{hidden}{HEAD_ROW + max(1, len(items))}"  # with the keys: sorting moves what the filter holds
    sheet.print_area = f"A1:{last}{HEAD_ROW + len(items) + _BLANK_ROWS}"
    _protect(sheet)
    _drop_downs(sheet, HEAD_ROW + len(items) + _BLANK_ROWS)
    paint = _Painter(sheet, looks).cell
    sheet.append([paint(book.name, "title"), *(paint(None, "title") for _ in shown[1:])])
    told = names["titles"]["unit"].format(unit=book.unit or names["titles"]["all_units"])
    sheet.append([paint(told, "line"), *[None] * 7, paint(names["titles"]["day"].format(day=book.as_of.isoformat()), "line")])
    sheet.append([paint(names["titles"]["hint"], "line")])
    sheet.append([*(paint(one.heading, "head") for one in shown), paint(names["key"], "hidden"), paint(names["base"], "hidden")])
    for place, one in enumerate(items, start=HEAD_ROW + 1):
        values = [_value(one, column, book) for column in shown]
        sheet.row_dimensions[place].height = _height(values, shown)
        cells = [paint(value, _look(column)) for value, column in zip(values, shown, strict=True)]
        sheet.append([*cells, paint(one.key, "hidden"), paint(orjson.dumps(marks(one)).decode(), "hidden")])
    for _ in range(_BLANK_ROWS):
        sheet.append([paint(None, "typed") for _ in shown])


def _value(item: Item, column: Column, book: Book) -> str | float | None:
    return book.lights.get(item.number) if column.field == "light" else cell_of(item, column.field)


def _height(values: Sequence[object], shown: Sequence[Column]) -> float:
    """The height of a row in points, so that its longest cell can be read; not every program finds it by itself."""
    texts = ((str(value), column.width) for value, column in zip(values, shown, strict=True) if value is not None and not column.folded)
    lines = max((sum(1 + 2 * len(line) // (width - 2) for line in text.split("\n")) for text, width in texts), default=1)
    return min(_HIGHEST, _LINE * max(2, lines))


def _look(column: Column) -> str:
    if not column.typed:
        return "locked"
    return "typed_text" if column.field in _DATES else "typed"


def _set_page(sheet: Any, widths: Sequence[int], head: int) -> None:
    """A3 across, as wide as the page, the headings on every page."""
    from openpyxl.utils import get_column_letter

    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", _A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"
    margins = sheet.page_margins
    margins.left = margins.right = margins.top = _MARGIN
    sheet.oddFooter.center.text = layout()["titles"]["page"]


def _protect(sheet: Any) -> None:
    """Grey cells cannot be changed; widths, filters and rows can. Without a password: it guards against slips, not against will."""
    guard = sheet.protection
    guard.sheet = True
    guard.formatCells = guard.formatColumns = guard.formatRows = guard.insertRows = guard.autoFilter = guard.sort = False


def _drop_downs(sheet: Any, last: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    letters = {one.field: get_column_letter(place) for place, one in enumerate(columns(), start=1)}
    states = layout()["own_states"]
    choice = DataValidation(type="list", formula1=f'"{",".join(states)}"', allow_blank=True, showErrorMessage=True)
    choice.errorTitle, choice.error = layout()["titles"]["ledger"], "、".join(states)
    share = DataValidation(type="decimal", operator="between", formula1="0", formula2="100", allow_blank=True, showErrorMessage=True)
    for rule, name in ((choice, "state"), (share, "completion")):
        rule.add(f"{letters[name]}{HEAD_ROW + 1}:{letters[name]}{last}")
        sheet.data_validations.append(rule)


def _plain_sheet(sheet: Any, told: Sheet, looks: dict[str, Any]) -> None:
    from openpyxl.utils import get_column_letter

    sample = (told.headings, *told.rows[:_SAMPLE])
    longest = [max(len(str(row[place] or "")) for row in sample) for place in range(len(told.headings))]
    widths = [min(_WIDTHS[1], max(_WIDTHS[0], 2 * length)) for length in longest]
    _set_page(sheet, widths, 1)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(told.headings))}{len(told.rows) + 1}"
    paint = _Painter(sheet, {**looks, "locked": {name: part for name, part in looks["locked"].items() if name != "fill"}}).cell
    sheet.append([paint(heading, "head") for heading in told.headings])
    for row in told.rows:
        sheet.append([paint(value, "locked") for value in row])


def _write_csv(items: Iterable[Item], path: Path, book: Book) -> None:
    import csv
    import io

    with replacing(path) as file:
        text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
        writer = csv.writer(text)
        writer.writerow([*(one.heading for one in columns()), layout()["key"]])
        for item in items:
            values = [_value(item, column, book) for column in columns()]
            writer.writerow([safe_text(value) if isinstance(value, str) else value for value in (*values, item.key)])
        text.flush()
        text.detach()
    write_beside(path, _about(book))


def _write_jsonl(items: Iterable[Item], path: Path, book: Book) -> None:
    with replacing(path) as file:
        for one in items:
            row = {"record": "ledger_item", **item_row(one), "light": book.lights.get(one.number)}
            file.write(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
    write_beside(path, _about(book))


def _write_parquet(items: Iterable[Item], path: Path, book: Book) -> None:
    import pyarrow as pa
    from pyarrow import parquet as pq

    names = [*(one.field for one in columns()), "key"]
    kinds = {"completion": pa.float64()}
    rows = [{**{one.field: _value(item, one, book) for one in columns()}, "key": item.key} for item in items]
    table = pa.Table.from_pylist(rows, schema=pa.schema([(name, kinds.get(name, pa.string())) for name in names]))
    table = table.replace_schema_metadata({"provenance": orjson.dumps(_about(book))})
    with replacing(path) as file:
        pq.write_table(table, file, compression="zstd")


def _about(book: Book) -> dict[str, Any]:
    return (book.made_by or provenance_of(as_of=book.as_of)).row()
