"""A short report: headings, paragraphs, tables and charts in one HTML file that can be sent on.

Reads: strings, frames, charts. Writes: one HTML file without scripts, all text escaped, pictures inside.
"""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from pipeline.analysis.charts import chart_image
from pipeline.analysis.messages import message, words
from pipeline.export import replacing

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.provenance import Provenance

_LEFT, _SHORT, _NUMBER = "text-align:left", "text-align:left;white-space:nowrap", "text-align:right;white-space:nowrap"
_SHORT_TEXT = 8  # characters that stand in one line however narrow the column
_FONTS = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',sans-serif"
_STYLE = (
    f"body{{font-family:{_FONTS}}}"
    + """
body{max-width:54em;margin:2.5em auto;padding:0 1em;line-height:1.8;color:#222}
h1{font-size:1.6em;border-bottom:2px solid #1f5a99;padding-bottom:.3em}
h2{font-size:1.2em;margin-top:1.8em;color:#1f5a99}
table{border-collapse:collapse;font-size:.92em;margin:1em 0}
th,td{border:1px solid #ddd;padding:.35em .7em;text-align:left;vertical-align:top}
th{background:#eef3f9;white-space:nowrap}
img{max-width:100%;margin:.6em 0}
footer{margin-top:3em;border-top:1px solid #ddd;color:#777;font-size:.8em}
"""
)


def write_report(path: str | Path, title: str, parts: Iterable[object], made_by: Provenance) -> Path:
    """Write the report and give its path; it appears complete or not at all.

    A part is a frame, a chart, or a string: “## …” a heading, any other a paragraph. ``made_by`` stands at the foot of the page.
    """
    body = "\n".join(_part(part) for part in parts)
    foot = f"<footer>{escape(made_by.line())}</footer>"
    page = f'<!DOCTYPE html>\n<html lang="zh"><meta charset="utf-8"><title>{escape(title)}</title><style>{_STYLE}</style>'
    target = Path(path)
    with replacing(target) as file:
        file.write(f"{page}\n<h1>{escape(title)}</h1>\n{body}\n{foot}\n</html>\n".encode())
    return target


class Page:
    """A report that a notebook shows in a frame of its own, so that neither style touches the other."""

    def __init__(self, path: str | Path, height: int = 900) -> None:
        """Show the file at ``path``, ``height`` pixels high; its content is kept, so the file may go."""
        self.html = Path(path).read_text("utf-8")
        self.height = height

    def _repr_html_(self) -> str:
        return f'<iframe srcdoc="{escape(self.html)}" style="width:100%;height:{self.height}px;border:1px solid #ddd"></iframe>'


class Table:
    """A frame that a notebook shows with Chinese headings and codes."""

    def __init__(self, frame: pd.DataFrame, rows: int = 20) -> None:
        """Show the first ``rows`` of ``frame`` and say how many there are."""
        self.frame = frame
        self.rows = rows

    def _repr_html_(self) -> str:
        left = len(self.frame) - self.rows
        more = f"<p style='color:#777'>{message('more_rows', count=left)}</p>" if left > 0 else ""
        return table_html(self.frame.head(self.rows)) + more


def table_html(frame: pd.DataFrame) -> str:
    """A frame as an HTML table with Chinese headings and codes, numbers as people write them."""
    names, codes = words("columns"), words("words")
    head = "".join(f'<th style="{_SHORT}">{escape(str(names.get(name, name)))}</th>' for name in frame)
    rows = []
    for row in frame.itertuples(index=False, name=None):
        cells = [_cell(value, codes.get(str(name), {})) for name, value in zip(frame, row, strict=True)]
        rows.append(f"<tr>{''.join(cells)}</tr>")
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _part(part: object) -> str:
    if isinstance(part, pd.DataFrame):
        return table_html(part)
    if isinstance(part, alt.TopLevelMixin):
        content, kind = chart_image(part)
        return f'<img src="data:image/{kind};base64,{base64.b64encode(content).decode()}">'
    text = str(part)
    return f"<h2>{escape(text[3:])}</h2>" if text.startswith("## ") else f"<p>{escape(text)}</p>"


def _cell(value: Any, codes: dict[str, str]) -> str:
    """A cell; how it is set stands in it, because notebooks have a style of their own for tables."""
    if isinstance(value, list):
        return f'<td style="{_LEFT}">{escape("；".join(map(str, value)))}</td>'
    if value is None or pd.isna(value):
        return "<td></td>"
    if isinstance(value, pd.Timestamp):
        return f'<td style="{_SHORT}">{value.date().isoformat()}</td>'
    if isinstance(value, float):
        return f'<td style="{_NUMBER}">{value:,.10g}</td>'
    text = escape(" ".join(codes.get(str(value), str(value)).split()))
    return f'<td style="{_SHORT if len(text) <= _SHORT_TEXT else _LEFT}">{text}</td>'
