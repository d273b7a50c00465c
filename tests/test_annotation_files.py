"""The commands of annotation: files out, files in, and every loss told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
import pytest

from pipeline.annotation.sheet import labels
from pipeline.batch import Options
from pipeline.evaluate import read_gold
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "corpus/2021/澜川市城市管理局2021年工作要点.txt"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with one plan."""
    with open_store(tmp_path / "office.db", create=True) as opened:
        ingest([ROOT / PLAN], opened, Options())
    return tmp_path / "office.db"


@pytest.mark.parametrize(("tool", "suffix"), [("doccano", "jsonl"), ("label-studio", "json")])
def test_documents_go_out_with_labels(tool: str, suffix: str, tmp_path: Path) -> None:
    """A file for the tool and one with its labels; both name every kind."""
    out, names = tmp_path / f"tasks.{suffix}", tmp_path / "labels"
    ran = run_cli("annotation-export", PLAN, "--tool", tool, "-o", str(out), "--labels", str(names))
    assert (0, "已写出1份文件" in ran.stderr) == (ran.returncode, True), ran.stderr
    assert all(label in names.read_text("utf-8") for label in labels().values())
    first = orjson.loads(out.read_bytes().splitlines()[0])
    assert "生活污水集中收集率" in (first["text"] if tool == "doccano" else first[0]["data"]["text"])


def test_gold_comes_back(tmp_path: Path) -> None:
    """What was exported and left as it is becomes a gold document that evaluation reads."""
    run_cli("annotation-export", PLAN, "--tool", "doccano", "-o", str(tmp_path / "all.jsonl"))
    ran = run_cli("annotation-import", str(tmp_path / "all.jsonl"), "--tool", "doccano", "--gold", str(tmp_path / "gold"))
    assert (0, "读入1份标注，写出1份标准文件" in ran.stderr) == (ran.returncode, True), ran.stderr
    [gold] = read_gold(tmp_path / "gold")
    assert "澜川市城市管理局2021年工作要点" == gold["id"]
    assert len(gold["quantities"]) > 5


def test_corrections_come_back(store: Path, tmp_path: Path) -> None:
    """A relabelled figure is corrected in the store under the name of the one who decided."""
    path = tmp_path / "all.jsonl"
    assert 0 == run_cli("annotation-export", "--db", str(store), "--tool", "doccano", "-o", str(path)).returncode
    row = orjson.loads(path.read_bytes())
    number, label = next((n, one) for n, one in enumerate(row["label"]) if one[2] == labels()["quantity", "planned"])
    row["label"][number] = [*label[:2], labels()["quantity", "actual"]]
    path.write_bytes(orjson.dumps(row))
    ran = run_cli("annotation-import", str(path), "--tool", "doccano", "--db", str(store), "--who", "王敏")
    assert (0, "写入" in ran.stderr) == (ran.returncode, True), ran.stderr
    with open_store(store, readonly=True) as opened:
        decided = [quantity["reviewed"]["who"] for quantity in opened.rows("quantity") if quantity.get("reviewed")]
    assert decided
    assert {"王敏"} == set(decided)


def test_what_cannot_be_used_is_told(tmp_path: Path) -> None:
    """Tasks that nobody annotated, and a tool's file of another kind, end with exit code 1 and a line."""
    path = tmp_path / "tasks.json"
    run_cli("annotation-export", PLAN, "--tool", "label-studio", "-o", str(path))
    ran = run_cli("annotation-import", str(path), "--tool", "label-studio", "--gold", str(tmp_path / "gold"))
    assert (1, True) == (ran.returncode, "还没有人标注" in ran.stderr)
    ran = run_cli("annotation-import", PLAN, "--tool", "label-studio", "--gold", str(tmp_path / "gold"))
    assert (1, True) == (ran.returncode, "Label Studio" in ran.stderr)


@pytest.mark.parametrize(
    "arguments",
    [
        ("annotation-export", "--tool", "doccano", "-o", "x.jsonl"),
        ("annotation-import", "x.jsonl", "--tool", "doccano"),
        ("annotation-import", "x.jsonl", "--tool", "doccano", "--db", "x.db"),
    ],
)
def test_wrong_use_is_told(arguments: tuple[str, ...]) -> None:
    """Neither files nor a store, neither a folder nor a store, or nobody who decides: exit code 2."""
    assert 2 == run_cli(*arguments).returncode
