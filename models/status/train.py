"""Train the model that judges sentences (``pipeline.extract.status``), and print how it does on documents it has not seen.

Run: ``python models/status/train.py --gold ../shared/gold/dev --annotations models/annotations/labels.jsonl --corpus ../shared/corpus``

1. Reports tell without annotation what looks back and what ahead: their headings do (2023年工作回顾, 2024年工作安排). From these a
   word model learns the direction of a sentence.
2. A teacher learns from the annotated sentences, and labels the corpus; where a heading tells the direction, the heading wins.
3. The model that ships learns from the annotated sentences and, with less weight, from whole and spliced corpus documents and from
   clips of a few annotated sentences.

Corpus documents from which gold documents were taken are left out of 1–3.
Cross-validation folds by source; rules decide first, as they do when documents are read. Same input, same model, byte for byte.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sys
import warnings
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np
import scipy.sparse as sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from pipeline.extract import lexical, status
from pipeline.extract.evidence import Layout, layout
from pipeline.records import Document, Outline
from pipeline.segment import segment
from pipeline.segment.sentences import split_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable

Array = lexical.Array
# The looks are stopped early on purpose; the penalties were chosen with that.
warnings.filterwarnings("ignore", category=ConvergenceWarning)

# Chosen by cross-validation on the gold documents.
WORD_PENALTY = 3.0
DIRECTION_PENALTY = 5.0
NEAR_PENALTY = 0.05
FAR_PENALTY = 0.02
SPLICES = 300
WHOLE_DOCUMENTS = 50
CLIPS = 6
LONGEST_CLIP = 5
HEADING = status.LABELS.index("heading")
CLIP_WEIGHT = 0.2
TAUGHT_WORD_WEIGHT = 0.2
TAUGHT_WEIGHT = 0.15
SHIFTS = status.Shifts(assured=2.0, trouble=2.0, heading=0.8, agreement=0.8)
# Reports before this year do not keep review and plan apart.
FIRST_CLEAR_REPORT = "1993"
# Reports before this year speak another language, and nobody reads them for tasks.
FIRST_REPORT = "1978"
DIRECTION_FOLDS = 3
REPORTS = ("state-council", "provinces-2025", "provinces-2026", "cities-2024")
OTHERS = ("five-year-plans", "ministries", "local", "energy", "state-council-documents")
LONGEST = 120_000
FOLDS = 5


@dataclass(slots=True)
class Example:
    """A text with a label index per sentence (-1 for none)."""

    source: str
    text: str
    outline: Outline
    labels: Array
    gold: bool = False
    report: bool = False
    place: Layout = field(init=False)
    words: Any = field(init=False)

    def __post_init__(self) -> None:
        self.place = layout(self.text, self.outline)
        self.words = word_matrix(self.text, self.place)


def read(path: Path) -> str:
    """The text of a corpus file as extraction reads it: without byte-order mark, with line feeds."""
    return path.read_bytes().decode("utf-8", "replace").lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def outline_of(text: str) -> Outline:
    """Sections and sentences of ``text``."""
    return segment(Document("", "", 1, "", text))


def word_matrix(text: str, place: Layout) -> Any:
    """The n-gram counts that ``lexical_scores`` weighs, as a sparse matrix: body grams, then edge grams."""
    points, starts, ends = lexical.code_points(text), place.starts, place.ends
    count = len(starts)
    rows: list[Array] = []
    columns: list[Array] = []
    for n, slots in enumerate(lexical.body_slots(points)):
        length = np.maximum(ends - starts - n, 0)
        row = np.repeat(np.arange(count), length)
        rows.append(row)
        columns.append(slots[starts[row] + np.arange(len(row)) - (np.cumsum(length) - length)[row]])
    row = np.concatenate(rows)
    body = sparse.csr_matrix((np.ones(len(row)), (row, np.concatenate(columns))), (count, 1 << lexical.BODY_BITS))
    body = sparse.diags(1 / np.sqrt(lexical.gram_counts(starts, ends))) @ body
    edges = lexical.edge_slots(points, starts, ends)
    row = np.repeat(np.arange(count), edges.shape[1])
    edge = sparse.csr_matrix((np.full(len(row), 0.5), (row, edges.ravel())), (count, 1 << lexical.EDGE_BITS))
    return sparse.hstack([body, edge]).tocsr()


def gold_examples(folder: Path) -> list[Example]:
    """The gold documents, every sentence labelled."""
    examples = []
    for path in sorted(folder.glob("*.json")):
        document = json.loads(path.read_text("utf-8"))
        outline = outline_of(document["text"])
        labels = {(s["start"], s["end"]): s["label"] for s in document["sentences"]}
        indices = np.array([status.LABELS.index(labels[s.span]) for s in outline.sentences])
        examples.append(Example(document["source_id"], document["text"], outline, indices, gold=True))
    return examples


def annotated_examples(annotations: Path, corpus: Path) -> list[Example]:
    """Each annotated document twice: the excerpt that was annotated, as gold documents are, and the whole with gaps."""
    examples = []
    for line in annotations.read_text("utf-8").splitlines():
        row = json.loads(line)
        text = read(corpus / row["path"])
        if hashlib.sha256(text.encode()).hexdigest() != row["content_id"]:
            print(f"{row['path']}: the corpus holds another version; left out", file=sys.stderr)
            continue
        source = Path(row["path"]).name
        pieces = [(a, b) for a, b, _ in row["labels"]]
        indices = [status.LABELS.index(label) for _, _, label in row["labels"]]
        excerpt = join(text, pieces)
        outline = outline_of(excerpt)
        if len(outline.sentences) == len(indices):
            examples.append(Example(source, excerpt, outline, np.array(indices)))
        known = dict(zip(pieces, indices, strict=True))
        outline = outline_of(text)
        examples.append(Example(source, text, outline, np.array([known.get(s.span, -1) for s in outline.sentences])))
    return examples


def join(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The pieces of ``text`` in one string: what lies between neighbours stays if it is blank, else a line break stands for it."""
    joined: list[str] = []
    last: int | None = None
    for start, end in spans:
        if last is not None:
            gap = text[last:start]
            joined.append("\n" if gap.strip() else gap)
        joined.append(text[start:end])
        last = end
    return "".join(joined)


