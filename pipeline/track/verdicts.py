"""Was a target reached? The rules by which a figure is held against the target of its year.

Reads: a target and what was reached. Writes: met or missed, and one sentence of reason.

`>=` and `>` are met when the actual reaches the target, `<=` and `<` when it stays within; for `=`, `~` and a range the good direction of
the indicator decides. `~` (左右) allows 0.5 percentage points on rates and 2 % on levels, both inclusive.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.indicators import dimension

if TYPE_CHECKING:
    from pipeline.track.model import Good, Point, Series, Verdict

POINTS, SHARE = 0.5, 0.02
_FAR = 0.5  # of the bound: a rise no higher is far from what was expected
_RATES = ("%", "个百分点", "‰")
_SLACK = 1e-9  # of the value: what binary fractions lose


def reached(target: Point, actual: Point, good: Good | None) -> bool | None:
    """Whether the actual reaches the target, None where their units do not compare."""
    (kind, worth), (other, other_worth) = dimension(target.unit, ""), dimension(actual.unit, "")
    if kind != other and target.unit != actual.unit:
        return None
    if kind != other:
        worth = other_worth = 1.0
    value = _signed(actual, target) * other_worth
    low, high = target.low * worth, target.high * worth
    slack = _SLACK * max(1.0, abs(low), abs(high), abs(value))
    room = _room(target) * (worth if target.unit in _RATES else 1) + slack if target.comparator == "~" else slack
    if target.unit not in _RATES and target.comparator == "~":
        room = SHARE * abs(low) + slack
    if _at_most(target, good):
        return value <= high + room
    return value >= low - room


def describe(target: Point, actual: Point, good: Good | None, *, met: bool) -> str:
    """The reason in one sentence: both figures, and the tolerance where it decided."""
    plain = reached(_strict(target), actual, good)
    told = message("met" if met else "missed", target=target.text, actual=actual.text)
    if met and target.comparator == "~" and plain is False:
        told += message("within_points" if target.unit in _RATES else "within_share")
    if target.unit != actual.unit:
        told += message("converted", target=target.unit, actual=actual.unit)
    return told


def as_said(one: Series, verdict: Verdict) -> tuple[str, str]:
    """The first judgement as an office says it, and its reason: a rise that stayed far below its ceiling is ``below``, no success.

    So is a rise of prices of which the issuer says that it missed what was expected: that is never said of one that was held down.
    """
    first = verdict.confirmed.first if verdict.confirmed else verdict.verdict
    if first == "met" and verdict.actual is not None and verdict.by == "figure":
        points = {point.quantity: point for point in one.points}
        target, actual = points.get(verdict.target or ""), points.get(verdict.actual)
        if target is not None and actual is not None and below(one, target, actual):
            return "below", message("below", target=target.text, actual=actual.text)
    if first in ("missed", "unclear") and verdict.by == "words" and one.measure == "change" and is_price(one.indicator):
        return "below", verdict.reason
    return first, verdict.reason


def below(one: Series, target: Point, actual: Point) -> bool:
    """Whether a rise of prices, or of what should grow, that was to stay within a bound came not even half as high."""
    wanted_low = one.good == "low" and not is_price(one.indicator)
    if one.measure != "change" or target.direction == "down" or wanted_low or target.unit != actual.unit:
        return False
    reached_to = -actual.low if actual.direction == "down" else actual.high
    return _at_most(target, one.good) and target.high > 0 and reached_to <= target.high * _FAR


def is_price(indicator: str) -> bool:
    """Whether an indicator tells of prices, of which both too much and too little is a miss."""
    return bool(load_rules("indicators_verdicts")["price"].search(indicator))


def message(name: str, /, **values: object) -> str:
    """A line of rules/tracking.toml with its values."""
    return str(_messages()[name]).format(**values)


def redefined(sentence: str) -> bool:
    """Whether a sentence says that its figures follow another definition than before."""
    return bool(load_rules("indicators_verdicts")["redefined"].search(sentence))


@cache
def _messages() -> dict[str, str]:
    messages: dict[str, str] = load_rules("indicators_verdicts").data["messages"]
    return messages


def _at_most(target: Point, good: Good | None) -> bool:
    if target.comparator in ("<", "<="):
        return True
    if target.comparator in (">", ">="):
        return False
    return good == "low" and target.direction != "down"


def _signed(actual: Point, target: Point) -> float:
    """The actual as it counts towards the target: a fall is a negative rise."""
    if target.direction is not None and actual.direction is not None and target.direction != actual.direction:
        return -float(actual.high if target.direction == "up" else actual.low)
    at_most = target.comparator in ("<", "<=")
    return float(actual.high if at_most else actual.low)


def _room(target: Point) -> float:
    return POINTS if target.unit in _RATES else SHARE * abs(target.low)


def _strict(target: Point) -> Point:
    from dataclasses import replace

    return replace(target, comparator="=")
