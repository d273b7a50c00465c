"""Refuse a PDF that unpacks to more than a page can hold, before pdfium unpacks it.

Reads: the bytes of the file. Writes: whether a stream is a bomb.

A page of five hundred kilobytes can unpack to half a gigabyte of drawing, for which pdfium takes ten gigabytes of memory. Only
streams that are large, or packed twice, can do harm; images are not unpacked for their text.
"""

from __future__ import annotations

import mmap
import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

UNPACKED = 32_000_000  # bytes of one stream: more than the most detailed map on a page
_HARMLESS = 20_000  # bytes packed once: at a thousand to one they unpack to less
_HEAD = 2_000  # bytes of a dictionary before its stream
_STREAM = re.compile(rb">>\s{0,4}stream\r?\n")
_PACKED = re.compile(rb"/(?:FlateDecode|Fl)\b")
_IMAGE = re.compile(rb"/Subtype\s*/Image\b")
_END = b"endstream"


def holds_bomb(path: Path) -> bool:
    """Whether a stream of the file unpacks to more than UNPACKED bytes."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return any(_is_bomb(content, match.start(), match.end()) for match in _STREAM.finditer(content))


def _is_bomb(content: mmap.mmap, head: int, start: int) -> bool:
    end = content.find(_END, start)
    end = len(content) if end < 0 else end
    told = content[max(0, head - _HEAD) : head]
    told = told[told.rfind(b" obj") + 1 :]
    times = len(_PACKED.findall(told))
    if (times < 2 and end - start < _HARMLESS) or _IMAGE.search(told):
        return False
    data = content[start:end]
    for _ in range(max(1, times)):
        try:
            data = zlib.decompressobj().decompress(data, UNPACKED + 1)
        except zlib.error:
            return False
        if len(data) > UNPACKED:
            return True
    return False
