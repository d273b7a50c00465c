"""Decide which indicators the figures of a sentence have: shared out, inherited, before or behind the figure.

Reads: Surroundings of the figures. Writes: ``Run`` records, figures that stand together with the indicators found for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.extract.grants import grant_indicator
from pipeline.extract.indicators import (
    Approach,
    change_direction,
    cut_subject,
    is_aspect,
    names_measure,
    read_approach,
    split_coordinated,
    with_verb,
    words,
)
from pipeline.extract.owners import LEAST_BASE, SHORT_NAME, Memory, own_or_inherited
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.extract.surroundings import Surroundings
    from pipeline.records import Label

_MONEY = (None, "元", "美元")  # 增加500万沼气用户 has no unit
_CONJUNCTIONS = ("和", "及", "与", "或")
_MOST_SHARED = 4  # coordinated indicators that one figure holds for


class Run(NamedTuple):
    """Figures that are coordinated without words between them, with an indicator for each, or several for a single one."""

    members: tuple[Surroundings, ...]
    approach: Approach
    heads: tuple[str, ...]
    origin: str  # how the indicator was found: before, behind, shared, inherited, grant

    def pairs(self) -> Iterator[tuple[Surroundings, str]]:
        """Each figure with its indicator; a single figure with several indicators comes once for each."""
        if len(self.members) == 1:
            for head in self.heads:
                yield self.members[0], head
        else:
            for index, member in enumerate(self.members):
                yield member, self.heads[min(index, len(self.heads) - 1)]


def find_heads(around: Sequence[Surroundings], memory: Memory, label: Label) -> Iterator[Run]:
    """The runs of figures of one sentence with their indicators; the caller notes each indicator in ``memory`` before it goes on."""
    position = 0
    carried = consumed = owner = ""
    while position < len(around):
        members = _run(around, position)
        position += len(members)
        gap = members[0].between.removeprefix(consumed).strip()
        if consumed and members[0].clause.startswith(consumed):  # the noun behind the figure before is no part of this clause
            members[0] = members[0]._replace(clause=members[0].clause[len(consumed) :])
        consumed = ""
        counted, owner = owner, ""
        first, last = members[0], members[-1]
        approach = read_approach(rank_approach(first)[0] if first.figure.kind == "rank" else first.clause)
        raised = not approach.noun and memory.last and not words().reached.isdisjoint(approach.tail)  # 由240元提高到280元
        grant = grant_indicator(last, approach.noun, first.before) if label == "planned" and not raised else None
        if grant:
            heads = split_coordinated(grant, len(members)) if len(members) > 1 and approach.respectively else [grant]
            yield Run(tuple(members), approach, tuple(heads or [grant]), "grant")
            continue
        shared = _shared(approach, len(members), first.figure.unit, memory)
        if shared:
            if len(shared) > 1:
                memory.shared = tuple(shared)
            yield Run(tuple(members), approach, tuple(shared), "shared")
            continue
        leads_on = position < len(around) and _leads_on(last, around[position])
        behind = _noun_behind(last, approach)
        if behind is None:
            if _says_nothing_new(last, around[position] if position < len(around) else None):
                consumed = last.right
            head = own_or_inherited(first, approach, memory)
            if counted and len(head) <= SHORT_NAME and head not in counted and counted not in head:
                head = counted + head  # 59个项目完成交付48个
            yield Run(tuple(members), approach, (head,), "before" if approach.noun else "inherited")
            continue
        noun, verb = behind
        if noun in words().levels and position < len(around):
            noun += _owner(_without_level(around[position].right))  # 7个省级、32个州级乡村振兴示范点
        if leads_on:
            owner = noun = _owner(noun)  # 17个重点传统制造业增加值增长5.3%: the second figure measures what the first one counts
        carried = verb or (carried if load_rules("quantities")["continued"].search(gap) else "")
        consumed = "" if leads_on else last.right
        yield Run(tuple(members), approach, (with_verb(carried, noun),), "behind")


def _says_nothing_new(told: Surroundings, following: Surroundings | None) -> bool:
    """Whether the words behind a figure name no thing that the next one could measure: 14万亿元新台阶、连续…, 40%以上增长、达….

    In 2.76万亿元增长6.1% the words lead to the next figure.
    """
    rules = load_rules("quantities")
    if rules["told-before"].match(told.right):
        return True
    leads = following is not None and following.between.strip() == told.right
    return rules["rises-behind"].fullmatch(told.right) is not None and not leads


def _leads_on(counted: Surroundings, following: Surroundings) -> bool:
    """Whether what is counted is itself measured by the next figure: 17个重点传统制造业增加值增长5.3%."""
    rules = load_rules("quantities")
    if counted.figure.unit in rules.data["rates"] or rules["leads-on"].search(counted.right):
        return False
    return 0 < len(counted.right) == len(following.between.strip()) and not counted.right.endswith(_CONJUNCTIONS)


def _owner(noun: str) -> str:
    """The things whose measure is told next: 重点传统制造业增加值增长 → 重点传统制造业, 省重点项目完成投资 → 省重点项目."""
    lists = words()
    plain = read_approach(noun).noun
    done = "".join(cut_subject(plain)) if cut_subject(plain)[0] else ""
    if 1 < len(done) < len(plain) - 1:
        return plain.removesuffix(done)  # “保交楼”项目完成交付
    heads = [head for head in (*lists.measure_heads, *lists.bare_heads, *lists.aspect) if plain.endswith(head)]
    owner = plain.removesuffix(max(heads, key=len)) if heads else plain
    return read_approach(owner).noun if len(owner) > 1 else plain


def _without_level(noun: str) -> str:
    """The noun without the level before it: 州级乡村振兴示范点 → 乡村振兴示范点; nothing where no level stands before it."""
    level = next((level for level in words().levels if noun.startswith(level)), None)
    return _trimmed(noun[len(level) :], governed=True) if level else ""


def rank_approach(around: Surroundings) -> tuple[str, str | None]:
    """The clause before a rank without the words that lead to it (居全省), and the field of comparison (全省)."""
    match = load_rules("quantities")["rank-tail"].search(around.clause)
    if match is None:
        return around.clause, None
    return around.clause[: match.start()] + (match["aspect"] or "") + (match["each"] or ""), match["whom"] or match["where"] or match[
        "place"
    ]


def _run(around: Sequence[Surroundings], position: int) -> list[Surroundings]:
    """The figures from ``position`` on that are coordinated without words between them: 9.2%、4%和10%."""
    members = [around[position]]
    joint = load_rules("quantities")["joint"]
    shared_out = words().respectively in members[0].clause  # 生猪、家禽年出栏量分别稳定在3900万头、13.5亿只
    for index in range(position + 1, len(around)):  # no slice: a line can hold a hundred thousand figures
        following = around[index]
        alike = following.figure.kind == members[0].figure.kind and (shared_out or following.figure.unit == members[0].figure.unit)
        if members[-1].right or not alike or following.between.strip() in ("", "，", ",") or not joint.match(following.between):
            break
        members.append(following)
    return members


def _shared(approach: Approach, count: int, unit: str | None, memory: Memory) -> Sequence[str]:
    """The indicators that a run of ``count`` figures shares out, or that one figure holds for; empty when it is a plain single one."""
    if count > 1:
        heads = split_coordinated(approach.noun, count) if approach.noun else []
        if heads or (approach.noun and not is_aspect(approach.noun)):
            return heads
        before = memory.names[-count:]
        return [name + approach.noun for name in before] if len(before) == count else []
    if not (approach.each or approach.respectively):
        return []
    if not approach.noun:
        return memory.shared
    counted = unit is not None and unit not in load_rules("quantities").data["amounts"]
    for size in range(2, _MOST_SHARED + 1):
        heads = split_coordinated(approach.noun, size)
        if heads and all(len(head) > 1 and (counted or names_measure(head)) for head in heads):
            return heads
    return []


def _noun_behind(around: Surroundings, approach: Approach) -> tuple[str, str] | None:
    """The noun behind the figure with the verb before it, or None when the indicator stands before the figure."""
    lists, rules = words(), load_rules("quantities")
    unit, right, noun = around.figure.unit, around.right, approach.noun
    of = right.startswith("的")
    body = right[1:] if of else right
    if unit == "次" and around.figure.hanzi and len(body) > 1:
        return body, ""
    counted = unit is not None and unit not in rules.data["amounts"]
    if (
        rules["told-before"].match(body)
        or (len(body) < 2 and body not in lists.counted)
        or rules["leads-on"].search(body)
        or (body.startswith(lists.continuing) and not body.startswith(lists.not_continuing))
        or (of and right.startswith(lists.continuing))
        or around.figure.kind not in ("value", "range", "ratio", "masked", "vast")
        or approach.gap
        or approach.completion
        or (change_direction(approach) and (of or not (counted or _raised(around, approach, body))))
    ):
        return None
    verb = _last_verb(noun)
    if not noun and counted and approach.tail and approach.tail[-1] in lists.verbs:
        verb = approach.tail[-1]
    if verb in lists.reaching and len(noun) > len(verb):
        return noun + body, ""
    aspect = cut_subject(noun)[1]
    if of and is_aspect(aspect):
        return body + aspect, ""
    if (
        noun
        and not verb
        and counted
        and not of
        and body[0] not in lists.counted
        and rules["kinds-listed"].search(noun)
        and not lists.and_so_on.intersection(approach.tail)
    ):
        return noun + body, ""  # 视觉系统、新材料、人工智能3条产业链
    if noun and not verb:
        return (_trimmed(body, governed=True), "") if counted and not of else None
    if noun and not of and unit in rules.data["rates"]:
        return None
    return _trimmed(body, governed=bool(verb) and verb not in lists.prepositions), verb


def _raised(around: Surroundings, approach: Approach, body: str) -> bool:
    """Whether the money that was raised or cut stands behind the amount: 增加6万亿元地方专项债务限额."""
    return around.figure.unit in _MONEY and not approach.noun and not approach.compared and len(body) >= LEAST_BASE


def _last_verb(noun: str) -> str:
    """The verb of doing that ``noun`` is or ends with, or nothing."""
    lists = words()
    if noun in lists.verbs:
        return noun
    return next((noun[-size:] for size in (5, 4, 3, 2) if len(noun) > size and noun[-size:] in lists.verbs), "")


def _trimmed(body: str, *, governed: bool) -> str:
    """The noun behind a figure without the rest of its clause; a subject (11个市获批…) keeps what is said of it."""
    closing = body.find("”")
    if closing > 1 and "“" not in body[:closing]:  # the figure stands inside the quotation
        body = body[:closing]
    if governed:
        for word in words().after_noun:
            cut = body.find(word, 2)
            if cut > 0:
                body = body[:cut]
    return load_rules("quantities")["filler"].sub("", body).rstrip("的等和及与 ")
