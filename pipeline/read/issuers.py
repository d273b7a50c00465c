"""Who issued a document or speaks in it (发文机关, 讲话单位), as named.

Reads: evidence. Writes: the organ as written; written out by ``written_out`` where the text gives the place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.read.layout import plain
from pipeline.read.signatures import find_order
from pipeline.read.titles import front_matter, verbatim
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.evidence import Evidence
    from pipeline.read.layout import Layout
    from pipeline.read.places import Place
    from pipeline.records import DocType

_PARAGRAPHS = 8  # lines of the body in which news names its organs


def find_organ(evidence: Evidence) -> str | None:
    """The organ as the document names it; None when it does not. A speaker's words “我代表…” are looked for in the whole text."""
    layout, title, kind = evidence.layout, evidence.title, evidence.kind
    if kind == "government_report":
        return _council(title) or _on_behalf(layout)
    if kind == "meeting_report":
        return _convener(layout) or _on_behalf(layout)
    if kind == "speech":
        return _on_behalf(layout) or _on_behalf_later(evidence.text) or _speaker(layout)
    stated = layout.header.get("issuer")
    named = _in_title(title) or _in_title(evidence.headline)
    if named and _several(named):
        named = _jointly(layout) or evidence.signature.organs or stated or named
    found = named or stated or _own_organ(title) or _ordering(layout) or evidence.signature.organs
    found = found or _in_front(layout) or _in_title(evidence.name.title)
    return " ".join(found.split()) if found else None


def written_out(organ: str | None, place: Place | None, kind: DocType) -> str | None:
    """``organ`` with its area: 市人民政府 in 乐山市 → 乐山市人民政府. Bureaus stay as named (市城管局)."""
    words = load_rules("metadata").data["words"]
    if organ is None:
        if kind != "government_report" or place is None:
            return None
        return str(words["council"]) if place.level == "nation" else f"{place.name}{words['government']}"
    if organ == words["council_full"]:
        return str(words["council"])
    own = load_rules("metadata")["self"].fullmatch(organ)
    if own is None or not own["organ"] or place is None:
        return organ
    return place.name + (words["government"] if own["organ"] in words["government"] else own["organ"])


def _on_behalf(layout: Layout) -> str | None:
    rule = load_rules("metadata")["on-behalf"]
    for line in layout.front:
        match = rule.search(line.plain)
        if match:
            return match["organ"]
    return None


def _on_behalf_later(text: str) -> str | None:
    book = load_rules("metadata")
    position = text.find(book.data["words"]["on_behalf"])
    while position >= 0:
        match = book["on-behalf"].search(plain(text[position : position + 60]))
        if match:
            return match["organ"]
        position = text.find(book.data["words"]["on_behalf"], position + 1)
    return None


def _speaker(layout: Layout) -> str | None:
    """The organ of the person who is named under the title of a speech."""
    matches = (load_rules("metadata")["speaker"].match(line.plain) for line in front_matter(layout))
    return next((match["organ"] for match in matches if match), None)


def _in_front(layout: Layout) -> str | None:
    """An organ on a line of its own between title and body."""
    rule = load_rules("metadata")["organ-line"]
    return next((line.text for line in front_matter(layout)[1:] if rule.match(line.plain)), None)


def _council(title: str | None) -> str | None:
    council = str(load_rules("metadata").data["words"]["council"])
    return council if title and council in title else None


def _convener(layout: Layout) -> str | None:
    match = find_convened(layout)
    return match[0] if match else None


def find_convened(layout: Layout) -> tuple[str, str] | None:
    """The organ that held a meeting, and the meeting, as the news tells it."""
    rule = load_rules("metadata")["convened"]
    for line in layout.front[:_PARAGRAPHS]:
        match = rule.search(line.plain)
        if match:
            return match["organ"], match["meeting"]
    return None


def _in_title(title: str | None) -> str | None:
    if not title:
        return None
    match = load_rules("metadata")["title-issuer"].match(plain(title))
    return verbatim(title, *match.span("organs")) if match else None


def _own_organ(title: str | None) -> str | None:
    if not title:
        return None
    match = load_rules("metadata")["own-organ"].match(plain(title))
    return match["organ"] if match else None


def _ordering(layout: Layout) -> str | None:
    """The organ whose order (令) puts the document into force."""
    order = find_order(layout)
    return order["organ"] if order else None


def _several(organs: str) -> bool:
    return load_rules("metadata")["several-organs"].search(plain(organs)) is not None


def _jointly(layout: Layout) -> str | None:
    rule = load_rules("metadata")["issued-jointly"]
    for line in layout.front[:_PARAGRAPHS]:
        match = rule.search(line.plain)
        if match:
            return match["organs"]
    return None
