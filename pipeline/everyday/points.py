"""Take a point of time apart: a year, its months, quarters, feasts and seasons, and the day or week within.

Reads: the named parts of one match of ``rules/everyday_times.toml`` and the year that it belongs to. Writes: first and last day.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta
from typing import Any

from pipeline.everyday.lunar import lunar_day, lunar_month, season_bounds, term_day
from pipeline.extract.periods import add_months, whole_number
from pipeline.rulebook import load_rules

Interval = tuple[date | None, date | None]
Parts = dict[str, str]

_YEAR_NAMED = {"year", "year_bare", "of_reference"}
_MONTHS_OF = {"month_step": 1, "quarter_step": 3, "half_step": 6}


def everyday_data() -> dict[str, Any]:
    """The plain data of ``rules/everyday_times.toml``."""
    return load_rules("everyday_times").data


def point(parts: Parts, year: int, base: date | None) -> Interval | None:
    """A year, a part of it, a day: the most exact of what is named. Days and halves of a month alone belong to the month of ``base``."""
    container = _traditional(parts, year, base) or _part_of_year(parts, year, base)
    if container is not None:
        return _within(parts, container)
    if parts.get("day_mark") or parts.get("third") in everyday_data()["half_months"]:
        return _in_month(parts, year, base.month) if base else None
    if not parts.keys() & _YEAR_NAMED or parts.keys() & {"day", "third"}:
        return None
    first, last = everyday_data()["years"].get(parts.get("of_reference"), (0, 0))
    return _within(parts, (date(year, 1, 1), date(year + last - first, 12, 31)))


def _in_month(parts: Parts, year: int, month: int) -> Interval | None:
    """A day or a half of a month; a day that it lacks is the next month's."""
    begin = date(year, month, 1)
    if "day" not in parts:
        return _within(parts, (begin, add_months(begin, 1) - timedelta(days=1)))
    following = add_months(begin, 1)
    day = whole_number(parts["day"])
    return single_day(year, month, day) or single_day(following.year, following.month, day)


def _traditional(parts: Parts, year: int, base: date | None) -> Interval | None:
    """Feasts, solar terms, seasons and lunar days."""
    data = everyday_data()
    if "leap" in parts:
        return lunar_month(year, whole_number(parts["leap"]), leap=True)
    if number := parts.get("lunar_number") or ("month" in parts and parts.get("lunar_day")):
        name = parts.get("lunar_name")
        month = data["lunar_months"][name] if name else whole_number(parts.get("lunar_month") or parts["month"])
        day = lunar_day(year, month, whole_number(number.lstrip(data["lunar_first_days"])))
        return (day, day) if day else None
    if "season" in parts:
        return season_bounds(parts["season"], year)
    if "term" in parts:
        day = term_day(parts["term"], year + (1 if parts["term"] in data["terms_of_next_year"] else 0))
        return day, day
    if "feast" not in parts:
        return None
    day = _feast(parts["feast"], year)
    if day and base and day < base and not parts.keys() & _YEAR_NAMED:
        day = _feast(parts["feast"], year + 1)  # a feast without a year is the next one
    return (day, day) if day else None


def _feast(name: str, year: int) -> date | None:
    data = everyday_data()
    if fixed := data["fixed_days"].get(name):
        return date.fromisoformat(f"{year:04}-{fixed}")
    if lunar := data["lunar_feasts"].get(name):
        return lunar_day(year, *lunar)
    month, nth, weekday = data["weekday_feasts"][name]
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


def _part_of_year(parts: Parts, year: int, base: date | None) -> Interval | None:
    """Months, quarters and halves of a year, by number or counted from the present ones."""
    months = _months_named(parts)
    if months is not None:
        first, last = months
        return whole_months(year, first, last - first + 1)
    if base is None:
        return None
    if "this_month" in parts:
        return whole_months(year, base.month, 1)
    for name, size in _MONTHS_OF.items():
        if name in parts:
            begin = base.replace(year=year, day=1, month=(base.month - 1) // size * size + 1)
            begin = add_months(begin, size * everyday_data()["steps"][parts[name]])
            return whole_months(begin.year, begin.month, size)
    return None


def _months_named(parts: Parts) -> tuple[int, int] | None:
    """The first and the last month of a part of the year."""
    data = everyday_data()
    if "month_to" in parts:
        return whole_number(parts["month_from"]), whole_number(parts["month_to"])
    if "month" in parts or "nth_month" in parts:
        month = whole_number(parts.get("month") or parts["nth_month"])
        return month, month
    if "first_month" in parts:
        return 1, 1
    if "first_months" in parts:
        return 1, whole_number(parts["first_months"])
    if "last_months" in parts:
        return 13 - whole_number(parts["last_months"]), 12
    if "first_quarters" in parts:
        return 1, 3 * int(parts["first_quarters"])
    if quarter := parts.get("quarter") or parts.get("q"):
        return 3 * data["quarters"][parts.get("quarter_from") or quarter] - 2, 3 * data["quarters"][quarter]
    part = parts.get("half") or parts.get("year_edge", "")
    if not part or not (part.startswith(data["year"]) or parts.keys() & {"half", *_YEAR_NAMED}):
        return None
    first, last = data["year_parts"][part.removeprefix(data["year"])]
    return first, last


def _within(parts: Parts, container: Interval) -> Interval | None:
    """A day, a week or a third of the container that was named before it."""
    first, last = container
    if first is None or last is None:
        return container
    days: Interval = container
    if "day" in parts:
        number, year = whole_number(parts["day"]), first.year
        if (first.month, number) == (2, 29) and not parts.keys() & _YEAR_NAMED:
            year = next((later for later in range(year, year + 9) if monthrange(later, 2)[1] == number), year)
        return single_day(year, first.month, number)
    if "nth_day" in parts:
        day = first + timedelta(days=whole_number(parts["nth_day"]) - 1)
        days = day, day
    elif "nth_weekday" in parts:
        weekday = everyday_data()["weekdays"][parts["nth_weekday"]]
        day = first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (whole_number(parts["nth_week"]) - 1))
        days = day, day
    elif "nth_week" in parts:  # the first week begins with the first Monday
        monday = first + timedelta(days=-first.weekday() % 7 + 7 * (whole_number(parts["nth_week"]) - 1))
        days = monday, monday + timedelta(days=6)
    elif "last" in parts:
        week = everyday_data()["units"][parts["last_unit"]] == "week"
        days = (last - timedelta(days=last.weekday()) if week else last), last
    elif "first_days" in parts:
        days = first, first + timedelta(days=whole_number(parts["first_days"]) - 1)
    elif "third" in parts or "edge" in parts:
        begin, end = everyday_data()["thirds"][parts.get("third") or parts["edge"]]
        if first.month != last.month:  # of a quarter: its first or its last month
            days = whole_months(first.year, first.month if begin == 1 else last.month, 1) or container
        else:
            days = first.replace(day=begin), first.replace(day=min(end, last.day))
    return days


def whole_months(year: int, first: int, count: int) -> Interval | None:
    """``count`` months from the first day of month ``first`` on; None outside the year."""
    if not 1 <= first <= first + count - 1 <= 12:
        return None
    begin = date(year, first, 1)
    return begin, add_months(begin, count) - timedelta(days=1)


def single_day(year: int, month: int, day: int) -> Interval | None:
    """A day of the calendar; None when there is no such day."""
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return None
    return date(year, month, day), date(year, month, day)
