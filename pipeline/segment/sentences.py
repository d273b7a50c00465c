"""Cut a document's text into sentences by the fixed rule of the annotation guidelines.

Reads: text. Writes: half-open code point spans of sentences.
"""

from __future__ import annotations

import re

# A sentence ends at one of these marks; a closing quote or bracket right after the mark belongs to it.
# ASCII full stop and colon are no sentence ends: they stand inside figures, times and clause numbers.
_SENTENCE = re.compile(r"""[^\n。！？；;!?]*(?:[。！？；;!?]+[”’"'」』）)】》〉\]]*|(?=\n)|\Z)""")


def split_sentences(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    r"""Spans of the sentences of ``text[start:end]``, in text order.

    In: text with ``\n`` line ends; optional bounds in code points. Out: half-open ``(start, end)`` spans into ``text``,
    without surrounding blanks; blank lines give none. Every non-blank character lies in exactly one span.
    """
    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    position = start
    while position < stop:
        match = _SENTENCE.match(text, position, stop)
        a, b = (position, stop) if match is None else match.span()
        if b == a:  # an empty line
            position = a + 1
            continue
        position = b
        while a < b and text[a].isspace():
            a += 1
        while b > a and text[b - 1].isspace():
            b -= 1
        if a < b:
            spans.append((a, b))
    return spans
