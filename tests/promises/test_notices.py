"""Notices: one for each change that may be known, none that is sealed, none lost, and nothing in them but that."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from uuid import UUID

import orjson
import pytest

from adapters.kafka import Partition, Reader, Record, Writer, create_topics
from hub.brokers import Kafka
from hub.errors import BrokerUnavailable, Raced
from hub.intake.outbox import Waiting
from hub.receipt import Position
from hub.stream import opening
from hub.stream.relaying import Relay, message
from hub.stream.topics import NOTICES
from hub.update import Identifier, Occurred, Person, Precision, Sensitivity, Update
from hub.wiring import group_names
from tests.fix_hub import TestHub

ISLA = Person("p-1", (Identifier("nhs-number", "9990190313"),), "Lennox", ("Isla",), ("2019-03-14",))


def an_update(
    record: str, version: int = 1, *, person: Person = ISLA, sensitivity: Sensitivity = "ordinary", source: str = "nems"
) -> Update:
    return Update(
        source=source,
        record_id=record,
        version=str(version),
        order=f"{version:04}",
        action="assert",
        person=person,
        code="gp.observation",
        occurred=Occurred("2024-05-06", Precision.DAY),
        original=f"{record} {version}".encode(),
        media_type="text/plain",
        place="/",
        headline="Seen at home",
        sensitivity=sensitivity,
    )


@dataclass
class Out:
    """The topic of notices from now on."""

    hub: TestHub
    kafka: Kafka
    reader: Reader
    at: dict[Partition, int]
    said: list[str] = field(default_factory=list)

    def relay(self) -> Relay:
        return opening.relay(self.hub.house, self.kafka, self.said.append)

    def sent(self) -> list[tuple[dict[str, str], Record]]:
        """Everything that has arrived since, in the order of each partition."""
        ends = {one: span.end for one, span in self.reader.spans(self.at).items()}
        self.reader.begin(self.at)
        found: dict[Partition, list[Record]] = {one: [] for one in self.at}
        while any(at + len(found[one]) < ends[one] for one, at in self.at.items()):
            for one, records in self.reader.poll(5).items():
                found[one] += records
        return [(orjson.loads(one.value or b""), one) for records in found.values() for one in records]


@pytest.fixture
def out(hub: TestHub, kafka: str) -> Iterator[Out]:
    known = Kafka(kafka)
    create_topics(known, [NOTICES], partitions=3)
    with closing(Reader(known)) as reader:
        spans = reader.spans(reader.look([NOTICES]))
        yield Out(hub, known, reader, {one: span.end for one, span in spans.items()})


def drain(out: Out) -> int:
    return out.relay().run(threading.Event(), drain=True)


def notices(hub: TestHub) -> list[UUID]:
    with hub.as_owner() as owner:
        return [row[0] for row in owner.execute("select child from intake.outbox order by number")]


def restricted(person: Person) -> Person:
    return Person(person.local_id, person.identifiers, person.family, person.given, person.birth_dates, restricted=True)


def test_a_notice_says_that_a_childs_story_changed_and_nothing_else(out: Out) -> None:
    out.hub.house.hub.intake.receive([an_update("r-1")])

    assert drain(out) == 1
    ((said, record),) = out.sent()
    child = out.hub.only_child()
    assert said.keys() == {"specversion", "id", "source", "type", "subject", "time"}
    assert (said["specversion"], said["source"], said["type"]) == ("1.0", "chronology-hub", "hub.chronology.notice.v1")
    assert said["subject"] == str(child)
    assert len(said["time"]) == len("2026-11-01T12:00:00Z")
    assert [name for name, _ in record.headers] == ["content-type"]


def test_each_change_is_noticed_once_and_a_repetition_is_none(hub: TestHub) -> None:
    intake = hub.house.hub.intake
    intake.receive([an_update("r-1"), an_update("r-2")])
    intake.receive([an_update("r-1"), an_update("r-1", 2)])

    assert notices(hub) == [hub.only_child()] * 3


@pytest.mark.parametrize(
    "sensitivity", ["confidential-health", "sexual-health", "gender-based-violence", "criminal", "adoption",
                    "police-restricted", "restricted"]
)  # fmt: skip
def test_what_is_sealed_to_others_is_not_noticed(hub: TestHub, sensitivity: Sensitivity) -> None:
    hub.house.hub.intake.receive([an_update("r-1", sensitivity=sensitivity), an_update("r-2", sensitivity="concern")])

    assert len(notices(hub)) == 1


def test_nothing_is_noticed_of_a_child_whom_any_agency_has_marked_as_restricted(hub: TestHub) -> None:
    other = Person("s-1", ISLA.identifiers, ISLA.family, ISLA.given, ISLA.birth_dates)
    intake = hub.house.hub.intake

    intake.receive([an_update("r-1", person=restricted(ISLA))])
    intake.receive([an_update("a-1", person=other, source="gp-connect")])

    assert len(hub.children()) == 1
    assert notices(hub) == []


def test_a_notice_that_waits_is_withdrawn_when_the_child_becomes_restricted(out: Out) -> None:
    intake = out.hub.house.hub.intake
    intake.receive([an_update("r-1")])
    intake.receive([an_update("r-1", 2, person=restricted(ISLA))])

    assert drain(out) == 0
    assert out.sent() == []


def test_a_record_that_goes_to_another_child_is_noticed_for_both_children(hub: TestHub) -> None:
    unnamed = Person("p-9", (), "Lennox", ("Isla",), ("2019-03-14",))
    named = Person("p-9", ISLA.identifiers, "Lennox", ("Isla",), ("2019-03-14",))
    intake = hub.house.hub.intake
    intake.receive([an_update("r-1")])
    (isla,) = hub.children()
    intake.receive([an_update("a-1", person=unnamed, source="gp-connect")])
    (was,) = set(hub.children()) - {isla}
    before = len(notices(hub))

    intake.receive([an_update("a-1", person=named, source="gp-connect")])

    assert hub.only_child() == isla
    assert sorted(notices(hub)[before:]) == sorted([was, isla])


def test_a_sealed_record_that_goes_to_another_child_is_noticed_for_neither(hub: TestHub) -> None:
    unnamed = Person("p-9", (), "Lennox", ("Isla",), ("2019-03-14",))
    named = Person("p-9", ISLA.identifiers, "Lennox", ("Isla",), ("2019-03-14",))
    intake = hub.house.hub.intake
    intake.receive([an_update("r-1")])
    intake.receive([an_update("a-1", person=unnamed, source="gp-connect", sensitivity="sexual-health")])
    before = notices(hub)

    intake.receive([an_update("a-1", person=named, source="gp-connect", sensitivity="sexual-health")])

    assert len(hub.children()) == 1
    assert notices(hub) == before


def test_what_is_not_recorded_is_not_noticed(hub: TestHub) -> None:
    intake = hub.house.hub.intake
    intake.receive([], positions=[Position("t", 0, 0, 5)])

    with pytest.raises(Raced):
        intake.receive([an_update("r-1")], positions=[Position("t", 0, 3, 6)])

    assert notices(hub) == []


def test_a_rebuild_notices_nothing(hub: TestHub) -> None:
    hub.house.hub.intake.receive([an_update("r-1")])
    before = notices(hub)

    for name in group_names():
        assert hub.house.rebuild(name, lambda _count: None).swapped

    assert notices(hub) == before


def a_story(hub: TestHub, records: int) -> list[UUID]:
    """Many changes of a few children; the ids of their notices, in order."""
    people = [Person(f"p-{n}", (), f"Kin{n}", ("Una",), ("2018-01-02",)) for n in range(5)]
    for start in range(0, records, 50):
        updates = [an_update(f"r-{n}", person=people[n % 5]) for n in range(start, start + 50)]
        hub.house.hub.intake.receive(updates)
    with hub.as_owner() as owner:
        return [row[0] for row in owner.execute("select id from intake.outbox order by number")]


def first_times(out: Out) -> dict[str, list[str]]:
    """For each child, the ids of its notices in the order in which each came for the first time."""
    found: dict[str, dict[str, None]] = {}
    for said, _ in out.sent():
        found.setdefault(said["subject"], {})[said["id"]] = None
    return {child: list(ids) for child, ids in found.items()}


def expected(hub: TestHub) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    with hub.as_owner() as owner:
        for child, identity in owner.execute("select child, id from intake.outbox order by number"):
            found.setdefault(str(child), []).append(str(identity))
    return found


class Failing:
    """The real writer, whose process dies at chosen moments: before a batch, in the midst of it, or after it."""

    def __init__(self, kafka: Kafka, plan: list[str]) -> None:
        self._writer, self._plan = Writer(kafka), plan

    def write(self, topic: str, records: Sequence[tuple[bytes, Sequence[tuple[str, bytes]], bytes]]) -> None:
        fate = self._plan.pop(0) if self._plan else "well"
        part = {"before": 0, "midst": len(records) // 2}.get(fate, len(records))
        self._writer.write(topic, records[:part])
        if fate != "well":
            raise BrokerUnavailable("The relay died.")

    def close(self) -> None:
        self._writer.close()


def test_every_notice_arrives_in_order_for_each_child_however_often_the_relay_fails(
    out: Out, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.stream.relaying.MOST", 40)
    monkeypatch.setattr("hub.stream.relaying.WAIT_SECONDS", 0.01)
    ids = a_story(out.hub, 400)
    plan = ["well", "midst", "after", "before", "well", "after", "midst", "midst"]
    relay = out.relay()
    relay.writer = lambda: Failing(out.kafka, plan)  # type: ignore[assignment,return-value]  # a writer that fails

    relay.run(threading.Event(), drain=True)

    assert first_times(out) == expected(out.hub)
    assert sum(map(len, expected(out.hub).values())) == len(ids) == 400
    assert len(out.sent()) > 400  # some came twice, under the same ids


def test_one_relay_works_at_a_time(out: Out) -> None:
    a_story(out.hub, 100)
    stop = threading.Event()

    with out.hub.house.turn("hub_projector", "relay", lambda: False):
        second = threading.Thread(target=out.relay().run, args=[stop])
        second.start()
        second.join(timeout=0.5)
        assert second.is_alive()
        assert out.sent() == []
        stop.set()
        second.join()

    assert drain(out) == 100
    assert drain(out) == 0


def test_no_number_by_which_hidden_entries_could_be_counted_leaves_the_hub(out: Out) -> None:
    a_story(out.hub, 50)
    drain(out)

    with out.hub.as_owner() as owner:
        positions = {str(row[0]) for row in owner.execute("select position from ledger.events")}
    for said, _ in out.sent():
        assert not positions & set(said.values())
        assert UUID(said["id"]).version == 4


def test_the_message_is_the_same_each_time_it_is_made(hub: TestHub) -> None:
    hub.house.hub.intake.receive([an_update("r-1")])
    with hub.house.turn("hub_projector", "relay", lambda: False) as connection:
        assert connection is not None
        (one,) = Waiting(connection).next(10)
        (again,) = Waiting(connection).next(10)

    assert message(one) == message(again)
