"""A store keeps what it is given, refuses what is none, and tells in one line what is wrong."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import apsw
import numpy as np
import pytest

from pipeline.batch import Options, extract_file
from pipeline.errors import PipelineError
from pipeline.export import json_lines
from pipeline.search.encoder import MODEL, load_encoder
from pipeline.store import RecordFilter, Store, StoreError, open_store
from pipeline.store.backup import backup, restore
from pipeline.store.bench import ingest_lines
from pipeline.store.check import find_faults
from pipeline.store.exchange import export_lines, export_store, import_lines
from pipeline.store.ingest import ingest
from pipeline.store.reindex import reindex
from pipeline.store.schema import VERSION
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

OPTIONS = Options()
VERSION_1 = ROOT / "tests" / "cases" / "store" / "version1.sql"
PLAN = """{place}2024年工作总结和2025年工作要点
一、2024年工作完成情况
2024年，全市新建口袋公园12个，污水集中处理率达到95.6%。
二、2025年重点任务
到2025年底，市住建局新建公共停车位{number}个以上。
"""
DONE = "2024年，全市新建口袋公园12个，污水集中处理率达到95.6%。"
TASK = "到2025年底，市住建局新建公共停车位{}个以上。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three plans of three cities; the store knows places by their real names."""
    folder = tmp_path / "in"
    folder.mkdir()
    for number, name in enumerate(("上饶", "赣州", "宜春"), start=1):
        (folder / f"2025_{name}市_工作总结.txt").write_text(PLAN.format(place=f"{name}市", number=number * 1500), "utf-8")
    return folder


@pytest.fixture
def db(folder: Path, tmp_path: Path) -> Path:
    """A store with the three plans."""
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([folder], store, OPTIONS)
    return tmp_path / "a.db"


def everything(path: Path) -> bytes:
    """All that a store knows."""
    with open_store(path, readonly=True) as store:
        return b"".join(export_lines(store))


def faults(path: Path) -> list[str]:
    """What a check finds."""
    with open_store(path, readonly=True) as store:
        return list(find_faults(store))


class OtherEncoder:
    """An encoder of other length."""

    name = "other"
    dimensions = 3

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """The length of each text, thrice."""
        return np.array([[len(text)] * 3 for text in texts], np.float32).reshape(-1, 3) / np.float32(3**0.5)


def test_extraction_comes_back_as_it_was(folder: Path, db: Path) -> None:
    """Document and records are equal as dataclasses and as bytes."""
    with open_store(db) as store:
        for row in store.documents():
            path = next(path for path in folder.iterdir() if str(path) == row["source"])
            extraction = store.extraction(row["doc_id"])
            assert extraction is not None
            assert extract_file(path, OPTIONS).lines == json_lines(extraction) == store.lines(row["doc_id"])


def test_tables_of_web_pages_come_back(tmp_path: Path) -> None:
    """What a format tells beyond text, such as the cells of tables, is in the store as it was read."""
    page = tmp_path / "2025_上饶市_任务分解表.html"
    cells = "<tr><td>1</td><td>到2025年底，新建停车位4500个</td><td>市住建局</td></tr>"
    page.write_text(
        "<html><head><meta charset='utf-8'><title>上饶市2025年任务分解表</title></head><body><div class='article'>"
        "<h1>上饶市2025年任务分解表</h1><p>现将2025年重点任务分解如下，请各单位抓好落实。</p>"
        f"<table><tr><th>序号</th><th>工作任务</th><th>责任单位</th></tr>{cells}</table></div></body></html>",
        "utf-8",
    )
    with open_store(tmp_path / "a.db", create=True) as store:
        ingest([page], store, OPTIONS)
        (row,) = store.documents()
        extraction = store.extraction(row["doc_id"])
        assert extraction is not None
        assert extraction.document.tables
        assert extract_file(page, OPTIONS).lines == json_lines(extraction) == store.lines(row["doc_id"])


