"""Formats: told by their content, read alike, and measured against the texts that others took from the same originals."""

from __future__ import annotations

import zipfile
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ReadError
from pipeline.read import read_document
from tests.measure_formats import agreement, distance, measure, pairs, values

if TYPE_CHECKING:
    from pathlib import Path

# Of the body, and of the values of quantities: what the formats promise (issue 3), with the number of originals that are read here.
FLOORS = {".docx": (0.003, 0.99), ".html": (0.003, 0.99), ".pdf": (0.005, 0.97)}
FEW = 3
ORIGINALS = [pair for suffix in FLOORS for pair in islice((pair for pair in pairs() if pair[0].suffix == suffix), FEW)]


@pytest.mark.skipif(not ORIGINALS, reason="needs the originals beside the project (../shared/corpus)")
@pytest.mark.parametrize(("original", "reference"), ORIGINALS, ids=[original.name for original, _ in ORIGINALS])
def test_originals_read_like_their_texts(original: Path, reference: Path) -> None:
    """Few characters differ from the text that others took, and the figures say the same."""
    most_errors, least_values = FLOORS[original.suffix]
    found = measure(original, reference)
    assert (found.error_rate <= most_errors, found.values >= least_values) == (True, True), found


def slow_distance(first: str, second: str) -> int:
    """Edit distance by the textbook."""
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        above, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1]


@settings(max_examples=200)
@given(st.text(alphabet="甲乙丙1", max_size=12), st.text(alphabet="甲乙丙1", max_size=12))
def test_distance_is_that_of_the_textbook(first: str, second: str) -> None:
    """The fast way of counting errors counts what the plain one counts."""
    assert slow_distance(first, second) == distance(first, second)


def test_agreement_of_values(tmp_path: Path) -> None:
    """Values that one side lacks, or tells more often, cost."""
    documents = []
    for name, figures in (("a.txt", "新建停车位300个，改造公厕20座。"), ("b.txt", "新建停车位300个，改造公厕25座。")):
        (tmp_path / name).write_text(f"甲市2025年工作要点\n一、重点任务\n到2025年底，{figures}\n", "utf-8")
        documents.append(read_document(tmp_path / name))
    first, second = map(values, documents)
    assert (1.0, 0.5) == (agreement(first, first), agreement(first, second))


def packed(path: Path, *names: str) -> Path:
    """A package with empty parts of these names."""
    with zipfile.ZipFile(path, "w") as package:
        for name in names:
            package.writestr(name, "")
    return path


def test_what_cannot_be_read_is_told_by_its_content(tmp_path: Path) -> None:
    """Old Word files, workbooks, pictures and packages get one line that names what they are, whatever they are called."""
    files = {
        "计划.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "计划.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600,
        "计划.pdf": b"\x89PNG\r\n\x1a\n" + b"\x00" * 60,
        "计划.html": b"Rar!\x1a\x07\x00" + b"\x00" * 60,
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    paths = [*(tmp_path / name for name in files), packed(tmp_path / "表.xlsx", "xl/workbook.xml"), packed(tmp_path / "书.docx", "x.xml")]
    for path in paths:
        with pytest.raises(ReadError) as caught:
            read_document(path)
        assert str(path) in str(caught.value)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf", ".mht", ".txt"])
@pytest.mark.parametrize("content", [b"", b" \n\t ", b"\x00" * 64, b"%PDF-1.7\n", b"PK\x03\x04", b"<html>", b"MIME-Version: 1.0\n"])
def test_empty_and_broken_files_get_one_line(tmp_path: Path, suffix: str, content: bytes) -> None:
    """Half a file of any format is one line, never a traceback."""
    path = tmp_path / f"计划{suffix}"
    path.write_bytes(content)
    with suppress(ReadError):
        read_document(path)
        return
    with pytest.raises(ReadError) as caught:
        read_document(path)
    told = str(caught.value)
    assert (True, False) == (str(path) in told, "\n" in told)


@pytest.mark.parametrize("suffix", [".html", ".docx", ".pdf"])
def test_limits_hold_for_every_format(tmp_path: Path, suffix: str) -> None:
    """A missing file, a folder and a dangling link are told alike in all formats."""
    folder = tmp_path / f"夹{suffix}"
    folder.mkdir()
    link = tmp_path / f"链{suffix}"
    link.symlink_to("nowhere")
    for path, part in ((tmp_path / f"无{suffix}", "不存在"), (folder, "文件夹"), (link, "")):
        with pytest.raises(ReadError) as caught:
            read_document(path)
        assert part in str(caught.value)
