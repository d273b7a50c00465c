"""Read: bytes → Document. One format a module (text); what the text says of itself is read by metadata and furniture.

Reads: a file, or text that is already in memory. Writes: ``Document``.
"""

from __future__ import annotations

from pipeline.read.document import document_from_text, read_document

__all__ = ["document_from_text", "read_document"]
