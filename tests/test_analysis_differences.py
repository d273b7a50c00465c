"""Two extractions side by side, and tables that say what made them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from pipeline.analysis.differences import Difference, Extracted, compare_extractions, extracted_again, of_file, stored
from pipeline.analysis.saving import save_frame
from pipeline.batch import Options
from pipeline.provenance import provenance_of
from pipeline.store import open_store
from pipeline.store.corrections import Person, correct
from pipeline.store.ingest import ingest
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store of two years of the sample corpus."""
    with open_store(tmp_path / "office.db", create=True) as store:
        ingest([ROOT / "corpus" / "2021", ROOT / "corpus" / "2022"], store, Options())
        yield store


def row(name: str, text: str = "15个", start: int = 0, **other: Any) -> dict[str, Any]:
    """A quantity."""
    return {"record": "quantity", "id": name, "doc_id": "a", "span": [start, start + len(text)], "text": text, "confidence": 0.9, **other}


def compared(before: list[dict[str, Any]], after: list[dict[str, Any]], content: str = "1") -> list[Difference]:
    """The differences between two extractions of document “a”, whose text is another where ``content`` is."""
    return list(compare_extractions([Extracted("a", "1", tuple(before))], [Extracted("a", content, tuple(after))]))


def test_a_store_and_the_same_program_agree(store: SqliteStore) -> None:
    """Extracting again what was stored by this program changes nothing."""
    found = list(compare_extractions(stored(store), extracted_again(store), confidence=True))
    assert {"same"} == {difference.change for difference in found}
    assert sum(1 for kind in ("task", "quantity", "deadline") for _ in store.rows(kind)) == len(found)


def test_a_file_and_the_store_agree(store: SqliteStore, tmp_path: Path) -> None:
    """JSON lines from ``extract`` are compared with a store, document by document."""
    path = tmp_path / "records.jsonl"
    assert 0 == run_cli("extract", "corpus/2021", "corpus/2022", "-o", str(path)).returncode
    assert {"same"} == {difference.change for difference in compare_extractions(of_file(path), stored(store))}


def test_what_people_corrected_is_a_change(store: SqliteStore) -> None:
    """With corrections the store differs from itself without them where a person decided."""
    first = next(store.quantities())
    correct(store, first.id, "edit", Person("王敏"), {"unit": "处"})
    second = list(store.quantities())[1]
    correct(store, second.id, "reject", Person("王敏"))
    found = [one for one in compare_extractions(stored(store), stored(store, corrected=True)) if one.change != "same"]
    assert {("changed", first.id), ("gone", second.id)} <= {(one.change, one.before) for one in found}
    assert (first.unit, "处") == next(one.fields["unit"] for one in found if one.before == first.id)


@pytest.mark.parametrize(
    ("before", "after", "content", "expected"),
    [
        ([row("q1")], [row("q1")], "1", [("same", "q1", "q1", [])]),
        ([row("q1", unit="个")], [row("q1", unit="处")], "1", [("changed", "q1", "q1", ["unit"])]),
        ([row("q1")], [row("q9")], "1", [("same", "q1", "q9", [])]),  # 同一位置，编号变了
        ([row("q1", "15个")], [row("q9", "15个以上")], "1", [("new", None, "q9", []), ("gone", "q1", None, [])]),
        ([row("q1", start=0)], [row("q9", start=7)], "2", [("same", "q1", "q9", [])]),  # 正文变了，按原话对上
        ([row("q1", start=0)], [row("q9", start=7)], "1", [("new", None, "q9", []), ("gone", "q1", None, [])]),
        ([row("q1"), row("q2")], [row("q2")], "1", [("same", "q2", "q2", []), ("gone", "q1", None, [])]),
        ([row("q1", confidence=0.5)], [row("q1")], "1", [("same", "q1", "q1", [])]),
        ([], [row("q1")], "1", [("new", None, "q1", [])]),
    ],
)
def test_records_find_their_partner(before: list[Any], after: list[Any], content: str, expected: list[Any]) -> None:
    """By id, else by place in the same text, else by words in another text."""
    assert expected == [(one.change, one.before, one.after, list(one.fields)) for one in compared(before, after, content)]


