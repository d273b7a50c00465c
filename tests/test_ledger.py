"""The ledger: which sentences make an item, what people do with items, lights, and that nothing is ever lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import apsw
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.batch import Options
from pipeline.ledger.build import build, clause_of, find_documents
from pipeline.ledger.composing import compose
from pipeline.ledger.due import due
from pipeline.ledger.history import changes, history
from pipeline.ledger.items import (
    By,
    Filter,
    Told,
    add_progress,
    assign,
    close,
    confirm_overdue,
    due_return,
    edit,
    exclude,
    extend,
    finish_step,
    include,
    item,
    items,
    period_end,
    put_many,
    with_progress,
)
from pipeline.ledger.lights import Settings, light, load_settings
from pipeline.ledger.model import STATES, Item, LedgerError, Party, Progress, Step, item_of, item_row
from pipeline.ledger.report import month_end, report
from pipeline.ledger.shaping import fan_out, merge, split
from pipeline.ledger.units import Group, LedgerUnit, Resolver, groups, put_units, read_units, remove_unit, units
from pipeline.store import open_store
from pipeline.store.backup import backup
from pipeline.store.errors import StoreError
from pipeline.store.exchange import export_store, import_lines
from pipeline.store.ingest import ingest
from pipeline.store.removal import remove
from tests.conftest import SHARED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.store import SqliteStore

BY = By("督查室", "2024-03-10T09:00:00")
PLAN = """2024年澜川市城市管理工作要点
澜川市城市管理局
2024年3月6日
一、提升城市颜值
（一）打造干净城市。持续实施深度保洁，加大重点区域作业频次。推进3座进城车辆冲洗站建设。扎实开展积存垃圾专项清理整治。
（二）开展环境整治。今年中心城区各区至少打造2个美丽街区，各县市至少打造1个。
（三）加强考评。修改完善检查考核评比办法，对县（市）实行每季度考评、城区实行每月考评。
二、推进重点工程
（四）做好填埋场封场工作。7月15日前完成公开招标。四季度完成渗滤液处理站扩容并试运行，年底前完成投资1402万元。
（五）服务群众。全市新增公共停车位4500个以上；城市停车信息入网率达100%；推动停车平台向县市延伸。
"""
JINGMEN, SHANTOU, TAIHE = ("001_5868f17219445c2d.txt", "003_93fd350f25616c2b.txt", "004_a58db0d637065d99.txt")
ITEM = Item("2024-0001", "k1", "工作要点", "要点", None, "一、（一）", "", "", "建成口袋公园10个。", "建成口袋公园10个。")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one plan, made once."""
    folder = tmp_path_factory.mktemp("plan")
    (folder / "要点.txt").write_text(PLAN, "utf-8")
    with open_store(folder / "plan.db", create=True) as store:
        ingest([folder / "要点.txt"], store, Options())
    return folder / "plan.db"


@pytest.fixture
def store(plan: Path, tmp_path: Path) -> Iterator[SqliteStore]:
    """A copy of the store of one plan."""
    (tmp_path / "office.db").write_bytes(plan.read_bytes())
    with open_store(tmp_path / "office.db") as opened:
        yield opened


@pytest.fixture
def built(store: SqliteStore) -> SqliteStore:
    """The same with its ledger."""
    build(store, [], BY)
    return store


def find(store: SqliteStore, text: str) -> Item:
    """The item that holds these words."""
    return next(one for one in items(store) if text in one.task)


def test_sentences_become_items(built: SqliteStore) -> None:
    """Sentences that cannot be checked are joined within their clause; figures, units, frequencies and rows of parts stand alone."""
    told = [(one.clause, one.task) for one in items(built)]
    assert [
        ("一、（一）", "持续实施深度保洁，加大重点区域作业频次。扎实开展积存垃圾专项清理整治。"),
        ("一、（一）", "推进3座进城车辆冲洗站建设。"),
        ("一、（二）", "今年中心城区各区至少打造2个美丽街区。"),
        ("一、（二）", "各县市至少打造1个。"),
        ("一、（三）", "修改完善检查考核评比办法，对县（市）实行每季度考评。"),
        ("一、（三）", "城区实行每月考评。"),
        ("二、（四）", "7月15日前完成公开招标。四季度完成渗滤液处理站扩容并试运行，年底前完成投资1402万元。"),
        ("二、（五）", "全市新增公共停车位4500个以上。"),
        ("二、（五）", "城市停车信息入网率达100%。"),
        ("二、（五）", "推动停车平台向县市延伸。"),
    ] == told


