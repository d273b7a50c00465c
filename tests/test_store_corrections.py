"""What people decide outranks the program, outlives revisions, and is never lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import apsw
import orjson
import pytest

from pipeline.batch import Options
from pipeline.search.encoder import load_encoder
from pipeline.store import RecordFilter, SqliteStore, StoreError, open_store
from pipeline.store.check import find_faults
from pipeline.store.corrections import Person, add_record, correct, corrections, find_record, undo
from pipeline.store.exchange import export_lines, export_store, import_lines
from pipeline.store.ingest import ingest
from pipeline.store.reindex import reindex
from tests.conftest import run_cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLERK = Person("张三", "与正式文本核对")
PLAN = """上饶市2025年工作要点
一、重点任务
到2025年底，市住建局新建公共停车位4500个以上。
到2025年底，市水利局新建污水管网80公里。
二、保障措施
到2025年底，市水利局新建雨水管网60公里。
"""


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A plan with three figures."""
    path = tmp_path / "2025_上饶市_工作要点.txt"
    path.write_text(PLAN, "utf-8")
    return path


@pytest.fixture
def store(plan: Path, tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with the plan."""
    with open_store(tmp_path / "a.db", create=True) as opened:
        ingest([plan], opened, Options())
        yield opened
        assert [] == list(find_faults(opened))


def revise(store: SqliteStore, plan: Path, *changes: tuple[str, str]) -> None:
    """A new revision of the plan, with these words in place of those."""
    text = plan.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    plan.write_text(text, "utf-8")
    assert 1 == ingest([plan], store, Options()).counts["revised"]


def figure(store: SqliteStore, text: str) -> dict[str, Any] | None:
    """The quantity with this text as it holds now."""
    return next((row for row in store.rows("quantity") if row["text"] == text), None)


def places(store: SqliteStore) -> list[str | None]:
    """Where each correction stands."""
    return [correction.how for correction in corrections(store)]


def test_edit_holds_in_records_and_filters(store: SqliteStore) -> None:
    """The new value is what records, columns and filters say; who, when and why are beside it; the machine's line is kept."""
    name = find_record(store, "80公里")
    before = b"".join(export_lines(store))
    number = correct(store, name, "edit", CLERK, {"low": 85, "high": 85, "status": "actual"})
    row = figure(store, "80公里")
    assert row is not None
    assert (85, "actual", "correction", 1.0) == (row["low"], row["status"], row["rule"], row["confidence"])
    assert ("edit", "张三", "与正式文本核对") == tuple(row["reviewed"][key] for key in ("action", "who", "why"))
    assert ["80公里"] == [quantity.text for quantity in store.quantities(RecordFilter(status="actual"))]
    assert [(85.0,)] == store.select("SELECT low FROM quantities WHERE id = ?", name)
    assert store.record(name) == row
    assert b'"low":80' in store.lines(row["doc_id"])
    undo(store, number, Person("李四"))
    assert before == b"".join(line for line in export_lines(store) if not line.startswith(b'{"record":"correction"'))


def test_rejected_record_counts_no_more(store: SqliteStore) -> None:
    """It is gone from records, passages and filters, and can be brought back."""
    name = find_record(store, "80公里")
    number = correct(store, name, "reject", CLERK)
    assert figure(store, "80公里") is None
    assert store.record(name) is None
    assert not any(name in passage.records for passage in store.passages(store.passage_table().number))
    undo(store, number, CLERK)
    assert figure(store, "80公里") is not None
    assert any(name in passage.records for passage in store.passages(store.passage_table().number))


def test_later_decisions_add_to_earlier_ones(store: SqliteStore) -> None:
    """Two edits hold together; a rejected record that is edited counts again; the list keeps all."""
    name = find_record(store, "80公里")
    for action, changes in (("edit", {"low": 90}), ("reject", None), ("edit", {"scope": "全市"}), ("confirm", None)):
        correct(store, name, action, CLERK, changes)  # type: ignore[arg-type]
    row = figure(store, "80公里")
    assert row is not None
    assert (90, "全市", "confirm") == (row["low"], row["scope"], row["reviewed"]["action"])
    assert ["id"] * 4 == places(store)


def test_correction_follows_its_record_through_a_revision(store: SqliteStore, plan: Path) -> None:
    """What stands elsewhere or round it may change: the same words in the same sentence keep their correction."""
    correct(store, find_record(store, "80公里"), "edit", CLERK, {"low": 85})
    revise(store, plan, ("一、重点任务\n", "一、重点任务\n全市上下要统一思想。\n"), ("4500个", "5000个"))
    assert ["id"] == places(store)
    row = figure(store, "80公里")
    assert row is not None
    assert (85, "edit") == (row["low"], row["reviewed"]["action"])


def test_correction_is_placed_again_by_quote_and_context(store: SqliteStore, plan: Path) -> None:
    """A sentence that grew has another id; the figure in its surroundings is found again."""
    correct(store, find_record(store, "80公里"), "edit", CLERK, {"low": 85})
    revise(store, plan, ("污水管网80公里", "污水管网80公里、泵站6座"), ("雨水管网60公里", "雨水管网80公里"))
    assert ["quote"] == places(store)
    assert [85, 80] == [row["low"] for row in store.rows("quantity") if row["text"] == "80公里"]


def test_correction_without_a_place_is_listed_and_comes_back(store: SqliteStore, plan: Path) -> None:
    """Words that are gone leave an unplaced correction; when they return, so does the correction."""
    correct(store, find_record(store, "80公里"), "edit", CLERK, {"low": 85})
    revise(store, plan, ("到2025年底，市水利局新建污水管网80公里。", "加强污水管网养护。"))
    assert ["unplaced"] == places(store)
    assert ["80公里"] == [correction.quote for correction in corrections(store, unplaced=True)]
    revise(store, plan, ("加强污水管网养护。", "到2025年底，市水利局新建污水管网80公里。"))
    assert ["id"] == places(store)
    row = figure(store, "80公里")
    assert row is not None
    assert 85 == row["low"]


def test_confirmed_record_stays_when_the_program_finds_it_no_more(store: SqliteStore) -> None:
    """A record that a person vouches for is put back where its words stand."""
    name = find_record(store, "80公里")
    correct(store, name, "confirm", CLERK)
    store.connection.execute("DELETE FROM quantities WHERE id = ?", (name,))
    reindex(store, load_encoder())
    row = figure(store, "80公里")
    assert row is not None
    assert ("correction", "confirm") == (row["rule"], row["reviewed"]["action"])
    assert b"80" not in b"".join(
        line for line in store.lines(row["doc_id"]).splitlines()[1:] if b'"quantity"' in line and name.encode() in line
    )


def test_record_of_a_persons_own(store: SqliteStore, plan: Path) -> None:
    """A record that the program missed is added on its characters and follows them through a revision."""
    document = next(iter(store.documents()))["doc_id"]
    start = PLAN.index("保障措施")
    add_record(store, document, "task", (start, start + 4), CLERK, status="planned", responsible=["市财政局"])
    assert [("保障措施", ("市财政局",))] == [(task.text, task.responsible) for task in store.tasks() if task.rule == "correction"]
    revise(store, plan, ("一、重点任务\n", "一、重点任务\n全市上下要统一思想。\n"))
    (task,) = [task for task in store.tasks() if task.rule == "correction"]
    text = store.document(document)
    assert text is not None
    assert "保障措施" == text.text[slice(*task.span)]
    assert ["quote"] == places(store)
    undo(store, 1, CLERK)
    assert "correction" not in {task.rule for task in store.tasks()}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"text": "90公里"}, "没有可改的字段 text"),
        ({"colour": "红"}, "没有可改的字段 colour"),
        ({"status": "done"}, "字段 status 不能是"),
        ({"low": "很多"}, "字段 low 不能是"),
        ({"masked": "是"}, "字段 masked 不能是"),
    ],
)
def test_impossible_edits_are_refused(store: SqliteStore, changes: dict[str, Any], told: str) -> None:
    """A field or a value that a record cannot have leaves everything as it was."""
    before = b"".join(export_lines(store))
    with pytest.raises(StoreError, match=told):
        correct(store, find_record(store, "80公里"), "edit", CLERK, changes)
    assert before == b"".join(export_lines(store))


