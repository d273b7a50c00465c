"""Read: bytes → Document. One format a module (text); what the text says of itself is read by metadata and furniture.

Reads: a file, or text that is already in memory. Writes: ``Document``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.read.document import document_from_text, read_document

__all__ = ["document_from_text", "read_document"]


def __getattr__(name: str) -> Any:
    """The two verbs, loaded at their first use: a search reads names of places and no documents, and saves a tenth of a second."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from pipeline.read import document

    return getattr(document, name)
