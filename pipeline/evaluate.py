"""Evaluate: records against gold documents → scores, errors by kind, gains and losses since an earlier run.

Reads: a folder of gold documents (JSON); records, or else the gold texts, which are then extracted. Writes: an ``Evaluation``.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.errors import PipelineError
from pipeline.export.jsonl import json_lines, read_objects, read_rows
from pipeline.scoring import Comparison, Scoreboard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_KINDS = ("task", "quantity", "deadline")
_NEEDED = {
    "document": {"doc_id", "source"},
    "task": {"doc_id", "span", "text", "status"},
    "quantity": {"doc_id", "span", "text"},
    "deadline": {"doc_id", "span", "text"},
}
_SHOWN = 20  # items won and lost that are printed, unless more errors are asked for


class EvaluationError(PipelineError):
    """A gold folder, a file of records or a baseline cannot be used; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out: scores as plain numbers, and behind them every item that is right, extra or wrong."""

    scores: dict[str, dict[str, Any]]
    board: Scoreboard

    def report(self, *, json: bool = False, errors: int = 0, baseline: Path | None = None) -> Iterator[str]:
        """The scores in lines, then up to ``errors`` errors of each kind, then gains and losses since ``baseline``.

        With ``json`` one line: the scores alone, or with a baseline gains and losses beside them.
        """
        change = None if baseline is None else self.compare(baseline)
        if json:
            yield orjson.dumps(self.scores if change is None else {**self.scores, "baseline": change}).decode()
            return
        yield from _score_lines(self.scores)
        if errors:
            yield from _error_lines(self.board, errors)
        if change is not None:
            yield from _change_lines(change, max(errors, _SHOWN))

    def save(self, path: Path) -> None:
        """Write the scores and the names of what is right and what is extra, for ``compare`` in a later run."""
        items = {"right": sorted(self.board.right), "extra": sorted(self.board.extra)}
        path.write_bytes(orjson.dumps({**self.scores, "items": items}, option=orjson.OPT_INDENT_2))

    def compare(self, path: Path) -> dict[str, Any]:
        """Every score that changed since ``path`` (``[before, now]``) and, where ``path`` was saved with its items, those won and lost."""
        try:
            old = orjson.loads(path.read_bytes())
            before = dict(_flat(old))
        except (orjson.JSONDecodeError, AttributeError) as error:
            raise EvaluationError(f"{path}: no scores in it; write one with evaluate --save {path}") from error
        now = dict(_flat(self.scores))
        scores = {name: [before[name], now[name]] for name in now if name in before and before[name] != now[name]}
        if "items" not in old:
            return {"scores": scores}
        right, extra = set(old["items"]["right"]), set(old["items"]["extra"])
        won = sorted(self.board.right - right) + [f"no more extra: {item}" for item in sorted(extra - self.board.extra)]
        lost = sorted(right - self.board.right) + [f"extra: {item}" for item in sorted(self.board.extra - extra)]
        return {"scores": scores, "won": won, "lost": lost}


def evaluate_folder(gold: Path, records: Path | None = None) -> Evaluation:
    """Score ``records`` against the gold documents of a folder.

    Without ``records`` every gold text is extracted now, from its text and the file name ``<id>.txt`` alone.
    Raises EvaluationError for a folder without gold documents or a file that holds none, JsonLinesError for bad records.
    """
    documents = read_gold(gold)
    return evaluate(documents, extract_gold(documents) if records is None else read_objects(records))


def evaluate(gold: Iterable[dict[str, Any]], rows: Iterable[dict[str, Any]]) -> Evaluation:
    """Score record dicts against gold documents; a record's document is found by the stem of its ``source``."""
    found = _by_stem(rows)
    board, total, missing = Scoreboard(), 0, 0
    for document in gold:
        total += 1
        missing += document["id"] not in found
        Comparison(document, found.get(document["id"], _nothing({})), board).score()
    scores: dict[str, dict[str, Any]] = {name: board.tallies[name].row() for name in sorted(board.tallies)}
    scores["slots"] = {slot: round(number / board.quantity_pairs, 4) for slot, number in sorted(board.slots.items())}
    scores["meta"] = {name: round(board.meta_right[name] / number, 4) for name, number in sorted(board.meta_gold.items())}
    scores["documents"] = {"gold": total, "missing": missing, "misplaced_spans": board.misplaced}
    return Evaluation(scores, board)


