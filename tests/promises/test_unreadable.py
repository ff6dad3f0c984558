"""What cannot be read is set aside with its reason; it stops nobody, and is never taken for somebody else's words."""

from __future__ import annotations

from dataclasses import replace
from secrets import token_hex
from uuid import UUID, uuid4

from hub.store.mapper import SealingMapper
from projections.rebuild import FOLLOWED
from tests.canaries import canary
from tests.fix_hub import TestHub
from tests.looking import events_of, parked, rebuild, records, rows, take_in, texts


def put(hub: TestHub, *events: tuple[UUID, int, str, bytes]) -> list[int]:
    """Append, as the owner, what no hub would: any bytes under any name."""
    streams, versions, topics, states = (list(column) for column in zip(*events, strict=True))
    with hub.as_owner() as connection:
        rows = connection.execute(
            "select at_position from ledger.append(%b::uuid[], %b::bigint[], %b::text[], %b::bytea[])",
            [streams, versions, topics, states],
        ).fetchall()
    return [row[0] for row in rows]


def first(hub: TestHub, stream: UUID) -> tuple[str, bytes]:
    with hub.as_owner() as connection:
        row = connection.execute(
            "select topic, state from ledger.events where originator_id = %s and originator_version = 1",
            [stream],
        ).fetchone()
    assert row is not None
    return row


def test_a_sealed_text_moved_to_another_place_is_a_problem_and_nobody_elses_words(hub: TestHub) -> None:
    take_in(hub, canary(), canary("canaryrecord-2", headline="second"))
    hub.house.catch_up()
    one, two = records(hub)
    _, state = first(hub, one.originator_id)
    elsewhere = uuid4()

    moved = put(
        hub,
        (elsewhere, 1, "EntryRecorded:1", state),  # to another stream
        (two.originator_id, 2, "EntryRevised:1", state),  # to another version of another record
        (one.originator_id, 2, "EntryRecorded:1", state),  # to another version of the same record
        (uuid4(), 1, "EntryRevised:1", state),  # under another name
    )
    hub.house.catch_up()

    assert [(row[1], row[4]) for row in parked(hub)] == [
        (moved[0], "EntryRecorded:1 at version 1 cannot be read"),
        (moved[1], "EntryRevised:1 at version 2 cannot be read"),
        (moved[2], "EntryRecorded:1 at version 2 cannot be read"),
        (moved[3], "EntryRevised:1 at version 1 cannot be read"),
    ]
    assert [text[0] for text in texts(hub, one.person_record)] == ["canaryheadline", "second"]


def test_a_sealed_part_given_to_another_holder_is_a_problem(hub: TestHub) -> None:
    take_in(hub, canary())
    (record,) = records(hub)
    _, state = first(hub, record.originator_id)
    holder = str(record.third_parts[0].holder).encode()
    # The same record elsewhere, its third person's words claimed to be about somebody whose key is the child's.
    swapped = state.replace(holder, str(record.person_record).encode())

    put(hub, (uuid4(), 1, "EntryRecorded:1", swapped))

    assert events_of(hub)[-1] is None


BROKEN = (
    ("AbductionPlanned:1", b"{}"),
    ("EntryRecorded:2", b"{}"),
    ("EntryRecorded:0", b"{}"),
    ("EntryRecorded:one", b"{}"),
    ("EntryRecorded", b"{}"),
    ("os:system", b'"true"'),
    ("EntryRecorded:1", b'{"cut": '),
    ("EntryRecorded:1", b"\xff\x00"),
    ("EntryRecorded:1", b""),
    ("EntryRecorded:1", b"[]"),
    ("EntryRecorded:1", b"null"),
    ("EntryRecorded:1", b"{}"),
    ("EntryRecorded:1", b'{"sealed": 7, "third_parts": []}'),
    ("EntryRecorded:1", b'{"sealed": "%", "third_parts": [], "person_record": "x"}'),
    ("EntryRecorded:1", b'{"third_parts": 5}'),
    ("EntryRecorded:1", b'{"third_parts": [[]]}'),
    ("EntryRecorded:1", b'{"_type_": "uuid_hex", "_data_": "0"}'),
    ("PersonDetailsStated:1", b'{"sealed": [1]}'),
    ("PersonDetailsStated:1", b'{"sealed": null}'),
    ("ChildOpened:1", b"7"),
    ("ChildOpened:1", b'"text"'),
)


