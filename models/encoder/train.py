"""Train the encoder: which words mean alike, learned from official texts and from the thesaurus. Writes the model beside this script.

Run: ``python models/encoder/train.py --corpus ../shared/corpus``

A word's vector is the sum of what is learned for the word itself, for its pairs of characters and for its characters, so that a word
seen once stands near the words that it is made of. These vectors begin as the left singular vectors of words × passages (latent
semantic analysis) and are then drawn so that pairs of texts that mean alike are nearer than the others of a batch: a few words of a
passage and the passage, neighbouring sentences, everyday wordings and what officials write for them. The same input gives the same model.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import sys
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.search.thesaurus import TABLES, read_tables
from pipeline.search.tokens import folded
from pipeline.segment.words import cut_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scipy.sparse import csr_matrix

    from pipeline.search.thesaurus import Concept

OUT = Path(__file__).parent
DIMENSIONS = 256
LONGEST = 4  # characters of a word; longer ones are cut in pieces of two
MOST_WORDS = 16_000  # 8 MB of numbers of two bytes
PASSAGE = 200  # characters: the size of what search ranks
SUBWORD = 0.5  # what the pairs and characters of a word count beside the word itself
STEPS, BATCH = 3000, 384
RATE, TEMPERATURE = 0.02, 0.05
TELLING = 4.0  # a passage stands for a term only where the term is rarer than e to minus this
PASSAGES_OF_A_TERM = 3
SHARES = {"cloze": 0.35, "neighbours": 0.15, "thesaurus": 0.25, "examples": 0.25}  # of a batch

_RUN = re.compile("[\u4e00-\u9fff]+|[a-z]{2,12}")
_SENTENCE = re.compile("[^。；！？\n]{6,}")

Text = list[str]  # as words
Pair = tuple[Text, Text]


def all_concepts() -> list[Concept]:
    """The concepts of the thesaurus, and single words that are too common to lead a search but teach which words go together."""
    return [*read_tables(TABLES), *read_tables(TABLES / "training")]


def read_passages(folder: Path) -> list[str]:
    """The official texts under ``folder`` in pieces of the size of passages, cut between sentences, without doubles."""
    pieces: dict[str, None] = {}
    for path in sorted(folder.rglob("*.txt")):
        for line in folded(path.read_text("utf-8", errors="ignore")).splitlines():
            piece = ""
            for sentence in _SENTENCE.findall(line):
                piece += sentence + "。"
                if len(piece) >= PASSAGE:
                    pieces[piece] = None
                    piece = ""
            if len(piece) > PASSAGE // 10:
                pieces[piece] = None
    return list(pieces)


def words_of(text: str) -> Text:
    """The words of a text, none longer than ``LONGEST``."""
    words = []
    for word in cut_words(folded(text)):
        for run in _RUN.findall(word):
            if len(run) <= LONGEST or run.isascii():
                words.append(run)
            else:
                words += [run[at : at + 2] for at in range(0, len(run), 2)]
    return words


def make_vocabulary(passages: list[Text], phrases: list[Text]) -> dict[str, int]:
    """Every character, every word of the thesaurus, and the most frequent words of official texts."""
    counts = Counter(word for words in passages for word in words)
    own = Counter(word for words in phrases for word in words)
    characters = sorted({character for word in (*counts, *own) if not word.isascii() for character in word})
    letters = [chr(code) for code in range(ord("a"), ord("z") + 1)]
    needed = [word for word in sorted(own) if len(word) > 1]
    room = MOST_WORDS - len(characters) - len(letters) - len(needed) - 1
    frequent = [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])) if len(word) > 1 and word not in own]
    return {word: number for number, word in enumerate(dict.fromkeys(["[UNK]", *letters, *characters, *needed, *frequent[:room]]))}


def cut_again(words: Text, vocabulary: dict[str, int]) -> Text:
    """The words that the vocabulary has, and the characters of those that it has not."""
    known = []
    for word in words:
        known += [word] if word in vocabulary else [character for character in word if character in vocabulary]
    return known


def composition(vocabulary: dict[str, int]) -> csr_matrix:
    """Words × features: the word itself (same number), its pairs of characters and its characters."""
    from scipy.sparse import csr_matrix

    pairs: dict[str, int] = {}
    rows, columns, values = [], [], []

    def put(row: int, column: int, value: float) -> None:
        rows.append(row)
        columns.append(column)
        values.append(value)

    for word, number in vocabulary.items():
        put(number, number, 1.0)
        if len(word) == 1 or word.isascii() or word == "[UNK]":
            continue
        for character in word:
            put(number, vocabulary[character], SUBWORD / len(word))
        for at in range(len(word) - 1) if len(word) > 2 else ():  # a word of two characters is its own pair
            pair = word[at : at + 2]
            column = vocabulary.get(pair) or pairs.setdefault(pair, len(vocabulary) + len(pairs))
            put(number, column, SUBWORD / (len(word) - 1))
    return csr_matrix((np.array(values, np.float32), (rows, columns)), (len(vocabulary), len(vocabulary) + len(pairs)))


def counts_matrix(texts: list[Text], vocabulary: dict[str, int]) -> csr_matrix:
    """Texts × words, each entry how often the word stands in the text."""
    from scipy.sparse import csr_matrix

    numbers = [[vocabulary[word] for word in text] for text in texts]
    ends = np.cumsum([0, *map(len, numbers)])
    flat = np.array([number for text in numbers for number in text], np.int32)
    matrix = csr_matrix((np.ones(len(flat), np.float32), flat, ends), (len(texts), len(vocabulary)))
    matrix.sum_duplicates()
    return matrix


def first_vectors(passages: csr_matrix, compose: csr_matrix) -> np.ndarray:
    """Vectors of the features by latent semantic analysis, each as long as the feature is telling."""
    from scipy.sparse import diags
    from sklearn.utils.extmath import randomized_svd

    features = (passages @ compose).T.tocsr()
    features.data = np.log1p(features.data)
    frequency = np.diff(features.indptr)
    telling = np.log((passages.shape[0] + 1) / (frequency + 1)).astype(np.float32)
    left, strength, _ = randomized_svd(diags(telling) @ features, DIMENSIONS, n_iter=4, random_state=0)
    table = left * np.sqrt(strength)
    table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-6
    return (table * telling[:, None] / telling.max()).astype(np.float32)


class Pairs:
    """All pairs of texts that mean alike, by kind, and batches of them."""

    def __init__(self, passages: list[str], vocabulary: dict[str, int]) -> None:
        """Cut everything into words once."""
        self.random = np.random.default_rng(0)
        self.texts = [cut_again(words_of(text), vocabulary) for text in passages]
        sentences = [[cut_again(words_of(sentence), vocabulary) for sentence in _SENTENCE.findall(text)] for text in passages]
        self.neighbours = [(a, b) for group in sentences for a, b in pairwise(group) if len(a) > 3 and len(b) > 3]
        self.thesaurus: list[Pair] = []
        self.examples: list[Pair] = []
        joined = "\n".join(passages)
        starts = np.cumsum([0, *(len(text) + 1 for text in passages)])
        for concept in all_concepts():
            everyday = [cut_again(words_of(phrase), vocabulary) for phrase in concept.everyday]
            for term in concept.official:
                official = cut_again(words_of(term), vocabulary)
                self.thesaurus += [(phrase, official) for phrase in everyday if phrase and official]
                found = self._containing(joined, folded(term), starts)
                self.examples += [(phrase, self.texts[number]) for phrase in (*everyday, official) if phrase for number in found]

    def _containing(self, joined: str, term: str, starts: np.ndarray) -> list[int]:
        """A few passages in which a rare term stands."""
        places = [match.start() for match in re.finditer(re.escape(term), joined)]
        if not places or np.log(len(starts) / len(places)) < TELLING:
            return []
        numbers = np.unique(np.searchsorted(starts, places, side="right") - 1)
        return [int(number) for number in self.random.choice(numbers, min(PASSAGES_OF_A_TERM, len(numbers)), replace=False)]

    def batches(self) -> Iterator[list[Pair]]:
        """Batches of pairs of all kinds, without end."""
        sources = {"neighbours": self.neighbours, "thesaurus": self.thesaurus, "examples": self.examples}
        while True:
            batch: list[Pair] = []
            for kind, share in SHARES.items():
                count = int(BATCH * share)
                if kind == "cloze":
                    batch += [self._cloze(int(number)) for number in self.random.integers(0, len(self.texts), count)]
                else:
                    batch += [sources[kind][int(number)] for number in self.random.integers(0, len(sources[kind]), count)]
            yield [pair for pair in batch if pair[0] and pair[1]]

    def _cloze(self, number: int) -> Pair:
        """A few words in a row of a passage, and the passage."""
        text = self.texts[number]
        length = int(self.random.integers(1, 5))
        at = int(self.random.integers(0, max(1, len(text) - length)))
        return text[at : at + length], text


def train(table: np.ndarray, compose: csr_matrix, pairs: Pairs, vocabulary: dict[str, int]) -> np.ndarray:
    """Draw pairs together by softmax over the batch, with AdaGrad; in and out: vectors of the features."""
    squares = np.full(table.shape[0], 1e-8, np.float32)
    for step, batch in zip(range(STEPS), pairs.batches(), strict=False):
        sides = [counts_matrix([pair[side] for pair in batch], vocabulary) @ compose for side in (0, 1)]
        active = np.unique(np.concatenate([side.indices for side in sides]))
        small = [side[:, active] for side in sides]
        local = table[active]
        raw = [side @ local for side in small]
        lengths = [np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6 for vectors in raw]
        left, right = (vectors / length for vectors, length in zip(raw, lengths, strict=True))
        likeness = left @ right.T / TEMPERATURE
        forth, back = _softmax(likeness), _softmax(likeness.T)
        loss = -np.log(np.diag(forth) + 1e-9).mean()
        slope = (forth + back.T - 2 * np.eye(len(batch), dtype=np.float32)) / (2 * len(batch) * TEMPERATURE)
        gradient = np.zeros_like(local)
        for own, other, length, matrix, drawn in ((left, right, lengths[0], small[0], slope), (right, left, lengths[1], small[1], slope.T)):
            pull = drawn @ other
            pull = (pull - own * (pull * own).sum(1, keepdims=True)) / length
            gradient += matrix.T @ pull
        squares[active] += (gradient**2).mean(1)
        rate = RATE * (1 - step / STEPS)
        table[active] -= rate * gradient / np.sqrt(squares[active])[:, None]
        if step % 250 == 0:
            print(f"step {step}: loss {loss:.3f}", flush=True)
    return table


def _softmax(values: np.ndarray) -> np.ndarray:
    powers = np.exp(values - values.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def write(table: np.ndarray, vocabulary: dict[str, int], out: Path) -> None:
    """Write the folder that sentence-transformers and pipeline.search.encoder read."""
    body = out / "0_StaticEmbedding"
    body.mkdir(parents=True, exist_ok=True)
    raw = (table / np.abs(table).max()).astype("<f2")
    raw[0] = 0  # unknown words say nothing
    header = json.dumps({"embedding.weight": {"dtype": "F16", "shape": list(raw.shape), "data_offsets": [0, raw.nbytes]}}).encode()
    header += b" " * (-len(header) % 8)
    (body / "model.safetensors").write_bytes(struct.pack("<Q", len(header)) + header + raw.tobytes())
    letters = "".join(sorted(word for word in vocabulary if len(word) == 1))
    tokenizer = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "Split", "pattern": {"Regex": f"[^{letters}]+"}, "behavior": "Removed", "invert": False},
                {"type": "Split", "pattern": {"Regex": "[a-z]+"}, "behavior": "Isolated", "invert": False},
            ],
        },
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "",
            "max_input_chars_per_word": 100_000,
            "vocab": vocabulary,
        },
    }
    (body / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False) + "\n", "utf-8")
    modules = [
        {"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    (out / "modules.json").write_text(json.dumps(modules, indent=1) + "\n", "utf-8")
    fingerprint = "static-" + hashlib.sha256(raw.tobytes() + json.dumps(vocabulary).encode()).hexdigest()[:12]
    config = {
        "model_type": "SentenceTransformer",
        "similarity_fn_name": "cosine",
        "prompts": {},
        "default_prompt_name": None,
        "fingerprint": fingerprint,
    }
    (out / "config_sentence_transformers.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=ROOT / "../shared/corpus")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    passages = read_passages(arguments.corpus)
    phrases = [words_of(phrase) for concept in all_concepts() for phrase in (*concept.official, *concept.everyday)]
    vocabulary = make_vocabulary([words_of(text) for text in passages], phrases)
    pairs = Pairs(passages, vocabulary)
    kinds = {"neighbours": pairs.neighbours, "thesaurus": pairs.thesaurus, "examples": pairs.examples}
    print(f"{len(passages)} passages, {len(vocabulary)} words, " + ", ".join(f"{len(found)} {kind}" for kind, found in kinds.items()))
    compose = composition(vocabulary)
    table = first_vectors(counts_matrix(pairs.texts, vocabulary), compose)
    table = train(table, compose, pairs, vocabulary)
    write(compose @ table, vocabulary, arguments.out)


if __name__ == "__main__":
    main()
