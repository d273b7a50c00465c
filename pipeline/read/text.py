"""Read plain text files: ``.txt``, ``.md`` and files without a suffix, in any encoding that offices write.

Reads: a file. Writes: its text with line feeds as line ends and without byte-order mark, nothing cut out, and warnings.
"""

from __future__ import annotations

import os
import re
import stat
from typing import TYPE_CHECKING

from pipeline.errors import ReadError
from pipeline.read.document_warnings import message
from pipeline.read.encodings import REPLACEMENT, decode
from pipeline.records import DocumentWarning
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pathlib import Path

LIMIT = 20_000_000  # bytes: 400 times the longest report of a ministry, and read in about a second
_MEGA = 1_000_000
_CONTROL = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # never typed: what is left are tab, line ends, form feed and escape
_CONTROL_SHARE = 0.002  # of the characters; a stray one or two do not make a text binary
_LOST_SHARE = 0.05  # of the characters; with more bytes that no encoding explains it is no text


def read_text(path: Path) -> tuple[str, tuple[DocumentWarning, ...]]:
    """The text of ``path`` and warnings about its decoding. Raises ReadError with what is wrong and what to do."""
    content = _content(path)
    source = str(path)
    if not content:
        raise ReadError(message("empty", source=source))
    for signature, kind in load_rules("encodings").data["signatures"].items():
        if content.startswith(bytes.fromhex(signature)):
            raise ReadError(message("binary", source=source, kind=kind))
    decoded = decode(content)
    text = decoded.text
    if not text.strip():
        raise ReadError(message("blank", source=source))
    if len(_CONTROL.findall(text)) > _CONTROL_SHARE * len(text):
        raise ReadError(message("binary", source=source, kind=message("control")))
    if text.count(REPLACEMENT) > _LOST_SHARE * len(text):
        raise ReadError(message("unreadable", source=source))
    spans = decoded.other
    if not spans:
        return normal_line_ends(text), ()
    lost = sum(REPLACEMENT in text[a:b] for a, b in spans)
    told = message("decoding", count=len(spans), encoding=decoded.encoding.upper()) + (message("lost", count=lost) if lost else "")
    before, first = normal_line_ends(text[: spans[0][0]]), normal_line_ends(text[slice(*spans[0])])
    return normal_line_ends(text), (DocumentWarning("decoding", told, (len(before), len(before) + len(first))),)


def normal_line_ends(text: str) -> str:
    """``text`` with a line feed for every line end, without byte-order mark."""
    text = text.lstrip("\ufeff")
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def head_of(path: Path, size: int, limit: int = LIMIT) -> bytes:
    """The first ``size`` bytes of a regular file of at most ``limit`` bytes. Raises ReadError with what is wrong and what to do."""
    source = str(path)
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ReadError(message("folder", source=source))
        if not stat.S_ISREG(status.st_mode):
            raise ReadError(message("special", source=source))
        if status.st_size > limit:
            raise ReadError(message("large", source=source, size=status.st_size // _MEGA, limit=limit // _MEGA))
        with path.open("rb") as file:
            return file.read(size)
    except FileNotFoundError as error:
        raise ReadError(message("dangling" if path.is_symlink() else "missing", source=source)) from error
    except PermissionError as error:
        raise ReadError(message("forbidden", source=source)) from error
    except OSError as error:
        raise ReadError(message("failed", source=source, reason=os.strerror(error.errno or 0))) from error


def _content(path: Path) -> bytes:
    """The bytes of a regular file of at most LIMIT bytes."""
    content = head_of(path, LIMIT + 1)
    if len(content) > LIMIT:  # it grew while it was read
        raise ReadError(message("large", source=str(path), size=len(content) // _MEGA, limit=LIMIT // _MEGA))
    return content
