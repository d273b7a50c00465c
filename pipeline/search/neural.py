"""Use any sentence-transformers model as the encoder: slower and heavier, and for some texts better.

Reads: a model in a folder, or by name from the cache of downloads. Writes: normalised float32 rows. Needs the extra ``neural``.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from pipeline.errors import ModelError
from pipeline.search.show import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_PIECE = 1 << 20  # bytes of a weights file that are read at a time


class NeuralEncoder:
    """A sentence-transformers model: weights in safetensors only, none of its own code run, nothing fetched unless allowed."""

    def __init__(self, name_or_path: str, *, allow_download: bool = False) -> None:
        """Load the model. Raises ModelError with the way out when it, or the extra, is not there."""
        folder = Path(name_or_path)
        if not allow_download:
            os.environ.setdefault("HF_HUB_OFFLINE", "1")  # read when the library is imported
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelError(message("no_neural", model=name_or_path)) from error
        try:
            self._model = SentenceTransformer(
                name_or_path,
                device="cpu",
                trust_remote_code=False,
                local_files_only=not allow_download,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, RuntimeError, KeyError, ImportError) as error:
            reason = " ".join(str(error).split())
            raise ModelError(message("no_model", model=name_or_path, reason=reason)) from error
        self.dimensions = int(self.encode(["."]).shape[1])
        self.name = f"{folder.name}-{_fingerprint(folder)}" if folder.is_dir() else name_or_path

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """One normalised row for each text."""
        if not texts:
            return np.zeros((0, self.dimensions), np.float32)
        rows = self._model.encode(list(texts), normalize_embeddings=True, convert_to_numpy=True, show_progress_bar=False)
        return np.asarray(rows, np.float32)


def _fingerprint(folder: Path) -> str:
    """A short hash of the weights: a model that was trained again has another."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.safetensors")):
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
    return digest.hexdigest()[:12]
