"""The sample corpus: texts and gold records agree, and the README tells the truth about both."""

from __future__ import annotations

import datetime
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.segment.sentences import split_sentences

CORPUS = Path(__file__).parent.parent / "corpus"
README = (CORPUS / "README.md").read_text("utf-8")
TEXTS = sorted(CORPUS.glob("*/*.txt"))
GOLD = sorted((CORPUS / "gold").glob("*.json"))

FILE_ROW = re.compile(r"^\| `(?P<path>[^`]+)` \| [^|]+ \| (?P<encoding>[\w-]+) \| (?P<ends>LF|CRLF) \| ", re.MULTILINE)
FILES = {row["path"]: (row["encoding"], row["ends"]) for row in FILE_ROW.finditer(README)}
CELL = re.compile(r"(?P<target>–|[≥~]?[\d.]+) → (?P<reported>–|[\d.]+)")
YEARS = range(2020, 2026)
LABELS = {"planned", "achieved", "problem", "heading", "attribution", "other"}
META = {"title", "issuer", "doc_number", "date", "doc_type", "plan_year", "review_year", "place"}
TEXT_FIELDS = {"id", "title", "date", "place", "text", "meta", "sentences", "quantities", "deadlines", "source_id"}


def load(path: Path) -> dict[str, Any]:
    """The gold document in the file ``path``."""
    document: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return document


def decoded(path: Path) -> str:
    """The text of a corpus file, decoded as the README says, with line feeds for line ends."""
    encoding, _ = FILES[path.relative_to(CORPUS).as_posix()]
    return path.read_bytes().decode(encoding).replace("\r\n", "\n")


def story() -> list[tuple[str, str, int, str, Decimal]]:
    """Every figure of the README's story table: indicator, unit, year, role and value."""
    points = []
    for line in README.split("## The story")[1].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) != len(YEARS) + 3 or not CELL.fullmatch(cells[2]):
            continue
        for year, cell in zip(YEARS, cells[2:-1], strict=True):
            match = CELL.fullmatch(cell)
            assert match, f"{cells[0]} {year}: {cell}"
            points += [
                (cells[0], cells[1], year, role, Decimal(match[role].lstrip("≥~"))) for role in ("target", "reported") if match[role] != "–"
            ]
    return points


def name_of(path: Path) -> str:
    """The stem of ``path``, which names a test case."""
    return path.stem


def test_every_text_has_its_gold_document_and_no_other() -> None:
    """One gold document for each text, paired by stem; stems are unique."""
    assert sorted(path.stem for path in TEXTS) == sorted(path.stem for path in GOLD)
    assert len({path.stem for path in TEXTS}) == len(TEXTS)


def test_readme_lists_every_file() -> None:
    """The README's table names exactly the texts that are there."""
    assert sorted(FILES) == sorted(path.relative_to(CORPUS).as_posix() for path in TEXTS)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_encoding_and_line_ends_are_what_the_readme_says(path: Path) -> None:
    """The bytes have the stated byte-order mark, decode as stated (GBK and UTF-16 not as UTF-8), and have the stated line ends."""
    encoding, ends = FILES[path.relative_to(CORPUS).as_posix()]
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert data.startswith((b"\xff\xfe", b"\xfe\xff")) == (encoding == "utf-16")
    if encoding in ("gbk", "utf-16"):
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
    text = data.decode(encoding)
    assert text.count("\r") == (text.count("\n") if ends == "CRLF" else 0)


