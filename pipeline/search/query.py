"""Read a query as an office asks it: what it is about, and which years, places, units, dates and kinds of sentences it wants.

Reads: the query, ``rules/queries.toml``, where and when it is asked. Writes: ``Understanding``.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

from pipeline.read.places import find_places, leading_place, nation, place_called
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipeline.read.places import Level
    from pipeline.records import Span, TaskStatus
    from pipeline.rulebook import Rule

Kind = Literal["doc_number", "year", "place", "status", "unit", "due", "has", "without"]
KINDS: tuple[Kind, ...] = ("doc_number", "year", "place", "status", "unit", "due", "has", "without")
Has = Literal["deadline", "unit", "number"]
_LONGEST = 400  # characters that are read of a query; nobody asks longer, and a pasted page has its subject at its head
_QUESTION = 120  # what is longer is a pasted passage: its years and places are no wishes
_DIGITS = {character: number for number, character in enumerate("一二三四五六七八九十", 1)} | {"两": 2}


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, and when: the asker's own place or organ, the day, and the kinds of parts that are to be taken literally."""

    home: str | None = None
    as_of: date = field(default_factory=date.today)
    literal: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class QueryPart:
    """A part of a query that was understood: where it stands, and what it was taken for."""

    kind: Kind
    text: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Understanding:
    """A query as it was understood. ``topic`` is what is left to be looked for by word and by meaning; empty if filters say it all.

    ``years`` and ``places`` are those asked for, empty for any; ``spread`` tells that answers of many documents are wanted
    (各省, 历年). ``due`` is a period of days, both inclusive, either end open.
    """

    topic: str
    parts: tuple[QueryPart, ...] = ()
    years: tuple[int, ...] = ()
    places: tuple[str, ...] = ()
    not_places: tuple[str, ...] = ()
    level: Level | None = None
    spread: bool = False
    status: TaskStatus | None = None
    units: tuple[str, ...] = ()
    due: tuple[date | None, date | None] | None = None
    has: tuple[Has, ...] = ()
    without: tuple[Has, ...] = ()
    doc_number: str | None = None


def understand(query: str, asking: Asking) -> Understanding:
    """What ``query`` asks for. A part that ``asking.literal`` names (or ``all``) stays in the topic as plain words."""
    text = " ".join(query[:_LONGEST].split())
    if "all" in asking.literal or len(text) > _QUESTION:
        return Understanding(text)
    reading = _Reading(text, asking)
    for rule in load_rules("queries").rules:
        reader = _READERS.get(rule.data["kind"])
        kind = _KIND_OF.get(rule.data["kind"])
        if reader is None or kind in asking.literal:
            continue
        for match in rule.pattern.finditer(text):
            if reading.free(match.span()):
                reader(reading, rule, match)
        if rule.name == "nation" and "place" not in asking.literal:
            _read_places(reading)
    return reading.result()


class _Reading:
    """The state of reading one query: what is taken, and what was found."""

    def __init__(self, text: str, asking: Asking) -> None:
        self.text, self.asking = text, asking
        self.taken: list[Span] = []
        self.parts: list[tuple[int, QueryPart]] = []
        self.found: dict[str, Any] = {}

    def free(self, span: Span) -> bool:
        return all(span[1] <= start or end <= span[0] for start, end in self.taken)

    def take(self, match: re.Match[str], kind: Kind | None, meaning: str = "") -> None:
        self.taken.append(match.span())
        if kind is not None:
            self.parts.append((match.start(), QueryPart(kind, match.group(), meaning)))

    def add(self, name: str, *values: object) -> None:
        self.found[name] = tuple(dict.fromkeys((*self.found.get(name, ()), *values)))

    def result(self) -> Understanding:
        characters = list(self.text)
        for start, end in self.taken:
            characters[start:end] = " " * (end - start)
        pieces = "".join(characters).split()
        parts = tuple(part for _, part in sorted(self.parts, key=lambda item: item[0]))
        empty = load_rules("search").data["empty_topics"]
        topic = "" if (pieces or parts) and all(piece in empty for piece in pieces) else " ".join(pieces) or self.text
        return Understanding(topic, parts, **self.found)


def _read_years(reading: _Reading, rule: Rule, match: re.Match[str]) -> None:
    groups, this_year = match.groupdict(), reading.asking.as_of.year
    if rule.name == "relative-year":
        first = last = this_year + int(rule.data["offsets"][match.group()])
    elif rule.name == "recent-years":
        last = this_year
        first = last - _number(groups["count"]) + 1
    elif rule.name == "plan-period":
        first = 2011 + 5 * (_number(groups["plan"]) - 2)  # 十二五 began in 2011
        last = first + 4
    else:
        first = int(groups["first"])
        last = int(groups.get("last") or (this_year if rule.name == "year-since" else first))
    first, last = min(first, last), max(first, last)
    reading.add("years", *range(first, last + 1))
    if last > first:
        reading.found["spread"] = True
    reading.take(match, "year", str(first) if first == last else f"{first}—{last}")


