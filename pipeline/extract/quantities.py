"""Turn the figures of a sentence into quantities: what is measured, how much, for when, promised or reached.

Reads: Document, Outline, Judgements and resolved times. Writes: Quantity records in text order (ids and tasks are assigned later).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.extract.counting import refusal
from pipeline.extract.figures import find_figures
from pipeline.extract.grants import grant_indicator, is_threshold
from pipeline.extract.identity import quantity_id, task_id
from pipeline.extract.indicators import Approach, change_direction, cut_subject, is_aspect, read_approach, split_coordinated, with_verb, words
from pipeline.records import Quantity
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pipeline.extract.figures import Figure
    from pipeline.extract.sentence_times import SentenceTimes
    from pipeline.records import Comparator, Direction, Document, Judgement, Label, Measure, Outline, QuantityStatus

_BOUNDARY = re.compile(r"[，,；;：:。！？\n\t]")
_JOINT = re.compile(r"^\s?(?:、|和|及|与|，|,|以及|或)?\s?(?:约|近|超|超过|突破)?\s?$")
_RIGHT = re.compile(r"(?:[^，。；、,;：:！？（(\n\t]|[（(][^）)，。；]{1,4}[）)])*")
_FOOTNOTE = re.compile(r"[（(\[〔【]\d{1,3}[）)\]〕】]")
_REGION = r"(?:全省|全国|全市|全球|世界|全州|全区|亚洲|西部|中部|东部|东北|长三角|珠三角|省内|国内|同类城市|地级市|各市|市州|设区市|副省级城市|全县|全军|全盟)"
_RANK_TAIL = re.compile(
    r"(?P<how>(?:增速|增幅|总量|规模)?(?:继续|持续|连续[^，。；]{0,6}?|均|双双|都|分别|首次|已|仍|并|且|再次|跃)*)"
    rf"(?:(?:位居|位列|位于|名列|排名|排在)(?:了|在)?(?P<place>[^，。；、]{{1,8}})|(?:位居|位列|位于|名列|排名|排在|排位|排|跃居|升至|跃升至|上升至|提升至|进入|跻身|稳居|进|保持|入围|荣获|获得|获|蝉联|夺得|居|列|位|为)(?:了|在)?(?P<whom>[^，。；、]{{0,6}}?{_REGION}[^，。；、]{{0,8}}?)?|(?P<where>{_REGION}[^，。；、]{{0,6}}?))?$"
)
_BASE_BEFORE = re.compile(r"(?:由|从)[^，。；、]{0,10}$")
_COMPARED_BASE = re.compile(r"(?:比|较)[^，。；、]{0,14}的$")
_LIMITS: tuple[tuple[re.Pattern[str], Comparator], ...] = (
    (re.compile(r"至少|不少于|不低于"), ">="),
    (re.compile(r"最高|最多|不超过|上限|封顶|最长"), "<="),
)
_LOAD = re.compile(r"^(?:减轻|降低|减少|压减|缩减|节约|节省|压降)")
_AMOUNTS = frozenset(["%", "％", "个百分点", "倍", "元", "美元", "亩", "吨", "公里", "斤", "公斤", "平方米", "平方公里", "千瓦", "千瓦时", "立方米"])
_TERMS = ((re.compile(r"年均(?!浓度|气温|降水|值|收入)|每年|年平均|逐年"), "year"), (re.compile(r"每月|月均"), "month"))
_RATES = frozenset(["%", "％", "个百分点", "倍"])
_LONGEST_TOPIC = 24
_REACHING = frozenset(["惠及", "带动", "辐射带动"])  # who reaches how many is the indicator: 育儿补贴惠及婴幼儿
_LEADS_ON = re.compile(r"[一-鿿]{1,3}(?:到|至|成)")  # 1.2吉瓦时跃升到2.9吉瓦时
_AIM_AFTER = re.compile(r"^[）)]?(?:的)?[^，。；、]{0,6}(?:目标|任务|计划(?!总?投资))")
_AIM_BEFORE = re.compile(r"(?:目标|计划)(?:值)?(?:是|为)?$")
_SOFT = frozenset(["提升", "提高", "扩大", "压缩", "调整", "减排"])  # with a count these are things done: 改造提升12座
_PLACES = frozenset("省市县区乡镇村户人")
_SHORT_NAME = 4  # 收集率 after 生活污水集中收集率 is the same indicator
_ADDED_ASPECTS = ("计划总投资", "总投资额", "总投资", "增速", "增幅", "总量", "规模", "占比")


@dataclass(frozen=True, slots=True)
class _Draft:
    indicator: str
    scope: str | None
    measure: Measure
    direction: Direction | None
    per: str | None
    status: QuantityStatus | None  # None: as the sentence says
    comparator: Comparator
    rule: str


@dataclass(frozen=True, slots=True)
class _Place:
    """A figure with the words on both sides of it, times and foot-note marks left out."""

    figure: Figure
    between: str  # from the figure before, or the sentence's start
    clause: str  # the part of ``between`` after the last boundary
    right: str
    raw: str  # the clause as written, with its times
    zero: str  # the figure as written, where it is a zero (零填埋)
    tabular: bool  # the sentence is a row of a table
    before: str  # the sentence up to the figure
    after: str  # the rest of the sentence behind the figure


def find_quantities(
    document: Document, outline: Outline, judgements: Sequence[Judgement], times: Sequence[SentenceTimes], keys: Sequence[str]
) -> tuple[Quantity, ...]:
    """The quantities of a document, in text order.

    In: for each sentence of the outline one judgement, one ``SentenceTimes`` and one key that the ids are built from.
    """
    text = document.text
    figures = find_figures(text)
    found: list[Quantity] = []
    index = 0
    recent: list[tuple[str, str | None]] = []
    for number, sentence in enumerate(outline.sentences):
        start, end = sentence.span
        while index < len(figures) and figures[index].start < start:
            index += 1
        first = index
        while index < len(figures) and figures[index].start < end:
            index += 1
        label = judgements[number].label
        if first == index or sentence.furniture or label in ("heading", "attribution"):
            continue
        inside = [f for f in figures[first:index] if not times[number].covers(f.core) and refusal(f, text, (start, end)) is None]
        if label == "other":  # definitions and thresholds: only blanked figures and lower bounds of money tell something
            inside = [f for f in inside if f.masked or (f.unit == "元" and f.comparator == ">=")]
        if not inside:
            continue
        if number and outline.sentences[number - 1].paragraph != sentence.paragraph:
            recent = []
        places = _places(text, (start, end), inside, times[number])
        key = keys[number]
        for index_in, (place, draft) in enumerate(_read(places, recent, label), 1):
            found.append(_quantity(document, place, draft, times[number], label, (quantity_id(key, index_in), task_id(key) if label != "other" else None)))
    return tuple(found)


def _places(text: str, span: tuple[int, int], figures: list[Figure], times: SentenceTimes) -> list[_Place]:
    places = []
    previous = span[0]
    for index, figure in enumerate(figures):
        between = _FOOTNOTE.sub("", times.without(text, previous, figure.start))
        opened = max(between.rfind("（"), between.rfind("("))
        if opened > max(between.rfind("）"), between.rfind(")")):
            between = between[:opened] + "，" + between[opened + 1 :]
        cut = max((m.end() for m in _BOUNDARY.finditer(between)), default=0)
        stop = figures[index + 1].start if index + 1 < len(figures) else span[1]
        right = _FOOTNOTE.sub("", _RIGHT.findall(text, figure.end, stop)[0]).strip(" ”\u3000")
        if index + 1 < len(figures) and _JOINT.match(right):
            right = ""
        raw = text[previous : figure.start]
        places.append(_Place(figure, between, between[cut:], right, raw[max((m.end() for m in _BOUNDARY.finditer(raw)), default=0) :], text[figure.start : figure.end] if figure.kind == "zero" else "", "\t" in text[span[0] : span[1]], text[span[0] : figure.start], text[figure.end : span[1]]))
        previous = figure.end
    return places


def _read(places: list[_Place], recent: list[tuple[str, str | None]], label: Label) -> Iterable[tuple[_Place, _Draft]]:
    """Drafts for the figures of one sentence; ``recent`` carries the indicators met so far in the paragraph."""
    drafts: list[tuple[_Place, _Draft]] = []
    position = 0
    scope: str | None = None
    carried = ""
    shared: list[str] = []
    consumed = ""
    while position < len(places):
        run = _run(places, position)
        if consumed and run[0].clause.startswith(consumed):
            run[0] = replace(run[0], clause=run[0].clause[len(consumed) :])
        consumed = ""
        first = run[0]
        approach = read_approach(_rank_left(first)[0] if first.figure.kind == "rank" else first.clause)
        scope = approach.scope or scope
        heads = _heads(approach, len(run), recent, shared)
        granted = grant_indicator(run[-1].figure, approach.noun, run[-1].right, run[0].before, run[-1].after) if label == "planned" else None
        if granted:
            heads = split_coordinated(granted, len(run)) if len(run) > 1 and approach.respectively else [granted]
        after = None if heads else _noun_after(run[-1], approach)
        if after is not None:
            noun, verb = after
            carried = verb or (carried if first.clause.strip() in ("", "、", "和", "及", "，", ",") else "")
            heads = [with_verb(carried, noun)]
            consumed = run[-1].right
        elif not heads:
            heads = [_inherit(first, approach, recent)]
        several = len(heads) > 1 and len(run) == 1
        if len(heads) > 1:
            shared = heads
        for offset, place in enumerate(run):
            own = heads if several else [heads[min(offset, len(heads) - 1)]]
            for head in own:
                draft = _draft(place, run, approach, head, label)
                if after is not None and draft.measure == "change" and place.figure.unit not in _AMOUNTS:
                    draft = replace(draft, measure="level", direction=None)
                if draft.scope is None and scope is not None:
                    draft = replace(draft, scope=scope)
                drafts.append((place, draft))
                if not recent or recent[-1][0] != draft.indicator:
                    recent.append((draft.indicator, scope))
        position += len(run)
    return drafts


def _run(places: list[_Place], position: int) -> list[_Place]:
    """The figures from ``position`` on that are coordinated without words between them: 9.2%、4%和10%."""
    run = [places[position]]
    while (
        position + len(run) < len(places)
        and run[-1].right == ""
        and _JOINT.match(places[position + len(run)].between)
        and places[position + len(run)].between.strip() not in ("", "，", ",")
        and places[position + len(run)].figure.kind == run[0].figure.kind
        and places[position + len(run)].figure.unit == run[0].figure.unit
    ):
        run.append(places[position + len(run)])
    return run


def _rank_left(place: _Place) -> tuple[str, str | None]:
    match = _RANK_TAIL.search(place.clause)
    if match is None:
        return place.clause, None
    aspect = re.search(r"(增速|增幅|总量|规模)", match.group())
    each = "均" if any(word in match["how"] for word in ("均", "双双", "都")) else ""
    return place.clause[: match.start()] + (aspect[1] if aspect else "") + each, match["whom"] or match["where"] or match["place"]


def _heads(approach: Approach, count: int, recent: list[tuple[str, str | None]], shared: list[str]) -> list[str]:
    """The indicators that a run of ``count`` figures shares out, or that one figure holds for; empty when it is a plain single one."""
    if count > 1:
        heads = split_coordinated(approach.noun, count) if approach.noun else []
        if heads:
            return heads
        if not approach.noun or is_aspect(approach.noun):
            before = [name for name, _ in recent[-count:]]
            return [name + approach.noun for name in before] if len(before) == count else []
        return []
    if approach.each:
        if not approach.noun:
            return shared
        for size in (2, 3, 4):
            heads = split_coordinated(approach.noun, size)
            if heads and all(len(h) > 1 for h in heads):
                return heads
    return []


def _noun_after(place: _Place, approach: Approach) -> tuple[str, str] | None:
    """The noun behind the figure with the verb before it, or None when the indicator stands before the figure."""
    right, unit = place.right, place.figure.unit
    lists = words()
    of = right.startswith("的")
    body = right[1:] if of else right
    if unit == "次" and place.figure.hanzi and len(body) > 1:
        return body, ""
    if _LEADS_ON.fullmatch(body):
        return None
    if (len(body) < 2 and body not in _PLACES) or (not of and body.startswith(lists.continuing)) or right.startswith(lists.continuing) or place.figure.kind not in ("value", "range", "ratio", "masked", "vast"):
        return None
    counted = unit is not None and unit not in _AMOUNTS
    if approach.gap or approach.completion or (change_direction(approach) and not (counted and not of)):
        return None
    noun = approach.noun
    verb = noun if noun in lists.verbs else next((noun[-n:] for n in (5, 4, 3, 2) if len(noun) > n and noun[-n:] in lists.verbs), "")
    if not noun and counted and approach.tail and approach.tail[-1] in lists.verbs:
        verb = approach.tail[-1]
    if verb in _REACHING and len(noun) > len(verb):
        return noun + body, ""
    if of and is_aspect(cut_subject(noun)[1]):
        return body + cut_subject(noun)[1], ""
    if noun and not verb:
        return None if not counted or of else (body, "")
    if unit in ("%", "个百分点", "倍") and noun and not of:
        return None
    return _trim_after(body, bool(verb) and verb != "为"), verb


def _trim_after(body: str, governed: bool) -> str:
    """The noun behind a figure without the rest of its clause; a subject (11个市获批…) keeps what is said of it."""
    if governed:
        for word in words().after_noun:
            cut = body.find(word, 2)
            if cut > 0:
                body = body[:cut]
    return re.sub(r"进行|开展|实现|提前|基本|全面|如期|免费|顺利|有序|全部", "", body).rstrip("的等 ")


def _inherit(place: _Place, approach: Approach, recent: list[tuple[str, str | None]]) -> str:
    """The indicator of a figure that names none, or only an aspect, of its own."""
    noun = approach.noun
    last = recent[-1][0] if recent else ""
    if not noun or (noun in words().verbs and last):
        return last or _clause_before(place)
    if len(noun) <= _SHORT_NAME and not is_aspect(noun):
        fuller = next((name for name, _ in reversed(recent) if name.endswith(noun)), None)
        if fuller:
            return fuller
    if noun.endswith("新增") and len(noun) > 3:
        return noun[:-2] if noun.endswith(("余额新增", "规模新增", "总量新增")) else "新增" + noun[:-2]
    if place.figure.unit not in _RATES:
        verb, rest = cut_subject(noun)
        noun = with_verb(verb, rest)
    if is_aspect(noun) and last and not last.endswith(noun) and not place.clause.startswith("其中"):
        return _base(last) + noun
    return noun


def _clause_before(place: _Place) -> str:
    """The noun of the clause before, where the figure's own clause has none: 城镇居民人均可支配收入，由5160元增加到…."""
    clauses = [c for c in _BOUNDARY.split(place.between[: len(place.between) - len(place.clause)]) if c.strip()]
    return cut_subject(read_approach(clauses[-1]).noun)[1] if clauses and len(clauses[-1]) <= _LONGEST_TOPIC else ""


