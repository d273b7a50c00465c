"""What the name of a file tells: year, date, place, and often the title (2024_南通_政府工作报告.txt, 国务院关于….txt).

Reads: the source as given. Writes: ``FileName``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from pipeline.read.dates import iso_date
from pipeline.read.layout import plain
from pipeline.read.places import Place, leading_place, nation, place_called
from pipeline.rulebook import load_rules

_YEAR = re.compile(r"(?<![\dA-Za-z])((?:19|20)\d\d)(?!\d)")
_LEADING = re.compile(r"^(?:(?:19|20)\d\d(?:[-.]\d\d){0,2}|\d{1,4})[_\s]+|\([A-Z]{3}-[^)]*\)$|_[a-z_]+$")
_TOKEN = re.compile(r"[\u4e00-\u9fff（）()]+")
_AFTER_YEAR = "年度"
_TITLE = 8  # characters; a shorter name is a kind of document (政府工作报告), no title


@dataclass(frozen=True, slots=True)
class FileName:
    """The evidence in a file name; fields are None where it does not tell."""

    stem: str
    title: str | None
    year: int | None
    date: str | None
    place: Place | None
    word: str | None  # what stands where a place would, and is none that is listed


def read_file_name(source: str) -> FileName:
    """The evidence in the last part of ``source``, a path or URL."""
    stem = PurePath(source.replace("\\", "/")).stem
    book = load_rules("metadata")
    date = book["date"].match(stem)
    year = _YEAR.search(stem)
    place = _place(stem)
    word = None if place else _word(stem)
    return FileName(stem, _title(stem, word), int(year[1]) if year else None, iso_date(date) if date else None, place, word)


def _title(stem: str, word: str | None) -> str | None:
    """The title that a stem spells out, after date, serial number and area; None where it only names area and kind."""
    book = load_rules("metadata")
    parts = _LEADING.sub("", _LEADING.sub("", stem)).replace("_", " ").split()
    if len(parts) > 1 and (parts[0] in (word, *book.data["words"]["nation_alone"]) or place_called(parts[0])):
        parts = parts[1:]
    title = " ".join(parts)
    return title if len(title) >= _TITLE and book["title"].match(plain(title)) else None


def _place(stem: str) -> Place | None:
    """The area named by a part of the stem (南通, 泰和县城管局, 国务院)."""
    tokens = [token for part in re.split(r"[_\-\s]", stem) for token in _TOKEN.findall(part)]
    for token in tokens:
        token = token.lstrip(_AFTER_YEAR)
        place = place_called(token)
        found = None if place else leading_place(token)
        if place or found:
            return place or (found[0] if found else None)
    return nation() if any(token in load_rules("metadata").data["words"]["nation_alone"] for token in tokens) else None


def _word(stem: str) -> str | None:
    """The word that stands where a name of this shape has its area, when it is no everyday word and no organ."""
    book = load_rules("metadata")
    match = book["file-area"].match(stem)
    word = (match["word"] or match["second"]) if match else None
    if word is None or book["organ-line"].match(word) or any(part in word for part in book.data["words"]["file_words"]):
        return None
    return word
