"""Lists: names against how many they are said to be.

Reads: a line of text. Writes: checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.extract.numerals import parse_number
from pipeline.rulebook import load_rules
from pipeline.track.audit_model import Check, message

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_LEAST = 3  # names: two and a number are rarely a list
_ALIKE = 3.0  # times the length of the shortest name that the longest may have, plus four


def enumerations(line: str) -> Iterator[Check]:
    """“青山、临河等5个县区”: more names than that are a slip, fewer are none; without 等 the numbers must be the same."""
    if "、" not in line:
        return
    for match in load_rules("audit")["enumeration"].finditer(line):
        check = _check(match)
        if check is not None:
            yield check


def _check(match: re.Match[str]) -> Check | None:
    others = match["etc"] is not None
    listed = match["list"] if others else match["list2"]
    count = parse_number(match["number"] if others else match["number2"])
    names = listed.split("、")
    least, most = len(names), len(names) + sum(joint in names[-1][1:] for joint in "和及与")
    if count is None or least < _LEAST:
        return None
    holds = least == count or most == count
    if not holds and others and least < count:
        return None
    if not holds and not (_is_plain(names) and (least > count if others else abs(least - count) == 1)):
        return None  # not surely a list of what is counted
    span = match.span()
    told = message("enumeration", computed=least, stated=match["number"] or match["number2"])
    return Check("enumeration", holds, span, (match[0], "、".join(names[1:-1])), float(least), float(count), told)


def _is_plain(names: list[str]) -> bool:
    """Whether the names are of one kind: of like length, the first (behind its verb) and the last (before the noun) aside."""
    inner = [len(name) for name in names[1:-1]]
    return max(inner) <= _ALIKE * min(inner) + 4 if inner else False
