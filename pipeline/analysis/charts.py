"""Charts of targets and results, in altair: over the years, between places, and how many targets were met.

Reads: frames of series and verdicts. Writes: charts; PNG, SVG or one HTML file that needs no network.
"""

from __future__ import annotations

import warnings
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd
import vl_convert

from pipeline.analysis.calibration import KINDS, reliability
from pipeline.analysis.messages import AnalysisError, AnalysisWarning, message, words
from pipeline.export import replacing, write_beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.analysis.calibration import JudgedRecord, Reliability

# The first of these that a computer has draws Chinese: Linux, Windows, macOS.
FONTS = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, Hiragino Sans GB, SimHei, WenQuanYi Zen Hei, sans-serif"
_ROLES = {"actual": "#1f5a99", "target": "#e07b00", "baseline": "#8a8a8a", "target_above": "#7a4fa3"}
_VERDICTS = {
    "met": "#2e8b57", "missed": "#c8483c", "pending": "#9fc5e8", "unreported": "#b0b0b0", "no_document": "#e4e4e4", "unclear": "#e6b422",
}  # fmt: skip
_NUMBER = ",.4~g"
_SAMPLE = "永国"
_SHARPNESS = 2  # pixels of a PNG for each unit of the chart, for screens and print
_IN_NOTEBOOKS = 1.5  # the same in notebooks, whose files should stay small


def chart_series(series: pd.DataFrame, verdicts: pd.DataFrame | None = None, *, title: str = "", width: int = 520) -> alt.VConcatChart:
    """Targets and results of each series over the years, one picture below the other.

    With ``verdicts`` results are coloured by them, and years that were not reported, or have no document, say so. Values for several
    years (十五五) are left out. Raises AnalysisError if nothing is left to draw.
    """
    points = _points(series)
    pictures = []
    for name in points["id"].drop_duplicates():
        own = points[points["id"] == name]
        judged = None if verdicts is None else verdicts[verdicts["id"] == name]
        pictures.append(_one_series(own, judged, width))
    chart: alt.VConcatChart = _finished(alt.vconcat(*pictures).resolve_scale(color="independent"), title, series)
    return chart


def chart_compare(series: pd.DataFrame, *, year: int, role: str = "actual", title: str = "", width: int = 480) -> alt.VConcatChart:
    """The values of one year by place, the largest on top, with the target as a mark; a picture for each indicator.

    Raises AnalysisError if nothing is left to draw.
    """
    points = _points(series)
    points = points[points["year"] == year]
    shown = points[points["role"] == role]
    if shown.empty:
        raise AnalysisError(message("no_points"))
    pictures = []
    for key in _drawn_alike(shown):
        own = _scaled(_alike(points, key))
        pictures.append(_bars(own[own["role"] == role], own[own["role"] == "target"], key, width))
    chart: alt.VConcatChart = _finished(alt.vconcat(*pictures).resolve_scale(x="independent", y="independent"), title, series)
    return chart


def chart_progress(verdicts: pd.DataFrame, *, by: str = "year", title: str = "", width: int = 480) -> alt.LayerChart:
    """How many targets were met, missed, not reported …, for each year, place or indicator (``by``).

    The line beside each bar says how many were judged and how many nobody reported on. Raises AnalysisError without verdicts.
    """
    if verdicts.empty:
        raise AnalysisError(message("no_points"))
    told, names = words("words")["chart"], words("words")["verdict"]
    order = [names[code] for code in _VERDICTS]
    rates = verdict_rates(verdicts, by=by)
    counts = rates.melt(id_vars=by, value_vars=list(_VERDICTS), var_name="verdict", value_name="count")
    counts = counts[counts["count"] > 0].assign(verdict=lambda frame: frame["verdict"].map(names))
    counts["order"] = counts["verdict"].map(order.index)
    labels = rates.assign(label=[told["rate"].format(**row) for row in rates.to_dict("records")])
    for frame in (counts, labels):
        frame[by] = frame[by].astype(str)
    rows = alt.Y(f"{by}:N", title=told.get(by, by), sort=[str(value) for value in rates[by]])
    colour = alt.Color("verdict:N", title=told["verdict"], scale=alt.Scale(domain=order, range=list(_VERDICTS.values())))
    bars = alt.Chart(counts).mark_bar().encode(
        y=rows, x=alt.X("count:Q", title=told["count"], axis=alt.Axis(tickMinStep=1, format="d")), color=colour, order="order:Q",
        tooltip=[by, "verdict", "count"],
    )  # fmt: skip
    text = alt.Chart(labels).mark_text(align="left", dx=8, fontSize=11).encode(y=rows, x=alt.value(width), text="label:N")
    chart: alt.LayerChart = _finished((bars + text).properties(width=width), title, verdicts)
    return chart


