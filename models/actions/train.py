"""Train the model that finds main verbs (``pipeline.extract.actions``), and print how it does on documents it has not seen.

Run: ``python models/actions/train.py --gold ../shared/gold/dev --corpus ../shared/corpus``

It learns from the actions of gold documents and from ``annotations.jsonl``: sentences of corpus documents with the places of their
main verbs (``behind`` or ``before``: on which side the object stands). Folds are cut by source; the annotated corpus documents only
ever train. Same input, same model, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import scipy.sparse as sparse
from sklearn.linear_model import LogisticRegression

from pipeline.evaluate import evaluate, read_gold
from pipeline.extract import actions
from pipeline.extract.action_candidates import Candidates, find_candidates
from pipeline.extract.action_features import ROW_BITS, feature_rows

NONE, BEHIND, BEFORE, CONTINUED = range(4)  # classes; a further part of a verb (“建立|健全”) is not learnt from
PENALTY = 0.2  # C of scikit-learn; chosen by cross-validation, which is flat between 0.1 and 0.4
FOLDS = 5
ITERATIONS = 100
HEAD = 6  # characters of an object by which its place is found when quantities were cut out of it

Verb = tuple[int, int, int]  # start and end in the sentence, class


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with the places of its main verbs."""

    text: str
    label: Any
    verbs: tuple[Verb, ...]


@dataclass(frozen=True, slots=True)
class Example:
    """The candidates of one document, what is right about each, and whether it counts."""

    source: str
    candidates: Candidates
    rows: Any
    targets: Any
    counted: Any


def gold_sentences(document: dict[str, Any]) -> list[Sentence]:
    """The planned and achieved sentences of a gold document."""
    return [
        Sentence(text, sentence["label"], align(text, [tuple(action) for action in sentence["actions"]]))
        for sentence in document["sentences"]
        if sentence["label"] in ("planned", "achieved")
        for text in [document["text"][sentence["start"] : sentence["end"]]]
    ]


def align(text: str, wanted: list[tuple[str, str]]) -> tuple[Verb, ...]:
    """Where each verb of ``wanted`` stands: the occurrence nearest to its object, later ones behind earlier ones."""
    found: list[Verb] = []
    reached = 0
    for verb, thing in wanted:
        places = _places(text, verb)
        things = next(
            (seen for size in (len(thing), HEAD, 4, 3, 2) if 0 < size <= len(thing) and (seen := _places(text, thing[:size]))), []
        )
        best: tuple[float, Verb] | None = None
        for start in places:
            end = start + len(verb)
            for other in things or [end]:
                side = BEHIND if other >= end else BEFORE
                gap = other - end if side == BEHIND else max(0, start - other - len(thing)) + 0.5
                if side == BEFORE and other + min(len(thing), 2) > start:
                    continue
                cost = gap + (0 if start >= reached else HEAD)
                if best is None or cost < best[0]:
                    best = (cost, (start, end, side))
        if best:
            found.append(best[1])
            reached = best[1][0]
    return tuple(found)


def _places(text: str, part: str) -> list[int]:
    return [start for start in range(len(text)) if part and text.startswith(part, start)]


def annotated_sentences(annotations: Path, corpus: Path) -> dict[str, list[Sentence]]:
    """The sentences of ``annotations.jsonl`` by source; a document that the corpus does not hold in that version is left out."""
    found: dict[str, list[Sentence]] = {}
    for line in annotations.read_text("utf-8").splitlines():
        row = json.loads(line)
        path = corpus / row["path"]
        text = (
            path.read_bytes().decode("utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n") if path.exists() else ""
        )
        if hashlib.sha256(text.encode()).hexdigest() != row["content_id"]:
            print(f"{row['path']}: the corpus does not hold this version; left out", file=sys.stderr)
            continue
        found[Path(row["path"]).name] = [
            Sentence(text[start:end], label, tuple((a - start, b - start, BEHIND if side == "behind" else BEFORE) for a, b, side in verbs))
            for start, end, label, verbs in row["sentences"]
        ]
    return found


def example(source: str, sentences: list[Sentence], *, joined_known: bool) -> Example:
    """Candidates with their classes. Where ``joined_known`` is false, a candidate right behind a main verb does not count."""
    bare = [actions.bare_sentence(sentence.text) for sentence in sentences]
    found = find_candidates(bare, [sentence.label for sentence in sentences])
    targets = np.zeros(len(found.starts), np.int64)
    counted = np.ones(len(found.starts), bool)
    for number, (sentence, text) in enumerate(zip(sentences, bare, strict=True)):
        origin = int(found.sentence_starts[number]) - (len(sentence.text) - len(text))
        for start, end, side in sentence.verbs:
            touched = np.flatnonzero((found.starts < origin + end) & (found.ends > origin + start))
            if not len(touched):
                continue
            targets[touched[0]] = side
            further = touched[1:]
            targets[further] = np.where(targets[further] == NONE, CONTINUED, targets[further])
            if not joined_known:
                counted[_joined(found, int(touched[0]))] = False
    counted[(targets == BEHIND) | (targets == BEFORE)] = True
    counted[targets == CONTINUED] = False
    return Example(source, found, feature_rows(found), targets, counted)


