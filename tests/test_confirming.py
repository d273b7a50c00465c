"""First judgements (机器初判) that people confirm or change, in the store: exchange, removal, two at once. The page: test_web_verdicts."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("fastapi", reason="needs the extra page")

from pipeline.store import open_store
from pipeline.store.errors import StoreError
from pipeline.store.exchange import export_lines, import_lines
from pipeline.store.removal import remove
from pipeline.track.confirming import JudgedMeanwhileError, Judgement, judge, judgements
from tests.web_fixtures import built_store, doc_id, office

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["built_store", "office"]  # fixtures


def decided(office: Path, who: str, verdict: str, why: str = "") -> Judgement:
    """What somebody decides about one commitment of the plan, as the summary tells what became of it."""
    return Judgement(0, "", who, doc_id(office, "2024_澜川市_工作要点"), "r1", doc_id(office, "2024_澜川市_工作总结"), verdict, why)


def test_judgements_move_with_the_store_and_go_with_their_documents(office: Path, tmp_path: Path) -> None:
    """The exchange file carries them once; a document that is removed takes them along."""
    first, last = decided(office, "王五", "missed", "现场未见"), decided(office, "赵六", "done")
    plan, review = first.doc_id, first.other
    with open_store(office) as store, open_store(tmp_path / "other.db", create=True) as other:
        judge(store, first)
        judge(store, last)
        lines = b"".join(export_lines(store))
        for _ in range(2):
            import_lines(io.BytesIO(lines), other)
        assert judgements(store, plan, review) == judgements(other, plan, review)
        assert ["赵六"] == [one.who for one in judgements(other, plan, review).values()]
        assert [(2,)] == other.select("SELECT count(*) FROM judgements")
        with pytest.raises(StoreError):
            remove(other, [review])
        remove(other, [review], with_corrections=True)
        assert [(0,)] == other.select("SELECT count(*) FROM judgements")


def test_second_person_learns_of_the_first(office: Path) -> None:
    """Who has not seen what was decided meanwhile is told, and nothing is written; who has seen it may decide otherwise."""
    with open_store(office) as store:
        made = judge(store, decided(office, "王五", "missed"), seen=0)
        with pytest.raises(JudgedMeanwhileError) as told:
            judge(store, decided(office, "赵六", "done"), seen=0)
        assert ("王五", made.number) == (told.value.last.who, told.value.last.number)
        assert [(1,)] == store.select("SELECT count(*) FROM judgements")
        judge(store, decided(office, "赵六", "done"), seen=made.number)
        assert ["done"] == [one.verdict for one in judgements(store, made.doc_id, made.other).values()]
