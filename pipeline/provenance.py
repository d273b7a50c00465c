"""What made records, tables and charts: program, rules, models, store and the day that they are read from.

Reads: the program's files, an open store. Writes: ``Provenance``. No clock is read: the same input gives the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.office import message, office

if TYPE_CHECKING:
    from datetime import date

    from pipeline.store import SqliteStore

_ROOT = Path(__file__).parents[1]
_JUDGING = ("models/status", "models/actions", "models/quantities")  # the models that extraction asks
_FOLDERS = ("pipeline/read", "pipeline/segment", "pipeline/extract", "pipeline/rules", *_JUDGING)
_FILES = ("pipeline/records.py", "pipeline/rulebook.py", "pipeline/export/jsonl.py", "pipeline/store/passages.py")
_SUFFIXES = frozenset((".py", ".toml", ".txt", ".npz", ".json"))
_UNREAD = frozenset(("train.py", "store.toml", "search.toml", "queries.toml", "office.toml", "scoring.toml"))  # change no record
_LATER = ("analysis", "annotation", "audit", "indicators_", "ledger", "loop", "page")  # rule files of what works on records that are there
_TRAINED = (".npz", ".json", ".safetensors")
_PROGRAM_LENGTH, _LENGTH = 16, 12  # hexadecimal digits of a hash: enough to tell versions apart


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands behind figures. ``program`` covers all that decides which records a document gives.

    ``store`` is the file's name, ``generation`` counts its changes, ``read_by`` names the programs that made the records in it, and
    ``as_of`` is the day that “due” is read from.
    """

    program: str
    rules: str
    models: dict[str, str]
    store: str | None = None
    generation: int | None = None
    read_by: tuple[str, ...] = ()
    as_of: str | None = None

    def row(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "read_by": list(self.read_by)}

    def line(self) -> str:
        """One line for the foot of a chart or a page."""
        parts = [message("made_by", program=self.program, rules=self.rules)]
        if self.store is not None:
            parts.append(message("made_from", store=self.store, generation=self.generation))
        if self.as_of is not None:
            parts.append(message("made_as_of", as_of=self.as_of))
        return " · ".join(parts)


def provenance_of(store: SqliteStore | None = None, as_of: date | None = None) -> Provenance:
    """What makes results now: of extraction, or of everything that is answered from ``store`` for ``as_of``."""
    folders = _model_folders() if store else _JUDGING
    return Provenance(
        program=program_version(),
        rules=_hash("pipeline/rules"),
        models={folder.rpartition("/")[2]: _hash(folder) for folder in sorted(folders)},
        store=store.path.name if store else None,
        generation=store.generation() if store else None,
        read_by=tuple(row[0] for row in store.select("SELECT DISTINCT program FROM documents ORDER BY program")) if store else (),
        as_of=as_of.isoformat() if as_of else None,
    )


def told_rows(about: dict[str, Any]) -> list[tuple[str, str]]:
    """What made a file, as the rows of a sheet for the office: what it is called in Chinese, and its value."""
    names: dict[str, str] = office()["provenance"]
    return [(names.get(name, name), _told(value)) for name, value in about.items() if value not in (None, [])]


@cache
def program_version() -> str:
    """The hash of everything that decides which records a document gives: by it a store knows what to read again."""
    digest = hashlib.sha256()
    files = [_ROOT / name for name in _FILES]
    for folder in _FOLDERS:
        files += sorted(path for path in (_ROOT / folder).rglob("*") if path.suffix in _SUFFIXES and _is_read(path))
    for path in files:
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_PROGRAM_LENGTH]


def _is_read(path: Path) -> bool:
    """Whether reading or extraction uses the file."""
    return path.name not in _UNREAD and not (path.parent.name == "rules" and path.name.startswith(_LATER))


@cache
def _hash(folder: str) -> str:
    """The hash of the rule files or of what was trained in a folder."""
    digest = hashlib.sha256()
    trained = folder.startswith("models")
    for path in sorted((_ROOT / folder).rglob("*")):
        if path.is_file() and (not trained or path.suffix in _TRAINED):
            digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_LENGTH]


@cache
def _model_folders() -> tuple[str, ...]:
    trained = {path.relative_to(_ROOT).parts[1] for path in (_ROOT / "models").rglob("*") if path.suffix in _TRAINED}
    return tuple(f"models/{name}" for name in sorted(trained))


def _told(value: Any) -> str:
    if isinstance(value, dict):
        return "；".join(f"{name} {version}" for name, version in value.items())
    return "；".join(map(str, value)) if isinstance(value, list) else str(value)
