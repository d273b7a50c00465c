"""What speaks for or against a candidate verb, as rows of a weight table, for all candidates at once.

Reads: ``Candidates``. Writes: an array of row numbers, one line of it per candidate, one column per feature.

A feature is a number that says what was seen (a verb, two characters, a distance); it is hashed into the table together with the
number of its column. ``models/actions/train.py`` trains the table with this same module, so that the two cannot disagree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.action_candidates import STRONG, WEAK, Candidates

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.extract.action_candidates import Flags, Ints

ROW_BITS = 15  # 32,768 rows: four times as many gain nothing that folds can measure
_CODE, _WORD = 1 << 16, 1 << 13  # more than there are code points in the plane, and verbs in the lexicon
_STEPS = np.array([1, 2, 3, 4, 6, 8, 12, 16, 24])  # distances that are told apart
_OUTSIDE = 1  # stands for a character beyond the piece
_FIRST_MIX, _SECOND_MIX = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9)  # the constants of splitmix64
_LINE_BREAK = ord("\n")  # stands between sentences: what is beyond it is not looked at
_FRONTING = [ord(mark) for mark in "将把"]
_ATTRIBUTE = ord("的")
_LETTER = np.zeros(_CODE, bool)
_LETTER[[*range(ord("A"), ord("Z") + 1), *range(ord("a"), ord("z") + 1)]] = True
_DIGIT = np.zeros(_CODE, bool)
_DIGIT[[ord(digit) for digit in "0123456789０１２３４５６７８９"]] = True


@dataclass(frozen=True, slots=True)
class _Sight:
    """What can be seen from each candidate; every array has one value per candidate."""

    verb: Ints
    begin: Ints  # of the candidate, of its piece and of its clause, and where they end
    end: Ints
    piece_begin: Ints
    piece_end: Ints
    clause_begin: Ints
    clause_end: Ints
    opens: Ints  # 2 when nothing but adverbs stands before it in the piece, and 1 more when an adverb stands right before it
    opening: Ints
    achieved: Ints
    rank: Ints  # among the candidates of the piece
    count: Ints
    verb_before: Ints  # the neighbours in the piece, and the gaps to them
    verb_behind: Ints
    gap_before: Ints
    gap_behind: Ints
    first_verb: Ints  # of the piece
    before: Ints  # the separators round the piece
    after: Ints
    clause: Ints  # its number in the sentence
    clauses: Ints  # how many the sentence has
    last: Ints
    opener_before: Ints  # the verbs that open the pieces before and behind
    opener_behind: Ints


def feature_rows(found: Candidates) -> Ints:
    """Rows of the weight table: an array of as many lines as candidates, and one column per feature."""
    sight = _look(found)
    columns = [*_characters(found.codes, sight), *_places(found.codes, sight), *_neighbours(sight)]
    mixed = np.array(columns, np.int64).view(np.uint64)
    mixed += (np.arange(len(columns), dtype=np.uint64) * np.uint64(1_000_003) + np.uint64(12_345))[:, None]
    mixed *= _FIRST_MIX
    mixed ^= mixed >> np.uint64(29)
    mixed *= _SECOND_MIX
    mixed >>= np.uint64(64 - ROW_BITS)
    return np.ascontiguousarray(mixed.T).view(np.int64)


def _look(found: Candidates) -> _Sight:
    begin, end, verb, piece = found.starts, found.ends, found.verbs, found.pieces
    numbers = np.arange(len(begin))
    first = np.searchsorted(piece, piece, side="left")
    rank, count = numbers - first, np.searchsorted(piece, piece, side="right") - first
    left, right = np.maximum(numbers - 1, 0), np.minimum(numbers + 1, len(begin) - 1)
    has_left, has_right = rank > 0, rank < count - 1
    sentence = np.searchsorted(found.sentence_starts, begin, side="right") - 1
    openers = np.flatnonzero(found.before == STRONG)
    clause_begins = found.piece_starts[openers]
    clause_ends = found.piece_ends[np.append(openers[1:], len(found.before)) - 1]
    owner = np.searchsorted(found.sentence_starts, clause_begins, side="right") - 1
    first_clause = np.searchsorted(owner, np.arange(len(found.sentence_starts)), side="left")
    clauses = np.searchsorted(owner, np.arange(len(found.sentence_starts)), side="right") - first_clause
    clause = found.clause[piece]
    opener = _openers(found)
    return _Sight(
        verb=verb,
        begin=begin,
        end=end,
        piece_begin=found.piece_starts[piece],
        piece_end=found.piece_ends[piece],
        clause_begin=clause_begins[clause],
        clause_end=clause_ends[clause],
        opens=found.opens * 2 + found.adverb_before,
        opening=found.opens.astype(np.int64),
        achieved=found.labels[sentence],
        rank=np.minimum(rank, 4),
        count=np.minimum(count, 5),
        verb_before=np.where(has_left, verb[left], -1),
        verb_behind=np.where(has_right, verb[right], -1),
        gap_before=np.where(has_left, np.minimum(begin - end[left], 3), 9),
        gap_behind=np.where(has_right, np.minimum(begin[right] - end, 3), 9),
        first_verb=verb[first],
        before=found.before[piece],
        after=found.after[piece],
        clause=clause - first_clause[sentence],
        clauses=clauses[sentence],
        last=(clause - first_clause[sentence] == clauses[sentence] - 1).astype(np.int64),
        opener_before=np.where(found.codes[found.piece_starts[piece] - 1] == _LINE_BREAK, -5, opener[piece - 1]),
        opener_behind=np.where(found.after[piece] == WEAK, opener[piece + 1], -5),
    )


def _openers(found: Candidates) -> Ints:
    """By piece: its first candidate when that opens it, -3 when another word does, -2 when it has no candidate."""
    opener = np.full(len(found.piece_starts) + 2, -2, np.int64)
    pieces, first = np.unique(found.pieces, return_index=True)
    opener[pieces] = np.where(found.starts[first] == found.core[pieces], found.verbs[first], -3)
    return opener


def _steps(distance: Ints) -> Ints:
    return np.searchsorted(_STEPS, distance, side="right")


def _characters(codes: Ints, s: _Sight) -> Iterator[Ints]:
    """The verb and the characters round it, at both ends of its piece and of its clause."""
    before = np.where(s.begin - 1 >= s.piece_begin, codes[s.begin - 1], _OUTSIDE)
    behind = np.where(s.end < s.piece_end, codes[s.end], _OUTSIDE)
    behind_it = np.where(s.end + 1 < s.piece_end, codes[s.end + 1], _OUTSIDE)
    closing = codes[s.piece_end - 2] * _CODE + codes[s.piece_end - 1]
    head = codes[s.piece_begin]
    clause_tail = codes[s.clause_end - 2] * _CODE + codes[s.clause_end - 1]
    yield from (s.verb, s.verb * 4 + s.opens, before, before * 4 + s.opens, behind, behind * _CODE + behind_it)
    yield from (closing, closing * 4 + np.minimum(s.clauses, 3), (clause_tail * 2 + s.last) * 2 + s.opening)
    yield from (head * _CODE + codes[s.piece_begin + 1], codes[s.clause_begin] * 2 + s.opening)
    yield from (codes[s.begin] * 2 + s.opening, codes[s.end - 1] * 2 + s.opening, s.verb * 4 + np.minimum(s.clauses, 3))
    attributes = np.concatenate([[0], np.cumsum(codes == _ATTRIBUTE)])
    attributed = (attributes[s.clause_end] > attributes[s.end]) * 2 + (codes[s.clause_end - 1] == _ATTRIBUTE)
    yield from ((codes[s.clause_begin] * 4 + attributed) * 4 + s.opens, (attributed * 4 + s.opens) * 4 + s.before, s.verb * 4 + attributed)
    fronting = np.concatenate([[0], np.cumsum(np.isin(codes, _FRONTING))])
    fronted = (fronting[s.begin] > fronting[s.clause_begin]) * 2 + (s.end == s.piece_end)
    yield from (fronted, s.verb * 4 + fronted, (behind * 4 + fronted) * 4 + s.opens, (fronted * 8 + s.rank) * 8 + s.count)


def _places(codes: Ints, s: _Sight) -> Iterator[Ints]:
    """Where the verb stands in its piece, the piece in its clause, the clause in its sentence; and whether figures are near."""
    digits = np.concatenate([[0], np.cumsum(_figures(codes))])
    figure_behind = (digits[s.piece_end] > digits[s.end]).astype(np.int64)
    figure_before = (digits[s.begin] > digits[s.piece_begin]).astype(np.int64)
    figure_later = (digits[s.clause_end] > digits[s.end]).astype(np.int64)
    lead, rest = _steps(s.begin - s.piece_begin), _steps(s.piece_end - s.end)
    label = s.opens * 2 + s.achieved
    yield from (label, lead * 4 + s.opens, rest * 4 + s.opens, (rest == 0) * 8 + label)
    yield from (s.verb * 2 + s.achieved, s.verb * 2 + s.last, s.verb * 4 + s.before, s.verb * 8 + s.rank)
    yield from (s.verb * 2 + figure_behind, s.verb * 2 + figure_later, (figure_behind * 2 + figure_before) * 2 + s.opening)
    yield from (label * 2 + figure_behind, (s.before * 4 + s.after) * 2 + s.opening, (label * 16 + rest) * 4 + s.before)
    yield from ((np.minimum(s.clause, 4) * 8 + np.minimum(s.clauses, 5)) * 2 + s.opening, s.last * 2 + s.opening)


def _figures(codes: Ints) -> Flags:
    """Digits of figures; those of names (IPv6, 4A级, 5G) stand next to a letter."""
    letter = _LETTER[codes]
    figures: Flags = _DIGIT[codes] & ~np.roll(letter, 1) & ~np.roll(letter, -1)
    return figures


def _neighbours(s: _Sight) -> Iterator[Ints]:
    """The other candidates of the piece, and the verbs that open the pieces before and behind it."""
    before, behind = s.verb_before * 16 + s.gap_before, s.verb_behind * 16 + s.gap_behind
    parallel = np.where(s.before == WEAK, s.opener_before, -5)
    abreast = np.sign(parallel) * 3 + np.sign(s.opener_behind)
    yield from (before, before * _WORD + s.verb, behind, (s.count * 8 + s.rank) * 4 + s.opens)
    yield from (s.verb * _WORD + s.first_verb, s.first_verb * 4 + s.opens, (s.gap_before * 16 + s.gap_behind) * 4 + s.opens)
    yield from (parallel * 2 + s.opening, s.opener_behind * 2 + s.opening, s.opener_before * 2 + s.opening)
    yield from (abreast * 2 + s.opening, (abreast * 16 + s.before * 4 + s.after) * 4 + s.opens, s.verb * 16 + abreast)
