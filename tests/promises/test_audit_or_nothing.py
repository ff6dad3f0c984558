"""Nothing is shown without a record of it: where the access log cannot be written, nobody sees anything."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from consent.decision import Disclosure, Explanation
from hub.audit.trail import Disclosed, Trail
from hub.errors import AuditUnavailable, BadInput, NothingToShow, NotPermitted, StoreUnavailable
from hub.people import Practitioner
from hub.store.database import Cursor
from tests.builders import an_update, works_with
from tests.fix_hub import TestHub

NUMBER = "9990000018"


def chronology(hub: TestHub, reader: Practitioner, child: UUID) -> Disclosure:
    return hub.house.hub.disclosure.chronology(reader, child, purpose="child-plan", basis="public-task")


def explain(hub: TestHub, reader: Practitioner, child: UUID, entry: UUID) -> Explanation:
    return hub.house.hub.disclosure.explain(reader, child, entry, purpose="child-plan", basis="public-task")


def prepared(hub: TestHub) -> tuple[Practitioner, UUID, UUID]:
    """A child whom the GP works with: the GP, the child, and one of the child's entries."""
    facts = (works_with("gp-practice", "Z99104"),)
    hub.house.hub.intake.receive([an_update(facts=facts), an_update("r2", headline="Rash")])
    hub.house.catch_up()
    reader, child = hub.person("dr-anwar"), hub.only_child()
    return reader, child, chronology(hub, reader, child).entries[0].entry


WAYS: dict[str, Callable[[TestHub, Practitioner, UUID, UUID], object]] = {
    "chronology": lambda hub, reader, child, _: chronology(hub, reader, child),
    "explain": explain,
    "find": lambda hub, reader, _, __: hub.house.hub.disclosure.find(reader, system="nhs-number", value=NUMBER),
    "children": lambda hub, reader, _, __: hub.house.hub.disclosure.children(reader),
    "readings": lambda hub, _, __, ___: hub.house.hub.governance.readings(hub.person("eilidh")),
}


def records(hub: TestHub) -> int:
    with hub.as_owner() as connection:
        row = connection.execute("select count(*) from access.events").fetchone()
        assert row is not None
        return int(row[0])


# The faults. Each is made as the database's owner, behind the hub's back.


