"""What a question is for: figures, who is responsible, what a unit has to do, whether figures agree; or passages only.

Reads: a query, the units that a store knows. Writes: ``Question``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Container

Asks = Literal["duty", "unit", "check", "figures", "words"]
_LONGEST_QUESTION = 60  # characters: longer is a pasted passage
_SHORTEST_UNIT, _LONGEST_UNIT = 3, 20  # characters of a unit's name


@dataclass(frozen=True, slots=True)
class Question:
    """A query by what it asks for; ``text`` is the query without the words that ask, and without the ``unit`` that it names."""

    asks: Asks
    text: str
    unit: str = ""


def question(query: str, known: Container[str]) -> Question:
    """What ``query`` asks for; ``known`` holds the names of units."""
    text = "".join(query.split())
    if len(text) > _LONGEST_QUESTION:
        return Question("words", query)
    rules = load_rules("page_questions")
    for name in ("check", "agree"):
        if rules[name].search(text):
            return Question("check", rules["figures"].sub("", rules[name].sub("", text)))
    unit = _unit(text, known)
    if unit and (asked := rules["tasks-of"].search(text.replace(unit, "", 1))):
        left = text.replace(unit, "", 1)
        return Question("unit", left[: asked.start()] + left[asked.end() :], unit)
    if rules["responsible"].search(text):
        return Question("duty", rules["responsible"].sub("", text))
    return Question("words" if rules["words"].search(text) else "figures", query)


def _unit(text: str, known: Container[str]) -> str:
    """The longest name of a unit in a text: one that is known, else one that reads like a unit's."""
    rules = load_rules("page_questions")
    for length in range(min(_LONGEST_UNIT, len(text)), _SHORTEST_UNIT - 1, -1):
        for start in range(len(text) - length + 1):
            name = text[start : start + length]
            if name in known and rules["unit-end"].search(name):
                return name
    found = rules["unit-name"].search(text)
    return found.group() if found else ""
