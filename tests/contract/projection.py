"""What every read model keeps to: a new one is held to it by naming it in `test_projections.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import LiteralString

import pytest
from psycopg import sql

from consent.statements import TieSaid
from hub.errors import BadInput
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from hub.store.database import Cursor
from hub.store.ledger import Recorded
from projections.rebuild import Group
from tests.asking import every_step
from tests.builders import stage
from tests.drafts import put_in_force, reworded
from tests.editing import every_step_of_one
from tests.emergencies import from_opening_to_review
from tests.fix_hub import TestHub
from tests.stating import acknowledged, capacity, correction_noted, duty, safe_address, tie
from tests.stories import consent, entry_of, everyone, graded, read, recorded, stranger, take, told

PIECES = (1, 2, 3, 7)


def tell_everything(hub: TestHub, folder: Path) -> None:
    """Every kind of event there is."""
    take(hub, [*everyone(), *graded(), told("gp", "finn", person=stranger())])
    child = hub.children()[0]
    newer = {"version": "2", "order": "2026-01-01T00:00:00Z"}
    take(hub, [told("gp", "ordinary", **newer, headline="newer"), told("gp", "mother", **newer, action="retract")])
    take(
        hub,
        [
            told("gp", "ordinary", version="0", order="2020", headline="older"),
            told("sw", "p", facts=(stage("plan"),)),
        ],
    )
    take(hub, [told("gp", "bad-number", person=stranger("gp-bad", "1234567890"))])
    consent(hub, ConsentGiven, child)
    consent(hub, ConsentWithdrawn, child)
    put_in_force(hub, reworded(folder / "draft", "(another version)"))
    capacity(hub, child, "assessed-capable")
    duty(hub, child, "lead-professional", hub.person("fiona"))
    tie(hub, child, "family", "shona")
    safe_address(hub, child)
    from_opening_to_review(hub, child)
    every_step(hub, child)
    every_step_of_one(hub, child)
    read(hub, "morag", child)
    acknowledged(hub, child, entry_of(hub, child, "2020-02-01"))
    pair, morag = [entry_of(hub, child, day, "morag") for day in ("2020-02-01", "2020-03-01")], hub.person("morag")
    for said in (hub.house.hub.views.join, hub.house.hub.views.compare_anew, hub.house.hub.views.keep_apart):
        said(morag, child, pair)
    correction_noted(hub, child, entry_of(hub, child, "2020-02-01"))
    hub.house.hub.casework.record_tie(hub.person("rab"), child, TieSaid("rab", reason="A cousin."))
    hub.house.hub.governance.take_note(hub.person("eilidh"), recorded(hub)[-1].originator_id)
    hub.house.hub.disclosure.children(hub.person("callum"))
    hub.house.catch_up()


class ProjectionContract:
    """The promises. A subclass names the group of tables, and the event names that mean something to it.

    `told_hub`, a fixture of its module, is a hub that was told everything and that no test changes.
    """

    group: Group
    creates: tuple[LiteralString, ...] = ()
    meant: frozenset[str]
    of_a_child: bool = True
    """Whether its rows belong each to one child, and can be made anew for one alone."""

    def events(self, hub: TestHub) -> list[Recorded]:
        """The whole of the log that this group follows."""
        with _projector(hub) as cursor:
            return hub.house._ledgers[self.group.log].read(cursor, after=0)

    def made(self, hub: TestHub, pieces: Sequence[Sequence[Recorded]]) -> dict[str, list[str]]:
        """The group's tables, made from nothing out of these pieces, and rolled back again."""
        with _projector(hub) as cursor:
            for table in self.group.tables:
                cursor.execute(sql.SQL("delete from {}").format(sql.SQL(table)))
            for piece in pieces:
                for apply in self.group.apply:
                    apply(cursor, piece)
            return {table: _rows(cursor, table) for table in self.group.tables}

    def test_its_tables_exist(self, hub: TestHub) -> None:
        with _projector(hub) as cursor:
            for table in self.group.tables:
                assert cursor.execute("select to_regclass(%s) is not null", [table]).fetchone() == (True,)

    def test_every_event_that_means_something_is_in_the_log_of_this_test(self, told_hub: TestHub) -> None:
        assert self.meant <= {one.topic.partition(":")[0] for one in self.events(told_hub)}

    def test_making_its_tables_twice_changes_nothing(self, told_hub: TestHub) -> None:
        before = self.held(told_hub)

        with told_hub.house._database.transaction("hub_projector") as cursor:
            for create in self.creates:
                cursor.execute(create)

        assert self.held(told_hub) == before

    @pytest.mark.parametrize("size", PIECES)
    def test_events_taken_in_pieces_and_all_at_once_give_the_same_rows(self, told_hub: TestHub, size: int) -> None:
        events = self.events(told_hub)

        pieces = [events[start : start + size] for start in range(0, len(events), size)]

        assert self.made(told_hub, pieces) == self.made(told_hub, [events])

    def test_what_was_followed_is_what_is_made_anew_and_readers_reach_it_alike(self, told_hub: TestHub) -> None:
        held, defined = self.held(told_hub), self.defined(told_hub)
        assert self.made(told_hub, [self.events(told_hub)]) == held

        done = told_hub.house.rebuild(self.group.name, lambda _: None)

        assert (done.swapped, done.differences) == (True, ())
        assert self.held(told_hub) == held
        assert self.defined(told_hub) == defined

    def test_events_that_mean_nothing_to_it_pass_by(self, told_hub: TestHub) -> None:
        events = self.events(told_hub)
        foreign = [one for one in events if one.topic.partition(":")[0] not in self.meant]

        assert not any(self.made(told_hub, [foreign]).values())
        assert not any(self.made(told_hub, [[]]).values())
        meant = [one for one in events if one not in foreign]
        assert self.made(told_hub, [meant]) == self.made(told_hub, [events])

    def test_every_table_is_filled_and_one_child_is_repaired_alone(self, told_hub: TestHub) -> None:
        before = self.held(told_hub)
        assert [t for t, r in before.items() if not r] == []
        if not self.of_a_child:
            with pytest.raises(BadInput):
                told_hub.house.tending.repair(self.group.name, told_hub.children()[0])
            return

        done = [told_hub.house.tending.repair(self.group.name, child) for child in told_hub.children()]

        assert sum(one.events for one in done) > 0
        assert self.held(told_hub) == before

    def defined(self, hub: TestHub) -> dict[str, list[str]]:
        """How the group's tables are defined: columns, indexes, policies and who may do what."""
        with _projector(hub) as cursor:
            return {table: _definition(cursor, table) for table in self.group.tables}

    def held(self, hub: TestHub) -> dict[str, list[str]]:
        """The group's tables as they are."""
        with _projector(hub) as cursor:
            return {table: _rows(cursor, table) for table in self.group.tables}


