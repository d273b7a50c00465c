"""Quantities of single sentences: what is measured, how much, how, for when; what is no quantity; and laws that always hold.

The tables are in tests/cases/quantities: ``in_the_wild`` (wordings of published documents), ``negatives`` (figures that measure
nothing), ``synthetic`` (made up, for structures that are rare) and ``known_failures`` (right by the guidelines and not yet found; each
with its kind of error). Text, indicator, value and comparison, unit, measure, direction, per, status and end are always checked,
start and scope where the row has them. In a row, "" stands for null.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.extract.dates import find_times
from pipeline.extract.figures import find_figures
from pipeline.extract.quantities import find_quantities
from pipeline.extract.sentence_times import sentence_times
from pipeline.records import Document, Judgement, Label, Outline, Quantity, Sentence
from pipeline.segment.sentences import split_sentences

CASES = Path(__file__).parent / "cases" / "quantities"
TABLES = ("in_the_wild", "negatives", "synthetic", "known_failures")
ALIKE = 0.6  # the share of common characters from which two indicators mean the same

Case = dict[str, Any]


@cache
def cases(kind: str) -> tuple[Case, ...]:
    """The rows of one table."""
    return tuple(tomllib.loads((CASES / f"{kind}.toml").read_text("utf-8"))["case"])


def quantities(case: Case) -> tuple[Quantity, ...]:
    """The quantities of the case's text, each sentence judged as the case says."""
    text: str = case["text"]
    document = Document(
        "d", "c", 1, "source.txt", text, title=case.get("title"), date=case.get("date"), doc_type=case.get("doc_type", "government_report"),
        plan_year=case.get("plan_year"), review_year=case.get("review_year"),
    )  # fmt: skip
    sentences = tuple(Sentence(span, number, None, None, False) for number, span in enumerate(split_sentences(text)))
    outline = Outline((), sentences)
    label: Label = case["label"]
    judgements = tuple(Judgement(label, "given", 1.0) for _ in sentences)
    times = sentence_times(document, outline, judgements, find_times(text))
    return find_quantities(document, outline, judgements, times, [str(number) for number in range(len(sentences))])


def alike(first: str, second: str) -> bool:
    """Whether two indicators have enough characters in common to name the same thing."""
    a, b = ([character for character in name if character.isalnum()] for name in (first, second))
    common = sum((Counter(a) & Counter(b)).values())
    return a == b or 2 * common >= ALIKE * (len(a) + len(b))


def expected(case: Case, row: Case) -> Case:
    """The slots that a row asks for, with what it leaves out written in."""
    year = case.get("plan_year") if case["label"] == "planned" else case.get("review_year")
    status = row.get("status", "planned" if case["label"] == "planned" else "actual")
    last = None if year is None else f"{year - 1 if status == 'baseline' else year}-12-31"
    low = row.get("low")
    slots = {
        "text": row["text"], "comparator": row.get("comparator", "="), "low": low, "high": row.get("high", low), "unit": row.get("unit"),
        "measure": row.get("measure", "level"), "direction": row.get("direction"), "per": row.get("per"), "status": status,
        "end": (row["end"] or None) if "end" in row else last, "masked": row.get("masked", False),
    }  # fmt: skip
    return slots | {name: row[name] or None for name in ("start", "scope") if name in row}


def found(quantity: Quantity, slots: Case) -> Case:
    """The same slots of a record."""
    return {name: getattr(quantity, name) for name in slots}


def compare(case: Case) -> None:
    """Assert that the case's rows, and nothing else, are found in its text."""
    rows: list[Case] = case.get("quantities", [])
    records = quantities(case)
    assert [row["text"] for row in rows] == [record.text for record in records]
    for row, record in zip(rows, records, strict=True):
        slots = expected(case, row)
        assert slots == found(record, slots)
        if case.get("exact") or not alike(row["indicator"], record.indicator or ""):
            assert row["indicator"] == record.indicator


def parameters(kind: str) -> list[Any]:
    """The rows of one table, named by their kind; those with a reason are expected to fail."""
    return [
        pytest.param(case, id=case["kind"], marks=[pytest.mark.xfail(reason=case["reason"])] if "reason" in case else [])
        for case in cases(kind)
    ]


