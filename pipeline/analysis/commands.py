"""The commands of analysis: parse, call one verb, print."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer looks at the types
from typing import Annotated

import typer

app = typer.Typer(rich_markup_mode=None)


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


@app.command(epilog=_ending("python cli.py calibrate --gold corpus/gold"))
def calibrate(
    gold: Annotated[Path, typer.Option("--gold", metavar="FOLDER", help="Gold documents (JSON).")],
    plot: Annotated[
        Path | None, typer.Option("--plot", metavar="FILE", help="Draw it, too: .png, .svg or .html; needs the extra analysis.")
    ] = None,
) -> None:
    """Check on annotated documents whether a record that says 0.9 is right nine times in ten."""
    from pipeline.analysis.calibration import judged_records, reliability_lines

    records = judged_records(gold)
    for line in reliability_lines(records):
        typer.echo(line)
    if plot is not None:
        from pipeline.analysis.charts import chart_reliability, save_chart

        typer.echo(save_chart(chart_reliability(records), plot), err=True)


@app.command(
    "compare-records", epilog=_ending("python cli.py extract corpus/2021 -o a.jsonl && python cli.py compare-records a.jsonl a.jsonl")
)
def compare_records(
    before: Annotated[Path, typer.Argument(metavar="BEFORE", help="Records: a .jsonl file written by extract, or a store.")],
    after: Annotated[
        Path | None, typer.Argument(metavar="[AFTER]", help="The same; left out, what this program finds in the store BEFORE.")
    ] = None,
    confidence: Annotated[bool, typer.Option("--confidence", help="A confidence that moved is a change, too.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line for each record that differs.")] = False,
) -> None:
    """Compare two extractions record by record: what is new, gone, or different, field by field."""
    from pipeline.analysis.differences import compare_paths, difference_lines, difference_rows
    from pipeline.terminal import printable, printable_json

    found = compare_paths(before, after, confidence=confidence)
    if json:
        import orjson

        for row in difference_rows(found):
            typer.echo(printable_json(orjson.dumps(row)))
    else:
        for line in difference_lines(found):
            typer.echo(printable(line))


@app.callback()
def program() -> None:
    """Commands for analysts."""
