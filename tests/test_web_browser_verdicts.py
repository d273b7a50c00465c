"""Verdicts in a real browser: confirmed, changed and taken back, with scripts and without; two people at one verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.test_web_browser import browser, pytestmark, served, shoot, visited
from tests.web_fixtures import built_store, doc_id, office

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["browser", "built_store", "office", "pytestmark"]  # fixtures
INDICATOR = "/indicator?place=澜川市&indicator=城市生活污水集中收集率"


@pytest.mark.parametrize("scripts", [True, False])
def test_verdict_is_confirmed_and_taken_back(browser: Any, office: Path, scripts: bool) -> None:
    """Open the form beside the verdict, choose, say why, save; see who decided; take it back."""
    with served(office, as_of="2025-06-01") as address, visited(browser, scripts=scripts) as page:
        page.goto(address + INDICATOR)
        assert "未达目标" in page.inner_text("table.quotes .badge")
        page.click("form.decide summary")
        page.select_option("form.decide [name=verdict]", "met")
        page.fill("form.decide [name=why]", "省里核定数为75.2%")
        page.fill("form.decide [name=who]", "李四")
        page.click("form.decide details button")
        page.wait_for_selector("p.told:has-text('判定已记下')")
        cell = page.inner_text("tr:has(form.decide) td:last-child")
        for told in ("已达目标", "李四", "确认", "机器初判：未达目标", "省里核定数为75.2%"):
            assert told in cell
        shoot(page, f"verdict-{scripts}")
        page.click("form.decide button:has-text('撤回')")
        page.wait_for_selector("p.told:has-text('恢复为机器初判')")
        assert "李四" not in page.inner_text("tr:has(form.decide) td:last-child")
        page.goto(f"{address}/verdicts")
        assert 2 == page.locator("tbody tr").count()


def test_second_person_sees_what_the_first_decided(browser: Any, office: Path) -> None:
    """Both have the same page open; the second is asked before anything is written over."""
    with served(office, as_of="2025-06-01") as address:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        pages = [context.new_page(), context.new_page()]
        for page in pages:
            page.goto(address + INDICATOR)
            page.click("form.decide summary")
        for page, who, verdict in zip(pages, ("李四", "王五"), ("met", "below"), strict=True):
            page.fill("form.decide [name=who]", who)
            page.select_option("form.decide [name=verdict]", verdict)
            page.click("form.decide details button")
            page.wait_for_load_state()
        second = pages[1]
        assert "李四" in second.inner_text("[role=alert]")
        shoot(second, "verdict-conflict")
        second.click("button:has-text('仍按我的判定')")
        second.wait_for_selector("p.told:has-text('判定已记下')")
        assert "王五" in second.inner_text("tr:has(form.decide) td:last-child")
        context.close()


def test_commitment_is_confirmed_in_reconciliation(browser: Any, office: Path) -> None:
    """The form stands beside each commitment; the answer comes back to the same line."""
    with served(office, as_of="2025-06-01") as address, visited(browser) as page:
        page.goto(f"{address}/reconcile?place=澜川市&year=2024")
        row = page.locator("tr:has-text('75%')")
        row.locator("summary").click()
        row.locator("[name=verdict]").select_option("progress")
        row.locator("[name=who]").fill("李四")
        row.locator("details button").click()
        page.wait_for_selector("p.told:has-text('判定已记下')")
        assert "有进展" in row.inner_text()
        assert "#c" in page.url


def test_task_taken_into_the_ledger_falls_due(browser: Any, office: Path) -> None:
    """From the document into the ledger; then 到期 shows it with its light, and leads to the item and to the words."""
    with served(office, as_of="2024-12-01") as address, visited(browser) as page:
        page.goto(f"{address}/document?id={doc_id(office, '2024_澜川市_工作要点')}")
        page.click("button:has-text('列入台账')")
        page.wait_for_load_state()
        page.goto(f"{address}/due")
        row = page.locator("table.duties tbody tr").first
        assert "新建公共停车位" in row.inner_text()
        row.locator("td:last-child a").click()
        page.wait_for_selector("article.text")
        page.go_back()
        page.locator("table.duties tbody tr").first.locator("td:first-child a").click()
        page.wait_for_selector("h1:has-text('未启动')")
