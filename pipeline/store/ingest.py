"""Take files into a store: read, extract, index; one document, one transaction, and nothing twice.

Reads: files and folders, the store. Writes: documents with everything that is indexed of them; a ``Summary``.
"""

from __future__ import annotations

import gc
import hashlib
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import orjson

from pipeline.batch import Options, extract_files, fault, find_roots, find_sources, readable
from pipeline.errors import PipelineError
from pipeline.office import message as office_message
from pipeline.provenance import program_version
from pipeline.store.connection import begin
from pipeline.store.errors import StoreError, message, told_plainly
from pipeline.store.reindex import merge_keywords, remember_index
from pipeline.store.removal import finish_purge
from pipeline.store.writer import Writer, prepare

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pipeline.batch import Outcome
    from pipeline.search.encoder import Encoder
    from pipeline.store.sqlite import SqliteStore

Result = Literal["new", "unchanged", "revised", "reread", "failed"]
_RESULTS: tuple[Result, ...] = ("new", "unchanged", "revised", "reread", "failed")
_OBJECTS = 100_000  # as many as a document or two make
_MARK = 8  # hexadecimal digits that tell documents of one name apart


@dataclass(slots=True)
class Summary:
    """How many files were new, unchanged, revised, reread by another version of the program, or failed, and why.

    ``copies`` are the documents of this run whose text the store holds under another name, with that name.
    """

    counts: dict[Result, int] = field(default_factory=lambda: dict.fromkeys(_RESULTS, 0))
    failures: list[str] = field(default_factory=list)
    copies: list[tuple[str, str]] = field(default_factory=list)

    def lines(self) -> Iterator[str]:
        """One line of totals, then one for each copy and each file that failed."""
        yield message("ingested", **self.counts)
        if self.copies:
            yield message("duplicates", count=len(self.copies))
        yield from (message("duplicate", source=source, other=other) for source, other in self.copies)
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
    encoder = store.encoder()
    finish_purge(store)
    remember_index(store, encoder)
    named = list(paths)
    files, unreadable = find_sources(named)
    roots = find_roots(files, named)
    summary = Summary()
    for outcome in unreadable:
        _failed(summary, outcome.failure)
    hashes = {path: _file_hash(path) for path in files}
    todo = [path for path in files if not _known(store, path, hashes[path])]
    done = summary.counts["unchanged"] = len(files) - len(todo)
    with _few_collections():
        for outcome in extract_files(todo, options, jobs=jobs, roots=roots):
            if outcome.failure is None:
                source = Source(_key(outcome.source), hashes[outcome.source])
                _count(summary, outcome, _Intake(store, encoder, options), source)
            else:
                _failed(summary, outcome.failure)
            done += 1
            if progress is not None:
                progress(done, len(files))
    changed = sum(summary.counts[result] for result in ("new", "revised", "reread"))
    if changed:
        merge_keywords(store, changed=changed)
    return summary


@dataclass(frozen=True, slots=True)
class _Intake:
    """Takes single files in."""

    store: SqliteStore
    encoder: Encoder
    options: Options

    def take_in(self, path: Path, lines: bytes, source: Source) -> tuple[Result, str | None]:
        """Put the records of a file into the store; tell what that changed, and the source of the document that it is a copy of."""
        row = orjson.loads(lines[: lines.index(b"\n")])
        name = self._name(source, row["doc_id"], row["content_id"])
        if name != row["doc_id"]:
            lines = _extract_as(path, name, self.options)
        program = program_version()
        same = self.store.select(
            "SELECT number FROM documents WHERE doc_id = ? AND content_id = ? AND program = ?", name, row["content_id"], program
        )
        if same:
            with told_plainly(self.store.path), begin(self.store.connection):
                if self.store.connection.execute("SELECT 1 FROM documents WHERE number = ? AND doc_id = ?", (same[0][0], name)).get:
                    return self._remember(same[0][0], "unchanged", source)
        prepared = prepare(lines, self.encoder, program)
        with told_plainly(self.store.path), begin(self.store.connection):
            return self._remember(*Writer(self.store.connection, self.encoder).put(prepared), source)

    def _remember(self, number: int, result: Result, source: Source) -> tuple[Result, str | None]:
        connection = self.store.connection
        connection.execute("INSERT OR REPLACE INTO sources VALUES (?,?,?,?)", (source.path, number, source.file_hash, program_version()))
        original = connection.execute(
            "SELECT o.source FROM documents c JOIN documents o ON o.doc_id = c.duplicate_of WHERE c.number = ?", (number,)
        ).get
        return result, original if result in ("new", "revised") else None

    def _name(self, source: Source, doc_id: str, content_id: str) -> str:
        """The name that the store has for a file: two files of one name in folders of one name are two documents.

        A file that lies elsewhere than before was moved, unless another one still lies there and says something else.
        """
        known = self.store.select("SELECT doc_id FROM documents JOIN sources ON document = number WHERE path = ?", source.path)
        if known:
            return str(known[0][0])
        holders = self.store.select(
            "SELECT path FROM sources JOIN documents ON document = number WHERE doc_id = ? AND content_id <> ?", doc_id, content_id
        )
        if any(Path(path).is_file() for (path,) in holders):
            mark = hashlib.sha256(source.path.encode("utf-8", "surrogatepass")).hexdigest()
            return f"{doc_id}-{mark[:_MARK]}"
        return doc_id


@contextmanager
def _few_collections() -> Iterator[None]:
    """Let Python look for garbage in cycles a hundred times less often: a document's records make none, and looking costs a tenth."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _extract_as(path: Path, doc_id: str, options: Options) -> bytes:
    """The records of a file under a name of the store's choosing."""
    from pipeline.export.jsonl import json_lines
    from pipeline.extract import extract
    from pipeline.read import read_document

    document = read_document(path, allow_marked=options.allow_marked)
    return json_lines(extract(replace(document, doc_id=doc_id, source=readable(document.source))))


def _known(store: SqliteStore, path: Path, file_hash: bytes) -> bool:
    known = store.select("SELECT 1 FROM sources WHERE path = ? AND file_hash = ? AND program = ?", _key(path), file_hash, program_version())
    return file_hash != b"" and bool(known)


def _key(path: Path) -> str:
    """The path by which a file is known again; a name that is no UTF-8 has none of its own in SQLite."""
    return readable(str(path.absolute()))


def _file_hash(path: Path) -> bytes:
    """The hash of the bytes of a file; empty for one that cannot be read, which extraction then tells."""
    try:
        if not path.is_file():  # a pipe would wait for ever
            return b""
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").digest()
    except OSError:
        return b""


def _count(summary: Summary, outcome: Outcome, intake: _Intake, source: Source) -> None:
    """Take one document in; what is wrong with it alone is told at the end, what is wrong with the store ends the run."""
    try:
        result, original = intake.take_in(outcome.source, outcome.lines, source)
    except StoreError:
        raise
    except PipelineError as error:
        _failed(summary, str(error))
    except MemoryError:
        _failed(summary, office_message("memory", source=outcome.source))
    except Exception as error:  # a fault of this program in one document must not lose the night's other documents
        _failed(summary, office_message("fault", source=outcome.source, what=fault(error)))
    else:
        summary.counts[result] += 1
        if original is not None:
            summary.copies.append((str(outcome.source), original))


def _failed(summary: Summary, failure: str | None) -> None:
    summary.counts["failed"] += 1
    summary.failures.append(failure or "")
