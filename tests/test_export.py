"""Exports keep every field, load where they are meant to load, and hold nothing that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import openpyxl
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline.export import FORMATS, ExportError, json_lines, open_export, read_rows, write_records
from pipeline.export.csv import CsvFile
from pipeline.export.jsonl import JsonLinesError, read_objects
from pipeline.export.parquet import SCHEMA
from pipeline.export.rows import COLUMNS, safe_text
from pipeline.export.xlsx import XlsxFile
from pipeline.records import Deadline, Document, Quantity, Task
from tests.records_by_hand import TEXT, extraction

if TYPE_CHECKING:
    from pathlib import Path

DANGEROUS = ["=1+1", "+8613800000000", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", "  =1+1", "＝1＋1", "＠SUM(A1)", "\x00=1+1"]
HARMLESS = ["到2025年底", "5%", "——工作报告", "（一）重点", "2022-2025年", "'引号'", ""]


def sheet_rows(path: Path, title: str) -> list[dict[str, Any]]:
    """The rows of one sheet under their headings."""
    head, *rows = openpyxl.load_workbook(path)[title].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_json_lines_follow_the_record_contract() -> None:
    """Document, tasks, quantities, deadlines; `record` first; spans and other tuples as lists; nothing lost."""
    document, task, quantity, deadline = read_rows(json_lines(extraction()))
    assert ["document", "task", "quantity", "deadline"] == [row["record"] for row in (document, task, quantity, deadline)]
    assert {"record", *(field.name for field in fields(Document))} == document.keys()
    for kind, row in ((Task, task), (Quantity, quantity), (Deadline, deadline)):
        assert ["record", *(field.name for field in fields(kind))] == list(row)
    assert ([0, 22], [{"verb": "新建", "object": "停车位"}]) == (task["span"], task["actions"])
    assert {"text": "各县", "canonical": None, "role": "cooperating", "basis": "bracket"} == task["units"][1]
    assert [{"code": "masked_values", "message": "第2行有被隐去的数字", "span": [23, 27]}] == document["warnings"]
    assert TEXT == document["text"]


def test_no_text_leaves_only_the_document_text_out() -> None:
    """Without the text a document is small; what was found keeps its own words."""
    whole, bare = (read_rows(json_lines(extraction(), with_text=with_text)) for with_text in (True, False))
    assert "text" not in bare[0]
    assert whole[1:] == bare[1:]


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_any_text_survives_json_lines(text: str) -> None:
    """What is written is read again, one object a line, whatever characters stand in it."""
    lines = json_lines(extraction(text=text or "。"))
    assert text or "。" == read_rows(lines)[0]["text"]
    assert 4 == lines.count(b"\n")
    assert [json.loads(line) for line in lines.decode().split("\n")[:-1]] == read_rows(lines)


def test_csv_opens_in_excel_and_keeps_field_names(tmp_path: Path) -> None:
    """UTF-8 with a byte-order mark, one row for each record, spans as numbers, lists joined or as JSON."""
    path = tmp_path / "r.csv"
    write_records([extraction()], path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfrecord,id,")
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert ["document", "task", "quantity", "deadline"] == [row["record"] for row in rows]
    assert list(COLUMNS) == list(rows[0])
    assert ("0", "22", "一、重点；（一）城建") == (rows[1]["span_start"], rows[1]["span_end"], rows[1]["section"])
    assert [{"verb": "新建", "object": "停车位"}] == json.loads(rows[1]["actions"])
    assert ("4500", ">=", "false") == (rows[2]["low"], rows[2]["comparator"], rows[2]["masked"])


def test_every_field_has_a_column() -> None:
    """A field that is added to a record does not silently miss in tables."""
    names = {field.name for kind in (Document, Task, Quantity, Deadline) for field in fields(kind)} - {"span"}
    assert names | {"record", "span_start", "span_end"} == set(COLUMNS)


@pytest.mark.parametrize("text", DANGEROUS)
def test_formula_cells_are_neutralised(tmp_path: Path, text: str) -> None:
    """A title that begins like a formula is shown with an apostrophe, in CSV and in the workbook, and is never a formula cell."""
    item = extraction(title=text)
    for name in ("r.csv", "r.xlsx"):
        write_records([item], tmp_path / name)
    table = list(csv.DictReader(io.StringIO((tmp_path / "r.csv").read_bytes().decode("utf-8-sig"), newline="")))
    cell = openpyxl.load_workbook(tmp_path / "r.xlsx")["文件"]["A2"]
    assert "'" == table[0]["title"][0]
    assert ("s", "'") == (cell.data_type, str(cell.value)[0])


@pytest.mark.parametrize("text", HARMLESS)
def test_other_cells_stay_as_they_are(text: str) -> None:
    """Dashes of headings, ranges and brackets are no formulas."""
    assert text == safe_text(text)


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(text: str) -> None:
    """Whatever a document says, no cell starts with a character that a spreadsheet acts on; cleaning twice is cleaning once."""
    cell = safe_text(text)
    assert not cell.lstrip().startswith(tuple("=+-@＝＋－＠"))
    assert not cell.startswith(("\t", "\r", "\n"))
    assert cell == safe_text(cell)


def test_workbook_has_a_sheet_for_each_kind(tmp_path: Path) -> None:
    """Officers read Chinese headings and words; the figures are numbers; task and quantity name each other by their words."""
    path = tmp_path / "r.xlsx"
    write_records([extraction()], path)
    assert ["任务", "数量", "时限", "文件", "说明"] == openpyxl.load_workbook(path).sheetnames
    (task,), (quantity,), (deadline,) = (sheet_rows(path, title) for title in ("任务", "数量", "时限"))
    assert ("部署", "新建 停车位", "牵头 市住建局（甲市住房和城乡建设局）；配合 各县") == (task["语句性质"], task["动作"], task["责任单位"])
    assert ("4500个", "到2025年底", "甲市工作要点") == (task["数量"], task["时限"], task["文件"])
    assert ("目标", "不低于", 4500, "否") == (quantity["数量性质"], quantity["比较"], quantity["下限"], quantity["数字被隐去"])
    assert TEXT[0:22] == quantity["所在句子"] == deadline["所在句子"]


def test_workbook_drops_characters_that_xml_cannot_hold(tmp_path: Path) -> None:
    """A control character in a title does not make the workbook unreadable."""
    write_records([extraction(title="甲\x00\x0b\x1f\ufffe市")], tmp_path / "r.xlsx")
    assert "甲市" == sheet_rows(tmp_path / "r.xlsx", "文件")[0]["标题"]


def test_workbook_continues_on_another_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More rows than Excel opens in a sheet go on in the next."""
    monkeypatch.setattr("pipeline.export.xlsx._SHEET_LIMIT", 3)
    write_records([extraction(doc_id=f"甲市-{number}") for number in range(5)], tmp_path / "r.xlsx")
    counts = {sheet.title: sheet.max_row - 1 for sheet in openpyxl.load_workbook(tmp_path / "r.xlsx") if sheet.title.startswith("任务")}
    assert {"任务": 2, "任务2": 2, "任务3": 1} == counts


