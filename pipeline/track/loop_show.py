"""Closures as JSON rows, and as lines of Chinese for reading.

Reads: closures of one plan and one review. Writes: dicts; lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Document
    from pipeline.track.confirming import Judgement
    from pipeline.track.loop import Closure
    from pipeline.track.loop_store import Pair

_ORDER = ("missed", "not_mentioned", "progress", "done")  # what an office looks at first


def closure_row(closure: Closure, plan: Document, review: Document, said: Judgement | None = None) -> dict[str, Any]:
    """One commitment as a row of JSON: ``plan`` and ``review`` are the sources, ``evidence`` the quotes, spans beside them.

    Where a person has decided (``said``), ``verdict`` is theirs, and ``first`` what the program had judged.
    """
    decided = {"who": said.who, "at": said.at, "why": said.why} if said else None
    return {
        "plan": plan.source, "review": review.source, "text": closure.text,
        "verdict": said.verdict if said else closure.verdict, "first": closure.verdict, "confirmed": decided,
        "evidence": [evidence.text for evidence in closure.evidence], "score": closure.score, "by": closure.by, "reason": closure.reason,
        "firm": closure.firm, "strength": closure.strength, "task": closure.task, "doc_id": closure.doc_id, "span": list(closure.span),
        "sentence": closure.sentence, "section": list(closure.section), "review_doc_id": closure.review_doc_id,
        "evidence_spans": [list(evidence.span) for evidence in closure.evidence],
        "evidence_sentences": [evidence.sentence for evidence in closure.evidence],
        "evidence_scores": [evidence.score for evidence in closure.evidence],
    }  # fmt: skip


def pair_lines(pair: Pair, *, everything: bool = False) -> Iterator[str]:
    """What became of a plan, for reading: what was missed and not mentioned first; what people decided stands before the program's word.

    Of what was not mentioned only the firm commitments are listed unless ``everything``: a direction (大力发展…) needs no report.
    """
    words = load_rules("loop").data["words"]
    yield words["heading"].format(plan=pair.plan.document.source, review=pair.review.document.source)
    closures = [(closure, pair.judged.get(closure.key)) for closure in pair.close()]
    finals = [said.verdict if said else closure.verdict for closure, said in closures]
    yield words["counts"].format(all=len(closures), **{name: finals.count(name) for name in _ORDER})
    for verdict in _ORDER:
        for (closure, said), final in zip(closures, finals, strict=True):
            if final == verdict and (everything or closure.firm or said or verdict != "not_mentioned"):
                yield from _lines(closure, said, words)


def _lines(closure: Closure, said: Judgement | None, words: dict[str, Any]) -> Iterator[str]:
    final = said.verdict if said else closure.verdict
    yield words["commitment"].format(verdict=words["verdicts"][final], text=closure.text)
    if said:
        yield words["confirmed"].format(who=said.who, day=said.at[:10], first=words["verdicts"][closure.verdict], why=said.why)
    for evidence in closure.evidence:
        yield words["evidence"].format(text=evidence.text, score=evidence.score)
    yield words["reason"].format(reason=closure.reason)
