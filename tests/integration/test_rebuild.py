"""Read models made anew while people read, records arrive and others follow: nobody notices."""

from __future__ import annotations

import threading
import time
from typing import LiteralString, Self
from uuid import UUID

import psycopg
import pytest

from hub.api.shapes import disclosure_to_json
from hub.errors import HubError
from tests.builders import somebody
from tests.fix_hub import TestHub
from tests.following import RECOVERY, SOON, a_runner, entries, following, leader, parked, send, until
from tests.stories import on, read, settled, take, told


class Watcher:
    """Somebody who reads one child's story again and again, and remembers every different answer."""

    def __init__(self, hub: TestHub, child: UUID) -> None:
        self.seen: set[bytes] = set()
        self.errors: list[HubError] = []
        self.times = 0
        self._hub, self._child, self._stop = hub, child, threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(timeout=30)

    def _watch(self) -> None:
        while not self._stop.is_set():
            try:
                self.seen.add(disclosure_to_json(read(self._hub, "morag", self._child)))
            except HubError as error:
                self.errors.append(error)
            self.times += 1


@pytest.mark.parametrize("group", ["chronology", "facts"])
def test_a_reader_never_sees_a_half_built_story(hub: TestHub, group: str) -> None:
    child = settled(hub)
    take(hub, [told("gp", f"n{n}", occurred=on(f"2021-01-{n % 28 + 1:02}")) for n in range(400)])
    whole = disclosure_to_json(read(hub, "morag", child))

    with Watcher(hub, child) as watcher:
        for _ in range(4):
            assert hub.house.rebuild(group, lambda _: time.sleep(0.05)).swapped

    assert watcher.errors == []
    assert watcher.seen == {whole}
    assert watcher.times >= 8


def test_readers_are_not_kept_waiting_by_a_rebuild(hub: TestHub) -> None:
    child = settled(hub)
    waits: list[float] = []

    def meanwhile(_: int) -> None:
        start = time.monotonic()
        read(hub, "morag", child)
        waits.append(time.monotonic() - start)

    for group in ("chronology", "facts"):
        hub.house.rebuild(group, meanwhile)

    assert len(waits) == 2
    assert max(waits) < SOON


def test_a_rebuild_that_fails_leaves_everything_as_it_was(hub: TestHub) -> None:
    child = settled(hub)
    whole = disclosure_to_json(read(hub, "morag", child))

    def fails(_: int) -> None:
        raise KeyboardInterrupt

    for group in ("chronology", "facts", "access-log"):
        with pytest.raises(KeyboardInterrupt):
            hub.house.rebuild(group, fails)

    take(hub, [told("gp", "later", code="gp.problem", sensitivity="concern", occurred=on("2026-01-01"))])
    assert disclosure_to_json(read(hub, "morag", child, limit=8)).startswith(whole[:200])


def test_a_rebuild_works_beside_a_follower_and_the_follower_goes_on(hub: TestHub) -> None:
    take(hub, [told("gp", "before")])
    with following(a_runner(hub)):
        assert until(lambda: leader(hub) is not None, RECOVERY)
        rebuilding = threading.Thread(target=hub.house.rebuild, args=["chronology", lambda _: None], daemon=True)

        rebuilding.start()
        rebuilding.join(timeout=RECOVERY)

        assert not rebuilding.is_alive()
        send(hub, told("gp", "after"))
        assert until(lambda: "after" in entries(hub), RECOVERY)
    assert entries(hub) == {"before", "after"}


def test_records_that_come_in_during_rebuilds_are_neither_lost_nor_doubled(hub: TestHub) -> None:
    people = [somebody(f"p{n}", "", "Baird", f"Rory{n}", "2015-01-01") for n in range(5)]

    def feed() -> None:
        for n in range(40):
            send(hub, told("gp", f"n{n}", person=people[n % 5]))

    feeding = threading.Thread(target=feed)

    with following(a_runner(hub)):
        feeding.start()
        while feeding.is_alive():
            for group in ("chronology", "facts"):
                assert hub.house.rebuild(group, lambda _: None).swapped
        feeding.join()
        hub.house.catch_up()

    assert entries(hub) == {f"n{n}" for n in range(40)}
    assert count(hub, "select count(*) from read.entries") == 40
    assert count(hub, "select count(*) from intake.revisions") == 40
    assert parked(hub) == []


def test_rebuilding_again_and_again_uses_no_new_numbers(hub: TestHub) -> None:
    """The numbers are small ones, and a reader's levels are an array as long as the highest."""
    settled(hub)
    highest: LiteralString = "select max(number) from read.decision_keys"
    before = count(hub, highest)

    for _ in range(3):
        assert hub.house.rebuild("chronology", lambda _: None).swapped

    assert count(hub, highest) == before == count(hub, "select count(*) from read.decision_keys")


def count(hub: TestHub, query: LiteralString) -> int:
    with hub.as_owner() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


def test_nobody_but_the_projector_may_empty_a_read_model(hub: TestHub) -> None:
    settled(hub)
    for role in ("hub_reader", "hub_writer", "hub_auditor"):
        with hub.as_service() as connection:
            connection.execute(psycopg.sql.SQL("set role {}").format(psycopg.sql.Identifier(role)))
            for table in ("read.entries", "read.consent", "identity.links", "intake.revisions"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    connection.execute(psycopg.sql.SQL("delete from {}").format(psycopg.sql.SQL(table)))