@pytest.mark.parametrize(
    ("kind", "where", "texts"),
    [
        ("quantity", RecordFilter(place="上饶市", status="planned"), ["1500个以上"]),
        ("quantity", RecordFilter(unit="%", place="宜春市"), ["95.6%"]),
        ("quantity", RecordFilter(since="2025-06-01", until="2025-12-31", place="宜春市"), ["4500个以上"]),
        ("deadline", RecordFilter(relation="by", place="上饶市"), ["到2025年底"]),
        ("deadline", RecordFilter(year=2030), []),
        ("task", RecordFilter(responsible="住建局", place="上饶市"), [TASK.format(1500)]),
        ("task", RecordFilter(status="achieved", place="上饶市"), [DONE]),
        ("task", RecordFilter(until="2025-12-31", place="赣州市"), [TASK.format(3000)]),
        ("task", RecordFilter(year=2024, place="赣州市"), [DONE]),
        ("task", RecordFilter(year=2031), []),
    ],
)
def test_filters_find_records(db: Path, kind: str, where: RecordFilter, texts: list[str]) -> None:
    """Each condition narrows the records; several hold together."""
    with open_store(db) as opened:
        store: Store = opened  # the engine gives all that the interface promises
        assert texts == [row["text"] for row in store.rows(kind, where)]


def test_filter_that_a_kind_cannot_meet_is_refused(db: Path) -> None:
    """A deadline has no indicator: asking for it is a mistake, not an empty answer."""
    with open_store(db) as store, pytest.raises(ValueError, match="deadline: no filter by indicator"):
        list(store.deadlines(RecordFilter(indicator="停车位")))


def test_passages_and_vectors_stand_in_one_order(db: Path) -> None:
    """Passage table, vectors and full-text index name the same passages; numpy and sqlite-vec agree on what is near."""
    encoder = load_encoder()
    with open_store(db) as store:
        table, vectors = store.passage_table(), store.vectors()
        passages = store.passages(table.number.tolist())
        assert len(passages) == len(vectors) == len(table.number) > 3
        expected = encoder.encode([passage.text for passage in passages])
        assert float(np.abs(vectors - expected).max()) < 0.01
        query = encoder.encode(["新建停车位"])[0]
        cosines = vectors @ query
        best = store.nearest(query, set(table.document.tolist()), 3)
        assert np.allclose(sorted(cosines, reverse=True)[:3], [score for _, score in best], atol=0.02)
        ((hit,),) = store.select("SELECT count(*) FROM keywords WHERE keywords MATCH ?", '"停车" AND "1500"')
        assert 1 == hit


def test_export_and_import_lose_nothing(db: Path, tmp_path: Path) -> None:
    """A store that is exported and imported exports the same bytes, and importing twice adds nothing."""
    with open_store(db, readonly=True) as store:
        export_store(store, tmp_path / "all.jsonl")
    for expected in (3, 0):
        with open_store(tmp_path / "b.db", create=True) as store, (tmp_path / "all.jsonl").open("rb") as lines:
            assert {"documents": expected, "corrections": 0} == import_lines(lines, store)
    assert everything(db) == everything(tmp_path / "b.db")
    assert [] == faults(tmp_path / "b.db")


def test_records_that_extract_wrote_are_imported(folder: Path, db: Path, tmp_path: Path) -> None:
    """Lines without what only a store knows do, too: the records come back as they were."""
    assert 0 == run_cli("extract", str(folder), "-o", str(tmp_path / "records.jsonl")).returncode
    ran = run_cli("import", str(tmp_path / "records.jsonl"), "--db", str(tmp_path / "b.db"))
    assert (0, "新入库文件 3 份，新增校核 0 条\n") == (ran.returncode, ran.stderr)
    with open_store(db) as one, open_store(tmp_path / "b.db") as other:
        assert [one.lines(row["doc_id"]) for row in one.documents()] == [other.lines(row["doc_id"]) for row in other.documents()]
    assert [] == faults(tmp_path / "b.db")


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda lines: [lines[0], b"{"], 2),  # cut off in the middle of a line
        (lambda _: [b'{"record":"document"}'], 1),  # a document without fields
        (lambda lines: [lines[1].replace(b'"span"', b'"spam"')], 1),  # a record without a document
        (lambda lines: [lines[0], lines[1].replace(b'"span"', b'"spam"')], 2),  # a record without a place
        (lambda _: [b'["record"]'], 1),
        (lambda lines: [lines[0].replace(b'"text":', b'"words":')], 1),  # written with --no-text
    ],
)
def test_broken_lines_are_told_with_their_number(db: Path, tmp_path: Path, change: Any, place: int) -> None:
    """An import ends at a line that it cannot read; what stood before it is in the store, which is sound."""
    with open_store(db) as store:
        lines = store.lines(next(iter(store.documents()))["doc_id"]).splitlines()
    (tmp_path / "broken.jsonl").write_bytes(b"\n".join(change(lines)) + b"\n")
    ran = run_cli("import", str(tmp_path / "broken.jsonl"), "--db", str(tmp_path / "b.db"))
    assert (1, f"第 {place} 行不是导出的记录，请检查文件是否完整\n") == (ran.returncode, ran.stderr)
    assert [] == faults(tmp_path / "b.db")


