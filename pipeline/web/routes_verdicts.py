"""Verdicts (完成判定) that people confirm or change, in 指标, 年度总表 and 对账; and the list of all of them, with undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import Response
from starlette.datastructures import FormData

from pipeline.rulebook import load_rules
from pipeline.store import SqliteStore
from pipeline.track.confirming import SAID, JudgedMeanwhileError, Judgement, all_judgements, judge
from pipeline.track.model import Confirmed
from pipeline.web.page import Asked, Page, checked_form, local_time, own_page
from pipeline.web.views import Shown, table, view
from pipeline.web.words import message, word

router = APIRouter()
_PAGE = 100
_LONGEST = 200  # characters of a name in a form
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class VerdictRow:
    """A decision about a verdict. ``holds``: none came after it; ``verdict`` is in words, empty where one was taken back."""

    number: int
    at: str
    who: str
    why: str
    verdict: str
    text: str
    record: str
    doc_id: str
    other: str
    title: str
    holds: bool

    @property
    def task(self) -> str:
        """The record that is opened in the document."""
        return self.record.partition("#")[0]


@dataclass(frozen=True, slots=True)
class VerdictsView:
    """What people decided about first judgements, the latest first."""

    count: int
    rows: tuple[VerdictRow, ...]


def loop_words() -> dict[str, str]:
    """The words of 对账 for its verdicts."""
    return dict(load_rules("loop").data["words"]["verdicts"])


def decider(said: Judgement | Confirmed | None) -> tuple[str, str, str]:
    """Who decided, when and why, as cells; the program where nobody has."""
    if said is None:
        return message("machine"), "", ""
    return said.who, f"{datetime.fromisoformat(said.at).astimezone():%Y-%m-%d %H:%M}", said.why


@router.post("/verdicts", include_in_schema=False)
def decide(page: Asked, form: Annotated[FormData, Depends(checked_form)]) -> Response:
    """Write down what a person decides about a verdict; where somebody else decided since the page was opened, that is shown first."""
    page.need("editor")
    doc_id, record, other, verdict = (str(form.get(name, ""))[:_LONGEST] for name in ("doc", "record", "other", "verdict"))
    verdict = "" if form.get("undo") else verdict
    seen = str(form.get("seen", "0"))
    person = page.person(form)
    with page.library.writing() as store:
        text = _judged_text(store, doc_id, record)
        if text is None or (other and store.document(other) is None):
            raise HTTPException(404, message("no_record"))
        if verdict and verdict not in _known(record):
            raise HTTPException(400, message("bad_link", what=verdict[:20]))
        made = Judgement(0, "", person.who, doc_id, record, other, verdict, person.why or "")
        try:
            judge(store, made, int(seen) if seen.isascii() and seen.isdigit() and len(seen) < _DIGITS else 0)
        except JudgedMeanwhileError as error:
            return _conflict(page, form, error.last, text)
    page.note("correct" if verdict else "undo", f"{record} {verdict_word(record, verdict)}".strip())
    return page.back(form, "/verdicts", told="judged" if verdict else "unjudged")


@view(router, "/verdicts", template="verdicts.html", answer=VerdictsView)
def list_verdicts(page: Asked, who: Annotated[str, Query(max_length=40)] = "", p: Annotated[int, Query(ge=1, le=1000)] = 1) -> Shown:
    """What people decided about first judgements, of one person or of all."""
    with page.library.reading() as store:
        made = all_judgements(store)
        last = {(one.doc_id, one.record): one.number for one in made}
        found = [one for one in reversed(made) if who.strip() in one.who]
        shown = found[(p - 1) * _PAGE : p * _PAGE] if page.twin == "html" else found
        titles = {row["doc_id"]: row["title"] or row["doc_id"] for row in page.library.documents(store)}
        rows = tuple(_row(store, one, titles, last) for one in shown)
    cells = ((row.number, local_time(row.at), row.who, row.verdict or message("taken_back"), row.why, row.text, row.title) for row in rows)
    return Shown(VerdictsView(len(found), rows), (table("verdicts", cells),), {"p": p, "pages": -(-len(found) // _PAGE), "who": who})


def _row(store: SqliteStore, one: Judgement, titles: dict[str, str], last: dict[tuple[str, str], int]) -> VerdictRow:
    text = _judged_text(store, one.doc_id, one.record) or ""
    holds = bool(one.verdict) and last[one.doc_id, one.record] == one.number
    return VerdictRow(
        one.number, one.at, one.who, one.why, verdict_word(one.record, one.verdict), text, one.record, one.doc_id, one.other,
        titles.get(one.doc_id, one.doc_id), holds,
    )  # fmt: skip


def verdict_word(record: str, verdict: str) -> str:
    """A verdict as the view of its record says it."""
    return (loop_words().get(verdict, verdict) if "#" in record else word("verdict", verdict)) if verdict else ""


def _known(record: str) -> Any:
    return loop_words() if "#" in record else SAID


def _judged_text(store: SqliteStore, doc_id: str, record: str) -> str | None:
    """The words that are judged: of a target its sentence, of a commitment its clause. None where there is no such record."""
    name, _, place = record.partition("#")
    row = store.record(name)
    if row is None or row["doc_id"] != doc_id or row["record"] != ("task" if place else "quantity"):
        return None
    document = store.document(doc_id)
    if not place or document is None:
        return f"{row['indicator'] or ''}　{row['text']}".strip()
    first, _, last = place.partition("-")
    if not (first.isascii() and first.isdigit() and last.isascii() and last.isdigit() and len(place) < _LONGEST):
        return None
    inside = row["span"][0] <= int(first) < int(last) <= row["span"][1]
    return document.text[int(first) : int(last)] if inside else None


def _conflict(page: Page, form: FormData, last: Judgement, text: str) -> Response:
    kept = [(name, str(value)) for name, value in form.multi_items() if name not in ("csrf", "seen")]
    mine = "" if form.get("undo") else verdict_word(last.record, str(form.get("verdict", "")))
    theirs = verdict_word(last.record, last.verdict)
    target = own_page(str(form.get("next", "")), "/verdicts")
    told = {"last": last, "theirs": theirs, "mine": mine, "kept": kept, "text": text, "why": str(form.get("why", "")), "back": target}
    return page.render("verdict_conflict.html", 409, **told)
