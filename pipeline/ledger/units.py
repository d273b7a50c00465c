"""The list of units that the user keeps, and groups of units or places.

Reads and writes: ``ledger_units``. A name that could be two units is never resolved.
"""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import orjson

from pipeline.ledger.book import By, check_named
from pipeline.ledger.messages import message
from pipeline.ledger.model import LedgerError
from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pipeline.store import SqliteStore

_FOLD = str.maketrans("（）　", "() ")
_SELF = ("我", "本")


@dataclass(frozen=True, slots=True)
class LedgerUnit:
    """A unit: 全称, 简称, 历史名, and the unit above it."""

    name: str
    short: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A group of units or places, such as 各县(市、区), and its members."""

    name: str
    members: tuple[str, ...]


def fold(name: str) -> str:
    """A name as it is compared: brackets of one width, no blanks."""
    return "".join(name.translate(_FOLD).split())


def units(store: SqliteStore) -> list[LedgerUnit]:
    """All units of the list."""
    rows = [orjson.loads(line) for (line,) in store.select("SELECT line FROM ledger_units WHERE kind = 'unit' ORDER BY name")]
    return [LedgerUnit(row["name"], tuple(row["short"]), tuple(row["former"]), row["parent"]) for row in rows]


def groups(store: SqliteStore) -> list[Group]:
    """All groups."""
    rows = [orjson.loads(line) for (line,) in store.select("SELECT line FROM ledger_units WHERE kind = 'group' ORDER BY name")]
    return [Group(row["name"], tuple(row["members"])) for row in rows]


def put_units(store: SqliteStore, given: Iterable[LedgerUnit | Group], by: By) -> int:
    """Write units and groups, each over one of the same name, and tell of it in the history; how many. Raises LedgerError."""
    check_named(by)
    count = 0
    with told_plainly(store.path), begin(store.connection):
        for one in given:
            if not one.name.strip() or (isinstance(one, Group) and not one.members):
                raise LedgerError(message("empty_unit"))
            kind = "group" if isinstance(one, Group) else "unit"
            line = orjson.dumps(asdict(one))
            old = store.connection.execute("SELECT line FROM ledger_units WHERE (kind, name) = (?,?)", (kind, one.name)).get
            if old != line:
                store.connection.execute("INSERT OR REPLACE INTO ledger_units VALUES (?,?,?)", (one.name, kind, line))
                _tell(store, (one.name, kind, (old or b"").decode(), line.decode()), by)
            count += 1
    return count


def remove_unit(store: SqliteStore, name: str, by: By) -> bool:
    """Take a unit or group off the list; whether there was one."""
    check_named(by)
    found = False
    with told_plainly(store.path), begin(store.connection):
        for kind, line in store.connection.execute("SELECT kind, line FROM ledger_units WHERE name = ?", (name,)).fetchall():
            store.connection.execute("DELETE FROM ledger_units WHERE (kind, name) = (?,?)", (kind, name))
            _tell(store, (name, kind, line.decode(), ""), by)
            found = True
    return found


def read_units(path: Path) -> list[LedgerUnit | Group]:
    """Units and groups of a TOML file: tables [[unit]] and [[group]]. Raises LedgerError for a file that is not so."""
    try:
        data = tomllib.loads(path.read_text("utf-8"))
        listed: list[LedgerUnit | Group] = [
            LedgerUnit(row["name"], tuple(row.get("short", ())), tuple(row.get("former", ())), row.get("parent"))
            for row in data.get("unit", [])
        ]
        listed += [Group(row["name"], tuple(row["members"])) for row in data.get("group", [])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise LedgerError(message("bad_units", path=path)) from error
    return listed


class Resolver:
    """Full names for the names that people write."""

    def __init__(self, listed: Iterable[LedgerUnit], listed_groups: Iterable[Group] = ()) -> None:
        """In: the list as the user keeps it."""
        self._called: dict[str, set[str]] = {}
        self._groups = {fold(one.name): one for one in listed_groups}
        self._own = tuple(listed)
        for one in self._own:
            for name in (one.name, *one.short, *one.former):
                self._called.setdefault(fold(name), set()).add(one.name)

    def candidates(self, name: str) -> list[str]:
        """The full names of all units that go by a name; a full name is its own only meaning."""
        found = self._called.get(fold(name), set())
        return [name] if name in found else sorted(found)

    def resolve(self, name: str, issuer: str | None = None) -> str | None:
        """The full name of the one unit that is meant, None where that is not sure. 我局 is the issuer, where that ends the same way."""
        if name[:1] in _SELF and name[1:]:
            return (self.resolve(issuer) or issuer) if issuer and issuer.endswith(name[1:]) else None
        found = self.candidates(name)
        return found[0] if len(found) == 1 else None

    def group(self, name: str) -> Group | None:
        """The group that goes by a name."""
        return self._groups.get(fold(name))


def resolver(store: SqliteStore) -> Resolver:
    """What the store's list resolves."""
    return Resolver(units(store), groups(store))


def _tell(store: SqliteStore, told: tuple[str, str, str, str], by: By) -> None:
    name, kind, old, new = told
    values = (name, by.who, by.when, kind, old, new, by.why)
    store.connection.execute("INSERT INTO ledger_changes (item, doc_id, who, at, field, old, new, why) VALUES (?,'',?,?,?,?,?,?)", values)
