"""Documents go into a store whole, once, and come back to the byte."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from pipeline.batch import Options, extract_file
from pipeline.store import open_store
from pipeline.store.check import find_faults
from pipeline.store.exchange import export_lines
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


def test_same_text_in_another_encoding_is_unchanged(folder: Path, tmp_path: Path) -> None:
    """The text decides: a file saved anew in GBK, or touched, is no revision; the next run does not even read it."""
    path = folder / "2025_甲市_工作要点.txt"
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([folder], store, OPTIONS)
        path.write_bytes(path.read_text("utf-8").replace("\n", "\r\n").encode("gb18030"))
        for _ in range(2):
            assert 3 == ingest([folder], store, OPTIONS).counts["unchanged"]
        assert 3 == store.generation()


def test_records_of_another_version_of_the_program_are_made_again(folder: Path, tmp_path: Path) -> None:
    """Unchanged files are read again when rules or models have changed; the revision stays the same."""
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([folder], store, OPTIONS)
        store.connection.execute("UPDATE sources SET program = 'older'")
        store.connection.execute("UPDATE documents SET program = 'older'")
        before = [store.lines(row["doc_id"]) for row in store.documents()]
        assert {"new": 0, "unchanged": 0, "revised": 0, "reread": 3, "failed": 0} == ingest([folder], store, OPTIONS).counts
        assert before == [store.lines(row["doc_id"]) for row in store.documents()]
        assert [] == list(find_faults(store))


def test_earlier_revisions_are_kept(folder: Path, tmp_path: Path) -> None:
    """What a document said before is packed away with its records and comes out with an export."""
    path = folder / "2025_甲市_工作要点.txt"
    with open_store(tmp_path / "a.db", create=True) as store:
        first = None
        for number in (1500, 9000, 8000):
            path.write_text(PLAN.format(place="甲市", number=number), "utf-8")
            ingest([folder], store, OPTIONS)
            first = first or extract_file(path, OPTIONS).lines
        stored = [
            orjson.loads(line) for lines in export_lines(store) for line in lines.splitlines() if line.startswith(b'{"record":"stored"')
        ]
        (revisions,) = [row["revisions"] for row in stored if row["revisions"]]
        assert [1, 2] == [item["revision"] for item in revisions]
        assert first is not None
        assert first.decode() == revisions[0]["lines"]
        assert [] == list(find_faults(store))


def test_file_that_breaks_or_vanishes_keeps_its_document(folder: Path, tmp_path: Path) -> None:
    """A failure is told; what the store holds of the file stays until somebody removes it."""
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([folder], store, OPTIONS)
        (folder / "2025_甲市_工作要点.txt").write_bytes(b"")
        (folder / "2025_乙市_工作要点.txt").unlink()
        summary = ingest([folder], store, OPTIONS)
        assert {"new": 0, "unchanged": 1, "revised": 0, "reread": 0, "failed": 1} == summary.counts
        assert 1 == len(summary.failures)
        assert 3 == len(list(store.documents()))


def test_progress_counts_every_file(folder: Path, tmp_path: Path) -> None:
    """Files that need no work count as done from the start."""
    told: list[tuple[int, int]] = []
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([folder / "2025_甲市_工作要点.txt"], store, OPTIONS)
        ingest([folder], store, OPTIONS, progress=lambda done, total: told.append((done, total)))
    assert [(2, 3), (3, 3)] == told


def test_marked_documents_are_refused(folder: Path, tmp_path: Path) -> None:
    """A secret document gets into a store only when that is asked for."""
    (folder / "密件.txt").write_text("机密★1年\n某市2025年工作要点\n到2025年底，新建停车位5个。\n", "utf-8")
    with open_store(tmp_path / "a.db", create=True) as store:
        assert 1 == ingest([folder], store, OPTIONS).counts["failed"]
        assert 1 == ingest([folder], store, Options(allow_marked=True)).counts["new"]


def test_command_names_copies(folder: Path, tmp_path: Path) -> None:
    """A file whose text is there under another name is told with that name."""
    copy = folder / "另存.txt"
    copy.write_bytes((folder / "2025_甲市_工作要点.txt").read_bytes())
    ran = run_cli("ingest", str(folder), "--db", str(tmp_path / "a.db"), "--jobs", "2")
    assert 0 == ran.returncode
    assert ["其中 1 份与库内文件内容相同，已标注，不重复入库："] == ran.stderr.splitlines()[1:2]
    assert str(copy) in ran.stderr
