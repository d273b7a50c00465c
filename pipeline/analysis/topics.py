"""What tasks are about, and which wordings mean the same: fields of government work (业务领域), clusters across places.

Reads: texts of tasks; wordings with the places that use them; ``models/thesaurus``. Writes: frames. Needs scikit-learn (the extra
``train``).

Fields are those of the thesaurus, which says for each what officials call its things. A text that names things of one field belongs to it;
from these texts, and from the thesaurus itself, a linear model learns what goes with each field and decides about the others.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.analysis.columns import CLUSTERS, FIELDS
from pipeline.analysis.messages import words
from pipeline.analysis.tables import frame_of_rows
from pipeline.segment.words import tag_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

_THESAURUS = Path(__file__).parents[2] / "models" / "thesaurus"
_MANY = ("general.tsv", "livelihood.tsv", "spoken.tsv", "words.tsv")  # tables that run across fields
_CONTENT = ("n", "v", "a", "l", "i", "j")  # parts of speech, by their first letter, that say what a text is about
_PENALTY = 3e-5  # of the linear model; the best of three on texts whose seed words were hidden
_DOUBTFUL = 0.3  # a field less likely than this is none
_SEED = 2  # characters that a wording needs to tell a field by itself
_TERMS = 5
_WORDING, _MEANING = 0.7, 0.5  # how much words and pairs count, and how much the encoder
_NEAR = 0.32  # cosine distance up to which wordings go together, on average over a cluster


@dataclass(frozen=True, slots=True)
class _Concept:
    """A line of the thesaurus: its field, what officials call it, what people say."""

    field: str
    official: tuple[str, ...]
    spoken: tuple[str, ...]


def assign_fields(texts: Sequence[str]) -> pd.DataFrame:
    """A row for each text: its field (业务领域), how sure that is, and the words of the text that speak most for it.

    A text that speaks for none gets the field 其他.
    """
    if not len(texts):
        return frame_of_rows((), FIELDS)
    from sklearn.linear_model import SGDClassifier

    seeds = [_seeded(text) for text in texts]
    known = [number for number, field in enumerate(seeds) if field]
    named = [texts[number] for number in known]
    concepts = _concepts()
    # Each known text comes a second time without the words that told its field: so the words around them count, too.
    examples = [*named, *map(_hidden, named), *(" ".join(concept.official + concept.spoken) for concept in concepts)]
    answers = [seeds[number] for number in known] * 2 + [concept.field for concept in concepts]
    features = _Features()
    model = SGDClassifier(loss="log_loss", alpha=_PENALTY, random_state=0, max_iter=30, class_weight="balanced")
    model.fit(features.learn(examples), answers)
    vectors = features.of(texts)
    chances = model.predict_proba(vectors)
    rows = []
    for number in range(len(texts)):
        best = int(chances[number].argmax())
        field = seeds[number] or (model.classes_[best] if chances[number, best] >= _DOUBTFUL else None)
        at = list(model.classes_).index(field) if field else best
        terms = features.telling(vectors[number], model.coef_[at]) if field else []
        rows.append({"field": words("fields")[field or "none"], "confidence": float(chances[number, at]), "terms": terms})
    return frame_of_rows(rows, FIELDS)


class _Features:
    """Texts as rows of numbers: their words, their pairs of characters, and what the encoder of search makes of them."""

    def __init__(self) -> None:
        from sklearn.feature_extraction.text import TfidfVectorizer

        self._words = TfidfVectorizer(analyzer=content_words, sublinear_tf=True)
        self._pairs = TfidfVectorizer(analyzer="char", ngram_range=(2, 2), lowercase=False, sublinear_tf=True)

    def learn(self, texts: Sequence[str]) -> Any:
        """The rows of texts whose words and pairs are those that will be known."""
        return self._beside(self._words.fit_transform(texts), self._pairs.fit_transform(texts), texts)

    def of(self, texts: Sequence[str]) -> Any:
        """The rows of texts."""
        return self._beside(self._words.transform(texts), self._pairs.transform(texts), texts)

    def telling(self, row: Any, weights: NDArray[np.float64]) -> list[str]:
        """The words of a text that speak most for what has these weights."""
        names = self._words.get_feature_names_out()
        held = row[:, : len(names)].multiply(weights[: len(names)]).tocoo()
        order = np.argsort(-held.data)[:_TERMS]
        return [str(names[held.col[place]]) for place in order if held.data[place] > 0]

    def _beside(self, named: Any, pairs: Any, texts: Sequence[str]) -> Any:
        from scipy.sparse import csr_matrix, hstack

        from pipeline.search.encoder import load_encoder

        meaning = csr_matrix(_MEANING * load_encoder().encode(list(texts)).astype(np.float64))
        return hstack([_WORDING * named, _WORDING * pairs, meaning]).tocsr()


def cluster_wordings(wordings: Iterable[str], places: Iterable[str | None] | None = None, *, near: float = _NEAR) -> pd.DataFrame:
    """Groups of wordings that mean the same by the project's encoder, largest first, a row for each wording.

    ``places`` has the place of each wording, to count how many use it. Wordings that name opposites (城镇, 农村) stay apart.
    """
    counts: Counter[str] = Counter()
    used: dict[str, set[str]] = {}
    for wording, place in zip(wordings, places if places is not None else iter(lambda: None, 0), strict=False):
        counts[wording] += 1
        used.setdefault(wording, set()).update({place} if place else ())
    unique = list(counts)
    labels = _clusters(unique, near)
    sizes = Counter(labels.tolist())
    best = {label: max((unique[n] for n in np.flatnonzero(labels == label)), key=lambda one: counts[one]) for label in sizes}
    weight = {label: sum(counts[unique[n]] for n in np.flatnonzero(labels == label)) for label in sizes}
    order = {label: number for number, label in enumerate(sorted(sizes, key=lambda one: (-weight[one], best[one])))}
    rows = [
        {"cluster": order[label], "name": best[label], "wording": wording, "records": counts[wording], "places": sorted(used[wording])}
        for wording, label in zip(unique, labels.tolist(), strict=True)
    ]
    return frame_of_rows(sorted(rows, key=lambda row: (row["cluster"], -row["records"], row["wording"])), CLUSTERS)


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about: nouns, verbs and fixed phrases of two characters or more."""
    general = _general()
    return [word for word, tag in tag_words(text) if len(word) >= _SEED and tag[0] in _CONTENT and word not in general]


