"""Figures of departments: a template that people fill in, and no row that is left out in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pipeline.analysis.actuals import Actual, read_actuals, with_actuals, write_template
from pipeline.analysis.messages import AnalysisError

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "地区,指标,年份,数值,单位,口径,方向,来源,可信次序\n"


def filled(folder: Path, *rows: str, encoding: str = "utf-8-sig") -> Path:
    """A template with these rows."""
    path = folder / "报表.csv"
    path.write_bytes((HEAD + "\n".join(rows) + "\n").encode(encoding))
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_template_reads_as_its_own_example(suffix: str, tmp_path: Path) -> None:
    """Who opens the template and saves it has one row, in either format."""
    path = tmp_path / f"模板{suffix}"
    write_template(path)
    found = read_actuals(path)
    [row] = found.rows
    assert () == found.problems
    assert ("澜川市", "生活污水集中收集率", 2024, 62.5, "%", "level", 0, 2) == (
        row.place, row.indicator, row.year, row.low, row.unit, row.measure, row.rank, row.row,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("澜川市,地区生产总值,2024,1286.4,亿元,水平,,统计公报,0", (128_640_000_000, "元", "level", None)),
        ('澜川市,地区生产总值,2024,"1,286.4",亿元,,,统计公报,', (128_640_000_000, "元", "level", None)),
        ("澜川市,地区生产总值,2024年,6.1,%,增速,,统计公报,0", (6.1, "%", "change", "up")),
        ("澜川市,能耗,2024,-1.5,%,增减,,统计公报,1", (1.5, "%", "change", "down")),
        ("澜川市,能耗,2024,1.5,%,增减,下降,统计公报,1", (1.5, "%", "change", "down")),
        ("澜川市,气温,2024,-3,度,水平,,统计公报,1", (-3, "度", "level", None)),
        ("澜川市,口袋公园,2024,15,个,水平,,,2", (15, "个", "level", None)),
        ("澜川市,研发经费投入强度,2024,1.62,,水平,,,2", (1.62, None, "level", None)),
    ],
)
def test_values_are_read_in_plain_units(row: str, expected: tuple[float, str | None, str, str | None], tmp_path: Path) -> None:
    """万 and 亿 are worked out, a growth rate is a change, its sign its direction."""
    [actual] = read_actuals(filled(tmp_path, row)).rows
    assert expected == (actual.low, actual.unit, actual.measure, actual.direction)


def test_source_and_rank_are_kept(tmp_path: Path) -> None:
    """A row names its source, else the file; rank 0 is the most trusted."""
    first, second = read_actuals(filled(tmp_path, "甲市,绿道,2024,20,公里,水平,,住建局报表,2", "甲市,绿道,2023,20,公里,水平,,,")).rows
    assert [("住建局报表", 2), ("报表.csv", 0)] == [(first.source, first.rank), (second.source, second.rank)]


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",绿道,2024,20,公里,水平,,,0", "“地区”没有填"),
        ("甲市,绿道,2024,,公里,水平,,,0", "“数值”没有填"),
        ("甲市,绿道,明年,20,公里,水平,,,0", "年份“明年”"),
        ("甲市,绿道,20240,20,公里,水平,,,0", "年份“20240”"),
        ("甲市,绿道,2024,约二十多,公里,水平,,,0", "读不出一个数值"),
        ("甲市,绿道,2024,20和30,公里,水平,,,0", "读不出一个数值"),
        ("甲市,绿道,2024,××,公里,水平,,,0", "读不出一个数值"),
        ("甲市,绿道,2024,20,公里,高度,,,0", "“高度”"),
        ("甲市,绿道,2024,20,公里,水平,,,最高", "“最高”"),
    ],
)
def test_a_bad_row_is_told_and_the_others_are_taken(row: str, problem: str, tmp_path: Path) -> None:
    """Row and reason stand in the message; no number is guessed."""
    found = read_actuals(filled(tmp_path, "甲市,绿道,2023,20,公里,水平,,,0", row, "", "甲市,绿道,2022,18,公里,水平,,,0"))
    assert [2023, 2022] == [one.year for one in found.rows]
    assert [True] == ["第3行" in line and problem in line for line in found.problems]


def test_tables_from_a_chinese_excel_are_read(tmp_path: Path) -> None:
    """Excel in China writes CSV in GBK."""
    [row] = read_actuals(filled(tmp_path, "甲市,生活污水集中收集率,2024,62.5,%,水平,,甲市统计公报,0", encoding="gb18030")).rows
    assert ("甲市", "甲市统计公报") == (row.place, row.source)


def test_another_table_is_refused(tmp_path: Path) -> None:
    """A table without our headings, an empty one, or another kind of file says what it should be."""
    path = tmp_path / "x.csv"
    for content in ("甲,乙\n1,2\n", ""):
        path.write_text(content, "utf-8")
        with pytest.raises(AnalysisError, match=r"没有“.*地区.*”"):
            read_actuals(path)
    with pytest.raises(AnalysisError, match=r"\.csv 或 \.xlsx"):
        read_actuals(tmp_path / "x.doc")
    with pytest.raises(AnalysisError, match=r"\.csv 或 \.xlsx"):
        write_template(tmp_path / "x.doc")
    assert [path] == list(tmp_path.iterdir())


def point(role: str, low: float, **other: Any) -> dict[str, Any]:
    """A point of 2024."""
    known = {
        "year": 2024, "start": "2024-01-01", "end": "2024-12-31", "role": role, "comparator": "=", "low": low, "high": low, "unit": "公里",
        "direction": None, "quantity": f"{role}-{low:g}", "doc_id": "d", "text": f"{low:g}公里",
    }  # fmt: skip
    return {**known, **other}


def series(*points: dict[str, Any], verdicts: tuple[dict[str, Any], ...] = (), **other: Any) -> dict[str, Any]:
    """A series of the invented city."""
    known = {
        "record": "series", "id": "s1", "place": "澜川市", "scope": None, "indicator": "绿道", "unit": "公里", "measure": "level",
        "direction": None, "names": ["绿道", "新建绿道"], "qualifiers": [], "points": list(points), "verdicts": list(verdicts),
        "changes": [],
    }  # fmt: skip
    return {**known, **other}


def figure(low: float, *, rank: int = 0, **other: Any) -> Actual:
    """A department's figure for 2024."""
    known = {
        "place": "澜川市", "indicator": "新建绿道", "start": "2024-01-01", "end": "2024-12-31", "low": low, "high": low, "unit": "公里",
        "measure": "level", "direction": None, "text": f"{low:g}公里", "source": "统计公报", "rank": rank, "row": 2,
    }  # fmt: skip
    return Actual(**{**known, **other})


