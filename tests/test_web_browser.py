"""The page in a real browser: what an officer does in two minutes, with scripts and without."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright", reason="needs the extra page-test")
pytest.importorskip("uvicorn", reason="needs the extra page")

import uvicorn
from playwright.sync_api import sync_playwright

from pipeline.web.app import create_app
from pipeline.web.settings import Settings
from tests.web_fixtures import add_token, built_store, doc_id, office

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["built_store", "office"]  # fixtures
CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
SHOTS = os.environ.get("PAGE_SHOTS")  # a folder to leave pictures in

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A browser without a network of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


@contextmanager
def served(store: Path, **settings: Any) -> Iterator[str]:
    """The page on a port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(create_app(Settings(db=store, **settings)), port=port, log_level="warning"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    for _ in range(200):
        if server.started:
            break
        time.sleep(0.05)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


@contextmanager
def visited(browser: Any, *, scripts: bool = True) -> Iterator[Any]:
    """A window of 1366 pixels; errors on the console, such as what the policy refused, fail the test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, java_script_enabled=scripts, accept_downloads=True)
    page = context.new_page()
    page.set_default_timeout(10_000)
    troubles: list[str] = []
    page.on("console", lambda told: troubles.append(told.text) if told.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    assert [] == troubles


def shoot(page: Any, name: str) -> None:
    """Leave a picture where one is wanted."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


@pytest.mark.parametrize("scripts", [True, False])
def test_search_open_and_put_aside(browser: Any, office: Path, scripts: bool) -> None:
    """From the start page to a paper with the source under the words."""
    with served(office) as address, visited(browser, scripts=scripts) as page:
        page.goto(address)
        page.fill("#q", "2024年公共停车位")
        page.keyboard.press("Enter")
        page.wait_for_selector(".hit mark")
        shoot(page, f"search-{scripts}")
        assert page.locator(".hit mark").count()
        page.locator("button:has-text('放入素材篮')").first.click()
        page.wait_for_selector("text=已在素材篮")
        page.locator(".hit h2 a").first.click()
        page.wait_for_selector("article.text")
        page.goto(f"{address}/basket")
        with page.expect_download() as downloaded:
            page.click("text=导出 Word")
        assert "basket.docx" == downloaded.value.suggested_filename


@pytest.mark.parametrize("scripts", [True, False])
def test_record_opens_beside_the_text_and_is_corrected(browser: Any, office: Path, scripts: bool) -> None:
    """Click a figure, change it, find the decision, take it back."""
    with served(office) as address, visited(browser, scripts=scripts) as page:
        page.goto(f"{address}/document?id={doc_id(office, '2024_澜川市_工作要点')}")
        page.click("a.mark.quantity >> text=4500个以上")
        page.wait_for_selector("section.record dl")
        assert "4,500" in page.inner_text("section.record") or "4500" in page.inner_text("section.record")
        page.click("section.record details.edit > summary")
        page.fill("section.record [name=who]", "李四")
        page.fill("section.record [name=low]", "4600")
        shoot(page, f"correct-{scripts}")
        page.click("section.record button[value=edit]")
        page.wait_for_selector("text=修改已记下")
        assert "李四" in page.inner_text("section.record")
        page.goto(f"{address}/corrections")
        shoot(page, f"corrections-{scripts}")
        page.click("button:has-text('撤销')")
        page.wait_for_selector("p.told:has-text('已撤销')")


def test_record_is_added_by_selecting_text(browser: Any, office: Path) -> None:
    """Selected words land in the form with their place."""
    with served(office) as address, visited(browser) as page:
        page.goto(f"{address}/document?id={doc_id(office, '2024_澜川市_工作总结')}")
        page.evaluate(
            "() => { const pieces = [...document.querySelectorAll('article [data-at]')];"
            " const piece = pieces.find((item) => item.textContent.includes('工作回顾'));"
            " const range = document.createRange(); range.setStart(piece.firstChild, 2); range.setEnd(piece.firstChild, 7);"
            " getSelection().removeAllRanges(); getSelection().addRange(range); }"
        )
        page.click("details.edit:has(form.add-record) > summary")
        assert "2024年" == page.input_value("form.add-record [name=quote]")
        assert page.input_value("form.add-record [name=start]")
        page.select_option("form.add-record [name=kind]", "deadline")
        page.click("form.add-record button")
        page.wait_for_selector("text=已补录")
        assert "2024年" in page.inner_text("section.record blockquote")


def test_files_are_uploaded(browser: Any, office: Path, tmp_path: Path) -> None:
    """Two files, one of which cannot be read: a result for each, and the document opens."""
    good, bad = tmp_path / "2025_乙县_工作要点.txt", tmp_path / "坏.pdf"
    good.write_text("乙县2025年工作要点\n一、任务\n到2025年底，县水利局完成河道清淤30公里。\n", "utf-8")
    bad.write_bytes(b"%PDF-1.4")
    with served(office) as address, visited(browser) as page:
        page.goto(f"{address}/upload")
        page.set_input_files("[name=files]", [good, bad])
        page.check("[name=unclassified]")
        page.click("main button:has-text('上传')")
        page.wait_for_selector("text=全部处理完")
        shoot(page, "upload")
        assert ["新入库", "未能入库"] == page.locator("td .badge").all_inner_texts()
        page.click("td a")
        page.wait_for_selector("article.text")


@pytest.mark.parametrize(("role", "seen"), [("viewer", (False, False)), ("editor", (True, False)), ("admin", (True, True))])
def test_each_role_logs_in(browser: Any, office: Path, role: str, seen: tuple[bool, bool]) -> None:
    """Each role sees what it may do, and no button that would be refused."""
    token = add_token(office, "李四", role)  # type: ignore[arg-type]
    with served(office, login=True) as address, visited(browser) as page:
        page.goto(f"{address}/document?id={doc_id(office, '2024')}")
        page.fill("[name=name]", "李四")
        page.fill("[name=token]", token)
        shoot(page, "login")
        page.click("main button")
        page.wait_for_selector("article.text")
        page.click("a.mark.quantity")
        page.wait_for_selector("section.record")
        assert seen == (bool(page.locator("button[value=confirm]").count()), bool(page.locator("header >> text=日志").count()))
        page.click("text=退出")
        page.wait_for_selector("[name=token]")


def test_keyboard_reaches_everything(browser: Any, office: Path) -> None:
    """The first stop leads past the navigation; every field has a label, every picture a text, the page a language and one heading."""
    with served(office) as address, visited(browser) as page:
        for path in (
            "/search?q=停车位",
            "/documents",
            "/corrections",
            "/sample",
            "/upload",
            "/basket",
            f"/document?id={doc_id(office, '2024')}",
        ):
            page.goto(address + path)
            page.keyboard.press("Tab")
            assert "跳到正文" == page.evaluate("document.activeElement.textContent")
            unlabelled = page.evaluate(
                "() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
                ".filter((field) => !field.labels?.length && !field.getAttribute('aria-label')).map((field) => field.name)"
            )
            assert ([], 1, "zh-CN") == (unlabelled, page.locator("h1").count(), page.get_attribute("html", "lang")), path
            assert page.evaluate("document.documentElement.scrollWidth") <= 1366, path


CONTRAST = """() => {
  const parse = (text) => { const found = text.match(/[\\d.]+/g).map(Number); return found.length < 4 ? [...found, 1] : found; };
  const light = (colour) => { const part = colour.slice(0, 3).map((value) => value / 255)
    .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * part[0] + 0.7152 * part[1] + 0.0722 * part[2]; };
  const ground = (item) => { for (let at = item; at; at = at.parentElement) {
    const colour = parse(getComputedStyle(at).backgroundColor); if (colour[3] > 0.99) return colour; } return [255, 255, 255, 1]; };
  const poor = new Set();
  for (const item of document.querySelectorAll('body *')) {
    if (![...item.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()) || !item.offsetParent) continue;
    const a = light(parse(getComputedStyle(item).color)), b = light(ground(item));
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.add(item.tagName + '.' + item.className + ' ' + item.textContent.slice(0, 20));
  }
  return [...poor]; }"""


def test_contrast_is_enough(browser: Any, office: Path) -> None:
    """Every text stands out from its ground by 4.5 to 1 (WCAG 2.2, AA)."""
    with served(office) as address, visited(browser) as page:
        for path in (
            "/search",
            "/search?q=停车位",
            "/search?q=核电站安全壳",
            "/documents",
            "/sample",
            "/upload",
            f"/document?id={doc_id(office, '2024')}",
        ):
            page.goto(address + path)
            assert [] == page.evaluate(CONTRAST), path


def test_paper_has_the_text_alone(browser: Any, office: Path) -> None:
    """In print there is neither navigation nor form."""
    with served(office) as address, visited(browser) as page:
        page.goto(f"{address}/document?id={doc_id(office, '2024')}")
        page.emulate_media(media="print")
        assert [False] * 3 == [page.locator(part).first.is_visible() for part in ("header.top", "aside.panel", "nav.tree")]
        assert page.locator("article.text").is_visible()


def test_ledger_is_kept_in_the_browser(browser: Any, office: Path) -> None:
    """A plan is taken in from its own page, an item is assigned and reported on, and the workbook is saved; without scripts."""
    with served(office, as_of="2024-11-20") as address, visited(browser, scripts=False) as page:
        page.goto(f"{address}/document?id={doc_id(office, '2024_澜川市_工作要点')}")
        page.get_by_role("button", name="列入台账").click()
        assert "新立 2 项" in page.get_by_role("status").inner_text()
        page.get_by_role("link", name="回到台账").click()
        page.get_by_label("选择 2024-0001").check()
        page.get_by_label("对选中的事项指定单位").fill("市水务局")
        page.get_by_role("button", name="作为牵头单位").click()
        assert "市水务局" in page.locator("table.ledger").inner_text()
        page.get_by_role("link", name="2024-0001").first.click()
        page.get_by_label("进展", exact=True).fill("已开工")
        page.get_by_role("button", name="保存进展").click()
        assert "推进中" in page.locator("h1").inner_text()
        shoot(page, "ledger-item")
        page.goto(f"{address}/ledger")
        with page.expect_download() as waiting:
            page.get_by_role("link", name="导出台账").click()
        assert "ledger.xlsx" == waiting.value.suggested_filename
        shoot(page, "ledger")
