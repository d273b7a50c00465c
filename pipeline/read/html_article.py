"""Find the document on a web page among menus, link lists and imprints.

Reads: ``Items``. Writes: ``Article``: which items are the document, and which belong to the site.

An element that a content-management system names as its container is taken where it holds at least half of the prose of the page.
Otherwise it is the smallest element with nearly all of the prose. Prose is text outside links in sentences; short lines count little.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.read.furniture import is_furniture
from pipeline.read.html_walk import Line
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.blocks import Grid
    from pipeline.read.html_walk import Items, Range

_SENTENCE = re.compile("[。；！？]|，.*，")
_BESIDE_LINK = re.compile(r"\s+|[\[(（【]?(?:\d{4}[-/.年])?\d{1,2}[-/.月]\d{1,2}日?[\])）】]?$")
_PHRASE = 0.2  # what a character outside sentences weighs
_CELL = 0.5  # and one in a table
_KNOWN, _INNER, _NEARLY_ALL = 0.5, 0.9, 0.9
_SITE_SHARE = 0.4  # an element with more of the prose is no menu, whatever it is called
_TAIL_SHARE = 0.1  # boxes after the document hold no more of it
_LINKED = 0.6  # share of a line in links from which it is a link
_RUN = 3  # links one after the other make a box


@dataclass(frozen=True, slots=True)
class Article:
    """The items from ``first`` up to ``last``, without those in ``site``. ``mass`` is how much prose they hold."""

    first: int
    last: int
    site: frozenset[int]
    mass: float

    def holds(self, place: int) -> bool:
        """Whether the item at ``place`` is of the document."""
        return self.first <= place < self.last and place not in self.site


def find_article(found: Items) -> Article:
    """The document among the items ``found``; an empty one where there is none."""
    weights = [weight(item) for item in found.items]
    site = _site(found, weights)
    sums = list(accumulate((0.0 if place in site else value for place, value in enumerate(weights)), initial=0.0))
    chosen = _named(found.ranges, sums) or _densest(found, sums, site)
    if chosen is None:
        return Article(0, len(found.items), site, sums[-1])
    first, last = chosen
    first, last = _without_boxes(found.items, sums, first, last)
    return Article(first, last, site, sums[last] - sums[first])


def is_link(item: Line | Grid) -> bool:
    """Whether ``item`` is little but a link; the date beside it does not count."""
    return isinstance(item, Line) and item.links > 0 and item.links >= _LINKED * len(_BESIDE_LINK.sub("", item.text))


def weight(item: Line | Grid) -> float:
    """How much prose an item holds."""
    if not isinstance(item, Line):
        return _CELL * sum(len(cell.text) for cell in item.cells)
    own = len(item.text) - item.links
    if own <= 0 or is_link(item) or is_furniture(item.text):
        return 0.0
    return own if _SENTENCE.search(item.text) else own * _PHRASE


def _site(found: Items, weights: list[float]) -> frozenset[int]:
    """The places of items in elements that belong to the site."""
    sums = list(accumulate(weights, initial=0.0))
    site: set[int] = set()
    covered = 0
    for ranged in found.ranges:
        if not ranged.site or ranged.last <= covered:
            continue
        if sums[ranged.last] - sums[ranged.first] <= _SITE_SHARE * sums[-1]:
            site.update(range(ranged.first, ranged.last))
            covered = ranged.last
    return frozenset(site)


def _named(ranges: list[Range], sums: list[float]) -> tuple[int, int] | None:
    """The innermost of the elements whose name says that they hold the document, if they hold enough of the prose."""
    pattern = load_rules("html")["container"]
    known = [r for r in ranges if r.name and r.tag not in ("html", "body") and pattern.search(r.name)]
    most = max((sums[r.last] - sums[r.first] for r in known), default=0.0)
    if most <= 0 or most < _KNOWN * sums[-1]:
        return None
    fitting = [r for r in known if sums[r.last] - sums[r.first] >= _INNER * most]
    best = min(reversed(fitting), key=lambda r: r.last - r.first)
    return best.first, best.last


def _densest(found: Items, sums: list[float], site: frozenset[int]) -> tuple[int, int] | None:
    """The smallest element with nearly all of the prose, and what stands beside it and may belong to it."""
    total = sums[-1]
    if total <= 0:
        return None
    holders = [r for r in found.ranges if r.tag != "li" and sums[r.last] - sums[r.first] >= _NEARLY_ALL * total]
    several = [r for r in holders if r.last - r.first > 1]
    if not several:
        return None
    best = min(reversed(several), key=lambda r: r.last - r.first)
    return _with_neighbours(found, site, holders, best)


def _with_neighbours(found: Items, site: frozenset[int], holders: list[Range], best: Range) -> tuple[int, int]:
    """The range of ``best``, and what stands before and after it in the elements around it, as long as all of that may belong to it."""
    first, last = best.first, best.last
    above = below = True
    for outer in reversed(holders):  # from the innermost outwards
        if outer.first > first or outer.last < last:
            continue
        above = above and all(_may_belong(found.items[place]) and place not in site for place in range(outer.first, first))
        below = below and all(_may_belong(found.items[place]) and place not in site for place in range(last, outer.last))
        first, last = outer.first if above else first, outer.last if below else last
    return first, last


def _may_belong(item: Line | Grid) -> bool:
    """Whether ``item``, beside the document, may be a part of it: a date, a signature, a heading."""
    if not isinstance(item, Line):
        return True
    book = load_rules("html")
    if item.links or book["after"].search(item.text):
        return False
    return book["signed"].search(item.text) is not None or not (is_furniture(item.text) or book["evidence"].search(item.text))


def _without_boxes(items: list[Line | Grid], sums: list[float], first: int, last: int) -> tuple[int, int]:
    """The document without the boxes of links and buttons that stand before and after it in the same element."""
    book = load_rules("html")
    least = sums[last] - _TAIL_SHARE * (sums[last] - sums[first])
    run = 0
    for place in range(first, last):
        item = items[place]
        run = run + 1 if _is_menu(item) else 0
        boxed = isinstance(item, Line) and book["after"].search(item.text) is not None
        if sums[place] >= least and place > first and (boxed or run == _RUN):
            last = place + 1 - max(run, 1)
            break
    while last - first > 1 and _is_menu(items[last - 1]):
        last -= 1
    if last - first > 1 and _is_heading_of_box(items[last - 1]):
        last -= 1
    while last - first > 1 and _is_menu(items[first]):
        first += 1
    return first, last


def _is_menu(item: Line | Grid) -> bool:
    """Whether ``item`` is a link that is no annex."""
    return isinstance(item, Line) and is_link(item) and load_rules("html")["annex"].search(item.text) is None


def _is_heading_of_box(item: Line | Grid) -> bool:
    return isinstance(item, Line) and load_rules("html")["box-heading"].search(item.text) is not None
