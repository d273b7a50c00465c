"""Tell how firmly a sentence binds.

Reads: text of a sentence, ``rules/strength.toml``. Writes: ``Strength`` or None.

Where several wordings stand in one sentence the firmest counts, in the order of the rules: what must be or is to be ensured is not made
weaker by what is striven for beside it. Words inside quotation marks are somebody's slogan (“管行业必须管安全”) and bind nothing.
争取 binds only where it strives for a result (争取年内开工); winning money, quotas or support (争取上级资金) is an action like any other.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, cast

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.records import Strength

_QUOTED = re.compile(r"[“「『\"][^”」』\"\n]{0,40}[”」』\"]")


def strength_of(text: str) -> Strength | None:
    """The firmness of the sentence ``text``: ``must``, ``ensure``, ``strive``, ``explore``, or None for a plain one."""
    any_wording, rules = _wordings()
    if not any_wording.search(text):
        return None
    bare = _QUOTED.sub("“”", text)
    for name, pattern in rules:
        if pattern.search(bare):
            return name
    return None


@cache
def _wordings() -> tuple[re.Pattern[str], tuple[tuple[Strength, re.Pattern[str]], ...]]:
    book = load_rules("strength")
    rules = tuple((cast("Strength", rule.name), rule.pattern) for rule in book.rules)
    return re.compile(str(book.data["any_wording"])), rules
