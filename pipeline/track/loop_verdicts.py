"""Judge one commitment by what was reported on it: figures first, then the words of the report.

Reads: a promised clause and the reported clauses that match it, best first. Writes: ``Verdict``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.rulebook import load_rules
from pipeline.track.loop_figures import compare_figures, figure_words, same_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Quantity
    from pipeline.track.loop_clauses import Clause

LoopVerdict = Literal["done", "progress", "missed", "not_mentioned"]
By = Literal["figure", "words", "nothing"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a commitment, by what, why, and the numbers of the clauses (within those given) that show it."""

    verdict: LoopVerdict
    by: By
    reason: str
    shown_by: tuple[int, ...]


def judge_promise(promise: Clause, reports: Sequence[Clause], economy: Quantity | None) -> Verdict:
    """The verdict on ``promise``, of which ``reports`` speak, best first (at least one).

    ``economy`` is the reported growth of the economy, for promises to keep pace with it.
    """
    return (
        _by_own_failure(promise, reports)
        or _by_figures(promise, reports)
        or _by_the_economy(promise, reports, economy)
        or _by_words(promise, reports)
    )


def _by_own_failure(promise: Clause, reports: Sequence[Clause]) -> Verdict | None:
    """What the report itself calls missed is missed, whatever the figures allow; what it says of five years is not of this one."""
    rules = load_rules("loop")
    admitted = [number for number in _failures(reports) if not rules["several_years"].search(reports[number].text)]
    if not admitted:
        return None
    shown = dict.fromkeys([0, *admitted]) if reports[0].quantities and promise.quantities else dict.fromkeys(admitted)
    return Verdict("missed", "words", _reason("words_missed", words=reports[admitted[0]].text), tuple(shown))


def _by_figures(promise: Clause, reports: Sequence[Clause]) -> Verdict | None:
    """The promised figures against the reported ones: kept when each that is reported is."""
    actuals = list(_comparable(promise, reports))
    figures = [figure for _, figure in actuals]
    comparisons = [compare_figures(target, figures) for target in promise.quantities if target.status == "planned"]
    compared = [
        (number, comparison)
        for comparison in comparisons
        if comparison is not None
        for number, figure in actuals
        if figure is comparison.actual
    ]
    if not compared or all(_is_count(comparison.target) and _only_under_way(reports[number].text) for number, comparison in compared):
        return None  # 15个试点稳步推进: the number names the things, and says nothing of how far they are
    met = all(comparison.met for _, comparison in compared)
    told = next(comparison for _, comparison in compared if comparison.met == met)
    share = told.actual.measure == "completion"
    name = ("share_" if share else "figure_") + ("done" if met else "missed")
    reason = _reason(name, target=figure_words(told.target), actual=figure_words(told.actual))
    return Verdict("done" if met else "missed", "figure", reason, tuple(dict.fromkeys(number for number, _ in compared)))


def _comparable(promise: Clause, reports: Sequence[Clause]) -> Iterator[tuple[int, Quantity]]:
    """The reported figures of one year, each with the number of its clause: for a stock no additions, for additions no stock."""
    rules = load_rules("loop")
    asks_stock, asks_addition = rules["asks_stock"].search(promise.text), rules["addition"].search(promise.text)
    for number, report in enumerate(reports):
        adds = rules["addition"].search(report.text)
        for figure in report.quantities:
            tells_stock = rules["tells_stock"].search(report.text[: figure.span[0] - report.span[0]])
            if asks_stock:
                comparable = bool(tells_stock) or not rules["work"].search(report.text)
            else:
                mixed = asks_addition and not adds and figure.measure == "level" and tells_stock
                comparable = not mixed and not of_several_years(report, figure)
            if comparable:
                yield number, figure


def of_several_years(report: Clause, figure: Quantity) -> bool:
    """Whether a figure sums or averages several years: its period says so, or a word before it (累计达到54个)."""
    if figure.start is not None and figure.end is not None and int(figure.end[:4]) > int(figure.start[:4]):
        return True
    return bool(load_rules("loop")["several_years"].search(report.text[: figure.span[0] - report.span[0]]))


