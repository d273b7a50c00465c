"""Records, documents and series as HTML for notebooks: the words of the source marked, codes in Chinese, all text escaped.

Reads: records. Writes: HTML without scripts. ``teach_records`` gives records the method by which notebooks ask for it.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from pipeline.office import office
from pipeline.records import Deadline, Document, Extraction, Quantity, Task
from pipeline.rulebook import load_rules
from pipeline.track.model import Series

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.records import Span

_LONGEST = 6_000  # characters of a document that a notebook shows; the rest is named
_STYLE = {
    "planned": "#cfe2f3", "achieved": "#d9ead3", "actual": "#d9ead3", "problem": "#f4cccc", "baseline": "#e8e8e8", "reference": "#fff2cc",
    "deadline": "#fce5cd",
}  # fmt: skip
_VERDICTS = {"met": "#d9ead3", "missed": "#f4cccc", "pending": "#cfe2f3", "unclear": "#fff2cc"}
_BOX = "font-family:'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif;line-height:1.75;max-width:52em"
_CHIP = "display:inline-block;padding:0 .5em;margin:0 .35em .2em 0;border-radius:.7em;font-size:85%;background:{}"
_FAINT = "color:#666;font-size:85%"


def html_of(thing: object) -> str:
    """HTML of a task, quantity, deadline, document, extraction or series. Raises TypeError for anything else."""
    match thing:
        case Task():
            return _task(thing)
        case Quantity():
            return _quantity(thing)
        case Deadline():
            return _deadline(thing)
        case Document():
            return _box(_head(thing) + _text(thing, ()))
        case Extraction():
            return _extraction(thing)
        case Series():
            return _series(thing)
    raise TypeError(type(thing).__name__)


def teach_records() -> None:
    """From now on a notebook that ends a cell with a record shows it. Done where analysis begins, so that records stay plain elsewhere."""
    for kind in (Task, Quantity, Deadline, Document, Extraction, Series):
        setattr(kind, "_repr_html_", html_of)  # noqa: B010 - the name that notebooks ask for


def word(table: str, code: object) -> str:
    """The Chinese for a code, or the code itself."""
    words: dict[str, str] = office()["words"].get(table, {})
    return words.get(str(code), str(code))


def marked(text: str, spans: Iterable[tuple[Span, str, str]], offset: int = 0) -> str:
    """``text`` escaped, each span (span, colour, what a pointer shows) marked; a span inside of another one is left to the outer one."""
    pieces: list[str] = []
    at = 0
    for (start, end), colour, title in sorted(spans, key=lambda item: (item[0][0], -item[0][1])):
        start, end = start - offset, end - offset
        if start < at or end > len(text):
            continue
        pieces += [escape(text[at:start]), f'<mark style="background:{colour}" title="{escape(title)}">{escape(text[start:end])}</mark>']
        at = end
    return "".join([*pieces, escape(text[at:])])


def _task(task: Task) -> str:
    chips = [_chip(word("task_status", task.status), _STYLE[task.status])]
    if task.strength:
        chips.append(_chip(word("strength", task.strength)))
    chips += [_chip(f"{word('role', unit.role)} {unit.text}") for unit in task.units]
    chips += [_chip(f"{action.verb} {action.object}") for action in task.actions]
    return _box(f"<div>{escape(task.text)}</div><div>{''.join(chips)}</div>" + _source(task, task.clause))


def _quantity(quantity: Quantity) -> str:
    chips = [_chip(word("quantity_status", quantity.status), _STYLE[quantity.status]), _chip(word("measure", quantity.measure))]
    chips.append(_chip(_value(quantity)))
    period = _period(quantity.start, quantity.end)
    chips += [_chip(part) for part in (quantity.scope, period) if part]
    name = escape(quantity.indicator or "—")
    return _box(f"<div><b>{name}</b>　{escape(quantity.text)}</div><div>{''.join(chips)}</div>" + _source(quantity))


def _deadline(deadline: Deadline) -> str:
    chips = [_chip(word("relation", deadline.relation), _STYLE["deadline"])]
    chips += [_chip(part) for part in (_period(deadline.start, deadline.end), deadline.every and word("every", deadline.every)) if part]
    return _box(f"<div><b>{escape(deadline.text)}</b></div><div>{''.join(chips)}</div>" + _source(deadline))


def _extraction(extraction: Extraction) -> str:
    counts = [(len(extraction.tasks), "task"), (len(extraction.quantities), "quantity"), (len(extraction.deadlines), "deadline")]
    chips = "".join(_chip(f"{office()['sheet'][kind]['title']} {count}") for count, kind in counts)
    spans = [(one.span, _STYLE[one.status], f"{one.indicator or ''} {_value(one)}") for one in extraction.quantities]
    spans += [(one.span, _STYLE["deadline"], _period(one.start, one.end) or "") for one in extraction.deadlines]
    return _box(_head(extraction.document) + f"<div>{chips}</div>" + _text(extraction.document, extraction.tasks, spans))


def _series(series: Series) -> str:
    """A row for each year: target, result, verdict, and the documents that say so."""
    data = load_rules("analysis").data
    names, verdict_words = data["columns"], data["words"]["verdict"]
    verdicts = {verdict.year: verdict for verdict in series.verdicts}
    rows = []
    for year in sorted({point.year for point in series.points}):
        known = verdicts.get(year)
        chip = _chip(verdict_words.get(known.verdict, known.verdict), _VERDICTS.get(known.verdict, "#f0f0f0")) if known else ""
        cells = [
            escape(str(year)),
            *(_points(series, year, role) for role in ("target", "actual")),
            chip,
            escape(known.reason) if known else "",
        ]
        rows.append("<tr>" + "".join(f'<td style="text-align:left;vertical-align:top">{cell}</td>' for cell in cells) + "</tr>")
    heads = [names["year"], names["target_text"], names["actual_text"], names["verdict"], names["reason"]]
    head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in heads)
    known_as = "、".join(name for name in series.names if name != series.indicator)
    title = " · ".join(part for part in (series.place, series.scope, series.indicator, *series.qualifiers) if part)
    faint = f'<div style="{_FAINT}">{escape(known_as)}</div>' if known_as else ""
    return _box(f"<div><b>{escape(title)}</b></div>{faint}<table><tr>{head}</tr>{''.join(rows)}</table>")


def _points(series: Series, year: int, role: str) -> str:
    """What was set, or reported, for a year, with the document of each figure."""
    found = [point for point in series.points if point.year == year and point.role == role]
    return "<br>".join(f'<span title="{escape(point.sentence)}">{escape(point.text)}</span>' for point in found)


def _head(document: Document) -> str:
    known = [document.place, document.issuer, document.doc_number, document.date, word("doc_type", document.doc_type), document.source]
    told = "".join(f'<div style="{_FAINT}">{escape(warning.message)}</div>' for warning in document.warnings)
    line = escape(" · ".join(str(part) for part in known if part))
    return f'<div><b>{escape(document.title or document.doc_id)}</b></div><div style="{_FAINT}">{line}</div>{told}'


def _text(document: Document, tasks: Iterable[Task], spans: Iterable[tuple[Span, str, str]] = ()) -> str:
    """The text by lines, with a bar beside those that hold a task and furniture in grey."""
    held = list(tasks)
    marks = list(spans)
    lines: list[str] = []
    at = 0
    for line in document.text[:_LONGEST].split("\n"):
        end = at + len(line)
        status = next((task.status for task in held if at <= task.span[0] < end), None)
        faint = any(start <= at and end <= stop for start, stop in document.furniture) and line
        style = f"border-left:.3em solid {_STYLE[status] if status else 'transparent'};padding-left:.6em" + (";color:#aaa" if faint else "")
        inside = [mark for mark in marks if at <= mark[0][0] and mark[0][1] <= end]
        if line.strip():
            lines.append(f'<div style="{style}">{marked(line, inside, at)}</div>')
        at = end + 1
    rest = len(document.text) - _LONGEST
    if rest > 0:
        lines.append(f'<div style="{_FAINT}">… {rest:,}</div>')
    return f'<div style="margin-top:.5em">{"".join(lines)}</div>'


def _value(quantity: Quantity) -> str:
    if quantity.masked or quantity.low is None:
        return quantity.text
    low, high = (f"{value:,.10g}" for value in (quantity.low, quantity.high if quantity.high is not None else quantity.low))
    sign = "" if quantity.comparator in ("=", "range") else f"{word('comparator', quantity.comparator)} "
    number = f"{low}–{high}" if low != high else low
    direction = f"{word('direction', quantity.direction)} " if quantity.direction else ""
    return f"{direction}{sign}{number}{quantity.unit or ''}"


def _period(start: str | None, end: str | None) -> str | None:
    if start and end and start[:4] == end[:4] and (start[5:], end[5:]) == ("01-01", "12-31"):
        return start[:4]
    return " – ".join(part for part in (start, end) if part) or None


def _source(record: Any, clause: str | None = None) -> str:
    page = f"p. {record.page}" if record.page else None
    parts = [record.doc_id, clause, page, "–".join(map(str, record.span)), f"{record.rule} {record.confidence:.2f}"]
    return f'<div style="{_FAINT}">{escape(" · ".join(part for part in parts if part))}</div>'


def _chip(text: str, colour: str = "#f0f0f0") -> str:
    return f'<span style="{_CHIP.format(colour)}">{escape(text)}</span>'


def _box(inner: str) -> str:
    return f'<div style="{_BOX}">{inner}</div>'
