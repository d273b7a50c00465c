"""Make a store of any size to measure search on: documents of a real store, then varied copies of them.

Reads: a store. Writes: another one, with passages, both indexes and arrays; the records are those of the real documents.

A copy has the clauses of its original in another order, three in ten of them put in place of others by clauses from anywhere in the store:
so the counts of words stay those of real documents, and no two passages rank alike.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import orjson

from pipeline.search.tokens import index_tokens
from pipeline.store.connection import begin
from pipeline.store.record_tables import RECORD_TABLES
from pipeline.store.sqlite import SqliteStore

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store.connection import Connection

_CLAUSE = re.compile(r"[^，。；]+[，。；]?")  # no token goes across a mark, so the tokens of clauses are those of the passage
_FOREIGN = 0.3  # share of the clauses of a copy that come from elsewhere
_NOISE = 12  # of 127: vectors of copies are about .98 alike
_TOGETHER = 100  # documents in one transaction
_PASSAGE = "INSERT INTO passages VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"


@dataclass(frozen=True, slots=True)
class _Original:
    """A real document: its number, its rows of passages, the clauses of each with their tokens, the tokens of headings, its arrays."""

    number: int
    rows: list[tuple[object, ...]]
    clauses: list[list[tuple[str, str]]]
    heads: list[str]
    facts: bytes
    vectors: bytes


def grow(source: Path, target: Path, passages: int) -> None:
    """Write a store with at least ``passages`` passages to ``target``, from those of the store at ``source``."""
    with SqliteStore(target, create=True) as store:
        connection = store.connection
        connection.pragma("synchronous", 0)  # a store to measure on need not outlive a crash
        connection.execute("ATTACH ? AS real", (str(source),))
        with begin(connection):
            connection.execute("INSERT OR REPLACE INTO meta SELECT * FROM real.meta")
        originals, count = [], 0
        with begin(connection):
            for original in _originals(connection):
                originals.append(original)
                _copy_records(connection, original.number)
                _write(connection, original, original.number, None)
                count += len(original.rows)
                if count >= passages:
                    break
        _add_copies(connection, originals, passages - count)
        connection.execute("INSERT INTO keywords (keywords) VALUES ('optimize')")
        connection.execute("DETACH real")


def _add_copies(connection: Connection, originals: list[_Original], missing: int) -> None:
    """Varied copies of all documents, again and again, until so many passages were added."""
    chance = random.Random(0)  # noqa: S311 - the same copies in every run
    pool = [clause for original in originals for clauses in original.clauses for clause in clauses]
    number = max(original.number for original in originals)
    batch: list[_Original] = []
    while missing > 0:
        for original in originals:
            batch.append(original)
            missing -= len(original.rows)
            if len(batch) == _TOGETHER or missing <= 0:
                with begin(connection):
                    for again in batch:
                        number += 1
                        _write(connection, _varied(again, pool, chance), number, again.number)
                batch = []
            if missing <= 0:
                break


def _varied(original: _Original, pool: list[tuple[str, str]], chance: random.Random) -> _Original:
    clauses = []
    for own in original.clauses:
        order = chance.sample(own, len(own))
        clauses.append([chance.choice(pool) if chance.random() < _FOREIGN else clause for clause in order])
    noise = np.random.default_rng(chance.randrange(1 << 32))
    vectors = np.frombuffer(original.vectors, np.int8).astype(np.int16)
    vectors += noise.integers(-_NOISE, _NOISE + 1, len(vectors), np.int16)
    packed = np.clip(vectors, -127, 127).astype(np.int8).tobytes()
    return _Original(original.number, original.rows, clauses, original.heads, original.facts, packed)


def _originals(connection: Connection) -> Iterator[_Original]:
    arrays = connection.execute("SELECT document, facts, vectors FROM real.arrays WHERE count > 0 ORDER BY first").fetchall()
    for number, facts, vectors in arrays:
        rows = connection.execute("SELECT * FROM real.passages WHERE document = ? ORDER BY number", (number,)).fetchall()
        clauses = [[(clause, index_tokens(clause)) for clause in _CLAUSE.findall(row[-1])] for row in rows]
        heads = [index_tokens(" ".join(orjson.loads(row[4]))) for row in rows]
        yield _Original(number, rows, clauses, heads, facts, vectors)


def _copy_records(connection: Connection, number: int) -> None:
    for table in (*RECORD_TABLES.values(), "task_units"):
        connection.execute(f"INSERT INTO {table} SELECT * FROM real.{table} WHERE document = ?", (number,))  # noqa: S608 - own names


def _write(connection: Connection, original: _Original, number: int, copy_of: int | None) -> None:
    """Write a document under ``number``; a copy gets a name of its own and no text but that of its passages."""
    columns = [str(row[1]) for row in connection.execute("SELECT * FROM pragma_table_info('documents')").fetchall()]
    row = dict(
        zip(columns, connection.execute("SELECT * FROM real.documents WHERE number = ?", (original.number,)).fetchone(), strict=True)
    )
    if copy_of is not None:
        row |= {"number": number, "doc_id": f"{row['doc_id']}~{number}", "source": f"{row['source']}~{number}", "text": ""}
    connection.execute(f"INSERT INTO documents VALUES ({','.join('?' * len(row))})", tuple(row.values()))  # noqa: S608 - marks
    first = int(connection.execute("SELECT coalesce(max(number), 0) + 1 FROM passages").get)
    texts = ["".join(text for text, _ in clauses) for clauses in original.clauses]
    tokens = [" ".join(token for _, token in clauses) for clauses in original.clauses]
    rows = [(first + at, number, *old[2:-1], text) for at, (old, text) in enumerate(zip(original.rows, texts, strict=True))]
    connection.executemany(_PASSAGE, rows)
    keywords = ((first + at, body, head) for at, (body, head) in enumerate(zip(tokens, original.heads, strict=True)))
    connection.executemany("INSERT INTO keywords (rowid, body, heads) VALUES (?,?,?)", keywords)
    connection.execute("INSERT INTO arrays VALUES (?,?,?,?,?)", (number, first, len(rows), original.facts, original.vectors))
