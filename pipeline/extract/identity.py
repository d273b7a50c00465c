"""Name sentences and records so that a name stays while the sentence stands in the document, whatever changes around it.

Reads: Document, Outline. Writes: one key for each sentence, from which the ids of its records are built.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.records import Document, Outline

_KEY_BYTES = 8  # 64 bits: no collision to be expected within any document


def sentence_keys(document: Document, outline: Outline) -> tuple[str, ...]:
    """A key for each sentence: a hash of the document's name, the sentence and how often it stood before in the document."""
    text, name = document.text, document.doc_id
    seen: dict[str, int] = {}
    keys = []
    for sentence in outline.sentences:
        body = text[sentence.span[0] : sentence.span[1]]
        times = seen[body] = seen.get(body, 0) + 1
        content = f"{name}\n{body}\n{times}".encode("utf-8", "surrogatepass")
        keys.append(blake2b(content, digest_size=_KEY_BYTES).hexdigest())
    return tuple(keys)


def task_id(key: str) -> str:
    """The id of the task of the sentence with this key."""
    return f"t{key}"


def quantity_id(key: str, number: int) -> str:
    """The id of the ``number``-th quantity (from 1) of the sentence with this key."""
    return f"q{key}-{number}"


def deadline_id(key: str, number: int) -> str:
    """The id of the ``number``-th deadline (from 1) of the sentence with this key."""
    return f"d{key}-{number}"
