"""Judge whether the best passages answer a query at all, so that a search can say that nothing does.

Reads: the topic of a query, the best passages, what the thesaurus knows of it. Writes: whether the query is answered.

A query in the words of officials is answered when the best passage has enough of them. A query in everyday words has few of them
anywhere; it is answered when the thesaurus leads to a passage by wordings that explain enough of the query.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.search.ranking import Ranking
    from pipeline.search.thesaurus import Expansion

# Between the development queries that have an answer and those that have none.
_COVERED = 0.42  # share of the words, by weight, in the best passage
_EVERYDAY = 0.2  # below this share a query is taken to be in everyday words
# Score by the thesaurus for a character of the query × share of it that is explained × likeness in meaning: what is needed of queries
# in everyday words, and of those that have some words of officials.
_KNOWN_EVERYDAY, _KNOWN_OFFICIAL = 0.6, 2.4
_BEST = 10  # passages


def is_answered(ranking: Ranking, topic: str, texts: Iterable[str]) -> bool:
    """Whether the best passages, with these texts, answer a query about ``topic``."""
    if not len(ranking.positions):
        return False
    if ranking.covered >= _COVERED:
        return True
    needed = _KNOWN_EVERYDAY if ranking.covered < _EVERYDAY else _KNOWN_OFFICIAL
    best = max((explained(topic, text, ranking.expansions) for text in texts), default=0.0)
    length = max(1, len("".join(topic.split())))
    return best * ranking.known / length * float(ranking.meaning[:_BEST].max()) >= needed


def explained(topic: str, text: str, expansions: tuple[Expansion, ...]) -> float:
    """The share of the telling characters of ``topic`` that stand in ``text``, or in everyday wordings that lead to it; 0 to 1."""
    wordings = [text, *(expansion.everyday for expansion in expansions if any(term in text for term, _ in expansion.terms))]
    silent = load_rules("search").data["silent_characters"]
    marked = set()
    for at in range(len(topic) - 1):
        pair = topic[at : at + 2]
        if pair.strip() == pair and any(pair in wording for wording in wordings):
            marked |= {at, at + 1}
    telling = [at for at, character in enumerate(topic) if character not in silent and not character.isspace()]
    return sum(at in marked for at in telling) / max(1, len(telling))
