"""Look at a returned workbook before anything parses it: what could do harm is refused in one line.

Reads: the bytes of a ``.xlsx``. Writes: nothing. The limits count what comes out of the package, not what its directory declares.
"""

from __future__ import annotations

import os
import re
import stat
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

from pipeline.errors import ReadError
from pipeline.ledger.columns import layout

if TYPE_CHECKING:
    from pathlib import Path

MEGA = 1_000_000
FILE_LIMIT = 50 * MEGA  # bytes; pictures of evidence are pasted into workbooks
PART_LIMIT = 200 * MEGA  # bytes of one part; ten thousand items are some 30
TOTAL_LIMIT = 300 * MEGA  # bytes of all parts
RATIO_LIMIT, RATIO_FLOOR = 200, 5 * MEGA  # times that a part may grow; below the floor it may grow as it likes
ENTRY_LIMIT = 5_000
CELL_LIMIT = 1_500_000
TAG_LIMIT = 300_000  # of a part that is read into objects, such as styles: each takes more than a thousand bytes of memory
_CHUNK = MEGA
_OVERLAP = 16  # bytes kept between chunks, so that nothing hides across their border
_OLD = bytes.fromhex("d0cf11e0")
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY")
_OUTSIDE = ("xl/externallinks/", "xl/connections.xml", "xl/querytables/", "xl/webextensions/")
_MACROS = ("vbaproject.bin", "xl/macrosheets/")
_ENCRYPTED = 1  # bit of a zip entry
_CELL = re.compile(rb"<(?:[^<>\s:/]{1,40}:)?c[\s/>]")
_READ_PIECEWISE = ("xl/worksheets/", "xl/sharedstrings")  # the others are read whole
_LEFT_ALONE = ("xl/drawings/", "xl/comments", "xl/media/", "xl/threadedcomments/", "xl/charts/")  # nobody reads them here


def check_workbook(path: Path) -> None:
    """Raise ReadError, in one Chinese line, for a file that is no workbook or that could do harm."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise _refused("special", path)
        if status.st_size > FILE_LIMIT:
            raise _refused("large", path, limit=FILE_LIMIT // MEGA)
        with path.open("rb") as file:
            start = file.read(4)
            if start == _OLD:
                raise _refused("old", path)
            if start != b"PK\x03\x04":
                raise _refused("foreign", path)
            with zipfile.ZipFile(file) as package:
                _check_parts(package, path)
    except FileNotFoundError as error:
        raise _refused("missing", path) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError, struct.error) as error:
        raise _refused("damaged", path) from error


def _check_parts(package: zipfile.ZipFile, path: Path) -> None:
    entries = package.infolist()
    names = [entry.filename.replace("\\", "/").lstrip("/").lower() for entry in entries]
    if len(entries) > ENTRY_LIMIT:
        raise _refused("bomb", path)
    if "xl/workbook.xml" not in names:
        raise _refused("foreign", path)
    if any(name.startswith(_OUTSIDE) for name in names):
        raise _refused("external", path)
    if any(mark in name for name in names for mark in _MACROS):
        raise _refused("macros", path)
    total = cells = 0
    for entry, name in zip(entries, names, strict=True):
        if entry.flag_bits & _ENCRYPTED:
            raise _refused("old", path)
        size, found = _check_part(package, entry, name, path)
        total, cells = total + size, cells + found
        if total > TOTAL_LIMIT:
            raise _refused("bomb", path)
        if cells > CELL_LIMIT:
            raise _refused("cells", path, limit=CELL_LIMIT)


def _check_part(package: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, path: Path) -> tuple[int, int]:
    """The bytes of a part, and the cells in it if it is a sheet. Parts are read in pieces: a bomb never stands in memory."""
    limit = min(PART_LIMIT, max(RATIO_FLOOR, entry.compress_size * RATIO_LIMIT))
    size = cells = tags = 0
    limited = not name.startswith((*_READ_PIECEWISE, *_LEFT_ALONE))
    kept = b""
    markup = name.endswith((".xml", ".rels", ".vml"))
    with package.open(entry) as part:
        while chunk := part.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise _refused("bomb", path)
            if not markup:
                continue
            plain = (kept + chunk).replace(b"\x00", b"")  # UTF-16 is read, too
            if any(mark in plain for mark in _DECLARED):
                raise _refused("declared", path)
            cells += sum(1 for _ in _CELL.finditer(plain))
            if cells > CELL_LIMIT:
                raise _refused("cells", path, limit=CELL_LIMIT)
            tags += plain.count(b"<") if limited else 0
            if tags > TAG_LIMIT:
                raise _refused("bomb", path)
            kept = plain[-_OVERLAP:]
    return size, cells


def _refused(name: str, path: Path, **values: object) -> ReadError:
    return ReadError(layout()["files"][name].format(source=os.fspath(path), **values))
