"""Whoever comes back to a chronology is told what was added or corrected since they last looked, and nothing else."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from consent.decision import Disclosure, Note
from consent.inbox_terms import Word
from hub.api.shapes import disclosure_to_json
from hub.errors import NothingToShow
from tests.fix_hub import TestHub
from tests.stories import entry_of, entry_on, everyone, now_of, on, read, settled, take, told

NEWER = {"version": "2", "order": "2026-01-01T00:00:00Z"}


def came(found: Disclosure) -> list[str]:
    """The days of the entries that are marked."""
    return sorted(one.when.start[:10] for one in found.entries if found.notes.get(one.entry, Note()).came)


def days(found: Disclosure) -> list[str]:
    return sorted(one.when.start[:10] for one in found.entries)


def come_back(hub: TestHub, hours: int = 1) -> datetime:
    """So long after what happened until now; the moment before."""
    hub.house.catch_up()
    then = now_of(hub)
    hub.clock.at = then + timedelta(hours=hours)
    return then


@pytest.fixture
def child(hub: TestHub) -> UUID:
    """Isla, whom morag and callum looked at an hour ago."""
    take(hub, everyone())
    hub.clock.at = now_of(hub)
    child = hub.only_child()
    first = read(hub, "morag", child)
    assert (first.last_looked, first.notes) == (None, {})
    read(hub, "callum", child)
    come_back(hub)
    return child


def test_what_was_added_or_corrected_since_is_marked_and_can_be_asked_for_alone(hub: TestHub, child: UUID) -> None:
    correction = {"code": "gp.registered", "occurred": on("2020-02-01"), "headline": "Put right"}
    take(hub, [told("gp", "new", occurred=on("2024-09-01")), told("gp", "joined", **correction, **NEWER)])

    found, alone = read(hub, "morag", child), read(hub, "morag", child, since_last=True)

    assert found.last_looked is not None
    assert found.last_looked < now_of(hub)
    assert came(found) == ["2020-02-01", "2024-09-01"]
    assert days(alone) == came(alone) == ["2020-02-01", "2024-09-01"]
    assert alone.last_looked == found.last_looked


def test_reading_on_in_one_sitting_is_one_look_and_coming_back_later_is_another(hub: TestHub, child: UUID) -> None:
    take(hub, [told("gp", "new", occurred=on("2024-09-01"))])
    hub.clock.at = now_of(hub) + timedelta(hours=1)
    first = read(hub, "morag", child)
    hub.house.catch_up()
    hub.clock.at = now_of(hub)
    again = read(hub, "morag", child)
    come_back(hub)
    later = read(hub, "morag", child)

    assert came(first) == ["2024-09-01"]
    assert (again.last_looked, again.notes) == (None, {}), "by the log all of it was one sitting"
    assert later.last_looked is not None
    assert came(later) == []


def test_a_look_an_hour_ago_and_one_now_are_two(hub: TestHub, child: UUID) -> None:
    hub.house.catch_up()
    with hub.as_owner() as connection:
        connection.execute("update read.looked set last = last - interval '2 hours'")
    take(hub, [told("gp", "new", occurred=on("2024-09-01"))])
    hub.clock.at = now_of(hub)
    first = read(hub, "morag", child)
    hub.house.catch_up()
    again = read(hub, "morag", child)

    assert came(first) == came(again) == days(first)
    assert first.last_looked == again.last_looked


def test_who_never_looked_is_told_so_and_given_all_of_it(hub: TestHub, child: UUID) -> None:
    found = read(hub, "fiona", child, since_last=True)

    assert (found.last_looked, found.notes) == (None, {})
    assert len(found.entries) == len(everyone())


def test_looks_of_how_it_was_known_once_and_of_other_children_are_no_look(hub: TestHub) -> None:
    child = settled(hub)
    hub.clock.at = now_of(hub)
    known_at = now_of(hub)
    for _ in range(2):
        assert read(hub, "morag", child, known_at=known_at).last_looked is None
    come_back(hub)

    assert read(hub, "morag", child).last_looked is None


def test_how_it_was_known_once_says_nothing_of_looking(hub: TestHub, child: UUID) -> None:
    then = come_back(hub)
    before = read(hub, "morag", child, known_at=then)
    take(hub, [told("gp", "new", occurred=on("2024-09-01"))])

    after = read(hub, "morag", child, known_at=then)

    assert (after.last_looked, after.notes) == (None, {})
    assert disclosure_to_json(after) == disclosure_to_json(before)


def test_of_what_is_only_summarised_no_more_than_the_day_is_told(hub: TestHub, child: UUID) -> None:
    found = read(hub, "callum", child)

    assert came(found) == ["2020-02-01", "2020-03-01", "2024-01-01"], "all of it came on the day of the last look"
    assert entry_on(found, "2024-08-15") is not None


def test_what_somebody_said_is_beside_the_entry_for_them_alone(hub: TestHub, child: UUID) -> None:
    entry = entry_of(hub, child, "2020-02-01", "morag")
    said = Word("acting", "A visit.", "2027-01-15")
    hub.house.catch_up()

    hub.house.hub.inbox.acknowledge(hub.person("morag"), child, entry, said)
    hub.house.catch_up()

    note = read(hub, "morag", child).notes[entry]
    assert (note.said, note.doing, note.due) == ("acting", "A visit.", "2027-01-15")
    assert entry not in read(hub, "fiona", child).notes


def test_who_has_nothing_to_do_with_the_child_is_told_nothing_of_looking(hub: TestHub, child: UUID) -> None:
    with pytest.raises(NothingToShow):
        read(hub, "shona", child, since_last=True)
