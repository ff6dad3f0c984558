"""What was told to whom, and who looked when: the database lets out to a reader what is their own, and no more."""

from __future__ import annotations

from typing import LiteralString
from uuid import UUID

import pytest

from projections import known_when, second_line
from tests.fix_hub import TestHub
from tests.remade import remade
from tests.stories import now_of, read, settled

WHO: dict[str, LiteralString] = {
    "shown": "select distinct reader from read.shown order by reader",
    "looked": "select distinct reader from read.looked order by reader",
}
GUARDED: LiteralString = """
select c.relname, c.relrowsecurity, (select count(*) from pg_policy p where p.polrelid = c.oid)
  from pg_class c where c.relnamespace = 'read'::regnamespace and c.relkind = 'r' and c.relname like %s
"""


def two_read(hub: TestHub) -> UUID:
    child = settled(hub)
    for who in ("fiona", "morag"):
        read(hub, who, child)
    hub.house.catch_up()
    return child


def readers(hub: TestHub, table: str, who: str | None, child: UUID) -> list[str]:
    """Whose rows this person reaches, were every filter forgotten."""
    with hub.house._database.transaction("hub_reader") as cursor:
        if who is not None:
            second_line.about(cursor, hub.person(who), child)
        return [row[0] for row in cursor.execute(WHO[table]).fetchall()]


@pytest.mark.parametrize("table", WHO)
def test_a_reader_reaches_what_they_were_told_themselves_and_nobody_elses(hub: TestHub, table: str) -> None:
    child = two_read(hub)

    for _ in range(2):
        assert readers(hub, table, "fiona", child) == ["fiona"]
        assert readers(hub, table, "morag", child) == ["morag"]
        assert readers(hub, table, "shona", child) == []
        assert readers(hub, table, None, child) == []
        remade(hub, table)


@pytest.mark.parametrize("table", WHO)
def test_each_version_of_such_a_table_has_the_second_line(hub: TestHub, table: str) -> None:
    two_read(hub)
    before = guarded(hub, table)

    remade(hub, table)

    assert all(row[1] and row[2] for row in guarded(hub, table))
    assert len(guarded(hub, table)) > len(before)


def guarded(hub: TestHub, table: str) -> list[tuple[str, bool, int]]:
    with hub.as_owner() as owner:
        return owner.execute(GUARDED, [f"{table}%"]).fetchall()


def test_what_others_were_told_is_let_out_of_the_child_that_was_asked_about_alone(hub: TestHub) -> None:
    child, moment = two_read(hub), now_of(hub)
    with hub.as_owner() as owner:
        entries = [row[0] for row in owner.execute("select distinct entry from read.shown").fetchall()]

    def told(about: UUID) -> set[str]:
        with hub.house._database.transaction("hub_reader") as cursor:
            second_line.about(cursor, hub.person("eilidh"), about)
            return {one.reader for one in known_when.told(cursor, entries, moment)}

    assert told(child) == {"fiona", "morag"}
    assert told(UUID(int=7)) == set()
