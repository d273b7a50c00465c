"""Who issued a document or speaks in it (发文机关, 讲话单位), as named.

Reads: evidence. Writes: the organ as written; written out by ``written_out`` where the text gives the place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.read.layout import plain
from pipeline.read.places import leading_place
from pipeline.read.signatures import find_order
from pipeline.read.titles import front_matter, verbatim
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.evidence import Evidence
    from pipeline.read.layout import Layout
    from pipeline.read.places import Place
    from pipeline.records import DocType

_IMPRINT = 1500  # characters at the end of a page in which its imprint stands
_PARAGRAPHS = 8  # lines of the body in which news names its organs


def find_organ(evidence: Evidence) -> str | None:
    """The organ as the document names it; None when it does not. A speaker's words “我代表…” are looked for in the whole text."""
    layout, title, kind = evidence.layout, evidence.title, evidence.kind
    if kind == "government_report":
        return _council(title) or _on_behalf(layout)
    if kind == "meeting_report":
        return _in_full(_telling(_convener(layout), _on_behalf(layout)) or own_source(layout), evidence)
    if kind == "speech":
        return _in_full(_telling(_on_behalf(layout), _on_behalf_later(evidence.text), _speaker(layout)), evidence)
    stated = layout.header.get("issuer")
    named = _in_title(title) or _in_title(evidence.headline)
    if named and _several(named):
        named = _jointly(layout) or evidence.signature.organs or stated or named
    found = named or stated or _own_organ(title) or _ordering(layout) or evidence.signature.organs
    found = found or _in_front(layout) or _in_bracket(layout) or _in_title(evidence.name.title)
    if found is None and kind != "other":
        found = own_source(layout)
    return _in_full(" ".join(found.split()), evidence) if found else None


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


def own_source(layout: Layout) -> str | None:
    """The organ that the page names as its source (来源), unless it is a medium."""
    book = load_rules("metadata")
    source = layout.header.get("source")
    if not source or book["medium"].search(source.split()[0]):
        return None
    match = book["source-organ"].match(source.split()[0])
    return match["organ"] if match else None


def _telling(*organs: str | None) -> str | None:
    """The first of ``organs`` that tells more than that it is one (局党组)."""
    bare = load_rules("metadata")["bare-organ"]
    return next((organ for organ in organs if organ and not bare.match(organ)), None)


def _in_full(organ: str | None, evidence: Evidence) -> str | None:
    """The full name of a bureau that is named without its area (市城管局), where source, imprint, signature or speaker give it."""
    own = load_rules("metadata")["self"].match(organ) if organ else None
    if organ is None or (own and own["organ"]) or (own is None and leading_place(organ)):
        return organ
    short = organ[own.end() :] if own else organ
    host = load_rules("metadata")["host"].search(evidence.text, max(0, len(evidence.text) - _IMPRINT))
    layout = evidence.layout
    named = (own_source(layout), host["organ"] if host else None, evidence.signature.organs, _speaker(layout), layout.header.get("issuer"))
    for full in named:
        area = leading_place(full) if full else None
        if full and area and area[1] and _shortened(short, full[area[1] :]):
            return full
    return organ


def _shortened(short: str, full: str) -> bool:
    """Whether ``short`` is ``full`` with characters left out between its first and its last (城管局, 城市管理局)."""
    rest = iter(full)
    return bool(short) and short[0] == full[:1] and short[-1] == full[-1:] and all(character in rest for character in short)


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


def _in_bracket(layout: Layout) -> str | None:
    """The organ that issued the document, in brackets under its title."""
    matches = (load_rules("metadata")["issued-bracket"].match(line.plain) for line in front_matter(layout)[1:])
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