def chart_reliability(records: Iterable[JudgedRecord], *, title: str = "", width: int = 260) -> alt.HConcatChart:
    """Confidence against the share that is right, a picture for each kind of record: on the line, a record is as sure as it should be.

    Raises AnalysisError without records.
    """
    held = list(records)
    if not held:
        raise AnalysisError(message("no_points"))
    names = words("words")["kind"]
    pictures = []
    for kind in KINDS:
        found = reliability([record for record in held if record.kind == kind])
        if found.records:
            pictures.append(_reliability(found, f"{names[kind]}：ECE {found.error:.3f}（{found.records:,}）", width))
    chart: alt.HConcatChart = _finished(alt.hconcat(*pictures), title)
    return chart


def verdict_rates(verdicts: pd.DataFrame, *, by: str | Sequence[str] = "year") -> pd.DataFrame:
    """For each ``by`` how many targets there are and what became of them.

    ``rate`` is met of those that could be judged (met or missed); ``unreported`` and ``no_document`` stand beside it, because a rate
    alone would hide them. ``targets`` counts all of them.
    """
    keys = [by] if isinstance(by, str) else list(by)
    counts = (
        verdicts.assign(verdict=verdicts["verdict"].astype("object"))
        .groupby([*keys, "verdict"], observed=True)
        .size()
        .unstack("verdict", fill_value=0)
        .reindex(columns=list(_VERDICTS), fill_value=0)
        .reset_index()
    )
    counts.columns.name = None
    judged = counts["met"] + counts["missed"]
    counts.insert(len(keys), "targets", counts[list(_VERDICTS)].sum(axis=1))
    counts["judged"] = judged
    counts["rate"] = (counts["met"] / judged.where(judged > 0)).astype("float64")
    return counts


def save_chart(chart: alt.TopLevelMixin, path: str | Path) -> Path:
    """Write the chart as .png, .svg, .html (one file, no network) or .json (Vega-Lite), and give the path of the file.

    What made a chart that was drawn from a store stands in .html and .json, and beside .png and .svg in a file of its own.
    Where the computer has no Chinese font, a PNG would show boxes: an SVG is written instead, with a warning. Raises AnalysisError for
    another suffix, OSError where nothing can be written; the file appears complete or not at all.
    """
    target = Path(path)
    if target.suffix == ".png" and not draws(_SAMPLE):
        target = target.with_suffix(".svg")
        warnings.warn(message("no_glyphs", path=target), AnalysisWarning, stacklevel=2)
    content = _rendered(chart, target)
    with replacing(target) as file:
        file.write(content)
    made_by = chart.to_dict().get("usermeta", {}).get("provenance")
    if made_by and target.suffix in (".png", ".svg"):
        write_beside(target, made_by)
    return target


def chart_image(chart: alt.TopLevelMixin) -> tuple[bytes, str]:
    """The chart as a picture for a page, and its kind: PNG, or SVG where this computer has no Chinese font."""
    if draws(_SAMPLE):
        return _rendered(chart, Path("x.png")), "png"
    return _rendered(chart, Path("x.svg")), "svg+xml"


@cache
def draws(characters: str) -> bool:
    """Whether this computer has a font for two different characters: without one, both are the same box or nothing."""
    form = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="2" y="30" font-size="28" font-family="{}">{}</text></svg>'
    )
    pictures = {vl_convert.svg_to_png(form.format(FONTS, character)) for character in characters}
    return len(pictures) == len(characters)


def notebook_charts() -> None:
    """Let a notebook show charts as pictures, which stay when it is sent on and need no network."""
    alt.renderers.enable("png" if draws(_SAMPLE) else "svg", scale_factor=_IN_NOTEBOOKS)


def _rendered(chart: alt.TopLevelMixin, path: Path) -> bytes:
    form = chart.to_json()
    match path.suffix:
        case ".png":
            return bytes(vl_convert.vegalite_to_png(form, scale=_SHARPNESS))
        case ".svg":
            return str(vl_convert.vegalite_to_svg(form)).encode()
        case ".html":
            return str(vl_convert.vegalite_to_html(form, bundle=True)).encode()
        case ".json":
            return form.encode()
    raise AnalysisError(message("bad_suffix", path=path))


