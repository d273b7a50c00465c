"""What an issuer says in words of its own targets: “社零增长未达年初预期”, “城镇新增就业超额完成全年任务”.

Reads: the text of a document that looks back on a year. Writes: ``Statement``. General praise (顺利完成全年主要目标) names no indicator and
proves nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pipeline.rulebook import Rulebook, load_rules
from pipeline.track.indicators import subject_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.track.readings import Source

_CLAUSE_START = re.compile(r"[。；！？;：:，,\n（(]")
_BETWEEN = re.compile(r"[、]|(?<=.)[和与及](?=..)|以及")
_NUMBER = re.compile(r"\d")


@dataclass(frozen=True, slots=True)
class Statement:
    """The issuer's own verdict on the indicators that it names."""

    doc_id: str
    year: int
    verdict: Literal["met", "missed"]
    subjects: frozenset[str]
    text: str


def read_statements(source: Source, text: str) -> Iterator[Statement]:
    """The statements of a document about targets of the year that it looks back on."""
    if source.review_year is None:
        return
    for verdict in ("missed", "met"):
        for found in _rules()[verdict].finditer(text):
            start = max((mark.end() for mark in _CLAUSE_START.finditer(text, max(0, found.start() - 200), found.start())), default=0)
            subjects = frozenset(_subjects(text[start : found.start()]))
            if subjects:
                yield Statement(source.doc_id, source.review_year, verdict, subjects, text[start : found.end()].strip())


def _subjects(words: str) -> Iterator[str]:
    """The plain names that a clause lists; 城乡居民收入 names three."""
    rules = _rules()
    if rules["general"].search(words):
        return
    for item in _BETWEEN.split(words):
        name = rules["ending"].sub("", _NUMBER.split(item)[0])
        for both in (name.replace("城乡", "城镇"), name.replace("城乡", "农村"), name.replace("城乡", "")) if "城乡" in name else (name,):
            if len(both) >= 2:
                yield subject_of(both)


@cache
def _rules() -> Rulebook:
    return load_rules("indicators_verdicts")
