"""Parts and wholes: what is listed after 其中 or 分别为, what is summed up by 合计, and shares of the three sectors.

Reads: ``Line``. Writes: checks of sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules
from pipeline.track.audit_figures import Figure, of_one_unit, total
from pipeline.track.audit_model import Sum, has_word, judge, plus

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from pipeline.track.audit_figures import Line
    from pipeline.track.audit_model import Check

_OVERLAP = 1.35  # times the whole: parts that sum up to more overlap, or belong to another whole
_LABEL = 10  # characters before a part that tell what it is
_MOST_PARTS = 60  # figures that are looked at for the parts of one total
_WHOLE = 100.0


def check_sums(line: Line) -> Iterator[Check]:
    """Every sum of the line whose parts and total are all told."""
    book = load_rules("audit")
    readers = {"total_parts": _total_parts, "parts_total": _parts_total, "ratio": _ratio, "sector_shares": _sector_shares}
    for rule, reader in readers.items():
        position = 0
        while match := book[rule].search(line.skeleton, position):
            position = match.start() + 1 if rule == "total_parts" else match.end()
            yield from reader(line, match)


def _add(parts: tuple[Figure, ...]) -> Sum:
    return Sum("parts_total", parts, plus(parts), sum(part.value for part in parts), total(parts))


def _total_parts(line: Line, match: re.Match[str]) -> Iterator[Check]:
    whole = line.at(match.start("total"))
    parts = _parts_after(line, match, whole)
    if len(parts) < 2 or whole.value <= 0 or any(part.value > whole.value * _OVERLAP for part in parts):
        return
    made = _add(parts)
    if has_word("overlap", line.text[whole.start : parts[-1].end]) or made.value > whole.value * _OVERLAP:
        return
    exhaustive = _exhaustive(line, match, parts)
    if not exhaustive and any(figure.open for figure in (whole, *parts)):
        return
    only_holds = not exhaustive and (made.value < whole.value or not match["how"] or _of_several_kinds(line, parts))
    check = judge(line, made, whole, only_holds=only_holds, words="slip" if exhaustive else "slip_parts")
    if check:
        yield check


def _exhaustive(line: Line, match: re.Match[str], parts: tuple[Figure, ...]) -> bool:
    """Whether the text says that the parts are all there is: 分别为, 由…组成, or what is done and what is behind."""
    if match["how"] == "其中":
        return False
    if match["how"]:
        return bool(load_rules("audit")["exhaustive"].match(match["how"] + match["rest"]))
    labels = [line.label(line.figures.index(part)) for part in parts]
    return has_word("finished", labels[0]) and has_word("behind", labels[-1])


def _of_several_kinds(line: Line, parts: tuple[Figure, ...]) -> bool:
    """Whether the parts are told by different features (女干部, 35岁以下), so that they may overlap."""
    labels = [line.text[part.start - _LABEL : part.start] if part.start > _LABEL else line.text[: part.start] for part in parts]
    features: dict[str, list[str]] = load_rules("audit").data["features"]
    told = {name for name, words in features.items() for label in labels for word in words if word in label}
    return len(told) > 1


def _parts_after(line: Line, match: re.Match[str], whole: Figure) -> tuple[Figure, ...]:
    """The amounts of the total's unit in the list after it, up to where something else is told."""
    start = match.start("rest")
    ending = load_rules("audit")["parts_end"]
    parts: list[Figure] = []
    position = start
    first = line.index_at(start)
    for index in range(first, min(first + _MOST_PARTS, line.index_at(match.end("rest")))):
        figure = line.figures[index]
        words = line.skeleton[position : line.places[index]]
        if figure.kind == "percent" and parts and load_rules("audit")["rate_beside"].fullmatch(words):
            position = line.places[index] + 1
            continue
        if parts and ((match["how"] and ending.search(words)) or not load_rules("audit")["next_part"].match(words)):
            break
        if figure.kind != "level" or figure.unit != whole.unit:
            if figure.kind in ("level", "points", "times") or (parts and "占" in words):
                break
            position = line.places[index] + 1
            continue
        parts.append(figure)
        position = line.places[index] + 1
    return tuple(parts)


def _parts_total(line: Line, match: re.Match[str]) -> Iterator[Check]:
    whole = line.at(match.start("total"))
    parts = tuple(f for f in line.within(match.start("parts"), match.end("parts")) if f.kind == "level")
    if len(parts) < 2 or not of_one_unit((*parts, whole)):
        return
    firm = has_word("sum", match["how"]) or _counted(line, match, len(parts))
    overlap = has_word("overlap", line.skeleton[match.start() : match.end()])
    if not firm and any(figure.open for figure in (whole, *parts)):
        return
    check = judge(line, _add(parts), whole, only_holds=not firm or overlap)
    if check:
        yield check


def _counted(line: Line, match: re.Match[str], parts: int) -> bool:
    """Whether the words before a total say that it is of just so many parts: 三年累计, 上半年累计 of two quarters."""
    if match["count"]:
        return line.at(match.start("count")).value == parts
    before = line.words_before(match.start("what"), 40)
    if match["what"] in load_rules("audit").data["quarters"] and all(
        half in before for half in load_rules("audit").data["words"]["halves"]
    ):
        return parts == 2
    return load_rules("audit").data["quarters"].get(match["what"]) == parts and has_word("each", before)


def _ratio(line: Line, match: re.Match[str]) -> Iterator[Check]:
    for names in ("abc", "def"):
        if match[names[0]]:
            yield from _shares(line, tuple(line.at(match.start(name)) for name in names))


def _sector_shares(line: Line, match: re.Match[str]) -> Iterator[Check]:
    yield from _shares(line, tuple(line.at(match.start(name)) for name in "abc"))


def _shares(line: Line, parts: tuple[Figure, ...]) -> Iterator[Check]:
    """Shares of all sectors make a hundred, but for what rounding leaves."""
    if not all(0 < part.value < _WHOLE for part in parts) or any(part.open for part in parts):
        return
    value = sum(part.value for part in parts)
    hundred = Figure(parts[0].start, parts[-1].end, line.text[parts[0].start : parts[-1].end], "number", _WHOLE, 0, "")
    made = Sum("ratio", parts, plus(parts), value, total(parts))
    check = judge(line, made, hundred, words="slip_ratio")
    if check:
        yield check
