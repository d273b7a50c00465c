"""Judge what each sentence is: a commitment, a result, a problem, a heading, an attribution or none of these (guidelines §1).

Reads: ``Document``, ``Outline``, ``rules/status.toml``, ``models/status/status.npz``. Writes: one ``Judgement`` per sentence, in order.

Rules decide where the words alone do (``rules/status.toml``); for the rest a small model looks at the words, then twice at the
neighbours, the paragraph, the headings and the part of the document.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import get_args

import numpy as np

from pipeline.errors import ModelError
from pipeline.extract.counting import refusal
from pipeline.extract.dates import find_times
from pipeline.extract.evidence import Layout, context, layout
from pipeline.extract.figures import find_figures
from pipeline.extract.lexical import Array, code_points, lexical_scores
from pipeline.records import Document, Judgement, Label, Outline
from pipeline.rulebook import load_rules
from pipeline.segment.structure import numbering_style

LABELS: tuple[Label, ...] = get_args(Label)
MODEL = Path(__file__).parents[2] / "models" / "status" / "status.npz"
# Raised whenever the arrays of the model or the features that they weigh change their meaning.
MODEL_VERSION = 3

_PLANNED, _ACHIEVED, _PROBLEM, _HEADING, _OTHER = (LABELS.index(name) for name in ("planned", "achieved", "problem", "heading", "other"))
# What closes a sentence that is no heading when nothing follows that it could head.
_CLOSERS = "。；;"
_DOUBTFUL = 0.65  # below this chance a sentence with a quantity is not background
_LEAST = 1e-3
_TINY = 1e-12
# A single sentence, and all others together, count for no more than this in log odds.
_CAP = 3.0
# A digit behind the number of an item, as 1. or (12) is; without one a heading holds no figure that counts.
_FIGURE, _NUMBERING = re.compile(r"\d"), 4
# A document with fewer tasks has no turn from review to plan that can be trusted; the least share of them on either side of it; the share
# of all evidence that must agree on it; and how far it moves a sentence, in log odds each way.
_LONG, _PART, _CLEAR, _TURN = 30, 0.2, 0.9, 1.3
# Rows of features that are multiplied at once.
_ROWS = 64


@dataclass(frozen=True, slots=True)
class StatusModel:
    """The trained arrays. Columns 0–5 of the word tables stand for ``LABELS``, column 6 for looking ahead rather than back."""

    version: Array
    body: Array  # 8-bit weights of hashed n-grams
    edge: Array  # the same for the first and last characters
    body_scale: Array
    edge_scale: Array
    bias: Array
    near_mean: Array  # first look at the surroundings
    near_spread: Array
    near_weights: Array
    near_bias: Array
    far_mean: Array  # second look, at the judgements of the first
    far_spread: Array
    far_weights: Array
    far_bias: Array
    assured_shift: Array  # what a heading that names the part beyond doubt adds against the other direction
    trouble_shift: Array  # what a heading such as 存在的问题 adds to problems, and takes from backdrop
    agreement: Array  # how far the tasks of a paragraph move towards each other
    heading_shift: Array  # a task taken for a heading is lost, a heading taken for a task does little harm


@dataclass(frozen=True, slots=True)
class Shifts:
    """What is added to or taken from logits, in log odds; see ``StatusModel``."""

    assured: float
    trouble: float
    heading: float
    agreement: float


@cache
def load_model(path: Path = MODEL) -> StatusModel:
    """Load the model. Raises ModelError when the file is missing, damaged or of another version."""
    cure = "run `make models`"
    try:
        with np.load(path, allow_pickle=False) as arrays:
            if "version" not in arrays or int(arrays["version"]) != MODEL_VERSION:
                raise ModelError(f"{path}: not version {MODEL_VERSION} of the status model; {cure}")
            return StatusModel(**{field.name: arrays[field.name] for field in fields(StatusModel)})
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: cannot be read as the status model ({error}); {cure}") from error


def judge(document: Document, outline: Outline) -> tuple[Judgement, ...]:
    """Judge each sentence of ``outline``; ``rule`` names what decided, ``confidence`` is its probability."""
    if not outline.sentences:
        return ()
    year = document.plan_year or (document.review_year and document.review_year + 1)
    place = layout(document.text, outline, year)
    chances = probabilities(load_model(), document.text, place)
    return verdicts(document.text, outline, chances, place)


def verdicts(text: str, outline: Outline, chances: Array, place: Layout) -> tuple[Judgement, ...]:
    """Decide about each sentence: furniture and rules first, then the likeliest label that the sentence can have."""
    best, sure = chances.argmax(1).tolist(), chances.max(1).astype(np.float64).round(3).tolist()
    assured, last, backdrop = place.assured.tolist(), len(best) - 1, (_HEADING, _OTHER)
    found: list[Judgement] = []
    for i, sentence in enumerate(outline.sentences):
        body = text[sentence.span[0] : sentence.span[1]]
        rule = None if sentence.furniture else deciding_rule(body)
        if sentence.furniture:
            found.append(Judgement("other", "furniture", 1.0))
        elif rule:
            found.append(Judgement(_rules()[1][rule], rule, 1.0))
        elif best[i] in backdrop and (best[i] == _HEADING or assured[i] or sure[i] < _DOUBTFUL) and _has_quantity(body):
            found.append(_next_best(chances[i], backdrop if assured[i] or best[i] == _OTHER else (_HEADING,), "model:figure"))
        elif best[i] == _HEADING and i == last and body[-1] in _CLOSERS and numbering_style(text, sentence.span[0]) is None:
            found.append(_next_best(chances[i], (_HEADING,), "model:last"))
        else:
            found.append(Judgement(LABELS[best[i]], "model", sure[i]))
    return tuple(found)


def _next_best(chances: Array, barred: tuple[int, ...], rule: str) -> Judgement:
    """The likeliest label other than those that the sentence cannot have, with its share of the chances that are left."""
    left = chances.astype(np.float64)
    left[list(barred)] = 0.0
    return Judgement(LABELS[int(left.argmax())], rule, round(float(left.max() / max(left.sum(), _TINY)), 3))


def _has_quantity(sentence: str) -> bool:
    """Whether a figure of the sentence counts: then it is no heading, and no backdrop in a review or plan (guidelines §1)."""
    if not _FIGURE.search(sentence, _NUMBERING):
        return False
    times = find_times(sentence)
    return any(
        refusal(figure, sentence, (0, len(sentence))) is None and not any(time.start <= figure.core < time.end for time in times)
        for figure in find_figures(sentence)
    )


@cache
def _rules() -> tuple[re.Pattern[str], dict[str, Label]]:
    """The rules that decide alone, as one pattern, and the label of each."""
    rules = [rule for rule in load_rules("status").rules if "label" in rule.data]
    pattern = re.compile("|".join(f"(?P<{rule.name}>{rule.pattern.pattern})" for rule in rules))
    return pattern, {rule.name: rule.data["label"] for rule in rules}


def deciding_rule(sentence: str) -> str | None:
    """Name the rule that decides about ``sentence`` before the model is asked."""
    match = _rules()[0].match(sentence)
    return match.lastgroup if match else None


def probabilities(model: StatusModel, text: str, place: Layout) -> Array:
    """The chance of each label, one row a sentence."""
    words = lexical_scores(code_points(text), place.starts, place.ends, model.body, model.edge)
    scores = words[:, :7] * model.body_scale + words[:, 8:15] * model.edge_scale + model.bias
    near = standardised(first_look(scores, place), model.near_mean, model.near_spread)
    first = softmax(weighed(near, model.near_weights, model.near_bias))
    far = standardised(second_look(first, place), model.far_mean, model.far_spread)
    logits = weighed(np.concatenate([near, far], 1), model.far_weights, model.far_bias)
    shifts = Shifts(float(model.assured_shift), float(model.trouble_shift), float(model.heading_shift), float(model.agreement))
    return softmax(settled(logits, text, place, shifts))


def first_look(scores: Array, place: Layout) -> Array:
    """Features from the scores of the words and from the surroundings."""
    return np.concatenate([context(np.clip(scores, -5, 5), place), place.features], 1)


def second_look(chances: Array, place: Layout) -> Array:
    """Features from the judgements of the first look."""
    return context(np.log(np.maximum(chances, _LEAST)), place)


def standardised(features: Array, mean: Array, spread: Array) -> Array:
    """Features by their training mean and spread; outliers are cut at four spreads."""
    cut: Array = np.clip((features - mean) / spread, -4, 4)
    return cut


def weighed(features: Array, weights: Array, bias: Array) -> Array:
    """Features times weights, in pieces so small that no linear algebra library starts threads for them."""
    pieces = [features[start : start + _ROWS] @ weights for start in range(0, len(features), _ROWS)]
    logits: Array = np.concatenate(pieces) + bias
    return logits


def settled(logits: Array, text: str, place: Layout, shifts: Shifts) -> Array:
    """Logits after what the headings tell beyond doubt, and after the tasks of each paragraph or list have agreed.

    Plans and results hardly ever change inside a paragraph, and many of their sentences carry no sign of tense.
    """
    moved = logits.copy()
    assured = _uncontradicted(logits, text, place)
    moved[:, _PLANNED] -= shifts.assured * (assured < 0)
    moved[:, _ACHIEVED] -= shifts.assured * (assured > 0)
    moved[:, _PROBLEM] += shifts.trouble * place.troubled
    moved[:, [_OTHER, _ACHIEVED]] -= shifts.trouble * place.troubled[:, None]
    moved[:, _HEADING] -= shifts.heading
    task = np.isin(moved.argmax(1), (_PLANNED, _ACHIEVED))
    ahead = np.clip(moved[:, _PLANNED] - moved[:, _ACHIEVED], -_CAP, _CAP) * task
    others = np.bincount(place.block, ahead)[place.block] - ahead
    move = shifts.agreement * np.clip(others, -_CAP, _CAP) * task / 2
    moved[:, _PLANNED] += move
    moved[:, _ACHIEVED] -= move
    return _turned(moved, text, place)


def _turned(logits: Array, text: str, place: Layout) -> Array:
    """Logits after the tasks of a long document have been told apart at its turn from review to plan, where it has a clear one.

    Reports look back first and ahead then. Where nearly all tasks before some sentence look back and nearly all behind it look ahead, the
    few that do not are moved; a sentence whose own words point the other way is left alone.
    """
    task = np.isin(logits.argmax(1), (_PLANNED, _ACHIEVED))
    if task.sum() < _LONG:
        return logits
    ahead = np.clip(logits[:, _PLANNED] - logits[:, _ACHIEVED], -_CAP, _CAP) * task
    before = np.concatenate([[0.0], np.cumsum(ahead)])
    turn = int(before.argmin())
    side = np.where(np.arange(len(ahead)) < turn, -1, 1)
    clear = (ahead * side).sum() >= _CLEAR * np.abs(ahead).sum()
    if not clear or min(task[:turn].sum(), task[turn:].sum()) < _PART * task.sum():
        return logits
    moved = logits.copy()
    shift = _TURN * task * _uncontradicted(logits, text, place, side)
    moved[:, _PLANNED] += shift
    moved[:, _ACHIEVED] -= shift
    return moved


def _uncontradicted(logits: Array, text: str, place: Layout, direction_of: Array | None = None) -> Array:
    """The assured direction of each sentence (or that of ``direction_of``), 0 where its own words (下一步将…) point the other way."""
    best = logits.argmax(1)
    assured = (place.assured if direction_of is None else direction_of).copy()
    book = load_rules("status")
    for label, direction, words in ((_PLANNED, -1, book["ahead"]), (_ACHIEVED, 1, book["behind"])):
        for i in np.flatnonzero((best == label) & (assured == direction)).tolist():
            if words.search(text, int(place.starts[i]), int(place.ends[i])):
                assured[i] = 0
    return assured


def softmax(logits: Array) -> Array:
    """Probabilities from logits, row by row."""
    powers = np.exp(logits - logits.max(1, keepdims=True))
    chances: Array = powers / powers.sum(1, keepdims=True)
    return chances
