"""Read models as products: made anew beside the one in use, compared, exchanged, and gone back to."""

from __future__ import annotations

import threading
import time
from typing import LiteralString

import pytest

from hub.api.shapes import disclosure_to_json
from hub.errors import BadInput, Busy, HubError
from projections import rebuild
from projections.remaking import Remade
from tests.fix_hub import TestHub
from tests.following import until
from tests.remade import COUNT, change, others, remade, rows, standing
from tests.stories import read, settled, take, told

# Making anew


def test_the_new_version_takes_the_place_of_the_old_which_is_kept(hub: TestHub) -> None:
    child = settled(hub)
    before, whole = rows(hub), disclosure_to_json(read(hub, "morag", child))

    done = remade(hub)

    assert (done.swapped, done.differences) == (True, ())
    assert (standing(hub).version, others(hub)) == (2, [(1, "kept")])
    assert rows(hub) == before
    assert rows(hub, "select e::text from read.entries_v1 e order by 1") == before
    assert disclosure_to_json(read(hub, "morag", child)) == whole
    take(hub, [told("gp", "later")])
    assert len(rows(hub)) == len(before) + 1


def test_only_one_earlier_version_is_kept(hub: TestHub) -> None:
    settled(hub)
    for _ in range(3):
        remade(hub)

    assert (standing(hub).version, others(hub)) == (4, [(3, "kept")])
    tables: LiteralString = "select tablename from pg_tables where schemaname = 'read' and tablename like 'entries%'"
    assert {row[0] for row in rows(hub, tables)} == {"entries", "entries_v3"}
    parked: LiteralString = "select projection from read.positions where projection like 'chronology%' order by 1"
    assert [row[0] for row in rows(hub, parked)] == ["chronology", "chronology@3"]


def test_somebody_who_began_to_read_before_it_is_waited_for(hub: TestHub) -> None:
    """Else they would find the new tables with nothing, or too little, in them as of the moment at which they began."""
    settled(hub)
    held = rows(hub, COUNT)
    done: list[Remade] = []
    exchanging = threading.Thread(target=lambda: done.append(remade(hub)))
    with hub.as_owner() as reader:
        reader.execute("begin isolation level repeatable read")
        reader.execute("select 1")
        take(hub, [told("gp", "later")])
        exchanging.start()
        assert not until(lambda: bool(done), 1.5)

        assert reader.execute(COUNT).fetchall() == held
        reader.execute("rollback")
    exchanging.join(timeout=30)

    assert [one.swapped for one in done] == [True]
    assert rows(hub, COUNT) == [(int(str(held[0][0])) + 1,)]


def test_the_follower_stands_still_only_for_the_exchange_and_then_goes_on_in_the_new_version(hub: TestHub) -> None:
    settled(hub)
    hub.house.follow()
    before = len(rows(hub))

    for n in range(4):
        take(hub, [told("gp", f"n{n}")])
        remade(hub)

    assert len(rows(hub)) == before + 4
    assert standing(hub).lag == 0


