"""Cut a document into sections, sentences and words."""

from __future__ import annotations

from pipeline.segment.structure import segment

__all__ = ["segment"]
