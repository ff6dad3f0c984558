"""Asked for, decided, released, declined and ended: an entry opens to exactly whom it was shared with, and no longer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.sharing_decisions import SharingDecisions
from consent.sharing_terms import Ask, Choice, Incomplete
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.events.circumstances import DutyStated
from tests.fix_hub import TestHub
from tests.stories import PLAN, PROTECTION, Disclosure, entry_on, on, read, settled, take, told

SCHOOL, PRACTICE, COUNCIL, CHARITY = "SCH-ROWANBANK", "Z99104", "la-990", "TS-BRAMBLE"
TODAY = "2026-11-01"
ASK = Ask(
    asked=PRACTICE,
    wanted="Which appointments were missed.",
    why="To plan the review.",
    purpose="child-plan",
    basis="public-task",
    due="2026-11-20",
)
CHOICE = Choice(
    outcome="share",
    recipient=SCHOOL,
    purpose="child-plan",
    bases=("public-task",),
    since=TODAY,
    until="2026-11-30",
    what="One appointment.",
    reasons="The school plans support.",
    informed="yes",
    necessity="Nothing less would do.",
)


def room(hub: TestHub) -> SharingDecisions:
    return hub.house.hub.sharing


def chosen(*entries: UUID, **changes: Any) -> Choice:  # noqa: ANN401 - any field of a choice
    from dataclasses import replace

    return replace(CHOICE, entries=entries, **changes)


def concern(hub: TestHub, child: UUID, day: str = "2024-09-02") -> UUID:
    """The practice's entry of a day, as the practice itself finds it."""
    found = entry_on(read(hub, "dr-anwar", child), day)
    assert found is not None
    return found.entry


def kind(found: Disclosure, day: str = "2024-09-02") -> str:
    entry = entry_on(found, day)
    return type(entry).__name__ if entry else "sealed"


def lead(hub: TestHub, child: UUID, organisation: str = COUNCIL, worker: str = "SW-0417") -> None:
    intake = hub.house.hub.intake
    stream = intake.stream("duty", str(child), "lead-professional", organisation, worker)
    said = {"duty": "lead-professional", "agency": "social-work", "organisation": organisation, "worker": worker}
    intake.act(
        stream,
        lambda _, version: [
            DutyStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since="2024-01-01",
                recorded_by="fiona",
                **said,
            )
        ],
    )


def test_a_shared_entry_opens_to_the_organisation_it_was_shared_with(hub: TestHub) -> None:
    child = settled(hub)
    assert kind(read(hub, "callum", child)) == "Withheld"

    done = room(hub).decide(hub.person("dr-anwar"), child, chosen(concern(hub, child)))

    assert done.state == "shared"
    assert kind(read(hub, "callum", child)) == "Shown"
