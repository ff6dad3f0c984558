"""The records of one child in a census: from the referral to the closing of the case, each element one record.

Factors of an assessment name what is wrong with other people in the home, so the text only says how many there are.
The census does not date the end of an investigation. It ended with the conference that it led to; where none was
needed, at the latest on the day by which one was due; and in any case when the case was closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

from lxml import etree

from adapters.cin_census.child import Child, Codes, Record, Why, place, refuse
from adapters.cin_census.message import element
from adapters.cin_census.part import Part, local_name
from hub.update import Defect, StatusFact, Translated

_REFERRED, _CLOSED, _CONFERENCE = "CINreferralDate", "CINclosureDate", "DateOfInitialCPC"
_REFERRAL = (_REFERRED, "ReferralSource", "PrimaryNeedCode", "ReferralNFA")
_CLOSURE = (_CLOSED, "ReasonForClosure")
_ASSESSMENT, _PLAN, _INVESTIGATION, _REGISTRATION = "Assessments", "CINPlanDates", "Section47", "ChildProtectionPlans"
_REVIEW = "CPPreviewDate"
_COURT_WORK = "PreProceedingsandFGDM"
_ORDER = (
    *(_REFERRED, "ReferralSource", "PrimaryNeedCode", *_CLOSURE, _CONFERENCE),
    *(_ASSESSMENT, _PLAN, _INVESTIGATION, "ReferralNFA", _REGISTRATION),
)
UNKNOWN = "unknown"

Cut = Callable[[Part, Part], Iterator[Record]]
"""Reads the records out of one element. Takes the episode and the element."""


def records(child: Child, details: Part) -> Iterator[Translated]:
    """Every record of one episode, and a refusal for each element in it that the hub does not know."""
    for record in _all(details):
        if _wanted(child, record.name):
            yield place(child, record)
    for name, parts in details.parts.items():
        if name not in _KNOWN and _wanted(child, UNKNOWN):
            for part in parts:
                yield unknown(child, part, (_episode(details, [part.element]),))


def unknown(child: Child, part: Part, kept: tuple[etree._Element, ...]) -> Translated:
    """Keep an element that the hub does not know."""
    message = "The element is none that the hub knows of this census."
    step = "If it belongs to the census, ask the hub's keepers to add it, then retry it."
    record = Record(UNKNOWN, part, "", "", "", kept)
    return refuse(child, record, Why("unknown-element", part.unnamed, message, step))


def _wanted(child: Child, name: str) -> bool:
    """A document that was cut out for one record holds no other, though it repeats the dates of the episode."""
    return child.head.alone is None or child.head.alone.record == name


def _all(details: Part) -> Iterator[Record]:
    if details.states(*_REFERRAL) or not details.parts:
        yield _referral(details)
    if details.states(_CONFERENCE):
        yield _conference(_CONFERENCE, _afresh(details), _episode(details, _elements(details, _CONFERENCE)))
    for name, cut in _PARTS.items():
        for part in details.all(name):
            yield from cut(details, part)
    if details.states(*_CLOSURE):
        yield _closure(details)


def _afresh(part: Part) -> Part:
    """The same element without what others found wrong with it."""
    return Part(part.element, part.place)


def _elements(part: Part, *names: str) -> list[etree._Element]:
    return [one.element for name in names for one in part.all(name)]


def _episode(details: Part, inside: Iterable[etree._Element]) -> etree._Element:
    """The episode with its two dates, by which it is known and ends, and these elements."""
    held = {_REFERRED: details.all(_REFERRED)[:1], _CLOSED: details.all(_CLOSED)[:1]}
    rest = [one for one in inside if local_name(one) not in held]
    return element("CINdetails", (), [*(part.element for parts in held.values() for part in parts), *rest])


def _dated(part: Part, name: str) -> tuple[str, str]:
    """What stands in the record's id, and the day: a date that is none still tells the record from its neighbours."""
    day = part.day(name)
    return day or part.text(name), day


def _until(since: str, *ends: str) -> str:
    """The first of these ends that is stated and not before the start."""
    return next((end for end in ends if end and end >= since), "")


def _closed(details: Part) -> str:
    # Asked for each plan and inquiry, so of the episode as it was read: reading it anew costs all that stands in it.
    return details.day(_CLOSED)


def _referral(details: Part) -> Record:
    part = _afresh(details)
    part.look_over(_ORDER)
    date, day = _dated(part, _REFERRED)
    codes = Codes(part)
    source, need = codes.words("referral-source", "ReferralSource"), codes.words("primary-need", "PrimaryNeedCode")
    parts = [f"Asked for by {source}." if source else "", f"Main need: {need}." if need else ""]
    parts.append("No further action was taken." if part.flag("ReferralNFA") else "")
    return Record(
        "CINdetails",
        part,
        date,
        "sw.assistance.requested",
        "Request for assistance received",
        (_episode(details, _elements(details, *_REFERRAL)),),
        day,
        detail=" ".join(filter(None, parts)),
        codings=tuple(codes.codings),
        unmapped=codes.unmapped,
    )


def _closure(details: Part) -> Record:
    """Known by the referral that it closes: a corrected day is then the same closure."""
    part = _afresh(details)
    day, codes = part.day(_CLOSED), Codes(part)
    reason = codes.words("closure-reason", "ReasonForClosure")
    return Record(
        _CLOSED,
        part,
        _dated(_afresh(details), _REFERRED)[0] or _dated(part, _CLOSED)[0],
        "sw.case.closed",
        "Social work involvement ended",
        (_episode(details, _elements(details, *_CLOSURE)),),
        day,
        detail=f"Reason: {reason}." if reason else "",
        codings=tuple(codes.codings),
        sensitivity=codes.sensitivity,
        unmapped=codes.unmapped,
    )


