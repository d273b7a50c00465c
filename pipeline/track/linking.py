"""Which wordings that are not well known mean one thing: similarity, and one partner at most.

Reads: groups of figures of one place. Writes: links, best first; each with its reasons and score.

Two names are compared by their words (pairs of characters, rare ones weigh more), by meaning (the shipped encoder), by what was done
(新建 against 治理), by unit and by the size of their values. Within one document two names of one role are two things; that makes the
assignment one-to-one: the best pair is joined first, and what it has taken is no longer free.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from math import log
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.model import Link

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

THRESHOLD = 0.66
_COMMON = 40  # a pair of characters in more names of a block than this tells nothing
_PAIRS = 0.75  # the share of pairs of characters in the likeness of words; the rest is single ones: 堵点乱点, 堵乱点
_FAR = 3.0  # how many times larger one value may be before it speaks against a link


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name as it is compared: its words without verbs, where and in what role it stands, its values by year."""

    number: int
    name: str
    core: str
    act: str
    units: frozenset[str | None]
    taken: frozenset[tuple[str, str]]  # document and role
    years: frozenset[int]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two candidates that may be one thing."""

    score: float
    first: int
    second: int
    reasons: tuple[str, ...]


def assign(
    candidates: Sequence[Candidate], vectors: NDArray[np.float32] | None = None, parted: Callable[[str, str], bool] = lambda *_: False
) -> list[tuple[int, int, Link]]:
    """The links of a block of names that share place, measure and kind of unit, best first, each name in one thing at most."""
    pairs = sorted(_pairs(candidates, vectors), key=lambda pair: (-pair.score, candidates[pair.first].name, candidates[pair.second].name))
    parent = list(range(len(candidates)))
    taken = {number: set(candidate.taken) for number, candidate in enumerate(candidates)}
    links = []
    for pair in pairs:
        first, second = _root(parent, pair.first), _root(parent, pair.second)
        one, other = candidates[pair.first], candidates[pair.second]
        if first == second or taken[first] & taken[second] or parted(one.name, other.name):
            continue
        parent[second] = first
        taken[first] |= taken.pop(second)
        links.append((one.number, other.number, Link(one.name, other.name, pair.reasons, round(pair.score, 3), "similarity")))
    return links


def _root(parent: list[int], number: int) -> int:
    while parent[number] != number:
        parent[number] = parent[parent[number]]
        number = parent[number]
    return number


def _pairs(candidates: Sequence[Candidate], vectors: NDArray[np.float32] | None) -> Iterator[Pair]:
    """Pairs that share a telling pair of characters and stand at most a year apart, with their scores."""
    grams = [bigrams(candidate.core) for candidate in candidates]
    counts = Counter(gram for own in grams for gram in own)
    weight = {gram: log(1 + len(candidates) / count) for gram, count in counts.items()}
    holders: dict[str, list[int]] = defaultdict(list)
    for number, own in enumerate(grams):
        for gram in own:
            holders[gram].append(number)
    seen: set[tuple[int, int]] = set()
    for numbers in holders.values():
        if not 2 <= len(numbers) <= _COMMON:
            continue
        for place, first in enumerate(numbers):
            for second in numbers[place + 1 :]:
                if (first, second) in seen:
                    continue
                seen.add((first, second))
                one, other = candidates[first], candidates[second]
                if one.taken & other.taken or min(abs(a - b) for a in one.years for b in other.years) > 1:
                    continue
                if contrary(one.name, other.name):
                    continue
                likeness = _PAIRS * _words(grams[first], grams[second], weight) + (1 - _PAIRS) * _characters(one.core, other.core)
                meaning = float(vectors[first] @ vectors[second]) if vectors is not None else likeness
                pair = _judge((one, other), (first, second), likeness, meaning)
                if pair.score >= THRESHOLD:
                    yield pair


def bigrams(core: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a name; of a single character itself."""
    return frozenset(core[n : n + 2] for n in range(len(core) - 1)) or frozenset((core,))


@lru_cache(maxsize=200_000)
def contrary(one: str, other: str) -> bool:
    """Whether two names say outright that they are two things: 出口 and 进口, 国家级 and 省级, 亿元以上 and 10亿元以上."""
    first, second = _marks(one), _marks(other)
    if first[0] != second[0]:
        return True
    return any(a and b and not (a & b) for a, b in zip(first[1], second[1], strict=True))


@lru_cache(maxsize=100_000)
def _marks(name: str) -> tuple[frozenset[str], tuple[frozenset[str], ...]]:
    """The classes that a name counts, and for each set of contrasts the words of it that the name holds."""
    rules = load_rules("indicators_links")
    sets = tuple(frozenset(word for word in words if word in name) for words in rules.data["contrasts"])
    return frozenset(rules["class"].findall(name)), sets


def _words(one: frozenset[str], other: frozenset[str], weight: dict[str, float]) -> float:
    shared = sum(weight[gram] for gram in one & other)
    return 2 * shared / (sum(weight[gram] for gram in one) + sum(weight[gram] for gram in other))


def _characters(one: str, other: str) -> float:
    shared = sum((Counter(one) & Counter(other)).values())
    return 2 * shared / (len(one) + len(other))


def _judge(pair: tuple[Candidate, Candidate], numbers: tuple[int, int], likeness: float, meaning: float) -> Pair:
    one, other = pair
    reasons = []
    score = 0.7 * likeness + 0.3 * meaning
    if one.core == other.core:
        reasons.append("核心词相同")
        score = max(score, 0.9)
    else:
        reasons.append(f"用词相近{likeness:.2f}")
        reasons.append(f"词义相近{meaning:.2f}")
        if one.core in other.core or other.core in one.core:
            reasons.append("一方包含另一方")
            score += 0.06
    if one.units & other.units:
        reasons.append("单位相同")
    else:
        score -= 0.08
    extra = sum((word in one.name) != (word in other.name) for word in load_rules("indicators_links").data["modifiers"])
    score -= 0.04 * extra
    ratio = _ratio(one.values, other.values)
    if ratio > _FAR:
        score -= min(0.5, 0.12 * log(ratio / _FAR) + (0.25 if one.act != other.act else 0.05))
        reasons.append("数值悬殊")
    else:
        reasons.append("数值相当")
    return Pair(score, *numbers, tuple(reasons))


def _ratio(one: Sequence[float], other: Sequence[float]) -> float:
    return min(
        max(abs(a), 1e-9) / max(abs(b), 1e-9) if abs(a) > abs(b) else max(abs(b), 1e-9) / max(abs(a), 1e-9) for a in one for b in other
    )
