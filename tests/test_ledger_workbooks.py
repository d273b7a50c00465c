"""The ledger goes out as workbooks and comes back damaged in every way that offices know; nothing is lost, nothing is guessed."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
import zipfile
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import docx
import openpyxl
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import parquet

from pipeline.errors import ReadError
from pipeline.export import ExportError
from pipeline.ledger.book import By, item, put, put_many
from pipeline.ledger.columns import columns, layout
from pipeline.ledger.documents import write_breakdown, write_excerpt, write_notice, write_slip
from pipeline.ledger.history import history
from pipeline.ledger.items import extend, items
from pipeline.ledger.model import Item, LedgerError, Party
from pipeline.ledger.report import report
from pipeline.ledger.workbook_cells import CellError, day_of, share_of, state_of
from pipeline.ledger.workbook_guard import check_workbook
from pipeline.ledger.workbook_in import ImportReport, import_files
from pipeline.ledger.workbook_out import HEAD_ROW, Book, Sheet, write_by_unit, write_ledger, write_workbook
from pipeline.ledger.workbook_sheets import sheets
from pipeline.store import SqliteStore, open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

BY = By("督查室", "2024-04-01T09:00:00")
LATER = By("督查室", "2024-07-02T09:00:00")
DAY = date(2024, 6, 30)
HEADINGS = {one.field: one.heading for one in columns()}
HOUSING, URBAN = Party("市住建局"), Party("市城管局")
EMPTY: dict[str, Any] = {
    "source": "政府工作报告",
    "basis": "=2024年工作要点",
    "doc_number": "澜政〔2024〕1号",
    "level1": "一、提升",
    "level2": "",
}


def made(place: int, task: str, **values: Any) -> Item:
    """An item of the ledger."""
    number = f"2024-{place:04d}"
    fixed: dict[str, Any] = {"number": number, "key": f"key-{place}", "clause": f"第{place}条", "task": task, "original": task}
    return Item(**{**EMPTY, **fixed, **values})


ITEMS = (
    made(1, "新增公共停车位4500个以上", deadline="2024-12-31", lead=(URBAN,), cooperating=(HOUSING,)),
    made(2, "改造老旧小区20个", deadline="2024-06-30", lead=(HOUSING,), state="推进中", completion=30.0, problems="资金不足"),
    made(3, "+推进垃圾分类", lead=(URBAN,)),
    made(4, "开展违建整治", lead=()),
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store whose ledger holds four items."""
    with open_store(tmp_path / "office.db", create=True) as opened:
        put_many(opened, [(None, one) for one in ITEMS], BY)
        yield opened


def sent(folder: Path, name: str = "返回.xlsx", own: tuple[Item, ...] = ITEMS, unit: str = "市城管局") -> Path:
    """A workbook as it was sent out."""
    path = folder / name
    write_workbook(own, path, Book(DAY, unit=unit))
    return path


def edited(path: Path, change: Callable[[Any], object], title: str = "任务台账") -> Path:
    """The workbook after somebody has worked on it."""
    workbook = openpyxl.load_workbook(path)
    change(workbook[title])
    workbook.save(path)
    return path


def column_of(sheet: Any, heading: str) -> int:
    """The place of a heading."""
    return next(cell.column for row in sheet.iter_rows() for cell in row if cell.value == heading)  # type: ignore[no-any-return]


def typed(place: int, **values: Any) -> Callable[[Any], None]:
    """Types values into the row of an item."""

    def change(sheet: Any) -> None:
        for field, value in values.items():
            sheet.cell(HEAD_ROW + place, column_of(sheet, HEADINGS[field])).value = value

    return change


def all_of(*changes: Callable[[Any], object]) -> Callable[[Any], None]:
    """One change after the other."""

    def change(sheet: Any) -> None:
        for one in changes:
            one(sheet)

    return change


def without(*headings: str) -> Callable[[Any], None]:
    """Deletes columns."""

    def change(sheet: Any) -> None:
        for heading in headings:
            sheet.delete_cols(column_of(sheet, heading))

    return change


def reordered(sheet: Any) -> None:
    """Sorts the rows the other way round."""
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=HEAD_ROW + 1, max_row=HEAD_ROW + len(ITEMS))]
    for place, values in enumerate(reversed(rows), start=HEAD_ROW + 1):
        for column, value in enumerate(values, start=1):
            sheet.cell(place, column).value = value


