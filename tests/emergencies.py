"""An emergency access from its opening to its review, for tests that need one of every kind of event."""

from __future__ import annotations

from uuid import UUID

from tests.fix_hub import TestHub

EMERGENCY = {"purpose": "child-protection", "basis": "vital-interests"}


def from_opening_to_review(hub: TestHub, child: UUID) -> None:
    """The practice's doctor opens it, says why and ends it; those who must know take note; it is reviewed."""
    office, doctor, lead = hub.house.hub.emergency, hub.person("dr-anwar"), hub.person("eilidh")
    opened = office.open(doctor, child, "Brought in unconscious.")
    hub.house.hub.disclosure.chronology(doctor, child, purpose=EMERGENCY["purpose"], basis=EMERGENCY["basis"])
    office.end(doctor, opened.id)
    office.acknowledge(lead, opened.id)
    office.review(lead, opened.id, "justified", "As it should be.")
