"""Decide which figures are quantities: measured amounts, not dates, names, list announcements or phone numbers.

Reads: a figure with the words around it; ``rules/counting.toml`` (what is no quantity) and ``rules/counting_context.toml``.
Writes: yes or no, with the rule that said no.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.extract.figures import Figure

_WINDOW = 28  # characters on each side of a figure that the rules look at
_LONGEST_QUOTE = 18  # a figure further inside a quotation is no part of a quoted name
_LONGEST_TITLE = 200  # a 《 further back is not the title that a figure stands in
_LEAST_LARGE = 1000  # a number with 万 or 亿 and no unit counts from here on: 6600多万纳税人
_MANY = 20  # from here on a count in Chinese numerals is no set phrase
_CLOSED = frozenset(["", "，", "。", "；", "、", "的", ",", ";", "左", "以"])  # what follows a bare number that is a value


class _Around(NamedTuple):
    """A figure with the words before and after it in its sentence."""

    figure: Figure
    body: str
    before: str
    after: str

    @property
    def bounded(self) -> bool:
        """Whether a comparison word belongs to the figure (最长, 以上)."""
        return self.figure.core > self.figure.start or self.body.endswith(_units("bounds"))


def refusal(figure: Figure, text: str, sentence: tuple[int, int]) -> str | None:
    """The name of the rule by which the figure is no quantity, or None when it counts."""
    start, end = figure.start, figure.end
    leftmost = max(sentence[0], start - _LONGEST_TITLE)
    if text.rfind("《", leftmost, start) > text.rfind("》", leftmost, start):
        return "title"
    if figure.masked or figure.kind in ("zero", "growth", "pledge"):
        return None
    before, after = text[max(sentence[0], start - _WINDOW) : start], text[end : min(sentence[1], end + _WINDOW)]
    around = _Around(figure, text[start:end], before, after)
    context = load_rules("counting_context")
    if figure.kind == "double":
        return "name-continues" if context["double-name-after"].search(after) else None
    if figure.kind == "rank":
        return _refuse_rank(around)
    if figure.hanzi and around.body[0] in "百千万亿" and figure.comparator == "=" and len(around.body) <= 1 + len(figure.unit or ""):
        return "vast-word"
    if figure.kind == "vast" and (figure.comparator == "=" or context["vast-name-after"].search(after)):
        return "vast-word"
    refused = _inside_name(around, text, leftmost) or _refuse_class(around) or _refuse_unit(around)
    if refused:
        return refused
    marked = f"{before}【{around.body}】{after}"
    for name, pattern in _refusals(figure.unit in _units("amounts")):
        if pattern.search(marked):
            return name
    return None


@cache
def _refusals(amount: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Names and patterns of what is no quantity; for amounts only those that amounts can be mistaken for."""
    return tuple((rule.name, rule.pattern) for rule in load_rules("counting").rules if not amount or rule.data.get("amounts"))


@cache
def _units(name: str) -> tuple[str, ...]:
    return tuple(load_rules("counting_context").data[name])


def _refuse_rank(around: _Around) -> str | None:
    context = load_rules("counting_context")
    before, after = around.before, around.after
    if context["rank-name-after"].search(after) or (before and before[-1] in "“《〔"):
        return "rank-name"
    if context["rank-set-phrase"].search(before):
        return "rank-set-phrase"
    if around.body[-1] in "位名" and not before.endswith(("排名", "的")):
        return None
    if around.body[-1] == "强" and after[:1] not in ("", "，", "。", "、", "；", ",", ";", "的"):
        return "rank-name"
    return None if context["rank-before"].search(before) else "rank-name"


def _inside_name(around: _Around, text: str, leftmost: int) -> str | None:
    """Figures in quotation marks, unless they are amounts (“5年1000亿”)."""
    figure = around.figure
    opened = text.rfind("“", max(leftmost, figure.start - _LONGEST_QUOTE + 1), figure.start)
    if opened < 0 or text.find("”", opened, figure.start) >= 0:
        return None
    closing = text.find("”", figure.end, figure.end + _LONGEST_QUOTE)
    if closing < 0 or text.find("“", figure.end, closing) >= 0:
        return None
    if text[figure.start - 1] in "个大":
        return "quoted-name"
    amount = figure.unit in ("%", "％", "元", "个百分点") or (figure.unit is None and (figure.high or 0) >= _LEAST_LARGE)
    return None if amount and around.after[:1] not in ("+", "＋") else "quoted-name"


def _refuse_class(around: _Around) -> str | None:
    """Thresholds in the names of classes by size: 亿元以上项目, 超50亿元企业."""
    context = load_rules("counting_context")
    figure, after = around.figure, around.after
    if figure.unit not in ("元", "美元"):
        return None
    if figure.comparator == ">" and figure.core > figure.start and context["class-above"].search(after):
        return "class-by-size"
    if context["class-share"].search(around.body[-2:] + after):
        return "class-by-size"
    if context["class-by-size"].search(around.body[-2:] + after) and (
        not context["money-before"].search(around.before) or context["class-directly"].search(after)
    ):
        return "class-by-size"
    return None


def _refuse_unit(around: _Around) -> str | None:
    context = load_rules("counting_context")
    figure, before, after = around.figure, around.before, around.after
    unit, bounded = figure.unit, around.bounded
    if unit is None:
        return _refuse_bare(around)
    if figure.hanzi and unit != "%":
        refused = _refuse_hanzi(around)
        if refused:
            return refused
    if unit == "条" and context["policy-before"].search(before) and after[:1] in ("", "，", "。", "；", "、", "”"):
        return "name-continues"
    if unit == "年":
        return None if bounded and figure.low is not None and figure.low < 100 else "duration"
    life = unit in _units("ages") and context["life-before"].search(before) is not None
    limited = bounded or life or context["limit-before"].search(before) is not None
    if not limited and (unit in _units("spans_of_hours") or (unit in _units("spans_of_months") and figure.kind != "range")):
        return "duration"
    if unit in _units("classes"):
        return "name-continues"
    if not bounded and unit in _units("in_names") and re.match(r"[一-鿿A-Za-z]", after):
        return "name-continues"
    return None


def _refuse_bare(around: _Around) -> str | None:
    """Numbers without a unit count when they are large (6600多万纳税人) or closed values (控制在29左右)."""
    context = load_rules("counting_context")
    figure, after = around.figure, around.after
    if figure.kind == "vast" or ((figure.high or 0) >= _LEAST_LARGE and any(c in around.body for c in "万亿")):
        return "name-continues" if context["multiplied-name-after"].search(after) else None
    value = around.bounded or context["value-before"].search(around.before) is not None
    return None if value and after[:1] in _CLOSED - {"、"} and not figure.hanzi else "no-unit"


def _refuse_hanzi(around: _Around) -> str | None:
    """Numbers written in Chinese mostly belong to names and set phrases: only a plain count of things done counts."""
    context = load_rules("counting_context")
    figure, before, after = around.figure, around.before, around.after
    done = context["doing-before"].search(before) is not None
    if after.startswith("“") or figure.unit in _units("time_units") or (figure.unit == "人" and (figure.low or 0) < 10 and not done):
        return "chinese-numeral"
    if (figure.low or 0) >= _MANY or figure.unit in _units("measured"):
        return None
    if figure.unit == "次":
        once = context["only-before"].search(before) and (after[:1] in ("", "，", "。", "；", "奖"))
        return None if once or context["doing-after"].search(after) else "chinese-numeral"
    counted = done or figure.unit in _units("concrete")
    return None if counted and re.match("[一-鿿]", after) else "chinese-numeral"