def test_nobody_in_particular_leads(store: SqliteStore, tmp_path: Path) -> None:
    """社区 and 各地 that a sentence only mentions lead nothing; a unit does; the number of a row is off the task and in the original."""
    path = tmp_path / "2024_澜川市_行动要点.txt"
    path.write_text(
        "2024年澜川市市容行动要点\n一、加强管理\n一是社区开展日常巡查，劝阻乱堆乱放行为。\n六是市住建局要在年底前新建公厕11座以上。\n各地打造示范街区2个。\n",
        "utf-8",
    )
    ingest([path], store, Options())
    built = build(store, ["行动要点"], BY).items
    assert {"澜川市住房和城乡建设局"} == {party.name for one in built for party in one.lead}
    assert all(not one.task.startswith(("一是", "六是")) for one in built)
    assert any(one.original.startswith("六是") for one in built)


def test_item_keeps_what_the_records_say(built: SqliteStore) -> None:
    """Source, figures, dates as written and as days, units with their origin, steps."""
    areas, landfill = find(built, "美丽街区"), find(built, "渗滤液")
    assert ("工作要点", (Party("中心城区各区", "原文"),), "今年", "2024-12-31", False) == (
        areas.source, areas.lead, areas.deadline_text, areas.deadline, areas.deadline_assumed,
    )  # fmt: skip
    assert (
        Step("7月15日前完成公开招标", "2024-07-15"),
        Step("四季度完成渗滤液处理站扩容并试运行", "2024-12-31"),
        Step("年底前完成投资1402万元", "2024-12-31"),
    ) == landfill.steps
    assert ("2024-12-31", 1) == (landfill.deadline, landfill.quantities.count("1402万元"))
    assert ("quarter", "2024-03-31") == (find(built, "每季度").every, find(built, "每季度").next_due)


def test_no_date_is_invented(store: SqliteStore) -> None:
    """Without a date there is none, unless the caller wants the year's end, which is then marked."""
    parked = find_documents(store, [])[0]["doc_id"]
    plain = build(store, [parked], BY).items
    assert [None] == list({one.deadline for one in plain if "停车平台" in one.task})
    made = edit(store, plain[0].number, {"remark": "x"}, BY)
    assert (None, "x") == (made.deadline, made.remark)


def test_assumed_year_end_is_marked(store: SqliteStore) -> None:
    """An assumed day is told as such, and no light counts it before the settings trust it."""
    build(store, [], BY, assume_year_end=True)
    told = find(store, "停车平台")
    known = replace(told, state="推进中", progress=(Progress("2024-11-01", "在办"),))
    day = date(2024, 12, 20)
    assert ("2024-12-31", True) == (told.deadline, told.deadline_assumed)
    assert ("灰", "黄") == (light(known, day), light(known, day, Settings(trust_assumed=True)))


def test_building_again_adds_nothing(built: SqliteStore) -> None:
    """Items are recognised, also when they were split, merged or edited."""
    split(built, "2024-0001", ["实施深度保洁", "清理积存垃圾"], BY)
    merge(built, ["2024-0008", "2024-0009"], BY)
    edit(built, "2024-0002", {"task": "建成冲洗站"}, BY)
    again = build(built, [], BY)
    assert (0, 10) == (len(again.items), len(again.known))


def test_same_duty_in_another_document_is_recognised(store: SqliteStore, tmp_path: Path) -> None:
    """A duty that another document of the same place and year repeats is the earlier item; one of the next year is a new one."""
    build(store, [], BY)
    head = "{year}年澜川市重点工作要点\n澜川市人民政府\n{year}年4月1日\n一、城市管理\n推进3座进城车辆冲洗站建设。新建改造绿道20公里。\n"
    for year in (2024, 2025):
        (tmp_path / f"{year}重点.txt").write_text(head.format(year=year), "utf-8")
        ingest([tmp_path / f"{year}重点.txt"], store, Options())
    same, later = build(store, ["2024年澜川市重点工作要点"], BY), build(store, ["2025重点.txt"], BY)
    assert (["2024-0011"], ["2024-0002"]) == ([one.number for one in same.items], [one.number for one in same.known])
    assert ["2025-0001", "2025-0002"] == [one.number for one in later.items]


