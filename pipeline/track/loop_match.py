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
_SEVERAL_YEARS = 0.05  # taken off what sums several years, so that the year's own report is preferred


@dataclass(frozen=True, slots=True)
class Match:
    """A reported clause for a promise, by its number, with the score and its parts."""

    review: int
    score: float
    covered: float
    covering: float
    meaning: float


def subject_words(text: str) -> str:
    """``text`` with a blank for each word that tells nothing about what it is about."""
    return load_rules("loop")["common"].sub(" ", text)


def telling_pairs(text: str) -> list[str]:
    """The pairs of characters, numbers and Latin words of ``text`` without common words, in text order."""
    pairs: list[str] = []
    for run in _RUN.findall(subject_words(text)):
        if run[0] < "\u3400":
            pairs.append(run.lower())
        else:
            pairs += [run[at : at + 2] for at in range(len(run) - 1)] or [run]
    return pairs


def match_clauses(promises: Sequence[Clause], reports: Sequence[Clause]) -> list[list[Match]]:
    """For each promise the reported clauses that share a telling pair with it, best first."""
    if not promises or not reports:
        return [[] for _ in promises]
    asked = [telling_pairs(clause.subject) for clause in promises]
    told = [set(telling_pairs(clause.subject)) for clause in reports]
    spread: Counter[str] = Counter()
    for pairs in (*map(set, asked), *told):
        spread.update(pairs)
    rarity = {pair: math.log((len(asked) + len(told) + 1) / (count + 0.5)) for pair, count in spread.items()}
    weight = [sum(map(rarity.__getitem__, pairs)) for pairs in told]
    places: defaultdict[str, list[int]] = defaultdict(list)
    for number, pairs in enumerate(told):
        for pair in pairs:
            places[pair].append(number)
    encoder = load_encoder()
    meaning = encoder.encode([subject_words(c.subject) for c in promises]) @ encoder.encode([subject_words(c.subject) for c in reports]).T
    later = [_SEVERAL_YEARS if load_rules("loop")["several_years"].search(clause.text) else 0.0 for clause in reports]
    found = []
    for number, pairs in enumerate(asked):
        shared: defaultdict[int, float] = defaultdict(float)
        for pair in set(pairs):
            for place in places[pair]:
                shared[place] += rarity[pair]
        whole = sum(map(rarity.__getitem__, set(pairs)))
        matches = []
        for place, common in shared.items():
            covered, covering, close = common / whole, common / weight[place], float(meaning[number, place])
            score = _COVERED * covered + _COVERING * covering + _MEANING * close - later[place]
            score += _END if pairs[-1] in told[place] else 0.0
            matches.append(Match(place, min(1.0, max(0.0, score)), covered, covering, close))
        found.append(sorted(matches, key=lambda match: (-match.score, match.review)))
    return found