def _base(indicator: str) -> str:
    """The thing itself: the indicator without an aspect that was added for the figure before."""
    for aspect in _ADDED_ASPECTS:
        if indicator.endswith(aspect) and len(indicator) - len(aspect) >= 4:
            return indicator[: -len(aspect)]
    return indicator


def _draft(place: _Place, run: list[_Place], approach: Approach, head: str, label: Label) -> _Draft:
    figure = place.figure
    clause = run[0].clause
    measure, direction = _measure(figure, approach, clause)
    indicator, direction, measure = _load(head, direction, measure, approach, money=figure.unit in ("元", "美元"))
    per = next((value for pattern, value in _TERMS if pattern.search(run[0].raw)), None)
    comparator = figure.comparator
    if comparator == "=":
        last = run[-1].figure.comparator
        if len(run) > 1 and last != "=" and all(p.figure.comparator == "=" for p in run[:-1]):
            comparator = last
        else:
            comparator = next((sign for pattern, sign in _LIMITS if pattern.search(clause)), "=")
    scope = approach.scope
    if figure.kind == "rank":
        scope = _rank_left(place)[1] or scope
    if figure.kind == "zero" and not run[0].zero.endswith("发生"):
        indicator += run[0].zero[1:]
    return _Draft(indicator, scope, measure, direction, per, _status(place, label), comparator, f"{figure.kind}:{'after' if place.right and head.endswith(place.right[-2:]) else 'before'}")


