"""Passages: a few sentences of one section, each sentence once, with what the records inside are about."""

from __future__ import annotations

from itertools import pairwise

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export import json_lines
from pipeline.extract import extract
from pipeline.read import document_from_text
from pipeline.segment import segment
from pipeline.store.passages import (
    HAS_DEADLINE,
    HAS_NUMBER,
    HAS_UNIT,
    STATUS_FLAGS,
    Passage,
    cut_passages,
    facts_of,
    year_bit,
    years_between,
)

SENTENCE = "加强城市精细化管理，健全长效机制，提升群众满意度。"
LONG = "推进" + "、".join(f"第{number}片区老旧小区改造" for number in range(40)) + "等工作。"


def passages_of(text: str) -> list[Passage]:
    """The passages of a text with its records."""
    document = document_from_text(text, "2025_上饶市_工作要点.txt")
    records = [orjson.loads(line) for line in json_lines(extract(document)).splitlines()[1:]]
    return cut_passages(document, records)


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        (SENTENCE * 3, [SENTENCE[:5]]),  # short: one passage
        (SENTENCE * 20, [SENTENCE[:5]] * 3),  # one long paragraph: cut between sentences
        (f"{SENTENCE}\n{SENTENCE}\n", [SENTENCE[:5]]),  # short paragraphs of one section go together
        (f"{SENTENCE * 6}\n{SENTENCE * 6}\n", [SENTENCE[:5]] * 2),  # long ones do not
        (LONG + SENTENCE, ["推进第0片", SENTENCE[:5]]),  # a sentence is never cut
        (f"一、城市建设\n{SENTENCE}\n二、乡村振兴\n{SENTENCE}\n", ["一、城市建", "二、乡村振"]),  # a section opens a passage
        (
            f"一、城市建设\n（一）住房保障\n{SENTENCE}\n（二）交通\n{SENTENCE}\n",
            ["一、城市建", "（二）交通"],
        ),  # a bare heading is no passage
    ],
)
def test_passages_begin_where_they_should(text: str, starts: list[str]) -> None:
    """Paragraphs, sections and length decide where a passage ends."""
    assert starts == [passage.text[:5] for passage in passages_of(text)]


def test_passage_knows_its_headings_and_records() -> None:
    """Section path and clause as an officer cites them; years, kinds and due days of the records inside."""
    text = "一、2025年重点任务\n（一）住房保障\n到2025年底，市住建局新建保障房4500套。\n"
    (*_, passage) = passages_of(text)
    assert ("一、2025年重点任务", "（一）住房保障") == passage.section
    assert "（一）" == passage.clause
    assert 3 == len(passage.records)
    years, flags, first, last = passage.facts
    assert (year_bit(2025), 20251231, 20251231) == (years, first, last)
    assert flags & (STATUS_FLAGS["planned"] | HAS_DEADLINE | HAS_NUMBER | HAS_UNIT) == flags


@pytest.mark.parametrize(
    ("start", "end", "years"),
    [
        (None, None, []),
        (None, "2025-12-31", [2025]),
        ("2024-01-01", None, [2024]),
        ("2021-01-01", "2025-12-31", [2021, 2022, 2023, 2024, 2025]),
        ("1949-10-01", "1991-12-31", [1990, 1991]),  # years before 1990 have no bit
        ("2049-01-01", "2100-12-31", [2049, 2050, 2051, 2052]),
    ],
)
def test_years_of_a_period(start: str | None, end: str | None, years: list[int]) -> None:
    """A bit for each year that the period touches, within what 64 bits can hold."""
    assert years == [year for year in range(1900, 2200) if years_between(start, end) & year_bit(year)]
    assert years_between(start, end) < 2**63


def test_rejected_and_empty_records_have_no_facts() -> None:
    """Without records there is nothing to compare."""
    assert (0, 0, 0, 0) == facts_of([])


@given(
    st.lists(st.sampled_from([SENTENCE, LONG, "一、城市建设\n", "（一）住房\n", "\n", "— 3 —\n", "到2025年底建成5处；", "好"]), max_size=40)
)
def test_every_sentence_is_in_one_passage(parts: list[str]) -> None:
    """Passages are in text order, do not overlap, hold their text, and leave out nothing but furniture."""
    text = "上饶市2025年工作要点\n" + "".join(parts)
    document = document_from_text(text, "要点.txt")
    passages = cut_passages(document, [])
    spans = [passage.span for passage in passages]
    assert spans == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert [document.text[slice(*span)] for span in spans] == [passage.text for passage in passages]
    for sentence in segment(document).sentences:
        inside = [span for span in spans if span[0] <= sentence.span[0] and sentence.span[1] <= span[1]]
        assert (0 if sentence.furniture else 1) == len(inside)
