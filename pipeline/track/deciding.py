"""What people decide about names: joined for good, or parted for good.

Reads: the table ``name_decisions`` of a store, to which rows are only ever added. Writes: rows, and ``Decisions``, which every later
tracking follows. Of several decisions about two names the last one holds.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly
from pipeline.track.indicators import known_name, stripped
from pipeline.track.model import TrackError
from pipeline.track.verdicts import message

if TYPE_CHECKING:
    from pipeline.store import SqliteStore


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision as it was made."""

    number: int
    at: str
    who: str
    action: Literal["join", "part"]
    first: str
    second: str


@dataclass(frozen=True)
class Decisions:
    """All decisions of a store, as tracking follows them."""

    made: tuple[Decision, ...] = ()

    @cached_property
    def _last(self) -> dict[frozenset[str], Decision]:
        """For each two names the last decision."""
        return {frozenset((stripped(one.first), stripped(one.second))): one for one in self.made}

    @cached_property
    def names(self) -> dict[str, str]:
        """For each wording that was joined or parted, the name that it goes by; a well-known name stands for all its wordings."""
        told: dict[str, str] = {}
        for one in self._last.values():
            if one.action == "part":
                known = known_name(one.second)
                alone = one.first if known is not None and known.name == stripped(one.second) else one.second
                told[stripped(alone)] = stripped(alone)
        for one in self._last.values():
            if one.action == "join":
                known = known_name(one.first)
                plain = stripped(one.first)
                told[stripped(one.second)] = told[plain] = told.get(plain, known.name if known else plain)
        return told

    def parted(self, first: str, second: str) -> bool:
        """Whether a person has said that two names are two things."""
        decision = self._last.get(frozenset((stripped(first), stripped(second))))
        return decision is not None and decision.action == "part"


def decisions(store: SqliteStore) -> Decisions:
    """What people have decided about names in this store."""
    rows = store.select("SELECT number, at, who, action, first, second FROM name_decisions ORDER BY number")
    return Decisions(tuple(Decision(*row) for row in rows))


def join(store: SqliteStore, first: str, second: str, who: str = "") -> int:
    """Take two wordings for one thing from now on, and give the number of the decision."""
    return _decide(store, "join", (first, second), who)


def part(store: SqliteStore, first: str, second: str, who: str = "") -> int:
    """Take two wordings for two things from now on, and give the number of the decision."""
    return _decide(store, "part", (first, second), who)


def _decide(store: SqliteStore, action: str, names: tuple[str, str], who: str) -> int:
    first, second = (name.strip() for name in names)
    if not first or not second or first == second:
        raise TrackError(message("same_names"))
    with told_plainly(store.path), begin(store.connection):
        values = (datetime.now(UTC).isoformat(timespec="seconds"), who, action, first, second)
        store.connection.execute("INSERT INTO name_decisions (at, who, action, first, second) VALUES (?,?,?,?,?)", values)
        store.connection.execute("UPDATE meta SET value = value + 1 WHERE key = 'generation'")
        return int(store.connection.last_insert_rowid())
