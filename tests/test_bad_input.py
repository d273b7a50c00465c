"""What offices really send: each bad file costs one clear line, bounded time and memory, and no other document.

Real files with real permissions; nothing is imitated.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipeline.bench import WATCHER
from tests.conftest import ROOT, run_cli

if TYPE_CHECKING:
    from collections.abc import Callable

GOOD = "甲市2025年工作要点\n一、重点任务\n到2025年底，新建公共停车位4500个。\n"
LINE = "到2025年底，新建公共停车位4500个，完成投资12.5亿元，"
HANGS = 120  # seconds after which a run counts as hanging: ten times what the slowest one takes here
MEMORY = 500  # MB that a run may take
# capabilities(7): with them root reads whatever the permission bits say
CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, PR_CAPBSET_DROP = 1, 2, 24


@dataclass(frozen=True, slots=True)
class Run:
    """What a run of `extract` left."""

    code: int
    rows: list[dict[str, Any]]
    messages: list[str]
    memory: float  # MB

    def reasons(self, name: str) -> list[str]:
        """The lines that name the file."""
        return [line for line in self.messages if name in line]

    def documents(self, name: str) -> list[dict[str, Any]]:
        """The documents that were read from the file."""
        return [row for row in self.rows if row["record"] == "document" and row["source"].endswith(name)]


def extract(folder: Path, *options: str, prepare: Callable[[], None] | None = None) -> Run:
    """Run `extract` on a folder that also holds a good document, and see that it was extracted."""
    (folder / "good.txt").write_text(GOOD, "utf-8")
    with tempfile.TemporaryDirectory() as out, tempfile.TemporaryFile() as stderr:
        records = Path(out, "r.jsonl")
        watched = [sys.executable, str(ROOT / "cli.py"), "extract", str(folder), "-o", str(records), *options]
        command = [sys.executable, "-c", WATCHER, *watched]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=stderr, preexec_fn=prepare, start_new_session=True)
        try:
            answer, _ = process.communicate(timeout=HANGS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            pytest.fail(f"not ended after {HANGS} s")
        code, _, memory = answer.split()
        stderr.seek(0)
        messages = stderr.read().decode("utf-8", "backslashreplace").splitlines()
        rows = [json.loads(line) for line in records.read_text("utf-8").splitlines()]
    result = Run(int(code), rows, messages, float(memory))
    (good,) = result.documents("good.txt")
    assert [4500] == [row["low"] for row in rows if row["record"] == "quantity" and row["doc_id"] == good["doc_id"]]
    assert "Traceback" not in "\n".join(messages)
    return result


NO_TEXT = {
    "empty": b"",
    "blank": b" \r\n\t\xe3\x80\x80\n",
    "only_a_byte_order_mark": b"\xef\xbb\xbf",
    "image": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50,
    "zip": b"PK\x03\x04" + bytes(range(256)) * 50,
    "zeros": bytes(10_000),
    "old_word_file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(range(255, -1, -1)) * 50,
}


def test_what_holds_no_text_is_refused_in_one_line(tmp_path: Path) -> None:
    """Empty and binary files called .txt are named with their reasons, each once, and the exit code says so."""
    for name, content in NO_TEXT.items():
        (tmp_path / f"{name}.txt").write_bytes(content)
    run = extract(tmp_path)
    assert (1, 1) == (run.code, sum(row["record"] == "document" for row in run.rows))
    assert dict.fromkeys(NO_TEXT, 1) == {name: len(run.reasons(f"{name}.txt")) for name in NO_TEXT}, run.messages


def test_text_of_100_megabytes_is_bounded(tmp_path: Path) -> None:
    """A file far beyond any document is refused before it fills the memory."""
    block = (LINE + "\n").encode() * 1000
    with (tmp_path / "huge.txt").open("wb") as file:
        for _ in range(100_000_000 // len(block) + 1):
            file.write(block)
    run = extract(tmp_path)
    assert (1, 1) == (run.code, len(run.reasons("huge.txt"))), run.messages
    assert run.memory < MEMORY


def test_line_of_a_million_characters_is_bounded(tmp_path: Path) -> None:
    """A text without a line end is read, or refused in one line; it takes no quadratic time and no unbounded memory."""
    (tmp_path / "long.txt").write_text((LINE * (1_000_000 // len(LINE) + 1))[:1_000_000], "utf-8")
    run = extract(tmp_path)
    assert 1 == len(run.reasons("long.txt")) + len(run.documents("long.txt")), run.messages
    assert run.memory < MEMORY


def test_one_thing_a_hundred_thousand_times_is_bounded(tmp_path: Path) -> None:
    """No pattern runs wild on a text that repeats one character or one short phrase."""
    phrases = ["一", "1", "（", "、", "年", "第", "“", ".", "　", "%", "局", "；", "（一）", "1.", "到2025年", "其中", "分别", "5%、"]
    names = [f"same{number}.txt" for number in range(len(phrases))]
    for name, phrase in zip(names, phrases, strict=True):
        (tmp_path / name).write_text(phrase * (100_000 // len(phrase)), "utf-8")
    run = extract(tmp_path)
    assert run.code in (0, 1), run.messages
    assert len(phrases) == sum(
        len(run.documents(f"same{number}.txt")) + len(run.reasons(f"same{number}.txt")) for number in range(len(phrases))
    )
    assert run.memory < MEMORY


def test_mixed_encodings_are_told(tmp_path: Path) -> None:
    """A text of which one part is UTF-8 and one GBK is read with a warning, or refused in one line; never silently wrong."""
    (tmp_path / "mixed.txt").write_bytes("到2025年底，建成公园3个。\n".encode() * 20 + "到2026年底，建成学校5所。\n".encode("gb18030") * 20)
    run = extract(tmp_path)
    codes = [warning["code"] for row in run.documents("mixed.txt") for warning in row["warnings"]]
    assert "decoding" in codes or 1 == len(run.reasons("mixed.txt")), run.messages


def test_marked_documents_are_refused_unless_allowed(tmp_path: Path) -> None:
    """A document marked secret is not read by accident; the line says how to read it on purpose."""
    marks = ("秘密", "机密", "绝密", "秘密★1年", "机密★10年")
    for mark in marks:
        (tmp_path / f"{mark}.txt").write_text(f"{mark}\n{GOOD}", "utf-8")
    refused, allowed = extract(tmp_path), extract(tmp_path, "--allow-marked")
    assert (1, 0) == (refused.code, allowed.code)
    assert [["--allow-marked"]] * len(marks) == [re.findall("--allow-marked", line) for line in refused.messages[2:]]
    for mark in marks:
        assert (1, []) == (len(refused.reasons(f"{mark}.txt")), refused.documents(f"{mark}.txt"))
        assert mark[:2] == (allowed.documents(f"{mark}.txt")[0]["secrecy"] or "")[:2]


def test_dangling_link_is_told(tmp_path: Path) -> None:
    """A link to a file that is gone is named, once."""
    (tmp_path / "link.txt").symlink_to("gone.txt")
    run = extract(tmp_path)
    assert (1, 1) == (run.code, len(run.reasons("link.txt"))), run.messages


@pytest.mark.parametrize("name", ["shut", "shut.txt"], ids=["folder", "file"])
def test_missing_permission_is_told(tmp_path: Path, name: str) -> None:
    """A folder or a file that may not be read is named; what is beside it is extracted."""
    path = tmp_path / name
    if name == "shut":
        path.mkdir()
        (path / "inside.txt").write_text(GOOD, "utf-8")
    else:
        path.write_text(GOOD, "utf-8")
    path.chmod(0)
    try:
        run = extract(tmp_path, prepare=bind_root if os.geteuid() == 0 else None)
    except subprocess.SubprocessError:
        pytest.skip("runs as root and may not lay down root's right to read everything")
    finally:
        path.chmod(0o700)
    assert (1, 1) == (run.code, len(run.reasons(name))), run.messages


def bind_root() -> None:
    """Let permission bits hold for root, too, from the next program on."""
    libc = ctypes.CDLL(None, use_errno=True)
    for capability in (CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl")


def test_file_name_in_another_encoding_is_read(tmp_path: Path) -> None:
    """A name that was written on a GBK machine and is no UTF-8 does not lose the document."""
    name = os.fsencode(tmp_path) + "/2025_甲市_工作要点.txt".encode("gb18030")
    try:
        with open(name, "wb") as file:  # noqa: PTH123 - the name is bytes
            file.write(GOOD.encode())
    except OSError:
        pytest.skip("this file system takes only UTF-8 names")
    run = extract(tmp_path)
    assert (0, 2) == (run.code, sum(row["record"] == "document" for row in run.rows)), run.messages


def test_all_bad_files_together_leave_the_good_one_as_it_is(tmp_path: Path) -> None:
    """The records of the good document are the same bytes whether or not bad ones lie beside it, with any number of jobs."""
    alone = extract(tmp_path).rows
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(bytes(range(256)) * 10)
    (tmp_path / "link.txt").symlink_to("gone.txt")
    (tmp_path / "marked.txt").write_text(f"秘密\n{GOOD}", "utf-8")
    for jobs in ("1", "2"):
        run = extract(tmp_path, "--jobs", jobs)
        assert (1, alone) == (run.code, run.rows)
        assert 4 == len(run.messages[2:])


def test_full_disk_is_told(tmp_path: Path) -> None:
    """When the export cannot be written the line says which file and why."""
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full to write to")
    (tmp_path / "good.txt").write_text(GOOD, "utf-8")
    (tmp_path / "r.jsonl").symlink_to("/dev/full")
    ran = run_cli("extract", str(tmp_path), "-o", str(tmp_path / "r.jsonl"))
    assert (1, 1) == (ran.returncode, len(ran.stderr.splitlines())), ran.stderr
    assert "No space left" in ran.stderr