def test_documents_of_one_side_only() -> None:
    """A document that came or went gives all of its records as new or gone."""
    found = compare_extractions([Extracted("a", "1", (row("q1"),))], [Extracted("b", "1", (row("q2", doc_id="b"),))])
    assert Counter({("b", "new"): 1, ("a", "gone"): 1}) == Counter((one.doc_id, one.change) for one in found)


def test_confidence_counts_where_asked() -> None:
    """A model that was trained again moves confidences; that is shown only on request."""
    before, after = Extracted("a", "1", (row("q1", confidence=0.5),)), Extracted("a", "1", (row("q1"),))
    assert ["changed"] == [one.change for one in compare_extractions([before], [after], confidence=True)]


def test_provenance_names_program_rules_models_and_store(store: SqliteStore) -> None:
    """What stands behind a figure can be told later, and moves with the store."""
    first = provenance_of(store)
    next_id = next(store.quantities()).id
    correct(store, next_id, "confirm", Person("王敏"))
    second = provenance_of(store)
    assert {"status", "actions", "quantities"} <= set(first.models)
    assert ("office.db", True) == (first.store, second.generation != first.generation)
    assert (first.program, first.rules, first.models) == (second.program, second.rules, second.models)
    assert all(part in first.line() for part in (first.program, first.rules, "office.db"))


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet", ".jsonl"])
def test_saved_tables_say_what_made_them(suffix: str, store: SqliteStore, tmp_path: Path) -> None:
    """Every table carries program, rules, models, store and day, in it or beside it; formulas stay text."""
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"indicator": ["=1+1", "绿道"], "low": [1.5, None], "responsible": [["甲局", "乙局"], []]})
    made_by = provenance_of(store)
    path = save_frame(frame, tmp_path / f"表{suffix}", made_by)
    if suffix == ".parquet":
        import pyarrow.parquet as pq

        table = pq.read_table(path)
        assert made_by.row() == orjson.loads(table.schema.metadata[b"provenance"])
        assert frame["low"].dropna().tolist() == table.to_pandas()["low"].dropna().tolist()
    elif suffix == ".xlsx":
        import openpyxl

        book = openpyxl.load_workbook(path)
        assert ["数据", "说明"] == book.sheetnames
        assert ("指标", "'=1+1", "甲局；乙局") == (book["数据"]["A1"].value, book["数据"]["A2"].value, book["数据"]["C2"].value)
        assert made_by.program in [cell.value for cell in book["说明"]["B"]]
    else:
        about = orjson.loads((tmp_path / f"表{suffix}.provenance.json").read_bytes())
        assert made_by.row() == about
        assert ("'=1+1" if suffix == ".csv" else "=1+1") in path.read_text("utf-8-sig")


def test_command_shows_what_differs(store: SqliteStore, tmp_path: Path) -> None:
    """Two files, or a store beside this program: a line for each record that differs, and counts."""
    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    assert 0 == run_cli("extract", "corpus/2021", "-o", str(path)).returncode
    lines = path.read_bytes().splitlines()
    changed = next(number for number, line in enumerate(lines) if b'"record":"quantity"' in line)
    row = orjson.loads(lines[changed])
    lines[changed] = orjson.dumps({**row, "unit": "处"})
    other.write_bytes(b"\n".join(lines[:-1]) + b"\n")
    ran = run_cli("compare-records", str(path), str(other))
    assert (0, True, True) == (ran.returncode, f"unit：{row['unit']} → 处" in ran.stdout, "有变1，新增0，消失1" in ran.stdout)
    shown = [orjson.loads(line) for line in run_cli("compare-records", str(path), str(other), "--json").stdout.splitlines()]
    assert ["changed", "gone"] == [one["change"] for one in shown]
    assert "有变0，新增0，消失0" in run_cli("compare-records", str(store.path)).stdout
