"""Tables: read out row by row with their headers, and turned into targets, tasks, units and deadlines."""

from __future__ import annotations

import tomllib
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import extract
from pipeline.read.blocks import Block, Blocks, Cell, Grid, Paragraph
from pipeline.read.document import document_from_text
from pipeline.read.plain_tables import find_plain_tables
from pipeline.read.table_grids import cell_text, frame_of
from pipeline.read.table_headers import kind_of
from pipeline.read.tables import lay_out

if TYPE_CHECKING:
    from pipeline.records import Deadline, Document, Extraction, Quantity, Task

CASES: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "cases" / "tables.toml").read_text("utf-8"))["table"]
LEAST_F1 = 0.95


def grid(text: str, page: int | None = None, headings: int = 0) -> Grid:
    """A grid drawn as in ``cases/tables.toml``."""
    rows = [[cell.strip() for cell in line.split("|")] for line in text.strip("\n").split("\n")]
    cells = []
    for r, row in enumerate(rows):
        for c, content in enumerate(row):
            if content in ("^", "<"):
                continue
            height = next((n for n in range(1, len(rows) - r) if rows[r + n][c] != "^"), len(rows) - r)
            width = next((n for n in range(1, len(row) - c) if row[c + n] != "<"), len(row) - c)
            cells.append(Cell(content.replace("\\n", "\n"), r, c, height, width, heading=r < headings))
    return Grid(tuple(cells), page)


def document(blocks: list[Block]) -> Document:
    """The document that these blocks make."""
    laid_out = lay_out(Blocks(tuple(blocks)))
    read = document_from_text(laid_out.text, "表.docx")
    return replace(read, tables=laid_out.tables, pages=laid_out.pages, furniture=laid_out.furniture)


def of_case(case: dict[str, Any]) -> Extraction:
    """The records of one table of the cases."""
    texts = case.get("grids") or [case["grid"]]
    paged = len(texts) > 1
    above: list[Block] = [Paragraph(line, 1 if paged else None) for line in case["above"]]
    grids = [grid(text, number if paged else None, case.get("headings", 0)) for number, text in enumerate(texts, 1)]
    return extract(document([*above, *grids]))


def period(start: str | None, end: str | None) -> str:
    """A period in the notation of the cases."""

    def short(day: str | None, edge: str) -> str:
        return "" if day is None else day[:4] if day.endswith(edge) else day

    first, last = short(start, "-01-01"), short(end, "-12-31")
    return last if first == last else f"{first}..{last}"


def told(quantity: Quantity) -> str:
    """A quantity in the notation of the cases."""
    numbers = f"{quantity.low:.10g}" if quantity.low == quantity.high else f"{quantity.low:.10g}..{quantity.high:.10g}"
    kind = " ".join(word for word in (quantity.measure, quantity.direction, quantity.per) if word)
    fields = (
        quantity.text, quantity.indicator or "", f"{quantity.comparator} {numbers} {quantity.unit or ''}", kind, quantity.status,
        period(quantity.start, quantity.end), quantity.nature or "",
    )  # fmt: skip
    return " | ".join(fields)


def normal(line: str) -> str:
    """An expected quantity with numbers as they are printed."""
    parts = [part.strip() for part in line.split("|")]
    sign, _, rest = parts[2].partition(" ")
    numbers, _, unit = rest.strip().partition(" ")
    parts[2] = f"{sign} {'..'.join(f'{float(number):.10g}' for number in numbers.split('..'))} {unit}"
    return " | ".join(parts)


def told_task(task: Task, found: Extraction) -> str:
    """A task in the notation of the cases."""
    deadlines = [deadline for deadline in found.deadlines if deadline.id in task.deadlines]
    due = [f"{d.relation} {d.end if d.start is None else f'{d.start}..{d.end}'}" for d in deadlines]
    return " | ".join((task.text, ", ".join(f"{unit.role} {unit.text}" for unit in task.units), ", ".join(due)))


def counts(case: dict[str, Any]) -> tuple[int, int, int]:
    """How many quantities of a case are right, found and expected."""
    expected, found = Counter(map(normal, case["quantities"])), Counter(map(told, of_case(case).quantities))
    return (expected & found).total(), found.total(), expected.total()


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_cells_become_quantities(case: dict[str, Any]) -> None:
    """Each cell that states a target or a result, and no other, is a quantity with what its headers tell."""
    assert list(map(normal, case["quantities"])) == list(map(told, of_case(case).quantities))


@pytest.mark.parametrize("case", [case for case in CASES if "tasks" in case], ids=lambda case: case["name"])
def test_rows_become_tasks(case: dict[str, Any]) -> None:
    """Each row is a task with the units and the deadline of its columns."""
    found = of_case(case)
    assert [line.replace("\\t", "\t").strip(" ") for line in case["tasks"]] == [told_task(task, found).strip(" ") for task in found.tasks]


