"""What is known of a document when place, issuer and years are decided.

Reads: text, source. Writes: ``Evidence``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.file_names import FileName, read_file_name
from pipeline.read.kinds import find_kind
from pipeline.read.layout import Layout, plain, read_layout
from pipeline.read.signatures import Signature, find_meeting, find_signature
from pipeline.read.titles import find_title
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import DocType, Span


@dataclass(frozen=True, slots=True)
class Evidence:
    """Text and layout, the name of the file, title and headline as written, the kind, the meeting (place, day), and the signature."""

    text: str
    layout: Layout
    name: FileName
    title: str | None
    headline: str | None
    kind: DocType
    meeting: tuple[str, str | None] | None
    signature: Signature

    @property
    def site(self) -> str | None:
        """The name of the site in the title of a page that was taken over in one line."""
        match = load_rules("metadata")["page-title"].match(self.layout.front[0].plain) if self.layout.front else None
        return match["site"] if match else None

    @property
    def heading(self) -> str:
        """The title as plain text; empty where there is none."""
        return plain(self.title) if self.title else ""


def gather(text: str, source: str, furniture: tuple[Span, ...]) -> Evidence:
    """The evidence in ``text`` and in the name of its source."""
    layout = read_layout(text, furniture)
    name = read_file_name(source)
    title = find_title(layout, name)
    kind = find_kind(title.text, layout, name.stem)
    return Evidence(text, layout, name, title.text, title.headline, kind, find_meeting(layout), find_signature(layout, text))
