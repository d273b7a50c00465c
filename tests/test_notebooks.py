"""The notebooks run from a clean checkout, without a network, and what is committed shows their results."""

from __future__ import annotations

import os
import re
import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

nbformat = pytest.importorskip("nbformat")
pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")
pytest.importorskip("altair")

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
TIMEOUT = 300  # seconds a cell may take on a slow machine
_PRIVATE = re.compile(r"/(?:home|root|Users|work|tmp)/|[A-Z]:\\\\")  # paths of a machine


def code_cells(notebook: Any) -> list[Any]:
    """The cells that hold code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def shown(notebook: Any) -> str:
    """Everything that the cells show, as one text."""
    parts: list[str] = []
    for cell in code_cells(notebook):
        for output in cell.outputs:
            parts.append(output.get("text", ""))
            parts += [str(value) for kind, value in output.get("data", {}).items() if not kind.startswith("image")]
    return "\n".join(parts)


def test_there_are_three() -> None:
    """Commitments, targets, places."""
    assert ["1-commitments", "2-targets", "3-places"] == [path.stem for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs_and_shows_something(path: Path, tmp_path: Path) -> None:
    """Every cell runs in a copy of the folder beside the sample corpus; no warning is left for the reader; pictures are drawn."""
    from nbclient import NotebookClient

    folder = tmp_path / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    (tmp_path / "corpus").symlink_to(ROOT / "corpus")
    before = sorted(folder.rglob("*"))
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=TIMEOUT, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    client.execute(env=os.environ | {"PYTHONPATH": str(ROOT)})
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    assert [] == [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    kinds = {kind for output in outputs for kind in output.get("data", {})}
    assert "text/html" in kinds
    assert before == sorted(folder.rglob("*"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_is_committed_with_its_results(path: Path) -> None:
    """Who only looks at it sees results: every cell has run, in order, without an error, and no path of a machine stands in it."""
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = code_cells(notebook)
    assert list(range(1, len(cells) + 1)) == [cell.execution_count for cell in cells]
    assert [] == [output for cell in cells for output in cell.outputs if output.output_type == "error"]
    assert [] == _PRIVATE.findall(shown(notebook))
    assert path.stat().st_size < 1_500_000