def shifted(sheet: Any) -> None:
    """Sorts all columns but the hidden ones, as a sort of a selection does."""
    keys = [[cell.value for cell in row[-2:]] for row in sheet.iter_rows(min_row=HEAD_ROW + 1, max_row=HEAD_ROW + len(ITEMS))]
    reordered(sheet)
    for place, (key, base) in enumerate(keys, start=HEAD_ROW + 1):
        last = column_of(sheet, layout()["base"])
        sheet.cell(place, last - 1).value, sheet.cell(place, last).value = key, base


def swapped_columns(sheet: Any) -> None:
    """Moves a column to the end of the table."""
    place = column_of(sheet, HEADINGS["state"])
    values = [sheet.cell(row, place).value for row in range(1, sheet.max_row + 1)]
    sheet.delete_cols(place)
    end = sheet.max_column + 1
    for row, value in enumerate(values, start=1):
        sheet.cell(row, end).value = value


def filtered(sheet: Any) -> None:
    """Hides rows by a filter."""
    for row in range(HEAD_ROW + 1, HEAD_ROW + len(ITEMS)):
        sheet.row_dimensions[row].hidden = True


def merged_cells(sheet: Any) -> None:
    """Merges equal cells, which empties all but the first."""
    place = column_of(sheet, HEADINGS["source"])
    sheet.merge_cells(start_row=HEAD_ROW + 1, end_row=HEAD_ROW + 4, start_column=place, end_column=place)


def doubled(sheet: Any) -> None:
    """Copies a row below the others and says otherwise in the copy."""
    for column in range(1, sheet.max_column + 1):
        sheet.cell(HEAD_ROW + 8, column).value = sheet.cell(HEAD_ROW + 2, column).value
    typed(2, problems="拆迁受阻")(sheet)
    typed(8, problems="缺少人手")(sheet)


def pasted_headings(sheet: Any) -> None:
    """Repeats the headings in the middle, as where tables were pasted together."""
    for column in range(1, sheet.max_column + 1):
        sheet.cell(HEAD_ROW + 7, column).value = sheet.cell(HEAD_ROW, column).value


def percent(sheet: Any) -> None:
    """Formats the completion as a percentage."""
    cell = sheet.cell(HEAD_ROW + 2, column_of(sheet, HEADINGS["completion"]))
    cell.value, cell.number_format = 0.85, "0%"


def renamed(sheet: Any) -> None:
    """Gives the sheet another name."""
    sheet.title = "Sheet1"


def retitled(sheet: Any) -> None:
    """Breaks headings over lines and uses brackets of another width."""
    for old, new in (("完成率（%）", "完成率\n(%)"), ("办理状态", " 办理 状态："), ("本期进展", "本期进展*")):
        sheet.cell(HEAD_ROW, column_of(sheet, old)).value = new


