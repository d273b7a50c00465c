"""What a written figure can stand for: the interval that its rounding and its comparison words leave.

Reads: figures of a text. Writes: ``Interval`` objects; arithmetic on them tells whether two statements can both be true.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pipeline.extract.figures import Figure

_NUMBER = re.compile(r"(?P<whole>\d+)(?:\.(?P<decimals>\d+))?\s*(?P<scale>万亿|千亿|百亿|十亿|千万|百万|十万|亿|万|千|百)?")
_SCALES = {
    "百": 1e2,
    "千": 1e3,
    "万": 1e4,
    "十万": 1e5,
    "百万": 1e6,
    "千万": 1e7,
    "亿": 1e8,
    "十亿": 1e9,
    "百亿": 1e10,
    "千亿": 1e11,
    "万亿": 1e12,
}
# Units that measure and are rounded; things that are counted one by one are not, unless 万 or 亿 stands behind the number.
_MEASURED = re.compile("[元亩吨里米斤克瓦时立方升%％倍点度秒天]|公顷")
_OPEN = 0.25  # by how much a value may exceed “over 500”
_ABOUT = 0.1  # by how much a value may miss “about 500”


class Interval(NamedTuple):
    """From ``low`` to ``high``, both ends possible."""

    low: float
    high: float

    def meets(self, other: Interval, *, slack: float = 0.0) -> bool:
        """Whether one value lies in both, up to ``slack``."""
        return self.low <= other.high + slack and other.low <= self.high + slack

    def through(self, other: Interval) -> Interval:
        """The quotients; both intervals hold positive values."""
        return Interval(self.low / other.high, self.high / other.low)


def interval_of(figure: Figure, text: str) -> Interval | None:
    """All values that ``figure`` of ``text`` can stand for; None for a masked one, zero and less."""
    if figure.low is None or figure.high is None or figure.low <= 0:
        return None
    half = _half(figure, text)
    low, high = float(figure.low) - half, float(figure.high) + half
    if figure.comparator in (">", ">="):
        high = max(high, high * (1 + _OPEN))
    elif figure.comparator in ("<", "<="):
        low *= 1 - _OPEN
    elif figure.comparator == "~":
        low, high = low * (1 - _ABOUT), high * (1 + _ABOUT)
    return Interval(max(low, 1e-9), high)


def _half(figure: Figure, text: str) -> float:
    """Half of the last place that was written; none for what is counted one by one."""
    match = _NUMBER.search(unicodedata.normalize("NFKC", text[figure.core : figure.end]))
    if match is None:  # Chinese numerals: 八成, 六分之一
        return float(figure.high or 0) * 0.03 if figure.unit == "%" else 0.0
    scale = _SCALES.get(match["scale"] or "", 1.0)
    if scale == 1.0 and match["decimals"] is None and not _MEASURED.search(figure.unit or "%"):
        return 0.0
    return 0.5 * scale / 10 ** len(match["decimals"] or "")


def shown(value: float) -> str:
    """A number as an office writes it: with 万 or 亿 where it is large, at most two decimals."""
    for scale, name in ((1e8, "亿"), (1e4, "万")):
        if abs(value) >= scale:
            return f"{value / scale:.2f}".rstrip("0").rstrip(".") + name
    return f"{value:.2f}".rstrip("0").rstrip(".")
