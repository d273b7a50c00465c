"""Cut text into words, with the terms of policy documents kept whole (生活垃圾分类, 规上工业企业, 雨污分流).

Reads: text, and ``pipeline/rules/dictionary.txt``. Writes: words in text order that join to the text; with their parts of speech.

The dictionary has jieba's format for words of one's own, a line each: term, frequency, part of speech; sorted, without comments, because
jieba would take a comment for a word. A term that jieba's own dictionary has does not stand in it. The frequency is how often real
documents write the term, and at least three times what keeps it whole among its neighbours.

``rjieba`` cuts by the same dictionary and the same model as ``jieba``, ten times faster, and keeps what hangs together by a point or a
hyphen in Latin letters and digits (2022-2025, www.gov.cn), which jieba takes apart at the hyphen or the point.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from pipeline import rulebook
from pipeline.errors import RuleError

if TYPE_CHECKING:
    from collections.abc import Callable

_LINE = re.compile(r"(\S+) ([1-9]\d*) ([a-z]+)")
_HALF_CHARACTERS = re.compile("[\ud800-\udfff]")  # no text of its own: half of a character beyond the basic plane, left by a broken source
_STAND_IN = "\ufffd"


class Term(NamedTuple):
    """A word of the policy dictionary: how often it is written, and its part of speech by jieba's letters."""

    word: str
    frequency: int
    part_of_speech: str


class _Segmenter(NamedTuple):
    cut: Callable[[str], list[str]]
    tag: Callable[[str], list[tuple[str, str]]]


def cut_words(text: str) -> list[str]:
    """The words of ``text`` in order, punctuation and white space included: joined they are the text again."""
    try:
        return _segmenter().cut(text)
    except UnicodeEncodeError:
        return _restored(text, _segmenter().cut(_whole_characters(text)))


def tag_words(text: str) -> list[tuple[str, str]]:
    """The words of ``cut_words``, each with its part of speech by jieba's letters: n, v, nt …; x for what is no word."""
    try:
        return _segmenter().tag(text)
    except UnicodeEncodeError:
        tagged = _segmenter().tag(_whole_characters(text))
        return list(zip(_restored(text, [word for word, _ in tagged]), [tag for _, tag in tagged], strict=True))


def read_dictionary() -> tuple[Term, ...]:
    """The terms of ``rules/dictionary.txt`` in file order. Raises RuleError with the number of a line that is none."""
    terms = []
    for number, line in enumerate((rulebook.RULES / "dictionary.txt").read_text("utf-8").splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise RuleError(f"rules/dictionary.txt: line {number}: a term, its frequency and its part of speech, parted by one space")
        terms.append(Term(match[1], int(match[2]), match[3]))
    return tuple(terms)


@cache
def _segmenter() -> _Segmenter:
    """The segmenter, loaded and taught our terms when the first text is cut: that takes 0.1 s to 0.3 s.

    It is the one behind ``rjieba.cut``, which every import of the package loads; a second one would double time and memory.
    """
    import rjieba

    for term in read_dictionary():
        rjieba.add_word(*term)
    return _Segmenter(rjieba.cut, rjieba.tag)


def _whole_characters(text: str) -> str:
    """``text`` at its length, with a stand-in for what cannot be written in UTF-8."""
    return _HALF_CHARACTERS.sub(_STAND_IN, text)


def _restored(text: str, words: list[str]) -> list[str]:
    """The stretches of ``text`` that ``words``, cut from a text of the same length, stand for."""
    ends = list(accumulate(map(len, words)))
    return [text[start:end] for start, end in zip([0, *ends], ends, strict=False)]
