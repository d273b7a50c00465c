"""Twelve returned workbooks with thirty kinds of damage: what is taken, what is listed, what the lights then say."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.batch import Options
from pipeline.ledger.build import build
from pipeline.ledger.history import changes, history
from pipeline.ledger.items import By, assign, close, confirm_overdue, edit, item, items
from pipeline.ledger.lights import light
from pipeline.ledger.report import report
from pipeline.store import open_store
from pipeline.store.ingest import ingest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.ledger.workbook_in import ImportReport
    from pipeline.store import SqliteStore

openpyxl = pytest.importorskip("openpyxl")

MARCH, JULY = By("督查室", "2024-03-10T09:00:00"), By("督查室", "2024-07-05T09:00:00")
UNITS = ("教育局", "水务局", "林业局", "财政局", "民政局", "公安局", "司法局", "审计局", "统计局", "卫健委", "交通局", "商务局")
THINGS = (
    "公厕11座", "口袋公园10个", "绿道20公里", "停车位4500个", "充电桩300个", "社区食堂40个", "公办学位5000个", "托位1200个",
    "污水管网130公里", "泵站6座", "高标准农田8万亩", "农村公路90公里", "桥梁12座", "驿站15个", "中转站8座", "分拣中心3座",
    "图书馆2座", "体育公园7个", "健身步道30公里", "养老床位800张", "避难场所9处", "人才公寓600套", "加氢站4座", "物流园5个",
)  # fmt: skip
PLAN = (
    "2024年澜川市重点工作要点\n澜川市人民政府\n2024年3月6日\n一、城市建设\n（一）补齐短板。"
    + "".join(f"6月底前新建{one}。" for one in THINGS)
    + "\n"
)
PROGRESS, DAY, SHARE, STATE = "本期进展", "进展日期", "完成率（%）", "办理状态"


class Returned:
    """One unit's workbook on its way back."""

    def __init__(self, path: Path) -> None:
        """Open what was sent out."""
        self.path = path
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book.worksheets[0]
        self.sheet.protection.disable()
        self.head = next(row[0].row for row in self.sheet.iter_rows() if any(cell.value == "任务编号" for cell in row))

    def cell(self, row: int, heading: str) -> Any:
        """The cell of the first or second item (0, 1; from 2 on the empty rows below) under a heading."""
        column = next(cell.column for cell in self.sheet[self.head] if cell.value == heading)
        return self.sheet.cell(self.head + 1 + row, column)

    def fill(self, row: int, **values: object) -> None:
        """Write into cells by their headings."""
        for heading, value in values.items():
            self.cell(row, heading).value = value

    def drop(self, heading: str) -> None:
        """Delete a column."""
        self.sheet.delete_cols(self.cell(0, heading).column)

    def swap(self) -> None:
        """Put the second item before the first."""
        for column in range(1, self.sheet.max_column + 1):
            first, second = self.sheet.cell(self.head + 1, column), self.sheet.cell(self.head + 2, column)
            first.value, second.value = second.value, first.value

    def save(self, name: str = "") -> Path:
        """Save it, perhaps under another name."""
        path = self.path.with_name(name) if name else self.path
        self.book.save(path)
        return path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with a plan of 24 items, two for each of twelve units."""
    (tmp_path / "要点.txt").write_text(PLAN, "utf-8")
    with open_store(tmp_path / "office.db", create=True) as opened:
        ingest([tmp_path / "要点.txt"], opened, Options())
        made = build(opened, [], MARCH).items
        assert len(THINGS) == len(made)
        for place, unit in enumerate(UNITS):
            assign(opened, [one.number for one in made[2 * place : 2 * place + 2]], [unit], MARCH)
        yield opened


def sent(store: SqliteStore, folder: Path) -> dict[str, Returned]:
    """The workbooks of all units as they were sent out."""
    from pipeline.ledger.workbook_out import Book, write_by_unit

    write_by_unit(items(store), folder, Book(date(2024, 6, 30)))
    return {unit: Returned(folder / f"{unit}.xlsx") for unit in UNITS}


def damage(books: dict[str, Returned], folder: Path) -> list[Path]:
    """What comes back from twelve units: every file has its own ways."""
    one = books["教育局"]  # in order, but reordered, with dates as people write them and blanks round a number
    one.fill(0, **{PROGRESS: " 已开工 ", DAY: "2024.6.28", SHARE: "８５％"})
    one.fill(1, **{PROGRESS: "已招标", DAY: "6月25日", SHARE: 40, "任务编号": " 2024-0002 "})
    one.swap()
    two = books["水务局"]  # columns deleted and headings broken over lines, table moved down, rows between, a filter left on
    two.fill(0, **{PROGRESS: "完成3公里", DAY: date(2024, 6, 20)})
    two.fill(1, **{PROGRESS: "完成一半", "责任人": "张三"})
    two.drop("原文")
    two.drop("亮灯")
    two.cell(0, PROGRESS).offset(-1, 0).value = "本期\n进展"
    two.sheet.auto_filter.ref = "A4:AK6"
    two.sheet.row_dimensions[two.head + 2].hidden = True
    two.sheet.insert_rows(two.head + 2)
    two.sheet.insert_rows(1, 3)
    three = books["林业局"]  # the sheet renamed, another before it, a row added, another half a row
    three.fill(0, **{PROGRESS: "已建成"})
    three.fill(0, **{STATE: "已完成"})
    three.fill(2, 具体任务="新建湿地公园1个", 本期进展="已选址")
    three.fill(3, 本期进展="没有写是哪一项")
    three.sheet.title = "表一"
    three.book.create_sheet("通讯录", 0)["A1"] = "电话"
    four = books["财政局"]  # words that no field holds: each row is refused whole
    four.fill(0, **{STATE: "好了", PROGRESS: "随便"})
    four.fill(1, **{DAY: "待定", PROGRESS: "等通知"})
    five = books["民政局"]  # protected cells changed, and a state that is not theirs to give
    five.fill(0, 量化目标="避难场所 1处", 本期进展="在建")
    five.fill(1, **{STATE: "已销号"})
    six = books["公安局"]  # hidden keys gone: the number tells; then a key that nobody knows
    six.fill(0, **{"识别码（勿改）": None, "导出值（勿改）": None, PROGRESS: "按编号认得"})
    six.fill(1, **{"识别码（勿改）": "f" * 16, PROGRESS: "不认得"})
    seven = books["司法局"]  # only some columns sorted: number and key no longer go together
    first, second = seven.cell(0, "任务编号").value, seven.cell(1, "任务编号").value
    seven.fill(0, 任务编号=second, 本期进展="错位")
    seven.fill(1, 任务编号=first, 本期进展="错位")
    eight = books["审计局"]  # formulas, errors, a share that could be two
    eight.fill(0, 备注='=HYPERLINK("http://x","看")', 本期进展="有公式")
    eight.fill(1, 报送值="#REF!", 本期进展="有错误值")
    nine = books["统计局"]  # the ledger has moved on, and one item was closed since
    nine.fill(0, 责任人="李四")
    nine.fill(1, 本期进展="已销号的还在报")
    ten = books["卫健委"]  # returned twice, the second time with another value
    ten.fill(0, **{PROGRESS: "只算一次", "报送值": "4座"})
    ten.save("卫健委(1).xlsx")
    ten.fill(0, 报送值="5座")
    paths = [books[unit].save() for unit in UNITS[:10]]
    whole = paths[0].read_bytes()
    (folder / "交通局.xlsx").write_bytes(whole[: len(whole) // 2])  # torn off
    with zipfile.ZipFile(paths[0]) as source, zipfile.ZipFile(folder / "商务局.xlsx", "w") as target:  # an entity
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, b'<!DOCTYPE x [<!ENTITY a "b">]>' + data if name.endswith("workbook.xml") else data)
    (folder / "旧表.xls").write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512))
    (folder / "假表.xlsx").write_text("任务编号,具体任务", "utf-8")
    openpyxl.Workbook().save(folder / "空表.xlsx")
    further = ("卫健委(1).xlsx", "交通局.xlsx", "商务局.xlsx", "旧表.xls", "假表.xlsx", "空表.xlsx", "没有的.xlsx")
    return paths + [folder / name for name in further]


def taken_in(store: SqliteStore, paths: list[Path]) -> ImportReport:
    """Merge what came back."""
    from pipeline.ledger.workbook_in import import_files

    return import_files(store, paths, JULY)


def numbers(store: SqliteStore) -> dict[str, list[str]]:
    """The two items of each unit."""
    return {unit: [one.number for one in items(store) if unit in {party.name for party in one.lead}] for unit in UNITS}


def test_thirty_kinds_of_damage(store: SqliteStore, tmp_path: Path) -> None:
    """Good rows are taken, broken ones and conflicts listed with file, row and reason; nothing is lost and the history is complete."""
    folder = tmp_path / "out"
    books = sent(store, folder)
    own = numbers(store)
    edit(store, own["统计局"][0], {"person": "王五"}, JULY)
    close(store, own["统计局"][1], JULY, "现场核查属实")
    before = {one.number: one for one in items(store)}
    told = taken_in(store, damage(books, folder))

    def reported(unit: str, place: int) -> list[str]:
        return [one.text for one in item(store, own[unit][place]).progress]

    first, second = item(store, own["教育局"][0]), item(store, own["教育局"][1])
    assert [("已开工", "2024-06-28", 85.0), ("已招标", "2024-06-25", 40.0)] == [
        (one.progress[0].text, one.progress[0].date, one.completion) for one in (first, second)
    ]
    assert (["完成3公里"], ["完成一半"], "张三") == (reported("水务局", 0), reported("水务局", 1), item(store, own["水务局"][1]).person)
    assert ("已完成待核", ["已建成"]) == (item(store, own["林业局"][0]).state, reported("林业局", 0))
    assert ["新建湿地公园1个"] == [one.task for one in told.added]
    assert ([], []) == (reported("财政局", 0), reported("财政局", 1))
    assert (before[own["民政局"][0]].quantities, "未启动") == (
        item(store, own["民政局"][0]).quantities,
        item(store, own["民政局"][1]).state,
    )
    assert (["按编号认得"], []) == (reported("公安局", 0), reported("公安局", 1))
    assert ([], []) == (reported("司法局", 0), reported("司法局", 1))
    assert ("", []) == (item(store, own["审计局"][0]).remark.removeprefix("看"), reported("审计局", 1))
    assert "王五" == item(store, own["统计局"][0]).person
    assert (["只算一次"], "") == (reported("卫健委", 0), item(store, own["卫健委"][0]).reported_value)

    disputed = {(one.number, one.field) for one in told.conflicts}
    expected = {
        (own["民政局"][0], "quantities"), (own["民政局"][1], "state"), (own["统计局"][0], "person"),
        (own["统计局"][1], "progress"), (own["卫健委"][0], "reported_value"),
    }  # fmt: skip
    assert expected <= disputed
    both = next(one for one in told.conflicts if one.field == "reported_value")
    assert {"4座", "5座"} == {one.value for one in both.offered}
    refused = {one.file for one in told.broken if one.row == 0}
    assert {"交通局.xlsx", "商务局.xlsx", "旧表.xls", "假表.xlsx", "空表.xlsx", "没有的.xlsx"} == refused
    rows = [one.file for one in told.broken if one.row]
    assert {"财政局.xlsx": 2, "公安局.xlsx": 1, "司法局.xlsx": 2, "审计局.xlsx": 1, "林业局.xlsx": 1} == {
        name: rows.count(name) for name in rows
    }
    assert all(one.reason for one in told.broken)

    assert len(before) + 1 == len(items(store))
    for one in told.taken:
        assert any(made.field == one.field and one.new.file in made.why for made in history(store, one.number)), one
    again = taken_in(store, [books["教育局"].path, books["水务局"].path])
    assert ([], [], []) == (again.taken, again.added, again.broken)


def test_what_came_back_is_lit_told_and_closed(store: SqliteStore, tmp_path: Path) -> None:
    """Grey before any report; then what was reported counts, what is overdue is named, and what is closed is blue."""
    assert 24 == report(store, date(2024, 7, 5)).total.lights["灰"]
    folder = tmp_path / "out"
    taken_in(store, damage(sent(store, folder), folder))
    own = numbers(store)
    confirm_overdue(store, own["交通局"][0], JULY)
    close(store, own["林业局"][0], JULY, "现场核查属实")
    day = date(2024, 7, 5)
    assert ("黄", "蓝", "红", "灰") == (
        light(item(store, own["教育局"][0]), day), light(item(store, own["林业局"][0]), day),
        light(item(store, own["交通局"][0]), day), light(item(store, own["商务局"][0]), day),
    )  # fmt: skip
    told = report(store, day)
    late = {own[unit][place] for unit, place in (("水务局", 1), ("民政局", 0), ("公安局", 0), ("审计局", 0), ("统计局", 1), ("卫健委", 0))}
    red = {one.number for one in items(store) if light(one, day) == "红"}
    assert late | {own["交通局"][0]} == red  # an undated report counts for the day on which it came, which is past the end of June
    assert (25, 7, 1) == (told.total.total, told.total.lights["红"], told.total.lights["蓝"])
    assert sum(told.total.lights.values()) == told.total.total
    assert own["商务局"][0] in {one.number for one in told.overdue}
    assert own["林业局"][0] not in {one.number for one in told.overdue}
    assert {one.number for one in items(store)} == {one.item for one in changes(store) if one.field == "created"}
