"""Each of a team is told once that there is something new of a child they work with, and of nothing they may not know."""

from __future__ import annotations

import threading
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from consent.inbox_terms import Word
from hub.errors import BadInput, NothingToShow
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from tests.builders import works_with
from tests.fix_hub import TestHub
from tests.stating import duty
from tests.stories import CONSENT, CONCERN, consent, entry_of, everyone, on, read, recorded, stranger, take, told

SEEN = Word("seen")
TEAM = ("morag", "fiona", "callum", "catriona", "dr-anwar")
OTHERS = ("shona", "rab", "isobel", "eilidh")


def lines(hub: TestHub, who: str) -> list[tuple[str, str]]:
    """What the inbox of somebody says: of which agency, and which kind of news."""
    return sorted((line.agency.value, line.kind) for one in hub.house.hub.inbox.mine(hub.person(who)) for line in one.lines)


def followed(hub: TestHub) -> None:
    hub.house.catch_up()


def read_up(hub: TestHub, child: UUID, *people: str) -> None:
    """They have read all there is."""
    for who in people:
        read(hub, who, child)
    followed(hub)


@pytest.fixture
def child(hub: TestHub) -> UUID:
    """Isla, whose four agencies' people have read what there is."""
    take(hub, everyone())
    child = hub.only_child()
    read_up(hub, child, "morag", "fiona", "callum", "catriona", "dr-anwar")
    return child


def test_nothing_is_new_to_those_who_have_read_it(hub: TestHub, child: UUID) -> None:
    assert child
    assert [lines(hub, who) for who in TEAM] == [[]] * len(TEAM)


def test_an_entry_makes_one_line_for_each_who_may_know_it_and_for_nobody_else(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "ordinary", occurred=on("2024-09-01"))])

    found = {who: lines(hub, who) for who in (*TEAM, *OTHERS)}

    one = [("gp", "new")]
    assert found == dict.fromkeys(TEAM, one) | dict.fromkeys(OTHERS, [])