@contextmanager
def _projector(hub: TestHub) -> Iterator[Cursor]:
    """The projector, in a transaction that is rolled back."""
    with hub.house._database.connect("hub_projector") as connection, connection.cursor() as cursor:
        cursor.execute("begin")
        yield cursor
        cursor.execute("rollback")


DEFINITION: LiteralString = """
select concat_ws(' ', 'column', attname, format_type(atttypid, atttypmod), attnotnull, attidentity)
  from pg_attribute where attrelid = %(t)s::regclass and attnum > 0 and not attisdropped
union all
select concat_ws(' ', 'index', indisunique, regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', ''))
  from pg_index where indrelid = %(t)s::regclass
union all
select concat_ws(' ', 'index by name', i.indexrelid::regclass) from pg_index i where i.indrelid = %(t)s::regclass
   and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
union all
select concat_ws(' ', 'constraint', contype, pg_get_constraintdef(oid)) from pg_constraint
 where conrelid = %(t)s::regclass
union all
select concat_ws(' ', 'policy', polname, polcmd, polroles::regrole[], pg_get_expr(polqual, polrelid)) from pg_policy
 where polrelid = %(t)s::regclass
union all
select concat_ws(' ', 'security', relrowsecurity, relforcerowsecurity, relacl) from pg_class where oid = %(t)s::regclass
union all
select concat_ws(' ', 'trigger', pg_get_triggerdef(oid)) from pg_trigger
 where tgrelid = %(t)s::regclass and not tgisinternal
order by 1
"""


def _definition(cursor: Cursor, table: str) -> list[str]:
    return [row[0] for row in cursor.execute(DEFINITION, {"t": table}).fetchall()]


def _rows(cursor: Cursor, table: str) -> list[str]:
    query = sql.SQL("select to_jsonb(t) from {} t").format(sql.SQL(table))
    return sorted(json.dumps(row[0], sort_keys=True) for row in cursor.execute(query))
