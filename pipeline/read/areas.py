"""Which administrative area a document speaks for, from organ, meeting, title, file name and body.

Reads: what the other modules found. Writes: ``Area``.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.issuers import own_source
from pipeline.read.places import Place, find_places, is_listed, leading_place, nation, place_called, places_called
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.evidence import Evidence
    from pipeline.read.layout import Layout

_BODY = (8000, 2500)  # characters at the head and at the end of a text that are searched when nothing in front names the area
_OPENING = 20  # lines in which the addressees stand
_RANKED = 4  # times as often may a city name its province in comparisons
_NATIONAL = 4  # words of the nation from which a text without an area of its own speaks for the nation
_COMMON = 5  # mentions from which a name that is an everyday word too counts
_SPARSE = 1800  # characters of a text in which its own area is named at least once
_CLEAR = 2  # times as often as any other area of its level must the area of a document be named


@dataclass(frozen=True, slots=True)
class Area:
    """The area, and for a warning what other evidence says: pairs of the evidence's name and the place it gives."""

    place: Place | None
    others: tuple[tuple[str, str], ...] = ()


def find_area(organ: str | None, evidence: Evidence) -> Area:
    """The area that the document speaks for: its own words first, then the title, the file name, and what the body names most."""
    book = load_rules("metadata")
    own = book["self"].match(organ) if organ else None
    level = own["self"] if own else None
    heading, layout, name, text = evidence.heading, evidence.layout, evidence.name, evidence.text
    meeting = evidence.meeting[0] if evidence.meeting else None
    stated = [
        ("body", _of(organ)),
        ("body", nation() if _national(layout) else None),
        ("body", _of(meeting)),
        ("body", _of(evidence.site)),
        ("title", _in_title(heading, level, text)),
        ("file", _fit(name.place, level, text) if name.place else _grown(evidence, level)),
        ("source", _of(own_source(layout))),
    ]
    found = next((place for _, place in stated if place), None)
    if found is None:
        found = _in_body(text, level)
    if found is None and (_speaks_for_nation(text) or any(book["national-text"].search(part) for part in (heading, *_ends(layout)))):
        found = nation()
    disagreeing = [(source, place) for source, place in (stated[4], ("file", name.place)) if place and found and not _agree(place, found)]
    others = [(source, place.name) for source, place in disagreeing]
    if name.word and found and not found.name.startswith(name.word):
        others.append(("file", name.word))
    return Area(found, tuple(dict.fromkeys(others)))


def _of(organ: str | None) -> Place | None:
    found = leading_place(organ) if organ else None
    return found[0] if found else None


def _national(layout: Layout) -> bool:
    rule = load_rules("metadata")["national-address"]
    return any(rule.match(line.plain) or rule.search(line.plain[:200]) for line in layout.front[:_OPENING])


def _ends(layout: Layout) -> list[str]:
    return [*(line.plain for line in layout.front[:3]), layout.closing]


def _speaks_for_nation(text: str) -> bool:
    """Whether the text names the nation and its organs often, and no area as its own."""
    book = load_rules("metadata")
    head = text[: _BODY[0]]
    if book["own-area"].search(head) or book["local-organ"].search(head):
        return False
    return len(book["national-words"].findall(head)) >= _NATIONAL


def _in_title(title: str, level: str | None, text: str) -> Place | None:
    """The area at the head of a title (after a year), else the only one that it names."""
    rest = load_rules("metadata")["year-prefix"].sub("", title)
    found = leading_place(rest)
    if found and (is_listed(found[0]) or found[0].level != "county" or _governs(found[0], text) or _at_work(rest[found[1] :])):
        return _fit(found[0], level, text) if found[1] else found[0]
    named = {mention.place.name: mention.place for mention in find_places(rest)}
    return _fit(next(iter(named.values())), level, text) if len(named) == 1 else None


def _at_work(rest: str) -> bool:
    """Whether what follows a name at the head of a title shows that it is an area."""
    return load_rules("metadata")["area-at-work"].match(rest) is not None


def _grown(evidence: Evidence, level: str | None) -> Place | None:
    """The area whose unlisted short name stands in the file name (澜川), with the word that the text has for its level (市)."""
    word = evidence.name.word
    level = level or _own_level(evidence.text[: _BODY[0]])
    if word is None or level is None or (evidence.kind != "government_report" and word not in evidence.text):
        return None
    return place_called(word if word.endswith(level) else word + level)


def _governs(place: Place, text: str) -> bool:
    """Whether ``text`` speaks of a government or party committee of the area, which a mere zone (示范区) has not."""
    return any(place.name + organ in text for organ in load_rules("metadata").data["words"]["area_organs"])


def _fit(place: Place, level: str | None, text: str) -> Place | None:
    """``place``, or the area of that short name whose level fits the words of the issuer (吉林 and 市人民政府 → 吉林市)."""
    if level is None or place.level == "nation" or place.name.endswith(level):
        return place
    short = load_rules("places")["short-name"].match(place.name)
    stem = short["short"] if short else place.name
    for other in places_called(stem):
        if other.name.endswith(level):
            return other
    grown = place_called(stem + level)
    return grown if grown and text.count(grown.name) > 1 else None


def _in_body(text: str, level: str | None) -> Place | None:
    """The area of the issuer's level that the text names clearly more often than any other."""
    book = load_rules("metadata")
    searched = text if len(text) <= sum(_BODY) else f"{text[: _BODY[0]]}\n{text[-_BODY[1] :]}"
    if level is None:
        level = _own_level(searched)
    if level is None:
        return None
    counts: Counter[Place]
    if level in book.data["words"]["county_levels"]:
        names = [match["area"] for match in book["own-name"].finditer(searched) if match["kind"] == level]
        known = {place for name in names if (place := place_called(name))}
        counts = Counter({place: sum(name.endswith(place.name) for name in names) for place in known})
    else:
        sure = {mention.place for mention in find_places(searched)}
        counts = Counter(mention.place for mention in find_places(searched, common=True) if mention.place.name.endswith(level))
        counts = Counter({place: times for place, times in counts.items() if place in sure or times >= _COMMON})
    least = max(_CLEAR, len(searched) // _SPARSE)
    return _clearest(counts, least) or _clearest(_with_organs(searched, level), least)


def _with_organs(text: str, level: str) -> Counter[Place]:
    """How often the text names areas of this level that are not listed with an organ of theirs."""
    names = Counter(match["area"] for match in load_rules("metadata")["area-with-organ"].finditer(text) if match["area"].endswith(level))
    return Counter({place: times for name, times in names.items() if (place := place_called(name)) and place.name.endswith(name)})


def _clearest(counts: Counter[Place], least: int) -> Place | None:
    """The area that is named at least so often, and clearly more often than any other."""
    ranked = counts.most_common(2)
    if not ranked or ranked[0][1] < least or (len(ranked) > 1 and ranked[0][1] < _CLEAR * ranked[1][1]):
        return None
    return ranked[0][0]


def _own_level(text: str) -> str | None:
    """The word with which the text speaks of its area. A city that ranks itself in its province says 全省 often, too."""
    words = Counter(match["self"] for match in load_rules("metadata")["own-area"].finditer(text))
    if not words:
        return None
    often, times = words.most_common(1)[0]
    levels = load_rules("places").data["levels"]
    lower = [word for word in words if levels[often] == "province" and levels[word] == "prefecture" and words[word] * _RANKED >= times]
    return lower[0] if lower else often


def _agree(one: Place, other: Place) -> bool:
    """Whether two areas are the same, or one lies in the other."""
    return one.name == other.name or one.parent == other.name or other.parent == one.name or other.name.startswith(one.name)
