"""Where a figure belongs: the key of the series that it is a point of.

Reads: a reading. Writes: ``Placed``. Figures of one key measure one thing, of one place, over one kind of period, in units that convert.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from pipeline.rulebook import Rulebook, load_rules
from pipeline.track.indicators import Act, Name, act_ahead, act_between, dimension, known_by_name, name_of, stripped

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.records import Measure
    from pipeline.track.model import Good
    from pipeline.track.readings import Reading

# Of these, how many were added in a year and how many there are by its end are two things.
_COUNTED = frozenset(("things", "households", "area", "length", "flats", "power", "volume", "张", "股", "辆", "只"))


@dataclass(frozen=True, slots=True)
class Key:
    """What figures of one series share."""

    place: str
    scope: str | None
    name: str
    measure: Measure
    dimension: str
    qualifiers: tuple[str, ...]

    @property
    def order(self) -> tuple[object, ...]:
        """What keys are put in order by."""
        return (self.name, self.measure, self.dimension, self.scope or "", self.qualifiers)


@dataclass(frozen=True, slots=True)
class Placed:
    """A reading with the series that it belongs to."""

    reading: Reading
    key: Key
    name: Name
    good: Good | None
    year: int
    each: bool  # told for every year of several


def place_figure(reading: Reading, names: Mapping[str, str] | None = None) -> Placed:
    """The series that a figure belongs to. ``names`` are those that people have decided: folded wordings, and what each goes by."""
    name = name_of(reading.indicator, reading.measure, reading.unit, reading.direction)
    kind, _ = dimension(reading.unit, reading.indicator)
    known = name.known
    act = _act(reading, name) if name.measure == "level" and kind in _COUNTED else ""
    if known is not None and known.flow is not None and act in ("add", "finish", "start"):
        known = known_by_name(known.flow)
    period, each = _period(reading, name)
    qualifiers = [*period, *_qualifiers(reading, name)]
    if known is None and act in ("start", "stock"):
        qualifiers.append(_words("acts_told")[act])
    told = (known.national if reading.source.place == "全国" and known.national else known.name) if known else name.plain
    if names and (decided := names.get(stripped(reading.indicator)) or names.get(told)):
        known, told = known_by_name(decided), decided
    if name.measure in ("change", "completion", "gap", "rank"):
        kind = reading.unit or ""
    if left_out := _rules()["without"].search(reading.before[-24:] + reading.indicator):
        told += f"（扣除{left_out['what']}）"
    key = Key(reading.source.place, own_scope(reading), told, name.measure, kind, tuple(qualifiers))
    return Placed(reading, key, name, known.good if known else None, int(reading.end[:4]), each)


def own_scope(reading: Reading) -> str | None:
    """The scope of a figure, None where it is the place that the document speaks for."""
    scope = reading.scope
    if scope is None or _is_own(scope, reading.source.place):
        return None
    wider = scope.startswith("全") and scope not in reading.clause
    return scope if scope in reading.sentence and not wider else None


@lru_cache(maxsize=10_000)
def _is_own(scope: str, place: str) -> bool:
    words: dict[str, list[str]] = _rules().data["own_scopes"]
    ends = [end for end in words if place.endswith(end)]
    return scope in place or any(scope in words[end] for end in ends) or scope in words["any"]


def _act(reading: Reading, name: Name) -> Act:
    """What was done with the things that are counted: by the name itself, by the words before it, by those between it and the figure."""
    if name.act:
        return name.act
    before, found, between = reading.clause.rpartition(reading.indicator)
    if not found:
        before, between = reading.clause, ""
    return act_between(between) or act_ahead(before) or ""


def _period(reading: Reading, name: Name) -> tuple[list[str], bool]:
    """What keeps the period of a figure apart from a plain year, and whether the figure holds for each of several years."""
    start, end = reading.start, reading.end
    words, rules = _words("periods"), _rules()
    average = bool(rules["average"].search(reading.clause))
    told = f"{start[:4]}—{end[:4]}" if start is not None and start[:4] != end[:4] else f"—{end[:4]}"
    if start is not None and start[:4] != end[:4] and not average:
        if rules["each"].search(reading.clause + reading.text):
            return [], True
        if name.measure != "level" or reading.unit not in ("%", "‰"):
            return [words["several"], told], False
    if average:
        return [words["average"], told], False
    if start is not None and start[5:] != "01-01" and int(end[5:7]) - int(start[5:7]) < 10:
        return [words["part"], f"{start[5:]}—{end[5:]}"], False
    if start is not None and start != end and int(end[5:7]) - int(start[5:7]) < 10:
        return [words["part"], f"{start[5:]}—{end[5:]}"], False
    if start is None and end[5:] != "12-31" and reading.status == "planned":
        return [words["part"], f"—{end[5:]}"], False
    return [], False


def _qualifiers(reading: Reading, name: Name) -> list[str]:
    found = []
    if name.growth:
        found.append(_words("periods")["growth"])
    if reading.per == "month":
        found.append(_words("periods")["month"])
    if name.measure == "change":
        if _rules()["nominal"].search(reading.clause):
            found.append(_words("periods")["nominal"])
        base = _rules()["since"].search(reading.before)
        if base and base["base"] != str(int(reading.end[:4]) - 1):
            found.append(_words("periods")["since"])
        elif reading.low >= 100 and "翻" in reading.text:
            found.append(_words("periods")["doubled"])
    return found


@cache
def _rules() -> Rulebook:
    return load_rules("indicators_names")


def _words(table: str) -> dict[str, str]:
    words: dict[str, str] = _rules().data[table]
    return words
