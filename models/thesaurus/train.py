"""Compile the thesaurus for search: which everyday wording has which tokens, and how telling each wording of officials is.

Run: ``python models/thesaurus/train.py --corpus ../shared/corpus``

Reads: the tables beside this script, and official texts, of which only counts are kept. Writes: ``thesaurus.json``.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from pathlib import Path

import orjson

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from pipeline.search.thesaurus import COMPILED, TABLES, read_tables
from pipeline.search.tokens import folded, query_tokens

PASSAGE = 200  # characters: the size of what search ranks
SINGLE = 0.35  # a single character tells less than a pair: 饭 stands in 饭碗 too


def passages(folder: Path) -> list[str]:
    """The official texts under ``folder``, without doubles, in pieces of the size of passages."""
    pieces = {}
    for path in sorted(folder.rglob("*.txt")):
        for line in folded(path.read_text("utf-8", errors="ignore")).splitlines():
            pieces.update(dict.fromkeys(line[at : at + PASSAGE] for at in range(0, len(line), PASSAGE)))
    return [piece for piece in pieces if len(piece) > PASSAGE // 10]


def weights_of_terms(terms: list[str], texts: list[str]) -> dict[str, float]:
    """How telling each term is: the logarithm of the share of passages without it; unseen ones count as seen once."""
    joined = "\n".join(texts)
    return {term: round(math.log((len(texts) + 1) / (max(1, joined.count(folded(term))) + 1)), 3) for term in terms}


def main() -> None:
    """Compile and write."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, default=ROOT / "../shared/corpus")
    arguments = parser.parse_args()
    concepts = read_tables(TABLES)
    phrases = [(number, phrase) for number, concept in enumerate(concepts) for phrase in concept.everyday]
    tokens = [query_tokens(phrase) for _, phrase in phrases]
    counts = Counter(token for cut in tokens for token in cut)
    weights = {
        token: round(math.log(len(phrases) / (count + 1)) * (1 if len(token) > 1 else SINGLE), 3) for token, count in sorted(counts.items())
    }
    postings: dict[str, list[int]] = {}
    for number, cut in enumerate(tokens):
        for token in cut:
            postings.setdefault(token, []).append(number)
    terms = sorted({term for concept in concepts for term in concept.official})
    content = {
        "terms": [concept.official for concept in concepts],
        "term_weights": weights_of_terms(terms, passages(arguments.corpus)),
        "phrases": phrases,
        "lengths": [round(sum(weights[token] for token in cut), 3) for cut in tokens],
        "token_weights": weights,
        "postings": dict(sorted(postings.items())),
    }
    COMPILED.write_bytes(orjson.dumps(content, option=orjson.OPT_APPEND_NEWLINE))
    print(f"{len(concepts)} concepts, {len(phrases)} everyday wordings, {len(terms)} wordings of officials")


if __name__ == "__main__":
    main()
