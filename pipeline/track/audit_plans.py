"""Shares of a plan: how much of it was done, what is left of it, and the plan that a share implies.

Reads: ``Line``. Writes: checks, and implied plans.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_figures import Interval
from pipeline.track.audit_model import Sum, bare, common, divide, has_word, imply, judge, phrase, quotient, scale, told

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_figures import Figure, Line
    from pipeline.track.audit_model import Check

_NEAR = 40  # characters between an amount and the share that is told of it, figures counting as one
_LIKELY = 3.0  # times a plan or its part: beyond, the two are of different things
_BEYOND_PLAN = 50  # percent: less than that, 超额完成…的15% is what was done beyond the plan
_ALIKE = 2  # characters in a row that the words before two amounts of one thing share


def check_plans(line: Line) -> Iterator[Check]:
    """Every share of a plan of the line, and what is left of one."""
    book = load_rules("audit")
    for match in book["left"].finditer(line.skeleton):
        yield from _left(line, match)
    for match in book["of_plan"].finditer(line.skeleton):
        yield from _of_plan(line, match)


def _of_plan(line: Line, match: re.Match[str]) -> Iterator[Check]:
    first = line.index_at(match.start("r"))
    rates = line.within(match.start("r"), match.end("r"))
    done = _done(line, first, match.start(), len(rates))
    if not done:
        return
    small = rates[0].kind == "percent" and rates[0].value < _BEYOND_PLAN
    over = match["over"] or match["over2"] or (has_word("over", line.skeleton[max(0, match.start() - 2) : match.start()]) and small)
    shift = -100 if over else 0
    factor = 100 if rates[0].kind == "percent" else 1
    if factor == 1 and shift:
        return
    named = (match["plan2"] or match["plan"] or "").lstrip("了")
    if len(rates) > 1:
        if not shift and all(rate.value and _fits(figure, named) for figure, rate in zip(done, rates, strict=True)):
            yield from (_implied(line, figure, rate, named) for figure, rate in zip(done, rates, strict=True))
        return
    index = line.figures.index(done[0])
    plan, sure = plan_before(line, index, named)
    check = judge(line, quotient("share_of_plan", done[0], plan, shift, factor), rates[0], only_holds=not sure) if plan else None
    if check or sure:
        yield from told(check)
    elif not shift and factor == 100 and _implies(line, index, rates[0], match.start()) and _fits(done[0], named):
        yield _implied(line, done[0], rates[0], named)


def still_told(line: Line, index: int, place: int) -> bool:
    """Whether only growth, ranks and the like stand between an amount and what is told of it."""
    between = line.skeleton[line.places[index] + 1 : place]
    return len(between) <= _NEAR and bool(load_rules("audit")["still_told"].fullmatch(between))


def _implies(line: Line, index: int, rate: Figure, place: int) -> bool:
    """Whether an amount and the share that is told of it stand together, and neither is open."""
    return rate.value > 0 and rate.open == line.figures[index].open == "" and still_told(line, index, place)


def _fits(done: Figure, named: str) -> bool:
    """Whether an amount can be a share of a plan of this name: 448个 projects are none of 投资计划."""
    return done.unit in load_rules("audit").data["words"]["money"] or not has_word("of_money", named)


def _done(line: Line, first: int, place: int, count: int) -> tuple[Figure, ...]:
    """The amounts that the share is told of: the last before it, as many as there are shares."""
    low = max(0, place - _NEAR)
    low = max(low, max(line.skeleton.rfind(mark, 0, place) for mark in "。；！？") + 1)
    levels = [i for i in range(first) if line.places[i] >= low and line.figures[i].kind == "level"]
    if len(levels) < count or levels[-1] != last_amount(line, first):
        return ()
    chosen = levels[-count:]
    if count == 1:
        index = chosen[0]
        listed = line.skeleton[line.places[index] - 1 : line.places[index]] == "、" and "分别" in line.words_before(line.places[index], 40)
        return () if listed or planned(line, index) else (line.figures[index],)
    together = line.skeleton[line.places[chosen[0]] : line.places[chosen[-1]]]
    return tuple(line.figures[i] for i in chosen) if all(c in "Ⓛ、和" for c in together) else ()


def last_amount(line: Line, first: int) -> int:
    """The index of the last amount before a figure, -1 for none."""
    return max((i for i in range(first) if line.figures[i].kind == "level"), default=-1)


def planned(line: Line, index: int) -> bool:
    """Whether the words before or after an amount call it a plan."""
    rule = load_rules("audit")
    label = line.label(index)
    label = label[max(label.rfind("，"), label.rfind("：")) + 1 :]
    if rule["planned"].search(label) or rule["planned_after"].match(line.skeleton, line.places[index] + 1):
        return True
    return bool(index) and label.startswith("、") and line.figures[index - 1].kind == "level" and planned(line, index - 1)


def plan_before(line: Line, index: int, named: str) -> tuple[Figure | None, bool]:
    """The planned amount of the same unit that an amount done is a share of, and whether it is sure to be that one."""
    done = line.figures[index]
    found: list[int] = []
    for i in range(index - 1, -1, -1):
        figure = line.figures[i]
        if figure.kind != "level" or figure.unit != done.unit or figure.value <= 0 or not planned(line, i):
            continue
        between = line.skeleton[line.places[i] : line.places[index]]
        if "其中" in between or "累计" in named or not 1 / _LIKELY < done.value / figure.value < _LIKELY:
            continue
        found.append(i)
    if has_word("set_above", named):
        found = [i for i in found if has_word("set_above", line.label(i, 40))]
    if not found:
        return None, False
    label = line.label(index)
    best = max(found, key=lambda i: (common(line.label(i), label) >= _ALIKE, i))
    next_of_unit = next(i for i in range(best + 1, index + 1) if line.figures[i].unit == done.unit)
    return line.figures[best], next_of_unit == index or common(line.label(best), label) >= _ALIKE


def _implied(line: Line, done: Figure, rate: Figure, named: str) -> Check:
    made = Sum(
        "share_of_plan", (done, rate), f"{bare(done)}÷{bare(rate)}", 100 * done.value / rate.value,
        scale(divide(done.interval, rate.interval), 100),
    )  # fmt: skip
    return imply(line, made, done, named or phrase("plan"))


def _left(line: Line, match: re.Match[str]) -> Iterator[Check]:
    """What is left of a plan, beside what was done."""
    index = line.index_at(match.start("r"))
    rest = line.figures[index]
    done = next((i for i in range(index - 1, -1, -1) if line.figures[i].unit == rest.unit), None)
    if done is None or planned(line, done):
        return
    plan, sure = plan_before(line, done, "")
    part = line.figures[done]
    if plan is None or part.value > plan.value:
        return
    spread = Interval(max(0, plan.interval.low - part.interval.high), plan.interval.high - part.interval.low)
    made = Sum("difference", (plan, part), f"{bare(plan)}－{bare(part)}", plan.value - part.value, spread)
    yield from told(judge(line, made, rest, only_holds=not sure))
