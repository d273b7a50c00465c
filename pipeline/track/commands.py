"""The commands of tracking: parse, call one verb, print."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer()
Store = Annotated[Path, typer.Option("--db", metavar="FILE", help="The store.")]


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py track --all --db office.db -o series.jsonl"))
def track(
    db: Store,
    indicator: Annotated[str | None, typer.Argument(metavar="[INDICATOR]", help="Any wording of an indicator.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Follow every indicator of every place.")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", metavar="SERIES.jsonl", help="File to write; - for stdout.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Full name of a place.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Only series with a figure of this year.")] = None,
    as_of: Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="Day from which “due” is read.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """Follow an indicator across years: targets, what was reached, and a verdict with both sentences."""
    from pathlib import Path

    from pipeline.store import open_store
    from pipeline.terminal import open_lines, printable
    from pipeline.track.model import series_row
    from pipeline.track.series import track as follow
    from pipeline.track.show import series_lines

    if every == (indicator is not None):
        raise typer.BadParameter("give an INDICATOR or --all")
    with open_store(db, readonly=True) as store:
        found = follow(store, indicator, place=place, year=year, as_of=as_of.date() if as_of else None)
    if json or out is not None:
        with open_lines(out or Path("-")) as write:
            for one in found:
                write(series_row(one))
        return
    for line in series_lines(found):
        typer.echo(printable(line))


@app.callback()
def program() -> None:
    """Commands that follow indicators across years."""
