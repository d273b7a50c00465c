"""Resolve automatic numbers: which list and level a paragraph is of, what the counters stand at, how it is written.

Reads: ``numbering.xml``, styles, and the numbered paragraphs in reading order. Writes: the number before each, such as “一、”.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pipeline.read.docx_number_formats import write_number
from pipeline.read.docx_styles import VAL, W, is_on, value, whole
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.docx_styles import Styles

LEVELS = 9  # that a list may have
_PLACE = re.compile(r"%([1-9])")
_TEXT_LIMIT = 100  # characters of a level's text; Word allows 31
_CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    format: str
    text: str
    restart: int | None  # the level (from 1) whose use restarts this one; 0: nothing does; None: any above it
    legal: bool  # all numbers in it as Arabic digits
    hidden: bool
    style: str | None  # the style that stands for this level


@dataclass(slots=True)
class _Abstract:
    levels: dict[int, _Level]
    style_link: str | None
    counters: dict[int, int] = field(default_factory=dict)


@dataclass(slots=True)
class _List:
    abstract: str
    levels: dict[int, _Level]  # its own, in place of those of its abstract list
    starts: dict[int, int]
    begun: set[int] = field(default_factory=set)  # levels that were met: another start counts once


class Numbering:
    """The lists of one document and what their counters stand at; ask for the paragraphs in their order."""

    def __init__(self, root: Any | None, styles: Styles) -> None:
        self._styles = styles
        self._abstracts: dict[str, _Abstract] = {}
        self._lists: dict[str, _List] = {}
        for element in root if root is not None else ():
            if element.tag == f"{W}abstractNum":
                levels = _read_levels(element)
                link = value(element, f"{W}numStyleLink")
                self._abstracts[element.get(f"{W}abstractNumId", "")] = _Abstract(levels, link)
            elif element.tag == f"{W}num":
                self._lists[element.get(f"{W}numId", "")] = _read_list(element)

    def count(self, properties: Any | None) -> str:
        """Count the paragraph with ``properties`` (``w:pPr``) and give the number before it, "" for none.

        The number ends in a blank where it would run into the text; see ``join_number``.
        """
        place = self._place(properties)
        if place is None:
            return ""
        numbered, abstract, depth = place
        if depth in numbered.starts and depth not in numbered.begun:
            abstract.counters.pop(depth, None)
        numbered.begun.add(depth)
        level_of = {**abstract.levels, **numbered.levels}
        level = level_of[depth]
        counters = abstract.counters
        counters[depth] = counters[depth] + 1 if depth in counters else numbered.starts.get(depth, level.start)
        for lower in [k for k in counters if k > depth]:
            restart = level_of[lower].restart if lower in level_of else None
            if restart is None or 0 < depth + 1 <= restart:
                del counters[lower]
        return "" if level.hidden else _write(level, depth, level_of, {**_starts(level_of, numbered), **counters})

    def _place(self, properties: Any | None) -> tuple[_List, _Abstract, int] | None:
        """The list, its abstract list and the level of a paragraph; None for one that has no number."""
        own = properties.find(f"{W}numPr") if properties is not None else None
        style = value(properties, f"{W}pStyle") if properties is not None else None
        list_id = value(own, f"{W}numId") if own is not None else None
        depth = whole(value(own, f"{W}ilvl")) if own is not None else None
        owner = None
        if list_id is None:
            by_style = self._styles.number_of(style)
            if by_style is None:
                return None
            list_id, owner = by_style.list_id, by_style.owner
            depth = by_style.level if depth is None else depth
        numbered = self._lists.get(list_id)
        abstract = self._resolve(numbered.abstract) if numbered else None
        if numbered is None or abstract is None:
            return None
        if owner and not (own is not None and value(own, f"{W}ilvl")):
            depth = next((k for k, level in abstract.levels.items() if level.style == owner), depth)
        depth = depth or 0
        return (numbered, abstract, depth) if depth in abstract.levels or depth in numbered.levels else None

    def _resolve(self, name: str) -> _Abstract | None:
        """The abstract list ``name``; where it only links to a style, the one of that style. A circle gives None."""
        seen = set()
        while name not in seen:
            seen.add(name)
            abstract = self._abstracts.get(name)
            if abstract is None or abstract.levels or abstract.style_link is None:
                return abstract
            by_style = self._styles.number_of(abstract.style_link)
            linked = self._lists.get(by_style.list_id) if by_style else None
            if linked is None:
                return None
            name = linked.abstract
        return None


def join_number(number: str, text: str) -> str:
    """``text`` behind its automatic number, with a blank where the two would read as one (“1.” before “5G”, “1” before 加强)."""
    if not number:
        return text
    last = number[-1]
    if last in load_rules("docx").data["series"]["closing"] or last.isspace() or not text or text[0].isspace():
        return number + text
    if not last.isalnum() and not text[0].isdigit():
        return number + text
    return f"{number} {text}"


def _starts(level_of: dict[int, _Level], numbered: _List) -> dict[int, int]:
    return {depth: numbered.starts.get(depth, level.start) for depth, level in level_of.items()}


def _write(level: _Level, depth: int, level_of: dict[int, _Level], counters: dict[int, int]) -> str:
    def one(match: re.Match[str]) -> str:
        other = int(match[1]) - 1
        if other > depth or other not in level_of:
            return ""
        style = level_of[other].format
        return write_number(counters[other], "decimal" if level.legal and style != "none" else style)

    if level.format == "bullet":  # a sign that says nothing but “next”; some programs put words there
        return level.text if any(sign.isalnum() for sign in level.text) and len(level.text) > 1 else ""
    return _PLACE.sub(one, level.text)


def _read_levels(parent: Any) -> dict[int, _Level]:
    levels = {}
    for element in parent.iterfind(f"{W}lvl"):
        depth = whole(element.get(f"{W}ilvl"))
        if depth is not None and 0 <= depth < LEVELS:
            levels[depth] = _read_level(element)
    return levels


def _read_level(element: Any) -> _Level:
    text = element.find(f"{W}lvlText")
    start = whole(value(element, f"{W}start"))
    return _Level(
        start=start if start is not None else 0,
        format=_read_format(element),
        text=(text.get(VAL, "") if text is not None else "")[:_TEXT_LIMIT],
        restart=whole(value(element, f"{W}lvlRestart")),
        legal=is_on(element.find(f"{W}isLgl")),
        hidden=is_on(element.find(f"{W}rPr/{W}vanish")),
        style=value(element, f"{W}pStyle"),
    )


def _read_format(element: Any) -> str:
    """The number format of a level; of a custom one its fallback."""
    for path in (f"{W}numFmt", f"{_CHOICE}//{W}numFmt"):
        for found in element.iterfind(path):
            name = found.get(VAL, "decimal")
            if name != "custom":
                return str(name)
    return "decimal"


def _read_list(element: Any) -> _List:
    levels, starts = {}, {}
    for override in element.iterfind(f"{W}lvlOverride"):
        depth = whole(override.get(f"{W}ilvl"))
        if depth is None or not 0 <= depth < LEVELS:
            continue
        own = override.find(f"{W}lvl")
        if own is not None:
            levels[depth] = _read_level(own)
        start = whole(value(override, f"{W}startOverride"))
        if start is not None:
            starts[depth] = start
    return _List(value(element, f"{W}abstractNumId") or "", levels, starts)
