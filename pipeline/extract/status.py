"""Judge what each sentence is: a commitment, a result, a problem, a heading, an attribution or none of these (guidelines §1).

Reads: ``Document``, ``Outline``, ``rules/status.toml``. Writes: one ``Judgement`` per sentence, in order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.records import Document, Judgement, Label, Outline
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.rulebook import Rule


def judge(document: Document, outline: Outline) -> tuple[Judgement, ...]:
    """One judgement for each sentence of ``outline``."""
    rules = [rule for rule in load_rules("status").rules if "label" in rule.data]
    headings = {section.heading_span for section in outline.sections}
    found: list[Judgement] = []
    for sentence in outline.sentences:
        text = document.text[sentence.span[0] : sentence.span[1]]
        rule = _deciding(text, rules)
        if sentence.furniture:
            found.append(Judgement("other", "furniture", 1.0))
        elif rule:
            found.append(Judgement(rule.data["label"], rule.name, 1.0))
        elif sentence.span in headings:
            found.append(Judgement("heading", "structure", 0.8))
        else:
            found.append(Judgement(_by_part(sentence.part), "part", 0.5))
    return tuple(found)


def _deciding(text: str, rules: list[Rule]) -> Rule | None:
    return next((rule for rule in rules if rule.pattern.search(text)), None)


def _by_part(part: str | None) -> Label:
    return "achieved" if part == "review" else "other" if part in ("front", "glossary") else "planned"
