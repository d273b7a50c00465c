"""Words for spaCy, cut by jieba with the dictionary of policy documents.

Reads: text. Writes: a ``Doc`` of words whose text is the text, character for character.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from spacy.tokens import Doc
from spacy.util import registry

from pipeline.segment.words import cut_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from spacy.language import Language
    from spacy.vocab import Vocab

NAME = "policy_words.v1"


class PolicyWords:
    """A tokenizer. It has nothing to store: its dictionary belongs to the program."""

    def __init__(self, vocab: Vocab) -> None:
        """Cut for pipelines with this ``vocab``."""
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """The words of ``text``, white space as words of its own."""
        words = cut_words(text)
        return Doc(self.vocab, words=words, spaces=[False] * len(words))

    def to_bytes(self, **_: Any) -> bytes:
        """Nothing, as spaCy asks for it."""
        return b""

    def from_bytes(self, _data: bytes, **_: Any) -> PolicyWords:
        """The same tokenizer."""
        return self

    def to_disk(self, _path: Any, **_: Any) -> None:
        """Write nothing."""

    def from_disk(self, _path: Any, **_: Any) -> PolicyWords:
        """The same tokenizer."""
        return self


@registry.tokenizers(NAME)  # type: ignore[untyped-decorator]  # spaCy gives no type
def make_tokenizer() -> Callable[[Language], PolicyWords]:
    """What a stored pipeline makes its tokenizer with."""
    return lambda nlp: PolicyWords(nlp.vocab)


def give_words(nlp: Language) -> None:
    """Let ``nlp`` cut words by jieba from now on, also after it was stored and loaded."""
    nlp.tokenizer = PolicyWords(nlp.vocab)
    nlp.config["nlp"]["tokenizer"] = {"@tokenizers": NAME}