def _measure(figure: Figure, approach: Approach, clause: str) -> tuple[Measure, Direction | None]:
    if figure.kind == "rank":
        return "rank", None
    if figure.kind == "growth":
        return "change", None
    if figure.kind == "double":
        return "change", "up"
    if approach.gap is not None:
        down = any(word in clause for word in ("低于", "慢于", "落后", "低出"))
        return "gap", "down" if down else "up"
    if (approach.completion or approach.tail[-1:] == ("完成",)) and figure.unit in ("%", "％"):
        return "completion", None
    change = change_direction(approach)
    if change and not (figure.unit not in _AMOUNTS and not approach.compared and _SOFT & set(approach.tail)):
        return "change", "up" if change == "up" else "down"
    if approach.noun.endswith(("余额新增", "规模新增", "总量新增")):
        return "change", "up"
    return "level", None


def _load(head: str, direction: Direction | None, measure: Measure, approach: Approach, *, money: bool) -> tuple[str, Direction | None, Measure]:
    """减轻企业负担5000多亿元 is a fall of 企业负担; 增长目标7% is a rise of what stands before 增长."""
    if measure == "level" and money and _LOAD.match(head) and len(head) > 4:
        return head[2:], "down", "change"
    growth = re.search(r"(?:预期)?(?:增长|增速)?(?:预期)?目标$", head)
    if growth and "增长" in growth.group():
        return head[: growth.start()], "up", "change"
    if head.endswith("增长") and len(head) > 4 and measure == "level" and not approach.tail:
        return head[:-2], "up", "change"
    return head, direction, measure


