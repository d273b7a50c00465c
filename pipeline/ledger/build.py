"""立项: items of the ledger from the planned tasks of documents, those that are in the ledger already recognised.

Reads: documents and records of a store. Writes: new items. A task that an item was ever made of never makes another one.
"""

from __future__ import annotations

import hashlib
import heapq
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from zlib import crc32

from pipeline.ledger.book import By, check_named, load, next_number, put_many
from pipeline.ledger.composing import Draft, Skipped, compose
from pipeline.ledger.items import due_return
from pipeline.ledger.messages import message, words
from pipeline.ledger.model import Item, LedgerError, Party
from pipeline.ledger.units import Resolver, resolver
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pipeline.records import Deadline, Document, Extraction, Quantity, Unit
    from pipeline.store import SqliteStore

_Row = dict[str, Any]
_GRAM = 3  # characters that are compared at once
_ANCHORS = 4  # smallest hashes of a text by which one like it is found
_SHORTEST = 4  # characters of a task
_ALIKE = 0.85  # share of what two texts have in common from which they are one duty
_ROLES = {"lead": "lead", "actor": "lead", "cooperating": "cooperating"}


@dataclass(frozen=True, slots=True)
class Built:
    """New items, earlier items that were met again, and sentences that make no item."""

    items: tuple[Item, ...]
    known: tuple[Item, ...]
    skipped: tuple[Skipped, ...]


