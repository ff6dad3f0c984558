"""What must be known before anything is decided: involvement, agreement, protection, plan and consent, today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from consent.decision import Asked, Facts, FactSource
from hub.people import Agency, Practitioner
from projections import involvement, sharing
from projections.session import Cursor

Agreement = Callable[[str, str, date], bool]
"""Whether an organisation has an agreement that covers a purpose on a day."""

HERE = ZoneInfo("Europe/London")
ALLOCATED = "allocated-social-worker"
DUTIES = {
    Agency.GP: "gp-practice",
    Agency.HEALTH_VISITING: "health-visiting-team",
    Agency.EDUCATION: "school",
    Agency.SOCIAL_WORK: ALLOCATED,
}
"""The duty by which somebody of this kind of agency works with a child."""


def day_of(moment: datetime) -> date:
    """The day of a decision: days are days in Scotland, whatever the clock's zone."""
    return moment.astimezone(HERE).date()


def gather(cursor: Cursor, asked: Asked, child: UUID, *, now: datetime, agreement: Agreement) -> Facts:
    """Everything a decision about this reader and this child rests on, each with the event behind it.

    A child who does not exist has no involvement, no status and no consent: the same queries, the same time.
    """
    on = day_of(now)
    relation = _relation(asked.reader, involvement.of_child(cursor, child, on))
    status = sharing.status_of(cursor, child, on)
    consents = sharing.consent_of(cursor, child, asked.reader.agency.value, on)
    protection = _first(status, ("registered", "concern"), "protection")
    plan = _plan(status)
    covered = FactSource("agreement", "current" if agreement(asked.reader.organisation, asked.purpose, on) else "none")
    stated = tuple(FactSource(f"consent:{one.category}", one.state, one.position) for one in consents)
    return Facts(
        relation=relation.value,
        agreement=covered.value,
        protection=protection.value,
        plan=plan.value,
        consent={one.category: one.state for one in consents},
        sources=(relation, covered, protection, plan, *stated),
    )


def _relation(reader: Practitioner, involved: list[involvement.Involvement]) -> FactSource:
    """A practice, team or school as a whole; of a council, the worker alone, whose number only that council gives."""
    duty = DUTIES.get(reader.agency)
    for one in involved:
        if one.duty != duty or not one.organisation or one.organisation != reader.organisation:
            continue
        if duty != ALLOCATED:
            return FactSource("relation", "involved", one.position)
        if one.worker and one.worker == reader.worker:
            return FactSource("relation", "allocated", one.position)
    return FactSource("relation", "none")


def _plan(status: dict[str, int]) -> FactSource:
    # A child protection plan and a looked-after child's plan are multi-agency plans too.
    found = _first(status, ("plan", "looked-after", "registered"), "plan")
    return found if found.value == "none" else FactSource("plan", "multi-agency", found.position)


def _first(status: dict[str, int], kinds: tuple[str, ...], name: str) -> FactSource:
    for kind in kinds:
        if kind in status:
            return FactSource(name, kind, status[kind])
    return FactSource(name, "none")
