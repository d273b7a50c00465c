"""Series over a store: what is followed, what is judged, what is kept apart, what people decide."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.batch import Options
from pipeline.store import open_store
from pipeline.store.backup import backup
from pipeline.store.exchange import export_store, import_lines
from pipeline.store.ingest import ingest
from pipeline.track import Series, TrackError, compare, decisions, groups, join, part, plan_changes, series_row, track
from tests.conftest import SHARED, run_cli

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

DAY = date(2026, 6, 30)
HEAD = "政府工作报告\n——{year}年1月15日在江西省第十四届人民代表大会第三次会议上\n江西省省长\n各位代表：\n"
REVIEW = "一、{year}年工作回顾\n"
PLAN = "二、{year}年工作安排\n{year}年经济社会发展主要预期目标是："
BEFORE = (
    REVIEW + "{year}年，地区生产总值增长5.1%，粮食总产439.2亿斤，城镇新增就业45万人。新建口袋公园110个。\n"
    + PLAN.replace("{year}", "{next}")
    + "地区生产总值增长5%左右，社会消费品零售总额增长5%左右，固定资产投资增长5%左右，居民消费价格涨幅2%左右，粮食产量达436亿斤，"
    "城镇新增就业41万人，进出口总额增长3%。全年新建口袋公园100个，新改建农村公路1000公里。\n"
)  # fmt: skip
AFTER = (
    REVIEW + "{year}年，地区生产总值增长5.2%，社会消费品零售总额增长4.7%，居民消费价格上涨0.1%，粮食总产2230万吨。"
    "城镇新增就业完成年计划的118.2%。新建口袋公园90个。\n固定资产投资、社会消费品零售总额增速未达年初预期。\n"
    + PLAN.replace("{year}", "{next}")
    + "地区生产总值增长5%以上，社会消费品零售总额增长4.5%左右，粮食产量达436亿斤，稳定进出口总额，城镇新增就业41万人以上。"
    "新建口袋公园120个。\n"
)  # fmt: skip


def write(folder: Path, year: int, text: str, name: str = "江西省") -> None:
    """A report of this year, which looks back on the year before."""
    folder.mkdir(exist_ok=True)
    body = (HEAD.replace("江西省", name) + text).format(year=year - 1, next=year).replace(f"——{year - 1}年1月", f"——{year}年1月")
    (folder / f"{year}_{name}_政府工作报告.txt").write_text(body, "utf-8")


def stored(path: Path, folders: Iterable[Path]) -> Path:
    """A store of these files and folders, in this order."""
    with open_store(path, create=True) as store:
        for folder in folders:
            ingest([folder], store, Options())
    return path


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two reports of one province."""
    base = tmp_path_factory.mktemp("track")
    write(base / "in", 2025, BEFORE)
    write(base / "in", 2026, AFTER)
    return stored(base / "a.db", [base / "in"])


def follow(db: Path, indicator: str | None = None, **wanted: object) -> list[Series]:
    """The series of a store as of a day."""
    with open_store(db, readonly=True) as store:
        return track(store, indicator, **({"as_of": DAY} | wanted))  # type: ignore[arg-type]


def verdicts(db: Path, indicator: str, measure: str) -> dict[int, tuple[str, str | None]]:
    """The verdicts on an indicator by year: verdict and what decided."""
    (one,) = (one for one in follow(db, indicator) if one.measure == measure and not one.qualifiers)
    return {told.year: (told.verdict, told.by) for told in one.verdicts}


@pytest.mark.parametrize(
    ("indicator", "measure", "expected"),
    [
        ("GDP", "change", {2025: ("met", "figure"), 2026: ("pending", None)}),
        ("社零总额", "change", {2025: ("missed", "words"), 2026: ("pending", None)}),
        ("固定资产投资", "change", {2025: ("missed", "words")}),
        ("居民消费价格涨幅", "change", {2025: ("met", "figure")}),
        ("粮食产量", "level", {2025: ("met", "figure"), 2026: ("pending", None)}),
        ("城镇新增就业", "level", {2025: ("met", "completion"), 2026: ("pending", None)}),
        ("进出口总额", "change", {2025: ("unreported", None)}),
        ("新建口袋公园", "level", {2025: ("missed", "figure"), 2026: ("pending", None)}),
    ],
)
def test_verdicts_of_two_reports(db: Path, indicator: str, measure: str, expected: dict[int, tuple[str, str | None]]) -> None:
    """Figures, the issuer's words, a share of the plan, nothing: each verdict says what decided."""
    assert expected == verdicts(db, indicator, measure)


