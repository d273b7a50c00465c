"""The sample corpus: texts and gold records agree, and the README tells the truth about both."""

from __future__ import annotations

import datetime
import json
import re
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract import extract
from pipeline.read import read_document
from pipeline.segment.sentences import split_sentences

CORPUS = Path(__file__).parent.parent / "corpus"
README = (CORPUS / "README.md").read_text("utf-8")
FILES_THERE = sorted(path for path in CORPUS.glob("20*/*") if path.is_file())
TEXTS = [path for path in FILES_THERE if path.suffix == ".txt"]
MADE = sorted((CORPUS / "sources").glob("*.source"))
GOLD = sorted((CORPUS / "gold").glob("*.json"))

FILE_ROW = re.compile(r"^\| `(?P<path>[^`]+)` \| [^|]+ \| (?P<encoding>[\w -]+) \| (?P<ends>LF|CRLF|-) \| ", re.MULTILINE)
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
    assert sorted(path.stem for path in FILES_THERE) == sorted(path.stem for path in GOLD)
    assert len({path.stem for path in FILES_THERE}) == len(FILES_THERE)


def test_readme_lists_every_file() -> None:
    """The README's table names exactly the texts that are there."""
    assert sorted(FILES) == sorted(path.relative_to(CORPUS).as_posix() for path in FILES_THERE)


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_encoding_and_line_ends_are_what_the_readme_says(path: Path) -> None:
    """The bytes have the stated byte-order mark, decode as stated (GBK and UTF-16 not as UTF-8), and have the stated line ends."""
    encoding, ends = FILES[path.relative_to(CORPUS).as_posix()]
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") == (encoding == "utf-8-sig")
    assert data.startswith((b"\xff\xfe", b"\xfe\xff")) == (encoding == "utf-16")
    if encoding in ("gbk", "gb18030", "utf-16"):
        with pytest.raises(UnicodeDecodeError):
            data.decode("utf-8")
    text = data.decode(encoding)
    assert text.count("\r") == (text.count("\n") if ends == "CRLF" else 0)


def test_the_corpus_has_the_traps_of_encoding() -> None:
    """GBK, UTF-16, a byte-order mark, CRLF and full-width digits each occur."""
    assert {FILES[path.relative_to(CORPUS).as_posix()][0] for path in TEXTS} == {"utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"}
    assert "CRLF" in {ends for _, ends in FILES.values()}
    assert any(re.search("[０-９]", decoded(path)) for path in TEXTS)


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_texts_are_as_long_as_a_sample_should_be(path: Path) -> None:
    """A sample is read at a glance: 500 to 2,500 characters."""
    assert 500 <= len(load(path)["text"]) <= 2500


@pytest.mark.parametrize("path", GOLD, ids=name_of)
def test_gold_text_is_the_decoded_file(path: Path) -> None:
    """``text``, ``id`` and ``source_id`` are those of the file."""
    gold = load(path)
    source = next(file for file in FILES_THERE if file.stem == path.stem)
    assert set(gold) == TEXT_FIELDS
    assert gold["text"] == read_document(source).text
    assert source not in TEXTS or gold["text"] == decoded(source)
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
    assert meta["place"] == ("砚溪市" if path.stem.startswith("砚溪市") else "澜川市")
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


SERIES = [json.loads(line) for line in (CORPUS / "gold" / "series.jsonl").read_text("utf-8").splitlines()]
POINTS = [row for row in SERIES if "verdict" not in row]
VERDICTS = [row for row in SERIES if "verdict" in row]


def test_series_points_stand_in_their_documents() -> None:
    """Each point quotes the text of its document at its span, and its figure is a gold quantity inside that quote."""
    documents = {gold["source_id"]: gold for gold in map(load, GOLD)}
    for point in POINTS:
        gold = documents[point["doc"]]
        start, end = point["span"]
        assert gold["text"][start:end] == point["quote"]
        inside = [q for q in gold["quantities"] if start <= q["span"][0] and q["span"][1] <= end]
        assert point["low"] in {q["low"] for q in inside if q["indicator"] == point["indicator"]}


def test_series_hold_the_story_and_nothing_else() -> None:
    """The points of the series are the figures of the README's story table."""
    wanted = {(name, year, "target" if role == "target" else "actual") for name, _, year, role, _ in story()}
    assert {(point["indicator"], point["year"], point["role"]) for point in POINTS} == wanted


