"""Chinese policy documents in; tasks, quantities and deadlines that point back to their characters out.

The pipeline is a few verbs, one module or folder each, and the arrows never run back:

    file ─ read_document ─▶ Document ─ segment ─▶ Outline ─ extract ─▶ Extraction ─ write ─▶ .jsonl .csv .xlsx .parquet

``pipeline.read``      bytes to ``Document``: text in any encoding, metadata, warnings, page furniture
``pipeline.segment``   ``Document`` to ``Outline``: the section tree and the sentences; words
``pipeline.extract``   ``Document`` to ``Extraction``: judge each sentence, find times, quantities, deadlines, units, actions; assemble
``pipeline.export``    records to files; ``pipeline.batch`` many files on many cores; ``pipeline.evaluate`` scores against gold
``pipeline.normalize`` every number and time expression of a line, apart from documents
``pipeline.records``   the frozen records of every stage; ``pipeline.rules`` the wordings as data, loaded by ``pipeline.rulebook``
``pipeline.store``     one file that keeps documents and records; ``pipeline.search`` finds passages in it
``pipeline.analysis``  a store as DataFrames, charts, and ``read``, ``segment``, ``extract`` on a string or a file

Import the verbs from their modules (``from pipeline.read import read_document``): nothing is loaded that a command does not use.
``from pipeline import open_store`` opens a store for analysis; it needs the extra ``analysis``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.analysis.store import open_store as open_store

__all__ = ["open_store"]


def __getattr__(name: str) -> object:
    """``open_store``, loaded when it is asked for: pandas takes half a second, which no command line should wait for."""
    if name == "open_store":
        from pipeline.analysis.store import open_store

        return open_store
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