def _by_the_economy(promise: Clause, reports: Sequence[Clause], economy: Quantity | None) -> Verdict | None:
    """居民收入增长与经济增长同步: the reported growth against that of the economy."""
    if economy is None or economy.low is None or not load_rules("loop")["with_the_economy"].search(promise.text):
        return None
    for number, figure in _comparable(promise, reports):
        if figure.measure == "change" and figure.unit == "%" and figure.low is not None and figure.direction != "down":
            met = figure.low >= economy.low
            reason = _reason("economy_done" if met else "economy_missed", actual=figure_words(figure), economy=economy.text)
            return Verdict("done" if met else "missed", "figure", reason, (number,))
    return None


def _by_words(promise: Clause, reports: Sequence[Clause]) -> Verdict:
    """What the best report says of itself."""
    rules = load_rules("loop")
    text = reports[0].text
    starting, going_on = bool(rules["asks_start"].search(promise.text)), bool(rules["asks_going_on"].search(promise.text))
    if reports[0].task.status == "problem":
        return Verdict("progress", "words", _reason("words_problem"), (0,))
    measured = [figure for figure in promise.quantities if figure.measure != "level" or figure.unit not in _counting()]
    if measured and len(measured) == len(promise.quantities) and reports[0].quantities:
        if not any(same_name(target, figure) for target in measured for figure in reports[0].quantities):
            return Verdict("not_mentioned", "nothing", _reason("other_figure", words=text), ())
        return Verdict("progress", "words", _reason("words_incomparable"), (0,))
    if rules["with_the_economy"].search(promise.text) and reports[0].quantities:
        return Verdict("progress", "words", _reason("words_incomparable"), (0,))
    if support := rules["reports_support"].search(text):
        return Verdict("progress", "words", _reason("words_support", words=support.group()), (0,))
    under_way = rules["reports_going_on"].search(text)
    completed = rules["reports_completion"].search(_without_going_on(text))
    begun = rules["reports_start"].search(text)
    if begun and not completed and (starting or not under_way):
        name = "words_start" if starting else "words_started_only"
        return Verdict("done" if starting else "progress", "words", _reason(name, words=begun.group()), (0,))
    if promise.quantities and not rules["reports_whole"].search(text) and not _only_under_way(text):
        return Verdict("progress", "words", _reason("words_without_figure"), (0,))
    if completed and (not under_way or completed.start() < under_way.start()):
        return Verdict("done", "words", _reason("words_done", words=completed.group()), (0,))
    if starting and under_way and not rules["reports_preparation"].search(text):
        return Verdict("done", "words", _reason("words_start", words=under_way.group()), (0,))
    if under_way:
        return Verdict("progress", "words", _reason("words_progress", words=under_way.group()), (0,))
    if going_on:
        return Verdict("progress", "words", _reason("words_going_on"), (0,))
    return Verdict("done", "words", _reason("words_result"), (0,))


def _failures(reports: Sequence[Clause]) -> list[int]:
    """Which reports say themselves that something fell short."""
    return [number for number, report in enumerate(reports) if load_rules("loop")["reports_failure"].search(report.text)]


def _counting() -> list[str]:
    return list(load_rules("loop").data["units"]["counting"])


def _is_count(quantity: Quantity) -> bool:
    return quantity.measure == "level" and quantity.unit in _counting()


def _only_under_way(text: str) -> bool:
    """Whether a report says that a thing goes on and not that anything was reached."""
    rules = load_rules("loop")
    under_way = rules["reports_going_on"].search(text)
    return under_way is not None and not rules["reports_completion"].search(_without_going_on(text))


def _without_going_on(text: str) -> str:
    """``text`` with blanks where it says that something goes on, other words in their places."""
    return load_rules("loop")["reports_going_on"].sub(lambda match: "　" * len(match[0]), text)


def _reason(name: str, **values: object) -> str:
    return str(load_rules("loop").data["reasons"][name]).format(**values)
