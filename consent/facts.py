"""What must be known before anything is decided: who the reader is to the child, and what is in force, on a day.

All of it is asked for in one statement, the same for whatever child, so that it takes the same time for one who does
not exist. A new kind of fact is a part of `projections.standing` and one more line here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from consent.capacity import Assessed, Child, born_on
from consent.decision import Asked, Facts, FactSource
from hub.people import Agency, Practitioner, Role
from projections import standing
from projections.involvement import NOW
from projections.session import Cursor
from projections.standing import Standing

HERE = ZoneInfo("Europe/London")
ALLOCATED = "allocated-social-worker"
TEACHES = "class-teacher"
DUTIES = {
    Agency.GP: "gp-practice",
    Agency.HEALTH_VISITING: "health-visiting-team",
    Agency.EDUCATION: "school",
    Agency.SOCIAL_WORK: ALLOCATED,
}
"""The duty by which agencies' records say that somebody of this kind of agency works with a child."""

CONSENT = "consent:"
RELEASED = "released:"
# A child protection plan and a looked-after child's plan are multi-agency plans too.
PLANS = {
    "plan": "multi-agency",
    "looked-after": "multi-agency",
    "registered": "multi-agency",
    "single-agency-plan": "single-agency",
}


def day_of(moment: datetime) -> date:
    """The day of a decision: days are days in Scotland, whatever the clock's zone."""
    return moment.astimezone(HERE).date()


def gather(cursor: Cursor, asked: Asked, child: UUID, *, now: datetime) -> Facts:
    """Everything a decision about this reader and this child rests on now, each with the event behind it.

    A child who does not exist has no involvement, no status and no consent: the same question, the same time.
    """
    return gather_at(cursor, asked, child, moment=now, known_at=NOW)


def gather_at(cursor: Cursor, asked: Asked, child: UUID, *, moment: datetime, known_at: datetime) -> Facts:
    """The facts of a past moment: what was in force then, as far as the hub had been told by known_at."""
    reader, on = asked.reader, day_of(moment)
    question = standing.Question(child, reader, asked.purpose, duties_of(reader), on.isoformat(), moment, known_at)
    return facts_of(reader, standing.facts(cursor, question), on)


def facts_of(reader: Practitioner, found: Sequence[Standing], on: date) -> Facts:
    """The facts of one reader on a day, made of all that is on record of the reader and the child; asks nothing."""
    subject = _child(found)
    relation, *tie = _relation(reader, found, subject, on)
    agreement = _first(found, "agreement", "none")
    registration = _first(found, "registration", "active")
    protection = _stage(found, {"registered": "registered", "concern": "concern"}, "protection")
    plan = _stage(found, PLANS, "plan")
    safe_address = _first(found, "safe-address", "none", "safe_address")
    controller = _first(found, "controller", "other" if reader.agency is Agency.THIRD_SECTOR else "public")
    emergency = _first(found, "emergency", "none")
    consents = [_consent(one, subject) for one in found if one.kind.startswith(CONSENT)]
    released = [one for one in found if one.kind == "released" and _still_shared(one, consents)]
    shared = [FactSource(f"{RELEASED}{one.value}", "yes", one.position) for one in released]
    return Facts(
        relation=relation.value,
        agreement=agreement.value,
        registration=registration.value,
        protection=protection.value,
        plan=plan.value,
        emergency=emergency.value,
        safe_address=safe_address.value,
        controller=controller.value,
        consent={one.name.removeprefix(CONSENT): one.value for one in consents},
        released=frozenset(UUID(one.value) for one in released),
        sources=(
            relation,
            *tie,
            agreement,
            registration,
            protection,
            plan,
            emergency,
            safe_address,
            controller,
            *shared,
            *consents,
        ),
    )


def duties_of(reader: Practitioner) -> tuple[str, ...]:
    """The duties by which agencies' records can tie this reader to a child; empty text where there is none."""
    duty = DUTIES.get(reader.agency, "")
    return (duty, TEACHES) if reader.role is Role.CLASS_TEACHER else (duty,)


def _child(found: Sequence[Standing]) -> Child:
    born = next((born_on(one.value) for one in found if one.kind == "born"), None)
    return Child(born, [Assessed(one.value, one.detail, one.more) for one in found if one.kind == "capacity"])


def _relation(reader: Practitioner, found: Sequence[Standing], child: Child, on: date) -> tuple[FactSource, ...]:
    """A tie of the reader's own comes before any work; of work, the closest. A paused tie is told beside none."""
    tie = next((one for one in found if one.kind == "tie"), None)
    if tie is not None and tie.value == "parental" and not child.parent_may_act(on):
        return FactSource("relation", "none", tie.position), FactSource("tie", "parental-paused", tie.position)
    if tie is not None:
        return (FactSource("relation", tie.value, tie.position),)
    work = {_worked(reader, one, found): one for one in reversed(found)}
    for relation in ("allocated", "involved", "named-person"):
        if relation in work:
            return (FactSource("relation", relation, work[relation].position),)
    return (FactSource("relation", "none"),)


def _worked(reader: Practitioner, one: Standing, found: Sequence[Standing]) -> str:
    """A practice, team or school as a whole; of a council, the worker alone, whose number only that council gives."""
    by_name = bool(one.detail) and one.detail == reader.worker
    match one.kind, one.value:
        case ("involvement", "allocated-social-worker"):
            relation = "allocated" if by_name else ""
        case ("involvement", "class-teacher"):
            relation = "involved" if by_name else ""
        case ("involvement", _):
            # Where the school's records say who teaches the child, another class teacher of it does not.
            taught = any(other.kind == "involvement" and other.value == TEACHES for other in found)
            relation = "" if taught else "involved"
        case ("duty", "lead-professional"):
            relation = "allocated" if by_name else "involved"
        case ("duty", "works-with"):
            relation = "involved"
        case ("duty", "named-person"):
            relation = "named-person"
        case _:
            relation = ""
    return relation


def _consent(one: Standing, child: Child) -> FactSource:
    """Its state; what was given by somebody who could not give it then is no consent."""
    days = [_day(day) for day in one.more.split() or [""]]
    theirs = one.value != "given" or child.could_give(one.detail, *days)
    return FactSource(one.kind, one.value if theirs else "without-capacity", one.position)


def _still_shared(one: Standing, consents: Sequence[FactSource]) -> bool:
    """Whether a release holds: one that rests on consent holds only while that consent is given, whoever reads."""
    live = {consent.name for consent in consents if consent.value == "given"}
    return one.detail != "consent" or f"{CONSENT}{one.more}" in live


def _day(text: str) -> date:
    return born_on(text) or date.min


def _first(found: Sequence[Standing], kind: str, otherwise: str, name: str = "") -> FactSource:
    one = next((one for one in found if one.kind == kind), None)
    return FactSource(name or kind, one.value, one.position) if one else FactSource(name or kind, otherwise)


def _stage(found: Sequence[Standing], stages: dict[str, str], name: str) -> FactSource:
    in_force = {one.value: one.position for one in found if one.kind == "status"}
    kind = next((kind for kind in stages if kind in in_force), None)
    return FactSource(name, stages[kind], in_force[kind]) if kind else FactSource(name, "none")
