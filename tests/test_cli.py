"""The command line as a user meets it: help that runs, data on stdout, messages on stderr, exit codes, nothing that steers the terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

import cli
from pipeline.office import message
from pipeline.terminal import printable, printable_json
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from pathlib import Path

SENTENCE = "到2025年底，全市新建公共停车位4500个以上。"
_PATIENCE = 300  # tenths of a second
STEERING = "\x1b[31m\x07\x9b\x7f\u202e\u2066\u200f\u200e\ufeff\u061c\u2028"
COMMANDS = sorted(cli.commands())


def steers(text: str) -> list[str]:
    """The characters of an output that no document may send to a terminal."""
    return re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]", text)


@pytest.mark.parametrize("command", [None, *COMMANDS])
def test_help_ends_with_an_example_that_runs(tmp_path: Path, command: str | None) -> None:
    """The last line of every help text works as it stands in the project's folder."""
    shown = run_cli(*(command or "").split(), "--help")
    example = shown.stdout.rstrip().splitlines()[-1].strip()
    assert (0, "Example:") == (shown.returncode, shown.stdout.rstrip().splitlines()[-2].strip())
    for name in ("corpus", "cli.py", "pipeline", "models"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = os.environ | {"PATH": f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"}  # noqa: PTH120
    # S602: the example is a line for the shell, and our own
    ran = subprocess.run(example, shell=True, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False)  # noqa: S602
    assert (0, "") == (ran.returncode, ran.stderr if ran.returncode else ""), example
    made = [path for path in tmp_path.rglob("*") if path.is_file() and not path.is_symlink()]
    assert ran.stdout or made


@pytest.mark.parametrize(
    "arguments", [[], ["--nonsense"], ["extract"], ["extract", "corpus", "--jobs", "0"], ["extract", "corpus", "-o", "r.doc"]]
)
def test_wrong_use_exits_with_two(arguments: list[str]) -> None:
    """Exit code 2 is kept for commands that were written wrongly."""
    ran = run_cli(*arguments)
    assert 2 == ran.returncode
    assert "Traceback" not in ran.stderr


def test_data_go_to_stdout_and_messages_to_stderr(plan: Path) -> None:
    """JSON lines on stdout can be piped on; the totals do not stand among them."""
    ran = run_cli("extract", str(plan), "-o", "-")
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert ("document", 0) == (rows[0]["record"], ran.returncode)
    assert message("totals", document=1, task=1, quantity=1, deadline=1) == ran.stderr.strip()


def test_without_out_a_table_is_printed(plan: Path) -> None:
    """Who names no file reads a table with the sentence, its figures and its time."""
    shown = run_cli("extract", str(plan)).stdout
    assert all(word in shown for word in ("性质", "部署", "4500个", "2025年底"))


def test_explain_shows_records_with_their_rules() -> None:
    """Every record of the sentence is followed by the rule that decided."""
    lines = run_cli("explain", SENTENCE, "--place", "上饶市").stdout.splitlines()
    assert lines[::2]
    assert all(line.strip().startswith("依据 ") for line in lines[1::2])
    assert "公共停车位 不低于 4500个" in "\n".join(lines)


def test_explain_takes_the_year_of_the_document() -> None:
    """The same words mean another day in another year."""
    ends = []
    for year in ("2023", "2026"):
        rows = [
            json.loads(line)
            for line in run_cli("explain", "力争全年新建公共停车位4500个以上。", "--year", year, "--json").stdout.splitlines()
        ]
        ends += [row["end"] for row in rows if row["record"] == "deadline"]
    assert ["2023-12-31", "2026-12-31"] == ends


def test_normalize_reads_stdin_and_writes_stdout() -> None:
    """Rows in, rows out, in their order."""
    rows = '{"id": "a", "input": "增长5.3%", "reference": null}\n{"id": "b", "input": "2024年上半年", "reference": "2024"}\n'
    found = [json.loads(line) for line in run_cli("normalize", "-", "-o", "-", stdin=rows).stdout.splitlines()]
    assert ["a", "b"] == [row["id"] for row in found]
    assert (5.3, ["2024-01-01", "2024-06-30"]) == (found[0]["numbers"][0]["low"], [found[1]["times"][0][key] for key in ("start", "end")])


def test_normalize_writes_a_file(tmp_path: Path) -> None:
    """The same into a file."""
    (tmp_path / "cases.jsonl").write_text('{"id": 1, "input": "3座", "reference": null}\n', "utf-8")
    assert 0 == run_cli("normalize", str(tmp_path / "cases.jsonl"), "-o", str(tmp_path / "found.jsonl")).returncode
    assert 1 == json.loads((tmp_path / "found.jsonl").read_text("utf-8"))["id"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["normalize", "no.jsonl"], "no.jsonl"),
        (["normalize", "LICENSE"], "LICENSE: line 1: not JSON"),
        (["normalize", "-"], "-: line 2: needs input"),
        (["evaluate", "docs"], "docs: no gold documents"),
        (["evaluate", "corpus/gold", "--records", "no.jsonl"], "no.jsonl"),
        (["explain", "  "], "-："),
    ],
)
def test_mistakes_are_told_in_one_line(arguments: list[str], message: str) -> None:
    """No traceback reaches a user; the line names the file."""
    ran = run_cli(*arguments, stdin='{"id": 1, "input": "3座"}\n{"id": 2, "input": 3}\n')
    assert (1, 1) == (ran.returncode, len(ran.stderr.splitlines())), ran.stderr
    assert message in ran.stderr


