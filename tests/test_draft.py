"""A draft before it is handed in: what it passes over, contradicts, adds up wrongly or promises less firmly, each with both sentences."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from pipeline.batch import Options
from pipeline.extract import extract
from pipeline.read import document_from_text, read_document
from pipeline.store import open_store
from pipeline.store.ingest import ingest
from pipeline.track.draft import check_draft
from pipeline.track.draft_figures import contradictions, inconsistencies
from pipeline.track.draft_show import report_lines
from pipeline.track.draft_targets import weakened
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.records import Extraction
    from pipeline.track.draft_findings import DraftReport

CORPUS = ROOT / "corpus"
DRAFT = CORPUS / "2025/2025_澜川_政府工作报告.txt"


def report_of(year: int, done: str, planned: str) -> Extraction:
    """The report of a city that looks back at the year before and plans ``year``."""
    text = f"政府工作报告\n一、{year - 1}年工作回顾\n过去一年，全市经济平稳运行。{done}\n二、{year}年工作安排\n做好今年工作。{planned}\n"
    return extract(document_from_text(text, f"{year}_上海市_政府工作报告.txt"))


@pytest.fixture(scope="module")
def store_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the sample city's documents of the years before 2025."""
    path = tmp_path_factory.mktemp("draft") / "office.db"
    with open_store(path, create=True) as store:
        ingest([CORPUS / str(year) for year in range(2020, 2025)], store, Options())
    return path


@pytest.fixture(scope="module")
def examined(store_file: Path) -> DraftReport:
    """The report of 2025, examined as if it were a draft."""
    with open_store(store_file, readonly=True) as store:
        return check_draft(extract(read_document(DRAFT)), store)


def test_draft_is_held_against_the_plan_of_the_year(examined: DraftReport) -> None:
    """The plan is the government report of the year before, not the bureau's."""
    assert examined.plan is not None
    assert examined.plan.endswith("2024_澜川_政府工作报告.txt")
    assert () == examined.notes


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("unaccounted", "建成口袋公园25个"),  # 25 in 2024, then never mentioned again
        ("unadmitted", "研发经费投入强度达到1.75%以上"),  # 1.71, missed and not admitted
        ("unadmitted", "新改建污水管网130公里"),
        ("lowered", "去年为改造城镇老旧小区60个，本稿为改造城镇老旧小区45个"),
        ("lowered", "去年为地区生产总值增长6%左右，本稿为地区生产总值增长5.5%左右"),
    ],
)
def test_story_of_the_sample_city(examined: DraftReport, kind: str, words: str) -> None:
    """What corpus/README.md tells of the targets that were missed, lowered and dropped."""
    assert [kind] == [finding.kind for finding in examined.findings if words in finding.reason]


@pytest.mark.parametrize("words", ["一般公共预算收入增长5%”", "新增公共停车位3500个", "粮食产量"])
def test_what_is_in_order_is_not_named(examined: DraftReport, words: str) -> None:
    """A miss that the draft admits, a target that was met and one that was raised are no findings of omission."""
    told = [finding for finding in examined.findings if finding.kind in ("unaccounted", "unadmitted") and words in finding.reason]
    assert [] == told


def test_quotes_are_the_documents_words(examined: DraftReport, store_file: Path) -> None:
    """Every quote stands at its span, in the draft or in the document of the store."""
    draft = read_document(DRAFT)
    with open_store(store_file, readonly=True) as store:
        for finding in examined.findings:
            assert finding.draft is not None or finding.earlier is not None
            for quote in filter(None, (finding.draft, finding.earlier)):
                document = draft if quote.doc_id == draft.doc_id else store.document(quote.doc_id)
                assert document is not None
                assert quote.text == document.text[slice(*quote.span)]


def test_draft_is_not_stored(store_file: Path, examined: DraftReport) -> None:
    """Examining changes nothing in the store."""
    assert examined.findings
    with open_store(store_file, readonly=True) as store:
        assert all(row["plan_year"] != 2025 for row in store.documents())


