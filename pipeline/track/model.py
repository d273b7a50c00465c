"""What tracking finds: series of one indicator of a place, with their points, verdicts and changes.

All plain and frozen, made from the store at every call. Values are in the plain unit that stands beside them.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from pipeline.records import Comparator, Direction, Measure, Span

Role = Literal["target", "actual", "baseline", "target_above"]
VerdictName = Literal["met", "missed", "pending", "unreported", "unclear"]
By = Literal["figure", "words", "completion"]
ChangeName = Literal["raised", "lowered", "kept", "unquantified", "dropped", "new"]
Good = Literal["high", "low"]


class TrackError(PipelineError):
    """A question that tracking cannot answer, told in one line."""


@dataclass(frozen=True, slots=True)
class Point:
    """One figure of a series. ``low`` and ``high`` are in the point's own ``unit``: 斤 and 吨 may stand in one series."""

    year: int
    start: str | None
    end: str | None
    role: Role
    comparator: Comparator
    low: float | int
    high: float | int
    unit: str | None
    direction: Direction | None
    quantity: str
    doc_id: str
    text: str
    sentence: str
    span: Span


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What a person decided about a first judgement: ``verdict`` as it was said, ``first`` what the program had judged."""

    at: str
    who: str
    verdict: str
    why: str
    first: VerdictName


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of the target of a year. ``target`` and ``actual`` are ids of quantities, ``by`` is what decided.

    Where a person has decided, ``verdict`` is theirs, and ``reason`` and ``by`` still tell how the first judgement came about.
    """

    year: int
    verdict: VerdictName
    target: str | None
    actual: str | None
    reason: str
    by: By | None
    confirmed: Confirmed | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the target from one year of the store to the next."""

    from_year: int
    to_year: int
    change: ChangeName


@dataclass(frozen=True, slots=True)
class Link:
    """Why two wordings are taken for one thing."""

    first: str
    second: str
    reasons: tuple[str, ...]
    score: float
    by: Literal["name", "similarity", "person"]


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator of a place that was followed across documents.

    ``qualifiers`` tell what keeps it apart from the plain yearly series of that name: 多年合计, 部分时段, 开工 …
    """

    id: str
    place: str
    scope: str | None
    indicator: str
    unit: str | None
    measure: Measure
    direction: Direction | None
    good: Good | None
    names: tuple[str, ...]
    qualifiers: tuple[str, ...]
    points: tuple[Point, ...]
    verdicts: tuple[Verdict, ...]
    changes: tuple[Change, ...]
    links: tuple[Link, ...]


def series_row(series: Series) -> dict[str, Any]:
    """The series as a row of the contract."""
    return {"record": "series", **asdict(series)}
