"""Closures as JSON rows, and as lines of Chinese for reading.

Reads: closures of one plan and one review. Writes: dicts; lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Document
    from pipeline.track.loop import Closure

_ORDER = ("missed", "not_mentioned", "progress", "done")  # what an office looks at first


def closure_row(closure: Closure, plan: Document, review: Document) -> dict[str, Any]:
    """One commitment as a row of JSON: ``plan`` and ``review`` are the sources, ``evidence`` the quotes, spans beside them."""
    return {
        "plan": plan.source, "review": review.source, "text": closure.text, "verdict": closure.verdict,
        "evidence": [evidence.text for evidence in closure.evidence], "score": closure.score, "by": closure.by, "reason": closure.reason,
        "firm": closure.firm, "strength": closure.strength, "task": closure.task, "doc_id": closure.doc_id, "span": list(closure.span),
        "sentence": closure.sentence, "section": list(closure.section), "review_doc_id": closure.review_doc_id,
        "evidence_spans": [list(evidence.span) for evidence in closure.evidence],
        "evidence_sentences": [evidence.sentence for evidence in closure.evidence],
        "evidence_scores": [evidence.score for evidence in closure.evidence],
    }  # fmt: skip


def closure_lines(closures: Sequence[Closure], plan: Document, review: Document, *, everything: bool = False) -> Iterator[str]:
    """What became of a plan, for reading: what was missed and not mentioned first.

    Of what was not mentioned only the firm commitments are listed unless ``everything``: a direction (大力发展…) needs no report.
    """
    words = load_rules("loop").data["words"]
    yield words["heading"].format(plan=plan.source, review=review.source)
    counts = {name: sum(closure.verdict == name for closure in closures) for name in _ORDER}
    yield words["counts"].format(all=len(closures), **counts)
    for verdict in _ORDER:
        for closure in closures:
            if closure.verdict == verdict and (everything or closure.firm or verdict != "not_mentioned"):
                yield from _lines(closure, words)


def _lines(closure: Closure, words: dict[str, Any]) -> Iterator[str]:
    yield words["commitment"].format(verdict=words["verdicts"][closure.verdict], text=closure.text)
    for evidence in closure.evidence:
        yield words["evidence"].format(text=evidence.text, score=evidence.score)
    yield words["reason"].format(reason=closure.reason)
