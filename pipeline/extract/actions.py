"""Find the actions of planned and achieved sentences: what is done, to what (guidelines §2).

Reads: sentences and their labels, ``rules/actions.toml``, ``models/actions/weights.npz``. Writes: ``Action`` records per sentence.

Candidate verbs are weighed by a linear model; in each piece of a clause the best one that is likely enough becomes the verb, and the
object is read from the characters behind it, or before it (“乡村振兴战略深入实施”, “将农民工纳入住房保障体系”).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.action_candidates import Candidates, find_candidates
from pipeline.extract.action_features import feature_rows
from pipeline.extract.action_objects import fronted, object_before, objects_behind
from pipeline.records import Action
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.records import Label

    Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).parents[2] / "models" / "actions" / "weights.npz"
NONE, OBJECT_BEHIND, OBJECT_BEFORE, CONTINUED = range(4)  # the classes of a candidate; continued: a further part of the verb before it
_LIKELY = 0.33  # least probability of being a main verb; where F1 is highest in cross-validation
_CONTINUED_LIKELY = 0.4
_BLOCK = 200_000  # characters that are weighed at once: enough to make the arrays worth it, little memory
_JOINTS = frozenset(("", "和", "并", "、", "与", "或", "及"))
_FURTHER = re.compile("并且?|或者?")


def find_actions(text: str, label: Label) -> tuple[Action, ...]:
    """The actions of one sentence; none unless it is planned or achieved. For a whole document ``find_all_actions`` is faster."""
    return find_all_actions([text], [label])[0]


def find_all_actions(sentences: Sequence[str], labels: Sequence[Label]) -> list[tuple[Action, ...]]:
    """The actions of each sentence, in the order of the sentences."""
    found: list[tuple[Action, ...]] = [()] * len(sentences)
    block: list[int] = []
    size = 0
    for number, label in enumerate(labels):
        if label in ("planned", "achieved"):
            block.append(number)
            size += len(sentences[number])
            if size >= _BLOCK:
                _find_block(sentences, labels, block, found)
                block, size = [], 0
    _find_block(sentences, labels, block, found)
    return found


def _find_block(sentences: Sequence[str], labels: Sequence[Label], block: list[int], found: list[tuple[Action, ...]]) -> None:
    if not block:
        return
    candidates = find_candidates([bare_sentence(sentences[number]) for number in block], [labels[number] for number in block])
    if not len(candidates.starts):
        return
    for number, actions in read_actions(candidates, weigh(candidates)).items():
        found[block[number]] = tuple(actions)


def bare_sentence(text: str) -> str:
    """The sentence without the number before it (“第十五条”, “（三）”) and without line breaks."""
    return load_rules("actions")["number"].sub("", text).replace("\n", " ")


@cache
def _weights() -> tuple[Floats, Floats]:
    with np.load(WEIGHTS) as arrays:
        return arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32)


def weigh(found: Candidates) -> Floats:
    """Probabilities of the four classes, one line per candidate."""
    weights, bias = _weights()
    scores = bias + weights[feature_rows(found)].sum(axis=1)
    scores = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(scores / scores.sum(axis=1, keepdims=True), np.float32)


def read_actions(found: Candidates, probability: Floats) -> dict[int, list[Action]]:
    """Actions by number of the sentence, from the probabilities of the candidates."""
    heads = _choose_heads(found, probability)
    sentences = np.searchsorted(found.sentence_starts, found.starts[heads], side="right") - 1
    actions: dict[int, list[Action]] = {}
    for place, (head, sentence) in enumerate(zip(heads, sentences.tolist(), strict=True)):
        known = actions.setdefault(sentence, [])
        start, end = int(found.starts[head]), _verb_end(found, probability, head)
        verb = found.text[start:end]
        before = found.text[_object_start(found, heads, place) : start]
        if probability[head, OBJECT_BEHIND] >= probability[head, OBJECT_BEFORE] and not _is_fronted(verb, before):
            objects = objects_behind(verb, found.text[end : _object_end(found, heads, place, end)])
            if objects:
                known.extend(Action(verb, each) for each in objects)
                continue
        if place and found.pieces[heads[place - 1]] == found.pieces[head]:
            if known:  # “出台…政策并足额兑现”: the same object again
                known.append(Action(verb, known[-1].object))
            continue
        each = object_before(before)
        if each:
            known.append(Action(verb, each))
    return actions


def _is_fronted(verb: str, before: str) -> bool:
    return ("将" in before or "把" in before) and verb != "作为" and fronted(before) is not None


def _choose_heads(found: Candidates, probability: Floats) -> list[int]:
    """The best candidate of each piece, when it is likely enough; a second one behind 并 or 或."""
    likely = probability[:, OBJECT_BEHIND] + probability[:, OBJECT_BEFORE]
    heads: list[int] = []
    for number in np.flatnonzero(likely > _LIKELY).tolist():
        if not heads or found.pieces[heads[-1]] != found.pieces[number]:
            heads.append(number)
            continue
        rival = heads[-1]
        between = found.text[int(found.ends[rival]) : int(found.starts[number])]
        if probability[rival, OBJECT_BEHIND] > _LIKELY and likely[number] > _LIKELY and _FURTHER.search(between):
            heads.append(number)
        elif likely[number] > likely[rival]:
            heads[-1] = number
    return heads


def _verb_end(found: Candidates, probability: Floats, head: int) -> int:
    end = int(found.ends[head])
    for number in range(head + 1, len(found.starts)):
        start = int(found.starts[number])
        joint = found.text[end:start] if start - end < 2 else " "
        if joint not in _JOINTS or (not joint and probability[number, CONTINUED] < _CONTINUED_LIKELY):
            break
        if int(found.ends[number]) >= int(found.piece_ends[found.pieces[number]]):
            break  # nothing would be left for an object
        end = int(found.ends[number])
    return end


def _object_end(found: Candidates, heads: list[int], place: int, verb_end: int) -> int:
    """Where the object behind a verb ends: at the end of the clause, or before the piece of the next verb in it."""
    piece = int(found.pieces[heads[place]])
    clause = found.clause[piece]
    end = int(found.piece_ends[np.searchsorted(found.clause, clause, side="right") - 1])
    if place + 1 == len(heads):
        return end
    following = int(found.pieces[heads[place + 1]])
    if following == piece:
        start = int(found.starts[heads[place + 1]])
        joints = list(_FURTHER.finditer(found.text, verb_end, start))
        return joints[-1].start() if joints else start
    return int(found.piece_starts[following]) - 1 if found.clause[following] == clause else end


def _object_start(found: Candidates, heads: list[int], place: int) -> int:
    """Where the object before a verb may begin: with the clause, or with the piece when another verb of the clause came before."""
    piece = int(found.pieces[heads[place]])
    clause = found.clause[piece]
    if place and found.clause[found.pieces[heads[place - 1]]] == clause:
        return int(found.piece_starts[piece])
    return int(found.piece_starts[np.searchsorted(found.clause, clause, side="left")])