@pytest.mark.parametrize(
    ("indicator", "measure", "expected"),
    [
        ("GDP", "change", "raised"), ("社零总额", "change", "lowered"), ("粮食产量", "level", "kept"), ("城镇新增就业", "level", "raised"),
        ("进出口总额", "change", "unquantified"), ("居民消费价格", "change", "dropped"), ("口袋公园", "level", "raised"),
    ],
)  # fmt: skip
def test_changes_between_targets(db: Path, indicator: str, measure: str, expected: str) -> None:
    """What became of a target in the next plan."""
    (one,) = (one for one in follow(db, indicator) if one.measure == measure and not one.qualifiers)
    assert [(2025, 2026, expected)] == [(told.from_year, told.to_year, told.change) for told in one.changes]


def test_every_point_stands_in_its_sentence(db: Path) -> None:
    """Points carry the words they came from, and rows have the fields of the contract."""
    for one in follow(db):
        for point in one.points:
            assert point.text in point.sentence
        row = json.loads(json.dumps(series_row(one)))
        assert {"record", "id", "place", "scope", "indicator", "unit", "measure", "direction", "points", "verdicts", "changes"} <= set(row)
        assert "series" == row["record"]


def test_one_year_only_has_no_verdicts_but_pending(tmp_path: Path) -> None:
    """A store without a later report tells that it has none."""
    write(tmp_path / "in", 2025, BEFORE)
    made = [told for one in follow(stored(tmp_path / "a.db", [tmp_path / "in"])) for told in one.verdicts]
    assert {("pending", "库内无后续文件")} == {(told.verdict, told.reason) for told in made}


def test_documents_that_contradict_each_other(tmp_path: Path) -> None:
    """Both figures are kept, the verdict is unclear, and the reason names both documents."""
    write(tmp_path / "in", 2025, BEFORE)
    write(tmp_path / "in", 2026, AFTER)
    text = "江西省2025年经济社会发展工作总结\n2025年，全省地区生产总值增长4.1%。\n"
    (tmp_path / "in" / "2025_江西省_工作总结.txt").write_text(text, "utf-8")
    (one,) = (one for one in follow(stored(tmp_path / "a.db", [tmp_path / "in"]), "GDP") if one.measure == "change")
    told = next(told for told in one.verdicts if told.year == 2025)
    assert "unclear" == told.verdict
    assert all(word in told.reason for word in ("5.2%", "4.1%"))
    assert 2 == len([point for point in one.points if (point.year, point.role) == (2025, "actual")])


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations((2024, 2025, 2026)))
def test_the_order_of_documents_does_not_matter(tmp_path_factory: pytest.TempPathFactory, order: list[int]) -> None:
    """Whatever came into the store first, the series are the same."""
    base = tmp_path_factory.mktemp("order")
    for year in order:
        write(base / str(year), year, AFTER if year == 2026 else BEFORE)
    one, other = (
        stored(base / "a.db", [base / str(year) for year in order]),
        stored(base / "b.db", [base / str(year) for year in sorted(order)]),
    )
    assert [series_row(row) for row in follow(other)] == [series_row(row) for row in follow(one)]


@pytest.mark.parametrize(
    ("sentence", "indicator", "told"),
    [
        ("五年来，全省城镇新增就业累计230万人", "城镇新增就业", 230e4),
        ("“十四五”以来，地区生产总值年均增长9.9%", "GDP", 9.9),
        ("地区生产总值比2020年增长33.6%", "GDP", 33.6),
        ("一季度，地区生产总值增长7.7%", "GDP", 7.7),
        ("城镇登记失业率3.1%", "城镇调查失业率", 3.1),
    ],
)
def test_what_must_not_be_mixed(tmp_path: Path, sentence: str, indicator: str, told: float) -> None:
    """A figure of several years, of a part of one, or of something else is no result of the year."""
    write(tmp_path / "in", 2025, BEFORE + "城镇调查失业率控制在5.5%左右。\n")
    write(tmp_path / "in", 2026, REVIEW + sentence + "。\n")
    plain = [one for one in follow(stored(tmp_path / "a.db", [tmp_path / "in"]), indicator) if not one.qualifiers]
    assert [] == [point for one in plain for point in one.points if point.low == told]


def test_names_are_joined_and_parted_for_good(tmp_path: Path) -> None:
    """What a person decides about names holds at the next tracking, and travels with the store."""
    write(tmp_path / "in", 2025, BEFORE)
    write(tmp_path / "in", 2026, AFTER.replace("新建口袋公园90个", "新增街角绿地90个"))
    db = stored(tmp_path / "a.db", [tmp_path / "in"])
    assert ("unreported", None) == verdicts(db, "口袋公园", "level")[2025]
    with open_store(db) as store:
        join(store, "新建口袋公园", "新增街角绿地", "张三")
        export_store(store, tmp_path / "a.jsonl")
        backup(store, tmp_path / "copy.db")
    assert ("missed", "figure") == verdicts(db, "口袋公园", "level")[2025]
    with open_store(tmp_path / "b.db", create=True) as store, (tmp_path / "a.jsonl").open("rb") as lines:
        import_lines(lines, store)
    assert ("missed", "figure") == verdicts(tmp_path / "b.db", "口袋公园", "level")[2025]
    assert ("missed", "figure") == verdicts(tmp_path / "copy.db", "口袋公园", "level")[2025]
    with open_store(db) as store:
        part(store, "新建口袋公园", "新增街角绿地", "李四")
        assert ["join", "part"] == [one.action for one in decisions(store).made]
    assert ("unreported", None) == verdicts(db, "口袋公园", "level")[2025]
    with open_store(db) as store, pytest.raises(TrackError):
        join(store, "口袋公园", "口袋公园")


