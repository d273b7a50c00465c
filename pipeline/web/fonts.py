"""Whether the computer that serves the page has Chinese fonts: charts name fonts, they bring none.

Reads: the fonts of this computer. Writes: nothing.
"""

from __future__ import annotations

from functools import cache

FONTS = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Zen Hei, SimHei, sans-serif"
_DIFFERENT = "永国"  # without a font both are the same box, or nothing
_PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><text x="2" y="30" font-size="28" font-family="{}">{}</text></svg>'
)


@cache
def draws_chinese() -> bool:
    """Whether two different characters become two different pictures; True where nothing can be drawn to tell."""
    try:
        from vl_convert import svg_to_png
    except ImportError:
        return True
    return len({svg_to_png(_PICTURE.format(FONTS, character)) for character in _DIFFERENT}) == len(_DIFFERENT)
