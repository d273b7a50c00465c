"""What is removed leaves no text in any table, index, free page or log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline.batch import Options
from pipeline.search.tokens import index_tokens
from pipeline.store import StoreError, open_store
from pipeline.store.check import find_faults
from pipeline.store.corrections import Person, correct
from pipeline.store.ingest import ingest
from pipeline.store.removal import finish_purge, remove
from tests.conftest import run_cli

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "到2025年底，鑫淼垚街道龘靐泵站新建嘦嫑管网87653公里。"
PLAN = "{name}2025年工作要点\n一、重点任务\n到2025年底，新建公共停车位{number}个以上。\n"


def make(folder: Path) -> tuple[Path, Path]:
    """A folder with plain plans and one whose words stand nowhere else; it is revised once, so that an earlier revision is packed."""
    folder.mkdir()
    for number in range(5):
        (folder / f"第{number}局要点.txt").write_text(PLAN.format(name=f"第{number}局", number=number * 111 + 100), "utf-8")
    secret = folder / "某某要点.txt"
    db = folder.parent / "a.db"
    with open_store(db, create=True) as store:
        secret.write_text(f"工作要点\n{SENTENCE}\n", "utf-8")
        ingest([folder], store, Options())
        secret.write_text(f"工作要点\n{SENTENCE}\n各区抓好落实。\n", "utf-8")
        ingest([folder], store, Options())
    return secret, db


def traces(db: Path) -> list[str]:
    """What of the secret sentence can be read in the bytes of the store and its logs: words, tokens, numbers."""
    wanted = {SENTENCE, "鑫淼垚", "龘靐泵站", "嘦嫑", "87653", *index_tokens("鑫淼垚龘靐嘦嫑").split()}
    content = b"".join(path.read_bytes() for path in db.parent.iterdir() if path.name.startswith(db.name))
    return sorted(word for word in wanted if word.encode() in content)


def test_removed_document_leaves_no_text(tmp_path: Path) -> None:
    """Neither in the file nor in its log, also while the store is open; the rest is as it was."""
    secret, db = make(tmp_path / "in")
    with open_store(db) as store:
        assert traces(db)
        correct(store, next(row["id"] for row in store.rows("quantity") if "87653" in row["text"]), "confirm", Person("张三"))
        with pytest.raises(StoreError, match="有 1 条人工校核"):
            remove(store, [str(secret)])
        remove(store, [str(secret)], with_corrections=True)
        assert [] == traces(db)
        assert 5 == len(list(store.documents()))
        assert [] == list(find_faults(store))
        secret.unlink()
        assert 5 == ingest([secret.parent], store, Options()).counts["unchanged"]
    assert [] == traces(db)


def test_removal_that_was_ended_is_finished_later(tmp_path: Path) -> None:
    """While somebody reads, the text cannot be wiped: that is told, and the next ingest or check does it."""
    secret, db = make(tmp_path / "in")
    with open_store(db, readonly=True) as reader, open_store(db) as store:
        store.connection.set_busy_timeout(0)
        documents = reader.documents()
        next(documents)
        with pytest.raises(StoreError, match="旧页面尚未清除"):
            remove(store, [str(secret)])
        assert any("旧页面尚未清除" in fault for fault in find_faults(store))
        documents.close()  # type: ignore[attr-defined]
        finish_purge(store)
        assert [] == traces(db)
        assert [] == list(find_faults(store))


def test_command_removes_by_path_and_by_id(tmp_path: Path) -> None:
    """A name that the store does not have is told, and nothing is removed."""
    secret, db = make(tmp_path / "in")
    with open_store(db) as store:
        doc_id = next(row["doc_id"] for row in store.documents() if "第0局" in row["source"])
    ran = run_cli("remove", str(secret), "没有的文件", "--db", str(db))
    assert (1, f"{db}：库内没有“没有的文件”，请用文件编号或入库时的路径\n") == (ran.returncode, ran.stderr)
    assert traces(db)
    ran = run_cli("remove", str(secret), doc_id, "--db", str(db))
    assert (0, "已删除 2 份文件，库中不再留有其文字\n") == (ran.returncode, ran.stderr)
    assert [] == traces(db)
