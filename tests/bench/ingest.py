"""What it costs to take records in, by file and over HTTP, beside binary COPY of the very rows that it writes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import orjson
import psycopg

from hub.api.app import create
from hub.auth import AgencyClient
from hub.demo.issuer import DemoIssuer
from hub.people import Agency
from hub.receipt import Outcome, Submission
from hub.settings import Limits
from hub.update import Delivery
from hub.wiring import House
from tests.bench import asgi, loads
from tests.bench.figures import Machine, machine
from tests.bench.floors import Copied, Library, Row, Written, as_events, as_stored
from tests.bench.measure import Cost, Meter
from tests.bench.memory import Peak, peaks
from tests.bench.setting import ROOT, Started, settle, started

CENSUS = ROOT.parent / "shared" / "samples" / "school_census" / loads.ROLL
KNOWN = loads.CHILDREN // loads.BATCH
"""Bodies that are sent first, unmeasured: after these every child is known, as they are in use."""
LOADS = ("roll", "http")


@dataclass(frozen=True, slots=True)
class Amount:
    """How much is measured: rounds; rows of the roll (None: all); bodies a round; how much longer the long file is."""

    rounds: int = 5
    rows: int | None = None
    bodies: int = 30
    longer: int = 10


@dataclass(frozen=True, slots=True)
class Ingest:
    """What was measured. costs: of one record, by load and way, one a round. events: of one record, by load."""

    costs: Mapping[str, Mapping[str, list[Cost]]]
    events: Mapping[str, float]
    records: Mapping[str, int]
    peaks: Sequence[Peak]
    published: bool
    strays: int
    machine: Machine


@dataclass(slots=True)
class Round:
    """One load measured again and again: what takes it in, and how many records and events each time."""

    take: Callable[[int], Callable[[], int]]
    costs: dict[str, list[Cost]] = field(default_factory=dict)
    records: int = 0
    events: int = 0


def measure(amount: Amount) -> Ingest:
    """Take in both loads in turn, each followed by its floors, and then two files for their memory alone."""
    roll = loads.roll(CENSUS)
    roll = roll if amount.rows is None else roll.first(amount.rows)
    with started() as hub, asyncio.Runner() as runner:
        door, copied, library = _door(hub.house, runner), *_floors(hub)
        rounds = {"roll": Round(partial(_file, hub.house, roll)), "http": Round(partial(_http, door, amount.bodies))}
        door.send(loads.batches(0, KNOWN))
        written, meter = Written(hub.admin), Meter(hub.admin)
        for number in range(amount.rounds + 1):  # the first one warms up and is not counted
            for one in rounds.values():
                _once(one, number, meter, written, copied, library)
            settle(hub.admin)
        where, strays = machine(hub.admin, 0), copied.strays()
        found = peaks(hub.house.settings.data_dir, roll, amount.longer)
    return Ingest(
        {name: one.costs for name, one in rounds.items()},
        {name: one.events / one.records for name, one in rounds.items()},
        {name: one.records for name, one in rounds.items()},
        found,
        roll.published,
        strays,
        where,
    )


def _once(  # noqa: PLR0913, PLR0917 - one load, and everything it is held against
    one: Round, number: int, meter: Meter, written: Written, copied: Copied, library: Library
) -> None:
    take = one.take(number)
    records: list[int] = []
    whole = meter.cost(lambda _: records.append(take()), 1)
    rows = written.since()
    events, stored = as_events(rows), as_stored(rows)
    ways: dict[str, Callable[[int], None]] = {
        "copy": lambda _: copied.put(rows),
        "library": lambda _: library.save(events),
        "recorder": lambda _: library.append(stored),
    }
    found = {"hub": whole} | {name: meter.cost(way, 1) for name, way in ways.items()}
    if number:
        one.records, one.events = records[0], _count(rows)
        for name, cost in found.items():
            each = Cost(*(value / records[0] for value in (cost.process, cost.database, cost.elapsed)))
            one.costs.setdefault(name, []).append(each)


def _count(batches: Sequence[Sequence[Row]]) -> int:
    return sum(len(batch) for batch in batches)


def _file(house: House, roll: loads.Roll, number: int) -> Callable[[], int]:
    """The roll as `hub ingest` takes it, under new ids each time; what it does returns the number of records."""
    delivery = Delivery("school-census", loads.ROLL, roll.times(1, f"r{number}"))

    def take() -> int:
        submission = Submission("file", "hub", "hub ingest")
        receipt = house.hub.intake.receive(house.translate(delivery), submission=submission, whole=True)
        _all_accepted(receipt.counts(), len(roll.rows))
        return len(receipt.results)

    return take


def _http(door: asgi.Door, bodies: int, number: int) -> Callable[[], int]:
    """So many bodies of 100 events, one after another."""
    sent = loads.batches(KNOWN + number * bodies, bodies)

    def take() -> int:
        for answer in door.send(sent):
            _all_accepted(orjson.loads(answer), loads.BATCH)
        return bodies * loads.BATCH

    return take


def _all_accepted(counts: Mapping[str, int], expected: int) -> None:
    if counts[Outcome.ACCEPTED.value] != expected:
        raise RuntimeError(f"Intake accepted {counts[Outcome.ACCEPTED.value]} of {expected}: nothing can be measured.")


def _floors(hub: Started) -> tuple[Copied, Library]:
    connection = hub.stack.enter_context(psycopg.connect(hub.server.dsn("hub"), autocommit=True))
    library = Library(hub.server.dsn("hub"))
    hub.stack.callback(library.close)
    return Copied.on(connection), library


def _door(house: House, runner: asyncio.Runner) -> asgi.Door:
    """The whole service, as it is served, before a system that may send as fast as it can."""
    now = partial(datetime.now, UTC)
    issuer = DemoIssuer(Path(house.settings.data_dir, "keys"), house.directory.people())
    app = create(
        house.hub,
        issuer.verifier(now),
        sources=house.translate,
        demo=issuer,
        ready=house.ready,
        limits=Limits(client_rate=1_000_000),
    )
    client = AgencyClient("bench", Agency.SOCIAL_WORK, ("hub-cloudevents",))
    headers = {
        "Authorization": f"Bearer {issuer.client_token(client, now())}",
        "Content-Type": "application/cloudevents-batch+json",
    }
    return asgi.Door(app, "/v1/updates", headers, runner)
