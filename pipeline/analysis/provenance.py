"""What made a table or a chart: rules, models, store and the day that it is read from.

Reads: the program's files, an open store. Writes: ``Provenance``, and tables that carry it with them.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.analysis.messages import AnalysisError, message, words
from pipeline.export import replacing
from pipeline.export.rows import safe_text
from pipeline.store.program import program_version

if TYPE_CHECKING:
    import pandas as pd

    from pipeline.store import SqliteStore

ROOT = Path(__file__).parents[2]
_LENGTH = 12  # hexadecimal digits of a hash: enough to tell versions apart
_TRAINED = (".npz", ".json", ".safetensors")
_ABOUT = ".about.json"


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands behind figures. ``program`` covers all that decides which records a document gives.

    ``store`` is the file's name, ``generation`` counts its changes, ``as_of`` is the day that “due” is read from, ``made`` when.
    """

    program: str
    rules: str
    models: dict[str, str]
    store: str | None
    generation: int | None
    as_of: str | None
    made: str

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)

    def line(self) -> str:
        """One line for the foot of a chart or a page."""
        return message("provenance", **{**self.row(), "as_of": self.as_of or "—", "store": self.store or "—"})


def provenance_of(store: SqliteStore | None = None, as_of: date | None = None) -> Provenance:
    """What makes results now, with ``store`` and for ``as_of``."""
    return Provenance(
        program=program_version(),
        rules=_hash("pipeline/rules"),
        models={folder.name: _hash(f"models/{folder.name}") for folder in _model_folders()},
        store=store.path.name if store else None,
        generation=store.generation() if store else None,
        as_of=as_of.isoformat() if as_of else None,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
    )


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
    write_about(path, about)


def _write_jsonl(frame: pd.DataFrame, path: Path, about: dict[str, Any]) -> None:
    text = frame.to_json(orient="records", lines=True, force_ascii=False, date_format="iso")
    with replacing(path) as file:
        file.write(text.encode())
    write_about(path, about)


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

    book = openpyxl.Workbook(write_only=True)
    names = words("columns")
    told = words("sheets")
    sheet = book.create_sheet(told["table"])
    sheet.append([safe_text(str(names.get(name, name))) for name in frame])
    for row in _safe(frame).itertuples(index=False, name=None):
        sheet.append([_cell(value) for value in row])
    notes = book.create_sheet(told["about"])
    for name, value in about.items():
        notes.append([told["fields"].get(name, name), safe_text(str(value if value is not None else ""))])
    with replacing(path) as file:
        book.save(file)


def write_about(path: Path, about: dict[str, Any]) -> None:
    """Write what made a file into one beside it."""
    import orjson

    with replacing(path.with_name(path.name + _ABOUT)) as file:
        file.write(orjson.dumps(about, option=orjson.OPT_INDENT_2))


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


@cache
def _hash(folder: str) -> str:
    """The hash of the rule files or of what was trained in a folder."""
    digest = hashlib.sha256()
    trained = folder.startswith("models")
    for path in sorted((ROOT / folder).rglob("*")):
        if path.is_file() and (not trained or path.suffix in _TRAINED):
            digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_LENGTH]


def _model_folders() -> list[Path]:
    return sorted(folder for folder in (ROOT / "models").iterdir() if any(path.suffix in _TRAINED for path in folder.rglob("*")))
