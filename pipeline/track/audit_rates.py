"""Growth and differences: from one value to another, and how much that is.

Reads: ``Lettered`` paragraphs. Writes: checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_model import Check, message
from pipeline.track.audit_values import Interval, interval_of, shown

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_text import Lettered

_DOUBLED = 1.9  # 翻番 is said of what nearly doubled, too
_EXACT = 1e-6
_OTHER = 0.2  # a relative change this much off the stated rate is not what was meant
_CONTEXT = 30  # characters before the first value that tell what was measured
_MOST_YEARS = 40
_SLACK = 0.051  # percent: a rate cut off instead of rounded


def growths(paragraph: Lettered) -> Iterator[Check]:
    """由A增加到B，增长P: at current prices the rate follows from the values."""
    for match in load_rules("audit")["growth"].finditer(paragraph.letters):
        if _is_real(paragraph, match) or load_rules("audit")["yearly"].search(match["between"]):
            continue
        ends = _ends(paragraph, match)
        if ends is None:
            continue
        low, high = ends
        if match["double"]:
            yield _doubling(paragraph, match, low, high)
            continue
        group = "rate" if match["rate"] else "times" if match["times"] else "fall"
        place = match.start(group)
        stated = interval_of(paragraph.figures[place], paragraph.text)
        if stated is None:
            continue
        falling = bool(match["down"])
        if falling != (high.high < low.high):
            continue  # the rate is of something else
        unit = 1.0 if group == "times" else 100.0
        ratio = high.through(low)
        change = Interval(ratio.low - 1, ratio.high - 1) if not falling else Interval(1 - ratio.high, 1 - ratio.low)
        change = Interval(change.low * unit, change.high * unit)
        computed = (change.low + change.high) / 2
        holds = change.meets(stated, slack=_SLACK if unit > 1 else 0.0)
        yield _check(paragraph, match, "growth", holds, computed, place)


def _doubling(paragraph: Lettered, match: re.Match[str], low: Interval, high: Interval) -> Check:
    place = match.start("double")
    figure = paragraph.figures[place]
    wanted = 1 + float(figure.low or 100) / 100
    ratio = high.through(low)
    computed = (ratio.low + ratio.high) / 2
    told = message(
        "doubling",
        a=paragraph.words(match.start("a")),
        b=paragraph.words(match.start("b")),
        computed=shown(computed),
        stated=paragraph.words(place),
    )
    return _made(paragraph, match, ("doubling", ratio.high >= wanted * _DOUBLED / 2, computed, wanted), told, place)


def averages(paragraph: Lettered) -> Iterator[Check]:
    """从A增加到B、年均增长P: needs the years between, from the years named or from 五年."""
    for match in load_rules("audit")["average-growth"].finditer(paragraph.letters):
        ends, years = _ends(paragraph, match), _years(paragraph, match)
        if ends is None or years is None or _is_real(paragraph, match):
            continue
        ratio = ends[1].through(ends[0])
        place = match.start("rate")
        stated = interval_of(paragraph.figures[place], paragraph.text)
        if stated is None or ratio.low <= 0:
            continue
        change = Interval((ratio.low ** (1 / years) - 1) * 100, (ratio.high ** (1 / years) - 1) * 100)
        yield _check(paragraph, match, "average", change.meets(stated, slack=_SLACK), (change.low + change.high) / 2, place, years=years)


def differences(paragraph: Lettered) -> Iterator[Check]:
    """由P提高到P，提高D; the same with % is a slip of the pen where the difference is meant."""
    for match in load_rules("audit")["difference"].finditer(paragraph.letters):
        ends = _ends(paragraph, match)
        if ends is None:
            continue
        low, high = ends
        down = bool(match["down"])
        if down != (high.high < low.high):
            continue
        gap = Interval(low.low - high.high, low.high - high.low) if down else Interval(high.low - low.high, high.high - low.low)
        place = match.start("points") if match["points"] else match.start("rate")
        stated = interval_of(paragraph.figures[place], paragraph.text)
        if stated is None:
            continue
        computed = (gap.low + gap.high) / 2
        if match["points"]:
            yield _check(paragraph, match, "difference", gap.meets(stated), computed, place)
            continue
        relative = computed / (low.low + low.high) * 200
        told = float(paragraph.figures[place].low or 0)
        if abs(computed - told) < _EXACT and abs(relative - told) > _OTHER * told:  # anything else is the rate of another thing
            yield _check(paragraph, match, "difference", False, computed, place, name="points-as-rate")


def _ends(paragraph: Lettered, match: re.Match[str]) -> tuple[Interval, Interval] | None:
    first, last = paragraph.figures[match.start("a")], paragraph.figures[match.start("b")]
    if first.unit != last.unit:
        return None
    low, high = interval_of(first, paragraph.text), interval_of(last, paragraph.text)
    return (low, high) if low and high else None


def _is_real(paragraph: Lettered, match: re.Match[str]) -> bool:
    """Whether the rate may be told at constant prices or against another year, so that the values do not give it."""
    context = paragraph.letters[max(0, match.start() - _CONTEXT) : match.end()]
    context = context[max(context.rfind("。", 0, _CONTEXT), context.rfind("；", 0, _CONTEXT)) + 1 :]
    return load_rules("audit")["real-terms"].search(context) is not None


def _years(paragraph: Lettered, match: re.Match[str]) -> int | None:
    """How many years lie between the two values."""
    first = max(0, match.start() - 6)
    places = [place for place in range(first, match.start("b")) if paragraph.letters[place] == "Y"]
    if len(places) >= 2:
        years = int(paragraph.figures[places[-1]].low or 0) - int(paragraph.figures[places[0]].low or 0)
        return years if 1 < years < _MOST_YEARS else None
    if places:
        return None
    ago = load_rules("audit")["years-ago"].search(paragraph.letters)
    if ago is None:
        return None
    return int(paragraph.figures[ago.start("years") if ago["years"] else ago.start("span")].low or 0) or None


def _check(  # noqa: PLR0913 - one value each of what a check says
    paragraph: Lettered, match: re.Match[str], relation: str, holds: bool, computed: float, place: int, *, name: str = "", years: int = 0
) -> Check:
    a, b = paragraph.words(match.start("a")), paragraph.words(match.start("b"))
    stated = paragraph.figures[place]
    per = "" if relation == "difference" else "倍" if stated.unit == "倍" else "%"
    key = name or {"average": "average-growth"}.get(relation, relation)
    word = paragraph.letters[match.end("b") : place].lstrip("，,、 ") or ""
    told = message(key, a=a, b=b, computed=shown(computed) + per, stated=paragraph.words(place), word=_verb(word), years=years)
    return _made(paragraph, match, (relation, holds, computed, float(stated.low or 0)), told, place)


def _verb(word: str) -> str:
    """增长, 下降: the last two characters that are letters."""
    return "".join(character for character in word if "一" <= character <= "鿿")[-2:]


def _made(paragraph: Lettered, match: re.Match[str], found: tuple[str, bool, float, float], told: str, place: int) -> Check:
    relation, holds, computed, stated = found
    figures = (match.start("a"), match.start("b"), place)
    quote = paragraph.quote(match.start(), match.end())
    return Check(relation, holds, paragraph.span(match.start(), match.end()), (quote,), round(computed, 4), stated, told, figures)
