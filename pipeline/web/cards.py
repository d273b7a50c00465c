"""The answer card above the passages: where a question is one for records, what they say of it, and where to read on.

Reads: a query, the store behind a page. Writes: ``Card``, or None where nothing fits well: no card is better than a wrong one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlencode

from pipeline.read.places import place_called
from pipeline.search.query import understand
from pipeline.track import TrackError
from pipeline.web.card_doubts import CardDoubt, differences
from pipeline.web.card_duties import due_between, in_ledger, is_about, known_units, of_unit, responsible, unit_of, without_unit
from pipeline.web.duties import Asked, Duty
from pipeline.web.questions import question
from pipeline.web.routes_doubts import Doubt, slips
from pipeline.web.tracked import Side, YearRow, every_series, series_of, year_rows
from pipeline.web.words import message

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.search.query import Asking, Understanding
    from pipeline.store import SqliteStore
    from pipeline.track import Series
    from pipeline.web.page import Page
    from pipeline.web.questions import Question

_ALIKE = 0.6  # share of pairs of characters that a name and a topic have in common, from which on the one may mean the other
_ROWS, _SERIES = 6, 3
_PLACES = 6  # places whose series are looked at for one card
_AUDITED = 4  # documents whose sums are checked for one card; all of a place are on the view of doubts

Kind = Literal["indicator", "compare", "due", "duty", "unit", "check"]


@dataclass(frozen=True, slots=True)
class CardRow:
    """A year of an indicator of a place."""

    place: str
    indicator: str
    year: YearRow


@dataclass(frozen=True, slots=True)
class Card:
    """An answer from records; ``count`` is how many there are in all of those that are shown.

    ``links`` lead to the views that tell more: their kind and address. ``subject`` is what was asked about.
    """

    kind: Kind
    rows: tuple[CardRow, ...]
    links: tuple[tuple[str, str], ...]
    duties: tuple[Duty, ...] = ()
    doubts: tuple[CardDoubt, ...] = ()
    count: int = 0
    subject: str = ""
    checked: tuple[tuple[str, str], ...] = ()  # documents whose sums were checked: name and title


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query with all that it was understood as."""

    page: Page
    store: SqliteStore
    question: Question
    understood: Understanding
    topic: str


def card(page: Page, store: SqliteStore, query: str, asking: Asking) -> Card | None:
    """The card for a query, if it asks for what records tell."""
    asks = question(query, known_units(page, store))
    if asks.asks == "figures" or (asks.asks == "words" and understand(query, asking).status):
        understood = understand(query, asking)
    elif asks.asks == "words":
        return None
    else:
        understood = understand(asks.text, asking) if asks.text.strip() else understand("", asking)
    asked = _with_place(_Asked(page, store, asks, understood, "".join(understood.topic.split())))
    if understood.due is not None:
        return _due(asked)
    if asks.asks in ("duty", "unit"):
        return _duties(asked)
    if asks.asks == "check":
        return _check(asked)
    if "unit" in understood.without:
        found = without_unit(page, store)
        return _of_duties("duty", found, (("ledger", "/ledger"),), "") if found else None
    if understood.units:
        return _duties(replace(asked, question=replace(asks, asks="unit", unit=understood.units[0])))
    return _figures(asked)


def _with_place(asked: _Asked) -> _Asked:
    """The place that a query names only as the store calls it, or the one place of a store that has no other."""
    understood, topic = asked.understood, asked.topic
    if understood.places:
        return asked
    places = {row["place"] for row in asked.page.library.documents(asked.store) if row["place"]}
    named = next((place for place in sorted(places, key=len, reverse=True) if place in topic), None)
    if named is None and len(places) == 1 and not understood.spread:
        named = next(iter(places))
    return asked if named is None else replace(asked, understood=replace(understood, places=(named,)), topic=topic.replace(named, ""))


def _figures(asked: _Asked) -> Card | None:
    understood, topic = asked.understood, asked.topic
    if len(topic) < 2 or understood.without:
        return None
    if not understood.places:
        return _everywhere(asked) if understood.spread or understood.level else None
    rows = [row for place in understood.places[:_PLACES] for row in _rows(place, asked)]
    if not rows:
        return None
    kind: Kind = "compare" if len({row.place for row in rows}) > 1 else "indicator"
    return Card(kind, tuple(rows[: _ROWS * len(understood.places)]), tuple(_links(rows, understood, kind)), count=len(rows), subject=topic)


