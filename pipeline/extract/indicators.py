"""Find what a figure measures: the noun phrase before or after it, without verbs, scope and modal words.

Reads: the words on both sides of a figure within its clause. Writes: ``Approach`` (the left side taken apart) and noun phrases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from pipeline.rulebook import alternation, load_rules
from pipeline.segment.words import cut_words

if TYPE_CHECKING:
    from pipeline.records import Direction

_SEPARATORS = ("、和及与", "、和与", "、和", "、", "和", "与", "及")  # tried in this order until the number of items fits
_SHORT_ITEM = 3  # 供热、燃气、排水管网: items of two or three characters borrow the noun of the last one
_LONGEST_TAIL = 7  # the longest word of rules/indicators.toml that leads to a value
_LONGEST_OPENING = 6
_OF_AREA = ("性", "化")  # 全国性, 全域化
_LEAST_SUBJECT = 4  # shorter noun phrases hold no subject and verb


class Approach(NamedTuple):
    """The words before a figure: the noun phrase, the scope before it, and the words that lead to the value."""

    noun: str
    scope: str | None
    tail: tuple[str, ...]  # the words between noun and figure, nearest to the figure last
    gap: Direction | None  # above or below somebody else's value: 高于全国平均
    completion: bool
    compared: bool  # with one's own earlier value or plan: 比上年…

    @property
    def respectively(self) -> bool:
        """Whether the values that follow are shared out (分别)."""
        return any(words().respectively in word for word in self.tail)

    @property
    def each(self) -> bool:
        """Whether one value holds for several indicators (均, 双双, 都)."""
        return any(word.startswith(words().each) for word in self.tail)


@dataclass(frozen=True, slots=True)
class _Words:
    """The word lists of rules/indicators.toml, as sets for look-up or as tuples for startswith, endswith and search in order."""

    up: frozenset[str]
    down: frozenset[str]
    changing: frozenset[str]
    leading: frozenset[str]
    leading_ends: frozenset[str]  # the last characters of those words
    more: frozenset[str]
    less: frozenset[str]
    soft: frozenset[str]
    level_after: frozenset[str]
    opening: frozenset[str]
    opening_starts: frozenset[str]  # the first characters of those words
    aspect: frozenset[str]
    modifiers: frozenset[str]
    verbs: frozenset[str]
    plain_verbs: frozenset[str]
    subject_verbs: frozenset[str]
    reaching: frozenset[str]
    reached: frozenset[str]
    sustaining: frozenset[str]
    counted: frozenset[str]
    happening: frozenset[str]
    prepositions: frozenset[str]
    and_so_on: frozenset[str]
    grown: frozenset[str]
    wholes: frozenset[str]
    kept_tail: tuple[str, ...]
    tail_before_kept: tuple[str, ...]
    kept_opening: tuple[str, ...]
    area: tuple[str, ...]
    measure_heads: tuple[str, ...]
    bare_heads: tuple[str, ...]
    continuing: tuple[str, ...]
    not_continuing: tuple[str, ...]
    after_noun: tuple[str, ...]
    whole: tuple[str, ...]
    stocks: tuple[str, ...]
    states: tuple[str, ...]
    places: tuple[str, ...]
    steps: frozenset[str]
    aging: tuple[str, ...]
    totals: frozenset[str]
    harvests: frozenset[str]
    areas: tuple[str, ...]
    growing: frozenset[str]
    added_aspects: tuple[str, ...]
    base_prepositions: tuple[str, ...]
    each: tuple[str, ...]
    completed: tuple[str, ...]
    levels: frozenset[str]
    compared_end: tuple[str, ...]
    no_compared_end: tuple[str, ...]
    shared_aspects: tuple[str, ...]
    twofold: tuple[tuple[str, str, str], ...]
    respectively: str
    added: str
    among: str
    share: str
    passing: str
    in_total: str


@cache
def words() -> _Words:
    """The word lists of rules/indicators.toml; lists that are searched in order have their longest words first."""
    data: dict[str, Any] = load_rules("indicators").data
    values: dict[str, Any] = {
        "changing": frozenset(data["up"] + data["down"]),
        "leading": frozenset(data["link"] + data["up"] + data["down"]),
        "leading_ends": frozenset(word[-1] for word in data["link"] + data["up"] + data["down"]),
        "opening_starts": frozenset(word[0] for word in data["opening"]),
    }
    for field in fields(_Words):
        if field.name in values:
            continue
        value = data[field.name]
        if isinstance(value, str):
            values[field.name] = value
        elif field.name == "twofold":
            values[field.name] = tuple(tuple(entry) for entry in value)
        else:
            values[field.name] = (
                frozenset(value) if str(field.type).startswith("frozenset") else tuple(sorted(value, key=len, reverse=True))
            )
    return _Words(**values)


def read_approach(left: str) -> Approach:
    """Take apart the words between the last boundary and a figure; times and foot-note marks are already left out."""
    rules = load_rules("indicators")
    text = _balanced(left.strip(" \t\u3000“”\"'：:—").rstrip("的"), left)
    text = text[text.rfind("》关于") + 3 :] if "》关于" in text else text  # 《政府工作报告》关于一般工商业电价
    gap: Direction | None = None
    compared = False
    tail: list[str] = []
    completion = rules["completion"].search(text)
    if completion:
        text = text[: completion.start()]
    match = rules["gap"].search(text)
    if match:
        text = text[: match.start()]
        less = rules["than-less"].search(match["than"]) is not None
        if rules["own-aim"].search(match["whom"]):  # distance from one's own plan is a change
            compared = True
            tail.append(min(words().less if less else words().more))
        else:
            gap = "down" if less else "up"
    match = rules["distance"].search(text)
    if match:
        compared, text = True, text[: match.start()]
        tail.append(min(words().less))
    match = rules["from-base"].search(text) if any(word in text for word in words().base_prepositions) else None
    if match:
        text = text[: match.start()]
    match = rules["compared"].search(text)
    if match:
        compared, text = True, text[: match.start()]
        tail.append(match["verb"])
    text, leading = _cut_tail(text)
    if text.endswith(words().compared_end) and not text.endswith(words().no_compared_end):
        compared, text = True, text[:-1]
    noun, scope = _cut_opening(rules["aside"].sub("", text))
    if words().respectively not in leading:  # 市经开区、高新区营收分别突破: the places are what the values are shared out to
        noun, scope = _cut_places(noun, scope)
    return Approach(noun, scope, (*leading, *tail), gap, completion is not None, compared)


def _balanced(text: str, left: str) -> str:
    """The words with the quotation mark at their head or end where its partner stands inside: 新增“科技贷”, “四新”经济."""
    opened, closed = text.count("“"), text.count("”")
    if opened > closed and left.rstrip(" 的").endswith("”"):
        return f"{text}”"
    return f"“{text}" if closed > opened and left.lstrip(" 、：:—").startswith("“") else text


def _cut_places(noun: str, scope: str | None) -> tuple[str, str | None]:
    """Noun and scope, the places before the noun taken into the scope (青梧区、望澜区各新建…)."""
    if noun in words().levels:
        return "", noun
    places = load_rules("indicators")["leading-places"].match(noun)
    if places is None:
        return noun, scope
    rest = noun[places.end() :]
    if len(rest) == 1 or rest in words().aspect:
        return noun, scope
    return rest, noun[: places.end()].rstrip("均各别分等、和及与")


def _cut_tail(text: str) -> tuple[str, list[str]]:
    lists = words()
    tail: list[str] = []
    while text:
        text = text.rstrip(" \u3000了")
        if text[-1:] not in lists.leading_ends:
            break
        kept = text.endswith(lists.kept_tail)
        if kept and not text.endswith(lists.tail_before_kept):
            break
        word = next((text[-size:] for size in range(min(_LONGEST_TAIL, len(text)), 0, -1) if text[-size:] in lists.leading), None)
        if word is None or (len(word) == 1 and kept):
            break
        text = text[: -len(word)]
        tail.insert(0, word)
    return text, tail


def _cut_opening(text: str) -> tuple[str, str | None]:
    lists = words()
    mark = load_rules("indicators")["list-mark"].match(text)
    if mark:
        text = text[mark.end() :]
    scope: str | None = None
    changed = True
    while changed and text:
        changed = False
        text = text.lstrip(" \u3000，,、：:·的")
        area = next((a for a in lists.area if text.startswith(a)), None) if text.startswith(lists.area) else None
        if area is not None and not load_rules("indicators")["no-area"].match(text) and text[2:3] not in _OF_AREA:
            scope, text, changed = scope or area, text[len(area) :], True
            continue
        if text.startswith(lists.kept_opening):
            break
        if text[:1] not in lists.opening_starts:
            break
        for size in range(min(_LONGEST_OPENING, len(text)), 0, -1):
            if text[:size] in lists.opening:
                text, changed = text[size:], True
                break
    return text.strip(" \u3000“" if text.count("“") > text.count("”") else " \u3000"), scope


def change_direction(approach: Approach) -> Direction | None:
    """“up” or “down” when the value is an amount of change, None when it is the level that was reached (提高到, 增至)."""
    lists = words()
    for index in range(len(approach.tail) - 1, -1, -1):
        word = approach.tail[index]
        if index and word in lists.level_after and approach.tail[index - 1] in lists.changing:
            return None
        if word in lists.up or word in lists.more:
            return "up"
        if word in lists.down or word in lists.less:
            return "down"
    return None


@cache
def _subject_verb() -> re.Pattern[str]:
    """A verb that can stand between subject and object: most nouns hold none, and need not be cut into words."""
    return re.compile(alternation([word for word in words().subject_verbs if len(word) > 1]))


def cut_subject(noun: str) -> tuple[str, str]:
    """Verb and object of a clause that tells who did what: 市城管局计划实施项目 → (实施, 项目); ("", noun) where no verb stands inside.

    Only for counts and amounts; a rate is named by its whole noun phrase.
    """
    lists = words()
    if len(noun) < _LEAST_SUBJECT or noun.startswith(lists.whole) or not _subject_verb().search(noun):
        return "", noun
    tokens = cut_words(noun)
    position = len(noun)
    for index in range(len(tokens) - 1, -1, -1):
        word = tokens[index]
        rest = noun[position:]
        if tokens[index + 1 : index + 2] == ["了"]:  # 实施了重大项目
            rest = rest[1:]
        position -= len(word)
        if len(word) < 2 or len(rest) < 2 or word not in lists.subject_verbs:
            continue
        if rest[0] == "的":
            return "", rest[1:]
        if rest in lists.aspect:
            return "", noun[:position] + rest
        previous = tokens[index - 1] if index else ""
        return (previous + word if previous in lists.subject_verbs else word), rest
    return "", noun


def with_verb(verb: str, noun: str) -> str:
    """The noun with the verb that tells what was done, where the verb adds something (新建污水管网, 处罚商户)."""
    return noun if not verb or verb in words().plain_verbs else verb + noun


def split_coordinated(noun: str, count: int) -> list[str]:
    """The ``count`` indicators that a coordinated noun phrase names, each written out; empty when it does not name that many."""
    lists = words()
    for whole, *parts in load_rules("indicators").data["manifold"]:
        if len(parts) == count and whole in noun:
            return [noun.replace(whole, part, 1) for part in parts]
    if count == 2:
        for pair, first, second in lists.twofold:
            if pair in noun and not load_rules("indicators")["coordination"].search(noun.split(pair, 1)[1]):
                return [noun.replace(pair, first, 1), noun.replace(pair, second, 1)]
    for separators in _SEPARATORS:
        items = [item for item in re.split(f"[{separators}]", noun.replace("以及", "、")) if item]
        if len(items) == count:
            return _share(items)
    return []


def _share(items: list[str]) -> list[str]:
    """Write out what coordinated items share: the noun behind the last one, or the owner before the first one."""
    lists = words()
    last = items[-1]
    aspect = next((aspect for aspect in lists.shared_aspects if last.endswith(aspect) and len(last) > len(aspect)), None)
    if aspect:
        items = [item if item.endswith(aspect) else item + aspect for item in items]
    own_tail = next((head for head in lists.measure_heads if last.endswith(head)), None)
    written = []
    for item in items[:-1]:
        measure = _measure_of_place(item, last)
        if measure:
            written.append(item + measure)
        elif item in lists.modifiers:
            other = next((m for m in sorted(lists.modifiers, key=len, reverse=True) if last.startswith(m) and len(m) == len(item)), None)
            written.append(item + (last[len(other) :] if other else last))
        elif own_tail and len(last) > len(own_tail) and not any(item.endswith(head) for head in lists.measure_heads):
            written.append(item + own_tail)
        elif len(item) <= _SHORT_ITEM < len(last):
            head = cut_words(last)[-1]
            written.append(item if item.endswith(head) else item + head)
        else:
            written.append(item)
    written.append(last)
    first_head = next(
        (head for head in (*lists.measure_heads, *lists.bare_heads) if written[0].endswith(head) and len(written[0]) > len(head)), None
    )
    if first_head:
        owner = written[0][: -len(first_head)]
        written = [owner + item if index and item in lists.bare_heads else item for index, item in enumerate(written)]
    return written


def _measure_of_place(item: str, last: str) -> str:
    """What the last item says of its place, where ``item`` is a bare place of the same kind: 高新区 of 当涂经开区营收 → 营收."""
    kinds = load_rules("indicators").data["kinds_of_place"]
    kind = next((kind for kind in kinds if item.endswith(kind) and len(item) > len(kind) and kind in last), None)
    owner, _, measure = last.partition(kind) if kind else ("", "", "")
    return measure if owner and names_measure(measure) else ""


def names_measure(noun: str) -> bool:
    """Whether the noun ends in a noun of measure (收入, 覆盖率, 总额), so that it can be an indicator of its own."""
    lists = words()
    return noun.endswith((*lists.measure_heads, *lists.bare_heads)) or noun in lists.aspect


def is_aspect(noun: str) -> bool:
    """Whether the noun only names an aspect (增速, 总投资) of the thing that stands before it."""
    return noun in words().aspect
