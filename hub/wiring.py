"""Everything is assembled here, once: the databases, the ledger, intake, the gate, and what runs beside them."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import LiteralString

import psycopg
from psycopg import sql

from adapters import sources
from adapters.cloudevents.again import again
from adapters.sending import Sender, of_sender
from adapters.timely import timely
from consent.activation import activate
from consent.disclosure import Gate, Means
from consent.oversight import Governance
from consent.policy import Policy
from hub import directory
from hub.audit.clients import Clients, check
from hub.audit.refusals import Refusals
from hub.audit.trail import Trail
from hub.errors import HubError
from hub.intake import rereading
from hub.intake.intake import Intake
from hub.intake.outbox import Outbox
from hub.intake.quarantine import ToRetry
from hub.people import Agency
from hub.receipt import Receipt, Result
from hub.settings import Settings
from hub.store import embedded, migrate
from hub.store.database import Connection, Cursor, Database
from hub.store.keyring import Keyring, opening_key
from hub.store.ledger import Ledger
from hub.store.recorder import ACCESS, LEDGER
from hub.store.turns import turn
from hub.update import Delivery, Translated
from projections import involvement, rebuild, runner, sharing
from projections.runner import Runner

SERVICE = "hub_service"
OWNER = "hub_owner"


@dataclass(frozen=True, slots=True)
class Hub:
    """What every door is handed: the way in, the way out, and the account of it. Nothing that could go round them."""

    intake: Intake
    disclosure: Gate
    governance: Governance
    clients: Clients


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the databases are: the service's login, its key database, and the owner's for migrations."""

    service: str
    keys: str
    owner: str = ""
    owner_keys: str = ""


@dataclass(slots=True)
class House:
    """The assembled hub and what must be closed after it."""

    settings: Settings
    hub: Hub
    directory: directory.Directory
    policy: Policy
    _database: Database
    _ledgers: dict[str, Ledger]
    _keyrings: list[Keyring]
    _running: embedded.Running | None
    _now: Callable[[], datetime]
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def translate(self, delivery: Delivery) -> Iterable[Translated]:
        """Bytes of a source to updates and refusals, within the limits of the settings, and none ahead of its time."""
        limits = {"record_limit": self.settings.record_limit, "file_limit": self.settings.file_limit}
        return timely(sources.translate(delivery, **limits), self._now().date())

    def translate_again(self, kept: Delivery, waiting: ToRetry) -> Iterable[Translated]:
        """The same of what the quarantine kept, perhaps the envelope that a record came in; its sender stays bound."""
        found = again(kept, waiting.media_type, self.translate)
        return of_sender(found, kept.source, self._sender(waiting.sender, waiting.agency))

    def _sender(self, owner: str, agency: str) -> Sender:
        """What an organisation's systems may say today."""
        clients = [one for one in self.directory.clients() if owner and one.organisation == owner]
        systems = {system for one in clients for system in one.systems}
        others = {other for one in clients for other in one.others}
        organisations = (owner, *sorted(others)) if owner else ()
        return Sender(owner, agency, tuple(sorted(systems)), organisations)

    def catch_up(self) -> None:
        """Bring every followed read model to the end of its log."""
        for one in rebuild.FOLLOWED:
            with self._ledger_for_now(one.log) as ledger:
                Runner(self._database, ledger, one).catch_up()

    def follow(self) -> None:
        """Follow the logs in the background until closed, and start the embedded database again should it die."""
        for one in rebuild.FOLLOWED:
            follower = Runner(self._database, self._another_ledger(one.log), one)
            thread = threading.Thread(target=follower.follow, args=[self._stop], daemon=True, name="projection")
            thread.start()
            self._threads.append(thread)
        settler = threading.Thread(
            target=self.hub.clients.settle_until, args=[self._stop], daemon=True, name="refusals"
        )
        settler.start()
        self._threads.append(settler)
        if self._running is not None:
            keeper = threading.Thread(target=self._running.keep_up, args=[self._stop], daemon=True, name="database")
            keeper.start()
            self._threads.append(keeper)

    def status(self) -> list[runner.Status]:
        """How far each read model is."""
        return runner.status(self._database, self._ledgers, rebuild.FOLLOWED)

    def rebuild(self, name: str, progress: Callable[[int], None]) -> int:
        """Rebuild one group of read models from its log; the number of events gone through."""
        group = next(group for group in rebuild.GROUPS if group.name == name)
        with self._ledger_for_now(group.log) as ledger:
            return rebuild.rebuild(self._database, ledger, group, progress)

    def reread(self, source: str) -> Receipt:
        """Read every stored record of a source again by today's mapping; where it differs, that is a revision."""
        known = sources.source(source)
        results: list[Result] = []
        with self._ledger_for_now(LEDGER) as ledger:
            for delivery, record in rereading.deliveries(self._database, ledger, source, known.mapping):
                sender = self._sender(record.sender, record.agency if known.agency is None else "")
                found = of_sender(self.translate(delivery), source, sender)
                results += self.hub.intake.receive(found).results
        return Receipt(source, tuple(results))

    def ready(self) -> bool:
        """Whether the database answers."""
        try:
            with self._database.transaction("hub_reader") as cursor:
                cursor.execute("select 1")
        except HubError:
            return False
        return True

    def turn(self, role: str, name: str, stopped: Callable[[], bool]) -> AbstractContextManager[Connection | None]:
        """Wait until no other process does what is called so; None where told to stop meanwhile."""
        return turn(self._database, role, name, stopped)

    def close(self) -> None:
        """Stop following, close every connection, and leave the embedded database."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=5)
        self.hub.clients.settle()
        self._database.close()
        for keyring in self._keyrings:
            keyring.close()
        if self._running is not None:
            self._running.stop()

    def _another_ledger(self, log: LiteralString) -> Ledger:
        # A ledger of its own for each: keys are loaded per batch and not shared between threads.
        keyring = self._keyrings[0].another()
        self._keyrings.append(keyring)
        return Ledger(self._database, keyring, log)

    @contextmanager
    def _ledger_for_now(self, log: LiteralString) -> Iterator[Ledger]:
        with closing(self._keyrings[0].another()) as keyring:
            yield Ledger(self._database, keyring, log)


def group_names() -> tuple[str, ...]:
    """The read models that can be rebuilt, by name."""
    return tuple(group.name for group in rebuild.GROUPS)


def source_names() -> tuple[str, ...]:
    """The sources that can be read."""
    return sources.names()


def described_sources() -> list[tuple[str, str, str]]:
    """Each source's name, the kind of agency it brings records of, and what is to be known of it."""
    known = [sources.source(name) for name in sources.names()]
    return [(one.name, one.agency.label if one.agency else "Any agency", one.note) for one in known]


