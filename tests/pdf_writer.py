"""Write small PDF files by hand: text at any place in any character of the basic plane, rules, turned pages, broken objects."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

WIDTH, HEIGHT = 595, 842  # points: A4
FONT = b"<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/Identity-H/DescendantFonts[5 0 R]%s>>"
DESCENDANT = (
    b"<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
    b"/FontDescriptor 6 0 R/DW 1000/W[32[" + b"500 " * 95 + b"]]>>"
)
DESCRIPTOR = b"<</Type/FontDescriptor/FontName/SimSun/Flags 4/FontBBox[0 -140 1000 860]/ItalicAngle 0/Ascent 860/Descent -140/StemV 80>>"


@dataclass
class Page:
    """One page: what is drawn on it, its turn and whether its text has a Unicode map."""

    drawn: list[str] = field(default_factory=list)
    turn: int = 0

    def text(self, left: float, bottom: float, text: str, size: float = 16) -> Page:
        """Text whose first character stands at ``left``, its line at ``bottom``."""
        self.drawn.append(f"BT /F1 {size} Tf 1 0 0 1 {left} {bottom} Tm <{text.encode('utf-16-be').hex()}> Tj ET")
        return self

    def lines(self, lines: list[str], *, left: float = 80, top: float = 740, size: float = 16, pitch: float = 28) -> Page:
        """Lines one below the other; full-width blanks at the start of one are an indent."""
        for number, line in enumerate(lines):
            indent = len(line) - len(line.lstrip("\u3000"))
            self.text(left + indent * size, top - number * pitch, line[indent:], size)
        return self

    def table(self, xs: list[float], ys: list[float], missing: tuple[tuple[float, float, float, float], ...] = ()) -> Page:
        """Rules round the cells between ``xs`` and ``ys``, but for the ``missing`` pieces (x, y to x, y)."""
        pieces = [(a, y, b, y) for y in ys for a, b in itertools.pairwise(xs)]
        pieces += [(x, a, x, b) for x in xs for a, b in itertools.pairwise(ys)]
        self.drawn += [f"{a} {b} m {c} {d} l S" for a, b, c, d in pieces if (a, b, c, d) not in missing]
        return self


def pdf_of(pages: list[Page], *, mapped: bool = True) -> bytes:
    """A PDF of ``pages``; ``mapped``: its font says which character each code is."""
    first = 8
    kids = b" ".join(b"%d 0 R" % (first + 2 * number) for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count %d/MediaBox[0 0 %d %d]/Resources<</Font<</F1 4 0 R>>>>>>" % (kids, len(pages), WIDTH, HEIGHT),
        b"<<>>",
        FONT % (b"/ToUnicode 7 0 R" if mapped else b""),
        DESCENDANT,
        DESCRIPTOR,
        stream(_unicode_map()),
    ]
    for number, page in enumerate(pages):
        objects.append(b"<</Type/Page/Parent 2 0 R/Rotate %d/Contents %d 0 R>>" % (page.turn, first + 2 * number + 1))
        objects.append(stream("\n".join(page.drawn).encode()))
    return file_of(objects)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """A stream object."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def file_of(objects: list[bytes]) -> bytes:
    """A PDF of ``objects``, numbered from 1; the first is the catalogue."""
    content = b"%PDF-1.7\n"
    places: list[int] = []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return content + head + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(content))


def _unicode_map() -> bytes:
    """Each code is its own character."""
    rows = [b"<%02x00><%02xff><%02x00>" % (high, high, high) for high in range(256)]
    blocks = [rows[start : start + 64] for start in range(0, 256, 64)]
    body = b"".join(b"%d beginbfrange\n%s\nendbfrange\n" % (len(block), b"\n".join(block)) for block in blocks)
    return (
        b"/CIDInit/ProcSet findresource begin 12 dict begin begincmap/CMapName/Own def/CMapType 2 def\n"
        b"1 begincodespacerange<0000><ffff>endcodespacerange\n" + body + b"endcmap end end"
    )
