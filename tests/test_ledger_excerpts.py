"""摘编: chosen passages leave the store with their words and the source by which an officer cites them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import docx
import pytest

from pipeline.batch import Options
from pipeline.ledger.build import build
from pipeline.ledger.excerpts import Cited, cited, excerpt, round_records
from pipeline.ledger.items import By
from pipeline.store import SqliteStore, open_store
from pipeline.store.errors import StoreError
from pipeline.store.ingest import ingest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAN = (
    "澜川市2024年工作要点\n澜政〔2024〕3号\n澜川市人民政府\n2024年3月6日\n一、城市建设\n"
    "（一）补齐短板。6月底前新建公厕11座。\n（二）提升品质。年底前新建口袋公园10个。\n"
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """A store with one plan and its ledger."""
    path = tmp_path / "2024_澜川市_工作要点.txt"
    path.write_text(PLAN, "utf-8")
    with open_store(tmp_path / "office.db", create=True) as opened:
        ingest([path], opened, Options())
        build(opened, [], By("督查室", "2024-03-10T09:00:00"))
        yield opened


def test_passages_are_cited_by_document_number_and_clause(store: SqliteStore) -> None:
    """An item, a record by its words, and the same once more: each passage stands once."""
    found = cited(store, round_records(store, ["2024-0002", "6月底前新建公厕11座。", "2024-0002"]))
    assert ["一、（二）", "一、（一）"] == [one.source[-5:] for one in found]
    assert all(one.source.startswith("《澜川市2024年工作要点》（澜政〔2024〕3号）") for one in found)
    assert "年底前新建口袋公园10个。" in found[0].text
    assert "6月底前新建公厕11座。" in found[1].text


def test_what_is_not_there_is_told(store: SqliteStore) -> None:
    """A name of nothing is refused; a passage that is gone is left out."""
    with pytest.raises(StoreError, match="2024-9999"):
        round_records(store, ["2024-9999"])
    assert [] == cited(store, [999_999])


def test_an_excerpt_is_a_word_document() -> None:
    """Words, then their source."""
    content = excerpt([Cited("新建公厕11座。", "《要点》一、（一）")], "城市建设摘编")
    assert ["城市建设摘编", "新建公厕11座。", "——《要点》一、（一）"] == [one.text for one in docx.Document(io.BytesIO(content)).paragraphs]
