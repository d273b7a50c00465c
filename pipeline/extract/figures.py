"""Find measured figures by their surface: comparison word, number, multiplier, unit, comparison word.

Reads: text. Writes: ``Figure`` spans with their value worked out; which of them count, and what they measure, is decided later.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Comparator

Number = int | float

_LONGEST_BEFORE = 7  # the longest comparison word
_BLANKS = frozenset(" \u3000\xa0")
_SIGNS: dict[str, Comparator] = {"ge": ">=", "gt": ">", "lt": "<", "about": "~"}
_PERCENT = re.compile("[%％]")
_MARK = re.compile("[×✕╳＊□○●※*_＿XxＸｘ]")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as written. ``core`` is where the bare number starts; ``low``/``high`` are None when ``masked``."""

    start: int
    end: int
    core: int
    kind: str  # value, vast (千亿元), range, rank, zero (零发生), growth (零增长), double (翻番), ratio (2/3), pledge (保8), masked
    comparator: Comparator
    low: Number | None
    high: Number | None
    unit: str | None
    hanzi: bool  # the number is written in Chinese numerals

    @property
    def masked(self) -> bool:
        """Whether the source blanked the number."""
        return self.kind == "masked"


def find_figures(text: str) -> list[Figure]:
    """All figures of ``text`` in text order, not overlapping; dates, ordinals and list marks are not told apart here."""
    figures: list[Figure] = []
    end = 0
    for match in _pattern().finditer(text):
        figure = _figure(match, end)
        if figure is not None:
            figures.append(figure)
            end = figure.end
    masked = _masked(text)
    if masked:
        taken = [(f.start, f.end) for f in masked]
        figures = [f for f in figures if not any(f.start < b and a < f.end for a, b in taken)] + masked
        figures.sort(key=lambda f: f.start)
    return figures


@cache
def _pattern() -> re.Pattern[str]:
    book = load_rules("figures")
    parts = book.parts
    whole = "|".join(book[name].pattern for name in ("rank", "zero", "double", "ratio", "share", "pledge"))
    bare = "|".join(book[name].pattern for name in ("percent", "arabic", "hanzi", "vast"))
    return re.compile(f"(?={parts['opening']})(?:{whole}|{parts['start']}(?:{bare}){parts['after']})")


@cache
def _comparisons() -> tuple[dict[str, str], frozenset[str]]:
    """What each comparison word before a number means, and the words that only end like one (通过)."""
    data: dict[str, list[str]] = load_rules("figures").data["comparison"]
    return {word: kind for kind, words in data.items() if kind != "not_before" for word in words}, frozenset(data["not_before"])


