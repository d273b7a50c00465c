"""Normalise the numbers and times of any short text, for the command ``normalize``.

Reads: rows ``{id, input, reference}``. Writes: rows ``{id, numbers: [{span, text, low, high}], times: [{span, text, start, end}]}``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.everyday.numbers import find_numbers
from pipeline.everyday.times import find_time_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def normalize_text(text: str, reference: str | None) -> dict[str, list[dict[str, Any]]]:
    """Every number and every time expression of ``text``.

    In: ``reference``, what relative times count from: an ISO date, ``YYYY-MM``, ``YYYY`` or None.
    Out: spans in code points; numbers in the unit as written (5 for 5%), an open range with None; dates ISO and inclusive.
    A range, an amount in several units and the numbers within them are all given. Raises ReadError for a bad reference.
    """
    return {
        "numbers": [{"span": [n.start, n.end], "text": n.text, "low": n.low, "high": n.high} for n in find_numbers(text)],
        "times": [{"span": [t.start, t.end], "text": t.text, "start": t.first, "end": t.last} for t in find_time_spans(text, reference)],
    }


def normalize_rows(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each row ``{id, input, reference}`` as ``{id, numbers, times}``, in order."""
    for row in rows:
        yield {"id": row["id"], **normalize_text(row["input"], row.get("reference"))}