@pytest.mark.parametrize(
    ("section", "clause", "expected"),
    [
        (("一、不断提升城市颜值", "(一)打造“最干净城市”。"), "(一)", "一、(一)"),
        (("三、下步工作重点", "一是做好封场工作。"), "三、一是", "三、一是"),
        (("一是靶向聚焦",), "一是", "一是"),
        ((), None, None),
        (("2024年工作安排",), "（三）", "（三）"),
        (("二、重点工程",), None, "二、"),
    ],
)
def test_clauses_are_cited_from_the_outermost_number(section: tuple[str, ...], clause: str | None, expected: str | None) -> None:
    """A clause is named so that an officer finds it."""
    assert expected == clause_of(section, clause)


@pytest.mark.skipif(not (SHARED / "corpus" / "seeds").is_dir(), reason="needs the shared corpus")
@pytest.mark.parametrize(("name", "low", "high"), [(JINGMEN, 36, 50), (SHANTOU, 18, 18), (TAIHE, 10, 14)])
def test_real_plans_give_as_many_items_as_an_officer_keeps(tmp_path: Path, name: str, low: int, high: int) -> None:
    """Every item can be cited by clause, and without reports all are grey."""
    with open_store(tmp_path / "real.db", create=True) as store:
        ingest([SHARED / "corpus" / "seeds" / name], store, Options())
        made = build(store, [name], BY).items
        told = report(store, date(2026, 1, 1))
    assert low <= len(made) <= high
    assert all(one.clause for one in made)
    assert told.total.total == told.total.lights["灰"]
    if name == SHANTOU:
        assert not any(one.deadline or one.quantities for one in made)
    if name == TAIHE:
        landfill = next(one for one in made if "渗滤液" in one.task)
        assert ["2022-07-15", "2022-12-31", "2022-12-31"] == [step.date for step in landfill.steps if step.date]


DAY = date(2024, 6, 1)
EVERY = ["day", "week", "ten_days", "month", "2_months", "quarter", "half_year", "year"]
DONE = Progress("2024-05-01", "完成一半", 50)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "灰"),
        ({"deadline": "2024-05-01"}, "灰"),  # overdue without any report
        ({"deadline": "2024-05-01", "overdue_confirmed": True}, "红"),
        ({"deadline": "2024-07-01", "overdue_confirmed": True}, "灰"),
        ({"deadline": "2024-04-30", "progress": (DONE,), "state": "推进中"}, "红"),  # reported after the day as not done
        ({"deadline": "2024-05-20", "progress": (DONE,), "state": "推进中"}, "黄"),  # nothing heard since the day
        ({"deadline": "2024-07-01", "progress": (DONE,), "completion": 90.0}, "黄"),
        ({"deadline": "2024-07-02", "progress": (DONE,), "completion": 90.0}, "绿"),
        ({"deadline": "2024-12-31", "progress": (DONE,), "completion": 50.0}, "绿"),
        ({"deadline": "2024-12-31", "progress": (DONE,), "completion": 20.0}, "黄"),  # behind time
        ({"progress": (DONE,), "completion": 50.0}, "灰"),  # no date
        ({"deadline": "2024-05-01", "state": "已销号"}, "蓝"),
        ({"deadline": "2024-05-01", "state": "已完成待核"}, "蓝"),
        ({"deadline": "2024-05-01", "state": "终止", "progress": (DONE,)}, "灰"),
        ({"deadline": "2024-12-31", "steps": (Step("招标", "2024-06-20"),), "progress": (DONE,)}, "黄"),  # a step is due
        ({"deadline": "2024-12-31", "steps": (Step("招标", "2024-06-20", done=True),), "progress": (DONE,)}, "绿"),
        ({"next_due": "2024-06-30", "every": "month", "progress": (DONE,)}, "黄"),
    ],
)
def test_lights(values: dict[str, Any], expected: str) -> None:
    """Red needs a report or a person; without either an item is grey, however late."""
    assert expected == light(replace(ITEM, **values), DAY)


