"""The part ``policy_records`` of a spaCy pipeline: tasks, quantities and deadlines as spans that carry their records.

Reads: ``Doc``. Writes: the same text with

``doc.spans["tasks" | "quantities" | "deadlines"]``  a span each, ``label_`` its status or relation, ``id_`` the record's id;
                                                     ``doc.spans["records"]`` holds all of them under their kind, for one picture
``span._.record``                                    the record as a row of the contract, ``None`` for any other span
``doc._.document``                                   what the document says of itself: title, place, years, warnings
``doc.sents``                                        sentences as the annotation guidelines cut them

Words that a record begins or ends within are cut there, so that ``span.text`` is the record's text. All values are plain, so that
``DocBin(store_user_data=True)`` gives everything back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from spacy.language import Language
from spacy.pipeline import Pipe
from spacy.tokens import Doc, Span, SpanGroup

from pipeline.export.jsonl import json_lines, read_rows
from pipeline.extract import extract
from pipeline.read import document_from_text
from pipeline.segment import segment
from pipeline.spacy_pipe.words import give_words

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.records import Document

    Places = NDArray[np.int64]

NAME = "policy_records"
GROUPS = {"task": "tasks", "quantity": "quantities", "deadline": "deadlines"}
_LABELS = {"task": "status", "quantity": "status", "deadline": "relation"}
_ANNOTATIONS = ("TAG", "POS", "LEMMA", "DEP", "ENT_IOB")
Words = Literal["auto", "jieba", "keep"]


class PolicyRecords(Pipe):
    """The component. ``source`` of a text is taken from ``doc._.source`` or from a context ``{"source": …}``: file names are evidence."""

    def __init__(self, nlp: Language, name: str, *, allow_marked: bool) -> None:
        """Work in ``nlp`` under ``name``; ``allow_marked`` reads documents marked 秘密, 机密 or 绝密, too."""
        self.vocab = nlp.vocab
        self.name = name
        self.allow_marked = allow_marked

    def __call__(self, doc: Doc) -> Doc:
        """``doc`` with its records; raises MarkedSecretError for a marked document unless it is allowed."""
        text = doc.text
        if not text.strip():
            return doc
        document = document_from_text(text, _source(doc), allow_marked=self.allow_marked)
        head, *rows = read_rows(json_lines(extract(document), with_text=False))
        sentences = np.array([sentence.span for sentence in segment(document).sentences], np.int64).reshape(-1, 2)
        spans = np.array([row["span"] for row in rows], np.int64).reshape(-1, 2)
        places = _places(text, document)
        if places is not None:
            spans, sentences = _moved(spans, places), _moved(sentences, places)
            for row, span in zip(rows, spans.tolist(), strict=True):
                row["span"] = span
        doc = _cut_at(doc, text, spans.ravel(), sentences)
        _attach(doc, head, rows, spans)
        return doc


@Language.factory(
    NAME, default_config={"words": "auto", "allow_marked": False}, assigns=["doc._.document", "doc.spans", "doc.sents", "span._.record"]
)
def make_component(nlp: Language, name: str, words: Words, allow_marked: bool) -> PolicyRecords:
    """The component for ``nlp.add_pipe("policy_records")``.

    ``words``: ``jieba`` lets the pipeline cut words by jieba, ``keep`` leaves its tokenizer, ``auto`` does the first in a blank pipeline.
    """
    if words == "jieba" or (words == "auto" and not nlp.component_names):
        give_words(nlp)
    return PolicyRecords(nlp, name, allow_marked=allow_marked)


def _source(doc: Doc) -> str:
    context = doc._context
    from_context = context.get("source") if isinstance(context, dict) else None
    return str(doc._.source or from_context or "")


def _places(text: str, document: Document) -> Places | None:
    """For each place in the document where it stands in ``text``, or None where both are the same: reading makes line ends alike."""
    if text == document.text:
        return None
    kept = [place for place, character in enumerate(text) if not (character == "\r" and text.startswith("\n", place + 1))]
    return np.array(kept, np.int64)


def _moved(spans: Places, places: Places) -> Places:
    """Spans of the document as spans of the text: an end stands behind its last character, before the line end that follows."""
    return np.stack([places[spans[:, 0]], places[spans[:, 1] - 1] + 1], 1)


def _cut_at(doc: Doc, text: str, edges: Places, sentences: Places) -> Doc:
    """The same words, parted where a record or a sentence begins or ends inside of one, with sentences.

    A ``doc`` that holds more than words, or whose tokenizer keeps blanks apart from words, stays as it is.
    """
    starts, _, blanks = doc.to_array(["IDX", "LENGTH", "SPACY"]).astype(np.int64).T
    if blanks.any() or doc.spans or any(map(doc.has_annotation, _ANNOTATIONS)):
        return doc
    every = np.union1d(starts, np.concatenate([edges, sentences.ravel()]))
    every = every[every < len(text)]
    words = [text[start:end] for start, end in zip(every.tolist(), [*every[1:].tolist(), len(text)], strict=True)]
    opens = np.isin(every, sentences[:, 0])
    opens[0] = True
    whole = Doc(doc.vocab, words=words, spaces=[False] * len(words), user_data=doc.user_data, sent_starts=opens.tolist())
    whole._context = doc._context
    return whole


def _attach(doc: Doc, head: dict[str, Any], rows: list[dict[str, Any]], spans: Places) -> None:
    """Put the records on ``doc``; a record within words that could not be cut gets the words that hold it."""
    starts = doc.to_array("IDX").astype(np.int64)
    firsts = np.searchsorted(starts, spans[:, 0], side="right") - 1
    lasts = np.searchsorted(starts, spans[:, 1], side="left")
    groups: dict[str, list[Span]] = {name: [] for name in (*GROUPS.values(), "records")}
    for row, first, last in zip(rows, firsts.tolist(), lasts.tolist(), strict=True):
        kind = row["record"]
        groups[GROUPS[kind]].append(Span(doc, first, last, label=row[_LABELS[kind]], span_id=row["id"]))
        groups["records"].append(Span(doc, first, last, label=kind, span_id=row["id"]))
    for name, found in groups.items():
        doc.spans[name] = SpanGroup(doc, name=name, spans=found)
    doc.user_data["policy_document"] = head
    doc.user_data["policy_records"] = {row["id"]: row for row in rows}


def _record(span: Span) -> dict[str, Any] | None:
    found: dict[str, Any] | None = _lists(span.doc.user_data.get("policy_records", {}).get(span.id_))
    return found


def _lists(value: Any) -> Any:
    """Tuples as lists: ``DocBin`` gives lists back as tuples."""
    if isinstance(value, dict):
        return {name: _lists(item) for name, item in value.items()}
    return [_lists(item) for item in value] if isinstance(value, (list, tuple)) else value


def register_attributes() -> None:
    """Make the attributes known to spaCy; done when this module is imported, and harmless twice."""
    Doc.set_extension("source", default=None, force=True)
    Doc.set_extension("document", getter=lambda doc: _lists(doc.user_data.get("policy_document")), force=True)
    Span.set_extension("record", getter=_record, force=True)


register_attributes()
