"""What must be known before anything is decided: involvement, agreement, protection, plan and consent, today."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from consent.decision import Asked, Facts, FactSource
from hub.people import Practitioner
from projections import involvement, sharing
from projections.session import Cursor

Agreement = Callable[[str, str, date], bool]
"""Whether an organisation has an agreement that covers a purpose on a day."""


def gather(cursor: Cursor, asked: Asked, child: UUID, *, on: date, agreement: Agreement) -> Facts:
    """Everything a decision about this reader and this child rests on, each with the event behind it.

    A child who does not exist has no involvement, no status and no consent: the same queries, the same time.
    """
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
    for one in involved:
        if one.duty == "allocated-social-worker" and one.worker and one.worker == reader.worker:
            return FactSource("relation", "allocated", one.position)
    for one in involved:
        if one.duty != "allocated-social-worker" and one.organisation and one.organisation == reader.organisation:
            return FactSource("relation", "involved", one.position)
    return FactSource("relation", "none")


def _plan(status: dict[str, int]) -> FactSource:
    # A child protection plan and a looked-after child's plan are multi-agency plans too.
    found = _first(status, ("plan", "looked-after", "registered"), "plan")
    return found if found.value == "none" else FactSource("plan", "live", found.position)


def _first(status: dict[str, int], kinds: tuple[str, ...], name: str) -> FactSource:
    for kind in kinds:
        if kind in status:
            return FactSource(name, kind, status[kind])
    return FactSource(name, "none")
