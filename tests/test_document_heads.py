"""Heads of documents of many kinds, and of places that no list knows: what each says of itself."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.read import document_from_text, read_document

HEADS = tomllib.loads((Path(__file__).parent / "cases" / "document_heads.toml").read_text("utf-8"))["head"]


@pytest.mark.parametrize("head", HEADS, ids=[head["case"] for head in HEADS])
def test_heads(head: dict[str, Any]) -> None:
    """Every field that a head tells is read, none that it does not tell is made up, and contradictions are named."""
    document = document_from_text(head["text"], head["name"])
    assert head["fields"] == {field: getattr(document, field) or type(value)() for field, value in head["fields"].items()}
    if "warnings" in head:
        assert head["warnings"] == sorted(warning.code for warning in document.warnings)


CORPUS = Path(__file__).parent.parent / "corpus"
WARNINGS = {
    "在全市城市管理工作推进会上的讲话": {"masked_values", "truncated", "third_party_copy"},
    "2023年城市管理局上半年工作总结及下半年工作计划": {"third_party_copy", "year_conflict"},
    "2023_岫屏_住房城乡建设工作总结": {"place_conflict"},
    "澜川市水务局2022年上半年工作总结及下半年工作安排": {"masked_values"},
}


@pytest.mark.parametrize("path", sorted(CORPUS.glob("2*/*.txt")), ids=lambda path: path.stem)
def test_the_sample_corpus(path: Path) -> None:
    """Documents of a city that no list knows say the same to the program as to a careful reader, traps included."""
    document = read_document(path)
    gold = json.loads((CORPUS / "gold" / f"{path.stem}.json").read_text("utf-8"))["meta"]
    assert gold == {field: getattr(document, field) for field in gold}
    assert WARNINGS.get(path.stem, set()) == {warning.code for warning in document.warnings}
