"""亮灯: what colour an item has on a day. A store with nothing but plans is grey, never red.

Reads: an item, the day, settings (``rules/ledger.toml`` [lights], or a file of the same keys). Writes: ``Light``.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING

from pipeline.ledger.book import due_day
from pipeline.ledger.messages import message
from pipeline.ledger.model import LedgerError
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.ledger.model import Item, Light

_DONE = frozenset(("已销号", "已完成待核"))
_GONE = frozenset(("终止", "结转"))
_WHOLE = 100.0  # per cent


@dataclass(frozen=True, slots=True)
class Settings:
    """What an office may set otherwise; the rule file says what each means."""

    soon_days: int = 30
    behind_points: float = 10
    trust_assumed: bool = False
    confirmed_only: bool = False


def load_settings(path: Path | None = None) -> Settings:
    """The shipped settings, or those with a file's over them. Raises LedgerError for unknown keys and values of a wrong kind."""
    values = dict(load_rules("ledger").data["lights"])
    known = {one.name: type(values[one.name]) for one in fields(Settings)}
    if path is not None:
        try:
            given = tomllib.loads(path.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise LedgerError(message("bad_lights", key=path, known="、".join(known))) from error
        for name, value in given.get("lights", given).items():
            if name not in known or isinstance(value, bool) != (known[name] is bool) or not isinstance(value, (int, float)) or value < 0:
                raise LedgerError(message("bad_lights", key=name, known="、".join(known)))
            values[name] = value
    return Settings(**values)


def light(item: Item, as_of: date, settings: Settings | None = None) -> Light:
    """The light of an item on a day."""
    rules = settings or load_settings()
    if item.state in _DONE:
        return "蓝"
    if item.state in _GONE or item.excluded is not None:
        return "灰"
    due = counted_day(item, rules)
    if due is not None and due < as_of and item.overdue_confirmed:
        return "红"
    if due is None or not is_known(item):
        return "灰"
    if due < as_of:
        told_since = any(one.date >= due.isoformat() for one in item.progress)
        return "红" if told_since and not rules.confirmed_only else "黄"
    return "黄" if (due - as_of).days <= rules.soon_days or _behind(item, due, as_of, rules) else "绿"


def counted_day(item: Item, settings: Settings) -> date | None:
    """The day that an item is held to; an assumed date counts only where the settings trust it."""
    day = due_day(item)
    if day is None or (item.deadline_assumed and day == item.deadline and not settings.trust_assumed):
        return None
    return date.fromisoformat(day)


def is_known(item: Item) -> bool:
    """Whether anything has been reported on an item."""
    return bool(item.progress or item.completion is not None or item.reported_value or item.state in ("推进中", "延期"))


def _behind(item: Item, due: date, as_of: date, settings: Settings) -> bool:
    """Whether completion lags behind the share of the year up to the due day that has passed."""
    if item.completion is None or item.next_due is not None:
        return False
    start = date(as_of.year, 1, 1)
    if due <= start:
        return False
    passed = (as_of - start).days / max(1, (due - start).days) * _WHOLE
    return passed - item.completion > settings.behind_points
