"""Many files: found once and in order, the same bytes from any number of workers, and one bad file stops nothing."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipeline.batch import Options, Outcome, extract_batch, extract_files, find_sources
from pipeline.export import read_rows
from pipeline.office import message

if TYPE_CHECKING:
    from collections.abc import Callable

PLAN = "{city}2025年工作要点\n一、重点任务\n到2025年底，新建公共停车位{number}个。\n"


class Kept:
    """Records kept in memory."""

    def __init__(self) -> None:
        """Begin with none."""
        self.lines = b""

    def add(self, lines: bytes) -> None:
        """Keep the records of one more document."""
        self.lines += lines

    def finish(self) -> None:
        """Nothing is left to keep."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve plans in three sub-folders."""
    for number in range(12):
        path = tmp_path / f"区{number % 3}" / f"2025_城{number:02}_工作要点.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_text(PLAN.format(city=f"城{number:02}市", number=100 + number), "utf-8")
    return tmp_path


def names(files: list[Path]) -> list[str]:
    """The names without their folders."""
    return [path.name for path in files]


def test_folders_are_searched_to_the_bottom_in_order(folder: Path) -> None:
    """Known suffixes only, whatever their case; hidden files and other kinds are left alone; the order is that of the names."""
    for name in ("b.TXT", "a.txt", "c.xlsx", ".hidden.txt", "README.md"):
        (folder / name).write_text("x", "utf-8")
    files, failures = find_sources([folder])
    assert ([], ["a.txt", "b.TXT"]) == (failures, names(files)[:2])
    assert names(files)[2:] == [f"2025_城{number:02}_工作要点.txt" for part in range(3) for number in range(part, 12, 3)]


def test_named_file_is_taken_whatever_its_suffix(tmp_path: Path) -> None:
    """Who names a file wants it."""
    (tmp_path / "plan").write_text("x", "utf-8")
    assert ["plan"] == names(find_sources([tmp_path / "plan"])[0])


def test_file_that_is_met_twice_is_taken_once(folder: Path) -> None:
    """Neither a folder and a file in it, nor links, nor hard links count a document twice."""
    first = folder / "区0" / "2025_城00_工作要点.txt"
    (folder / "区0" / "link.txt").symlink_to(first)
    os.link(first, folder / "区1" / "hard.txt")
    files, failures = find_sources([first, folder, folder])
    assert (12, []) == (len(files), failures)


def test_links_in_a_circle_end(folder: Path) -> None:
    """A link to a folder above is not followed for ever."""
    (folder / "区0" / "up").symlink_to(folder, target_is_directory=True)
    assert 12 == len(find_sources([folder])[0])


@pytest.mark.parametrize(
    "make", [lambda path: path.symlink_to("nowhere.txt"), os.mkfifo, Path.mkdir], ids=["dangling link", "pipe", "folder"]
)
def test_what_is_no_file_costs_no_other_document(folder: Path, make: Callable[[Path], None]) -> None:
    """A dangling link, a pipe or a folder that is called like a document is passed over or reported; the twelve are extracted."""
    make(folder / "bad.txt")
    report = extract_batch([folder], Kept(), Options())
    failed = [folder / "bad.txt"] if make is not Path.mkdir else []
    assert (12, failed) == (report.counts["document"], [outcome.source for outcome in report.failures])


def test_missing_file_and_empty_folder_are_failures(tmp_path: Path) -> None:
    """A name that leads to no document is told, not passed over."""
    for path in (tmp_path / "no.txt", tmp_path):
        report = extract_batch([path], Kept(), Options())
        assert [path] == [outcome.source for outcome in report.failures]
        assert str(path) in list(report.summary())[-1]


def test_records_are_the_same_bytes_for_any_number_of_jobs(folder: Path) -> None:
    """Order and content do not depend on who was faster."""
    results = []
    for jobs in (1, 2, 5):
        kept = Kept()
        report = extract_batch([folder], kept, Options(), jobs=jobs)
        results.append((kept.lines, report))
    assert results[0] == results[1] == results[2]
    assert 12 == results[0][1].counts["document"]


