"""Turn text into vectors whose closeness is closeness of meaning, with a small table of word vectors and numpy alone.

Reads: ``models/encoder`` (a static embedding model in the format of sentence-transformers) and text. Writes: normalised float32 rows.

The model folder is read by hand: a safetensors file is eight bytes of header length, a JSON header, and the raw numbers, which stay on
disk until rows are asked for. Words are found as the model's tokenizer.json lays down: the longest entry of the vocabulary at each place.
"""

from __future__ import annotations

import re
import struct
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import orjson

from pipeline.errors import ModelError
from pipeline.search.tokens import folded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MODEL = Path(__file__).parents[2] / "models" / "encoder"
_BODY = "0_StaticEmbedding"
_WORD = re.compile(r"[\u4e00-\u9fff]+|[a-z]+")
_WHOLE_TABLE_PAYS = 50  # texts from which on converting the whole table once is cheaper than converting rows text by text


class Encoder(Protocol):
    """What search and the store need to know of any encoder."""

    @property
    def name(self) -> str:
        """Names the model and its weights: vectors of two names cannot be compared."""

    @property
    def dimensions(self) -> int:
        """The length of a vector."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One normalised row for each text; a row of zeros for a text without any known word."""


class StaticEncoder:
    """The mean of the vectors of a text's words."""

    def __init__(self, folder: Path) -> None:
        """Open the model in ``folder``. Raises ModelError when it is none, or broken."""
        try:
            vocabulary = orjson.loads((folder / _BODY / "tokenizer.json").read_bytes())["model"]["vocab"]
            self._table = _read_table(folder / _BODY / "model.safetensors")
            self.name = str(orjson.loads((folder / "config_sentence_transformers.json").read_bytes())["fingerprint"])
        except (OSError, ValueError, KeyError, struct.error) as error:
            raise ModelError(f"{folder}: cannot be read as an encoder ({error}); run `make models`") from error
        self.dimensions = int(self._table.shape[1])
        self._rows: dict[str, int] = vocabulary
        self._longest = _longest_by_opening(vocabulary)
        self._whole: NDArray[np.float32] | None = None

    def words(self, text: str) -> list[str]:
        """The entries of the vocabulary that ``text`` is cut into: at each place the longest that stands there."""
        longest, words = self._longest, []
        for run in _WORD.findall(folded(text)):
            at, end = 0, len(run)
            while at < end:
                word = run[at : at + 2]
                length = longest.get(word)
                if length is None:
                    word = run[at]
                elif length > 2:  # of length 2 is the pair itself
                    word = self._longest_at(run, at, min(length, end - at))
                words.append(word)
                at += len(word)
        return words

    def _longest_at(self, run: str, at: int, length: int) -> str:
        """The longest entry of at most ``length`` characters at a place; the character there if none is longer."""
        for end in range(at + length, at + 1, -1):
            if run[at:end] in self._rows:
                return run[at:end]
        return run[at]

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One normalised row for each text; a row of zeros for a text without any known word."""
        if self._whole is None and len(texts) >= _WHOLE_TABLE_PAYS:
            self._whole = self._table.astype(np.float32)
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        rows = self._rows
        for number, text in enumerate(texts):
            indices = [row for word in self.words(text) if (row := rows.get(word)) is not None]
            if indices:
                known = self._table[indices].astype(np.float32) if self._whole is None else self._whole[indices]
                known.sum(0, out=vectors[number])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors


@cache
def load_encoder(name_or_path: str | None = None, *, allow_download: bool = False) -> Encoder:
    """The encoder of this project, or the sentence-transformers model called ``name_or_path`` (a folder, or a name).

    Static models of this project's form are read by numpy; any other needs the extra ``neural``. Nothing is downloaded unless
    ``allow_download``. Raises ModelError when there is no such model.
    """
    if name_or_path is None:
        return StaticEncoder(MODEL)
    if (Path(name_or_path) / _BODY / "tokenizer.json").exists():
        return StaticEncoder(Path(name_or_path))
    from pipeline.search.neural import NeuralEncoder

    return NeuralEncoder(name_or_path, allow_download=allow_download)


def _read_table(path: Path) -> NDArray[Any]:
    """The matrix in a safetensors file, mapped from disk."""
    with path.open("rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header: dict[str, Any] = orjson.loads(file.read(length))
    entry = header["embedding.weight"]
    kinds = {"F16": "<f2", "F32": "<f4"}
    table: NDArray[Any] = np.memmap(path, kinds[entry["dtype"]], "r", 8 + length + entry["data_offsets"][0], tuple(entry["shape"]))
    return table


def _longest_by_opening(vocabulary: dict[str, int]) -> dict[str, int]:
    """The length of the longest entry for each first pair of characters: most places need no look at long entries."""
    longest: dict[str, int] = {}
    for word in vocabulary:
        if len(word) > longest.get(word[:2], 1):
            longest[word[:2]] = len(word)
    return longest
