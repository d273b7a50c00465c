"""Say what a verb acts on: the noun phrase behind it, or before it, without quantities, footnote marks and filling words.

Reads: the characters between a verb and the next one, ``rules/actions.toml``. Writes: objects as the guidelines (§2) want them.
"""

from __future__ import annotations

import re
from functools import cache

from pipeline.rulebook import load_rules

_NUMERIC = re.compile(r"[0-9０-９个家批名次处]")


def objects_behind(verb: str, text: str) -> list[str]:
    """The objects in ``text``, which follows ``verb``: one, or several where quantities stand between coordinated objects."""
    if not _NUMERIC.search(text):
        found = _trim(text)
        return [found] if found else []
    if _pattern("giving").match(verb):
        text = _behind_last_quantity(text)
    items = [item for item in _items(text) if item]
    if not items:
        return []
    statistic, measured = _pattern("statistic"), _pattern("measured")
    return [items[0], *(item for item in items[1:] if not statistic.match(item) and not measured.search(item))]


def object_before(text: str) -> str:
    """The object in ``text``, which stands before its verb: after 将, 把 or 对, or the subject of a sentence without an actor."""
    front = fronted(text)
    if front is None:
        text = _leading_adverbs().sub("", text)
        towards = _pattern("towards").match(text)
        text = text[towards.end() :] if towards else text
    else:
        text = front
    text = _trailing_adverbs().sub("", text)
    text = _pattern("subject-end").sub("", text)
    text = _trim(_without_quantities(text))
    return text if len(text) > 1 else ""


def fronted(text: str) -> str | None:
    """What stands between 将 or 把 and the verb, when that is more than adverbs; None without such a phrase."""
    front = _pattern("fronted").match(text)
    if front is None:
        return None
    rest = text[front.end() :]
    return rest if len(_trailing_adverbs().sub("", rest)) > 1 else None


def _behind_last_quantity(text: str) -> str:
    spans = _quantities(text)
    rest = text[spans[-1][1] :] if spans else ""
    return rest.removeprefix("的") or text


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return load_rules("actions")[name]


@cache
def _leading_adverbs() -> re.Pattern[str]:
    words = load_rules("actions").data["adverbs"].split()
    return re.compile(r"^(?:[（(][^）)]{0,4}[）)]|[（(【][^）)】]*[）)】]|[，,。\s]|" + _any(words) + ")+")


@cache
def _trailing_adverbs() -> re.Pattern[str]:
    words = [word for word in load_rules("actions").data["adverbs"].split() if len(word) > 1]
    return re.compile("(?:" + _any([*words, *"更再也都均已全地了正在"]) + "|得到|获得|进行|予以|加以|给予)+$")


def _any(words: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


def _trim(text: str) -> str:
    text = text.strip()
    lead = _pattern("lead").match(text)
    if lead and lead.end() < len(text):
        text = text[lead.end() :]
    for name in ("tail", "remark"):
        end = _pattern(name).search(text)
        if end and end.start() > 0:
            text = text[: end.start()]
    return text.strip(" 　、，")


def _quantities(text: str) -> list[tuple[int, int]]:
    return [match.span(1) for match in _pattern("quantity").finditer(text) if match.group(1)]


def _without_quantities(text: str) -> str:
    for start, end in reversed(_quantities(text)):
        if text[end : end + 1] == "的":
            end += 1
        text = text[:start] + text[end:]
    return text


def _items(text: str) -> list[str]:
    """Coordinated pieces, parted only where a quantity closes the piece before or opens both, without their quantities."""
    spans = _quantities(text)
    if not spans:
        return [_trim(text)]
    begins, ends = {start for start, _ in spans}, {end for _, end in spans}
    pieces: list[str] = []
    cut = 0
    for joint in _pattern("joint").finditer(text):
        if joint.group(1) is None:
            continue
        left, right = joint.start(1), joint.end(1)
        if left in ends or (right in begins and cut in begins):
            pieces.append(text[cut:left])
            cut = right
    pieces.append(text[cut:])
    return [_trim(_without_quantities(piece)) for piece in pieces]