SILENT = {"year": 2024, "verdict": "unreported", "target": "target-30", "actual": None, "reason": "", "by": None}
MET = {"year": 2024, "verdict": "met", "target": "target-30", "actual": "actual-31", "reason": "报告31公里", "by": "figure"}


@pytest.mark.parametrize(
    ("known", "figures", "verdict"),
    [
        (SILENT, [figure(31)], "met"),
        (SILENT, [figure(29)], "missed"),
        (SILENT, [], "unreported"),
        (SILENT, [figure(29, rank=1), figure(31, rank=0)], "met"),  # 可信次序在前的为准
        (MET, [figure(29, rank=1)], "met"),  # 文件在前
        (MET, [figure(29, rank=0)], "unclear"),  # 同等可信而相左
        (MET, [figure(32, rank=0)], "met"),
        (SILENT, [figure(31, place="岫屏市")], "unreported"),
        (SILENT, [figure(31, unit="人")], "unreported"),
        (SILENT, [figure(31_000, unit="米")], "met"),
        (SILENT, [figure(31, measure="change")], "unreported"),
        (SILENT, [figure(31, start="2023-01-01", end="2023-12-31")], "unreported"),
    ],
)
def test_departments_figures_decide_where_documents_are_silent(known: dict[str, Any], figures: list[Actual], verdict: str) -> None:
    """Rank decides between sources, and like ranks that disagree are unclear; another place, unit, measure or year is no answer."""
    [found] = with_actuals([series(point("target", 30), verdicts=(known,))], figures)
    assert [verdict] == [one["verdict"] for one in found["verdicts"] if one["year"] == 2024]


def test_points_say_where_they_come_from() -> None:
    """A department's figure is a result with its source and rank, and without a document."""
    [found] = with_actuals([series(point("target", 30))], [figure(31, rank=1)])
    added = found["points"][-1]
    assert ("actual", "统计公报", 1, None) == tuple(added[name] for name in ("role", "source", "rank", "doc_id"))
    assert ["met"] == [one["verdict"] for one in found["verdicts"]]
    assert "统计公报为31公里" in found["verdicts"][0]["reason"]


def test_series_of_another_kind_are_left_alone() -> None:
    """A sum of several years is not met by the figure of one."""
    before = series(point("target", 30, start="2021-01-01"), qualifiers=["多年合计"])
    assert [before] == with_actuals([before], [figure(31)])


def test_paths_may_be_text(tmp_path: Path) -> None:
    """As the documentation writes them."""
    write_template(str(tmp_path / "报表.csv"))
    assert read_actuals(tmp_path / "报表.csv") == read_actuals(str(tmp_path / "报表.csv"))
