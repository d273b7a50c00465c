"""The arithmetic of all documents of a store, where a plan stands in one document and the share of it in another.

Reads: an open store. Writes: checks; a share whose plan another document names (完成年度任务的115.7%, of 120) is held against that.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.store.interface import RecordFilter
from pipeline.track.audit import audit
from pipeline.track.audit_figures import read_line
from pipeline.track.audit_model import has_word, judge, phrase, quotient

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Document, Quantity
    from pipeline.store import SqliteStore
    from pipeline.track.audit_figures import Figure, Line
    from pipeline.track.audit_model import Check

_Key = tuple[str, str, str, str, str]  # place, indicator, unit, year, level


@dataclass(frozen=True, slots=True)
class _Plan:
    """A yearly target as a document names it."""

    doc_id: str
    title: str
    value: float
    text: str


def audit_store(store: SqliteStore) -> Iterator[tuple[Document, list[Check]]]:
    """Every document of the store but copies, with its checks; what is implied is held against plans that other documents name."""
    documents = [row for row in store.documents() if row["duplicate_of"] is None]
    plans: dict[_Key, list[_Plan]] | None = None
    for row in documents:
        document = store.document(row["doc_id"])
        if document is None:
            continue
        checks = audit(document)
        if document.place and any(check.verdict == "implied" for check in checks):
            plans = _plans(store, documents) if plans is None else plans
            quantities = list(store.quantities(RecordFilter(doc_id=document.doc_id)))
            checks = [_held(check, document, quantities, plans) for check in checks]
        yield document, checks


def _plans(store: SqliteStore, documents: list[dict[str, object]]) -> dict[_Key, list[_Plan]]:
    """The yearly targets of the store by what they are of."""
    heads = {str(row["doc_id"]): row for row in documents}
    found: dict[_Key, list[_Plan]] = defaultdict(list)
    for quantity in store.quantities(RecordFilter(status="planned")):
        head = heads.get(quantity.doc_id)
        value = quantity.low
        yearly = quantity.end is not None and quantity.end.endswith("12-31") and (quantity.start or quantity.end)[:4] == quantity.end[:4]
        if head is None or not head["place"] or not yearly or quantity.comparator != "=" or not value or quantity.measure != "level":
            continue
        if quantity.indicator and quantity.unit and quantity.end and not has_word("parts_of", quantity.scope or ""):
            key = (str(head["place"]), quantity.indicator, quantity.unit, quantity.end[:4], quantity.level)
            found[key].append(_Plan(quantity.doc_id, str(head["title"] or head["source"]), float(value), quantity.text))
    return found


def _held(check: Check, document: Document, quantities: list[Quantity], plans: dict[_Key, list[_Plan]]) -> Check:
    """The check, or where plans of other documents all name one value, what comes of the share of that."""
    if check.verdict != "implied" or document.place is None or check.what is None:
        return check
    done = next((q for q in quantities if q.span[0] < check.spans[0][1] and check.spans[0][0] < q.span[1]), None)
    if done is None or done.indicator is None or done.unit is None or done.end is None or done.status != "actual":
        return check
    level = "set_above" if has_word("set_above", check.what) else "own"
    named = plans.get((document.place, done.indicator, done.unit, done.end[:4], level), [])
    if len({plan.value for plan in named}) != 1:
        return check  # none, or several: which one is meant is open
    line, part, rate = _figures(document, check)
    if part is None or rate is None:
        return check
    plan = named[0]
    whole = replace(part, value=plan.value, step=0.0, open="", text=plan.text)
    made = replace(quotient("share_of_plan", part, whole), figures=(part,))
    judged = judge(line, made, rate)
    return replace(judged, message=phrase("of_other", title=plan.title, message=judged.message)) if judged else check


def _figures(document: Document, check: Check) -> tuple[Line, Figure | None, Figure | None]:
    """The line of a check, and the amount and the share that stand in it."""
    start = document.text.rfind("\n", 0, check.span[0]) + 1
    end = document.text.find("\n", check.span[1])
    line = read_line(document.text[start : end if end >= 0 else None], start)
    places = {start + figure.start: figure for figure in line.figures}
    return line, places.get(check.spans[0][0]), places.get(check.spans[-1][0])
