"""The read models follow their logs: soon, through every interruption, and without showing anything half way."""

from __future__ import annotations

import time
from collections.abc import Sequence
from uuid import uuid4

from hub.errors import StoreUnavailable
from hub.events.identity import ChildOpened
from hub.events.records import Record
from hub.events.sharing import ConsentGiven
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from hub.update import Update
from projections import chronology
from projections.runner import Projection, Runner
from tests.fix_hub import TestHub
from tests.following import RECOVERY, SOON, a_runner, entries, following, leader, parked, send, until
from tests.stories import consent, everyone, read, settled, take, told

CONNECTIONS = (
    "select pg_terminate_backend(pid) from pg_stat_activity where datname = any(%s) and pid <> pg_backend_pid()"
)


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

    assert not hub.house.rebuild("chronology", lambda _: None).swapped  # a story with more in it is another story
    assert entries(hub) == {"good"}
    hub.house.rebuild("chronology", lambda _: None, accept=True)

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


def test_a_database_that_a_handler_cannot_reach_parks_nothing_and_is_tried_again(hub: TestHub) -> None:
    tries: list[int] = []

    def apply(cursor: Cursor, batch: Sequence[Recorded]) -> None:
        tries.append(len(batch))
        if len(tries) < 3:
            raise StoreUnavailable("It did not answer.")
        chronology.apply(cursor, batch)

    with following(a_runner(hub, Projection(chronology.NAME, chronology.LOG, apply))):
        send(hub, told("gp", "once"))
        assert until(lambda: "once" in entries(hub), RECOVERY)

    assert parked(hub) == []
