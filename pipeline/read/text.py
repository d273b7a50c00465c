"""Read plain text files.

Reads: ``.txt``, ``.md`` and files without a suffix. Writes: ``Document``.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path, PurePath

from pipeline.errors import ReadError
from pipeline.records import Document

_YEAR = re.compile(r"(?<!\d)(19[4-9]\d|20\d\d)(?!\d)")


def read_document(path: Path, *, allow_marked: bool = False) -> Document:
    """The document in the file ``path``. Raises ReadError; MarkedSecretError unless ``allow_marked``."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(f"{path}: {error}") from error
    return document_from_text(text, str(path), allow_marked=allow_marked)


def document_from_text(text: str, source: str, *, allow_marked: bool = False) -> Document:  # noqa: ARG001
    """The document whose content is ``text``; the name in ``source`` is evidence for place and year."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise ReadError(f"{source}: no text in it")
    stem = PurePath(source).stem
    year = _YEAR.search(stem)
    plan = int(year[1]) if year else None
    return Document(
        doc_id=f"{stem}-{hashlib.sha256(stem.encode()).hexdigest()[:8]}",
        content_id=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        revision=1,
        source=source,
        text=text,
        plan_year=plan,
        review_year=plan - 1 if plan else None,
    )
