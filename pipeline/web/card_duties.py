"""Who is responsible, for the card above search: items of the ledger, or tasks of documents where the ledger has none that fit.

Reads: a store, a subject or a unit. Writes: ``Duty``, each with the document it stands in.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.ledger.units import fold, resolver
from pipeline.rulebook import load_rules
from pipeline.web.duties import Asked, Duty, Part, ledger_duties, tasks_due
from pipeline.web.ledgers import day_of, rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.search.query import Understanding
    from pipeline.store import SqliteStore
    from pipeline.web.page import Page

_ENOUGH = 0.75  # share of the pairs of characters of a subject that a task must have
_ROLES = {"lead": 0, "actor": 1}  # those who do a task stand before those who help or guide
_EARLY = 16  # characters before the unit of a sentence that gives it something to do (到2024年底，市住建局…)
_LOOKED_THROUGH = 200  # tasks due that are looked through for a subject


@dataclass(frozen=True, slots=True)
class _Held:
    key: tuple[str, int]
    duties: tuple[Duty, ...]
    given: tuple[Duty, ...]  # those that say who is to do them
    units: dict[str, frozenset[str]]  # full names by the names that documents write


def known_units(page: Page, store: SqliteStore) -> frozenset[str]:
    """Every name of a unit in tasks and in the ledger."""
    in_ledger = (party.name for row in rows_of(page, store) for party in (*row.item.lead, *row.item.cooperating))
    return frozenset(_held(page, store).units) | frozenset(in_ledger)


def responsible(page: Page, store: SqliteStore, topic: str, asked: Understanding) -> list[Duty]:
    """Tasks of a subject that name their units, nearest to the subject first; those of the ledger where it has any."""
    for duties in (_open_items(page, store), _held(page, store).given):
        scored = ((likeness(topic, one.text), one) for one in duties if (one.units or one.cooperating) and _is_wanted(one, asked))
        found = [(share, one) for share, one in scored if share >= _ENOUGH]
        found.sort(key=lambda pair: (-pair[0], not pair[1].units, -(pair[1].year or 0)))
        if found:
            return _once(one for _, one in found)
    return []


def of_unit(page: Page, store: SqliteStore, unit: str, topic: str, asked: Understanding) -> list[Duty]:
    """What a unit has to do, by any of its names: items of the ledger, else tasks of documents, the latest first."""
    names = _names_of(page, store, unit)
    for duties in (_open_items(page, store), _held(page, store).duties):
        found = [one for one in duties if one.status in (None, "planned") and _given((*one.units, *one.cooperating), unit, names)]
        found = [one for one in found if _is_wanted(one, asked) and is_about(topic, one.text)]
        found.sort(key=lambda one: (one.due or "9", -(one.year or 0), not _given(one.units, unit, names)))
        if found:
            return _once(found)
    return []


def unit_of(page: Page, store: SqliteStore, unit: str, duty: Duty) -> str:
    """The name under which a duty has a unit."""
    names = _names_of(page, store, unit)
    return next((name for name in (*duty.units, *duty.cooperating) if _given((name,), unit, names)), unit)


def without_unit(page: Page, store: SqliteStore) -> list[Duty]:
    """Items of the ledger still to be done that nobody leads."""
    return [one for one in _open_items(page, store) if not one.units]


def due_between(page: Page, store: SqliteStore, asked: Asked, topic: str) -> tuple[int, list[Duty]]:
    """How many tasks of a subject, or of any, are due between two days, and the first of them: of the ledger, else of documents."""
    found = in_ledger(page, store, asked, topic)
    if found:
        return len(found), found
    count, rows = tasks_due(store, asked, Part(_LOOKED_THROUGH), day_of(page))
    shown = _once(one for one in rows if is_about(topic, one.text))
    return (count if len(topic) < 2 else len(shown)), shown


def in_ledger(page: Page, store: SqliteStore, asked: Asked, topic: str) -> list[Duty]:
    """Items of the ledger about a subject."""
    return [one for one in ledger_duties(page, store, asked) if is_about(topic, one.text)]


def is_about(topic: str, text: str) -> bool:
    """Whether a text is about a subject; every text is about none."""
    return len(topic) < 2 or likeness(topic, text) >= _ENOUGH


def likeness(topic: str, text: str) -> float:
    """The share of the pairs of characters of a subject that a text has."""
    pairs = {topic[at : at + 2] for at in range(len(topic) - 1)}
    return sum(pair in text for pair in pairs) / len(pairs) if pairs else 0.0


def _open_items(page: Page, store: SqliteStore) -> list[Duty]:
    return ledger_duties(page, store, Asked(ended=False))


def _names_of(page: Page, store: SqliteStore, unit: str) -> set[str]:
    """All names of a unit that the office's list or the documents tell."""
    full = _held(page, store).units.get(unit, frozenset())
    return {fold(name) for name in (unit, resolver(store).resolve(unit) or unit, *full)}


