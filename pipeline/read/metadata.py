"""Read what a document says of itself: title, issuer, place, number, dates, kind, years, validity (guidelines §5).

Reads: text, source, furniture. Writes: ``Metadata``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.read.areas import find_area
from pipeline.read.document_warnings import warn_of_conflicts, warn_of_text
from pipeline.read.evidence import gather
from pipeline.read.issuers import find_convened, find_organ, written_out
from pipeline.read.signatures import find_date_of, find_number
from pipeline.read.validity import find_term
from pipeline.read.years import find_years
from pipeline.rulebook import load_rules

if TYPE_CHECKING:
    from pipeline.read.evidence import Evidence
    from pipeline.read.places import Place
    from pipeline.records import DocType, DocumentWarning, Span, Validity


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of ``Document`` that the text and the name of the source tell; None where they do not."""

    title: str | None
    issuer: str | None
    place: str | None
    doc_number: str | None
    date: str | None
    doc_type: DocType
    plan_year: int | None
    review_year: int | None
    effective_from: str | None
    effective_to: str | None
    validity: Validity
    warnings: tuple[DocumentWarning, ...]


def read_metadata(text: str, source: str, furniture: tuple[Span, ...] = ()) -> Metadata:
    """The metadata of ``text``; the last part of ``source`` is evidence too, ``furniture`` is passed over."""
    evidence = gather(text, source, furniture)
    organ = find_organ(evidence)
    area = find_area(organ, evidence)
    early = find_years(evidence, None)
    date = find_date_of(evidence.layout, evidence.kind, evidence.signature, early.plan or early.review) or evidence.name.date
    years = find_years(evidence, date) if date else early
    if date and any(source == "meeting" for source, _ in years.others):
        date = None  # the body contradicts the day of the meeting
    term = find_term(evidence.layout, text, date)
    return Metadata(
        title=evidence.title or _composed(evidence, area.place, years.plan),
        issuer=written_out(organ, area.place, evidence.kind),
        place=area.place.name if area.place else None,
        doc_number=find_number(evidence.layout),
        date=date,
        doc_type=evidence.kind,
        plan_year=years.plan,
        review_year=years.review,
        effective_from=term.start,
        effective_to=term.end,
        validity=term.validity,
        warnings=(*warn_of_text(text), *warn_of_conflicts(years, area)),
    )


def _composed(evidence: Evidence, place: Place | None, year: int | None) -> str | None:
    """A title for a document that bears none: of the meeting that it reports, or of the government report that it is."""
    if evidence.kind == "meeting_report":
        convened = find_convened(evidence.layout)
        return convened[1] if convened else None
    if evidence.kind != "government_report" or place is None or year is None:
        return None
    words = load_rules("metadata").data["words"]
    name = words["council_full"] if place.level == "nation" else place.name
    return str(words["report_title"]).format(year=year, place=name)
