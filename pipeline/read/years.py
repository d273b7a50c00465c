"""The year that the plan part, and the year that the review part of a document is about (guidelines §5).

Reads: evidence. Writes: ``Years``. The body counts where title, meeting or file name say otherwise.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.dates import number
from pipeline.read.layout import plain
from pipeline.read.titles import front_matter
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from pipeline.read.evidence import Evidence

_OPENING = 4  # paragraphs after the front matter in which a report says what it is about
_TOLD = 6  # lines in front in which a summary or the news of a meeting names its years
_OPENING_LENGTH = 500  # characters of each
_INLINE = 1500  # characters in which a text without line ends announces its review
_TITLE_END = 10  # characters by which a repetition of the title is known
_PASSED = 16  # characters that hold a year after “过去的”
_REVIEW = 6  # headings from the first that looks back, among which the year of the review stands


@dataclass(frozen=True, slots=True)
class Years:
    """Plan and review year, and, where evidence disagrees with the body, what it says (source, year)."""

    plan: int | None
    review: int | None
    others: tuple[tuple[str, int], ...] = ()


def find_years(evidence: Evidence, date: str | None) -> Years:
    """Plan and review year of the document; ``date`` is its day, as far as known."""
    if evidence.kind == "government_report":
        return _report(evidence)
    if evidence.kind == "work_plan":
        return _against_file(Years(_plan_year(evidence, date), None), evidence, date)
    if evidence.kind in ("work_summary", "meeting_report", "speech"):
        return _against_file(_told(evidence, date), evidence, date)
    executed = load_rules("metadata")["execution"].search(evidence.heading)
    if executed:
        return Years(int(executed["plan"]), int(executed["review"]))
    of_work = load_rules("metadata")["year-of-work"].search(evidence.heading)
    return Years(year_of(evidence.heading) if of_work else None, None)


def year_of(text: str) -> int | None:
    """The one year that a title names, ranges of years and document numbers apart; None for none and for several."""
    found = {_year(match) for match in load_rules("metadata")["single-year"].finditer(text)}
    return found.pop() if len(found) == 1 else None


def _report(evidence: Evidence) -> Years:
    """A government report: the plan is for the year of its meeting, the review for the year before."""
    book = load_rules("metadata")
    opening = _opening(evidence)
    headings = [line.plain for line in evidence.layout.headings]
    look_back = _first(book["review-heading"], headings) or _first(book["inline-review"], [plain(evidence.text[:_INLINE])])
    look_ahead = _first(book["plan-heading"], headings)
    if look_ahead is None and any(book["plan-report"].search(part) for part in opening):
        return Years(None, None)
    body = look_back + 1 if look_back else look_ahead
    named, filed = year_of(evidence.heading), evidence.name.year
    stated = [("title", named), ("meeting", _meeting_year(evidence, body or named or filed)), ("file", filed)]
    known = [(source, year) for source, year in stated if year]
    if body is None and not known:
        past = _first(book["past-year"], opening)
        body = past + 1 if past else None
    plan = body or (known[0][1] if known else None)
    review = look_back or (plan - 1 if plan else None)
    if look_back is None and _several_years(opening, headings):
        review = _passed(evidence.text)
    return Years(plan, review, tuple((source, year) for source, year in known if year != plan))


def _passed(text: str) -> int | None:
    """The year of which the text says that it has just passed."""
    book = load_rules("metadata")
    position = text.find(book.data["words"]["passed"])
    while position >= 0:
        match = book["passed"].match(plain(text[position : position + _PASSED]))
        if match:
            return _year(match)
        position = text.find(book.data["words"]["passed"], position + 1)
    return None


def _several_years(opening: list[str], headings: list[str]) -> bool:
    """Whether the review is of several years and not of the last one too."""
    book = load_rules("metadata")
    told = any(book["review-of"].search(part) for part in opening)
    looking_back = [part for part in headings if book["several-years"].search(part) or book["review-heading"].search(part)][:_REVIEW]
    if any(book["one-year"].search(part) for part in looking_back[:1] or ()):
        return False
    if looking_back and book["several-years"].search(looking_back[0]):
        return not any(book["one-year"].search(part) and not book["several-years"].search(part) for part in looking_back)
    return told


def _against_file(years: Years, evidence: Evidence, date: str | None) -> Years:
    """``years`` with the year of the file name where it is neither planned, nor reviewed, nor that of the document's date."""
    year = evidence.name.year
    known = {years.plan, years.review, int(date[:4]) if date else None} - {None}
    if year is None or not known or year in known or year - 1 == years.review:
        return years
    return Years(years.plan, years.review, (*years.others, ("file", year)))


