"""What the name of a file tells: year, date, place, and often the title (2024_南通_政府工作报告.txt, 国务院关于….txt).

Reads: the source as given. Writes: ``FileName``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePath

from pipeline.read.dates import iso_date
from pipeline.read.layout import plain
from pipeline.read.places import Place, leading_place, place_called
from pipeline.rulebook import load_rules

_YEAR = re.compile(r"(?<![\dA-Za-z])((?:19|20)\d\d)(?!\d)")
_LEADING = re.compile(r"^(?:(?:19|20)\d\d(?:[-.]\d\d){0,2}|\d{1,4})[_\s]+|\([A-Z]{3}-[^)]*\)$|_[a-z_]+$")
_TOKEN = re.compile(r"[\u4e00-\u9fff（）()]+")
_TITLE = 8  # characters; a shorter name is a kind of document (政府工作报告), no title


@dataclass(frozen=True, slots=True)
class FileName:
    """The evidence in a file name; fields are None where it does not tell."""

    stem: str
    title: str | None
    year: int | None
    date: str | None
    place: Place | None


def read_file_name(source: str) -> FileName:
    """The evidence in the last part of ``source``, a path or URL."""
    stem = PurePath(source.replace("\\", "/")).stem
    book = load_rules("metadata")
    date = book["date"].match(stem)
    year = _YEAR.search(stem)
    title = _LEADING.sub("", _LEADING.sub("", stem)).replace("_", " ").strip()
    is_title = len(title) >= _TITLE and book["title"].match(plain(title)) is not None and place_called(title.split()[0]) is None
    return FileName(stem, title if is_title else None, int(year[1]) if year else None, iso_date(date) if date else None, _place(stem))


def _place(stem: str) -> Place | None:
    """The area named by a part of the stem (南通, 泰和县城管局, 国务院)."""
    tokens = [token for part in re.split(r"[_\-\s]", stem) for token in _TOKEN.findall(part)]
    for token in tokens:
        place = place_called(token)
        if place:
            return place
    for token in tokens:
        found = leading_place(token)
        if found:
            return found[0]
    return None
