"""Follow every indicator of every place across the documents of a store.

Reads: an open store. Writes: ``Series`` with points, verdicts, changes and the links that made one of several wordings.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.track.choosing import choose, point_of, role_of, value_of
from pipeline.track.confirming import judged_targets, with_judgements
from pipeline.track.deciding import decisions
from pipeline.track.grouping import Group, group_figures
from pipeline.track.indicators import fold, subject_of
from pipeline.track.judging import Beside, Coverage, changes_between, judge, judge_completion
from pipeline.track.model import Point, Series, TrackError
from pipeline.track.placing import Placed, place_figure
from pipeline.track.readings import read_figures, read_files
from pipeline.track.statements import read_statements
from pipeline.track.verdicts import message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.store import SqliteStore
    from pipeline.track.deciding import Decisions
    from pipeline.track.placing import Key
    from pipeline.track.readings import File, Source
    from pipeline.track.statements import Statement

_SHOWN = 8  # names that an error tells
_SHORTEST = 4  # characters of a wording that names an indicator in any sentence
_NEAR = 3  # years within which figures of a series are like each other


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be followed: everything, or an indicator, a year."""

    indicator: str | None = None
    year: int | None = None
    as_of: date = field(default_factory=date.today)
    confirmed: bool = True  # with what people decided about first judgements


@dataclass(frozen=True, slots=True)
class About:
    """What the store has of a place besides its figures."""

    coverage: Coverage
    statements: tuple[Statement, ...]


def track(
    store: SqliteStore, indicator: str | None = None, *, place: str | None = None, year: int | None = None, as_of: date | None = None
) -> list[Series]:
    """Every series of the store, or those of an indicator, a place, a year; each with verdicts as of a day (today).

    Raises TrackError for a place or an indicator that the store does not have.
    """
    return list(follow(store, Question(indicator, year, as_of or date.today()), place))


def follow(store: SqliteStore, question: Question, place: str | None = None) -> Iterator[Series]:
    """The same, one place after another: memory holds the figures of one place only. The errors are those of ``track``."""
    decided, judged = decisions(store), judged_targets(store) if question.confirmed else {}
    places = found = 0
    alike: set[str] = set()
    for _, files in groupby(read_files(store, place), key=lambda file: file.source.place):
        places += 1
        for one in follow_place(files, question, decided, alike):
            found += 1
            yield with_judgements(one, judged)
    if place is not None and not places:
        raise TrackError(message("no_place", place=place, known="、".join(_places(store)) or message("none")))
    if question.indicator is not None and question.year is None and not found:
        plain = fold(question.indicator)
        known = sorted(alike, key=lambda name: (plain not in name, len(name), name))[:_SHOWN]
        raise TrackError(message("no_indicator", indicator=question.indicator, known="、".join(known) or message("none")))


def follow_place(files: Iterable[File], question: Question, decided: Decisions, alike: set[str]) -> Iterator[Series]:
    """The series of the documents of one place. Names like the one that is asked for are added to ``alike``."""
    sources: list[Source] = []
    statements: list[Statement] = []
    figures: list[Placed] = []
    planned: dict[int, str] = {}
    for file in files:
        sources.append(file.source)
        statements += read_statements(file.source, file.text)
        if file.source.plan_year is not None:
            planned[file.source.plan_year] = planned.get(file.source.plan_year, "") + file.planned
        figures += [place_figure(reading, decided.names) for reading in read_figures(file)]
    about = About(Coverage(tuple(sources), question.as_of, planned), tuple(statements))
    groups = group_figures(figures, decided)
    if question.indicator is not None:
        groups = _named(groups, question.indicator, alike)
    made = [(group, _one(group)) for group in groups]
    if question.year is not None:
        made = [(group, one) for group, one in made if any(point.year == question.year for point in one.points)]
    yield from sorted(_judged(made, about), key=lambda one: (one.indicator, one.measure, one.scope or "", one.qualifiers, one.id))


def _named(groups: list[Group], indicator: str, alike: set[str]) -> list[Group]:
    """The groups that a wording names."""
    wanted, plain = subject_of(indicator), fold(indicator)
    alike.update(group.key.name for group in groups if plain[:2] in group.key.name)
    return [group for group in groups if plain == group.key.name or wanted in _subjects(group)]


def _subjects(group: Group) -> set[str]:
    """The plain names that a group goes by."""
    return {subject_of(name) for name in {figure.reading.indicator for figure in group.figures}} | {subject_of(group.key.name)}


def _wordings(one: Series) -> tuple[str, ...]:
    """Every wording by which a plan may name the indicator of a series."""
    return tuple({one.indicator, *(name for name in one.names if len(name) >= _SHORTEST)})


def _places(store: SqliteStore) -> list[str]:
    return sorted({row["place"] for row in store.documents() if row["place"]})


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


def _judged(made: list[tuple[Group, Series]], about: About) -> Iterator[Series]:
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
        if one.measure == "completion":
            told = shares[name] if not one.qualifiers else {}
            verdicts = tuple(judge_completion(year, targets[name][year], told[year]) for year in sorted(told) if year in targets[name])
            yield replace(one, verdicts=verdicts)
            continue
        subjects = _subjects(group)
        plain = one.measure in ("level", "change") and not one.qualifiers and one.scope is None
        said = {told.year: told for told in about.statements if plain and told.subjects & subjects}
        beside = Beside(shares[name] if plain else {}, said)
        yield replace(
            one,
            verdicts=judge(one.points, one.good, about.coverage, beside),
            changes=changes_between(one.points, _wordings(one), about.coverage),
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