Told = tuple[dict[tuple[int, str], str], int, set[tuple[int, str]], int]
NOTHING: Told = ({}, 0, set(), 0)
STARTED = typed(1, state="推进中")
START: dict[tuple[int, str], str] = {(1, "state"): "推进中"}
DAMAGE: dict[str, tuple[Callable[[Any], object], Told]] = {
    "as it was sent": (lambda _: None, NOTHING),
    "rows reordered": (all_of(STARTED, reordered), (START, 0, set(), 0)),
    "rows filtered": (all_of(STARTED, filtered), (START, 0, set(), 0)),
    "columns moved": (all_of(STARTED, swapped_columns), (START, 0, set(), 0)),
    "sheet renamed": (all_of(STARTED, renamed), (START, 0, set(), 0)),
    "headings re-typed": (all_of(STARTED, retitled), (START, 0, set(), 0)),
    "title block deleted": (all_of(STARTED, lambda sheet: sheet.delete_rows(1, HEAD_ROW - 1)), (START, 0, set(), 0)),
    "rows put above": (all_of(STARTED, lambda sheet: sheet.insert_rows(1, 5)), (START, 0, set(), 0)),
    "protected columns deleted": (all_of(STARTED, without("依据文件", "原文", "完成时限")), (START, 0, set(), 0)),
    "hidden columns deleted": (all_of(STARTED, without(layout()["key"], layout()["base"])), (START, 0, set(), 0)),
    "key kept, number deleted": (all_of(STARTED, without("任务编号")), (START, 0, set(), 0)),
    "rows deleted": (all_of(STARTED, lambda sheet: sheet.delete_rows(HEAD_ROW + 2, 2)), (START, 0, set(), 0)),
    "headings repeated": (all_of(STARTED, pasted_headings), (START, 0, set(), 0)),
    "cells merged": (all_of(STARTED, merged_cells), (START, 0, set(), 0)),
    "filled cells emptied": (typed(2, problems=None, completion="", state=" "), NOTHING),
    "blanks and line breaks": (typed(2, problems=" 资金\n不足 ", task="改造老旧小区 20个"), NOTHING),
    "date re-typed with dots": (typed(2, deadline="2024.6.30"), NOTHING),
    "date re-typed in words": (typed(2, deadline="6月底"), NOTHING),
    "date as a serial number": (typed(2, deadline=45473), NOTHING),
    "date as a date": (typed(2, deadline=datetime(2024, 6, 30)), NOTHING),
    "missing date filled in": (typed(3, deadline="年底前"), ({(3, "deadline"): "2024-12-31"}, 0, set(), 0)),
    "missing lead filled in": (typed(4, lead="市城管局、市公安局"), ({(4, "lead"): "市城管局、市公安局"}, 0, set(), 0)),
    "date put off": (typed(2, deadline="2024年12月底"), ({}, 0, {(2, "deadline")}, 0)),
    "task rewritten": (typed(2, task="改造老旧小区10个"), ({}, 0, {(2, "task")}, 0)),
    "state in other words": (typed(1, state="进行中"), (START, 0, set(), 0)),
    "state that a unit may not give": (typed(1, state="已销号"), ({}, 0, {(1, "state")}, 0)),
    "state unknown": (typed(1, state="差不多", problems="无"), ({}, 0, set(), 1)),
    "completion as a percentage": (percent, ({(2, "completion"): "85"}, 0, set(), 0)),
    "completion with a sign": (typed(2, completion="８５％"), ({(2, "completion"): "85"}, 0, set(), 0)),
    "completion unclear": (typed(2, completion=0.85), ({}, 0, set(), 1)),
    "completion in words": (typed(2, completion="大部分"), ({}, 0, set(), 1)),
    "formula error": (typed(1, problems="#REF!"), ({}, 0, set(), 1)),
    "broken row beside a good one": (all_of(STARTED, typed(2, completion=300)), (START, 0, set(), 1)),
    "row added": (typed(6, task="新建口袋公园3个", deadline="2024-10-31"), ({}, 1, set(), 0)),
    "row added without a task": (typed(6, problems="见附件"), ({}, 0, set(), 1)),
    "row copied": (doubled, ({}, 0, {(2, "problems")}, 0)),
    "keys moved apart from rows": (shifted, ({}, 0, set(), 4)),
    "key unknown": (lambda sheet: setattr(sheet.cell(HEAD_ROW + 1, column_of(sheet, layout()["key"])), "value", "x"), ({}, 0, set(), 1)),
    "marks damaged": (
        all_of(STARTED, lambda sheet: setattr(sheet.cell(HEAD_ROW + 1, column_of(sheet, layout()["base"])), "value", "{")),
        (START, 0, set(), 0),
    ),
    "formula typed": (typed(1, remark="'=1+1"), ({(1, "remark"): "=1+1"}, 0, set(), 0)),
}


def told(result: ImportReport) -> Told:
    """What a report says, short."""
    taken = {(int(one.number[-4:]), one.field): one.new.value for one in result.taken}
    conflicts = {(int(one.number[-4:]), one.field) for one in result.conflicts}
    return taken, len(result.added), conflicts, len(result.broken)


@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_workbook_gives_what_is_sure_and_lists_the_rest(name: str, store: SqliteStore, tmp_path: Path) -> None:
    """Forty kinds of damage: what is sure is taken, conflicts and broken rows are listed, nothing else changes."""
    change, expected = DAMAGE[name]
    before = {one.number: one for one in items(store)}
    result = import_files(store, [edited(sent(tmp_path), change)], LATER)
    assert expected == told(result)
    touched = {one.number for one in result.taken}
    assert all(before[one.number] == one for one in items(store) if one.number in before and one.number not in touched)
    again = import_files(store, [tmp_path / "返回.xlsx"], LATER)
    assert ([], []) == (again.taken, again.added)