@pytest.mark.parametrize("case", parameters("in_the_wild"))
def test_wordings_of_published_documents(case: Case) -> None:
    """Every figure that measures something is found, with all its slots."""
    compare(case)


@pytest.mark.parametrize("case", parameters("negatives"))
def test_what_is_no_quantity(case: Case) -> None:
    """Names, announced lists, dates, ordinals, numbers of documents and telephones, and vague words give nothing."""
    assert [] == [record.text for record in quantities(case)]


@pytest.mark.parametrize("case", parameters("synthetic"))
def test_rare_structures(case: Case) -> None:
    """Structures that published documents seldom show are read like the common ones."""
    compare(case)


@pytest.mark.parametrize("case", parameters("known_failures"))
def test_known_failures(case: Case) -> None:
    """What the guidelines ask for and is not yet found. A case that starts to pass moves to its table."""
    compare(case)


def test_every_case_is_well_formed() -> None:
    """Rows quote their case, in text order; no text and no kind stands twice; only known failures have a reason."""
    for name in ("text", "kind"):
        values = [case[name] for kind in TABLES for case in cases(kind)]
        assert sorted(set(values)) == sorted(values)
    for kind in TABLES:
        for case in cases(kind):
            position = 0
            for row in case.get("quantities", []):
                position = case["text"].index(row["text"], position)
            assert ("reason" in case) == (kind == "known_failures")


# Laws that hold for any mixture of real wordings

FRAGMENTS = sorted({piece for kind in TABLES for case in cases(kind) for piece in case["text"].split("，")})
MIXTURES = st.lists(
    st.sampled_from([*FRAGMENTS, "，", "。", "；", "\n", "\t", "《", "》", "（", "）", "×", "%", "３", "·", " "]), max_size=8
)
LABELS = st.sampled_from(["planned", "achieved", "problem", "other", "heading"])


def mixture(text: str, label: str) -> tuple[Quantity, ...]:
    """The quantities of a generated text."""
    return quantities({"text": text, "label": label, "plan_year": 2024, "review_year": 2023})


@given(pieces=MIXTURES, label=LABELS)
def test_records_point_back_to_their_characters(pieces: list[str], label: str) -> None:
    """The span of every record holds its text, inside the sentences, in text order; values come with their figure."""
    text = "".join(pieces)
    records = mixture(text, label)
    assert [record.text for record in records] == [text[record.span[0] : record.span[1]] for record in records]
    assert sorted(record.span for record in records) == [record.span for record in records]
    assert all((record.low is None and record.high is None) == record.masked for record in records)
    assert all(record.low <= record.high for record in records if record.low is not None and record.high is not None)
    assert all((record.direction is not None) <= (record.measure in ("change", "gap")) for record in records)
    assert () == (records if label == "heading" else ())


@given(pieces=MIXTURES, label=LABELS)
def test_same_text_same_records(pieces: list[str], label: str) -> None:
    """Nothing that was read before changes what is found."""
    text = "".join(pieces)
    assert mixture(text, label) == mixture(text, label)


@given(pieces=MIXTURES)
def test_figures_are_apart_and_blanked_ones_have_no_value(pieces: list[str]) -> None:
    """Figures stand in text order, never overlap, and a blanked number is never guessed."""
    text = "".join(pieces)
    figures = find_figures(text)
    assert all(first.end <= second.start for first, second in pairwise(figures))
    assert all(0 <= figure.start <= figure.core < figure.end <= len(text) for figure in figures)
    assert all((figure.low is None and figure.high is None) == figure.masked for figure in figures)


@given(pieces=st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=3))
def test_titles_hold_no_quantities(pieces: list[str]) -> None:
    """What stands between 《 and 》 is a name, whatever figures it has."""
    inside = "".join(pieces).translate({ord(mark): None for mark in "《》。！？；;!?\n"})
    text = f"认真落实《{inside}》"
    assert [] == [record.text for record in mixture(text, "planned") if record.span[0] < len(text)]
