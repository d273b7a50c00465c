"""Follow every indicator of every place across the documents of a store.

Reads: an open store. Writes: ``Series`` with points, verdicts, changes and the links that made one of several wordings.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from pipeline.search.encoder import load_encoder
from pipeline.track.choosing import choose, point_of, role_of, value_of
from pipeline.track.judging import Coverage, changes_between, judge
from pipeline.track.linking import Candidate, assign
from pipeline.track.model import Link, Series
from pipeline.track.placing import Key, Placed, place_figure
from pipeline.track.readings import Source, read_figures, read_sources

if TYPE_CHECKING:
    from pipeline.store import SqliteStore

_NEAR = 3  # years within which figures of a series are like each other


@dataclass(slots=True)
class Group:
    """Figures of one key, before points are chosen."""

    key: Key
    figures: list[Placed] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def track(
    store: SqliteStore, indicator: str | None = None, *, place: str | None = None, year: int | None = None, as_of: date | None = None
) -> list[Series]:
    """Every series of the store, or those of an indicator, a place, a year; each with verdicts as of a day (today)."""
    day = as_of or date.today()
    groups: dict[Key, Group] = {}
    sources: dict[str, list[Source]] = defaultdict(list)
    for source, text, rows in read_sources(store, place):
        sources[source.place].append(source)
        for reading in read_figures(source, text, rows):
            placed = place_figure(reading)
            groups.setdefault(placed.key, Group(placed.key)).figures.append(placed)
    linked = link_groups(list(groups.values()))
    coverage = {name: Coverage(tuple(known), day) for name, known in sources.items()}
    made = [one for group in linked for one in _series(group, coverage[group.key.place])]
    return sorted(made, key=lambda one: (one.place, one.indicator, one.measure, one.scope or "", one.qualifiers, one.id))


def link_groups(groups: list[Group]) -> list[Group]:
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
            for first, second, link in assign(candidates, vectors):
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


def _series(group: Group, coverage: Coverage) -> list[Series]:
    """The series of a group; figures that its own documents tell beside the yearly ones make a second one."""
    by_year: dict[tuple[int, str], list[Placed]] = defaultdict(list)
    for figure in group.figures:
        by_year[figure.year, role_of(figure)].append(figure)
    kept: list[Placed] = []
    apart: list[Placed] = []
    settled = {year: value for (year, _), figures in by_year.items() if (value := _settled(figures)) is not None}
    for (year, _), figures in sorted(by_year.items()):
        chosen, rest = choose(figures, [value for other, value in settled.items() if abs(other - year) <= _NEAR])
        kept += chosen
        apart += rest
    made = [_one(group, kept, coverage)]
    return made


def _settled(figures: list[Placed]) -> float | None:
    """The value of a year and role about which there is no choice."""
    values = {value_of(figure) for figure in figures if not figure.reading.several}
    return values.pop() if len(values) == 1 else None


def _one(group: Group, figures: list[Placed], coverage: Coverage) -> Series:
    key = group.key
    points = tuple(point_of(figure) for figure in figures)
    good = next((figure.good for figure in figures if figure.good), None)
    directions = Counter(point.direction for point in points)
    units = Counter(point.unit for point in points)
    names = tuple(sorted({figure.reading.indicator for figure in group.figures}))
    verdicts = judge(points, good, coverage)
    return Series(
        id=_identity(key), place=key.place, scope=key.scope, indicator=key.name, unit=units.most_common(1)[0][0], measure=key.measure,
        direction=directions.most_common(1)[0][0], good=good, names=names, qualifiers=key.qualifiers, points=points,
        verdicts=verdicts, changes=changes_between(points, coverage), links=tuple(group.links),
    )  # fmt: skip


def _identity(key: Key) -> str:
    told = "\x1f".join((key.place, key.scope or "", key.name, key.measure, key.dimension, *key.qualifiers))
    return "s" + hashlib.sha256(told.encode()).hexdigest()[:12]
