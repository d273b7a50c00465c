"""Compare a promised figure with a reported one: the same thing, in the same unit, reached or not.

Reads: a quantity of a plan and quantities of a review. Writes: ``Comparison``, or None where nothing can be compared.

``>=`` and ``>`` are met when the actual reaches the promise; ``<=`` and ``<`` when it stays within; for ``=``, ``~`` and ranges more is
better unless the promise falls. 左右 allows half a percentage point on rates and two per cent on levels; a figure written with fewer
digits than the reported one is met when rounding makes both alike (58.08 % for 58.1 %).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.loop_match import apart, one_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Quantity

_RATE_TOLERANCE = 0.5
_LEVEL_TOLERANCE = 0.02
_WHOLE = 100  # per cent of the plan
_LEAST_SHARED = 0.6  # share of the shorter indicator's pairs of characters that must be common
_LEAST_OF_TARGET = 0.5  # share of the promised indicator's pairs that must be found again


_SURE_NAME = 0.8  # the same, before a promise is called missed: a miss is an accusation


@dataclass(frozen=True, slots=True)
class Comparison:
    """A promised and a reported figure, and whether the promise was kept."""

    target: Quantity
    actual: Quantity
    met: bool


def compare_figures(target: Quantity, actuals: Iterable[Quantity]) -> Comparison | None:
    """``target`` against the reported figure that is nearest in name, or None where none is about the same thing."""
    best: tuple[float, Quantity] | None = None
    for actual in actuals:
        alike = likeness(target, actual)
        if alike >= _LEAST_SHARED and (best is None or alike > best[0]):
            best = alike, actual
    if best is None:
        return None
    met = is_met(target, best[1])
    if met is False and _found_again(target, best[1]) < _SURE_NAME:
        return None
    return None if met is None else Comparison(target, best[1], met)


def is_met(target: Quantity, actual: Quantity) -> bool | None:
    """Whether the reported figure keeps the promise; None where one of the two has no value."""
    values = [value for value in (actual.low, actual.high) if value is not None]
    if not values or (target.low is None and target.high is None):
        return None
    if actual.measure == "completion" and target.measure != "completion":
        return max(values) >= _WHOLE
    falling = target.direction == "down" and actual.direction == "down"
    value = min(values) if target.comparator in ("<=", "<") and not falling else max(values)
    if target.direction == "down" and actual.direction == "up":
        return False
    if target.comparator in ("<=", "<") and target.high is not None:
        return value <= target.high or _rounds_to(value, target.high)
    goal = target.low if target.low is not None else target.high or 0.0
    if good_when_low(target) and target.comparator in ("=", "~", "range") and target.direction != "down":
        goal = target.high if target.high is not None else goal
        return min(values) <= goal + _tolerance(target, goal)
    tolerance = _tolerance(target, goal)
    if actual.direction == "down" and target.direction != "down" and target.measure == "change":
        value = -value
    return value >= goal - tolerance or _rounds_to(value, goal)


def _rounds_to(value: float, goal: float) -> bool:
    """Whether ``value``, written with the digits of ``goal``, is ``goal``: both mean the same where only a fraction differs."""
    digits = Decimal(str(goal)).as_tuple().exponent
    return isinstance(digits, int) and digits < 0 and round(value, -digits) == goal


def figure_words(quantity: Quantity) -> str:
    """A figure as an office reads it: 固定资产投资下降3.3%."""
    data = load_rules("loop").data["directions"]
    told = quantity.measure == "change" and not load_rules("loop")["growth_noun"].search(quantity.indicator or "")
    return f"{quantity.indicator or ''}{data.get(quantity.direction, '') if told else ''}{quantity.text}"


def _tolerance(target: Quantity, goal: float) -> float:
    """What 左右 allows."""
    if target.comparator != "~":
        return 0.0
    return _RATE_TOLERANCE if _is_rate(target) else abs(goal) * _LEVEL_TOLERANCE


def good_when_low(quantity: Quantity) -> bool:
    """Whether less of it is better: 失业率, 能耗, 排放."""
    return bool(load_rules("loop")["good_when_low"].search(quantity.indicator or ""))


def _is_rate(quantity: Quantity) -> bool:
    return quantity.unit is not None and ("%" in quantity.unit or "百分点" in quantity.unit)


def likeness(target: Quantity, other: Quantity, *, planned: bool = False) -> float:
    """How much the two figures are about the same thing: 0 where unit or measure differ, else the share of common pairs of characters.

    ``planned`` says whether the other figure is a promise, too.
    """
    alike = _measure(target) == _measure(other) and _same_unit(target.unit, other.unit)
    if other.masked or not (alike or (other.measure == "completion" and not planned)):
        return 0.0
    if other.status != ("planned" if planned else "actual"):
        return 0.0
    if target.scope is None and other.scope is not None and not load_rules("loop")["whole"].search(other.scope):
        return 0.0  # 青梧区新建12公里 is not the city's
    left, right = _pairs(target.indicator), _pairs(other.indicator)
    if not left or not right or apart(target.indicator or "", other.indicator or ""):
        return 0.0
    shared = len(left & right)
    return shared / min(len(left), len(right)) if shared >= _LEAST_OF_TARGET * len(left) else 0.0


def _found_again(target: Quantity, other: Quantity) -> float:
    """The share of the promised indicator's pairs of characters that the other's has."""
    left, right = _pairs(target.indicator), _pairs(other.indicator)
    return len(left & right) / len(left) if left else 0.0


def same_name(target: Quantity, other: Quantity) -> bool:
    """Whether two figures are of the same thing in different terms: the growth of 联运量 and its level."""
    left, right = _pairs(target.indicator), _pairs(other.indicator)
    return bool(left) and left <= right and not apart(target.indicator or "", other.indicator or "")


def _measure(quantity: Quantity) -> str:
    return "change" if load_rules("loop")["growth_noun"].search(quantity.indicator or "") else quantity.measure


def _same_unit(left: str | None, right: str | None) -> bool:
    counting = load_rules("loop").data["units"]["counting"]
    return left == right or (left in counting and right in counting)


def _pairs(name: str | None) -> set[str]:
    name = load_rules("loop")["growth_noun"].sub("", one_name(name or ""))
    name = load_rules("loop")["measure_word"].sub("", load_rules("loop")["common"].sub("", name))
    return {name[at : at + 2] for at in range(len(name) - 1)}