def test_store_of_version_1_is_brought_up_to_date(tmp_path: Path) -> None:
    """A file that the first version wrote opens, is sound, and answers as before."""
    connection = apsw.Connection(str(tmp_path / "old.db"))
    connection.execute(VERSION_1.read_text("utf-8"))
    connection.close()
    with pytest.raises(StoreError, match="库版本 1 需升级到"):
        open_store(tmp_path / "old.db", readonly=True)
    with open_store(tmp_path / "old.db") as store:
        assert VERSION == store.connection.pragma("user_version")
        assert {"甲市2025年工作要点", "乙市2025年工作要点"} == {row["title"] for row in store.documents()}
        assert {"9000个以上", "3000个以上"} <= {quantity.text for quantity in store.quantities()}
        assert len(store.passage_table().number) == len(store.vectors())
    assert [] == faults(tmp_path / "old.db")


def test_backup_is_taken_while_the_store_is_written(db: Path, tmp_path: Path) -> None:
    """A copy holds what was there before the writer's transaction, and puts it back."""
    before = everything(db)
    with open_store(db) as writer:
        writer.connection.execute("BEGIN IMMEDIATE")
        writer.connection.execute("DELETE FROM quantities")
        with open_store(db, readonly=True) as store:
            backup(store, tmp_path / "copy.db")
        writer.connection.execute("COMMIT")
    assert before == everything(tmp_path / "copy.db")
    assert before != everything(db)
    damaged = everything(db)
    kept = restore(tmp_path / "copy.db", db)
    assert before == everything(db)
    assert kept is not None
    assert damaged == everything(kept)
    assert [] == faults(db)


