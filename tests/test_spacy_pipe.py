"""Records in spaCy: spans that are the records' texts, attributes, files and pictures, whatever the text looks like."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import MarkedSecretError
from pipeline.export.jsonl import json_lines, read_rows
from pipeline.extract import extract
from pipeline.read import document_from_text
from tests.conftest import ROOT

spacy = pytest.importorskip("spacy")
from spacy.tokens import DocBin  # noqa: E402 - needs spacy

from pipeline.segment import segment  # noqa: E402
from pipeline.spacy_pipe.display import highlighted  # noqa: E402
from pipeline.spacy_pipe.words import PolicyWords  # noqa: E402

if TYPE_CHECKING:
    from pathlib import Path

    from spacy.language import Language
    from spacy.tokens import Doc

PLAN = "甲市2025年工作要点\n一、重点任务\n到2025年底，市住建局新建公共停车位4500个以上。每月调度一次，绿化覆盖率提高到41.6%。\n"
SAMPLES = sorted((ROOT / "corpus").glob("202*/*.txt"))


@pytest.fixture(scope="module")
def nlp() -> Language:
    """A blank Chinese pipeline with our part."""
    pipeline: Language = spacy.blank("zh")
    pipeline.add_pipe("policy_records")
    return pipeline


def records(doc: Doc) -> list[dict[str, Any]]:
    """The records of a doc in the order of the contract."""
    return [span._.record for key in ("tasks", "quantities", "deadlines") for span in doc.spans[key]]


def extracted(text: str, source: str = "") -> list[dict[str, Any]]:
    """What ``extract`` makes of the text."""
    return read_rows(json_lines(extract(document_from_text(text, source)), with_text=False))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem[:12])
def test_spans_are_the_records_of_extract(nlp: Language, path: Path) -> None:
    """Every record is a span with its text, its label and its id, and nothing else is."""
    text = document_from_text(path.read_bytes().decode("utf-8", "ignore"), path.name).text
    doc = nlp(text)
    assert text == doc.text
    _, *rows = extracted(text)
    assert sorted(map(repr, rows)) == sorted(map(repr, records(doc)))
    for span in doc.spans["records"]:
        assert (span.text, span.label_, span.id_) == tuple(span._.record[name] for name in ("text", "record", "id"))


def test_labels_attributes_and_sentences(nlp: Language) -> None:
    """What stands where on a short plan."""
    doc = nlp(PLAN)
    assert [("4500个以上", "planned"), ("41.6%", "planned")] == [(span.text, span.label_) for span in doc.spans["quantities"]]
    assert [("到2025年底", "by"), ("每月", "recurring")] == [(span.text, span.label_) for span in doc.spans["deadlines"]]
    assert {"公共停车位", "绿化覆盖率"} <= {span._.record["indicator"].removeprefix("新建") for span in doc.spans["quantities"]}
    assert ("甲市2025年工作要点", 2025) == (doc._.document["title"], doc._.document["plan_year"])
    assert doc[0:1]._.record is None
    spans = [sentence.span for sentence in segment(document_from_text(PLAN, "")).sentences]
    assert [PLAN[start:end] for start, end in spans] == [sentence.text.strip() for sentence in doc.sents]


def test_words_are_cut_by_our_dictionary(nlp: Language) -> None:
    """Terms of policy documents stay whole, and the words are the text."""
    words = [token.text for token in nlp.make_doc("推进生活垃圾分类和雨污分流")]
    assert ["推进", "生活垃圾分类", "和", "雨污分流"] == words


def test_the_file_name_is_evidence(nlp: Language) -> None:
    """A source as context of ``nlp.pipe`` or as attribute tells place and year, as it does for ``extract``."""
    text = "现在，我代表市人民政府向大会报告工作。地区生产总值增长5%左右。"
    [(piped, context)] = nlp.pipe([(text, {"source": "2025_澜川_政府工作报告.txt"})], as_tuples=True)
    doc = nlp.make_doc(text)
    doc._.source = "2025_澜川_政府工作报告.txt"
    told = [found._.document["plan_year"] for found in (piped, nlp(doc), nlp(text))]
    assert ([2025, 2025, None], "2025_澜川_政府工作报告.txt") == (told, context["source"])


def test_line_ends_of_windows_keep_their_places(nlp: Language) -> None:
    """Spans count in the text that was given, with its carriage returns."""
    doc = nlp(PLAN.replace("\n", "\r\n"))
    assert ["4500个以上", "41.6%"] == [span.text for span in doc.spans["quantities"]]
    for record in records(doc):
        start, end = record["span"]
        assert record["text"] == doc.text[start:end]


def test_doc_bin_gives_everything_back(nlp: Language) -> None:
    """Out into bytes and in again, with another vocabulary: spans, ids and records are the same."""
    docs = list(nlp.pipe([PLAN, "没有任务的一句话", PLAN * 2]))
    packed = DocBin(store_user_data=True, docs=docs).to_bytes()
    again = list(DocBin(store_user_data=True).from_bytes(packed).get_docs(spacy.blank("zh").vocab))
    for before, after in zip(docs, again, strict=True):
        assert before.text == after.text
        assert before._.document == after._.document
        assert records(before) == records(after)
        spans = [[(span.start, span.end, span.label_, span.id_) for span in doc.spans["records"]] for doc in (before, after)]
        assert spans[0] == spans[1]


def test_a_stored_pipeline_loads_with_words_and_records(nlp: Language, tmp_path: Path) -> None:
    """``to_disk`` and ``spacy.load`` keep tokenizer and part."""
    nlp.to_disk(tmp_path / "pipe")
    again = spacy.load(tmp_path / "pipe")
    assert isinstance(again.tokenizer, PolicyWords)
    assert records(nlp(PLAN)) == records(again(PLAN))


def test_several_processes_give_the_same(nlp: Language) -> None:
    """``nlp.pipe`` with two processes loses nothing on the way."""
    docs = list(nlp.pipe([PLAN] * 3, n_process=2))
    assert [records(nlp(PLAN))] * 3 == [records(doc) for doc in docs]


def test_other_tokenizers_are_kept() -> None:
    """Where the pipeline has other parts already, its words stay, and a span takes the words that hold the record."""
    pipeline = spacy.blank("zh")
    pipeline.add_pipe("sentencizer")
    pipeline.add_pipe("policy_records")
    doc = pipeline(PLAN)
    assert ["4500个以上", "41.6%"] == [span.text for span in doc.spans["quantities"]]
    english = spacy.blank("en")
    english.add_pipe("policy_records", config={"words": "keep"})
    doc = english("甲市2025年工作要点\n新建公共停车位 4500个以上。")
    assert all(span._.record["text"] in span.text for span in doc.spans["records"])
    assert 1 == len(doc.spans["quantities"])


def test_marked_documents_are_refused_or_reported(nlp: Language) -> None:
    """秘密 is refused unless allowed; a pipeline with an error handler goes on with the others."""
    marked = "机密★5年\n甲市2025年工作要点\n新建公共停车位4500个。"
    with pytest.raises(MarkedSecretError):
        nlp(marked)
    tolerant = spacy.blank("zh")
    tolerant.add_pipe("policy_records")
    tolerant.set_error_handler(spacy.util.ignore_error)
    assert [PLAN, PLAN] == [doc.text for doc in tolerant.pipe([PLAN, marked, PLAN])]
    allowing = spacy.blank("zh")
    allowing.add_pipe("policy_records", config={"allow_marked": True})
    assert 1 == len(allowing(marked).spans["quantities"])


@pytest.mark.parametrize("key", ["tasks", "quantities", "deadlines", "records"])
def test_pictures_show_text_safely(nlp: Language, key: str) -> None:
    """DisplaCy marks the records; what looks like markup in a text stays text."""
    html = highlighted(nlp(PLAN + "新建<script>alert(1)</script>公园3个。"), key)
    assert ("<mark" in html, "<script>" in html) == (True, False)
    assert "4500个以上" in html
    spans = spacy.displacy.render(nlp(PLAN), style="span", options={"spans_key": key}, jupyter=False)
    assert "公共停车位" in spans


@settings(max_examples=40)
@given(st.text(alphabet="新建公园3个。，\n\r \t到2025年底前完成<>&😀a-", max_size=60))
def test_any_text_keeps_its_characters(text: str) -> None:
    """The text of a doc is the text, and spans lie within it."""
    pipeline = _shared()
    doc = pipeline(text)
    assert text == doc.text
    for group in doc.spans.values():
        for span in group:
            assert span._.record["text"].replace("\n", "").replace("\r", "") == span.text.replace("\n", "").replace("\r", "")


def test_spacy_finds_the_part_after_install() -> None:
    """A blank pipeline knows ``policy_records`` without any import of ours."""
    code = 'import spacy; nlp = spacy.blank("zh"); nlp.add_pipe("policy_records"); print(len(nlp("新建公园3个。").spans["quantities"]))'
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT / "tests", capture_output=True, encoding="utf-8", check=False)
    assert ("1", 0) == (ran.stdout.strip(), ran.returncode), ran.stderr


_PIPELINES: list[Language] = []


def _shared() -> Language:
    if not _PIPELINES:
        pipeline = spacy.blank("zh")
        pipeline.add_pipe("policy_records")
        _PIPELINES.append(pipeline)
    return _PIPELINES[0]
