"""Resolve the name of a unit to its full name: 市城管局 in a document of 上饶市 → 上饶市城市管理局.

Reads: a name, ``Document`` (place, issuer, date), ``rules/organs.toml``. Writes: the full name, or None where it can't be known.

What a name can't tell stays None: whoever is meant (各部门), bodies whose official names differ from place to place (市文旅局), companies.
A name that several organs bore in turn (国家计委) is told apart by the year of the document; a name that only one organ bore is
resolved whatever the year, because a later document may speak of it too.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from pipeline.read.places import Place, full_name, leading_place, place_called
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Document

_Years = tuple[int, int]  # from which year, until which year an organ bore a name
_ALWAYS: _Years = (0, 9999)


def canonical_name(name: str, document: Document) -> str | None:
    """The full name of the unit that ``document`` calls ``name``; None where the text and the rules do not tell."""
    book = load_rules("organs")
    own = book["own"].match(name)
    if own:
        issuer = document.issuer
        if issuer is None or not issuer.endswith(own["kind"]) or book["own"].match(issuer):
            return None
        return canonical_name(issuer, document) or issuer
    if book["unknowable"].search(name):
        return None
    area = place_called(document.place) if document.place else None
    if area is None or area.level == "nation":
        return _national(name, document, bare=area is not None) or _by_place(name, None)
    full = _national(name, document, bare=False) or _local(name, area) or _by_place(name, area)
    return _issuer_called(full, document, area) or full


def _issuer_called(full: str | None, document: Document, area: Place) -> str | None:
    """The issuer, where ``full`` is a shorter wording of its name: 市城管局 in a document of 上饶市城市管理综合执法局."""
    if full is None or document.issuer is None or full[-1:] != document.issuer[-1:]:
        return None
    issuer = _local(document.issuer, area) or document.issuer
    return issuer if issuer.startswith(full[:-1]) and issuer != full else None


@cache
def _national_names() -> dict[str, list[tuple[str, _Years, bool]]]:
    names: dict[str, list[tuple[str, _Years, bool]]] = {}
    for full, entry in load_rules("organs").data["national"].items():
        years = (entry.get("since", _ALWAYS[0]), entry.get("until", _ALWAYS[1]))
        for bare, shorts in ((False, (full, *entry["short"])), (True, entry.get("bare", ()))):
            for short in dict.fromkeys(shorts):
                names.setdefault(short, []).append((full, years, bare))
    return names


def _national(name: str, document: Document, *, bare: bool) -> str | None:
    entries = [entry for entry in _national_names().get(name, ()) if bare or not entry[2]]
    if len(entries) == 1:
        return entries[0][0]
    year = int(document.date[:4]) if document.date else document.plan_year or document.review_year
    fits = [full for full, (since, until), _ in entries if year is not None and since <= year <= until]
    return fits[0] if len(fits) == 1 else None


def _local(name: str, area: Place) -> str | None:
    """An organ of the document's own area, or of the area above it that its level word names."""
    book = load_rules("organs")
    local = book.data["local"]
    body = book["body"].match(name)
    if body:
        place = _area(body["level"], area)
        template = local["bodies"].get(body["body"])
        return template.format(place) if place and template else None
    town = book["town"].match(name)
    if town and area.level == "county":
        return area.name + str(town["town"]) + str(local["governments"].get(town["body"], town["body"] or ""))
    organ = book["local"].match(name)
    if organ is None:
        return None
    place = _area(organ["level"], area) if organ["level"] else area.name
    wording = _wording(organ["stem"], organ["kind"])
    return place + wording if place and wording else None


def _wording(stem: str, kind: str) -> str | None:
    """The full wording of an organ without its area: 城管, 局 → 城市管理局."""
    local = load_rules("organs").data["local"]
    full = local["stems"].get(stem) or (stem if stem in local["full"] else None)
    if full is None:
        return None
    return str(full + local["kinds"].get(kind, kind))


def _area(level: str, area: Place) -> str | None:
    """The area that a level word means in a document of ``area``: 省 in a document of 上饶市 is 江西省."""
    local = load_rules("organs").data["local"]
    if level in local["levels"].get(area.level, ()) and area.name.endswith(level):
        return area.name
    if level in local["above"]["province"] and area.parent and area.parent.endswith(level):
        return area.parent
    above = leading_place(area.name[:-2]) if area.level == "county" and level in local["above"]["prefecture"] else None
    return above[0].name if above and above[0].level == "prefecture" and above[0].name != area.name else None


def _by_place(name: str, area: Place | None) -> str | None:
    """A name that begins with an area: 郑州 → 郑州市, 广州市天河区发展改革局 → 广州市天河区发展和改革局.

    A district without its city (黄埔区) is known only in a document of a city, because the names of districts repeat.
    """
    leading = leading_place(name)
    if leading is None or leading[1] == 0:
        return full_name(name)
    book = load_rules("organs")
    local = book.data["local"]
    place, end = leading
    rest = name[end:]
    bare_district = place.level == "county" and place.name.endswith(local["district"]) and leading_place(place.name[:-2]) is None
    if bare_district and (area is None or not area.name.endswith(local["city"])):
        return None
    full = (area.name if bare_district and area else "") + place.name
    if not rest:
        return full
    if rest in local["governments"]:
        return str(full + local["governments"][rest])
    organ = book["local"].match(rest)
    wording = _wording(organ["stem"], organ["kind"]) if organ and not organ["level"] else None
    return full + wording if wording else None
