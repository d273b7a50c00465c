"""Header tables of web pages (索引号, 发文机关, 文号 …), laid out as tables, lists or rows of elements: one field a line.

Reads: lines and grids. Writes: lines “索引号：…” in their order, as pipeline/read/header_table.py reads them.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.read.html_walk import Line
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.read.blocks import Grid
    from pipeline.read.html_walk import Items, Range

_COLON = "："
_LEAST = 2  # keys that make a header table
_LONGEST_KEY = 12
_LONGEST_LINE = 80
_LINES_A_KEY = 3  # lines that a header table has for each key, at the most
_SPARE_LINES = 4
_FIELD = re.compile(r"^[\[【(（]?([^:：】\]]{1,24})[:：】\]]\s*(.*)$", re.S)


def fields_of_grid(grid: Grid) -> list[str] | None:
    """The fields of ``grid``, one a line; None where it is a table of the document."""
    rows = [[cell.text for cell in row] for _, row in groupby(sorted(grid.cells, key=lambda c: (c.row, c.column)), key=lambda c: c.row)]
    fields: list[str] = []
    hard = paired = odd = 0
    for row in rows:
        pairs, rest = _pairs(row)
        fields += [field_line(key, value) for key, value in pairs]
        hard += sum(key in _hard() for key, _ in pairs)
        paired += sum(bool(value) for _, value in pairs)
        odd += rest
    if hard < _LEAST or paired * 2 < len(fields) or odd > len(fields):
        return None
    return fields


def fields_of(items: Iterable[Line | Grid]) -> list[str]:
    """The fields of items that each hold a key, a value or both; lines that are neither are left out.

    A key without a value at the end is left out too, because the title below it would be taken for one.
    """
    texts: list[str] = []
    for item in items:
        texts.extend([item.text] if isinstance(item, Line) else fields_of_grid(item) or ())
    pairs, _ = _pairs(texts)
    while pairs and not pairs[-1][1] and not (pairs[-1][0] in _other() and any(key in _titles() for key, _ in pairs)):
        pairs.pop()
    return [field_line(key, value) for key, value in pairs]


def header_places(found: Items, first: int, last: int) -> list[range]:
    """Where header tables stand on a page whose document is from ``first`` to ``last``; in it they hold nothing else."""
    counts = [0]
    for item in found.items:
        keys = int(starts_field(item.text)) if isinstance(item, Line) else len(fields_of_grid(item) or ())
        counts.append(counts[-1] + keys)
    places: list[range] = []
    for ranged in found.ranges:  # the outermost first
        keys, lines = counts[ranged.last] - counts[ranged.first], ranged.last - ranged.first
        apart = ranged.last <= first or last <= ranged.first
        if keys < _LEAST or lines > _LINES_A_KEY * keys + _SPARE_LINES or (places and ranged.first < places[-1].stop):
            continue
        if apart or (first <= ranged.first and ranged.last <= last and lines < last - first and _is_pure(found, ranged)):
            places.append(range(ranged.first, ranged.last))
    return places


def _is_pure(found: Items, ranged: Range) -> bool:
    """Whether an element holds a header table of short lines and nothing else."""
    texts = [item.text for item in found.items[ranged.first : ranged.last] if isinstance(item, Line)]
    return len(texts) == ranged.last - ranged.first and not _pairs(texts)[1] and max(map(len, texts)) <= _LONGEST_LINE


def starts_field(text: str) -> bool:
    """Whether ``text`` begins with a key of header tables, its value behind it or not."""
    return _split(text)[0] in _hard()


def key_of(text: str) -> str | None:
    """The key of header tables with which ``text`` begins, blanks inside it left out; None where it begins with none."""
    return _split(text)[0]


def field_line(key: str, value: str) -> str:
    """One field as a line."""
    return f"{key}{_COLON}{value}"


def _pairs(texts: list[str]) -> tuple[list[tuple[str, str]], int]:
    """Keys with their values, and how many texts are neither."""
    pairs: list[tuple[str, str]] = []
    odd = 0
    open_key = False
    for text in texts:
        key, value = _split(text)
        if key is not None:
            pairs.append((key, value))
            open_key = not value
        elif open_key:
            pairs[-1] = (pairs[-1][0], " ".join(text.split()))
            open_key = False
        elif text.strip():
            odd += 1
    return pairs, odd


def _split(text: str) -> tuple[str | None, str]:
    """The key with which ``text`` begins and the value behind it; None where it begins with no key."""
    match = _FIELD.match(text)
    key = "".join((match[1] if match else text[: 2 * _LONGEST_KEY]).split())
    if match is None and len("".join(text.split())) > _LONGEST_KEY:
        return None, ""
    if key not in _keys():
        return None, ""
    return key, " ".join(match[2].split()) if match else ""


@cache
def _keys() -> frozenset[str]:
    return frozenset(key for keys in load_rules("metadata").data["header"].values() for key in keys)


@cache
def _other() -> frozenset[str]:
    return frozenset(load_rules("metadata").data["header"]["other"])


@cache
def _titles() -> frozenset[str]:
    return frozenset(load_rules("metadata").data["header"]["title"])


@cache
def _hard() -> frozenset[str]:
    return _keys() - set(load_rules("html").data["words"]["soft"])