def _points(series: pd.DataFrame) -> pd.DataFrame:
    """Points of single years with a value to draw; the names of codes in Chinese."""
    several = series["start"].notna() & (series["start"].dt.year < series["year"].astype("float"))
    frame = series[~several & series["year"].notna()].copy()
    frame["value"] = frame["low"].where(frame["low"].notna() & ~frame["comparator"].isin(("<", "<=")), frame["high"])
    frame = frame[frame["value"].notna()]
    if frame.empty:
        raise AnalysisError(message("no_points"))
    # Plain types: what altair writes into a chart must be JSON.
    for column in ("place", "scope", "indicator", "unit", "measure", "direction", "role", "text", "source"):
        frame[column] = pd.Series(["" if pd.isna(value) else value for value in frame[column]], frame.index, dtype="object")
    frame["year"] = frame["year"].astype("int64")
    return frame


def _drawn_alike(points: pd.DataFrame) -> list[tuple[Any, ...]]:
    keys = points[["indicator", "unit", "measure"]].drop_duplicates()
    return list(keys.itertuples(index=False, name=None))


def _alike(points: pd.DataFrame, key: tuple[Any, ...]) -> pd.DataFrame:
    chosen = points
    for column, value in zip(("indicator", "unit", "measure"), key, strict=True):
        chosen = chosen[chosen[column] == value]
    return chosen


def _scaled(points: pd.DataFrame) -> pd.DataFrame:
    """Values in 万 or 亿 where they are large, with ``shown_unit`` to match; falls below zero where there are rises, too."""
    frame = points.copy()
    falls = frame["direction"].eq("down")
    if falls.any() and not falls.all():
        frame.loc[falls, ["value", "low", "high"]] *= -1
    unit = next((value for value in frame["unit"] if value), "")
    largest = frame["value"].abs().max()
    for name, size in words("scales").items():
        if largest >= size and unit != "%":
            frame[["value", "low", "high"]] = frame[["value", "low", "high"]] / size
            unit = f"{name}{unit}"
            break
    return frame.assign(shown_unit=unit, role_name=frame["role"].map(words("words")["role"]))


def _one_series(points: pd.DataFrame, verdicts: pd.DataFrame | None, width: int) -> alt.LayerChart | alt.FacetChart:
    names = words("words")["role"]
    frame = _plain(_scaled(points)[["year", "value", "low", "high", "role", "role_name", "text", "source", "shown_unit"]])
    goal = frame[frame["role"] != "actual"].groupby("year")["value"].max()
    frame["below"] = frame["value"] < frame["year"].map(goal).fillna(float("-inf"))
    years = _years(frame, verdicts)
    year = alt.X("year:O", title=None, scale=alt.Scale(domain=years), axis=alt.Axis(labelAngle=0))
    unit = alt.Axis(titleAngle=0, titleAlign="left", titleX=4, titleY=4, titleBaseline="top", tickCount=5)
    value = alt.Y("value:Q", title=frame["shown_unit"].iloc[0] or None, axis=unit, scale=alt.Scale(zero=False, padding=14))
    known = [code for code in _ROLES if code in set(frame["role"])]
    roles = alt.Scale(domain=[names[code] for code in known], range=[_ROLES[code] for code in known])
    base = alt.Chart(frame).encode(
        x=year, y=value, color=alt.Color("role_name:N", title=None, scale=roles, legend=alt.Legend(symbolOpacity=1))
    )
    tooltip = ["year", "role_name", "text", "source"]
    ranges = base.transform_filter("datum.low != datum.high").mark_rule(strokeWidth=6, opacity=0.3).encode(y="low:Q", y2="high:Q")
    lines = base.transform_filter("datum.role == 'actual'").mark_line(strokeWidth=2)
    goals = base.transform_filter("datum.role != 'actual'").mark_tick(thickness=3, width=34).encode(tooltip=tooltip)
    reported = base.transform_filter("datum.role == 'actual'")
    layers: list[alt.Chart] = [ranges, lines, goals, reported.mark_circle(size=90, opacity=1).encode(tooltip=tooltip)]
    for side, below in ((-13, False), (14, True)):  # the number stands on the side away from the target
        numbers = reported.transform_filter(alt.datum.below == below).mark_text(dy=side, fontSize=11)
        layers.append(numbers.encode(text=alt.Text("value:Q", format=_NUMBER)))
    if verdicts is not None and not verdicts.empty:
        layers += _verdict_layers(verdicts, year)
    head = points.iloc[0]
    parts = [head["place"], head["scope"] if head["scope"] != head["place"] else None, _named(head["indicator"], head["measure"])]
    return alt.layer(*layers).properties(width=width, height=200, title=alt.TitleParams(" · ".join(filter(None, parts)), offset=8))


def _named(indicator: str, measure: str) -> str:
    """The indicator, and what of it is measured where that is not its level."""
    return indicator if measure == "level" else f"{indicator}（{words('words')['measure'].get(measure, measure)}）"


