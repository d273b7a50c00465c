"""What a reader of a document must know: masked figures, missing text, copies from library sites, contradictions.

Reads: text, evidence. Writes: ``DocumentWarning`` with a message in Chinese.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from pipeline.records import DocumentWarning
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.areas import Area
    from pipeline.read.years import Years

_LEAST = 3  # times a word stands where a number should, before it is taken for a mask
_AROUND = 8  # characters of text that an example shows


def message(name: str, **values: object) -> str:
    """The message called ``name`` in rules/metadata.toml, filled in."""
    return str(load_rules("metadata").data["messages"][name]).format(**values)


def warn_of_text(text: str) -> list[DocumentWarning]:
    """Warnings that the text alone gives."""
    return [
        *_masked(text),
        *_found(text, "truncated", "truncated", "truncated"),
        *_found(text, "third-party", "third_party_copy", "third_party"),
    ]


def warn_of_conflicts(years: Years, area: Area) -> list[DocumentWarning]:
    """Warnings for evidence that disagrees with the year or the area that was used."""
    found: list[DocumentWarning] = []
    if years.others and (years.plan or years.review):
        told = _sources(tuple((source, message("year_value", value=year)) for source, year in years.others))
        found.append(DocumentWarning("year_conflict", message("year", sources=told, year=years.plan or years.review)))
    if area.place and area.others:
        told = _sources(area.others)
        found.append(DocumentWarning("place_conflict", message("place", sources=told, used=area.place.name)))
    return found


def mask_word(text: str) -> str | None:
    """The word that stands in place of digits throughout ``text` (“城管%”, “城管万户”), or None."""
    if not load_rules("metadata")["percent"].search(text):
        return None
    words = Counter(match["word"] for match in load_rules("metadata")["bare-percent"].finditer(text))
    word, times = words.most_common(1)[0] if words else ("", 0)
    figures = _mask(word).findall(text) if times else []
    return word if len(figures) >= _LEAST else None


def _masked(text: str) -> list[DocumentWarning]:
    book = load_rules("metadata")
    if any(mark in text for mark in book.data["words"]["masks"]):
        found = list(book["masked"].finditer(text))
        if found:
            told = message("masked", count=len(found), example=_example(text, found[0]))
            return [DocumentWarning("masked_values", told, found[0].span())]
    word = mask_word(text)
    if word is None:
        return []
    found = list(_mask(word).finditer(text))
    told = message("masked_word", count=len(found), word=word, example=found[0][0])
    return [DocumentWarning("masked_values", told, found[0].span())]


def _mask(word: str) -> re.Pattern[str]:
    """``word`` straight before a unit, where only a number can stand."""
    return re.compile(re.escape(word) + load_rules("metadata").parts["measured"])


def _found(text: str, rule: str, code: str, name: str) -> list[DocumentWarning]:
    book = load_rules("metadata")
    if not any(word in text for word in book.data["words"][rule]):
        return []
    match = book[rule].search(text)
    return [DocumentWarning(code, message(name, example=match[0].strip()), match.span())] if match else []


def _example(text: str, match: re.Match[str]) -> str:
    return text[max(0, match.start() - _AROUND) : match.end()].split("\n")[-1].strip()


def _sources(others: tuple[tuple[str, str], ...]) -> str:
    separator = str(load_rules("metadata").data["messages"]["separator"])
    return separator.join(message(f"source_{source}", value=value) for source, value in others)
