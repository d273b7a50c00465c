"""What a check of arithmetic says, and how intervals decide it.

Reads: figures. Writes: ``Check`` with the sum written out in Chinese.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Literal

from pipeline.rulebook import load_rules
from pipeline.track.audit_figures import Interval

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Span
    from pipeline.track.audit_figures import Figure, Line

Relation = Literal["growth", "difference", "doubling", "average", "share", "share_of_plan", "parts_total", "ratio", "enumeration"]
Verdict = Literal["holds", "slip", "implied"]


@dataclass(frozen=True, slots=True)
class Check:
    """One sum that the numbers of a document should obey.

    ``spans`` are all figures that it rests on, in code points of the document, ``quotes`` their words. ``computed`` is what follows from
    the others, in the unit of ``stated``, what the text says: percent for shares and rates, else the plain unit (元, 公里). A verdict of
    “implied” has no ``stated``: its ``computed`` is nowhere in the text. ``sum`` is the calculation, ``message`` one sentence on it.
    """

    relation: Relation
    verdict: Verdict
    span: Span
    spans: tuple[Span, ...]
    quotes: tuple[str, ...]
    computed: float
    stated: float | None
    unit: str
    sum: str
    message: str
    what: str | None = None  # what the implied value is of

    @property
    def holds(self) -> bool | None:
        """Whether the numbers agree; None where one is only implied."""
        return None if self.verdict == "implied" else self.verdict == "holds"


@dataclass(frozen=True, slots=True)
class Sum:
    """A calculation that was made: its relation, the figures, how it is written out, and what it comes to.

    ``spread`` is all that can come out of figures that were rounded.
    """

    relation: Relation
    figures: tuple[Figure, ...]
    written: str
    value: float
    spread: Interval


def judge(line: Line, made: Sum, stated: Figure, *, only_holds: bool = False, exact: bool = False, words: str = "slip") -> Check | None:
    """The check of a calculation against the figure that the text states; None where rounding leaves it open.

    ``exact``: what is stated was had from the figures as they were written (a difference), so that nobody cut it off.

    ``only_holds``: the text leaves open that the sum has to hold (real growth, parts that overlap), so that it can't be a slip.
    """
    if made.spread.meets(stated.interval):
        written = f"{made.written}={show(made.value, stated)}"
        words = "holds" if written.endswith("=" + bare(stated)) else "holds_rounded"
        return _check(line, made, "holds", written, phrase(words, sum=written, stated=bare(stated)), stated)
    if only_holds or (not exact and made.spread.meets(stated.wide)):
        return None
    return wrong(line, made, stated, words=words)


def wrong(line: Line, made: Sum, stated: Figure, *, words: str = "slip") -> Check:
    """The check of a calculation that does not come to what the text states; ``words`` names the message."""
    written = f"{made.written}={show(made.value, stated)}"
    return _check(line, made, "slip", written, phrase(words, sum=written, stated=bare(stated)), stated)


def imply(line: Line, made: Sum, like: Figure, what: str) -> Check:
    """A value that follows from the figures and stands nowhere in the text; it is written like the figure ``like``."""
    width = (made.spread.high - made.spread.low) / like.worth
    places = 1 if width < 1 and abs(made.value / like.worth - round(made.value / like.worth)) > width / 2 else 0
    value = f"{made.value / like.worth:.{places}f}{like.multiple}{like.unit}"
    written = f"{made.written}={phrase('about')}{value}"
    message = phrase("implied", what=what, value=value, sum=made.written)
    return replace(_check(line, made, "implied", written, message, None), what=what)


def _check(line: Line, made: Sum, verdict: Verdict, written: str, message: str, stated: Figure | None) -> Check:
    figures = sorted({*made.figures, *([stated] if stated else [])}, key=lambda figure: figure.start)
    spans = tuple((line.start + figure.start, line.start + figure.end) for figure in figures)
    unit = stated.unit if stated else figures[0].unit
    return Check(
        made.relation, verdict, (spans[0][0], spans[-1][1]), spans, tuple(figure.text for figure in figures),
        round(made.value, 4), stated.value if stated else None, unit, written, message,
    )  # fmt: skip


def phrase(name: str, **values: object) -> str:
    """The message called ``name`` in rules/audit.toml, filled in."""
    return str(load_rules("audit").data["messages"][name]).format(**values)


def has_word(name: str, text: str) -> bool:
    """Whether a word of this list of rules/audit.toml stands in ``text``."""
    return any(word in text for word in load_rules("audit").data["words"][name])


def bare(figure: Figure) -> str:
    """A figure without the words that leave it open: 240公里 for 超240公里."""
    return show(figure.value, figure)


def show(value: float, like: Figure) -> str:
    """A value in the multiple, the unit and the decimals of a figure, one decimal more where those would hide what is different."""
    scaled = value / like.worth
    places = max(0, _decimals(like))
    if value != like.value:
        places = max(places, 1 if abs(scaled - round(scaled)) > 1e-9 else 0)
    text = f"{scaled:.{places}f}"
    return f"{text}{like.multiple}{like.unit}"


def _decimals(figure: Figure) -> int:
    step = figure.step / figure.worth if figure.step else 1
    places = 0
    while step < 0.999 and places < 6:
        step *= 10
        places += 1
    return places


def divide(above: Interval, below: Interval) -> Interval:
    """All quotients of two intervals of values that are not negative."""
    return Interval(max(above.low, 0) / below.high if below.high != inf else 0, above.high / below.low if below.low > 0 else inf)


def scale(interval: Interval, factor: float, shift: float = 0) -> Interval:
    """The interval multiplied by a positive factor, and moved."""
    return Interval(interval.low * factor + shift, interval.high * factor + shift)


def plus(figures: Sequence[Figure]) -> str:
    """The figures as a sum written out."""
    return "＋".join(bare(figure) for figure in figures)


def quotient(relation: Relation, part: Figure, whole: Figure, shift: float = 0, factor: float = 100) -> Sum:
    """A part in percent of a whole, or as so many times it."""
    written = f"{bare(part)}÷{bare(whole)}" + ("－100%" if shift else "")
    spread = divide(part.interval, (whole.planned if relation == "share_of_plan" else whole).interval)
    return Sum(relation, (part, whole), written, factor * part.value / whole.value + shift, scale(spread, factor, shift))


def told(check: Check | None) -> Iterator[Check]:
    """The check, if there is one."""
    if check is not None:
        yield check


def common(one: str, other: str) -> int:
    """The length of the longest run of characters that both texts hold."""
    if len(one) > len(other):
        one, other = other, one
    best = 0
    for start in range(len(one)):
        while start + best < len(one) and one[start : start + best + 1] in other:
            best += 1
    return best
