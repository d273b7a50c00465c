"""Every view in a real browser: labels, headings, titles, contrast, the keyboard, no English codes, at 1366 pixels and on paper."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("playwright", reason="needs the extra page-test")

from tests.test_web_browser import CHROMIUM, CONTRAST, browser, served, visited
from tests.web_fixtures import add_token, built_store, doc_id, first_record, office

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["browser", "built_store", "office"]  # fixtures
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM}")

VIEWS = [
    "/search",
    "/search?q=停车位",
    "/search?q=2024年澜川市公共停车位目标",
    "/search?q=核电站安全壳",
    "/documents",
    "/documents?q=没有这样的文件",
    "/document?id={plan}",
    "/document?id={plan}&record={record}",
    "/record?id={record}",
    "/indicator",
    "/indicator?place=澜川市&indicator=公共停车位",
    "/place?place=澜川市&year=2024",
    "/compare?indicator=公共停车位",
    "/reconcile",
    "/reconcile?place=澜川市&year=2024",
    "/verdicts",
    "/ledger",
    "/ledger/report",
    "/ledger/units",
    "/units",
    "/units?unit=市住建局",
    "/due?due_after=2024-01-01&due_before=2024-12-31",
    "/draft",
    "/warnings",
    "/warnings?place=澜川市",
    "/corrections",
    "/sample",
    "/sample?kind=quantity",
    "/upload",
    "/basket",
    "/names",
    "/users",
    "/log",
]
PROBLEMS = ["/nowhere", "/document?id=x", "/search?year=x", "/upload?job=x"]

FAULTS = """() => {
  const faults = [];
  const seen = (item) => item.checkVisibility ? item.checkVisibility() : item.offsetParent !== null;
  for (const field of document.querySelectorAll('input:not([type=hidden]), select, textarea'))
    if (!field.labels?.length && !field.getAttribute('aria-label')) faults.push('no label: ' + field.name);
  for (const item of document.querySelectorAll('a[href], button, summary'))
    if (seen(item) && !(item.textContent.trim() || item.getAttribute('aria-label'))) faults.push('no name: ' + item.outerHTML.slice(0, 80));
  for (const image of document.querySelectorAll('img')) if (!image.alt) faults.push('no text: ' + image.src);
  for (const table of document.querySelectorAll('table'))
    for (const cell of table.querySelectorAll('thead th')) if (cell.scope !== 'col') faults.push('no scope: ' + cell.textContent);
  const levels = [...document.querySelectorAll('h1, h2, h3, h4, h5, h6')].filter(seen).map((item) => Number(item.tagName[1]));
  if (levels.filter((level) => level === 1).length !== 1) faults.push('h1: ' + levels);
  const inText = [...document.querySelectorAll('article h3, article h4, article h5, article h6')].length;
  if (!inText) levels.reduce((before, level) => { if (level > before + 1) faults.push('headings: ' + levels); return level; }, 1);
  const names = [...document.querySelectorAll('[id]')].map((item) => item.id);
  const twice = names.filter((name, at) => names.indexOf(name) !== at);
  if (twice.length) faults.push('ids: ' + twice.slice(0, 3));
  if (document.documentElement.lang !== 'zh-CN') faults.push('lang');
  if (document.documentElement.scrollWidth > 1366) faults.push('wide: ' + document.documentElement.scrollWidth);
  if (document.querySelectorAll('main, header, footer').length < 3) faults.push('landmarks');
  return faults; }"""
# Words of our own in Latin letters that an officer knows; the fixtures' hostile text aside.
_KNOWN = re.compile(r"Excel|CSV|JSON|Word|MB|PDF|\.(?:txt|html?|mhtml?|docx|pdf|xlsx)|http://\S+")
_CODE = re.compile(r"\b[a-z]+_[a-z_]+\b|\b(?:planned|achieved|problem|actual|baseline|met|missed|pending|unclear|None|null|True|False)\b")
_DECIMAL = re.compile(r"(?<![\d.])0\.\d+(?![\d%])")


def addresses(office: Path) -> list[str]:
    """The addresses of all views over the store of the tests."""
    plan = doc_id(office, "2024_澜川市_工作要点")
    return [path.format(plan=plan, record=first_record(office, plan)) for path in VIEWS]


def test_every_view_is_read_by_a_screen_reader_and_fits(browser: Any, office: Path) -> None:
    """Labels, names, heads of tables, headings in order, ids once, a title of its own, contrast of 4.5 to 1, within 1366 pixels."""
    titles: dict[str, str] = {}
    with served(office, as_of="2024-11-20") as address, visited(browser) as page:
        for path in addresses(office):
            answer = page.goto(address + path)
            page.wait_for_load_state()
            assert (path, 200) == (path, answer.status)
            assert (path, []) == (path, page.evaluate(FAULTS))
            assert (path, []) == (path, page.evaluate(CONTRAST))
            titles.setdefault(path.partition("?")[0], page.title())
    assert len(titles) == len(set(titles.values()))
    assert all(title.endswith("政策任务库") for title in titles.values())


def test_nobody_meets_a_code_or_a_bare_decimal(browser: Any, office: Path) -> None:
    """What is seen is Chinese: no codes, no confidences in figures, nothing of the program's own."""
    with served(office, as_of="2024-11-20") as address, visited(browser) as page:
        for path in addresses(office):
            page.goto(address + path)
            page.evaluate("() => document.querySelectorAll('details').forEach((item) => { item.open = true; })")
            told = _KNOWN.sub("", page.inner_text("body"))
            assert (path, [], []) == (path, _CODE.findall(told), _DECIMAL.findall(told))


