"""Take a search as the command line or a program words it, and check it: days, kinds, models, rows of a batch.

Reads: options as text, rows of queries. Writes: ``Wish``, answers in rows.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, get_args

from pipeline.errors import PipelineError
from pipeline.records import DocType
from pipeline.search.encoder import load_encoder
from pipeline.search.filters import HAS_FLAGS, KIND_FLAGS, Filters
from pipeline.search.find import Wish, search
from pipeline.search.index import load_index
from pipeline.search.query import KINDS, Asking
from pipeline.search.show import answer_row, message
from pipeline.store.passages import STATUS_FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipeline.search.index import Index
    from pipeline.store import SqliteStore

_CHOICES: dict[str, tuple[str, ...]] = {
    "doc_type": get_args(DocType), "status": tuple(STATUS_FLAGS), "kind": tuple(KIND_FLAGS), "has": tuple(HAS_FLAGS),
    "without": tuple(HAS_FLAGS),
}  # fmt: skip
_DAY = re.compile(r"(\d{4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?")


class RequestError(PipelineError):
    """An option or a row of queries cannot be understood; the message names it."""

    exit_code = 2


def make_wish(**options: Any) -> Wish:
    """The wish that the options of the command line make; absent ones are None or empty. Raises RequestError for one that is no day."""
    given = {name: value for name, value in options.items() if value}
    for option, known in _CHOICES.items():
        for value in given.get(option, ()):
            if value not in known:
                raise RequestError(message("bad_choice", option=f"--{option.replace('_', '-')}", value=value, known="、".join(known)))
    filters = Filters(
        years=tuple(given.get("year", ())),
        places=tuple(given.get("place", ())),
        not_places=tuple(given.get("not_place", ())),
        issuers=tuple(given.get("issuer", ())),
        units=tuple(given.get("unit", ())),
        indicators=tuple(given.get("indicator", ())),
        doc_types=tuple(given.get("doc_type", ())),
        statuses=tuple(given.get("status", ())),
        kinds=tuple(given.get("kind", ())),
        has=tuple(given.get("has", ())),
        without=tuple(given.get("without", ())),
        in_force=bool(given.get("in_force")),
        due_after=_day("--due-after", given.get("due_after")),
        due_before=_day("--due-before", given.get("due_before"), last=True),
        since=_day("--since", given.get("since")),
        until=_day("--until", given.get("until"), last=True),
    )
    as_of = _day("--as-of", given.get("as_of"), last=True) or date.today()
    literal = frozenset(part.strip() for part in re.split(r"[|,]", given.get("literal", "")) if part.strip())
    unknown = sorted(literal - {"all", *KINDS})
    if unknown:
        raise RequestError(message("bad_literal", value=unknown[0], known="|".join(("all", *KINDS))))
    return Wish(filters, Asking(given.get("home"), as_of, literal), given.get("limit", 10), given.get("sort", "relevance"))


def open_index(store: SqliteStore, encoder: str | None = None, *, allow_download: bool = False) -> Index:
    """Everything that searching ``store`` needs, with the encoder named ``encoder`` or the one that the store was built with."""
    return load_index(store, load_encoder(encoder, allow_download=allow_download) if encoder else store.encoder())


def answer_rows(index: Index, rows: Iterable[dict[str, Any]], wish: Wish) -> Iterator[dict[str, Any]]:
    """An answer ``{id, found, hits, …}`` for each row ``{id, query, filters: {place, year}}``, whose filters go before the wish's."""
    for row in rows:
        own = _with(wish, *_filters(row))
        yield {"id": row["id"], **answer_row(search(index, row["query"], own))}


def _filters(row: dict[str, Any]) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """The years and places of a row of queries. Raises RequestError with its id for what is neither."""
    filters = row.get("filters") or {}
    if isinstance(filters, dict):
        years, places = ([str(value).strip() for value in _several(filters.get(name))] for name in ("year", "place"))
        if all(re.fullmatch(r"\d{4}", year) for year in years):
            return tuple(map(int, years)), tuple(place for place in places if place)
    raise RequestError(message("bad_filters", id=row["id"], value=filters))


def _several(value: Any) -> list[Any]:
    if value is None or value == "":
        return []
    return list(value) if isinstance(value, list) else [value]


def _with(wish: Wish, years: tuple[int, ...], places: tuple[str, ...]) -> Wish:
    filters = replace(wish.filters, years=years or wish.filters.years, places=places or wish.filters.places)
    return replace(wish, filters=filters)


def _day(option: str, value: str | None, *, last: bool = False) -> date | None:
    """A day written as 2024-05-31, 2024-05 or 2024: the first day of the period, or the last."""
    if value is None:
        return None
    match = _DAY.fullmatch(value.strip())
    try:
        if match is None:
            raise ValueError
        year, month, day = int(match[1]), int(match[2] or (12 if last else 1)), match[3]
        return date(year, month, int(day) if day else monthrange(year, month)[1] if last else 1)
    except ValueError as error:
        raise RequestError(message("bad_day", option=option, value=value)) from error