def _joined(found: Candidates, number: int) -> list[int]:
    joined = []
    while (
        number + 1 < len(found.starts)
        and found.pieces[number + 1] == found.pieces[number]
        and found.starts[number + 1] - found.ends[number] <= 1
    ):
        number += 1
        joined.append(number)
    return joined


def fit(examples: list[Example]) -> tuple[Any, Any]:
    """Weights and bias of the classes behind and before, relative to none."""
    rows = np.vstack([each.rows[each.counted] for each in examples])
    targets = np.concatenate([each.targets[each.counted] for each in examples])
    count, width = rows.shape
    matrix = sparse.csr_matrix((np.ones(rows.size, np.float32), rows.ravel(), np.arange(0, rows.size + 1, width)), (count, 1 << ROW_BITS))
    model = LogisticRegression(C=PENALTY, max_iter=ITERATIONS, tol=1e-4).fit(matrix, targets)
    return (model.coef_[1:] - model.coef_[:1]).T.astype(np.float16), (model.intercept_[1:] - model.intercept_[0]).astype(np.float32)


def chances(found: Candidates, weights: Any, bias: Any) -> actions.Chances:
    """What ``actions.weigh`` gives, with weights that are not those that ship."""
    scores = np.exp(weights.astype(np.float32)[feature_rows(found)].sum(axis=1) + bias)
    whole = 1 + scores.sum(axis=1)
    return actions.Chances(scores[:, 0] / whole, scores[:, 1] / whole)


def predicted_rows(document: dict[str, Any], each: Example, fitted: tuple[Any, Any]) -> list[dict[str, Any]]:
    """Task records of a gold document: its own sentences and labels, the actions that the model finds."""
    name = document["id"]
    read = actions.read_actions(each.candidates, chances(each.candidates, *fitted))
    sentences = [sentence for sentence in document["sentences"] if sentence["label"] in ("planned", "achieved")]
    rows: list[dict[str, Any]] = [{"record": "document", "doc_id": name, "source": f"{name}.txt"}]
    for number, sentence in enumerate(sentences):
        span = [sentence["start"], sentence["end"]]
        found = [{"verb": action.verb, "object": action.object} for action in read.get(number, [])]
        text = document["text"][span[0] : span[1]]
        rows.append({"record": "task", "doc_id": name, "span": span, "text": text, "status": sentence["label"], "actions": found})
    return rows


def cross_validate(documents: list[dict[str, Any]], examples: list[Example], others: list[Example]) -> dict[str, Any]:
    """Precision, recall and F1 of actions, given the gold labels, over folds by source."""
    sources = sorted({each.source for each in examples})
    order = np.random.RandomState(0).permutation(len(sources))
    fold = {sources[place]: number % FOLDS for number, place in enumerate(order)}
    rows: list[dict[str, Any]] = []
    for number in range(FOLDS):
        fitted = fit([each for each in examples if fold[each.source] != number] + others)
        for document, each in zip(documents, examples, strict=True):
            if fold[each.source] == number:
                rows += predicted_rows(document, each, fitted)
    scores: dict[str, Any] = evaluate(documents, rows).scores["action"]
    return scores


def main() -> None:
    """Read the data, cross-validate, train on everything and write the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=ROOT.parent / "shared" / "gold" / "dev")
    parser.add_argument("--annotations", type=Path, default=Path(__file__).parent / "annotations.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--out", type=Path, default=actions.WEIGHTS)
    parser.add_argument("--no-cv", action="store_true", help="train only")
    options = parser.parse_args()
    if not options.gold.is_dir():
        parser.exit(1, f"{options.gold}: no such folder of gold documents; name one with --gold\n")
    documents = [each for each in read_gold(options.gold) if "action" in each.get("only", ["action"])]
    examples = [example(each.get("source_id") or each["id"], gold_sentences(each), joined_known=True) for each in documents]
    sources = {each.source for each in examples}
    annotated = annotated_sentences(options.annotations, options.corpus)
    others = [example(name, sentences, joined_known=False) for name, sentences in annotated.items() if name not in sources]
    if not options.no_cv:
        row = cross_validate(documents, examples, others)
        print(
            f"action, gold labels, {FOLDS} folds by source: P {row['p']:.3f}  R {row['r']:.3f}  F1 {row['f1']:.3f}  ({row['gold']} actions)"
        )
    weights, bias = fit(examples + others)
    with options.out.open("wb") as file:
        np.savez_compressed(file, weights=weights, bias=bias)
    print(f"wrote {options.out} ({options.out.stat().st_size // 1024} KB)")


if __name__ == "__main__":
    main()
