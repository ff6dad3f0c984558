"""A release is open as long as what it was decided on holds, and to nobody but whom it was decided for."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from consent.statements import ConsentSaid
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from tests.asking import PRIVATE, chosen, entry, kind, room
from tests.fix_hub import TestHub
from tests.stories import CONSENT, ORDINARY, consent, on, read, settled, take, told

NEWER = {"version": "2", "order": "2026-10-01T00:00:00Z"}


def shared_on_consent(hub: TestHub, child: UUID) -> UUID:
    """The practice shares its confidential entry with the school, because a parent consented."""
    named = entry(hub, child, PRIVATE)
    return room(hub).decide(hub.person("dr-anwar"), child, chosen(named, bases=("consent",))).matter


@pytest.mark.parametrize("stated", [{}, CONSENT], ids=["on any basis", "on consent"])
def test_what_was_shared_on_consent_closes_when_the_consent_is_withdrawn(hub: TestHub, stated: dict[str, str]) -> None:
    child = settled(hub)
    consent(hub, ConsentGiven, child)
    shared_on_consent(hub, child)
    assert kind(read(hub, "catriona", child), PRIVATE) == "Shown"

    consent(hub, ConsentWithdrawn, child, since="2026-11-01")

    assert kind(read(hub, "catriona", child, **stated), PRIVATE) != "Shown"


def test_what_was_shared_on_consent_closes_when_the_consent_runs_out(hub: TestHub) -> None:
    child = settled(hub)
    given = ConsentSaid("give", "education", "health", since="2026-10-01", until="2026-11-05")
    hub.house.hub.casework.record_consent(hub.person("fiona"), child, given)
    shared_on_consent(hub, child)
    assert kind(read(hub, "catriona", child), PRIVATE) == "Shown"

    hub.clock.at += timedelta(days=10)

    assert kind(read(hub, "catriona", child), PRIVATE) == "sealed"


def test_an_ordinary_entry_that_becomes_a_concern_is_closed_until_it_is_decided_anew(hub: TestHub) -> None:
    child = settled(hub)
    named = entry(hub, child, ORDINARY)
    room(hub).decide(hub.person("dr-anwar"), child, chosen(named))

    take(hub, [told("gp", "ordinary", code="gp.not_brought", occurred=on(ORDINARY), **NEWER)])

    assert kind(read(hub, "callum", child), ORDINARY) == "Withheld"
    room(hub).decide(hub.person("dr-anwar"), child, chosen(named))
    assert kind(read(hub, "callum", child), ORDINARY) == "Shown"