@pytest.mark.parametrize(
    ("before", "now", "kinds"),
    [
        ("确保罗江大桥建成通车。", "力争罗江大桥建成通车。", ["softened"]),
        ("力争罗江大桥建成通车。", "确保罗江大桥建成通车。", []),  # firmer
        ("罗江大桥建成通车。", "力争罗江大桥建成通车。", []),  # a plain sentence is neither firm nor soft
        ("新建污水管网130公里。", "新建污水管网90公里。", ["lowered"]),
        ("新建污水管网90公里。", "新建污水管网130公里。", []),
        ("城镇调查失业率控制在5%以内。", "城镇调查失业率控制在5.5%以内。", ["lowered"]),  # a cap that allows more
        ("城镇调查失业率控制在5.5%以内。", "城镇调查失业率控制在5%以内。", []),
        ("新建污水管网130公里。", "持续推进新建污水管网。", ["unquantified"]),
        ("新建污水管网130公里。", "新建农村公路90公里。", []),  # another thing
    ],
)
def test_weaker_promises(before: str, now: str, kinds: list[str]) -> None:
    """Softer words, lower numbers and numbers that are gone, and nothing else."""
    assert kinds == [finding.kind for finding in weakened(report_of(2025, "", before), report_of(2026, "", now))]


@pytest.mark.parametrize(
    ("done", "count"),
    [
        ("城镇新增就业3.12万人。做好就业工作，城镇新增就业3.21万人。", 1),
        ("城镇新增就业3.12万人。做好就业工作，城镇新增就业3.1万人。", 0),  # rounded
        ("城镇新增就业3.12万人。青梧区城镇新增就业1.2万人。", 0),  # another scope
        ("城镇新增就业3.12万人。五年累计城镇新增就业15.6万人。", 0),
    ],
)
def test_figures_of_a_draft_agree_with_each_other(done: str, count: int) -> None:
    """Two values of one figure are found; rounding, parts and sums of years are none."""
    assert count == len(list(inconsistencies(report_of(2026, done, "城镇新增就业3万人以上。"))))


def test_figures_of_a_draft_agree_with_documents_before() -> None:
    """A value of last year that an earlier document gives otherwise is found with that document's name."""
    earlier = report_of(2025, "2024年，城镇新增就业3.12万人。", "城镇新增就业3万人以上。")
    draft = report_of(2026, "2024年，城镇新增就业3.21万人。2025年，城镇新增就业3.3万人。", "城镇新增就业3万人以上。")
    (finding,) = contradictions(draft, [earlier])
    assert ("contradiction", True) == (finding.kind, earlier.document.source in finding.reason)
    assert finding.earlier is not None
    assert "3.12万人" == finding.earlier.text


def test_sums_that_fail_are_findings(store_file: Path) -> None:
    """A sum of the draft that does not hold is told as a finding, one that holds is not."""
    with open_store(store_file, readonly=True) as store:
        for rate, count in (("50%", 0), ("30%", 1)):
            draft = report_of(2026, f"高新技术企业由100家增加到150家，增长{rate}。", "城镇新增就业3万人以上。")
            assert count == Counter(finding.kind for finding in check_draft(draft, store).findings)["arithmetic"]


def test_place_without_documents_is_noted(store_file: Path) -> None:
    """A draft of a place that the store does not know is still held against itself, and the report says what could not be done."""
    with open_store(store_file, readonly=True) as store:
        report = check_draft(report_of(2026, "新建绿道12公里。", "新建绿道15公里。"), store)
    assert report.plan is None
    assert "未能核对" in "".join(report.notes)


def test_label_of_a_draft_without_title(store_file: Path) -> None:
    """A draft that names neither place nor year says so, unless both are given with it."""
    draft = extract(document_from_text("新建公共停车位3000个。", "稿.txt"))
    with open_store(store_file, readonly=True) as store:
        assert "--place" in "".join(check_draft(draft, store).notes)
        assert check_draft(draft, store, place="澜川市", year=2025).plan is not None


def test_command_lists_findings_and_ends_well(store_file: Path) -> None:
    """Findings are no failure: the exit code stays 0; JSON has a row for each."""
    ran = run_cli("check-draft", str(DRAFT), "--db", str(store_file))
    assert (0, "交稿前体检") == (ran.returncode, ran.stdout[:5])
    rows = run_cli("check-draft", str(DRAFT), "--db", str(store_file), "--json").stdout.splitlines()
    assert {"kind", "reason", "draft", "earlier"} == set(json.loads(rows[0]))
    assert f"共{len(rows)}条" in ran.stdout


def test_report_without_findings_says_so(store_file: Path) -> None:
    """Silence would look like a failure."""
    with open_store(store_file, readonly=True) as store:
        report = check_draft(report_of(2026, "新建绿道12公里。", "新建绿道15公里。"), store)
    assert "没有发现问题" in "".join(report_lines(replace(report, findings=())))
