"""The secrecy mark at the head of a document (密级和保密期限).

Reads: the first lines of a text. Writes: the mark as RECORDS.md gives it (机密★1年), or None.
"""

from __future__ import annotations

from itertools import islice

from pipeline.read.layout import plain
from pipeline.rulebook import load_rules

_LINES = 12  # the mark stands among the first lines
_LONGEST = 40  # characters of a line that bears a mark beside 份号 and 紧急程度
_HEAD = 4000


def find_mark(text: str) -> str | None:
    """The mark with its term, such as 机密★1年; None for a document that bears none."""
    book = load_rules("metadata")
    lines = [plain(line[: 2 * _LONGEST]) for line in islice(filter(str.strip, text[:_HEAD].split("\n")), _LINES)]
    for number, line in enumerate(lines):
        match = book["secrecy"].match(line) if len(line) <= _LONGEST else book["secrecy-flat"].match(line) if number == 0 else None
        if match is None and number and lines[number - 1] == book.data["words"]["secrecy_key"]:
            match = book["secrecy"].match(line)
        if match:
            term = match["term"]
            return f"{match['mark']}★{term}" if term else match["mark"]
    return None
