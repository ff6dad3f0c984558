"""A child who does not exist and one whom the reader may not know of cost the same questions, and so the same time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast
from uuid import uuid4

import pytest

from consent.means import Means
from hub.errors import NothingToShow
from hub.store.database import Cursor
from tests.fix_hub import TestHub
from tests.stories import CONCERN, NUMBER, PLAN, entry_on, read, settled


class Asked:
    """A cursor that notes every question asked through it."""

    def __init__(self, cursor: Cursor, noted: list[str]) -> None:
        self._cursor, self._noted = cursor, noted

    def execute(self, query: str, arguments: object = None, **options: bool) -> Cursor:
        self._noted.append(query)
        return self._cursor.execute(query, cast(Sequence[object], arguments), **options)

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)


@pytest.fixture
def noted(hub: TestHub) -> list[str]:
    """What the gate asks of the database from now on."""
    found: list[str] = []
    gate = hub.house.hub.disclosure
    means: Means = gate._means
    reading = means.reading

    @contextmanager
    def noting() -> Iterator[Cursor]:
        with reading() as cursor:
            yield cast(Cursor, Asked(cursor, found))

    gate._means = replace(means, reading=noting)
    return found


def questions(noted: list[str]) -> list[str]:
    """The questions of one look, and a clean slate."""
    asked = list(noted)
    noted.clear()
    assert len(asked) >= 2
    return asked


def test_reading_an_unknown_child_and_an_unknowable_one_asks_the_same(hub: TestHub, noted: list[str]) -> None:
    asked = []
    for child in (settled(hub), uuid4()):
        with pytest.raises(NothingToShow):
            read(hub, "shona", child)
        asked.append(questions(noted))

    assert asked[0] == asked[1]
    assert not any("read.entries" in one for one in asked[0])


def test_searching_an_unknown_number_and_an_unknowable_childs_asks_the_same(hub: TestHub, noted: list[str]) -> None:
    settled(hub)
    gate, shona = hub.house.hub.disclosure, hub.person("shona")

    asked = []
    for value in (NUMBER, "9990009999"):
        assert gate.find(shona, system="nhs-number", value=value) == ()
        asked.append(questions(noted))

    assert asked[0] == asked[1]


def test_asking_what_became_known_since_gives_no_withheld_entrys_minute(hub: TestHub) -> None:
    """Whoever halves the span again and again comes to the day, and no further."""
    child = settled(hub)
    with hub.as_owner() as connection:
        row = connection.execute("select received_at from read.entries where code = 'gp.not_brought'").fetchone()
    assert row is not None
    received: datetime = row[0]

    def listed(since: datetime) -> bool:
        return entry_on(read(hub, "callum", child, since=since, **PLAN), CONCERN) is not None

    midnight = received.replace(hour=0, minute=0, second=0, microsecond=0)
    moments = [midnight + timedelta(seconds=n) for n in (0, 1, 43_200, 86_399)]
    assert [listed(one) for one in (*moments, received + timedelta(microseconds=1))] == [True] * 5
    assert not listed(midnight + timedelta(days=1))
