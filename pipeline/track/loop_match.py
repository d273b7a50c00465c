"""How much a reported clause speaks of the same thing as a promised one: by rare pairs of characters, and by meaning.

Reads: clauses of a plan and of a review. Writes: for each promise the reported clauses that share anything with it, with a score.

Pairs of characters are weighed by how rare they are in the two documents together: 里斯本 tells more than 文化中心. Words that every
sentence has (推进, 建设) are left out. The score is a weighted sum; the weights were chosen on three provinces and hold for all.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.search.encoder import load_encoder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.track.loop_clauses import Clause

_RUN = re.compile(r"[\u3400-\u9fff]+|[A-Za-z]+|\d+(?:\.\d+)?")
_COVERED = 0.6  # how much of the promise is found again
_COVERING = 0.15  # how much of what is reported belongs to the promise
_MEANING = 0.35  # closeness of the two by the encoder
_END = 0.1  # the promise's last word, which names the thing itself (…发展基金), is found again
_STEEPNESS = 1.5  # a name that stands once tells more than its share: 晋创谷 beside 设区市
_TOO_FEW = 1  # telling pairs of a clause that is about what the one before it names: 占比55.1%
_COMMON = 0.3  # how much a pair of common words counts beside a telling one
_APART = 0.5  # taken off where the two name opposites
_SEVERAL_YEARS = 0.05  # taken off what sums several years, so that the year's own report is preferred


@dataclass(frozen=True, slots=True)
class Match:
    """A reported clause for a promise, by its number, with the score and its parts."""

    review: int
    score: float
    covered: float
    covering: float
    meaning: float


@cache
def _one_names() -> tuple[tuple[re.Pattern[str], str], ...]:
    """The rules that write different names of one thing alike."""
    return tuple((rule.pattern, rule.data["same"]) for rule in load_rules("loop").rules if "same" in rule.data)


@cache
def _contrasts() -> tuple[tuple[re.Pattern[str], re.Pattern[str]], ...]:
    """The pairs of words that part two things, both ways round."""
    pairs = [(re.compile(one), re.compile(other)) for one, other in load_rules("loop").data["contrasts"]["pairs"]]
    return (*pairs, *((other, one) for one, other in pairs))


def one_name(text: str) -> str:
    """``text`` with each name of a well-known thing written in one way."""
    for pattern, name in _one_names():
        text = pattern.sub(name, text)
    return text


def subject_words(text: str) -> str:
    """``text`` with a blank for each word that tells nothing about what it is about."""
    return load_rules("loop")["common"].sub(" ", text)


def pairs_of(text: str) -> list[str]:
    """The pairs of characters, numbers and Latin words of ``text``, in text order."""
    pairs: list[str] = []
    for run in _RUN.findall(text):
        if run[0] < "\u3400":
            pairs.append(run.lower())
        else:
            pairs += [run[at : at + 2] for at in range(len(run) - 1)] or [run]
    return pairs


def apart(promise: str, report: str) -> bool:
    """Whether the one names the opposite of what the other names: 户籍 and 常住."""
    return any(
        one.search(promise) and other.search(report) and not other.search(promise) and not one.search(report) for one, other in _contrasts()
    )


def match_clauses(promises: Sequence[Clause], reports: Sequence[Clause]) -> list[list[Match]]:
    """For each promise the reported clauses that share a telling pair with it, best first."""
    if not promises or not reports:
        return [[] for _ in promises]
    asked, told = [_Content.of(clause) for clause in promises], [_Content.of(clause) for clause in reports]
    rarity = _rarity([*asked, *told])
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, content in enumerate(told):
        for pair in content.telling:
            places[pair].append(number)
    encoder = load_encoder()
    meaning = encoder.encode([content.words for content in asked]) @ encoder.encode([content.words for content in told]).T
    return [
        _matches(promise, content, [(place, told[place], reports[place], float(meaning[number, place])) for place in near], rarity)
        for number, (promise, content) in enumerate(zip(promises, asked, strict=True))
        for near in [sorted({place for pair in content.telling for place in places[pair]})]
    ]


@dataclass(frozen=True, slots=True)
class _Content:
    """What a clause is about: its telling words, the pairs in them, and all pairs."""

    words: str
    telling: frozenset[str]
    everything: frozenset[str]
    last: str

    @classmethod
    def of(cls, clause: Clause) -> _Content:
        text = load_rules("loop")["with_the_economy"].sub(" ", one_name(clause.subject))
        words = subject_words(text)
        pairs = pairs_of(words)
        if len(pairs) <= _TOO_FEW and clause.before:
            text = f"{one_name(clause.before)} {text}"
            words = subject_words(text)
            pairs = pairs_of(words)
        return cls(words, frozenset(pairs), frozenset(pairs_of(text)) | frozenset(pairs), pairs[-1] if pairs else "")


def _rarity(contents: Sequence[_Content]) -> dict[str, float]:
    """How telling each pair is: the rarer in the two documents together, the more; pairs of common words tell a part of that."""
    spread, telling = Counter[str](), set[str]()
    for content in contents:
        spread.update(content.everything)
        telling |= content.telling
    rarity = {pair: math.log((len(contents) + 1) / (count + 0.5)) ** _STEEPNESS for pair, count in spread.items()}
    return {pair: weight if pair in telling else weight * _COMMON for pair, weight in rarity.items()}


def _matches(
    promise: Clause, asked: _Content, told: Sequence[tuple[int, _Content, Clause, float]], rarity: dict[str, float]
) -> list[Match]:
    rules = load_rules("loop")
    whole = sum(map(rarity.__getitem__, asked.everything))
    creation = bool(rules["asks_creation"].search(promise.text))
    matches = []
    for place, content, report, meaning in told:
        common = sum(map(rarity.__getitem__, asked.everything & content.everything))
        covered, covering = common / whole, common / sum(map(rarity.__getitem__, content.everything))
        score = _COVERED * covered + _COVERING * covering + _MEANING * meaning
        score += _END if asked.last in content.everything else -_END if creation else 0.0
        score -= _SEVERAL_YEARS if rules["several_years"].search(report.text) else 0.0
        score -= _APART if apart(promise.text, report.text) else 0.0
        matches.append(Match(place, min(1.0, max(0.0, score)), covered, covering, meaning))
    return sorted(matches, key=lambda match: (-match.score, match.review))