def test_every_conflict_and_every_broken_row_names_its_place(store: SqliteStore, tmp_path: Path) -> None:
    """Both values of a conflict are listed; a broken row is named by file, sheet and row."""
    path = edited(sent(tmp_path), all_of(typed(2, deadline="2024-12-31"), typed(1, state="差不多")))
    result = import_files(store, [path], LATER)
    (conflict,), (broken,) = result.conflicts, result.broken
    assert ("2024-06-30", "2024-12-31", HEAD_ROW + 2) == (conflict.stored, conflict.offered[0].value, conflict.offered[0].row)
    assert ("返回.xlsx", "任务台账", HEAD_ROW + 1) == (broken.file, broken.sheet, broken.row)
    lines = "\n".join(result.lines())
    assert all(word in lines for word in ("冲突 1 处", "问题 1 处", "2024-06-30", "2024-12-31", "差不多", f"第 {HEAD_ROW + 1} 行"))


def test_two_files_that_differ_are_never_last_wins(store: SqliteStore, tmp_path: Path) -> None:
    """Two values for one cell are listed and neither is taken; what only one file says is."""
    first = edited(sent(tmp_path, "甲.xlsx"), typed(1, problems="用地未批", person="张三"))
    second = edited(sent(tmp_path, "乙.xlsx"), typed(1, problems="资金不足"))
    result = import_files(store, [first, second], LATER)
    assert ({(1, "person"): "张三"}, 0, {(1, "problems")}, 0) == told(result)
    assert ["用地未批", "资金不足"] == [one.value for one in result.conflicts[0].offered]
    assert ("", "张三") == (item(store, "2024-0001").problems, item(store, "2024-0001").person)


def test_what_changed_in_the_store_since_is_a_conflict_only_where_the_file_changed_it_too(store: SqliteStore, tmp_path: Path) -> None:
    """An old value in a file does not overwrite a new one in the ledger."""
    path = edited(sent(tmp_path), typed(2, problems="拆迁受阻"))
    old = item(store, "2024-0002")
    put(store, old, replace(old, problems="天气不利", person="李四"), BY)
    extend(store, "2024-0002", "2024-09-30", replace(BY, why="汛期"))
    result = import_files(store, [path], LATER)
    assert ({}, 0, {(2, "problems")}, 0) == told(result)
    found = item(store, "2024-0002")
    assert ("天气不利", "李四", "2024-09-30") == (found.problems, found.person, found.deadline)


def test_progress_is_only_added(store: SqliteStore, tmp_path: Path) -> None:
    """Reports of two files on one item both stand, in the order of their days, each with its unit; a second import adds nothing."""
    first = edited(sent(tmp_path, "甲.xlsx"), typed(1, progress="已完成招标", progress_date="6月25日", completion=40, state="推进中"))
    second = edited(sent(tmp_path, "乙.xlsx", unit="市住建局"), typed(1, progress="完成选址", progress_date="2024.5.31"))
    for _ in range(2):
        import_files(store, [first, second], LATER)
    found = item(store, "2024-0001")
    reported = [("2024-05-31", "完成选址", None, "市住建局"), ("2024-06-25", "已完成招标", 40.0, "市城管局")]
    assert reported == [(one.date, one.text, one.value, one.who) for one in found.progress]
    assert ("推进中", 40.0) == (found.state, found.completion)
    changes = [one for one in history(store, "2024-0001") if one.field == "progress"]
    assert [("督查室", "乙.xlsx、甲.xlsx")] == [(one.who, one.why) for one in changes]


def test_a_closed_item_takes_nothing(store: SqliteStore, tmp_path: Path) -> None:
    """What is reported on a closed item is listed."""
    path = edited(sent(tmp_path), typed(1, progress="已开工", problems="无"))
    old = item(store, "2024-0001")
    put(store, old, replace(old, state="已销号", closed_on="2024-06-01"), BY)
    assert ({}, 0, {(1, "problems"), (1, "progress")}, 0) == told(import_files(store, [path], LATER))


