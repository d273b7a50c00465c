"""The reference of the Python API is what the source says, and its examples run where the extras are installed."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec

import pytest

from docs.api import ANALYSIS, PAGE, PARTS, api_page, with_columns
from docs.write import PAGES
from tests.conftest import ROOT

_EXTRA = {"analysis": "altair", "spacy": "spacy"}  # a package by which one knows that an extra is installed
BLOCKS = [
    (page.name, extra, code)
    for page in PAGES
    for extra, code in re.findall(r"```python (\w+)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
]


def test_the_reference_is_what_the_source_says() -> None:
    """docs/api.md and the columns in docs/analysis.md are written by `make docs` and not behind."""
    assert api_page() == PAGE.read_text("utf-8")
    page = ANALYSIS.read_text("utf-8")
    assert with_columns(page) == page


@pytest.mark.parametrize(("page", "extra", "code"), BLOCKS, ids=[f"{number}-{page}" for number, (page, _, _) in enumerate(BLOCKS)])
def test_examples_that_need_an_extra_run(page: str, extra: str, code: str) -> None:
    """Every example runs in the project's folder and prints something; without its extra it is skipped."""
    if find_spec(_EXTRA[extra]) is None:
        pytest.skip(f"needs the extra {extra}")
    ran = subprocess.run(
        [sys.executable, "-W", "error::FutureWarning", "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert (0, True) == (ran.returncode, bool(ran.stdout)), f"{page}: {ran.stderr}"


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.title)
def test_every_name_of_the_reference_can_be_imported(part: object) -> None:
    """What the page lists is there, where the page says."""
    names = part.names  # type: ignore[attr-defined]
    if part.extra and find_spec(_EXTRA[part.extra]) is None:  # type: ignore[attr-defined]
        pytest.skip("needs an extra")
    assert [] == [f"{module}.{name}" for module, several in names for name in several if not hasattr(import_module(module), name)]


def test_every_public_name_of_analysis_is_there_and_listed() -> None:
    """What can be imported from ``pipeline.analysis`` exists, and the reference has it."""
    pytest.importorskip("altair")
    import pipeline.analysis as analysis

    listed = {name for part in PARTS for _, names in part.names for name in names}
    assert [] == [name for name in analysis.__all__ if getattr(analysis, name, None) is None or name not in listed]