def test_share_of_right_cells() -> None:
    """Cell-to-quantity F1 over all tables of the cases."""
    right, found, expected = (sum(column) for column in zip(*map(counts, CASES), strict=True))
    assert 2 * right / (found + expected) >= LEAST_F1


@pytest.mark.parametrize("case", [case for case in CASES if "count" in case], ids=lambda case: case["name"])
def test_tables_are_joined_and_frames_opened(case: dict[str, Any]) -> None:
    """A table that goes on over the page is one; a frame around text is none."""
    assert case["count"] == len(of_case(case).document.tables)


CONTENT = st.text(alphabet="甲乙丙市县3５.%年目标（），。；\n\t 　“”—", max_size=12)
HEADERS = st.sampled_from(["序号", "指标", "单位", "2025年目标", "任务", "工作措施", "责任单位", "完成时限", "县区", "备注", ""])

SPREAD = st.integers(1, 2)


@st.composite
def grids(draw: st.DrawFn) -> Grid:
    """Grids with merged and overlapping cells, headers or none."""
    width, height = draw(st.integers(1, 4)), draw(st.integers(1, 4))
    cells = [Cell(draw(HEADERS), 0, column) for column in range(width)] if draw(st.booleans()) else []
    for row in range(len(cells[:1]), height):
        cells += [
            Cell(draw(CONTENT), row, c, draw(st.integers(1, 2)), draw(st.integers(1, 2))) for c in range(width) if draw(st.booleans())
        ]
    return Grid(tuple(cells), draw(st.sampled_from([None, 1, 2])))


BLOCKS = st.lists(st.one_of(grids(), st.builds(Paragraph, CONTENT, st.sampled_from([None, 1, 2]), st.booleans())), max_size=5)


@settings(max_examples=200)
@given(BLOCKS)
def test_layout_keeps_what_cells_hold(blocks: list[Block]) -> None:
    """Every cell is read out, spans hold its content, rows are lines, and furniture and pages stand in the text."""
    laid_out = lay_out(Blocks(tuple(blocks)))
    text = laid_out.text
    plain = "".join(text.split())
    for block in blocks:
        frame = frame_of(block) if isinstance(block, Grid) else None
        for cells in frame.rows if frame else ():
            assert all("".join(cell_text(cell.text).split()) in plain for cell in cells if cell)
    for table in laid_out.tables:
        lines = text[slice(*table.span)].split("\n")
        assert len(table.rows) == len(lines)
        for line, row in zip(lines, table.rows, strict=True):
            assert len(table.columns) == len(row)
            assert all(text[a:b] in text[slice(*table.span)] and table.span[0] <= a <= b <= table.span[1] for a, b in row)
            assert kind_of(table) == "other" or all(text[a:b] in line for a, b in row)
    assert all(text[a:b].strip() == text[a:b] != "" for a, b in laid_out.furniture)
    assert sorted(laid_out.pages) == list(laid_out.pages)


@settings(max_examples=60)
@given(BLOCKS)
def test_records_of_tables_point_back(blocks: list[Block]) -> None:
    """Whatever the tables hold, records stand in the text, their ids are their own, and what they name exists."""
    if not lay_out(Blocks(tuple(blocks))).text.strip():
        return
    found = extract(document([*blocks]))
    text = found.document.text
    records: list[Task | Quantity | Deadline] = [*found.tasks, *found.quantities, *found.deadlines]
    ids = [record.id for record in records]
    assert [record.text for record in records] == [text[slice(*record.span)] for record in records]
    assert len(ids) == len(set(ids))
    assert {name for task in found.tasks for name in (*task.quantities, *task.deadlines)} <= set(ids)
    assert {name for deadline in found.deadlines for name in deadline.tasks} <= {task.id for task in found.tasks}
    assert {quantity.task for quantity in found.quantities} <= {None, *(task.id for task in found.tasks)}


def test_merged_cell_is_read_out_in_every_row() -> None:
    """A cell over three rows is read out three times, each time behind its header."""
    laid_out = lay_out(Blocks((grid("领域|指标|2025年目标\n经济|甲产值|5\n^|乙产值|6\n^|丙产值|7"),)))
    assert ["经济"] * 3 == [laid_out.text[slice(*row[0])] for row in laid_out.tables[0].rows]
    assert "领域：经济\t指标：乙产值\t2025年目标：6" == laid_out.text.split("\n")[1]


def test_merging_without_end_is_bounded() -> None:
    """A long cell that claims a hundred thousand rows does not multiply the text without end."""
    cells = [Cell("长" * 10_000, 0, 0, 100_000), *(Cell(str(row), row, 1) for row in range(3000))]
    assert len(lay_out(Blocks((Grid(tuple(cells)),))).text) < 3_000_000


