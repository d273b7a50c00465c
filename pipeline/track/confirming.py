"""What people decide about first judgements (机器初判): confirmed, or judged otherwise.

Reads: the table ``judgements`` of a store, to which rows are only ever added. Writes: rows, and ``Judgement``. Of several about one
commitment the last holds; one without a verdict gives the word back to the first judgement.

What is judged is a ``record`` of a document: the quantity that is a target, or a commitment of a plan (``Closure.key``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, get_args

from pipeline.errors import PipelineError
from pipeline.store.connection import begin
from pipeline.store.errors import told_plainly
from pipeline.track.model import Confirmed, VerdictName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pipeline.store import SqliteStore
    from pipeline.track.model import Series, Verdict

BELOW = "below"  # 低于预期目标: within its bound, and no success
SAID = (*get_args(VerdictName), BELOW)
_ALL = "SELECT number, at, who, doc_id, record, other, verdict, why FROM judgements ORDER BY number"
_BY_PAIR = "SELECT number, at, who, doc_id, record, other, verdict, why FROM judgements WHERE (doc_id, other) = (?,?) ORDER BY number"
_OF_RECORD = "SELECT number, at, who, doc_id, record, other, verdict, why FROM judgements WHERE (doc_id, record) = (?,?) ORDER BY number"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody decided about a commitment (``record`` of ``doc_id``) as another document (``other``) tells what became of it."""

    number: int
    at: str
    who: str
    doc_id: str
    record: str
    other: str
    verdict: str
    why: str = ""


class JudgedMeanwhileError(PipelineError):
    """Somebody else has judged the same commitment since it was looked at."""

    def __init__(self, last: Judgement) -> None:
        super().__init__(f"{last.record}: {last.who} {last.at}")
        self.last = last


def judgements(store: SqliteStore, doc_id: str, other: str) -> dict[str, Judgement]:
    """For each record of a plan that somebody has judged by another document, what was decided last."""
    return _last(store.select(_BY_PAIR, doc_id, other))


def judged_targets(store: SqliteStore) -> dict[str, Judgement]:
    """For each record that somebody has judged, by whatever document, what was decided last."""
    return _last(store.select(_ALL))


def all_judgements(store: SqliteStore) -> list[Judgement]:
    """Every judgement as it was made, also those that no longer hold."""
    return [Judgement(*row) for row in store.select(_ALL)]


def last_numbers(store: SqliteStore) -> dict[str, int]:
    """For each record, the number of what was decided about it last, taken back or not: what a form remembers having seen."""
    return dict(store.select("SELECT record, max(number) FROM judgements GROUP BY record"))


def judge(store: SqliteStore, judgement: Judgement, seen: int | None = None) -> Judgement:
    """Write down what somebody decides; its number and time are given here.

    Raises JudgedMeanwhileError where ``seen`` is given and somebody has judged the record since that number.
    """
    with told_plainly(store.path), begin(store.connection):
        before = store.connection.execute(_OF_RECORD, (judgement.doc_id, judgement.record)).fetchall()
        if seen is not None and before and before[-1][0] > seen:
            raise JudgedMeanwhileError(Judgement(*before[-1]))
        made = replace(judgement, at=datetime.now(UTC).isoformat(timespec="seconds"))
        values = (made.at, made.who, made.doc_id, made.record, made.other, made.verdict, made.why)
        sql = "INSERT INTO judgements (at, who, doc_id, record, other, verdict, why) VALUES (?,?,?,?,?,?,?)"
        store.connection.execute(sql, values)
        return replace(made, number=int(store.connection.last_insert_rowid()))


def with_judgements(one: Series, judged: Mapping[str, Judgement]) -> Series:
    """The series with what people decided about its targets."""
    if not any(verdict.target in judged for verdict in one.verdicts):
        return one
    return replace(one, verdicts=tuple(_confirmed(verdict, judged.get(verdict.target or "")) for verdict in one.verdicts))


def _confirmed(first: Verdict, judgement: Judgement | None) -> Verdict:
    if judgement is None or judgement.verdict not in SAID:
        return first
    held: Any = "met" if judgement.verdict == BELOW else judgement.verdict
    said = Confirmed(judgement.at, judgement.who, judgement.verdict, judgement.why, first.verdict)
    return replace(first, verdict=held, confirmed=said)


def _last(rows: Iterable[tuple[Any, ...]]) -> dict[str, Judgement]:
    last = {one.record: one for one in (Judgement(*row) for row in rows)}
    return {record: one for record, one in last.items() if one.verdict}
