"""Counts against the lists that they count: “A、B、C等3个县区”.

Reads: ``Line``, the text itself. Writes: checks of enumerations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules
from pipeline.track.audit_figures import Figure, Interval
from pipeline.track.audit_model import Sum, judge, phrase

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_figures import Line
    from pipeline.track.audit_model import Check

_LONGEST = 12  # characters of a name in a list; what is longer is a clause
_REACH = 300  # characters that a list is long at the most
_CLAUSE_ENDS = "，。；：！？,;:\n"
_FIRST = 24  # the first may have words before it


def check_lists(line: Line) -> Iterator[Check]:
    """Every list of names in the line that is followed by its number."""
    book = load_rules("audit_lists")
    text, done = line.text, 0
    for number in book["number_of"].finditer(text):
        start = max(done, _clause_start(text, number.start()))
        before = book["counted_list"].search(text, start, number.end()) if text.find("、", start, number.start()) >= 0 else None
        match = before if before and before.end("number") >= number.end("count") else book["list_after"].match(text, number.start())
        check = _check(line, match) if match else None
        if check:
            done = number.end()
            yield check


def _clause_start(text: str, place: int) -> int:
    """Where the clause begins that a place of the text stands in."""
    low = max(0, place - _REACH)
    return low + max(text.rfind(mark, low, place) - low for mark in _CLAUSE_ENDS) + 1


def _check(line: Line, match: re.Match[str]) -> Check | None:
    book = load_rules("audit_lists")
    number = parse_number(match["number"])
    names = match["list"].strip()
    items = names.split("、")
    if not isinstance(number, int) or number < 2 or any(book["number"].search(item) for item in items):
        return None
    begins = [0, *(i for i, item in enumerate(items[:-1]) if i and book["begins"].search(item))]
    spreads = [Interval(len(items) - i, len(items) - i + len(book["joined"].findall("、".join(items[i:])))) for i in begins]
    fitting = [spread for spread in spreads if spread.low <= number <= spread.high]
    if not fitting and not _wrong(items, spreads, match, number):
        return None
    start, end = match.start("number"), match.end("unit")
    stated = Figure(start, end, line.text[start:end], "level", number, 0, match["unit"])
    listed = Figure(match.start("list"), match.end("list"), names, "number", len(items), 0, "")
    count = number if fitting else int(spreads[0].low)
    made = Sum("enumeration", (listed,), phrase("count"), count, Interval(count, count))
    return judge(line, made, stated)


def _wrong(items: list[str], spreads: list[Interval], match: re.Match[str], number: int) -> bool:
    """Whether a list that does not have its number is sure to be what the number counts."""
    book = load_rules("audit_lists")
    data = book.data
    groups = match.groupdict()
    if len(spreads) > 1 or len(items) < data["shortest"] or any(book["no_item"].search(item) for item in items):
        return False
    if (
        book["begins"].search(items[-1])
        or book["ends_in_doing"].search(items[-1])
        or max(map(len, items[1:])) > _LONGEST
        or len(items[0]) > _FIRST
        or "" in items
    ):
        return False
    spread = spreads[0]
    off = spread.low - number if spread.low > number else number - spread.high
    if off > data["most_off"] or (groups.get("etc") and spread.low <= number):
        return False  # 等 leaves the rest unsaid
    return bool("mark" in groups or groups["etc"] or book["kinds"].fullmatch(match["number"] + match["unit"]))
