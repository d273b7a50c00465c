"""Documents go into a store whole, once, and come back to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.batch import Options, extract_file
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from tests.conftest import run_cli

if TYPE_CHECKING:
    from pathlib import Path

OPTIONS = Options()
PLAN = "{place}2025年工作要点\n一、重点任务\n到2025年底，市住建局新建公共停车位{number}个以上。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three plans of three invented cities."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate("甲乙丙", start=1):
        (folder / f"2025_{name}市_工作要点.txt").write_text(PLAN.format(place=f"{name}市", number=number * 1500), "utf-8")
    return folder


def test_records_come_back_to_the_byte(folder: Path, tmp_path: Path) -> None:
    """What extraction wrote is what the store gives back."""
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([folder], store, OPTIONS)
        rows = {row["source"]: row["doc_id"] for row in store.documents()}
        for path in folder.iterdir():
            assert extract_file(path, OPTIONS).lines == store.lines(rows[str(path)])


def test_second_run_finds_nothing_to_do(folder: Path, tmp_path: Path) -> None:
    """Unchanged files are known by their content and not read again."""
    with open_store(tmp_path / "a.db", create=True) as store:
        first, second = (ingest([folder], store, OPTIONS).counts for _ in range(2))
        assert {"new": 3, "unchanged": 0, "revised": 0, "reread": 0, "failed": 0} == first
        assert {"new": 0, "unchanged": 3, "revised": 0, "reread": 0, "failed": 0} == second
        assert 3 == store.generation()


def test_changed_file_becomes_a_revision(folder: Path, tmp_path: Path) -> None:
    """New content under the same name replaces the old one and counts as its next revision."""
    path = folder / "2025_甲市_工作要点.txt"
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([folder], store, OPTIONS)
        path.write_text(PLAN.format(place="甲市", number=9000), "utf-8")
        assert 1 == ingest([folder], store, OPTIONS).counts["revised"]
        (row,) = [row for row in store.documents() if row["source"] == str(path)]
        assert 2 == row["revision"]
        assert ["9000个以上"] == [quantity.text for quantity in store.quantities() if quantity.doc_id == row["doc_id"]]


def test_command_tells_what_it_did(folder: Path, tmp_path: Path) -> None:
    """The command line sums up on stderr, and fails with 1 if a file failed."""
    (folder / "空.txt").write_text("", "utf-8")
    ran = run_cli("ingest", str(folder), "--db", str(tmp_path / "a.db"))
    assert (1, "") == (ran.returncode, ran.stdout)
    assert "新增 3 份，未变 0 份，有新版 0 份，按新规则重读 0 份，未能入库 1 份" == ran.stderr.splitlines()[0]
