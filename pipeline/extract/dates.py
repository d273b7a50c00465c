"""Find every expression of time in a text, and read it as a period of the calendar.

Reads: text; ``rules/times.toml``. Writes: ``TimeMention`` records with half-open spans, and ``Period`` records with ISO dates.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from pipeline.extract.periods import (
    UNKNOWN,
    Bounds,
    add_months,
    bounds_in_year,
    calendar_data,
    century_bounds,
    day_bounds,
    decade_bounds,
    month_bounds,
    plan_bounds,
    whole_number,
    years_bounds,
)
from pipeline.rulebook import Alike, load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.records import Relation, Span

Kind = Literal["date", "duration", "event", "now", "recurring", "same", "validity"]

# No expression begins further before its core or ends further behind it than this many characters.
_BEFORE, _BEHIND = 30, 20

_YEARS_OF_PLAN = 5
_QUOTES = '《“"'
_NAME = re.compile(r"《[^》\n]*》|“[^”\n]{1,20}”|\"[^\"\n]{1,20}\"")

# The parts that name a point of time; without one of them there is none.
_POINT = frozenset(
    {
        "anchor",
        "month",
        "quarter",
        "first_quarters",
        "last_quarters",
        "half",
        "months",
        "feast",
        "season",
        "within_year",
        "edge",
        "plan",
        "plan_ordinal",
        "century",
        "decade",
        "iso_year",
        "dot_month",
    }
)


class TimeMention(NamedTuple):
    """One expression of time: the whole wording, its kind, and the parts that the grammar took it into.

    ``until`` is the end of a range whose end is a point of time of its own (2019年1月1日至12月31日).
    """

    start: int
    end: int
    text: str
    kind: Kind
    parts: Mapping[str, str] = field(hash=False)
    until: TimeMention | None = None


@dataclass(frozen=True, slots=True)
class Anchor:
    """What relative words refer to: 今年 is ``year``, 本月 the month of ``date``, 有效期内 from ``effective_from`` on."""

    year: int | None
    date: str | None
    effective_from: str | None
    effective_to: str | None
    plan: tuple[str | None, str | None] | None = None  # the five-year plan that the document is, whose years 五年内 means


class Period(NamedTuple):
    """A time as the guidelines write it: ISO dates, inclusive; ``every`` is the unit of a recurring duty."""

    start: str | None
    end: str | None
    relation: Relation
    every: str | None


@cache
def alike() -> Alike:
    """The translation that makes digits, quotation marks and dashes alike, one character for one."""
    return Alike({ord(character): same for same, characters in load_rules("times").data["same"].items() for character in characters})


def find_times(text: str) -> tuple[TimeMention, ...]:
    """Every expression of time in ``text``, in order, none overlapping another."""
    found: list[TimeMention] = []
    for start, end in _windows(text):
        found.extend(_mentions(text[start:end].translate(alike()), text, start))
    return tuple(found)


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """The stretches of text that can hold an expression: the surroundings of every core, merged where they meet."""
    start = end = -1
    for core in load_rules("times")["core"].finditer(text):
        position = core.start()
        if end >= 0 and position - _BEFORE <= end:
            end = position + _BEHIND
            continue
        if end >= 0:
            yield start, end
        start, end = max(0, position - _BEFORE), position + _BEHIND
    if end >= 0:
        yield start, end


def _mentions(window: str, text: str, offset: int) -> Iterator[TimeMention]:
    time, loose = load_rules("times")["time"], calendar_data()["loose"]
    position = 0
    while match := time.search(window, position):
        position = max(match.end(), match.start() + 1)
        parts = {name: value for name, value in match.groupdict().items() if value is not None}
        kind = cast("Kind", match.lastgroup)
        if kind == "date" and not _POINT.intersection(parts):
            continue  # an opener or a closer with nothing between
        start, until = match.start(), None
        if kind == "date":
            until = _range_end(window, text, offset, match.end()) if "closer" not in parts else None
            if until is None and _closes(parts) not in ("from", "since") and _opens(parts) == "from" and len(parts["opener"]) == 1:
                start += 1  # “从2020年的5%” names the year, no start of anything
                del parts["opener"]
        end = start + len(window[start : match.end()].rstrip(loose)) if until is None else until.end - offset
        position = max(position, end)
        yield TimeMention(offset + start, offset + end, text[offset + start : offset + end], kind, parts, until)


def _range_end(window: str, text: str, offset: int, position: int) -> TimeMention | None:
    """The second end of a range whose first end closes at ``position`` of the window."""
    rules = load_rules("times")
    bridge = rules["dash"].match(window, position)
    if bridge is None:
        return None
    match = rules["day"].match(window, bridge.end())
    if match is None:
        match = rules["time"].match(window, bridge.end())
        if (
            match is None
            or match.lastgroup != "date"
            or match["opener"]
            or not _POINT.intersection(k for k, v in match.groupdict().items() if v)
        ):
            return None
    parts = {name: value for name, value in match.groupdict().items() if value is not None}
    start, end = offset + match.start(), offset + match.end()
    return TimeMention(start, end, text[start:end], "date", parts)


def resolve(mention: TimeMention, anchor: Anchor, *, year: int | None = None) -> Period:
    """The period that a mention means.

    In: what relative words refer to, and the year that the same sentence named before, which months, quarters and 年底
    without a year then belong to. Out: dates that are None where the words, the anchor and the sentence do not tell.
    """
    if mention.kind == "date":
        return _range(mention, anchor, year) if mention.until else _point(mention.parts, anchor, year)
    if mention.kind == "duration":
        return _duration(mention.parts, anchor)
    if mention.kind == "recurring":
        return Period(None, None, "recurring", _every(mention.parts))
    if mention.kind == "validity":
        return Period(anchor.effective_from, anchor.effective_to, "during", None)
    if mention.kind == "now":
        return Period(None, anchor.date, "by", None)
    # 届时 repeats a date that only the context knows; 自印发之日起 and 公布起6个月内 run from an event without a date
    limited = mention.parts.keys() & {"event_limit", "issue_limit", "since_limit"}
    return Period(None, None, "by" if limited or mention.kind == "same" else "from", None)


def named_year(mention: TimeMention) -> int | None:
    """The year that a mention names with its number, for the months and quarters that follow in the same sentence."""
    parts = mention.until.parts if mention.until and "year" in mention.until.parts else mention.parts
    number = parts.get("year") or parts.get("iso_year")
    return int(number) if number else None


def _point(parts: Mapping[str, str], anchor: Anchor, year: int | None) -> Period:
    bounds = _bounds(parts, anchor, year)
    opener, closer = _opens(parts), _closes(parts)
    if closer == "since":
        return Period(_iso(bounds.first), anchor.date, "during", None)
    if "from" in (opener, closer):
        return Period(_iso(bounds.first), None, "from", None)
    if closer == "after":
        return Period(_iso(bounds.last + timedelta(days=1) if bounds.last else None), None, "from", None)
    if closer == "before" or opener == "by" or bounds.edge:
        last = bounds.last - timedelta(days=1) if bounds.last and "feast" in parts and closer == "before" else bounds.last
        return Period(None, _iso(last), "by", None)
    return Period(_iso(bounds.first), _iso(bounds.last), "during", None)


def _range(mention: TimeMention, anchor: Anchor, year: int | None) -> Period:
    begins = _bounds(mention.parts, anchor, year)
    first = begins.last if begins.edge else begins.first
    parts = mention.until.parts if mention.until else mention.parts
    if parts.keys() <= {"day", "closer"} and first is not None:
        last = day_bounds(parts, month_bounds(first.year, first.month)).last
    else:
        last = _bounds(parts, anchor, first.year if first else year).last
        if first and last and last < first and not parts.keys() & {"year", "relative"}:
            last = add_months(last, 12)  # 11月至3月
    return Period(_iso(first), _iso(last), "during", None)


def _duration(parts: Mapping[str, str], anchor: Anchor) -> Period:
    """今后五年, 五年来, 三年内; counts that run from an event which the text does not date have no dates."""
    nothing = Period(None, None, "during", None)
    data = calendar_data()
    back = "back" in (data["directions"].get(parts.get("span")), data["directions"].get(parts.get("within")))
    count_text = parts.get("span_count") or parts.get("effort") or parts["within_count"]
    unit = data["units"].get(parts.get("span_unit") or parts.get("effort_unit") or parts["within_unit"])
    if unit != "year" or not count_text.strip().isalnum():
        return nothing if "within_unit" not in parts or back else Period(None, None, "by", None)
    count = whole_number(count_text)
    if not count:  # 半年内
        return Period(None, None, "by", None)
    if count == _YEARS_OF_PLAN and anchor.plan and not back:
        return Period(*anchor.plan, "during", None)
    if "span" not in parts and not back:
        begins = date.fromisoformat(anchor.date) if anchor.date else None
        return Period(_iso(begins), _iso(add_months(begins, 12 * count) if begins else None), "during", None)
    if anchor.year is None:
        return nothing
    bounds = years_bounds(anchor.year - count, anchor.year - 1) if back else years_bounds(anchor.year, anchor.year + count - 1)
    return Period(_iso(bounds.first), _iso(bounds.last), "during", None)


def _every(parts: Mapping[str, str]) -> str:
    units: dict[str, str] = calendar_data()["units"]
    unit = units[parts.get("every") or parts.get("rhythm") or parts["by_unit"]]
    number = parts.get("every_count") or parts.get("rhythm_count")
    count = whole_number(number) if number else 1
    if not count:  # 半年一述职
        return f"half_{unit}"
    return unit if count == 1 else f"{count}_{unit}s"


def _bounds(parts: Mapping[str, str], anchor: Anchor, year: int | None) -> Bounds:
    """First and last day of a point of time, however it is named."""
    if "iso_year" in parts:
        return day_bounds({"day": parts["iso_day"]}, month_bounds(int(parts["iso_year"]), int(parts["iso_month"])))
    if "plan" in parts or "plan_ordinal" in parts:
        return plan_bounds(parts)
    if "century" in parts:
        return century_bounds(parts, anchor.year)
    if "decade" in parts:
        return decade_bounds(parts, anchor.year)
    if "year" in parts:
        return bounds_in_year(parts, int(parts.get("year_from", parts["year"])), int(parts["year"]))
    if "relative" in parts:
        return _relative_bounds(parts, anchor, year)
    base = anchor.year if year is None else year
    if base is None:
        return UNKNOWN
    if "dot_month" in parts:
        return replace(bounds_in_year({"month": parts["dot_month"], "day": parts["dot_day"]}, base, base), edge=True)
    return bounds_in_year(parts, base, base)


def _relative_bounds(parts: Mapping[str, str], anchor: Anchor, year: int | None) -> Bounds:
    """今年 counted from the plan year, 次年 from a year that the sentence names, 本月 from the document's date."""
    data, relative = calendar_data(), parts["relative"]
    if relative in data["relative_years"]:
        first, last = data["relative_years"][relative]
        return bounds_in_year(parts, anchor.year + first, anchor.year + last) if anchor.year is not None else UNKNOWN
    if relative in data["named_years"]:
        named = data["named_years"][relative]
        return bounds_in_year(parts, year + named, year + named) if year is not None else UNKNOWN
    if anchor.date is None:
        return UNKNOWN
    step, unit = data["relative_months"][relative]
    first_month = date.fromisoformat(anchor.date).replace(day=1)
    if unit == 3:
        first_month = first_month.replace(month=(first_month.month - 1) // 3 * 3 + 1)
    month = add_months(first_month, step * unit)
    return day_bounds(parts, month_bounds(month.year, month.month, month.month + unit - 1))


def _opens(parts: Mapping[str, str]) -> str | None:
    return calendar_data()["openers"].get(parts["opener"], "by") if "opener" in parts else None


def _closes(parts: Mapping[str, str]) -> str | None:
    meaning: str | None = calendar_data()["closers"].get(parts.get("closer"))
    return meaning


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def in_name(text: str, sentence: Span, mention: TimeMention) -> bool:
    """Whether the mention stands inside a title or a short quotation that holds more, such as 《…（2022—2025年）》 or “烟花三月”."""
    start, end = sentence
    if not any(quote in text[start : mention.start] for quote in _QUOTES):
        return False
    for name in _NAME.finditer(text, start, end):
        if name.start() < mention.start and mention.end < name.end():
            return name.end() - name.start() - 2 > mention.end - mention.start
    return False
