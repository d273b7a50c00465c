"""Papers of the ledger as Word documents in the fonts and sizes of GB/T 9704: 任务分解表, 督查通报, 督办单, 摘编.

Reads: items, a report, passages. Writes: ``.docx`` files, complete or not at all.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.ledger.book import shown
from pipeline.ledger.columns import cell_of
from pipeline.ledger.paper import Paper
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pipeline.ledger.model import Item
    from pipeline.ledger.report import Report
    from pipeline.provenance import Provenance

_NAMED = 12  # units that a circular names with the number of their items


def write_breakdown(items: Sequence[Item], path: Path, name: str = "", made_by: Provenance | None = None) -> None:
    """任务分解表: all items in a table, on A4 across."""
    words = _words()["breakdown"]
    paper = Paper(landscape=True)
    paper.add(name or words["title"], "title")
    rows: list[tuple[str, ...]] = [
        (
            str(place), one.number, one.task, one.quantities, _deadline(one), _units(one, "lead"), _units(one, "cooperating"),
            one.leader, " ".join(filter(None, (one.basis, one.doc_number, one.clause))),
        )
        for place, one in enumerate(items, start=1)
    ]  # fmt: skip
    paper.table(words["columns"], rows, words["widths"])
    paper.save(path, made_by)


def write_notice(report: Report, path: Path, name: str = "", made_by: Provenance | None = None) -> None:
    """督查通报: the counts of units and lights, then what is overdue, due soon, and of which nothing is known."""
    words = _words()["notice"]
    paper = Paper()
    paper.add(name or words["title"], "title")
    lights = report.total.lights
    counts = "、".join(words["count"].format(light=light, count=count) for light, count in lights.items() if count)
    paper.add(words["opening"].format(day=_day(report.as_of), total=report.total.total, lights=counts), "text")
    paper.add(words["heads"][0], "heading")
    rows = [(row.unit, str(row.total), *(str(row.lights[light]) for light in lights)) for row in (*report.rows, report.total)]
    paper.table((words["unit"], words["total"], *lights), rows, (56, 20, *(16 for _ in lights)))
    *heads, unclear = words["heads"][1:]
    for head, listed in zip(heads, (report.overdue, report.due_soon), strict=True):
        paper.add(head, "heading")
        if not listed:
            paper.add(words["none"], "text")
        for place, one in enumerate(listed, start=1):
            paper.add(_line(one, place), "text")
    paper.add(unclear, "heading")
    paper.add(_unclear(report), "text")
    paper.add(words["demand"], "text")
    paper.save(path, made_by)


def write_slip(item: Item, path: Path, as_of: date, made_by: Provenance | None = None) -> None:
    """督办单: one item as a form that its lead unit signs for."""
    words = _words()["slip"]
    paper = Paper()
    paper.add(words["title"], "title")
    paper.add(words["number"].format(number=item.number, day=_day(as_of.isoformat())), "source")
    unknown = words["unknown"]
    told = (
        item.task, item.original, " ".join(filter(None, (item.basis, item.doc_number, item.clause))), item.quantities, shown(item.steps),
        _deadline(item) or unknown, cell_of(item, "lead") or unknown, cell_of(item, "cooperating"), item.leader, item.person, item.state,
        cell_of(item, "reported"), shown(item.extensions), _demand(item, as_of),
    )  # fmt: skip
    rows = [(label, str(value or "")) for label, value in zip(words["rows"], told, strict=True)]
    paper.form([*rows, *((label, "") for label in words["signs"])])
    paper.save(path, made_by)


def write_excerpt(passages: Sequence[tuple[str, str]], path: Path, name: str = "", made_by: Provenance | None = None) -> None:
    """摘编: chosen passages, each with its source (text, source)."""
    excerpt_paper(passages, name).save(path, made_by)


def excerpt_paper(passages: Sequence[tuple[str, str]], name: str = "") -> Paper:
    """摘编, not yet written."""
    words = _words()["excerpt"]
    paper = Paper()
    paper.add(name or words["title"], "title")
    for text, source in passages:
        for line in filter(None, map(str.strip, text.splitlines())):
            paper.add(line, "text")
        paper.add(words["source"].format(source=source), "source")
    return paper


@cache
def _words() -> dict[str, Any]:
    return load_rules("ledger_documents").data


def _day(iso: str) -> str:
    """A date as official papers write it."""
    day = date.fromisoformat(iso)
    return str(_words()["day"]).format(year=day.year, month=day.month, day=day.day)


def _deadline(item: Item) -> str:
    if item.deadline is None:
        return item.deadline_text
    return str(_words()["slip"]["assumed"]).format(deadline=item.deadline) if item.deadline_assumed else item.deadline


def _units(item: Item, role: str) -> str:
    return str(cell_of(item, role) or "")


def _unclear(report: Report) -> str:
    """Of how many items nothing is known, by lead unit: each by itself would fill pages and tell nothing."""
    words = _words()["notice"]
    told = {one.number for one in (*report.overdue, *report.due_soon)}
    rest = [one for one in report.unknown if one.number not in told]
    counts = Counter(party.name for one in rest for party in one.lead)
    nobody = sum(not one.lead for one in rest)
    units = [words["unit_count"].format(unit=unit, count=count) for unit, count in counts.most_common(_NAMED)]
    units += [words["no_unit"].format(count=nobody)] if nobody else []
    if len(counts) > _NAMED:
        units.append(words["more_units"].format(count=len(counts) - _NAMED))
    return str(words["unclear"].format(count=len(rest), units="、".join(units)) if rest else words["none"])


def _line(item: Item, place: int) -> str:
    words = _words()
    unknown = words["slip"]["unknown"]
    lead, deadline = cell_of(item, "lead") or unknown, _deadline(item) or unknown
    told = {"place": place, "number": item.number, "task": item.task, "lead": lead, "deadline": deadline, "state": item.state}
    return str(words["notice"]["line"]).format(**told)


def _demand(item: Item, as_of: date) -> str:
    words = _words()["slip"]
    if item.deadline is None:
        return str(words["demand_open"])
    late = item.deadline < as_of.isoformat() and not item.deadline_assumed
    return str(words["demand_late"] if late else words["demand"].format(deadline=_day(item.deadline)))
