"""What the tests of contributions begin with: an entry that lacks nothing, and how somebody adds it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from consent.contributing_terms import EntrySaid
from consent.decision import Entry, Shown
from tests.fix_hub import TestHub
from tests.stories import read

SAID = EntrySaid(
    code="any.event.noted",
    start="2026-10-20",
    headline="Home visit",
    detail="The kitchen was warm and there was food.",
    assertion="fact",
    source_kind="direct-observation",
)


def saying(**changes: Any) -> EntrySaid:  # noqa: ANN401 - any field of an entry
    """An entry that lacks nothing; change any field by naming it."""
    return replace(SAID, **changes)


def about(entry: UUID, code: str = "any.outcome.added", **changes: Any) -> EntrySaid:  # noqa: ANN401 - likewise
    """The same about an entry."""
    return saying(**{"code": code, "cites": (entry,), "headline": "It went well", "detail": ""} | changes)


def add(hub: TestHub, who: str, child: UUID, said: EntrySaid = SAID, **how: Any) -> UUID:  # noqa: ANN401 - the room's own
    """Somebody of the directory adds it, and the read models take it in."""
    entry = hub.house.hub.contributing.add(hub.person(who), child, said, **how)
    hub.house.catch_up()
    return entry


def found(hub: TestHub, who: str, child: UUID, entry: UUID, **asked: Any) -> Entry | None:  # noqa: ANN401 - the gate's own
    """An entry as somebody is shown it; None where they may not know of it."""
    return next((one for one in read(hub, who, child, **asked).entries if one.entry == entry), None)


def shown(hub: TestHub, who: str, child: UUID, entry: UUID, **asked: Any) -> Shown:  # noqa: ANN401 - likewise
    """An entry as somebody is shown it in full."""
    one = found(hub, who, child, entry, **asked)
    assert isinstance(one, Shown)
    return one