def build(
    store: SqliteStore,
    names: Sequence[str],
    by: By,
    *,
    assume_year_end: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Take the planned tasks of documents (ids, paths or a part of a title; none: all that plan) into the ledger, all or nothing.

    ``assume_year_end`` gives an item without a date the last day of the year that its document plans, and marks it as assumed.
    Raises LedgerError for a name that no document, or more than one, has.
    """
    check_named(by)
    rows = find_documents(store, names)
    known = _Known(store)
    known_units = resolver(store)
    made: list[Item] = []
    met: dict[str, Item] = {}
    skipped: list[Skipped] = []
    counts: dict[int, int] = {}
    for done, row in enumerate(rows, start=1):
        extraction = store.extraction(row["doc_id"])
        if extraction is not None:
            drafts, left_out = compose(extraction)
            skipped += left_out
            maker = _Maker(extraction, known_units, by, assume_year_end=assume_year_end)
            for draft in drafts:
                new = maker.item(draft)
                earlier = known.find(new, row["place"], maker.year)
                if earlier is not None:
                    met[earlier.number] = earlier
                    continue
                number = next_number(store, maker.year) if maker.year not in counts else ""
                counts.setdefault(maker.year, int(number[5:]) if number else 0)
                named = maker.numbered(new, f"{maker.year}-{counts[maker.year]:04d}")
                counts[maker.year] += 1
                known.add(named, row["place"], maker.year)
                made.append(named)
        if progress is not None:
            progress(done, len(rows))
    put_many(store, ((None, one) for one in made), by)
    fresh = {one.number for one in made}
    return Built(tuple(made), tuple(one for number, one in met.items() if number not in fresh), tuple(skipped))


def find_documents(store: SqliteStore, names: Sequence[str]) -> list[_Row]:
    """The documents that names mean: an id, a path, or a part of a title that only one has. None: all that are no copies."""
    rows = [row for row in store.documents() if not row["duplicate_of"]]
    if not names:
        return rows
    found: dict[str, _Row] = {}
    for name in names:
        exact = [row for row in rows if name in (row["doc_id"], row["source"])] or [
            row for row in rows if row["source"].replace("\\", "/").endswith("/" + name.removeprefix("./"))
        ]
        meant = exact or [row for row in rows if name in (row["title"] or "") or name in row["source"]]
        if not meant:
            raise LedgerError(message("no_document", document=name))
        if len(meant) > 1:
            listed = "；".join(f"{row['doc_id']} {row['title'] or ''}".strip() for row in meant[:5])
            raise LedgerError(message("many_documents", document=name, found=listed))
        found[meant[0]["doc_id"]] = meant[0]
    return list(found.values())


class _Maker:
    """Makes the items of one document."""

    def __init__(self, extraction: Extraction, known: Resolver, by: By, *, assume_year_end: bool) -> None:
        self._document = extraction.document
        self._units = known
        self._by = by
        self._plan_year = self._document.plan_year
        self._assumed = f"{self._plan_year}-12-31" if assume_year_end and self._plan_year else None
        self._source = source_of(self._document)
        self._seen: dict[str, int] = {}
        self.year = self._plan_year or int((self._document.date or by.when)[:4])

    def item(self, draft: Draft) -> Item:
        """The item of a draft, still without a number."""
        first = draft.tasks[0]
        due = [one for one in draft.deadlines if one.relation in ("by", "during") and one.end]
        recurring = next((one for one in draft.deadlines if one.relation == "recurring" and one.every), None)
        deadline = max((one.end or "" for one in due), default="") or None
        every = recurring.every if recurring else None
        return Item(
            number="", key=self._key(draft.text), source=self._source, basis=self._document.title or self._document.source,
            doc_number=self._document.doc_number, clause=clause_of(first.section, first.clause), level1=_heading(first.section, 0),
            level2=_heading(first.section, 1), task=_ended(draft.text), original=draft.text, quantities=goals(draft.quantities),
            nature=_nature(draft.quantities), steps=draft.steps, every=every, next_due=self._next_due(every, draft.text),
            deadline_text=_wording(draft.deadlines), deadline=deadline or (None if every else self._assumed),
            deadline_assumed=deadline is None and every is None and self._assumed is not None,
            lead=self._parties(draft.units, "lead"), cooperating=self._parties(draft.units, "cooperating"),
            tasks=tuple(one.id for one in draft.tasks), doc_id=self._document.doc_id, created=self._by.day,
        )  # fmt: skip

    def numbered(self, item: Item, number: str) -> Item:
        """The item with its number."""
        return replace(item, number=number)

    def _key(self, text: str) -> str:
        folded = _folded(text)
        self._seen[folded] = self._seen.get(folded, 0) + 1
        return hashlib.sha256(f"{self._document.doc_id}\0{folded}\0{self._seen[folded]}".encode()).hexdigest()[:16]

    def _next_due(self, every: str | None, wording: str) -> str | None:
        """The end of the first period of a recurring duty after the document came out, in the year that it plans."""
        if every is None:
            return None
        start = date.fromisoformat(self._document.date or self._by.day)
        if self._plan_year and start.year != self._plan_year:
            start = date(self._plan_year, 1, 1)
        return due_return(every, start, wording)

    def _parties(self, units: Iterable[Unit], role: str) -> tuple[Party, ...]:
        named: dict[str, Party] = {}
        for unit in units:
            if _ROLES.get(unit.role) == role and (not _is_nobody(unit) or self._units.group(unit.text)):
                name = self._full_name(unit)
                named.setdefault(name, Party(name, "条款继承" if unit.basis == "heading" else "原文"))
        return tuple(named.values())

    def _full_name(self, unit: Unit) -> str:
        known = self._units.resolve(unit.text, self._document.issuer)
        return known or (unit.canonical and (self._units.resolve(unit.canonical) or unit.canonical)) or unit.text


class _Known:
    """What is in the ledger already, found by key or by what it says."""

    def __init__(self, store: SqliteStore) -> None:
        places = {row["doc_id"]: row["place"] for row in store.documents()}
        self._keys: dict[str, Item] = {}
        self._anchors: dict[tuple[object, ...], list[tuple[Item, frozenset[str]]]] = {}
        self._texts: dict[str, list[tuple[str, Item]]] = {}
        for one in load(store):
            self.add(one, places.get(one.doc_id), int(one.number[:4]))

    def add(self, one: Item, place: str | None, year: int) -> None:
        """Remember an item."""
        self._keys[one.key] = one
        folded = _folded(one.original)
        self._texts.setdefault(one.doc_id, []).append((folded, one))
        grams = _grams(folded)
        for anchor in _anchors(grams):
            self._anchors.setdefault((place, year, anchor), []).append((one, grams))

    def find(self, one: Item, place: str | None, year: int) -> Item | None:
        """The item that says the same for the same place and year, or was made of the same text of the same document."""
        if one.key in self._keys:
            return self._keys[one.key]
        folded = _folded(one.original)
        for text, earlier in self._texts.get(one.doc_id, ()):
            if folded == text:
                return earlier
        grams = _grams(folded)
        for anchor in _anchors(grams):
            for earlier, others in self._anchors.get((place, year, anchor), ()):
                if earlier.doc_id != one.doc_id and earlier.quantities == one.quantities and _share(grams, others) >= _ALIKE:
                    return earlier
        return None


def source_of(document: Document) -> str:
    """任务来源: what the title says, or else the kind of document."""
    book = load_rules("ledger")
    named = next((rule.name for rule in book.rules if not rule.name.isascii() and rule.pattern.search(document.title or "")), None)
    return named or words("sources")[document.doc_type]


def clause_of(section: Sequence[str], clause: str | None) -> str | None:
    """The clause as an officer cites it, from the outermost number on: 一、(七)."""
    number = load_rules("ledger")["number"]
    outer = next((match[0].strip() for heading in section[:1] if (match := number.match(heading))), "")
    if not clause:
        return outer or None
    return clause if clause.startswith(outer) else outer + clause


def goals(quantities: Iterable[Quantity]) -> str:
    """量化目标: each figure behind what it measures."""
    return "；".join(dict.fromkeys(f"{one.indicator or ''} {one.text}".strip() for one in quantities))


def _nature(quantities: Iterable[Quantity]) -> str | None:
    named = dict.fromkeys(words("natures")[one.nature] for one in quantities if one.nature)
    return "、".join(named) or None


def _wording(deadlines: Iterable[Deadline]) -> str:
    return "、".join(dict.fromkeys(one.text for one in deadlines if one.relation != "from"))


def _heading(section: Sequence[str], level: int) -> str:
    """A heading without its number: the outermost, or the innermost below it."""
    if len(section) <= level:
        return ""
    heading = section[0] if level == 0 else section[-1]
    match = load_rules("ledger")["number"].match(heading)
    return heading[match.end() if match else 0 :].strip().rstrip("。：:")


def _ended(text: str) -> str:
    """A task as it stands alone: without the number of a row of which the rest is not there, and with a full stop."""
    whole = text.rstrip("；;") + "。" if text.endswith(("；", ";")) else text
    bare = load_rules("ledger")["enumerator"].sub("", whole)
    return bare if len(bare) > _SHORTEST else whole


def _is_nobody(unit: Unit) -> bool:
    """Whether a unit is only mentioned in a sentence by a name of nobody in particular (社区, 各地)."""
    return unit.basis == "sentence" and bool(load_rules("ledger")["nobody_in_particular"].match(unit.text))


def _folded(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _grams(folded: str) -> frozenset[str]:
    return frozenset(folded[at : at + _GRAM] for at in range(max(1, len(folded) - _GRAM + 1)))


def _anchors(grams: Iterable[str]) -> list[str]:
    return heapq.nsmallest(_ANCHORS, grams, key=lambda gram: crc32(gram.encode()))


def _share(first: frozenset[str], second: frozenset[str]) -> float:
    return len(first & second) / max(1, len(first | second))
