"""Charts name Chinese fonts and bring none: where a computer has none, the page says what to install. Tried with another font folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

pytest.importorskip("playwright", reason="needs the extra page-test")
pytest.importorskip("vl_convert", reason="needs the extra page")

from playwright.sync_api import sync_playwright

from tests.test_web_browser import CHROMIUM, served
from tests.web_fixtures import built_store, office

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["built_store", "office"]  # fixtures
LATIN = Path("/usr/share/fonts/truetype/dejavu")  # a browser does not start without any font
NO_CHINESE = (
    '<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">'
    "<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/cache</cachedir></fontconfig>"
)
SHOW = "from pipeline.web.fonts import draws_chinese; print(draws_chinese())"
VIEW = urlencode({"place": "澜川市", "indicator": "公共停车位"})


@pytest.fixture
def without_fonts(tmp_path: Path) -> dict[str, str]:
    """The environment of a computer that has fonts for Latin letters only."""
    if not LATIN.is_dir():
        pytest.skip(f"needs fonts in {LATIN}")
    (tmp_path / "fonts").symlink_to(LATIN)
    (tmp_path / "fonts.conf").write_text(NO_CHINESE.format(folder=tmp_path), "utf-8")
    return os.environ | {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")}


def test_server_without_fonts_knows_it(without_fonts: dict[str, str]) -> None:
    """The program itself sees that two characters become the same box."""
    told = subprocess.run([sys.executable, "-c", SHOW], env=without_fonts, capture_output=True, text=True, check=True)
    assert "False" == told.stdout.strip()


def shown_notes(address: str, environment: Mapping[str, str] | None) -> Iterator[bool]:
    """Whether a browser shows the note, with scripts and without."""
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        started = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=arguments, env=None if environment is None else {**environment}
        )
        for scripts in (True, False):
            visit = started.new_context(java_script_enabled=scripts).new_page()
            visit.goto(f"{address}/indicator?{VIEW}")
            yield visit.locator("[data-fonts]").is_visible()
        started.close()


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM}")
def test_browser_without_fonts_is_told_what_to_install(office: Path, without_fonts: dict[str, str]) -> None:
    """With scripts the browser's own fonts decide; without, those of the computer that serves the page."""
    with served(office) as address:
        notes = list(shown_notes(address, dict(without_fonts)))
    assert [True, False] == notes


@pytest.mark.skipif(not CHROMIUM.exists(), reason=f"needs a browser at {CHROMIUM}")
def test_browser_with_fonts_is_told_nothing(office: Path) -> None:
    """No note where characters are drawn."""
    with served(office) as address:
        notes = list(shown_notes(address, None))
    assert [False, False] == notes
