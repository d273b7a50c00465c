"""Every rule file proves itself: each example is matched, no counter-example is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipeline import rulebook
from pipeline.errors import RuleError
from pipeline.rulebook import Rule, load_rules

if TYPE_CHECKING:
    from pathlib import Path

BOOKS = sorted(path.stem for path in rulebook.RULES.glob("*.toml"))
RULES = [(book, rule) for book in BOOKS for rule in load_rules(book).rules]


@pytest.mark.parametrize(("book", "rule"), RULES, ids=[f"{book}-{rule.name}" for book, rule in RULES])
def test_rule_matches_its_examples_only(book: str, rule: Rule) -> None:
    """A rule has examples, matches each of them and none of its counter-examples."""
    assert rule.examples, f"rules/{book}.toml: {rule.name} has no examples"
    assert [] == [text for text in rule.examples if not rule.pattern.search(text)]
    assert [] == [text for text in rule.not_examples if rule.pattern.search(text)]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("[[rule]]\nname = 'a'\npattern = '('\n", "a: bad pattern"),
        ("[[rule]]\nname = 'a'\n", "a: a rule needs a name and either pattern or words"),
        ("[[rule]]\nname = 'a'\npattern = '${b}'\n", "a: no part ${b} stands above"),
        ("[[rule]\n", "at line 1"),
        ("[[rule]]\nname = 'a'\nwords = ['x']\n[[rule]]\nname = 'a'\nwords = ['y']\n", "two rules are called 'a'"),
    ],
)
def test_bad_rule_file_fails_with_file_and_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str, message: str) -> None:
    """A malformed rule file stops with one line that names the file and the rule."""
    monkeypatch.setattr(rulebook, "RULES", tmp_path)
    (tmp_path / "broken.toml").write_text(content, "utf-8")
    load_rules.cache_clear()
    with pytest.raises(RuleError, match=r"rules/broken\.toml") as caught:
        assert [rule.pattern for rule in load_rules("broken").rules]
    assert message in str(caught.value)
    load_rules.cache_clear()
