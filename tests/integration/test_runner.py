"""The read models follow their logs: soon, through every interruption, and without showing anything half way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import LiteralString, Self
from uuid import UUID, uuid4

import psycopg
import pytest

from hub.api.shapes import disclosure_to_json
from hub.errors import HubError, StoreUnavailable
from hub.events.identity import ChildOpened
from hub.events.records import Record
from hub.events.sharing import ConsentGiven
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.update import Update
from projections import chronology
from projections.runner import Projection, Runner
from tests.builders import somebody
from tests.fix_hub import TestHub
from tests.stories import consent, everyone, on, read, settled, take, told

SOON = 2.0
RECOVERY = 15.0
WHOLE = Projection(chronology.NAME, chronology.LOG, chronology.apply)
LEADER = """
select l.pid from pg_locks l join pg_database d on d.oid = l.database
 where l.locktype = 'advisory' and l.granted and d.datname = current_database()
   and (l.classid::bigint << 32) + l.objid::bigint = hashtextextended('hub projection chronology', 0)
"""
CONNECTIONS = (
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = any(%s) and pid <> pg_backend_pid()"
)


def until(true: Callable[[], bool], seconds: float) -> bool:
    """Whether something becomes true within so many seconds."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def a_runner(hub: TestHub, projection: Projection = WHOLE) -> Runner:
    """A runner as another process would have it: with a ledger and keys of its own."""
    return Runner(hub.house._database, hub.house._another_ledger(projection.log), projection)


@contextmanager
def following(*runners: Runner) -> Iterator[threading.Event]:
    """These runners, each in a thread, until the end of the block."""
    stop = threading.Event()
    threads = [threading.Thread(target=runner.follow, args=[stop]) for runner in runners]
    for thread in threads:
        thread.start()
    try:
        yield stop
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=30)
        assert not any(thread.is_alive() for thread in threads)


def leader(hub: TestHub) -> int | None:
    """The database process of the runner that leads the chronology."""
    with hub.as_owner() as connection:
        row = connection.execute(LEADER).fetchone()
    return int(row[0]) if row else None


def entries(hub: TestHub) -> set[str]:
    """The headlines that the chronology's table holds as standing."""
    with hub.as_owner() as connection:
        rows = connection.execute("select headline from read.entries where known_to = 'infinity' and not retracted")
        return {row[0].removeprefix("canary-").removesuffix("-headline") for row in rows}


def parked(hub: TestHub) -> list[str]:
    with hub.as_owner() as connection:
        return [row[0] for row in connection.execute("select reason from read.parked order by position")]


def send(hub: TestHub, *updates: Update) -> None:
    hub.house.hub.intake.receive(updates)


# Following


def test_what_comes_in_is_in_the_story_within_two_seconds(hub: TestHub) -> None:
    hub.house.follow()
    assert until(lambda: leader(hub) is not None, RECOVERY)

    for n in range(3):
        send(hub, told("gp", f"n{n}"))
        assert until(lambda n=n: f"n{n}" in entries(hub), SOON)  # type: ignore[misc]  # mypy reads no default in a lambda


def test_the_access_log_follows_too(hub: TestHub) -> None:
    child = settled(hub)
    hub.house.follow()
    assert until(lambda: leader(hub) is not None, RECOVERY)

    reading = read(hub, "morag", child).reading

    def there() -> bool:
        with hub.as_owner() as connection:
            return (
                connection.execute("select 1 from read.access_log where reading = %s", [reading]).fetchone() is not None
            )

    assert until(there, SOON)


def test_of_two_runners_one_leads_and_the_other_takes_over_when_it_dies(hub: TestHub) -> None:
    with following(a_runner(hub), a_runner(hub)):
        assert until(lambda: leader(hub) is not None, RECOVERY)
        first = leader(hub)
        send(hub, told("gp", "before"))
        assert until(lambda: "before" in entries(hub), RECOVERY)

        with hub.as_owner() as connection:
            connection.execute("select pg_terminate_backend(%s)", [first])

        assert until(lambda: leader(hub) not in (None, first), RECOVERY)
        send(hub, told("gp", "after"))
        assert until(lambda: "after" in entries(hub), RECOVERY)
    assert entries(hub) == {"before", "after"}


def test_a_follower_survives_the_loss_of_every_connection_to_both_databases(hub: TestHub) -> None:
    with following(a_runner(hub)):
        send(hub, told("gp", "before"))
        assert until(lambda: "before" in entries(hub), RECOVERY)

        with hub.as_owner() as connection:
            name = connection.info.dbname
            connection.execute(CONNECTIONS, [[name, f"{name}_keys"]])

        assert until(lambda: sent(hub, told("gp", "after")), RECOVERY)
        assert until(lambda: "after" in entries(hub), RECOVERY)


def sent(hub: TestHub, update: Update) -> bool:
    try:
        send(hub, update)
    except StoreUnavailable:
        return False
    return True


