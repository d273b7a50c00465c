"""Characters that a PDF gives in place of those one sees: radicals, ligatures, hyphens, and signs that are none.

Reads: text of a page. Writes: the text put right, and whether it is gibberish.

A font without a map from its glyphs to Unicode gives numbers of glyphs, private-use characters or rare Chinese ones. Text that
means something is made of the 6,763 characters of GB 2312 (GB/T 2312-1980) by far: every other one is rare.
"""

from __future__ import annotations

import re
import unicodedata

_FAULTY = re.compile("[\u2e80-\u2fd5\uf900-\ufad9\ufb00-\ufb06\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe]")
_RANGE_HYPHEN = re.compile("(?<=[0-9])\u00ad(?=[0-9])")
_RADICAL = {
    "\u2e81": "厂",
    "\u2ea0": "民",
    "\u2ec5": "见",
    "\u2ec9": "贝",
    "\u2ecb": "车",
    "\u2ed3": "长",
    "\u2ed4": "长",
    "\u2ed8": "青",
    "\u2ed9": "韦",
    "\u2eda": "页",
    "\u2edb": "风",
    "\u2edc": "飞",
    "\u2ee2": "马",
    "\u2ee3": "骨",
    "\u2ee4": "鬼",
    "\u2ee5": "鱼",
    "\u2ee6": "鸟",
    "\u2ee9": "黄",
    "\u2eec": "齐",
    "\u2eee": "齿",
    "\u2ef0": "龙",
    "\u2ef3": "龟",
}  # Unicode decomposes these not
_STRANGE = re.compile("[\ufffd\ue000-\uf8ff\x00-\x08\x0e-\x1f\U000f0000-\U0010ffff]")
_CHINESE = re.compile("[\u3400-\u9fff\U00020000-\U0003ffff]")
_LEAST = 20  # characters without which nothing can be said
_STRANGE_SHARE = 0.1
_RARE_SHARE = 0.3  # of the Chinese characters; a page of rare names has a tenth


def clean(text: str) -> str:
    """``text`` with characters for radicals and ligatures, and without marks that nobody sees."""
    if not _FAULTY.search(text):
        return text
    return _FAULTY.sub(_put_right, _RANGE_HYPHEN.sub("-", text))


def _put_right(match: re.Match[str]) -> str:
    character = match[0]
    if "\u2e80" <= character < "\ufb07":
        return _RADICAL.get(character) or unicodedata.normalize("NFKC", character)
    return ""


def is_gibberish(text: str) -> bool:
    """Whether the characters of a page mean nothing."""
    marks = "".join(text.split())
    if len(marks) < _LEAST:
        return False
    if len(_STRANGE.findall(marks)) > _STRANGE_SHARE * len(marks):
        return True
    chinese = "".join(_CHINESE.findall(marks))
    if len(chinese) < _LEAST:
        return False
    common = len(chinese.encode("gb2312", "ignore")) // 2
    return len(chinese) - common > _RARE_SHARE * len(chinese)
