"""What a store gives to the parts that stand on it, whatever engine keeps it.

Reads: nothing. Writes: the shapes of what is asked and answered; ``sqlite.SqliteStore`` is the engine that ships.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    from numpy.typing import NDArray

    from pipeline.records import Deadline, Document, Extraction, Quantity, Span, Task


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records are wanted; None asks for all. Several conditions hold together.

    ``year`` is the document's own or one that the record's period touches, ``place`` the document's in full, ``since`` and ``until``
    bound the last day of the record's period (ISO dates, inclusive). ``responsible`` is a part of the name of a unit of a task,
    ``status`` that of tasks or of quantities, ``indicator`` and ``unit`` those of quantities, ``relation`` that of deadlines.
    """

    doc_id: str | None = None
    place: str | None = None
    year: int | None = None
    since: str | None = None
    until: str | None = None
    status: str | None = None
    part: str | None = None
    responsible: str | None = None
    indicator: str | None = None
    unit: str | None = None
    relation: str | None = None


EVERYTHING = RecordFilter()


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with the number by which both indexes know it, and the number of its document."""

    number: int
    document: int
    span: Span
    section: tuple[str, ...]
    clause: str | None
    part: str | None
    records: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class PassageTable:
    """All passages as parallel arrays in the order of their numbers: what filters compare.

    ``years`` has bit n set for the year 1990 + n, ``flags`` are those of ``passages.STATUS_FLAGS`` and ``passages.HAS_…``,
    ``due_first`` and ``due_last`` are YYYYMMDD, 0 without a deadline; ``document`` are numbers of documents.
    """

    number: NDArray[np.int64]
    document: NDArray[np.int64]
    years: NDArray[np.int64]
    flags: NDArray[np.int64]
    due_first: NDArray[np.int64]
    due_last: NDArray[np.int64]


class Store(Protocol):
    """Documents and their records, typed and streaming; records come with people's corrections in them."""

    def generation(self) -> int:
        """Counts the changes of the store: what was read under another number may be out of date."""

    def documents(self) -> Iterator[dict[str, Any]]:
        """Every document as a row of the contract, in the order in which they came: without its text, and with what the store knows.

        ``number`` is the one that passages name, ``year`` the one that the document stands for, ``rank`` 0 for official documents and 1
        for copies from library sites, ``duplicate_of`` the document that holds the content of a copy, ``ingested`` when it came.
        """

    def document(self, doc_id: str) -> Document | None:
        """The document with its text, or None if the store has none of that name."""

    def lines(self, doc_id: str) -> bytes:
        """The machine's records of a document as the JSON lines of the contract; empty if the store has none of that name."""

    def extraction(self, doc_id: str) -> Extraction | None:
        """Document and records of one document, with corrections; of a copy the machine's records."""

    def rows(self, kind: str, where: RecordFilter = EVERYTHING) -> Iterator[dict[str, Any]]:
        """Records of one kind as rows of the contract; ``reviewed`` tells of a person's decision."""

    def record(self, name: str) -> dict[str, Any] | None:
        """The record with this id as a row of the contract, or None if there is none or a person has rejected it."""

    def tasks(self, where: RecordFilter = EVERYTHING) -> Iterator[Task]:
        """Tasks, document by document in text order."""

    def quantities(self, where: RecordFilter = EVERYTHING) -> Iterator[Quantity]:
        """Quantities, document by document in text order."""

    def deadlines(self, where: RecordFilter = EVERYTHING) -> Iterator[Deadline]:
        """Deadlines, document by document in text order."""

    def passages(self, numbers: Iterable[int]) -> list[StoredPassage]:
        """The passages with these numbers, in the order asked for; numbers that are no longer there are left out."""

    def passage_table(self) -> PassageTable:
        """What filters compare, of all passages."""

    def vectors(self) -> NDArray[np.float32]:
        """A vector of length 1 for each passage, in the order of their numbers; zeros for one without any known word."""

    def nearest(self, vector: NDArray[np.float32], documents: Iterable[int], limit: int) -> list[tuple[int, float]]:
        """The passages of these documents (numbers) that are nearest to ``vector``: number and cosine, best first."""
