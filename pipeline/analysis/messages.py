"""What an analyst is told, in one line: what is wrong, and what to do.

Reads: ``rules/analysis.toml``. Writes: ``AnalysisError``, ``AnalysisWarning``, words for charts and tables.
"""

from __future__ import annotations

from typing import Any

from pipeline.errors import PipelineError
from pipeline.rulebook import load_rules


class AnalysisError(PipelineError):
    """A filter, a column, a template or a chart cannot be used; the message says what would do."""

    exit_code = 2


class AnalysisWarning(UserWarning):
    """Something was shown or loaded with less than was asked for."""


def words(table: str) -> dict[str, Any]:
    """A table of rules/analysis.toml: Chinese for codes, headings of charts."""
    found: dict[str, Any] = load_rules("analysis").data[table]
    return found


def message(name: str, **values: object) -> str:
    """The message called ``name``, filled in."""
    return str(words("messages")[name]).format(**values)
