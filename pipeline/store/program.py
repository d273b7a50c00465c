"""Name the version of what reads and extracts, so that a store knows which records another version would make otherwise.

Reads: the modules, rule files and models that extraction stands on. Writes: one short name.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_FOLDERS = (
    "pipeline/read", "pipeline/segment", "pipeline/extract", "pipeline/rules", "models/status", "models/actions", "models/quantities",
)  # fmt: skip
_FILES = ("pipeline/records.py", "pipeline/rulebook.py", "pipeline/export/jsonl.py", "pipeline/store/passages.py")
_SUFFIXES = frozenset((".py", ".toml", ".txt", ".npz", ".json"))
_UNREAD = frozenset(("train.py", "store.toml", "search.toml", "queries.toml", "office.toml", "scoring.toml"))  # change no record
_LATER = ("analysis", "annotation", "audit", "indicators_", "ledger", "loop", "page")  # rule files of what works on records that are there
_LENGTH = 16


@cache
def program_version() -> str:
    """The hash of everything that decides which records a document gives."""
    digest = hashlib.sha256()
    files = [_ROOT / name for name in _FILES]
    for folder in _FOLDERS:
        files += sorted(path for path in (_ROOT / folder).rglob("*") if path.suffix in _SUFFIXES and _is_read(path))
    for path in files:
        digest.update(path.relative_to(_ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:_LENGTH]


def _is_read(path: Path) -> bool:
    """Whether reading or extraction uses the file."""
    return path.name not in _UNREAD and not (path.parent.name == "rules" and path.name.startswith(_LATER))
