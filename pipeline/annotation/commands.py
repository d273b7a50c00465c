"""The commands of annotation: parse, call one verb, print."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer looks at the types
from typing import Annotated, Literal

import typer

app = typer.Typer(rich_markup_mode=None)

Tool = Annotated[Literal["doccano", "label-studio"], typer.Option("--tool", help="The tool that the team annotates with.")]


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


@app.command("annotation-export", epilog=_ending("python cli.py annotation-export corpus/2021 --tool label-studio -o out/tasks.json"))
def annotation_export(
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT", help="File to write, for the tool to import.")],
    tool: Tool,
    paths: Annotated[list[Path] | None, typer.Argument(metavar="[PATH...]", help="Files, and folders of them.")] = None,
    db: Annotated[Path | None, typer.Option("--db", metavar="FILE", help="A store, instead of files: what holds in it.")] = None,
    labels: Annotated[Path | None, typer.Option("--labels", metavar="FILE", help="File for the labels of the project.")] = None,
) -> None:
    """Write documents with what was extracted for a team to correct in doccano or Label Studio."""
    from pipeline.annotation.files import sheets_of_files, sheets_of_store, write_labels, write_sheets
    from pipeline.annotation.sheet import message
    from pipeline.terminal import say

    if (db is None) == (not paths):
        raise typer.BadParameter(message("usage_export"))
    if db is not None:
        from pipeline.store import open_store

        with open_store(db, readonly=True) as store:
            count = write_sheets(sheets_of_store(store), tool, out)
    else:
        count = write_sheets(sheets_of_files(paths or []), tool, out)
    if labels is not None:
        write_labels(tool, labels)
    say(message("exported", count=count, path=out))


@app.command(
    "annotation-import",
    epilog=_ending(
        "python cli.py annotation-export corpus/2021 --tool doccano -o out/all.jsonl"
        " && python cli.py annotation-import out/all.jsonl --tool doccano --gold out/gold"
    ),
)
def annotation_import(
    source: Annotated[Path, typer.Argument(metavar="FILE", help="What the tool exported.")],
    tool: Tool,
    gold: Annotated[Path | None, typer.Option("--gold", metavar="FOLDER", help="Folder for gold documents.")] = None,
    db: Annotated[Path | None, typer.Option("--db", metavar="FILE", help="A store whose records are corrected.")] = None,
    who: Annotated[str, typer.Option("--who", help="Who decided, for the corrections.")] = "",
) -> None:
    """Take back what a team annotated: as gold documents, or as corrections of a store.

    Whatever cannot be used is told in a line, and nothing of the store is changed by it; the exit code is then 1.
    """
    from pipeline.annotation.files import read_sheets, write_corrections, write_gold
    from pipeline.annotation.sheet import message
    from pipeline.terminal import say

    if (gold is None) == (db is None) or (db is not None and not who.strip()):
        raise typer.BadParameter(message("usage_import"))
    sheets = read_sheets(source, tool)
    if gold is not None:
        taken = write_gold(sheets, gold)
    else:
        from pipeline.store import open_store
        from pipeline.store.corrections import Person

        with open_store(db or source) as store:
            taken = write_corrections(sheets, store, Person(who.strip()))
    for line in taken.problems:
        say(line)
    say(message("imported_gold" if gold is not None else "imported_corrections", sheets=taken.sheets, written=taken.written))
    raise typer.Exit(1 if taken.problems else 0)


@app.callback()
def program() -> None:
    """Commands for teams that annotate."""