def test_parquet_has_one_schema_and_keeps_nesting(tmp_path: Path) -> None:
    """The same columns and types with and without records of a kind; lists and objects stay what they are."""
    full, bare = tmp_path / "full.parquet", tmp_path / "bare.parquet"
    write_records([extraction()], full)
    write_records([replace(extraction(), tasks=(), quantities=(), deadlines=())], bare)
    assert SCHEMA.equals(parquet.read_schema(full))
    assert SCHEMA.equals(parquet.read_schema(bare))
    rows = parquet.read_table(full).to_pylist()
    assert [0, 22, [{"verb": "新建", "object": "停车位"}]] == [rows[1][name] for name in ("span_start", "span_end", "actions")]
    assert (4500.0, False, "甲市-1-t1") == (rows[2]["low"], rows[2]["masked"], rows[2]["task"])


def test_parquet_loads_into_pandas(tmp_path: Path) -> None:
    """An analyst reads the file with one call and filters by kind."""
    pandas: Any = pytest.importorskip("pandas", reason="needs the analysis extra: pip install -e .[analysis]")
    write_records([extraction(doc_id="甲市-1"), extraction(doc_id="乙市-1")], tmp_path / "r.parquet")
    table = pandas.read_parquet(tmp_path / "r.parquet")
    assert ["甲市-1", "乙市-1"] == table[table.record == "quantity"].doc_id.tolist()


