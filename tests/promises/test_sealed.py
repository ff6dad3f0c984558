"""What agencies say of people is sealed, and gone for good with its key; nothing else goes with it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from uuid import UUID

import psycopg
import pytest

from hub.store.keyring import Erased
from tests.builders import an_update, somebody
from tests.canaries import IDENTIFIERS, NAMES, NUMBER, WORDS, canary, everywhere, found, refused, stored
from tests.fix_hub import TestHub
from tests.looking import events_of, rebuild, records, rows, take_in, texts


def test_no_word_of_a_record_is_in_the_logs_or_beside_the_keys_before_or_after_projection(hub: TestHub) -> None:
    outcomes = take_in(hub, canary(), canary(headline="canaryheadline again"), refused(), canary(code="no.such.code"))
    canaries = (*IDENTIFIERS, *NAMES, *WORDS)

    with hub.as_owner() as connection, psycopg.connect(hub.addresses.owner_keys) as keys:
        before = found(connection, canaries, "ledger", "access", "intake")
        hub.house.catch_up()
        reader, child = hub.person("dr-anwar"), hub.only_child()
        hub.house.hub.disclosure.find(reader, system="nhs-number", value=NUMBER)
        shown = hub.house.hub.disclosure.chronology(reader, child, purpose="child-plan", basis="public-task")
        after = found(connection, canaries, "ledger", "access", "intake")
        beside = found(keys, canaries, *everywhere(keys))
        searched = {table for table, _ in stored(connection, "ledger", "access", "intake")}

    assert outcomes == ["accepted", "conflict", "quarantined", "quarantined"]
    assert "canaryheadline" in str(shown)  # they went in, and come out by the gate alone
    assert (before, after, beside) == (set(), set(), set())
    assert {"ledger.events", "ledger.originals", "access.events", "intake.quarantine", "intake.revisions"} <= searched


def test_the_search_finds_what_is_there(hub: TestHub) -> None:
    take_in(hub, canary())
    hub.house.catch_up()

    with hub.as_owner() as connection:
        assert ("read.entries", "canaryheadline") in found(connection, WORDS, "read")
        connection.execute("create table public.leak as select convert_to('.9990000018..', 'UTF8') as a")
        connection.execute(
            "create table public.leak64 as select encode(convert_to('.9990000018..', 'UTF8'), 'base64') as a"
        )
        assert found(connection, (NUMBER,), "public") == {("public.leak", NUMBER), ("public.leak64", NUMBER)}


def test_outside_numbers_are_in_clear_nowhere_in_the_hubs_database(hub: TestHub) -> None:
    take_in(hub, canary(), canary("canaryrecord-2", version="2"), canary(headline="other"), refused())
    hub.house.catch_up()

    with hub.as_owner() as connection:
        assert found(connection, IDENTIFIERS, *everywhere(connection)) == set()


def test_what_waits_keeps_its_files_name_sealed_with_the_bytes(hub: TestHub) -> None:
    take_in(hub, canary(), canary(headline="other"), refused(), replace(refused(), original=b"no file", delivery=""))

    with hub.as_owner() as connection, closing(hub.keyring()) as keyring:
        rows = connection.execute("select id, sealed, sealed_name from intake.quarantine order by received_at")
        held = [(holder, bytes(sealed), name and bytes(name)) for holder, sealed, name in rows]
        keyring.load([holder for holder, _, _ in held], create=False)
        bare = {keyring.open(holder, sealed, holder.bytes): (holder, name) for holder, sealed, name in held}

        holder, name = bare[b"<canaryrefused"]
        assert keyring.open(holder, name or b"", holder.bytes + b"|name") == b"canaryfile.xml"
        assert sum(name is None for _, name in bare.values()) == 1
        assert len(held) == 3
        destroy(hub, holder)
        keyring.load([holder], create=False)
        with pytest.raises(Erased):
            keyring.open(holder, name or b"", holder.bytes + b"|name")


# Destroying a key


def destroy(hub: TestHub, holder: UUID) -> None:
    with psycopg.connect(hub.addresses.owner_keys) as keys:
        assert keys.execute("delete from keys where holder = %s", [holder]).rowcount == 1


def test_with_a_persons_key_their_words_are_gone_and_everybody_elses_stay(hub: TestHub) -> None:
    finn = somebody("finn", "9990000026", "Reid", "Finn", "2021-01-01")
    take_in(hub, canary(), canary("canaryrecord-2", version="2"), an_update("f1", person=finn))
    hub.house.catch_up()
    isla = records(hub)[0].person_record
    before = rows(hub, but=isla)

    destroy(hub, isla)
    rebuild(hub)

    with hub.as_owner() as connection:
        assert found(connection, (*IDENTIFIERS, *NAMES), *everywhere(connection)) == set()
        assert found(connection, WORDS, *everywhere(connection)) == {("read.entries", "canarythird")}
        assert connection.execute("select count(*) from read.parked").fetchone() == (0,)
    assert all(event is not None for event in events_of(hub))
    assert [(text[0], text[2]) for text in texts(hub, isla)] == [("", "")] * 2
    assert rows(hub, but=isla) == before
    assert len(rows(hub)["intake.revisions"]) == 3


def test_the_next_reading_after_a_key_is_destroyed_needs_no_restart(hub: TestHub) -> None:
    take_in(hub, canary())
    hub.house.catch_up()
    (record,) = records(hub)

    destroy(hub, record.person_record)

    (after,) = records(hub)
    assert (record.headline, after.headline, after.source_record_id) == ("canaryheadline", "", "")
    assert after.code == record.code


def test_with_a_third_persons_key_only_their_part_is_gone(hub: TestHub) -> None:
    take_in(hub, canary(), canary("canaryrecord-2", third_persons=()))
    hub.house.catch_up()
    record = records(hub)[0]
    before = texts(hub, record.person_record)

    destroy(hub, record.third_parts[0].holder)
    rebuild(hub)

    after = texts(hub, record.person_record)
    assert sorted(before) == sorted(
        [
            ("canaryheadline", "canarydetail\n[mother] canarythird", "canaryauthor, GP"),
            ("canaryheadline", "canarydetail", "canaryauthor, GP"),
        ]
    )
    assert after == [("canaryheadline", "canarydetail", "canaryauthor, GP")] * 2
    with hub.as_owner() as connection:
        assert found(connection, ("canarythird", "canarymum"), *everywhere(connection)) == set()
