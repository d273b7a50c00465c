"""Every file that goes out says what made it: rules, models, store and day; and the same input gives the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import orjson
import pytest
from pyarrow import parquet

from pipeline.batch import Options
from pipeline.export import FORMATS, beside, write_beside, write_records
from pipeline.ledger.documents import write_breakdown, write_excerpt
from pipeline.ledger.workbook_out import Book, write_ledger
from pipeline.provenance import Provenance, program_version, provenance_of, told_rows
from pipeline.store import open_store
from pipeline.store.exchange import export_store
from pipeline.store.ingest import ingest
from tests.records_by_hand import extraction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import SqliteStore

ROOT = Path(__file__).parents[1]
DAY = date(2024, 6, 30)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqliteStore]:
    """A store of one document."""
    path = tmp_path_factory.mktemp("provenance") / "office.db"
    with open_store(path, create=True) as made:
        ingest([ROOT / "corpus/2024/2024_澜川_政府工作报告.txt"], made, Options())
        yield made


def told_by(path: Path) -> dict[str, Any]:
    """What a file, or the one beside it, says of what made it."""
    if path.suffix == ".parquet":
        return dict(orjson.loads(parquet.read_metadata(path).metadata[b"provenance"]))
    if path.suffix == ".xlsx":
        rows = dict(openpyxl.load_workbook(path)["说明"].iter_rows(min_row=2, values_only=True))
        names = {"program": "程序版本", "rules": "规则版本", "store": "资料库", "as_of": "基准日"}
        return {name: rows.get(heading) for name, heading in names.items()}
    return dict(orjson.loads(beside(path).read_bytes()))


@pytest.mark.parametrize("suffix", FORMATS)
def test_files_of_records_say_what_made_them(tmp_path: Path, suffix: str) -> None:
    """In the file where its format has a place for it, else beside it; nothing else lies in the folder."""
    path = tmp_path / f"记录{suffix}"
    write_records([extraction()], path)
    made = provenance_of()
    assert (made.program, made.rules) == (told_by(path)["program"], told_by(path)["rules"])
    assert {path, beside(path)} >= set(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", FORMATS)
def test_exports_of_a_store_say_which_store(tmp_path: Path, store: SqliteStore, suffix: str) -> None:
    """The store's name stands beside the versions."""
    export_store(store, tmp_path / f"全部{suffix}")
    assert ("office.db", program_version()) == tuple(told_by(tmp_path / f"全部{suffix}")[name] for name in ("store", "program"))


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
def test_the_ledger_says_of_which_day_it_is(tmp_path: Path, store: SqliteStore, suffix: str) -> None:
    """Lights hold for a day: it is named."""
    write_ledger([], tmp_path / f"台账{suffix}", Book(DAY, made_by=provenance_of(store, DAY)))
    assert ("office.db", "2024-06-30") == tuple(told_by(tmp_path / f"台账{suffix}")[name] for name in ("store", "as_of"))


def test_papers_hold_what_made_them_among_their_properties(tmp_path: Path, store: SqliteStore) -> None:
    """The text of a paper stays as an office wants it."""
    import docx

    made = provenance_of(store, DAY)
    write_breakdown([], tmp_path / "表.docx", made_by=made)
    paper = docx.Document(str(tmp_path / "表.docx"))
    assert ("", made.line()) == (paper.core_properties.author, paper.core_properties.comments)
    assert all(part in made.line() for part in (made.program, made.rules, "office.db", "2024-06-30"))


@pytest.mark.parametrize("name", ["a.xlsx", "a.docx"])
def test_packages_hold_no_time(tmp_path: Path, name: str) -> None:
    """Workbooks and papers are ZIP archives; their members are all of the first day that ZIP knows, so that bytes can be compared."""
    written = []
    for folder in ("first", "second"):
        path = tmp_path / folder / name
        path.parent.mkdir()
        if name.endswith("docx"):
            write_excerpt([("甲", "乙")], path)
        else:
            write_records([extraction()], path)
        with zipfile.ZipFile(path) as archive:
            assert {(1980, 1, 1, 0, 0, 0)} == {member.date_time for member in archive.infolist()}
        written.append(path.read_bytes())
    assert written[0] == written[1]


def test_program_is_that_of_the_records_in_the_store(store: SqliteStore) -> None:
    """A store that another version has filled says so."""
    assert (program_version(),) == provenance_of(store).read_by
    assert {"status", "actions", "quantities"} == provenance_of().models.keys()
    assert {"encoder", "thesaurus"} <= provenance_of(store).models.keys()


def test_what_made_a_file_is_told_in_chinese() -> None:
    """What is not known has no row."""
    made = Provenance("p", "r", {"status": "s", "actions": "a"}, as_of="2024-06-30")
    expected = [("程序版本", "p"), ("规则版本", "r"), ("模型版本", "status s；actions a"), ("基准日", "2024-06-30")]
    assert expected == told_rows(made.row())


def test_the_file_beside_has_a_name_that_file_systems_take(tmp_path: Path) -> None:
    """The longest name of a file still gets one beside it; a pipe gets none."""
    path = tmp_path / ("报" * 83 + ".jsonl")
    path.write_bytes(b"")
    told = write_beside(path, {"program": "p"})
    assert told is not None
    assert {"program": "p"} == orjson.loads(told.read_bytes())
    assert write_beside(Path(os.devnull), {}) is None


def test_starting_to_extract_loads_no_more_than_it_needs() -> None:
    """Workbooks, tables and hashes wait until a file is written."""
    code = "import sys, cli, pipeline.batch, pipeline.terminal; print({'openpyxl', 'pyarrow', 'pipeline.provenance'} & set(sys.modules))"
    assert "set()" == subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
