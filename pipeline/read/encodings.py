"""Decode the bytes of a text file, whatever encoding an office wrote it in.

Reads: bytes. Writes: text, the encoding, and the lines that are in another encoding than the rest.

The order: byte-order mark; strict UTF-8; UTF-16, GB18030 (which contains GBK and GB2312) and Big5, of which the one
wins whose text has the most characters that are frequent in official prose. That holds for texts of a few characters,
where statistics over bytes are at a loss. Where no encoding fits the whole, each line is decoded by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Span

_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe\x00\x00", "utf-32-le"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CANDIDATES = ("gb18030", "big5hkscs", "utf-16-le", "utf-16-be")
_SAMPLE = 20_000  # bytes that are judged; enough to tell encodings apart, and cheap for a file of any size
_MIXED = 0.02  # share of lines in UTF-8, by bytes, from which a file is a mixture; in GBK hardly any line is valid UTF-8
_LEAST = 0.1  # share of frequent characters that text in the right encoding reaches
REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the encoding of most of it, and spans of lines in other encodings or with bytes that no encoding explains."""

    text: str
    encoding: str
    other: tuple[Span, ...] = ()


def decode(content: bytes) -> Decoded:
    """The text in ``content`` without byte-order mark; bytes that no encoding explains become U+FFFD, and their line is named."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _whole_or_lines(content[len(mark) :], encoding)
    if b"\0" not in content:
        try:
            return Decoded(content.decode("utf-8"), "utf-8")
        except UnicodeDecodeError:
            pass
        if _utf8_share(content) >= _MIXED:
            return _by_lines(content, "utf-8")
    return _whole_or_lines(content, _best(content[: _SAMPLE // 2 * 2]))


def frequency(text: str) -> float:
    """Share of the non-ASCII characters of ``text`` that are frequent in official prose (0 where there are none)."""
    wide = sum(1 for c in text if c > "\x7f")
    return len(_common().findall(text)) / wide if wide else 0.0


def _whole_or_lines(content: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(content.decode(encoding), encoding)
    except UnicodeDecodeError:
        if encoding.startswith(("utf-16", "utf-32")):  # line ends can't be found in bytes
            text = content.decode(encoding, "replace")
            return Decoded(text, encoding, tuple(_damaged_lines(text)))
        return _by_lines(content, encoding)


def _by_lines(content: bytes, encoding: str) -> Decoded:
    pieces: list[str] = []
    other: list[Span] = []
    position = 0
    for line in content.splitlines(keepends=True):
        try:
            piece = line.decode(encoding)
        except UnicodeDecodeError:
            piece = _line(line, encoding)
            start = other.pop()[0] if other and other[-1][1] == position else position
            other.append((start, position + len(piece)))
        pieces.append(piece)
        position += len(piece)
    return Decoded("".join(pieces), encoding, tuple(other))


def _line(line: bytes, encoding: str) -> str:
    """A line that is not in ``encoding``: the reading with the most frequent characters and the fewest losses."""

    def likeness(text: str) -> float:
        return frequency(text[:_SAMPLE]) - text.count(REPLACEMENT) / len(text)

    names = dict.fromkeys((encoding, "utf-8", "gb18030", "big5hkscs"))
    return max((line.decode(name, "replace") for name in names), key=likeness)


def _best(sample: bytes) -> str:
    """The candidate in which ``sample`` has the most frequent characters; UTF-8 where none looks like prose."""
    scores = {name: frequency(sample.decode(name, "replace")) for name in _CANDIDATES}
    if b"\0" in sample and not any(scores[name] >= _LEAST for name in scores):  # ASCII in UTF-16 has a NUL beside each character
        zeros = sample[1::2].count(0), sample[::2].count(0)
        if max(zeros) * 4 > len(sample) and min(zeros) * 8 < max(zeros):
            return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    best = max(scores, key=lambda name: scores[name])
    return best if scores[best] >= _LEAST else "gb18030" if b"\0" not in sample else "utf-8"


def _utf8_share(content: bytes) -> float:
    """Share of the bytes in lines with non-ASCII characters that stand in lines of valid UTF-8."""
    good = total = 0
    for line in content.splitlines():
        if line.isascii():
            continue
        total += len(line)
        try:
            line.decode("utf-8")
            good += len(line)
        except UnicodeDecodeError:
            continue
    if total and not good:  # one long line: count what decodes before and after the damage
        kept = content[:_SAMPLE].decode("utf-8", "ignore")
        return 1.0 if frequency(kept) >= _LEAST and len(kept.encode()) * 2 > min(len(content), _SAMPLE) else 0.0
    return good / total if total else 0.0


def _damaged_lines(text: str) -> Iterator[Span]:
    for match in re.finditer(rf"[^\n]*{REPLACEMENT}[^\n]*", text):
        yield match.span()


@cache
def _common() -> re.Pattern[str]:
    data = load_rules("encodings").data
    return re.compile("[" + re.escape(str(data["common"]) + str(data["common_traditional"])) + "，。、：；“”（）《》　]")
