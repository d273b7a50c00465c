"""Stand-in font for every font that a PDF names but does not carry, so that its text is read alike on every machine.

pdfium drops characters whose glyph it cannot measure: without an installed 宋体 a page set in it would come out as its
punctuation alone. A font of two glyphs, a narrow one for Latin characters and a square for all others, gives each a box, and
spares the search for fonts.

Reads: nothing. Writes: the font, made known to pdfium for the life of the process.
"""

from __future__ import annotations

import ctypes
import struct
from functools import cache

_EM = 1000  # units of the square
_NARROW = 200  # units: no wider than the letter l, for pdfium takes no box to be narrower than its glyph
_LATIN = (0x20, 0x2FF)
_ASCENT, _DESCENT = 880, -120  # as in 宋体
_MAGIC = 0x5F0F3CF5  # of a TrueType head table
_EVERY = 13  # cmap format: ranges of characters that share one glyph
_LAST = 0x10FFFF
_NAME = b"Square"
_GB2312 = 134  # Windows number of the character set


@cache
def stand_in() -> bytes:
    """A TrueType file with two glyphs: a narrow one for every Latin character, a square for every other."""
    glyphs = [_box(_EM), _box(_EM), _box(_NARROW)]  # the first one is for characters that a font has not
    groups = [(1, _LATIN[0] - 1, 1), (*_LATIN, 2), (_LATIN[1] + 1, _LAST, 1)]
    cmap = struct.pack(">HHIII", _EVERY, 0, 16 + 12 * len(groups), 0, len(groups)) + b"".join(
        struct.pack(">III", *group) for group in groups
    )
    count = len(glyphs)
    box = struct.pack(">4h", 0, _DESCENT, _EM, _ASCENT)
    tables = {
        b"cmap": struct.pack(">HHHHI", 0, 1, 3, 10, 12) + cmap,
        b"glyf": b"".join(glyphs),
        b"head": struct.pack(">IIIIHHqq", 0x10000, 0x10000, 0, _MAGIC, 0, _EM, 0, 0) + box + struct.pack(">HHhhh", 0, 8, 2, 1, 0),
        b"hhea": struct.pack(">Ihhh", 0x10000, _ASCENT, _DESCENT, 0) + struct.pack(">H11hH", _EM, 0, 0, _EM, *[0] * 8, count),
        b"hmtx": struct.pack(">HhHhHh", _EM, 0, _EM, 0, _EM // 2, 0),
        b"loca": struct.pack(f">{count + 1}I", *(sum(map(len, glyphs[:index])) for index in range(count + 1))),
        b"maxp": struct.pack(">IH13H", 0x10000, count, 4, 1, 0, 0, 1, *[0] * 8),
    }
    return _file(tables)


def _box(width: int) -> bytes:
    """A glyph that fills its height and ``width``."""
    corners = (
        struct.pack(">4b", 1, 1, 1, 1)
        + struct.pack(">4h", 0, 0, width, 0)
        + struct.pack(">4h", _DESCENT, _ASCENT - _DESCENT, 0, _DESCENT - _ASCENT)
    )
    glyph = struct.pack(">5h", 1, 0, _DESCENT, width, _ASCENT) + struct.pack(">HH", 3, 0) + corners
    return glyph + b"\0" * (-len(glyph) % 4)


def _file(tables: dict[bytes, bytes]) -> bytes:
    """The tables in one file, in the order of their names, each at a multiple of four bytes."""
    directory = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, len(tables) * 16 - 64)
    place = len(directory) + 16 * len(tables)
    body = b""
    for name, content in tables.items():
        directory += name + struct.pack(">III", 0, place + len(body), len(content))
        body += content + b"\0" * (-len(content) % 4)
    return directory + body


@cache
def use_stand_in() -> object:
    """Make the stand-in known to pdfium. What comes back must stay alive as long as pdfium is used; the cache keeps it."""
    import pypdfium2.raw as pdfium

    font = stand_in()
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    calls = {
        "MapFont": lambda *_: 1,
        "GetFont": lambda *_: 1,
        "GetFontData": lambda _info, _font, table, buffer, size: _give(font, buffer, size) if table == 0 else 0,
        "GetFaceName": lambda _info, _font, buffer, size: _give(_NAME + b"\0", buffer, size),
        "GetFontCharset": lambda *_: _GB2312,
        "DeleteFont": lambda *_: None,
    }
    info = pdfium.FPDF_SYSFONTINFO(version=1, **{name: kinds[name](call) for name, call in calls.items()})
    pdfium.FPDF_SetSystemFontInfo(ctypes.byref(info))
    return info


def _give(content: bytes, buffer: object, size: int) -> int:
    """Copy ``content`` into a buffer of C that is large enough for it; how large it must be."""
    if buffer and size >= len(content):
        ctypes.memmove(buffer, content, len(content))  # type: ignore[arg-type]
    return len(content)