def _read_every_year(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    reading.found["spread"] = True
    reading.take(match, "year", "*")


def _read_places(reading: _Reading) -> None:
    """The first place named is whose documents are asked for, with those joined to it (江西和湖南); a later one is part of the subject."""
    book, text = load_rules("queries"), reading.text
    last = None  # where the last place that was taken ends
    for mention in find_places(text, common=False):
        start, end = mention.span
        if not reading.free((start, end)) or book["place-in-subject"].search(f"{text[:start]}【】{text[end:]}"):
            continue
        if last is not None and not book["places-joined"].match(text[last:start]):
            continue
        whole = leading_place(text[start:])
        name = mention.place.name
        if whole and whole[1] > end - start and whole[0].level == "county":
            name, end = whole[0].name, start + whole[1]
        if text.startswith(book.data["after_place"], end):
            end += len(book.data["after_place"])
        match = re.compile(re.escape(text[start:end])).match(text, start)
        if match is not None:
            reading.add("places", name)
            reading.take(match, "place", name)
            if last is not None:
                reading.found["spread"] = True
                reading.taken.append((last, start))
            last = end


def _read_home(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    home = _home_place(reading.asking.home)
    if home:
        reading.add("places", home)
        reading.take(match, "place", home)
    else:
        reading.take(match, None)


def _read_elsewhere(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    home = _home_place(reading.asking.home)
    if home:
        reading.add("not_places", home)
        reading.take(match, "place", f"≠{home}")
    else:
        reading.take(match, None)
    reading.found["spread"] = True


def _read_level(reading: _Reading, rule: Rule, match: re.Match[str]) -> None:
    reading.found |= {"level": rule.data["value"], "spread": True}
    reading.take(match, "place", str(rule.data["value"]))


def _read_everywhere(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    reading.found["spread"] = True
    reading.take(match, None)


def _read_nation(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    reading.add("places", nation().name)
    reading.take(match, "place", nation().name)


def _read_status(reading: _Reading, rule: Rule, match: re.Match[str]) -> None:
    reading.found.setdefault("status", rule.data["value"])
    reading.take(match, "status", str(rule.data["value"]))


def _read_has(reading: _Reading, rule: Rule, match: re.Match[str]) -> None:
    name = str(rule.data["kind"])
    reading.add(name, rule.data["value"])
    reading.take(match, "has" if name == "has" else "without", str(rule.data["value"]))


def _read_unit(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    reading.add("units", match["unit"])
    reading.take(match, "unit", match["unit"])


def _read_own_unit(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    home = reading.asking.home
    if home and _home_place(home) != home:
        reading.add("units", home)
        reading.take(match, "unit", home)
    else:
        reading.take(match, None)


def _read_doc_number(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    reading.found["doc_number"] = f"{match['organ']}〔{match['year']}〕{int(match['serial'])}号"
    reading.take(match, "doc_number", reading.found["doc_number"])


def _read_due(reading: _Reading, rule: Rule, match: re.Match[str]) -> None:
    period = _due_period(rule.name, match.groupdict(), reading.asking.as_of)
    reading.found["due"] = period
    first, last = (day.isoformat() if day else "" for day in period)
    reading.take(match, "due", f"{first}—{last}")


def _read_silent(reading: _Reading, _: Rule, match: re.Match[str]) -> None:
    reading.take(match, None)


def _due_period(name: str, groups: dict[str, str | None], today: date) -> tuple[date | None, date | None]:
    """The days within which something is due, by the name of the rule that found it."""
    year = int(groups.get("year") or today.year)
    if name == "overdue":
        return None, today - timedelta(1)
    if name == "due-year-end":
        return date(year, 1, 1), date(year, 12, 31)
    if name == "due-month":
        month = _number(str(groups["month"]))
        whole = groups["edge"] or groups["before"] not in {"前", "之前", "以前"}
        return date(year, 1, 1), _month_end(year, month) if whole else date(year, month, 1)
    return _named_period(str(groups["period"]), today)


def _named_period(period: str, today: date) -> tuple[date, date]:
    """本月, 下个月, 本周, 本季度, 上半年, 二季度 as days."""
    year = today.year
    if "周" in period:
        monday = today - timedelta(today.weekday())
        return monday, monday + timedelta(6)
    if "半年" in period:
        half = 0 if period[0] == "上" else 6
        return date(year, half + 1, 1), _month_end(year, half + 6)
    if "季" in period:
        quarter = (today.month - 1) // 3 + 1 if period[0] == "本" else _number(period.strip("第季度"))
        return date(year, 3 * quarter - 2, 1), _month_end(year, 3 * quarter)
    month = today.month + (period[0] == "下")
    year, month = (year + 1, 1) if month > 12 else (year, month)
    return date(year, month, 1), _month_end(year, month)


def _month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def _number(text: str) -> int:
    """A number as written in figures or up to 十二 in characters."""
    if text.isdigit():
        return int(text)
    if text[0] == "十" and len(text) > 1:
        return 10 + _DIGITS[text[1]]
    return _DIGITS[text[0]] * (10 if len(text) > 1 else 1)


def _home_place(home: str | None) -> str | None:
    """The place of an asker who is named by place (上饶) or by organ (上饶市城市管理局)."""
    if not home:
        return None
    place = place_called(home)
    if place:
        return place.name
    leading = leading_place(home)
    return leading[0].name if leading else None


_READERS: dict[str, Callable[[_Reading, Rule, re.Match[str]], None]] = {
    "doc_number": _read_doc_number, "years": _read_years, "every_year": _read_every_year, "home": _read_home,
    "elsewhere": _read_elsewhere, "level": _read_level, "everywhere": _read_everywhere, "nation": _read_nation,
    "document": _read_silent, "status": _read_status, "without": _read_has, "has": _read_has, "unit": _read_unit,
    "own_unit": _read_own_unit, "due": _read_due, "silent": _read_silent,
}  # fmt: skip
_KIND_OF: dict[str, Kind] = {
    "doc_number": "doc_number", "years": "year", "every_year": "year", "home": "place", "elsewhere": "place", "level": "place",
    "nation": "place", "status": "status", "without": "without", "has": "has", "unit": "unit", "own_unit": "unit", "due": "due",
}  # fmt: skip
