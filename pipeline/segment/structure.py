"""Find the section tree of a document, the part that each section plays, and its sentences.

Reads: ``Document`` (text, title, furniture), ``rules/structure.toml``. Writes: ``Outline``.

Headings are found at sentence starts by their numbering (第一章, 一、, （一）, 1., 一是, 01…, ——), as short lines without a sentence
end, and as bare verb–object sentences that open a paragraph. Which numbering stands under which is learnt from the document: a
numbering that starts again right after another one belongs under it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise, repeat
from typing import TYPE_CHECKING

from pipeline.records import Document, Outline, Part, Section, Sentence, Span
from pipeline.rulebook import load_rules
from pipeline.segment.tables import sentence_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NUMBERED_START = frozenset("第附专一二三四五六七八九十百0123456789０１２３４５６７８９（(〈①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳❶❷❸❹❺❻❼❽❾❿—─-首其再")
_TERMINAL = frozenset("。！？；;!?")
_FIRST = frozenset("一1１①❶首")
_CLOSING = "。！？；;!?：:，,、 　”’\"'」』）)】》〉]"
# In front of the body stand the title, the speaker and a header table; a paragraph as long as this is body.
_BODY_PARAGRAPH = 60


@dataclass(frozen=True, slots=True)
class _Numbering:
    pattern: re.Pattern[str]
    ranks: dict[str, float]
    longest_heading: int
    longest_lead_in: int


@dataclass(frozen=True, slots=True)
class _Head:
    """A sentence that opens a section."""

    sentence: int
    style: str
    clause: str | None
    span: Span
    first: bool


@cache
def _numbering() -> _Numbering:
    book = load_rules("structure")
    styles = [rule for rule in book.rules if "rank" in rule.data]
    source = "|".join(f"(?P<{rule.name}>{rule.pattern.pattern})" for rule in styles)
    ranks = {rule.name: float(rule.data["rank"]) for rule in styles}
    data = book.data
    ranks |= {style: float(rank) for style, rank in data["unnumbered"].items()}
    return _Numbering(re.compile(source), ranks, data["longest_heading"], data["longest_lead_in"])


def numbering_style(text: str, position: int) -> str | None:
    """Name the numbering that stands at ``position``, such as comma for 一、 or ordinal for 一是."""
    match = _numbering().pattern.match(text, position)
    return match.lastgroup if match else None


def segment(document: Document) -> Outline:
    """Find the section tree and the sentences of ``document``, both in text order; every non-blank character is in one sentence."""
    text = document.text
    spans = sentence_spans(document)
    breaks = _breaks(text, spans)
    heads = _heads(text, spans, breaks)
    if document.tables:  # the number of a row opens no section
        inside = list(_marked([head.span for head in heads], tuple(table.span for table in document.tables)))
        heads = [head for head, tabular in zip(heads, inside, strict=True) if not tabular]
    sections, opened_by = _tree(text, spans, heads)
    parts, sentence_parts = _parts(document, spans, breaks, sections, opened_by)
    furniture = _in_furniture(spans, document.furniture)
    sections = [
        Section(s.span, s.heading_span, s.heading, s.level, s.clause, s.parent, part) for s, part in zip(sections, parts, strict=True)
    ]
    paragraphs = (count - 1 for count in accumulate(breaks))
    sentences = tuple(map(Sentence, spans, paragraphs, opened_by, sentence_parts, furniture))
    return Outline(tuple(sections), sentences)


def _breaks(text: str, spans: list[Span]) -> list[bool]:
    """Whether a line begins with each sentence; one more entry says that a line ends with the last."""
    inner = [text.find("\n", above[1], below[0]) >= 0 for above, below in pairwise(spans)]
    return [True, *inner, True] if spans else []


def _heads(text: str, spans: list[Span], breaks: list[bool]) -> list[_Head]:
    numbering = _numbering()
    book = load_rules("structure")
    refused, title = book["no_heading"], book["title"]
    found: list[_Head] = []
    for i, (start, end) in enumerate(spans):
        if text[start] in _NUMBERED_START:
            match = numbering.pattern.match(text, start, end)
            if match and match.lastgroup:
                found.append(_numbered(text, spans, breaks, i, match))
                continue
        if breaks[i] and end - start <= numbering.longest_heading:
            style = _unnumbered(text, spans, breaks, i)
            if style == "line":
                style = None if not found and title.search(text[start:end]) else _line_style(text[start:end])
            if style and not refused.search(text[start:end]):
                found.append(_Head(i, style, None, (start, end), first=False))
    return found


def _line_style(heading: str) -> str:
    part = _heading_part(heading)
    return "line" if part is None else "supplement" if part in ("glossary", "annex") else "part"


def _numbered(text: str, spans: list[Span], breaks: list[bool], i: int, match: re.Match[str]) -> _Head:
    """Open a section at a numbered sentence; its heading is the sentence where that is short, else the number alone."""
    start, end = spans[i]
    number = match[0].strip()
    style = match.lastgroup or ""
    body = text[match.end() : end].strip(_CLOSING)
    span = (start, end)
    if not _is_short_heading(text, style, body, span, (breaks[i], breaks[i + 1])):
        bracket = text.find("】", match.end(), end) if text.startswith("【", match.end()) or text.startswith(" 【", match.end()) else -1
        span = (start, bracket + 1 if bracket > 0 else start + len(number))
    clause = None if style in ("dash", "annex") else number
    first = number.lstrip("第（(〈附件专栏 0０")[:1] in _FIRST
    return _Head(i, style, clause, span, first)


def _is_short_heading(text: str, style: str, body: str, span: Span, line: tuple[bool, bool]) -> bool:
    end = text[span[1] - 1]
    opens, closes = line
    if opens and closes and end not in _TERMINAL:
        return len(body) <= 70
    if style == "article" or end in "；;" or (closes and not opens):
        return False
    return len(body) <= 34 and not any(c.isdigit() for c in body)


def _unnumbered(text: str, spans: list[Span], breaks: list[bool], i: int) -> str | None:
    """``line`` for a short line without sentence end above a paragraph, ``lead_in`` for a bare sentence that opens one."""
    start, end = spans[i]
    if end - start < 4 or i + 1 == len(spans):
        return None
    following = spans[i + 1]
    if breaks[i + 1] and text[end - 1] not in _TERMINAL:
        above_text = following[1] - following[0] > 25 or text[following[0]] in _NUMBERED_START or text[following[1] - 1] in "。；："
        return "line" if above_text else None
    if end - start > _numbering().longest_lead_in or text[end - 1] != "。":
        return None
    body = text[start : end - 1]
    bare = not any(c in "，,：:；“”！" or c.isdigit() for c in body)
    return "lead_in" if bare and (not breaks[i + 1] or following[1] - following[0] > 25) else None


def _order(heads: list[_Head]) -> dict[str, float]:
    """Rank the numberings of this document: as usual, unless its own restarts tell the opposite."""
    ranks = dict(_numbering().ranks)
    under: Counter[tuple[str, str]] = Counter()
    for above, head in pairwise(heads):
        if head.first and above.style != head.style:
            under[above.style, head.style] += 1
    for (above_style, style), votes in sorted(under.items()):
        if ranks[style] <= ranks[above_style] and votes >= 2 and votes > under[style, above_style]:
            ranks[style] = ranks[above_style] + 0.01
    return ranks


def _tree(text: str, spans: list[Span], heads: list[_Head]) -> tuple[list[Section], list[int | None]]:
    ranks = _order(heads)
    open_sections: list[tuple[float, int]] = []
    drafts: list[tuple[_Head, int, int | None]] = []
    ends: list[int] = []
    for number, head in enumerate(heads):
        rank = ranks[head.style]
        last = spans[head.sentence - 1][1] if head.sentence else 0
        while open_sections and open_sections[-1][0] >= rank:
            ends[open_sections.pop()[1]] = last
        parent = open_sections[-1][1] if open_sections else None
        drafts.append((head, len(open_sections), parent))
        ends.append(0)
        open_sections.append((rank, number))
    for _, number in open_sections:
        ends[number] = spans[-1][1]
    sections = [
        Section((head.span[0], max(end, head.span[1])), head.span, text[head.span[0] : head.span[1]], level, head.clause, parent, None)
        for (head, level, parent), end in zip(drafts, ends, strict=True)
    ]
    return sections, _sections_of_sentences(len(spans), heads)


def _sections_of_sentences(count: int, heads: list[_Head]) -> list[int | None]:
    opened_by: list[int | None] = [None] * count
    borders = [head.sentence for head in heads] + [count]
    for number, (start, stop) in enumerate(pairwise(borders)):
        opened_by[start:stop] = [number] * (stop - start)
    return opened_by


def _heading_part(heading: str) -> Part | None:
    book = load_rules("structure")
    if book["glossary_heading"].search(heading):
        return "glossary"
    if book["annex_heading"].search(heading):
        return "annex"
    if book["review_heading"].search(heading):
        return "review"
    return "plan" if book["plan_heading"].search(heading) else None


def _parts(
    document: Document, spans: list[Span], breaks: list[bool], sections: list[Section], opened_by: list[int | None]
) -> tuple[list[Part | None], list[Part | None]]:
    """Find the part of each section, inherited down the tree, and of each sentence, where lead-in sentences may switch it."""
    text = document.text
    parts: list[Part | None] = []
    title = "".join(document.title.split()) if document.title else ""
    titles: set[int | None] = {None}  # what the top of the tree hangs on: nothing, or the title, which names review and plan alike
    for index, section in enumerate(sections):
        if title and section.parent is None and section.clause is None and "".join(section.heading.split()) == title:
            titles.add(index)
            parts.append(None)
            continue
        inherited, top = parts[section.parent] if section.parent is not None else None, section.parent in titles
        own = _heading_part(section.heading) if top or inherited is None else None
        # What follows a review at the top of the tree looks ahead, unless its heading says otherwise (三、加强政府自身建设).
        if own is None and section.level == 0 and "review" in parts:
            own = "plan"
        parts.append(own or inherited)
    book = load_rules("structure")
    review, plan = book["review_lead_in"], book["plan_lead_in"]
    default: Part | None = _heading_part(document.title) if document.title else None
    body = _first_body_sentence(text, spans, breaks, opened_by)
    current: Part | None = None
    switched: Part | None = None
    tabular = _in_furniture(spans, tuple(table.span for table in document.tables))
    found: list[Part | None] = []
    for i, ((start, end), in_table) in enumerate(zip(spans, tabular, strict=False)):
        number = opened_by[i]
        if number is not None and (i == 0 or opened_by[i - 1] != number):
            section = sections[number]
            if parts[number] not in (None, current) or (parts[number] is None and section.level == 0 and section.clause):
                current, switched = parts[number], None
        if breaks[i] and not in_table and current not in ("annex", "glossary"):
            opening = text[start : min(end, start + 80)]
            if plan.search(opening):
                switched = "plan"
            # a look back inside a plan (过去一年，国防建设…) does not end the plan
            elif current is None and review.search(opening):
                switched = "review"
        found.append("front" if i < body else switched or current or default)
    return parts, found


def _first_body_sentence(text: str, spans: list[Span], breaks: list[bool], opened_by: list[int | None]) -> int:
    """Find the first sentence that is neither title, speaker, salutation nor header table."""
    for i, (start, end) in enumerate(spans):
        if opened_by[i] is not None:
            return i
        if breaks[i] and end - start >= _BODY_PARAGRAPH and text[end - 1] in _TERMINAL:
            return i
    return 0


def _in_furniture(spans: list[Span], furniture: tuple[Span, ...]) -> Iterable[bool]:
    return _marked(spans, furniture) if furniture else repeat(False)


def _marked(spans: list[Span], furniture: tuple[Span, ...]) -> Iterator[bool]:
    starts = [a for a, _ in furniture]
    for start, end in spans:
        k = bisect_right(starts, start) - 1
        yield k >= 0 and furniture[k][1] >= end