def _clusters(wordings: list[str], near: float) -> NDArray[np.int64]:
    if len(wordings) < 2:
        return np.zeros(len(wordings), np.int64)
    from sklearn.cluster import AgglomerativeClustering

    from pipeline.search.encoder import load_encoder

    vectors = load_encoder().encode(wordings)
    distance = np.clip(1 - vectors @ vectors.T, 0, 2).astype(np.float64)
    signs = np.array([_opposites(wording) for wording in wordings])
    for column in signs.T:  # what names one side is far from what names the other
        distance[np.not_equal.outer(column, column)] = 2
    np.fill_diagonal(distance, 0)
    found = AgglomerativeClustering(n_clusters=None, metric="precomputed", linkage="average", distance_threshold=near).fit(distance)
    return np.asarray(found.labels_, np.int64)


def _opposites(wording: str) -> list[int]:
    """For each pair of opposites which side the wording names: 0 neither, 1 or 2, 3 both."""
    pairs: list[list[str]] = words("opposites")["pairs"]
    return [(first in wording) + 2 * (second in wording) for first, second in pairs]


def _seeded(text: str) -> str | None:
    """The field whose things the text names most, if it names any and no other field's as much."""
    found: Counter[str] = Counter()
    for wording, field in _seeds().items():
        if wording in text:
            found[field] += len(wording)
    (first, count), *others = found.most_common(2) or [("", 0)]
    return first if first and (not others or others[0][1] < count) else None


def _hidden(text: str) -> str:
    """The text without the wordings that tell a field by themselves."""
    return _seed_pattern().sub("，", text)


@cache
def _seed_pattern() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, sorted(_seeds(), key=len, reverse=True))))


@cache
def _seeds() -> dict[str, str]:
    """Wordings of officials that belong to one field only."""
    fields: dict[str, set[str]] = {}
    for concept in _concepts():
        for wording in concept.official:
            if len(wording) >= _SEED:
                fields.setdefault(wording, set()).add(concept.field)
    return {wording: next(iter(known)) for wording, known in fields.items() if len(known) == 1}


@cache
def _concepts() -> tuple[_Concept, ...]:
    concepts = []
    for path in sorted(_THESAURUS.glob("*.tsv")):
        if path.name in _MANY:
            continue
        for line in path.read_text("utf-8").splitlines():
            official, _, spoken = line.partition("\t")
            concepts.append(_Concept(path.stem, tuple(official.split("、")), tuple(spoken.split("、"))))
    return tuple(concepts)


@cache
def _general() -> frozenset[str]:
    listed: list[str] = words("opposites")["general"]
    return frozenset(listed)


def field_terms(texts: Sequence[str], fields: Sequence[str], terms: int = 8) -> dict[str, list[str]]:
    """For each field the words that tell its texts from the others, most telling first."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    held: dict[str, list[Any]] = {}
    for text, field in zip(texts, fields, strict=True):
        held.setdefault(field, []).append(" ".join(content_words(text)))
    if not held:
        return {}
    vectorizer = TfidfVectorizer(analyzer=str.split, sublinear_tf=True)
    matrix = vectorizer.fit_transform([" ".join(parts) for parts in held.values()])
    names = vectorizer.get_feature_names_out()
    return {field: [str(names[at]) for at in np.argsort(-row.toarray()[0])[:terms]] for field, row in zip(held, matrix, strict=True)}