def test_a_follower_survives_a_key_database_that_is_away_for_a_while(hub: TestHub) -> None:
    runner = a_runner(hub)
    keyring = runner._ledger.sealing.keyring
    good, keyring._url = keyring._url, keyring._url.replace("dbname=", "dbname=away_")
    with following(runner):
        send(hub, told("gp", "meanwhile"))
        time.sleep(1.5)
        assert entries(hub) == set()

        keyring._url = good

        assert until(lambda: "meanwhile" in entries(hub), RECOVERY)
    assert parked(hub) == []


def test_a_notice_that_never_comes_is_made_up_for_by_looking(hub: TestHub) -> None:
    take(hub, [told("gp", "known")])
    ledger = hub.house._ledgers["ledger"]
    silent = ledger.sealing.to_stored_event(ChildOpened(originator_id=uuid4(), originator_version=1))
    with following(a_runner(hub)):
        assert until(lambda: leader(hub) is not None, RECOVERY)
        time.sleep(0.3)
        with hub.as_owner() as connection:  # past the append function, so nobody is told
            connection.execute(
                "insert into ledger.events (originator_id, originator_version, topic, state, recorded_at) "
                "values (%s, 1, %s, %s, clock_timestamp())",
                [silent.originator_id, silent.topic, silent.state],
            )

        assert until(lambda: lag(hub) == 0, SOON + 1)


def lag(hub: TestHub) -> int:
    return next(one.lag for one in hub.house.status() if one.name == "chronology")


def test_the_position_moves_past_events_that_do_not_matter_to_it(hub: TestHub) -> None:
    child = settled(hub)
    for _ in range(3):
        consent(hub, ConsentGiven, child)
    assert lag(hub) == 3

    hub.house.catch_up()

    assert lag(hub) == 0
    assert hub.house.status()[1].position > 0


def test_catching_up_waits_for_whoever_leads(hub: TestHub) -> None:
    with following(a_runner(hub)):
        assert until(lambda: leader(hub) is not None, RECOVERY)
        send(hub, *(told("gp", f"n{n}") for n in range(50)))

        a_runner(hub).catch_up()

        assert len(entries(hub)) == 50


# What cannot be taken in


def failing(hub: TestHub, bad: str) -> Runner:
    """A chronology with a mistake in it, which one record brings out."""

    def apply(cursor: Cursor, batch: Sequence[Recorded]) -> None:
        if any(isinstance(one.event, Record) and one.event.headline == bad for one in batch):
            raise ValueError(f"cannot take in {bad}")
        chronology.apply(cursor, batch)

    return a_runner(hub, Projection(chronology.NAME, chronology.LOG, apply))


def test_an_event_that_fails_waits_with_the_rest_of_its_record_and_all_others_go_on(hub: TestHub) -> None:
    send(hub, *everyone(), told("gp", "bad", headline="bad"))
    send(hub, told("gp", "bad", version="2", order="2026"), told("gp", "good"))

    failing(hub, "bad").catch_up()

    assert entries(hub) == {"joined", "began", "planned", "enrolled", "good"}
    assert parked(hub) == ["ValueError in chronology", "an earlier event of its record is parked"]
    assert (lag(hub), next(one.parked for one in hub.house.status() if one.name == "chronology")) == (0, 2)


def test_later_events_of_a_parked_record_wait_too_and_a_rebuild_after_the_mend_clears_all(hub: TestHub) -> None:
    send(hub, told("gp", "bad", headline="bad"), told("gp", "good"))
    failing(hub, "bad").catch_up()
    take(hub, [told("gp", "bad", version="2", order="2026", headline="mended")])
    assert entries(hub) == {"good"}
    assert len(parked(hub)) == 2

    hub.house.rebuild("chronology", lambda _: None)

    assert entries(hub) == {"good", "mended"}
    assert parked(hub) == []


def test_an_event_of_an_unknown_name_is_parked_and_all_others_go_on(hub: TestHub) -> None:
    send(hub, told("gp", "before"))
    with hub.as_owner() as connection:
        connection.execute(
            "select * from ledger.append(%s, array[1::bigint], array['NotYet:1'], %s)", [[uuid4()], [b"{}"]]
        )
    send(hub, told("gp", "after"))

    hub.house.catch_up()

    assert entries(hub) == {"before", "after"}
    assert len(parked(hub)) == 1


def test_a_connection_lost_while_an_event_is_taken_in_parks_nothing(hub: TestHub) -> None:
    lost: list[int] = []

    def apply(cursor: Cursor, batch: Sequence[Recorded]) -> None:
        chronology.apply(cursor, batch)
        if not lost:
            lost.append(cursor.connection.info.backend_pid)
            with hub.as_owner() as connection:
                connection.execute("select pg_terminate_backend(%s)", lost)
            cursor.execute("select 1")

    with following(a_runner(hub, Projection(chronology.NAME, chronology.LOG, apply))):
        send(hub, told("gp", "once"))
        assert until(lambda: "once" in entries(hub), RECOVERY)

    assert len(lost) == 1
    assert parked(hub) == []


# Rebuilding


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
            hub.house.rebuild(group, lambda _: time.sleep(0.05))

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
                hub.house.rebuild(group, lambda _: None)
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
        hub.house.rebuild("chronology", lambda _: None)

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
