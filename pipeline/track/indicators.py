"""One name for one thing: what a wording of an indicator stands for.

Reads: the indicator of a quantity with its unit and measure; rules/indicators_known.toml and rules/indicators_names.toml. Writes: ``Name``.

A name is folded first (scope words, short forms, growth nouns) and then looked up among the well-known ones. What is not well known
keeps its folded name; `linking` compares those by what is left when the verbs of doing are taken off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal, cast

from pipeline.rulebook import alternation, load_rules

if TYPE_CHECKING:
    from pipeline.records import Direction, Measure
    from pipeline.track.model import Good

Act = Literal["start", "finish", "add", "stock", ""]
_NOISE = re.compile(r"[\s“”‘’\"'《》「」·]+")
_SHORTEST = 3  # characters of a name that is not cut any further
_PERCENT = ("%", "个百分点", "‰")


@dataclass(frozen=True, slots=True)
class Known:
    """A well-known indicator."""

    name: str
    national: str | None  # what the country's own is called
    good: Good | None
    flow: str | None  # for a stock, the indicator that what is added to it in a year belongs to
    dimensions: frozenset[str]  # what its plain units measure; empty when any will do


@dataclass(frozen=True, slots=True)
class Name:
    """What a wording stands for. ``core`` is the name without verbs of doing, ``act`` the kind of verb taken off."""

    plain: str
    known: Known | None
    core: str
    act: Act
    measure: Measure
    direction: Direction | None
    growth: bool  # a figure about growth itself, such as a rise of the growth rate


@lru_cache(maxsize=100_000)
def name_of(indicator: str, measure: Measure, unit: str | None, direction: Direction | None) -> Name:
    """What the indicator of a quantity stands for, with growth nouns folded into the measure."""
    plain = fold(indicator)
    stem, way = _growth(plain)
    growth = False
    if way is not None and stem:
        plain = stem
        if measure == "level" and unit in _PERCENT:
            measure, direction = "change", way
        elif measure == "change" and unit == "%":
            direction = direction or way
        else:
            growth = True
    known = None if growth else _look_up(plain, unit)
    core, act = _core(plain)
    if known is None and act in ("add", "finish") and not growth:
        known = _look_up(load_rules("indicators_names").data["added"] + core, unit)
    return Name(plain, known, core, act, measure, direction, growth)


def known_name(indicator: str) -> Known | None:
    """The well-known indicator that a wording stands for, or None."""
    plain = fold(indicator)
    stem, _ = _growth(plain)
    return _look_up(plain, None) or _look_up(stem, None)


@lru_cache(maxsize=10_000)
def subject_of(words: str) -> str:
    """The name by which words that name an indicator in prose can be compared with the names of series."""
    plain = fold(words)
    known = known_name(words)
    return known.name if known else _core(_growth(plain)[0])[0]


@lru_cache(maxsize=100_000)
def fold(indicator: str) -> str:
    """A wording without what it may do without, and with short forms written out alike."""
    text = stripped(indicator)
    for pattern, short in _rules().short_forms:
        text = pattern.sub(short, text)
    return text


@lru_cache(maxsize=100_000)
def stripped(indicator: str) -> str:
    """A wording without quotes and blanks, scope words ahead, and what a sentence leaves behind it."""
    rules = _rules()
    text = _NOISE.sub("", indicator).replace("(", "（").replace(")", "）").strip("、，,的")
    while (found := rules.ahead.match(text)) and len(text) > found.end() + 1 and not rules.kept.match(text):
        text = text[found.end() :]
    if len(text) > _SHORTEST and (found := rules.trailing.search(text)) and found.start() > 1:
        text = text[: found.start()]
    return text


@lru_cache(maxsize=10_000)
def dimension(unit: str | None, indicator: str) -> tuple[str, float]:
    """What a unit measures and what it is worth in the plainest unit of that kind; of an unknown unit its own name and 1."""
    if unit is None:
        return "", 1.0
    rules = _rules()
    if unit == "户" and rules.enterprises.search(indicator):
        return "things", 1.0
    return rules.units.get(unit, (unit, 1.0))


def act_ahead(before: str) -> Act:
    """What the words straight before an indicator do with it; in a series the verb stands before its first member."""
    rules = _rules()
    if found := rules.acts_behind.search(before):
        return rules.act_of[found[0]]
    if "、" in before and (found := rules.acts.match(before)):
        return rules.act_of.get(found[0], "")
    return ""


def act_between(words: str) -> Act:
    """Whether the words between an indicator and its figure tell of a stock (累计达到) or of what was done (开工)."""
    rules = _rules()
    if rules.stock.search(words):
        return "stock"
    found = rules.acts.match(words)
    return rules.act_of.get(found[0], "") if found else ""


@dataclass(frozen=True, slots=True)
class _Rules:
    ahead: re.Pattern[str]
    kept: re.Pattern[str]
    short_forms: tuple[tuple[re.Pattern[str], str], ...]
    risen: re.Pattern[str]
    fallen: re.Pattern[str]
    growth_kept: re.Pattern[str]
    enterprises: re.Pattern[str]
    acts: re.Pattern[str]
    acts_behind: re.Pattern[str]
    act_of: dict[str, Act]
    trailing: re.Pattern[str]
    loose: re.Pattern[str]
    stock: re.Pattern[str]
    units: dict[str, tuple[str, float]]


@cache
def _rules() -> _Rules:
    data = load_rules("indicators_names").data
    acts: dict[str, Act] = {word: cast("Act", act) for act, words in data["acts"].items() for word in words}
    ahead = alternation(list(acts))
    return _Rules(
        ahead=re.compile(alternation(data["ahead"])),
        kept=re.compile(alternation(data["ahead_kept"])),
        short_forms=tuple((re.compile(pattern), short) for pattern, short in data["short_forms"]),
        risen=re.compile(alternation(data["risen"]) + "$"),
        fallen=re.compile(alternation(data["fallen"]) + "$"),
        growth_kept=re.compile(alternation(data["growth_kept"]) + "$"),
        enterprises=re.compile(alternation(data["enterprises"])),
        acts=re.compile(f"(?:{ahead}|[和、及并])"),
        acts_behind=re.compile(ahead + "$"),
        act_of=acts,
        trailing=re.compile(data["trailing"]),
        loose=re.compile(alternation(data["loose"]) + "$"),
        stock=re.compile(alternation(data["acts"]["stock"])),
        units={unit: (kind, worth) for kind, units in data["units"].items() for unit, worth in units.items()},
    )


@cache
def _known() -> dict[str, Known]:
    """Every folded wording of the well-known indicators."""
    table: dict[str, Known] = {}
    for row in load_rules("indicators_known").data["indicator"]:
        units = frozenset(dimension(unit, row["name"])[0] for unit in row["units"])
        known = Known(row["name"], row.get("national"), row.get("good"), row.get("flow"), units)
        for name in (row["name"], *row["names"]):
            table.setdefault(fold(name), known)
    return table


def known_by_name(name: str) -> Known | None:
    """The well-known indicator of this canonical name."""
    return _known().get(fold(name))


def _look_up(plain: str, unit: str | None) -> Known | None:
    known = _known().get(plain)
    if known is None and (found := _rules().loose.search(plain)):
        known = _known().get(plain[: found.start()])
    if known is None or not known.dimensions or unit in _PERCENT:
        return known
    return known if unit is None or dimension(unit, plain)[0] in known.dimensions else None


def _growth(plain: str) -> tuple[str, Direction | None]:
    rules = _rules()
    if not rules.growth_kept.search(plain):
        if found := rules.risen.search(plain):
            return plain[: found.start()].rstrip("的"), "up"
        if found := rules.fallen.search(plain):
            return plain[: found.start()].rstrip("的"), "down"
    return plain, None


@lru_cache(maxsize=100_000)
def _core(plain: str) -> tuple[str, Act]:
    """The name without verbs of doing ahead of it and behind it, and what kind the first of them is."""
    rules = _rules()
    act: Act = ""
    text = plain
    while (found := rules.acts.match(text)) and len(text) - found.end() >= 2:
        act = act or rules.act_of.get(found[0], "")
        text = text[found.end() :]
    while (found := rules.acts_behind.search(text)) and found.start() >= 2:
        act = act or rules.act_of.get(found[0], "")
        text = text[: found.start()]
    return text.strip("的、和"), act
