"""What the styles of a Word document say of numbering and of what is hidden, inheritance followed.

Reads: ``styles.xml``. Writes: ``Styles``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
VAL = f"{W}val"
_OFF = frozenset({"0", "false", "off", "none"})
_ANCESTORS = 50  # styles that one may be based on; Word allows eleven


@dataclass(frozen=True, slots=True)
class StyleNumber:
    """The list that a style numbers its paragraphs in; ``owner`` is the style that names it."""

    list_id: str
    level: int | None
    owner: str


@dataclass(frozen=True, slots=True)
class _Style:
    based_on: str | None
    list_id: str | None
    level: int | None
    hidden: bool | None
    contents: bool  # an entry of a table of contents


class Styles:
    """The styles of one document by their ids; what none says is None."""

    def __init__(self, root: Any | None) -> None:
        self._styles: dict[str, _Style] = {}
        self.default: str | None = None
        for element in root.iterfind(f"{W}style") if root is not None else ():
            name = element.get(f"{W}styleId", "")
            self._styles[name] = _read_style(element)
            if element.get(f"{W}type") == "paragraph" and element.get(f"{W}default") in ("1", "true", "on"):
                self.default = name
        self.hides = any(style.hidden for style in self._styles.values())  # some text may be hidden by its style
        self._numbers: dict[str | None, StyleNumber | None] = {}

    def number_of(self, style: str | None) -> StyleNumber | None:
        """The list of paragraphs in ``style`` (None: the default style), None for none."""
        if style not in self._numbers:
            self._numbers[style] = self._find_number(style if style in self._styles else self.default)
        return self._numbers[style]

    def is_hidden(self, style: str | None) -> bool:
        """Whether text in ``style`` is hidden."""
        if not self.hides:
            return False
        return next((s.hidden for _, s in self._line(style) if s.hidden is not None), False)

    def is_contents(self, style: str | None) -> bool:
        """Whether ``style`` is that of a line of a table of contents."""
        found = self._styles.get(style or "")
        return found is not None and found.contents

    def _find_number(self, style: str | None) -> StyleNumber | None:
        level = None
        for name, found in self._line(style):
            if level is None:
                level = found.level
            if found.list_id is not None:
                return StyleNumber(found.list_id, level, style or name) if found.list_id != "0" else None
        return None

    def _line(self, style: str | None) -> list[tuple[str, _Style]]:
        """``style`` and what it is based on, nearest first; a circle ends where it closes."""
        line: list[tuple[str, _Style]] = []
        seen = set()
        while style is not None and style not in seen and style in self._styles and len(line) < _ANCESTORS:
            seen.add(style)
            line.append((style, self._styles[style]))
            style = self._styles[style].based_on
        return line


def value(parent: Any, path: str) -> str | None:
    """The ``w:val`` of the element at ``path``, None where there is none."""
    found = parent.find(path)
    return None if found is None else found.get(VAL)


def is_on(element: Any | None) -> bool:
    """Whether an element that switches something is there and not switched off."""
    return element is not None and element.get(VAL, "1") not in _OFF


def whole(text: str | None) -> int | None:
    """The whole number in ``text``, None where it holds none that Word could count to."""
    if text is None or len(text) > 6:
        return None
    try:
        return int(text)
    except ValueError:
        return None


def _read_style(element: Any) -> _Style:
    hidden = element.find(f"{W}rPr/{W}vanish")
    name = (value(element, f"{W}name") or "").lower()
    return _Style(
        based_on=value(element, f"{W}basedOn"),
        list_id=value(element, f"{W}pPr/{W}numPr/{W}numId"),
        level=whole(value(element, f"{W}pPr/{W}numPr/{W}ilvl")),
        hidden=None if hidden is None else is_on(hidden),
        contents=(name.startswith("toc ") and name[4:].isdigit()) or name == "toc heading",
    )
