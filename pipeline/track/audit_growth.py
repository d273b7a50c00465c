"""Growth against an earlier value: by how much, how many times, how much a year.

Reads: ``Line``. Writes: checks of growth, differences, doublings and yearly averages of growth.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_figures import Figure, Interval, skip_signs
from pipeline.track.audit_model import Sum, bare, divide, has_word, judge, scale, wrong

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_figures import Line
    from pipeline.track.audit_model import Check

_DOUBLED_STEP = 0.03  # of itself: what is a little less than twice as much is still called doubled
_TIMES = {"": 1, "一": 1, "两": 2, "二": 2, "三": 3}
_PLAN_YEARS = 5  # 十四五时期
_LONGEST = 60  # years that a growth rate is told for


@dataclass(frozen=True, slots=True)
class _Rise:
    """From ``x`` to ``y`` by ``r``; ``words`` stand between ``y`` and ``r``, ``subject`` before ``x``; a fall counts as positive too."""

    line: Line
    x: Figure
    y: Figure
    r: Figure
    words: str
    subject: str
    place: int  # of x in the skeleton

    @property
    def down(self) -> bool:
        """Whether the value fell."""
        return self.y.value < self.x.value


def check_growth(line: Line) -> Iterator[Check]:
    """Every rise or fall of the line whose two values and size are all told."""
    book = load_rules("audit")
    for rule in ("from_to", "level_than", "year_by_year"):
        for match in book[rule].finditer(line.skeleton):
            rise = None if _unclear(line, match, rule) else _read(line, match)
            if rise:
                yield from _judge_all(rise, match)
    for match in book["level_more_rate"].finditer(line.skeleton):
        check = _level_more_rate(line, match)
        if check:
            yield check


def _judge_all(rise: _Rise, match: re.Match[str]) -> Iterator[Check]:
    """The checks of a rise, and of all that is told of it further on."""
    line = rise.line
    more = load_rules("audit")["and_more"]
    found: re.Match[str] | None = match
    while found:
        check = _judge(rise)
        if check:
            yield check
        found = more.match(line.skeleton, found.end())
        if found:
            rise = replace(rise, r=line.at(found.start("r")), words=found["mid"] + found["verb"])
            if skip_signs(line.skeleton[found.end() : found.end() + 2]) or has_word("last_year", rise.words):
                return


def _read(line: Line, match: re.Match[str]) -> _Rise | None:
    groups = match.groupdict()
    x, y = line.at(match.start("x")), line.at(match.start("y"))
    if groups.get("r"):
        r = line.at(match.start("r"))
    elif groups.get("as"):
        r = line.at(match.start("as"))
    elif groups.get("double") is not None:
        place = match.start("double") - (0 if match["double"] else 1)
        start = line.offsets[place - (1 if match["double"] else 0)]
        end = line.offsets[match.end() - 1] + 1
        factor = 2.0 ** _TIMES[match["double"]]
        r = Figure(start, end, line.text[start:end], "times", factor, 2 * _DOUBLED_STEP * factor, "倍", "least")
    else:
        return None
    if x.unit != y.unit or x.kind != y.kind or min(x.value, y.value, r.value) <= 0:
        return None
    place = min(match.start("x"), match.start("y"))
    words = match["mid"] + (groups.get("verb") or ("的" if groups.get("as") else ""))
    return _Rise(line, x, y, r, words, line.words_before(place, 40), place)


def _unclear(line: Line, match: re.Match[str], rule: str) -> bool:
    """Whether several values stand side by side, or the rate is told against another year than the values."""
    skeleton = line.skeleton
    after = skeleton[match.end() : match.end() + 2]
    if after[:1] == "、" and after[1:] in ("Ⓟ", "Ⓑ", "Ⓛ") and match.groupdict().get("r"):
        return True
    first = match.start("x") if rule == "from_to" else match.start()
    if skeleton[max(0, first - 1) : first] in ("、", "和") and skeleton[max(0, first - 2) : first - 1] in ("Ⓛ", "Ⓟ"):
        return True
    if rule == "year_by_year":
        return match["first"] == match["second"] != "Ⓨ"
    if rule == "level_than":
        return False
    return has_word("last_year", match["mid"]) and not has_word("previous", skeleton[max(0, match.start("x") - 8) : match.start("x")])


def _judge(rise: _Rise) -> Check | None:
    x, y, r = rise.x, rise.y, rise.r
    if (r.start > 0 and r.text.startswith("翻")) or r.text.endswith("番"):
        made = Sum("doubling", (x, y), f"{bare(y)}÷{bare(x)}", y.value / x.value, divide(y.interval, x.interval))
        return judge(rise.line, made, r, words="slip_double")
    if rise.words.endswith("的"):  # 是原来的3倍
        return judge(rise.line, Sum("growth", (x, y), f"{bare(y)}÷{bare(x)}", y.value / x.value, divide(y.interval, x.interval)), r)
    if has_word("yearly", rise.words):
        return _yearly(rise)
    if r.kind == "points" or (r.kind in ("level", "number") and r.unit == x.unit):
        return None if x.kind != "percent" and r.kind == "points" else judge(rise.line, _difference(rise), r, exact=True)
    if r.kind in ("percent", "times"):
        return _rate(rise)
    return None


def _difference(rise: _Rise) -> Sum:
    more, less = (rise.x, rise.y) if rise.down else (rise.y, rise.x)
    spread = Interval(max(0, more.interval.low - less.interval.high), more.interval.high - less.interval.low)
    return Sum("difference", (rise.x, rise.y), f"{bare(more)}－{bare(less)}", more.value - less.value, spread)


def _rate(rise: _Rise) -> Check | None:
    x, y, r = rise.x, rise.y, rise.r
    factor = 100 if r.kind == "percent" else 1
    value = abs(y.value - x.value) / x.value * factor
    more, less = (bare(x), bare(y)) if rise.down else (bare(y), bare(x))
    made = Sum(
        "growth", (x, y), f"（{more}－{less}）÷{bare(x)}", value,
        _change(x.interval, y.interval, factor, down=rise.down),
    )  # fmt: skip
    if x.kind == "percent":
        points = _difference(rise)
        if points.spread.meets(r.interval) and abs(points.value - r.value) < abs(value - r.value):
            return wrong(rise.line, replace(made, relation="difference"), r, words="slip_points")
    return judge(rise.line, made, r, only_holds=_constant_prices(rise, value))


def _change(x: Interval, y: Interval, factor: float, *, down: bool) -> Interval:
    """What a rise or fall from ``x`` to ``y`` can be, as a share of ``x``."""
    ratio = divide(y, x)
    return Interval((1 - ratio.high) * factor, (1 - ratio.low) * factor) if down else scale(ratio, factor, -factor)


def _constant_prices(rise: _Rise, value: float) -> bool:
    """Whether the growth may be told at constant prices or another scope, which the amounts do not give."""
    if has_word("real", rise.words) or has_word("real", rise.subject):
        return True
    if rise.x.kind != "level":
        return False
    convention = has_word("convention", rise.subject) and not has_word("no_convention", rise.subject)
    return convention or (has_word("income", rise.subject) and rise.r.value < value)


def _yearly(rise: _Rise) -> Check | None:
    """The average of growth, or of an amount, over the years between the two values."""
    years = _years(rise)
    if years is None:
        return None
    first: Check | None = None
    for count in years:
        made = _average_growth(rise, count) if rise.r.kind in ("percent", "times") else _average_difference(rise, count)
        if made is None:
            return None
        check = judge(rise.line, made, rise.r, only_holds=_constant_prices(rise, made.value))
        if check is None or check.verdict == "holds":
            return check
        first = first or check
    return first


def _average_growth(rise: _Rise, years: int) -> Sum | None:
    x, y = rise.x, rise.y
    if rise.r.kind != "percent":
        return None
    if x.kind == "percent":  # so many percent a year, of a percentage: points are often meant
        return None

    def mean(one: Interval, other: Interval) -> Interval:
        ratio = divide(other, one)
        low, high = ratio.low ** (1 / years), ratio.high ** (1 / years) if ratio.high != inf else inf
        return Interval((1 - high) * 100, (1 - low) * 100) if rise.down else Interval((low - 1) * 100, (high - 1) * 100)

    value = abs((y.value / x.value) ** (1 / years) - 1) * 100
    return Sum(
        "average", (x, y), f"（{bare(y)}÷{bare(x)}）^(1/{years})－1", value, mean(x.interval, y.interval),
    )  # fmt: skip


def _average_difference(rise: _Rise, years: int) -> Sum | None:
    made = _difference(rise)
    if (rise.r.kind == "level" and rise.r.unit != rise.x.unit) or (rise.r.kind == "points" and rise.x.kind != "percent"):
        return None
    return Sum("average", made.figures, f"（{made.written}）÷{years}", made.value / years, scale(made.spread, 1 / years))


def _years(rise: _Rise) -> tuple[int, ...] | None:
    """How many years lie between the two values: by the years named with them, else by a number of years nearby, a year more or less."""
    line = rise.line
    index = line.index_at(rise.place)
    named = [line.figures[i] for i in (index - 1, index + 1) if 0 <= i < len(line.figures) and line.figures[i].kind == "year"]
    if len(named) == 2 and named[0].start < rise.x.start and named[1].start < rise.y.start:
        count = int(named[1].value - named[0].value)
        return (count,) if 0 < count < _LONGEST else None
    if named:
        return None
    told = [figure for figure in line.figures if figure.kind == "years" and 1 < figure.value < _LONGEST]
    if told:
        nearest = min(told, key=lambda figure: (abs(figure.start - rise.y.end), figure.start))
        count = int(nearest.value)
        return (count, count - 1, count + 1) if count > 2 else (count,)
    before = line.skeleton[: rise.place]
    return (_PLAN_YEARS, _PLAN_YEARS - 1) if has_word("five_years", before) else None


def _level_more_rate(line: Line, match: re.Match[str]) -> Check | None:
    y, d, r = (line.at(match.start(name)) for name in ("y", "d", "r"))
    if y.unit != d.unit or skip_signs(line.skeleton[match.end() : match.end() + 2]):
        return None
    down = has_word("down", match["verb"])
    if down != has_word("down", match["verb2"]) or (not down and d.value >= y.value):
        return None
    base = y.value + d.value if down else y.value - d.value

    def rate(whole: Interval, part: Interval) -> Interval:
        rest = Interval(whole.low + part.low, whole.high + part.high) if down else Interval(whole.low - part.high, whole.high - part.low)
        return scale(divide(part, rest), 100)

    sign = "＋" if down else "－"
    made = Sum("growth", (y, d), f"{bare(d)}÷（{bare(y)}{sign}{bare(d)}）", 100 * d.value / base, rate(y.interval, d.interval))
    subject = line.words_before(match.start("y"), 40)
    if line.label(line.index_at(match.start("y")), 4).endswith("的"):
        return None  # “比1980年的50万吨增加19万吨” has the rate of another amount
    real = has_word("real", subject + match[0]) or has_word("convention", subject) or has_word("income", subject)
    return judge(line, made, r, only_holds=real)


def check_ranks(line: Line) -> Iterator[Check]:
    """Every move from one rank to another whose size is told."""
    for match in load_rules("audit")["rank"].finditer(line.text):
        x, y, r = (
            Figure(match.start(name), match.end(name), match[name], "number", float(match[name]), 0, "", "", 1) for name in ("x", "y", "r")
        )
        moved = abs(x.value - y.value)
        more, less = (x, y) if x.value > y.value else (y, x)
        check = judge(line, Sum("difference", (x, y), f"{bare(more)}－{bare(less)}", moved, Interval(moved, moved)), r)
        if check:
            yield check
