"""Decide what kind of value a figure is: level or change, target or result, in each year, at least or at most.

Reads: Surroundings of a figure and how its indicator is approached. Writes: the slots of a quantity.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from pipeline.extract.grants import is_threshold
from pipeline.extract.indicators import change_direction, words
from pipeline.rulebook import alternation, load_rules

if TYPE_CHECKING:
    from pipeline.extract.heads import Run
    from pipeline.extract.surroundings import Surroundings
    from pipeline.records import Comparator, Direction, Label, Measure, QuantityStatus

_VERB_WITHIN = 4  # characters before the verb at the head of a clause: 全市累计新建
_LISTED = ("、", "和", "及", "与")  # a clause that goes on with a list


class Measured(NamedTuple):
    """What is measured and how. ``indicator`` is the run's head, put right where it held the verb of the change."""

    indicator: str
    measure: Measure
    direction: Direction | None


def measure_of(around: Surroundings, run: Run, head: str) -> Measured:
    """Measure and direction of one figure of a run, and its indicator without the words that told them."""
    figure, approach = around.figure, run.approach
    if figure.kind == "rank":
        return Measured(head, "rank", None)
    if figure.kind == "growth":
        return Measured(head, "change", None)
    if figure.kind == "double":
        return Measured(head, "change", "up")
    if figure.kind == "zero":
        named = around.body[1:]  # 零填埋 of 生活垃圾 measures 生活垃圾填埋
        return Measured(head if named in words().happening else head + named, "level", None)
    if approach.gap is not None:
        return Measured(head, "gap", approach.gap)
    if figure.unit in ("%", "％") and (approach.completion or approach.tail[-1:] == words().completed):
        return Measured(head, "completion", None)
    return _change(around, run, head) or Measured(head, "level", None)


def _change(around: Surroundings, run: Run, head: str) -> Measured | None:
    lists, rules = words(), load_rules("quantities")
    figure, approach = around.figure, run.approach
    counted = figure.unit not in rules.data["amounts"] and not head.endswith(lists.aging)
    direction = change_direction(approach)
    if head.endswith(lists.places) and figure.unit in lists.steps:  # 全国排名53位、提升3位
        return Measured(head, "change", direction) if direction else Measured(head, "rank", None)
    if direction and head in lists.growing and not lists.changing.isdisjoint(approach.tail):
        grown = next(word for word in approach.tail if word in lists.changing)
        return Measured(head + grown, "change", direction)  # nothing is called 经济: 经济增长5%左右
    soft = counted and (run.origin == "behind" or (not approach.compared and not lists.soft.isdisjoint(approach.tail)))
    if direction and not soft:
        return Measured(head, "change", direction)
    if approach.noun.endswith(lists.stocks):
        return Measured(head, "change", "up")
    increment = rules["increment"].search(head)
    if increment and len(head) > len(increment.group()):
        return Measured(head[: increment.start()], "change", "up")
    if approach.noun in lists.grown and run.members[0].clause.startswith("、") and not run.members[0].right:
        return Measured(head, "change", "up")  # 播种面积4440万亩、新增202.9万亩
    lighter = rules["lightening"].search(head) if figure.unit in ("元", "美元") else None
    if lighter:
        return Measured(lighter["noun"], "change", "down")
    if figure.unit in ("%", "％") and rules["rises-behind"].match(around.right) and not lists.sustaining.isdisjoint(approach.tail):
        return Measured(head, "change", "up")
    aim = rules["growth-aim"].search(head)
    if aim:
        return Measured(head[: aim.start()], "change", "up")
    return None


def comparator_of(around: Surroundings, run: Run) -> Comparator:
    """The comparator written at the figure, at the end of its run (分别增长5%和7%左右), or before a verb (至少打造2个)."""
    if around.figure.comparator != "=":
        return around.figure.comparator
    last = run.members[-1].figure.comparator
    if last != "=" and all(member.figure.comparator == "=" for member in run.members[:-1]):
        return last
    rules, clause = load_rules("quantities"), run.members[0].clause
    if rules["at-least"].search(clause):
        return ">="
    return "<=" if rules["at-most"].search(clause) else "="


def term_of(run: Run) -> Literal["year", "month"] | None:
    """Whether the figure holds for each year or each month."""
    rules, clause = load_rules("quantities"), run.members[0].raw
    if rules["per-year"].search(clause):
        return "year"
    return "month" if rules["per-month"].search(clause) else None


@cache
def _doing() -> re.Pattern[str]:
    """A verb of doing near the head of a clause: 累计建成…, 全市新建…."""
    lists = words()
    verbs = [verb for verb in (*lists.verbs, *lists.subject_verbs, *lists.completed, lists.in_total) if len(verb) > 1]
    return re.compile(f".{{0,{_VERB_WITHIN}}}?{alternation(verbs)}")


def came_about(around: Surroundings, run: Run, measured: Measured, *, before: bool) -> bool:
    """Whether the figure came about over a time (新建污水管网700公里, 下降3%) and is no state at its end (里程达到9000公里).

    ``before``: what was found for the figure before, which holds on in a list (新建学校3所、医院2家).
    """
    if measured.measure != "level":
        return measured.measure == "change"
    lists = words()
    if around.figure.unit in load_rules("quantities").data["rates"] or lists.passing in around.body:
        return False
    if not lists.reached.isdisjoint(run.approach.tail):
        return False
    if run.origin == "behind" or _doing().match(around.clause):
        return True
    return before and around.clause.startswith(_LISTED) and not measured.indicator.endswith(lists.states)


def is_announced(around: Surroundings) -> bool:
    """Whether the figure is told as a result where a notice announces it: 我部确定了100项案例, 17家平台名单予以公布."""
    rules = load_rules("quantities")
    return rules["announced-before"].search(around.clause) is not None or rules["announced-behind"].match(around.right) is not None


def status_of(around: Surroundings, label: Label) -> QuantityStatus:
    """Whether the figure is a target, a result, the value that a change starts from, or somebody's condition."""
    rules = load_rules("quantities")
    if (rules["base-before"].search(around.clause) and rules["base-right"].search(around.right)) or rules["compared-base"].search(
        around.between
    ):
        return "baseline"
    if label == "other" or rules["whole-before"].search(around.clause):
        return "reference"
    if label == "planned":
        return "reference" if is_threshold(around) else "planned"
    aim = rules["aim-after"].search(around.after) or rules["aim-before"].search(around.clause)
    return "planned" if aim and not rules["done-after"].search(around.after) else "actual"
