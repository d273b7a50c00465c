"""Examine a draft before it is handed in (交稿前体检) against what a store knows of the same place; the draft itself is never stored.

Reads: the extraction of a draft, and a store. Writes: ``DraftReport``: last year's commitments that the draft does not account for,
figures that disagree, sums that fail, promises that weakened, each with both sentences.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pipeline.rulebook import load_rules
from pipeline.track.audit import arithmetic_warnings
from pipeline.track.draft_figures import contradictions, inconsistencies
from pipeline.track.draft_findings import DraftReport, Finding, Quote, quote_clause, reason
from pipeline.track.draft_targets import weakened
from pipeline.track.loop import close_loop, commitments

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Document, Extraction
    from pipeline.store.interface import Store
    from pipeline.track.loop import Closure

__all__ = ["DraftReport", "Finding", "Quote", "check_draft"]

_ADMITTED = "words"  # a miss by the draft's own words needs no reminder
_Row = dict[str, Any]


def check_draft(draft: Extraction, store: Store, *, place: str | None = None, year: int | None = None) -> DraftReport:
    """All that an office should look at in ``draft``; ``place`` and ``year`` (planned for) hold where the draft names none itself."""
    draft = _labelled(draft, place, year)
    document, words = draft.document, load_rules("loop_draft").data["words"]
    findings = [*_arithmetic(document), *inconsistencies(draft)]
    own_year = document.plan_year or (document.review_year + 1 if document.review_year else None)
    if document.place is None or own_year is None:
        return DraftReport(document.source, None, (), tuple(findings), (words["unlabelled"],))
    earlier = _earlier(store, document, own_year)
    plan_row = _last_plan(earlier, document, own_year - 1)
    loaded = {row["doc_id"]: extraction for row in earlier if (extraction := store.extraction(row["doc_id"])) is not None}
    findings += contradictions(draft, list(loaded.values()))
    notes: tuple[str, ...] = ()
    plan = loaded.get(plan_row["doc_id"]) if plan_row is not None else None
    if plan is None:
        notes = (words["no_plan"].format(place=document.place, issuer=document.issuer or "", year=own_year - 1),)
    else:
        findings = [*_unaccounted(plan, draft), *findings, *weakened(plan, draft)]
    sources = tuple(extraction.document.source for extraction in loaded.values())
    order = list(load_rules("loop_draft").data["kinds"])
    findings.sort(key=lambda finding: order.index(finding.kind))
    return DraftReport(document.source, plan.document.source if plan else None, sources, tuple(findings), notes)


def _labelled(draft: Extraction, place: str | None, year: int | None) -> Extraction:
    """The draft with the place and year that were given for it: a draft often has no title yet."""
    document = draft.document
    changed: dict[str, Any] = {}
    if place is not None:
        changed["place"] = place
    if year is not None:
        changed |= {"plan_year": year, "review_year": year - 1}
    return replace(draft, document=replace(document, **changed)) if changed else draft


def _earlier(store: Store, document: Document, year: int) -> list[_Row]:
    """The documents of the draft's place and issuer from the years before, without copies, earliest first."""
    return [
        row
        for row in store.documents()
        if row["place"] == document.place
        and (document.issuer is None or row["issuer"] == document.issuer)
        and not row["duplicate_of"]
        and row["content_id"] != document.content_id
        and (row["plan_year"] or row["year"] or year) < year
    ]


def _last_plan(rows: list[_Row], document: Document, year: int) -> _Row | None:
    """The plan for ``year``: of the draft's own kind first."""
    plans = [row for row in rows if row["plan_year"] == year]
    return max(plans, key=lambda row: (row["doc_type"] == document.doc_type, row["date"] or ""), default=None)


def _unaccounted(plan: Extraction, draft: Extraction) -> Iterator[Finding]:
    """Firm commitments of the plan that the draft passes over, and targets that it missed without saying so."""
    if draft.document.review_year is None:
        return  # a draft that only plans accounts for nothing
    clauses = {clause.span: clause for clause in commitments(plan)}
    for closure in close_loop(plan, draft):
        earlier = quote_clause(clauses[closure.span], plan.document)
        if closure.verdict == "not_mentioned" and closure.firm:
            yield Finding("unaccounted", reason("unaccounted", text=closure.text), None, earlier)
        elif closure.verdict == "missed" and closure.by != _ADMITTED:
            yield Finding(
                "unadmitted",
                reason("unadmitted", text=closure.text, reason=closure.reason),
                _quote_evidence(closure, draft.document),
                earlier,
            )


def _quote_evidence(closure: Closure, document: Document) -> Quote:
    best = closure.evidence[0]
    return Quote(document.doc_id, document.source, best.span, best.text, best.sentence)


def _arithmetic(document: Document) -> Iterator[Finding]:
    """The sums of the document that do not hold."""
    for warning in arithmetic_warnings(document):
        start, end = warning.span or (0, 0)
        text = document.text[start:end]
        quote = Quote(document.doc_id, document.source, (start, end), text, text)
        yield Finding("arithmetic", reason("arithmetic", message=warning.message), quote, None)
