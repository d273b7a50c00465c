"""Pictures of a document with its records, drawn by displaCy.

Reads: ``Doc`` with spans of records. Writes: HTML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spacy import displacy
from spacy.tokens import Doc

from pipeline.office import office

if TYPE_CHECKING:
    from collections.abc import Iterable

    from spacy.tokens import Span

# Colours that stay apart in print and for people who see no red and green.
COLOURS = {
    "planned": "#cfe2f3", "achieved": "#d9ead3", "problem": "#f4cccc", "actual": "#d9ead3", "baseline": "#eeeeee", "reference": "#fff2cc",
    "by": "#fce5cd", "during": "#fff2cc", "from": "#ead1dc", "recurring": "#d0e0e3",
    "task": "#cfe2f3", "quantity": "#d9ead3", "deadline": "#fce5cd",
}  # fmt: skip
_WORDS = {"tasks": "task_status", "quantities": "quantity_status", "deadlines": "relation"}


def highlighted(docs: Doc | Iterable[Doc], key: str = "quantities", *, page: bool = False) -> str:
    """HTML in which the text of the spans under ``key`` is marked and labelled in Chinese; overlapping ones as lines below the text.

    ``page`` makes it a whole page. Text is escaped by displaCy.
    """
    several = [docs] if isinstance(docs, Doc) else list(docs)
    words = office()["words"].get(_WORDS.get(key, ""), {})
    options = {"colors": {words.get(code, code): colour for code, colour in COLOURS.items()}}
    drawn = [_drawing(doc, key, words) for doc in several]
    html: str = displacy.render(drawn, style="ent", manual=True, page=page, options=options, jupyter=False)
    return html


def _drawing(doc: Doc, key: str, words: dict[str, str]) -> dict[str, Any]:
    spans: list[Span] = sorted(doc.spans.get(key, ()), key=lambda span: (span.start_char, -span.end_char))
    drawn: list[dict[str, Any]] = []
    for span in spans:
        if not drawn or span.start_char >= drawn[-1]["end"]:  # the outermost of spans that lie in one another
            drawn.append({"start": span.start_char, "end": span.end_char, "label": words.get(span.label_, span.label_)})
    return {"text": doc.text, "ents": drawn, "title": (doc._.document or {}).get("title")}