def test_tasks_take_lists_of_units_and_actions(store: SqliteStore) -> None:
    """Objects within a record are checked part by part."""
    name = next(store.tasks()).id
    unit = {"text": "市水利局", "canonical": None, "role": "lead", "basis": "sentence"}
    correct(store, name, "edit", CLERK, {"units": [unit], "actions": [{"verb": "新建", "object": "停车位"}]})
    assert [("市水利局", "lead")] == store.select(
        "SELECT text, role FROM task_units u JOIN tasks t ON t.number = u.task WHERE id = ?", name
    )
    with pytest.raises(StoreError, match="字段 units 不能是"):
        correct(store, name, "edit", CLERK, {"units": [unit | {"role": "boss"}]})


def test_corrections_cannot_be_changed_or_deleted(store: SqliteStore) -> None:
    """The table takes new rows only."""
    correct(store, find_record(store, "80公里"), "reject", CLERK)
    for sql in ("DELETE FROM corrections", "UPDATE corrections SET who = '李四'"):
        with pytest.raises(apsw.ConstraintError, match="corrections are never"):
            store.connection.execute(sql)


def test_corrections_survive_export_and_import(store: SqliteStore, tmp_path: Path) -> None:
    """With what was undone, in their order, and applied."""
    correct(store, find_record(store, "80公里"), "edit", CLERK, {"low": 85})
    undo(store, correct(store, find_record(store, "4500个以上"), "reject", CLERK), Person("李四"))
    export_store(store, tmp_path / "all.jsonl")
    with open_store(tmp_path / "b.db", create=True) as other:
        for expected in (3, 0):
            with (tmp_path / "all.jsonl").open("rb") as lines:
                assert expected == import_lines(lines, other)["corrections"]
        assert b"".join(export_lines(store)) == b"".join(export_lines(other))
        assert list(store.rows("quantity")) == list(other.rows("quantity"))
        assert places(store) == places(other)
        assert [] == list(find_faults(other))