def agency_of(source: str) -> Agency | None:
    """The kind of agency whose entries a source brings, None where each record says; BadInput for an unknown source."""
    return sources.agency_of(source)


def _agency_named(source: str) -> str:
    return sources.agency_of(source) or ""


def migrate_databases(addresses: Addresses) -> list[str]:
    """Make roles and bring both databases up to date, as the owner; the names of what was applied."""
    migrate.prepare_roles(addresses.owner, migrate.service_of(addresses.service))
    return [*migrate.migrate(addresses.owner, "hub"), *migrate.migrate(addresses.owner_keys, "keys")]


def reset(settings: Settings) -> None:
    """Throw away the embedded database and the keys: only ever the demo's own."""
    embedded.erase(settings.data_dir / "postgres")
    for folder in ("postgres", "keys"):
        shutil.rmtree(settings.data_dir / folder, ignore_errors=True)


def build(settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> House:
    """Assemble the hub. Starts the embedded PostgreSQL where no address was given.

    Raises HalfConfigured, PolicyRefused or StoreUnavailable: the hub does not start half.
    """
    policy = activate(settings.policies, settings.data_dir / "proven.json")
    known = directory.load(settings.directory)
    check(known, {name: agency_of(name) for name in source_names()})
    running = embedded.start(settings.data_dir / "postgres") if settings.embedded else None
    try:
        addresses = _addresses(settings, running)
        if running is not None:
            _bootstrap(running)
            migrate_databases(addresses)
        migrate.check_service(addresses.service, addresses.keys)
        kek = _kek(settings, addresses)
        return assemble(settings, addresses, kek, policy, known, now, running)
    except BaseException:
        if running is not None:
            running.stop()
        raise


def assemble(  # noqa: PLR0913, PLR0917 - everything a hub is put together from, named at the one place that does it
    settings: Settings,
    addresses: Addresses,
    kek: bytes,
    policy: Policy,
    known: directory.Directory,
    now: Callable[[], datetime],
    running: embedded.Running | None = None,
) -> House:
    """Put the rooms together over databases that are there and migrated."""
    database = Database(addresses.service)
    rebuild.create(database)
    keyring = Keyring(addresses.keys, kek)
    access_keys = Keyring(addresses.keys, kek)
    ledger = Ledger(database, keyring, LEDGER, "hub_writer")
    access = Ledger(database, access_keys, ACCESS, "hub_reader")
    trail = Trail(access)
    write: Callable[[], AbstractContextManager[Cursor]] = partial(database.transaction, "hub_writer")
    facts = (involvement.apply, sharing.apply, Outbox(keyring.digest).apply)
    intake = Intake(ledger, write, facts, _agency_named, sources.without_secrets)
    means = Means(
        policy=lambda: policy,
        reading=partial(database.transaction, "hub_reader", snapshot=True),
        looking=partial(database.transaction, "hub_reader"),
        trail=trail,
        now=now,
        agreement=known.agreement,
        digest=intake.find_child_digest,
        consents=intake.consent,
    )
    governance = Governance(partial(database.transaction, "hub_auditor"), trail)
    recording = partial(database.transaction, "hub_reader")
    clients = Clients(settings.directory, recording, Refusals(recording, trail, now), now)
    hub = Hub(intake, Gate(means), governance, clients)
    return House(
        settings,
        hub,
        known,
        policy,
        database,
        {"ledger": ledger, "access": access},
        [keyring, access_keys],
        running,
        now,
    )


def _kek(settings: Settings, addresses: Addresses) -> bytes:
    folder = settings.data_dir / "keys"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # also one that an earlier release made
    return opening_key(settings.kek_file or folder / "kek", addresses.keys)


def _addresses(settings: Settings, running: embedded.Running | None) -> Addresses:
    if running is None:
        return Addresses(settings.database_url, settings.keys_url, settings.owner_url)
    return Addresses(
        running.dsn("hub", SERVICE),
        running.dsn("hub_keys", SERVICE),
        running.dsn("hub", OWNER),
        running.dsn("hub_keys", OWNER),
    )


def _bootstrap(running: embedded.Running) -> None:
    """The embedded server's owner and its two databases, where they do not exist yet."""
    with psycopg.connect(running.dsn(), autocommit=True) as connection:
        connection.execute("select pg_advisory_lock(7341000)")
        if not connection.execute("select 1 from pg_roles where rolname = %s", [OWNER]).fetchone():
            connection.execute(sql.SQL("create role {} login createrole").format(sql.Identifier(OWNER)))
        for name in ("hub", "hub_keys"):
            if not connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone():
                connection.execute(
                    sql.SQL("create database {} owner {}").format(sql.Identifier(name), sql.Identifier(OWNER))
                )
