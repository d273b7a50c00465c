"""Cut a document into the passages that a search ranks: a few sentences of one section, about 200 characters.

Reads: Document, its records. Writes: ``Passage``: span, headings, clause, and what the records inside are about.

A passage ends where a section or a run of page furniture ends; short paragraphs of one section go together, long ones are cut between
sentences; a heading right above another one stands with what is below both. No sentence is in two passages, and none is cut.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Document, Outline, Section, Sentence, Span

_FULL = 200  # characters: with about as many BM25 over characters and pairs ranks best
_LONGEST = 300  # up to here a sentence still joins the passage before it rather than open one of a few words
_FIRST_YEAR, _LAST_YEAR = 1990, 2052  # the years that fit the bits of a signed 64-bit number

STATUS_FLAGS = {"planned": 1, "achieved": 2, "problem": 4}
HAS_DEADLINE, HAS_UNIT, HAS_NUMBER = 8, 16, 32


@dataclass(frozen=True, slots=True)
class Passage:
    """What a search ranks. ``section`` is the path of headings, ``records`` the ids of the records inside.

    ``facts`` are four numbers. The first has bit n set for each year 1990 + n that a figure or deadline inside is about; the second
    tells the kinds of the sentences (STATUS_FLAGS) and what they have (HAS_…); the others are YYYYMMDD of the first and last day on
    which something inside is due, 0 without any.
    """

    span: Span
    text: str
    section: tuple[str, ...]
    clause: str | None
    part: str | None
    records: tuple[str, ...]
    facts: tuple[int, int, int, int]


def year_bit(year: int) -> int:
    """The bit that stands for ``year`` in the first of a passage's facts; 0 for a year that has none."""
    return 1 << (year - _FIRST_YEAR) if _FIRST_YEAR <= year <= _LAST_YEAR else 0


def years_between(start: str | None, end: str | None) -> int:
    """The bits of all years of a period given as ISO dates; of one year where only one is known."""
    known = [int(day[:4]) for day in (start, end) if day]
    if not known:
        return 0
    bits = 0
    for year in range(max(min(known), _FIRST_YEAR), min(max(known), _LAST_YEAR) + 1):
        bits |= year_bit(year)
    return bits


def cut_passages(document: Document, records: Sequence[dict[str, Any]]) -> list[Passage]:
    """The passages of ``document`` in text order; ``records`` are its tasks, quantities and deadlines as in the JSON lines."""
    from pipeline.segment import segment  # with the rules that it stands on; a search, which needs only the flags above, goes without

    outline = segment(document)
    paths = section_paths(outline.sections)
    ordered = sorted(records, key=lambda record: record["span"][0])
    starts = [record["span"][0] for record in ordered]
    passages = []
    for group in _groups(outline):
        start, end = group[0].span[0], group[-1].span[1]
        last = group[-1].section
        section, clause = paths[last] if last is not None else ((), None)
        held = inside((start, end), ordered, starts)
        names = tuple(record["id"] for record in held)
        passages.append(Passage((start, end), document.text[start:end], section, clause, group[-1].part, names, facts_of(held)))
    return passages


def section_paths(sections: Sequence[Section]) -> list[tuple[tuple[str, ...], str | None]]:
    """For each section the headings above it with its own, outermost first, and the number by which an officer cites it."""
    counts = Counter(section.clause for section in sections if section.clause)
    paths: list[tuple[tuple[str, ...], str | None]] = []
    for section in sections:
        above, parent = paths[section.parent] if section.parent is not None else ((), None)
        clause = section.clause or parent
        if section.clause and counts[section.clause] > 1 and parent:
            clause = parent + section.clause
        paths.append(((*above, section.heading), clause))
    return paths


def _groups(outline: Outline) -> Iterator[list[Sentence]]:
    """The sentences of each passage."""
    group: list[Sentence] = []
    for sentence in outline.sentences:
        if sentence.furniture:
            if group:
                yield group
            group = []
            continue
        if group and _ends_before(outline.sections, group, sentence):
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group


def _ends_before(sections: Sequence[Section], group: list[Sentence], sentence: Sentence) -> bool:
    last = group[-1]
    if sentence.section != last.section and not _leads_in(sections, last, sentence):
        return True
    length = last.span[1] - group[0].span[0]
    together = sentence.span[1] - group[0].span[0]
    if sentence.paragraph != last.paragraph:
        return together > _FULL and length > _FULL // 4  # a heading or a few words stay with what follows
    return length >= _FULL or (together > _LONGEST and length > _FULL // 2)


def _leads_in(sections: Sequence[Section], heading: Sentence, sentence: Sentence) -> bool:
    """Whether a sentence is but the heading of a section and the next one opens a section straight below it."""
    if heading.section is None or sentence.section is None:
        return False
    above = sections[heading.section]
    return above.heading_span[1] >= heading.span[1] and sections[sentence.section].parent == heading.section


def facts_of(records: Sequence[dict[str, Any]]) -> tuple[int, int, int, int]:
    """The years, flags, first and last due day of a passage with these records inside."""
    years = flags = 0
    due = []
    for record in records:
        kind = record["record"]
        if kind == "task":
            flags |= STATUS_FLAGS[record["status"]] | (HAS_UNIT if record["units"] else 0)
            continue
        years |= years_between(record["start"], record["end"])
        if kind == "quantity":
            flags |= HAS_NUMBER
        else:
            flags |= HAS_DEADLINE
            if record["end"]:
                due.append(int(record["end"].replace("-", "")))
    return years, flags, min(due, default=0), max(due, default=0)


def pack_facts(facts: Sequence[tuple[int, int, int, int]]) -> bytes:
    """The facts of all passages of a document, as they lie in its row of arrays."""
    return np.array(facts, np.int64).tobytes()


def inside(span: Span, ordered: Sequence[dict[str, Any]], starts: Sequence[int]) -> Sequence[dict[str, Any]]:
    """The records that begin within ``span``; ``ordered`` by their ``starts``."""
    return ordered[bisect_left(starts, span[0]) : bisect_left(starts, span[1])]
