"""Figures that belong together: one key, or names that mean one thing.

Reads: placed figures of one place. Writes: ``Group``, in the order of their names, whatever order documents came in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.search.encoder import load_encoder
from pipeline.track.choosing import role_of, value_of
from pipeline.track.linking import Candidate, assign

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.track.deciding import Decisions
    from pipeline.track.model import Link
    from pipeline.track.placing import Key, Placed


@dataclass(slots=True)
class Group:
    """Figures of one key, before points are chosen."""

    key: Key
    figures: list[Placed] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


def group_figures(figures: Iterable[Placed], decided: Decisions) -> list[Group]:
    """The groups of the figures of a place, with those joined whose names, not well known, mean one thing."""
    groups: dict[Key, Group] = {}
    for figure in figures:
        groups.setdefault(figure.key, Group(figure.key)).figures.append(figure)
    return _link(sorted(groups.values(), key=lambda group: group.key.order), decided)


def _link(groups: list[Group], decided: Decisions) -> list[Group]:
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
