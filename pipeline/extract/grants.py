"""Read support measures: which amounts are granted, for what, and which are thresholds that applicants must meet.

Reads: the words around a figure of a planned sentence; ``rules/grants.toml``. Writes: the indicator of a grant, or yes/no.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.extract.figures import Figure

_BASE = re.compile(r"按照?|不超过|不高于|最高|给予")
_CEILING = re.compile(r"最高|最多|不超过|上限|封顶|单个|每家|每个|每户|每人")
_HOLDING = frozenset(["年", "个月", "岁", "周岁"])  # 参保3年以上, 16—24岁: conditions on persons


@cache
def _given() -> re.Pattern[str]:
    return re.compile(load_rules("grants").parts["given"])


def grant_indicator(figure: Figure, noun: str, right: str, before: str, after: str) -> str | None:
    """The indicator of an amount or share that a support measure grants, or None when the figure is no grant.

    In: the figure; the noun before the figure; the words behind it in its clause; the sentence before and behind the figure.
    """
    rules = load_rules("grants")
    unit = figure.unit
    if unit == "%":
        share = rules["share-granted"].search(after)
        return f"{share['grant']}占{_BASE.split(noun)[-1]}比例" if share and noun else None
    if unit not in ("元", "美元"):
        return None
    bare = rules["bare-grant"].search(right)
    if bare:
        topic = rules["topic"].search(before)
        owner = topic["topic"] if topic else _BASE.split(noun)[-1]
        return owner + bare["grant"]
    if not right and (figure.comparator == "<=" or _CEILING.search(before[-12:])):
        named = rules["granted-before"].search(before)
        return named["grant"] if named else None
    return None


def is_threshold(comparator: str, unit: str | None, before: str, after: str) -> bool:
    """Whether a figure of a support measure is a condition that applicants must meet, not what they are promised."""
    if comparator != "<=" and load_rules("grants")["condition"].search(after):
        return True
    given = _given().search(after)
    if given is None or comparator == "<=":
        return unit in ("岁", "周岁") or (unit == "年" and comparator == ">=" and "的" in after[:8])
    if unit in _HOLDING and comparator in (">=", ">", "range"):
        return True
    if _given().search(before.rsplit("；", 1)[-1].rsplit("。", 1)[-1]):
        return False
    return bool(load_rules("grants")["threshold"].search(after[: given.start() + 2]))