def test_lights_can_be_set_otherwise(tmp_path: Path) -> None:
    """An office keeps its own days and points; a key that nobody knows is refused."""
    path = tmp_path / "lights.toml"
    path.write_text("[lights]\nsoon_days = 10\nbehind_points = 50\n", "utf-8")
    assert Settings(10, 50) == load_settings(path)
    path.write_text("soon = 10", "utf-8")
    with pytest.raises(LedgerError, match="soon_days"):
        load_settings(path)


@given(
    deadline=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    as_of=st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    state=st.sampled_from(STATES[:1]),
)
def test_plans_alone_are_grey(deadline: date | None, as_of: date, state: str) -> None:
    """Whatever the day, an item of which nothing was reported is grey."""
    told = item_of(item_row(ITEM) | {"deadline": deadline and deadline.isoformat(), "state": state})
    assert "灰" == light(told, as_of)


@given(
    every=st.sampled_from(["day", "week", "ten_days", "month", "quarter", "half_year", "year"]),
    day=st.dates(date(2000, 1, 1), date(2100, 1, 1)),
)
def test_periods_follow_each_other(every: str, day: date) -> None:
    """The end of a period is in it, and the day after it opens the next, which ends later."""
    end = date.fromisoformat(period_end(every, day) or "")
    assert day <= end
    assert period_end(every, end) == end.isoformat()
    assert (period_end(every, end + timedelta(days=1)) or "") > end.isoformat()


@pytest.mark.parametrize(
    ("every", "day", "wording", "expected"),
    [
        ("month", date(2024, 3, 1), "每月25日前报送", "2024-03-25"),
        ("month", date(2024, 3, 26), "每月25日前报送", "2024-04-25"),
        ("quarter", date(2024, 1, 10), "每季度末月25日前报送", "2024-03-25"),
        ("month", date(2024, 2, 1), "每月31日前", "2024-02-29"),
        ("month", date(2024, 2, 1), "每月通报，6月15日前建成", "2024-02-29"),
        ("3_years", date(2024, 2, 1), "每三年一次", None),
    ],
)
def test_duties_that_return(every: str, day: date, wording: str, expected: str | None) -> None:
    """A duty is due on the day that it names, or at the end of its period."""
    assert expected == due_return(every, day, wording)


def test_reports_move_a_recurring_duty_on(built: SqliteStore) -> None:
    """Each report counts for one period; what was reported stays."""
    number = find(built, "每季度").number
    add_progress(built, number, Told("一季度已考评", date="2024-03-25"), BY)
    told = add_progress(built, number, Told("二季度已考评", date="2024-07-02"), BY)
    assert ("2024-09-30", ["一季度已考评", "二季度已考评"], "推进中") == (told.next_due, [one.text for one in told.progress], told.state)


def test_everything_that_changes_is_kept(built: SqliteStore) -> None:
    """Who, when, what it was and became, and why; rows are never changed."""
    later = By("李四", "2024-06-01T10:00:00", "用地批复较晚")
    edit(built, "2024-0002", {"person": "王五"}, BY)
    extend(built, "2024-0007", "2025-03-31", later)
    told = [(one.who, one.when, one.field, one.old, one.new, one.why) for one in history(built, "2024-0007")]
    assert ("李四", "2024-06-01T10:00:00", "deadline", "2024-12-31", "2025-03-31", "用地批复较晚") in told
    assert "created" == told[0][2]
    assert ("2024-12-31", "2025-03-31", "李四") == (lambda one: (one.old, one.new, one.who))(item(built, "2024-0007").extensions[0])
    with pytest.raises(apsw.ConstraintError):
        built.connection.execute("UPDATE ledger_changes SET who = 'x'")
    with pytest.raises(apsw.ConstraintError):
        built.connection.execute("DELETE FROM ledger_changes")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"number": "1"}, "不能直接修改"),
        ({"original": "改"}, "“原文”不能直接修改"),
        ({"deadline": "2025-01-01"}, "extend"),
        ({"closed_on": "6月底"}, "不是日期"),
        ({"state": "好了"}, "不是办理状态"),
        ({"completion": "120"}, "不是完成率"),
        ({"completion": "很多"}, "不是完成率"),
        ({"every": "often"}, "不是频次"),
    ],
)
def test_wrong_changes_are_refused(built: SqliteStore, change: dict[str, object], expected: str) -> None:
    """What cannot be is told in one line, and nothing is written."""
    with pytest.raises(LedgerError, match=expected):
        edit(built, "2024-0007", change, BY)
    assert 1 == len(history(built, "2024-0007"))


