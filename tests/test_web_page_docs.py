"""The page's description for developers: what it tells one to type works, what it says is there is there."""

from __future__ import annotations

import re
import shlex
from importlib import import_module
from typing import TYPE_CHECKING

from pipeline.web.app import ROUTES
from tests.conftest import ROOT, run_cli
from tests.web_fixtures import built_store, office

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["built_store", "office"]  # fixtures
TEXT = (ROOT / "docs" / "page.md").read_text("utf-8")


def test_commands_run(office: Path) -> None:
    """Every line of every block, over a store of the tests; ``serve`` checks its pages and ends."""
    lines = [line for block in re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL) for line in block.splitlines()]
    assert lines
    for line in lines:
        _, script, *arguments = shlex.split(line)
        assert "cli.py" == script
        further = ["--check"] if arguments[0] == "serve" else []
        ran = run_cli(*[str(office) if item.endswith(".db") else item for item in arguments], *further)
        assert (line, 0) == (line, ran.returncode), ran.stderr


def test_addresses_are_there() -> None:
    """Each address of the table has a route."""
    known = {route.path for name in ROUTES for route in import_module(f"pipeline.web.routes_{name}").router.routes}
    told = {path.partition("?")[0] for path in re.findall(r"`(/[^`]*)`", TEXT)} - {"/openapi.json"}
    assert set() == told - known
