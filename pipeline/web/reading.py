"""Read uploaded files in a process of its own, so that one that is built to take for ever or all memory takes neither.

Reads: a file. Writes: the document in the store; ``Found``.
"""

from __future__ import annotations

import multiprocessing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError
from pipeline.web.words import message

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess
    from pathlib import Path
    from types import TracebackType
    from typing import Self

SECONDS = 300.0  # for a file: the longest real ones take ten
_MEMORY = 4 * 1024**3  # bytes


@dataclass(frozen=True, slots=True)
class Found:
    """What became of a file: one of ``ingest``'s results, or ``copy``; what is to be said; the document, where the store has it."""

    result: str
    told: str
    doc_id: str | None


class Reader:
    """A process that reads one file after the other; it is started when the first comes, and anew when one was too much for it."""

    def __init__(self, store: Path, seconds: float) -> None:
        self._store = store
        self._seconds = seconds
        self._process: SpawnProcess | None = None
        self._line: Connection | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def read(self, path: Path) -> Found:
        """Take a file into the store, or say why not."""
        line = self._line or self._start()
        try:
            line.send(path)
            if line.poll(self._seconds):
                told: Found = line.recv()
                return told
            reason = message("too_slow", seconds=int(self._seconds))
        except (EOFError, OSError):
            reason = message("too_much")
        self._end()
        return Found("failed", reason, None)

    def _start(self) -> Connection:
        context = multiprocessing.get_context("spawn")  # a copy of a process with threads could hold their locks for ever
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs, self._store), daemon=True)
        self._process.start()
        theirs.close()
        return self._line

    def _end(self) -> None:
        if self._line is not None:
            self._line.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._line = self._process = None


def _serve(line: Connection, store: Path) -> None:
    _limit_memory()
    while True:
        try:
            path = line.recv()
        except EOFError:
            return
        try:
            found = take(store, path)
        except PipelineError as error:
            found = Found("failed", str(error), None)
        except Exception as error:  # whatever is wrong with one file, the next one is read
            found = Found("failed", message("unread", what=type(error).__name__), None)
        line.send(found)


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard), hard))


def take(store: Path, path: Path) -> Found:
    """Take one file into the store, here and now. Raises StoreError where that cannot be written."""
    from pipeline.batch import Options
    from pipeline.store import open_store
    from pipeline.store.ingest import ingest

    with open_store(store) as opened:
        summary = ingest([path], opened, Options())
        held = opened.select("SELECT doc_id FROM documents JOIN sources ON document = number WHERE path = ?", str(path.absolute()))
    doc_id = held[0][0] if held else None
    if summary.failures:
        return Found("failed", summary.failures[0], doc_id)
    if summary.copies:
        return Found("copy", summary.copies[0][1].rpartition("/")[2], doc_id)
    return Found(next(result for result, count in summary.counts.items() if count), "", doc_id)
