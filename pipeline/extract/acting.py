"""Find the units that act in a sentence, by where their names stand and what follows them.

Reads: text, ``rules/units.toml``. Writes: spans of names with roles.

A name ends with a head (局, 各县市, 公司 …) that something follows which only follows an actor (要, 负责, 加快 …), and begins after the
nearest boundary to the left: the start of a clause, or a word that makes somebody act (由, 指导, 支持 …). Behind any other boundary
nobody acts, so a place that only says where (中心城区) is no unit. What a unit does must have an object, or a modal word before it:
in “示范区加快建设，” the area is what is built.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.extract.unit_names import SHORTEST_ORGAN, head_end, name_grammar, split_names
from pipeline.read.places import places_called
from pipeline.rulebook import Rulebook, load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.records import Role, Span

LONGEST_LIST = 120  # code points from where the names begin to where they end
LONGEST_NAME = 40
LONGEST_PLACE = 5  # 石家庄市, 呼伦贝尔
LONGEST_CLAUSE = 18  # code points of the clause that tells a unit apart (拟作为产品注册申请人的单位)
LONGEST_FIELD = 4  # 财政, 公安机关
FEWEST_NAMES = 3  # a list of so many names shows that its pieces without a head are names too (国电南瑞、中国电科院、清华大学)


@dataclass(frozen=True, slots=True)
class _Grammar:
    rules: Rulebook
    ending: re.Pattern[str]  # a character that can end a name, before one that can begin what follows
    openings: frozenset[str]  # single characters and pairs with which that can begin
    follow: frozenset[str]
    not_follow: re.Pattern[str]
    longest: int
    builds: str  # how the verbs of the rule `builds` begin

    def follows(self, text: str, position: int, end: int) -> bool:
        """Whether a word that only follows an actor stands at ``position``."""
        follow = self.follow
        for stop in range(position + 1, min(end, position + self.longest) + 1):
            if text[position:stop] in follow:
                return not self.not_follow.match(text, position)
        return False


@cache
def _grammar() -> _Grammar:
    book = load_rules("units")
    actor = book.data["actor"]
    follow = frozenset(actor["follow"].split())
    between = actor["between"] + actor["builds"]
    after = "".join(sorted({word[0] for word in follow} | set(between)))
    names = name_grammar()
    return _Grammar(
        rules=book,
        # Every match begins with one of a set of characters, for which the search skips fastest; what they are is asked after that.
        ending=re.compile(f"[{names.last}（(](?:(?<=[{names.last}])|(?<=[{names.last}].){book.parts['area']})(?=[{after}])"),
        openings=frozenset({word[:2] for word in follow} | set(between)),
        follow=follow,
        not_follow=re.compile(actor["not_follow"]),
        longest=max(map(len, follow)),
        builds=actor["builds"],
    )


def acting_units(text: str, sentences: Sequence[Span]) -> list[list[tuple[Span, Role]]]:
    """Spans and roles of the units that act in each of ``sentences`` (spans in text order), in text order.

    All sentences are looked at in one pass, because most of them name no unit.
    """
    starts = [start for start, _ in sentences]
    endings: dict[int, list[tuple[int, int]]] = {}
    movers: dict[int, list[int]] = {}
    if sentences:
        for stop, after in _endings(text, starts[0], sentences[-1][1]):
            endings.setdefault(bisect_left(starts, stop) - 1, []).append((stop, after))
        for mover in _grammar().rules["mover"].finditer(text, starts[0], sentences[-1][1]):
            if _listed_places(text, mover.end(), len(text)):
                movers.setdefault(bisect_left(starts, mover.end()) - 1, []).append(mover.end())
    found: list[list[tuple[Span, Role]]] = [[] for _ in sentences]
    for i in sorted({*endings, *movers}):
        places = _acting_places(text, sentences[i][1], movers.get(i, ()))
        found[i] = sorted({**dict(places), **dict(_acting_names(text, sentences[i], endings.get(i, ())))}.items())
    return found


def _endings(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where a name with a head ends before something that could follow an actor, and where that begins."""
    grammar = _grammar()
    weight, openings, rest, builds = name_grammar().weight, grammar.openings, grammar.rules["rest"], grammar.rules["builds"]
    for match in grammar.ending.finditer(text, start, end):
        stop = match.end()
        if text[stop] not in openings and text[stop : stop + 2] not in openings:
            continue
        if weight(text, stop if stop - match.start() == 1 else match.start(), start) is None:
            continue
        gap = rest.match(text, stop, end)
        after = gap.end() if gap and gap.end() < end else stop
        for position in (stop,) if after == stop else (stop, after):
            if grammar.follows(text, position, end) or (text[position] in grammar.builds and builds.match(text, position, end)):
                yield stop, position
                break


