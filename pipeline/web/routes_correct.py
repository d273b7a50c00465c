"""Correct (校核): confirm, edit, reject and add records, take decisions back, check a random sample, export gold documents."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Annotated, Any, Literal
from urllib.parse import quote as quoted

import orjson
from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import Response
from starlette.datastructures import FormData

from pipeline.store import SqliteStore
from pipeline.store.corrections import add_record, correct, corrections, undo
from pipeline.web.correcting import added_fields, edited_fields, place_of_quote
from pipeline.web.page import Asked, checked_form, local_time
from pipeline.web.records import changes_of, decisions, record_status
from pipeline.web.views import Shown, table, view
from pipeline.web.words import degree, figure, message, period, word

router = APIRouter()
Form = Annotated[FormData, Depends(checked_form)]
_PAGE = 100
_TABLES = {"task": "tasks", "quantity": "quantities", "deadline": "deadlines"}
_DRAWS = 50  # for each record of a sample: enough for a table of which most is gone
_ONE_IN_TWENTY = 1.96  # standard deviations of a normal distribution: the bounds hold for 95 samples of 100


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A decision with what it says in the office's words."""

    number: int
    at: str
    who: str
    why: str
    action: str
    kind: str
    record: str
    doc_id: str
    quote: str
    changes: str
    how: str | None


@dataclass(frozen=True, slots=True)
class CorrectionList:
    """What people decided, latest first; ``unplaced`` counts decisions whose words no longer stand in their document."""

    count: int
    unplaced: int
    corrections: tuple[CorrectionRow, ...]


@dataclass(frozen=True, slots=True)
class SampleRow:
    """A record of the sample, and what was found: ``right``, ``wrong``, or None where nobody looked yet."""

    id: str
    kind: str
    doc_id: str
    title: str
    text: str
    context: tuple[str, str]
    status: str
    detail: str
    confidence: str
    outcome: str | None
    who: str
    last_decision: int


@dataclass(frozen=True, slots=True)
class Sample:
    """A random sample: the same ``seed`` draws the same records. The rate of errors has the bounds of a 95 % interval (Wilson)."""

    seed: int
    judged: int
    wrong: int
    rate: float | None
    lowest: float | None
    highest: float | None
    rows: tuple[SampleRow, ...]


@router.post("/correct", include_in_schema=False)
def decide(page: Asked, form: Form) -> Response:
    """Confirm, edit or reject a record; where somebody else decided since the page was opened, that is shown first."""
    page.need("editor")
    name, action = str(form.get("id", ""))[:80], str(form.get("action", ""))
    if action not in ("confirm", "edit", "reject"):
        raise HTTPException(400, message("forged"))
    with page.library.writing() as store:
        row = store.record(name)
        if row is None:
            raise HTTPException(404, message("no_record"))
        decided = list(decisions(store, row["doc_id"], name))
        seen = str(form.get("seen", "0"))
        if decided and decided[-1].number > (int(seen) if seen.isascii() and seen.isdigit() else 0):
            kept = [(key, str(value)) for key, value in form.multi_items() if key not in ("csrf", "seen")]
            return page.render("conflict.html", 409, decision=decided[-1], kept=kept, seen=decided[-1].number, record=row)
        changes = edited_fields(row, form) if action == "edit" else {}
        if action == "edit" and not changes:
            action = "confirm"
        person = page.person(form)
        number = correct(store, name, action, person, changes)  # type: ignore[arg-type]
    page.note("correct", f"{number} {word('correction', action)} {name}")
    return page.back(
        form, f"/document?id={quoted(row['doc_id'])}", told={"confirm": "confirmed", "edit": "edited", "reject": "rejected"}[action]
    )


@router.post("/correct/add", include_in_schema=False)
def add(page: Asked, form: Form) -> Response:
    """Add a record on words of a document: those that were selected, or that were written out."""
    page.need("editor")
    doc_id, kind = str(form.get("doc_id", ""))[:200], str(form.get("kind", ""))
    if kind not in _TABLES:
        raise HTTPException(400, message("forged"))
    with page.library.writing() as store:
        document = store.document(doc_id)
        if document is None:
            raise HTTPException(404, message("no_document"))
        span = place_of_quote(document.text, str(form.get("quote", "")), str(form.get("start", "")))
        values = added_fields(kind, document.text[slice(*span)], form)
        number = add_record(store, doc_id, kind, span, page.person(form), **values)
        record = next(item.record for item in corrections(store, doc_id=doc_id) if item.number == number)
    page.note("add", f"{number} {record}")
    return page.back(form, f"/document?id={quoted(doc_id)}&record={record}#r-{record}", told="added")


@router.post("/correct/undo", include_in_schema=False)
def take_back(page: Asked, form: Form) -> Response:
    """Take a decision back; that is kept as a decision, too."""
    page.need("editor")
    number = str(form.get("number", ""))
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        raise HTTPException(400, message("forged"))
    with page.library.writing() as store:
        undo(store, int(number), page.person(form))
    page.note("undo", number)
    return page.back(form, "/corrections", told="undone")


