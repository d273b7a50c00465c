"""Merge returned workbooks into the ledger: three ways, by the hidden key, never last-wins.

Reads: workbooks, a store. Writes: items with their history, and ``ImportReport``. A value is taken where only one side changed it; where
the ledger or another file says otherwise both values are listed and nothing is taken.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipeline.errors import ReadError
from pipeline.ledger.book import By, load, next_number, put_many
from pipeline.ledger.columns import cell_of, columns, folded, layout, mark
from pipeline.ledger.items import Told, edited, with_progress
from pipeline.ledger.model import STATES, Item, LedgerError, Party
from pipeline.ledger.workbook_cells import CellError, checked_error, day_of, parties_of, reason, share_of, state_of, text_of
from pipeline.ledger.workbook_rows import Returned, returned_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from pipeline.store import SqliteStore

_DATES = ("deadline", "closed_on")
_PARTIES = ("lead", "cooperating")
_FILLED = ("deadline", *_PARTIES)  # protected, but what is missing may be filled in
_FRESH = ("progress", "progress_date")


@dataclass(frozen=True, slots=True)
class Offered:
    """A value, and where it came from."""

    value: str
    file: str
    row: int


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that was taken into the ledger."""

    number: str
    field: str
    old: str
    new: Offered


@dataclass(frozen=True, slots=True)
class Conflict:
    """Values that do not agree; ``stored`` is what the ledger holds and keeps."""

    number: str
    field: str
    stored: str
    offered: tuple[Offered, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A row, or with ``row`` 0 a whole file, of which nothing was taken."""

    file: str
    sheet: str
    row: int
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of the files: values taken, rows that say nothing new, items added, conflicts, what cannot be read."""

    files: int = 0
    taken: list[Taken] = field(default_factory=list)
    unchanged: int = 0
    added: list[Item] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)

    def lines(self) -> list[str]:
        """The report for the office, one thing a line."""
        told = layout()["import"]
        names = {one.field: one.heading for one in columns()}
        counts = {
            "files": self.files, "taken": len(self.taken), "added": len(self.added), "unchanged": self.unchanged,
            "conflicts": len(self.conflicts), "broken": len(self.broken),
        }  # fmt: skip
        lines = [told["total"].format(**counts)]
        lines += [told["added"].format(number=item.number, task=item.task) for item in self.added]
        for one in self.conflicts:
            values = "，".join(told["offered"].format(file=given.file, row=given.row, value=given.value) for given in one.offered)
            heading = names.get(one.field, one.field)
            lines.append(told["conflict"].format(number=one.number, heading=heading, stored=one.stored, values=values, reason=one.reason))
        for row in self.broken:
            name = "broken_row" if row.row else "broken_file"
            lines.append(told[name].format(file=row.file, sheet=row.sheet, row=row.row, reason=row.reason))
        return lines


@dataclass(frozen=True, slots=True)
class _Offer:
    """What one row offers for one field. ``fresh``: the ledger still holds what the row was exported with."""

    value: Any
    shown: str
    row: Returned
    fresh: bool


@dataclass(slots=True)
class _Case:
    """All that the files say about one item."""

    item: Item
    offers: dict[str, list[_Offer]] = field(default_factory=lambda: defaultdict(list))
    progress: list[tuple[Returned, str, str | None]] = field(default_factory=list)


def import_files(store: SqliteStore, paths: Sequence[Path], by: By) -> ImportReport:
    """Merge returned workbooks. Good rows are taken, the others listed. Raises LedgerError without a name of who, StoreError."""
    report = ImportReport(files=len(paths))
    known = list(load(store))
    by_key, by_number = {one.key: one for one in known}, {one.number: one for one in known}
    cases: dict[str, _Case] = {}
    fresh: list[Returned] = []
    for row in _all_rows(paths, report):
        try:
            item = _item_of(row, by_key, by_number)
            if item is None:
                fresh.append(row)
            else:
                _offers(cases.setdefault(item.key, _Case(item)), row, report)
        except (CellError, LedgerError) as error:
            report.broken.append(Broken(row.file, row.sheet, row.row, str(error)))
    _settle_all(store, cases.values(), report, by)
    seen = {folded(one.task) for one in known} if fresh else set()
    for row in fresh:
        _add(store, row, seen, report, by)
    return report


def _all_rows(paths: Iterable[Path], report: ImportReport) -> Iterable[Returned]:
    for path in paths:
        try:
            yield from list(returned_rows(path))
        except (ReadError, OSError) as error:
            report.broken.append(Broken(path.name, "", 0, str(error)))