def test_known_names_can_be_parted(db: Path, tmp_path: Path) -> None:
    """Two wordings that the program takes for one can be told apart."""
    with open_store(db, readonly=True) as store:
        backup(store, tmp_path / "a.db")
    with open_store(tmp_path / "a.db") as store:
        part(store, "粮食产量", "粮食总产")
    found = follow(tmp_path / "a.db", "粮食产量")
    assert ["unreported", "pending"] == [told.verdict for one in found if one.indicator == "粮食产量" for told in one.verdicts]


def test_places_side_by_side(db: Path, tmp_path: Path) -> None:
    """A comparison has a row for each place, by name and by group, and says so when it has none."""
    write(tmp_path / "in", 2026, AFTER.replace("增长5.2%", "增长6.2%"), "湖北省")
    with open_store(db, readonly=True) as store:
        backup(store, tmp_path / "a.db")
    stored_both = stored(tmp_path / "a.db", [tmp_path / "in"])
    assert "江西省" in groups()["中部六省"]
    with open_store(stored_both, readonly=True) as store:
        rows = compare(store, "经济增长", 2025, places=["中部六省"], as_of=DAY)
        assert [("湖北省", 6.2), ("江西省", 5.2)] == [(row.place, row.actual.low) for row in rows if row.actual]
        assert [None, "met"] == [row.verdict.verdict if row.verdict else None for row in rows]
        with pytest.raises(TrackError, match="江西省"):
            compare(store, "经济增长", 2025, places=["长三角"])


def test_commitments_in_words_between_two_plans(tmp_path: Path) -> None:
    """力争 becomes 确保 and is firmer, 确保 becomes 力争 and is softer; the rest is kept, dropped or new."""
    first = "全年新增学位1万个，力争开工建设昌九高铁。确保完成赣江新区体制改革。加快建设省级区域医疗中心。推进陶瓷文化传承创新。\n"
    second = "全年新增学位1万个，确保开工建设昌九高铁。力争完成赣江新区体制改革。加快建设省级区域医疗中心。启动编制低空经济发展规划。\n"
    write(tmp_path / "in", 2025, PLAN.replace("{year}", "{next}") + "\n" + first)
    write(tmp_path / "in", 2026, PLAN.replace("{year}", "{next}") + "\n" + second)
    with open_store(stored(tmp_path / "a.db", [tmp_path / "in"]), readonly=True) as store:
        told = [(change.change, (change.earlier or change.later).text[-6:]) for change in plan_changes(store, "江西省", 2026)]  # type: ignore[union-attr]
        with pytest.raises(TrackError, match="2024"):
            plan_changes(store, "江西省", 2025)
    assert ["firmer", "softer", "kept", "dropped", "new"] == [change for change, _ in told]


def test_unknown_places_and_indicators_are_told(db: Path) -> None:
    """A question without an answer names what there is."""
    with pytest.raises(TrackError, match="江西省"):
        follow(db, "GDP", place="甲省")
    with pytest.raises(TrackError, match="新建口袋公园"):
        follow(db, "口袋花园")


def test_commands(db: Path, tmp_path: Path) -> None:
    """The command line follows, compares, joins and parts."""
    out = tmp_path / "series.jsonl"
    assert 0 == run_cli("track", "--all", "--db", str(db), "-o", str(out)).returncode
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert {"series"} == {row["record"] for row in rows}
    shown = run_cli("track", "粮食产量", "--db", str(db), "--place", "江西省", "--as-of", "2026-06-30").stdout
    assert all(word in shown for word in ("2230万吨", "436亿斤", "已达目标", "换算"))
    assert "5.2%" in run_cli("compare", "GDP", "--year", "2025", "--db", str(db)).stdout
    assert 2 == run_cli("track", "--db", str(db)).returncode
    assert 1 == run_cli("track", "没有的指标", "--db", str(db)).returncode


def test_seed_gives_two_targets_from_one_sentence(shared: Path, tmp_path: Path) -> None:
    """上饶 2024: 污水集中收集率 of 60 % in 2024 and 70 % in 2025."""
    found = follow(stored(tmp_path / "a.db", [shared / "corpus" / "seeds"]), "污水集中收集率", place="上饶市")
    targets = {(point.year, point.low, point.comparator) for one in found for point in one.points if point.role == "target"}
    assert {(2024, 60, ">="), (2025, 70, ">=")} <= targets
    assert SHARED == shared
