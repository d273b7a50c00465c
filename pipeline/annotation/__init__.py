"""Annotation: documents out to the tools that a team knows, and what people marked there back in.

Reads: ``Extraction`` or gold documents; exports of doccano and Label Studio. Writes: files for these tools; gold documents; corrections.

``sheet`` is what all of them share: a text with marks. ``doccano`` and ``label_studio`` write and read it in their formats, ``gold``
makes annotated documents of it, and ``decisions`` what people decided about the records of a store.
"""