def test_a_change_over_anothers_is_refused(built: SqliteStore) -> None:
    """Whoever saw an older state is told, and nothing of a batch is written."""
    seen = items(built)
    edit(built, "2024-0002", {"remark": "甲"}, BY)
    with pytest.raises(LedgerError, match="刚被他人修改"):
        put_many(built, [(one, replace(one, remark="乙")) for one in seen[:3]], BY)
    assert ["", "甲", ""] == [one.remark for one in items(built)[:3]]


def test_every_change_needs_a_name(built: SqliteStore) -> None:
    """Nobody changes the ledger unnamed; extending and leaving out want a reason."""
    with pytest.raises(LedgerError, match="经办人"):
        close(built, "2024-0001", By(" ", BY.when))
    with pytest.raises(LedgerError, match="经办人"):
        put_units(built, [Group("各县", ("柘源县",))], By("", BY.when))
    with pytest.raises(LedgerError, match="经办人"):
        build(built, [], By("", BY.when))
    with pytest.raises(LedgerError, match="理由"):
        exclude(built, "2024-0001", BY)
    with pytest.raises(LedgerError, match="理由"):
        extend(built, "2024-0001", "2025-01-01", BY)
    with pytest.raises(LedgerError, match="晚于"):
        extend(built, "2024-0007", "2024-06-01", By("督查室", BY.when, "批复晚"))


def test_a_closed_item_can_be_taken_up_again(built: SqliteStore) -> None:
    """The day on which it was closed goes with the state; the history keeps both. Broken characters are refused."""
    close(built, "2024-0002", BY)
    again = edit(built, "2024-0002", {"state": "推进中"}, By("督查室", BY.when, "复核未通过"))
    assert ("推进中", None) == (again.state, again.closed_on)
    assert ["", "2024-03-10"] == [one.old for one in history(built, "2024-0002") if one.field == "closed_on"]
    with pytest.raises(LedgerError, match="残缺字符"):
        edit(built, "2024-0002", {"remark": "\ud800"}, BY)


def test_split_items_share_out_figures_and_steps(built: SqliteStore) -> None:
    """Figures and steps go with the text that names them; the whole stays in the books."""
    children = split(built, "2024-0007", ["7月15日前完成公开招标", "年底前完成投资1402万元"], BY)
    assert [("2024-0007-1", ""), ("2024-0007-2", "1402万元")] == [
        (one.number, one.quantities.split()[-1] if one.quantities else "") for one in children
    ]
    assert [["2024-07-15"], ["2024-12-31"]] == [[step.date for step in one.steps] for one in children]
    whole = item(built, "2024-0007")
    assert ("已拆分为 2024-0007-1、2024-0007-2", False) == (whole.excluded, whole.open)
    assert whole not in items(built)
    assert whole in items(built, Filter(excluded=True))


def test_merged_items_keep_all_that_they_had(built: SqliteStore) -> None:
    """Texts, figures, tasks, units and reports of all."""
    add_progress(built, "2024-0008", Told("新增2000个", 45), BY)
    made = merge(built, ["2024-0008", "2024-0009"], BY)
    assert ("全市新增公共停车位4500个以上。城市停车信息入网率达100%。", 2, 1) == (made.task, len(made.tasks), len(made.progress))
    with pytest.raises(LedgerError, match="不能再办理"):
        close(built, "2024-0008", BY)
    with pytest.raises(LedgerError, match="两个"):
        merge(built, ["2024-0001", "2024-0001"], BY)


def test_groups_fan_out(built: SqliteStore) -> None:
    """One item a member, once the user has said who they are."""
    number = find(built, "各县市").number
    with pytest.raises(LedgerError, match="成员名单"):
        fan_out(built, number, BY)
    put_units(built, [Group("各县市", ("柘源县", "禾陂县", "砚溪市"))], BY)
    children = fan_out(built, number, BY)
    assert [(f"{number}-{place}", (Party(name, "人工指派"),)) for place, name in enumerate(("柘源县", "禾陂县", "砚溪市"), 1)] == [
        (one.number, one.lead) for one in children
    ]
    assert {"各县市至少打造1个。"} == {one.task for one in children}


