"""The answer card above the passages: where a question is one for records, what tracking says of it, and where to read on.

Reads: what a query was understood to ask, series of the places that it names. Writes: ``Card``, or None where nothing fits well.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlencode

from pipeline.search.query import understand
from pipeline.track import TrackError
from pipeline.web.tracked import YearRow, year_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipeline.search.query import Asking, Understanding
    from pipeline.track import Series

_ALIKE = 0.6  # share of pairs of characters that a name and a topic have in common, from which on the one may mean the other
_ROWS, _SERIES = 6, 3
_PLACES = 6  # places whose series are looked at for one card


@dataclass(frozen=True, slots=True)
class CardRow:
    """A year of an indicator of a place."""

    place: str
    indicator: str
    year: YearRow


@dataclass(frozen=True, slots=True)
class Card:
    """An answer from records. ``links`` lead to the views that tell more: their kind and address."""

    kind: Literal["indicator", "compare", "due"]
    rows: tuple[CardRow, ...]
    links: tuple[tuple[str, str], ...]


def card(query: str, asking: Asking, places: Iterable[str], series_of: Callable[[str], list[Series]]) -> Card | None:
    """The card for a query; ``places`` are those of the store, which a query may name too, ``series_of`` gives the series of one."""
    asked = understand(query, asking)
    topic = "".join(asked.topic.split())
    if not asked.places and (named := next((place for place in places if place in topic), None)):
        asked, topic = replace(asked, places=(named,)), topic.replace(named, "")
    if asked.due is not None:
        first, last = asked.due
        days = {"due_after": first.isoformat() if first else "", "due_before": last.isoformat() if last else ""}
        return Card("due", (), (("due", f"/due?{urlencode({name: day for name, day in days.items() if day})}"),))
    if len(topic) < 2 or asked.without or asked.units:
        return None
    if not asked.places:
        return Card("compare", (), (("compare", f"/compare?{urlencode({'indicator': topic})}"),)) if asked.spread or asked.level else None
    rows = [row for place in asked.places[:_PLACES] for row in _rows(place, topic, asked, series_of)]
    if not rows:
        return None
    kind: Literal["indicator", "compare"] = "compare" if len({row.place for row in rows}) > 1 else "indicator"
    return Card(kind, tuple(rows[: _ROWS * len(asked.places)]), tuple(_links(rows, asked, kind)))


def _rows(place: str, topic: str, asked: Understanding, series_of: Callable[[str], list[Series]]) -> Iterable[CardRow]:
    try:
        found = series_of(place)
    except TrackError:
        return []
    scored = sorted(((_likeness(topic, one), len(one.points), one) for one in found), key=lambda item: item[:2], reverse=True)
    chosen = [one for likeness, _, one in scored if likeness >= _ALIKE][:_SERIES]
    rows = [CardRow(one.place, one.indicator, row) for one in chosen for row in year_rows(one)]
    rows = [row for row in rows if not asked.years or row.year.year in asked.years]
    rows.sort(key=lambda row: -row.year.year)
    return rows[:_ROWS]


def _likeness(topic: str, one: Series) -> float:
    return max(_share(topic, name) for name in (one.indicator, *one.names))


def _share(topic: str, name: str) -> float:
    """The share of pairs of characters that two wordings have in common (Dice 1945)."""
    first, second = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (topic, name))
    return 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0


def _links(rows: list[CardRow], asked: Understanding, kind: str) -> Iterable[tuple[str, str]]:
    place, indicator = rows[0].place, rows[0].indicator
    yield "indicator", f"/indicator?{urlencode({'place': place, 'indicator': indicator})}"
    yield "compare", f"/compare?{urlencode({'indicator': indicator})}"
    if kind == "indicator" and asked.years:
        yield "place", f"/place?{urlencode({'place': place, 'year': asked.years[0]})}"
        yield "reconcile", f"/reconcile?{urlencode({'place': place, 'year': asked.years[0]})}"