def test_documents_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Control and bidirectional characters in a text or a file name reach neither stdout nor stderr."""
    path = tmp_path / f"2025_{STEERING[:3]}城\u202e.txt"
    path.write_text(
        f"甲市{STEERING}2025年工作要点\n到2025年底，新建{STEERING}停车位45{STEERING}00个。\n责任单位：市{STEERING}住建局\n", "utf-8"
    )
    (tmp_path / "坏\u202e\x1b[31m.txt").write_bytes(b"")
    for out in ([], ["-o", "-"]):
        ran = run_cli("extract", str(tmp_path), *out)
        assert (1, [], []) == (ran.returncode, steers(ran.stdout), steers(ran.stderr))
    for option in ([], ["--json"]):
        assert [] == steers(run_cli("explain", f"年底前{STEERING}建成公园3{STEERING}个。", *option).stdout)


def test_printable_shows_what_it_replaced() -> None:
    """Line ends become blanks, steering characters a visible mark; Chinese text stays."""
    assert "甲市 \ufffd[31m\ufffd工作" == printable("甲市\n\x1b[31m\u202e工作")


def test_printable_json_means_the_same() -> None:
    """Escaped JSON is read as the same text."""
    lines = json.dumps({"text": f"甲{STEERING}😀\U000e0041"}, ensure_ascii=False).encode() + b"\n"
    shown = printable_json(lines)
    assert ([], json.loads(lines)) == (steers(shown), json.loads(shown))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_run_that_is_ended_leaves_nothing_behind(tmp_path: Path, number: signal.Signals) -> None:
    """Who stops a run finds no half file, no traceback and no process that goes on."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text("到2025年底，新建公共停车位4500个以上。\n" * 20_000, "utf-8")
    command = [sys.executable, "cli.py", "extract", str(tmp_path), "-o", str(tmp_path / "r.jsonl"), "-j", "2"]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, encoding="utf-8", start_new_session=True)
    while not list(tmp_path.glob(".*.part")):
        assert process.poll() is None
    process.send_signal(number)
    _, message = process.communicate(timeout=60)
    assert process.returncode != 0
    assert "Traceback" not in message
    assert [] == [path.name for path in tmp_path.iterdir() if path.name.endswith((".part", ".jsonl"))]
    assert _is_gone(process.pid)


def _is_gone(group: int) -> bool:
    """Whether no process of a group is left; one that has ended stays listed until the system's first process takes note."""
    for _ in range(_PATIENCE):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_closed_pipe_ends_quietly(plan: Path) -> None:
    """`extract … | head` is no error to be told in many lines."""
    command = f"{sys.executable} {ROOT / 'cli.py'} extract {plan} {plan} -o - | true"
    ran = subprocess.run(command, shell=True, capture_output=True, encoding="utf-8", check=False)  # noqa: S602 - a pipe needs a shell
    assert "Traceback" not in ran.stderr
    assert "Exception" not in ran.stderr


def test_ascii_terminal_is_no_error(plan: Path) -> None:
    """Where the terminal cannot show Chinese the run still ends well."""
    ran = run_cli("extract", str(plan), environment={"PYTHONIOENCODING": "ascii"})
    assert (0, "") == (ran.returncode, "".join(line for line in ran.stderr.splitlines() if "Error" in line))
