"""Documentation is true: its commands run and show what they show, its links lead somewhere, nothing is left out."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from docs.write import BLOCK, COMMAND, PAGES, commands_page, run
from pipeline.export.rows import COLUMNS
from pipeline.records import Deadline, Document, Quantity, Task
from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

COMMANDS = [(page.name, *pair) for page in PAGES for block in BLOCK.findall(page.read_text("utf-8")) for pair in COMMAND.findall(block)]
TEXTS = {page.name: page.read_text("utf-8") for page in PAGES}


@pytest.mark.parametrize(("page", "command", "output"), COMMANDS, ids=[f"{number}-{page}" for number, (page, _, _) in enumerate(COMMANDS)])
def test_commands_of_pages_run_and_show_what_they_print(tmp_path: Path, page: str, command: str, output: str) -> None:
    """Every command of a console block runs; where the page shows its output, that is what it prints (`make docs` writes it)."""
    ran = run(command, tmp_path)
    assert 0 == ran.returncode, f"{page}: {ran.stderr}"
    if output:
        assert output == ran.stdout, f"{page} is behind: run `make docs`"


@pytest.mark.parametrize(
    ("page", "code"), [(name, code) for name, text in TEXTS.items() for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]
)
def test_python_of_pages_runs(page: str, code: str) -> None:
    """Every example in Python runs in the project's folder and prints something."""
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False)
    assert (0, True) == (ran.returncode, bool(ran.stdout)), f"{page}: {ran.stderr}"


def test_commands_page_is_what_the_help_says() -> None:
    """docs/commands.md is written by `make docs` and not behind."""
    assert commands_page() == TEXTS["commands.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file of the project finds it."""
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8"))
    assert [] == [link for link in links if not (page.parent / link).exists()]


def test_records_page_names_every_field() -> None:
    """Who joins tables finds every column explained."""
    names = {field.name for kind in (Document, Task, Quantity, Deadline) for field in fields(kind)} | set(COLUMNS)
    assert [] == sorted(name for name in names if f"`{name}`" not in TEXTS["records.md"])


def test_architecture_page_names_every_module() -> None:
    """The map shows every folder and module of the pipeline."""
    parts = [path.name for path in (ROOT / "pipeline").iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    names = [name + ("" if name.endswith(".py") else "/") for name in parts if name != "__init__.py"]
    assert [] == sorted(name for name in names if name not in TEXTS["architecture.md"])


def test_dependencies_page_names_every_dependency() -> None:
    """Each package has its line: what it earns and its licence."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = project["dependencies"] + [line for extra in project["optional-dependencies"].values() for line in extra]
    names = {re.split(r"[^\w-]", line)[0] for line in wanted}
    assert [] == sorted(name for name in names if f"| {name} |" not in TEXTS["dependencies.md"])


def test_both_readmes_show_the_same() -> None:
    """The Chinese README is the twin of the English one: the same commands, the same links."""
    english, chinese = TEXTS["README.md"], TEXTS["README.zh.md"]
    assert BLOCK.findall(english) == BLOCK.findall(chinese)
    assert re.findall(r"\]\((docs/[^)]+)\)", english) == re.findall(r"\]\((docs/[^)]+)\)", chinese)


def test_make_targets_of_readme_exist() -> None:
    """No page names a make target that is not there."""
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {name for text in TEXTS.values() for name in re.findall(r"`make ([\w-]+)`", text)}
    assert [] == sorted(named - targets)
