"""What all tests share: the material beside the project, when it is there, and a run that may skip nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import settings

# No test is timed: a busy machine must not fail one. Speed is compared by `make bench`.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared gold documents and corpora; tests that need it are skipped where it is not."""
    if not (SHARED / "gold" / "dev").is_dir():
        pytest.skip("needs ../shared (annotated and real documents that are not part of the project)")
    return SHARED


@pytest.fixture
def plan(tmp_path: Path) -> Path:
    """A short plan of an invented city."""
    path = tmp_path / "2025_甲市_工作要点.txt"
    path.write_text("甲市2025年工作要点\n一、重点任务\n到2025年底，市住建局新建公共停车位4500个以上。\n", "utf-8")
    return path


def run_cli(*arguments: str, stdin: str | None = None, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user does, from the project's folder."""
    return subprocess.run(
        [sys.executable, "cli.py", *arguments],
        cwd=ROOT, input=stdin, env=os.environ | (environment or {}), capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let ``make test-all`` forbid skips."""
    parser.addoption("--no-skips", action="store_true", help="fail when any test was skipped")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Turn a run in which something was skipped into a failure, if asked to."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or not session.config.getoption("--no-skips"):
        return
    skipped = len(reporter.stats.get("skipped", ()))
    if skipped and session.exitstatus == pytest.ExitCode.OK:
        reporter.write_line(f"\n{skipped} tests were skipped, and this run allows none; the reasons stand below")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
