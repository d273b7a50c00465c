"""Find figures of a draft that disagree with another sentence of it, or with an earlier document of the same place.

Reads: extractions. Writes: ``Finding``. Two figures are the same one when indicator, scope, unit, measure, direction and period are; a
difference that rounding explains (97.2 and 97.23) is none.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.draft_findings import Finding, quote_figure, reason
from pipeline.track.loop_figures import figure_words
from pipeline.track.loop_match import one_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Extraction, Quantity, Task

_Key = tuple[object, ...]
_SHORTEST_NAME = 4  # characters: 面积 or 项目 may be anything


def contradictions(draft: Extraction, earlier: Sequence[Extraction]) -> Iterator[Finding]:
    """Reported figures of ``draft`` for which an earlier document gives another value."""
    told = _by_key(draft)
    tasks = _tasks(draft)
    for document in earlier:
        before = _by_key(document)
        for key, figures in told.items():
            figure, other = figures[0], before.get(key, [None])[0]
            if other is not None and not any(_agree(one, two) for one in figures for two in before[key]):
                why = reason("contradiction", source=document.document.source, earlier=figure_words(other), draft=figure_words(figure))
                yield Finding(
                    "contradiction",
                    why,
                    quote_figure(figure, draft.document, tasks),
                    quote_figure(other, document.document, _tasks(document)),
                )


def inconsistencies(draft: Extraction) -> Iterator[Finding]:
    """Reported or planned figures that ``draft`` gives twice with different values."""
    tasks = _tasks(draft)
    for planned in (False, True):
        for figures in _by_key(draft, planned=planned).values():
            first = figures[0]
            for other in figures[1:]:
                if not _agree(first, other) and first.task != other.task:
                    why = reason("inconsistency", earlier=figure_words(first), draft=figure_words(other))
                    yield Finding(
                        "inconsistency", why, quote_figure(other, draft.document, tasks), quote_figure(first, draft.document, tasks)
                    )
                    break


def _by_key(extraction: Extraction, *, planned: bool = False) -> dict[_Key, list[Quantity]]:
    """The figures of a document that another may contradict, by what they are figures of."""
    found: defaultdict[_Key, list[Quantity]] = defaultdict(list)
    tasks = _tasks(extraction)
    growth = load_rules("loop")["growth_noun"]
    for figure in extraction.quantities:
        wanted = figure.status == "planned" if planned else figure.status in ("actual", "baseline")
        name = growth.sub("", one_name(figure.indicator or ""))
        task = tasks.get(figure.task or "")
        if not wanted or figure.masked or figure.low is None or figure.end is None or len(name) < _SHORTEST_NAME:
            continue
        if figure.measure not in ("level", "change", "completion") or figure.comparator != "=" or figure.low != figure.high:
            continue
        if task is not None and load_rules("loop")["several_years"].search(task.text):
            continue
        found[name, figure.scope, figure.unit, figure.measure, figure.direction, figure.per, figure.start, figure.end].append(figure)
    return found


def _agree(one: Quantity, other: Quantity) -> bool:
    """Whether two values are the same, written with the digits of the rougher one."""
    if one.low == other.low:
        return True
    if one.low is None or other.low is None:
        return False
    exponents = [Decimal(str(value)).normalize().as_tuple().exponent for value in (one.low, other.low)]
    roughest = max(exponent for exponent in exponents if isinstance(exponent, int))
    step = 10.0**roughest
    return abs(one.low - other.low) <= step / 2


def _tasks(extraction: Extraction) -> dict[str, Task]:
    return {task.id: task for task in extraction.tasks}