def corpus_examples(corpus: Path, left_out: set[str]) -> list[Example]:
    """Documents of the corpus without labels, those of ``left_out`` (names or paths) aside; very long ones are cut."""
    examples = []
    for folder in (*REPORTS, *OTHERS):
        for path in sorted((corpus / folder).rglob("*.txt")):
            old = folder == REPORTS[0] and path.name < FIRST_REPORT
            if old or path.name in left_out or str(path.relative_to(corpus)) in left_out:
                continue
            text = read(path)[:LONGEST]
            outline = outline_of(text)
            parts = [s.part for s in outline.sentences]
            if len(parts) < 5:
                continue
            both = min(parts.count("review"), parts.count("plan")) >= 0.12 * len(parts)
            clear = folder in REPORTS and both and not (folder == REPORTS[0] and path.name < FIRST_CLEAR_REPORT)
            examples.append(Example(path.name, text, outline, np.full(len(parts), -1), report=clear))
    return examples


@dataclass(slots=True)
class Directions:
    """Weights of the word matrix for looking ahead rather than back: from all reports, and from all but a fold of sources."""

    everything: tuple[Array, float]
    without: list[tuple[set[str], tuple[Array, float]]]

    def ahead(self, example: Example) -> Array:
        """The direction of each sentence by a model that has not seen the source."""
        chosen = next((weights for sources, weights in self.without if example.source in sources), self.everything)
        direction: Array = example.words @ chosen[0] + chosen[1]
        return direction / 3


def learn_directions(reports: list[Example]) -> Directions:
    """Learn from the parts of reports, which their headings tell."""
    sources = sorted({e.source for e in reports})
    folds = [set(sources[i::DIRECTION_FOLDS]) for i in range(DIRECTION_FOLDS)]
    without = [(fold, direction_weights([e for e in reports if e.source not in fold])) for fold in folds]
    return Directions(direction_weights(reports), without)