def test_units_are_resolved_never_guessed(built: SqliteStore, tmp_path: Path) -> None:
    """Short and former names mean the unit; a name that two units bear is refused, and named in full."""
    path = tmp_path / "units.toml"
    path.write_text(
        '[[unit]]\nname = "澜川市城市管理局"\nshort = ["市城管局"]\nformer = ["澜川市城市管理委员会"]\nparent = "澜川市人民政府"\n'
        '[[unit]]\nname = "甲区城管局"\nshort = ["区城管局"]\n[[unit]]\nname = "乙区城管局"\nshort = ["区城管局"]\n'
        '[[group]]\nname = "各县（市、区）"\nmembers = ["柘源县"]\n', "utf-8",
    )  # fmt: skip
    put_units(built, read_units(path), BY)
    assert ((3, 1), "澜川市城市管理局") == (
        (len(units(built)), len(groups(built))),
        assign(built, ["2024-0001"], ["市城管局"], BY)[0].lead[0].name,
    )
    assert ["2024-0001"] == [one.number for one in items(built, Filter(unit="澜川市城市管理委员会"))]
    with pytest.raises(LedgerError, match="甲区城管局"):
        assign(built, ["2024-0001"], ["区城管局"], BY)
    assert "unit" in {one.field for one in changes(built)}
    assert (True, False) == (remove_unit(built, "甲区城管局", BY), remove_unit(built, "甲区城管局", BY))


@pytest.mark.parametrize(
    ("name", "issuer", "expected"),
    [
        ("市城管局", None, "澜川市城市管理局"),
        ("我局", "澜川市城市管理局", "澜川市城市管理局"),
        ("我局", "市城管局", "澜川市城市管理局"),
        ("我局", "澜川市人民政府", None),
        ("我局", None, None),
        ("区城管局", None, None),
        ("市水务局", None, None),
    ],
)
def test_names_of_units(name: str, issuer: str | None, expected: str | None) -> None:
    """What is not sure stays open."""
    listed = [
        LedgerUnit("澜川市城市管理局", ("市城管局",)),
        LedgerUnit("甲区城管局", ("区城管局",)),
        LedgerUnit("乙区城管局", ("区城管局",)),
    ]
    assert expected == Resolver(listed).resolve(name, issuer)


def test_many_are_assigned_at_once_or_none(built: SqliteStore) -> None:
    """A wrong number among many leaves all as they were."""
    assign(built, ["2024-0001", "2024-0002"], ["市水务局"], BY)
    assign(built, ["2024-0001"], ["市财政局"], BY, cooperating=True)
    both = assign(built, ["2024-0001"], ["市城管局", "市水务局"], BY, add=True)[0]
    assert (["市水务局", "市城管局"], ["市财政局"]) == ([one.name for one in both.lead], [one.name for one in both.cooperating])
    with pytest.raises(LedgerError, match="2024-9999"):
        assign(built, ["2024-0002", "2024-9999"], ["市教育局"], BY)
    assert "市水务局" == item(built, "2024-0002").lead[0].name


def test_a_year_of_an_item(built: SqliteStore) -> None:
    """Due, step by step, reported, overdue, confirmed, closed: each day has its light."""
    number = find(built, "渗滤液").number
    assert [("2024-07-15", 14, "灰")] == [
        (one.date, one.days, one.light) for one in due(built, 30, date(2024, 7, 1)) if one.item.number == number
    ]
    add_progress(built, number, Told("已发布招标公告", 10), BY)
    assert "黄" == light(item(built, number), date(2024, 7, 1))
    confirm_overdue(built, number, BY)
    assert "红" == light(item(built, number), date(2024, 7, 20))
    told = report(built, date(2024, 7, 20))
    assert (1, 10) == (told.total.lights["红"], told.total.total)
    assert number in {one.number for one in told.overdue}
    finish_step(built, number, 1, BY)
    assert "2024-12-31" == next(one.date for one in due(built, 365, date(2024, 7, 20)) if one.item.number == number)
    ended = close(built, number, By("督查室", "2024-12-20T09:00:00"), "现场核查属实")
    assert ("蓝", "2024-12-20", "现场核查属实") == (light(ended, date(2025, 1, 1)), ended.closed_on, ended.opinion)
    assert ["steps", "state"] == [one.field for one in history(built, number) if one.field in ("steps", "state")][-2:]