@contextmanager
def not_allowed_to_append(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        connection.execute("revoke execute on all functions in schema access from hub_reader, hub_auditor")
        yield


def _trigger(connection: psycopg.Connection, body: str, when: str = "before insert on access.events") -> None:
    how = "constraint trigger" if "deferred" in when else "trigger"
    connection.execute(
        sql.SQL("create function access.fault() returns trigger language plpgsql as {}").format(sql.Literal(body))
    )
    connection.execute(f"create {how} fault {when} for each row execute function access.fault()".encode())


@contextmanager
def the_row_is_refused(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        _trigger(connection, "begin raise exception 'no room for %', new; end")
        yield


@contextmanager
def the_row_vanishes(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        _trigger(connection, "begin return null; end")
        yield


@contextmanager
def the_commit_is_refused(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        late = "after insert on access.events deferrable initially deferred"
        _trigger(connection, "begin raise exception 'too late for %', new; end", late)
        yield


@contextmanager
def the_connection_dies_at_the_record(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        _trigger(connection, "begin perform pg_terminate_backend(pg_backend_pid()); return new; end")
        yield


@contextmanager
def the_connection_dies_at_the_commit(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        late = "after insert on access.events deferrable initially deferred"
        _trigger(connection, "begin perform pg_terminate_backend(pg_backend_pid()); return new; end", late)
        yield


@contextmanager
def the_table_is_gone(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        connection.execute("alter table access.events rename to elsewhere")
        yield
        connection.execute("alter table access.elsewhere rename to events")


@contextmanager
def the_disk_is_full(hub: TestHub) -> Iterator[None]:
    with hub.as_owner() as connection:
        _trigger(connection, "begin raise exception 'full' using errcode = 'disk_full'; end")
        yield


FAULTS = [
    not_allowed_to_append,
    the_row_is_refused,
    the_row_vanishes,
    the_commit_is_refused,
    the_connection_dies_at_the_record,
    the_connection_dies_at_the_commit,
    the_table_is_gone,
    the_disk_is_full,
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: str(fault.__name__))
def test_nothing_is_shown_when_its_record_cannot_be_kept(
    hub: TestHub, fault: Callable[[TestHub], AbstractContextManager[None]]
) -> None:
    reader, child, entry = prepared(hub)
    before = records(hub)
    shown: list[tuple[str, object]] = []
    wrong: list[tuple[str, str]] = []

    with fault(hub):
        for name, way in WAYS.items():
            try:
                shown.append((name, way(hub, reader, child, entry)))
            except (AuditUnavailable, StoreUnavailable):
                pass
            except Exception as error:  # noqa: BLE001 - any other error may quote what must not be shown
                wrong.append((name, type(error).__name__))

    assert shown == []
    assert wrong == []
    assert records(hub) == before


@pytest.mark.parametrize("way", WAYS)
def test_nothing_is_shown_when_the_connection_is_cut_between_reading_and_recording(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    reader, child, entry = prepared(hub)
    before, record = records(hub), Trail.record

    def cut(trail: Trail, cursor: Cursor, reading: Disclosed) -> None:
        with hub.as_owner() as connection:
            connection.execute("select pg_terminate_backend(%s)", [cursor.connection.info.backend_pid])
        record(trail, cursor, reading)

    with monkeypatch.context() as patched:
        patched.setattr(Trail, "record", cut)
        with pytest.raises((AuditUnavailable, StoreUnavailable)):
            WAYS[way](hub, reader, child, entry)

    assert records(hub) == before
    WAYS[way](hub, reader, child, entry)  # and afterwards it is shown, and recorded, as ever
    assert records(hub) == before + 1


def test_every_way_of_showing_leaves_exactly_one_record(hub: TestHub) -> None:
    reader, child, entry = prepared(hub)

    counts = []
    for way in WAYS.values():
        before = records(hub)
        way(hub, reader, child, entry)
        counts.append(records(hub) - before)

    assert counts == [1] * len(WAYS)


def test_a_refusal_leaves_a_record_too(hub: TestHub) -> None:
    reader, child, _ = prepared(hub)
    stranger, before = hub.person("shona"), records(hub)
    gate, governance = hub.house.hub.disclosure, hub.house.hub.governance

    for who, which in ((reader, uuid4()), (stranger, child)):
        with pytest.raises(NothingToShow):
            chronology(hub, who, which)
        with pytest.raises(NothingToShow):
            explain(hub, who, which, uuid4())
    with pytest.raises(NotPermitted):
        governance.readings(stranger)
    assert gate.find(stranger, system="nhs-number", value=NUMBER) == ()
    assert gate.find(stranger, system="nhs-number", value="9990000026") == ()

    hub.house.catch_up()
    log = governance.readings(hub.person("eilidh"))
    assert records(hub) == before + 8
    assert sorted((one.action, one.outcome) for one in log[:7]) == [
        ("access-log", "refused"),
        ("chronology", "nothing-to-show"),
        ("chronology", "nothing-to-show"),
        ("explanation", "nothing-to-show"),
        ("explanation", "nothing-to-show"),
        ("search", "nothing-to-show"),
        ("search", "nothing-to-show"),
    ]


@pytest.mark.parametrize(("purpose", "basis"), [("curiosity", "public-task"), ("child-plan", "none")])
def test_a_question_that_cannot_be_asked_is_bad_input_and_needs_no_record(
    hub: TestHub, purpose: str, basis: str
) -> None:
    reader, child, _ = prepared(hub)
    before = records(hub)

    with pytest.raises(BadInput):
        hub.house.hub.disclosure.chronology(reader, child, purpose=purpose, basis=basis)

    assert records(hub) == before


def test_every_disclosure_made_by_eight_readers_at_once_is_on_record(hub: TestHub) -> None:
    reader, child, entry = prepared(hub)
    before = records(hub)

    def read(number: int) -> UUID:
        if number % 3:
            return chronology(hub, reader, child).reading
        return explain(hub, reader, child, entry).reading

    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(read, range(160)))

    with hub.as_owner() as connection:
        held = [row[0] for row in connection.execute("select originator_id from access.events order by position")]
    assert len(set(readings)) == 160
    assert set(held[before:]) == set(readings)
