"""The commands by which the ledger goes out and comes back: parse, call one verb, print."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.ledger.model import Item
    from pipeline.ledger.workbook_out import Book

exchange = typer.Typer(rich_markup_mode=None)

Store = Annotated[Path, typer.Option("--db", metavar="FILE", help="The store.")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day that lights are of; today if not given.")]
Rules = Annotated[Path | None, typer.Option("--lights", metavar="FILE.toml", help="Settings of the lights.")]
Name = Annotated[str, typer.Option("--name", help="Its title (台账名称).")]
_BUILT = (
    "python cli.py ingest corpus/2024/2024_澜川_政府工作报告.txt --db office.db"
    " && python cli.py ledger build --db office.db --doc 2024_澜川_政府工作报告 --who 督查室"
)


def _after_build(command: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {_BUILT} && python cli.py ledger {command}"


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else datetime.now().astimezone().date()


@exchange.command(epilog=_after_build("export -o 台账.xlsx --by-unit out --db office.db --as-of 2024-06-30"))
def export(
    db: Store,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="OUT", help="File to write: .xlsx, .csv, .jsonl, .parquet, or .docx (任务分解表).")
    ] = None,
    by_unit: Annotated[Path | None, typer.Option("--by-unit", metavar="DIR", help="Write a workbook for each lead unit here.")] = None,
    unit_sheets: Annotated[bool, typer.Option("--unit-sheets", help="A sheet for each lead unit instead of one for all.")] = False,
    unit: Annotated[str | None, typer.Option("--unit", help="Only items of a unit, by any of its names.")] = None,
    open_only: Annotated[bool, typer.Option("--open", help="Only items that are still to be done.")] = False,
    name: Name = "",
    as_of: AsOf = None,
    rules: Rules = None,
) -> None:
    """Write the ledger to workbooks that can be sent out as they are, or to other files."""
    from dataclasses import replace

    from pipeline.ledger.columns import layout
    from pipeline.ledger.items import Filter, items
    from pipeline.ledger.workbook_out import write_by_unit, write_ledger
    from pipeline.ledger.workbook_sheets import about_sheet, sheets
    from pipeline.provenance import provenance_of
    from pipeline.store import open_store
    from pipeline.terminal import say

    if out is None and by_unit is None:
        raise typer.BadParameter("give -o OUT or --by-unit DIR")
    with open_store(db, readonly=True) as store:
        found = items(store, Filter(unit=unit, open_only=open_only))
        book = replace(_book(found, _day(as_of), name, rules), made_by=provenance_of(store, _day(as_of)))
        if out is not None and out.suffix.lower() == ".docx":
            from pipeline.ledger.documents import write_breakdown

            write_breakdown(found, out, name, book.made_by)
        elif out is not None:
            further = sheets(store, found, book.as_of) if out.suffix.lower() == ".xlsx" else ()
            write_ledger(found, out, replace(book, unit=unit or "", sheets=further), unit_sheets=unit_sheets)
        written = [out] if out is not None else []
        if by_unit is not None:
            written += write_by_unit(found, by_unit, replace(book, sheets=(about_sheet(store, found, book.as_of),)))
    say(layout()["import"]["written"].format(items=len(found), files=len(written)))


@exchange.command(
    "import", epilog=_after_build("export -o 台账.xlsx --db office.db && python cli.py ledger import 台账.xlsx --db office.db --who 督查室")
)
def import_(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Returned workbooks (.xlsx).")],
    db: Store,
    who: Annotated[str, typer.Option("--who", help="Who takes them in; it is kept.")] = "",
    json: Annotated[bool, typer.Option("--json", help="Print one JSON line.")] = False,
) -> None:
    """Merge returned workbooks into the ledger: what nobody contradicts is taken, the rest is listed.

    The exit code is 1 if a file or a row could not be read.
    """
    from dataclasses import asdict

    from pipeline.ledger.book import By
    from pipeline.ledger.workbook_in import import_files
    from pipeline.store import open_store
    from pipeline.terminal import open_lines, printable

    with open_store(db) as store:
        report = import_files(store, paths, By(who, datetime.now().astimezone().isoformat(timespec="seconds")))
    if json:
        with open_lines(Path("-")) as write:
            write(asdict(report))
    else:
        for line in report.lines():
            typer.echo(printable(line))
    raise typer.Exit(1 if report.broken else 0)


@exchange.command(epilog=_after_build("slip 2024-0001 -o 督办单.docx --db office.db"))
def slip(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="任务编号 of an item.")],
    db: Store,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT.docx", help="File to write.")],
    as_of: AsOf = None,
) -> None:
    """Write the slip of an item (督办单) as a Word document."""
    from pipeline.ledger.documents import write_slip
    from pipeline.ledger.items import item
    from pipeline.provenance import provenance_of
    from pipeline.store import open_store

    with open_store(db, readonly=True) as store:
        write_slip(item(store, number), out, _day(as_of), provenance_of(store, _day(as_of)))


@exchange.command(epilog=_after_build("notice -o 通报.docx --db office.db --as-of 2024-09-30"))
def notice(
    db: Store,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT.docx", help="File to write.")],
    unit: Annotated[str | None, typer.Option("--unit", help="Only items of a unit, by any of its names.")] = None,
    name: Name = "",
    as_of: AsOf = None,
    rules: Rules = None,
) -> None:
    """Write the circular of a month (督查通报) as a Word document; `ledger report` shows the same on the terminal."""
    from pipeline.ledger.documents import write_notice
    from pipeline.ledger.lights import load_settings
    from pipeline.ledger.report import report
    from pipeline.provenance import provenance_of
    from pipeline.store import open_store

    with open_store(db, readonly=True) as store:
        told = report(store, _day(as_of), unit=unit, settings=load_settings(rules))
        made_by = provenance_of(store, _day(as_of))
    write_notice(told, out, name, made_by)


@exchange.command(epilog=_after_build("excerpt 2024-0001 2024-0002 -o 摘编.docx --db office.db"))
def excerpt(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="任务编号 of items, ids of records, or their exact words.")],
    db: Store,
    out: Annotated[Path, typer.Option("--out", "-o", metavar="OUT.docx", help="File to write.")],
    name: Annotated[str, typer.Option("--name", help="Its title.")] = "",
) -> None:
    """Write the passages round items or records, each with its source, as a Word document (摘编)."""
    from pipeline.ledger.documents import write_excerpt
    from pipeline.ledger.excerpts import cited, round_records
    from pipeline.provenance import provenance_of
    from pipeline.store import open_store

    with open_store(db, readonly=True) as store:
        found = cited(store, round_records(store, names))
        made_by = provenance_of(store)
    write_excerpt([(one.text, one.source) for one in found], out, name, made_by)


def _book(items: Sequence[Item], as_of: date, name: str, rules: Path | None) -> Book:
    from pipeline.ledger.lights import light, load_settings
    from pipeline.ledger.workbook_out import Book

    settings = load_settings(rules)
    return Book(as_of, name, lights={one.number: light(one, as_of, settings) for one in items})