def _acting_names(text: str, sentence: Span, endings: Sequence[tuple[int, int]]) -> Iterator[tuple[Span, Role]]:
    start, end = sentence
    used = start
    for stop, after in endings:
        if after >= end:
            continue
        kind, spans = _names_before(text, max(used, stop - LONGEST_LIST), stop)
        builds = text[after] in _grammar().builds and not _grammar().follows(text, after, end)
        if spans and not (builds and kind == "subject") and _acts(text, kind, after, end):
            used = stop
            role = _role(text, kind, after)
            if not _in_title(text, start, stop):
                yield from ((span, role) for span in spans)


def _acting_places(text: str, end: int, movers: Sequence[int]) -> Iterator[tuple[Span, Role]]:
    """Places named without 省, 市, 县 that are made to act: 支持上饶打造…、鹰潭建设…; only listed places."""
    for mover in movers:
        spans = _place_list(text, mover, end)
        if spans and not _in_title(text, max(0, mover - LONGEST_LIST), mover):
            yield from ((span, "actor") for span in spans)
            for mark in _grammar().rules["parallel"].finditer(text, spans[-1][1], end):
                yield from ((span, "actor") for span in _place_list(text, mark.end(), end))


def _place_list(text: str, start: int, end: int) -> list[Span]:
    """The places of the list that begins at ``start``, if they act."""
    grammar = _grammar()
    spans = _listed_places(text, start, end)
    if not spans:
        return []
    gap = grammar.rules["rest"].match(text, spans[-1][1], end)
    after = gap.end() if gap else spans[-1][1]
    acts = grammar.follows(text, after, end) or grammar.rules["builds"].match(text, after, end)
    return spans if acts and _acts(text, "moved", after, end) else []


def _listed_places(text: str, start: int, end: int) -> list[Span]:
    """Spans of the places in the list that begins at ``start`` (郑州、开封); it can't begin with an everyday word."""
    everyday = load_rules("places").data["common_words"]
    spans: list[Span] = []
    while start < end:
        sizes = range(min(LONGEST_PLACE, end - start), 1, -1)
        stop = next((start + size for size in sizes if places_called(text[start : start + size])), None)
        if stop is None or (not spans and text[start:stop] in everyday):
            break
        spans.append((start, stop))
        if stop >= end or not _grammar().rules["and"].match(text, stop):
            break
        start = stop + 1
    return spans


def _in_title(text: str, start: int, position: int) -> bool:
    """Whether ``position`` lies between 《 and 》."""
    return text.rfind("《", start, position) > text.rfind("》", start, position)


def _acts(text: str, kind: str, after: int, end: int) -> bool:
    """Whether what stands from ``after`` on is done by the unit before it."""
    rules = _grammar().rules
    if kind in ("subject", "moved") and rules["acted_upon"].match(text, after, end):
        return False
    if kind == "passed" and rules["of"].match(text[after:end]):
        return False
    effort = rules["effort"].match(text, after) is not None
    return (kind == "within") == effort and not rules["relative"].match(text, after, end)


def _names_before(text: str, start: int, end: int) -> tuple[str, list[Span]]:
    """How the list of names that ends at ``end`` is made to act, and its names; no names where nobody acts."""
    grammar = _grammar()
    boundary = grammar.rules["boundary"]
    near = max(start, end - LONGEST_NAME)  # the boundary is mostly near, and looking for it is what costs time
    bounds = [(m.end(), m.lastgroup or "other") for m in boundary.finditer(text, near, end)]
    if near == start or not bounds:
        bounds = [(start, "subject"), *((m.end(), m.lastgroup or "other") for m in boundary.finditer(text, start, end))]
    begin, kind = bounds[-1]
    if kind == "other":
        return _parallel(text, bounds, end) or _told_apart(text, bounds, end)
    if begin >= end or (kind == "subject" and _opens_with_verb(text, begin, end)):
        return kind, []
    if kind == "subject" and text[begin - 1 : begin] in ("，", ","):
        begin = _list_before(text, bounds, begin)
    spans = _join_fields(text, split_names(text, begin, end))
    spans = [piece for span in spans for piece in _whole_names(text, span, len(spans))]
    return kind, [span for span in spans if _is_unit(text, span, kind)]


