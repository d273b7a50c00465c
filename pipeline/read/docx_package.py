"""Open a Word package and give out its XML parts, bounded in time and memory.

Reads: the bytes of a ``.docx`` or ``.docm``. Writes: parsed parts, in the transitional names of Office Open XML whichever
dialect the file is in. Nothing outside the file is ever fetched: no DTD, no entity, no external relationship.
"""

from __future__ import annotations

import mmap
import os
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any

from lxml import etree

from pipeline.errors import ReadError
from pipeline.read.document_warnings import message as common_message
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MEGA = 1_000_000
FILE_LIMIT = 300 * MEGA  # bytes of the file; reports full of photographs reach some tens
PART_LIMIT = 40 * MEGA  # bytes of one XML part; a thousand pages of well-formatted text are some 30
RATIO_LIMIT = 150  # times that a part may grow; real ones reach 60
RATIO_FLOOR = 2 * MEGA  # bytes below which a part may grow as it likes
MARKUP_LIMIT = 3_000_000  # signs that open a tag or an attribute: each costs the parser some 150 bytes of memory
DIRECTORY_LIMIT = MEGA  # bytes of the zip directory: ten thousand entries
_END = b"PK\x05\x06"
_END_SIZE, _LOCATOR_SIZE, _RECORD_SIZE = 22, 20, 56  # bytes of what ends a zip, and of what stands before it in a large one
_END_64 = b"PK\x06\x07"
_TAIL = 66_000  # bytes at the end in which a zip directory must announce itself
_SUFFIXES = (".docx", ".docm", ".dotx", ".dotm")
_OLD = bytes.fromhex("d0cf11e0")
_WORD = "WordDocument".encode("utf-16-le")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_STRICT = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    b"http://purl.oclc.org/ooxml/officeDocument/math": b"http://schemas.openxmlformats.org/officeDocument/2006/math",
}
_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_DOCUMENT = "officeDocument"


class Package:
    """The parts of one open file, found by the kind of their relationship."""

    def __init__(self, archive: zipfile.ZipFile, source: str) -> None:
        self.source = source
        self._archive = archive
        self._entries = {_plain(entry.filename): entry for entry in archive.infolist()}
        self.main = self._main()
        self._related = self._relationships(self.main)

    def parse_main(self) -> tuple[Any, bytes]:
        """The root of the document and its source. Raises ReadError."""
        content = self._content(self.main)
        return parse(content, self.source), content

    def read_related(self, kind: str) -> bytes | None:
        """The content of the part that the document relates to as ``kind`` (numbering, styles …), None if there is none.

        Raises ReadError where it is damaged or too large.
        """
        name = self._related.get(kind.lower())
        if name is None or name not in self._entries:
            return None
        return self._content(name)

    def _main(self) -> str:
        for target in self._relationships("", of=_DOCUMENT).values():
            if target in self._entries:
                return target
        if "word/document.xml" in self._entries:
            return "word/document.xml"
        for start, kind in load_rules("docx").data["packages"].items():
            if any(name.startswith(start) for name in self._entries):
                raise ReadError(message("other", source=self.source, kind=kind))
        raise ReadError(message("damaged", source=self.source, reason=reason("missing")))

    def _relationships(self, part: str, *, of: str | None = None) -> dict[str, str]:
        """What ``part`` relates to within the package: the plain names of parts by the last word of their kind in lower case."""
        folder, _, name = part.rpartition("/")
        entry = f"{folder}/_rels/{name}.rels".lstrip("/")
        found: dict[str, str] = {}
        if entry in self._entries:
            try:
                root = parse(self._content(entry), self.source)
            except etree.XMLSyntaxError:
                root = ()
            for relation in root:
                kind = relation.get("Type", "").rpartition("/")[2]
                if relation.tag == _RELATIONSHIP and relation.get("TargetMode") != "External" and of in (None, kind):
                    found.setdefault(kind.lower(), _join(folder, relation.get("Target", "")))
        if not found and of is None:  # lost: the names that every program gives
            found = {kind: f"{folder}/{kind}.xml" for kind in ("numbering", "styles", "footnotes", "endnotes")}
        return found

    def _content(self, name: str) -> bytes:
        """The content of a part, in UTF-8. The limits count what comes out, not what the directory declares."""
        entry = self._entries[name]
        if entry.flag_bits & 1:
            raise ReadError(message("encrypted", source=self.source))
        limit = min(PART_LIMIT, max(RATIO_FLOOR, entry.compress_size * RATIO_LIMIT))
        try:
            with self._archive.open(entry) as part:
                content = part.read(limit + 1)
        except NotImplementedError as error:
            raise ReadError(message("damaged", source=self.source, reason=reason("compression"))) from error
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError, struct.error) as error:
            raise ReadError(message("damaged", source=self.source, reason=reason("checksum"))) from error
        if len(content) > limit:
            told = reason("size", limit=PART_LIMIT // MEGA) if limit == PART_LIMIT else reason("ratio", limit=RATIO_LIMIT)
            raise ReadError(message("bomb", source=self.source, reason=told))
        return _in_utf_8(content)


def message(name: str, **values: object) -> str:
    """The message called ``name`` in rules/docx.toml, filled in."""
    return str(load_rules("docx").data["messages"][name]).format(**values)


def reason(name: str, **values: object) -> str:
    """The reason called ``name`` in rules/docx.toml, filled in."""
    return str(load_rules("docx").data["reasons"][name]).format(**values)


@contextmanager
def open_package(path: Path) -> Iterator[Package]:
    """The package in the file at ``path``. Raises ReadError with what the file is instead, and what to do."""
    source = str(path)
    with _open(path) as file:
        _check(file, source)
        try:
            archive = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, struct.error, IndexError) as error:
            raise ReadError(message("damaged", source=source, reason=reason("directory"))) from error
        with archive:
            yield Package(archive, source)


