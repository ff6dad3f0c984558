"""What people who work with a child put on record holds against whoever would use it to open or close a record."""

from __future__ import annotations

from uuid import UUID

import pytest

from consent.casework import Casework
from consent.statements import CapacitySaid, ConsentSaid, DutySaid, SafeAddressSaid, TieSaid
from hub.errors import NothingToShow
from tests.asking import ASK, room, service
from tests.emergencies import opened
from tests.fix_hub import TestHub
from tests.stating import duty
from tests.stories import recorded, settled


def casework(hub: TestHub) -> Casework:
    return hub.house.hub.casework


def gives(hub: TestHub, child: UUID, who: str, what: str = "give", **fields: str) -> tuple[str, ...]:
    said = {"recipient": "education", "category": "health"} | fields
    return casework(hub).record_consent(hub.person(who), child, ConsentSaid(what, **said))


# Whose agreement has ended


def test_whose_agreement_has_ended_reads_and_records_nothing_of_a_child_they_work_with(hub: TestHub) -> None:
    child, rab, rooms = settled(hub), hub.person("rab"), casework(hub)
    service(hub, child)

    for tried in (
        lambda: rooms.on_record(rab, child),
        lambda: gives(hub, child, "rab"),
        lambda: rooms.record_capacity(rab, child, CapacitySaid("assessed-capable", "Clear.")),
        lambda: rooms.record_duty(rab, child, DutySaid("works-with", "TS-BRAMBLE")),
        lambda: rooms.record_safe_address(rab, child, SafeAddressSaid(kept=True, reason="Moved.")),
        lambda: rooms.record_tie(rab, child, TieSaid("callum")),
    ):
        with pytest.raises(NothingToShow):
            tried()

    assert {one.outcome for one in recorded(hub)} == {"nothing-to-show"}


def test_a_lead_whose_agreement_has_ended_shares_nothing_and_is_told_of_no_emergency(hub: TestHub) -> None:
    child, rab = settled(hub), hub.person("rab")
    duty(hub, child, "lead-professional", rab)
    opened(hub, "morag", child)

    for tried in (lambda: room(hub).of_child(rab, child), lambda: room(hub).request(rab, child, ASK)):
        with pytest.raises(NothingToShow):
            tried()
    assert hub.house.hub.emergency.told(rab) == ()
