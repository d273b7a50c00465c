"""Compare the records of one document with its gold annotation: what is right, what was missed, what is extra.

Reads: a gold document (the format of ``gold/dev``) and record dicts. Writes: a ``Scoreboard`` that many documents add up in.
The pairing, the tolerances and the rounding are those that the annotation guidelines' scorer lays down, so that both give the same digits.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from pipeline.rulebook import load_rules

Row = dict[str, Any]
EVERYTHING = ("task", "action", "responsible", "quantity", "deadline")
_DEADLINE_OVERLAP = 0.4  # “5月底前” against “5月底”: short spans differ by a large share
_SILENT = ("heading", "attribution")  # sentences in which predicted tasks are neither right nor wrong
_TASK_STATUSES = ("planned", "achieved", "problem")


@dataclass(slots=True)
class Tally:
    """How many items the gold has, how many were predicted, and how many of them agree."""

    right: int = 0
    gold: int = 0
    predicted: int = 0

    def add(self, right: int, gold: int, predicted: int) -> None:
        """Count the items of one more document, sentence or paragraph."""
        self.right += right
        self.gold += gold
        self.predicted += predicted

    def row(self) -> dict[str, float | int]:
        """Precision, recall and F1, rounded to four digits, with the counts."""
        precision = self.right / self.predicted if self.predicted else 0.0
        recall = self.right / self.gold if self.gold else 0.0
        f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
        return {"p": round(precision, 4), "r": round(recall, 4), "f1": round(f1, 4), "gold": self.gold, "pred": self.predicted}


@dataclass(frozen=True, slots=True)
class Error:
    """One thing that is wrong: its kind, by which errors are grouped, and where and how."""

    kind: str
    where: str


@dataclass(slots=True)
class Scoreboard:
    """Counts over documents; ``right`` and ``extra`` name every item so that two runs can be compared."""

    tallies: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    slots: Counter[str] = field(default_factory=Counter)
    quantity_pairs: int = 0
    meta_right: Counter[str] = field(default_factory=Counter)
    meta_gold: Counter[str] = field(default_factory=Counter)
    misplaced: int = 0
    right: set[str] = field(default_factory=set)
    extra: set[str] = field(default_factory=set)
    errors: list[Error] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Comparison:
    """A gold document beside what was predicted for it."""

    gold: Row
    found: dict[str, Any]  # "document": a record; "task", "quantity", "deadline": lists of records
    board: Scoreboard

    def score(self) -> None:
        """Add this document to the scoreboard."""
        wanted = set(self.gold.get("only") or EVERYTHING)
        for kind in ("task", "quantity", "deadline"):
            for record in self.found[kind]:
                start, end = record["span"]
                self.board.misplaced += self.gold["text"][start:end] != record["text"]
        self._tasks()
        if "action" in wanted:
            for sentence in self._sentences("planned", "achieved"):
                self._actions(sentence)
        if "responsible" in wanted:
            for block in paragraphs(self.gold):
                self._responsible(block)
        if "quantity" in wanted:
            self._quantities(self.gold["quantities"], self.found["quantity"])
        else:
            self._quantities([], [])
        if "deadline" in wanted:
            self._deadlines()
        self._meta()

    def _sentences(self, *labels: str) -> list[Row]:
        return [sentence for sentence in self.gold["sentences"] if sentence["label"] in labels]

    def _tasks(self) -> None:
        sentences = [{**sentence, "span": [sentence["start"], sentence["end"]]} for sentence in self.gold["sentences"]]
        tasks = self.found["task"]
        pairs = paired(sentences, tasks)
        sentence_of = {j: sentences[i] for i, j in pairs}
        task_of = {sentences[i]["start"]: tasks[j] for i, j in pairs}
        silent = [_span(sentence) for sentence in self._sentences(*_SILENT)]
        for status in _TASK_STATUSES:
            wanted = self._sentences(status)
            right = 0
            for sentence in wanted:
                got = task_of.get(sentence["start"], {}).get("status")
                right += self._check(f"task.{status}", got == status, sentence["start"], _text(self.gold, _span(sentence)))
                if got != status:
                    self._wrong(f"{status} sentence found as {got or 'nothing'}", _text(self.gold, _span(sentence)))
            counted = 0
            for j, task in enumerate(tasks):
                if task["status"] != status:
                    continue
                match = sentence_of.get(j)
                if (match is not None and match["label"] in _SILENT) or (match is None and _lies_in(task["span"], silent)):
                    continue
                counted += 1
                if match is None or match["label"] != status:
                    label = match["label"] if match else "no such sentence"
                    self._extra(f"task.{status}", f"{status} task where gold says {label}", task["span"][0], _text(self.gold, task["span"]))
            self.board.tallies[f"task.{status}"].add(right, len(wanted), counted)

    def _actions(self, sentence: Row) -> None:
        span = _span(sentence)
        indicators = [quantity["indicator"] or "" for quantity in self.gold["quantities"] if overlap(quantity["span"], span)]
        wanted = [action for action in sentence["actions"] if not _is_statistic(action[0], action[1], indicators)]
        half = (span[1] - span[0]) / 2
        found = [
            action
            for task in self.found["task"]
            if overlap(span, task["span"]) >= half
            for action in task.get("actions", [])
            if not _is_statistic(action["verb"], action.get("object"), indicators)
        ]
        free = list(found)
        for verb, thing in wanted:
            match = next((a for a in free if same_verb(verb, a["verb"]) and likeness(thing, a.get("object")) >= 0.5), None)
            if match is not None:
                free.remove(match)
            if not self._check("action", match is not None, span[0], f"{verb} {thing}"):
                self._wrong("action missed", f"{verb} {thing}")
        for action in free:
            self._extra("action", "action extra", span[0], f"{action['verb']} {action.get('object')}")
        self.board.tallies["action"].add(len(found) - len(free), len(wanted), len(found))

    def _responsible(self, block: list[Row]) -> None:
        naming = [sentence for sentence in block if sentence["label"] in ("planned", "attribution")]
        if not naming:
            return
        text = self.gold["text"][block[0]["start"] : block[-1]["end"]]
        spans = [_span(sentence) for sentence in block if sentence["label"] in ("planned", *_SILENT)]
        wanted = {unit for sentence in naming for unit in sentence["responsible"]}
        found = {
            unit
            for task in self.found["task"]
            if task["status"] == "planned" and any(overlap(span, task["span"]) for span in spans)
            for unit in task.get("responsible", [])
            if unit in text
        }
        for unit in sorted(wanted):
            if not self._check("responsible", unit in found, block[0]["start"], unit):
                self._wrong("unit missed", f"{unit}: {text[:40]}")
        for unit in sorted(found - wanted):
            self._extra("responsible", "unit extra", block[0]["start"], f"{unit}: {text[:40]}")
        self.board.tallies["responsible"].add(len(wanted & found), len(wanted), len(found))

    def _quantities(self, gold: list[Row], found: list[Row]) -> None:
        pairs = paired(gold, found)
        full = target = 0
        for i, j in pairs:
            slots = quantity_slots(gold[i], found[j])
            self.board.quantity_pairs += 1
            self.board.slots.update(slots)
            self.board.slots["(scope)"] += likeness(gold[i].get("scope"), found[j].get("scope")) >= 0.8
            self.board.slots["(start)"] += gold[i].get("start") == found[j].get("start")
            right = self._check("quantity.full", all(slots.values()), gold[i]["span"][0], f"{gold[i]['quote']} {gold[i]['indicator']}")
            full += right
            target += right and gold[i]["status"] == "planned"
            for slot in (name for name, same in slots.items() if not same):
                want, got = _slot_values(slot, gold[i], found[j])
                self._wrong(f"quantity with wrong {slot}", f"{gold[i]['quote']} ({gold[i]['indicator']}): want {want} got {got}")
        for i in set(range(len(gold))) - {i for i, _ in pairs}:
            self._wrong("quantity missed", f"{gold[i]['quote']} ({gold[i]['indicator']})")
        for j in set(range(len(found))) - {j for _, j in pairs}:
            self._extra("quantity", "quantity extra", found[j]["span"][0], f"{found[j]['text']} ({found[j].get('indicator')})")
        self.board.tallies["quantity.found"].add(len(pairs), len(gold), len(found))
        self.board.tallies["quantity.full"].add(full, len(gold), len(found))
        self.board.tallies["target.full"].add(target, _planned(gold), _planned(found))

    def _deadlines(self) -> None:
        spans = [_span(sentence) for sentence in self._sentences("planned")]
        gold, found = (
            [deadline for deadline in deadlines if any(overlap(span, deadline["span"]) for span in spans)]
            for deadlines in (self.gold["deadlines"], self.found["deadline"])
        )
        pairs = paired(gold, found, _DEADLINE_OVERLAP)
        exact = 0
        for i, j in pairs:
            want, got = ([deadline.get(key) for key in ("start", "end", "relation")] for deadline in (gold[i], found[j]))
            exact += self._check("deadline.exact", want == got, gold[i]["span"][0], gold[i]["quote"])
            if want != got:
                self._wrong("deadline wrong", f"{gold[i]['quote']}: want {want} got {got}")
        for i in set(range(len(gold))) - {i for i, _ in pairs}:
            self._wrong("deadline missed", gold[i]["quote"])
        for j in set(range(len(found))) - {j for _, j in pairs}:
            self._extra("deadline", "deadline extra", found[j]["span"][0], found[j]["text"])
        self.board.tallies["deadline.found"].add(len(pairs), len(gold), len(found))
        self.board.tallies["deadline.exact"].add(exact, len(gold), len(found))

    def _meta(self) -> None:
        for name, want in self.gold.get("meta", {}).items():
            got = self.found["document"].get(name)
            if name in ("title", "issuer"):
                same = likeness(want, got) >= 0.8
            elif name == "doc_number":
                same = "".join((want or "").split()) == "".join((got or "").split())
            else:
                same = want == got
            self.board.meta_gold[name] += 1
            self.board.meta_right[name] += self._check(f"meta.{name}", same, 0, str(want))
            if not same:
                self._wrong(f"meta {name}", f"want {want} got {got}")

    def _check(self, score: str, same: bool, position: int, what: str) -> bool:
        if same:
            self.board.right.add(f"{score} {self.gold['id']} {position} {what}")
        return same

    def _wrong(self, kind: str, what: str) -> None:
        self.board.errors.append(Error(kind, f"{self.gold['id']}: {what}"))

    def _extra(self, score: str, kind: str, position: int, what: str) -> None:
        self.board.extra.add(f"{score} {self.gold['id']} {position} {what}")
        self._wrong(kind, what)


def overlap(a: list[int], b: list[int]) -> int:
    """How many characters two spans share."""
    return max(0, min(a[1], b[1]) - max(a[0], b[0]))


def likeness(a: str | None, b: str | None) -> float:
    """F1 of the letters, digits and Chinese characters of two wordings as bags; 1 for two empty ones."""
    left, right = (Counter(filter(str.isalnum, wording or "")) for wording in (a, b))
    if not left or not right:
        return float(not left and not right)
    return 2 * (left & right).total() / (left.total() + right.total())


def paired(gold: list[Row], found: list[Row], least: float = 0.5) -> list[tuple[int, int]]:
    """Indexes of gold and found items that belong together, each used once.

    The pair whose spans share the largest part of their union comes first; the likest indicator breaks a tie, then the earlier item.
    """
    candidates = []
    for i, wanted in enumerate(gold):
        for j, got in enumerate(found):
            shared = overlap(wanted["span"], got["span"])
            if not shared:
                continue
            part = shared / (max(wanted["span"][1], got["span"][1]) - min(wanted["span"][0], got["span"][0]))
            if part >= least:
                candidates.append((-round(part, 6), -likeness(wanted.get("indicator"), got.get("indicator")), i, j))
    pairs: list[tuple[int, int]] = []
    used_gold, used_found = set(), set()
    for _, _, i, j in sorted(candidates):
        if i not in used_gold and j not in used_found:
            used_gold.add(i)
            used_found.add(j)
            pairs.append((i, j))
    return pairs


def paragraphs(gold: Row) -> list[list[Row]]:
    """The gold sentences by paragraph; a line that only says who is responsible belongs to the paragraph before it."""
    blocks: list[list[Row]] = []
    for before, sentence in zip([None, *gold["sentences"]], gold["sentences"], strict=False):
        same_line = before is not None and "\n" not in gold["text"][before["end"] : sentence["start"]]
        if before is not None and (same_line or sentence["label"] == "attribution"):
            blocks[-1].append(sentence)
        else:
            blocks.append([sentence])
    return blocks


def quantity_slots(gold: Row, found: Row) -> dict[str, bool]:
    """Which parts of a quantity agree. A slot that the annotation calls ``lenient`` always does: the text leaves it open."""
    names = (gold["indicator"] or "", *gold.get("also", []))
    same_direction = gold["measure"] not in ("change", "gap") or gold.get("direction") == found.get("direction")
    slots = {
        "value": all(same_number(gold[bound], found.get(bound)) for bound in ("low", "high")),
        "unit": _unit(gold["unit"]) == _unit(found.get("unit")),
        "comparator": gold["comparator"] == found.get("comparator"),
        "status": gold["status"] == found.get("status"),
        "period": gold["end"] == found.get("end"),
        "indicator": any(same_indicator(name, found.get("indicator") or "") for name in names),
        "measure": gold["measure"] == found.get("measure") and same_direction,
        "per": gold.get("per") == found.get("per"),
        "masked": bool(gold.get("masked")) == bool(found.get("masked")),
    }
    return slots | dict.fromkeys(gold.get("lenient", []), True)


def same_number(a: float | None, b: float | None) -> bool:
    """Equal up to a millionth; None equals only None."""
    if a is None or b is None:
        return a is b
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def same_verb(a: str, b: str) -> bool:
    """Equal, or one holds the other and is at most twice as long (推进, 统筹推进)."""
    short, long = sorted((a, b), key=len)
    return a == b or (short != "" and short in long and len(long) <= 2 * len(short))


def same_indicator(gold: str, found: str) -> bool:
    """Alike by characters, and not on different sides of a contrast (城镇, 农村)."""
    if likeness(gold, found) < 0.6:
        return False
    return not any(_opposed(gold, found, one, other) or _opposed(gold, found, other, one) for one, other in _scoring()["contrasts"])


def _opposed(gold: str, found: str, one: str, other: str) -> bool:
    return one in gold and one not in found and other in found and other not in gold


@cache
def _scoring() -> dict[str, Any]:
    return load_rules("scoring").data


def _is_statistic(verb: str, thing: str | None, indicators: list[str]) -> bool:
    return verb in _scoring()["statistic_verbs"] and any(likeness(thing, indicator) >= 0.5 for indicator in indicators)


def _unit(unit: str | None) -> str | None:
    name = (unit or "").strip()
    alias: str | None = _scoring()["unit_aliases"].get(name)
    return alias or name.lower() or None


def _slot_values(slot: str, gold: Row, found: Row) -> tuple[Any, Any]:
    fields = {"value": ("low", "high"), "period": ("start", "end"), "measure": ("measure", "direction")}.get(slot, (slot,))
    want, got = ([record.get(name) for name in fields] for record in (gold, found))
    return (want, got) if len(fields) > 1 else (want[0], got[0])


def _planned(quantities: list[Row]) -> int:
    return sum(quantity.get("status") == "planned" for quantity in quantities)


def _span(sentence: Row) -> list[int]:
    return [sentence["start"], sentence["end"]]


def _text(gold: Row, span: list[int]) -> str:
    text: str = gold["text"][span[0] : span[1]]
    return text[:60]


def _lies_in(span: list[int], others: list[list[int]]) -> bool:
    return bool(others) and sum(overlap(other, span) for other in others) >= 0.9 * (span[1] - span[0])
