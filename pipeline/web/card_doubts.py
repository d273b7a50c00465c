"""Whether figures agree, for the card above search: what documents of the store say differently of one year, and sums that do not hold.

Reads: series of a place, documents. Writes: ``CardDoubt``, each with the sentences that it holds against each other.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.web.tracked import Side, side
from pipeline.web.words import message, word

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.track import Point, Series

_NEAR = 0.005  # share of a value: what rounding explains is no difference


@dataclass(frozen=True, slots=True)
class CardDoubt:
    """Two sentences that do not agree, or one whose figures do not add up; ``second`` is None there."""

    place: str
    what: str
    year: int | None
    reason: str
    first: Side
    second: Side | None
    at: int | None = None  # where the one sentence stands


def differences(found: Iterable[Series]) -> Iterator[CardDoubt]:
    """Figures of one indicator and year that two documents, or two places of one, give with different values."""
    for one in found:
        told: dict[tuple[object, ...], list[Point]] = defaultdict(list)
        for point in one.points:
            if point.role in ("target", "actual"):
                told[point.role, point.year, point.start, point.end, point.comparator, point.unit].append(point)
        for (role, year, *_), points in sorted(told.items(), key=lambda item: (-item[1][0].year, str(item[0][0]))):
            other = next((point for point in points if not _same(points[0], point)), None)
            first = side(points[0])
            if other is not None and first is not None:
                what = f"{one.indicator} {message('year', year=year)}{word('card_role', str(role))}"
                yield CardDoubt(one.place, what, int(str(year)), message("figures_differ"), first, side(other))


def _same(first: Point, second: Point) -> bool:
    """Whether two figures may be one: the same, or near enough for rounding."""
    return all(abs(one - other) <= _NEAR * max(abs(one), abs(other)) for one, other in ((first.low, second.low), (first.high, second.high)))
