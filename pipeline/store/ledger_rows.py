"""The ledger of a store as JSON rows, and back, for the exchange file.

Reads: the tables of the ledger, or rows. Writes: rows, or the tables. What is there already is never overwritten.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.store.connection import Connection

LEDGER_KINDS = ("ledger_unit", "ledger_item", "ledger_change")
_CHANGE = ("item", "doc_id", "who", "at", "field", "old", "new", "why")
_ITEM = ("number", "key", "doc_id", "year", "state", "due", "excluded")


def ledger_rows(connection: Connection) -> Iterator[dict[str, Any]]:
    """Units and groups, items, then every change in order."""
    for name, kind, line in connection.execute("SELECT name, kind, line FROM ledger_units ORDER BY kind, name"):
        yield {"record": "ledger_unit", "name": name, "kind": kind, "line": orjson.loads(line)}
    for *told, line in connection.execute(f"SELECT {', '.join(_ITEM)}, line FROM ledger_items ORDER BY number"):
        yield {"record": "ledger_item", **dict(zip(_ITEM, told, strict=True)), "line": orjson.loads(line)}
    for row in connection.execute(f"SELECT {', '.join(_CHANGE)} FROM ledger_changes ORDER BY id"):
        yield {"record": "ledger_change", **dict(zip(_CHANGE, row, strict=True))}


def take_ledger_row(connection: Connection, row: dict[str, Any], numbers: dict[str, str]) -> None:
    """Write a row unless it is there; ``numbers`` maps the items of the file that had to take another number here."""
    if row["record"] == "ledger_unit":
        connection.execute("INSERT OR IGNORE INTO ledger_units VALUES (?,?,?)", (row["name"], row["kind"], orjson.dumps(row["line"])))
    elif row["record"] == "ledger_item":
        _take_item(connection, row, numbers)
    else:
        values = (numbers.get(row["item"], row["item"]), *(row[name] for name in _CHANGE[1:]))
        known = f"SELECT 1 FROM ledger_changes WHERE ({', '.join(_CHANGE)}) = (?,?,?,?,?,?,?,?)"
        if connection.execute(known, values).get is None:
            connection.execute(f"INSERT INTO ledger_changes ({', '.join(_CHANGE)}) VALUES (?,?,?,?,?,?,?,?)", values)


def _take_item(connection: Connection, row: dict[str, Any], numbers: dict[str, str]) -> None:
    known = connection.execute("SELECT number FROM ledger_items WHERE key = ?", (row["key"],)).get
    if known is not None:
        numbers[row["number"]] = known
        return
    number, again = row["number"], 1
    while connection.execute("SELECT 1 FROM ledger_items WHERE number = ?", (number,)).get is not None:
        again += 1
        number = f"{row['number']}+{again}"
    numbers[row["number"]] = number
    line = orjson.dumps({**row["line"], "number": number})
    values = (number, *(row[name] for name in _ITEM[1:]), line)
    connection.execute("INSERT INTO ledger_items VALUES (?,?,?,?,?,?,?,?)", values)
