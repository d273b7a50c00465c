"""Tables as files, each with what made it.

Reads: DataFrames. Writes: CSV, workbooks, Parquet, JSON lines.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.analysis.messages import AnalysisError, message, words
from pipeline.export import replacing, write_beside
from pipeline.export.rows import safe_text
from pipeline.office import office
from pipeline.provenance import Provenance, provenance_of, told_rows

if TYPE_CHECKING:
    import pandas as pd


def save_frame(frame: pd.DataFrame, path: str | Path, made_by: Provenance | None = None) -> Path:
    """Write a frame as .csv, .xlsx, .parquet or .jsonl, and with it what made it.

    In a workbook that is a sheet of its own, in Parquet its metadata, else a file beside it. What made it is ``made_by``, or what
    the frame remembers (``frame.attrs["provenance"]``), or this program. Cells that a spreadsheet would run as a formula begin with an
    apostrophe. Raises AnalysisError for another suffix; a file appears complete or not at all.
    """
    target = Path(path)
    about = made_by.row() if made_by else frame.attrs.get("provenance") or provenance_of().row()
    writers = {".csv": _write_csv, ".xlsx": _write_xlsx, ".parquet": _write_parquet, ".jsonl": _write_jsonl}
    if target.suffix.lower() not in writers:
        raise AnalysisError(message("bad_table_suffix", path=target, known=" ".join(writers)))
    writers[target.suffix.lower()](frame, target, about)
    return target


def _write_csv(frame: pd.DataFrame, path: Path, about: dict[str, Any]) -> None:
    text = _safe(frame).to_csv(index=False, date_format="%Y-%m-%d")
    with replacing(path) as file:
        file.write(b"\xef\xbb\xbf" + text.encode())  # by this mark Excel knows that it is UTF-8
    write_beside(path, about)


def _write_jsonl(frame: pd.DataFrame, path: Path, about: dict[str, Any]) -> None:
    text = frame.to_json(orient="records", lines=True, force_ascii=False, date_format="iso")
    with replacing(path) as file:
        file.write(text.encode())
    write_beside(path, about)


def _write_parquet(frame: pd.DataFrame, path: Path, about: dict[str, Any]) -> None:
    import orjson
    import pyarrow as pa
    from pyarrow import parquet as pq

    plain = frame.copy()
    plain.attrs = {}
    table = pa.Table.from_pandas(plain, preserve_index=False)
    table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"provenance": orjson.dumps(about)})
    with replacing(path) as file:
        pq.write_table(table, file)


def _write_xlsx(frame: pd.DataFrame, path: Path, about: dict[str, Any]) -> None:
    import openpyxl

    from pipeline.export.packages import save_workbook

    book = openpyxl.Workbook(write_only=True)
    names = words("columns")
    told = words("sheets")
    sheet = book.create_sheet(told["table"])
    sheet.append([safe_text(str(names.get(name, name))) for name in frame])
    for row in _safe(frame).itertuples(index=False, name=None):
        sheet.append([_cell(value) for value in row])
    notes = book.create_sheet(told["about"])
    notes.append(office()["provenance"]["columns"])
    for row in told_rows(about):
        notes.append([safe_text(cell) for cell in row])
    with replacing(path) as file:
        save_workbook(book, file)


def _safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Lists in one cell, and no cell that a spreadsheet would run."""
    plain = frame.copy()
    for name in plain:
        kind = str(plain[name].dtype)
        if kind in ("object", "category", "string", "str"):
            plain[name] = plain[name].astype("object").map(_text, na_action="ignore")
    return plain


def _text(value: Any) -> Any:
    if isinstance(value, list):
        return safe_text("；".join(" ".join(map(str, item.values())) if isinstance(item, dict) else str(item) for item in value))
    return safe_text(value) if isinstance(value, str) else value


def _cell(value: Any) -> Any:
    """What a workbook can hold: no missing value of pandas, no time zone."""
    import pandas as pd

    if value is None or (not isinstance(value, str) and pd.isna(value)):
        return None
    return value.to_pydatetime().replace(tzinfo=None) if isinstance(value, pd.Timestamp) else value
