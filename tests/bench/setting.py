"""A hub of its own to measure in: a PostgreSQL in a temporary folder, filled through intake like any other."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import psycopg

from hub import wiring
from hub.api.app import create
from hub.demo.issuer import DemoIssuer
from hub.receipt import Outcome
from hub.settings import Settings
from hub.store import embedded
from hub.store.database import Database
from tests.bench import asgi, town
from tests.bench.ways import Audited, Bare, PerEntry, Question

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything a measurement needs. `admin` sees all backends; `seconds` is what filling the hub took."""

    admin: psycopg.Connection
    floor: Bare
    audited: Audited
    naive: PerEntry
    http: asgi.Door
    http_floor: asgi.Door
    seconds: float


@dataclass(frozen=True, slots=True)
class Started:
    """A hub with nothing in it. `admin` sees all backends and is not counted; what else is opened, `stack` closes."""

    server: embedded.Running
    house: wiring.House
    admin: psycopg.Connection
    stack: ExitStack


@contextmanager
def started() -> Iterator[Started]:
    """A PostgreSQL of its own with a hub on it; everything is stopped and deleted afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    folder.chmod(0o711)  # PostgreSQL's own user must be able to enter it where we are root
    settings = Settings(
        data_dir=folder, policies=ROOT / "policies", directory=ROOT / "hub" / "demo" / "directory.toml", demo=True
    )
    try:
        with ExitStack() as stack:
            server = stack.enter_context(embedded.start(folder / "postgres"))
            house = wiring.build(settings)
            stack.callback(house.close)
            admin = stack.enter_context(psycopg.connect(server.dsn("hub"), autocommit=True))
            yield Started(server, house, admin, stack)
    finally:
        _forget(folder)


@contextmanager
def prepared(size: town.Size) -> Iterator[Setting]:
    """Start, fill and assemble what readings are measured in."""
    with started() as hub:
        seconds = filled(hub.house, size)
        settle(hub.admin)
        yield _setting(hub, seconds)


def filled(house: wiring.House, size: town.Size) -> float:
    """Take a town in through intake and bring the read models up to it; the seconds that took."""
    start = time.monotonic()
    receipt = house.hub.intake.receive(town.updates(size))
    accepted = sum(result.outcome is Outcome.ACCEPTED for result in receipt.results)
    if accepted != size.entries:
        raise RuntimeError(f"Intake accepted {accepted} of {size.entries} records, so nothing can be measured.")
    house.catch_up()
    return time.monotonic() - start


def settle(admin: psycopg.Connection) -> None:
    """What autovacuum and the checkpointer would do within minutes is done now, so that it disturbs no figure."""
    for statement in ("vacuum (analyze)", "checkpoint"):
        admin.execute(statement)


def _setting(hub: Started, seconds: float) -> Setting:
    server, house, admin, stack = hub.server, hub.house, hub.admin, hub.stack
    database = Database(server.dsn("hub", wiring.SERVICE))
    stack.callback(database.close)
    # Of what was not decided the database lets the reader's role see nothing, so floors ask as the tables' owner.
    connection = stack.enter_context(database.connect("hub_projector"))
    runner = stack.enter_context(asyncio.Runner())
    question = question_of(house, admin)
    floor = Bare(connection, question)
    bare = asgi.Door(asgi.bare(floor.read), "/floor", {}, runner)
    reading = partial(database.transaction, "hub_projector", snapshot=True)
    return Setting(
        admin,
        floor,
        Audited(house, question),
        PerEntry(house, reading, question),
        _door(house, question, runner),
        bare,
        seconds,
    )


def question_of(house: wiring.House, admin: psycopg.Connection) -> Question:
    """The one child is the one with the most entries; the keys that should be open are told by the town."""
    found = admin.execute(
        "select l.child from identity.links l join read.entries e using (person_record) where l.known_to = 'infinity' "
        "group by l.child order by count(*) desc limit 1"
    ).fetchone()
    if found is None:
        raise RuntimeError("The hub holds no child, so nothing can be measured.")
    wanted = {(kind.agency, kind.category, kind.sensitivity, kind.third) for kind in town.OPEN}
    keys = admin.execute("select number, agency, category, sensitivity, third_party from read.decision_keys").fetchall()
    opened = [int(number) for number, *key in keys if tuple(key) in wanted]
    return Question(house.directory.person(town.READER), found[0], opened, datetime.now(UTC))


def _door(house: wiring.House, question: Question, runner: asyncio.Runner) -> asgi.Door:
    """The whole service, as it is served; the token is verified at each reading."""
    now = partial(datetime.now, UTC)
    issuer = DemoIssuer(house.settings.data_dir / "keys", house.directory.people())
    app = create(house.hub, issuer.verifier(now), sources=house.translate, demo=None, ready=house.ready)
    asked = urlencode({"purpose": town.PURPOSE, "basis": town.BASIS, "limit": 500})
    token = {"Authorization": f"Bearer {issuer.token_for(question.reader, now())}"}
    return asgi.Door(app, f"/v1/children/{question.child}/chronology?{asked}", token, runner)


def _forget(folder: Path) -> None:
    embedded.erase(folder / "postgres")
    shutil.rmtree(folder, ignore_errors=True)
