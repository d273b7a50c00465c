"""Draw a series as SVG on the server: targets as bounds, results as points. The browser's own fonts write the Chinese.

Reads: ``Series``. Writes: SVG.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from pipeline.web.words import page_words, word

if TYPE_CHECKING:
    from pipeline.track import Series

_FONTS = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Zen Hei, SimHei, sans-serif"
_BLUE, _AMBER = "#1d4b7c", "#b35c00"


def series_svg(one: Series) -> str:
    """The yearly figures of a series in the unit that most of them have."""
    import altair as alt
    import vl_convert

    words = page_words()["chart"]
    single = [point for point in one.points if not point.start or point.start[:4] == str(point.year)] or list(one.points)
    unit = Counter(point.unit for point in single).most_common(1)[0][0] if single else None
    shown = [point for point in single if point.unit == unit]
    size = max((abs(point.high) for point in shown), default=0)
    scale, name = next(((float(limit), told) for limit, told in page_words()["sizes"].items() if size >= float(limit)), (1.0, ""))
    rows: list[dict[str, Any]] = [
        {
            "year": str(point.year), "low": point.low / scale, "high": point.high / scale, "text": point.text,
            "role": words["actual"] if point.role in ("actual", "baseline") else words["target"],
        }
        for point in shown
    ]  # fmt: skip
    base = alt.Chart({"values": rows}).encode(x=alt.X("year:O", title=None, axis=alt.Axis(labelAngle=0)))
    value = alt.Y("high:Q", title=f"{name}{unit or ''}" or word("measure", one.measure), scale=alt.Scale(zero=False, nice=True))
    colour = alt.Color("role:N", title=None, scale=alt.Scale(domain=[words["target"], words["actual"]], range=[_AMBER, _BLUE]))
    targets = base.transform_filter(alt.datum.role == words["target"]).mark_tick(thickness=4, size=46).encode(y=value, color=colour)
    actuals = base.transform_filter(alt.datum.role == words["actual"])
    line = actuals.mark_line(strokeWidth=1.5).encode(y=value, color=colour)
    dots = actuals.mark_point(filled=True, size=70).encode(y=value, color=colour)
    told = base.mark_text(dy=-12, fontSize=11).encode(y=value, text="text:N", color=colour)
    chart = alt.layer(targets, line, dots, told).properties(width=620, height=230)
    chart = (
        chart.configure(font=_FONTS, background="white").configure_legend(orient="top").configure_axis(labelFontSize=12, titleFontSize=12)
    )
    return str(vl_convert.vegalite_to_svg(chart.to_json()))