def test_commands_correct_list_and_undo(store: SqliteStore) -> None:
    """From the command line: by the words of a record, with values as they are written."""
    db = str(store.path)
    ran = run_cli("correct", "80公里", "--set", "low=85", "--set", "scope=全市", "--who", "张三", "--why", "笔误", "--db", db)
    assert (0, "已记下第 1 条校核\n") == (ran.returncode, ran.stderr)
    ran = run_cli("corrections", "--db", db)
    assert ["修改", "生效", "80公里", 'low=85；scope="全市"', "笔误"] == ran.stdout.split()[3:]
    assert "已撤销第 1 条校核\n" == run_cli("corrections", "--undo", "1", "--who", "李四", "--db", db).stderr
    assert ["undone", None] == [orjson.loads(line)["how"] for line in run_cli("corrections", "--json", "--db", db).stdout.splitlines()]
    for arguments, told in (
        (["correct", "没有的", "--confirm", "--who", "张三"], "库内没有记录“没有的”"),
        (["correct", "到2025年底", "--confirm", "--who", "张三"], "有几条记录都是“到2025年底”"),
        (["correct", "80公里", "--set", "low", "--who", "张三"], "请写成 字段=值"),
        (["corrections", "--undo", "7", "--who", "张三"], "没有可以撤销的校核 7"),
    ):
        ran = run_cli(*arguments, "--db", db)
        assert (1, 1) == (ran.returncode, len(ran.stderr.splitlines()))
        assert told in ran.stderr
