"""Reading text files: encodings, line ends, bad input, marks of secrecy, and the names of documents."""

from __future__ import annotations

import os
from pathlib import Path, PurePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import MarkedSecretError, ReadError
from pipeline.read import document_from_text, read_document
from pipeline.read.document import document_id
from pipeline.read.encodings import decode
from pipeline.read.secrecy import find_mark
from pipeline.read.text import LIMIT, normal_line_ends

REPORT = "各位代表：\n现在，我代表市人民政府向大会报告工作，请予审议。\n一、２０２３年工作回顾\n新建公共停车位4500个以上。\n"
TRADITIONAL = "各位代表：\n現在，我代表市政府向大會報告工作，請予審議。\n"
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9F00), max_size=40)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (REPORT, "utf-8"),
        (REPORT, "utf-8-sig"),
        (REPORT, "gbk"),
        (REPORT, "gb18030"),
        (REPORT, "utf-16"),
        (REPORT, "utf-16-le"),
        (REPORT, "utf-16-be"),
        (TRADITIONAL, "big5"),
        ("市人民政府工作报告", "gbk"),  # a few characters are enough
        ("工作报告", "utf-16-le"),
        ("一般债券额度㐂", "gb18030"),  # a character outside GBK
        ("plan 2024", "utf-8"),
    ],
)
def test_reads_every_encoding_of_offices(tmp_path: Path, text: str, encoding: str) -> None:
    """Text comes back as it was written, without byte-order mark and without a warning."""
    path = tmp_path / "2024_报告.txt"
    path.write_bytes(text.encode(encoding))
    document = read_document(path)
    assert text == document.text
    assert [] == [warning.code for warning in document.warnings]


def test_keeps_everything_but_line_ends(tmp_path: Path) -> None:
    """CRLF and CR become line feeds; full-width digits, blanks and form feeds stay, so that offsets can be checked in an editor."""
    path = tmp_path / "a.txt"
    path.write_bytes("一、２０２４年\r\n　　增长5%\r完成\f\t。\n\n".encode())
    assert read_document(path).text == "一、２０２４年\n　　增长5%\n完成\f\t。\n\n"


def test_paragraph_in_another_encoding_is_read_and_named(tmp_path: Path) -> None:
    """A GBK paragraph inside a UTF-8 file is decoded by itself; a warning says which lines were."""
    path = tmp_path / "mixed.txt"
    path.write_bytes("各位代表：\r\n".encode() + "全市新增绿地十万平方米。\n".encode("gbk") + "一、2023年工作回顾\n".encode())
    document = read_document(path)
    assert document.text == "各位代表：\n全市新增绿地十万平方米。\n一、2023年工作回顾\n"
    [warning] = document.warnings
    assert warning.code == "decoding"
    assert warning.span is not None
    assert document.text[slice(*warning.span)] == "全市新增绿地十万平方米。\n"


def test_damaged_bytes_are_marked_not_dropped(tmp_path: Path) -> None:
    """A file that was cut in the middle of a character keeps a replacement mark there, and a warning."""
    path = tmp_path / "cut.txt"
    path.write_bytes((REPORT * 3).encode()[:-5])
    document = read_document(path)
    assert document.text.startswith(REPORT)
    assert "\ufffd" in document.text
    assert ["decoding"] == [warning.code for warning in document.warnings]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "文件是空的"),
        (" \n\u3000\t\n".encode(), "只有空白"),
        (b"\x00" * 64, "二进制"),
        (bytes(range(256)) * 20, "二进制"),
        (b"%PDF-1.7\n...", "PDF 文件"),
        (b"PK\x03\x04\x14\x00", "压缩包"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Word"),
        (b"\x89PNG\r\n\x1a\n", "图片"),
    ],
)
def test_what_is_no_text_gets_one_clear_line(tmp_path: Path, content: bytes, part: str) -> None:
    """Empty, blank and binary files are refused in one line that names the file and what is wrong."""
    path = tmp_path / "坏文件.txt"
    path.write_bytes(content)
    with pytest.raises(ReadError) as caught:
        read_document(path)
    assert part in str(caught.value)
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_too_large_a_file_is_not_read(tmp_path: Path) -> None:
    """A file over the limit is refused by its size alone."""
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(5 * LIMIT)
    with pytest.raises(ReadError, match="超过 20 MB 的上限"):
        read_document(path)


