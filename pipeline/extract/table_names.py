"""Read what a row or a column of a table measures: its name without number, unit and notes, with the name above where it tells too little.

Reads: the content of cells and headers, ``rules/tables.toml``. Writes: ``Name``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.dates import find_times
from pipeline.extract.table_values import unit_of_name
from pipeline.read.table_headers import LEVELS
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.records import Direction

_HAN_BLANK = re.compile(r"(?<=[\u4e00-\u9fff（）()、])\s+(?=[\u4e00-\u9fff（）()、])")
_BRACKETS = re.compile(r"[（(〔\[][^（()）]*[）)〕\]]")
_LONGEST_PART = 4  # code points of a part whose row does not say that it is one
_MARKS = " 　：:、，,。；;·*＊"


@dataclass(frozen=True, slots=True)
class Name:
    """What is measured; ``direction`` where the name itself says that it is a rise or a fall."""

    indicator: str | None
    scope: str | None
    unit: str | None
    direction: Direction | None
    yearly: bool
    whole: str | None = None  # the name that parts of it (其中：男) are parts of
    whole_unit: str | None = None
    part: bool = False


def name_of(cells: Sequence[str], above: Name | None) -> Name:
    """The name in the cells of a row (group and member where there are two), read below the row above."""
    book = load_rules("tables")
    cells = list(dict.fromkeys(cell for cell in cells if cell.strip()))
    if not cells:
        return Name(None, None, None, None, yearly=False)
    own, unit = _plain(cells[-1])
    group = _plain(cells[-2]) if len(cells) > 1 else None
    part = book["part-of"].search(cells[-1].strip()) is not None
    if above and above.part and len(own) <= _LONGEST_PART and not book["name-tells"].search(own):
        part = True  # 女 below 其中：男
    whole = whole_unit = None
    if part and above and above.whole and group is None:
        whole, whole_unit = above.whole, above.whole_unit
    elif group:
        whole, whole_unit = group
    full = own
    if whole and (part or group) and not book["name-tells"].search(own):
        full = _joined(whole, own)
    unit = unit or whole_unit
    moved = book["name-change"].fullmatch(full)
    direction: Direction | None = None
    yearly = book["column-yearly"].search(full) is not None
    if moved:
        direction = "down" if book["down"].search(moved["move"]) else "up"
        full = moved["noun"]
    full = book["column-yearly"].sub("", full)
    scoped = book["name-scope"].match(full)
    scope = scoped["scope"] if scoped else None
    full = scoped["noun"] if scoped else full
    head = (whole, whole_unit) if part and whole else (own, unit)
    return Name(full or None, scope, unit, direction, yearly=yearly, whole=head[0], whole_unit=head[1], part=part)


def _plain(cell: str) -> tuple[str, str | None]:
    """The name in a cell without number, notes and unit, and the unit in its bracket."""
    book = load_rules("tables")
    text = _HAN_BLANK.sub("", cell.strip())
    unit = unit_of_name(text)
    text = book["name-unit"].sub("", text)
    before = None
    while before != text:
        before = text
        text = book["name-front"].sub("", text, count=1).strip(_MARKS)
        text = book["name-note"].sub("", text).strip(_MARKS)
    return text, unit


def _joined(whole: str, part: str) -> str:
    """A part that its name alone does not tell: 人均预期寿命, 男 → 男人均预期寿命 would not be said; the whole comes first."""
    return whole if part in whole else whole + part


def stem_of(header: str, *, whole: bool = False) -> str | None:
    """What a column measures: its header without years, brackets, and the words that say target or result.

    Of several levels the lowest, behind the one above where it tells too little by itself, or where ``whole`` is asked for.
    """
    stems = [stem for level in header.split(LEVELS) if len(stem := _stem(level)) > 1]
    if len(stems) > 1 and (whole or not load_rules("tables")["name-tells"].search(stems[-1])):
        return _joined(stems[-2], stems[-1])
    return stems[-1] if stems else None


def _stem(level: str) -> str:
    book = load_rules("tables")
    text = _BRACKETS.sub("", level)
    for mention in reversed(find_times(text)):
        text = text[: mention.start] + text[mention.end :]
    return book["stem-tail"].sub("", book["stem-front"].sub("", text)).strip(_MARKS)