def test_what_cannot_be_read_is_parked_with_a_reason_and_everything_else_goes_on(hub: TestHub) -> None:
    streams = [uuid4() for _ in BROKEN]
    take_in(hub, canary())

    broken = put(hub, *((s, 1, topic, state) for s, (topic, state) in zip(streams, BROKEN, strict=True)))
    take_in(hub, canary("canaryrecord-2", headline="afterwards"))
    hub.house.catch_up()

    assert [(row[0], row[1], row[3]) for row in parked(hub)] == [
        ("chronology", position, topic) for position, (topic, _) in zip(broken, BROKEN, strict=True)
    ]
    assert all(row[4] for row in parked(hub))
    assert [text[0] for text in texts(hub, records(hub)[0].person_record)] == ["afterwards", "canaryheadline"]
    status = {one.name: (one.lag, one.parked) for one in hub.house.status()}
    of_the_ledger = {one.name for one in FOLLOWED if one.log == "ledger"}
    assert {status[name] for name in of_the_ledger} == {(0, len(BROKEN))}
    assert {status[name] for name in status.keys() - of_the_ledger} == {(0, 0)}


def test_a_value_beyond_the_databases_limits_is_parked_and_stops_nobody(hub: TestHub) -> None:
    take_in(hub, canary())
    (record,) = records(hub)
    endless = token_hex(9000)  # intake refuses it; a hub that once let it in must not stop for it
    strange = replace(record, originator_id=uuid4(), occurred=replace(record.occurred, start=endless))
    mapper = SealingMapper(hub.keyring())
    mapper.load([strange])
    stored = mapper.to_stored_event(strange)

    put(hub, (strange.originator_id, 1, stored.topic, stored.state))
    take_in(hub, canary("canaryrecord-2", headline="afterwards"))
    hub.house.catch_up()
    mapper.keyring.close()

    assert [row[4] for row in parked(hub)] == ["ProgramLimitExceeded in chronology"]
    assert [text[0] for text in texts(hub, record.person_record)] == ["afterwards", "canaryheadline"]


def test_later_events_of_a_parked_record_are_parked_and_earlier_ones_stay(hub: TestHub) -> None:
    take_in(hub, canary(), canary("canaryrecord-2", headline="another"))
    record = records(hub)[0]
    hub.house.catch_up()
    late = "an earlier event of its record is parked"

    put(hub, (record.originator_id, 2, "NoSuchName:1", b"{}"))
    hub.house.catch_up()
    put(hub, (record.originator_id, 3, *first(hub, record.originator_id)))
    good = put(hub, (record.originator_id, 4, "ChildOpened:1", b"{}"))
    hub.house.catch_up()

    assert [row[4] for row in parked(hub)] == ["NoSuchName:1 at version 2 cannot be read", late, late]
    assert parked(hub)[-1][1] == good[0]
    assert sorted(text[0] for text in texts(hub, record.person_record)) == ["another", "canaryheadline"]


def test_rebuilding_parks_what_live_parks_and_keeps_what_live_keeps(hub: TestHub) -> None:
    take_in(hub, canary(), canary("canaryrecord-2", headline="another"))
    record = records(hub)[0]
    put(hub, (record.originator_id, 2, "NoSuchName:1", b"{}"), (uuid4(), 1, "NoSuchName:1", b"{}"))
    take_in(hub, canary("canaryrecord-3", headline="third"))
    hub.house.catch_up()
    live, aside = rows(hub), [row[1:] for row in parked(hub)]

    rebuild(hub)

    assert rows(hub) == live
    assert {name: [row[1:] for row in parked(hub) if row[0] == name] for name in ("chronology", "facts")} == {
        "chronology": aside,
        "facts": aside,
    }
