"""Read every time of a text against a day of reference: 上周三, 三年前, 五月第一周, 去年中秋.

Reads: text and a reference; ``rules/everyday_times.toml``, and the grammar of official prose for what this one does not hold.
Writes: ``TimeSpan`` records with half-open spans and ISO dates, inclusive; None where an interval is open or unknown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

from pipeline.errors import ReadError
from pipeline.everyday.points import Interval, Parts, everyday_data, point, single_day, whole_months
from pipeline.everyday.spoken import Reference, spoken
from pipeline.extract.dates import Anchor, alike, find_times, resolve
from pipeline.extract.periods import whole_number
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

_Match = re.Match[str]
_NOTHING: Interval = (None, None)
_YEAR = re.compile(r"[0-9千]")


@dataclass(frozen=True, slots=True)
class TimeSpan:
    """A time as it stands in the text and the days that it covers."""

    start: int
    end: int
    text: str
    first: str | None
    last: str | None


def find_time_spans(text: str, reference: str | None) -> tuple[TimeSpan, ...]:
    """Every time in ``text``, in order; relative ones count from ``reference`` (an ISO date, a month, a year, or None)."""
    base = _reference(reference)
    spans = list(_spans(text, base))
    anchor = Anchor(base.day.year, base.day.isoformat(), None, None) if base else Anchor(None, None, None, None)
    for mention in find_times(text):
        if not any(span.start < mention.end and mention.start < span.end for span in spans):
            period = resolve(mention, anchor)
            spans.append(TimeSpan(mention.start, mention.end, mention.text, period.start, period.end))
    return tuple(sorted(spans, key=lambda span: span.start))


def _reference(reference: str | None) -> Reference | None:
    """Raises ReadError when the reference is neither empty nor a date, a month or a year."""
    if not reference:
        return None
    try:
        year, month, day, *_ = (*(int(part) for part in reference.split("-")), 1, 1)
        return Reference(date(year, month, day), ("year", "month", "day")[reference.count("-")])
    except (ValueError, IndexError) as error:
        raise ReadError(f"reference {reference!r} is no date: write YYYY-MM-DD, YYYY-MM or YYYY") from error


@cache
def _characters() -> dict[int, str]:
    own = {ord(character): same for same, characters in everyday_data()["same"].items() for character in characters}
    return {**alike(), **own}


def _spans(text: str, reference: Reference | None) -> Iterator[TimeSpan]:
    plain = text.translate(_characters())
    grammar, range_dash, closers = (load_rules("everyday_times")[name] for name in ("time", "range", "closer"))
    position = 0
    while position < len(plain) and (match := grammar.search(plain, position)):
        position = max(match.end(), match.start() + 1)
        interval = _interval(match, reference, None) if match[0].strip() else None
        if interval is None:
            continue
        end = len(plain[: match.end()].rstrip())
        dash = range_dash.match(plain, end)
        second = grammar.match(plain, dash.end()) if dash else None
        last = _interval(second, reference, interval[0]) if second else None
        if second and last:
            later = timedelta(weeks=1) if second["weekday"] and interval[0] and last[1] and last[1] < interval[0] else timedelta()
            interval, end = (interval[0], last[1] + later if last[1] else None), second.end()
        elif match["since"]:
            interval = interval[0], None
        elif closer := closers.match(plain, end):
            interval, end = _closed(interval, closer["closer"], reference), closer.end()
        position = max(position, end)
        start = match.start() + len(match[0]) - len(match[0].lstrip())
        if interval != _NOTHING:
            yield TimeSpan(start, end, text[start:end], *(day.isoformat() if day else None for day in interval))


def _closed(interval: Interval, closer: str, reference: Reference | None) -> Interval:
    """What lies before or after a point of time, or runs from it."""
    first, last = interval
    meaning = everyday_data()["closers"][closer]
    if meaning == "until":  # as official prose counts: 5月底前 includes the last day
        return None, last
    if meaning == "before":
        return None, first - timedelta(days=1) if first else None
    if meaning == "after":
        return (first if first == last else last + timedelta(days=1) if last else None), None
    return first, (reference.day if reference and meaning == "since" else None)


def _interval(match: _Match, reference: Reference | None, inherited: date | None) -> Interval | None:
    """The days that a match covers; None when it is no time or when nothing tells what it is relative to."""
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    base = inherited or (reference.day if reference else None)
    try:
        if fixed := _fixed(match, reference):
            return fixed
        if reference is not None and (counted := spoken(parts, reference)):
            return counted
        year = _year(parts, reference, base)
        return None if year is None else point(parts, year, base)
    except (ValueError, OverflowError):  # 三千年前 leads out of the calendar
        return None


def _fixed(match: _Match, reference: Reference | None) -> Interval | None:
    """Dates in figures: 20240307, 2019.9.6, 15.3.3, 1999.08, 6·30."""
    if digits := match["date8"]:
        return single_day(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if match["iso_year"]:
        return single_day(_full_year(match["iso_year"], reference), int(match["iso_month"]), int(match["iso_day"]))
    if match["ym_year"]:
        return whole_months(int(match["ym_year"]), int(match["ym_month"]), 1)
    if match["md_month"] and reference:
        return single_day(reference.day.year, int(match["md_month"]), int(match["md_day"]))
    return None


def _full_year(number: str, reference: Reference | None) -> int:
    """A year of two digits is one of the hundred years around the reference."""
    year = whole_number(number)
    if len(number) != 2 or not number.isdigit():
        return year
    latest = (reference.day.year if reference else 2020) + 15
    return year + latest // 100 * 100 - (100 if year > latest % 100 else 0)


def _year(parts: Parts, reference: Reference | None, base: date | None) -> int | None:
    """The year that is named, or told from the reference, or the one that ``base`` lies in."""
    if "year" in parts or "year_bare" in parts:
        return _full_year("".join(_YEAR.findall(parts.get("year") or parts["year_bare"])), reference)
    if "of_reference" in parts:
        return reference.day.year + int(everyday_data()["years"][parts["of_reference"]][0]) if reference else None
    return base.year if base else None