def direction_weights(reports: list[Example]) -> tuple[Array, float]:
    """Weights of the grams (and bias) that tell the plan part of reports from the review part."""
    side = {"plan": 1, "review": 0}
    known = np.concatenate([[side.get(s.part or "", -1) for s in e.outline.sentences] for e in reports])
    words = sparse.vstack([e.words for e in reports]).tocsr()[known >= 0]
    model = LogisticRegression(C=DIRECTION_PENALTY, solver="liblinear", random_state=0).fit(words, known[known >= 0])
    return model.coef_[0], float(model.intercept_[0])


@dataclass(slots=True)
class Stages:
    """Word weights (grams × 6), weights of the direction, bias, and the two looks: mean, spread, weights, bias."""

    words: Array
    through: Array
    bias: Array
    near: tuple[Array, Array, Array, Array]
    far: tuple[Array, Array, Array, Array]


@dataclass(slots=True)
class Pool:
    """Examples end to end, with the weight of each sentence in the word model and in the two looks."""

    examples: list[Example]
    word_weight: Array
    weight: Array

    @property
    def labels(self) -> Array:
        """The label indices of all sentences, -1 for none."""
        return np.concatenate([e.labels for e in self.examples])

    @property
    def groups(self) -> Array:
        """The source of each sentence: folds never part one."""
        return np.concatenate([[e.source] * len(e.labels) for e in self.examples])

    def looks(self, look: Any, scores: Array) -> Array:
        """What ``look`` sees of ``scores`` in each example by itself, end to end."""
        borders = np.cumsum([0] + [len(e.labels) for e in self.examples])
        return np.concatenate([look(scores[a:b], e.place) for a, b, e in zip(borders, borders[1:], self.examples, strict=False)])


def fit_words(words: Any, ahead: Array, labels: Array, weight: Array) -> tuple[Array, Array, Array]:
    """One model per label against the rest, over grams and the direction."""
    inputs = sparse.hstack([words, sparse.csr_matrix(ahead[:, None])]).tocsr()
    models = []
    for label in range(len(status.LABELS)):
        model = LogisticRegression(C=WORD_PENALTY, solver="liblinear", random_state=0)
        models.append(model.fit(inputs, labels == label, sample_weight=weight))
    coefficients = np.stack([model.coef_[0] for model in models], 1)
    return coefficients[:-1], coefficients[-1], np.array([model.intercept_[0] for model in models])


def word_scores(words: Any, ahead: Array, fitted: tuple[Array, Array, Array]) -> Array:
    """A column per label, and the direction."""
    return np.concatenate([words @ fitted[0] + ahead[:, None] * fitted[1] + fitted[2], ahead[:, None]], 1)


def fit_look(features: Array, labels: Array, weight: Array, penalty: float) -> tuple[Array, Array]:
    """Weights (features × labels) and bias; a label without examples is never chosen."""
    model = LogisticRegression(C=penalty, max_iter=100).fit(features, labels, sample_weight=weight)
    weights, bias = np.zeros((features.shape[1], len(status.LABELS))), np.full(len(status.LABELS), -20.0)
    weights[:, model.classes_], bias[model.classes_] = model.coef_.T, model.intercept_
    return weights, bias


def spread_of(features: Array) -> tuple[Array, Array]:
    """Mean and standard deviation of each feature; a constant one is not scaled."""
    spread = features.std(0)
    return features.mean(0), np.where(spread < 1e-6, 1.0, spread)


