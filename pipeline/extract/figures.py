"""Find measured figures by their surface: comparison word, number, multiplier, unit, comparison word.

Reads: text. Writes: ``Figure`` spans with their value worked out; which of them count, and what they measure, is decided later.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Comparator

Number = int | float

_LONGEST_BEFORE = 7  # the longest comparison word
_BLANKS = frozenset(" \u3000\xa0")
_SIGNS: dict[str, Comparator] = {"ge": ">=", "gt": ">", "lt": "<", "about": "~"}
_PART = re.compile("[0-9０-９]+(?:[.．][0-9０-９]+)?")
_TWO_MARKS = re.compile("[:：∶][0-9０-９]{1,2}(?:[.．][0-9０-９]+)?[:：∶]")  # a cheap sign of a proportion
_PERCENT = re.compile("[%％]")
_SOLVE = "突破"
_SOLVED = ("项", "个", "种", "类", "件")
_REACH = 20
_MARK = re.compile("[×✕╳＊□○●※*_＿XxＸｘ]")


class Figure(NamedTuple):
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
    whole = _masked(text) + _proportions(text)
    if whole:
        taken = [(f.start, f.end) for f in whole]
        figures = [f for f in figures if not any(f.start < b and a < f.end for a, b in taken)] + whole
        figures.sort(key=lambda f: f.start)
    return figures


@cache
def _pattern() -> re.Pattern[str]:
    book = load_rules("figures")
    parts = book.parts
    whole = "|".join(book.by_name[name].source for name in ("rank", "zero", "double", "ratio", "share", "pledge"))
    bare = "|".join(book.by_name[name].source for name in ("percent", "arabic", "hanzi", "vast"))
    return re.compile(f"(?={parts['opening']})(?:{whole}|{parts['start']}(?:{bare}){parts['after']})")


@cache
def _comparisons() -> tuple[dict[str, str], frozenset[str], frozenset[str]]:
    """What each comparison word before a number means, the words that only end like one (通过), and the last characters."""
    data: dict[str, list[str]] = load_rules("figures").data["comparison"]
    words = {word: kind for kind, words in data.items() if kind != "not_before" for word in words}
    return words, frozenset(data["not_before"]), frozenset(word[-1] for word in words)


def _comparison_before(text: str, start: int, end: int) -> tuple[int, str]:
    """Where the comparison word straight before ``end`` begins, at ``start`` at the earliest, and its kind; (end, "") without one."""
    words, other, lasts = _comparisons()
    stop = end - 1 if end > start and text[end - 1] in _BLANKS else end
    if stop == start or text[stop - 1] not in lasts:
        return end, ""
    for size in range(min(_LONGEST_BEFORE, stop - start), 0, -1):
        kind = words.get(text[stop - size : stop])
        if kind and text[max(0, stop - 2) : stop] not in other:
            return stop - size, kind
    return end, ""


def _figure(m: re.Match[str], previous: int) -> Figure | None:
    start, end = m.span()
    if m["number"] or m["hanzi"] or m["percent"] or m["vast"]:
        return _value(m, previous)
    if m["rank"]:
        return _rank(m)
    if m["zero"]:
        return Figure(start, end, start, "growth" if m["zero"] == "零增长" else "zero", "=", 0, 0, None, True)
    if m["double"]:
        times = int(parse_number(m["times"] or "一") or 1)
        return Figure(start, end, start, "double", "=", (2**times - 1) * 100, (2**times - 1) * 100, "%", True)
    if m["pledge"]:
        pledged = parse_number(m["pledged"])
        return Figure(start, end, start, "pledge", ">=" if m["pledge"].startswith("保") else "=", pledged, pledged, "%", False)
    above, below = parse_number(m["above"] or m["above2"]), parse_number(m["below"] or m["below2"])
    value = round(int(above or 0) / int(below or 1) * 100, 2)
    nearly = m["about3"] or m["about4"]
    sign: Comparator = ">=" if m["share_ge"] else "=" if not nearly else ">" if nearly.startswith("超") else "~"
    return Figure(start, end, start, "ratio", sign, value, value, "%", m["share"] is not None)


def _rank(m: re.Match[str]) -> Figure | None:
    ordinal, top = m["ordinal"], m["top"] or m["top2"]
    if top:
        high = parse_number(top)
        return None if high is None else Figure(m.start(), m.end(), m.start(), "rank", "<=", high, high, None, False)
    place = 1 if m["rank"] == "首位" else parse_number(ordinal)
    return None if place is None else Figure(m.start(), m.end(), m.start(), "rank", "=", place, place, None, False)


def _value(m: re.Match[str], previous: int) -> Figure | None:
    inexact = bool(m["more"] or m["more2"] or m["hanzi_more"] or m["hanzi_more2"] or m["vast_more"])
    kind = "value"
    if m["number"]:
        low = high = parse_number(m["number"] + (m["mult"] or "") + (m["mult3"] or ""))  # 4万多亿元
        unit = m["unit"]
        if m["number2"]:
            high = parse_number(m["number2"] + (m["mult2"] or ""))
            if not m["mult"] and m["mult2"]:
                low = parse_number(m["number"] + m["mult2"])
    elif m["percent"]:
        low = _percent(m["percent"])
        high = _percent(m["percent2"]) if m["percent2"] else low
        unit = "‰" if m["percent"].startswith("千") else "%"
    elif m["hanzi"]:
        low = high = parse_number(m["hanzi"] + (m["hanzi_mult"] or ""))
        unit = m["hanzi_unit"]
        if m["hanzi_to"]:
            high = parse_number(m["hanzi_to"])
    else:
        low = high = _vast(m["vast"])
        unit = m["vast_unit"]
        kind = "vast"
    if low is None or high is None or high < low or unit == "番":
        return None
    if unit == "成":
        low, high, unit = low * 10, high * 10, "%"
    start, before = _comparison_before(m.string, previous, m.start())
    if (
        unit in _SOLVED
        and m.string.startswith(_SOLVE, start)
        and load_rules("figures")["solved"].match(m.string[m.end() : m.end() + _REACH])
    ):
        start, before = m.start(), ""
    comparator = _comparator(m, before, inexact=inexact, spread=high != low, atleast=(m["vast"] or "").startswith("上"))
    kind = "range" if comparator == "range" else kind
    return Figure(start, m.end(), m.start(), kind, comparator, low, high, unit, bool(m["hanzi"] or m["percent"]))


def _is_solved(m: re.Match[str], start: int) -> bool:
    """Whether 突破 tells what was done with the things counted: 突破10项关键技术."""
    return m.string.startswith(_SOLVE, start) and load_rules("figures")["solved"].match(m.string[m.end() : m.end() + _REACH]) is not None


def _percent(text: str) -> Number | None:
    body = text.split("之", 1)[-1]
    return 100 if body == "百" else parse_number(body)


def _vast(text: str) -> Number | None:
    body = text.lstrip("上数")
    return parse_number(body if body[0] not in "万亿" else "一" + body) if body[0] not in "十百千" else parse_number("一" + body)


def _comparator(m: re.Match[str], before: str, *, inexact: bool = False, spread: bool = False, atleast: bool = False) -> Comparator:
    if spread:
        return "range"
    if m["after_about"]:
        return "~"
    if before == "le":
        return "<="
    if m["after_ge"]:
        return ">="
    if m["after_le"] or before == "controlled":
        return "<="
    if before:
        return _SIGNS[before]
    if atleast:  # 上千万
        return ">="
    return ">" if inexact else "="


def _proportions(text: str) -> list[Figure]:
    """The parts of a proportion, 11.9:44.1:44, each a percentage."""
    if not _TWO_MARKS.search(text):
        return []
    figures = []
    for match in load_rules("figures")["proportion"].finditer(text):
        for part in _PART.finditer(match.group()):
            start, value = match.start() + part.start(), parse_number(part.group())
            figures.append(Figure(start, match.start() + part.end(), start, "ratio", "=", value, value, "%", False))
    return figures


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
        comparator = _comparator(m, before)
        figures.append(Figure(start, m.end(), m.start(), "masked", comparator, None, None, m["unit"], False))
    return figures
