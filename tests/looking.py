"""Looking behind the hub's back: what its log says, what its read models hold, and what it has set aside."""

from __future__ import annotations

from uuid import UUID

from psycopg import sql

from hub.events.base import Event
from hub.events.records import Record
from hub.store.database import Database
from hub.store.ledger import Ledger
from hub.update import Refusal, Update
from tests.fix_hub import TestHub


def take_in(hub: TestHub, *updates: Update | Refusal) -> list[str]:
    return [str(one.outcome) for one in hub.house.hub.intake.receive(updates).results]


def events_of(hub: TestHub) -> list[Event | None]:
    database, keyring = Database(hub.addresses.service), hub.keyring()
    with database.transaction("hub_projector") as cursor:
        events = [one.event for one in Ledger(database, keyring).read(cursor, after=0)]
    keyring.close()
    database.close()
    return events


def rebuild(hub: TestHub) -> None:
    """Make the read models anew, whatever that changes in them, and keep nothing of how they were."""
    for name in ("facts", "chronology", "access-log"):
        hub.house.rebuild(name, lambda _: None, accept=True)
    for name in ("chronology", "access-log"):
        hub.house.tending.drop(name)


PERSON = {
    "read.entries": "person_record",
    "read.involvement": "person_record",
    "identity.links": "person_record",
    "identity.statements": "person_record",
    "identity.identifiers": "person_record",
    "intake.revisions": "person_record",
    "intake.heads": "stream",
}


def rows(hub: TestHub, *, but: UUID | None = None) -> dict[str, list[tuple[object, ...]]]:
    """The read models, row by row, those of one person left out."""
    every = sql.SQL("select t::text from {} t where {} is distinct from %s order by 1")
    with hub.as_owner() as connection:
        return {
            table: connection.execute(
                every.format(sql.Identifier(*table.split(".")), sql.Identifier(person)), [but]
            ).fetchall()
            for table, person in PERSON.items()
        }


def texts(hub: TestHub, person: UUID) -> list[tuple[str, ...]]:
    with hub.as_owner() as connection:
        return connection.execute(
            "select headline, detail, author from read.entries where person_record = %s order by 1, 2, 3",
            [person],
        ).fetchall()


def records(hub: TestHub) -> list[Record]:
    return [event for event in events_of(hub) if isinstance(event, Record)]


def parked(hub: TestHub) -> list[tuple[object, ...]]:
    """What waits in the chronology and in the facts; any other read model of the same log parks alike."""
    with hub.as_owner() as connection:
        return connection.execute(
            "select projection, position, stream, topic, reason from read.parked "
            "where projection in ('chronology', 'facts') order by projection, position"
        ).fetchall()