def _conference(name: str, part: Part, kept: etree._Element) -> Record:
    date, day = _dated(part, _CONFERENCE)
    headline = "Child Protection Planning Meeting held"
    return Record(name, part, date, "sw.cppm.held", headline, (kept,), day, detail="Initial conference.")


def _assessment(details: Part, part: Part) -> Iterator[Record]:
    date, since = _dated(part, "AssessmentActualStartDate")
    codes = Codes(part)
    held = part.all("FactorsIdentifiedAtAssessment") or [part]
    factors = [one for group in held for one in group.all("AssessmentFactors") if one.value()]
    for factor in factors:
        codes.look_up("factor", factor.value(), factor.place, shown=False)
    yield Record(
        _ASSESSMENT,
        part,
        date,
        "sw.assessment.started",
        "Child and family assessment",
        (_episode(details, [part.element]),),
        since,
        until=part.day("AssessmentAuthorisationDate"),
        detail=f"Factors recorded: {len(factors)}." if factors else "",
        codings=tuple(codes.codings),
        unmapped=codes.unmapped,
    )


def _plan(details: Part, part: Part) -> Iterator[Record]:
    date, since = _dated(part, "CINPlanStartDate")
    ended = part.day("CINPlanEndDate")
    fact = StatusFact("plan", since, _until(since, ended, _closed(details)))
    yield Record(
        _PLAN,
        part,
        date,
        "sw.plan.agreed",
        "Child's plan agreed",
        (_episode(details, [part.element]),),
        since,
        until=ended,
        facts=(fact,) if since else (),
    )


def _investigation(details: Part, part: Part) -> Iterator[Record]:
    """The investigation; and the conference that came of it, as a record of its own."""
    date, since = _dated(part, "S47ActualStartDate")
    needless, met = part.flag("ICPCnotRequired"), part.day(_CONFERENCE)
    due = part.day("InitialCPCtarget") if needless else ""
    fact = StatusFact("concern", since, _until(since, met, due, _closed(details)))
    kept = _episode(details, [part.element])
    yield Record(
        _INVESTIGATION,
        part,
        date,
        "sw.investigation.started",
        "Child protection investigation",
        (kept,),
        since,
        detail="No Child Protection Planning Meeting was needed." if needless else "",
        facts=(fact,) if since else (),
    )
    if part.states(_CONFERENCE):
        yield _conference(f"{_INVESTIGATION}/{_CONFERENCE}", _afresh(part), kept)


def _registration(details: Part, part: Part) -> Iterator[Record]:
    """The plan; and each of its reviews, as records of their own."""
    date, since = _dated(part, "CPPstartDate")
    until, codes = part.day("CPPendDate"), Codes(part)
    first = codes.words("category-of-abuse", "InitialCategoryOfAbuse")
    latest = codes.words("category-of-abuse", "LatestCategoryOfAbuse")
    parts = [f"Category: {first}." if first else "", f"Category now: {latest}." if latest != first else ""]
    parts.append(f"The child came off the register on {until}." if until else "")
    own = [one for one in part.elements() if local_name(one) != "Reviews"]
    yield Record(
        _REGISTRATION,
        part,
        date,
        "sw.register.added",
        "Child protection registration",
        (_episode(details, [element(_REGISTRATION, (), own)]),),
        since,
        until=until,
        detail=" ".join(filter(None, parts)),
        codings=tuple(dict.fromkeys(codes.codings)),
        facts=(StatusFact("registered", since, _until(since, until)),) if since else (),
        unmapped=codes.unmapped,
    )
    for reviews in part.all("Reviews"):
        for review in reviews.all(_REVIEW):
            yield _review(details, review)


def _review(details: Part, review: Part) -> Record:
    inside = element(_REGISTRATION, (), [element("Reviews", (), [review.element])])
    alone = Part(element("Reviews", (), [review.element]), review.place)
    date, day = _dated(alone, _REVIEW)
    kept = _episode(details, [inside])
    defects = (Defect("bad-date", review.place, "Not a date."),) if date and not day else ()
    headline = "Child Protection Planning Meeting held"
    part = Part(review.element, review.place)
    return Record(_REVIEW, part, date, "sw.cppm.held", headline, (kept,), day, detail="Review.", defects=defects)


def _court_work(details: Part, part: Part) -> Iterator[Record]:
    """Steps before court and family group meetings: their fields are not published, and the first date places them."""
    dates = ((name, one) for name, parts in part.parts.items() for one in parts if name.endswith("Date"))
    name, _ = next(dates, ("", part))
    date, day = _dated(part, name) if name else ("", "")
    headline = "Step before court, or family group decision making"
    part.defect("not-read", "", "What stands in this element beside its date is kept and not read.")
    kept = _episode(details, [part.element])
    yield Record(_COURT_WORK, part, date, "sw.court_work.recorded", headline, (kept,), day)


_PARTS: dict[str, Cut] = {
    _ASSESSMENT: _assessment,
    _PLAN: _plan,
    _INVESTIGATION: _investigation,
    _REGISTRATION: _registration,
    _COURT_WORK: _court_work,
}
_KNOWN = frozenset({*_REFERRAL, *_CLOSURE, _CONFERENCE, *_PARTS})


def misplaced(part: Part, details: Part) -> Iterator[Record]:
    """The records of an element of an episode that stands directly under the child."""
    for record in _PARTS[local_name(part.element)](details, part):
        wrong = Defect("misplaced", part.place, "The element stands outside an episode; it is read as one of its own.")
        yield replace(record, defects=(*record.defects, wrong))


CAN_STAND_ALONE = frozenset(_PARTS)
