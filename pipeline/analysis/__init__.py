"""Analysis: a store as DataFrames and charts, for notebooks.

Reads: an open store, strings, files. Writes: DataFrames with documented columns, altair charts. Needs the extra ``analysis``.

``store`` answers in frames whose columns ``columns`` lays down; ``reading`` does without a store; ``show`` draws records in notebooks.
What is meant for notebooks can be imported from here: ``from pipeline.analysis import open_store, read, segment, extract``.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

# Where each name lives: pandas and altair take half a second to import and are loaded when something is asked for.
_HOMES = {
    "open_store": "store", "store_of": "store",
    "read": "reading", "segment": "reading", "extract": "reading", "as_frames": "reading",
    "chart_series": "charts", "chart_compare": "charts", "chart_progress": "charts", "verdict_rates": "charts", "save_chart": "charts",
    "notebook_charts": "charts", "chart_reliability": "charts",
    "judged_records": "calibration", "reliability": "calibration",
    "assign_fields": "topics", "cluster_wordings": "topics", "field_terms": "topics",
    "read_actuals": "actuals", "write_template": "actuals",
    "compare_extractions": "differences", "stored": "differences", "extracted_again": "differences", "of_file": "differences",
    "provenance_of": "saving", "save_frame": "saving",
    "write_report": "report", "table_html": "report", "Table": "report", "Page": "report",
}  # fmt: skip

__all__ = list(_HOMES)


def __getattr__(name: str) -> Any:
    """A public name, from the module that it lives in."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
