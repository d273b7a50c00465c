"""What search holds of a store while it answers: documents, passages as arrays, and their vectors.

Reads: an open store. Writes: ``Index``; its arrays have one entry for each passage, in the order of the passages' numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.search.encoder import Encoder
    from pipeline.store import SqliteStore
    from pipeline.store.interface import PassageTable, StoredDocument


@dataclass(frozen=True, slots=True)
class Index:
    """A store as arrays. ``document`` gives for each passage the position of its document in ``documents``.

    ``years`` and ``copies`` have one entry for each document: the year it stands for (0 unknown), and whether it is a copy of a library.
    """

    store: SqliteStore
    encoder: Encoder
    documents: tuple[StoredDocument, ...]
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
    generation = store.generation()
    documents = tuple(store.documents())
    passages = store.passage_table()
    numbers = np.array([document.number for document in documents], np.int64)
    return Index(
        store=store,
        encoder=encoder,
        documents=documents,
        passages=passages,
        document=np.searchsorted(numbers, passages.document),
        vectors=store.vectors(),
        years=np.array([document.year or 0 for document in documents], np.int64),
        copies=np.array([document.rank > 0 for document in documents], np.bool_),
        generation=generation,
    )
