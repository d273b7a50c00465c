"""What a check is. Writes: ``Check``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Span


@dataclass(frozen=True, slots=True)
class Check:
    """One relation between figures of a text."""

    relation: str  # growth, average, doubling, difference, share, share_of_plan, parts_total, ratio, enumeration, implied
    holds: bool | None  # None: nothing to hold against, the value is derived
    span: Span  # all that the check is about
    quotes: tuple[str, ...]  # verbatim
    computed: float
    stated: float | None
    message: str  # the sum written out, for the office
    figures: tuple[int, ...] = ()  # places of its figures in the lettered paragraph, the one that is stated last


def message(name: str, **values: object) -> str:
    """The message called ``name`` in rules/audit.toml, filled in."""
    return str(load_rules("audit").data["messages"][name]).format(**values)
