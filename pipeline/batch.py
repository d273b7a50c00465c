"""Extract many files: in order, on several cores, and without one bad file stopping the rest.

Reads: files and folders. Writes: an ``Outcome`` for each file, in the order of the files whatever the number of workers.
"""

from __future__ import annotations

import gc
import os
import signal
import stat
import traceback
from collections import Counter, deque
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import PurePath
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError
from pipeline.office import message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from pipeline.export import RecordFile

    _Source = tuple[Path, Path | None]  # a file, and the folder from which its path names it

# Taken from folders; a file that is named itself is read whatever its suffix.
SUFFIXES = frozenset({".txt", ".htm", ".html", ".shtml", ".mht", ".mhtml", ".docx", ".docm", ".pdf"})
# Results that may wait for an earlier one, for each worker: enough to keep all cores busy behind one long document,
# few enough to hold them in memory.
_AHEAD = 4


@dataclass(frozen=True, slots=True)
class Options:
    """How documents are read and written: without their text, and also when they are marked secret."""

    with_text: bool = True
    allow_marked: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file: its records as JSON lines, or the reason why there are none."""

    source: Path
    lines: bytes
    failure: str | None = None


def find_sources(paths: Iterable[Path]) -> tuple[list[Path], list[Outcome]]:
    """The files to extract, and the folders that could not be looked into.

    In: files and folders. Out: files as given, folders searched to the bottom for ``SUFFIXES`` in order of their names; a file
    that is met twice, by a link or by two paths, is taken once, and links that lead back into a folder above end there.
    Names that lead nowhere are among the files: reading them tells what is wrong.
    """
    named = list(paths)
    files: list[Path] = []
    failures: list[Outcome] = []
    seen: set[tuple[int, int]] = set()  # device and inode
    stack = named[::-1]
    wanted = set(named)
    while stack:
        path = stack.pop()
        folder = False
        with suppress(OSError):
            status = path.stat()
            folder = stat.S_ISDIR(status.st_mode)
            if (status.st_dev, status.st_ino) in seen:
                continue
            seen.add((status.st_dev, status.st_ino))
        if folder:
            try:
                stack += sorted((entry for entry in path.iterdir() if not entry.name.startswith(".")), reverse=True)
            except PermissionError:
                failures.append(Outcome(path, b"", message("forbidden_folder", source=path)))
            except OSError as error:
                failures.append(Outcome(path, b"", message("failed_folder", source=path, reason=error.strerror)))
        elif path in wanted or path.suffix.lower() in SUFFIXES:
            files.append(path)
    if not files and not failures:
        failures = [Outcome(path, b"", message("no_documents", source=path, suffixes=" ".join(sorted(SUFFIXES)))) for path in named]
    return files, failures


def find_roots(files: Iterable[Path], named: Iterable[Path]) -> dict[Path, Path]:
    """For each file the folder from which its path names its document: the one that was asked for, or its own.

    In: files as ``find_sources`` gives them, and what was asked for. Two files whose paths would read alike (a/计划 and b/计划 asked for
    together) are named from a folder further up, so that all documents of a run have names of their own.
    """
    asked = {path.absolute() for path in named}
    roots: dict[Path, Path] = {}
    for file in files:
        above = file.absolute().parents
        roots[file] = next((root for root in reversed(above) if root in asked), above[0])
    while True:
        keys = {file: file.absolute().parts[len(root.parts) - 1 :] for file, root in roots.items()}
        times = Counter(keys.values())
        alike = [file for file, key in keys.items() if times[key] > 1 and roots[file] != roots[file].parent]
        if not alike:
            return roots
        roots.update({file: roots[file].parent for file in alike})


def extract_files(files: Iterable[Path], options: Options, *, jobs: int = 1, roots: Mapping[Path, Path] | None = None) -> Iterator[Outcome]:
    """The records of every file, in the order of ``files``.

    In: the folders that ``find_roots`` gives, by default that of each file; ``jobs`` worker processes; with one the work is done in
    this process. A worker that dies loses the file that it was working on and nothing else. Out: one ``Outcome`` a file; records are
    the same bytes for any number of jobs.
    """
    sources = [(path, roots.get(path) if roots else None) for path in files]
    if jobs == 1:
        return (extract_file(path, options, root) for path, root in sources)
    return _Workers(options, jobs).run(sources)


def extract_file(path: Path, options: Options, root: Path | None = None) -> Outcome:
    """The records of one file, or the reason why there are none, in one line; ``root`` as in ``read_document``."""
    from pipeline.export.jsonl import json_lines
    from pipeline.extract import extract
    from pipeline.read import read_document

    try:
        document = read_document(path, root, allow_marked=options.allow_marked)
        with _collector_paused():
            extraction = extract(replace(document, source=readable(document.source)))
            return Outcome(path, json_lines(extraction, with_text=options.with_text))
    except PipelineError as error:
        return Outcome(path, b"", str(error))
    except MemoryError:
        return Outcome(path, b"", message("memory", source=path))
    except Exception as error:  # a fault of this program in one document must not lose the night's other documents
        return Outcome(path, b"", message("fault", source=path, what=fault(error)))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """No search for cycles among the records of a document, which have none: it takes one second in twenty."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def readable(name: str) -> str:
    """A file name as text: one that is no UTF-8 was written on a machine that names files in GBK."""
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(name).decode("gb18030", "replace")
    return name