def _status(place: _Place, label: Label) -> QuantityStatus | None:
    between, right, figure = place.between, place.right, place.figure
    if _BASE_BEFORE.search(place.clause) and re.match(r"(?:[^，。；]{0,12}?)(?:到|至|为|成)", right):
        return "baseline"
    if _COMPARED_BASE.search(between) or re.search(r"(?:在|比|较)原有的?$", between):
        return "baseline"
    if label in ("achieved", "problem") and (_AIM_AFTER.match(place.after) or _AIM_BEFORE.search(place.clause)) and "完成" not in place.after[:12]:
        return "planned"
    if label == "planned" and is_threshold(figure.comparator, figure.unit, place.before, place.after):
        return "reference"
    return None


def _quantity(document: Document, place: _Place, draft: _Draft, times: SentenceTimes, label: Label, names: tuple[str, str | None]) -> Quantity:
    figure = place.figure
    status: QuantityStatus = draft.status or ("planned" if label == "planned" else "reference" if label == "other" else "actual")
    start, end = times.period(figure.start, status, yearly=draft.per == "year" or load_rules("plans")["years-together"].search(place.between) is not None, tabular=place.tabular)
    unit = figure.unit
    unit = {"％": "%", "百分点": "个百分点", "元人民币": "元", "人民币": "元"}.get(unit, unit) if unit else None
    span = (figure.start, figure.end)
    return Quantity(
        id=names[0], doc_id=document.doc_id, span=span, text=document.text[span[0] : span[1]], indicator=draft.indicator or None, scope=draft.scope,
        comparator=draft.comparator, low=figure.low, high=figure.high, unit=unit, measure=draft.measure, direction=draft.direction,
        per="year" if draft.per == "year" else "month" if draft.per == "month" else None, status=status, start=start, end=end, masked=figure.masked, task=names[1],
        level="set_above" if re.search(r"(?:国家|省|上级|省里|中央)下达", place.between) else "own", nature=None, rule=draft.rule, confidence=0.9,
    )  # fmt: skip