def _years(frame: pd.DataFrame, verdicts: pd.DataFrame | None) -> list[int]:
    """All years from the first to the last, also those of which nothing is known."""
    known = set(frame["year"].tolist())
    if verdicts is not None:
        known |= set(verdicts["year"].dropna().astype(int).tolist())
    return list(range(min(known), max(known) + 1))


def _verdict_layers(verdicts: pd.DataFrame, year: alt.X) -> list[alt.Chart]:
    """The verdict of each year as a word above the chart, in its colour."""
    names = words("words")["verdict"]
    rows = pd.DataFrame(
        {
            "year": verdicts["year"].astype("int64"),
            "word": verdicts["verdict"].astype("object").map(names),
            "colour": verdicts["verdict"].astype("object").map(_TEXT_COLOURS),
        }
    ).drop_duplicates("year")
    colours = alt.Color("colour:N", scale=None)
    head = alt.Chart(rows).mark_text(fontSize=11, fontWeight="bold", baseline="bottom")
    return [head.encode(x=year, y=alt.value(-6), text="word:N", color=colours)]


_TEXT_COLOURS = _VERDICTS | {"pending": "#4a86c5", "no_document": "#8a8a8a", "unreported": "#6f6f6f", "unclear": "#a77d00"}


def _bars(shown: pd.DataFrame, targets: pd.DataFrame, key: tuple[Any, ...], width: int) -> alt.LayerChart | alt.FacetChart:
    columns = ["place", "value", "text", "source", "shown_unit"]
    frame = _plain(shown.sort_values("value").drop_duplicates("place", keep="last")[columns])
    order = frame.sort_values("value", ascending=False)["place"].tolist()
    rows = alt.Y("place:N", title=None, sort=order)
    value = alt.X("value:Q", title=frame["shown_unit"].iloc[0] or None, axis=alt.Axis(tickCount=6))
    base = alt.Chart(frame).encode(y=rows, x=value, tooltip=["place", "text", "source"])
    numbers = base.mark_text(align="left", dx=8, fontSize=11).encode(x=alt.value(width), text=alt.Text("value:Q", format=_NUMBER))
    layers = [base.mark_bar(color=_ROLES[shown["role"].iloc[0]], height=16), numbers]
    goals = _plain(targets[targets["place"].isin(order)].drop_duplicates("place")[columns])
    if len(goals) and shown["role"].iloc[0] != "target":
        marks = alt.Chart(goals).mark_tick(color=_ROLES["target"], thickness=3, height=22)
        layers.append(marks.encode(y=rows, x=value, tooltip=["place", "text"]))
    return alt.layer(*layers).properties(width=width, height=alt.Step(26), title=_named(key[0], key[2]))


def _reliability(found: Reliability, title: str, width: int) -> alt.LayerChart | alt.FacetChart:
    told = words("words")["chart"]
    share = alt.Scale(domain=[0, 1])
    frame = pd.DataFrame([asdict(one) for one in found.bins])
    x = alt.X("confidence:Q", title=told["bins"], scale=share, axis=alt.Axis(tickCount=5))
    y = alt.Y("share_right:Q", title=told["share"], scale=share, axis=alt.Axis(tickCount=5))
    ideal = pd.DataFrame({"confidence": [0.0, 1.0], "share_right": [0.0, 1.0]})
    line = alt.Chart(ideal).mark_line(strokeDash=[4, 4], color="#999999").encode(x=x, y=y)
    size = alt.Size("records:Q", title=told["records"], scale=alt.Scale(type="sqrt", range=[30, 700]), legend=None)
    points = alt.Chart(frame).mark_circle(color=_ROLES["actual"], opacity=0.85)
    dots = points.encode(x=x, y=y, size=size, tooltip=["low", "high", "records", "confidence", "share_right"])
    numbers = alt.Chart(frame).mark_text(fontSize=10, dy=-17).encode(x=x, y=y, text="records:Q")
    return alt.layer(line, dots, numbers).properties(width=width, height=width, title=title)


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.reset_index(drop=True)


def _finished(chart: Any, title: str, frame: pd.DataFrame | None = None) -> Any:
    """The chart in our style, with what made the frame that it was drawn from."""
    if frame is not None and "provenance" in frame.attrs:
        chart = chart.properties(usermeta={"provenance": frame.attrs["provenance"]})
    if title:
        chart = chart.properties(title=alt.TitleParams(title, anchor="start", fontSize=16, offset=14))
    return (
        chart.configure(font=FONTS)
        .configure_axis(grid=True, gridColor="#eeeeee", labelFontSize=11, titleFontSize=11, domainColor="#bbbbbb")
        .configure_view(stroke=None)
        .configure_title(anchor="start", fontSize=13)
        .configure_legend(orient="top", title=None)
    )