def _everywhere(asked: _Asked) -> Card | None:
    """The places of a level, or all, that have a figure for an indicator in the year asked for, else in the latest that most have."""
    every = every_series(asked.page, asked.store)
    link = (("compare", f"/compare?{urlencode({'indicator': asked.topic})}"),)
    if every is None:
        return Card("compare", (), link, subject=asked.topic)
    found = [one for one in _alike(every, asked.topic) if not one.qualifiers and _of_level(one.place, asked.understood.level)]
    rows = [CardRow(one.place, one.indicator, row) for one in found for row in year_rows(one)]
    rows = [row for row in rows if not asked.understood.years or row.year.year in asked.understood.years]
    if len({row.place for row in rows}) < 2:
        return None
    rows.sort(key=lambda row: (-_share(asked.topic, row.indicator), -row.year.year, row.place))
    return Card("compare", tuple(rows[:_ROWS]), link, count=len(rows), subject=asked.topic)


def _alike(every: list[Series], topic: str) -> list[Series]:
    near = {name for name in {one.indicator for one in every} if _share(topic, name) >= _ALIKE}
    return [one for one in every if one.indicator in near]


def _of_level(place: str, level: str | None) -> bool:
    known = place_called(place) if level else None
    return level is None or (known is not None and known.level == level)


def _rows(place: str, asked: _Asked) -> Iterable[CardRow]:
    chosen = _named(place, asked)[:_SERIES]
    rows = [CardRow(one.place, one.indicator, row) for one in chosen for row in year_rows(one)]
    rows = [row for row in rows if not asked.understood.years or row.year.year in asked.understood.years]
    rows.sort(key=lambda row: -row.year.year)
    return rows[:_ROWS]


def _named(place: str, asked: _Asked) -> list[Series]:
    """The series of a place that a subject names, the likest first."""
    try:
        found = series_of(asked.page, asked.store, place)
    except TrackError:
        return []
    scored = sorted(((_likeness(asked.topic, one), len(one.points), one) for one in found), key=lambda item: item[:2], reverse=True)
    return [one for alike, _, one in scored if alike >= _ALIKE]


def _likeness(topic: str, one: Series) -> float:
    return max(_share(topic, name) for name in (one.indicator, *one.names))


def _share(topic: str, name: str) -> float:
    """The share of pairs of characters that two wordings have in common (Dice 1945); a pair that comes twice counts twice."""
    pairs, all_pairs = _pairs(topic), len(topic) + len(name) - 2
    return 2 * sum(pair in name for pair in pairs) / all_pairs if all_pairs else 0.0


@lru_cache(maxsize=256)
def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _links(rows: list[CardRow], asked: Understanding, kind: str) -> Iterable[tuple[str, str]]:
    place, indicator = rows[0].place, rows[0].indicator
    yield "indicator", f"/indicator?{urlencode({'place': place, 'indicator': indicator})}"
    yield "compare", f"/compare?{urlencode({'indicator': indicator})}"
    if kind == "indicator" and asked.years:
        yield "place", f"/place?{urlencode({'place': place, 'year': asked.years[0]})}"
        yield "reconcile", f"/reconcile?{urlencode({'place': place, 'year': asked.years[0]})}"


def _duties(asked: _Asked) -> Card | None:
    """Who is responsible for a subject, or what a unit has to do."""
    page, store, understood, unit = asked.page, asked.store, asked.understood, asked.question.unit
    if asked.question.asks == "unit":
        found = of_unit(page, store, unit, asked.topic, understood)
        links = [("duties", f"/units?{urlencode({'unit': unit})}")]
        subject = unit
    else:
        found = responsible(page, store, asked.topic, understood) if len(asked.topic) > 1 else []
        links, subject = [], asked.topic
    if not found:
        return None
    if found[0].number:
        wanted = {"unit": unit_of(page, store, unit, found[0])} if unit else {"q": asked.topic}
        links.insert(0, ("ledger", f"/ledger?{urlencode(wanted)}"))
    return _of_duties("unit" if unit else "duty", found, links, subject)


def _of_duties(kind: Kind, found: list[Duty], links: Iterable[tuple[str, str]], subject: str) -> Card:
    return Card(kind, (), tuple(links), tuple(found[:_ROWS]), count=len(found), subject=subject)