def fit_stages(pool: Pool, directions: Directions, folds: int = 3) -> Stages:
    """Fit words, first and second look; each look learns from scores that its training sentences did not help to fit."""
    words = sparse.vstack([e.words for e in pool.examples]).tocsr()
    ahead = np.concatenate([directions.ahead(e) for e in pool.examples])
    labels, groups = pool.labels, pool.groups
    known = labels >= 0
    parts = list(GroupKFold(folds).split(labels, groups=groups))
    scores = np.zeros((len(labels), 7))
    for train, test in parts:
        use = train[known[train] & (pool.word_weight[train] > 0)]
        fitted = fit_words(words[use], ahead[use], labels[use], pool.word_weight[use])
        scores[test] = word_scores(words[test], ahead[test], fitted)
    use = np.flatnonzero(known & (pool.word_weight > 0))
    fitted = fit_words(words[use], ahead[use], labels[use], pool.word_weight[use])
    near = pool.looks(status.first_look, scores)
    mean, spread = spread_of(near[known])
    near = status.standardised(near, mean, spread)
    chances = np.zeros((len(labels), len(status.LABELS)))
    for train, test in parts:
        use = train[known[train]]
        weights, look_bias = fit_look(near[use], labels[use], pool.weight[use], NEAR_PENALTY)
        chances[test] = status.softmax(near[test] @ weights + look_bias)
    weights, look_bias = fit_look(near[known], labels[known], pool.weight[known], NEAR_PENALTY)
    far = pool.looks(status.second_look, chances)
    far_mean, far_spread = spread_of(far[known])
    both = np.concatenate([near, status.standardised(far, far_mean, far_spread)], 1)
    far_weights, far_bias = fit_look(both[known], labels[known], pool.weight[known], FAR_PENALTY)
    return Stages(*fitted, (mean, spread, weights, look_bias), (far_mean, far_spread, far_weights, far_bias))


def predict(stages: Stages, directions: Directions, example: Example) -> Array:
    """Logits of the second look."""
    mean, spread, weights, bias = stages.near
    scores = word_scores(example.words, directions.ahead(example), (stages.words, stages.through, stages.bias))
    near = status.standardised(status.first_look(scores, example.place), mean, spread)
    chances = status.softmax(near @ weights + bias)
    mean, spread, weights, bias = stages.far
    far = status.standardised(status.second_look(chances, example.place), mean, spread)
    logits: Array = np.concatenate([near, far], 1) @ weights + bias
    return logits


def taught(teacher: Stages, directions: Directions, example: Example) -> Array:
    """Labels by the teacher; in a report the headings decide between looking back and ahead."""
    chances = status.softmax(predict(teacher, directions, example))
    if example.report:
        parts = np.array([s.part or "" for s in example.outline.sentences])
        chances[parts == "review", 0] *= 0.15
        chances[parts == "plan", 1] *= 0.15
    labels: Array = chances.argmax(1)
    return labels