def test_an_added_row_belongs_to_the_unit_that_added_it(store: SqliteStore, tmp_path: Path) -> None:
    """It has a number of its own, the unit as lead, and the source 单位补报."""
    path = edited(sent(tmp_path), typed(6, task="新建口袋公园3个", state="推进中", progress="已选址"))
    (added,) = import_files(store, [path], LATER).added
    assert ("2024-0005", "单位补报", ("市城管局",)) == (added.number, added.source, tuple(one.name for one in added.lead))
    assert ("推进中", "已选址", added) == (added.state, added.progress[0].text, item(store, "2024-0005"))


def test_one_bad_file_does_not_stop_the_others(store: SqliteStore, tmp_path: Path) -> None:
    """Files that are no workbooks or hold no ledger are listed with the reason."""
    (tmp_path / "空.xlsx").write_bytes(b"")
    other = openpyxl.Workbook()
    other.active.append(["姓名", "电话"])
    other.save(tmp_path / "通讯录.xlsx")
    good = edited(sent(tmp_path), STARTED)
    names = [tmp_path / "空.xlsx", tmp_path / "通讯录.xlsx", tmp_path / "没有.xlsx", good]
    result = import_files(store, names, LATER)
    assert (START, 0, set(), 3) == told(result)
    assert ["空.xlsx", "通讯录.xlsx", "没有.xlsx"] == [one.file for one in result.broken]


def test_nobody_imports_without_a_name(store: SqliteStore, tmp_path: Path) -> None:
    """Every change is kept with who."""
    with pytest.raises(LedgerError, match="经办人"):
        import_files(store, [edited(sent(tmp_path), STARTED)], By("", LATER.when))


DAYS = [
    ("2025.6.30", "2025-06-30"), ("2025-6-30", "2025-06-30"), ("2025/06/30", "2025-06-30"), ("2025年6月30日", "2025-06-30"),
    ("2025年6月30日前", "2025-06-30"), ("25.6.30", "2025-06-30"), ("6月30日", "2024-06-30"), ("6.30", "2024-06-30"),
    ("20250630", "2025-06-30"),
    (20250630, "2025-06-30"), (45838, "2025-06-30"), ("45838", "2025-06-30"), (45838.5, "2025-06-30"),
    ("2025-06-30 00:00:00", "2025-06-30"),
    ("6月底", "2024-06-30"), ("6月底前", "2024-06-30"), ("2月末", "2024-02-29"), ("2025年2月", "2025-02-28"), ("年底", "2024-12-31"),
    ("2025年底前", "2025-12-31"), ("今年底", "2024-12-31"), ("二季度末", "2024-06-30"), ("2025年第三季度", "2025-09-30"),
    ("上半年", "2024-06-30"),
    ("２０２５．６．３０", "2025-06-30"), (date(2025, 6, 30), "2025-06-30"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), DAYS)
def test_dates_are_read_as_people_type_them(value: object, expected: str) -> None:
    """Dots, words, serial numbers; a date without a year is of the item's."""
    assert expected == day_of(value, "完成时限", 2024)


@pytest.mark.parametrize(
    "value", ["长期", "2025-13-01", "2025.2.30", "尽快", "6月31日", "2025", "7", 7, 6.3, "十天内", "2025-06-30至2025-07-31"]
)
def test_what_is_no_date_is_never_guessed(value: object) -> None:
    """No date is invented."""
    with pytest.raises(CellError, match="完成时限"):
        day_of(value, "完成时限", 2024)


@pytest.mark.parametrize(("value", "expected"), [(40, 40.0), ("40%", 40.0), ("40 ％", 40.0), (0, 0.0), (1, 1.0), ("0.5%", 0.5)])
def test_shares_are_per_cent(value: object, expected: float) -> None:
    """With and without a sign."""
    assert expected == share_of(value)


@pytest.mark.parametrize("value", [0.4, "0.85", -1, 101, "约40", "nan", "inf", "1e400"])
def test_a_share_that_is_not_sure_is_refused(value: object) -> None:
    """0.4 may be 40 per cent or less than one."""
    with pytest.raises(CellError, match=r"完成率|不能确定"):
        share_of(value)


@given(st.text(max_size=12))
def test_cells_give_a_value_or_a_reason(text: str) -> None:
    """Whatever is typed, reading ends in a value or in CellError."""
    for read in (lambda: day_of(text, "完成时限", 2024), lambda: share_of(text), lambda: state_of(text)):
        with suppress(CellError):
            assert read() is not None