def _item_of(row: Returned, by_key: dict[str, Item], by_number: dict[str, Item]) -> Item | None:
    """The item that a row is about, None for one that is new. Raises CellError where that is not sure."""
    number = text_of(row.cells.get("number"))
    if row.key:
        found = by_key.get(row.key)
        if found is None:
            raise CellError(reason("no_item", key=row.key))
        if number != found.number and number in by_number:
            raise CellError(reason("shifted", number=number, known=found.number))
        return found
    if number in by_number:
        return by_number[number]
    if not text_of(row.cells.get("task")):
        raise CellError(reason("no_task"))
    return None


def _offers(case: _Case, row: Returned, report: ImportReport) -> None:
    """Note what a row says otherwise than the ledger. All its cells are read first: of a broken row nothing is taken."""
    found: dict[str, _Offer] = {}
    protected: list[Conflict] = []
    for column in columns():
        name = column.field
        value = row.cells.get(name)
        if column.made or name in ("number", *_FRESH) or not text_of(value):
            continue
        checked_error(value, column.heading)
        if not column.typed and not (name in _FILLED and _fillable(case.item, name)):
            if _differs(case.item, row, name):
                protected.append(_conflict(case.item, name, [Offered(text_of(value), row.file, row.row)], "protected"))
            continue
        offer = _offer(case.item, row, name, column.heading)
        if offer is not None:
            found[name] = offer
    text = text_of(row.cells.get("progress"))
    checked_error(text, "")
    told = row.cells.get("progress_date")
    day = day_of(told, _heading("progress_date"), _year(case.item)) if text_of(told) else None
    report.conflicts += protected
    for name, offer in found.items():
        case.offers[name].append(offer)
    if text and not _reported(case, text, day):
        case.progress.append((row, text, day))
    elif not found and not protected:
        report.unchanged += 1


def _reported(case: _Case, text: str, day: str | None) -> bool:
    """Whether this was reported before, by the ledger's history or another file."""
    before = [(one.text, one.date) for one in case.item.progress] + [(one, at) for _, one, at in case.progress]
    return any(folded(text) == folded(one) and (day is None or at is None or day == at) for one, at in before)


def _fillable(item: Item, name: str) -> bool:
    return not getattr(item, name) or (name == "deadline" and item.deadline_assumed)


def _value(row: Returned, name: str, heading: str, year: int) -> Any:
    """The value of a cell as the field holds it."""
    given = row.cells[name]
    if name in _DATES:
        return day_of(given, heading, year)
    if name == "state":
        return state_of(given)
    if name == "completion":
        return share_of(given, row.formats.get(name, ""))
    if name in _PARTIES:
        return tuple(Party(unit, "人工指派") for unit in parties_of(given))
    return text_of(given)


def _offer(item: Item, row: Returned, name: str, heading: str) -> _Offer | None:
    """What a cell offers; None where the ledger holds it already, or where the cell is as it was exported."""
    value = _value(row, name, heading, _year(item))
    told = "、".join(party.name for party in value) if name in _PARTIES else text_of(value)
    stored = cell_of(item, name)
    if folded(told) == folded(stored) or (row.base is not None and row.base.get(name) == mark(told)):
        return None
    if row.base is None:
        fresh = not folded(stored) or name in _FILLED or stored == STATES[0]
    else:
        fresh = row.base.get(name) == (None if stored is None else mark(stored))
    return _Offer(value, told, row, fresh)


def _differs(item: Item, row: Returned, name: str) -> bool:
    """Whether a protected cell says neither what it was exported with nor what the ledger holds."""
    given = text_of(row.cells[name])
    if name in _DATES:
        try:
            given = day_of(row.cells[name], "", _year(item))
        except CellError:
            return True
    same = folded(given) == folded(cell_of(item, name)) or sorted(parties_of(given)) == sorted(parties_of(cell_of(item, name)))
    return not same and (row.base is None or row.base.get(name) != mark(given))


