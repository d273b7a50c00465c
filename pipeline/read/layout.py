"""The lines of a document as metadata looks at them: what stands in front, what closes it, what is short enough for a heading.

Reads: text, furniture. Writes: ``Layout``.

Patterns look at plain text: blanks taken out, full-width letters, digits and punctuation as ASCII, because offices and
copies set “文 号：”, “２０２４年” and “2 0 0 1年” as they please. Spans always refer to the text as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pipeline.read.header_table import HeaderTable, read_header

if TYPE_CHECKING:
    from pipeline.records import Span

FRONT = 4000  # characters in which the front matter ends
CLOSING = 2500  # characters in which signature, date and closing clauses stand
_FRONT_LINES = 40
_FIRST, _EARLY, _LINE = 1000, 300, 120  # characters looked at of the first line (it may be a page), the next few, any other
_FEW = 12  # lines in front among which the first paragraphs stand
_HEADINGS = 5000  # short lines that are kept; no document has more headings
_SHORT = 60  # characters; no heading is longer

_LINES = re.compile(r"[^\n]+")
_WIDE = re.compile("[\uff01-\uff5e]")
_ASCII = {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}


def plain(text: str) -> str:
    """``text`` without blanks, with full-width letters, digits and punctuation as ASCII."""
    return _WIDE.sub(_as_ascii, "".join(text.split()))


def _as_ascii(wide: re.Match[str]) -> str:
    return _ASCII[wide[0]]


class Line(NamedTuple):
    """A line that is no furniture: its span without surrounding blanks, as written, and plain (long lines: their beginning)."""

    span: Span
    text: str
    plain: str


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a document that tell about it."""

    header: HeaderTable
    front: tuple[Line, ...]  # without furniture and header table
    headings: tuple[Line, ...]  # short lines of the whole text
    closing: str  # the end of the text, plain, without furniture
    flat: bool  # a text that lost its line ends


def read_layout(text: str, furniture: tuple[Span, ...]) -> Layout:
    """The lines of ``text`` that metadata is read from."""
    header = read_header(text[:FRONT])
    hidden = dict(furniture)
    front: list[Line] = []
    headings: list[Line] = []
    for match in _LINES.finditer(text):
        start, end = match.span()
        in_front = start < FRONT and len(front) < _FRONT_LINES
        if not in_front and (end - start > _SHORT or len(headings) >= _HEADINGS):
            continue
        line = text[start : min(end, start + _looked_at(len(front)))].strip()
        at = text.index(line, start) if line else start
        if line and hidden.get(at, at) < at + len(line) and at not in header.covers:
            found = Line((at, at + len(line)), line, plain(line))
            if in_front:
                front.append(found)
            if end - start <= _SHORT and len(headings) < _HEADINGS:
                headings.append(found)
    flat = bool(front) and len(front) + len(headings) < 6 and len(text) > 10 * _SHORT
    return Layout(header, tuple(front), tuple(headings), _closing(text, furniture), flat)


def _looked_at(number: int) -> int:
    """How many characters of front line ``number`` are looked at."""
    return _FIRST if number == 0 else _EARLY if number < _FEW else _LINE


def _closing(text: str, furniture: tuple[Span, ...]) -> str:
    start = max(0, len(text) - CLOSING)
    pieces: list[str] = []
    for a, b in furniture:
        if b > start and a >= start:
            pieces.append(text[start:a])
            start = b
    return plain("".join([*pieces, text[start:]]))
