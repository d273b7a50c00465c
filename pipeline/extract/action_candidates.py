"""Find the places where the main verb of an action may stand, for many sentences at once.

Reads: sentences and their labels, ``rules/actions.toml`` (verbs, adverbs). Writes: ``Candidates``, arrays over one joined text.

Everything here is arithmetic on whole arrays of code points: a report has some thousand clauses, and a loop over its characters
in Python would cost more than all other stages together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from pipeline.records import Label

    Ints = NDArray[np.int64]
    Flags = NDArray[np.bool_]

OPENING, CLOSING = "“‘「『《〈（([【〔", "”’」』》〉）)]】〕"
STRONG, WEAK = 1, 2  # kinds of separators: a comma and its like part clauses, 、 parts their coordinated pieces
_STRONG_MARKS, _WEAK_MARKS, _DASH = "，。；：！？,;:!?\n", "、", 0x2014
_MARGIN = 8  # blank code points around the joined text, so that looking a few characters ahead or back stays inside
_SKIPS = 7  # adverbs in a row that are passed over at most (“要进一步全面深入扎实有序…”)
_UNKNOWN_LEAST = 4  # a piece shorter than this cannot hold an unknown verb and its object
_BMP = 0x10000


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Verbs and adverbs as one trie in an array: ``step[node * width + rank[code]]`` is the next node, 0 where no word goes on."""

    rank: Ints
    width: int
    step: NDArray[np.int16]
    verb: Ints  # by node: number of the verb that ends there, 0 for none
    adverb: Ints  # by node: length of the adverb that ends there, 0 for none
    noun: Ints  # the same for nouns that begin with or hide a verb
    length: Ints  # by verb number
    free: Flags  # by verb number: may stand anywhere in its clause
    joining: Flags  # makes one verb with the verb right before it
    light: Flags  # leaves its meaning to the verb behind it
    longest: int
    verbs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Places where a main verb may stand, in text order, and the pieces of clauses that they stand in.

    A piece lies between two separators outside quotes and brackets. Positions are code points of ``text``.
    """

    text: str
    codes: Ints
    sentence_starts: Ints
    piece_starts: Ints
    piece_ends: Ints
    before: Ints  # by piece: kind of the separator before it
    after: Ints  # by piece: kind of the separator behind it
    clause: Ints  # by piece: number of its clause (pieces joined by 、)
    core: Ints  # by piece: where it begins once adverbs are passed over
    starts: Ints
    ends: Ints
    verbs: Ints  # number in the lexicon, 0 for a word that it does not know
    pieces: Ints
    opens: Flags  # nothing but adverbs stands between the begin of the piece and the verb
    adverb_before: Flags
    labels: Ints  # by sentence: 1 for achieved, 0 for planned


def _marks(characters: str, value: int = 1) -> NDArray[np.int8]:
    table = np.zeros(_BMP, np.int8)
    for character in characters:
        table[ord(character)] = value
    return table


_SEPARATOR = _marks(_STRONG_MARKS, STRONG) + _marks(_WEAK_MARKS, WEAK)
_DEPTH = _marks(OPENING) - _marks(CLOSING)


@cache
def load_lexicon() -> Lexicon:
    """The verbs and adverbs of ``rules/actions.toml`` as a trie (built once in a process)."""
    data = load_rules("actions").data
    adverbs = data["adverbs"].split()
    verbs = (*data["verbs"].split(), *data["short_verbs"].split())
    nouns = data["nouns"].split()
    words = [*verbs, *adverbs, *nouns]
    rank = np.zeros(_BMP, np.int64)
    for number, code in enumerate(sorted({ord(character) for word in words for character in word}), 1):
        rank[code] = number
    width = int(rank.max()) + 1
    nodes = {"": 1}
    for word in words:
        for end in range(1, len(word) + 1):
            nodes.setdefault(word[:end], len(nodes) + 1)
    step = np.zeros((len(nodes) + 1) * width, np.int16)
    for prefix, node in nodes.items():
        if prefix:
            step[nodes[prefix[:-1]] * width + rank[ord(prefix[-1])]] = node
    verb, adverb, noun = (np.zeros(len(nodes) + 1, np.int64) for _ in range(3))
    for number, word in enumerate(verbs, 1):
        verb[nodes[word]] = number
    for word in adverbs:
        adverb[nodes[word]] = len(word)
    for word in nouns:
        noun[nodes[word]] = len(word)
    length = np.array([2, *map(len, verbs)], np.int64)  # an unknown verb is taken to have two characters
    named = [np.isin(np.array(("", *verbs)), data[name].split()) for name in ("free_verbs", "joining", "light_verbs")]
    return Lexicon(
        rank=rank,
        width=width,
        step=step,
        verb=verb,
        adverb=adverb,
        noun=noun,
        length=length,
        free=(length > 1) | named[0],
        joining=named[1],
        light=named[2],
        longest=max(map(len, words)),
        verbs=("", *verbs),
    )


def find_candidates(sentences: Sequence[str], labels: Sequence[Label]) -> Candidates:
    """The candidates of ``sentences`` (each without line breaks), whose labels are ``planned`` or ``achieved``."""
    lexicon = load_lexicon()
    text = "\n" * _MARGIN + "\n".join(sentences) + "\n" * _MARGIN
    codes = np.minimum(np.frombuffer(text.encode("utf-32-le"), np.uint32), _BMP - 1).astype(np.int64)
    lengths = np.fromiter(map(len, sentences), np.int64, len(sentences)) + 1
    sentence_starts = np.concatenate([[0], np.cumsum(lengths)]) + _MARGIN
    inside = _inside_quotes(codes, sentence_starts)
    separator = _separators(codes, inside)
    places = np.flatnonzero(separator)
    filled = np.flatnonzero(np.diff(places) > 1)
    piece_starts, piece_ends = places[filled] + 1, places[filled + 1]
    strong = np.cumsum(separator[places] == STRONG)[filled]
    before = np.where(np.diff(strong, prepend=0) > 0, STRONG, WEAK)  # of several separators in a row a strong one counts
    after = np.append(before[1:], STRONG)
    verb, adverb, noun = _match_words(codes, lexicon)
    verb[inside] = 0
    opened, core = _pass_over_adverbs(piece_starts, piece_ends, adverb, inside)
    starts, verbs = _choose_places(verb, adverb, noun, opened)
    starts, verbs = _add_unknown(starts, verbs, _silent_cores(piece_starts, piece_ends, core, starts, opened), inside)
    pieces = np.searchsorted(piece_starts, starts, side="right") - 1
    ends = np.minimum(starts + lexicon.length[verbs], piece_ends[pieces])
    behind_adverb = np.zeros(len(codes) + _MARGIN, bool)
    adverb_places = np.flatnonzero(adverb)
    behind_adverb[adverb_places + adverb[adverb_places]] = True
    return Candidates(
        text=text,
        codes=codes,
        sentence_starts=sentence_starts[:-1],
        piece_starts=piece_starts,
        piece_ends=piece_ends,
        before=before,
        after=after,
        clause=np.cumsum(before == STRONG) - 1,
        core=core,
        starts=starts,
        ends=ends,
        verbs=verbs,
        pieces=pieces,
        opens=opened[starts],
        adverb_before=behind_adverb[starts],
        labels=np.fromiter((label == "achieved" for label in labels), np.int64, len(sentences)),
    )


def _inside_quotes(codes: Ints, sentence_starts: Ints) -> Flags:
    """Which code points stand within quotes or brackets, the marks included. A sentence whose marks do not pair has none."""
    change = _DEPTH[codes]
    depth = np.cumsum(change, dtype=np.int64)
    level = depth[sentence_starts - 1]  # the line break before the sentence
    unpaired = level[1:] != level[:-1]
    if unpaired.any():
        for number in np.flatnonzero(unpaired):
            change[sentence_starts[number] : sentence_starts[number + 1]] = 0
        depth = np.cumsum(change, dtype=np.int64)
    return (depth > 0) | (change < 0)


def _separators(codes: Ints, inside: Flags) -> Ints:
    separator = _SEPARATOR[codes].astype(np.int64)
    dash = np.flatnonzero(codes == _DASH)
    separator[dash[(codes[dash - 1] == _DASH) | (codes[dash + 1] == _DASH)]] = STRONG  # “——”; a single one joins two names
    separator[inside] = 0
    return separator


def _match_words(codes: Ints, lexicon: Lexicon) -> tuple[Ints, Ints, Ints]:
    """At every code point: number of the longest verb, and lengths of the longest adverb and noun, that begin there."""
    size = len(codes)
    verb, adverb, noun = (np.zeros(size, np.int64) for _ in range(3))
    rank = np.concatenate([lexicon.rank[codes], np.zeros(lexicon.longest, np.int64)])
    nodes = lexicon.step[lexicon.width + rank[:size]]
    places = np.flatnonzero(nodes)
    nodes = nodes[places]
    for length in range(1, lexicon.longest + 1):
        for found, words in ((verb, lexicon.verb[nodes]), (adverb, lexicon.adverb[nodes]), (noun, lexicon.noun[nodes])):
            ending = words > 0
            found[places[ending]] = words[ending]
        nodes = lexicon.step[nodes.astype(np.int64) * lexicon.width + rank[places + length]]
        going_on = nodes > 0
        places, nodes = places[going_on], nodes[going_on]
    return verb, adverb, noun


def _pass_over_adverbs(piece_starts: Ints, piece_ends: Ints, adverb: Ints, inside: Flags) -> tuple[Flags, Ints]:
    """The code points that are reached from the begin of a piece over adverbs and a leading bracket; and the last one of each piece."""
    opened = np.zeros(len(adverb), bool)
    opened[piece_starts] = True
    reached = piece_starts.copy()
    bracketed = np.flatnonzero(inside[reached])
    if len(bracketed):
        outside = np.flatnonzero(~inside)
        reached[bracketed] = outside[np.searchsorted(outside, reached[bracketed])]
    for _ in range(_SKIPS):
        opened[reached] = True
        reached = np.minimum(reached + adverb[reached], piece_ends - 1)
    return opened, reached


def _choose_places(verb: Ints, adverb: Ints, noun: Ints, opened: Flags) -> tuple[Ints, Ints]:
    """Verbs that do not begin within another verb, an adverb or a noun; short ones only where a piece opens."""
    lexicon = load_lexicon()
    length = lexicon.length
    places = np.flatnonzero(verb)
    free = lexicon.free[verb[places]]
    longer = np.where(free, noun[places], np.maximum(noun[places], adverb[places]))
    places = places[(free | opened[places]) & (longer <= length[verb[places]])]
    covered = np.zeros(len(verb) + _MARGIN, bool)
    covers = np.where(opened, adverb, 0)
    for words, reach in ((covers, 4), (noun, 8)):
        begins = np.flatnonzero(words > 1)
        for distance in range(1, reach):
            longer = begins[words[begins] > distance]
            covered[longer + distance] = True
    covered[: len(opened)][opened] = False
    places = places[~covered[places]]
    ends = places + length[verb[places]]
    apart = np.ones(len(places), bool)
    for number in np.flatnonzero(places[1:] < np.maximum.accumulate(ends)[:-1]) + 1:
        left = number - 1
        while not apart[left]:
            left -= 1
        apart[number] = places[number] >= ends[left]
    places = places[apart]
    return places, verb[places]


def _silent_cores(piece_starts: Ints, piece_ends: Ints, core: Ints, starts: Ints, opened: Flags) -> Ints:
    """Cores of the pieces that no known verb opens and that have room for an unknown one and its object."""
    opening = starts[opened[starts]]
    known = np.zeros(len(piece_starts), bool)
    known[np.searchsorted(piece_starts, opening, side="right") - 1] = True
    return core[~known & (piece_ends - core >= _UNKNOWN_LEAST)]


def _add_unknown(starts: Ints, verbs: Ints, cores: Ints, inside: Flags) -> tuple[Ints, Ints]:
    """Where a piece opens with no known verb, its first word may still be one (number 0)."""
    taken = np.zeros(len(inside) + 2, bool)
    taken[starts] = True
    cores = cores[~taken[cores] & ~taken[cores + 1] & ~inside[cores]]
    places = np.concatenate([starts, cores])
    order = np.argsort(places, kind="stable")
    return places[order], np.concatenate([verbs, np.zeros(len(cores), np.int64)])[order]
