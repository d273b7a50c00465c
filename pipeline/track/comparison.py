"""The same indicator across places: targets and results of one year side by side.

Reads: an open store. Writes: ``Row``, one for each place and measure, best result first.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from pipeline.rulebook import load_rules
from pipeline.track.indicators import dimension
from pipeline.track.model import TrackError
from pipeline.track.series import track
from pipeline.track.verdicts import message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from pipeline.records import Measure
    from pipeline.store import SqliteStore
    from pipeline.track.model import Good, Point, Series, Verdict

_MEASURES = ("change", "level", "completion", "rank", "gap")


@dataclass(frozen=True, slots=True)
class Row:
    """One place in a comparison. ``series`` is the id of the series that the figures are from."""

    place: str
    indicator: str
    measure: Measure
    unit: str | None
    good: Good | None
    series: str
    target: Point | None
    actual: Point | None
    verdict: Verdict | None

    def row(self) -> dict[str, Any]:
        """The row as JSON."""
        return asdict(self)


def compare(store: SqliteStore, indicator: str, year: int, *, places: Iterable[str] = (), as_of: date | None = None) -> list[Row]:
    """Targets and results of an indicator in a year, of all places or of ``places``: names of places or of groups.

    Raises TrackError for a place or an indicator that the store does not have.
    """
    wanted = {place for name in places for place in groups().get(name, (name,))}
    found = track(store, indicator, year=year, as_of=as_of)
    if wanted and not any(one.place in wanted for one in found):
        known = "、".join(sorted({one.place for one in found})) or message("none")
        raise TrackError(message("no_place", place="、".join(sorted(wanted)), known=known))
    plain = [one for one in found if not one.qualifiers and one.scope is None and (not wanted or one.place in wanted)]
    rows = [row for one in plain if (row := _row(one, year)) is not None]
    return sorted(rows, key=lambda row: (_MEASURES.index(row.measure), row.unit or "", -_value(row), row.place))


def groups() -> dict[str, tuple[str, ...]]:
    """The named groups of places."""
    named: dict[str, list[str]] = load_rules("indicators_places").data["groups"]
    return {name: tuple(places) for name, places in named.items()}


def _row(one: Series, year: int) -> Row | None:
    by_role: dict[str, Point] = {}
    for point in one.points:
        if point.year == year:
            by_role.setdefault(point.role, point)
    target, actual = by_role.get("target"), by_role.get("actual")
    if target is None and actual is None:
        return None
    verdict = next((told for told in one.verdicts if told.year == year), None)
    return Row(one.place, one.indicator, one.measure, one.unit, one.good, one.id, target, actual, verdict)


def _value(row: Row) -> float:
    point = row.actual or row.target
    if point is None:
        return 0.0
    worth = dimension(point.unit, row.indicator)[1]
    return float(point.low) * worth * (-1 if point.direction == "down" else 1)