def read_gold(folder: Path) -> list[dict[str, Any]]:
    """The gold documents of a folder in the order of their file names."""
    documents = []
    for path in sorted(folder.glob("*.json")):
        try:
            document = orjson.loads(path.read_bytes())
        except orjson.JSONDecodeError as error:
            raise EvaluationError(f"{path}: not JSON ({error}); mend or remove it") from error
        if not isinstance(document, dict) or not {"id", "text", "sentences", "quantities", "deadlines"} <= document.keys():
            raise EvaluationError(f"{path}: not a gold document; it needs id, text, sentences, quantities and deadlines")
        documents.append(document)
    if not documents:
        raise EvaluationError(f"{folder}: no gold documents (.json) in it; name a folder such as corpus/gold")
    return documents


def extract_gold(documents: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The records of the gold texts, as ``extract`` would write them for files called ``<id>.txt``."""
    from pipeline.extract import extract
    from pipeline.read import document_from_text

    for gold in documents:
        document = document_from_text(gold["text"], f"{gold['id']}.txt", allow_marked=True)
        yield from read_rows(json_lines(extract(document), with_text=False))


def _by_stem(rows: Iterable[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Records by the stem of their document's source; a record whose document is not there is left out."""
    documents: dict[str, dict[str, Any]] = {}
    others = []
    for row in rows:
        missing = _NEEDED.get(row.get("record", ""), set()) - row.keys()
        if missing:
            raise EvaluationError(f"a {row['record']} record has no {', '.join(sorted(missing))}; write the records anew with extract")
        if row.get("record") == "document":
            documents[row["doc_id"]] = _nothing(row)
        elif row.get("record") in _KINDS:
            others.append(row)
    for row in others:
        if row["doc_id"] in documents:
            documents[row["doc_id"]][row["record"]].append(row)
    return {PurePath(found["document"]["source"].replace("\\", "/")).stem: found for found in documents.values()}


def _nothing(document: dict[str, Any]) -> dict[str, Any]:
    return {"document": document, **{kind: [] for kind in _KINDS}}


def _score_lines(scores: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name, row in scores.items():
        if "f1" in row:
            yield f"{name:18} P {row['p']:.4f}  R {row['r']:.4f}  F1 {row['f1']:.4f}   gold {row['gold']}  found {row['pred']}"
        else:
            yield f"{name:18} " + "  ".join(f"{key} {value}" for key, value in row.items())


def _error_lines(board: Scoreboard, limit: int) -> Iterator[str]:
    kinds: defaultdict[str, list[str]] = defaultdict(list)
    for error in board.errors:
        kinds[error.kind].append(error.where)
    for kind, places in sorted(kinds.items(), key=lambda item: (-len(item[1]), item[0])):
        yield f"{kind}: {len(places)}"
        yield from (f"    {place}" for place in places[:limit])


def _change_lines(change: dict[str, Any], limit: int) -> Iterator[str]:
    yield "since the baseline: " + ("" if change["scores"] else "no score changed")
    for name, (before, now) in change["scores"].items():
        yield f"    {name:26} {before:.4f} → {now:.4f}  {now - before:+.4f}"
    if "won" not in change:
        yield "    which records were won and lost is known only for a baseline written with --save"
        return
    for word in ("won", "lost"):
        yield f"{word}: {len(change[word])}"
        yield from (f"    {item}" for item in change[word][:limit])
        if len(change[word]) > limit:
            yield f"    … and {len(change[word]) - limit} more (--errors {len(change[word])} shows all)"


def _flat(scores: dict[str, dict[str, Any]]) -> Iterator[tuple[str, float]]:
    """Each score under one name: quantity.full f1, meta place."""
    for name, row in scores.items():
        if name != "items":
            yield from ((f"{name} {key}", value) for key, value in row.items() if key not in ("gold", "pred", "missing"))
