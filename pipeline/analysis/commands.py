"""The commands of analysis: parse, call one verb, print."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer looks at the types
from typing import Annotated

import typer

app = typer.Typer()


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


@app.callback()
def program() -> None:
    """Commands for analysts."""