@view(router, "/corrections", template="corrections.html", answer=CorrectionList)
def list_corrections(
    page: Asked,
    id: Annotated[str, Query(max_length=200)] = "",  # noqa: A002 - the name in the link
    who: Annotated[str, Query(max_length=40)] = "",
    unplaced: bool = False,
    p: Annotated[int, Query(ge=1, le=100000)] = 1,
) -> Shown:
    """What people decided: of one document, of one person, or that has no place at present."""
    with page.library.reading() as store:
        found = [item for item in corrections(store, doc_id=id or None, unplaced=unplaced) if who.strip() in item.who]
        lost = sum(1 for _ in corrections(store, unplaced=True))
    found.reverse()
    shown = found if page.twin in ("csv", "xlsx") else found[(p - 1) * _PAGE : p * _PAGE]
    rows = tuple(
        CorrectionRow(
            item.number,
            item.at,
            item.who,
            item.why,
            item.action,
            item.kind,
            item.record,
            item.doc_id,
            item.quote,
            changes_of(item),
            item.how,
        )
        for item in shown
    )
    cells = (
        (
            row.number, local_time(row.at), row.who, word("correction", row.action), word("record", row.kind), row.quote, row.changes,
            row.why, word("how", row.how), row.doc_id,
        )
        for row in rows
    )  # fmt: skip
    more = {"p": p, "pages": -(-len(found) // _PAGE), "chosen": {"id": id, "who": who, "unplaced": unplaced}}
    return Shown(CorrectionList(len(found), lost, rows), (table("corrections", cells),), more)


@view(router, "/sample", template="sample.html", answer=Sample)
def draw_sample(
    page: Asked,
    kind: Literal["task", "quantity", "deadline"] = "task",
    n: Annotated[int, Query(ge=1, le=200)] = 20,
    seed: Annotated[int, Query(ge=0, le=10**9)] = 1,
) -> Shown:
    """A random sample of records to check against the text, with the rate of errors that it shows."""
    with page.library.reading() as store:
        rows = tuple(_sampled(store, kind, n, seed))
    judged = [row for row in rows if row.outcome]
    wrong = sum(row.outcome == "wrong" for row in judged)
    rate, lowest, highest = _rate(wrong, len(judged))
    cells = (
        (number, word("record", row.kind), row.text, row.status, row.confidence, word("outcome", row.outcome), row.who, row.title, row.id)
        for number, row in enumerate(rows, start=1)
    )
    return Shown(Sample(seed, len(judged), wrong, rate, lowest, highest, rows), (table("sample", cells),), {"kind": kind, "n": n})


@router.get("/gold", include_in_schema=False)
def gold(page: Asked, id: Annotated[str, Query(min_length=1, max_length=200)]) -> Response:  # noqa: A002 - the name in the link
    """A document with people's corrections as a gold document, for evaluation and training."""
    page.need("editor")
    from pipeline.annotation.gold import gold_of
    from pipeline.annotation.sheet import sheet_of

    with page.library.reading() as store:
        extraction = store.extraction(id)
    if extraction is None:
        raise HTTPException(404, message("no_document"))
    page.note("export", f"/gold {id}")
    body = orjson.dumps(gold_of(sheet_of(extraction)).document, option=orjson.OPT_INDENT_2)
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{quoted(id)}.json"}
    return Response(body, media_type="application/json", headers=headers)


def _sampled(store: SqliteStore, kind: str, count: int, seed: int) -> Any:
    """Records drawn among all that the program found, those that a person rejected since among them."""
    drawn = _drawn(store, _TABLES[kind], count, random.Random(seed))  # noqa: S311 - no secret
    sql = (
        "SELECT r.line, d.doc_id, coalesce(d.title, d.doc_id), substr(d.text, max(1, r.start - 59), min(60, r.start)),"  # noqa: S608
        f" substr(d.text, r.end + 1, 60) FROM {_TABLES[kind]} r JOIN documents d ON d.number = r.document WHERE r.number = ?"
    )
    for number in drawn:
        ((line, doc_id, title, before, after),) = store.select(sql, number)
        row = orjson.loads(line)
        decided = [item for item in decisions(store, doc_id, row["id"]) if not item.undone]
        outcome = None if not decided else "right" if decided[-1].action == "confirm" else "wrong"
        yield SampleRow(
            row["id"], kind, doc_id, title, row["text"], (before, after), record_status(row),
            _detail(row), degree(row["confidence"]), outcome, decided[-1].who if decided else "", decided[-1].number if decided else 0,
        )  # fmt: skip


def _drawn(store: SqliteStore, table: str, count: int, drawn: random.Random) -> list[int]:
    """Numbers of rows, each as likely as any other: drawn between the first and the last one, those that are gone drawn again."""
    ((first, last),) = store.select(f"SELECT coalesce(min(number), 0), coalesce(max(number), -1) FROM {table}")  # noqa: S608
    found: dict[int, None] = {}
    for _ in range(_DRAWS * count):
        if len(found) == count or last < first:
            break
        number = drawn.randint(first, last)
        if store.select(f"SELECT 1 FROM {table} WHERE number = ? AND line <> x''", number):  # noqa: S608
            found[number] = None
    return list(found)


def _detail(row: dict[str, Any]) -> str:
    if row["record"] == "task":
        return "；".join(f"{item['verb']} {item['object']}" for item in row["actions"])
    if row["record"] == "quantity":
        return " ".join(filter(None, (row["indicator"], figure(row), period(row["start"], row["end"]))))
    return period(row["start"], row["end"])


def _rate(wrong: int, judged: int) -> tuple[float | None, float | None, float | None]:
    """A share with the bounds of its Wilson interval (Wilson 1927), which holds for small samples, too."""
    if not judged:
        return None, None, None
    share, z = wrong / judged, _ONE_IN_TWENTY
    middle, scale = share + z * z / (2 * judged), 1 + z * z / judged
    spread = z * math.sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged))
    return share, max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
