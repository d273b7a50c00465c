"""Analysis: a store as DataFrames and charts, for notebooks.

Reads: an open store, strings, files. Writes: DataFrames with documented columns, altair charts. Needs the extra ``analysis``.

``store`` answers in frames whose columns ``columns`` lays down; ``reading`` does without a store; ``show`` draws records in notebooks.
What is meant for notebooks can be imported from here: ``from pipeline.analysis import open_store, read, segment, extract``.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.analysis.charts import chart_compare, chart_progress, chart_series, notebook_charts, save_chart, verdict_rates
    from pipeline.analysis.reading import as_frames, extract, read, segment
    from pipeline.analysis.store import open_store

# Where each name lives: pandas and altair take half a second to import and are loaded when something is asked for.
_HOMES = {
    "open_store": "store",
    "read": "reading", "segment": "reading", "extract": "reading", "as_frames": "reading",
    "chart_series": "charts", "chart_compare": "charts", "chart_progress": "charts", "verdict_rates": "charts", "save_chart": "charts",
    "notebook_charts": "charts",
}  # fmt: skip

__all__ = [
    "as_frames", "chart_compare", "chart_progress", "chart_series", "extract", "notebook_charts", "open_store", "read", "save_chart",
    "segment", "verdict_rates",
]  # fmt: skip


def __getattr__(name: str) -> object:
    """A public name, from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
