"""拆分 · 合并 · 分解: make items of items. What an item was made from stays in the books as 不入账, with the reason.

Reads: a store. Writes: items and their history.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pipeline.ledger.book import By, item, load, next_number, put_many
from pipeline.ledger.messages import message
from pipeline.ledger.model import Item, LedgerError, Party
from pipeline.ledger.units import resolver

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.store import SqliteStore

_FEWEST = 2
_Part = TypeVar("_Part")


def split(store: SqliteStore, number: str, texts: Sequence[str], by: By) -> list[Item]:
    """One item for each text; figures and steps go with the text that names them. Raises LedgerError for fewer than two texts."""
    old = _whole(store, number)
    wanted = [text.strip() for text in texts]
    if len(wanted) < _FEWEST or not all(wanted):
        raise LedgerError(message("few_texts"))
    children = []
    for name, text in zip(_names(store, old, len(wanted)), wanted, strict=True):
        figures = "；".join(part for part in old.quantities.split("；") if part and part.split()[-1] in text)
        steps = tuple(step for step in old.steps if step.text in text)
        children.append(replace(_child(old, name, by), task=text, quantities=figures, steps=steps))
    return _replace_by(store, old, children, message("split_into", numbers="、".join(one.number for one in children)), by)


def merge(store: SqliteStore, numbers: Sequence[str], by: By) -> Item:
    """One item of several: texts, figures, steps, units and reports of all. Raises LedgerError for fewer than two items."""
    olds = [_whole(store, number) for number in dict.fromkeys(numbers)]
    if len({one.number for one in olds}) < _FEWEST:
        raise LedgerError(message("few_items"))
    first = olds[0]
    number = next_number(store, int(first.number[:4]))
    days = [one.deadline for one in olds if one.deadline]
    merged = replace(
        first,
        number=number, key=_key(number, *(one.key for one in olds)), parent=first.number, created=by.day,
        task=_united((one.task for one in olds), ""), original=_united((one.original for one in olds), ""),
        quantities=_united((one.quantities for one in olds), "；"), clause=_united((one.clause or "" for one in olds), "；") or None,
        deadline_text=_united((one.deadline_text for one in olds), "；"), deadline=max(days, default=None),
        deadline_assumed=bool(days) and all(one.deadline_assumed for one in olds if one.deadline == max(days)),
        steps=_joined(one.steps for one in olds), lead=_joined(one.lead for one in olds),
        cooperating=_joined(one.cooperating for one in olds), tasks=_joined(one.tasks for one in olds),
        progress=tuple(sorted(_joined(one.progress for one in olds), key=lambda told: told.date)),
        extensions=_joined(one.extensions for one in olds),
        remark=_united((one.remark for one in olds), "；"), problems=_united((one.problems for one in olds), "；"),
        next_steps=_united((one.next_steps for one in olds), "；"), evidence=_united((one.evidence for one in olds), "；"),
    )  # fmt: skip
    gone = [(one, replace(one, excluded=message("merged_into", number=number))) for one in olds]
    put_many(store, [(None, merged), *gone], by)
    return merged


def fan_out(store: SqliteStore, number: str, by: By, group: str | None = None) -> list[Item]:
    """One item for each member of the group of units or places that leads an item.

    Raises LedgerError where the item is not led by a group, and where the list of units has no members for it.
    """
    old, known = _whole(store, number), resolver(store)
    if group is None:
        names = [party.name for party in old.lead]
        if not names:
            raise LedgerError(message("no_lead_group", number=old.number))
        group = next((name for name in names if known.group(name)), names[0])
    listed = known.group(group)
    if listed is None:
        raise LedgerError(message("no_group", group=group))
    others = tuple(party for party in old.lead if party.name != group and known.group(party.name) is None)
    members = list(dict.fromkeys(listed.members))
    children = [
        replace(_child(old, name, by), lead=(Party(member, "人工指派"), *others), quantities=old.quantities, steps=old.steps)
        for name, member in zip(_names(store, old, len(members)), members, strict=True)
    ]
    return _replace_by(store, old, children, message("fanned_into", numbers="、".join(one.number for one in children)), by)


def _whole(store: SqliteStore, number: str) -> Item:
    found = item(store, number)
    if not found.open:
        raise LedgerError(message("closed", number=found.number))
    return found


def _child(old: Item, number: str, by: By) -> Item:
    """A new item with what holds for every part of the old one; reports stay with the old one."""
    return replace(
        old, number=number, key=_key(old.key, number), parent=old.number, created=by.day, progress=(), completion=None, reported_value="",
        report_value="", extensions=(), quantities="", steps=(), evidence="", opinion="", overdue_confirmed=False, state="未启动",
    )  # fmt: skip


def _names(store: SqliteStore, old: Item, count: int) -> list[str]:
    """Free numbers behind that of the item they come from: 2024-0007-1, 2024-0007-2 and so on."""
    taken = [one.number for one in load(store, "number LIKE ?", f"{old.number}-%")]
    last = max((int(name.split("-")[-1]) for name in taken if name.split("-")[-1].isdigit()), default=0)
    return [f"{old.number}-{last + place}" for place in range(1, count + 1)]


def _replace_by(store: SqliteStore, old: Item, children: list[Item], reason: str, by: By) -> list[Item]:
    put_many(store, [(old, replace(old, excluded=reason)), *((None, child) for child in children)], by)
    return children


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _united(texts: Iterable[str], mark: str) -> str:
    return mark.join(dict.fromkeys(text for text in texts if text))


def _joined(parts: Iterable[tuple[_Part, ...]]) -> tuple[_Part, ...]:
    return tuple(dict.fromkeys(one for part in parts for one in part))
