"""Measure: characters per second of extraction beside plain ``jieba.lcut`` over the same text, peak memory, start-up times.

Reads: the real documents beside the project, else the sample corpus, repeated. Writes: one table on stdout.
Everything is measured in one run on one core; the two speeds alternate every few documents, so that both meet the same machine.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.batch import Options, extract_file, find_sources
from pipeline.bench_formats import format_lines
from pipeline.export.jsonl import JsonlFile
from pipeline.ledger.bench import ledger_lines
from pipeline.ledger.bench_build import build_lines
from pipeline.read import read_document
from pipeline.search.bench import LARGEST, SIZES, read_queries, search_lines
from pipeline.store.bench import ingest_lines
from pipeline.track.bench import track_lines
from pipeline.web.bench import page_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[1]
_REAL = _ROOT.parent / "shared" / "corpus"
_SAMPLE = _ROOT / "corpus"
_ENOUGH = 1_000_000  # characters below which a run is too short to trust; fewer are repeated
_BLOCK = 20  # documents between the two: long enough to warm the processor's caches, short enough to share the machine's moods
_GOLD_QUERIES = _REAL.parent / "gold" / "queries_dev.jsonl"
_SENTENCE = "到2025年底，全市新建公共停车位4500个以上。"
_QUERY, _COLD = "去年新增多少停车位", 10


# Runs a command and prints its exit code, its seconds and its peak memory in MB. A program of its own, because the memory that
# the system tells of a process is never less than that of the process that started it.
WATCHER = """
import resource, subprocess, sys, time
start = time.perf_counter()
code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
print(code, time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 1e6)
"""


@dataclass(frozen=True, slots=True)
class Speed:
    """How many characters were read, how many files could not be, and the seconds that extraction and segmentation took."""

    characters: int
    failed: int
    extract: float
    segment: float


def measure_speed(files: list[Path]) -> Speed:
    """Time reading, extracting and writing of ``files``, and ``jieba.lcut`` over the same text. Dictionaries are loaded before."""
    import jieba

    jieba.setLogLevel("ERROR")
    plain = jieba.Tokenizer()  # without the words of our own that extraction may have taught the shared one
    plain.initialize()
    extract_file(files[0], Options(allow_marked=True))
    characters, failed, extract, segment = 0, 0, 0.0, 0.0
    waiting = list(_repeated(files))
    for first in range(0, len(waiting), _BLOCK):
        good = []
        for path in waiting[first : first + _BLOCK]:
            start = time.perf_counter()
            outcome = extract_file(path, Options(allow_marked=True))
            JsonlFile(io.BytesIO()).add(outcome.lines)
            elapsed = time.perf_counter() - start
            if outcome.failure is None:
                extract += elapsed
                good.append(path)
            else:
                failed += 1
        for path in good:
            text = read_document(path, allow_marked=True).text
            characters += len(text)
            start = time.perf_counter()
            plain.lcut(text)
            segment += time.perf_counter() - start
    return Speed(characters, failed, extract, segment)


def measure_command(*arguments: str) -> tuple[float, float]:
    """Seconds and peak memory (MB) of a run of the command line."""
    command = [sys.executable, "-c", WATCHER, sys.executable, str(_ROOT / "cli.py"), *arguments]
    # S603: what is started is this project's own command line
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603
    code, seconds, memory = ran.stdout.split()
    if code not in ("0", "1"):  # 1: some document of the folder was refused, which is told above
        sys.exit(f"{' '.join(arguments)}: ended with {code}\n{ran.stderr}")
    return float(seconds), float(memory)


def lines(*, full: bool = False) -> Iterator[str]:
    """The table, as it is measured; ``full`` adds a store of a million passages."""
    folder = _REAL if _REAL.is_dir() else _SAMPLE
    files = [path for path in find_sources([folder])[0] if path.suffix == ".txt"]  # the readers of formats are measured below
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    speed = measure_speed(files)
    yield f"documents   {len(files)} in {os.path.relpath(folder, _ROOT)}, {speed.characters:,} characters, {speed.failed} files refused"
    yield f"extract     {speed.characters / speed.extract:>12,.0f} characters/s"
    yield f"jieba.lcut  {speed.characters / speed.segment:>12,.0f} characters/s"
    yield f"ratio       {speed.segment / speed.extract:>12.2f} (at least 1.00 is wanted)"
    with tempfile.TemporaryDirectory() as out:
        seconds, memory = measure_command("extract", str(folder), "-o", f"{out}/records.jsonl")
        formats = list(format_lines(folder, Path(out)))
        long = measure_command("extract", f"{out}/long.pdf", "-o", f"{out}/long.jsonl") if Path(out, "long.pdf").exists() else None
    yield f"whole run   {seconds:>12.1f} s from the command line, peak memory {memory:.0f} MB (below 500 is wanted)"
    yield from formats
    if long is not None:
        yield f"long pdf    {long[0]:>12.1f} s for 2,000 pages, peak memory {long[1]:.0f} MB (below 1,000 is wanted)"
    with tempfile.TemporaryDirectory() as out:
        yield from _store_lines(files, Path(out), full=full)
    for name, arguments in (("--help", ["--help"]), ("explain", ["explain", _SENTENCE])):
        measure_command(*arguments)  # the first call compiles what Python caches
        yield f"{name:11} {min(measure_command(*arguments)[0] for _ in range(3)):>12.2f} s (below 0.50 is wanted)"


def _store_lines(files: list[Path], scratch: Path, *, full: bool) -> Iterator[str]:
    """Ingest of all files, and search in what that makes and in larger stores."""
    db = scratch / "bench.db"
    yield from ingest_lines(files, db)
    measure_command("search", _QUERY, "--db", str(db))
    cold = sorted(measure_command("search", _QUERY, "--db", str(db))[0] for _ in range(_COLD))
    yield f"cold search {cold[_COLD // 2]:>12.2f} s from the command line, median of {_COLD} (below 0.60 is wanted)"
    yield from page_lines(db)
    seconds, memory = measure_command("track", "--all", "--db", str(db), "-o", str(scratch / "series.jsonl"))
    yield f"track --all {seconds:>12.1f} s from the command line, peak memory {memory:.0f} MB (below 30 s is wanted)"
    yield from track_lines(db)
    yield from build_lines(db, scratch)
    yield from ledger_lines()
    yield from search_lines(db, scratch, read_queries(db, _GOLD_QUERIES), (*SIZES, LARGEST) if full else SIZES)


def _repeated(files: list[Path]) -> Iterator[Path]:
    total = sum(path.stat().st_size for path in files) // 3  # a Chinese character takes three bytes of UTF-8
    for _ in range(max(1, _ENOUGH // max(1, total))):
        yield from files


if __name__ == "__main__":
    for line in lines(full="--full" in sys.argv[1:]):
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