def test_verdicts_follow_from_the_points() -> None:
    """Every target has one verdict as of 30 June 2025: pending in 2025, unreported without a result."""
    points = {(point["indicator"], point["year"], point["role"]): point for point in POINTS}
    assert sorted((row["indicator"], row["year"]) for row in VERDICTS) == sorted(
        (name, year) for name, year, role in points if role == "target"
    )
    for row in VERDICTS:
        actual = points.get((row["indicator"], row["year"], "actual"))
        assert row["as_of"] == "2025-06-30"
        assert (row["verdict"] == "pending") == (row["year"] == 2025)
        assert (row["verdict"] == "unreported") == (row["year"] < 2025 and actual is None)
    assert {row["verdict"] for row in VERDICTS} == {"met", "missed", "pending", "unreported"}


@pytest.mark.parametrize("path", MADE, ids=name_of)
def test_made_files_say_what_their_sources_say(path: Path) -> None:
    """Every line of a source stands in what the reader gives for its file, in order: plain lines in full, rows of tables cell by cell."""
    head, _, body = path.read_text("utf-8").partition("\n\n")
    target = CORPUS / head.splitlines()[0].removeprefix("file: ")
    text = "".join(read_document(target).text.split())
    place = 0
    for line in body.splitlines():
        line = re.sub(r"\{(?:note|del):[^}]*\}", "", re.sub(r"\{ins:([^}]*)\}", r"\1", line))
        cells = line.strip("| ").split(" | ") if line.startswith("| ") else [re.sub(r"^(?:=|#+) ", "", line)]
        if not (line.startswith("| ") and cells[0] in ("序号", "类别")):
            for cell in cells:
                found = text.find("".join(cell.split()), place) if cell not in ("^", "<") else place
                assert found >= place, cell
                place = found


def test_made_files_are_up_to_date() -> None:
    """The files of the corpus are byte for byte what their sources give."""
    pytest.importorskip("reportlab")
    done = subprocess.run([sys.executable, str(CORPUS / "make.py"), "--check"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("2020/在全市城市管理工作推进会上的讲话.txt", "masked_values"),
        ("2020/在全市城市管理工作推进会上的讲话.txt", "truncated"),
        ("2020/在全市城市管理工作推进会上的讲话.txt", "third_party_copy"),
        ("2022/澜川市水务局2022年上半年工作总结及下半年工作安排.txt", "masked_values"),
        ("2022/2023年城市管理局上半年工作总结及下半年工作计划.txt", "year_conflict"),
        ("2023/2023_岫屏_住房城乡建设工作总结.txt", "place_conflict"),
    ],
)
def test_traps_are_warned_of(name: str, code: str) -> None:
    """The reader says what is wrong with a document that is not what it seems."""
    assert code in {warning.code for warning in extract(read_document(CORPUS / name)).document.warnings}


@pytest.mark.parametrize(
    ("name", "there", "gone"),
    [
        ("2021/市政府常务会议研究三季度重点工作.html", "新开工市级重点项目28个", "网站地图"),
        ("2023/砚溪市2023年上半年经济运行情况和下半年重点工作安排.html", "砚政办函〔2023〕21号", "无障碍阅读"),
        ("2024/关于2024年前三季度重点工作任务进展情况的督查通报.mht", "仅为年度任务130公里的65%", "相关链接"),
        ("2024/澜川市教育局2024年工作要点.docx", "普惠性幼儿园覆盖率达到93%以上", "92%"),
        ("2024/澜川市教育局2024年工作要点.docx", "（二）推进学前教育普及普惠。", "%2"),
        ("2024/澜川市教育局2024年工作要点.docx", "“双减”：减轻义务教育阶段", "note"),
        ("2024/2024年《政府工作报告》重点任务责任分工表.docx", "新改建污水管网130公里\t牵头单位：市城市管理局", "^"),
        ("2025/澜川市2025年重点民生实事任务分解表.pdf", "序号：20\t", "完成时限\n"),
        ("2022/2022_澜川_政府工作报告.txt", "㵲口镇", "\ufffd"),
    ],
)
def test_traps_are_there_and_read_through(name: str, there: str, gone: str) -> None:
    """What a reader must find in a document with traps, and what it must not."""
    text = read_document(CORPUS / name).text
    assert there in text
    assert gone not in text


def test_the_page_in_gbk_is_not_utf_8() -> None:
    """One web page is in GBK."""
    page = (CORPUS / "2023" / "砚溪市2023年上半年经济运行情况和下半年重点工作安排.html").read_bytes()
    assert 'charset="gbk"' in page.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        page.decode("utf-8")