def _plan_year(evidence: Evidence, date: str | None) -> int | None:
    """The year of a plan: of its title, of its first words, or for a yearly plan of its date."""
    book = load_rules("metadata")
    year = year_of(evidence.heading)
    if year or book["year-range"].search(evidence.heading):
        return year
    found = _first(book["year-opening"], _opening(evidence))
    if found:
        return found
    yearly = book["yearly"].search(evidence.heading)
    return int(date[:4]) if yearly and date else None


def _told(evidence: Evidence, date: str | None) -> Years:
    """A summary, speech or meeting: the years that title, first paragraphs and headings tell."""
    book = load_rules("metadata")
    headings = [line.plain for line in evidence.layout.headings]
    opening = [line.plain[:_OPENING_LENGTH] for line in evidence.layout.front[:_TOLD]]
    named = year_of(evidence.heading)
    current = _current_year(evidence, named)
    others = tuple(("title", year) for year in (named if current else None, _page_year(evidence)) if year and year != (current or named))
    base = current or named
    dated = int(date[:4]) if date else evidence.name.year
    if _half_year(evidence, headings) or any(book["half-year-told"].search(part) for part in opening):
        year = base or dated
        return Years(year, year, others)
    told = [evidence.heading, *opening]
    review = _first(book["review-words"], told) or _first(book["review-heading"], headings)
    plan = _first(book["plan-words"], told) or _first(book["plan-heading"], headings)
    if evidence.kind == "work_summary":
        review = review or base or (dated - 1 if dated and date and date[5:7] <= "03" else dated)
        if plan is None and review and any(book["next-step"].match(heading) for heading in headings):
            plan = review + 1
    else:
        plan = plan or (base if base != review else None) or (review + 1 if review else dated)
    return Years(plan, review, others)


def _page_year(evidence: Evidence) -> int | None:
    """The year in the headline of a page that the document's own title contradicts."""
    own = evidence.headline is None or evidence.headline == evidence.title
    return None if own else year_of(plain(evidence.headline or ""))


def _half_year(evidence: Evidence, headings: list[str]) -> bool:
    """Whether the document looks back on half a year and ahead to the other half."""
    rule = load_rules("metadata")["half-year"]
    if rule.search(evidence.heading):
        return True
    return evidence.kind == "speech" and any(rule.search(heading) for heading in headings)


def _current_year(evidence: Evidence, named: int | None) -> int | None:
    """The year that the body shows where the year of the title stands nowhere in it, at least twice; else None."""
    if named is None:
        return None
    ending = (evidence.title or "")[-_TITLE_END:]
    body = evidence.text[evidence.text.find(ending) + len(ending) :]
    shown = Counter(_year(match) for match in load_rules("metadata")["current-year"].finditer(body))
    repeated = body.count(ending) if ending else 0  # each repetition of the title names its year again
    if not shown or shown[named] or body.count(str(named)) > repeated:
        return None
    year, times = shown.most_common(1)[0]
    return year if times > 1 else None


def _meeting_year(evidence: Evidence, plan: int | None) -> int | None:
    """The year for which a meeting plans: its own, or ``plan`` when it was held at the end of the year before."""
    day = evidence.meeting[1] if evidence.meeting else None
    if day is None:
        return None
    early = plan == int(day[:4]) + 1 and day[5:7] in load_rules("metadata").data["words"]["early_sessions"]
    return plan if early else int(day[:4])


def _opening(evidence: Evidence) -> list[str]:
    front = evidence.layout.front
    start = len(front_matter(evidence.layout))
    return [line.plain[:_OPENING_LENGTH] for line in front[start : start + _OPENING + 1]]


def _first(rule: re.Pattern[str], parts: Iterable[str]) -> int | None:
    """The year in the first of ``parts`` that ``rule`` finds."""
    for part in parts:
        match = rule.search(part)
        if match:
            return _year(match)
    return None


def _year(match: re.Match[str]) -> int:
    """The year in whichever group of the match holds one."""
    return number(next(group for group in match.groups() if group))
