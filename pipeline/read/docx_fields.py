"""Follow the fields of a Word document: what of them is shown, and which hold a table of contents.

Reads: the characters and instructions of fields in reading order. Writes: whether text is shown, and what a field without result draws.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.read.docx_signs import sign_of_field

_LONGEST = 500  # characters of an instruction that are kept


@dataclass(slots=True)
class _Field:
    """A field that has begun: its instruction, and what its result does."""

    instruction: str = ""
    shown: bool = False  # its result has begun
    mark: bool = False  # its result is the mark of a note, which would stick to a figure
    contents: bool = False  # its result is a table of contents


@dataclass(slots=True)
class Fields:
    """The fields that are open, within each other; text is shown where ``silent`` is 0."""

    silent: int = 0  # how many of them hide what stands in them: their instruction still goes on, or they are marks
    contents: int = 0  # how many of them are tables of contents
    _open: list[_Field] = field(default_factory=list)

    def begin(self, instruction: str = "") -> None:
        """A field begins, with its instruction."""
        self._open.append(_Field(instruction))
        self.silent += 1

    def instruct(self, text: str) -> None:
        """More of the instruction of the innermost field."""
        if self._open and not self._open[-1].shown:
            self._open[-1].instruction = (self._open[-1].instruction + text)[:_LONGEST]

    def separate(self) -> None:
        """The result of the innermost field begins."""
        if not self._open or self._open[-1].shown:
            return
        begun = self._open[-1]
        begun.shown = True
        name = begun.instruction.split(maxsplit=1)[:1]
        begun.mark, begun.contents = name in (["NOTEREF"], ["noteref"]), name in (["TOC"], ["toc"])
        self.silent += begun.mark - 1
        self.contents += begun.contents

    def end(self) -> str:
        """The innermost field ends; what it draws if it has no result, else ""."""
        if not self._open:
            return ""
        ended = self._open.pop()
        self.silent -= ended.mark if ended.shown else 1
        self.contents -= ended.contents
        return "" if ended.shown else sign_of_field(ended.instruction)

    def forget(self) -> None:
        """End all fields: in a document whose fields do not pair none reaches beyond its paragraph."""
        while self._open:
            self.end()
