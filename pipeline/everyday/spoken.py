"""Days, weeks and spans that count from the day of reference: 明天, 上周三, 未来三年, 15个工作日内, 三年半以来.

Reads: the named parts of one match of ``rules/everyday_times.toml`` and a reference. Writes: first and last day.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.everyday.points import Interval, Parts, everyday_data
from pipeline.extract.periods import add_months, whole_number


@dataclass(frozen=True, slots=True)
class Reference:
    """The day that relative words count from, and how exactly it was given: year, month or day."""

    day: date
    precision: str


def spoken(parts: Parts, reference: Reference) -> Interval | None:
    """Days, weeks and spans that count from the day of reference alone."""
    data, today = everyday_data(), reference.day
    if group := parts.get("day_group"):
        first, last = data["day_groups"][group]
        return today + timedelta(days=first), today + timedelta(days=last)
    if "relative_day" in parts:
        day = today + timedelta(days=data["days"][parts["relative_day"]])
        return day, day
    if "week_step" in parts or "weekday" in parts:
        monday = today - timedelta(days=today.weekday()) + timedelta(weeks=data["steps"][parts.get("week_step", "")])
        weekday = parts.get("step_weekday") or parts.get("weekday")
        if weekday is None:
            return monday, monday + timedelta(days=6)
        day = monday + timedelta(days=data["weekdays"][weekday])
        return day, (monday + timedelta(days=6) if weekday == data["weekend"] else day)
    if "way" in parts:
        return _span(parts, today)
    if "ago" in parts:
        return _ago(parts, reference)
    if "past" in parts:
        return _shift(today, whole_number(parts["past"]), data["units"][parts["past_unit"]]), None
    if "nth_from" in parts:
        return today + timedelta(days=whole_number(parts["nth_from"]) - 1), None
    return None


def _shift(day: date, count: int, unit: str) -> date:
    """``count`` units later (earlier when negative)."""
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    if unit == "workday":
        step = timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            day += step
            while day.weekday() > 4:
                day += step
        return day
    return add_months(day, count * {"month": 1, "quarter": 3, "year": 12}[unit])


def _begin(day: date, unit: str) -> date:
    """The first day of the unit that ``day`` lies in; days and weeks begin with the day itself."""
    if unit == "year":
        return day.replace(month=1, day=1)
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    return day.replace(day=1) if unit == "month" else day


def _span(parts: Parts, today: date) -> Interval:
    """前两个月, 未来三年, 近五年: so many units before, after or around the day of reference."""
    unit, count = everyday_data()["units"][parts["span_unit"]], whole_number(parts["span"])
    if not count:  # 半年
        unit, count = "month", 6
    direction = everyday_data()["directions"][parts["way"]]
    if direction == "rolling":
        return _shift(today, -count, unit), today - timedelta(days=1)
    if direction == "before":
        first, last = _begin(_shift(today, -count, unit), unit), _begin(today, unit)
    elif direction == "after":
        begin = _begin(_shift(today, 1, "day" if unit == "week" else unit), unit)
        first, last = begin, _shift(begin, count, unit)
    else:
        begin = today if parts.get("within") else _begin(today, unit)
        first, last = begin, _shift(begin, count, unit)
    return first, last - timedelta(days=1)


def _ago(parts: Parts, reference: Reference) -> Interval | None:
    """三年前, 20天以后, 15个工作日内, 三年半以来."""
    unit = everyday_data()["units"][parts["ago_unit"]]
    low = whole_number(parts["ago"]) or 1
    high = low
    if "about" in parts:
        low, high = 2 * low, 10 * low
    elif parts.get("more") == everyday_data()["some"] and low % 10 == 0:
        high = low + 10 ** (len(str(low)) - len(str(low).rstrip("0")))
    days = 0
    if parts["ago"] == everyday_data()["half"]:
        low = high = 6 if unit == "year" else 0
        unit, days = "month", 0 if unit == "year" else 15
    elif "half_more" in parts and unit == "year":
        unit, low = "month", 12 * low + 6
        high = low
    elif unit == "quarter":
        unit, low, high = "month", 3 * low, 3 * high
    if "and_half" in parts:
        days = 15
    return _directed(parts, reference, (low, high, unit, days))


def _directed(parts: Parts, reference: Reference, count: tuple[int, int, str, int]) -> Interval | None:
    low, high, unit, days = count
    today, direction = reference.day, everyday_data()["ago"][parts["direction"]]
    if direction == "within":
        last = _shift(today, low, unit) + timedelta(days=days)
        return today, last if reference.precision == "day" else add_months(last.replace(day=1), 1) - timedelta(days=1)
    if direction == "since":
        return _begin(_shift(today, -low, unit), unit), _end(reference)
    sign = -1 if direction in ("ago", "before") else 1
    near, far = (_shift(today, sign * number, unit) + sign * timedelta(days=days) for number in (low, high))
    if direction == "later" or (direction == "after" and "more" in parts):
        return _begin(near, unit) if "more" in parts else near, None
    first, last = min(near, far), max(near, far)
    if days:
        return first, (last if reference.precision == "day" else _shift(last, 1, unit) - timedelta(days=1))
    return _begin(first, unit), _shift(_begin(last, unit), 1, unit if unit != "workday" else "day") - timedelta(days=1)


def _end(reference: Reference) -> date:
    day = reference.day
    if reference.precision == "year":
        return day.replace(month=12, day=31)
    return day.replace(day=monthrange(day.year, day.month)[1]) if reference.precision == "month" else day
