"""A store survives what befalls processes: killed at any moment, a full disk, two writers at once."""

from __future__ import annotations

import multiprocessing
import random
import resource
import signal
import time
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from pipeline.batch import Options, extract_file
from pipeline.store import StoreError, open_store
from pipeline.store.check import find_faults
from pipeline.store.exchange import export_lines
from pipeline.store.ingest import ingest

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from pathlib import Path

_KILLS = 30
_LONGEST = 0.25  # seconds; an undisturbed run over all files takes about as long
_FILES = 16
_FORK = multiprocessing.get_context("fork")  # a child that has everything loaded is in the middle of its work when it is killed
_FULL_DISK = 150_000  # bytes that a file may have: enough for the tables and some of the documents


def write_files(folder: Path, version: int) -> None:
    """Files of an invented city's bureaus, each with its own numbers."""
    folder.mkdir(exist_ok=True)
    for number in range(_FILES):
        sentences = "".join(f"到2025年底，新建第{number}区停车位{version * 1000 + number * 50 + item}个以上。\n" for item in range(6))
        (folder / f"2025_第{number:02}局_工作要点.txt").write_text(f"第{number}局2025年工作要点\n一、重点任务\n{sentences}", "utf-8")


def take_in(folder: Path, db: Path, answers: Connection[Any, Any] | None = None, disk: int | None = None) -> None:
    """What a child process does: one ingest; on a disk that holds no larger file than ``disk``."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if disk is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (disk, disk))
    told = ""
    try:
        with open_store(db, create=True) as store:
            ingest([folder], store, Options())
    except StoreError as error:
        told = str(error)
    if answers is not None:
        answers.send(told)


def known(db: Path) -> list[dict[str, Any]]:
    """Everything that a store knows, but for the time at which it came to know."""
    with open_store(db, readonly=True) as store:
        rows = [orjson.loads(line) for lines in export_lines(store) for line in lines.splitlines()]
    for row in rows:
        for item in [row, *row.get("revisions", ())]:
            item.pop("ingested", None)
    return rows


def is_complete(db: Path, folder: Path) -> bool:
    """Whether every file is in; asserts that what is in is whole and sound."""
    expected = {str(path): extract_file(path, Options()).lines for path in folder.iterdir()}
    with open_store(db, create=True) as store:
        assert [] == list(find_faults(store))
        rows = list(store.documents())
        found = {row["source"]: store.lines(row["doc_id"]) for row in rows}
        current = [source for source, lines in found.items() if _text(lines) == _text(expected[source])]
        assert {source: _records(expected[source]) for source in current} == {source: _records(found[source]) for source in current}
        return len(current) == len(expected)


def _text(lines: bytes) -> str:
    return str(orjson.loads(lines.splitlines()[0])["text"])


def _records(lines: bytes) -> list[bytes]:
    return lines.splitlines()[1:]


def test_store_killed_at_any_moment_holds_whole_documents_and_the_next_run_finishes(tmp_path: Path) -> None:
    """Thirty kills at random moments, among them of runs that revise: always sound, and in the end as if nothing had happened."""
    moments = random.Random(20260101)  # noqa: S311 - no secret
    folder, db = tmp_path / "in", tmp_path / "a.db"
    version = 1
    write_files(folder, version)
    for _ in range(_KILLS):
        child = _FORK.Process(target=take_in, args=(folder, db))
        child.start()
        time.sleep(moments.uniform(0, _LONGEST))
        child.kill()
        child.join()
        if is_complete(db, folder):
            version += 1
            write_files(folder, version)
    take_in(folder, db)
    assert is_complete(db, folder)
    for earlier in range(1, version + 1):
        write_files(folder, earlier)
        take_in(folder, tmp_path / "undisturbed.db")
    assert known(tmp_path / "undisturbed.db") == known(db)


def test_full_disk_ends_with_one_line_and_the_next_run_finishes(tmp_path: Path) -> None:
    """What was written before the disk was full is whole; with room again the rest follows."""
    folder, db = tmp_path / "in", tmp_path / "a.db"
    write_files(folder, 1)
    ours, theirs = _FORK.Pipe()
    child = _FORK.Process(target=take_in, args=(folder, db, theirs, _FULL_DISK))
    child.start()
    told = ours.recv()
    child.join()
    assert "已写完的文件都已保存" in told
    assert not is_complete(db, folder)
    take_in(folder, db)
    assert is_complete(db, folder)


def test_two_writers_at_once_take_every_document_once(tmp_path: Path) -> None:
    """Two runs over the same files wait for each other, and nothing is there twice."""
    folder, db = tmp_path / "in", tmp_path / "a.db"
    write_files(folder, 1)
    children = [_FORK.Process(target=take_in, args=(folder, db)) for _ in range(2)]
    for child in children:
        child.start()
    for child in children:
        child.join()
        assert 0 == child.exitcode
    assert is_complete(db, folder)
    with open_store(db) as store:
        assert _FILES == len(list(store.documents()))


@pytest.mark.parametrize("jobs", [1, 2])
def test_workers_change_nothing(tmp_path: Path, jobs: int) -> None:
    """The store is the same for any number of workers."""
    folder = tmp_path / "in"
    write_files(folder, 1)
    take_in(folder, tmp_path / "one.db")
    with open_store(tmp_path / "more.db", create=True) as store:
        ingest([folder], store, Options(), jobs=jobs)
    assert known(tmp_path / "one.db") == known(tmp_path / "more.db")