def packed(path: Path, **parts: bytes) -> Path:
    """A workbook with parts put in or replaced."""
    with zipfile.ZipFile(path) as package:
        content = {name: package.read(name) for name in package.namelist()}
    content.update({name.replace("__", "/"): data for name, data in parts.items()})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in content.items():
            package.writestr(name, data)
    return path


DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><worksheet/>'
HOSTILE: dict[str, tuple[dict[str, bytes], str]] = {
    "entities": ({"xl__worksheets__sheet1.xml": DTD}, "DTD"),
    "entities in UTF-16": ({"xl__worksheets__sheet1.xml": DTD.decode().encode("utf-16")}, "DTD"),
    "entities in relationships": ({"xl___rels__workbook.xml.rels": DTD}, "DTD"),
    "entities across a border of pieces": ({"xl__worksheets__sheet1.xml": b" " * 999_996 + DTD}, "DTD"),
    "external links": ({"xl__externalLinks__externalLink1.xml": b"<externalLink/>"}, "外部链接"),
    "connections": ({"xl__connections.xml": b"<connections/>"}, "外部链接"),
    "macros": ({"xl__vbaProject.bin": b"x"}, "宏"),
    "a bomb": ({"xl__media__image1.png": b"\0" * 30_000_000}, "压缩炸弹"),
    "a bomb in a sheet": ({"xl__worksheets__sheet1.xml": b"<c " + b" " * 30_000_000}, "压缩炸弹"),
    "too many cells": ({"xl__worksheets__sheet1.xml": b"<c/>" * 1_500_001}, "单元格|压缩炸弹"),
    "too many cells by another name": (
        {"xl__worksheets__sheet1.xml": b"".join(b"<x%d:c\nr='%d'/>" % (place % 97, place) for place in range(1_500_001))},
        "单元格",
    ),
    "too many styles": ({"xl__styles.xml": b"<xf/>" * 300_001}, "压缩炸弹"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_workbooks_are_refused_in_one_line(name: str, store: SqliteStore, tmp_path: Path) -> None:
    """Before anything parses them."""
    parts, expected = HOSTILE[name]
    path = packed(sent(tmp_path), **parts)
    with pytest.raises(ReadError, match=expected) as caught:
        check_workbook(path)
    assert "\n" not in str(caught.value)
    (broken,) = import_files(store, [path], LATER).broken
    assert str(caught.value) == broken.reason


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "不是 Excel"),
        (b"PK\x03\x04", "损坏"),
        (bytes.fromhex("d0cf11e0"), "旧版"),
        (b"<html>", "不是 Excel"),
        (b"\x00" * 100, "不是 Excel"),
    ],
)
def test_other_files_are_told_apart(content: bytes, expected: str, tmp_path: Path) -> None:
    """Old formats, pages and halves of files each get a line that says what to do."""
    path = tmp_path / "返回.xlsx"
    path.write_bytes(content)
    with pytest.raises(ReadError, match=expected):
        check_workbook(path)


@pytest.mark.parametrize("last", [1_048_576, 99_999_999_999])
def test_a_row_far_below_costs_nothing(last: int, store: SqliteStore, tmp_path: Path) -> None:
    """A file may claim any number of rows; what stands above is read all the same."""
    path = sent(tmp_path)
    with zipfile.ZipFile(path) as package:
        sheet = package.read("xl/worksheets/sheet1.xml")
    row = f'<row r="{last}"><c r="A{last}" t="inlineStr"><is><t> </t></is></c></row></sheetData>'.encode()
    told = import_files(store, [packed(path, **{"xl__worksheets__sheet1.xml": sheet.replace(b"</sheetData>", row)})], LATER)
    assert (len(ITEMS), []) == (told.unchanged, told.broken)


