"""Answers for people and for programs: lines in Chinese, and JSON objects.

Reads: ``Answer``, ``rules/search.toml``. Writes: lines of text, JSON-ready rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from pipeline.search.find import Answer
    from pipeline.search.hits import Hit
    from pipeline.search.query import QueryPart

_YEARS_IN_A_ROW = 3  # from so many on a run of years is written as 2015—2018


def words() -> dict[str, Any]:
    """The content of rules/search.toml."""
    return load_rules("search").data


def message(name: str, **values: object) -> str:
    """The message called ``name``, filled in."""
    return str(words()["messages"][name]).format(**values)


def answer_row(answer: Answer) -> dict[str, Any]:
    """The answer as a JSON object: found, hits, what was understood, searched, and what the store covers."""
    return {
        "query": answer.query,
        "found": answer.found,
        "understood": [{"kind": part.kind, "text": part.text, "meaning": part.meaning} for part in answer.understood.parts],
        "topic": answer.understood.topic,
        "searched": searched(answer),
        "coverage": [{"place": place, "documents": count, "years": years} for place, count, years in answer.coverage],
        "hits": [hit.row() for hit in answer.hits],
    }


def answer_lines(answer: Answer) -> Iterator[str]:
    """The answer as lines for the terminal."""
    if answer.understood.parts:
        kinds = sorted({part.kind for part in answer.understood.parts})
        parts = "；".join(_part(part) for part in answer.understood.parts)
        yield message("understood", parts=parts) + message("literal", kinds="|".join(kinds))
    if not answer.found:
        yield message("nothing")
        yield message("searched", what=searched(answer))
        yield from coverage_lines(answer)
    for number, hit in enumerate(answer.hits, start=1):
        yield from _hit_lines(number, hit)


def searched(answer: Answer) -> str:
    """What was searched for, in one line."""
    wanted, names = answer.filters, words()
    told: dict[str, tuple[str, ...]] = {
        "doc_number": (wanted.doc_number or "",),
        "place": (*wanted.places, names["meanings"][wanted.level] if wanted.level else ""),
        "not_place": wanted.not_places,
        "year": (_years(wanted.years),),
        "status": tuple(names["meanings"][status] for status in wanted.statuses),
        "unit": wanted.units,
        "issuer": wanted.issuers,
        "indicator": wanted.indicators,
        "doc_type": wanted.doc_types,
        "kind": wanted.kinds,
        "with": tuple(names["meanings"].get(what, what) for what in wanted.has),
        "without": tuple(names["meanings_by_kind"]["without"][what] for what in wanted.without),
        "due": (_period(wanted.due_after, wanted.due_before),),
        "dated": (_period(wanted.since, wanted.until),),
        "in_force": (names["meanings"]["in_force"] if wanted.in_force else "",),
    }
    parts = (f"{names['kinds'][kind]} {'、'.join(filter(None, values))}" for kind, values in told.items() if any(values))
    return "；".join(filter(None, (answer.understood.topic, *parts)))


def _period(first: date | None, last: date | None) -> str:
    return f"{first or ''}—{last or ''}" if first or last else ""


def coverage_lines(answer: Answer) -> Iterator[str]:
    """What the store holds of the places asked for, or of all."""
    for place, count, years in answer.coverage:
        told = _years(years) if years else message("no_years")
        if place is None:
            yield message("covers_all", count=count, years=told) if count else message("empty")
        else:
            yield message("covers_place", place=place, count=count, years=told) if count else message("covers_no_place", place=place)


def _part(part: QueryPart) -> str:
    names = words()
    meaning = names["meanings_by_kind"].get(part.kind, {}).get(part.meaning) or names["meanings"].get(part.meaning, part.meaning)
    return f"{part.text} → {names['kinds'][part.kind]} {meaning}"


def _hit_lines(number: int, hit: Hit) -> Iterator[str]:
    document = hit.document
    about = [document["title"] or document["source"], document["place"], document["date"] or document["year"], hit.clause]
    if document["rank"]:
        about.append(message("copy"))
    yield f"{number}. {'　'.join(str(item) for item in about if item)}"
    if hit.section:
        yield f"   {' > '.join(hit.section)}"
    yield f"   {marked(hit)}"
    counts = {kind: sum(record["record"] == kind for record in hit.records) for kind in ("task", "quantity", "deadline")}
    told = message("records", tasks=counts["task"], quantities=counts["quantity"], deadlines=counts["deadline"])
    kinds = "、".join(words()["meanings"][status] for status in hit.statuses)
    yield "　".join(part for part in (f"   {document['source']}:{hit.span[0]}-{hit.span[1]}", kinds, told) if part)


def marked(hit: Hit) -> str:
    """The text of a hit with 【】 round the matched words, in one line."""
    pieces, at = [], hit.span[0]
    for start, end in hit.marks:
        pieces += [hit.text[at - hit.span[0] : start - hit.span[0]], "【", hit.text[start - hit.span[0] : end - hit.span[0]], "】"]
        at = end
    return " ".join("".join([*pieces, hit.text[at - hit.span[0] :]]).split())


def _years(years: tuple[int, ...]) -> str:
    """Years in short: 2015—2018、2020."""
    runs: list[list[int]] = []
    for year in sorted(years):
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    told = [f"{run[0]}—{run[-1]}" if len(run) >= _YEARS_IN_A_ROW else "、".join(map(str, run)) for run in runs]
    return "、".join(told)