def _settle_all(store: SqliteStore, cases: Iterable[_Case], report: ImportReport, by: By) -> None:
    """Write what nobody contradicts; the history names the files."""
    groups: dict[str, list[tuple[Item | None, Item]]] = defaultdict(list)
    for case in cases:
        taken = _settled(case, report)
        rows = [*(offer.row for offer in taken.values()), *(row for row, _, _ in case.progress)]
        if not rows:
            continue
        try:
            new = _changed(case, taken, by)
        except LedgerError as error:
            report.broken.append(Broken(rows[0].file, rows[0].sheet, rows[0].row, str(error)))
            continue
        for name, offer in taken.items():
            report.taken.append(Taken(case.item.number, name, text_of(cell_of(case.item, name)), _offered(offer)))
        report.taken += [Taken(case.item.number, "progress", "", Offered(text, row.file, row.row)) for row, text, _ in case.progress]
        if new != case.item:
            groups["、".join(sorted({row.file for row in rows}))].append((case.item, new))
    for files, pairs in groups.items():
        put_many(store, pairs, replace(by, why=by.why or files))


def _settled(case: _Case, report: ImportReport) -> dict[str, _Offer]:
    """The offers that can be taken, one a field; the others are listed."""
    taken: dict[str, _Offer] = {}
    decided = layout()["own_states"]
    for name, offers in case.offers.items():
        given = [_offered(offer) for offer in offers]
        told = ""
        if not case.item.open:
            told = "closed"
        elif len({folded(offer.shown) for offer in offers}) > 1:
            told = "differ"
        elif not all(offer.fresh for offer in offers):
            told = "changed"
        elif name == "state" and offers[0].value not in decided:
            told = "decided"
        if told:
            report.conflicts.append(_conflict(case.item, name, given, told, value=offers[0].shown))
        else:
            taken[name] = offers[0]
    if case.progress and not case.item.open:
        given = [Offered(text, row.file, row.row) for row, text, _ in case.progress]
        report.conflicts.append(_conflict(case.item, "progress", given, "closed"))
        case.progress.clear()
    return taken


def _changed(case: _Case, taken: dict[str, _Offer], by: By) -> Item:
    """The item with what was taken, then with what was reported, in the order of days."""
    new = edited(case.item, {name: offer.value for name, offer in taken.items()}, by) if taken else case.item
    for row, text, day in sorted(case.progress, key=lambda told: told[2] or by.day):
        own = taken.get("completion")
        value = own.value if own and own.row is row else None
        state = new.state if "state" in taken else None
        new = with_progress(new, Told(text, value, state, day), replace(by, who=row.unit or by.who))
    return new


def _add(store: SqliteStore, row: Returned, seen: set[str], report: ImportReport, by: By) -> None:
    """A row that a unit has added becomes an item of its own, unless the ledger has one that says the same."""
    task = folded(text_of(row.cells.get("task")))
    if task in seen:
        report.unchanged += 1
        return
    seen.add(task)
    try:
        report.added.extend(put_many(store, [(None, _added(store, row, by))], replace(by, why=by.why or row.file)))
    except (CellError, LedgerError) as error:
        report.broken.append(Broken(row.file, row.sheet, row.row, str(error)))


def _added(store: SqliteStore, row: Returned, by: By) -> Item:
    year = int(by.when[:4])
    number = next_number(store, year)
    values: dict[str, Any] = {}
    for column in columns():
        if column.made or column.field in ("number", *_FRESH) or not text_of(row.cells.get(column.field)):
            continue
        checked_error(row.cells[column.field], column.heading)
        if hasattr(Item, column.field):
            values[column.field] = _value(row, column.field, column.heading, year)
    if values.get("state", "") not in layout()["own_states"]:
        values.pop("state", None)
    values.pop("closed_on", None)
    if row.unit and "lead" not in values:
        values["lead"] = (Party(row.unit, "人工指派"),)
    empty = {"basis": "", "doc_number": None, "clause": None, "level1": "", "level2": "", "source": layout()["added_source"]}
    fixed = {"number": number, "key": f"{number}-{mark((row.file, row.row, by.when))}", "original": values["task"], "created": by.when}
    item = Item(**{**empty, **values, **fixed})
    text = text_of(row.cells.get("progress"))
    told = row.cells.get("progress_date")
    day = day_of(told, _heading("progress_date"), year) if text_of(told) else None
    return with_progress(item, Told(text, item.completion, None, day), replace(by, who=row.unit or by.who)) if text else item


def _conflict(item: Item, name: str, given: Sequence[Offered], why: str, **values: object) -> Conflict:
    return Conflict(item.number, name, text_of(cell_of(item, name)), tuple(given), reason(why, **values))


def _offered(offer: _Offer) -> Offered:
    return Offered(offer.shown, offer.row.file, offer.row.row)


def _heading(name: str) -> str:
    return next(one.heading for one in columns() if one.field == name)


def _year(item: Item) -> int:
    """The year that a date without one means: that of the date it stands in place of, or of the item."""
    return int((item.deadline or item.number)[:4])
