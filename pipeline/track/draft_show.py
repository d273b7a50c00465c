"""Findings on a draft as JSON rows, and as lines of Chinese for reading.

Reads: a DraftReport. Writes: dicts; lines.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.track.draft_findings import DraftReport, Finding


def finding_row(finding: Finding) -> dict[str, Any]:
    """A finding as a row of JSON; quotes hold document, span, text and sentence."""
    return asdict(finding)


def report_lines(report: DraftReport) -> Iterator[str]:
    """What was found, for reading: each finding with why and both sentences."""
    data = load_rules("loop_draft").data
    words, kinds = data["words"], data["kinds"]
    yield words["heading"].format(source=report.source)
    if report.plan is not None:
        yield words["plan"].format(source=report.plan)
    yield from report.notes
    counts = {kind: sum(finding.kind == kind for finding in report.findings) for kind in kinds}
    told = "，".join(f"{kinds[kind]}{count}" for kind, count in counts.items() if count)
    yield words["counts"].format(count=len(report.findings), kinds=told) if report.findings else words["none"]
    for finding in report.findings:
        yield words["finding"].format(kind=kinds[finding.kind], reason=finding.reason)
        if finding.draft is not None:
            yield words["draft"].format(sentence=finding.draft.sentence)
        if finding.earlier is not None:
            name = "other" if finding.earlier.source == report.source else "earlier"
            yield words[name].format(sentence=finding.earlier.sentence, source=finding.earlier.source)
