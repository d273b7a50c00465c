"""Take files into a store: read, extract, index; one document, one transaction, and nothing twice.

Reads: files and folders, the store. Writes: documents, records, passages, words and vectors; a ``Summary``.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from pipeline.batch import Options, extract_files, find_sources, readable
from pipeline.search.encoder import load_encoder
from pipeline.store.connection import begin
from pipeline.store.content import Content, add_content, prepare, remove_content
from pipeline.store.errors import message, told_plainly
from pipeline.store.program import program_version
from pipeline.store.rows import document_year, head_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    import apsw

    from pipeline.batch import Outcome
    from pipeline.search.encoder import Encoder
    from pipeline.store.sqlite import SqliteStore

Result = Literal["new", "unchanged", "revised", "reread", "failed"]
_COPY = 1  # the rank of copies from library sites: below official ones, which have 0


@dataclass(slots=True)
class Summary:
    """How many files were new, unchanged, revised, reread by another version of the program, or failed, and why."""

    counts: dict[Result, int] = field(default_factory=lambda: {"new": 0, "unchanged": 0, "revised": 0, "reread": 0, "failed": 0})
    failures: list[str] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """One line of totals, then one for each file that failed."""
        yield message("ingested", **self.counts)
        yield from self.failures


@dataclass(frozen=True, slots=True)
class Source:
    """A file as it was when it was looked at: its path and the hash of its bytes."""

    path: str
    file_hash: bytes


def ingest(
    paths: Iterable[Path], store: SqliteStore, options: Options, *, jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Summary:
    """Take all files under ``paths`` into ``store``; ``progress`` is told how many files are done, of how many.

    Raises StoreError where the store cannot be written; what was taken in before stays.
    """
    encoder = load_encoder()
    store.remember_encoder(encoder)
    files, failures = find_sources(paths)
    summary = Summary()
    for failure in failures:
        _count(summary, "failed", failure)
    hashes = {path: _file_hash(path) for path in files}
    todo = [path for path in files if not _known(store, path, hashes[path])]
    summary.counts["unchanged"] += len(files) - len(todo)
    done = len(files) - len(todo)
    for outcome in extract_files(todo, options, jobs=jobs):
        if outcome.failure is None:
            source = Source(_key(outcome.source), hashes[outcome.source])
            _count(summary, take_in(store, outcome.lines, source, encoder), outcome)
        else:
            _count(summary, "failed", outcome)
        done += 1
        if progress is not None:
            progress(done, len(files))
    return summary


def take_in(store: SqliteStore, lines: bytes, source: Source, encoder: Encoder) -> Result:
    """Put the records of one document into the store, in one transaction, and tell what that changed."""
    row, content = prepare(lines, encoder)
    with told_plainly(store.path), begin(store.connection):
        return _take_in(store.connection, row, content, source)


def _take_in(connection: apsw.Connection, row: dict[str, Any], content: Content, source: Source) -> Result:
    found = connection.execute("SELECT number, revision, content_id, program FROM documents WHERE doc_id = ?", (row["doc_id"],)).fetchone()
    result: Result = "new"
    number = None
    if found:
        number, row["revision"], content_id, program = found
        if content_id == row["content_id"] and program == program_version():  # another process was faster, or only the encoding changed
            _remember(connection, source, number)
            return "unchanged"
        result = "reread"
        if content_id != row["content_id"]:
            result = "revised"
            row["revision"] += 1
        remove_content(connection, number)
    number = _write_document(connection, row, number)
    add_content(connection, number, content)
    _remember(connection, source, number)
    connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
    return result


_COLUMNS = (
    "doc_id", "revision", "content_id", "source", "title", "issuer", "place", "doc_number", "date", "doc_type", "plan_year",
    "review_year", "effective_from", "effective_to", "validity", "secrecy",
)  # fmt: skip
_INSERT = f"""
INSERT OR REPLACE INTO documents (number, {", ".join(_COLUMNS)}, year, rank, duplicate_of, program, ingested, head, text)
VALUES (?{", ?" * len(_COLUMNS)}, ?, ?, ?, ?, ?, ?, ?)
"""  # noqa: S608 - names of our own


def _write_document(connection: apsw.Connection, row: dict[str, Any], number: int | None) -> int:
    codes = {warning["code"] for warning in row["warnings"]}
    values = [row[name] for name in _COLUMNS]
    values += [document_year(row), _COPY if "third_party_copy" in codes else 0, None, program_version(), _now()]
    connection.execute(_INSERT, (number, *values, head_of(row), row["text"]))
    return number if number is not None else int(connection.last_insert_rowid())


def _remember(connection: apsw.Connection, source: Source, number: int) -> None:
    connection.execute("INSERT OR REPLACE INTO sources VALUES (?,?,?,?)", (source.path, number, source.file_hash, program_version()))


def _known(store: SqliteStore, path: Path, file_hash: bytes) -> bool:
    found = store.connection.execute(
        "SELECT 1 FROM sources WHERE path = ? AND file_hash = ? AND program = ?", (_key(path), file_hash, program_version())
    )
    return file_hash != b"" and found.get is not None


def _key(path: Path) -> str:
    """The path by which a file is known again; a name that is no UTF-8 has none of its own in SQLite."""
    return readable(str(path.absolute()))


def _file_hash(path: Path) -> bytes:
    """The hash of the bytes of a file; empty for one that cannot be read, which extraction then tells."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _count(summary: Summary, result: Result, outcome: Outcome) -> None:
    summary.counts[result] += 1
    if outcome.failure is not None:
        summary.failures.append(outcome.failure)
