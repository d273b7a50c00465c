"""The command that checks arithmetic: parse, call one verb, print."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer looks at the types
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command("audit", epilog="\b\nExample:\n  python cli.py audit corpus")
def audit(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="Files, and folders to search for documents.")] = None,
    db: Annotated[Path | None, typer.Option("--db", metavar="FILE", help="A store, instead of files.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Show what holds and what is implied, too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line for each check.")] = False,
) -> None:
    """Check the arithmetic that documents state: growth, shares, sums, averages, lists. What does not hold is written out.

    A file that cannot be read is named at the end and does not stop the others; the exit code is then 1.
    """
    import orjson

    from pipeline.terminal import printable, printable_json, say
    from pipeline.track.audit_show import check_line, check_row, documents

    if (db is None) == (not paths):
        raise typer.BadParameter("PATH or --db FILE")
    failures: list[str] = []
    for source, checks in documents(paths or [], db, failures):
        if json:
            for check in checks:
                typer.echo(printable_json(orjson.dumps(check_row(source, check))))
            continue
        shown = [check for check in checks if everything or check.holds is False]
        if shown:
            typer.echo(printable(source))
        for check in shown:
            typer.echo(printable(check_line(check)))
    for line in failures:
        say(line)
    raise typer.Exit(1 if failures else 0)
