"""Train the encoder and write it beside this script.

Run: ``python models/encoder/train.py --corpus ../shared/corpus``
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import struct
import sys
from collections import Counter
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.search.tokens import folded
from pipeline.segment.words import cut_words

OUT = Path(__file__).parent
DIMENSIONS = 64
HAN = re.compile("[\u4e00-\u9fff]+")


def read_passages(folder: Path) -> list[str]:
    passages = []
    for path in sorted(folder.rglob("*.txt")):
        text = folded(path.read_text("utf-8", errors="ignore"))
        for line in text.splitlines():
            passages += [line[i : i + 200] for i in range(0, len(line), 200) if len(line) > 20]
    return list(dict.fromkeys(passages))


def main() -> None:
    """Train and write."""
    from scipy import sparse
    from sklearn.utils.extmath import randomized_svd

    parser = argparse.ArgumentParser()
    parser.add_argument("--corpus", type=Path, default=ROOT / "../shared/corpus")
    arguments = parser.parse_args()
    passages = read_passages(arguments.corpus)
    counts: Counter[str] = Counter()
    cut = []
    for passage in passages:
        words = []
        for word in cut_words(passage):
            if HAN.fullmatch(word):
                words += [word] if len(word) <= 4 else [word[:2], word[2:4], word[4:]]
        cut.append(words)
        counts.update(words)
        counts.update({c: 0 for w in words for c in w})
    vocabulary = {"[UNK]": 0}
    for word, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        if len(word) <= 4 and (count >= 8 or len(word) == 1):
            vocabulary[word] = len(vocabulary)
    rows, columns = [], []
    for number, words in enumerate(cut):
        known = {piece for word in words for piece in ([word] if word in vocabulary else list(word)) if piece in vocabulary}
        rows += [vocabulary[w] for w in known]
        columns += [number] * len(known)
    matrix = sparse.csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), (len(vocabulary), len(passages)))
    frequency = np.asarray(matrix.sum(1)).ravel()
    weight = np.log((len(passages) + 1) / (frequency + 1)).astype(np.float32)
    left, strength, _ = randomized_svd(sparse.diags(weight) @ matrix, DIMENSIONS, n_iter=4, random_state=0)
    table = left * np.sqrt(strength)
    table /= np.linalg.norm(table, axis=1, keepdims=True) + 1e-6
    write(table * weight[:, None], vocabulary)
    print(len(passages), table.shape)


def write(table: np.ndarray, vocabulary: dict[str, int]) -> None:
    """Write the folder that sentence-transformers reads."""
    body = OUT / "0_StaticEmbedding"
    body.mkdir(exist_ok=True)
    raw = (table / np.abs(table).max()).astype("<f2")
    raw[0] = 0
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
        "pre_tokenizer": {"type": "Split", "pattern": {"Regex": f"[^{letters}]+"}, "behavior": "Removed", "invert": False},
        "post_processor": None,
        "decoder": None,
        "model": {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "",
            "max_input_chars_per_word": 100000,
            "vocab": vocabulary,
        },
    }
    (body / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")
    modules = [
        {"idx": 0, "name": "0", "path": "0_StaticEmbedding", "type": "sentence_transformers.models.StaticEmbedding"},
        {"idx": 1, "name": "1", "path": "1_Normalize", "type": "sentence_transformers.models.Normalize"},
    ]
    (OUT / "1_Normalize").mkdir(exist_ok=True)
    (OUT / "modules.json").write_text(json.dumps(modules, indent=1) + "\n", "utf-8")
    fingerprint = "static-" + hashlib.sha256(raw.tobytes() + json.dumps(vocabulary).encode()).hexdigest()[:12]
    config = {
        "model_type": "SentenceTransformer",
        "similarity_fn_name": "cosine",
        "prompts": {},
        "default_prompt_name": None,
        "fingerprint": fingerprint,
    }
    (OUT / "config_sentence_transformers.json").write_text(json.dumps(config, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