@pytest.mark.parametrize("jobs", [1, 3])
def test_one_bad_file_stops_nothing(folder: Path, jobs: int) -> None:
    """The bad file is named with its reason; all other documents are there."""
    bad = folder / "区1" / "bad.txt"
    bad.write_bytes(b"\x00\x01\x02\xff" * 100)
    kept = Kept()
    report = extract_batch([folder], kept, Options(), jobs=jobs)
    assert ([bad], 12) == ([failure.source for failure in report.failures], report.counts["document"])
    assert 1 == sum(str(bad) in line for line in report.summary())


def test_dead_worker_loses_one_document(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that is killed on a document loses that document; it is named and all others are extracted."""
    import pipeline.batch as batch

    whole = batch.extract_file

    def killed_on_one(path: Path, options: Options, root: Path | None = None) -> Outcome:
        if path.name.startswith("2025_城04"):
            os.kill(os.getpid(), signal.SIGKILL)
        return whole(path, options, root)

    monkeypatch.setattr(batch, "extract_file", killed_on_one)
    files, _ = find_sources([folder])
    outcomes = list(extract_files(files, Options(), jobs=2))
    lost = [outcome for outcome in outcomes if outcome.failure]
    assert files == [outcome.source for outcome in outcomes]
    assert [("2025_城04_工作要点.txt", b"")] == [(outcome.source.name, outcome.lines) for outcome in lost]
    assert message("killed", source=lost[0].source, signal=9) == lost[0].failure


def test_fault_of_the_program_is_reported_for_its_document(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An unforeseen error in one document is one line, and the others are extracted."""
    import pipeline.read

    whole = pipeline.read.read_document

    def faulty(path: Path, _root: Path | None = None, *, allow_marked: bool = False) -> object:
        if path.name.startswith("2025_城04"):
            raise KeyError("x")
        return whole(path, allow_marked=allow_marked)

    monkeypatch.setattr(pipeline.read, "read_document", faulty)
    report = extract_batch([folder], Kept(), Options())
    assert [1, 11] == [len(report.failures), report.counts["document"]]
    assert "KeyError: 'x', test_batch.py:" in (report.failures[0].failure or "")


def test_progress_counts_to_the_end(folder: Path) -> None:
    """Progress is told after every file, with the total."""
    seen: list[tuple[int, int]] = []
    extract_batch([folder], Kept(), Options(), progress=lambda done, total: seen.append((done, total)))
    assert [(number, 12) for number in range(1, 13)] == seen


def test_documents_can_leave_their_text_out(folder: Path) -> None:
    """Without text the document's line is there, its text is not."""
    kept = Kept()
    extract_batch([folder], kept, Options(with_text=False))
    assert not any("text" in row for row in read_rows(kept.lines) if row["record"] == "document")


def test_abandoned_run_leaves_no_process(folder: Path) -> None:
    """Who stops taking results stops the workers, too."""
    import multiprocessing

    outcomes = extract_files(find_sources([folder])[0], Options(), jobs=2)
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert [] == multiprocessing.active_children()


def test_documents_of_a_run_have_names_of_their_own(tmp_path: Path) -> None:
    """Files of one name in folders of one name, also when those are asked for together, are documents of their own."""
    for folder in ("甲/x", "乙/x", "乙/y/x"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "计划.txt").write_text(PLAN.format(city=folder[0], number=7), "utf-8")
    for asked in ([tmp_path], [tmp_path / "甲" / "x", tmp_path / "乙"], [tmp_path / "甲" / "x" / "计划.txt", tmp_path / "乙" / "x"]):
        kept = Kept()
        extract_batch(asked, kept, Options())
        names = [row["doc_id"] for row in read_rows(kept.lines) if row["record"] == "document"]
        assert len(names) == len(set(names)) >= 2


def test_names_stay_when_the_folder_moves_and_when_a_revision_comes(tmp_path: Path) -> None:
    """A folder that is moved as a whole, and a file whose content is replaced, keep the names of the documents."""
    seen = []
    for place, number in (("旧", 7), ("新/处", 8)):
        folder = tmp_path / place / "城管局" / "2025"
        folder.mkdir(parents=True)
        (folder / "计划.txt").write_text(PLAN.format(city="甲市", number=number), "utf-8")
        kept = Kept()
        extract_batch([tmp_path / place / "城管局"], kept, Options(), jobs=2)
        seen.append([row["doc_id"] for row in read_rows(kept.lines) if row["record"] == "document"])
    assert seen[0] == seen[1]
