"""Extract many files: in order, on several cores, and without one bad file stopping the rest.

Reads: files and folders. Writes: an ``Outcome`` for each file, in the order of the files whatever the number of workers.
"""

from __future__ import annotations

import signal
import stat
import traceback
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import wait
from pathlib import PurePath
from typing import TYPE_CHECKING

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess
    from pathlib import Path

    from pipeline.export import RecordFile

SUFFIXES = frozenset({".txt"})  # taken from folders; a file that is named itself is read whatever its suffix
# Results that may wait for an earlier one, for each worker: enough to keep all cores busy behind one long document,
# few enough to hold them in memory.
_AHEAD = 4
_PLURALS = {"document": "documents", "task": "tasks", "quantity": "quantities", "deadline": "deadlines"}


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
    """The files to extract, and what could not be looked into.

    In: files and folders. Out: files as given, folders searched to the bottom for ``SUFFIXES`` in order of their names; a file
    that is met twice, by a link or by two paths, is taken once, and links that lead back into a folder above end there.
    """
    named = list(paths)
    files: list[Path] = []
    failures: list[Outcome] = []
    seen: set[tuple[int, int]] = set()  # device and inode
    stack = named[::-1]
    wanted = set(named)
    while stack:
        path = stack.pop()
        known = path in wanted or path.suffix.lower() in SUFFIXES
        try:
            status = path.stat()
            key = (status.st_dev, status.st_ino)
            if key in seen or not (known or stat.S_ISDIR(status.st_mode)):
                continue
            seen.add(key)
            if stat.S_ISDIR(status.st_mode):
                stack += sorted((entry for entry in path.iterdir() if not entry.name.startswith(".")), reverse=True)
            elif stat.S_ISREG(status.st_mode):
                files.append(path)
            else:
                failures.append(Outcome(path, b"", "is no ordinary file; save its content as a text file"))
        except OSError as error:
            if known or not isinstance(error, FileNotFoundError):
                failures.append(Outcome(path, b"", _reason(path, error)))
    if not files and not failures:
        failures = [Outcome(path, b"", f"no document in it; documents end in {', '.join(sorted(SUFFIXES))}") for path in named]
    return files, failures


def extract_files(files: Iterable[Path], options: Options, *, jobs: int = 1) -> Iterator[Outcome]:
    """The records of every file, in the order of ``files``.

    In: ``jobs`` worker processes; with one the work is done in this process. A worker that dies loses the file that it was
    working on and nothing else. Out: one ``Outcome`` a file; records are the same bytes for any number of jobs.
    """
    if jobs == 1:
        return (extract_file(path, options) for path in files)
    return _Workers(options, jobs).run(files)


def extract_file(path: Path, options: Options) -> Outcome:
    """The records of one file, or the reason why there are none, in one line."""
    from pipeline.export.jsonl import json_lines
    from pipeline.extract import extract
    from pipeline.read import read_document

    try:
        document = read_document(path, allow_marked=options.allow_marked)
        return Outcome(path, json_lines(extract(document), with_text=options.with_text))
    except PipelineError as error:
        return Outcome(path, b"", str(error).removeprefix(f"{path}: "))
    except OSError as error:
        return Outcome(path, b"", _reason(path, error))
    except MemoryError:
        return Outcome(path, b"", "too large for the memory of this machine; split it")
    except Exception as error:
        return Outcome(path, b"", fault(error))


def fault(error: Exception) -> str:
    """One line about an error that nobody foresaw: what and where, for a report."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{PurePath(frame.filename).name}:{frame.lineno}"
    return f"a fault of this program ({type(error).__name__}: {error}, {place}); please report it with the document"


@dataclass(frozen=True, slots=True)
class Report:
    """What a batch did: how many records of each kind, and every file that gave none, with its reason."""

    counts: dict[str, int]
    failures: tuple[Outcome, ...]

    def summary(self) -> Iterator[str]:
        """One line of totals, then one for each file that failed."""
        yield ", ".join(f"{number} {_PLURALS[kind]}" for kind, number in self.counts.items())
        if self.failures:
            yield f"{len(self.failures)} failed:"
        for outcome in self.failures:
            yield f"{outcome.source}: {outcome.failure}"


def extract_batch(
    paths: Iterable[Path], records: RecordFile, options: Options, *, jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Report:
    """Extract all files under ``paths`` into ``records``.

    ``progress`` is told how many files are done, of how many. Raises OSError where ``records`` cannot be written.
    """
    files, failures = find_sources(paths)
    counts = dict.fromkeys(_PLURALS, 0)
    for done, outcome in enumerate(extract_files(files, options, jobs=jobs), start=1):
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

    def run(self, files: Iterable[Path]) -> Iterator[Outcome]:
        """The outcomes in the order of ``files``."""
        waiting = deque(enumerate(files))
        ready: dict[int, Outcome] = {}
        turn, total = 0, len(waiting)
        workers = [_Worker(self._options) for _ in range(min(self._jobs, total))]
        try:
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
        self.connection: Connection[Path, tuple[bytes, str | None]]
        self.connection, theirs = context.Pipe()
        self.process: BaseProcess = context.Process(target=_serve, args=(theirs, options), daemon=True)
        self.process.start()
        theirs.close()
        self.task: tuple[int, Path] | None = None

    def give(self, number: int, path: Path) -> None:
        """Let the process extract ``path``."""
        self.task = (number, path)
        # A process that died while idle shows when its answer is awaited.
        with suppress(OSError):
            self.connection.send(path)

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
            lines, failure = b"", _death(self.process.exitcode)
        return number, Outcome(path, lines, failure)

    def stop(self) -> None:
        """End the process."""
        self.connection.close()
        self.process.kill()
        self.process.join()


def _serve(connection: Connection[tuple[bytes, str | None], Path], options: Options) -> None:
    """Answer every path with its records until the other side hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends its workers itself
    with suppress(EOFError, OSError):
        while True:
            outcome = extract_file(connection.recv(), options)
            connection.send((outcome.lines, outcome.failure))


def _death(exitcode: int | None) -> str:
    cause = f"killed by signal {-exitcode}" if exitcode is not None and exitcode < 0 else f"ended with code {exitcode}"
    return f"the process that worked on it was {cause}, perhaps for want of memory; extract it alone, or split it"


def _reason(path: Path, error: OSError) -> str:
    """What is wrong with ``path`` and what to do, in one line."""
    if path.is_symlink() and not path.exists():
        return f"a link to {path.readlink()}, which does not exist; mend or remove the link"
    if isinstance(error, FileNotFoundError):
        return "there is no such file; check the name"
    if isinstance(error, PermissionError):
        return "you may not read it; ask for the right, or copy it to a folder of yours"
    return f"cannot be read ({error.strerror or error}); check the disk or the network drive"
