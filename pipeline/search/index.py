"""What search holds of a store while it answers: documents, passages as arrays, and their vectors.

Reads: an open store. Writes: ``Index``; its arrays have one entry for each passage, in the order of the passages' numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import numpy as np

from pipeline.store.errors import told_plainly

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.search.encoder import Encoder
    from pipeline.store import SqliteStore
    from pipeline.store.interface import PassageTable


@dataclass(frozen=True, slots=True)
class SearchedDocument:
    """What filters and hits need of a document. ``rank`` is 0 for official ones and 1 for copies from library sites."""

    number: int
    doc_id: str
    source: str
    title: str | None
    issuer: str | None
    place: str | None
    doc_number: str | None
    date: str | None
    doc_type: str
    validity: str
    year: int | None
    rank: int
    duplicate_of: str | None


_DOCUMENTS = f"SELECT {', '.join(field.name for field in fields(SearchedDocument))} FROM documents ORDER BY number"  # noqa: S608 - own names


@dataclass(frozen=True, slots=True)
class Index:
    """A store as arrays. ``document`` gives for each passage the position of its document in ``documents``.

    ``years`` and ``copies`` have one entry for each document: the year it stands for (0 unknown), and whether it is a copy of a library.
    """

    store: SqliteStore
    encoder: Encoder
    documents: tuple[SearchedDocument, ...]
    passages: PassageTable
    document: NDArray[np.intp]
    vectors: NDArray[np.float32]
    years: NDArray[np.int64]
    copies: NDArray[np.bool_]
    generation: int

    def positions(self, numbers: NDArray[np.int64]) -> NDArray[np.intp]:
        """Where the passages with these numbers stand in the arrays."""
        return np.searchsorted(self.passages.number, numbers)

    def of_documents(self, chosen: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which passages belong to the chosen documents."""
        return chosen[self.document] if len(self.documents) else np.zeros(0, np.bool_)


def load_index(store: SqliteStore, encoder: Encoder) -> Index:
    """Everything that search needs of ``store``. Raises StoreError when its vectors come from another encoder."""
    store.check_encoder(encoder)
    with told_plainly(store.path), store.connection:  # all as of one moment, though another process may write meanwhile
        generation = store.generation()
        documents = tuple(SearchedDocument(*row) for row in store.select(_DOCUMENTS))
        passages = store.passage_table()
        vectors = store.vectors()
    numbers = np.array([document.number for document in documents], np.int64)
    return Index(
        store=store,
        encoder=encoder,
        documents=documents,
        passages=passages,
        document=np.searchsorted(numbers, passages.document),
        vectors=vectors,
        years=np.array([document.year or 0 for document in documents], np.int64),
        copies=np.array([document.rank > 0 for document in documents], np.bool_),
        generation=generation,
    )