def _is_wanted(one: Duty, asked: Understanding) -> bool:
    return (not asked.years or one.year in asked.years) and (not asked.places or one.place in asked.places)


def _given(parties: Iterable[str], unit: str, names: set[str]) -> bool:
    return any(unit in name or fold(name) in names for name in parties)


def _once(duties: Iterable[Duty]) -> list[Duty]:
    """Each wording once: the same sentence stands in many copies of a document."""
    return list({duty.text: duty for duty in reversed(list(duties))}.values())[::-1]


def _held(page: Page, store: SqliteStore) -> _Held:
    """Tasks that name units, read once until the records of the store change."""
    state: Any = page.request.app.state
    key = (str(store.path), store.generation())
    held: _Held | None = getattr(state, "card_tasks", None)
    if held is None or held.key != key:
        rows = [(_duty(row), orjson.loads(row[0])) for row in store.select(_TASKS)]
        duties = tuple(duty for duty, _ in rows)
        given = tuple(duty for duty, task in rows if any(_is_given(unit, task) for unit in task["units"]))
        held = state.card_tasks = _Held(key, duties, given, _names(store))
    return held


def _names(store: SqliteStore) -> dict[str, frozenset[str]]:
    names: dict[str, set[str]] = defaultdict(set)
    for text, full in store.select("SELECT DISTINCT text, canonical FROM task_units"):
        names[text].add(full or text)
        names[full or text].add(full or text)
    return {name: frozenset(full) for name, full in names.items()}


def _is_given(unit: dict[str, Any], task: dict[str, Any]) -> bool:
    """Whether a unit is the one to do a task: it stands in brackets or a heading, leads or helps, or begins the sentence."""
    if task["status"] != "planned" or not load_rules("page_questions")["unit-end"].search(unit["text"]):
        return False
    if unit["basis"] != "sentence" or unit["role"] != "actor":
        return True
    return 0 <= str(task["text"]).find(unit["text"]) <= _EARLY


_TASKS = (
    "SELECT coalesce(t.corrected, t.line), d.doc_id, coalesce(d.title, d.doc_id), d.place, d.year FROM tasks t"
    " JOIN documents d ON d.number = t.document WHERE NOT t.rejected AND t.status != 'problem' AND d.duplicate_of IS NULL"
    " AND t.number IN (SELECT task FROM task_units)"
)


def _duty(row: tuple[Any, ...]) -> Duty:
    line, doc_id, title, place, year = row
    task = orjson.loads(line)
    lead: list[str] = []
    cooperating: list[str] = []
    for unit in sorted(task["units"], key=lambda unit: _ROLES.get(unit["role"], 2)):
        (lead if unit["role"] in _ROLES else cooperating).append(unit["canonical"] or unit["text"])
    return Duty(
        task["id"], task["text"], task["status"], tuple(dict.fromkeys(lead)), None, "", None, doc_id, title, place, year,
        cooperating=tuple(dict.fromkeys(cooperating)),
    )  # fmt: skip
