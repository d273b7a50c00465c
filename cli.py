"""The command line: parse, call one verb, print. Data go to stdout, progress and messages to stderr.

Exit codes: 0 all right, 1 some file failed, 2 the command was used wrongly.
"""

from __future__ import annotations

import signal
import sys
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
import typer.core
import typer.main

from pipeline.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TERMINATED = 128 + signal.SIGTERM  # what a shell reports for a program that was told to end


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


# Commands that live with their part of the pipeline: the module is imported when the command, or the list of all, is asked for.
# Each module has a Typer ``app`` that holds its commands by these names.
PARTS: dict[str, str] = {
    "serve": "pipeline.web.commands",
    "users": "pipeline.web.commands",
    "calibrate": "pipeline.analysis.commands",
    "compare-records": "pipeline.analysis.commands",
    "annotation-export": "pipeline.annotation.commands",
    "annotation-import": "pipeline.annotation.commands",
    "track": "pipeline.track.commands",
    "compare": "pipeline.track.commands",
    "audit": "pipeline.track.audit_commands",
    "close-loop": "pipeline.track.loop_commands",
    "check-draft": "pipeline.track.loop_commands",
    "ledger": "pipeline.ledger.commands",
}


class _Program(typer.core.TyperGroup):
    """The commands of this file and those of ``PARTS``."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *PARTS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in PARTS:
            return super().get_command(ctx, cmd_name)
        return typer.main.get_group(import_module(PARTS[cmd_name]).app).commands[cmd_name]


app = typer.Typer(cls=_Program, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False, no_args_is_help=True)

Date = Annotated[str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Date of the document that the sentence is from.")]
Year = Annotated[int | None, typer.Option("--year", help="Year that the document plans for; it reviews the year before.")]
Place = Annotated[str | None, typer.Option("--place", help="Full name of the place that the document speaks for.")]


@app.callback(epilog=_ending('python cli.py explain "到2025年底，新建公共停车位4500个。"'))
def program() -> None:
    """Tasks, quantities and deadlines of Chinese policy documents, each with the characters it came from."""


@app.command(epilog=_ending("python cli.py extract corpus -o out/records.jsonl"))
def extract(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files (.txt .html .mht .docx .pdf), and folders of them.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="OUT", help="File to write: .jsonl, .csv, .xlsx or .parquet; - for JSON lines on stdout."),
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", min=1, help="Worker processes; the result does not depend on their number.")] = 1,
    no_text: Annotated[bool, typer.Option("--no-text", help="Leave the text of the documents out.")] = False,
    allow_marked: Annotated[bool, typer.Option("--allow-marked", help="Read documents marked 秘密, 机密 or 绝密, too.")] = False,
) -> None:
    """Extract the records of documents: into a file, or as tables on the terminal.

    A file that cannot be read is named at the end with its reason and does not stop the others; the exit code is then 1.
    """
    from pipeline.batch import Options, extract_batch
    from pipeline.terminal import open_records, progress_bar, say

    with open_records(out) as records, progress_bar() as progress:
        report = extract_batch(paths, records, Options(not no_text, allow_marked), jobs=jobs, progress=progress)
    for line in report.summary():
        say(line)
    raise typer.Exit(1 if report.failures else 0)


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db"))
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH...", help="Files, and folders to search for documents.")],
    db: Annotated[Path, typer.Option("--db", metavar="FILE", help="The store; made where there is none.")],
    jobs: Annotated[
        int, typer.Option("--jobs", "-j", min=1, help="Worker processes that read and extract while this one indexes; 1 for none.")
    ] = 2,
    allow_marked: Annotated[bool, typer.Option("--allow-marked", help="Read documents marked 秘密, 机密 or 绝密, too.")] = False,
) -> None:
    """Take documents into a store: read, extract and index what is new or has changed.

    Each document is stored whole or not at all; a run that was ended goes on where it stopped. The exit code is 1 if a file failed.
    """
    from pipeline.batch import Options
    from pipeline.store import open_store
    from pipeline.store.ingest import ingest as take_in
    from pipeline.terminal import progress_bar, say

    with open_store(db, create=True) as store, progress_bar() as progress:
        summary = take_in(paths, store, Options(allow_marked=allow_marked), jobs=jobs, progress=progress)
    for line in summary.lines():
        say(line)
    raise typer.Exit(1 if summary.failures else 0)


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py search 去年新增多少停车位 --db office.db"))
def search(
    db: Annotated[Path, typer.Option("--db", metavar="FILE", help="The store, made by ingest.")],
    query: Annotated[str, typer.Argument(metavar="QUERY", help="A few words, or a whole question.")] = "",
    year: Annotated[list[int] | None, typer.Option("--year", help="Year of the document or of a record; may be repeated.")] = None,
    place: Annotated[list[str] | None, typer.Option("--place", help="Place, short or in full (湖南, 湖南省).")] = None,
    not_place: Annotated[list[str] | None, typer.Option("--not-place", help="Leave this place out.")] = None,
    issuer: Annotated[list[str] | None, typer.Option("--issuer", help="Part of the issuer's name.")] = None,
    unit: Annotated[list[str] | None, typer.Option("--unit", help="Part of the name of a responsible unit.")] = None,
    indicator: Annotated[list[str] | None, typer.Option("--indicator", help="Part of the name of an indicator.")] = None,
    doc_type: Annotated[list[str] | None, typer.Option("--doc-type", metavar="KIND", help="Kind of document, as in its record.")] = None,
    status: Annotated[list[str] | None, typer.Option("--status", metavar="STATUS", help="planned, achieved or problem.")] = None,
    kind: Annotated[list[str] | None, typer.Option("--kind", metavar="KIND", help="Passages with a task, quantity or deadline.")] = None,
    due_before: Annotated[str | None, typer.Option("--due-before", metavar="DAY", help="Due on this day or before: 2024-05-31.")] = None,
    due_after: Annotated[str | None, typer.Option("--due-after", metavar="DAY", help="Due on this day or later.")] = None,
    has: Annotated[list[str] | None, typer.Option("--has", metavar="WHAT", help="Passages with a deadline, unit or number.")] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="WHAT", help="Tasks that name no deadline, unit or number.")
    ] = None,
    in_force: Annotated[bool, typer.Option("--in-force", help="Leave out documents that have expired or were repealed.")] = False,
    since: Annotated[str | None, typer.Option("--since", metavar="DAY", help="Documents of this day or later.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DAY", help="Documents of this day or earlier.")] = None,
    sort: Annotated[Literal["relevance", "newest", "earliest"], typer.Option("--sort", help="Order of the passages.")] = "relevance",
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many passages to show.")] = 10,
    home: Annotated[str | None, typer.Option("--home", help="Your place or organ: what 我市, 本局 and 外省 mean.")] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DAY", help="The day that 去年 and 本月 are read from; else today.")
    ] = None,
    literal: Annotated[
        str,
        typer.Option("--literal", metavar="KINDS", help="Parts to take as plain words: all, year|place|…"),
    ] = "",
    encoder: Annotated[
        str | None, typer.Option("--encoder", metavar="MODEL", help="The sentence-transformers model the store was built with.")
    ] = None,
    allow_download: Annotated[bool, typer.Option("--allow-download", help="Let --encoder fetch a model by its name.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    batch: Annotated[
        Path | None, typer.Option("--batch", metavar="QUERIES.jsonl", help="Rows {id, query, filters: {place, year}}.")
    ] = None,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="HITS.jsonl", help="File for --batch to write; - for stdout.")] = Path("-"),
) -> None:
    """Find the passages that answer a query: by word, by meaning and by filter, in one ranking.

    Place, years, status, unit and due date are read from the query; what was understood is shown and can be switched off by --literal.
    When nothing answers, the command says what was searched and what the store covers; the exit code is 0 all the same.
    """
    options = dict(locals())
    from pipeline.search.find import search as find
    from pipeline.search.request import RequestError, answer_rows, make_wish, open_index
    from pipeline.search.show import answer_lines, answer_row, message
    from pipeline.store import open_store
    from pipeline.terminal import open_lines, printable

    wish = make_wish(**options)
    if not query.strip() and batch is None:
        raise RequestError(message("no_query"))
    with open_store(db, readonly=True) as store:
        index = open_index(store, encoder, allow_download=allow_download)
        if batch is not None:
            from pipeline.export.jsonl import read_objects
            from pipeline.provenance import provenance_of

            with open_lines(out, provenance_of(store, wish.asking.as_of)) as write:
                for row in answer_rows(index, read_objects(batch, id=object, query=str), wish):
                    write(row)
        elif json:
            with open_lines(Path("-")) as write:
                write(answer_row(find(index, query, wish)))
        else:
            for line in answer_lines(find(index, query, wish)):
                typer.echo(printable(line))


Store = Annotated[Path, typer.Option("--db", metavar="FILE", help="The store.")]
Who = Annotated[str, typer.Option("--who", help="Who decides; kept with the correction.")]
Why = Annotated[str, typer.Option("--why", help="Why; kept with the correction.")]


@app.command(
    epilog=_ending(
        "python cli.py ingest corpus --db office.db && python cli.py remove corpus/2024/2024_澜川_政府工作报告.txt --db office.db"
    )
)
def remove(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Documents, by their doc_id or the path of their file.")],
    db: Store,
    with_corrections: Annotated[
        bool, typer.Option("--with-corrections", help="Also remove documents that people have corrected, with the corrections.")
    ] = False,
) -> None:
    """Remove documents so that none of their text is left in the store."""
    from pipeline.store import open_store
    from pipeline.store.errors import message
    from pipeline.store.removal import remove as take_out
    from pipeline.terminal import say

    with open_store(db) as store:
        removed = take_out(store, names, with_corrections=with_corrections)
    say(message("removed", count=len(removed)))


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py backup copy.db --db office.db"))
def backup(target: Annotated[Path, typer.Argument(metavar="COPY", help="File to write; replaced if it exists.")], db: Store) -> None:
    """Copy a store to another file; others may read and write it meanwhile."""
    from pipeline.store import open_store
    from pipeline.store.backup import backup as copy
    from pipeline.store.errors import message
    from pipeline.terminal import say

    with open_store(db, readonly=True) as store:
        copy(store, target)
    say(message("backed_up", target=target))


@app.command(
    epilog=_ending(
        "python cli.py ingest corpus --db a.db && python cli.py backup copy.db --db a.db && python cli.py restore copy.db --db a.db"
    )
)
def restore(source: Annotated[Path, typer.Argument(metavar="COPY", help="A store that backup wrote.")], db: Store) -> None:
    """Put a copy in the place of a store; the store that was there is kept beside it."""
    from pipeline.store.backup import restore as put_back
    from pipeline.store.errors import message
    from pipeline.terminal import say

    kept = put_back(source, db)
    say(message("restored", source=source))
    if kept is not None:
        say(message("kept", kept=kept))


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py check --db office.db"))
def check(db: Store) -> None:
    """Look a store over: the file, what belongs together, every span. The exit code is 1 if something is wrong."""
    from pipeline.store.check import find_faults, sizes
    from pipeline.store.errors import message
    from pipeline.store.removal import open_after_purge
    from pipeline.terminal import say

    with open_after_purge(db) as store:
        faults = list(find_faults(store))
        for fault in faults:
            say(fault)
        if not faults:
            say(message("sound", store=db, **sizes(store)))
    raise typer.Exit(1 if faults else 0)


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py reindex --db office.db"))
def reindex(
    db: Store,
    encoder: Annotated[
        str | None, typer.Option("--encoder", metavar="PATH_OR_NAME", help="Model that turns text into vectors; else the one that ships.")
    ] = None,
    allow_download: Annotated[bool, typer.Option("--allow-download", help="Let --encoder fetch a model by its name.")] = False,
) -> None:
    """Make the indexes of a store again, also with another encoder."""
    from pipeline.search.encoder import load_encoder
    from pipeline.store import open_store
    from pipeline.store.errors import message
    from pipeline.store.reindex import reindex as build
    from pipeline.terminal import progress_bar, say

    with open_store(db) as store, progress_bar() as progress:
        count = build(store, load_encoder(encoder, allow_download=allow_download), found_at=encoder, progress=progress)
    say(message("reindexed", count=count))


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py export -o everything.jsonl --db office.db"))
def export(
    db: Store,
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="OUT", help="File to write: .jsonl with everything, or .csv, .xlsx, .parquet.")
    ],
) -> None:
    """Write everything that a store knows as JSON lines, corrections and earlier revisions too; or its records as a table."""
    from pipeline.store import open_store
    from pipeline.store.errors import message
    from pipeline.store.exchange import export_store
    from pipeline.terminal import say

    with open_store(db, readonly=True) as store:
        counts = export_store(store, out)
    say(message("exported", **counts))


@app.command(
    "import",
    epilog=_ending(
        "python cli.py ingest corpus --db a.db && python cli.py export -o all.jsonl --db a.db && python cli.py import all.jsonl --db b.db"
    ),
)
def import_(
    source: Annotated[Path, typer.Argument(metavar="EVERYTHING.jsonl", help="Lines that export wrote.")],
    db: Annotated[Path, typer.Option("--db", metavar="FILE", help="The store; made where there is none.")],
) -> None:
    """Take everything that export wrote into a store; what is there already is not taken twice."""
    from pipeline.store import open_store
    from pipeline.store.errors import message
    from pipeline.store.exchange import import_lines
    from pipeline.terminal import say

    with source.open("rb") as lines, open_store(db, create=True) as store:
        counts = import_lines(lines, store)
    say(message("imported", **counts))


@app.command(
    epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py correct 70%及以上 --confirm --who 张三 --db office.db")
)
def correct(
    record: Annotated[str, typer.Argument(metavar="RECORD", help="The record, by its id or its exact words.")],
    db: Store,
    who: Who,
    why: Why = "",
    changes: Annotated[
        list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="New value of a field, as JSON or as it is.")
    ] = None,
    confirm: Annotated[bool, typer.Option("--confirm", help="The record is right.")] = False,
    reject: Annotated[bool, typer.Option("--reject", help="The record is wrong and counts no more.")] = False,
) -> None:
    """Edit, confirm or reject a record; the decision outranks the program and outlives revisions of the document."""
    from pipeline.store import open_store
    from pipeline.store.corrections import Person, correct_named
    from pipeline.store.errors import message
    from pipeline.terminal import say

    if sum((bool(changes), confirm, reject)) != 1:
        raise typer.BadParameter("give --set, --confirm or --reject")
    with open_store(db) as store:
        number = correct_named(store, record, "reject" if reject else "edit" if changes else "confirm", Person(who, why), changes or [])
    say(message("corrected_record", number=number))


@app.command(epilog=_ending("python cli.py ingest corpus --db office.db && python cli.py corrections --unplaced --db office.db"))
def corrections(
    db: Store,
    unplaced: Annotated[bool, typer.Option("--unplaced", help="Only those whose place was not found again after a revision.")] = False,
    undo: Annotated[int | None, typer.Option("--undo", metavar="N", help="Take correction N back; needs --who.")] = None,
    who: Annotated[str | None, typer.Option("--who", help="Who takes it back.")] = None,
    why: Why = "",
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """List what people have corrected, or take a correction back."""
    from pipeline.store import open_store
    from pipeline.store.corrections import Person, told
    from pipeline.store.corrections import undo as take_back
    from pipeline.store.errors import message
    from pipeline.terminal import printable, say

    if (undo is None) != (who is None):
        raise typer.BadParameter("--undo and --who go together")
    with open_store(db, readonly=undo is None) as store:
        if undo is not None and who is not None:
            take_back(store, undo, Person(who, why))
            say(message("undone", number=undo))
            return
        for line in told(store, unplaced=unplaced, json=json):
            typer.echo(printable(line))


@app.command(epilog=_ending("""echo '{"id": 1, "input": "增长5.3%", "reference": null}' | python cli.py normalize -"""))
def normalize(
    cases: Annotated[Path, typer.Argument(metavar="CASES.jsonl", help="Rows {id, input, reference}; - for stdin.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FOUND.jsonl", help="File to write; - for stdout.")] = Path("-"),
) -> None:
    """Find every number and time expression of single texts, with its value.

    A row is {id, input, reference}, where reference is an ISO date, YYYY-MM, YYYY or null: the day from which “今年” is read.
    It is answered by {id, numbers: [{span, text, low, high}], times: [{span, text, start, end}]}.
    """
    from pipeline.export.jsonl import read_objects
    from pipeline.normalize import normalize_rows
    from pipeline.terminal import open_lines

    with open_lines(out) as write:
        for found in normalize_rows(read_objects(cases, id=object, input=str)):
            write(found)


@app.command(epilog=_ending('python cli.py explain "全年新建公共停车位4500个以上。" --year 2024 --place 上饶市'))
def explain(
    sentence: Annotated[str, typer.Argument(metavar="SENTENCE", help="One sentence, or a few.")],
    date: Date = None,
    year: Year = None,
    place: Place = None,
    json: Annotated[bool, typer.Option("--json", help="Print the records as JSON lines.")] = False,
) -> None:
    """Show the records of one sentence and the rule behind each."""
    from pipeline.explain import Context, explain_sentence, explanation
    from pipeline.terminal import printable, printable_json

    lines = explain_sentence(sentence, Context(date, year, place))
    typer.echo(printable_json(lines) if json else "\n".join(map(printable, explanation(lines))), nl=not json)


@app.command(epilog=_ending("python cli.py evaluate corpus/gold --errors 3"))
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="Folder of annotated documents (.json).")],
    records: Annotated[
        Path | None, typer.Option("--records", metavar="R.jsonl", help="Score these records; else the gold texts are extracted now.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option("--baseline", metavar="OLD.json", help="Show gains and losses since OLD, written by --save or --json.")
    ] = None,
    save: Annotated[
        Path | None, typer.Option("--save", metavar="NEW.json", help="Write the scores and what was right, for a later --baseline.")
    ] = None,
    errors: Annotated[int, typer.Option("--errors", metavar="N", min=0, help="Show up to N errors of each kind.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print the scores as JSON.")] = False,
) -> None:
    """Score extraction against annotated documents, from their text and file name alone."""
    from pipeline.evaluate import Evaluation, evaluate_folder
    from pipeline.terminal import printable

    result: Evaluation = evaluate_folder(gold, records)
    for line in result.report(json=json, errors=errors, baseline=baseline):
        typer.echo(printable(line))
    if save is not None:
        result.save(save)


def commands() -> dict[str, Any]:
    """Every command by the words that call it (``extract``, ``ledger build``), in alphabetical order."""

    def within(group: Any, words: str) -> Iterator[tuple[str, Any]]:
        for name in group.list_commands(None):
            command = group.get_command(None, name)
            if isinstance(command, typer.core.TyperGroup):
                yield from within(command, f"{words}{name} ")
            else:
                yield words + name, command

    return dict(sorted(within(typer.main.get_group(app), "")))


def main() -> None:
    """Run the command line; what a user can mend is told in one line on stderr instead of a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that cannot show a character must not end the run
            stream.reconfigure(errors="backslashreplace")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_TERMINATED))  # as any end: half files are removed, workers stopped
    try:
        app()
    except (PipelineError, OSError) as error:
        _end(str(error), getattr(error, "exit_code", 1))
    except Exception as error:
        from pipeline.batch import fault
        from pipeline.office import message

        _end(message("fault", source="cli.py", what=fault(error)), 1)


def _end(text: str, exit_code: int) -> NoReturn:
    from pipeline.terminal import say

    say(text)
    raise SystemExit(exit_code)


if __name__ == "__main__":
    main()
