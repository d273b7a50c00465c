"""Join the lines of a PDF into paragraphs, over page breaks too, and keep what belongs to the page out of them.

Reads: ``Line`` objects of all pages in reading order. Writes: ``Paragraph`` objects.

A line opens a paragraph where it is indented, centred, set in another size or farther below than lines are, or where the line
before ended short of the right edge. Edges are those of its column, learnt from all pages of one kind, for a last page may hold
three lines.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.blocks import Block, Paragraph
from pipeline.read.pdf_characters import clean
from pipeline.read.pdf_lines import opening_width
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.pdf_frames import Frame
    from pipeline.read.pdf_lines import Line

_INDENT = 1.4  # em beyond the left edge: a first line, or a heading
_FAR_INDENT = 7  # em: no paragraph begins so far to the right
_SHORT = 0.6  # em before the right edge, beyond what the next line opens with: what justification leaves
_OTHER_SIZE = 1.18  # times: a heading beside the body
_APART = 1.22  # times the usual distance of lines
_CENTRED = 1.0  # em between the middles of line and column
_TITLE_PITCH = 2.1  # em between the lines of a title
_TITLE_SHARE = 0.5  # of the column that the first line of a title fills
_CLEARLY_SHORT = 2.0  # em before the right edge: nothing but an end leaves so much
_FULL_STOPS = ("。", "！", "？", "。”", "！”", "？”", "。）")
_HYPHENATED = re.compile(r"[A-Za-z]{2}[-\u00ad\u2010]$")
_LATIN = re.compile(r"[A-Za-z0-9,.;:%)]$")
_TAIL = 40  # characters of a line that tell how the next one joins it


@dataclass(frozen=True, slots=True)
class Placed:
    """One line of the document with its page and the frame that it stands in."""

    line: Line
    page: int
    frame: Frame
    furniture: bool = False
    note: bool = False


def paragraphs(placed: list[Placed]) -> list[Block]:
    """The paragraphs that the lines make; a page's furniture and notes follow the paragraph that runs over them."""
    blocks: list[Block] = []
    waiting: list[Block] = []  # furniture and notes met inside an open paragraph
    parts: list[Placed] = []
    aside: list[Placed] = []  # lines of an open note

    def close() -> None:
        if parts:
            blocks.append(_paragraph(parts))
            parts.clear()
        blocks.extend(waiting)
        waiting.clear()

    for item in placed:
        if aside and not (item.note and not _opens(aside[-1], item)):
            waiting.append(_paragraph(aside))
            aside = []
        if item.note:
            aside.append(item)
        elif item.furniture:
            waiting.append(Paragraph(clean(item.line.text), item.page, furniture=True))
        elif item.line.grid is not None:
            close()
            blocks.append(item.line.grid)
        else:
            if parts and _opens(parts[-1], item, first=len(parts) == 1):
                close()
            if not parts:
                blocks.extend(waiting)
                waiting.clear()
            parts.append(item)
    if aside:
        waiting.append(_paragraph(aside))
    close()
    return blocks


def _opens(before: Placed, item: Placed, *, first: bool = False) -> bool:
    """Whether ``item`` opens a paragraph rather than going on with that of ``before``; ``first`` where that is its first line."""
    above, line, frame = before.line, item.line, item.frame
    em = min(above.size, line.size) if line.told and above.told else frame.size
    if line.told and above.told and max(above.size, line.size) > _OTHER_SIZE * em:
        return True
    if _is_apart(before, item, em) or _is_of_contents(above):
        return True
    if _is_centred(above, before.frame) or _is_centred(line, frame):
        return not _is_title(before, item)
    indent, indent_above = (line.left - frame.left) / em, (above.left - before.frame.left) / em
    room = (before.frame.right - above.right - opening_width(line)) / em
    if room > _SHORT:
        return room > _CLEARLY_SHORT or indent > _INDENT or _starts(line) or above.text.endswith(_FULL_STOPS)
    if indent > _INDENT:
        return _is_first_line(above, line, (indent_above, indent)) or not first
    return indent_above <= _INDENT and _starts(line) and _ends(above)


def _is_first_line(above: Line, line: Line, indents: tuple[float, float]) -> bool:
    """Whether an indented line below a full one, the first of its paragraph, opens another and does not hang below it."""
    before, indent = indents
    if min(before, indent) > _FAR_INDENT:
        return True  # name and date of whoever signs
    if indent > before + 1:
        return _ends(above) or _starts(line)  # “附件：1.” hangs its second line below its name
    return indent > before - 0.5


def _is_of_contents(line: Line) -> bool:
    """Whether a line of a table of contents ends with its page."""
    return line.text[-1:].isdigit() and load_rules("pdf")["contents"].search(line.text) is not None


def _is_apart(before: Placed, item: Placed, em: float) -> bool:
    """Whether the lines stand farther from one another than lines of a paragraph do."""
    step = before.line.bottom - item.line.bottom
    if before.page != item.page or step <= 0:
        return False
    pitch = max(item.frame.pitch, _TITLE_PITCH * em if em > _OTHER_SIZE * item.frame.size else 0.0)
    return step > max(_APART * pitch, pitch + 0.25 * em)


def _starts(line: Line) -> bool:
    return bool(load_rules("pdf")["starts-paragraph"].match(line.text))


def _ends(line: Line) -> bool:
    return bool(load_rules("pdf")["ends-sentence"].search(line.text))


def _is_centred(line: Line, frame: Frame) -> bool:
    before, after = line.left - frame.left, frame.right - line.right
    return before > 3 * line.size and after > 3 * line.size and abs(before - after) < 2 * _CENTRED * line.size


def _is_title(before: Placed, item: Placed) -> bool:
    """Whether two lines are one title broken in two, and not two lines such as a title and its date."""
    above, line, frame = before.line, item.line, item.frame
    if _starts(line) or _ends(above) or line.text.startswith(("（", "(", "〔", "—", "-")):
        return False
    if above.right - above.left < _TITLE_SHARE * (frame.right - frame.left) or abs(_middle(above) - _middle(line)) > _CENTRED * line.size:
        return False
    larger = min(above.size, line.size) > _OTHER_SIZE * frame.size
    return larger or (_is_centred(above, before.frame) and _is_centred(line, frame))


def _middle(line: Line) -> float:
    return (line.left + line.right) / 2


def _paragraph(parts: list[Placed]) -> Paragraph:
    pieces = [clean(parts[0].line.text)]
    for part in parts[1:]:
        before, after = pieces[-1][-_TAIL:], clean(part.line.text)
        if _HYPHENATED.search(before) and after[:1].islower():
            pieces[-1] = pieces[-1][:-1]
        elif (
            _LATIN.search(before) and after[:1].isascii() and before[-1:].isascii() and not (before[-1:].isdigit() and after[:1].isdigit())
        ):
            pieces.append(" " if before[-1:].isalpha() or after[:1].isalpha() else "")
        pieces.append(after)
    return Paragraph("".join(pieces), parts[0].page)
