"""Measure warm search beside its two halves alone, a bare full-text query and a bare product of vectors, in stores of growing size.

Reads: a store of real documents, queries. Writes: lines for the table of ``pipeline.bench``.

Each size is measured in a process of its own, so that its memory is its own; the three alternate from query to query, so that all meet the
same machine. The bare full-text query is measured twice: over all tokens of the query as the index holds them (characters and pairs),
and over only those that search itself looks for, the wordings of officials among them.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.search.bench_store import grow
from pipeline.search.find import Wish, search
from pipeline.search.keyword import any_of
from pipeline.search.request import open_index
from pipeline.search.tokens import query_tokens
from pipeline.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pipeline.search.index import Index

SIZES = (10_000, 100_000)
LARGEST = 1_000_000
_QUERIES = 60  # made of passages where none are given
_QUERY = 20  # characters of such a query at the most
_FEW, _BEST = 1000, 10  # passages that are compared inside the file, and how many of them are wanted
_BARE = "SELECT rowid, rank FROM keywords WHERE keywords MATCH ? ORDER BY rank LIMIT 10"
_WANTED_RATIO = 1.3
_WANTED_MS = {100_000: 60}
_WANTED_MB = 1500


@dataclass(frozen=True, slots=True)
class Measured:
    """One size: its passages, milliseconds (p50, p95) of each part, seconds to open the index, peak memory in MB."""

    passages: int
    search: list[float]
    words: list[float]
    looked_for: list[float]
    vectors: list[float]
    in_file: list[float]
    opening: float
    memory: float

    def ratio(self) -> float:
        """Search at its slowest against both halves at theirs."""
        return self.search[1] / (self.words[1] + self.vectors[1])

    def strict_ratio(self) -> float:
        """The same, against a full-text query over only those tokens that search looks for."""
        return self.search[1] / (self.looked_for[1] + self.vectors[1])


def search_lines(db: Path, scratch: Path, queries: Sequence[str], sizes: Sequence[int] = SIZES) -> Iterator[str]:
    """Search in stores of these sizes, grown in the folder ``scratch`` from the one at ``db``; then how each part grows."""
    asked = scratch / "queries.json"
    asked.write_text(json.dumps(list(queries)), "utf-8")
    sizes_measured = []
    for size in sizes:
        grown = scratch / f"{size}.db"
        grow(db, grown, size)
        command = [sys.executable, "-m", __name__, str(grown), str(asked)]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)  # noqa: S603 - this module
        row: dict[str, Any] = json.loads(ran.stdout)
        measured = Measured(**row)
        sizes_measured.append(measured)
        yield from _lines(measured, grown.stat().st_size / 1e6)
        grown.unlink()
    for before, after in pairwise(sizes_measured):
        yield _growth(before, after)


def read_queries(db: Path, given: Path) -> list[str]:
    """The queries in the file ``given``, a JSON row each; where there is none, first clauses of passages of the store."""
    if given.is_file():
        return [str(json.loads(line)["query"]) for line in given.read_text("utf-8").splitlines() if line.strip()]
    with SqliteStore(db, readonly=True) as store:
        texts = [text for (text,) in store.select("SELECT text FROM passages ORDER BY number")]
    return [text.replace("。", "，").split("，")[0][:_QUERY] for text in texts[:: max(1, len(texts) // _QUERIES)]]


def measure(db: Path, queries: Sequence[str]) -> Measured:
    """Each query once to warm up, then once for each part."""
    with SqliteStore(db, readonly=True) as store:
        start = time.perf_counter()
        index = open_index(store)
        opening = time.perf_counter() - start
        looked_for = _looked_for(index, queries)
        memory = peak_memory()  # before the bare queries, which sort every passage
        few = {int(number) for number in index.passages.document[:_FEW]}
        topics = {query: index.encoder.encode([query])[0] for query in queries}
        parts: dict[str, Callable[[str], object]] = {
            "search": lambda query: search(index, query, Wish()),
            "words": lambda query: store.select(_BARE, any_of(query_tokens(query))),
            "looked_for": lambda query: store.select(_BARE, looked_for[query]) if looked_for[query] else None,
            "vectors": lambda query: index.vectors @ topics[query],
            "in_file": lambda query: store.nearest(topics[query], few, _BEST),
        }
        taken: dict[str, list[float]] = {name: [] for name in parts}
        for query in queries:
            for name, run in parts.items():
                start = time.perf_counter()
                run(query)
                taken[name].append(1000 * (time.perf_counter() - start))
        times = {name: _percentiles(values) for name, values in taken.items()}
        return Measured(passages=len(index.passages.number), opening=opening, memory=memory, **times)


def peak_memory() -> float:
    """The most memory that this process has held, in MB; the system's own figure would not be less than that of its parent."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return int(line.split()[1]) * 1024 / 1e6
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes elsewhere
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


def _looked_for(index: Index, queries: Sequence[str]) -> dict[str, str]:
    """For each query what search asks of the full-text index, in one expression; everything has been run once after this."""
    expressions: list[str] = []

    def note(_: Any, sql: str, values: Any) -> bool:
        if "MATCH" in sql and values:
            expressions.append(values[0])
        return True

    found = {}
    for query in queries:
        expressions.clear()
        index.store.connection.exec_trace = note
        search(index, query, Wish())
        index.store.connection.exec_trace = None
        found[query] = " OR ".join(f"({expression})" for expression in dict.fromkeys(expressions))
    return found


def _percentiles(values: list[float]) -> list[float]:
    """p50 and p95."""
    ordered = sorted(values)
    return [ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]]


def _lines(measured: Measured, size: float) -> Iterator[str]:
    wanted = _WANTED_MS.get(round(measured.passages, -4))
    told = f" (at most {wanted} is wanted)" if wanted else ""
    yield f"search      {measured.passages:>12,} passages: p50 {measured.search[0]:.0f} ms, p95 {measured.search[1]:.0f} ms{told}"
    parts = (
        ("all tokens of the query", measured.words),
        ("tokens looked for", measured.looked_for),
        ("vectors", measured.vectors),
        (f"vectors of {_FEW:,} passages in the file", measured.in_file),
    )
    told = "; ".join(f"{name} {low:.1f} and {high:.1f} ms" for name, (low, high) in parts)
    yield f"            alone, p50 and p95: {told}"
    strict = f"{measured.strict_ratio():.2f} over the tokens looked for"
    yield f"            {measured.ratio():>12.2f} of both together at p95 (at most {_WANTED_RATIO:.2f} is wanted), {strict}"
    yield (
        f"            {measured.memory:>12,.0f} MB at most (below {_WANTED_MB:,} is wanted), opened in {measured.opening:.2f} s,"
        f" the store has {size:,.0f} MB"
    )


def _growth(before: Measured, after: Measured) -> str:
    parts = [f"{name} ×{getattr(after, name)[1] / getattr(before, name)[1]:.1f}" for name in ("search", "words", "vectors")]
    parts.append(f"memory ×{after.memory / before.memory:.1f}")
    return f"growth      ×{after.passages / before.passages:.0f} passages, at p95: {', '.join(parts)}"


if __name__ == "__main__":
    result = measure(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8")))
    sys.stdout.write(json.dumps({name: getattr(result, name) for name in Measured.__slots__}))
