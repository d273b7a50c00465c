"""Administrative areas: their full names, and where they stand in a text.

Reads: names, organs, text. Writes: full names (湖南省, 南通市, 凉山彝族自治州, 泰和县, 全国) and mentions with spans.

Provinces, prefecture-level areas and county-level cities are listed in ``rules/places.txt``; districts and counties are read
by grammar. A county bears its own name alone (泰和县); a district keeps the city before it where the text writes it
(广州市天河区), because names of districts repeat from city to city.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from pipeline import rulebook
from pipeline.errors import RuleError

if TYPE_CHECKING:
    from pipeline.records import Span

Level = Literal["nation", "province", "prefecture", "county"]
LEVELS: tuple[Level, ...] = ("nation", "province", "prefecture", "county")

_BRACKET = re.compile(r"^([^()]+)(?:\(([^()]+)\))?$")


@dataclass(frozen=True, slots=True)
class Place:
    """An administrative area with its full name. ``parent`` is the province, or None for a province and for the nation."""

    name: str
    level: Level
    parent: str | None


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place as a text names it."""

    span: Span
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    by_name: dict[str, tuple[Place, ...]]  # full and short names; the higher level first
    by_opening: dict[str, tuple[str, ...]]  # the first two characters → names, the longest first
    opening: re.Pattern[str]  # a name can begin here


def full_name(name: str, level: Level | None = None) -> str | None:
    """The full name of the area called ``name``, or None when no such area is known (南通 → 南通市, 广州市天河区 → itself).

    ``level`` decides where a short name is shared: 吉林 is a province, and at level ``prefecture`` 吉林市.
    """
    place = place_called(name, level)
    return place.name if place else None


def place_called(name: str, level: Level | None = None) -> Place | None:
    """The area called ``name`` (full or short name), at ``level`` if given; None when no such area is known."""
    name = "".join(name.split())
    if name == nation().name:
        return nation()
    for place in _gazetteer().by_name.get(name, ()):
        if level is None or place.level == level:
            return place
    found = leading_place(name)
    if found and found[1] == len(name) and level in (None, found[0].level):
        return found[0]
    return None


def places_called(name: str) -> tuple[Place, ...]:
    """All listed areas with this full or short name, the higher level first (吉林 → 吉林省, 吉林市)."""
    return _gazetteer().by_name.get(name, ())


def is_listed(place: Place) -> bool:
    """Whether the area stands in the list, and was not read by grammar alone."""
    return place in places_called(place.name)


@cache
def nation() -> Place:
    """The whole country, for the State Council and its organs."""
    return Place(str(rulebook.load_rules("places").data["nation"]), "nation", None)


def leading_place(organ: str) -> tuple[Place, int] | None:
    """The area that the name of an organ begins with, and where it ends: 广州市天河区发展和改革局 → 广州市天河区, 6.

    National organs give the nation and 0. None when the organ names no area (市城管局).
    """
    book = rulebook.load_rules("places")
    if book["national-organ"].match(organ):
        return nation(), 0
    party = book["party"].match(organ)
    if party:
        committee = leading_place(organ[party.end() :])
        return (committee[0], committee[1] + party.end()) if committee else None
    listed = _listed_at(organ, 0)
    county = book["county"].match(organ)
    if listed and county and county.end("area") > listed[1] and listed[0].name != organ[: listed[1]]:
        listed = None  # 黄山区 is no part of the short name 黄山
    place, end = listed or (None, 0)
    inner = _listed_at(organ, end) if place and place.level == "province" else None
    if inner and inner[0].level != "province":
        place, end = inner
    county = book["county"].match(organ[end:]) if end < len(organ) and (place is None or place.level != "county") else None
    if county is None:
        return (place, end) if place else None
    area, district = county["area"], str(book.data["district"])
    if place is None and not area.endswith(district):  # a city that is not listed, with its district after it
        inside = book["district-after-city"].match(organ, len(area)) if area.endswith(book.data["city"]) else None
        if inside:
            return Place(area + inside["area"], "county", None), inside.end("area")
    prefix = place.name if place and place.level == "prefecture" and area.endswith(district) else ""
    level: Level = "prefecture" if area.endswith(book.data["prefecture"]) else "county"
    return Place(prefix + area, level, place.parent or place.name if place else None), end + len(area)


def find_places(text: str, *, common: bool = False) -> tuple[PlaceMention, ...]:
    """Listed areas that ``text`` names, in text order, the longest name at each position.

    Short names that are everyday words (合作, 日照) count only with ``common``; short names of county-level cities never.
    """
    found: list[PlaceMention] = []
    position = 0
    for match in _gazetteer().opening.finditer(text):
        at = match.start()
        if at < position:
            continue
        listed = _listed_at(text, at, running=True, common=common)
        if listed:
            place, position = listed
            found.append(PlaceMention((at, position), text[at:position], place))
    return tuple(found)


def _listed_at(text: str, start: int, *, running: bool = False, common: bool = True) -> tuple[Place, int] | None:
    """The listed area with the longest name at ``start``; in running text no short name of a county-level city."""
    gazetteer = _gazetteer()
    for name in gazetteer.by_opening.get(text[start : start + 2], ()):
        if not text.startswith(name, start):
            continue
        for place in gazetteer.by_name[name]:
            if not running or place.name == name or (place.level != "county" and (common or name not in _common_words())):
                return place, start + len(name)
    return None


@cache
def _common_words() -> frozenset[str]:
    return frozenset(rulebook.load_rules("places").data["common_words"])


@cache
def _gazetteer() -> _Gazetteer:
    tiers: dict[Level, list[tuple[str, str | None]]] = {"province": [], "prefecture": [], "county": []}
    for number, line in enumerate((rulebook.RULES / "places.txt").read_text("utf-8").splitlines(), 1):
        if line.startswith("#"):
            continue
        columns = line.split("|")
        if len(columns) != len(tiers):
            raise RuleError(f"rules/places.txt: line {number}: province | prefecture level | county-level cities, in three columns")
        province = columns[0].partition("(")[0]
        for level, column in zip(tiers, columns, strict=True):
            tiers[level] += [(name, None if level == "province" else province) for name in column.split()]
    by_name: dict[str, tuple[Place, ...]] = {}
    for level, entries in tiers.items():
        for entry, parent in entries:
            bracket = _BRACKET.match(entry)
            if bracket is None:
                raise RuleError(f"rules/places.txt: {entry}: a short name stands in brackets right after the full name")
            place = Place(bracket[1], level, parent)
            for name in {bracket[1], *_short_names(bracket[1]), bracket[2] or bracket[1]}:
                by_name[name] = (*by_name.get(name, ()), place)
    by_opening: dict[str, tuple[str, ...]] = {}
    for name in sorted(by_name, key=len, reverse=True):
        by_opening[name[:2]] = (*by_opening.get(name[:2], ()), name)
    firsts, seconds = ("".join(sorted({opening[i] for opening in by_opening})) for i in (0, 1))
    return _Gazetteer(by_name, by_opening, re.compile(f"[{firsts}](?=[{seconds}])"))


def _short_names(name: str) -> list[str]:
    """Short names by grammar: 南通市 → 南通; 凉山彝族自治州 → 凉山, 凉山州; 喀什地区 → 喀什."""
    match = rulebook.load_rules("places")["short-name"].match(name)
    if match is None:
        return []
    return [match["short"], match["short"] + name[-1]] if match["autonomous"] else [match["short"]]
