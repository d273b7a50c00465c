"""Series on the terminal: the verdicts with both sentences below each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.track.verdicts import as_said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.track.comparison import Row
    from pipeline.track.model import Series, Verdict
    from pipeline.track.promises import PlanChange

_ROLES = {"target": "目标", "actual": "实绩", "baseline": "基数", "target_above": "上级下达"}
_VERDICTS = {
    "met": "已达目标", "missed": "未达目标", "below": "低于预期目标", "pending": "未到期",
    "unreported": "库内未见报告", "unclear": "口径待核",
}  # fmt: skip
_WORDS = {"kept": "保持", "firmer": "加力", "softer": "减弱", "dropped": "未再提出", "new": "新提出"}
_MEASURES = {"level": "数值", "change": "增减", "completion": "完成计划", "rank": "位次", "gap": "差距"}
_CHANGES = {"raised": "提高", "lowered": "降低", "kept": "持平", "unquantified": "不再量化", "dropped": "不再提出", "new": "新提出"}


def series_lines(found: Iterable[Series]) -> Iterator[str]:
    """The lines of series, each with its points, verdicts and changes."""
    for one in found:
        told = " · ".join((one.place, *([one.scope] if one.scope else []), one.indicator, *one.qualifiers))
        yield told
        for point in one.points:
            yield f"  {point.year} {_ROLES[point.role]} {point.text}  {point.sentence}"
        yield from (f"  {verdict.year} {_judged(one, verdict)}" for verdict in one.verdicts)
        for change in one.changes:
            yield f"  {change.from_year}→{change.to_year} {_CHANGES[change.change]}"


def _judged(one: Series, verdict: Verdict) -> str:
    """A verdict with its reason; a person's stands before the first judgement."""
    first, reason = as_said(one, verdict)
    said = verdict.confirmed
    if said is None:
        return f"{_VERDICTS[first]}：{reason}"
    why = f"：{said.why}" if said.why else ""
    return f"{_VERDICTS[said.verdict]}（{said.who} {said.at[:10]} 确认{why}）　机器初判 {_VERDICTS[first]}：{reason}"


def row_lines(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a comparison: place, target, result, verdict."""
    for row in rows:
        target = row.target.text if row.target else "—"
        actual = row.actual.text if row.actual else "—"
        said = row.verdict.confirmed if row.verdict else None
        verdict = f"{_VERDICTS[said.verdict]}（{said.who}确认）" if said else _VERDICTS[row.verdict.verdict] if row.verdict else "—"
        yield f"{row.place}\t{row.indicator}（{_MEASURES[row.measure]}）\t目标 {target}\t实绩 {actual}\t{verdict}"


def promise_lines(changes: Iterable[PlanChange]) -> Iterator[str]:
    """The lines of two plans side by side."""
    for one in changes:
        told = " → ".join(promise.text for promise in (one.earlier, one.later) if promise is not None)
        yield f"{_WORDS[one.change]}  {told}"