def _due(asked: _Asked) -> Card:
    """What falls due in a period: items of the ledger, else tasks of documents."""
    understood, topic = asked.understood, asked.topic
    first, last = (day.isoformat() if day else "" for day in understood.due or (None, None))
    unit = asked.question.unit or next(iter(understood.units), "")
    place = next(iter(understood.places), "")
    given = {"due_after": first, "due_before": last, "place": place, "unit": unit}
    links = (("due", f"/due?{urlencode({name: value for name, value in given.items() if value})}"),)
    if not first:  # overdue is what the ledger does not have as done; documents tell only when something was due
        found = in_ledger(asked.page, asked.store, Asked(unit, place, "", last, ended=False), topic)
        return _of_duties("due", found, (("ledger", "/ledger"), *links), topic)
    count, found = due_between(asked.page, asked.store, Asked(unit, place, first, last or "9999", ended=False), topic)
    return replace(_of_duties("due", found, links, topic), count=count)


def _check(asked: _Asked) -> Card | None:
    """Whether the figures of a place, of an indicator, or of all agree: between documents, and in their sums."""
    understood, topic = asked.understood, asked.topic
    if not understood.places and len(topic) < 2:
        doubts = _of_years(_all_differences(asked), understood.years)
        return Card("check", (), (("doubts", "/warnings"),), (), tuple(doubts[:_ROWS]), len(doubts))
    places = understood.places[:_PLACES] or _places_with(asked)
    rows = [row for place in places for row in _rows(place, asked)] if len(topic) > 1 else []
    if len(topic) > 1 and not rows:
        return None
    chosen = [one for place in places for one in (_named(place, asked) if len(topic) > 1 else _every(place, asked))]
    rows_checked = _latest(asked, places)
    slipped = [_slip(slip) for row in rows_checked for slip in slips(asked.store, row) if is_about(topic, slip.quote)]
    doubts = [*_of_years(differences(chosen), understood.years), *slipped]
    links: list[tuple[str, str]] = [("doubts", f"/warnings?{urlencode({'place': places[0]})}")]
    links += [link for link in _links(rows, understood, "indicator") if link[0] == "indicator"] if rows else []
    checked = tuple((row["doc_id"], row["title"] or row["doc_id"]) for row in rows_checked)
    subject = topic or "".join([places[0], *(message("year", year=year) for year in understood.years[:1])])
    return Card("check", tuple(rows[:_ROWS]), tuple(links), (), tuple(doubts[:_ROWS]), len(doubts), subject, checked)


def _of_years(doubts: Iterable[CardDoubt], years: tuple[int, ...]) -> list[CardDoubt]:
    return [one for one in doubts if not years or one.year in years]


def _all_differences(asked: _Asked) -> tuple[CardDoubt, ...]:
    """Those of the whole store, looked for once for all series that are there."""
    every = every_series(asked.page, asked.store)
    state: Any = asked.page.request.app.state
    held = getattr(state, "differences", None)
    if every is not None and (held is None or held[0] is not every):
        held = state.differences = (every, tuple(differences(every)))
    return held[1] if held else ()


def _every(place: str, asked: _Asked) -> list[Series]:
    try:
        return series_of(asked.page, asked.store, place)
    except TrackError:
        return []


def _places_with(asked: _Asked) -> tuple[str, ...]:
    """Places that have figures for a subject, where a query names none."""
    every = every_series(asked.page, asked.store) or []
    return tuple(dict.fromkeys(one.place for one in _alike(every, asked.topic)))[:_PLACES]


def _latest(asked: _Asked, places: tuple[str, ...]) -> list[dict[str, Any]]:
    """The latest documents of the places and years asked for, whose sums are checked."""
    years = asked.understood.years
    rows: list[dict[str, Any]] = [
        row
        for row in asked.page.library.documents(asked.store)
        if row["place"] in places and not row["duplicate_of"] and (not years or row["year"] in years)
    ]
    return sorted(rows, key=lambda row: -(row["year"] or 0))[:_AUDITED]


def _slip(one: Doubt) -> CardDoubt:
    return CardDoubt(one.place or "", one.title, one.year, one.message, Side("", one.quote, "", one.doc_id), None, one.at)
