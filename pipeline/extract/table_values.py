"""Read the value that a cell states: ≥8.5, 6%左右, 〔13.5〕, 3—5, 规模达到1000亿元.

Reads: the content of a cell and the unit of its row or column, ``rules/tables.toml``. Writes: ``Value``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Comparator, Direction, Span

_BLANKS = re.compile(r"\s+")
_UNIT_PARTS = re.compile("[、，,/／]")
_MARKS = "、，,/／（）() "
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_PERCENT = frozenset("%％")


@dataclass(frozen=True, slots=True)
class Value:
    """A value in a cell; ``span`` is that of the number with unit and comparison within the cell."""

    span: Span
    comparator: Comparator
    low: int | float
    high: int | float
    unit: str | None
    own_unit: bool  # the cell itself tells the unit
    direction: Direction | None  # the cell says that it is a rise or a fall
    yearly: bool
    bracketed: bool  # in the brackets that mark a sum over the years of a plan


def read_values(cell: str, unit: str | None) -> tuple[Value, ...]:
    """The values of ``cell``; ``unit`` holds where the cell names none. Empty for dashes, blanked figures and mere words."""
    book = load_rules("tables")
    if book["empty-cell"].search(cell) or not any(character.isdigit() for character in cell):
        return ()
    plain = cell.translate(_ASCII)
    whole = book["value-cell"].match(plain)
    if whole:
        value = _value(whole, unit, bracketed=bool(whole["open"] or whole["sum"]))
        return (value,) if value else ()
    found = [_value(match, unit, bracketed=False) for match in book["value-inside"].finditer(plain)]
    return tuple(value for value in found if value)


_ASCII = {code: code - 0xFEE0 for code in [*range(0xFF10, 0xFF1A), 0xFF0E]}


def _value(match: re.Match[str], unit: str | None, *, bracketed: bool) -> Value | None:
    groups = match.groupdict()
    own = groups["unit"] or groups.get("low_unit")
    multiplier, plain = split_unit(own) if own else ("", None)
    if plain is None and unit:
        outer, plain = split_unit(unit)
        multiplier = multiplier or outer
    low, high = parse_number(match["low"] + multiplier), parse_number((match["high"] or match["low"]) + multiplier)
    if low is None or high is None or (match["high"] and high < low):
        return None
    if plain == load_rules("tables").data["year_unit"] and _FIRST_YEAR <= low <= _LAST_YEAR:
        return None  # 2025年 is no amount
    change = match["change"] or ""
    direction: Direction | None = None
    if change:
        direction = "down" if load_rules("tables")["down"].search(change) else "up"
    sign = groups.get("sign")
    if sign and sign not in "+＋":
        low, high = -high, -low
    yearly = load_rules("tables")["column-yearly"].search(change) is not None
    span = (match.start("quote"), match.end("quote"))
    comparator = _comparator(groups, spread=high != low)
    return Value(span, comparator, low, high, plain, bool(own and plain), direction, yearly, bracketed)


def _comparator(groups: dict[str, str | None], *, spread: bool) -> Comparator:
    if spread:
        return "range"
    if groups["about"] or groups["after_about"]:
        return "~"
    if groups["ge"] or groups["after_ge"]:
        return ">="
    if groups["le"] or groups["after_le"]:
        return "<="
    return ">" if groups["gt"] else "<" if groups["lt"] else "="


def split_unit(unit: str) -> tuple[str, str | None]:
    """The multiplier and the plain unit: 亿元 → 亿, 元; 万千瓦 → 万, 千瓦. The unit is None where only a multiplier stands."""
    plain = _BLANKS.sub("", unit)
    plain = load_rules("quantities").data["unit_names"].get(plain, plain)
    match = load_rules("tables")["unit-parts"].fullmatch(plain)
    return (match["multiplier"], match["plain"] or None) if match else ("", plain or None)


def unit_of_name(name: str) -> str | None:
    """The unit in the bracket behind the name of an indicator or a column: 城镇新增就业（万人）."""
    match = load_rules("tables")["name-unit"].search(name)
    return match["unit"] if match else None


def fitting_unit(units: str | None, *, change: bool) -> str | None:
    """Of several units (亿元、%) the one for a level or for a change; one alone holds for both."""
    if not units:
        return None
    parts = [part for part in _UNIT_PARTS.split(units) if part]
    percent = [part for part in parts if part in _PERCENT]
    others = [part for part in parts if part not in _PERCENT]
    if percent and others:
        return percent[0] if change else units.replace(percent[0], "").strip(_MARKS) or None
    return units


def is_percent(unit: str | None) -> bool:
    """Whether the unit is a share of hundred."""
    return unit is not None and unit in _PERCENT
