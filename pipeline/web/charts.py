"""Draw a series as SVG on the server: targets as bounds, results as points. The browser's own fonts write the Chinese.

Reads: ``Series``. Writes: SVG.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipeline.web.fonts import FONTS, draws_chinese
from pipeline.web.words import amount, page_words, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.track import Point, Series
    from pipeline.web.library import Library
    from pipeline.web.settings import Settings

_NARROWEST, _WIDEST, _STEP = 620, 1180, 56  # pixels: of a chart, and of a year
_LABELLED = 40  # pixels of a year from which on there is room for figures
_BLUE, _AMBER = "#1d4b7c", "#b35c00"


def series_svg(one: Series) -> str:
    """The yearly figures of a series in the unit that most of them have: a line for each bound, a bar for a range, a point for a result."""
    import altair as alt
    import vl_convert

    words = page_words()["chart"]
    single = [point for point in one.points if not point.start or point.start[:4] == str(point.year)] or list(one.points)
    unit = Counter(point.unit for point in single).most_common(1)[0][0] if single else None
    shown = [point for point in single if point.unit == unit]
    size = max((abs(point.high) for point in shown), default=0)
    scale, name = next(((float(limit), told) for limit, told in page_words()["sizes"].items() if size >= float(limit)), (1.0, ""))
    rows = _rows(shown, scale)
    years = len({row["year"] for row in rows})
    width = min(_WIDEST, max(_NARROWEST, _STEP * years))
    base = alt.Chart({"values": rows}).encode(x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)))
    title = f"{name}{unit or ''}" or word("measure", one.measure)
    value = alt.Y("bound:Q", title=title, scale=alt.Scale(zero=False, nice=True, domain=_domain(rows)))
    colour = alt.Color("role:N", title=None, scale=alt.Scale(domain=[words["target"], words["actual"]], range=[_AMBER, _BLUE]))
    targets = base.transform_filter(alt.datum.role == words["target"])
    tick = targets.mark_tick(thickness=4, size=min(46, 0.8 * width / max(years, 1))).encode(y=value, color=colour)
    band = targets.mark_rule(strokeWidth=10, opacity=0.35).encode(y=alt.Y("low:Q", title=title), y2="high:Q", color=colour)
    actuals = base.transform_filter(alt.datum.role == words["actual"])
    layers = [band, tick, actuals.mark_line(strokeWidth=1.5).encode(y=value, color=colour)]
    layers.append(actuals.mark_point(filled=True, size=70).encode(y=value, color=colour))
    if width / max(years, 1) >= _LABELLED:
        for place, dy in (("above", -12), ("under", 14)):
            told = base.transform_filter(alt.datum.place == place).mark_text(dy=dy, fontSize=11)
            layers.append(told.encode(y=value, text="text:N", color=colour))
    chart = alt.layer(*layers).properties(width=width, height=230)
    chart = (
        chart.configure(font=FONTS, background="white")
        .configure_legend(orient="top", symbolOpacity=1)
        .configure_axis(labelFontSize=12, titleFontSize=12)
    )
    return str(vl_convert.vegalite_to_svg(chart.to_json()))


def warm(_: Library, __: Settings) -> Iterator[None]:
    """Load what draws: it takes seconds the first time."""
    import altair as alt

    yield
    import vl_convert

    chart = alt.Chart({"values": [{"year": "2024", "high": 1}]}).mark_point().encode(x="year:O", y="high:Q")
    vl_convert.vegalite_to_svg(chart.to_json())
    draws_chinese()
    yield


def _rows(shown: list[Point], scale: float) -> list[dict[str, Any]]:
    """A row for each figure: where its line or point stands, what it says, and on which side there is room to say it."""
    words, sign = page_words()["chart"], page_words()["words"]["sign"]
    rows: list[dict[str, Any]] = []
    for point in shown:
        fall = -1 if point.direction == "down" else 1
        low, high = sorted((point.low / scale * fall, point.high / scale * fall))
        is_actual = point.role in ("actual", "baseline")
        told = amount(point.low) if point.low == point.high else f"{amount(point.low)}—{amount(point.high)}"
        ahead = ("" if is_actual else sign.get(point.comparator, "")) + ("-" if fall < 0 else "")
        text = f"{ahead}{told}{point.unit if point.unit == '%' else ''}"
        bound = high if point.comparator in ("<", "<=") or is_actual else low
        role = words["actual"] if is_actual else words["target"]
        rows.append({"year": str(point.year), "low": low, "high": high, "bound": bound, "text": text, "role": role, "place": "above"})
    bounds = {row["year"]: row["bound"] for row in rows if row["role"] == words["target"]}
    results = {row["year"]: row["bound"] for row in rows if row["role"] == words["actual"]}
    for row in rows:
        other = (results if row["role"] == words["target"] else bounds).get(row["year"])
        lower = other is not None and (row["bound"] < other or (row["bound"] == other and row["role"] == words["actual"]))
        row["place"] = "under" if lower else "above"
    return rows


def _domain(rows: list[dict[str, Any]]) -> list[float]:
    """The values of the axis, with room for what is written above and under them."""
    values = [row[name] for row in rows for name in ("low", "high")] or [0.0, 1.0]
    room = 0.18 * (max(values) - min(values)) or 0.2 * abs(values[0]) or 1.0
    return [min(values) - room, max(values) + room]
