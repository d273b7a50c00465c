"""Load rule files: wordings as data, compiled at their first use, each rule with the examples that prove it.

Reads: ``pipeline/rules/<name>.toml``. Writes: ``Rule`` objects in file order.

A rule file holds ``[parts]`` (named fragments, a pattern or a list of words, usable as ``${part}`` in what follows) and
``[[rule]]`` tables with ``name``, ``pattern`` or ``words``, ``examples`` (each must match) and ``not_examples`` (none may).
Every other key of a rule is kept in ``Rule.data`` for the module that uses it. Other top-level keys are plain data (``Rulebook.data``).
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from pipeline.errors import RuleError

RULES = Path(__file__).parent / "rules"
_PART = re.compile(r"\$\{([\w-]+)\}")
_OWN_KEYS = {"name", "pattern", "words", "examples", "not_examples"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One wording: the source of its pattern and the sentences that prove it both ways."""

    name: str
    source: str
    where: str  # file and rule, for messages
    examples: tuple[str, ...]
    not_examples: tuple[str, ...]
    data: dict[str, Any]

    @property
    def pattern(self) -> re.Pattern[str]:
        """The compiled pattern, compiled at its first use: a command uses few of all rules. Raises RuleError with file and rule."""
        return _compiled(self.source, self.where)


class Rulebook(dict[str, re.Pattern[str]]):
    """A rule file: its parts (expanded pattern sources), its rules in file order, and its plain data.

    ``book[name]`` is the compiled pattern of the rule called ``name``, KeyError when there is none. A dict, because patterns are
    asked for several times a figure.
    """

    def __init__(self, name: str, parts: dict[str, str], rules: tuple[Rule, ...], data: dict[str, Any]) -> None:
        super().__init__()
        self.name = name
        self.parts = parts
        self.rules = rules
        self.data = data
        self.by_name = {rule.name: rule for rule in rules}

    def __missing__(self, name: str) -> re.Pattern[str]:
        """Compile the pattern of the rule called ``name`` at its first use."""
        pattern = self[name] = self.by_name[name].pattern
        return pattern


class Alike(dict[int, str]):
    """A table for ``str.translate`` that learns which characters stay as they are.

    A character that a plain dict lacks costs ``translate`` an exception each time that it is met.
    """

    def __missing__(self, code: int) -> str:
        """The character itself, kept for the next time."""
        character = self[code] = chr(code)
        return character


def alternation(words: list[str]) -> str:
    """A pattern source that matches any of ``words``, the longest first."""
    return _longest_first(sorted({word for word in words if word}), optional="" in words)


def _longest_first(words: list[str], *, optional: bool) -> str:
    """A group that matches the longest of ``words`` (sorted, none empty), or nothing where that is ``optional``.

    What begins alike is written once: the pattern looks at each character of a text once, however many words there are.
    """
    singles: list[str] = []
    longer: list[str] = []
    for first, group in groupby(words, key=itemgetter(0)):
        rests = [word[1:] for word in group]
        if rests == [""]:
            singles.append(re.escape(first))
        else:
            tails = [rest for rest in rests if rest]
            tail = re.escape(tails[0]) if len(rests) == 1 else _longest_first(tails, optional="" in rests)
            longer.append(re.escape(first) + tail)
    if len(singles) > 1:
        singles = [f"[{''.join(singles)}]"]
    return f"(?:{'|'.join([*longer, *singles])})" + ("?" if optional else "")


@cache
def load_rules(name: str) -> Rulebook:
    """The rule file ``rules/<name>.toml``, parsed once in a process. Raises RuleError with file and rule."""
    path = RULES / f"{name}.toml"
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"rules/{name}.toml: {error}") from error
    parts: dict[str, str] = {}
    for key, value in content.pop("parts", {}).items():
        source = alternation(value) if isinstance(value, list) else value
        parts[key] = _expand(source, parts, f"rules/{name}.toml: part {key}")
    rules = tuple(_rule(raw, parts, name) for raw in content.pop("rule", []))
    names = [rule.name for rule in rules]
    if len(set(names)) != len(names):
        raise RuleError(f"rules/{name}.toml: two rules are called {next(n for n in names if names.count(n) > 1)!r}")
    return Rulebook(name, parts, rules, content)


def _rule(raw: dict[str, Any], parts: dict[str, str], book: str) -> Rule:
    where = f"rules/{book}.toml: {raw.get('name', 'rule without a name')}"
    if "name" not in raw or ("pattern" in raw) == ("words" in raw):
        raise RuleError(f"{where}: a rule needs a name and either pattern or words")
    source = raw["pattern"] if "pattern" in raw else alternation(raw["words"])
    data = {key: value for key, value in raw.items() if key not in _OWN_KEYS}
    return Rule(raw["name"], _expand(source, parts, where), where, tuple(raw.get("examples", ())), tuple(raw.get("not_examples", ())), data)


@cache
def _compiled(source: str, where: str) -> re.Pattern[str]:
    try:
        return re.compile(source)
    except re.error as error:
        raise RuleError(f"{where}: bad pattern: {error}") from error


def _expand(source: str, parts: dict[str, str], where: str) -> str:
    def part(match: re.Match[str]) -> str:
        if match[1] not in parts:
            raise RuleError(f"{where}: no part ${{{match[1]}}} stands above")
        return f"(?:{parts[match[1]]})"

    return _PART.sub(part, source)