def test_a_report_counts_by_unit(built: SqliteStore) -> None:
    """An item of two units counts for both and once in all; those without a unit have a row of their own."""
    assign(built, ["2024-0001"], ["市水务局", "市城管局"], BY)
    told = report(built, month_end("2024-06"))
    assert {"市水务局": 1, "市城管局": 1} == {row.unit: row.total for row in told.rows if row.unit.startswith("市")}
    assert ("2024-06-30", 10, 10) == (told.as_of, told.total.total, told.total.lights["灰"])
    exclude(built, "2024-0001", By("督查室", BY.when, "原则性要求"))
    assert 9 == report(built, month_end("2024-06")).total.total
    include(built, "2024-0001", BY)
    assert 10 == report(built, month_end("2024-06")).total.total
    with pytest.raises(LedgerError, match="2024-6x"):
        month_end("2024-6x")


def test_the_ledger_moves_with_the_store(built: SqliteStore, tmp_path: Path) -> None:
    """Export and import, backup, and a second import: items, units and history are the same."""
    put_units(built, [LedgerUnit("澜川市城市管理局", ("市城管局",))], BY)
    split(built, "2024-0001", ["甲", "乙"], BY)
    export_store(built, tmp_path / "all.jsonl")
    everything = Filter(excluded=True)
    with open_store(tmp_path / "other.db", create=True) as other:
        for _ in range(2):
            with (tmp_path / "all.jsonl").open("rb") as file:
                import_lines(file, other)
        assert (items(built, everything), changes(built), units(built)) == (items(other, everything), changes(other), units(other))
    backup(built, tmp_path / "copy.db")
    with open_store(tmp_path / "copy.db") as copy:
        assert items(built, everything) == items(copy, everything)


def test_import_never_overwrites_an_item_of_the_same_number(built: SqliteStore, tmp_path: Path) -> None:
    """An item of another store takes a free number; what is here stays."""
    export_store(built, tmp_path / "all.jsonl")
    lines = (tmp_path / "all.jsonl").read_text("utf-8").replace(item(built, "2024-0001").key, "0" * 16)
    with_other = tmp_path / "other.jsonl"
    with_other.write_text(lines, "utf-8")
    with with_other.open("rb") as file:
        import_lines(file, built)
    assert 11 == len(items(built))
    assert "0" * 16 == item(built, "2024-0001+2").key


def test_removing_a_document_takes_its_items_only_when_told(built: SqliteStore) -> None:
    """Nothing of the text stays in the file; without the word nothing is removed."""
    doc_id = find_documents(built, [])[0]["doc_id"]
    with pytest.raises(StoreError, match="台账"):
        remove(built, [doc_id])
    remove(built, [doc_id], with_corrections=True)
    assert ([], []) == (items(built), changes(built))
    assert "渗滤液".encode() not in built.path.read_bytes()


texts = st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)


@given(task=texts, remark=texts, reports=st.lists(st.tuples(st.dates(date(2020, 1, 1), date(2030, 1, 1)), texts), max_size=4))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_items_survive_their_row(task: str, remark: str, reports: list[tuple[date, str]]) -> None:
    """An item read back from its row is the same; reports only ever grow."""
    told = replace(ITEM, task=task, remark=remark, lead=(Party("市水务局"),), steps=(Step("招标", "2024-06-20"),))
    for day, text in reports:
        longer = with_progress(told, Told(text, date=day.isoformat()), BY)
        assert told.progress == longer.progress[: len(told.progress)]
        told = longer
    assert told == item_of(item_row(told))


def test_every_planned_sentence_has_its_item(built: SqliteStore) -> None:
    """No task of a plan is lost: each is in an item, or told as left out."""
    extraction = built.extraction(find_documents(built, [])[0]["doc_id"])
    assert extraction is not None
    drafts, left_out = compose(extraction)
    planned = {one.id for one in extraction.tasks if one.status == "planned"}
    assert planned == {one.id for draft in drafts for one in draft.tasks} | {one.task for one in left_out}
