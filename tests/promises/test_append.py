"""The one way into a log: each event stored, held or in conflict, in the order of commits, and nothing missed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID, uuid4

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent
from psycopg import errors, sql

from hub.store import recorder
from hub.store.database import Connection, Cursor, Database
from hub.store.recorder import Log
from tests.fix_hub import TestHub

ONE = "array['00000000-0000-0000-0000-000000000001'::uuid], array[1::bigint], array['t'], array['{}'::bytea]"
UNEVEN = "array['00000000-0000-0000-0000-000000000001'::uuid], array[1::bigint, 2], array['t'], array['{}'::bytea]"


def an_event(stream: UUID | None = None, version: int = 1, state: bytes = b"{}", topic: str = "t") -> StoredEvent:
    return StoredEvent(stream or uuid4(), version, topic, state)


@contextmanager
def appending(hub: TestHub, log: Log) -> Iterator[Cursor]:
    database = Database(hub.addresses.service)
    with database.transaction("hub_writer" if log == recorder.LEDGER else "hub_reader") as cursor:
        yield cursor
    database.close()


def places(hub: TestHub, log: Log) -> list[tuple[int, datetime]]:
    with hub.as_owner() as connection:
        table = sql.Identifier(log, "events")
        return connection.execute(sql.SQL("select position, recorded_at from {} order by 1").format(table)).fetchall()


def held(hub: TestHub) -> list[int]:
    """How much is in each log; a new hub begins with its policy and its directory."""
    return [len(places(hub, log)) for log in (recorder.LEDGER, recorder.ACCESS)]


BOTH = pytest.mark.parametrize("log", [recorder.LEDGER, recorder.ACCESS])


@BOTH
def test_each_event_is_answered_stored_held_or_conflict_in_the_order_given(hub: TestHub, log: Log) -> None:
    first, other = an_event(), an_event()

    with appending(hub, log) as cursor:
        (stored,) = recorder.append(cursor, log, [first])
    with appending(hub, log) as cursor:
        changed = an_event(UUID(str(first.originator_id)), state=b"[]")
        answers = [recorder.append(cursor, log, [one, other])[0] for one in (first, changed)]
        renamed = recorder.append(cursor, log, [an_event(UUID(str(first.originator_id)), topic="u"), an_event()])

    assert stored.status == "stored"
    assert [answer.status for answer in answers] == ["held", "conflict"]
    assert [answer.status for answer in renamed] == ["conflict", "stored"]
    assert {(a.position, a.recorded_at) for a in answers} == {(stored.position, stored.recorded_at)}


@BOTH
def test_one_place_named_twice_in_a_call_is_refused_whole(hub: TestHub, log: Log) -> None:
    stream, before = uuid4(), held(hub)

    with appending(hub, log) as cursor, pytest.raises(errors.CardinalityViolation):
        recorder.append(cursor, log, [an_event(), an_event(stream), an_event(stream, state=b"[]")])

    assert held(hub) == before


@pytest.mark.parametrize(("name", "role"), [("ledger.append", "hub_writer"), ("access.append", "hub_reader")])
@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (UNEVEN, errors.ArraySubscriptError),
        (ONE.replace("array['t']", "null"), errors.ArraySubscriptError),
        (ONE.replace("array['t']", "array[null]"), errors.NotNullViolation),
        (ONE.replace("array[1::", "array[0::"), errors.CheckViolation),
        (ONE.replace("array['00000000-0000-0000-0000-000000000001'::uuid]", "'{}'"), errors.ArraySubscriptError),
    ],
)
def test_a_call_that_does_not_fit_stores_nothing(
    hub: TestHub, name: str, role: str, arguments: str, error: type[psycopg.Error]
) -> None:
    before = held(hub)

    with Database(hub.addresses.service).connect(role) as connection, pytest.raises(error):
        connection.execute(f"select {name}({arguments})".encode())

    assert held(hub) == before


@pytest.mark.parametrize("size", [1, 10])
def test_a_very_large_event_goes_in_within_five_seconds(hub: TestHub, size: int) -> None:
    large = an_event(state=os.urandom(size * 1024 * 1024))
    began = time.monotonic()

    with appending(hub, recorder.LEDGER) as cursor:
        cursor.execute("set local statement_timeout = '5s'")
        (answer,) = recorder.append(cursor, recorder.LEDGER, [large])

    assert answer.status == "stored"
    assert time.monotonic() - began < 5
    with hub.as_owner() as connection:
        newest = connection.execute("select state from ledger.events order by position desc limit 1").fetchone()
    assert newest is not None
    assert newest[0] == large.state, "another state stands there"


@BOTH
def test_a_reader_who_follows_four_writers_at_once_misses_nothing(hub: TestHub, log: Log) -> None:
    done, seen, database = threading.Event(), list[int](), Database(hub.addresses.service)

    def write(seed: int) -> None:
        random = Random(seed)  # noqa: S311 - the same dawdling in every run
        with database.connect("hub_writer" if log == recorder.LEDGER else "hub_reader") as connection:
            for _ in range(60):
                _one_transaction(connection, log, random)

    def follow() -> None:
        with database.connect("hub_projector") as connection:
            while True:
                last_look = done.is_set()
                after = seen[-1] if seen else 0
                seen.extend(one.position for one in recorder.read(connection.cursor(), log, after=after, limit=50))
                if last_look and seen[-1:] == [recorder.last_position(connection.cursor(), log)]:
                    return

    with ThreadPoolExecutor(5) as pool:
        reading = pool.submit(follow)
        for writing in [pool.submit(write, seed) for seed in range(4)]:
            writing.result(60)
        done.set()
        reading.result(60)
    database.close()

    held = places(hub, log)
    assert seen == [position for position, _ in held]
    assert len(held) > 300
    assert [at for _, at in held] == sorted(at for _, at in held)


def _one_transaction(connection: Connection, log: Log, random: Random) -> None:
    """One or two calls, dawdling before the end, and one in ten is given up: its positions stay empty."""
    with connection.transaction(force_rollback=random.random() < 0.1), connection.cursor() as cursor:
        for _ in range(random.choice((1, 1, 2))):
            recorder.append(cursor, log, [an_event() for _ in range(random.randint(1, 3))])
            time.sleep(random.random() * 0.003)


def the_clock_was_ahead(hub: TestHub, log: Log) -> datetime:
    """The newest event of a log was recorded an hour from now, and then the server's clock was put right."""
    ahead = datetime.now(UTC) + timedelta(hours=1)
    with hub.as_owner() as connection:
        connection.execute(
            sql.SQL(
                "insert into {} (originator_id, originator_version, topic, state, recorded_at) "
                "values (gen_random_uuid(), 1, 't', '', %s)"
            ).format(sql.Identifier(log, "events")),
            [ahead],
        )
        connection.execute(
            "select setval(%s, (extract(epoch from %s::timestamptz) * 1e6)::bigint)", [f"{log}.newest", ahead]
        )
    return ahead


@BOTH
def test_the_time_of_recording_never_goes_back_though_the_clock_did(hub: TestHub, log: Log) -> None:
    ahead = the_clock_was_ahead(hub, log)

    with appending(hub, log) as cursor:
        recorder.append(cursor, log, [an_event()])
        recorder.append(cursor, log, [an_event()])

    times = [at for _, at in places(hub, log)][-3:]  # a new hub begins with its policy and its directory
    assert times == sorted(set(times))
    assert times[0] == ahead


def test_the_time_of_a_reading_never_goes_back_though_others_were_recorded_after_its_moment(hub: TestHub) -> None:
    database = Database(hub.addresses.service)

    with database.transaction("hub_reader", snapshot=True) as reading:
        reading.execute("select count(*) from identity.links")  # the reading's moment is fixed here
        the_clock_was_ahead(hub, recorder.ACCESS)
        recorder.append(reading, recorder.ACCESS, [an_event()])
    database.close()

    times = [at for _, at in places(hub, recorder.ACCESS)]
    assert times == sorted(set(times))
