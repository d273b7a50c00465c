"""Records as a workbook for the office: a sheet for each kind, Chinese headings and words, the source beside every row.

Reads: JSON lines. Writes: rows as they come, so that memory stays small; the text of documents stays out (a cell holds 32,767 characters).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from pipeline.export.jsonl import read_rows
from pipeline.export.packages import save_workbook
from pipeline.export.rows import flat, safe_text
from pipeline.office import office
from pipeline.provenance import told_rows

if TYPE_CHECKING:
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

_CELL_LIMIT = 32_767  # characters that Excel keeps in a cell
_SHEET_LIMIT = 1_048_576  # rows that Excel opens in a sheet, the heading among them
_HEAD = PatternFill("solid", fgColor="DDEBF7")


class XlsxFile:
    """A workbook whose sheets, columns and words are laid down in ``rules/office.toml``."""

    def __init__(self, file: BinaryIO) -> None:
        """Write to ``file``, which the caller opens and closes."""
        self._file = file
        self._book = Workbook(write_only=True)
        self._words: dict[str, dict[str, str]] = office()["words"]
        self._sheets = {kind: _Sheet(self._book, layout) for kind, layout in office()["sheet"].items()}

    def add(self, lines: bytes) -> None:
        """Append the records of one document."""
        rows = read_rows(lines)
        document = {f"document_{name}": rows[0].get(name) for name in ("title", "place", "source")}
        texts = {row["id"]: row["text"] for row in rows[1:]}
        for row in rows:
            joined = {
                "quantity_texts": [texts.get(key, key) for key in row.get("quantities", ())],
                "deadline_texts": [texts.get(key, key) for key in row.get("deadlines", ())],
                "task_text": texts.get(row.get("task") or next(iter(row.get("tasks", ())), "")),
            }
            sheet = self._sheets[row["record"]]
            record = {**flat(row), **document, **joined}
            sheet.append([self._cell(record.get(column["field"]), column) for column in sheet.columns])

    def sign(self, about: dict[str, Any]) -> None:
        """On a sheet of its own, the last one."""
        told = office()["provenance"]
        layout = {"title": told["title"], "columns": [{"heading": heading, "width": 30} for heading in told["columns"]]}
        sheet = _Sheet(self._book, layout)
        for row in told_rows(about):
            sheet.append([safe_text(cell) for cell in row])
        sheet.close()

    def finish(self) -> None:
        """Write the workbook."""
        for sheet in self._sheets.values():
            sheet.close()
        save_workbook(self._book, self._file)

    def _cell(self, value: Any, column: dict[str, Any]) -> str | int | float | None:
        words = self._words[column["words"]] if "words" in column else {}
        if isinstance(value, list):
            value = "；".join(self._item(item, words) for item in value)
        if isinstance(value, bool):
            value = str(value).lower()
        return safe_text(words.get(value, value))[:_CELL_LIMIT] if isinstance(value, str) else value

    def _item(self, item: Any, words: dict[str, str]) -> str:
        match item:
            case {"verb": verb, "object": thing}:
                return f"{verb} {thing}"
            case {"text": text, "canonical": canonical, "role": role}:
                full = f"（{canonical}）" if canonical and canonical != text else ""
                return f"{words.get(role, role)} {text}{full}"
            case {"message": message}:
                return str(message)
            case _:
                return str(item)


class _Sheet:
    """A sheet that continues on another one where Excel's rows end."""

    def __init__(self, book: Workbook, layout: dict[str, Any]) -> None:
        self._book = book
        self._title: str = layout["title"]
        self.columns: list[dict[str, Any]] = layout["columns"]
        self._parts = 0
        self._open()

    def append(self, cells: list[str | int | float | None]) -> None:
        if self._rows == _SHEET_LIMIT:
            self.close()
            self._open()
        self._sheet.append(cells)
        self._rows += 1

    def close(self) -> None:
        self._sheet.auto_filter.ref = f"A1:{get_column_letter(len(self.columns))}{self._rows}"

    def _open(self) -> None:
        self._parts += 1
        self._sheet: WriteOnlyWorksheet = self._book.create_sheet(self._title if self._parts == 1 else f"{self._title}{self._parts}")
        self._sheet.freeze_panes = "A2"
        head = []
        for number, column in enumerate(self.columns, start=1):
            self._sheet.column_dimensions[get_column_letter(number)].width = column["width"]
            cell = WriteOnlyCell(self._sheet, column["heading"])
            cell.font, cell.fill = Font(bold=True), _HEAD
            head.append(cell)
        self._sheet.append(head)
        self._rows = 1
