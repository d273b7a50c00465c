"""What people decide about first judgements (机器初判): confirmed, or judged otherwise.

Reads: the table ``judgements`` of a store, to which rows are only ever added. Writes: rows, and ``Judgement``. Of several about one
commitment the last holds; one without a verdict gives the word back to the first judgement.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly

if TYPE_CHECKING:
    from pipeline.store import SqliteStore


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody decided about a commitment (``record`` of ``doc_id``) as another document (``other``) tells what became of it."""

    at: str
    who: str
    doc_id: str
    record: str
    other: str
    verdict: str
    why: str = ""


def judgements(store: SqliteStore, doc_id: str, other: str) -> dict[str, Judgement]:
    """For each record of a plan that somebody has judged by another document, what was decided last."""
    sql = "SELECT at, who, doc_id, record, other, verdict, why FROM judgements WHERE (doc_id, other) = (?,?) ORDER BY number"
    last = {one.record: one for one in (Judgement(*row) for row in store.select(sql, doc_id, other))}
    return {record: one for record, one in last.items() if one.verdict}


def judge(store: SqliteStore, what: tuple[str, str, str], verdict: str, who: str, why: str = "") -> Judgement:
    """Write down what somebody decides about ``what``: the plan, its record, the other document."""
    doc_id, record, other = what
    made = Judgement(datetime.now(UTC).isoformat(timespec="seconds"), who, doc_id, record, other, verdict, why)
    values = (made.at, made.who, made.doc_id, made.record, made.other, made.verdict, made.why)
    with told_plainly(store.path), begin(store.connection):
        sql = "INSERT INTO judgements (at, who, doc_id, record, other, verdict, why) VALUES (?,?,?,?,?,?,?)"
        store.connection.execute(sql, values)
    return made
