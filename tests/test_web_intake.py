"""What becomes of files that people send: nothing refused is kept, nothing that was there is lost, nothing takes for ever."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest

from pipeline.web.intake import Intake, IntakeError, Item, clean_name, earlier_upload, keep, keep_version, plainly
from pipeline.web.reading import Reader, take
from tests.web_fixtures import built_store, form_mark, office, page_client

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["built_store", "office"]  # fixtures

GOOD = "乙县2025年工作要点\n一、任务\n到2025年底，县水利局完成河道清淤30公里。\n".encode()
MARKED = "机密★1年\n乙县2025年工作要点\n一、任务\n完成河道清淤。\n".encode()


def bomb() -> bytes:
    """A Word document of a few kilobytes that unpacks to 400 MB."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        with package.open("word/document.xml", "w", force_zip64=True) as part:
            for _ in range(400):
                part.write(b"0" * 1024 * 1024)
    return file.getvalue()


def settled(office: Path, items: list[Item], seconds: float = 60.0) -> list[Item]:
    """The items of a job when all were read."""
    intake = Intake(office, seconds)
    job = intake.begin("somebody", items)
    while not job.done:
        pass_time()
    with intake._working:  # the reader has ended
        return job.items


def pass_time() -> None:
    """Let other threads go on."""
    import time

    time.sleep(0.02)


def given(folder: Path, name: str, content: bytes) -> Item:
    """A file as an upload keeps it."""
    return Item(name, keep(io.BytesIO(content), name, folder))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("密件.txt", MARKED, "标有密级，已拒收，没有保存"),
        ("坏.pdf", b"%PDF-1.4 nonsense", "坏.pdf"),
        ("空.docx", b"PK\x03\x04nonsense", "空.docx"),
        ("炸弹.docx", bomb(), "炸弹.docx"),
        ("空.txt", b"", "空.txt"),
    ],
)
def test_what_is_refused_is_not_kept(office: Path, tmp_path: Path, name: str, content: bytes, told: str) -> None:
    """The sender is told why, by the name they gave, without a path or an option of the command line; the file is gone."""
    (item,) = settled(office, [given(tmp_path / "up", name, content)])
    assert ("failed", None, True) == (item.result, item.doc_id, told in item.told)
    assert (False, False) == (str(tmp_path) in item.told, "--" in item.told)
    assert [] == [path for path in (tmp_path / "up").rglob("*") if path.is_file()]


def test_refused_version_leaves_the_earlier_one(office: Path, tmp_path: Path) -> None:
    """A broken new version does not cost the good one that it was to replace."""
    folder = tmp_path / "up"
    (first,) = settled(office, [given(folder, "要点.docx.txt", GOOD)])
    assert first.path is not None
    aside = keep_version(io.BytesIO(MARKED), first.path)
    (second,) = settled(office, [Item("要点.docx.txt", first.path, earlier=aside)])
    assert ("new", "failed", GOOD) == (first.result, second.result, first.path.read_bytes())
    assert [first.path] == [path for path in folder.rglob("*") if path.is_file()]


def test_first_version_sent_again_does_not_overwrite_the_second(office: Path, tmp_path: Path) -> None:
    """Bytes that were replaced come to a place of their own when somebody sends them again."""
    folder, later = tmp_path / "up", GOOD.replace(b"30", b"45")
    (first,) = settled(office, [given(folder, "要点.txt", GOOD)])
    assert first.path is not None
    (second,) = settled(office, [Item("要点.txt", first.path, earlier=keep_version(io.BytesIO(later), first.path))])
    again = keep(io.BytesIO(GOOD), "要点.txt", folder)
    assert ("revised", later, GOOD, True) == (second.result, first.path.read_bytes(), again.read_bytes(), again != first.path)
    assert again == keep(io.BytesIO(GOOD), "要点.txt", folder)


def test_same_bytes_are_no_new_version(tmp_path: Path) -> None:
    """Nothing is put aside for a file that is there already."""
    path = keep(io.BytesIO(GOOD), "要点.txt", tmp_path)
    assert (None, path) == (keep_version(io.BytesIO(GOOD), path), earlier_upload(tmp_path, "要点.txt"))


def test_file_that_takes_too_long_is_given_up(office: Path, tmp_path: Path) -> None:
    """It is told so, and the next job is read."""
    (slow,) = settled(office, [given(tmp_path / "up", "慢.txt", GOOD)], seconds=0.0)
    (next_one,) = settled(office, [given(tmp_path / "up", "好.txt", GOOD)])
    assert ("failed", True, "new") == (slow.result, "没有读完" in slow.told, next_one.result)


def test_reader_that_died_is_started_anew(office: Path, tmp_path: Path) -> None:
    """A file that costs the process its life is told; the following one is read by another process."""
    path = keep(io.BytesIO(GOOD), "好.txt", tmp_path / "up")
    with Reader(office, 60.0) as reader:
        first = reader.read(path)
        assert reader._process is not None
        reader._process.kill()
        reader._process.join()
        told = [reader.read(path).result, reader.read(path).result]
    assert ("new", ["failed", "unchanged"]) == (first.result, told)


def test_taking_one_file_tells_the_document(office: Path, tmp_path: Path) -> None:
    """The same verb as plain Python: new, then unchanged, with the document's name."""
    path = keep(io.BytesIO(GOOD), "好.txt", tmp_path)
    first, second = take(office, path), take(office, path)
    assert ("new", "unchanged", first.doc_id) == (first.result, second.result, second.doc_id)
    assert first.doc_id


@pytest.mark.parametrize("name", ["x.exe", "x", "x.txt.lnk", "x.docm", "x.xlsx", "", "txt", "x.pdf "])
def test_only_kinds_that_are_read_are_taken(name: str) -> None:
    """Everything else is refused before a byte is written."""
    with pytest.raises(IntakeError, match="不收这种文件"):
        clean_name(name)


def test_draft_that_is_marked_or_broken_is_told_without_a_path(office: Path) -> None:
    """The draft check says the same of a marked file as the upload does, and names no folder of the server."""
    with page_client(office) as client:
        for name, content in (("稿.txt", MARKED), ("稿.docx", b"PK\x03\x04nonsense"), ("稿.pdf", b"%PDF")):
            data = {"csrf": form_mark(client, "/draft"), "unclassified": "1"}
            answer = client.post("/draft", data=data, files={"file": (name, content)})
            assert (400, False, False) == (answer.status_code, "/稿." in answer.text, "--allow" in answer.text), name


def test_what_is_said_names_the_file_as_its_sender_does(tmp_path: Path) -> None:
    """The place on the server is left out."""
    assert "x.txt：坏" == plainly(f"{tmp_path}/a/x.txt：坏", tmp_path / "a" / "x.txt", "x.txt")
