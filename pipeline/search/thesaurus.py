"""What officials call the things that people ask for in everyday words: 让老人吃饭更方便 → 老年助餐, 长者食堂.

Reads: ``models/thesaurus``: tables written by hand, and what ``train.py`` there compiles from them. Writes: ``Expansion``.

A query is compared with every everyday wording by the characters and pairs of characters that both have, each counted by how telling
it is; so 住院不用家里人守着 finds 住院没人陪 without being written down itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from pipeline.errors import ModelError
from pipeline.search.tokens import folded, query_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

TABLES = Path(__file__).parents[2] / "models" / "thesaurus"
COMPILED = TABLES / "thesaurus.json"
_BETWEEN = "、"
# Measured on the development queries with the neighbouring values.
_LENGTH = 0.3  # how much a long wording, of which the query has only a part, counts less
_MOST_CONCEPTS = 15
_WEAKEST = 0.2  # share of the best concept's strength below which a concept is left out


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing: what officials call it, and what people say."""

    official: tuple[str, ...]
    everyday: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Expansion:
    """A concept that a query speaks of: how surely, by which everyday wording, and its terms with how telling each is."""

    strength: float
    everyday: str
    terms: tuple[tuple[str, float], ...]


def read_tables(folder: Path) -> list[Concept]:
    """The concepts of all tables, a line each: wordings of officials, a tab, everyday wordings. Raises ModelError with file and line."""
    concepts = []
    for path in sorted(folder.glob("*.tsv")):
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
            columns = [tuple(part.strip() for part in column.split(_BETWEEN)) for column in line.split("\t")]
            if len(columns) != 2 or not all(all(column) for column in columns):
                raise ModelError(f"{path}: line {number}: wordings of officials, a tab, everyday wordings, each parted by {_BETWEEN}")
            concepts.append(Concept(*columns))
    return concepts


def expand(query: str) -> tuple[Expansion, ...]:
    """The concepts that ``query`` speaks of, the surest first."""
    known = _compiled()
    weights, postings, lengths = known["token_weights"], known["postings"], known["lengths"]
    shared: defaultdict[int, float] = defaultdict(float)
    for token in query_tokens(query):
        for phrase in postings.get(token, ()):
            shared[phrase] += weights[token]
    best: dict[int, tuple[float, int]] = {}
    for phrase, weight in shared.items():
        strength = weight / lengths[phrase] ** _LENGTH if lengths[phrase] > 0 else 0.0
        concept = known["phrases"][phrase][0]
        if strength > best.get(concept, (0.0, 0))[0]:
            best[concept] = (strength, phrase)
    surest = Counter({concept: strength for concept, (strength, _) in best.items()}).most_common(_MOST_CONCEPTS)
    if not surest:
        return ()
    least = _WEAKEST * surest[0][1]
    return tuple(_expansion(known, concept, *best[concept]) for concept, strength in surest if strength >= least)


def score(texts: Sequence[str], expansions: Iterable[Expansion]) -> NDArray[np.float32]:
    """How well each text speaks of the concepts: each concept counts once, by its most telling term in the text."""
    lowered = [text.lower() for text in texts]
    joined = "\n".join(lowered)  # one search in all texts is faster than one in each
    starts = np.cumsum([0, *(len(text) + 1 for text in lowered[:-1])]) if lowered else np.zeros(0)
    scores = np.zeros(len(lowered), np.float32)
    for expansion in expansions:
        best = np.zeros(len(lowered), np.float32)
        for term, weight in sorted(expansion.terms, key=lambda item: item[1]):
            places = list(_places(joined, term))
            if places:
                best[np.searchsorted(starts, places, side="right") - 1] = weight
        scores += expansion.strength * best
    return scores


def _places(text: str, term: str) -> Iterator[int]:
    """Where ``term`` stands in ``text``."""
    at = text.find(term)
    while at >= 0:
        yield at
        at = text.find(term, at + len(term))


def _expansion(known: dict[str, Any], concept: int, strength: float, phrase: int) -> Expansion:
    weights = known["term_weights"]
    terms = tuple((folded(term), weights[term]) for term in known["terms"][concept])
    return Expansion(strength, known["phrases"][phrase][1], terms)


@cache
def _compiled() -> dict[str, Any]:
    try:
        content: dict[str, Any] = orjson.loads(COMPILED.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise ModelError(f"{COMPILED}: cannot be read as the thesaurus ({error}); run `make models`") from error
    return content