@pytest.mark.parametrize(
    ("content", "line"),
    [
        ("市教育局\n市财政局", "市教育局 市财政局"),
        ("1.建成停车位\n2.改造小区", "1.建成停车位；2.改造小区"),
        ("建成停车位。\n改造小区。", "建成停车位。改造小区。"),
        ("  两  端\t有空白 \n\n", "两 端 有空白"),
        ("", ""),
    ],
)
def test_paragraphs_of_a_cell_become_one_line(content: str, line: str) -> None:
    """Items of a list stay sentences of their own; other line feeds become blanks."""
    assert line == cell_text(content)


def test_caption_is_the_nearest_that_reads_like_one() -> None:
    """A note of the unit stands between a table and its caption; a sentence above is none."""
    small = grid("指标|2025年目标\n粮食产量|120")
    for above, caption in (
        (["表1 主要指标", "单位：万吨"], "表1 主要指标"),
        (["附件2", "2025年主要目标", "（单位：万吨）"], "2025年主要目标"),
        (["附件2：2025年主要目标", "2025年2月8日"], "附件2：2025年主要目标"),
        (["会议要求各县抓紧落实。"], None),
        ([], None),
    ):
        assert caption == lay_out(Blocks((*map(Paragraph, above), small))).tables[0].caption


def test_pages_of_records() -> None:
    """Records stand on the page of their row, also where a table goes on over the page."""
    parts = ["指标|单位|2025年目标\n粮食产量|万吨|120", "指标|单位|2025年目标\n森林覆盖率|%|42"]
    blocks: list[Block] = [
        Paragraph("青梧市2025年主要目标", 1),
        grid(parts[0], 1),
        Paragraph("— 1 —", 1, furniture=True),
        grid(parts[1], 2),
    ]
    found = extract(document(blocks))
    assert [1, 2] == [quantity.page for quantity in found.quantities]
    assert [1, 2] == [task.page for task in found.tasks]
    assert 1 == len(found.document.tables)


def test_table_without_tasks_or_figures_is_read_out_as_it_stands() -> None:
    """Headers once and every cell once; the rows of a merged cell point to where it stands."""
    laid_out = lay_out(Blocks((grid("点号|左侧|<|说明\n^|X|Y|^\n甲|1.5|2.5|同一处\n乙|3.5|4.5|^"),)))
    assert "点号\t左侧\t说明\nX\tY\n甲\t1.5\t2.5\t同一处\n乙\t3.5\t4.5" == laid_out.text
    (table,) = laid_out.tables
    assert ("点号", "左侧·X", "左侧·Y", "说明") == table.columns
    assert ["同一处"] * 2 == [laid_out.text[slice(*row[3])] for row in table.rows]


PLAIN = """望澜县2025年工作要点
一、主要指标
表1 主要指标
{0}
二、重点任务
到2025年底，新建公共停车位300个。
"""


@pytest.mark.parametrize(
    "rows",
    [
        "指标\t单位\t属性\t2025年目标\n粮食产量\t万吨\t约束性\t120\n城镇新增就业\t人\t预期性\t≥5000",
        "|指标|单位|属性|2025年目标|\n|---|---|---|---|\n| 粮食产量 | 万吨 | 约束性 | 120 |\n|城镇新增就业|人|预期性|≥5000|",
    ],
    ids=["tabs", "bars"],
)
def test_tables_in_plain_text(rows: str) -> None:
    """A table whose cells are parted by tabs or bars is read where it stands; the text stays as it is."""
    text = PLAIN.format(rows)
    found = extract(document_from_text(text, "计划.txt"))
    assert text == found.document.text
    assert [
        "120 | 粮食产量 | = 1200000 吨 | level | planned | 2025 | binding",
        "≥5000 | 城镇新增就业 | >= 5000 人 | level | planned | 2025 | expected",
        "300个 | 新建公共停车位 | = 300 个 | level | planned | ..2025 | ",
    ] == list(map(told, found.quantities))
    assert ["表1 主要指标"] == [table.caption for table in found.document.tables]


@pytest.mark.parametrize(
    "rows",
    [
        "索引号：\t0001\t主题：\t城管\n文号：\t3号\t日期：\t1月",
        "甲\t乙\t丙\n1\t2\t3\n4\t5\t6",
        "a | b\nc | d\ne | f",
        "\t\t\t\n\t\t\t\n\t\t\t",
    ],
)
def test_tabs_alone_make_no_table(rows: str) -> None:
    """Labels with their values, columns without known headers and blank lines are text as any other."""
    assert () == document_from_text(PLAIN.format(rows), "计划.txt").tables


@settings(max_examples=150)
@given(st.text(alphabet="指标单位2025年目标\t|-\n 甲5", max_size=80))
def test_plain_tables_point_into_the_text(text: str) -> None:
    """Whatever stands between tabs and bars, tables lie in order inside the text, a line a row."""
    tables = find_plain_tables(text)
    assert sorted(table.span for table in tables) == [table.span for table in tables]
    for table in tables:
        lines = [line for line in text[slice(*table.span)].split("\n") if line.strip(" |:+-")]
        assert len(lines) == len(table.rows)
        assert all(text[a:b] == text[a:b].strip() for row in table.rows for a, b in row)