def test_a_line_of_a_million_characters_is_read(tmp_path: Path) -> None:
    """One endless line is a document like any other."""
    path = tmp_path / "line.txt"
    path.write_text("全市新增公共停车位4500个以上，" * 60_000, "utf-8")
    assert len(read_document(path).text) > 1_000_000


def test_what_is_no_file_gets_one_clear_line(tmp_path: Path) -> None:
    """A folder, a missing file, a dangling link and a device are told apart."""
    link = tmp_path / "link.txt"
    link.symlink_to(tmp_path / "gone.txt")
    for path, part in ((tmp_path, "是文件夹"), (tmp_path / "none.txt", "文件不存在"), (link, "链接"), (Path(os.devnull), "不是普通文件")):
        with pytest.raises(ReadError, match=part):
            read_document(path)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads every file")
def test_missing_permission_is_named(tmp_path: Path) -> None:
    """A file without read permission says so."""
    path = tmp_path / "locked.txt"
    path.write_text(REPORT, "utf-8")
    path.chmod(0)
    with pytest.raises(ReadError, match="没有读取权限"):
        read_document(path)


@pytest.mark.parametrize(
    ("head", "mark"),
    [
        ("机密★1年\n某市人民政府文件\n", "机密★1年"),
        ("000001\n秘密★启封前\n", "秘密★启封前"),
        ("密级：秘密\n", "秘密"),
        ("密  级：\n机密\n", "机密"),
        ("绝密\n", "绝密"),
        ("机密 ★ 长期　　特急\n", "机密★长期"),
        ("机密★10年 关于做好某项工作的通知各县区人民政府：" + "现将有关事项通知如下。" * 30, "机密★10年"),
        # words of sentences and titles
        ("商业秘密保护办法\n", None),
        ("关于保守国家秘密工作的通知\n", None),
        ("机密文件管理规定\n", None),
        ("密级：公开\n", None),
        ("涉及国家秘密的，按照有关规定执行。\n", None),
    ],
)
def test_secrecy_marks(head: str, mark: str | None) -> None:
    """A mark at the head of a document is found with its term; words inside sentences are none."""
    assert mark == find_mark(head + REPORT)


def test_marked_document_is_refused_unless_allowed(tmp_path: Path) -> None:
    """A marked document is refused with the mark named; with permission its mark is kept."""
    path = tmp_path / "a.txt"
    path.write_text("机密★1年\n" + REPORT, "utf-8")
    with pytest.raises(MarkedSecretError, match="机密★1年"):
        read_document(path)
    assert read_document(path, allow_marked=True).secrecy == "机密★1年"


def test_document_id_survives_a_revision(tmp_path: Path) -> None:
    """New content under the same name keeps doc_id and changes content_id; the same content has the same content_id."""
    path = tmp_path / "2024_南通_政府工作报告.txt"
    path.write_text(REPORT, "utf-8")
    first = read_document(path)
    path.write_text(REPORT + "修订\n", "utf-8")
    second = read_document(path)
    assert first.doc_id == second.doc_id
    assert first.content_id != second.content_id
    assert first.content_id == document_from_text(REPORT, "other.txt").content_id


def test_document_ids_tell_folders_apart() -> None:
    """Files of one name in two folders are two documents; the way to the folder does not matter."""
    a, b = (document_id(PurePath(f"/data/{folder}/report.txt")) for folder in ("2023", "2024"))
    assert a != b
    assert b == document_id(PurePath("2024/report.txt"))
    assert document_id(PurePath("x/坏\u202e名\x07字.txt")).isprintable()


@given(CHINESE, st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_decoding_undoes_encoding(text: str, encoding: str) -> None:
    """Whatever an editor wrote with a mark or in UTF-8 comes back."""
    assert text == decode(text.encode(encoding)).text


@given(st.binary(max_size=300))
def test_decoding_never_fails(content: bytes) -> None:
    """No bytes stop the reader, and lines in other encodings lie inside the text, in order."""
    decoded = decode(content)
    position = 0
    for start, end in decoded.other:
        assert position <= start <= end <= len(decoded.text)
        position = end


@given(st.text(alphabet="甲乙\r\n\ufeff ", max_size=30))
def test_line_ends_are_normal_once_and_for_all(text: str) -> None:
    """Normalising twice is normalising once, and no carriage return is left."""
    once = normal_line_ends(text)
    assert "\r" not in once
    assert once == normal_line_ends(once)
