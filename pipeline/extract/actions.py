"""Find the actions of planned and achieved sentences: what is done, to what (guidelines §2).

Reads: sentences and their labels, ``rules/actions.toml``, ``models/actions/weights.npz``. Writes: ``Action`` records per sentence.

Candidate verbs are weighed by a linear model; in each piece of a clause the best one that is likely enough becomes the verb, and the
object is read from the characters behind it, or before it (“乡村振兴战略深入实施”, “将农民工纳入住房保障体系”).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from pipeline.extract.action_candidates import STRONG, WEAK, Candidates, find_candidates, load_lexicon
from pipeline.extract.action_features import feature_rows
from pipeline.extract.action_objects import (
    fronted,
    is_joint,
    is_list,
    is_purpose,
    joint_before,
    leads_to_object,
    object_before,
    objects_behind,
)
from pipeline.records import Action
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.records import Label

    Floats = NDArray[np.float32]

WEIGHTS = Path(__file__).parents[2] / "models" / "actions" / "weights.npz"
LIKELY = 0.33  # least probability of being a main verb: where F1 is highest in cross-validation
_NEAR = 1  # characters between two verbs that may be one: 和, 、 or nothing
_LEAST_OBJECT = 3  # characters that a joined verb must leave to its object
# No object of real prose is longer, no chain of verbs; a line of a million characters must not cost its square.
_REACH, _CHAIN, _TAIL = 400, 12, 30
_BLOCK = 200_000  # characters that are weighed at once: enough to make arrays worth it, little memory


@dataclass(frozen=True, slots=True)
class Chances:
    """By candidate: the probability of being a main verb with its object behind it, and with its object before it."""

    behind: Floats
    before: Floats


class _Head(NamedTuple):
    """A verb that was chosen, and the bounds that its object may reach: a bare tuple, as a report has thousands of them."""

    sentence: int
    piece: int
    clause: int
    start: int
    end: int
    piece_start: int
    clause_start: int
    clause_end: int
    object_behind: bool


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
    number = load_rules("actions")["number"].match(text)
    return (text[number.end() :] if number else text).replace("\n", " ")


@cache
def _weights() -> tuple[NDArray[np.complex64], np.complex64]:
    with np.load(WEIGHTS) as arrays:
        table, bias = arrays["weights"].astype(np.float32), arrays["bias"].astype(np.float32)
    # Two classes in one number: a table of complex numbers is read and added up in half the time of one of pairs.
    return (table[:, 0] + 1j * table[:, 1]).astype(np.complex64), np.complex64(complex(bias[0], bias[1]))


def weigh(found: Candidates) -> Chances:
    """How likely each candidate is a main verb."""
    table, bias = _weights()
    scores = table[feature_rows(found)].sum(axis=1) + bias
    behind, before = np.exp(np.minimum(scores.real, 60)), np.exp(np.minimum(scores.imag, 60))
    whole = 1 + behind + before
    return Chances(behind / whole, before / whole)


def read_actions(found: Candidates, chances: Chances) -> dict[int, list[Action]]:
    """Actions by number of the sentence, from the chances of the candidates."""
    actions: dict[int, list[Action]] = {}
    heads = _heads(found, chances)
    text = found.text
    clause = piece = -1  # of the head before
    for head, following in zip(heads, [*heads[1:], None], strict=False):
        known = actions.setdefault(head.sentence, [])
        verb = text[head.start : head.end]
        same_clause, same_piece = head.clause == clause, head.piece == piece
        clause, piece = head.clause, head.piece
        first = max(head.piece_start if same_clause else head.clause_start, head.start - _REACH)
        if known and is_purpose(text[max(head.piece_start, head.start - _TAIL) : min(head.clause_end, head.end + _REACH)]):
            continue
        if head.object_behind and not _is_fronted(text, first, head):
            objects = objects_behind(verb, text[head.end : min(_object_end(text, head, following), head.end + _REACH)])
            if objects:
                known.extend([Action(verb, each) for each in objects])
                continue
        each = "" if same_piece else object_before(text[first : head.start])
        if each:
            known.append(Action(verb, each))
        elif same_clause and known:  # “出台…政策并足额兑现”, “进行研究、部署”: the same object again
            known.append(Action(verb, known[-1].object))
    return actions


def _is_fronted(text: str, first: int, head: _Head) -> bool:
    """Whether 将 or 把 brings the object before the verb; “把…作为主攻方向” names the other thing behind it."""
    if text.find("将", first, head.start) < 0 and text.find("把", first, head.start) < 0:
        return False
    return text[head.start : head.end] != "作为" and fronted(text[first : head.start]) is not None


def _object_end(text: str, head: _Head, following: _Head | None) -> int:
    """Where the object behind a verb ends: with the clause, or before the next verb in it."""
    if following is None or following.clause != head.clause:
        return head.clause_end
    if following.piece != head.piece:
        return following.piece_start - 1
    joint = joint_before(text[head.end : following.start])
    return following.start if joint is None else head.end + joint


def _heads(found: Candidates, chances: Chances) -> list[_Head]:
    numbers = np.array(_choose_heads(found, chances), np.int64)
    if not len(numbers):
        return []
    openers = np.flatnonzero(found.before == STRONG)
    clause_starts = found.piece_starts[openers]
    clause_ends = found.piece_ends[np.append(openers[1:], len(found.before)) - 1]
    pieces, starts, ends = found.pieces[numbers], found.starts[numbers], found.ends[numbers]
    behind = chances.behind[numbers] >= chances.before[numbers]
    nearby = np.append(found.starts, ends[-1] + _NEAR + 1)[numbers + 1] - ends <= _NEAR
    for place in np.flatnonzero(nearby).tolist():
        ends[place] = _verb_end(found, int(numbers[place]), object_behind=bool(behind[place]))
    coordinated = behind & (found.before[pieces] == WEAK) & (starts == found.core[pieces]) & (numbers > 0)
    for place in np.flatnonzero(coordinated).tolist():
        starts[place] = _verb_start(found, int(numbers[place]))
    clauses = found.clause[pieces]
    sentences = np.searchsorted(found.sentence_starts, starts, side="right") - 1
    columns = (sentences, pieces, clauses, starts, ends, found.piece_starts[pieces], clause_starts[clauses], clause_ends[clauses], behind)
    return _apart(found.text, list(map(_Head._make, zip(*(column.tolist() for column in columns), strict=True))))


def _apart(text: str, heads: list[_Head]) -> list[_Head]:
    """Without verbs that the verb before them has joined, and without those of a list of policies (“出台支持A、鼓励B等措施”)."""
    kept: list[_Head] = []
    for head in heads:
        last = kept[-1] if kept else None
        if last is not None and last.clause == head.clause:
            if head.start < last.end:
                continue
            if last.object_behind and last.piece != head.piece and is_list(text[max(last.end, head.clause_end - _TAIL) : head.clause_end]):
                continue
        kept.append(head)
    return kept


def _verb_end(found: Candidates, number: int, *, object_behind: bool) -> int:
    """Where the verb ends when the verbs behind it are joined to it (“建立健全”, “改造和新建”, “查处、打击”)."""
    end, joining = int(found.ends[number]), load_lexicon().joining
    for other in range(number + 1, min(number + _CHAIN, len(found.starts))):
        start, behind = int(found.starts[other]), int(found.ends[other])
        if start - end > _NEAR or not (joining[found.verbs[other]] if start == end else is_joint(found.text[end:start])):
            break
        if object_behind and behind + _LEAST_OBJECT > int(found.piece_ends[found.pieces[other]]):
            break  # nothing would be left for an object, or nothing but 工作
        end = behind
    return end


def _verb_start(found: Candidates, number: int) -> int:
    """Where the verb begins when pieces that are nothing but a verb stand before it (“依法查处、打击非法采砂”)."""
    least = max(number - _CHAIN, 0)
    for other in range(number - 1, least - 1, -1):
        piece = int(found.pieces[other])
        bare = found.starts[other] == found.core[piece] and found.ends[other] == found.piece_ends[piece]
        if not bare or piece + 1 != found.pieces[other + 1] or found.clause[piece] != found.clause[found.pieces[number]]:
            return int(found.starts[other + 1])
    return int(found.starts[least])


def _choose_heads(found: Candidates, chances: Chances) -> list[int]:
    """The best candidate of each piece, when it is likely enough; a second one behind 并 or 或; and what 对…进行 is followed by."""
    _unite_light_verbs(found, chances)
    likely = chances.behind + chances.before
    numbers = np.flatnonzero(likely > LIKELY)
    heads: list[int] = []
    last = -1
    for number, piece in zip(numbers.tolist(), found.pieces[numbers].tolist(), strict=True):
        if piece != last:
            heads.append(number)
            last = piece
            continue
        rival = heads[-1]
        start = int(found.starts[number])
        between = found.text[max(int(found.ends[rival]), start - _REACH) : start]
        if chances.behind[rival] > LIKELY and joint_before(between) is not None:
            heads.append(number)
        elif likely[number] > likely[rival]:
            heads[-1] = number
    return heads


def _unite_light_verbs(found: Candidates, chances: Chances) -> None:
    """“对路面进行整治、养护”: the verbs are those that close the pieces behind 进行; what they act on stands before it."""
    light = load_lexicon().light[found.verbs]
    for number in np.flatnonzero(light).tolist():
        piece = int(found.pieces[number])
        clause = found.clause[piece]
        first = int(np.searchsorted(found.clause, clause))
        start = int(found.starts[number])
        if not leads_to_object(found.text[max(int(found.piece_starts[first]), start - _REACH) : start]):
            continue
        for behind in range(number + 1, min(number + _CHAIN, len(found.starts))):
            place = int(found.pieces[behind])
            if found.clause[place] != clause:
                break
            if found.ends[behind] == found.piece_ends[place]:
                chances.behind[number] = chances.before[number] = chances.behind[behind] = 0
                chances.before[behind] = 1