def test_restore_waits_for_nobody(db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that somebody has open is not replaced under his hands."""
    monkeypatch.setattr("pipeline.store.connection.BUSY_SECONDS", 0)
    with open_store(db, readonly=True) as store:
        backup(store, tmp_path / "copy.db")
        list(store.documents())
        with pytest.raises(StoreError, match="另一个程序正在"):
            restore(tmp_path / "copy.db", db)
    assert [] == faults(db)


def test_damaged_store_is_set_aside_by_restore(db: Path, tmp_path: Path) -> None:
    """What cannot be opened is kept as it is, and the copy takes its place."""
    with open_store(db, readonly=True) as store:
        backup(store, tmp_path / "copy.db")
    before = everything(db)
    db.write_bytes(db.read_bytes()[:5000])
    kept = restore(tmp_path / "copy.db", db)
    assert kept is not None
    assert 5000 == kept.stat().st_size
    assert before == everything(db)


def test_other_encoder_is_refused_until_reindexed(db: Path) -> None:
    """Vectors of two encoders never mix; reindex makes all of them anew."""
    with open_store(db) as store:
        with pytest.raises(StoreError, match="请用原来的模型，或运行 reindex"):
            store.check_encoder(OtherEncoder())
        before = b"".join(export_lines(store))
        assert 3 == reindex(store, OtherEncoder())
        store.check_encoder(OtherEncoder())
        assert 3 == store.vectors().shape[1]
        with pytest.raises(StoreError, match="请用原来的模型"):
            ingest([ROOT / "corpus"], store, OPTIONS)
        with pytest.raises(StoreError, match="请用原来的模型"):
            store.encoder()
        reindex(store, load_encoder())
        assert before == b"".join(export_lines(store))
    assert [] == faults(db)


def test_encoder_is_found_again_where_it_lay(db: Path, folder: Path, tmp_path: Path) -> None:
    """A store that was indexed with a model in a folder uses that model from then on, unasked, and tells when it is gone."""
    model = tmp_path / "model"
    shutil.copytree(MODEL, model)
    name = model / "config_sentence_transformers.json"
    name.write_text(name.read_text("utf-8").replace('"fingerprint": "', '"fingerprint": "other-'), "utf-8")
    with open_store(db) as store:
        reindex(store, load_encoder(str(model)), found_at=str(model))
        assert store.encoder().name.startswith("other-")
        (folder / "2025_抚州市_工作总结.txt").write_text(PLAN.format(place="抚州市", number=7), "utf-8")
        assert 1 == ingest([folder], store, OPTIONS).counts["new"]
        shutil.rmtree(model)
        load_encoder.cache_clear()
        with pytest.raises(PipelineError):
            store.encoder()


def test_tokens_cut_otherwise_are_refused(db: Path, folder: Path) -> None:
    """A store whose index was cut by another version asks for reindex before anything is added."""
    with open_store(db) as store:
        store.connection.execute("UPDATE meta SET value = 'other' WHERE key = 'tokens'")
        with pytest.raises(StoreError, match="请运行 reindex"):
            ingest([folder], store, OPTIONS)
        reindex(store, load_encoder())
        assert 3 == ingest([folder], store, OPTIONS).counts["unchanged"]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda path: path.write_bytes(b"SQLite"), "不是本程序建的库"),
        (lambda path: path.write_text("上饶市2025年工作要点", "utf-8"), "不是本程序建的库"),
        (lambda path: path.write_bytes(path.read_bytes()[:20_000]), "已损坏或不完整"),
        (lambda path: path.write_bytes(path.read_bytes()[:50]), "已损坏或不完整"),
        (lambda path: path.write_bytes(path.read_bytes()[:4096] + bytes(path.stat().st_size - 4096)), "已损坏"),
        (lambda path: apsw.Connection(str(path)).pragma("user_version", VERSION + 1), "请升级程序"),
        (lambda path: apsw.Connection(str(path)).pragma("application_id", 7), "不是本程序建的库"),
        (lambda path: path.unlink(), "没有这个库"),
        (lambda path: path.write_bytes(b""), "没有这个库"),
        (lambda path: (path.unlink(), path.mkdir()), "是文件夹"),
    ],
)
@pytest.mark.parametrize("command", [["check"], ["corrections"], ["export", "-o", "out.jsonl"]], ids=lambda command: str(command[0]))
def test_bad_store_is_told_in_one_line(db: Path, tmp_path: Path, command: list[str], damage: object, told: str) -> None:
    """Whatever lies under the name, a command says what is wrong and leaves it as it is."""
    damage(db)  # type: ignore[operator]
    before = db.read_bytes() if db.is_file() else b""
    ran = run_cli(*[str(tmp_path / part) if part.endswith(".jsonl") else part for part in command], "--db", str(db))
    lines = ran.stderr.splitlines()
    assert (1, 1) == (ran.returncode, len(lines) if command != ["check"] else min(len(lines), 1)), ran.stderr
    assert told in ran.stderr
    assert before == (db.read_bytes() if db.is_file() else b"")
    assert not (tmp_path / "out.jsonl").exists()


def test_read_only_store_is_read_and_refuses_writers(db: Path, folder: Path) -> None:
    """Without the right to write everything can be read, and an ingest ends with one line."""
    expected = everything(db)
    (folder / "2025_抚州市_工作总结.txt").write_text(PLAN.format(place="抚州市", number=7), "utf-8")
    readonly = db.parent / "readonly"
    readonly.mkdir()
    shutil.copy(db, readonly / "a.db")
    with open_store(readonly / "a.db", readonly=True) as store:
        assert expected == b"".join(export_lines(store))
        with pytest.raises(StoreError, match="库为只读，不能写入"):
            ingest([folder], store, Options(allow_marked=True))


def test_second_writer_waits_then_tells(db: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one writes the other waits; when it takes too long, one line."""
    monkeypatch.setattr("pipeline.store.connection.BUSY_SECONDS", 0)
    (folder / "2025_抚州市_工作总结.txt").write_text(PLAN.format(place="抚州市", number=7), "utf-8")
    with open_store(db) as first, open_store(db) as second:
        first.connection.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="另一个程序正在写入"):
            ingest([folder], second, OPTIONS)
        first.connection.execute("ROLLBACK")
        assert 1 == ingest([folder], second, OPTIONS).counts["new"]


def test_reader_goes_on_while_a_writer_works(db: Path, folder: Path) -> None:
    """A reader sees the store as it was when it began to read."""
    (folder / "2025_抚州市_工作总结.txt").write_text(PLAN.format(place="抚州市", number=7), "utf-8")
    with open_store(db, readonly=True) as reader, open_store(db) as writer:
        documents = reader.documents()
        assert next(documents)["place"] is not None
        ingest([folder], writer, OPTIONS)
        assert 2 == len(list(documents))
        assert 4 == len(list(reader.documents()))


def test_bench_tells_speed_growth_and_second_run(folder: Path) -> None:
    """The lines that `make bench` shows of the store: one for the speed, one for each quarter, one for the second run."""
    lines = list(ingest_lines(sorted(folder.iterdir()) * 2, folder.parent / "bench.db"))
    assert "characters/s" in lines[0]
    assert "unchanged files" in lines[-1]
    assert len(lines) > 2
