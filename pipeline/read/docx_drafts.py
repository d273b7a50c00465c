"""Paragraphs of a Word document while they are read, and how they become blocks.

Reads: pieces of text line by line, numbers, text boxes. Writes: ``Paragraph`` objects in reading order.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.read.blocks import Paragraph
from pipeline.read.docx_numbering import join_number

if TYPE_CHECKING:
    from pipeline.read.blocks import Block


@dataclass(slots=True)
class Line:
    """One line of a paragraph: manual line breaks end it."""

    parts: list[str] = field(default_factory=list)
    page: int | None = None
    body: bool = False  # it holds text that is not of a table of contents


@dataclass(slots=True)
class Draft:
    """A paragraph while it is read. ``number`` is None until it is known which paragraph's mark ends it."""

    lines: list[Line] = field(default_factory=lambda: [Line()])
    before: list[Block] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)
    number: str | None = None


@dataclass(slots=True)
class Flow:
    """A sequence of blocks: the body, a cell, a text box, a note. ``open`` is a paragraph whose mark was deleted."""

    blocks: list[Block] = field(default_factory=list)
    open: Draft | None = None
    cell: bool = False


def finish(draft: Draft, flow: Flow) -> None:
    """Put the lines of a paragraph into ``flow``, its number before the first."""
    number = draft.number or ""
    flow.blocks.extend(draft.before)
    for line in draft.lines:
        text = "".join(line.parts)
        if not text or text.isspace():
            continue
        flow.blocks.append(Paragraph(join_number(number, text), line.page, furniture=not line.body))
        number = ""
    if number and flow.cell:  # a column of running numbers
        flow.blocks.append(Paragraph(number))
    flow.blocks.extend(draft.after)
