"""Make a view: one function whose answer is a page, and the same answer as JSON, CSV and a workbook.

Reads: ``Shown``, what a route has found. Writes: the four answers, and the description of the JSON for OpenAPI.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import orjson
from fastapi.responses import Response

from pipeline.export.rows import safe_text
from pipeline.web.masking import masked
from pipeline.web.page import Page
from pipeline.web.words import page_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fastapi import APIRouter

    from pipeline.web.users import Role

    Handler = TypeVar("Handler", bound=Callable[..., Any])

Ending = Literal["html", "json", "csv", "xlsx"]
_CELL_LIMIT = 32_767  # characters that Excel keeps in a cell
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a twin: a sheet of the workbook. ``columns`` are headings in the office's words; cells are text or numbers."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def table(name: str, rows: Iterable[tuple[Any, ...]]) -> Table:
    """A table whose title and headings stand in rules/page.toml under ``tables.name``."""
    told = page_words()["tables"][name]
    return Table(told["title"], tuple(told["columns"]), tuple(rows))


@dataclass(frozen=True, slots=True)
class Shown:
    """What a view shows. ``data`` is a dataclass and becomes the JSON; ``more`` goes to the template alone."""

    data: Any
    tables: tuple[Table, ...] = ()
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why there is no answer."""

    error: str


PROBLEMS: dict[int | str, dict[str, Any]] = {
    400: {"model": Problem}, 401: {"model": Problem}, 403: {"model": Problem}, 404: {"model": Problem}, 409: {"model": Problem},
    413: {"model": Problem}, 422: {"model": Problem}, 503: {"model": Problem},
}  # fmt: skip


def view(router: APIRouter, path: str, *, template: str, answer: type, role: Role = "viewer") -> Callable[[Handler], Handler]:
    """Let a function answer at ``path`` as a page, and at ``path.json``, ``.csv``, ``.xlsx`` with the same parameters.

    The function takes ``page: Asked`` and its parameters as FastAPI reads them, and gives ``Shown``, or a Response of its own.
    ``answer`` is the dataclass of ``Shown.data``, which describes the JSON; its docstring is shown to programmers.
    """

    def register(handler: Handler) -> Handler:
        for ending in ("html", "json", "csv", "xlsx"):
            route = path if ending == "html" else f"{path}.{ending}"
            told: dict[str, Any] = {"responses": {200: {"model": answer}, **PROBLEMS}} if ending == "json" else {}
            router.get(
                route, include_in_schema=ending == "json", operation_id=route.strip("/").replace("/", "_"), response_model=None, **told
            )(_answering(handler, ending, template, role))
        return handler

    return register


def _answering(handler: Handler, ending: str, template: str, role: Role) -> Callable[..., Any]:
    @wraps(handler)
    def answer(page: Page, **parameters: Any) -> Any:
        page.need(role)
        shown = handler(page=page, **parameters)
        if not isinstance(shown, Shown):
            return shown
        if ending == "html":
            return page.render(template, data=shown.data, **shown.more)
        if ending == "json":
            return json_answer(page, shown.data)
        page.note("export", page.request.url.path + (f"?{page.request.url.query}" if page.request.url.query else ""))
        tables = unmasked_or_masked(page, shown.tables)
        name = page.path.strip("/").replace("/", "-")
        return file_answer(csv_bytes(tables) if ending == "csv" else xlsx_bytes(tables), f"{name}.{ending}")

    return answer


def wants_unmasked(page: Page) -> bool:
    """Whether numbers of telephones and identity cards are to stay in: only if asked for, and by one who may correct."""
    asked = page.request.query_params.get("unmasked") == "1"
    if asked:
        page.need("editor")
    return asked


def unmasked_or_masked(page: Page, tables: Iterable[Table]) -> list[Table]:
    """The tables as they may leave the page."""
    if wants_unmasked(page):
        return list(tables)
    return [Table(table.title, table.columns, tuple(tuple(masked(cell) for cell in row) for row in table.rows)) for table in tables]


def json_answer(page: Page, data: Any) -> Response:
    """Data as JSON."""
    body = orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY)
    if not wants_unmasked(page):
        body = orjson.dumps(masked(orjson.loads(body)))
    return Response(body, media_type="application/json")


def file_answer(content: bytes, name: str) -> Response:
    """A file to save. ``name`` is ASCII and ours."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=_KINDS[name.rpartition(".")[2]], headers=headers)


def csv_bytes(tables: Iterable[Table]) -> bytes:
    """The tables one under the other, with a byte-order mark, so that Excel reads Chinese right."""
    file = io.StringIO(newline="")
    writer = csv.writer(file)
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerow(table.columns)
        writer.writerows([_cell(cell) for cell in row] for row in table.rows)
    return file.getvalue().encode("utf-8-sig", "replace")


def xlsx_bytes(tables: Iterable[Table]) -> bytes:
    """A workbook with a sheet for each table."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    from pipeline.export.packages import save_workbook
    from pipeline.provenance import provenance_of

    book = Workbook(write_only=True)
    for table in tables or [Table(" ", (), ())]:
        sheet = book.create_sheet(table.title[:31])
        sheet.freeze_panes = "A2"
        for number, column in enumerate(table.columns, start=1):
            longest = max([2 * len(column), *(min(_width(row[number - 1]), 60) for row in table.rows[:200])])
            sheet.column_dimensions[get_column_letter(number)].width = longest + 2
        sheet.append(
            [_styled(WriteOnlyCell(sheet, column), Font(bold=True), PatternFill("solid", fgColor="DDEBF7")) for column in table.columns]
        )
        for row in table.rows:
            cells = [WriteOnlyCell(sheet, _cell(cell)) for cell in row]
            for cell in cells:
                cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.append(cells)
        if table.rows:
            sheet.auto_filter.ref = f"A1:{get_column_letter(len(table.columns))}{len(table.rows) + 1}"
    file = io.BytesIO()
    book.properties.description = provenance_of().line()
    save_workbook(book, file)
    return file.getvalue()


def _styled(cell: Any, font: Any, fill: Any) -> Any:
    cell.font, cell.fill = font, fill
    return cell


def _width(value: Any) -> int:
    return sum(2 if ord(character) > 255 else 1 for character in str(value)) if value is not None else 0


def _cell(value: Any) -> str | int | float | None:
    if value is None or isinstance(value, (int, float)):
        return value
    if isinstance(value, (list, tuple)):
        value = "；".join(map(str, value))
    return safe_text(str(value))[:_CELL_LIMIT]
