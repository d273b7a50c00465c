"""Shares: of a plan, of a whole, and a total shared out among years, households or people.

Reads: ``Line``. Writes: checks of shares and averages, and the plans that a share of them implies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_figures import Interval
from pipeline.track.audit_model import Sum, bare, divide, has_word, imply, judge, phrase, scale

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_figures import Figure, Line
    from pipeline.track.audit_model import Check, Relation

_NEAR = 40  # characters between an amount and the share that is told of it, figures counting as one
_NAMED = 0.6  # of the letters of a name that the words before its amount must hold
_LIKELY = 3.0  # times a plan or its part: beyond, the two are of different things
_ALIKE = 2  # characters in a row that the words before two amounts of one thing share
_RATE_RANGE = 10  # times a part: a rate of less than a tenth is of something else that was not counted
_MOST_YEARS = 20


def check_shares(line: Line) -> Iterator[Check]:
    """Every share and average of the line that can be had from its figures."""
    book = load_rules("audit")
    readers = {"of_plan": _of_plan, "share_of_figure": _share_of_figure, "share": _share, "rate": _rate, "average": _average}
    for rule, reader in readers.items():
        for match in book[rule].finditer(line.skeleton):
            yield from reader(line, match)


def _quotient(relation: Relation, part: Figure, whole: Figure, shift: float = 0) -> Sum:
    """A part in percent of a whole."""
    written = f"{bare(part)}÷{bare(whole)}" + ("－100%" if shift else "")
    return Sum(
        relation, (part, whole), written, 100 * part.value / whole.value + shift,
        scale(divide(part.interval, whole.interval), 100, shift),
    )  # fmt: skip


def _told(check: Check | None) -> Iterator[Check]:
    if check is not None:
        yield check


# --- of a plan ---------------------------------------------------------------------------------------------------------------


def _of_plan(line: Line, match: re.Match[str]) -> Iterator[Check]:
    first = line.index_at(match.start("r"))
    rates = line.within(match.start("r"), match.end("r"))
    done = _done(line, first, match.start(), len(rates))
    if not done:
        return
    shift = -100 if match["over"] else 0
    named = (match["plan2"] or match["plan"] or "").lstrip("了")
    if len(rates) > 1:
        if not shift and all(rate.value and _fits(figure, named) for figure, rate in zip(done, rates, strict=True)):
            yield from (_implied(line, figure, rate, named) for figure, rate in zip(done, rates, strict=True))
        return
    index = line.figures.index(done[0])
    plan, sure = _plan_before(line, index, named)
    if plan is not None:
        yield from _told(judge(line, _quotient("share_of_plan", done[0], plan, shift), rates[0], only_holds=not sure))
    elif not shift and rates[0].value and rates[0].open == "" and _still_told(line, index, match.start()) and _fits(done[0], named):
        yield _implied(line, done[0], rates[0], named)


def _done(line: Line, first: int, place: int, count: int) -> tuple[Figure, ...]:
    """The amounts that the share is told of: the last before it, as many as there are shares."""
    low = max(0, place - _NEAR)
    low = max(low, max(line.skeleton.rfind(mark, 0, place) for mark in "。；！？") + 1)
    levels = [i for i in range(first) if line.places[i] >= low and line.figures[i].kind == "level"]
    if len(levels) < count or levels[-1] != _last_amount(line, first):
        return ()
    chosen = levels[-count:]
    if count == 1:
        index = chosen[0]
        listed = line.skeleton[line.places[index] - 1 : line.places[index]] == "、" and "分别" in line.words_before(line.places[index], 40)
        return () if listed or _planned(line, index) else (line.figures[index],)
    together = line.skeleton[line.places[chosen[0]] : line.places[chosen[-1]]]
    return tuple(line.figures[i] for i in chosen) if all(c in "Ⓛ、和" for c in together) else ()


def _last_amount(line: Line, first: int) -> int:
    return max((i for i in range(first) if line.figures[i].kind == "level"), default=-1)


def _planned(line: Line, index: int) -> bool:
    """Whether the words before or after an amount call it a plan."""
    rule = load_rules("audit")
    place = line.places[index]
    label = line.label(index)
    label = label[max(label.rfind("，"), label.rfind("：")) + 1 :]
    if rule["planned"].search(label):
        return True
    if rule["planned_after"].match(line.skeleton, place + 1):
        return True
    if index and label.startswith("、") and line.figures[index - 1].kind == "level":
        return _planned(line, index - 1)
    return False


def _fits(done: Figure, named: str) -> bool:
    """Whether an amount can be a share of a plan of this name: 448个 projects are none of 投资计划."""
    return done.unit in load_rules("audit").data["words"]["money"] or not has_word("of_money", named)


def _plan_before(line: Line, index: int, named: str) -> tuple[Figure | None, bool]:
    """The planned amount of the same unit that an amount done is a share of, and whether it is sure to be that one."""
    done = line.figures[index]
    found: list[int] = []
    for i in range(index - 1, -1, -1):
        figure = line.figures[i]
        if figure.kind != "level" or figure.unit != done.unit or figure.value <= 0 or not _planned(line, i):
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


# --- of a whole --------------------------------------------------------------------------------------------------------------


def _share_of_figure(line: Line, match: re.Match[str]) -> Iterator[Check]:
    part, whole, rate = (line.at(match.start(name)) for name in ("d", "p", "r"))
    if part.unit != whole.unit or whole.value <= 0:
        return
    planned = load_rules("audit")["planned"].search(match["whole"] + match["tail"])
    yield from _told(judge(line, _quotient("share_of_plan" if planned else "share", part, whole), rate))


def _share(line: Line, match: re.Match[str]) -> Iterator[Check]:
    named = match["whole"] or ""
    if has_word("of_plan", named) or has_word("wider", named):
        return
    rate_index = line.index_at(match.start("r"))
    part_index = _last_amount(line, rate_index)
    if part_index < 0 or not _still_told(line, part_index, match.start()):
        return
    part, rate = line.figures[part_index], line.figures[rate_index]
    whole = _whole(line, part_index, named)
    if whole is not None and part.value <= whole.value:
        yield from _told(judge(line, _quotient("share", part, whole), rate))


def _still_told(line: Line, index: int, place: int) -> bool:
    """Whether only growth, ranks and the like stand between an amount and what is told of it."""
    between = line.skeleton[line.places[index] + 1 : place]
    return len(between) <= _NEAR and bool(load_rules("audit")["still_told"].fullmatch(between))


def _whole(line: Line, index: int, named: str) -> Figure | None:
    """The whole that an amount is a share of: by its name, else what it was told to be among (其中)."""
    part = line.figures[index]
    core = named
    for word in load_rules("audit").data["words"]["generic"]:
        core = core.replace(word, "")
    for i in range(index - 1, -1, -1):
        figure = line.figures[i]
        if figure.kind != "level" or figure.unit != part.unit or figure.value <= 0:
            continue
        between = line.skeleton[line.places[i] + 1 : line.places[index]]
        if core:
            if _called(line, i, core):
                return figure
            continue
        if "其中" in between and "。" not in between:
            return figure
        return None
    return None


def _called(line: Line, index: int, name: str) -> bool:
    """Whether the words of its own clause before an amount, or those right after it, name it so."""
    label = line.label(index)
    label = label[max(label.rfind(mark) for mark in "，：）、") + 1 :]
    after = line.skeleton[line.places[index] + 1 : line.places[index] + 2 + len(name)].removeprefix("的")
    return after.startswith(name) or (len(name) > 1 and common(name, label) >= max(2, _NAMED * len(name)))


def _rate(line: Line, match: re.Match[str]) -> Iterator[Check]:
    index = line.index_at(match.start("d"))
    part, rate = line.figures[index], line.at(match.start("r"))
    name = match["name"]
    label = line.label(index)
    root = name[-2:]
    if root not in label:
        return
    if has_word("no_rate", name):
        return
    for i in range(index - 1, -1, -1):
        figure = line.figures[i]
        if figure.kind != "level" or figure.unit != part.unit or figure.value <= 0:
            continue
        between = line.skeleton[line.places[i] + 1 : line.places[index]]
        planned = _planned(line, i)
        if figure.value / _RATE_RANGE <= part.value <= figure.value and (planned or not any(mark in between for mark in "。；")):
            yield from _told(judge(line, _quotient("share_of_plan" if planned else "share", part, figure), rate))
        return


# --- averages ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Heads:
    """Among how many a total is shared out."""

    figures: tuple[Figure, ...]
    written: str
    value: float
    spread: Interval


def _average(line: Line, match: re.Match[str]) -> Iterator[Check]:
    total, each = line.at(match.start("total")), line.at(match.start("r"))
    if total.unit != each.unit or load_rules("audit")["no_average"].search(match["verb"]) or each.value <= 0:
        return
    index = line.index_at(match.start("total"))
    heads = _years_of(line, index) if "年" in match["kind"] else _heads_of(line, index, match["kind"])
    for one in heads:
        made = Sum(
            "average", (total, *one.figures), f"{bare(total)}÷{one.written}", total.value / one.value,
            divide(total.interval, one.spread),
        )  # fmt: skip
        check = judge(line, made, each)
        if check is None or check.verdict == "holds" or one is heads[-1]:
            yield from _told(check)
            return


def _heads_of(line: Line, index: int, kind: str) -> list[_Heads]:
    units = [unit for unit in load_rules("audit").data["words"]["heads"] if unit in kind]
    for i in range(index - 1, max(-1, index - 5), -1):
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
    return []


def common(one: str, other: str) -> int:
    """The length of the longest run of characters that both texts hold."""
    if len(one) > len(other):
        one, other = other, one
    best = 0
    for start in range(len(one)):
        while start + best < len(one) and one[start : start + best + 1] in other:
            best += 1
    return best
