"""Shares of a whole: 占企业总数的78.5%, 持证率达80%, and incomes as so many times others.

Reads: ``Line``. Writes: checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_model import Sum, bare, common, divide, has_word, judge, quotient, told
from pipeline.track.audit_plans import last_amount, plan_before, planned, still_told

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_figures import Figure, Line
    from pipeline.track.audit_model import Check

_NAMED = 0.6  # of the letters of a name that the words before its amount must hold
_ALIKE = 2  # characters in a row that the words before two amounts of one thing share
_RATE_RANGE = 10  # times a part: a rate of less than a tenth is of something else that was not counted


def check_shares(line: Line) -> Iterator[Check]:
    """Every share of a whole of the line that can be had from its figures."""
    book = load_rules("audit")
    readers = {"income_ratio": _income_ratio, "share_of_figure": _share_of_figure, "share": _share, "rate": _rate}
    for rule, reader in readers.items():
        for match in book[rule].finditer(line.skeleton):
            yield from reader(line, match)


def _share_of_figure(line: Line, match: re.Match[str]) -> Iterator[Check]:
    part, whole, rate = (line.at(match.start(name)) for name in ("d", "p", "r"))
    if part.unit != whole.unit or whole.value <= 0:
        return
    of_plan = load_rules("audit")["planned"].search(match["whole"] + match["tail"])
    yield from told(judge(line, quotient("share_of_plan" if of_plan else "share", part, whole), rate))


def _share(line: Line, match: re.Match[str]) -> Iterator[Check]:
    named = match["whole"] or ""
    if has_word("of_plan", named) or has_word("wider", named):
        return
    rate_index = line.index_at(match.start("r"))
    part_index = last_amount(line, rate_index)
    if part_index < 0 or not still_told(line, part_index, match.start()):
        return
    part, rate = line.figures[part_index], line.figures[rate_index]
    if match["own"] and match["own"][:_ALIKE] not in line.label(part_index):
        return
    whole, sure = _whole(line, part_index, named)
    if whole is not None and part.value <= whole.value:
        yield from told(judge(line, quotient("share", part, whole), rate, only_holds=not sure))


def _whole(line: Line, index: int, named: str) -> tuple[Figure | None, bool]:
    """The whole that an amount is a share of, and whether it is sure: by its name, else what it was told to be among (其中)."""
    part = line.figures[index]
    core = named
    for word in load_rules("audit").data["words"]["generic"]:
        core = core.replace(word, "")
    before = [i for i in range(index - 1, -1, -1) if _same(line.figures[i], part)]
    if not core:
        return _among(line, index, before), True
    called = [i for i in before if _called(line, i, core)]
    exactly = [i for i in called if named.rstrip("的") in line.label(i)]
    if not called:
        return None, False
    return line.figures[(exactly or called)[0]], bool(exactly) or len(called) == 1


def _same(figure: Figure, part: Figure) -> bool:
    return figure.kind == "level" and figure.unit == part.unit and figure.value > 0


def _among(line: Line, index: int, before: list[int]) -> Figure | None:
    """The amount that an amount of the same sentence was told to be part of."""
    for i in before:
        if any(mark in line.skeleton[line.places[i] + 1 : line.places[index]] for mark in "。；"):
            return None
        if "其中" in line.skeleton[line.places[i] + 1 : line.places[i + 1]]:
            return line.figures[i]
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
    if has_word("no_rate", name):
        return
    if has_word("done", name[-2:]):
        plan, sure = plan_before(line, index, "")
        if plan is not None:
            yield from told(judge(line, quotient("share_of_plan", part, plan), rate, only_holds=not sure))
            return
        name = name[:-2]
    if not name or (name[-2:] not in label and not ("其中" in label and name[:2] in label)):
        return
    for i in range(index - 1, -1, -1):
        figure = line.figures[i]
        if figure.kind != "level" or figure.unit != part.unit or figure.value <= 0:
            continue
        between = line.skeleton[line.places[i] + 1 : line.places[index]]
        of_plan = planned(line, i)
        if figure.value / _RATE_RANGE <= part.value <= figure.value and (of_plan or not any(mark in between for mark in "。；")):
            yield from told(judge(line, quotient("share_of_plan" if of_plan else "share", part, figure), rate))
        return


def _income_ratio(line: Line, match: re.Match[str]) -> Iterator[Check]:
    """The income of towns as so many times that of the country."""
    town, country, ratio = (line.at(match.start(name)) for name in "xyr")
    if town.unit != country.unit or (match["one"] and line.at(match.start("one")).value != 1):
        return
    made = Sum(
        "ratio", (town, country), f"{bare(town)}÷{bare(country)}", town.value / country.value, divide(town.interval, country.interval)
    )
    yield from told(judge(line, made, ratio))
