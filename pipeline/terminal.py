"""Records on the terminal: a table for each document, progress, and text that cannot steer the terminal.

Reads: JSON lines of records. Writes: records on stdout or in a file; messages and progress on stderr.
"""

from __future__ import annotations

import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import orjson

from pipeline.export import open_export, replacing, write_beside
from pipeline.export.jsonl import read_rows
from pipeline.office import office

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pipeline.export import RecordFile
    from pipeline.provenance import Provenance

# Control, bidirectional, invisible and unpaired characters: they can hide text, reverse it or command the terminal.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_PIPE_WIDTH = 160  # columns of a table that is written into a file or another program
_LONG_TEXT = 80  # characters of a sentence that the table shows


def printable(text: str) -> str:
    """``text`` in one line that is safe to print: blanks for line ends and tabs, U+FFFD for what could steer a terminal."""
    return _UNSAFE.sub(lambda match: " " if match[0] in "\t\n\r\v\f\u2028\u2029" else "\ufffd", text)


def printable_json(lines: bytes) -> str:
    """JSON ``lines`` with every unsafe character as a numeric escape, which means the same to every reader of JSON."""

    def escaped(match: re.Match[str]) -> str:
        if match[0] == "\n":
            return "\n"
        units = match[0].encode("utf-16-be")
        return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))

    return _UNSAFE.sub(escaped, lines.decode("utf-8"))


def say(message: str) -> None:
    """Print one line on stderr."""
    sys.stderr.write(printable(message) + "\n")


@contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None] | None]:
    """A function that shows how many files are done, of how many; None where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    # Refreshed by hand: a thread would be copied half-alive into worker processes that are started later.
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total, refresh=True)


@contextmanager
def open_records(out: Path | None) -> Iterator[RecordFile]:
    """Where records go: to tables on stdout, to JSON lines on stdout for ``-``, or to a file; the errors are those of ``open_export``."""
    if out is None:
        yield TableOnStdout()
    elif str(out) == "-":
        yield JsonOnStdout()
    else:
        with open_export(out) as records:
            yield records


@contextmanager
def open_lines(out: Path, made_by: Provenance | None = None) -> Iterator[Callable[[Any], object]]:
    """A function that writes one object as a line of JSON: to stdout for ``-``, or to a file that appears when the block ends well.

    What made them, where that is told, is written into a file beside it.
    """
    if str(out) == "-":
        yield lambda item: sys.stdout.write(printable_json(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE)))
    else:
        with replacing(out) as file:
            yield lambda item: file.write(orjson.dumps(item, option=orjson.OPT_APPEND_NEWLINE))
        if made_by is not None:
            write_beside(out, made_by.row())


class JsonOnStdout:
    """Records as JSON lines on stdout."""

    def add(self, lines: bytes) -> None:
        """Print the records of one document."""
        sys.stdout.write(printable_json(lines))

    def finish(self) -> None:
        """Nothing is left to print."""


class TableOnStdout:
    """Records as a table for each document, for reading."""

    def __init__(self) -> None:
        """Print to stdout, as wide as the terminal is."""
        from rich.console import Console

        # Colour, links and emoji codes off: what a document says is text, never markup.
        self._console = Console(markup=False, emoji=False, highlight=False, width=None if sys.stdout.isatty() else _PIPE_WIDTH)

    def add(self, lines: bytes) -> None:
        """Print the records of one document."""
        from rich import box
        from rich.table import Table

        words = office()["table"]
        document, *records = read_rows(lines)
        named = (document["title"] or words["untitled"], document["issuer"], document["place"], document["date"], document["source"])
        title = printable(" · ".join(item for item in named if item))
        table = Table(box=box.SIMPLE_HEAD, expand=True)
        for heading, ratio in zip(words["columns"], words["ratios"], strict=True):
            table.add_column(heading, ratio=ratio, overflow="fold")  # Chinese has no blanks to break at
        for row in self._rows(records):
            table.add_row(*(printable(cell) for cell in row))
        self._console.print(title, soft_wrap=True)
        self._console.print(table if table.row_count else f"  {words['nothing']}\n")
        for warning in document["warnings"]:
            self._console.print(f"  ! {printable(warning['message'])}", soft_wrap=True)

    def finish(self) -> None:
        """Nothing is left to print."""

    def _rows(self, records: list[dict[str, Any]]) -> Iterator[list[str]]:
        by_id = {record["id"]: record for record in records}
        status = office()["words"]["task_status"]
        loose = office()["table"]["loose_figure"]
        for record in sorted(records, key=lambda record: tuple(record["span"])):
            if record["record"] == "task":
                text = record["text"] if len(record["text"]) <= _LONG_TEXT else record["text"][: _LONG_TEXT - 1] + "…"
                figures = "；".join(_figure(by_id[key]) for key in record["quantities"])
                times = "；".join(by_id[key]["text"] for key in record["deadlines"])
                yield [status[record["status"]], record["clause"] or "", text, figures, times, "；".join(record["responsible"])]
            elif record["record"] == "quantity" and record["task"] is None:
                yield [loose, "", "", _figure(record), record["end"] or "", ""]


def _figure(quantity: dict[str, Any]) -> str:
    return f"{quantity['indicator'] or ''} {quantity['text']}".strip()