def test_a_cut_workbook_is_refused(tmp_path: Path) -> None:
    """At whatever place it was cut."""
    content = sent(tmp_path).read_bytes()
    for share in range(1, 10):
        path = tmp_path / "半.xlsx"
        path.write_bytes(content[: len(content) * share // 10])
        with pytest.raises(ReadError, match="损坏"):
            check_workbook(path)


def test_a_workbook_can_be_sent_out_as_it_is(tmp_path: Path) -> None:
    """Page, headings, filter, panes, drop-downs, protection and hidden keys are as an office expects them."""
    sheet = openpyxl.load_workbook(sent(tmp_path))["任务台账"]
    page = sheet.page_setup
    assert ("8", "landscape", 1) == (str(page.paperSize), page.orientation, page.fitToWidth)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert ("任务台账", "填报单位：市城管局") == (sheet["A1"].value, sheet["A2"].value)
    assert ("$4:$4", "C5", True) == (sheet.print_title_rows, sheet.freeze_panes, sheet.protection.sheet)
    assert [one.heading for one in columns()] == [cell.value for cell in sheet[HEAD_ROW][: len(columns())]]
    locked = {one.field: sheet.cell(HEAD_ROW + 1, place).protection.locked for place, one in enumerate(columns(), start=1)}
    assert {one.field: not one.typed for one in columns()} == locked
    key = column_of(sheet, layout()["key"])
    assert sheet.column_dimensions[sheet.cell(HEAD_ROW, key).column_letter].hidden
    assert sheet.auto_filter.ref.endswith(f"{sheet.cell(HEAD_ROW, key + 1).column_letter}{HEAD_ROW + len(ITEMS)}")
    lists = [rule.formula1 for rule in sheet.data_validations.dataValidation]
    assert '"未启动,推进中,已完成待核"' in lists
    assert {"仿宋", "黑体", "方正小标宋简体"} == {sheet.cell(row, 1).font.name for row in (1, HEAD_ROW, HEAD_ROW + 1)}


def test_no_cell_runs_as_a_formula(tmp_path: Path) -> None:
    """Neither in a workbook nor in CSV, whatever stands in the ledger."""
    wild = tuple(made(place, sign + "cmd|'/c calc'!A0", remark=sign + "1", problems=sign) for place, sign in enumerate("=+-@＝\t", start=1))
    further = (Sheet("说明", ["=a", "b"], [["=1+1", 2], ["@x", None]]),)
    write_ledger(wild, tmp_path / "a.xlsx", Book(DAY, name="=1", unit="=2", sheets=further))
    for sheet in openpyxl.load_workbook(tmp_path / "a.xlsx"):
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    write_ledger(wild, tmp_path / "a.csv", Book(DAY))
    rows = list(csv.reader(io.StringIO((tmp_path / "a.csv").read_text("utf-8-sig"))))
    assert all(not value.startswith(("=", "+", "-", "@", "＝", "\t")) for row in rows for value in row)


def test_all_formats_hold_the_same_rows(tmp_path: Path) -> None:
    """CSV, JSONL and Parquet have every item with its key; JSONL has the whole item."""
    for suffix in ("csv", "jsonl", "parquet"):
        write_ledger(ITEMS, tmp_path / f"a.{suffix}", Book(DAY, lights={"2024-0001": "绿"}))
    lines = [orjson.loads(line) for line in (tmp_path / "a.jsonl").read_bytes().splitlines()]
    table = parquet.read_table(tmp_path / "a.parquet").to_pylist()
    with (tmp_path / "a.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert (
        [one.key for one in ITEMS]
        == [row["key"] for row in lines]
        == [row["key"] for row in table]
        == [row[layout()["key"]] for row in rows]
    )
    assert ["绿", "绿", "绿"] == [lines[0]["light"], table[0]["light"], rows[0]["亮灯"]]
    with pytest.raises(ExportError, match="xlsx"):
        write_ledger(ITEMS, tmp_path / "a.ods", Book(DAY))


def test_each_lead_unit_gets_its_own(tmp_path: Path, store: SqliteStore) -> None:
    """A file or a sheet for each; items that nobody leads stand apart; names that no file may have are made ones that it may."""
    written = write_by_unit([*ITEMS, made(5, "x", lead=(Party('县/区:"甲"'), URBAN))], tmp_path / "out", Book(DAY))
    assert ["市城管局.xlsx", "市住建局.xlsx", "县_区_甲_.xlsx", "未明确牵头单位.xlsx"] == [path.name for path in written]
    assert NOTHING == told(import_files(store, written[1:2], LATER))
    write_workbook(ITEMS, tmp_path / "b.xlsx", Book(DAY), unit_sheets=True)
    assert ["市城管局", "市住建局", "未明确牵头单位"] == openpyxl.load_workbook(tmp_path / "b.xlsx").sheetnames
    assert 4 == import_files(store, [tmp_path / "b.xlsx"], LATER).unchanged


def test_further_sheets_say_what_to_look_at_and_what_made_it(store: SqliteStore, tmp_path: Path) -> None:
    """Series, warnings and the sheet that tells versions."""
    found = items(store)
    write_workbook(found, tmp_path / "a.xlsx", Book(DAY, sheets=sheets(store, found, DAY)))
    workbook = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert ["任务台账", "指标走势", "提示", "说明"] == workbook.sheetnames
    warnings = {(row[0], row[2]) for row in workbook["提示"].iter_rows(min_row=2, values_only=True)}
    assert {("2024-0004", "没有牵头单位，需人工指派"), ("2024-0004", "没有完成时限"), ("2024-0003", "没有完成时限")} == warnings
    about = dict(workbook["说明"].iter_rows(min_row=2, values_only=True))
    assert ("office.db", "2024-06-30", 4) == (about["资料库"], about["基准日"], about["事项数"])
    assert all(about[name] for name in ("程序版本", "规则版本", "模型版本"))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_libre_office_opens_and_saves_it(store: SqliteStore, tmp_path: Path) -> None:
    """What LibreOffice saves comes back as it went out, with what was typed in between."""
    path = edited(sent(tmp_path), typed(1, state="推进中", progress="已开工", progress_date="6月底"))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
        "--outdir",
        str(tmp_path / "saved"),
        str(path),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    result = import_files(store, [tmp_path / "saved" / path.name], LATER)
    assert ({**START, (1, "progress"): "已开工"}, 0, set(), 0) == told(result)
    assert "2024-06-30" == item(store, "2024-0001").progress[0].date


def paper(path: Path) -> tuple[str, set[str], set[float]]:
    """The text of a Word document, its Chinese fonts and their sizes."""
    document = docx.Document(str(path))
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    paragraphs = [*document.paragraphs, *(paragraph for cell in cells for paragraph in cell.paragraphs)]
    runs = [run for paragraph in paragraphs for run in paragraph.runs]
    name = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia"
    fonts = {run._element.rPr.rFonts.get(name) for run in runs}
    return "\n".join(paragraph.text for paragraph in paragraphs), fonts, {run.font.size.pt for run in runs}


def test_papers_are_in_the_fonts_of_official_papers(store: SqliteStore, tmp_path: Path) -> None:
    """任务分解表, 督查通报, 督办单 and 摘编: 方正小标宋 22, 黑体 and 仿宋 16 points, called by name."""
    write_notice(report(store, DAY), tmp_path / "通报.docx")
    text, fonts, sizes = paper(tmp_path / "通报.docx")
    assert {"方正小标宋简体", "黑体", "仿宋_GB2312"} == fonts
    assert {22.0, 16.0, 10.5} == sizes
    assert all(word in text for word in ("督查通报", "截至2024年6月30日", "在账事项4项", "一、总体情况", "2024-0002"))
    write_slip(item(store, "2024-0002"), tmp_path / "单.docx", date(2024, 7, 2))
    text, _, _ = paper(tmp_path / "单.docx")
    assert all(word in text for word in ("督办单", "2024-0002", "改造老旧小区20个", "已超过完成时限", "签收人"))
    write_breakdown(items(store), tmp_path / "表.docx")
    text, _, _ = paper(tmp_path / "表.docx")
    assert all(one.task in text for one in ITEMS)
    write_excerpt([("第一段\n第二段", "《工作要点》第3段")], tmp_path / "摘.docx")
    assert "摘编\n第一段\n第二段\n——《工作要点》第3段" == paper(tmp_path / "摘.docx")[0]


def test_fonts_that_are_missing_have_a_stand_in(tmp_path: Path) -> None:
    """The font table names it, and the sheet is A4 with the margins of official papers."""
    write_excerpt([("甲", "乙")], tmp_path / "摘.docx")
    with zipfile.ZipFile(tmp_path / "摘.docx") as package:
        table = package.read("word/fontTable.xml").decode()
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="宋体"/>' in table
    section = docx.Document(str(tmp_path / "摘.docx")).sections[0]
    lengths: list[Any] = [section.page_width, section.page_height, section.top_margin, section.left_margin]
    assert [210, 297, 37, 28] == [round(length.mm) for length in lengths]
