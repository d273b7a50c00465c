"""A whole month of an office: build, assign, send out by unit, take twelve damaged files back, light, report, close. Nothing is lost."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from pipeline.batch import Options
from pipeline.ledger.book import By, shown
from pipeline.ledger.build import build
from pipeline.ledger.history import history
from pipeline.ledger.items import Filter, assign, close, items
from pipeline.ledger.lights import light
from pipeline.ledger.report import report
from pipeline.ledger.workbook_in import import_files
from pipeline.ledger.workbook_out import HEAD_ROW, Book, write_by_unit
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from tests.test_ledger_workbooks import all_of, edited, merged_cells, pasted_headings, renamed, retitled, swapped_columns, typed, without

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NUMERALS = "一二三四五六七八九十"
UNITS = ("教育局", "科技局", "公安局", "民政局", "财政局", "住建局", "交通局", "水利局", "商务局", "卫健局", "城管局", "体育局")
THINGS = ("推进{}所公办幼儿园建设，12月底前建成投用", "12月底前完成{}个老旧小区改造", "12月底前新增公共停车位{}个以上")
JUNE = date(2024, 6, 30)
MARCH, JULY = By("督查室", "2024-03-10T09:00:00"), By("督查室", "2024-07-02T09:00:00")
DONE = typed(1, state="已完成", progress="全部建成", completion="100%", progress_date="6月28日")
GOING = typed(2, state="进行中", progress="主体完工", completion=60)

# Thirty kinds of damage in twelve files.
RETURNED: tuple[Callable[[Any], object], ...] = (
    all_of(DONE, GOING, swapped_columns, retitled, lambda sheet: sheet.insert_rows(1, 2)),
    all_of(DONE, GOING, without("依据文件", "原文"), lambda sheet: sheet.delete_rows(1, HEAD_ROW - 1)),
    all_of(DONE, GOING, renamed, merged_cells),
    all_of(DONE, GOING, pasted_headings, typed(3, completion="大部分")),
    all_of(DONE, GOING, typed(3, state="差不多"), typed(5, task="新建体育公园2个", state="推进中")),
    all_of(DONE, GOING, typed(3, task="新建公共停车位10个"), typed(6, problems="见附件")),
    all_of(DONE, GOING, without("识别码（勿改）", "导出值（勿改）")),
    all_of(DONE, GOING, without("任务编号", "亮灯"), typed(3, deadline=45657)),
    all_of(DONE, GOING, typed(3, deadline="2025.6.30", problems="#REF!")),
    all_of(DONE, GOING, typed(3, completion=0.4), typed(1, leader="  张三\n")),
    all_of(DONE, GOING, typed(3, state="已销号", person="李四", remark="'=1+1")),
    all_of(DONE, GOING, typed(3, deadline="12月底", cooperating="市残联、"), lambda sheet: sheet.auto_filter.add_filter_column(0, ["x"])),
)


def plan(path: Path) -> Path:
    """A plan of twelve clauses with three checkable sentences each."""
    lines = ["2024年澜川市城市管理工作要点", "澜川市城市管理局", "2024年3月6日"]
    for place, unit in enumerate(UNITS, start=1):
        number = NUMERALS[place - 1] if place <= len(NUMERALS) else "十" + NUMERALS[place - 11]
        told = "".join(f"{thing.format(place * 10 + 3)}。" for thing in THINGS)
        lines.append(f"{number}、做好{unit.rstrip('局')}工作\n{told}")
    path.write_text("\n".join(lines), "utf-8")
    return path


def test_a_month_of_the_office(tmp_path: Path) -> None:
    """What was sure is in, what was not is listed, every item is still there, and the history tells of every value."""
    with open_store(tmp_path / "office.db", create=True) as store:
        ingest([plan(tmp_path / "要点.txt")], store, Options())
        build(store, [], MARCH)
        first = items(store)
        assert 3 * len(UNITS) == len(first)
        for place, unit in enumerate(UNITS):
            assign(store, [one.number for one in first[3 * place : 3 * place + 3]], [f"市{unit}"], MARCH)
        before = {one.number: one for one in items(store)}
        assert {"灰"} == {light(one, JUNE) for one in before.values()}
        files = write_by_unit(list(before.values()), tmp_path / "out", Book(JUNE))
        assert [f"市{unit}.xlsx" for unit in UNITS] == [path.name for path in files]
        result = import_files(store, [edited(path, change) for path, change in zip(files, RETURNED, strict=True)], JULY)
        after = {one.number: one for one in items(store, Filter(excluded=True))}

        assert ["新建体育公园2个"] == [one.task for one in result.added]
        assert {("0018", "task"), ("0033", "state")} == {(one.number[-4:], one.field) for one in result.conflicts}
        assert ["市民政局", "市财政局", "市住建局", "市商务局", "市卫健局"] == [one.file.removesuffix(".xlsx") for one in result.broken]
        assert set(before) < set(after)
        assert all((one.key, one.task, one.original, one.lead) == same(after[one.number]) for one in before.values())
        done = [one for one in after.values() if one.state == "已完成待核"]
        assert len(UNITS) == len(done)
        assert all(("2024-06-28", "全部建成", 100.0) == (one.progress[0].date, one.progress[0].text, one.progress[0].value) for one in done)
        assert len(UNITS) == sum(one.progress[-1].text == "主体完工" for one in after.values() if one.progress and one not in done)

        for one in done:
            close(store, one.number, JULY, "现场核查属实")
        told = report(store, JUNE)
        assert (len(after), len(UNITS)) == (told.total.total, told.total.lights["蓝"])
        assert len(UNITS) == told.total.states["已销号"]
        for one in items(store):
            told_last = {change.field: change for change in history(store, one.number)}
            assert all(change.who and change.when for change in told_last.values())
            for field in ("state", "completion", "opinion", "closed_on", "person"):
                value = getattr(one, field)
                if value not in (None, "", "未启动") and field in told_last:
                    assert shown(value) == told_last[field].new
                elif one.number in before:
                    assert value == getattr(before[one.number], field)


def same(one: Any) -> tuple[object, ...]:
    """What no returned file may change."""
    return one.key, one.task, one.original, one.lead
