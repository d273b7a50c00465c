"""Score sentences by their characters: hashed n-grams looked up in tables of weights.

Reads: code points and sentence bounds. Writes: one row of sums per sentence. Everything works on the whole text at once; no loop
runs over characters.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator

Array = npt.NDArray[Any]

# Character n-grams are hashed into tables of these sizes: the grams of the whole sentence, and its first and last characters.
BODY_GRAMS = 3
BODY_BITS = 17
EDGE_GRAMS = 4
EDGE_BITS = 15
# A text is hashed in blocks of about this many characters, so that memory stays bounded.
_BLOCK = 1 << 18


@cache
def _codes() -> Array:
    """Hash every character of the basic plane: full-width forms as their half-width ones, 1–9 all alike.

    Zero stays apart, because targets are round (1500个) and results are not (1483个).
    """
    code = np.arange(1 << 16, dtype=np.uint32)
    wide = (code >= 0xFF01) & (code <= 0xFF5E)
    code[wide] -= 0xFEE0
    code[0x3000] = 0x20
    code[(code >= 0x31) & (code <= 0x39)] = 0x31
    code = (code + np.uint32(1)) * np.uint32(0x9E3779B1)
    code ^= code >> np.uint32(15)
    code *= np.uint32(0x85EBCA77)
    hashed: Array = code ^ (code >> np.uint32(13))
    return hashed


def code_points(text: str) -> Array:
    """The code points of ``text`` as unsigned 32-bit integers; lone surrogates count as characters too."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


def _slot(mixed: Array, bits: int) -> Array:
    return (mixed * np.uint32(0xC2B2AE3D)) >> np.uint32(32 - bits)


def body_slots(points: Array) -> Iterator[Array]:
    """For n = 1, 2, 3: the table slots of the n-grams that begin at each character of ``points`` (the last n - 1 are dropped)."""
    hashed = _codes()[np.minimum(points, 0xFFFF)]
    mixed = hashed
    for n in range(1, BODY_GRAMS + 1):
        if n > 1:
            mixed = mixed[:-1] * np.uint32(0x01000193) + hashed[n - 1 :]
        yield _slot(mixed ^ np.uint32(n * 0x51ED27), BODY_BITS)


def edge_slots(points: Array, starts: Array, ends: Array) -> Array:
    """Slots of the first 1–4 and last 1–4 characters of each sentence, one row a sentence; short sentences repeat their longest."""
    hashed = _codes()[np.minimum(points, 0xFFFF)]
    columns: list[Array] = []
    head = np.zeros(len(starts), np.uint32)
    tail = np.zeros(len(starts), np.uint32)
    for n in range(EDGE_GRAMS):
        inside = starts + n < ends
        head = np.where(inside, head * np.uint32(0x01000193) + hashed[np.minimum(starts + n, ends - 1)] + np.uint32(n), head)
        tail = np.where(inside, tail * np.uint32(0x01000193) + hashed[np.maximum(ends - 1 - n, starts)] + np.uint32(n), tail)
        columns += [_slot(head ^ np.uint32(0x7F4A7C15), EDGE_BITS), _slot(tail ^ np.uint32(0x3C6EF372), EDGE_BITS)]
    return np.stack(columns, 1)


def lexical_scores(points: Array, starts: Array, ends: Array, body: Array, edge: Array) -> Array:
    """Sum the table rows of the grams of each sentence: one row a sentence, one column per score.

    ``body`` and ``edge`` are tables of eight 8-bit columns; body sums are divided by the root of the number of grams.
    """
    scores = np.zeros((len(starts), 8), np.float32)
    packed = np.ascontiguousarray(body).view(np.uint64).ravel()
    first = 0
    while first < len(starts):
        last = int(np.searchsorted(starts, starts[first] + _BLOCK, "left"))
        last = max(last, first + 1)
        scores[first:last] = _block_scores(points[starts[first] : ends[last - 1]], starts[first:last], ends[first:last], packed)
        first = last
    rows = edge[edge_slots(points, starts, ends)]
    return np.concatenate([scores, rows.astype(np.int32).sum(1, dtype=np.int32).astype(np.float32)], 1)


def _block_scores(points: Array, starts: Array, ends: Array, packed: Array) -> Array:
    base = starts[0]
    total = np.zeros((len(starts), 8), np.int32)
    for n, slots in enumerate(body_slots(points)):
        rows = packed[slots].view(np.int8).reshape(-1, 8)
        a, b = starts - base, ends - base - n
        some = b > a
        if not some.any():
            continue
        borders = np.stack([a[some], b[some]], 1).ravel()
        if borders[-1] >= len(rows):
            rows = np.concatenate([rows, np.zeros((1, 8), np.int8)])
        total[some] += np.add.reduceat(rows, borders, axis=0, dtype=np.int32)[::2]
    scaled: Array = total / np.sqrt(gram_counts(starts, ends))[:, None]
    return scaled


def gram_counts(starts: Array, ends: Array) -> Array:
    """How many n-grams each sentence has."""
    length = ends - starts
    counted: Array = sum((np.maximum(length - n, 0) for n in range(BODY_GRAMS)), np.zeros_like(length))
    return counted
