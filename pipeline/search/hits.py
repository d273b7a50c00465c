"""Show a passage as a hit: the part that matches best, its place in the source, the matched words, the records inside.

Reads: a stored passage, the topic of the query. Writes: ``Hit``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.search.tokens import POINT, query_tokens

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Span
    from pipeline.search.index import SearchedDocument
    from pipeline.store import SqliteStore
    from pipeline.store.interface import StoredPassage

    Records = dict[str, dict[str, Any]]

LONGEST = 400  # characters of a hit
_TABLES = {"t": "tasks", "q": "quantities", "d": "deadlines"}


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that answers. ``text`` is ``document.text[span]``; ``marks`` are spans in the same text, of matched words.

    ``document`` holds doc_id, source, title, issuer, place, year, date, doc_number, doc_type, validity, rank and duplicate_of;
    ``records`` are the records that begin inside, as in the contract; ``scores`` tells what the order was made from.
    """

    document: dict[str, Any]
    span: Span
    text: str
    marks: tuple[Span, ...]
    section: tuple[str, ...]
    clause: str | None
    part: str | None
    records: tuple[dict[str, Any], ...]
    scores: dict[str, float]

    @property
    def statuses(self) -> tuple[str, ...]:
        """The kinds of the sentences inside, as their tasks tell: planned, achieved, problem; each once, in text order."""
        return tuple(dict.fromkeys(record["status"] for record in self.records if record["record"] == "task"))

    def row(self) -> dict[str, Any]:
        """The hit as a JSON object."""
        return {
            **self.document, "span": self.span, "text": self.text, "marks": self.marks, "section": self.section, "clause": self.clause,
            "part": self.part, "statuses": self.statuses, "records": self.records, "scores": self.scores,
        }  # fmt: skip


_DOCUMENT = (
    "doc_id", "source", "title", "issuer", "place", "year", "date", "doc_number", "doc_type", "validity", "rank", "duplicate_of",
)  # fmt: skip


def make_hit(passage: StoredPassage, document: SearchedDocument, topic: str, scores: dict[str, float], records: Records) -> Hit:
    """The hit for a passage of this document; ``records`` has those of its records that were not rejected."""
    found = matches(passage.text, topic)
    start, end = _window(len(passage.text), found)
    offset = passage.span[0]
    marks = tuple((offset + first, offset + last) for first, last in found if start <= first and last <= end)
    return Hit(
        document=_document(document),
        span=(offset + start, offset + end),
        text=passage.text[start:end],
        marks=marks,
        section=passage.section,
        clause=passage.clause,
        part=passage.part,
        records=tuple(records[name] for name in passage.records if name in records),
        scores=scores,
    )


def matches(text: str, topic: str) -> list[Span]:
    """Where words of the topic stand in ``text``: pairs of characters, joined where they overlap; numbers and Latin words."""
    tokens = [token.replace(POINT, ".") if token[0].isdigit() else token for token in query_tokens(topic)]
    lowered = text.lower() if len(text.lower()) == len(text) else text
    found = []
    for word in {token for token in tokens if len(token) > 1}:
        at = lowered.find(word)
        while at >= 0:
            found.append((at, at + len(word)))
            at = lowered.find(word, at + 1)
    spans: list[Span] = []
    for start, end in sorted(found):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], end))
        else:
            spans.append((start, end))
    return spans


def _window(length: int, found: list[Span]) -> Span:
    """The part of a passage that is shown: all of it, or the ``LONGEST`` characters with most of the matches."""
    if length <= LONGEST:
        return 0, length
    best, start = -1, 0
    for first, _ in found:
        at = max(0, min(first - LONGEST // 10, length - LONGEST))
        covered = sum(last - begin for begin, last in found if at <= begin and last <= at + LONGEST)
        if covered > best:
            best, start = covered, at
    return start, start + LONGEST


def _document(document: SearchedDocument) -> dict[str, Any]:
    return {name: getattr(document, name) for name in _DOCUMENT}


def read_records(store: SqliteStore, passages: Iterable[StoredPassage]) -> Records:
    """The records of these passages by their ids, with people's corrections in them."""
    names = [name for passage in passages for name in passage.records]
    found: Records = {}
    for letter, table in _TABLES.items():
        asked = [name for name in names if name[0] == letter]
        sql = f"SELECT id, coalesce(corrected, line) FROM {table} WHERE id IN ({','.join('?' * len(asked))}) AND NOT rejected"  # noqa: S608
        found |= {name: orjson.loads(line) for name, line in store.select(sql, *asked)}
    return found
