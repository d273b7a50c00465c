"""Characters that a PDF gives in place of those one sees: radicals, ligatures, hyphens, and signs that are none.

Reads: text of a page, the frequent characters of rules/encodings.toml. Writes: the text put right, and whether it is gibberish.

A font without a map from its glyphs to Unicode gives numbers of glyphs for characters: foreign letters, private-use or rare
characters, or common ones in no sense. Text that means something is made of the 6,763 characters of GB 2312 or the 5,401 of
Big5's first level by far, and at least every sixth of its Chinese characters is among the frequent ones.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from pipeline.rulebook import load_rules

_FAULTY = re.compile("[\u2e80-\u2fd5\uf900-\ufad9\ufb00-\ufb06\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe]")
_RANGE_HYPHEN = re.compile("(?<=[0-9])\u00ad(?=[0-9])")
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff]")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_MARK = re.compile("[^\\s.…·—_-]")  # what a page says, without the leaders of a table of contents
_EACH = 4  # one character of so many tells that a page is sound
_LEAST = 20  # characters without which nothing can be said
_MANY = 60  # Chinese characters that tell whether they are the usual ones; a list of names may have fewer
_STRANGE_SHARE = 0.1
_UNKNOWN_SHARE = 0.25  # of all characters; a page of rare names has a tenth
_FREQUENT_SHARE = 0.15  # of the Chinese characters; a list of names has a third
_WORD_SHARE = 0.3  # of letters and digits; where they are lost, punctuation is left
_SECOND_LEVEL = 0xC9  # first byte of Big5's rare characters


def clean(text: str) -> str:
    """``text`` with characters for radicals and ligatures, and without marks that nobody sees."""
    if not _FAULTY.search(text):
        return text
    return _FAULTY.sub(_put_right, _RANGE_HYPHEN.sub("-", text))


def _put_right(match: re.Match[str]) -> str:
    character = match[0]
    if "\u2e80" <= character < "\ufb07":
        return _radicals().get(character) or unicodedata.normalize("NFKC", character)
    return ""


@cache
def _radicals() -> dict[str, str]:
    """Radicals that Unicode does not decompose, with the characters that look like them."""
    data = load_rules("pdf").data["radicals"]
    return dict(zip(data["radical"], data["character"], strict=True))


def is_gibberish(text: str) -> bool:
    """Whether the characters of a page mean nothing."""
    if _is_plain(text):
        return False
    marks = "".join(_MARK.findall(text))
    if len(marks) < _LEAST:
        return False
    if len(_STRANGE.findall(marks)) > _STRANGE_SHARE * len(marks):
        return True
    if sum(map(str.isalnum, marks)) < _WORD_SHARE * len(marks):
        return True
    if _unknown(marks) > _UNKNOWN_SHARE * len(marks):
        unknown = [mark for mark in set(marks) if not mark.encode("gb2312", "ignore") and not _is_traditional(mark)]
        if sum(map(marks.count, unknown)) > _UNKNOWN_SHARE * len(marks):
            return True
    chinese = _CHINESE.findall(marks)
    return len(chinese) >= _MANY and sum(map(_frequent().__contains__, chinese)) < _FREQUENT_SHARE * len(chinese)


def _is_plain(text: str) -> bool:
    """Whether a page is beyond doubt what nearly every page is: made of known characters, and many of them frequent ones."""
    some = text[::_EACH]
    if sum(map(_frequent().__contains__, some)) <= 2 * _FREQUENT_SHARE * len(some):
        return False
    return not _STRANGE.search(text) and 2 * _unknown(text) < _UNKNOWN_SHARE * len(text)


def _unknown(text: str) -> int:
    """How many characters GB 2312 has not."""
    return len(text) - len(text.encode("gb2312", "ignore").decode("gb2312"))


def _is_traditional(mark: str) -> bool:
    code = mark.encode("big5", "ignore")
    return len(code) == 2 and code[0] < _SECOND_LEVEL


@cache
def _frequent() -> frozenset[str]:
    data = load_rules("encodings").data
    return frozenset(data["common"] + data["common_traditional"])