@pytest.mark.parametrize("path", PROBLEMS)
def test_a_problem_is_a_page_like_any_other(browser: Any, office: Path, path: str) -> None:
    """It says in Chinese what is wrong, in a heading and a title, and how to go on."""
    with served(office) as address:
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.goto(address + path)
        assert [] == page.evaluate(FAULTS)
        assert [] == page.evaluate(CONTRAST)
        assert page.title().startswith(page.inner_text("h1"))
        assert page.locator("main a").count()
        context.close()


REACHED = """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
  .filter((item) => item.checkVisibility() && !item.disabled && item.tabIndex < 0).map((item) => item.outerHTML.slice(0, 120))"""
SHOWN = """() => { const style = getComputedStyle(document.activeElement);
  return [document.activeElement.tagName, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2]; }"""


def test_keyboard_goes_everywhere_and_is_seen(browser: Any, office: Path) -> None:
    """Nothing that can be clicked is out of the keyboard's reach; wherever the focus is, an outline shows it."""
    with served(office, as_of="2024-11-20") as address, visited(browser) as page:
        for path in addresses(office):
            page.goto(address + path)
            assert (path, []) == (path, page.evaluate(REACHED))
            for _ in range(25):
                page.keyboard.press("Tab")
                tag, outlined = page.evaluate(SHOWN)
                if tag == "BODY":
                    break
                assert (path, tag, True) == (path, tag, outlined)


def test_everything_is_there_without_scripts(browser: Any, office: Path) -> None:
    """The same views, with scripts switched off: the same headings, and every form has a button that sends it."""
    with served(office, as_of="2024-11-20") as address, visited(browser) as with_scripts, visited(browser, scripts=False) as without:
        for path in addresses(office):
            with_scripts.goto(address + path)
            without.goto(address + path)
            assert with_scripts.locator("h1").all_inner_texts() == without.locator("h1").all_inner_texts()
            assert (path, without.locator("form").count()) == (path, without.locator("form:has(button)").count())


def test_paper_has_no_navigation_and_no_forms(browser: Any, office: Path) -> None:
    """On paper every view has its content alone, within the sheet."""
    with served(office, as_of="2024-11-20") as address, visited(browser) as page:
        page.emulate_media(media="print")
        page.set_viewport_size({"width": 720, "height": 1018})  # A4 with margins, at 96 dots an inch
        for path in addresses(office):
            page.goto(address + path)
            seen = page.evaluate(
                "() => [...document.querySelectorAll('header.top, nav, form, button')].filter((item) => item.checkVisibility()).length"
            )
            wide = page.evaluate("() => document.documentElement.scrollWidth")
            assert (path, 0, True) == (path, seen, wide <= 760)


@pytest.mark.parametrize("role", ["viewer", "editor", "admin"])
def test_no_button_leads_to_a_refusal(browser: Any, office: Path, role: str) -> None:
    """Each role meets only links that open: nothing in the navigation or on a page is refused when it is followed."""
    token = add_token(office, "李四", role)  # type: ignore[arg-type]
    plan = doc_id(office, "2024_澜川市_工作要点")
    with served(office, login=True, as_of="2024-11-20") as address, visited(browser) as page:
        page.goto(address)
        page.fill("[name=name]", "李四")
        page.fill("[name=token]", token)
        page.click("main button")
        page.wait_for_selector("nav")
        for path in (
            "/search?q=停车位",
            f"/document?id={plan}&record={first_record(office, plan)}",
            "/ledger",
            "/corrections",
            "/indicator",
        ):
            page.goto(address + path)
            links = {item.get_attribute("href").partition("#")[0] for item in page.locator("a[href^='/']").all()}
            for link in sorted(links)[:60]:
                assert (role, link, True) == (role, link, page.request.get(address + link).status in (200, 304)), path
