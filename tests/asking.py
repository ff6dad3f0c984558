"""What the tests of sharing begin with: Isla, a request and a decision that lack nothing, and who leads her plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from consent.decision import Disclosure
from consent.sharing_decisions import SharingDecisions
from consent.sharing_terms import Ask, Choice
from hub.events.circumstances import DutyStated
from tests.fix_hub import TestHub
from tests.stories import entry_on, read

SCHOOL, PRACTICE, COUNCIL, CHARITY = "SCH-ROWANBANK", "Z99104", "la-990", "TS-BRAMBLE"
TODAY, LAST = "2026-11-01", "2026-11-30"
CONCERN, PRIVATE, ADOPTION = "2024-09-02", "2024-09-04", "2024-09-05"
"""The practice's concern, its confidential entry, and the council's adoption step, by their days."""

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
    until=LAST,
    what="One appointment.",
    reasons="The school plans support.",
    informed="yes",
    necessity="Nothing less would do.",
)


def room(hub: TestHub) -> SharingDecisions:
    """Where decisions to share are made."""
    return hub.house.hub.sharing


def chosen(*entries: UUID, **changes: Any) -> Choice:  # noqa: ANN401 - any field of a choice
    """A decision that lacks nothing; change any field by naming it."""
    return replace(CHOICE, entries=entries, **changes)


def refusing(**changes: Any) -> Choice:  # noqa: ANN401 - likewise
    """A decision not to share."""
    plain = Choice(
        outcome="not-share", recipient=SCHOOL, purpose="child-plan", what="The diary.", reasons="Not needed."
    )
    return replace(plain, **changes)


def entry(hub: TestHub, child: UUID, day: str = CONCERN, who: str = "dr-anwar") -> UUID:
    """The entry of a day, as its own agency finds it."""
    found = entry_on(read(hub, who, child), day)
    assert found is not None
    return found.entry


def kind(found: Disclosure, day: str = CONCERN) -> str:
    """How the entry of a day is shown."""
    one = entry_on(found, day)
    return type(one).__name__ if one else "sealed"


def lead(hub: TestHub, child: UUID, worker: str = "SW-0417") -> None:
    """The council's worker leads the child's plan."""
    intake = hub.house.hub.intake
    stream = intake.stream("duty", str(child), "lead-professional", COUNCIL, worker)
    intake.act(
        stream,
        lambda _, version: [
            DutyStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since="2024-01-01",
                recorded_by="fiona",
                duty="lead-professional",
                agency="social-work",
                organisation=COUNCIL,
                worker=worker,
            )
        ],
    )


def service(hub: TestHub, child: UUID) -> None:
    """The charity works with the child."""
    intake = hub.house.hub.intake
    stream = intake.stream("duty", str(child), "works-with", CHARITY, "")
    intake.act(
        stream,
        lambda _, version: [
            DutyStated(
                originator_id=stream,
                originator_version=version,
                child=child,
                since="2024-01-01",
                recorded_by="fiona",
                duty="works-with",
                agency="third-sector",
                organisation=CHARITY,
            )
        ],
    )


def every_step(hub: TestHub, child: UUID) -> None:
    """Every kind of step that a matter can take: asked and declined; asked, shared and ended."""
    callum, anwar, rooms = hub.person("callum"), hub.person("dr-anwar"), room(hub)
    rooms.decline(anwar, child, rooms.request(callum, child, ASK).matter, reasons="Not needed.")
    asked = rooms.request(callum, child, ASK).matter
    rooms.decide(anwar, child, chosen(entry(hub, child)), asked=asked)
    rooms.end_release(anwar, child, asked, reason="It is over.")