def fault(error: Exception) -> str:
    """What and where an error is that nobody foresaw, in one line."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error}, {PurePath(frame.filename).name}:{frame.lineno}"


@dataclass(frozen=True, slots=True)
class Report:
    """What a batch did: how many records of each kind, and every file that gave none, with its reason."""

    counts: dict[str, int]
    failures: tuple[Outcome, ...]

    def summary(self) -> Iterator[str]:
        """One line of totals, then one for each file that failed."""
        yield message("totals", **self.counts)
        if self.failures:
            yield message("failures", count=len(self.failures))
        yield from (outcome.failure or "" for outcome in self.failures)


def extract_batch(
    paths: Iterable[Path], records: RecordFile, options: Options, *, jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Extract all files under ``paths`` into ``records``.

    ``progress`` is told how many files are done, of how many. Raises OSError where ``records`` cannot be written.
    """
    named = list(paths)
    files, failures = find_sources(named)
    counts = dict.fromkeys(("document", "task", "quantity", "deadline"), 0)
    roots = find_roots(files, named)
    for done, outcome in enumerate(extract_files(files, options, jobs=jobs, roots=roots), start=1):
        if outcome.failure is None:
            records.add(outcome.lines)
            for kind in counts:
                counts[kind] += outcome.lines.count(b'{"record":"' + kind.encode() + b'",')  # quotes inside of strings are escaped
        else:
            failures.append(outcome)
        if progress is not None:
            progress(done, len(files))
    return Report(counts, tuple(failures))


class _Workers:
    """Worker processes that are each given one file at a time, so that it is known which one a dead worker held."""

    def __init__(self, options: Options, jobs: int) -> None:
        self._options = options
        self._jobs = jobs

    def run(self, files: Iterable[_Source]) -> Iterator[Outcome]:
        """The outcomes in the order of ``files``."""
        waiting = deque(enumerate(files))
        ready: dict[int, Outcome] = {}
        turn, total = 0, len(waiting)
        workers: list[_Worker] = []
        try:
            while len(workers) < min(self._jobs, total):
                workers.append(_Worker(self._options))
            while turn < total:
                for worker in workers:
                    if worker.task is None and waiting and waiting[0][0] < turn + self._jobs * _AHEAD:
                        worker.give(*waiting.popleft())
                answers = wait([worker.connection for worker in workers if worker.task is not None])
                for place in [place for place, worker in enumerate(workers) if worker.connection in answers]:
                    number, outcome = workers[place].take()
                    ready[number] = outcome
                    if not workers[place].process.is_alive():
                        workers[place] = _Worker(self._options)
                while turn in ready:
                    yield ready.pop(turn)
                    turn += 1
        finally:
            for worker in workers:
                worker.stop()


class _Worker:
    """One process and the file that it is working on."""

    def __init__(self, options: Options) -> None:
        context = get_context()
        self.connection: Connection[_Source, tuple[bytes, str | None]]
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, self.connection, options), daemon=True)
        self.process.start()
        theirs.close()
        self.task: tuple[int, Path] | None = None

    def give(self, number: int, source: _Source) -> None:
        """Let the process extract a file, which its path from a folder on names."""
        self.task = (number, source[0])
        # A process that died while idle shows when its answer is awaited.
        with suppress(OSError):
            self.connection.send(source)

    def take(self) -> tuple[int, Outcome]:
        """What became of the file that was given last; a dead process is joined."""
        if self.task is None:
            raise RuntimeError("nothing was given to this worker")
        number, path = self.task
        self.task = None
        try:
            lines, failure = self.connection.recv()
        except (EOFError, OSError):
            self.stop()
            lines, failure = b"", _death(path, self.process.exitcode)
        return number, Outcome(path, lines, failure)

    def stop(self) -> None:
        """End the process."""
        self.connection.close()
        self.process.kill()
        self.process.join()


def _serve(
    connection: Connection[tuple[bytes, str | None], _Source], other: Connection[_Source, tuple[bytes, str | None]], options: Options
) -> None:
    """Answer every path with its records until the other side hangs up."""
    other.close()  # a copy of the parent's end: as long as it is open here, the parent's death is not seen
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers itself
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    with suppress(EOFError, OSError):
        while True:
            path, root = connection.recv()
            outcome = extract_file(path, options, root)
            connection.send((outcome.lines, outcome.failure))


def _death(path: Path, exitcode: int | None) -> str:
    """What is told of a file whose worker died."""
    if exitcode is not None and exitcode < 0:
        return message("killed", source=path, signal=-exitcode)
    return message("ended", source=path, code=exitcode)