def test_parquet_writes_groups_as_it_goes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows do not pile up in memory."""
    monkeypatch.setattr("pipeline.export.parquet._GROUP_ROWS", 8)
    write_records([extraction(doc_id=f"甲市-{number}") for number in range(5)], tmp_path / "r.parquet")
    assert 3 == parquet.ParquetFile(tmp_path / "r.parquet").num_row_groups


@pytest.mark.parametrize("suffix", FORMATS)
def test_no_documents_give_a_readable_file(tmp_path: Path, suffix: str) -> None:
    """An empty batch leaves a valid file without records."""
    write_records([], tmp_path / f"r{suffix}")
    readers: dict[str, Any] = {
        ".jsonl": lambda path: path.read_text("utf-8").splitlines(),
        ".csv": lambda path: path.read_text("utf-8-sig").splitlines()[1:],
        ".xlsx": lambda path: sheet_rows(path, "任务"),
        ".parquet": lambda path: parquet.read_table(path).to_pylist(),
    }
    assert [] == readers[suffix](tmp_path / f"r{suffix}")


@pytest.mark.parametrize("suffix", FORMATS)
def test_broken_run_leaves_the_old_file(tmp_path: Path, suffix: str) -> None:
    """When something fails half-way the earlier export stays whole and no half file lies beside it."""
    path = tmp_path / f"r{suffix}"
    path.write_bytes(b"old")

    def write_half() -> None:
        with open_export(path) as records:
            records.add(json_lines(extraction()))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_half()
    assert ([path], b"old") == (list(tmp_path.iterdir()), path.read_bytes())


def test_link_stays_a_link(tmp_path: Path) -> None:
    """An export through a link replaces the file that the link names."""
    (tmp_path / "target.jsonl").write_text("old")
    (tmp_path / "link.jsonl").symlink_to("target.jsonl")
    write_records([extraction()], tmp_path / "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink()
    assert 4 == len((tmp_path / "target.jsonl").read_text("utf-8").splitlines())


def test_missing_folders_are_made(tmp_path: Path) -> None:
    """The folder to write into need not exist."""
    write_records([extraction()], tmp_path / "a" / "b" / "r.jsonl")
    assert (tmp_path / "a" / "b" / "r.jsonl").is_file()


@pytest.mark.parametrize("name", ["r.txt", "r", "r.json"])
def test_unknown_suffix_is_refused_with_the_known_ones(tmp_path: Path, name: str) -> None:
    """The message says which names would do."""
    with pytest.raises(ExportError, match=r"\.jsonl \.csv \.xlsx \.parquet"):
        write_records([], tmp_path / name)


def test_folder_is_no_export(tmp_path: Path) -> None:
    """A folder that is called like an export is not written over."""
    (tmp_path / "r.csv").mkdir()
    with pytest.raises(ExportError, match=r"r\.csv"):
        write_records([], tmp_path / "r.csv")


@pytest.mark.parametrize("line", ["{", "[1]", '"x"'])
def test_bad_json_line_is_named(tmp_path: Path, line: str) -> None:
    """File and line of what is no JSON object."""
    path = tmp_path / "cases.jsonl"
    path.write_text('\ufeff{"id": 1}\n\n' + line + "\n", "utf-8")
    with pytest.raises(JsonLinesError, match=r"cases\.jsonl: line 3: not"):
        list(read_objects(path))


@pytest.mark.parametrize("table", [CsvFile, XlsxFile])
def test_tables_do_not_change_the_records(table: type[CsvFile | XlsxFile]) -> None:
    """The same lines give the same table however often they are added."""
    buffer = io.BytesIO()
    file = table(buffer)
    lines = json_lines(extraction())
    file.add(lines)
    file.add(lines)
    file.finish()
    assert lines == json_lines(extraction())
    assert buffer.tell() > 0
    assert orjson.loads(lines.split(b"\n")[1])["record"] == "task"
