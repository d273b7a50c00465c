"""The rows of a returned workbook, wherever its table now stands and however its sheets and columns were moved.

Reads: a ``.xlsx`` that was looked at. Writes: ``Returned`` rows. Columns are known by their headings.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.errors import ReadError
from pipeline.ledger.columns import columns, layout
from pipeline.ledger.workbook_cells import reason, text_of
from pipeline.ledger.workbook_guard import check_workbook

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_HEAD_ROWS = 30  # within which the headings stand
_WIDTH = 64  # columns that are looked at
_LAST_ROW = 1_048_576  # of a sheet: a file may claim any number, and every row before it would be made
_KNOWN = 3  # headings by which a table is known to be the ledger
_NAMED = ("task", "number", "key")  # one of which it must have
_OWN_SHARE = 2  # of so many headings of a table at least one is the ledger's own


@dataclass(frozen=True, slots=True)
class Returned:
    """One row as it came back. ``cells`` go by field; a column that was deleted is not among them."""

    file: str
    sheet: str
    row: int
    unit: str
    key: str
    cells: dict[str, Any]
    formats: dict[str, str]
    base: dict[str, str] | None


def returned_rows(path: Path) -> Iterator[Returned]:
    """All rows of all ledger tables of a workbook that are not empty. Raises ReadError where it is refused or has no such table."""
    check_workbook(path)
    from openpyxl import load_workbook

    try:
        workbook = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        found = False
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            for row in _table(sheet, path.name):
                found = True
                if row is not None:
                    yield row
        workbook.close()
    except ReadError:
        raise
    except Exception as error:  # a workbook can be broken in as many ways as openpyxl has lines
        raise ReadError(layout()["files"]["damaged"].format(source=path)) from error
    if not found:
        raise ReadError(f"{path}：{reason('no_table')}")


def _table(sheet: Any, file: str) -> Iterator[Returned | None]:
    """The rows under the headings, after one None that says that there is a table."""
    from openpyxl.cell.read_only import EMPTY_CELL

    fields: dict[int, str] = {}
    unit = ""
    missing: object = None
    for number, cells in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=_WIDTH), start=1):
        if cells is missing:
            continue
        if all(cell is EMPTY_CELL for cell in cells):
            missing = cells  # openpyxl gives one and the same for all; a stray cell in the last row makes a million of them
            continue
        values = [cell.value for cell in cells]
        if not fields:
            unit = unit or _unit(values)
            fields = _headings(values)
            if fields:
                yield None
            elif number >= _HEAD_ROWS:
                return
            continue
        if any(value is not None for value in values) and not _repeated(values, fields):
            yield _row((file, sheet.title, number, unit), fields, cells)


def _row(where: tuple[str, str, int, str], fields: dict[int, str], cells: Sequence[Any]) -> Returned | None:
    told = {field: cells[place] for place, field in fields.items() if place < len(cells)}
    values = {field: cell.value for field, cell in told.items()}
    if not any(text_of(value) for value in values.values()):
        return None
    formats = {field: getattr(cell, "number_format", "") or "" for field, cell in told.items() if field == "completion"}
    key = text_of(values.pop("key", None))
    return Returned(*where, key, values, formats, _base(values.pop("base", None)))


def _base(value: object) -> dict[str, str] | None:
    """The marks of what was exported; None where they were lost or are not as they were written."""
    try:
        marks = orjson.loads(text_of(value))
    except orjson.JSONDecodeError:
        return None
    return {str(name): str(mark) for name, mark in marks.items()} if isinstance(marks, dict) else None


def _repeated(values: Sequence[Any], fields: dict[int, str]) -> bool:
    """Whether the headings stand there again, as where several tables were pasted together."""
    first = [(place, field) for place, field in fields.items() if place < len(values)][:_KNOWN]
    return all(_known().get(_plain(text_of(values[place]))) == field for place, field in first)


def _unit(values: Sequence[Any]) -> str:
    """填报单位 in the block above the table."""
    start = layout()["titles"]["unit"].format(unit="")
    for value in values:
        text = text_of(value)
        if text.startswith(start):
            unit = text[len(start) :].strip()
            return "" if unit in (layout()["titles"]["all_units"], layout()["titles"]["nobody"]) else unit
    return ""


def _headings(values: Sequence[Any]) -> dict[int, str]:
    """The fields of a row of headings by place; {} for any other row. A heading that stands twice counts where it stands first."""
    known = _known()
    texts = [_plain(text_of(value)) for value in values]
    fields: dict[int, str] = {}
    for place, text in enumerate(texts):
        field = known.get(text)
        if field is not None and field not in fields.values():
            fields[place] = field
    named = any(field in _NAMED for field in fields.values())
    enough = len(fields) >= _KNOWN and _OWN_SHARE * len(fields) >= sum(map(bool, texts))
    return fields if named and enough else {}


@cache
def _known() -> dict[str, str]:
    own = {_plain(one.heading): one.field for one in columns()}
    return {**own, _plain(layout()["key"]): "key", _plain(layout()["base"]): "base"}


def _plain(heading: str) -> str:
    return "".join(unicodedata.normalize("NFKC", heading).split()).strip(":*")
