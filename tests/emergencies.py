"""Opening emergency access and reading under it, for tests; and one from its opening to its review."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from consent.decision import Disclosure
from consent.emergency_shapes import Emergency
from hub.errors import NothingToShow
from hub.events.partnership import RegistrationStated, Term
from tests.fix_hub import TestHub
from tests.stories import read

EMERGENCY: dict[str, Any] = {"purpose": "child-protection", "basis": "vital-interests"}
REASON = "canary-reason: brought in unconscious"


def opened(hub: TestHub, who: str, child: UUID, reason: str = REASON) -> Emergency:
    """Opened by somebody of the directory."""
    return hub.house.hub.emergency.open(hub.person(who), child, reason)


def seen(hub: TestHub, who: str, child: UUID, **asked: str) -> Disclosure:
    """Read as in an emergency, unless said otherwise."""
    return read(hub, who, child, **(EMERGENCY | asked))


def sees_nothing(hub: TestHub, who: str, child: UUID) -> bool:
    try:
        seen(hub, who, child)
    except NothingToShow:
        return True
    return False


def suspended(hub: TestHub, who: str) -> None:
    """Somebody may not practise from last month on."""
    intake = hub.house.hub.intake
    stream = intake.stream("registration", who)
    intake.act(
        stream,
        lambda _, version: [
            RegistrationStated(
                originator_id=stream, originator_version=version, person=who, suspended=(Term("2026-10-01"),)
            )
        ],
    )


def from_opening_to_review(hub: TestHub, child: UUID) -> None:
    """The practice's doctor opens it, says why and ends it; those who must know take note; it is reviewed."""
    office, doctor, lead = hub.house.hub.emergency, hub.person("dr-anwar"), hub.person("eilidh")
    opened = office.open(doctor, child, "Brought in unconscious.")
    hub.house.hub.disclosure.chronology(doctor, child, purpose=EMERGENCY["purpose"], basis=EMERGENCY["basis"])
    office.end(doctor, opened.id)
    office.acknowledge(lead, opened.id)
    office.review(lead, opened.id, "justified", "As it should be.")
