"""Shares: of a whole, of a plan, and the plan that a share implies.

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

_SLACK = 0.051  # percent: a share cut off instead of rounded
_FAR = 120  # characters back to the whole that 占企业总数 names
_LEAST_NAME = 2
_FARTHEST_PLAN = 3.0  # times a plan that somebody reports to have done
_NEAR = 40  # characters before the value of a plan in which it is called one
_WHOLE = 100.0  # percent


def plans(paragraph: Lettered) -> Iterator[Check]:
    """计划A … 完成B，占年度计划的P, and how far it was exceeded."""
    for match in load_rules("audit")["of-plan"].finditer(paragraph.letters):
        whole, part, place = _planned(paragraph, match.start("part")), match.start("part"), match.start("rate")
        if whole is None or "分别" in paragraph.clause_before(part):
            continue
        plan, done, stated = (interval_of(paragraph.figures[each], paragraph.text) for each in (whole, part, place))
        if plan is None or done is None or stated is None or done.low > _FARTHEST_PLAN * plan.high:
            continue
        over = "超" in match["name"]
        share = _percent(done.through(plan))
        share = Interval(share.low - _WHOLE, share.high - _WHOLE) if over else share
        computed = (share.low + share.high) / 2
        told = message(
            "over" if over else "share",
            part=paragraph.words(part), whole=paragraph.words(whole), computed=shown(computed) + "%", stated=paragraph.words(place),
        )  # fmt: skip
        quotes = (paragraph.quote(whole, whole + 1), paragraph.quote(part, part + 1), paragraph.quote(match.start("name"), place + 1))
        value, span = float(paragraph.figures[place].low or 0), paragraph.span(whole, place + 1)
        yield Check("share_of_plan", share.meets(stated, slack=_SLACK), span, quotes, round(computed, 4), value, told, (whole, part, place))


def _planned(paragraph: Lettered, part: int) -> int | None:
    """The place of the plan that a part is of: the nearest value before it of the same unit with 计划, 任务 or 目标 in its sentence."""
    unit = paragraph.figures[part].unit
    for place in range(part - 1, max(-1, part - _FAR), -1):
        if paragraph.letters[place] != "A" or paragraph.figures[place].unit != unit:
            continue
        start = paragraph.letters.rfind("。", 0, place) + 1
        if load_rules("audit")["plan-word"].search(paragraph.letters, max(start, place - _NEAR), place):
            return place
    return None


def shares(paragraph: Lettered) -> Iterator[Check]:
    """占X的P of the value of X, 占比P of the value before, (占全省A的六分之一)."""
    rules = load_rules("audit")
    for match in rules["share-in-brackets"].finditer(paragraph.letters):
        yield from _share(paragraph, match)
    for match in rules["share-of-named"].finditer(paragraph.letters):
        whole = _named(paragraph, match)
        if whole is not None:
            yield from _share(paragraph, match, whole)
    for match in rules["share-of-last"].finditer(paragraph.letters):
        if _belongs(paragraph, match):
            yield from _share(paragraph, match)


def implied(paragraph: Lettered) -> Iterator[Check]:
    """完成B，为年度计划的P where the plan is not told: what it must have been."""
    rules = load_rules("audit")
    for match in rules["implied-respectively"].finditer(paragraph.letters):
        parts = [place for place in range(*match.span("part")) if place in paragraph.figures]
        rates = [place for place in range(*match.span("rate")) if place in paragraph.figures]
        if len(parts) == len(rates):
            for part, rate in zip(parts, rates, strict=True):
                yield from _implied(paragraph, match, part, rate)
    for match in rules["of-plan"].finditer(paragraph.letters):
        if match["plan"] and not match["name"].startswith("超") and "分别" not in paragraph.clause_before(match.start("part")):
            yield from _implied(paragraph, match, match.start("part"), match.start("rate"))


def _implied(paragraph: Lettered, match: re.Match[str], part: int, rate: int) -> Iterator[Check]:
    done, share = interval_of(paragraph.figures[part], paragraph.text), interval_of(paragraph.figures[rate], paragraph.text)
    if done is None or share is None:
        return
    value = float(paragraph.figures[part].low or 0) / float(paragraph.figures[rate].low or 1) * 100
    unit = paragraph.figures[part].unit or ""
    told = message("derived", part=paragraph.words(part), rate=paragraph.words(rate), plan=match["plan"], computed=shown(value) + unit)
    quote = paragraph.quote(part, rate + 1)
    yield Check("implied", None, paragraph.span(part, rate + 1), (quote,), round(value, 4), None, told, (part, rate))


def _share(paragraph: Lettered, match: re.Match[str], whole: int | None = None) -> Iterator[Check]:
    place, part = match.start("rate"), match.start("part")
    whole = match.start("whole") if whole is None else whole
    first, second = paragraph.figures[whole], paragraph.figures[part]
    all_, some = interval_of(first, paragraph.text), interval_of(second, paragraph.text)
    stated = interval_of(paragraph.figures[place], paragraph.text)
    if all_ is None or some is None or stated is None or first.unit != second.unit or some.low > all_.high:
        return
    share = _percent(some.through(all_))
    computed = (share.low + share.high) / 2
    told = message(
        "share", part=paragraph.words(part), whole=paragraph.words(whole), computed=shown(computed) + "%", stated=paragraph.words(place)
    )
    start, end = min(whole, part), place + 1
    quotes = (paragraph.quote(whole, whole + 1), paragraph.quote(part, end))
    holds = share.meets(stated, slack=_SLACK)
    stated_value = float(paragraph.figures[place].low or 0)
    yield Check("share", holds, paragraph.span(start, end), quotes, round(computed, 4), stated_value, told, (whole, part, place))


def _named(paragraph: Lettered, match: re.Match[str]) -> int | None:
    """The place of the value of what 占…的 names: the nearest one before that shares two characters with the name."""
    name = match["whole"].strip("的比重总数")
    unit = paragraph.figures[match.start("part")].unit
    for place in range(match.start("part") - 1, max(-1, match.start("part") - _FAR), -1):
        if paragraph.letters[place] != "A" or paragraph.figures[place].unit != unit:
            continue
        words = paragraph.clause_before(place)
        if any(name[i : i + _LEAST_NAME] in words for i in range(len(name) - _LEAST_NAME + 1)):
            return place
    return None


def _belongs(paragraph: Lettered, match: re.Match[str]) -> bool:
    """Whether the rate is of the part: 占比, or a rate whose name stands before the part (持证上岗A，持证率P)."""
    name, between = match["name"], match["between"]
    if "其中" not in between:
        return False
    if name.endswith(("占比", "占")):
        return True
    return name[-3:-1] in between or name[-3:-1] in paragraph.letters[match.start("part") : match.start("name")]


def _percent(share: Interval) -> Interval:
    return Interval(share.low * 100, share.high * 100)
