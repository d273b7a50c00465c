"""The commands of tracking: parse, call one verb, print."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)
Store = Annotated[Path, typer.Option("--db", metavar="FILE", help="The store.")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day from which “due” is read.")]
_DECISION = 3  # words: join A B


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py track --all --db office.db -o series.jsonl"))
def track(
    db: Store,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[INDICATOR]", help="Any wording of an indicator; or join A B, part A B, for good.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Follow every indicator of every place.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="SERIES.jsonl", help="File to write; - for stdout.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Full name of a place.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Only series with a figure of this year.")] = None,
    as_of: AsOf = None,
    plans: Annotated[bool, typer.Option("--plans", help="What became of last year's commitments in words in the plan for --year.")] = False,
    who: Annotated[str, typer.Option("--who", help="Who joins or parts names.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Follow an indicator across years: targets, what was reached, and a verdict with both sentences."""
    from datetime import date
    from pathlib import Path

    from pipeline.provenance import provenance_of
    from pipeline.store import open_store
    from pipeline.terminal import open_lines, printable, say
    from pipeline.track.model import series_row
    from pipeline.track.series import Question, follow
    from pipeline.track.show import series_lines

    if words and words[0] in ("join", "part") and len(words) == _DECISION:
        say(_decide(db, words, who))
        return
    if plans:
        _show_plans(db, place, year, json=json)
        return
    if every == bool(words) or len(words or ()) > 1:
        raise typer.BadParameter("give an INDICATOR or --all")
    question = Question(words[0] if words else None, year, as_of.date() if as_of else date.today())
    with open_store(db, readonly=True) as store:
        found = follow(store, question, place)
        if json or out is not None:
            with open_lines(out or Path("-"), provenance_of(store, question.as_of)) as write:
                for one in found:
                    write(series_row(one))
            return
        for line in series_lines(found):
            typer.echo(printable(line))


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py compare GDP --year 2024 --db office.db"))
def compare(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="Any wording of an indicator.")],
    db: Store,
    year: Annotated[int, typer.Option("--year", help="The year that targets and results are of.")],
    places: Annotated[
        list[str] | None, typer.Option("--places", metavar="PLACE", help="Only this place or group (长三角, 中部六省 …); may be repeated.")
    ] = None,
    as_of: AsOf = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Put the targets and results of an indicator side by side across places."""
    from pathlib import Path

    from pipeline.store import open_store
    from pipeline.terminal import open_lines, printable
    from pipeline.track.comparison import compare as across
    from pipeline.track.show import row_lines

    named = [name for given in places or () for name in given.replace("，", ",").split(",") if name]
    with open_store(db, readonly=True) as store:
        rows = across(store, indicator, year, places=named, as_of=as_of.date() if as_of else None)
    if json:
        with open_lines(Path("-")) as write:
            for row in rows:
                write(row.row())
        return
    for line in row_lines(rows):
        typer.echo(printable(line))


def _show_plans(db: Path, place: str | None, year: int | None, *, json: bool) -> None:
    from dataclasses import asdict
    from pathlib import Path

    from pipeline.store import open_store
    from pipeline.terminal import open_lines, printable
    from pipeline.track.promises import plan_changes
    from pipeline.track.show import promise_lines

    if place is None or year is None:
        raise typer.BadParameter("--plans needs --place and --year")
    with open_store(db, readonly=True) as store:
        changes = plan_changes(store, place, year)
    if json:
        with open_lines(Path("-")) as write:
            for change in changes:
                write(asdict(change))
        return
    for line in promise_lines(changes):
        typer.echo(printable(line))


def _decide(db: Path, words: list[str], who: str) -> str:
    from pipeline.store import open_store
    from pipeline.track.deciding import join, part
    from pipeline.track.verdicts import message

    action, first, second = words
    with open_store(db) as store:
        (join if action == "join" else part)(store, first, second, who)
    return message("joined" if action == "join" else "parted", first=first, second=second)


@app.callback()
def program() -> None:
    """Commands that follow indicators across years."""