def _list_before(text: str, bounds: list[tuple[int, str]], begin: int) -> int:
    """Where a list of names begins that a ， parts: “各乡镇人民政府，县直有关单位要…”; ``begin`` where none stands before it."""
    first, kind = bounds[-2] if len(bounds) > 1 else (begin, "other")
    if kind != "subject" or begin - 1 - first < SHORTEST_ORGAN or _opens_with_verb(text, first, begin - 1):
        return begin
    names = split_names(text, first, begin - 1)
    return first if all(head_end(text, b, a) and _is_unit(text, (a, b), kind) for a, b in names) else begin


def _parallel(text: str, bounds: list[tuple[int, str]], end: int) -> tuple[str, list[Span]] | None:
    """A place behind a 、 in the clause of a word that makes places act: 支持甲县打造…、乙县建设…."""
    begin = text.rfind("、", bounds[-1][0], end) + 1
    kind = next((kind for _, kind in reversed(bounds) if kind != "other"), "other")
    if begin and kind == "moved" and name_grammar().weight(text, end, begin) in ("place", "organ") and _is_unit(text, (begin, end), kind):
        return kind, [(begin, end)]
    return None


def _told_apart(text: str, bounds: list[tuple[int, str]], end: int) -> tuple[str, list[Span]]:
    """A unit that a clause tells apart: 由具备能力的单位, 推动具备条件的县市, 具备条件的地区可."""
    rules = _grammar().rules
    if not rules["of"].match(text[bounds[-1][0] - 1 : bounds[-1][0]]) or not rules["qualified"].search(text, bounds[-1][0], end):
        return "other", []
    begin, kind = next(((begin, kind) for begin, kind in reversed(bounds) if kind != "other"), (end, "other"))
    if end - begin > LONGEST_CLAUSE or kind == "other":
        return "other", []
    if kind == "subject" and (rules["no_qualifier"].match(text, begin, end) or not rules["duty"].match(text, end)):
        return "other", []
    return kind, [(begin, end)]


def _opens_with_verb(text: str, begin: int, end: int) -> bool:
    """Whether the clause opens with a verb, so that what follows is its object."""
    grammar = _grammar()
    if grammar.rules["named_by_role"].match(text[begin:end]):
        return False
    if grammar.follows(text, begin, end):
        return True
    return grammar.rules["opening_verb"].match(text, begin, end) is not None and not grammar.rules["duty"].match(text, end)


def _join_fields(text: str, spans: list[Span]) -> list[Span]:
    """Put together again the fields before one head, of which some could be names: 财政、发展改革、医保部门."""
    a, b = spans[-1]
    if len(spans) == 1 or "、" not in text[a:b] or not _grammar().rules["joint"].search(text, a, b):
        return spans
    first = len(spans) - 1
    while first and spans[first - 1][1] - spans[first - 1][0] <= LONGEST_FIELD:
        first -= 1
    return [*spans[:first], (spans[first][0], b)]


def _whole_names(text: str, span: Span, names: int) -> list[Span]:
    """A piece of a list that holds a 、 still: its parts are names if enough names stand beside them, else it is none."""
    a, b = span
    grammar = name_grammar()
    if "、" not in grammar.bracket.sub("", text[a:b]) or grammar.shared.match(text[a:b]) or _grammar().rules["joint"].search(text, a, b):
        return [span]
    if names < FEWEST_NAMES:
        return []
    marks = [a - 1, *(i for i in range(a, b) if text[i] == "、"), b]
    return [(x + 1, y) for x, y in pairwise(marks)]


def _is_unit(text: str, span: Span, kind: str) -> bool:
    """Whether a name tells a unit apart, and is not whoever may come (guidelines §2)."""
    rules = _grammar().rules
    name = text[span[0] : span[1]]
    if kind == "subject" and rules["bare_actor"].match(name):
        return rules["modal"].match(text, span[1]) is not None
    if len(name) == 1 or rules["no_unit"].search(name):
        return False
    if kind == "subject" and rules["entitled"].search(text, max(span[0], span[1] - LONGEST_FIELD), span[1] + 1):
        return False
    bound = kind == "subject" and rules["modal"].match(text, span[1])
    if rules["bound_only"].search(name):
        return bool(bound)
    open_to_all = kind == "moved" or (kind in ("subject", "joined") and rules["enterprise"].search(name) and not bound)
    return not (open_to_all and rules["generic_actor"].search(name))


def _role(text: str, kind: str, after: int) -> Role:
    role = _grammar().rules["role"].match(text, after)
    if kind == "joined" or (role and role["cooperating"]):
        return "cooperating"
    return "lead" if role else "actor"
