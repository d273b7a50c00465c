"""摘编: the passages round chosen records, each with the document, its number and the clause by which it is cited.

Reads: a store. Writes: pairs of text and source, and a Word document of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.ledger.build import clause_of
from pipeline.ledger.documents import excerpt_paper
from pipeline.rulebook import load_rules
from pipeline.store.corrections import find_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.provenance import Provenance
    from pipeline.store import SqliteStore
    from pipeline.store.interface import StoredPassage

_ROUND = "SELECT number FROM passages WHERE instr(' ' || records || ' ', ' ' || ? || ' ')"


@dataclass(frozen=True, slots=True)
class Cited:
    """A passage as an excerpt shows it: its words, and where they stand."""

    text: str
    source: str


def cited(store: SqliteStore, numbers: Iterable[int]) -> list[Cited]:
    """The passages with these numbers and their sources, each once, in the order asked for; those that are gone are left out."""
    documents = {row["number"]: row for row in store.documents()}
    found = store.passages(dict.fromkeys(numbers))
    return [Cited(one.text, _source(one, documents[one.document])) for one in found]


def round_records(store: SqliteStore, names: Sequence[str]) -> list[int]:
    """The numbers of the passages in which the named records stand: tasks of items of the ledger, ids of records, or their exact words.

    Raises StoreError for a name of none and of several.
    """
    numbers: list[int] = []
    for name in names:
        for record in _tasks_of(store, name) or [find_record(store, name)]:
            numbers += [number for (number,) in store.select(_ROUND, record)]
    return list(dict.fromkeys(numbers))


def excerpt(passages: Sequence[Cited], name: str = "", made_by: Provenance | None = None) -> bytes:
    """A Word document of passages with their sources."""
    return excerpt_paper([(one.text, one.source) for one in passages], name).content(made_by)


def _tasks_of(store: SqliteStore, number: str) -> list[str]:
    rows = store.select("SELECT value FROM ledger_items i, json_each(CAST(i.line AS TEXT), '$.tasks') WHERE i.number = ?", number)
    return [str(task) for (task,) in rows]


def _source(passage: StoredPassage, document: dict[str, object]) -> str:
    words = load_rules("ledger_documents").data["excerpt"]
    title = words["document"].format(title=document["title"] or Path(str(document["source"])).stem)
    number = words["number"].format(number=document["doc_number"]) if document["doc_number"] else ""
    return f"{title}{number}{clause_of(passage.section, passage.clause) or ''}"
