"""The commands that look from a plan to what came after it: parse, call one verb, print."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer looks at the types
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


@app.command("close-loop", epilog=_ending("python cli.py close-loop --plan corpus/2024/2024_*.txt --review corpus/2025/2025_*.txt"))
def close_loop(
    plan: Annotated[Path | None, typer.Option("--plan", metavar="FILE", help="The document that promises.")] = None,
    review: Annotated[Path | None, typer.Option("--review", metavar="FILE", help="The later document that reports.")] = None,
    db: Annotated[Path | None, typer.Option("--db", metavar="FILE", help="A store, instead of two files.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="Place, short or in full, whose plans are looked up in the store.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the plans.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="List what is not mentioned in full.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line for each commitment.")] = False,
) -> None:
    """Lay every commitment of a plan beside what the next report says: done, in progress, missed, or not mentioned."""
    import orjson

    from pipeline.rulebook import load_rules
    from pipeline.terminal import printable, printable_json
    from pipeline.track.loop_show import closure_row, pair_lines
    from pipeline.track.loop_store import Pair, pairs_of, read_pair

    pairs: list[Pair] = []
    if plan is not None and review is not None and db is None:
        pairs = [read_pair(plan, review)]
    elif db is not None and place is not None and year is not None and plan is None and review is None:
        from pipeline.store import open_store

        with open_store(db, readonly=True) as store:
            pairs = pairs_of(store, place, year)
    else:
        raise typer.BadParameter(load_rules("loop").data["messages"]["usage"])
    for pair in pairs:
        if json:
            for closure in pair.close():
                row = closure_row(closure, pair.plan.document, pair.review.document, pair.judged.get(closure.key))
                typer.echo(printable_json(orjson.dumps(row)))
        else:
            for line in pair_lines(pair, everything=everything):
                typer.echo(printable(line))


@app.command(
    "check-draft",
    epilog=_ending(
        "python cli.py ingest corpus/202[0-4] --db office.db && python cli.py check-draft corpus/2025/2025_*.txt --db office.db"
    ),
)
def check_draft(
    draft: Annotated[Path, typer.Argument(metavar="FILE", help="The draft; it is read and never stored.")],
    db: Annotated[Path, typer.Option("--db", metavar="FILE", help="The store with the documents of the years before.")],
    place: Annotated[str | None, typer.Option("--place", help="Full name of the place, where the draft does not name it.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year that the draft plans for, where it does not say so.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line for each finding.")] = False,
) -> None:
    """Examine a draft before it is handed in: promises passed over, figures and sums that disagree, goals that weakened."""
    import orjson

    from pipeline.extract import extract
    from pipeline.read import read_document
    from pipeline.store import open_store
    from pipeline.terminal import printable, printable_json
    from pipeline.track.draft import check_draft as examine
    from pipeline.track.draft_show import finding_row, report_lines

    with open_store(db, readonly=True) as store:
        report = examine(extract(read_document(draft)), store, place=place, year=year)
    if json:
        for finding in report.findings:
            typer.echo(printable_json(orjson.dumps(finding_row(finding))))
    else:
        for line in report_lines(report):
            typer.echo(printable(line))


@app.callback()
def program() -> None:
    """Commands that follow commitments."""
