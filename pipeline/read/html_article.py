"""Find the article on a page: in the element that its site names for it, else where the prose is dense.

Reads: the tree of a page. Writes: the element that holds the article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MARKS = frozenset("，。；：、！？")
_MARK = 6  # a mark of punctuation tells prose as so many characters do
_SHARE = 0.85  # of the prose stands in the article; the rest is about the site
_NAMED_SHARE = 0.4  # of the prose is enough for an element that is named as the article
_LEAST = 20  # characters of prose; a page with less has no article
_PARTS = frozenset({"p", "span", "font", "b", "strong", "em", "i", "u", "a", "tr", "li", "ul", "ol", "h1", "h2", "h3", "h4"})


def find_article(body: HtmlElement) -> HtmlElement | None:
    """The element that holds the article of the page ``body``; None for a page without prose."""
    weights = _prose(body)
    whole = weights.get(body, 0)
    if whole < _LEAST:
        return None
    named = _named(body, weights)
    if named is not None and weights[named] >= _NAMED_SHARE * whole:
        return named
    article = body
    while True:
        heavy = next((child for child in article if weights.get(child, 0) >= _SHARE * whole), None)
        if heavy is None or heavy.tag in _PARTS or (heavy.tag == "table" and not _is_frame(heavy)):
            return article
        article = heavy


def is_aside(element: HtmlElement) -> bool:
    """Whether an element is about the page (menu, share bar, footer) by its name."""
    named = f"{element.get('id') or ''} {element.get('class') or ''}".strip()
    return bool(named) and load_rules("html")["aside"].search(named) is not None


def is_hidden(element: HtmlElement) -> bool:
    """Whether a reader of the page does not see the element."""
    style = element.get("style")
    return element.get("hidden") is not None or (style is not None and load_rules("html")["hidden"].search(style) is not None)


def _is_frame(table: HtmlElement) -> bool:
    """Whether a table only lays out the page: another table stands in it, or hardly more than one cell."""
    cells = 0
    for element in table.iter("td", "table"):
        if element is not table and element.tag == "table":
            return True
        cells += element.tag == "td"
        if cells > 4:
            return False
    return True


def _prose(body: HtmlElement) -> dict[HtmlElement, int]:
    """How much prose each element holds: Chinese characters outside of links, punctuation counted more."""
    skipped = frozenset(load_rules("html").data["skipped"]["tags"].split())
    elements: list[HtmlElement] = []
    shown: dict[HtmlElement, bool] = {}  # whether text straight in the element counts
    for element in body.iter():
        parent = element.getparent()
        above = element is body or shown.get(parent, False)
        shown[element] = (
            above and isinstance(element.tag, str) and element.tag not in skipped and element.tag != "a" and not is_aside(element)
        )
        elements.append(element)
    weights: dict[HtmlElement, int] = {}
    for element in reversed(elements):
        own = weights.get(element, 0)
        if shown[element] and element.text:
            own += _weight(element.text)
        weights[element] = own
        parent = element.getparent()
        if element is not body and parent is not None:
            tail = _weight(element.tail) if element.tail and shown.get(parent, False) else 0
            weights[parent] = weights.get(parent, 0) + own + tail
    return weights


def _weight(text: str) -> int:
    return sum(_MARK if c in _MARKS else 1 for c in text if c in _MARKS or "一" <= c <= "鿿")


def _named(body: HtmlElement, weights: dict[HtmlElement, int]) -> HtmlElement | None:
    """The element with most prose among those that their site names as the article; the inner one of two that hold the same."""
    pattern = load_rules("html")["container"]
    best: HtmlElement | None = None
    for element in body.iter():
        if not isinstance(element.tag, str) or weights.get(element, 0) < _LEAST:
            continue
        names = [*(element.get("class") or "").split(), element.get("id") or ""]
        if element.tag != "article" and not any(name and pattern.match(name) for name in names):
            continue
        inner = best is not None and weights[element] >= _SHARE * weights[best] and _holds(best, element)
        if best is None or inner or weights[element] > weights[best]:
            best = element
    return best


def _holds(outer: HtmlElement, inner: HtmlElement) -> bool:
    return any(ancestor is outer for ancestor in inner.iterancestors())
