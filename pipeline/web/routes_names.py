"""Names of indicators (同名指标): which wordings are one indicator, and which are two, as people have decided."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query
from fastapi.responses import Response
from starlette.datastructures import FormData

from pipeline.track import decisions, join, part
from pipeline.web.page import Asked, checked_form, local_time
from pipeline.web.views import Shown, table, view
from pipeline.web.words import message, word

router = APIRouter()
Form = Annotated[FormData, Depends(checked_form)]
Name = Annotated[str, Query(max_length=60)]
_LONGEST = 60


@dataclass(frozen=True, slots=True)
class NameDecision:
    """Two wordings that somebody took for one indicator (`join`) or for two (`part`)."""

    at: str
    who: str
    action: str
    first: str
    second: str


@dataclass(frozen=True, slots=True)
class NamesView:
    """All decisions about names, the latest first; of several about two names the latest holds."""

    decisions: tuple[NameDecision, ...]


@view(router, "/names", template="names.html", answer=NamesView)
def show_names(page: Asked, first: Name = "", second: Name = "") -> Shown:
    """What people have decided about names of indicators."""
    with page.library.reading() as store:
        made = reversed(decisions(store).made)
    data = NamesView(tuple(NameDecision(one.at, one.who, one.action, one.first, one.second) for one in made))
    rows = ((local_time(one.at), one.who, word("naming", one.action), one.first, one.second) for one in data.decisions)
    return Shown(data, (table("names", rows),), {"first": first, "second": second})


@router.post("/names", include_in_schema=False)
def decide(page: Asked, form: Form) -> Response:
    """Take two wordings for one indicator, or for two."""
    page.need("editor")
    act = {"join": join, "part": part}.get(str(form.get("action", "")))
    if act is None:
        raise HTTPException(400, message("bad_link", what=str(form.get("action", ""))[:20]))
    first, second = (str(form.get(name, ""))[:_LONGEST] for name in ("first", "second"))
    with page.library.writing() as store:
        act(store, first, second, page.person(form).who)
    page.note("correct", f"{first} {word('naming', str(form['action']))} {second}")
    return page.back(form, "/names", told="saved")
