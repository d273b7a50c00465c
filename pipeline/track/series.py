"""Follow every indicator of every place across the documents of a store.

Reads: an open store. Writes: ``Series`` with points, verdicts, changes and the links that made one of several wordings.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from pipeline.search.encoder import load_encoder
from pipeline.track.choosing import choose, point_of, role_of, value_of
from pipeline.track.deciding import Decisions, decisions
from pipeline.track.indicators import fold, subject_of
from pipeline.track.judging import Beside, Coverage, changes_between, judge, judge_completion
from pipeline.track.linking import Candidate, assign
from pipeline.track.model import Link, Point, Series, TrackError
from pipeline.track.placing import Key, Placed, place_figure
from pipeline.track.readings import Source, read_figures, read_sources
from pipeline.track.statements import Statement, read_statements
from pipeline.track.verdicts import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store import SqliteStore

_SHOWN = 8  # names that an error tells
_SHORTEST = 4  # characters of a wording that names an indicator in any sentence
_NEAR = 3  # years within which figures of a series are like each other


@dataclass(slots=True)
class Group:
    """Figures of one key, before points are chosen."""

    key: Key
    figures: list[Placed] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass(slots=True)
class Known:
    """What the store has of a place besides its figures."""

    sources: list[Source] = field(default_factory=list)
    planned: dict[int, str] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    coverage: Coverage = field(default_factory=lambda: Coverage((), date.min, {}))


def track(
    store: SqliteStore, indicator: str | None = None, *, place: str | None = None, year: int | None = None, as_of: date | None = None
) -> list[Series]:
    """Every series of the store, or those of an indicator, a place, a year; each with verdicts as of a day (today)."""
    day = as_of or date.today()
    decided = decisions(store)
    groups: dict[Key, Group] = {}
    known: dict[str, Known] = defaultdict(Known)
    for source, text, rows, planned in read_sources(store, place):
        about = known[source.place]
        about.sources.append(source)
        if source.plan_year is not None:
            about.planned[source.plan_year] = about.planned.get(source.plan_year, "") + planned
        about.statements += read_statements(source, text)
        for reading in read_figures(source, text, rows):
            placed = place_figure(reading, decided.names)
            groups.setdefault(placed.key, Group(placed.key)).figures.append(placed)
    for about in known.values():
        about.coverage = Coverage(tuple(about.sources), day, about.planned)
    if place is not None and not known:
        raise TrackError(message("no_place", place=place, known="、".join(_places(store)) or message("none")))
    made = [(group, _one(group)) for group in link_groups(list(groups.values()), decided)]
    if indicator is not None:
        made = _named(made, indicator)
    if year is not None:
        made = [(group, one) for group, one in made if any(point.year == year for point in one.points)]
    return sorted(_judged(made, known), key=lambda one: (one.place, one.indicator, one.measure, one.scope or "", one.qualifiers, one.id))


def _named(made: list[tuple[Group, Series]], indicator: str) -> list[tuple[Group, Series]]:
    """The series that a wording names; raises TrackError with names like it when there are none."""
    wanted = subject_of(indicator)
    plain = fold(indicator)
    found = [(group, one) for group, one in made if wanted in _subjects(group, one) or plain == one.indicator]
    if not found:
        alike = sorted(
            {one.indicator for _, one in made if plain[:2] in one.indicator or plain in one.indicator},
            key=lambda name: (plain not in name, len(name)),
        )
        raise TrackError(message("no_indicator", indicator=indicator, known="、".join(alike[:_SHOWN]) or message("none")))
    return found


def _subjects(group: Group, one: Series) -> set[str]:
    """The plain names that a series goes by."""
    return {subject_of(name) for name in {figure.reading.indicator for figure in group.figures}} | {subject_of(one.indicator)}


def _wordings(one: Series) -> tuple[str, ...]:
    """Every wording by which a plan may name the indicator of a series."""
    return tuple({one.indicator, *(name for name in one.names if len(name) >= _SHORTEST)})


def _places(store: SqliteStore) -> list[str]:
    return sorted({row["place"] for row in store.documents() if row["place"]})


def link_groups(groups: list[Group], decided: Decisions) -> list[Group]:
    """The groups with those joined whose names, not well known, mean one thing."""
    blocks: dict[tuple[object, ...], list[Group]] = defaultdict(list)
    for group in groups:
        key = group.key
        if group.figures[0].name.known is None:
            blocks[key.place, key.scope, key.measure, key.dimension, key.qualifiers].append(group)
    joined: dict[int, Group] = {}
    for block in blocks.values():
        if len(block) > 1:
            candidates = [_candidate(number, group) for number, group in enumerate(block)]
            vectors = load_encoder().encode([candidate.core for candidate in candidates])
            for first, second, link in assign(candidates, vectors, decided.parted):
                one, other = _resolve(joined, block[first]), _resolve(joined, block[second])
                one.figures += other.figures
                one.links += [*other.links, link]
                joined[id(other)] = one
    return [group for group in groups if id(group) not in joined]


def _resolve(joined: dict[int, Group], group: Group) -> Group:
    while id(group) in joined:
        group = joined[id(group)]
    return group


def _candidate(number: int, group: Group) -> Candidate:
    figures = group.figures
    return Candidate(
        number, group.key.name, figures[0].name.core, figures[0].name.act, frozenset(figure.reading.unit for figure in figures),
        frozenset((figure.reading.source.doc_id, role_of(figure)) for figure in figures), frozenset(figure.year for figure in figures),
        tuple({value_of(figure) for figure in figures}),
    )  # fmt: skip


def _chosen(group: Group) -> tuple[Placed, ...]:
    """The figures of a group that stand as points."""
    by_year: dict[tuple[int, str], list[Placed]] = defaultdict(list)
    for figure in group.figures:
        by_year[figure.year, role_of(figure)].append(figure)
    settled = {year: value for (year, _), figures in by_year.items() if (value := _settled(figures)) is not None}
    kept: list[Placed] = []
    for (year, _), figures in sorted(by_year.items()):
        kept += choose(figures, [value for other, value in settled.items() if abs(other - year) <= _NEAR])[0]
    return tuple(kept)


def _judged(made: list[tuple[Group, Series]], known: dict[str, Known]) -> Iterator[Series]:
    """The series with their verdicts: a share of the plan counts for the target of that name."""
    targets: dict[tuple[str, str | None, str], dict[int, Point]] = defaultdict(dict)
    shares: dict[tuple[str, str | None, str], dict[int, Point]] = defaultdict(dict)
    for _, one in made:
        if not one.qualifiers:
            name = (one.place, one.scope, one.indicator)
            for point in one.points:
                if one.measure == "completion" and point.role == "actual":
                    shares[name][point.year] = point
                elif one.measure in ("level", "change") and point.role == "target":
                    targets[name].setdefault(point.year, point)
    for group, one in made:
        name = (one.place, one.scope, one.indicator)
        place = known[one.place]
        if one.measure == "completion":
            told = shares[name] if not one.qualifiers else {}
            verdicts = tuple(judge_completion(year, targets[name][year], told[year]) for year in sorted(told) if year in targets[name])
            yield replace(one, verdicts=verdicts)
            continue
        subjects = _subjects(group, one)
        plain = one.measure in ("level", "change") and not one.qualifiers and one.scope is None
        said = {told.year: told for told in place.statements if plain and told.subjects & subjects}
        beside = Beside(shares[name] if plain else {}, said)
        yield replace(
            one,
            verdicts=judge(one.points, one.good, place.coverage, beside),
            changes=changes_between(one.points, _wordings(one), place.coverage),
        )


def _settled(figures: list[Placed]) -> float | None:
    """The value of a year and role about which there is no choice."""
    values = {value_of(figure) for figure in figures if not figure.reading.several}
    return values.pop() if len(values) == 1 else None


def _one(group: Group) -> Series:
    """The series of a group, without verdicts and changes."""
    key = group.key
    figures = _chosen(group)
    points = tuple(point_of(figure) for figure in figures)
    directions, units = Counter(point.direction for point in points), Counter(point.unit for point in points)
    return Series(
        id=_identity(key), place=key.place, scope=key.scope, indicator=key.name, unit=units.most_common(1)[0][0], measure=key.measure,
        direction=directions.most_common(1)[0][0], good=next((figure.good for figure in figures if figure.good), None),
        names=tuple(sorted({figure.reading.indicator for figure in group.figures})), qualifiers=key.qualifiers, points=points,
        verdicts=(), changes=(), links=tuple(group.links),
    )  # fmt: skip


def _identity(key: Key) -> str:
    told = "\x1f".join((key.place, key.scope or "", key.name, key.measure, key.dimension, *key.qualifiers))
    return "s" + hashlib.sha256(told.encode()).hexdigest()[:12]
