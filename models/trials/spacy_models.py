"""Do models trained in spaCy beat ours? Trained and measured on documents whose sources they have not seen (three folds).

Run: ``python models/trials/spacy_models.py --gold ../shared/gold/dev`` (three minutes, one core; needs the extra ``spacy``)

1. A text classifier says what a sentence is (planned, achieved …), from its words alone: bag of words, and spaCy's default network.
2. A named-entity recogniser finds the indicators of figures; beside it the rules, on the same sentences.

The scores of our own model for sentences, cross-validated in the same way, stand in models/status/README.md. Nothing is saved.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import spacy
import spacy.util
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import GroupKFold
from spacy.training import Example

from pipeline.evaluate import extract_gold, read_gold
from pipeline.extract.status import LABELS
from pipeline.scoring import same_indicator
from pipeline.spacy_pipe.words import give_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from spacy.language import Language

Row = dict[str, Any]
UTIL: Any = spacy.util  # without types
FOLDS = 3
BAG = {"@architectures": "spacy.TextCatBOW.v3", "exclusive_classes": True, "ngram_size": 2, "no_output_layer": False, "length": 262144}
BATCH = {"textcat": 64, "ner": 16}
EPOCHS = {"bag of words": 8, "network": 15, "indicators": 15}  # more made no fold better
ASIDE = ("heading", "attribution")  # sentences in which tasks are not looked at, as in the scores
_TASKS = ("planned", "achieved")


def main() -> None:
    """Train, measure and print one table for sentences and one for indicators."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=ROOT / "../shared/gold/dev")
    gold = read_gold(parser.parse_args().gold)
    print("| sentences | task.planned F1 | task.achieved F1 | µs a character |\n| --- | --- | --- | --- |")
    for name, model in (("bag of words", {"model": BAG}), ("network", {})):
        planned, achieved, speed = classify(gold, model, EPOCHS[name])
        print(f"| spaCy textcat, {name} | {planned:.3f} | {achieved:.3f} | {speed:.1f} |", flush=True)
    print("\n| indicators | precision | recall | F1 |\n| --- | --- | --- | --- |")
    measured = [document for document in gold if "quantity" in (document.get("only") or ["quantity"])]
    for name, pairs in (("spaCy ner", recognised(measured)), ("the rules", ruled(measured))):
        print("| {} | {:.3f} | {:.3f} | {:.3f} |".format(name, *agreement(pairs)), flush=True)


def classify(gold: list[Row], model: Row, epochs: int) -> tuple[float, float, float]:
    """F1 of planned and of achieved tasks on unseen documents, and the time a character takes."""
    truth: list[str] = []
    found: list[str] = []
    spent = characters = 0.0
    for known, unseen in folds(gold):
        nlp = blank("textcat", model, LABELS)
        examples = [
            Example.from_dict(nlp.make_doc(text), {"cats": {name: float(name == label) for name in LABELS}})
            for document in known
            for text, label in sentences(document)
        ]
        train(nlp, examples, epochs, "textcat")
        rows = [row for document in unseen for row in sentences(document)]
        start = time.process_time()
        docs = list(nlp.pipe(text for text, _ in rows))
        spent += time.process_time() - start
        characters += sum(len(text) for text, _ in rows)
        truth += [label for _, label in rows]
        found += [max(doc.cats, key=lambda name: float(doc.cats[name])) for doc in docs]
    pairs = [(a, "other" if a in ASIDE and b in _TASKS else b) for a, b in zip(truth, found, strict=True)]
    scores = precision_recall_fscore_support([a for a, _ in pairs], [b for _, b in pairs], labels=_TASKS, zero_division=0)[2]
    return float(scores[0]), float(scores[1]), spent / characters * 1e6


