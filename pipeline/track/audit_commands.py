"""The command that checks the arithmetic of documents: parse, call one verb, print."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer looks at the types
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.records import Document
    from pipeline.track.audit_model import Check

app = typer.Typer(rich_markup_mode=None)


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


@app.callback()
def _group() -> None:
    """What checks the figures of documents."""


@app.command("audit", epilog=_ending("python cli.py audit corpus/2023 corpus/2024"))
def audit(
    paths: Annotated[list[Path] | None, typer.Argument(metavar="PATH...", help="Files, and folders of them.")] = None,
    db: Annotated[Path | None, typer.Option("--db", metavar="FILE", help="A store, instead of files.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="List also the sums that hold.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line for each check.")] = False,
) -> None:
    """Check the arithmetic in documents: shares, sums, growth, averages, counts of lists; and show what figures imply.

    What rounding or 等, 超, 约, 其中 leave open is never called wrong. The exit code is 1 if a file could not be read.
    """
    import orjson

    from pipeline.rulebook import load_rules
    from pipeline.terminal import printable, printable_json, say
    from pipeline.track.audit_show import audit_lines, check_row

    if bool(paths) == (db is not None):
        raise typer.BadParameter(load_rules("audit").data["messages"]["usage"])
    failures: list[str] = []
    for document, checks in _stored(db) if db else _read(paths or [], failures):
        if json:
            for check in checks:
                typer.echo(printable_json(orjson.dumps(check_row(check, document))))
        else:
            for line in audit_lines(checks, document, everything=everything):
                typer.echo(printable(line))
    for failure in failures:
        say(failure)
    raise typer.Exit(1 if failures else 0)


def _read(paths: list[Path], failures: list[str]) -> Iterator[tuple[Document, list[Check]]]:
    from pipeline.batch import find_roots, find_sources
    from pipeline.errors import PipelineError
    from pipeline.read import read_document
    from pipeline.track.audit import audit as examine

    files, bad = find_sources(paths)
    failures += [outcome.failure for outcome in bad if outcome.failure]
    roots = find_roots(files, paths)
    for file in files:
        try:
            document = read_document(file, roots[file])
        except PipelineError as error:
            failures.append(str(error))
        else:
            yield document, examine(document)


def _stored(db: Path) -> Iterator[tuple[Document, list[Check]]]:
    from pipeline.store import open_store
    from pipeline.track.audit_store import audit_store

    with open_store(db, readonly=True) as store:
        yield from audit_store(store)
