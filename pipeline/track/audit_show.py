"""Checks of documents as rows and lines.

Reads: files, or a store. Writes: JSON rows as ``score_audit.py`` reads them, lines for a terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.errors import PipelineError
from pipeline.track.audit import audit

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from pipeline.track.audit_model import Check


def documents(paths: Sequence[Path], db: Path | None, failures: list[str]) -> Iterator[tuple[str, list[Check]]]:
    """Name and checks of each document of the files or the store; what cannot be read is told in ``failures``."""
    if db is not None:
        from pipeline.store import open_store

        with open_store(db, readonly=True) as store:
            for row in store.documents():
                if row["duplicate_of"] is None:
                    yield row["source"], audit(store.text(row["doc_id"]))
        return
    from pipeline.batch import find_sources
    from pipeline.read import read_document

    for source in find_sources(list(paths))[0]:
        try:
            yield str(source), audit(read_document(source).text)
        except PipelineError as error:
            failures.append(str(error))


def check_row(source: str, check: Check) -> dict[str, object]:
    """One check as a JSON row; ``holds`` is null for a value that is only implied."""
    return {
        "source": source,
        "holds": check.holds,
        "relation": check.relation,
        "quotes": check.quotes,
        "computed": check.computed,
        "stated": check.stated,
        "message": check.message,
        "span": check.span,
    }


def check_line(check: Check) -> str:
    """One check for the terminal: a mark, the sum and the words."""
    mark = {True: "✓", False: "✗", None: "→"}[check.holds]
    return f"  {mark} {check.message}｜{' … '.join(check.quotes)}"