def test_the_corpus_has_the_traps_of_encoding() -> None:
    """GBK, UTF-16, a byte-order mark, CRLF and full-width digits each occur."""
    assert {encoding for encoding, _ in FILES.values()} == {"utf-8", "utf-8-sig", "gbk", "utf-16"}
    assert "CRLF" in {ends for _, ends in FILES.values()}
    assert any(re.search("[０-９]", decoded(path)) for path in TEXTS)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_texts_are_as_long_as_a_sample_should_be(path: Path) -> None:
    """A sample is read at a glance: 700 to 2,500 characters."""
    assert 700 <= len(decoded(path)) <= 2500


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_gold_text_is_the_decoded_file(path: Path) -> None:
    """``text``, ``id`` and ``source_id`` are those of the file."""
    gold = load(path)
    source = next(text for text in TEXTS if text.stem == path.stem)
    assert set(gold) == TEXT_FIELDS
    assert gold["text"] == decoded(source)
    assert (gold["id"], gold["source_id"]) == (path.stem, source.name)


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_gold_sentences_are_those_of_the_rule(path: Path) -> None:
    """Gold covers exactly the sentences that the fixed rule cuts, each with a label, and annotates only where a label allows it."""
    gold = load(path)
    assert [(sentence["start"], sentence["end"]) for sentence in gold["sentences"]] == split_sentences(gold["text"])
    for sentence in gold["sentences"]:
        body = gold["text"][sentence["start"] : sentence["end"]]
        assert sentence["label"] in LABELS
        assert not sentence["actions"] or sentence["label"] in ("planned", "achieved")
        assert not sentence["responsible"] or sentence["label"] in ("planned", "achieved", "attribution")
        assert [verb for verb, _ in sentence["actions"] if verb not in body] == []
        assert [unit for unit in sentence["responsible"] if unit not in body] == []


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_gold_spans_match_their_quotes(path: Path) -> None:
    """Every quantity and deadline is the quoted piece of one sentence; deadlines stand in planned sentences."""
    gold = load(path)
    for record in gold["quantities"] + gold["deadlines"]:
        start, end = record["span"]
        assert gold["text"][start:end] == record["quote"]
        home = [sentence["label"] for sentence in gold["sentences"] if sentence["start"] <= start and end <= sentence["end"]]
        assert len(home) == 1
        assert record not in gold["deadlines"] or home == ["planned"]


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_gold_quantities_are_well_formed(path: Path) -> None:
    """Values stay within the guidelines: ranges ascend, masked figures have no value, only changes and gaps have a direction."""
    for quantity in load(path)["quantities"]:
        low, high = quantity["low"], quantity["high"]
        assert quantity["comparator"] in ("=", ">=", ">", "<=", "<", "~", "range")
        assert quantity["measure"] in ("level", "change", "completion", "gap", "rank")
        assert quantity["status"] in ("planned", "actual", "baseline", "reference")
        assert quantity["per"] in (None, "year", "month")
        assert quantity["masked"] == (low is None) == (high is None)
        assert low is None or (low < high if quantity["comparator"] == "range" else low == high)
        assert quantity["direction"] is None or quantity["measure"] in ("change", "gap")
        assert quantity["indicator"]
        assert quantity["measure"] != "rank" or quantity["unit"] is None


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_gold_periods_are_dates_in_order(path: Path) -> None:
    """Start and end are ISO dates, the start not after the end, and agree with a deadline's relation."""
    gold = load(path)
    for record in gold["quantities"] + gold["deadlines"]:
        dates = [datetime.date.fromisoformat(record[key]) for key in ("start", "end") if record[key]]
        assert dates == sorted(dates)
    for deadline in gold["deadlines"]:
        allowed = {"by": {"end"}, "from": {"start"}, "during": {"start", "end"}, "recurring": set()}[deadline["relation"]]
        assert {key for key in ("start", "end") if deadline[key]} <= allowed


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_gold_document_fields_are_complete(path: Path) -> None:
    """All document fields are there; every text speaks for the invented city, whatever its file name says."""
    gold = load(path)
    meta = gold["meta"]
    assert set(meta) == META
    assert (gold["title"], gold["date"], gold["place"]) == (meta["title"], meta["date"], meta["place"])
    assert meta["place"] == "澜川市"
    assert meta["doc_type"] in ("speech", "meeting_report", "work_plan", "work_summary", "government_report", "other")


@pytest.mark.parametrize(("indicator", "unit", "year", "role", "value"), story())
def test_the_story_is_in_the_gold_documents(indicator: str, unit: str, year: int, role: str, value: Decimal) -> None:
    """Each target and result of the README's story table is a gold quantity of that year."""
    multiplier, plain = (10_000, unit[1:]) if unit.startswith("万") else (1, None if unit == "-" else unit)
    statuses = ("planned",) if role == "target" else ("actual", "baseline")
    found = [
        quantity["quote"]
        for path in GOLD
        for quantity in load(path)["quantities"]
        if quantity["indicator"] == indicator
        and quantity["unit"] == plain
        and quantity["status"] in statuses
        and (quantity["end"] or "").startswith(str(year))
        and quantity["low"] == float(value * multiplier)
    ]
    assert found != []
