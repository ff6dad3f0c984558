"""Building the house: databases brought up to date, the policy in force, and every room put together."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from functools import partial
from uuid import UUID

import psycopg
from psycopg import sql

from adapters import sources
from consent import edition_detail
from consent.approval import Room
from consent.auditing import Books
from consent.capacity import reviews_due
from consent.card import Card
from consent.casework import Casework
from consent.clock_data import read_reckoning
from consent.contributing import Contributions
from consent.disclosure import Gate
from consent.editions import Editions
from consent.emergency import Emergencies
from consent.facts import day_of
from consent.governing import Governing
from consent.inbox import Inbox
from consent.inbox_terms import read_terms
from consent.knowing import Knowing
from consent.means import Means
from consent.oversight import Governance
from consent.partnership import Partnership
from consent.policy import Policy
from consent.quality_room import Quality
from consent.quality_words import read_guide
from consent.sharing_decisions import SharingDecisions
from consent.versions import Policies
from consent.views import Views
from consent.who_sees_in_hub import WhoSees
from hub import directory
from hub.audit.clients import Clients, check
from hub.audit.refusals import Refusals
from hub.audit.trail import Trail
from hub.events.records import Record
from hub.intake.intake import Intake
from hub.intake.outbox import Outbox
from hub.settings import Settings
from hub.store import embedded, migrate
from hub.store.database import Cursor, Database
from hub.store.keyring import Keyring, opening_key
from hub.store.ledger import Ledger
from hub.store.recorder import ACCESS, LEDGER
from hub.wiring.house import OWNER, SERVICE, Addresses, House, Hub
from hub.wiring.sources import agency_of, source_names
from projections import (
    casework,
    circumstances,
    editions,
    emergencies,
    involvement,
    joined,
    partnership,
    rebuild,
    recalled,
    requests,
    sharing,
)
from projections import policies as policy_versions
from projections.readings import Readings


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
        return assemble(settings, addresses, kek, None, known, now, running)
    except BaseException:
        if running is not None:
            running.stop()
        raise


def assemble(  # noqa: PLR0913, PLR0917 - everything a hub is put together from, named at the one place that does it
    settings: Settings,
    addresses: Addresses,
    kek: bytes,
    first: Policy | None,
    known: directory.Directory,
    now: Callable[[], datetime],
    running: embedded.Running | None = None,
) -> House:
    """Put the rooms together over databases that are there and migrated.

    first: the version to begin with where none is in force, proven already; None: the folder of the settings.
    """
    database = Database(addresses.service)
    made = rebuild.create(database)
    keyring = Keyring(addresses.keys, kek)
    if made:
        _facts_of_the_log(database, keyring)
    access_keys = Keyring(addresses.keys, kek)
    ledger = Ledger(database, keyring, LEDGER, "hub_writer")
    access = Ledger(database, access_keys, ACCESS, "hub_reader")
    trail = Trail(access)
    write: Callable[[], AbstractContextManager[Cursor]] = partial(database.transaction, "hub_writer")
    facts = (
        involvement.apply,
        sharing.apply,
        circumstances.apply,
        partnership.apply,
        policy_versions.apply,
        casework.apply,
        emergencies.apply,
        requests.apply,
        joined.apply,
        recalled.apply,
        editions.apply,
        Outbox(keyring.digest).apply,
    )
    intake = Intake(ledger, write, facts, _agency_named, sources.without_secrets)
    snapshot = partial(database.transaction, "hub_reader", snapshot=True)
    auditing = partial(database.transaction, "hub_auditor")
    governing = Governing(snapshot, trail, now)
    proven = settings.data_dir / "proven.json"
    policies = Policies(Room(snapshot, auditing, governing, known.people, intake.stream, intake.act, proven))
    on_record = Partnership(partial(database.transaction, "hub_reader"), intake.stream, intake.act_on)
    try:
        policies.begin(settings.policies, first)
        changed = on_record.apply(known)
    except BaseException:
        for one in (database, keyring, access_keys):
            one.close()
        raise
    means = Means(
        policy=policies.in_force,
        reading=snapshot,
        looking=partial(database.transaction, "hub_reader"),
        trail=trail,
        now=now,
        digest=intake.find_child_digest,
        stream=intake.stream,
        act=intake.act,
        act_on=intake.act_on,
        whose=known.listed,
    )
    governance = Governance(
        Books(auditing, Readings(access), policies.compiled, partial(_capacity_due, write, now), governing.must), trail
    )
    recording = partial(database.transaction, "hub_reader")
    clients = Clients(settings.directory, recording, Refusals(recording, trail, now), now)
    gate, casework_room = Gate(means), Casework(means, known)
    editing = Editions(means, known, edition_detail.load(settings.policies))
    hub = Hub(
        intake,
        gate,
        governance,
        clients,
        casework_room,
        SharingDecisions(means, auditing, known.organisations),
        Emergencies(means, partial(database.transaction, "hub_auditor"), settings.emergency),
        policies,
        WhoSees(means, known.people),
        Contributions(means, known, partial(_written, database, keyring)),
        Knowing(means, auditing, policies.compiled, known),
        Inbox(means, known, auditing, read_terms(settings.policies)),
        editing,
        Views(means, read_reckoning(settings.policies), Card(means, known)),
        Quality(means, known, gate, casework_room, editing, read_guide(settings.policies)),
    )
    return House(
        settings,
        hub,
        known,
        database,
        {"ledger": ledger, "access": access},
        [keyring, access_keys],
        running,
        now,
        on_record,
        changed,
    )


def _capacity_due(
    write: Callable[[], AbstractContextManager[Cursor]], now: Callable[[], datetime], organisation: str | None
) -> int:
    """A count, of birth dates that those who are told it may not read."""
    with write() as cursor:
        return reviews_due(cursor, day_of(now()), organisation)


def _written(database: Database, keyring: Keyring, stream: UUID, number: int) -> Record | None:
    """A version of an entry as it was recorded; None where there is none. Its keys are forgotten with it."""
    with closing(keyring.another()) as keys, database.transaction("hub_projector") as cursor:
        found = Ledger(database, keys, LEDGER).read_these(cursor, [(stream, number)])
    return next((one.event for one in found if isinstance(one.event, Record)), None)


def _facts_of_the_log(database: Database, keyring: Keyring) -> None:
    """After an upgrade the tables of facts may be new and empty: nothing is decided before they hold what is known."""
    facts = next(group for group in rebuild.GROUPS if group.name == rebuild.FACTS)
    with closing(keyring.another()) as keys:
        ledger = Ledger(database, keys, facts.log)
        with database.transaction("hub_projector") as cursor:
            recorded = ledger.last(cursor)
        if recorded:
            rebuild.rebuild(database, ledger, facts, lambda _: None)


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


def _agency_named(source: str) -> str:
    return sources.agency_of(source) or ""
