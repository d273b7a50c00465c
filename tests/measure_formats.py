"""Measure how well the formats are read: originals against the texts that others took from them.

Run ``python -m tests.measure_formats [folder]``: for each original its character error rate, and the F1 of the values of its quantities
against those of its reference, both in percent. Blanks, full-width forms and page furniture do not count.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import ReadError
from pipeline.extract import extract
from pipeline.read import document_from_text, read_document
from pipeline.read.table_headers import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Document

CORPUS = Path(__file__).parents[2] / "shared" / "corpus"
# Folders with references, for each folder of originals; a reference begins with the name of its original.
REFERENCES = {"docx": ("provinces-2025", "cities-2024"), "html": ("state-council-documents",), "pdf": ("originals/pdf", "five-year-plans")}
_RENAMED = {"云南省国民经济和社会发展第十个五年计划纲要": "云南省_十五计划纲要"}
# What one typist writes for another's character: marks that differ without a difference in meaning.
_ALIKE = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "—": "-", "–": "-", "－": "-", "─": "-", "·": "•", "・": "•", "〇": "○"})

# Some references were taken from pages whose digits stand apart (1 2 %, 6 .5 %), which are no figures to a reader of text.
_INSIDE_FIGURES = re.compile(r"(?<=[\d.])[ \t]+(?=[\d.%])|(?<=[\u4e00-\u9fff])[ \t]+(?=[\d,，])|(?<=[\d%])[ \t]+(?=[\u4e00-\u9fff])")


@dataclass(frozen=True, slots=True)
class Measured:
    """One original: how many characters its reference has, how many differ, and the F1 of the values of its quantities."""

    name: str
    length: int
    errors: int
    values: float

    @property
    def error_rate(self) -> float:
        """Share of characters that differ."""
        return self.errors / self.length if self.length else 0.0


def folded(document: Document) -> str:
    """The body of a document without blanks and furniture, full-width forms as ASCII, tables without repeated headers."""
    text, position = document.text, 0
    pieces: list[str] = []
    hidden = [*document.furniture]
    headers: dict[int, str] = {}  # of tables whose cells stand behind them, by where the table begins
    for table in document.tables:
        cells = sorted({span for row in table.rows for span in row if span[0] < span[1]})
        edges = [table.span[0], *(place for cell in cells for place in cell), table.span[1]]
        hidden += [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]
        if kind_of(table) != "other":
            headers[table.span[0]] = "".join(dict.fromkeys(level for column in table.columns for level in column.split("·")))
    for start, end in sorted(hidden):
        pieces += (text[position : max(position, start)], headers.pop(start, ""))
        position = max(position, end)
    pieces.append(text[position:])
    return "".join(unicodedata.normalize("NFKC", "".join(pieces)).translate(_ALIKE).split())


def distance(first: str, second: str) -> int:
    """Edit distance, by the bit-parallel method of Myers (1999) on whole columns."""
    if len(first) < len(second):
        first, second = second, first
    if not second:
        return len(first)
    places: dict[str, int] = {}
    for i, character in enumerate(second):
        places[character] = places.get(character, 0) | 1 << i
    mask, last = (1 << len(second)) - 1, 1 << (len(second) - 1)
    plus, minus, score = mask, 0, len(second)
    for character in first:
        equal = places.get(character, 0)
        vertical = equal | minus
        horizontal = (((equal & plus) + plus) ^ plus) | equal
        up, down = minus | ~(horizontal | plus) & mask, plus & horizontal
        score += 1 if up & last else -1 if down & last else 0
        up, down = (up << 1 | 1) & mask, (down << 1) & mask
        plus, minus = down | ~(vertical | up) & mask, up & vertical
    return score


def values(document: Document) -> Counter[tuple[object, ...]]:
    """The values of the quantities of a document, with how often each is told."""
    return Counter((q.low, q.high, q.unit, q.comparator) for q in extract(document).quantities)


def agreement(first: Counter[tuple[object, ...]], second: Counter[tuple[object, ...]]) -> float:
    """F1 of two bags; 1 where both are empty."""
    total = first.total() + second.total()
    return 2 * (first & second).total() / total if total else 1.0


def pairs(corpus: Path = CORPUS) -> Iterator[tuple[Path, Path]]:
    """Originals with the text that is their reference."""
    for kind, folders in REFERENCES.items():
        for original in sorted((corpus / "originals" / kind).glob(f"*.{kind}")):
            stem = _RENAMED.get(original.stem, original.stem)
            found = [path for folder in folders for path in sorted((corpus / folder).glob("*.txt")) if path.stem.startswith(stem)]
            if found:
                yield original, found[0]


def measure(original: Path, reference: Path) -> Measured:
    """Read both and compare them. Raises ReadError where the original cannot be read."""
    read, right = read_document(original, allow_marked=True), read_document(reference, allow_marked=True)
    body, wanted = folded(read), folded(right)
    right = document_from_text(_INSIDE_FIGURES.sub("", right.text), str(original), allow_marked=True)
    return Measured(original.name, len(wanted), distance(body, wanted), agreement(values(read), values(right)))


def main() -> None:
    """Print a line for each original, and the sums of each format."""
    corpus = Path(sys.argv[1]) if len(sys.argv) > 1 else CORPUS
    kinds: dict[str, list[Measured]] = {}
    for original, reference in pairs(corpus):
        try:
            found = measure(original, reference)
        except ReadError as error:
            sys.stdout.write(f"{'–':>8} {'–':>7}  {error}\n")
            continue
        kinds.setdefault(original.suffix, []).append(found)
        sys.stdout.write(f"{found.error_rate:8.3%} {found.values:7.2%}  {found.name} ({found.errors} of {found.length})\n")
    for suffix, rows in kinds.items():
        length, errors = sum(row.length for row in rows), sum(row.errors for row in rows)
        sys.stdout.write(f"{errors / max(1, length):8.3%} {sum(row.values for row in rows) / len(rows):7.2%}  {suffix}: {len(rows)}\n")


if __name__ == "__main__":
    main()
