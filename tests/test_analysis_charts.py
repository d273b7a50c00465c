"""Charts: what they draw, that silence is never hidden, and files that need no network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("pandas")
pytest.importorskip("altair")
from pipeline.analysis import charts
from pipeline.analysis.charts import chart_compare, chart_progress, chart_series, draws, save_chart, verdict_rates
from pipeline.analysis.columns import SERIES, VERDICTS
from pipeline.analysis.messages import AnalysisError, AnalysisWarning
from pipeline.analysis.tables import empty_frame, frame_of_rows

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


def point(year: int, role: str, low: float, **other: Any) -> dict[str, Any]:
    """A point of a series of the invented city."""
    known = {
        "id": "s1", "place": "澜川市", "indicator": "绿道", "unit": "公里", "measure": "level", "year": year, "start": f"{year}-01-01",
        "end": f"{year}-12-31", "role": role, "comparator": "=", "low": low, "high": low, "text": f"{low:g}公里", "source": "文件.txt",
    }  # fmt: skip
    return {**known, **other}


POINTS = [
    point(2022, "target", 20, high=25, comparator="range"), point(2022, "actual", 22.4), point(2023, "target", 30),
    point(2023, "actual", 28), point(2024, "target", 30),
    point(2025, "target", 150, start="2021-01-01"),
    point(2023, "actual", 31, id="s2", place="岫屏市"), point(2023, "target", 30, id="s2", place="岫屏市"),
]  # fmt: skip
JUDGED = {2022: "met", 2023: "missed", 2024: "unreported", 2025: "no_document"}


@pytest.fixture
def series() -> pd.DataFrame:
    """Points of two places."""
    return frame_of_rows(POINTS, SERIES)


@pytest.fixture
def verdicts() -> pd.DataFrame:
    """Verdicts of four years."""
    known = {"id": "s1", "place": "澜川市", "indicator": "绿道", "unit": "公里"}
    return frame_of_rows([{**known, "year": year, "verdict": verdict} for year, verdict in JUDGED.items()], VERDICTS)


def drawn(chart: Any) -> list[dict[str, Any]]:
    """All rows of data that a chart holds."""
    return [row for rows in chart.to_dict()["datasets"].values() for row in rows]


def test_series_show_targets_results_and_verdicts(series: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    """Every value of a single year is drawn, a value for five years is not, and silence is written out."""
    chart = chart_series(series, verdicts, title="目标与实绩")
    rows = drawn(chart)
    assert {22.4, 28, 30, 20, 31} == {row["value"] for row in rows if "value" in row}
    assert {"已达目标", "未达目标", "未见报告", "无文件"} == {row["word"] for row in rows if "word" in row}
    titles = [part["title"]["text"] for part in chart.to_dict()["vconcat"]]
    assert ["澜川市 · 绿道", "岫屏市 · 绿道"] == titles


def test_years_without_anything_stay_on_the_axis(series: pd.DataFrame, verdicts: pd.DataFrame) -> None:
    """A year of which nothing is known is a gap that one sees."""
    [own, _] = chart_series(series, verdicts).to_dict()["vconcat"]
    assert [2022, 2023, 2024, 2025] == own["layer"][0]["encoding"]["x"]["scale"]["domain"]


def test_places_are_compared_in_one_year(series: pd.DataFrame) -> None:
    """A bar for each place, largest first, and a mark for its target."""
    chart = chart_compare(series, year=2023)
    [picture] = chart.to_dict()["vconcat"]
    assert ["岫屏市", "澜川市"] == picture["layer"][0]["encoding"]["y"]["sort"]
    assert "绿道" == picture["title"]
    assert [28, 31] == sorted(row["value"] for row in drawn(chart) if row["text"] in ("28公里", "31公里"))


LARGE = [(9.31e9, "元", (93.1, "亿元")), (32_600, "人", (3.26, "万人")), (6.1, "%", (6.1, "%"))]


@pytest.mark.parametrize(("value", "unit", "shown"), LARGE)
def test_large_values_are_written_as_people_do(value: float, unit: str, shown: tuple[float, str]) -> None:
    """Amounts in 亿元, counts in 万, shares as they are."""
    frame = frame_of_rows([point(2023, "actual", value, unit=unit)], SERIES)
    [row] = [row for row in drawn(chart_series(frame)) if "value" in row]
    assert shown == (round(row["value"], 6), row["shown_unit"])


def test_falls_lie_below_rises() -> None:
    """Where one year grew and another fell, the fall is negative; where all fell, the figures stand as they are written."""
    rows = [point(2022, "actual", 6.1, measure="change", direction="up"), point(2023, "actual", 1.5, measure="change", direction="down")]
    mixed = drawn(chart_series(frame_of_rows(rows, SERIES)))
    falling = drawn(chart_series(frame_of_rows([rows[1]], SERIES)))
    assert [[-1.5, 6.1], [1.5]] == [sorted(row["value"] for row in shown if "value" in row) for shown in (mixed, falling)]


def test_rates_always_stand_beside_what_nobody_reported(verdicts: pd.DataFrame) -> None:
    """One met of two judged, one unreported, one year without any document: never just “50 %”."""
    [row] = verdict_rates(verdicts, by="place").to_dict("records")
    expected = {"targets": 4, "met": 1, "missed": 1, "unreported": 1, "no_document": 1, "judged": 2, "rate": 0.5}
    assert expected == {name: row[name] for name in expected}
    labels = [row["label"] for row in drawn(chart_progress(verdicts, by="place")) if "label" in row]
    assert ["完成1／2，未见报告1，无文件1"] == labels
    assert verdict_rates(verdicts)["rate"].isna().tolist() == [False, False, True, True]


@pytest.mark.parametrize("suffix", [".png", ".svg", ".html", ".json"])
def test_files_are_complete_and_need_no_network(suffix: str, series: pd.DataFrame, tmp_path: Path) -> None:
    """Each kind of file holds the chart; HTML brings its scripts along."""
    path = save_chart(chart_series(series), tmp_path / f"chart{suffix}")
    content = path.read_bytes()
    if suffix == ".png" and path.suffix == ".png":
        assert content.startswith(b"\x89PNG")
        return
    text = content.decode("utf-8")
    assert "澜川市" in text
    assert [] == re.findall(r'<(?:script|link)[^>]*(?:src|href)="', text)


def test_other_files_are_refused(series: pd.DataFrame, tmp_path: Path) -> None:
    """Another suffix names those that can be written, and nothing is left behind."""
    with pytest.raises(AnalysisError, match=r"\.png \.svg \.html"):
        save_chart(chart_series(series), tmp_path / "chart.doc")
    assert [] == list(tmp_path.iterdir())


def test_without_a_chinese_font_there_are_no_boxes(series: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Characters that no font has are noticed; then an SVG is written, with a warning that says so."""
    assert not draws("\U000f0001\U000f0002")
    monkeypatch.setattr(charts, "_SAMPLE", "\U000f0001\U000f0002")
    with pytest.warns(AnalysisWarning, match="没有中文字体"):
        path = save_chart(chart_series(series), tmp_path / "chart.png")
    assert (tmp_path / "chart.svg", ["chart.svg"]) == (path, [file.name for file in tmp_path.iterdir()])


def test_nothing_to_draw_is_told() -> None:
    """An empty frame gives a message, no empty picture."""
    with pytest.raises(AnalysisError, match="没有可画的数据"):
        chart_series(empty_frame(SERIES))
    with pytest.raises(AnalysisError, match="没有可画的数据"):
        chart_compare(empty_frame(SERIES), year=2024)
    with pytest.raises(AnalysisError, match="没有可画的数据"):
        chart_progress(empty_frame(VERDICTS))
