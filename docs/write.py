"""Write what documentation can take from the program: docs/commands.md, and the output of the commands that pages show. `make docs`."""

from __future__ import annotations

import inspect
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[1]
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

import cli  # noqa: E402 - found only after the project's folder is on the path
from docs.api import write_pages  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGES = [ROOT / name for name in ("README.md", "README.zh.md", "CONTRIBUTING.md")] + sorted((ROOT / "docs").glob("*.md"))
# A command after `$ ` in a console block; what follows it up to the next command is its output, as it stands.
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
SCORES = re.compile(r"(<!-- scores: (.*?) -->)\n.*?(<!-- /scores -->)", re.DOTALL)
GOLD = ROOT.parent / "shared" / "gold" / "dev"
LINKED = ("cli.py", "corpus", "models", "pipeline")  # what the commands of a page need around them
HEAD = """# Commands

Written by `make docs` from the help texts; a test compares. Data go to stdout, progress and messages to stderr.
Exit codes: 0 all right, 1 some file failed or could not be used, 2 the command was written wrongly.
"""


def commands_page() -> str:
    """docs/commands.md: a section for each command, with its arguments, options and example."""
    return HEAD + "".join("\n" + part + "\n" for name, command in cli.commands().items() for part in _section(name, command))


def run(command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run one line of a page in ``folder``, in which the project's files are linked, with this Python."""
    for name in LINKED:
        if not (folder / name).exists():  # in the project's own folder they are there
            (folder / name).symlink_to(ROOT / name)
    # S602: the lines are our own and meant for a shell
    return subprocess.run(command, shell=True, cwd=folder, env=_environment(), capture_output=True, encoding="utf-8", check=False)  # noqa: S602


def refreshed(page: str, folder: Path) -> str:
    """``page`` with the real output below every command that shows one."""

    def block(match: re.Match[str]) -> str:
        return "```console\n" + COMMAND.sub(command, match[1]) + "```"

    def command(match: re.Match[str]) -> str:
        if not match[2]:
            return match[0]
        return f"$ {match[1]}\n{_output(match[1], folder)}"

    return BLOCK.sub(block, page)


def scored(page: str) -> str:
    """``page`` with the scores of the annotated documents that it names, where they are at hand; else as it is."""

    def table(match: re.Match[str]) -> str:
        scores = json.loads(_output(match[2], ROOT))
        rows = [
            f"| {name} | {row['f1']:.3f} | {row['p']:.3f} | {row['r']:.3f} | {row['gold']} |" for name, row in scores.items() if "f1" in row
        ]
        rows += [f"| meta.{name} (share right) | {share:.3f} | | | |" for name, share in scores["meta"].items()]
        head = ["| | F1 | precision | recall | annotated |", "| --- | --- | --- | --- | --- |"]
        return "\n".join([match[1], *head, *rows, match[3]])

    return SCORES.sub(table, page) if GOLD.is_dir() else page


def _output(command: str, folder: Path) -> str:
    """What ``command`` prints; when it fails the pages stay as they are."""
    ran = run(command, folder)
    if ran.returncode != 0:
        sys.exit(f"{command}\n{ran.stderr}the page stays as it is")
    return ran.stdout


def _environment() -> dict[str, str]:
    return os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}


def _section(name: str, command: Any) -> Iterator[str]:
    yield f"## {name}"
    yield inspect.cleandoc(command.help)
    parameters = [parameter for parameter in command.params if getattr(parameter, "help", None)]
    rows = [f"| {_names(parameter)} | {parameter.help}{_default(parameter)} |" for parameter in parameters]
    yield "\n".join(["| | |", "| --- | --- |", *rows])
    yield f"```console\n$ {command.epilog.splitlines()[-1].strip()}\n```"


def _names(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        return f"`{parameter.metavar or parameter.name}`"
    names = ", ".join(f"`{name}`" for name in sorted(parameter.opts, key=len))
    return names if parameter.is_flag else f"{names} `{parameter.metavar or parameter.name.upper()}`"


def _default(parameter: Any) -> str:
    shown = parameter.param_type_name == "option" and not parameter.is_flag and parameter.default is not None
    return f" Default: {parameter.default}." if shown else ""


if __name__ == "__main__":
    (ROOT / "docs" / "commands.md").write_text(commands_page(), "utf-8")
    write_pages()
    for path in PAGES:
        with tempfile.TemporaryDirectory() as scratch:
            path.write_text(scored(refreshed(path.read_text("utf-8"), Path(scratch))), "utf-8")
