"""Find whose figure it is where its own clause does not say: the indicator named before, or the thing that the clause before tells of.

Reads: the words round a figure and the indicators that the paragraph named so far. Writes: an indicator.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.extract.indicators import Approach, change_direction, cut_subject, is_aspect, read_approach, with_verb, words
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.extract.surroundings import Surroundings

SHORT_NAME = 4  # 收集率 after 生活污水集中收集率 is the same indicator
_LONGEST_TOPIC = 24  # a longer clause is no topic that the next clause speaks of
_CLAUSES_BACK = 3  # clauses in which the thing that an aspect belongs to may be told
LEAST_BASE = 4  # a thing that an aspect was added to has a name of at least so many characters
_LONGEST_MEMORY = 32  # indicators back that a figure can still refer to


@dataclass(slots=True)
class Memory:
    """The indicators that the paragraph named so far, the latest last, and the last list of several."""

    names: list[str]
    shared: tuple[str, ...] = ()

    def note(self, name: str) -> None:
        """Remember an indicator; the same one twice in a row counts once."""
        if not self.names or self.names[-1] != name:
            self.names.append(name)
            del self.names[:-_LONGEST_MEMORY]

    @property
    def last(self) -> str:
        """The indicator named last, or nothing."""
        return self.names[-1] if self.names else ""


def own_or_inherited(around: Surroundings, approach: Approach, memory: Memory) -> str:
    """The indicator before a figure; the last one where the clause names none, or only an aspect of it (增速, 总投资)."""
    lists = words()
    noun, last = approach.noun, memory.last
    if not noun:
        if lists.share in last and around.figure.unit in ("%", "％") and change_direction(approach):
            return last.partition(lists.share)[0] or last  # 占预算的36%，比上年增长57%: a share would rise by points
        return last or _topic_before(around)
    if noun in lists.verbs and last:
        return last.removeprefix(lists.in_total)  # 累计新改建管网500公里，其中2023年新改建239公里
    if len(noun) <= SHORT_NAME and not is_aspect(noun):
        fuller = next((name for name in reversed(memory.names) if name.endswith(noun)), None)
        if fuller:
            return fuller
    if noun.endswith(lists.added) and len(noun) > len(lists.added) + 1:  # 全国城乡电话新增586万户
        return noun[: -len(lists.added)] if noun.endswith(lists.stocks) else lists.added + noun[: -len(lists.added)]
    if around.figure.unit not in load_rules("quantities").data["rates"] and around.figure.kind != "rank":
        noun = with_verb(*cut_subject(noun))
    return _with_owner(around, noun, last)


def _with_owner(around: Surroundings, noun: str, last: str) -> str:
    """The noun with the thing before it where it is only a share, a rank or an aspect of that."""
    lists = words()
    if last and noun.startswith(lists.share) and len(noun) > len(lists.share):
        return _without_aspect(last.partition(lists.share)[0]) + noun  # 民生支出586亿元，占一般公共预算支出的81.6%
    if around.figure.kind == "rank" and noun.endswith("、"):  # 时隔4年重回百强榜、列第95位
        return last
    if not is_aspect(noun):
        return noun
    topic = _topic_told(around)
    if topic:
        return topic if topic.endswith(noun) else topic + noun
    if last and not last.endswith(noun) and not around.clause.startswith(lists.among):
        return _without_aspect(last, noun) + noun
    return noun


def _topic_told(around: Surroundings) -> str:
    """The thing that the clauses behind the figure before tell of (粮食生产再获丰收，总产达到557亿斤), or nothing."""
    rules = load_rules("quantities")
    earlier = around.between[: len(around.between) - len(around.clause)]
    for clause in reversed(rules["boundary"].split(earlier)[-_CLAUSES_BACK:]):
        told = rules["topic-done"].match(clause.strip()) or rules["topic-state"].match(clause.strip())
        if told:
            return told["thing"]
    return ""


def _topic_before(around: Surroundings) -> str:
    """The noun of the clause before, where the figure's own clause has none: 城镇居民人均可支配收入，由5160元增加到…."""
    earlier = around.between[: len(around.between) - len(around.clause)]
    clauses = [clause for clause in load_rules("quantities")["boundary"].split(earlier) if clause.strip()]
    return cut_subject(read_approach(clauses[-1]).noun)[1] if clauses and len(clauses[-1]) <= _LONGEST_TOPIC else ""


def _without_aspect(indicator: str, told: str = "") -> str:
    """The thing itself: the indicator without an aspect that was added for the figure before."""
    if told in words().totals and indicator.startswith(words().added):
        return indicator.removeprefix(words().added)  # 新增新能源装机1258万千瓦、总量达到6437万千瓦
    if told in words().harvests:
        area = next((area for area in words().areas if indicator.endswith(area) and len(indicator) > len(area)), "")
        return indicator.removesuffix(area)
    for aspect in words().added_aspects:
        if indicator.endswith(aspect) and len(indicator) - len(aspect) >= LEAST_BASE:
            return indicator[: -len(aspect)]
    return indicator