def test_where_a_reader_will_not_end_everything_stays_and_the_next_time_goes_on(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled(hub)
    monkeypatch.setattr("projections.swapping.PATIENCE", 0.2)
    with hub.as_owner() as reader:
        reader.execute("begin")
        reader.execute(COUNT)

        with pytest.raises(Busy):
            remade(hub)

    assert (standing(hub).version, others(hub)) == (1, [(2, "building")])
    assert remade(hub) == Remade(0)  # not one event had to be gone through again


WAITED_FOR: LiteralString = (
    "select count(*) from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() "
    "and l.mode = 'AccessExclusiveLock' and not l.granted"
)


def test_a_reader_who_asks_for_the_tables_the_other_way_round_is_never_ended_for_it(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each would wait for the other: the exchange gives way before the server ends either."""
    settled(hub)
    monkeypatch.setattr("projections.swapping._let_others_end", lambda *_: None)  # this reader came later
    done: list[Remade] = []
    exchanging = threading.Thread(target=lambda: done.append(remade(hub)))
    with hub.as_owner() as reader:
        reader.execute("begin")
        reader.execute(COUNT)
        exchanging.start()
        assert until(lambda: rows(hub, WAITED_FOR) != [(0,)], 10)
        began = time.monotonic()

        reader.execute("select count(*) from read.decision_keys")

        assert time.monotonic() - began < 1
        reader.execute("commit")
    exchanging.join(timeout=30)

    assert [one.swapped for one in done] == [True]


def test_of_two_who_make_the_same_anew_at_once_one_is_told_to_wait(hub: TestHub) -> None:
    settled(hub)
    before = rows(hub)
    done: list[Remade | HubError] = []
    begun = threading.Barrier(2)

    def one() -> None:
        begun.wait()
        try:
            done.append(hub.house.rebuild("chronology", lambda _: time.sleep(0.5)))
        except Busy as error:
            done.append(error)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert sorted(type(one).__name__ for one in done) == ["Busy", "Remade"]
    assert rows(hub) == before


def test_all_may_be_made_anew_at_once_each_by_somebody_else(hub: TestHub) -> None:
    child = settled(hub)
    read(hub, "morag", child)
    hub.house.catch_up()
    done: list[Remade] = []
    names = ("chronology", "access-log", "shown", "decided")
    threads = [threading.Thread(target=lambda name=name: done.append(remade(hub, name))) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)

    assert [(one.swapped, one.differences) for one in done] == [(True, ())] * len(names)


# Comparing


def test_a_planted_difference_is_found_told_without_content_and_nothing_is_exchanged(hub: TestHub) -> None:
    settled(hub)
    whole = rows(hub)
    change(
        hub,
        "update read.entries set headline = 'planted' where headline = 'canary-concern-headline'",
        "delete from read.entries where headline = 'canary-mother-headline'",
    )
    damaged = rows(hub)

    done = remade(hub)

    (found,) = done.differences
    assert (done.swapped, found.table, found.missing, found.added, found.changed) == (False, "read.entries", 0, 1, 1)
    assert len(found.examples) == 2
    assert not any(word in str(done) for word in ("planted", "canary"))
    assert rows(hub) == damaged
    assert others(hub) == [(2, "building")]

    assert remade(hub, accept=True).swapped
    assert rows(hub) == whole


def test_what_was_begun_and_not_put_in_use_can_be_thrown_away(hub: TestHub) -> None:
    settled(hub)
    change(hub, "update read.entries set headline = 'planted'")
    assert not remade(hub).swapped

    assert hub.house.tending.drop("chronology") == (2,)

    assert others(hub) == []
    assert rows(hub, "select to_regclass('read.entries_v2')") == [(None,)]
    assert rows(hub, "select distinct headline from read.entries") == [("planted",)]


# Going back


def test_going_back_brings_the_earlier_version_up_to_date_first(hub: TestHub) -> None:
    child = settled(hub)
    remade(hub)
    take(hub, [told("gp", "later"), told("gp", "ordinary", version="2", order="2026", headline="newer")])
    before, whole = rows(hub), disclosure_to_json(read(hub, "morag", child))

    done = hub.house.tending.roll_back("chronology", lambda _: None)

    assert done.swapped
    assert done.events > 0
    assert (standing(hub).version, others(hub)) == (1, [(2, "kept")])
    assert rows(hub) == before
    assert disclosure_to_json(read(hub, "morag", child)) == whole
    assert remade(hub).swapped


def test_where_nothing_is_kept_there_is_no_going_back(hub: TestHub) -> None:
    settled(hub)
    remade(hub)
    assert hub.house.tending.drop("chronology") == (1,)

    with pytest.raises(BadInput):
        hub.house.tending.roll_back("chronology", lambda _: None)
    with pytest.raises(BadInput):
        hub.house.tending.roll_back("facts", lambda _: None)


# What another release made


def test_the_tables_of_the_last_release_are_taken_over_served_and_can_be_made_anew(hub: TestHub) -> None:
    child = settled(hub)
    whole, before = disclosure_to_json(read(hub, "morag", child)), rows(hub)
    change(
        hub,
        "drop table read.versions",
        "alter table read.entries drop column marks, drop column account, drop column cites",
        "drop table read.shown",
        "delete from read.positions where projection = 'shown'",
        "comment on schema read is 'the last release'",
    )

    rebuild.create(hub.house._database)

    assert disclosure_to_json(read(hub, "morag", child)) == whole
    assert len(rows(hub)) == len(before)
    assert (standing(hub).version, standing(hub).earlier_release) == (1, True)
    hub.house.catch_up()
    assert not standing(hub, "shown").earlier_release  # it is new, and filled by following
    assert remade(hub).swapped
    assert not standing(hub).earlier_release
    assert rows(hub) == before


def test_what_an_earlier_release_began_is_not_gone_on_with(hub: TestHub) -> None:
    settled(hub)
    change(hub, "update read.entries set headline = 'planted'")
    assert not remade(hub).swapped
    change(hub, "update read.versions set made_by = 'another release' where state = 'building'")

    done = remade(hub, accept=True)

    assert done.events > 0
    assert (standing(hub).version, others(hub)) == (2, [(1, "kept")])


def test_there_is_no_going_back_to_what_another_release_made(hub: TestHub) -> None:
    settled(hub)
    remade(hub)
    change(hub, "update read.versions set made_by = 'another release' where state = 'kept'")

    with pytest.raises(BadInput):
        hub.house.tending.roll_back("chronology", lambda _: None)

    assert standing(hub).version == 2
