"""The commands of the ledger: parse, call one verb, print."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from pipeline.ledger.exchange_commands import exchange

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.ledger.items import By
    from pipeline.ledger.model import Item

app = typer.Typer(rich_markup_mode=None)
ledger = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
app.add_typer(ledger, name="ledger")
ledger.add_typer(exchange)

Store = Annotated[Path, typer.Option("--db", metavar="FILE", help="The store.")]
Who = Annotated[str, typer.Option("--who", help="Who does this; it is kept.")]
Why = Annotated[str, typer.Option("--why", help="Why; it is kept.")]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="任务编号 of an item.")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The day that lights are of; today if not given.")]
Rules = Annotated[Path | None, typer.Option("--lights", metavar="FILE.toml", help="Settings of the lights.")]
UnitName = Annotated[str | None, typer.Option("--unit", help="A lead or cooperating unit, by any of its names.")]
_BUILT = (
    "python cli.py ingest corpus/2024/2024_澜川_政府工作报告.txt --db office.db"
    " && python cli.py ledger build --db office.db --doc 2024_澜川_政府工作报告 --who 督查室"
)


def _ending(example: str) -> str:
    """The end of a help text; the tests run the example."""
    return f"\b\nExample:\n  {example}"


def _after_build(command: str) -> str:
    return _ending(f"{_BUILT} && python cli.py ledger {command}")


def _by(who: str, why: str = "") -> By:
    from pipeline.ledger.items import By

    return By(who, datetime.now().astimezone().isoformat(timespec="seconds"), why)


def _day(as_of: datetime | None) -> date:
    return as_of.date() if as_of else datetime.now().astimezone().date()


def _print(lines: Iterable[str]) -> None:
    from pipeline.terminal import printable

    for line in lines:
        typer.echo(printable(line))


def _print_json(rows: Iterable[Any]) -> None:
    from pipeline.terminal import open_lines

    with open_lines(Path("-")) as write:
        for row in rows:
            write(row)


def _saved(changed: Iterable[Item]) -> None:
    """Show items after a change, one in a line."""
    from pipeline.ledger.lights import light
    from pipeline.ledger.show import list_line

    _print(list_line(one, light(one, _day(None))) for one in changed)


@ledger.command(epilog=_ending(_BUILT))
def build(
    db: Store,
    documents: Annotated[
        list[str] | None, typer.Option("--doc", metavar="DOC", help="Id, path or part of the title; may be repeated. None: all.")
    ] = None,
    who: Who = "",
    assume_year_end: Annotated[
        bool, typer.Option("--assume-year-end", help="Date items without any date at the end of the planned year, marked as assumed.")
    ] = False,
) -> None:
    """Take the planned tasks of documents into the ledger; what is there already is recognised."""
    from pipeline.ledger.build import build as make
    from pipeline.ledger.messages import message
    from pipeline.store import open_store
    from pipeline.terminal import say

    with open_store(db) as store:
        built = make(store, documents or [], _by(who), assume_year_end=assume_year_end)
    _saved(built.items)
    say(message("built", new=len(built.items), known=len(built.known), skipped=len(built.skipped)))
    for one in built.skipped:
        say(f"  {one.why}：{one.text}")


@ledger.command(epilog=_after_build("show --db office.db --year 2024"))
def show(
    db: Store,
    numbers: Annotated[list[str] | None, typer.Argument(metavar="[NUMBER]", help="任务编号; none: a list.")] = None,
    unit: UnitName = None,
    state: Annotated[str | None, typer.Option("--state", help="办理状态, such as 推进中.")] = None,
    colour: Annotated[str | None, typer.Option("--light", help="红, 黄, 绿, 蓝 or 灰.")] = None,
    year: Annotated[int | None, typer.Option("--year", help="Year of the number.")] = None,
    text: Annotated[str | None, typer.Option("--text", help="Words of the duty.")] = None,
    excluded: Annotated[bool, typer.Option("--excluded", help="Also those that are kept out of the ledger.")] = False,
    with_history: Annotated[bool, typer.Option("--history", help="Every change, with who and when.")] = False,
    as_of: AsOf = None,
    rules: Rules = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """List items, or show some with all their fields and their history."""
    from pipeline.ledger.history import history
    from pipeline.ledger.items import Filter, item, items
    from pipeline.ledger.lights import light, load_settings
    from pipeline.ledger.model import item_row
    from pipeline.ledger.show import change_lines, item_lines, list_line
    from pipeline.store import open_store

    settings, day = load_settings(rules), _day(as_of)
    with open_store(db, readonly=True) as store:
        wanted = Filter(unit=unit, state=state, year=year, text=text, excluded=excluded)
        found = [item(store, number) for number in numbers] if numbers else items(store, wanted)
        lit = [(one, light(one, day, settings)) for one in found]
        lit = [pair for pair in lit if colour in (None, pair[1])]
        made = {one.number: history(store, one.number) for one, _ in lit} if with_history else {}
    if json:
        _print_json({**item_row(one), "light": shade} for one, shade in lit)
        return
    for one, shade in lit:
        _print(item_lines(one, shade) if numbers else (list_line(one, shade),))
        _print(change_lines(made.get(one.number, ())))


@ledger.command(epilog=_after_build("edit 2024-0001 责任人=王五 备注=列入市长督办 --db office.db --who 督查室"))
def edit(
    number: Number,
    changes: Annotated[list[str], typer.Argument(metavar="FIELD=VALUE", help="A field by its Chinese or English name, and its value.")],
    db: Store,
    who: Who = "",
    why: Why = "",
) -> None:
    """Change fields of an item; the original words stay beside the edited ones."""
    from pipeline.ledger.items import edit as change
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved([change(store, number, dict(_change(one) for one in changes), _by(who, why))])


def _change(given: str) -> tuple[str, Any]:
    """A field and its value; units are parted by 、."""
    from pipeline.ledger.messages import message, words
    from pipeline.ledger.model import LedgerError

    name, mark, value = given.partition("=")
    if not mark:
        raise LedgerError(message("bad_change", value=given))
    field = next((key for key, title in words("fields").items() if title == name.strip()), name.strip())
    if field in ("lead", "cooperating"):
        return field, [one for one in value.split("、") if one]
    if field == "every":
        return field, next((key for key, title in words("frequencies").items() if title == value), value)
    return field, value in ("是", "true", "1") if field == "overdue_confirmed" else value


@ledger.command(epilog=_after_build("assign 2024-0001 2024-0002 --to 市城管局 --db office.db --who 督查室"))
def assign(
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER", help="任务编号 of one item or many.")],
    units: Annotated[list[str], typer.Option("--to", metavar="UNIT", help="A unit by any of its names; may be repeated.")],
    db: Store,
    cooperating: Annotated[bool, typer.Option("--cooperating", help="As 配合单位, not 牵头单位.")] = False,
    add: Annotated[bool, typer.Option("--add", help="Keep the units that are there.")] = False,
    who: Who = "",
    why: Why = "",
) -> None:
    """Give items their units, many at once."""
    from pipeline.ledger.items import assign as give
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved(give(store, numbers, units, _by(who, why), cooperating=cooperating, add=add))


@ledger.command(epilog=_after_build("split 2024-0001 制定方案 组织实施 --db office.db --who 督查室"))
def split(
    number: Number,
    texts: Annotated[list[str], typer.Argument(metavar="TEXT", help="The duty of each new item.")],
    db: Store,
    who: Who = "",
    why: Why = "",
) -> None:
    """Make several items of one; the one stays in the books as 不入账."""
    from pipeline.ledger.shaping import split as cut
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved(cut(store, number, texts, _by(who, why)))


@ledger.command(epilog=_after_build("merge 2024-0001 2024-0002 --db office.db --who 督查室"))
def merge(
    numbers: Annotated[list[str], typer.Argument(metavar="NUMBER", help="任务编号 of two items or more.")],
    db: Store,
    who: Who = "",
    why: Why = "",
) -> None:
    """Make one item of several; these stay in the books as 不入账."""
    from pipeline.ledger.shaping import merge as unite
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved([unite(store, numbers, _by(who, why))])


@ledger.command("fan-out", epilog=_after_build(
    "units --group 各县区 --member 岫屏县 --member 砚溪市 --db office.db --who 督查室"
    " && python cli.py ledger fan-out 2024-0001 --group 各县区 --db office.db --who 督查室"
))  # fmt: skip
def fan_out(
    number: Number,
    db: Store,
    group: Annotated[str | None, typer.Option("--group", help="A group of the list; else the one that leads the item.")] = None,
    who: Who = "",
    why: Why = "",
) -> None:
    """Make one item for each member of a group of units or places, such as 各县(市、区)."""
    from pipeline.ledger.shaping import fan_out as spread
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved(spread(store, number, _by(who, why), group))


@ledger.command(epilog=_after_build("exclude 2024-0001 --why 原则性要求 --db office.db --who 督查室"))
def exclude(
    number: Number,
    db: Store,
    back: Annotated[bool, typer.Option("--back", help="Take it back into the ledger.")] = False,
    who: Who = "",
    why: Why = "",
) -> None:
    """Keep an item out of the ledger (不入账), for a reason; or take it back."""
    from pipeline.ledger.items import exclude as leave_out
    from pipeline.ledger.items import include
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved([(include if back else leave_out)(store, number, _by(who, why))])


@ledger.command(epilog=_after_build("extend 2024-0001 2025-06-30 --why 用地批复较晚 --db office.db --who 督查室"))
def extend(
    number: Number,
    day: Annotated[str, typer.Argument(metavar="YYYY-MM-DD", help="The new date.")],
    db: Store,
    who: Who = "",
    why: Why = "",
) -> None:
    """Put the date of an item off (延期); the old one is kept."""
    from pipeline.ledger.items import extend as put_off
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved([put_off(store, number, day, _by(who, why))])


@ledger.command(epilog=_after_build("progress 2024-0001 已完成招标 --value 40 --db office.db --who 市城管局"))
def progress(
    number: Number,
    text: Annotated[str, typer.Argument(metavar="TEXT", help="What has been done.")],
    db: Store,
    value: Annotated[float | None, typer.Option("--value", help="完成率 in per cent.", min=0, max=100)] = None,
    state: Annotated[str | None, typer.Option("--state", help="The new 办理状态.")] = None,
    day: Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="The day that it was reported; today if not given.")] = None,
    step: Annotated[int | None, typer.Option("--step", help="This step (from 1) is done.", min=1)] = None,
    who: Who = "",
) -> None:
    """Add what a unit reports; what was reported before stays."""
    from pipeline.ledger.items import Told, add_progress, finish_step
    from pipeline.store import open_store

    told: Any = Told(text, value, state, day)  # type: ignore[arg-type]  # the state is checked where it is written
    with open_store(db) as store:
        changed = add_progress(store, number, told, _by(who))
        _saved([changed if step is None else finish_step(store, number, step, _by(who))])


@ledger.command(epilog=_after_build("close 2024-0001 --opinion 现场核查属实 --db office.db --who 督查室"))
def close(
    number: Number,
    db: Store,
    opinion: Annotated[str, typer.Option("--opinion", help="核查意见.")] = "",
    who: Who = "",
    why: Why = "",
) -> None:
    """Close an item (销号)."""
    from pipeline.ledger.items import close as end
    from pipeline.store import open_store

    with open_store(db) as store:
        _saved([end(store, number, _by(who, why), opinion)])


@ledger.command(epilog=_after_build("due --within 90d --as-of 2024-10-01 --db office.db"))
def due(
    db: Store,
    within: Annotated[str, typer.Option("--within", metavar="DAYS", help="30d or 30.")] = "30d",
    unit: UnitName = None,
    as_of: AsOf = None,
    rules: Rules = None,
    json: Annotated[bool, typer.Option("--json", help="Print JSON lines.")] = False,
) -> None:
    """List what is not done and falls due within some days, or is past its day."""
    from pipeline.ledger.due import due as falling_due
    from pipeline.ledger.lights import load_settings
    from pipeline.ledger.messages import message
    from pipeline.ledger.model import LedgerError, item_row
    from pipeline.ledger.show import due_lines
    from pipeline.store import open_store

    days = within.strip().removesuffix("d").removesuffix("天")
    if not days.isdecimal():
        raise LedgerError(message("bad_within", value=within))
    with open_store(db, readonly=True) as store:
        found = falling_due(store, int(days), _day(as_of), unit=unit, settings=load_settings(rules))
    if json:
        _print_json({**item_row(one.item), "due": one.date, "days": one.days, "light": one.light} for one in found)
        return
    _print(due_lines(found) if found else (message("none_due", days=days),))


@ledger.command(epilog=_after_build("report --month 2024-09 --db office.db"))
def report(
    db: Store,
    month: Annotated[str | None, typer.Option("--month", metavar="YYYY-MM", help="As of the last day of a month.")] = None,
    as_of: AsOf = None,
    unit: UnitName = None,
    rules: Rules = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON line.")] = False,
) -> None:
    """Count items by unit and light as of a day, and list what is overdue (督查通报)."""
    from dataclasses import asdict

    from pipeline.ledger.lights import load_settings
    from pipeline.ledger.report import month_end
    from pipeline.ledger.report import report as tell
    from pipeline.ledger.show import report_lines
    from pipeline.store import open_store

    with open_store(db, readonly=True) as store:
        told = tell(store, month_end(month) if month else _day(as_of), unit=unit, settings=load_settings(rules))
    if json:
        _print_json([asdict(told)])
        return
    _print(report_lines(told))


@ledger.command(epilog=_ending(
    "python cli.py ingest corpus/2024/2024_澜川_政府工作报告.txt --db office.db"
    " && python cli.py ledger units --add 澜川市城市管理局 --short 市城管局 --former 澜川市城市综合管理局 --db office.db --who 督查室"
))  # fmt: skip
def units(
    db: Store,
    file: Annotated[Path | None, typer.Argument(metavar="[FILE.toml]", help="A list of [[unit]] and [[group]] tables to take in.")] = None,
    add: Annotated[str | None, typer.Option("--add", metavar="NAME", help="全称 of a unit to add or change.")] = None,
    short: Annotated[list[str] | None, typer.Option("--short", help="简称; may be repeated.")] = None,
    former: Annotated[list[str] | None, typer.Option("--former", help="历史名; may be repeated.")] = None,
    parent: Annotated[str | None, typer.Option("--parent", help="The unit above it.")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="NAME", help="A group to add or change.")] = None,
    members: Annotated[list[str] | None, typer.Option("--member", help="A member of the group; may be repeated.")] = None,
    remove: Annotated[str | None, typer.Option("--remove", metavar="NAME", help="Take a unit or group off the list.")] = None,
    who: Who = "",
) -> None:
    """Keep the list of units and groups, or show it."""
    from pipeline.ledger.show import unit_lines
    from pipeline.ledger.units import Group, LedgerUnit, groups, put_units, read_units, remove_unit
    from pipeline.ledger.units import units as listed
    from pipeline.store import open_store

    given: list[LedgerUnit | Group] = read_units(file) if file else []
    if add is not None:
        given.append(LedgerUnit(add, tuple(short or ()), tuple(former or ()), parent))
    if group is not None:
        given.append(Group(group, tuple(members or ())))
    with open_store(db, readonly=not given and remove is None) as store:
        if given:
            put_units(store, given, _by(who))
        if remove is not None:
            remove_unit(store, remove, _by(who))
        _print(unit_lines(listed(store), groups(store)))


@app.callback()
def program() -> None:
    """The ledger: items, units, lights, reports."""
