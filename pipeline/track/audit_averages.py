"""Averages: a total shared out among years, days, households or people.

Reads: ``Line``. Writes: checks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_figures import Interval
from pipeline.track.audit_figures import total as sum_of
from pipeline.track.audit_model import Sum, bare, divide, has_word, judge, phrase, plus, scale, told

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_figures import Figure, Line
    from pipeline.track.audit_model import Check

_MOST_YEARS = 20
_PLAN_YEARS = 5  # 十四五时期


def check_averages(line: Line) -> Iterator[Check]:
    """Every average of the line whose total and number of heads are told."""
    for match in load_rules("audit")["average"].finditer(line.skeleton):
        yield from _average(line, match)


@dataclass(frozen=True, slots=True)
class _Heads:
    """Among how many a total is shared out."""

    figures: tuple[Figure, ...]
    written: str
    value: float
    spread: Interval


def _average(line: Line, match: re.Match[str]) -> Iterator[Check]:
    each = line.at(match.start("r"))
    if load_rules("audit")["no_average"].search(match["verb"]) or each.value <= 0:
        return
    last = line.index_at(match.start("r")) - 1
    index = _total_before(line, last, each)
    if index is None:
        return
    parts = _listed(line, index) if index == last and "年" in match["kind"] else ()
    total = line.figures[index]
    if len(parts) > 1:
        spread = scale(sum_of(parts), 1 / len(parts))
        made = Sum("average", parts, f"（{plus(parts)}）÷{len(parts)}", sum(part.value for part in parts) / len(parts), spread)
        yield from told(judge(line, made, each))
        return
    heads = _times_of(line, index, match["kind"])
    if heads is None:
        heads = _years_of(line, index) if "年" in match["kind"] else _heads_of(line, last, index, match["kind"])
    for one in heads:
        made = Sum(
            "average", (total, *one.figures), f"{bare(total)}÷{one.written}", total.value / one.value, divide(total.interval, one.spread)
        )  # fmt: skip
        check = judge(line, made, each)
        if check is None or check.verdict == "holds" or one is heads[-1]:
            yield from told(check)
            return


def _total_before(line: Line, last: int, each: Figure) -> int | None:
    """The index of the amount that was shared out: the last of the same unit in the sentence, with one other between at the most."""
    for i in range(last, max(-1, last - 2), -1):
        words = line.skeleton[line.places[i] + 1 : line.places[last + 1]]
        if any(mark in words for mark in "。；"):
            return None
        if line.figures[i].kind == "level" and line.figures[i].unit == each.unit:
            return i
    return None


def _listed(line: Line, index: int) -> tuple[Figure, ...]:
    """The amounts of a list that ends with this one, where a number of years before says that it is complete."""
    first = index
    while first and line.skeleton[line.places[first - 1] + 1 : line.places[first]] in ("、", "和") and _same(line, first - 1, index):
        first -= 1
    parts = line.figures[first : index + 1]
    told = first and any(figure.kind == "years" and figure.value == len(parts) for figure in line.figures[max(0, first - 3) : first])
    named = sum(figure.kind == "year" for figure in line.figures[max(0, first - len(parts)) : first]) == len(parts)
    return parts if told or named else ()


def _same(line: Line, one: int, other: int) -> bool:
    return line.figures[one].unit == line.figures[other].unit and line.figures[one].kind == line.figures[other].kind


def _times_of(line: Line, index: int, kind: str) -> list[_Heads] | None:
    """The days or months of a year, for what is told by day or month; None for any other average."""
    if not any(word in kind for word in "日天月"):
        return None
    if not has_word("whole_year", line.words_before(line.places[index], 40)):
        return []
    if "月" in kind:
        return [_Heads((), phrase("year_months"), 12, Interval(12, 12))]
    return [_Heads((), phrase("year_days"), 365, Interval(360, 366))]


def _heads_of(line: Line, last: int, index: int, kind: str) -> list[_Heads]:
    units = [unit for unit in load_rules("audit").data["words"]["heads"] if unit[0] in kind]
    for i in range(last, max(-1, index - 5), -1):
        figure = line.figures[i]
        if any(mark in line.skeleton[line.places[i] : line.places[index]] for mark in "。；"):
            break
        if figure.unit in units and figure.value > 0:
            return [_Heads((figure,), bare(figure), figure.value, figure.interval)]
    return []


def _years_of(line: Line, index: int) -> list[_Heads]:
    label = line.label(index)
    if not has_word("together", label):
        return []
    for i in range(index - 1, -1, -1):
        figure = line.figures[i]
        if figure.kind == "years" and 1 < figure.value <= _MOST_YEARS:
            exact = Interval(figure.value, figure.value)
            return [_Heads((figure,), str(int(figure.value)), figure.value, exact)]
    if has_word("five_years", line.words_before(line.places[index], 40)):
        return [_Heads((), str(_PLAN_YEARS), _PLAN_YEARS, Interval(_PLAN_YEARS, _PLAN_YEARS))]
    return []
