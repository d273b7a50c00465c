"""Days of the traditional calendar: lunar months, movable feasts, solar terms and the seasons that they bound.

Reads: ``rules/everyday_times.toml``. Writes: dates of the Gregorian calendar, None outside the years of the table.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from pipeline.rulebook import load_rules


def _data() -> dict[str, Any]:
    return load_rules("everyday_times").data


@cache
def _lunar_years() -> tuple[tuple[str, int, str], ...]:
    """First day, leap month and month lengths of every lunar year of the table."""
    years = (year.split("/") for year in _data()["lunar_years"].split())
    return tuple((first_day, int(leap), lengths) for first_day, leap, lengths in years)


def lunar_month(year: int, month: int, *, leap: bool = False) -> tuple[date, date] | None:
    """First and last day of a lunar month; None when the year is not in the table or has no such leap month."""
    place = year - int(_data()["first_lunar_year"])
    if not 0 <= place < len(_lunar_years()) or not 1 <= month <= 12:
        return None
    new_year, leap_month, lengths = _lunar_years()[place]
    if leap and month != leap_month:
        return None
    index = month if leap or 0 < leap_month < month else month - 1
    days = [29 + int(length) for length in lengths]
    first = date.fromisoformat(f"{year}-{new_year}") + timedelta(days=sum(days[:index]))
    return first, first + timedelta(days=days[index] - 1)


def lunar_day(year: int, month: int, day: int) -> date | None:
    """A day of a lunar month; day 0 is the last one (除夕 is the last of the twelfth month, told of the year that follows)."""
    bounds = lunar_month(year if day else year - 1, month)
    if bounds is None:
        return None
    found = bounds[1] if day == 0 else bounds[0] + timedelta(days=day - 1)
    return found if found <= bounds[1] else None


def term_day(name: str, year: int) -> date:
    """The day of a solar term by the usual approximation, exact but for a handful of years."""
    month, old, recent = _data()["terms"][name]
    in_century = year % 100
    leap_days = (in_century - 1) // 4 if month <= 2 else in_century // 4
    return date(year, month, int(in_century * 0.2422 + (old if year < 2000 else recent)) - leap_days)


def season_bounds(name: str, year: int) -> tuple[date, date]:
    """First and last day of a season: 冬季 is from 立冬 to the day before 立春."""
    first, following = _data()["seasons"][name]
    begins, ends = term_day(first, year), term_day(following, year)
    return begins, (ends if ends > begins else term_day(following, year + 1)) - timedelta(days=1)
