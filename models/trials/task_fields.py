"""Measure how well fields of tasks are told where the words that name them are hidden: three folds by document.

Run: ``python models/trials/task_fields.py office.db`` (two minutes for 9,000 tasks, one core; needs the extra ``train``)
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import GroupKFold

from pipeline.analysis import topics
from pipeline.store import open_store

FOLDS, TASKS = 3, 9000


def main() -> None:
    """Print how many texts are answered, how many of these rightly, and the share right among the surest."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("db", type=Path, help="a store with many documents")
    with open_store(parser.parse_args().db, readonly=True) as store:
        rows = [(task.text, task.doc_id) for task in store.tasks()]
    order = np.random.default_rng(2).permutation(len(rows))[:TASKS]
    held = [(*rows[number], field) for number in order if (field := topics._seeded(rows[number][0]))]
    texts, documents, fields = (np.array(part, dtype=object) for part in zip(*held, strict=True))
    concepts = topics._concepts()
    right, sure = [], []
    for taught, asked in GroupKFold(FOLDS).split(texts, groups=documents):
        named = [*texts[taught], *map(topics._hidden, texts[taught])]
        features = topics._Features()
        examples = features.learn([*named, *(" ".join(one.official + one.spoken) for one in concepts)])
        model = SGDClassifier(loss="log_loss", alpha=topics._PENALTY, random_state=0, max_iter=30, class_weight="balanced")
        model.fit(examples, [*fields[taught], *fields[taught], *(one.field for one in concepts)])
        chances = model.predict_proba(features.of([topics._hidden(text) for text in texts[asked]]))
        right += list(model.classes_[chances.argmax(1)] == fields[asked])
        sure += list(chances.max(1))
    answered = np.array(sure) >= topics._DOUBTFUL
    found = np.array(right)[np.argsort(-np.array(sure))]
    print(f"{len(found)} texts: {answered.mean():.2f} answered, {np.array(right)[answered].mean():.2f} of them right")
    for share in (0.47, 0.7, 1.0):
        print(f"the surest {share:.0%}: {found[: int(share * len(found))].mean():.2f} right")


if __name__ == "__main__":
    main()
