"""Track: what was set, reported, kept and dropped across documents and years."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.track.comparison import Row, compare, groups
    from pipeline.track.deciding import Decisions, decisions, join, part
    from pipeline.track.model import Change, Link, Point, Series, TrackError, Verdict, series_row
    from pipeline.track.promises import PlanChange, Promise, compare_plans, plan_changes
    from pipeline.track.series import track

__all__ = [
    "Change", "Decisions", "Link", "PlanChange", "Point", "Promise", "Row", "Series", "TrackError", "Verdict",
    "compare", "compare_plans", "decisions", "groups", "join", "part", "plan_changes", "series_row", "track",
]  # fmt: skip

# Where each name is: numpy and the encoder load when something is tracked, not when a command of this part is asked for its help.
_HOMES = {
    **dict.fromkeys(("Row", "compare", "groups"), "comparison"),
    **dict.fromkeys(("Decisions", "decisions", "join", "part"), "deciding"),
    **dict.fromkeys(("Change", "Link", "Point", "Series", "TrackError", "Verdict", "series_row"), "model"),
    **dict.fromkeys(("PlanChange", "Promise", "compare_plans", "plan_changes"), "promises"),
    "track": "series",
}


def __getattr__(name: str) -> Any:
    """The public names, from the module that holds each, imported at their first use."""
    if name not in _HOMES:
        raise AttributeError(name)
    value = getattr(import_module(f"pipeline.track.{_HOMES[name]}"), name)
    globals()[name] = value
    return value
