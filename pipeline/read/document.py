"""Put a document together: its text, its names, what it says of itself, and what in it is page furniture.

Reads: a file, or text and the name of its source. Writes: ``Document``.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from pipeline.errors import MarkedSecretError, ReadError
from pipeline.read.document_warnings import message
from pipeline.read.formats import read_blocks
from pipeline.read.furniture import find_furniture
from pipeline.read.metadata import read_metadata
from pipeline.read.plain_tables import find_plain_tables
from pipeline.read.secrecy import find_mark
from pipeline.read.tables import LaidOut, lay_out
from pipeline.read.text import normal_line_ends, read_text
from pipeline.records import Document

if TYPE_CHECKING:
    from pipeline.records import Span

_STEM = 40  # characters of the file name in a document's id
_UNSAFE = re.compile(r"[^\w\u4e00-\u9fff-]+")


def read_document(path: Path, root: Path | None = None, *, allow_marked: bool = False) -> Document:
    """The document in the file ``path``: plain text, a web page, a Word document or a PDF with a text layer.

    ``root`` is the folder that was asked for, which tells files of one name in its sub-folders apart (``document_id``).
    Raises ReadError (empty, no such format, too large, no permission, no file), MarkedSecretError for a document marked 秘密,
    机密 or 绝密 unless ``allow_marked``.
    """
    blocks = read_blocks(path)
    if blocks is None:
        text, warnings = read_text(path)
        laid_out = LaidOut(text, (), (), find_plain_tables(text), warnings)
    else:
        laid_out = lay_out(blocks)
        if not laid_out.text.strip():
            raise ReadError(message("blank", source=str(path)))
    name = document_id(path.absolute(), root.absolute() if root else None)
    return _assemble(laid_out, str(path), name, allow_marked=allow_marked)


def document_from_text(text: str, source: str, *, allow_marked: bool = False) -> Document:
    """The document whose content is ``text``; the name in ``source``, a path, URL or mere file name, is evidence too.

    Raises ReadError for blank text, and MarkedSecretError as ``read_document`` does.
    """
    text = normal_line_ends(text)
    if not text.strip():
        raise ReadError(message("blank", source=source))
    return _assemble(LaidOut(text, (), (), find_plain_tables(text), ()), source, document_id(PurePath(source)), allow_marked=allow_marked)


def document_id(source: PurePath, root: PurePath | None = None) -> str:
    """The name of a document for good: the stem of its file, with a hash of its path from the folder ``root`` on.

    A later revision of the same file keeps it, and so does a folder that is moved as a whole; no two files of a folder share
    one, however deep they stand. Without ``root``, or outside it, the folder of the file stands for it.
    """
    depth = len(root.parts) if root is not None and source.is_relative_to(root) else len(source.parts) - 1
    key = "/".join(source.parts[max(0, min(depth, len(source.parts) - 1) - 1) :])
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{_UNSAFE.sub('_', source.stem)[:_STEM]}-{digest[:8]}"


def _assemble(laid_out: LaidOut, source: str, name: str, *, allow_marked: bool) -> Document:
    text = laid_out.text
    mark = find_mark(text)
    if mark and not allow_marked:
        raise MarkedSecretError(message("secret", source=source, mark=mark))
    furniture = _merged(find_furniture(text), laid_out.furniture)
    found = read_metadata(text, source, furniture)
    return Document(
        doc_id=name,
        content_id=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        revision=1,
        source=source,
        text=text,
        title=found.title,
        issuer=found.issuer,
        place=found.place,
        doc_number=found.doc_number,
        date=found.date,
        doc_type=found.doc_type,
        plan_year=found.plan_year,
        review_year=found.review_year,
        effective_from=found.effective_from,
        effective_to=found.effective_to,
        validity=found.validity,
        secrecy=mark,
        warnings=(*laid_out.warnings, *found.warnings),
        furniture=furniture,
        tables=laid_out.tables,
        pages=laid_out.pages,
    )


def _merged(found: tuple[Span, ...], told: tuple[Span, ...]) -> tuple[Span, ...]:
    """Furniture that is known by its wording and furniture that the format tells, in text order, each line once."""
    if not told:
        return found
    spans: list[Span] = []
    for start, end in sorted({*found, *told}):
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return tuple(spans)
