"""Nobody waits for ever: not a start for a rebuild, not a writer for a process that stands still."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from hub.errors import StoreUnavailable
from hub.store import database
from hub.store.database import Database
from hub.wiring import assemble
from projections import rebuild
from tests.fix_hub import TestHub
from tests.following import RECOVERY, SOON
from tests.stories import settled, take, told

MADE = "select relname from pg_class where relnamespace = 'read'::regnamespace"
IN_FORCE = "select current_setting('lock_timeout'), current_setting('idle_in_transaction_session_timeout')"
SHORT = "-c idle_in_transaction_session_timeout=300ms -c lock_timeout=300ms"


@pytest.fixture
def hasty(hub: TestHub) -> Iterator[Database]:
    """The hub's database with the same bounds as the service's, but a hundred times shorter; the hub keeps its own."""
    with closing(Database(hub.addresses.service, bounds=SHORT)) as made:
        yield made


def test_a_start_does_not_wait_for_whoever_rebuilds(hub: TestHub) -> None:
    house = hub.house
    with hub.as_owner() as other, other.transaction():
        other.execute("lock table read.entries, read.status, read.access_log in access exclusive mode")
        began = time.monotonic()
        again = assemble(house.settings, hub.addresses, hub.kek, house.policy, house.directory, hub.clock)
        took = time.monotonic() - began
        again.close()

    assert took < SOON


@pytest.mark.parametrize(
    "lost",
    ["drop table read.entries", "drop index read.parked_streams", "comment on schema read is 'another release'"],
)
def test_what_is_missing_is_made_at_the_next_start(hub: TestHub, lost: str) -> None:
    with hub.as_owner() as owner:
        owner.execute(lost.encode())

    rebuild.create(hub.house._database)

    with hub.as_owner() as owner:
        there = {name for (name,) in owner.execute(MADE)}
        made_by = owner.execute("select obj_description('read'::regnamespace, 'pg_namespace')").fetchone()
    assert there >= rebuild.NAMES
    assert made_by == (rebuild.MADE_BY,)


def test_the_services_connections_are_bounded(hub: TestHub) -> None:
    for role in database.ROLES:
        with hub.house._database.transaction(role) as cursor:
            cursor.execute(IN_FORCE)
            assert cursor.fetchone() == ("20s", "30s")


def test_who_waits_too_long_is_told_that_the_store_is_unavailable(hub: TestHub, hasty: Database) -> None:
    with hub.as_owner() as other, other.transaction():
        other.execute("select ledger.lock()")
        with pytest.raises(StoreUnavailable, match="held what it needed"), hasty.transaction("hub_writer") as cursor:
            cursor.execute("select ledger.lock()")


def test_who_stands_still_in_a_transaction_lets_the_others_go_on(hub: TestHub, hasty: Database) -> None:
    with closing(hasty.connect("hub_writer")) as frozen:
        frozen.execute("begin")
        frozen.execute("select ledger.lock()")

        began = time.monotonic()
        take(hub, [told("gp", "n1")])

        assert time.monotonic() - began < RECOVERY
        with pytest.raises(psycopg.errors.IdleInTransactionSessionTimeout):
            frozen.execute("select 1")


def test_a_rebuild_waits_longer_than_others_may_and_may_think_longer(hub: TestHub, hasty: Database) -> None:
    settled(hub)
    group = next(group for group in rebuild.GROUPS if group.current)
    done: list[int] = []
    with hub.house._ledger_for_now(group.log) as ledger:
        slow = threading.Thread(
            target=lambda: done.append(rebuild.rebuild(hasty, ledger, group, lambda _: time.sleep(1)).events)
        )
        with hub.as_owner() as other, other.transaction():
            other.execute("select ledger.lock()")
            slow.start()
            time.sleep(1)
        slow.join(timeout=30)

    assert len(done) == 1
    assert done[0] > 0
