"""Describe each sentence of a document in numbers: its place, and what stands around it.

Reads: text and ``Outline``. Writes: arrays with one row per sentence, for the model that ``extract.status`` runs and
``models/status/train.py`` fits. Everything works on the whole document at once; no loop runs over characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from pipeline.extract.lexical import Array, code_points
from pipeline.rulebook import load_rules
from pipeline.segment.structure import numbering_style

if TYPE_CHECKING:
    from pipeline.records import Outline

_PARTS = (None, "review", "plan", "annex", "glossary", "front")
# Columns of the end marks: full stop, semicolon, colon, exclamation or question, anything else.
_MARKS = ("。.", "；;", "：:", "！!？?")
_STYLES = (None, "chapter", "division", "article", "comma", "bracket", "point", "digit_bracket", "circle", "ordinal", "topic", "dash")
_WINDOW = 6
# The title and the first lines, which tell kind and year of the document.
_HEAD = 260


@dataclass(frozen=True, slots=True)
class Layout:
    """Where each sentence stands: arrays with one entry per sentence."""

    starts: Array
    ends: Array
    paragraph: Array  # counted from 0 without gaps
    block: Array  # the same, where lines of one list count as one
    first: Array  # index of the first sentence of its paragraph
    heading: Array  # index of the sentence that heads its section, -1 for none or for itself
    upper: Array  # index of the sentence that heads the section above, -1 for none
    lead: Array  # index of the sentence with a colon that leads the list it stands in, -1 for none
    features: Array  # everything that does not depend on scores
    assured: Array  # -1: stands beyond doubt in a review, 1: in a plan, 0: not known
    troubled: Array  # stands under a heading such as 存在的问题


def layout(text: str, outline: Outline, year: int | None = None) -> Layout:
    """Lay out the sentences of ``outline``; there must be some. ``year`` is that of the plan, by default the first in the text."""
    sentences = outline.sentences
    count = len(sentences)
    points = code_points(text)
    starts = np.fromiter((s.span[0] for s in sentences), np.int64, count)
    ends = np.fromiter((s.span[1] for s in sentences), np.int64, count)
    paragraph = np.fromiter((s.paragraph for s in sentences), np.int64, count)
    section = np.fromiter((-1 if s.section is None else s.section for s in sentences), np.int64, count)
    part = np.fromiter((_PARTS.index(s.part) for s in sentences), np.int64, count)
    opens_paragraph = np.r_[True, paragraph[1:] != paragraph[:-1]]
    paragraph = np.cumsum(opens_paragraph) - 1
    first = np.flatnonzero(opens_paragraph)[paragraph]
    opens_section = (section >= 0) & np.r_[True, section[1:] != section[:-1]]
    opener = np.maximum.accumulate(np.where(opens_section, np.arange(count), -1))
    opener[section < 0] = -1
    spans = np.array([s.heading_span for s in outline.sections], np.int64).reshape(-1, 2)
    whole = opens_section.copy()
    whole[whole] = (spans[section[whole]] == np.stack([starts[whole], ends[whole]], 1)).all(1)
    first_of_section = {int(section[i]): int(i) for i in np.flatnonzero(opens_section)}
    parents = np.array([first_of_section.get(-1 if s.parent is None else s.parent, -1) for s in outline.sections] + [-1], np.int64)
    marks = _end_marks(points[ends - 1])
    lead = _leads(points, starts, ends, first, marks)
    place = _place(count, starts, ends, paragraph, first)
    mark_before = np.concatenate([np.zeros_like(marks[:1]), marks[:-1]])
    styles = _styles(text, outline)
    in_section = _in_section(outline, styles, section, opens_section, whole, np.arange(count) - first)
    runs = _numbering_runs(outline, styles)
    trust, assured = _trust(
        part, (runs[0][section], runs[1][section], runs[2][section]), opener, _breaks(opener, whole, opens_paragraph, mark_before)
    )
    digits = _counts(_digits(points), starts, ends)
    commas = _counts((points == 0x2C) | (points == 0xFF0C), starts, ends)
    features = np.concatenate(
        [
            place,
            marks,
            mark_before,
            np.stack([digits > 0, commas, commas == 0], 1),
            _years(text, points, starts, paragraph, year),
            np.eye(len(_PARTS))[part],
            in_section,
            trust,
            np.repeat(_kind(text)[None], count, 0),
        ],
        1,
        dtype=np.float32,
    )
    heading = np.where(opener == np.arange(count), -1, opener)
    troubled = _troubled(outline)[section]
    goes_on = np.concatenate([[False], marks[:-1, 1] | marks[:-1, 2]])
    block = np.cumsum(opens_paragraph & ~goes_on) - 1
    return Layout(starts, ends, paragraph, block, first, heading, parents[section], lead, features, assured, troubled)


def _counts(hits: Array, starts: Array, ends: Array) -> Array:
    total = np.concatenate([[0], np.cumsum(hits)])
    counted: Array = total[ends] - total[starts]
    return counted


def _end_marks(last: Array) -> Array:
    columns = [np.logical_or.reduce([last == ord(c) for c in marks]) for marks in _MARKS]
    return np.stack([*columns, ~np.logical_or.reduce(columns)], 1)


def _leads(points: Array, starts: Array, ends: Array, first: Array, marks: Array) -> Array:
    """The nearest sentence before with a colon, in the same paragraph or above a list whose lines end with semicolons."""
    colons = _counts((points == 0x3A) | (points == 0xFF1A), starts, ends) > 0
    goes_on = np.concatenate([[False], marks[:-1, 1] | marks[:-1, 2]])
    index = np.arange(len(starts))
    begins = np.maximum.accumulate(np.where((first == index) & ~goes_on, index, 0))
    before = np.concatenate([[-1], np.maximum.accumulate(np.where(colons, index, -1))[:-1]])
    lead: Array = np.where(before >= begins, before, -1)
    return lead


def _place(count: int, starts: Array, ends: Array, paragraph: Array, first: Array) -> Array:
    index = np.arange(count)
    size = np.bincount(paragraph)[paragraph]
    within = index - first
    rest = size - 1 - within
    length = ends - starts
    return np.stack(
        [
            within == 0,
            rest == 0,
            size == 1,
            np.minimum(within, 4),
            within == 1,
            np.minimum(size, 8),
            np.minimum(rest, 4),
            index / count,
            np.maximum(1 - index / 10, 0),
            np.maximum(1 - (count - 1 - index) / 8, 0),
            np.full(count, count < 12),
            np.log(length),
            length <= 6,
            length <= 15,
            length <= 30,
            length > 80,
        ],
        1,
    ).astype(np.float32)


def _styles(text: str, outline: Outline) -> Array:
    """The kind of numbering of each section: an index into ``_STYLES``, 0 for none."""
    found = (numbering_style(text, s.heading_span[0]) for s in outline.sections)
    return np.array([_STYLES.index(style) if style in _STYLES else 0 for style in found] + [0], np.int64)


def _in_section(outline: Outline, styles: Array, section: Array, opens: Array, whole: Array, within: Array) -> Array:
    """Describe the section that a sentence opens or stands in.

    Columns: its numbering where the sentence opens it, whether the sentence opens it, is all heading, is a bare heading in
    mid-paragraph; the level; what the headings above speak of.
    """
    sections = outline.sections
    levels = np.array([s.level for s in sections] + [-1])
    words = [rule.pattern for rule in load_rules("status").rules if "heading" in rule.data]
    own = np.array([[bool(word.search(s.heading)) for word in words] for s in sections] + [[False] * len(words)])
    above = np.zeros_like(own)
    for number, s in enumerate(sections):
        if s.parent is not None:
            above[number] = own[s.parent] | above[s.parent]
    opened = np.eye(len(_STYLES))[styles[section]] * opens[:, None]
    bare = opens & (opened[:, 0] > 0)
    return np.concatenate([opened, np.stack([opens, whole, bare & (within > 0), levels[section]], 1), own[section], above[section]], 1)


def _trust(part: Array, runs: tuple[Array, Array, Array], opener: Array, content_breaks: Array) -> tuple[Array, Array]:
    """How far the part of the document can be relied on: one column for each degree in a review and in a plan, and for no part.

    A heading such as 一、工作成效 speaks for what stands under it as long as the numbering below it runs on without a gap. Excerpts
    that were pieced together skip numbers, and paragraphs without a heading may belong anywhere.
    """
    root, gap, numbered = runs
    broken = content_breaks > np.where(opener >= 0, content_breaks[opener], 0)
    degree = np.select([gap > 0, broken & ~root, numbered & ~root, root & ~broken, root], [5, 4, 0, 1, 2], 3)
    column = np.where(opener < 0, 12, np.select([part == 1, part == 2], [degree, degree + 6], 12))
    assured = np.where(column <= 2, -1, np.where((column >= 6) & (column < 12), 1, 0))
    return np.eye(13)[column], assured


def _breaks(opener: Array, whole: Array, opens_paragraph: Array, mark_before: Array) -> Array:
    """Count the paragraphs that begin after their section already had content, other than the next line of a list."""
    content = np.cumsum(~whole)
    before = content - ~whole - np.where(opener >= 0, (content - ~whole)[opener], 0)
    list_goes_on = mark_before[:, 1] | mark_before[:, 2] | mark_before[:, 4]
    counted: Array = np.cumsum(opens_paragraph & (before > 0) & ~list_goes_on)
    return counted


def _numbering_runs(outline: Outline, styles: Array) -> tuple[Array, Array, Array]:
    """For each section: does its heading set the part, how many numbers were skipped since one did, has it a number."""
    sections = outline.sections
    numerals = load_rules("status").data["numerals"]
    last: dict[int, tuple[int, int]] = {}
    roots: list[bool] = []
    gaps: list[int] = []
    numbered: list[bool] = []
    skipped = 9
    for s in sections:
        above = None if s.parent is None else sections[s.parent].part
        root = s.part in ("review", "plan") and s.part != above and (s.parent is None or above is None)
        if root:
            skipped = 0
        number = _number(s.clause, numerals)
        if number is not None:
            style = int(styles[len(roots)])
            skipped += number != last.get(style, (0, 0))[0] + 1 and not root
            last = {other: run for other, run in last.items() if run[1] <= s.level}
            last[style] = (number, s.level)
        roots.append(root)
        gaps.append(skipped)
        numbered.append(number is not None)
    return np.array([*roots, False]), np.array([*gaps, 9]), np.array([*numbered, False])


def _number(clause: str | None, numerals: dict[str, int]) -> int | None:
    """The number of a clause: （二十六） 26, 3. 3, ② 2; None when there is none."""
    digits = "".join(c for c in clause or "" if c in numerals or c.isdecimal())
    if not digits:
        return None
    if digits.isdecimal():
        return int(digits)
    value, pending = 0, 0
    for c in digits:
        n = numerals.get(c, 0) if not c.isdecimal() else int(c)
        if n in (10, 100):
            value, pending = value + max(pending, 1) * n, 0
        else:
            pending = n
    return value + pending


def _years(text: str, points: Array, starts: Array, paragraph: Array, year: int | None) -> Array:
    """Whether a sentence, and its paragraph, name a year behind, at, or ahead of the year of the document."""
    at, years = _named_years(points)
    book = load_rules("status")
    if any(sign in text for sign in book.data["century"]):
        numerals = book.data["numerals"]
        written = [(m.start(), int("".join(str(numerals[c]) for c in m[0]))) for m in book["written_year"].finditer(text)]
        at = np.concatenate([at, [position for position, _ in written]]).astype(np.int64)
        years = np.concatenate([years, [value for _, value in written]]).astype(np.int64)
    named = np.zeros((len(starts), 3))
    if year is None and len(at) and at.min() < _HEAD:
        year = int(years[at.argmin()])
    if year is not None and len(at):
        named[np.maximum(np.searchsorted(starts, at, "right") - 1, 0), np.sign(years - year) + 1] = 1
    near = np.zeros((int(paragraph[-1]) + 1, 3))
    np.maximum.at(near, paragraph, named)
    return np.concatenate([named, near[paragraph]], 1)


def _named_years(points: Array) -> tuple[Array, Array]:
    """Where four digits, half or full width, stand alone and make a year of our or the last century, and the years."""
    digit = _digits(points)
    borders = np.flatnonzero(np.diff(np.concatenate([[False], digit, [False]])))
    begin, end = borders[::2], borders[1::2]
    begin = begin[end - begin == 4]
    value = (points[begin[:, None] + np.arange(4)] & 0xF).astype(np.int64) @ np.array([1000, 100, 10, 1])
    kept = (value >= 1900) & (value < 2100)
    return begin[kept], value[kept]


def _digits(points: Array) -> Array:
    # the subtraction wraps round, so that one comparison tests both ends of a range
    found: Array = (points - np.uint32(0x30) < 10) | (points - np.uint32(0xFF10) < 10)
    return found


def _troubled(outline: Outline) -> Array:
    trouble = next(rule.pattern for rule in load_rules("status").rules if "trouble" in rule.data)
    found: list[bool] = []
    for s in outline.sections:
        found.append(bool(trouble.search(s.heading)) or (s.parent is not None and found[s.parent]))
    return np.array([*found, False])


def _kind(text: str) -> Array:
    head = text[:_HEAD]
    return np.array([bool(rule.pattern.search(head)) for rule in load_rules("status").rules if "kind" in rule.data], float)


def context(scores: Array, place: Layout) -> Array:
    """What ``scores`` (one row a sentence) say of each sentence, its neighbours, its paragraph, its headings and the document."""
    count, width = scores.shape
    scores = scores.astype(np.float32)
    nothing = np.zeros((1, width), np.float32)
    same = (place.paragraph[1:] == place.paragraph[:-1])[:, None]
    before, after = np.concatenate([nothing, scores[:-1]]), np.concatenate([scores[1:], nothing])
    joined = np.concatenate([np.zeros((1, 1), bool), same])
    joins = np.concatenate([same, np.zeros((1, 1), bool)])
    # sums over a long document need more digits than their means
    running = np.concatenate([nothing, np.cumsum(scores, 0, dtype=np.float64)])
    borders = np.concatenate([np.flatnonzero(~joined[:, 0]), [count]])
    sums = running[borders[1:]] - running[borders[:-1]]
    size = np.diff(borders)[:, None]
    mean, number = sums / size, place.paragraph
    others = (sums[number] - scores) / np.maximum(size[number] - 1, 1)
    framed = np.concatenate([nothing, mean, nothing])
    index = np.arange(count)
    low, high = np.maximum(index - _WINDOW, 0), np.minimum(index + _WINDOW + 1, count)
    window = (running[high] - running[low]) / (high - low)[:, None]
    within = (index - place.first)[:, None]
    so_far = (running[index] - running[place.first]) / np.maximum(within, 1)
    padded = np.concatenate([scores, nothing])
    views = [
        scores,
        before * joined,
        before * ~joined,
        after * joins,
        after * ~joins,
        others,
        framed[number],
        framed[number + 2],
        np.repeat(scores.mean(0)[None], count, 0),
        window,
        padded[place.heading],
        padded[place.upper],
        padded[place.first] * (within > 0),
        so_far,
        padded[place.lead],
        (place.lead >= 0)[:, None],
    ]
    return np.concatenate(views, 1, dtype=np.float32)
