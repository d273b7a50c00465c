"""Series, verdicts and changes of the contract as rows; which document reviews a plan; reports; a store for a while."""

from __future__ import annotations

import base64
import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

pytest.importorskip("altair")
from pipeline.analysis import provenance_of, read_actuals, save_frame, store_of, write_report
from pipeline.analysis.charts import chart_progress, chart_series, save_chart
from pipeline.analysis.columns import CHANGES, DTYPES, FRAMES, SERIES, VERDICTS
from pipeline.analysis.messages import AnalysisError, AnalysisWarning
from pipeline.analysis.report import table_html
from pipeline.analysis.show import html_of
from pipeline.analysis.tables import frame_of_rows
from pipeline.analysis.tracking import (
    change_rows,
    document_named,
    point_rows,
    reviews_of,
    verdict_rows,
    without_documents,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.analysis.store import AnalystStore

CONTRACT: dict[str, Any] = {
    "record": "series", "id": "s1", "place": "澜川市", "scope": None, "indicator": "绿道", "unit": "公里",
    "measure": "level", "direction": None, "names": ["绿道", "新建绿道"],
    "points": [
        {"year": 2021, "start": "2021-01-01", "end": "2021-12-31", "role": "target", "comparator": ">=", "low": 20, "high": 20,
         "quantity": "q1", "doc_id": "d1", "text": "20公里以上"},
        {"year": 2021, "start": "2021-01-01", "end": "2021-12-31", "role": "actual", "comparator": "=", "low": 22.4, "high": 22.4,
         "quantity": "q2", "doc_id": "d2", "text": "22.4公里"},
        {"year": 2024, "start": None, "end": "2024-12-31", "role": "target", "comparator": "<=", "low": None, "high": 9,
         "quantity": "q3", "doc_id": "d3", "text": "9公里以内"},
    ],
    "verdicts": [
        {"year": 2021, "verdict": "met", "target": "q1", "actual": "q2", "reason": "22.4≥20", "by": "figure"},
        {"year": 2024, "verdict": "unreported", "target": "q3", "actual": None, "reason": "未见报告", "by": None},
    ],
    "changes": [{"from_year": 2021, "to_year": 2024, "change": "lowered"}],
}  # fmt: skip
DOCUMENTS = {"d1": {"source": "a.txt", "rank": 0}, "d2": {"source": "b.txt", "rank": 1}}


def test_points_are_rows_with_their_series_and_source() -> None:
    """A row for each point; what is not known of a document stays empty."""
    frame = frame_of_rows(point_rows([CONTRACT], DOCUMENTS), SERIES)
    assert [20.0, 22.4] == frame["low"].dropna().tolist()
    assert ["澜川市"] * 3 == frame["place"].tolist()
    assert ["a.txt", "b.txt"] == frame["source"].dropna().tolist()
    assert [0, 1] == frame["rank"].dropna().tolist()


def test_verdicts_are_rows_with_both_values_and_words() -> None:
    """The two quantities are looked up; an upper bound is its upper end."""
    first, second = frame_of_rows(verdict_rows([CONTRACT]), VERDICTS).to_dict("records")
    assert ("met", 20.0, 22.4, "20公里以上", "22.4公里", "q2") == tuple(
        first[name] for name in ("verdict", "target", "actual", "target_text", "actual_text", "actual_quantity")
    )
    assert ("unreported", 9.0, True) == (second["verdict"], second["target"], second["actual"] != second["actual"])


def test_changes_are_rows() -> None:
    """From year to year, with the indicator beside it."""
    [row] = frame_of_rows(change_rows([CONTRACT]), CHANGES).to_dict("records")
    assert ("绿道", 2021, 2024, "lowered") == tuple(row[name] for name in ("indicator", "from_year", "to_year", "change"))


@pytest.mark.parametrize(
    ("documents", "verdict"),
    [
        ([("澜川市", 2024, 2023)], "no_document"),
        ([("澜川市", 2025, 2024)], "unreported"),
        ([("澜川市", 2024, 2024)], "unreported"),  # 当年的总结
        ([("澜川市", 2026, None)], "unreported"),  # 更晚的文件本可提及
        ([("岫屏市", 2025, 2024)], "no_document"),  # 外地的文件不算
        ([], "no_document"),
    ],
)
def test_a_year_without_documents_is_not_silence(documents: list[tuple[str, int, int | None]], verdict: str) -> None:
    """未见报告 only where a document of the place could have reported; else 无文件. Other verdicts stay."""
    rows = [{"place": place, "year": year, "review_year": review} for place, year, review in documents]
    found = list(without_documents(verdict_rows([CONTRACT]), rows, date(2026, 1, 1)))
    assert ["met", verdict] == [row["verdict"] for row in found]


def test_what_is_not_due_stays_so() -> None:
    """Before its last day a target without any document is not yet due."""
    rows = [{**row, "verdict": "pending"} for row in verdict_rows([CONTRACT])]
    found = [[row["verdict"] for row in without_documents(rows, [], day)] for day in (date(2024, 12, 30), date(2024, 12, 31))]
    assert [["no_document", "pending"], ["no_document", "no_document"]] == found


@pytest.fixture(scope="module")
def store() -> Iterator[AnalystStore]:
    """The sample corpus, for a while."""
    store = store_of(ROOT / "corpus")
    yield store
    store.close()


def test_documents_are_named_by_id_title_or_path(store: AnalystStore) -> None:
    """A part of the title is enough where only one document has it."""
    found = document_named(store.store, "2021年工作要点")
    assert found == document_named(store.store, found["doc_id"])
    with pytest.raises(AnalysisError, match="没有标题、出处或编号含“没有这份”"):
        document_named(store.store, "没有这份")
    with pytest.raises(AnalysisError, match="对应多份文件"):
        document_named(store.store, "城市管理局")


def test_a_plan_finds_its_reviews(store: AnalystStore) -> None:
    """The summary of the plan's own year by the same issuer comes first."""
    plan = document_named(store.store, "城市管理局2021年工作要点")
    reviews = reviews_of(store.store, plan)
    assert reviews
    assert {(plan["place"], plan["plan_year"])} == {(row["place"], row["review_year"]) for row in reviews}
    assert "2021年工作总结" in reviews[0]["title"]


def test_a_store_for_a_while_leaves_nothing(tmp_path: Path) -> None:
    """It goes when it is closed; a file that cannot be read is told, the others are there."""
    (tmp_path / "a.txt").write_text("2025年工作要点\n新建公园3个。", "utf-8")
    (tmp_path / "b.txt").write_bytes(b"")
    with pytest.warns(AnalysisWarning, match=r"b\.txt"):
        store = store_of(tmp_path)
    with store:
        path = store.path
        assert (1, True) == (len(store.documents()), path.exists())
    assert not path.parent.exists()


def test_reports_hold_text_tables_and_pictures(store: AnalystStore, tmp_path: Path) -> None:
    """One file with everything in it: escaped text, Chinese headings, pictures, and what made it."""
    series = frame_of_rows(point_rows([CONTRACT], DOCUMENTS), SERIES)
    verdicts = frame_of_rows(verdict_rows([CONTRACT]), VERDICTS)[["indicator", "year", "verdict", "target", "actual"]]
    parts = ["## 一、<总体>", "绿道 & 公园", verdicts, chart_series(series)]
    page = write_report(tmp_path / "r.html", "比较<b>", parts, store.provenance()).read_text("utf-8")
    assert ("<h2>一、&lt;总体&gt;</h2>" in page, "<p>绿道 &amp; 公园</p>" in page, "<b>" in page) == (True, True, False)
    assert all(f">{name}</th>" in page for name in ("指标", "年份", "完成判定", "目标值", "实绩值"))
    assert ">未见报告</td>" in page
    [picture] = re.findall(r'src="data:image/[\w+]+;base64,([^"]+)"', page)
    assert len(base64.b64decode(picture)) > 1000
    assert provenance_of(store.store).program in page
    assert "<script" not in page


def test_tables_escape_and_join() -> None:
    """Lists in one cell, no markup from a text, nothing for what is missing."""
    frame = frame_of_rows([{"indicator": "<script>", "low": 1_500_000.0}, {}], SERIES)[["indicator", "low"]]
    html = table_html(frame)
    assert ("&lt;script&gt;" in html, "1.5e+06" in html, "<td></td>" in html) == (True, False, True)
    assert "1,500,000" in html


def test_every_frame_remembers_what_made_it(store: AnalystStore, tmp_path: Path) -> None:
    """A table that is saved later still says which store and program it came from."""
    frame = store.quantities(indicator="绿道")
    path = save_frame(frame, tmp_path / "绿道.csv")
    about = path.with_name(path.name + ".provenance.json").read_text("utf-8")
    assert all(part in about for part in (store.path.name, store.provenance().program, store.provenance().rules))


def test_records_and_documents_can_be_shown(store: AnalystStore) -> None:
    """By its id a record of any kind comes back as what a notebook shows; by a part of its title a document."""
    for kind in ("tasks", "quantities", "deadlines"):
        row = getattr(store, kind)().iloc[0]
        record = store.record(row["id"])
        assert (row["id"], row["text"]) == (record.id, record.text)
        assert row["text"][:5] in record._repr_html_()  # type: ignore[union-attr]
    assert "2021年工作要点" in str(store.document("2021年工作要点").title)
    with pytest.raises(AnalysisError, match="没有编号为“x”的记录"):
        store.record("x")


KINDS = ("series", "verdicts", "changes")


@pytest.mark.parametrize("kind", KINDS)
def test_tracking_gives_frames_with_the_documented_columns(store: AnalystStore, kind: str) -> None:
    """What tracking finds in the sample corpus has the types that are documented, also where a filter leaves nothing."""
    expected = {column.name: {"string[pyarrow]": "string"}.get(DTYPES[column.type], DTYPES[column.type]) for column in FRAMES[kind]}
    whole = getattr(store, kind)()
    with pytest.warns(AnalysisWarning, match="没有这个地方"):
        nothing = getattr(store, kind)(place="没有这个地方")
    assert [expected, expected] == [{name: str(dtype) for name, dtype in frame.dtypes.items()} for frame in (whole, nothing)]
    assert (True, 0) == (len(whole) > 0, len(nothing))


def test_series_of_the_sample_corpus_tell_its_story(store: AnalystStore) -> None:
    """A target that was missed, one that was met, and every verdict with its reason; a person can go back to the words."""
    series, verdicts = store.series(place="澜川市"), store.verdicts(place="澜川市")
    parks = verdicts[verdicts["indicator"].astype(str).str.contains("口袋公园") & verdicts["actual_text"].eq("23个")]
    assert ["missed"] == parks["verdict"].unique().tolist()
    assert (verdicts["reason"].str.len() > 0).all()
    assert set(verdicts["id"]) <= set(series["id"])
    point = series[series["role"].eq("actual")].iloc[0]
    assert point["text"] == store.record(point["quantity"]).text


def test_departments_figures_stand_among_the_points(store: AnalystStore, tmp_path: Path) -> None:
    """A figure of a template is a point with its source, and answers where documents are silent."""
    silent = store.verdicts(place="澜川市")
    row = silent[silent["verdict"].eq("unreported") & (silent["qualifiers"].str.len() == 0) & silent["measure"].eq("level")].iloc[0]
    path = tmp_path / "报表.csv"
    path.write_text(f"地区,指标,年份,数值,单位,来源\n澜川市,{row['indicator']},{row['year']},999999,{row['unit']},统计公报\n", "utf-8")
    actuals = read_actuals(path)
    assert () == actuals.problems
    series = store.series(place="澜川市", actuals=actuals)
    assert ["统计公报"] == series[series["text"].str.startswith("999999")]["source"].unique().tolist()
    before, after = len(silent), store.verdicts(place="澜川市", actuals=actuals)
    assert before == len(after)
    now = after[after["id"].eq(row["id"]) & after["year"].eq(row["year"])].iloc[0]
    assert (True, "统计公报" in now["reason"]) == (now["verdict"] in ("met", "missed"), True)


def test_a_plan_is_laid_beside_its_review(store: AnalystStore) -> None:
    """Each commitment is a row; the review is found by place and year."""
    loop = store.loop("城市管理局关于印发2024年工作要点")
    expected = {column.name: {"string[pyarrow]": "string"}.get(DTYPES[column.type], DTYPES[column.type]) for column in FRAMES["loop"]}
    assert expected == {name: str(dtype) for name, dtype in loop.dtypes.items()}
    assert 1 == loop["review_doc_id"].nunique()
    assert {"done", "not_mentioned"} <= set(loop["verdict"])
    text = store.document(loop["doc_id"].iloc[0]).text
    assert all(text[start:end] == words for start, end, words in zip(loop["span_start"], loop["span_end"], loop["text"], strict=True))
    with pytest.raises(AnalysisError, match="没有可以核对"):
        store.loop("支持先进制造业高质量发展")


def test_a_series_shows_its_years(store: AnalystStore) -> None:
    """Targets, results and verdicts of each year in a table, all text escaped."""
    found = [series for series in store.follow("口袋公园", place="澜川市") if "23个" in [point.text for point in series.points]]
    html = found[0]._repr_html_()  # type: ignore[attr-defined]
    assert all(part in html for part in ("澜川市", "25个", "23个", "未达目标"))
    hostile = replace(found[0], indicator="<script>", place="<b>")
    assert ("<script>" in html_of(hostile), "&lt;script&gt;" in html_of(hostile)) == (False, True)


@pytest.mark.parametrize("suffix", [".png", ".svg", ".html", ".json"])
def test_charts_say_what_made_them(store: AnalystStore, tmp_path: Path, suffix: str) -> None:
    """A picture that is sent on can be traced to program, rules, store and day."""
    chart = chart_progress(store.verdicts(place="澜川市"))
    path = save_chart(chart, tmp_path / f"chart{suffix}")
    told = path if suffix in (".html", ".json") else path.with_name(path.name + ".provenance.json")
    assert all(part in told.read_text("utf-8") for part in (store.provenance().program, store.as_of.isoformat()))


def test_arithmetic_is_checked(store: AnalystStore) -> None:
    """The growth rate of the sample corpus that does not match its amounts is found, with the sum written out."""
    found = store.audit()
    expected = {column.name: {"string[pyarrow]": "string"}.get(DTYPES[column.type], DTYPES[column.type]) for column in FRAMES["audit"]}
    assert expected == {name: str(dtype) for name, dtype in found.dtypes.items()}
    wrong = found[found["holds"].eq(False).fillna(False)]
    assert any("93.1亿元" in "".join(quotes) for quotes in wrong["quotes"])
    one = store.audit(wrong["doc_id"].iloc[0])
    assert {wrong["doc_id"].iloc[0]} == set(one["doc_id"])
    with pytest.raises(AnalysisError, match="没有标题"):
        store.audit("没有这份")
