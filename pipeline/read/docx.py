"""Read Word documents: ``.docx`` and ``.docm``, by an own walk over their XML.

Reads: a file. Writes: its paragraphs with their automatic numbers, its tables, text boxes and notes, tracked changes as accepted.
Headers, footers and comments are left out; a table of contents is furniture; notes stand at the end, their marks left out.
Import it when a Word document is met: the parser of XML takes time to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from pipeline.errors import ReadError
from pipeline.read.blocks import Blocks
from pipeline.read.docx_numbering import Numbering
from pipeline.read.docx_package import message, open_package, parse, reason
from pipeline.read.docx_styles import Styles, W
from pipeline.read.docx_walk import Walk
from pipeline.records import DocumentWarning
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pathlib import Path

    from pipeline.read.blocks import Block
    from pipeline.read.docx_package import Package

_STYLED = (b"pStyle", b"rStyle")  # what a document holds that uses styles other than the default one
_TELLING = (b"vanish", b'val="toc ', b'val="TOC ')  # what styles hold that matter here, numbering aside


def read_docx(path: Path) -> Blocks:
    """The content of the Word document at ``path``, in reading order.

    A page is given where the program that saved the file marked the pages that it laid out, else None. Raises ReadError with
    what is wrong (encrypted, another format, cut off, damaged, built to harm) and what to do.
    """
    try:
        with open_package(path) as package:
            return _read(package)
    except RecursionError as error:
        raise ReadError(message("deep", source=str(path))) from error


def _read(package: Package) -> Blocks:
    warnings: list[DocumentWarning] = []
    try:
        root, source = package.parse_main()
    except etree.XMLSyntaxError as error:
        raise ReadError(message("damaged", source=package.source, reason=reason("xml"))) from error
    body = root.find(f"{W}body") if root.tag == f"{W}document" else None
    if body is None:
        raise ReadError(message("damaged", source=package.source, reason=reason("missing")))
    styled = any(word in source for word in _STYLED)
    lists = _side_part(package, "numbering", warnings) if styled or b"numPr" in source else None
    asked = () if lists is not None else _TELLING
    styles = Styles(_side_part(package, "styles", warnings, only=asked) if styled or lists is not None else None)
    walk = Walk(styles, Numbering(lists, styles) if lists is not None else None, source)
    blocks = walk.read(body)
    blocks.extend(_read_notes(package, walk, warnings))
    if walk.embedded:
        warnings.append(DocumentWarning("embedded", message("embedded", count=walk.embedded)))
    if not blocks:
        raise ReadError(message("empty", source=package.source))
    return Blocks(tuple(blocks), tuple(warnings))


def _side_part(package: Package, kind: str, warnings: list[DocumentWarning], only: tuple[bytes, ...] = ()) -> Any | None:
    """The root of a part beside the document; None where it is not there or holds none of ``only``.

    A damaged one is told and done without.
    """
    content = package.read_related(kind)
    if content is None or (only and not any(word in content for word in only)):
        return None
    try:
        return parse(content, package.source)
    except etree.XMLSyntaxError:
        warnings.append(DocumentWarning("part", message("part", part=load_rules("docx").data["part_names"][kind])))
        return None


def _read_notes(package: Package, walk: Walk, warnings: list[DocumentWarning]) -> list[Block]:
    """The notes that the document refers to, in the order of their marks, footnotes before endnotes."""
    blocks: list[Block] = []
    marks, walk.notes = walk.notes, []
    for kind, tag in (("footnotes", f"{W}footnote"), ("endnotes", f"{W}endnote")):
        if not any(mark[0] == kind for mark in marks):
            continue
        root = _side_part(package, kind, warnings)
        notes = {note.get(f"{W}id"): note for note in root.iterfind(tag)} if root is not None else {}
        for of, name, page in marks:
            note = notes.pop(name, None) if of == kind else None
            if note is not None:
                blocks.extend(walk.read(note, page))
    return blocks