def _comparison_before(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the comparison word straight before ``end`` begins, at ``start`` at the earliest, and its kind; (end, "") without one."""
    words, other = _comparisons()
    stop = end - 1 if end > start and text[end - 1] in _BLANKS else end
    for size in range(min(_LONGEST_BEFORE, stop - start), 0, -1):
        kind = words.get(text[stop - size : stop])
        if kind and text[max(0, stop - 2) : stop] not in other:
            return stop - size, kind
    return end, ""


def _figure(m: re.Match[str], previous: int) -> Figure | None:
    g = m.groupdict()
    start, end = m.span()
    if g["rank"]:
        return _rank(m)
    if g["zero"]:
        return Figure(start, end, start, "growth" if g["zero"] == "零增长" else "zero", "=", 0, 0, None, True)
    if g["double"]:
        times = int(parse_number(g["times"] or "一") or 1)
        return Figure(start, end, start, "double", "=", (2**times - 1) * 100, (2**times - 1) * 100, "%", True)
    if g["ratio"]:
        value = round(int(g["above"]) / int(g["below"]) * 100, 2)
        about: Comparator = "=" if not g["about3"] else ">" if g["about3"].startswith("超") else "~"
        return Figure(start, end, start, "ratio", about, value, value, "%", False)
    if g["share"]:
        value = round(int(parse_number(g["above2"]) or 0) / int(parse_number(g["below2"]) or 1) * 100, 2)
        more: Comparator = ">=" if g["share_ge"] else "=" if not g["about4"] else ">" if g["about4"].startswith("超") else "~"
        return Figure(start, end, start, "ratio", more, value, value, "%", True)
    if g["pledge"]:
        pledged = parse_number(g["pledged"])
        return Figure(start, end, start, "pledge", ">=" if g["pledge"].startswith("保") else "=", pledged, pledged, "%", False)
    return _value(m, previous)


def _rank(m: re.Match[str]) -> Figure | None:
    ordinal, top = m["ordinal"], m["top"] or m["top2"]
    if top:
        high = parse_number(top)
        return None if high is None else Figure(m.start(), m.end(), m.start(), "rank", "<=", high, high, None, False)
    place = 1 if m["rank"] == "首位" else parse_number(ordinal)
    return None if place is None else Figure(m.start(), m.end(), m.start(), "rank", "=", place, place, None, False)


def _value(m: re.Match[str], previous: int) -> Figure | None:
    g = m.groupdict()
    inexact = any(g[k] for k in ("more", "more2", "hanzi_more", "hanzi_more2", "vast_more"))
    kind = "value"
    if g["percent"]:
        low = _percent(g["percent"])
        high = _percent(g["percent2"]) if g["percent2"] else low
        unit: str | None = "‰" if g["percent"].startswith("千") else "%"
    elif g["number"]:
        low = parse_number(g["number"] + (g["mult"] or ""))
        unit = g["unit"]
        high = low
        if g["number2"]:
            high = parse_number(g["number2"] + (g["mult2"] or ""))
            if not g["mult"] and g["mult2"]:
                low = parse_number(g["number"] + g["mult2"])
    elif g["hanzi"]:
        low = high = parse_number(g["hanzi"] + (g["hanzi_mult"] or ""))
        unit = g["hanzi_unit"]
    else:
        low = high = _vast(g["vast"])
        unit = g["vast_unit"]
        kind = "vast"
    if low is None or high is None:
        return None
    if unit == "成":
        low, high, unit = low * 10, high * 10, "%"
    if unit == "番":
        return None
    start, before = _comparison_before(m.string, previous, m.start())
    comparator = _comparator(g, before, inexact=inexact, spread=high != low)
    if comparator == "range":
        kind = "range"
        if high < low:
            return None
    return Figure(start, m.end(), m.start(), kind, comparator, low, high, unit, bool(g["hanzi"] or g["percent"]))


def _percent(text: str) -> Number | None:
    body = text.split("之", 1)[-1]
    return 100 if body == "百" else parse_number(body)


def _vast(text: str) -> Number | None:
    body = text.lstrip("上数")
    return parse_number(body if body[0] not in "万亿" else "一" + body) if body[0] not in "十百千" else parse_number("一" + body)


def _comparator(g: dict[str, str | None], before: str, *, inexact: bool, spread: bool) -> Comparator:
    if spread:
        return "range"
    if g["after_about"]:
        return "~"
    if before == "le":
        return "<="
    if g["after_ge"]:
        return ">="
    if g["after_le"] or before == "controlled":
        return "<="
    if before:
        return _SIGNS[before]
    if (g.get("vast") or "").startswith("上"):
        return ">="
    return ">" if inexact else "="


def _masked(text: str) -> list[Figure]:
    """Figures whose number is blanked (××万元) or replaced throughout by a word (城管%, 城管个)."""
    book = load_rules("figures")
    marks = {m.group() for m in book["mask-marks"].finditer(text)} if _MARK.search(text) else set()
    words = Counter(m[1] for p in _PERCENT.finditer(text) if (m := book["mask-word"].match(text, max(0, p.start() - 2))))
    marks.update(words)
    if not marks:
        return []
    parts = book.parts
    token = "|".join(re.escape(x) for x in sorted(marks, key=lambda x: (-len(x), x)))
    pattern = re.compile(f"(?<![A-Za-z0-9])(?:{token}){parts['gap']}{parts['multiplier']}?(?P<unit>{parts['unit']}){parts['after']}")
    figures: list[Figure] = []
    for m in pattern.finditer(text):
        if _MARK.match(text[m.start()]) is None and book["no-blank"].fullmatch(m["unit"]):
            continue
        start, before = _comparison_before(text, figures[-1].end if figures else 0, m.start())
        comparator = _comparator(m.groupdict(), before, inexact=False, spread=False)
        figures.append(Figure(start, m.end(), m.start(), "masked", comparator, None, None, m["unit"], False))
    return figures
