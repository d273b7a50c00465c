"""Say what a verb acts on: the noun phrase behind it, or before it, without quantities, footnote marks and filling words.

Reads: the characters between a verb and the next one, ``rules/actions.toml``. Writes: objects as the guidelines (§2) want them.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pipeline.extract.action_candidates import OPENING
from pipeline.rulebook import alternation, load_rules

_SHORT = 4  # characters: what is as long names something
_MODIFIES = "的"  # behind a verb it makes the verb an attribute of what follows


class _Edges(NamedTuple):
    """The patterns for both ends of an object, and the characters that are worth trying them on."""

    lead: re.Pattern[str]
    lead_begins: frozenset[str]
    tail: re.Pattern[str]
    tail_ends: frozenset[str]


def objects_behind(verb: str, text: str) -> list[str]:
    """The objects in ``text``, which follows ``verb``: one, or several where quantities stand between coordinated objects."""
    if text.startswith(_MODIFIES) or (len(text) < _SHORT and _pattern("no-object").match(text)):
        return []
    if not _pattern("countable").search(text):
        found = _trim(text)
        return [found] if found else []
    if _pattern("giving").match(verb):
        text = _behind_last_quantity(text)
    items = [item for item in _items(text) if len(item) > 1]
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
    text = _without_trailing_adverbs(text)
    if _pattern("actor").search(text):
        return ""
    text = _pattern("subject-end").sub("", _pattern("modal-end").sub("", text))
    text = _trim(_without_quantities(text))
    return text if len(text) > 1 and not _pattern("no-subject").search(text) else ""


def fronted(text: str) -> str | None:
    """What stands between 将 or 把 and the verb, when that is more than adverbs; None without such a phrase."""
    front = _pattern("fronted").match(text)
    if front is None:
        return None
    rest = text[front.end() :]
    return rest if len(_without_trailing_adverbs(rest)) > 1 else None


def leads_to_object(text: str) -> bool:
    """Whether ``text``, which stands before 进行, names what is acted on: with 对, 就, 将 or 把."""
    return _pattern("towards").match(text) is not None or _pattern("fronted").match(text) is not None


def joint_before(text: str) -> int | None:
    """Where the last word that joins a second verb (并, 或) begins in ``text``."""
    found = [match.start() for match in _pattern("second-verb").finditer(text)]
    return found[-1] if found else None


def is_joint(text: str) -> bool:
    """Whether ``text`` is nothing but a word that joins two verbs (和, 、)."""
    return _pattern("verb-joint").fullmatch(text) is not None


def is_list(text: str) -> bool:
    """Whether ``text``, which follows a verb, lists policies by their contents: the verbs in it name them and are not done here."""
    return _pattern("list").search(text) is not None


def is_purpose(clause: str) -> bool:
    """Whether a clause that follows others tells what they are good for (“不断提升…水平”, “营造…氛围”)."""
    return _pattern("purpose").search(clause) is not None


def _behind_last_quantity(text: str) -> str:
    spans = _quantities(text)
    rest = text[spans[-1][1] :].removeprefix("的") if spans else ""
    return rest if _trim(rest) and rest[0] not in OPENING else text


@cache
def _pattern(name: str) -> re.Pattern[str]:
    return load_rules("actions")[name]


@cache
def _leading_adverbs() -> re.Pattern[str]:
    data = load_rules("actions").data
    nouns, words = data["adverb_nouns"].split(), data["adverbs"].split()
    return re.compile(
        r"^(?:[（(][^）)]{0,4}[）)]|[（(【][^）)】]*[）)】]|[，,。\s]|(?!" + alternation(nouns) + ")" + alternation(words) + ")+(?!的)"
    )


@cache
def _trailing_adverbs() -> tuple[re.Pattern[str], frozenset[str]]:
    """The adverbs at the end of a text, and the characters that they end with."""
    data = load_rules("actions").data
    words = [*(word for word in data["adverbs"].split() if len(word) > 1), *data["trailing"].split()]
    return re.compile(f"{alternation(words)}+$"), frozenset(word[-1] for word in words)


def _without_trailing_adverbs(text: str) -> str:
    adverbs, lasts = _trailing_adverbs()
    return adverbs.sub("", text) if text[-1:] in lasts else text


def _trim(text: str) -> str:
    """Without the words and marks at both ends that belong to no object; empty when nothing else is left."""
    edges = _edges()
    if text[:1] in edges.lead_begins:
        lead = edges.lead.match(text)
        if lead and lead.end() < len(text):
            text = text[lead.end() :]
    if text[-1:] in edges.tail_ends:
        end = edges.tail.search(text)
        if end and end.start() > 0:
            text = text[: end.start()]
    return text if len(text) > _SHORT or _pattern("wording").search(text) else ""


@cache
def _edges() -> _Edges:
    rules = {rule.name: rule for rule in load_rules("actions").rules}
    lead, tail = rules["lead"], rules["tail"]
    return _Edges(lead.pattern, frozenset(lead.data["begins"]), tail.pattern, frozenset(tail.data["ends"]))


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
