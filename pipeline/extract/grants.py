"""Read support measures: which amounts are granted, for what, and which are thresholds that applicants must meet.

Reads: the words around a figure of a planned sentence; ``rules/grants.toml``. Writes: the indicator of a grant, or yes/no.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.extract.surroundings import Surroundings


@cache
def _given() -> re.Pattern[str]:
    return re.compile(load_rules("grants").parts["given"])


def grant_indicator(around: Surroundings, noun: str, before: str) -> str | None:
    """The indicator of an amount or share that a support measure grants, or None when the figure is no grant.

    In: the figure with the words around it; the noun before it, or before the run of figures that it closes; the sentence up to there.
    """
    rules = load_rules("grants")
    unit = around.figure.unit
    if unit == "%":
        share = rules["share-granted"].search(around.after)
        return f"{share['grant']}占{rules['base'].split(noun)[-1]}比例" if share and noun else None
    if unit not in ("元", "美元"):
        return None
    bare = rules["bare-grant"].search(around.right)
    if bare:
        topic = rules["topic"].search(before)
        return (topic["topic"] if topic else rules["base"].split(noun)[-1]) + bare["grant"]
    if not around.right and not rules["own-grant"].search(noun) and (around.figure.comparator == "<=" or rules["ceiling"].search(before)):
        named = rules["granted-before"].search(before)
        return named["grant"] if named else None
    return None


def is_threshold(around: Surroundings) -> bool:
    """Whether a figure of a support measure or rule is a condition that applicants must meet, not what they are promised."""
    rules = load_rules("grants")
    comparator, unit, after = around.figure.comparator, around.figure.unit, around.after
    if unit in rules.data["ages"] and load_rules("counting_context")["life-before"].search(around.before):
        return False
    if comparator != "<=" and rules["condition"].search(after):
        return True
    given = _given().search(after)
    if given is None or comparator == "<=":
        return unit in rules.data["ages"] or (unit == "年" and comparator == ">=" and "的" in after[:8])
    if unit in rules.data["holding"] and comparator in (">=", ">", "range"):
        return True
    if _given().search(around.before.rsplit("；", 1)[-1].rsplit("。", 1)[-1]):
        return False
    condition = after[: given.start() + 2]
    return rules["threshold"].search(condition) is not None or (
        comparator in (">=", ">") and rules["holder-follows"].search(condition) is not None
    )