def recognised(gold: list[Row]) -> Iterator[tuple[list[tuple[str, ...]], list[str]]]:
    """For each sentence with figures the names of its indicators, and those that the recogniser finds."""
    for known, unseen in folds(gold):
        nlp = blank("ner", {}, ("INDICATOR",))
        examples = []
        for document in known:
            for text, spans, _, _ in figures(document):
                doc = nlp.make_doc(text)
                entities = [(start, end, "INDICATOR") for start, end in spans if doc.char_span(start, end)]
                examples.append(Example.from_dict(doc, {"entities": entities}))
        train(nlp, examples, EPOCHS["indicators"], "ner")
        for document in unseen:
            for text, _, names, _ in figures(document):
                yield names, sorted({entity.text for entity in nlp(text).ents})


def ruled(gold: list[Row]) -> Iterator[tuple[list[tuple[str, ...]], list[str]]]:
    """The same sentences with the indicators that extraction finds."""
    for document in gold:
        rows = [row for row in extract_gold([document]) if row["record"] == "quantity" and row["indicator"]]
        for _, _, names, (start, end) in figures(document):
            yield names, sorted({row["indicator"] for row in rows if start <= row["span"][0] < end})


def agreement(pairs: Iterator[tuple[list[tuple[str, ...]], list[str]]]) -> tuple[float, float, float]:
    """Precision, recall and F1; each name is met once, by any of its wordings."""
    right = wanted = given = 0
    for names, found in pairs:
        left = list(names)
        wanted, given = wanted + len(names), given + len(found)
        for wording in found:
            met = next((name for name in left if any(same_indicator(other, wording) for other in name)), None)
            if met is not None:
                left.remove(met)
                right += 1
    precision, recall = right / max(given, 1), right / max(wanted, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def figures(document: Row) -> Iterator[tuple[str, list[tuple[int, int]], list[tuple[str, ...]], tuple[int, int]]]:
    """Sentences with figures: text, where their indicators stand word for word, all wordings of each, and the sentence's span."""
    for sentence in document["sentences"]:
        start, end = sentence["start"], sentence["end"]
        text = document["text"][start:end]
        names: dict[str, tuple[str, ...]] = {}
        spans: set[tuple[int, int]] = set()
        for quantity in document["quantities"]:
            indicator = quantity["indicator"]
            if indicator and start <= quantity["span"][0] < end:
                names[indicator] = (indicator, *quantity.get("also", ()))
                at = max(text.rfind(indicator, 0, quantity["span"][0] - start), text.find(indicator))
                if at >= 0:
                    spans.add((at, at + len(indicator)))
        if names:
            yield text, apart(spans), list(names.values()), (start, end)


def apart(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order without those that overlap an earlier one."""
    kept: list[tuple[int, int]] = []
    for span in sorted(spans):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def sentences(document: Row) -> list[tuple[str, str]]:
    """Each sentence with its label."""
    return [(document["text"][row["start"] : row["end"]], row["label"]) for row in document["sentences"]]


def folds(gold: list[Row]) -> Iterator[tuple[list[Row], list[Row]]]:
    """Documents to learn from, and those of other sources to measure on."""
    groups = [document.get("source_id", document["id"]) for document in gold]
    for train_at, test_at in GroupKFold(FOLDS).split(groups, groups=groups):
        yield [gold[at] for at in train_at], [gold[at] for at in test_at]


def blank(component: str, config: Row, labels: tuple[str, ...]) -> Language:
    """A pipeline with our words and one untrained part."""
    UTIL.fix_random_seed(0)
    nlp: Language = spacy.blank("zh")
    give_words(nlp)
    part: Any = nlp.add_pipe(component, config=config)
    for label in labels:
        part.add_label(label)
    return nlp


def train(nlp: Language, examples: list[Example], epochs: int, component: str) -> None:
    """Run over the examples in an order that is the same each time."""
    optimizer = nlp.initialize(lambda: examples[:200])
    for epoch in range(epochs):
        random.Random(epoch).shuffle(examples)  # noqa: S311 - an order, no secret
        for batch in UTIL.minibatch(examples, BATCH[component]):
            nlp.update(batch, sgd=optimizer, drop=0.2)


if __name__ == "__main__":
    main()