def splice(example: Example, labels: Array, rng: random.Random) -> Example | None:
    """Piece together the beginning and a few paragraphs, as gold excerpts were."""
    number = example.place.paragraph
    paragraphs = int(number[-1]) + 1
    chosen = set(range(min(rng.choice((4, 5, 6, 8)), max(1, paragraphs // 2))))
    size = np.bincount(number)
    length = np.bincount(number, example.place.ends - example.place.starts)
    for _ in range(rng.choice((4, 6, 8))):
        at = rng.randrange(len(chosen) // 2, paragraphs)
        chosen.add(at)
        for above in range(at - 1, at - 1 - rng.choice((0, 1, 1, 2)), -1):
            if above < 0 or size[above] > 1 or length[above] >= 45:
                break
            chosen.add(above)
        if rng.random() < 0.3 and at + 1 < paragraphs:
            chosen.add(at + 1)
    picked = np.flatnonzero(np.isin(number, sorted(chosen)))
    text = join(example.text, [example.outline.sentences[i].span for i in picked])
    if len(picked) > 250 or len(split_sentences(text)) != len(picked):
        return None
    return Example(example.source, text, outline_of(text), labels[picked])


def taught_examples(teacher: Stages, directions: Directions, corpus: list[Example], seed: int) -> tuple[list[Example], list[Example]]:
    """Spliced and whole corpus documents with the teacher's labels, more of them reports than anything else."""
    rng = random.Random(seed)  # noqa: S311 - draws training pieces, guards nothing
    reports, others = [e for e in corpus if e.report], [e for e in corpus if not e.report and len(e.labels) <= 1500]
    labels: dict[int, Array] = {}

    def labelled(example: Example) -> Array:
        if id(example) not in labels:
            labels[id(example)] = taught(teacher, directions, example)
        return labels[id(example)]

    splices: list[Example] = []
    while len(splices) < SPLICES and corpus:
        example = rng.choice(reports if reports and rng.random() < 0.6 else others or reports)
        piece = splice(example, labelled(example), rng)
        if piece:
            splices.append(piece)
    half = WHOLE_DOCUMENTS // 2
    whole = rng.sample(reports, min(half, len(reports))) + rng.sample(others, min(half, len(others)))
    return splices, [replace(e, labels=labelled(e)) for e in whole if len(e.labels) <= 900]


def clipped(labelled: list[Example], seed: int) -> list[Example]:
    """Short documents from each labelled one: a few neighbouring sentences, or a few sentences under the headings above them."""
    rng = random.Random(seed)  # noqa: S311 - draws training pieces, guards nothing
    clips = []
    for example in labelled:
        for i in range(CLIPS):
            picked = digest(example, rng) if i % 2 else run(example, rng)
            text = join(example.text, [example.outline.sentences[at].span for at in picked])
            outline = outline_of(text)
            if picked and len(outline.sentences) == len(picked):
                clips.append(Example(example.source, text, outline, example.labels[picked]))
    return clips


def run(example: Example, rng: random.Random) -> list[int]:
    """A few neighbouring sentences; a heading at their end is left out, as nothing follows that it could head."""
    first = rng.randrange(len(example.labels))
    picked = list(range(first, min(len(example.labels), first + rng.randint(1, LONGEST_CLIP))))
    while picked and example.labels[picked[-1]] == HEADING:
        picked.pop()
    return picked


def digest(example: Example, rng: random.Random) -> list[int]:
    """A few sentences from anywhere in the document, most of them with the headings above them."""
    content = np.flatnonzero(example.labels != HEADING).tolist()
    picked = set(rng.sample(content, min(len(content), rng.randint(1, LONGEST_CLIP))))
    for at in sorted(picked):
        above = {int(example.place.heading[at]), int(example.place.upper[at])} - {-1}
        picked |= {heading for heading in above if rng.random() < 0.7}
    return sorted(picked)


def fit(labelled: list[Example], corpus: list[Example], directions: Directions, seed: int) -> Stages:
    """Teacher, then the model that ships."""
    weight = np.concatenate([np.full(len(e.labels), 1.0 if (e.labels >= 0).all() else 0.5) for e in labelled])
    whole = np.concatenate([np.full(len(e.labels), (e.labels >= 0).all()) for e in labelled])
    teacher = fit_stages(Pool(labelled, weight * whole, weight), directions)
    splices, wholes = taught_examples(teacher, directions, corpus, seed)
    known = [e for e in labelled if (e.labels >= 0).all()]
    clips = clipped(known, seed)
    examples = [*known, *splices, *wholes, *clips]

    def weights(own: float, spliced: float, entire: float, clip: float) -> Array:
        sizes = ((own, known), (spliced, splices), (entire, wholes), (clip, clips))
        return np.concatenate([np.full(len(e.labels), value) for value, group in sizes for e in group])

    word_weight, weight = weights(1, TAUGHT_WORD_WEIGHT, 0, 0), weights(1, TAUGHT_WEIGHT, TAUGHT_WEIGHT, CLIP_WEIGHT)
    return fit_stages(Pool(examples, word_weight, weight), directions)


def judged(stages: Stages, directions: Directions, example: Example) -> Array:
    """Label indices as extraction decides them, rules and shifts included."""
    logits = status.settled(predict(stages, directions, example), example.text, example.place, SHIFTS)
    found = status.verdicts(example.text, example.outline, status.softmax(logits), example.place)
    return np.array([status.LABELS.index(judgement.label) for judgement in found])


def figures(truth: Array, found: Array) -> list[tuple[str, float, float, float, int]]:
    """Precision, recall, F1 and gold count per label; task.* as in score.py, where headings and attributions are not looked at."""
    rows: list[tuple[str, float, float, float, int]] = []
    for label, name in enumerate(status.LABELS):
        rows.append((name, *prf((truth == label) & (found == label), truth == label, found == label)))
    aside = np.isin(truth, [status.LABELS.index("heading"), status.LABELS.index("attribution")])
    for label in (0, 1):
        hit = (truth == label) & (found == label)
        rows.append((f"task.{status.LABELS[label]}", *prf(hit, truth == label, (found == label) & ~aside)))
    return rows


def prf(hit: Array, want: Array, got: Array) -> tuple[float, float, float, int]:
    """Precision, recall, F1 and the number wanted, from masks of equal length."""
    p, r = hit.sum() / max(got.sum(), 1), hit.sum() / max(want.sum(), 1)
    return float(p), float(r), float(2 * p * r / max(p + r, 1e-9)), int(want.sum())


def cross_validate(labelled: list[Example], corpus: list[Example], directions: Directions) -> list[tuple[Example, Array, Array]]:
    """Gold documents with the labels and logits of a model that has not seen their source."""
    groups = [e.source for e in labelled]
    found = []
    for fold, (train, test) in enumerate(GroupKFold(FOLDS).split(groups, groups=groups)):
        sources = {groups[i] for i in test}
        stages = fit([labelled[i] for i in train], [e for e in corpus if e.source not in sources], directions, fold)
        tested = [labelled[i] for i in test if labelled[i].gold]
        found += [(e, judged(stages, directions, e), predict(stages, directions, e)) for e in tested]
        print(f"fold {fold + 1} of {FOLDS}: {len(tested)} gold documents", file=sys.stderr)
    return found


def save(stages: Stages, directions: Directions, path: Path) -> None:
    """Write the arrays; word weights as 8-bit steps of a scale per column."""
    grams, offset = directions.everything[0] / 3, directions.everything[1] / 3
    words = np.concatenate([stages.words + grams[:, None] * stages.through, grams[:, None]], 1)
    body, edge = np.split(words, [1 << lexical.BODY_BITS])
    bias = np.append(stages.bias + offset * stages.through, offset)
    arrays: dict[str, Any] = {"version": np.int64(status.MODEL_VERSION), "bias": bias.astype(np.float32)}
    for name, table, factor in (("body", body, 1.0), ("edge", edge, 0.5)):
        scale = np.abs(table).max(0) / 127
        steps = np.zeros((len(table), 8), np.int8)
        steps[:, :7] = np.rint(table / scale)
        arrays |= {name: steps, f"{name}_scale": (scale * factor).astype(np.float32)}
    for name, look in (("near", stages.near), ("far", stages.far)):
        for part, values in zip(("mean", "spread", "weights", "bias"), look, strict=True):
            arrays[f"{name}_{part}"] = values.astype(np.float32)
    arrays |= {"agreement": np.float32(SHIFTS.agreement), "assured_shift": np.float32(SHIFTS.assured)}
    arrays |= {"trouble_shift": np.float32(SHIFTS.trouble), "heading_shift": np.float32(SHIFTS.heading)}
    np.savez_compressed(path, **arrays)


def main() -> None:
    """Read the data, cross-validate, print the table of the card, train on everything and write the model."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--gold", type=Path, default=ROOT.parent / "shared" / "gold" / "dev")
    parser.add_argument("--annotations", type=Path, default=ROOT / "models" / "annotations" / "labels.jsonl")
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus")
    parser.add_argument("--out", type=Path, default=status.MODEL)
    parser.add_argument("--no-cv", action="store_true", help="train only")
    options = parser.parse_args()
    gold = gold_examples(options.gold)
    left_out = {e.source for e in gold}
    labelled = gold + annotated_examples(options.annotations, options.corpus)
    corpus = corpus_examples(options.corpus, left_out)
    directions = learn_directions([e for e in corpus if e.report])
    if not options.no_cv:
        found = cross_validate(labelled, corpus, directions)
        print("| label | precision | recall | F1 | gold |\n| --- | --- | --- | --- | --- |")
        for name, p, r, f1, count in figures(np.concatenate([e.labels for e, _, _ in found]), np.concatenate([x for _, x, _ in found])):
            print(f"| {name} | {p:.3f} | {r:.3f} | {f1:.3f} | {count} |")
    save(fit(labelled, corpus, directions, FOLDS), directions, options.out)


if __name__ == "__main__":
    main()
