"""Find what a figure measures: the noun phrase before or after it, without verbs, scope and modal words.

Reads: the words on both sides of a figure within its clause. Writes: ``Approach`` (the left side taken apart) and noun phrases.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import rjieba

from pipeline.rulebook import load_rules

_SEPARATORS = ("、和及与", "、和与", "、和", "、", "和", "与", "及")
_SHORT_ITEM = 3  # 供热、燃气、排水管网: items of two or three characters borrow the noun of the last one
_LIST_MARK = re.compile(r"^(?:[一二三四五六七八九十]+是|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十\d]{1,3}[.．、](?=[^\d])|[①-⑳]|——+|[—-]+|第[一二三四五六七八九十]+[，,])")
_PLACE = (
    r"[一-鿿]{1,3}?(?:(?<![地社小景园范护聚城灌校厂库片林山牧辖战疫学教])区|(?<![城超都集夜上全本各])市(?![场政民容直域县委值])|县(?![域级内外城委])"
    r"|(?<![城集特强])镇(?!村)|街道|开发区|高新区|新区|都市圈|(?:老|主|新|中心)城区|各县[（(]市[)）])"
)
_PLACES = re.compile(rf"^(?:{_PLACE}(?:[、和及与]|以及)?)+(?:等[\d一二三四五六七八九十]*个?(?:县[（(]市[)）]|县市区|县区|市县|市州|县|市|区|地)?)?(?:各街道|各乡镇|各)?(?:分别|均|各)?")
_DISTANCE = re.compile(r"(?:距离|距|离|与)[^，。；]{0,16}?(?:目标|任务|要求|计划)[^，。；]{0,8}?(?:相差|还差|尚差|仍差|差|少|有)$")
_ASIDE = re.compile(r"[（(](?:含|包括|不含|其中)[^）)]*[）)]|[（(][^）)]{10,}[）)]")
_GAP = re.compile(r"(?:高于|低于|高出|低出|快于|慢于|好于|领先|落后|超过|高过)(?P<whom>[^，。；、]{0,14}?(?:全国|全省|全市|全州|平均(?!每年)|水平|全区|同期|世界|目标|计划|预期|预算)[^，。；、]{0,8}?)(?:平均水平|平均)?$")
_COMPARED = re.compile(r"(?:比|较|与)(?P<base>[^，。；]{1,24}?)(?:相比)?(?P<verb>高|低|快|多|少|增加|提高|下降|减少|增长|降低|提升|上升|回落|多增|缩短|压缩|减轻)了?$")
_COMPLETION = re.compile(r"(?:完成|占|达到?|为)(?P<plan>(?:了)?[^，。；、]{0,10}?(?:任务|计划|目标|预算|计划数|指标|进度|任务数)[^，。；、]{0,4}?)的?$")


@dataclass(frozen=True, slots=True)
class Approach:
    """The words before a figure: the noun phrase, the scope before it, and the words that lead to the value."""

    noun: str
    scope: str | None
    tail: tuple[str, ...]  # the words between noun and figure, nearest to the figure last
    gap: str | None  # whose value it is compared with: 高于(全国平均)
    completion: bool
    compared: bool  # 比上年…: own earlier value

    @property
    def respectively(self) -> bool:
        """Whether the values that follow are shared out (分别)."""
        return any("分别" in word for word in self.tail)

    @property
    def each(self) -> bool:
        """Whether one value holds for several indicators (均, 双双, 都)."""
        return any(word.startswith(("均", "双", "都")) for word in self.tail)


@dataclass(frozen=True, slots=True)
class _Words:
    up: frozenset[str]
    down: frozenset[str]
    link: frozenset[str]
    level_after: frozenset[str]
    kept_tail: tuple[str, ...]
    opening: frozenset[str]
    kept_opening: tuple[str, ...]
    aspect: frozenset[str]
    area: tuple[str, ...]
    modifiers: frozenset[str]
    measure_heads: tuple[str, ...]
    bare_heads: tuple[str, ...]
    twofold: tuple[tuple[str, str, str], ...]
    verbs: frozenset[str]
    continuing: tuple[str, ...]
    plain_verbs: frozenset[str]
    after_noun: frozenset[str]
    whole: tuple[str, ...]
    subject_verbs: frozenset[str]


@cache
def words() -> _Words:
    """The word lists of rules/indicators.toml."""
    data: dict[str, Any] = load_rules("indicators").data

    def longest_first(key: str) -> tuple[str, ...]:
        return tuple(sorted(data[key], key=len, reverse=True))

    return _Words(
        frozenset(data["up"]), frozenset(data["down"]), frozenset(data["link"]), frozenset(data["level_after"]), tuple(data["kept_tail"]),
        frozenset(data["opening"]), tuple(data["kept_opening"]), frozenset(data["aspect"]), longest_first("area"), frozenset(data["modifiers"]),
        longest_first("measure_heads"), longest_first("bare_heads"), tuple((a, b, c) for a, b, c in data["twofold"]),
        frozenset(data["verbs"]), tuple(data["continuing"]), frozenset(data["plain_verbs"]), frozenset(data["after_noun"]), tuple(data["whole"]),
        frozenset(data["subject_verbs"]),
    )  # fmt: skip


def read_approach(left: str) -> Approach:
    """Take apart the words between the last boundary and a figure; times and foot-note marks are already left out."""
    text = left.strip(" \t\u3000“”\"'：:—").rstrip("的")
    gap = compared = None
    completion = False
    tail: list[str] = []
    match = _COMPLETION.search(text)
    if match:
        completion, text = True, text[: match.start()]
    match = _GAP.search(text)
    if match and re.search("目标|计划|预期|任务|预算", match["whom"]):  # distance from one's own plan is a change
        compared, text = match["whom"], text[: match.start()]
        tail.append("少" if match.group().startswith(("低", "慢", "落")) else "多")
    elif match:
        gap, text = match["whom"], text[: match.start()]
    match = _DISTANCE.search(text)
    if match:
        compared, text = "目标", text[: match.start()]
        tail.append("少")
    match = _COMPARED.search(text)
    if match:
        compared, text = match["base"], text[: match.start()]
        tail.append(match["verb"])
    text, more = _cut_tail(text)
    tail = more + tail
    noun, scope = _cut_opening(_ASIDE.sub("", text))
    places = _PLACES.match(noun)
    rest = noun[places.end() :] if places else noun
    if places and len(rest) != 1 and rest not in words().aspect:
        scope, noun = noun[: places.end()].rstrip("均各别分等、和及与"), rest
    return Approach(noun, scope, tuple(tail), gap, completion, compared is not None)


def _cut_tail(text: str) -> tuple[str, list[str]]:
    lists = words()
    tail: list[str] = []
    while text:
        text = text.rstrip(" \u3000了")
        if text.endswith(lists.kept_tail) and not text.endswith(("目标", "补助")):
            break
        for size in range(min(7, len(text)), 0, -1):
            word = text[-size:]
            if word in lists.link or word in lists.up or word in lists.down:
                break
        else:
            break
        if size == 1 and len(text) > 1 and text.endswith(lists.kept_tail):
            break
        text = text[:-size]
        tail.insert(0, word)
    return text, tail


def _cut_opening(text: str) -> tuple[str, str | None]:
    lists = words()
    text = _LIST_MARK.sub("", text)
    scope: str | None = None
    changed = True
    while changed and text:
        changed = False
        text = text.lstrip(" \u3000，,、：:·的")
        area = next((a for a in lists.area if text.startswith(a)), None)
        if area is not None and len(text) > len(area) and (len(area) > 2 or text[2] not in "性化"):
            scope, text, changed = scope or area, text[len(area) :], True
            continue
        if text.startswith(lists.kept_opening):
            break
        for size in range(min(6, len(text)), 0, -1):
            if text[:size] in lists.opening:
                text, changed = text[size:], True
                break
    return text.strip(" \u3000“" if text.count("“") > text.count("”") else " \u3000"), scope


def change_direction(approach: Approach) -> str | None:
    """“up” or “down” when the value is an amount of change, None when it is the level that was reached (提高到, 增至)."""
    lists = words()
    for index in range(len(approach.tail) - 1, -1, -1):
        word = approach.tail[index]
        if index and word in lists.level_after and approach.tail[index - 1] in lists.up | lists.down:
            return None
        if word in lists.up or word in ("高", "快", "多"):
            return "up"
        if word in lists.down or word in ("低", "少", "慢"):
            return "down"
    return None


def cut_subject(noun: str) -> tuple[str, str]:
    """Verb and object of a clause that tells who did what: 市城管局计划实施项目 → (实施, 项目); ("", noun) where no verb stands inside.

    Only for counts and amounts; a rate is named by its whole noun phrase.
    """
    lists = words()
    if len(noun) < 4 or noun.startswith(lists.whole):
        return "", noun
    tokens = rjieba.cut(noun)
    position = len(noun)
    for index in range(len(tokens) - 1, -1, -1):
        word = tokens[index]
        rest = noun[position:]
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
    if count == 2:
        for pair, first, second in lists.twofold:
            if pair in noun and not re.search("[、和与及]", noun.split(pair, 1)[1]):
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
    own_tail = next((head for head in lists.measure_heads if last.endswith(head)), None)
    written = []
    for item in items[:-1]:
        if item in lists.modifiers:
            other = next((m for m in sorted(lists.modifiers, key=len, reverse=True) if last.startswith(m) and len(m) == len(item)), None)
            written.append(item + (last[len(other) :] if other else last))
        elif own_tail and len(last) > len(own_tail) and not any(item.endswith(head) for head in lists.measure_heads):
            written.append(item + own_tail)
        elif len(item) <= _SHORT_ITEM < len(last):
            head = rjieba.cut(last)[-1]
            written.append(item if item.endswith(head) else item + head)
        else:
            written.append(item)
    written.append(last)
    first_head = next((head for head in (*lists.measure_heads, *lists.bare_heads) if written[0].endswith(head) and len(written[0]) > len(head)), None)
    if first_head:
        owner = written[0][: -len(first_head)]
        written = [owner + item if index and item in lists.bare_heads else item for index, item in enumerate(written)]
    return written


def is_aspect(noun: str) -> bool:
    """Whether the noun only names an aspect (增速, 总投资) of the thing that stands before it."""
    return noun in words().aspect
