"""Calendar arithmetic: the first and last day of a year, quarter, month, plan period, feast or decade.

Reads: the named parts of one point of time as the grammar in ``rules/times.toml`` took it apart, and the year that relative
words refer to. Writes: ``Bounds``. Everything here is inclusive; what the text or the anchor does not tell is None.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules

Parts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bounds:
    """First and last day; ``edge`` tells that the words mean the end of it (年底, 三季度末, “十四五”末)."""

    first: date | None
    last: date | None
    edge: bool = False


UNKNOWN = Bounds(None, None)


@cache
def calendar_data() -> dict[str, Any]:
    """The plain data of ``rules/times.toml``: plan periods, feasts, relative years."""
    return load_rules("times").data


def whole_number(text: str) -> int:
    """The value of a count such as 3 or 十二."""
    return int(parse_number(text) or 0)


def month_bounds(year: int, first: int, last: int | None = None) -> Bounds:
    """From the first day of month ``first`` to the last day of month ``last`` of the same year."""
    last = first if last is None else last
    if not 1 <= first <= last <= 12:
        return UNKNOWN
    return Bounds(date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def years_bounds(first: int, last: int) -> Bounds:
    """Whole years."""
    return Bounds(date(first, 1, 1), date(last, 12, 31)) if 1 <= first <= last <= 9999 else UNKNOWN


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day."""
    month = day.month - 1 + months
    year, month = day.year + month // 12, month % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def plan_bounds(parts: Parts) -> Bounds:
    """A five-year plan: “十四五”时期, “十三五”末, 第二个五年计划期末. The middle and the start of one have no fixed dates."""
    number = whole_number(parts["plan"][:-1] if "plan" in parts else parts["plan_ordinal"])
    data = calendar_data()
    begins: dict[str, int] = data["first_plan_years"]
    first = begins.get(str(number)) or begins["6"] + 5 * (number - 6)
    stage = None if "early" in parts else data["plan_stages"].get(parts.get("stage") or parts.get("plan_stage") or "")
    return replace(years_bounds(first + stage["first"], first + stage["last"]), edge=stage.get("edge", False)) if stage else UNKNOWN


def century_bounds(parts: Parts, base: int | None) -> Bounds:
    """本世纪末, 21世纪中叶."""
    data = calendar_data()
    step = data["centuries"].get(parts["century"])
    if step is None:
        century = whole_number(parts["century"])
    elif base is None:
        return UNKNOWN
    else:
        century = (base - 1) // 100 + 1 + step
    first, last = data["century_parts"][parts["century_part"]]
    return replace(years_bounds(100 * (century - 1) + first, 100 * (century - 1) + last), edge=True)


def decade_bounds(parts: Parts, base: int | None) -> Bounds:
    """九十年代, 20世纪80年代. Its start, middle and end have no fixed dates."""
    if parts.get("decade_part"):
        return UNKNOWN
    tens = whole_number(parts["decade"])
    recent = base is not None and base >= 2010 and tens <= 50
    if "decade_century" in parts:
        recent = parts["decade_century"] in calendar_data()["centuries"]
    first = (2000 if recent else 1900) + tens
    return years_bounds(first, first + 9)


def feast_day(name: str, year: int) -> date | None:
    """The day of a feast in a year; None for a movable feast outside the table."""
    data = calendar_data()
    fixed = data["fixed_feasts"].get(name)
    if fixed:
        return date.fromisoformat(f"{year}-{fixed}")
    name, shift = data["days_from_feast"].get(name, (name, 0))
    days = data["movable_feasts"].get(name, "").split()
    place = year - int(data["first_feast_year"])
    if not 0 <= place < len(days):
        return None
    return date.fromisoformat(f"{year}-{days[place]}") + timedelta(days=shift)


def feast_bounds(parts: Parts, year: int) -> Bounds:
    """A feast (its single day), or its leave where that has a fixed length."""
    day = feast_day(parts["feast"], year)
    if day is None or not parts.get("holiday"):
        return Bounds(day, day) if day else UNKNOWN
    lengths = calendar_data()["holidays"].get(f"{day:%m-%d}", {})
    length = next((days for since, days in sorted(lengths.items(), reverse=True) if year >= int(since)), None)
    return Bounds(day, day + timedelta(days=length - 1)) if length else UNKNOWN


def bounds_in_year(parts: Parts, first: int, last: int) -> Bounds:
    """The part of the years ``first`` to ``last`` that the words name; the whole years when they name none."""
    if "feast" in parts:
        return feast_bounds(parts, last)
    if "season" in parts:
        return UNKNOWN
    if "month" in parts:
        return _month_part(parts, last)
    data = calendar_data()
    whole = years_bounds(first, last)
    if "quarter" in parts:
        quarter = data["quarters"][parts["quarter"]]
        whole = month_bounds(last, 3 * data["quarters"][parts.get("quarter_from", parts["quarter"])] - 2, 3 * quarter)
    elif "first_quarters" in parts:
        whole = month_bounds(last, 1, 3 * int(parts["first_quarters"]))
    elif "last_quarters" in parts:
        whole = month_bounds(last, 13 - 3 * int(parts["last_quarters"]), 12)
    elif "half" in parts:
        whole = month_bounds(last, *data["halves"][parts["half"]])
    elif "months" in parts:
        whole = month_bounds(last, 1, whole_number(parts["months"]))
    return _edge(parts, whole)


def _month_part(parts: Parts, year: int) -> Bounds:
    month = whole_number(parts["month"])
    first = whole_number(parts.get("month_from", parts["month"]))
    if first > month:  # 11月至次年3月 is told in two points; 11—3月 goes over the year
        return Bounds(date(year, first, 1), date(year + 1, month, monthrange(year + 1, month)[1]))
    return day_bounds(parts, month_bounds(year, first, month))


def day_bounds(parts: Parts, month: Bounds) -> Bounds:
    """A day or a third of the month whose bounds are given; the whole month when neither is named."""
    if month.last is None:
        return UNKNOWN
    if "day" in parts:
        day = whole_number(parts["day"])
        if not 1 <= day <= month.last.day:
            return UNKNOWN
        return Bounds(month.last.replace(day=day), month.last.replace(day=day))
    if "third" in parts:
        first, last = calendar_data()["thirds"][parts["third"]]
        return Bounds(month.last.replace(day=first), month.last.replace(day=min(last, month.last.day)))
    return _edge(parts, month)


def _edge(parts: Parts, whole: Bounds) -> Bounds:
    """The end (底, 末), the middle (中) or the start (初) of what ``whole`` covers."""
    edge = calendar_data()["edges"].get(parts.get("edge"))
    if edge is None or whole.first is None or whole.last is None:
        return whole
    if edge == "start":
        return Bounds(whole.first, whole.first)
    if edge == "end":
        return replace(whole, edge=True)
    months = (whole.last.year - whole.first.year) * 12 + whole.last.month - whole.first.month + 1
    middle = add_months(whole.first, months // 2) - timedelta(days=1) if months > 1 else whole.first.replace(day=15)
    return Bounds(whole.first, middle, edge=True)