def parse(content: bytes, source: str) -> Any:
    """The root element of the XML in ``content``. Raises ReadError for what no Word writes, and etree.XMLSyntaxError."""
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ReadError(message("declared", source=source))
    if content.count(b"<") + content.count(b"=") > MARKUP_LIMIT:
        raise ReadError(message("bomb", source=source, reason=reason("markup")))
    for strict, transitional in _STRICT.items():
        if strict in content:
            content = content.replace(strict, transitional)
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        if "depth" in str(error):
            raise ReadError(message("deep", source=source)) from error
        raise
    if root.getroottree().docinfo.internalDTD is not None:
        raise ReadError(message("declared", source=source))
    return root


def _in_utf_8(content: bytes) -> bytes:
    """``content`` in UTF-8 and without declaration, if it is in UTF-16: what is searched for in bytes must be found."""
    if not content.startswith((b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")):
        return content
    encoding = {b"<\x00": "utf-16-le", b"\x00<": "utf-16-be"}.get(content[:2], "utf-16")
    text = content.decode(encoding, "replace").lstrip("\ufeff")
    if text.startswith("<?xml"):
        text = text.partition("?>")[2]
    return text.encode("utf-8", "replace")


def _open(path: Path) -> IO[bytes]:
    """The regular file at ``path``, of at most FILE_LIMIT bytes."""
    source = str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ReadError(common_message("folder", source=source))
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(common_message("special", source=source))
        if status.st_size > FILE_LIMIT:
            raise ReadError(common_message("large", source=source, size=status.st_size // MEGA, limit=FILE_LIMIT // MEGA))
        return path.open("rb")
    except FileNotFoundError as error:
        raise ReadError(common_message("dangling" if path.is_symlink() else "missing", source=source)) from error
    except PermissionError as error:
        raise ReadError(common_message("forbidden", source=source)) from error
    except OSError as error:
        raise ReadError(common_message("failed", source=source, reason=os.strerror(error.errno or 0))) from error


def _check(file: IO[bytes], source: str) -> None:
    """Raise ReadError unless ``file`` begins and ends as a zip package of a bearable directory does."""
    start = file.read(512)
    if not start:
        raise ReadError(common_message("empty", source=source))
    if not start.startswith(b"PK"):
        if start.startswith(_OLD):
            _refuse_old(file, source)
        _refuse(start, source)
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or len(tail) - at < _END_SIZE:
        raise ReadError(message("truncated", source=source))
    directory = struct.unpack_from("<L", tail, at + 12)[0]
    record = at - _LOCATOR_SIZE - _RECORD_SIZE
    if record >= 0 and tail.startswith(_END_64, at - _LOCATOR_SIZE):
        directory = struct.unpack_from("<Q", tail, record + 40)[0]
    if directory > DIRECTORY_LIMIT:
        raise ReadError(message("bomb", source=source, reason=reason("entries")))
    file.seek(0)


def _refuse_old(file: IO[bytes], source: str) -> None:
    """Say what a file in the container of the older formats is: an encrypted document hides in one, too."""
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        encrypted, word = content.find(_ENCRYPTED) >= 0, content.find(_WORD) >= 0
    if encrypted:
        raise ReadError(message("encrypted", source=source))
    kind = load_rules("docx").data["kinds"]["word" if word else "office"]
    raise ReadError(message("renamed" if source.lower().endswith(_SUFFIXES) else "old", source=source, kind=kind))


def _refuse(start: bytes, source: str) -> None:
    """Say what a file is that is no zip package, by its first bytes."""
    plain = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for signature, kind in load_rules("docx").data["signatures"].items():
        if plain.startswith(signature.encode()):
            raise ReadError(message("other", source=source, kind=kind))
    raise ReadError(message("foreign", source=source))


def _plain(name: str) -> str:
    """The name of a part as relationships are resolved to it: without leading slash, in lower case."""
    return name.replace("\\", "/").lstrip("/").lower()


def _join(folder: str, target: str) -> str:
    """The plain name of ``target``, seen from ``folder``."""
    target = target.replace("\\", "/")
    parts: list[str] = [] if target.startswith("/") or not folder else folder.split("/")
    for step in target.split("/"):
        if step == "..":
            parts = parts[:-1]
        elif step not in ("", "."):
            parts.append(step)
    return "/".join(parts).lower()
