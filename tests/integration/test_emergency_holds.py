"""Emergency access whatever happens: many clicks at once, a kill, tables made anew; refusals that tell nobody apart."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast
from uuid import UUID, uuid4

import pytest

from consent import emergency as room
from hub.errors import NothingToShow, NotPermitted
from hub.store.database import Cursor
from tests.emergencies import REASON, opened, seen, sees_nothing, suspended
from tests.fix_hub import TestHub
from tests.stating import tie
from tests.stories import (
    NUMBER,
    everyone,
    read,
    settled,
    take,
)

NHS = "nhs-number"


def test_many_clicks_at_once_open_one(hub: TestHub) -> None:
    child = settled(hub)
    found: list[UUID] = []
    together = threading.Barrier(8)

    def click() -> None:
        together.wait()
        found.append(opened(hub, "shona", child).id)

    threads = [threading.Thread(target=click) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(found) == 8
    assert len(set(found)) == 1
    with hub.as_owner() as connection:
        assert connection.execute("select count(*) from read.emergencies").fetchone() == (1,)
        topics = connection.execute("select topic from ledger.events where topic like 'Emergency%'").fetchall()
    assert sorted(topics) == [("EmergencyOpened:1",), ("EmergencyReasonGiven:1",)]


def test_the_reason_is_sealed_in_the_ledger(hub: TestHub) -> None:
    child = settled(hub)
    emergency = opened(hub, "shona", child)
    hub.clock.at += timedelta(hours=4)
    hub.house.hub.emergency.review(hub.person("eilidh"), emergency.id, "justified", "canary-note")

    with hub.as_owner() as connection:
        states = connection.execute("select state from ledger.events where topic like 'Emergency%'").fetchall()

    assert len(states) == 3
    assert not any(b"canary" in bytes(state) for (state,) in states)


def test_facts_made_anew_are_the_same_and_so_is_what_was_opened(hub: TestHub) -> None:
    child = settled(hub)
    first = opened(hub, "shona", child, reason="")
    seen(hub, "shona", child)
    hub.house.hub.emergency.give_reason(hub.person("shona"), first.id, REASON)
    hub.house.hub.emergency.end(hub.person("shona"), first.id)
    hub.house.hub.emergency.acknowledge(hub.person("fiona"), first.id)
    opened(hub, "dr-anwar", child)
    hub.house.catch_up()
    before = held(hub)

    for name in ("facts", "emergency-readings"):
        assert hub.house.rebuild(name, lambda _: None).swapped

    assert held(hub) == before
    assert all(before.values())
    assert seen(hub, "dr-anwar", child).emergency is not None
    assert sees_nothing(hub, "shona", child)


def held(hub: TestHub) -> dict[str, list[tuple[object, ...]]]:
    with hub.as_owner() as connection:
        return {
            "emergencies": connection.execute("select * from read.emergencies order by position").fetchall(),
            "notes": connection.execute("select * from read.emergency_acknowledgements").fetchall(),
            "readings": connection.execute("select * from read.emergency_readings order by position").fetchall(),
        }


def test_a_reading_says_under_which_emergency_it_was_made(hub: TestHub) -> None:
    child = settled(hub)
    assert read(hub, "dr-anwar", child).emergency is None

    emergency = opened(hub, "dr-anwar", child)

    assert seen(hub, "dr-anwar", child).emergency == emergency
    assert read(hub, "morag", child).emergency is None


def test_an_opening_whose_reader_was_killed_before_reading_loses_nothing(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = settled(hub)
    monkeypatch.setattr(room, "record_opening", killed)
    with pytest.raises(KeyboardInterrupt):
        opened(hub, "shona", child)
    monkeypatch.undo()

    office = hub.house.hub.emergency
    (mine,) = office.mine(hub.person("shona"))
    (told_of,) = office.told(hub.person("fiona"))
    (task,) = office.waiting(hub.person("eilidh"))
    assert mine == told_of == task.emergency
    assert (task.reason, task.readings) == (REASON, ())
    assert opened(hub, "shona", child) == mine
    assert seen(hub, "shona", child).emergency == mine


def killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_refused_opening_asks_the_database_the_same_whatever_the_reason(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Family and no child at all, a role that may not and no child at all: how long it takes tells nobody apart."""
    child = settled(hub)
    tie(hub, child, "family", "shona")
    asked: list[list[str]] = []
    office = hub.house.hub.emergency
    reading = office._means.reading

    @contextmanager
    def noting() -> Iterator[Cursor]:
        with reading() as cursor:
            yield cast(Cursor, Noting(cursor, asked[-1]))

    monkeypatch.setattr(office, "_means", replace(office._means, reading=noting))
    for who in ("shona", "callum"):
        for whom in (child, uuid4()):
            asked.append([])
            with pytest.raises(NothingToShow):
                opened(hub, who, whom)
    for value in (NUMBER, "9990009999"):
        asked.append([])
        with pytest.raises(NothingToShow):
            office.open_by_number(hub.person("shona"), NHS, value)

    assert len(asked[0]) > 5
    assert asked[0] == asked[1]
    assert asked[2] == asked[3]
    assert asked[4] == asked[5]
    assert asked[0] == asked[2]


class Noting:
    """A cursor that notes every question asked through it."""

    def __init__(self, cursor: Cursor, noted: list[str]) -> None:
        self._cursor, self._noted = cursor, noted

    def execute(self, query: str, arguments: object = None, **options: bool) -> Cursor:
        self._noted.append(query)
        return self._cursor.execute(query, cast(Sequence[object], arguments), **options)

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)


def test_whoever_lapsed_meanwhile_reads_no_more_and_opens_no_other(hub: TestHub) -> None:
    child = settled(hub)
    opened(hub, "shona", child)
    assert seen(hub, "shona", child).entries
    suspended(hub, "shona")

    assert sees_nothing(hub, "shona", child)
    with pytest.raises(NothingToShow):
        opened(hub, "shona", child)


def test_whoever_lapsed_is_told_of_nothing_and_reviews_nothing(hub: TestHub) -> None:
    child = settled(hub)
    opened(hub, "shona", child)
    office = hub.house.hub.emergency

    for who in ("fiona", "eilidh"):
        assert office.told(hub.person(who))
        suspended(hub, who)

        assert office.told(hub.person(who)) == ()
    with pytest.raises(NotPermitted):
        office.waiting(hub.person("eilidh"))


def test_everyone_still_reads_as_before_while_an_emergency_is_open(hub: TestHub) -> None:
    take(hub, everyone())
    child = hub.only_child()
    before = [len(read(hub, who, child).entries) for who in ("morag", "callum", "fiona")]

    opened(hub, "shona", child)

    assert [len(read(hub, who, child).entries) for who in ("morag", "callum", "fiona")] == before
