"""A whole hub for one test: its own migrated databases on the session's PostgreSQL, and a clock the test can set."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest
from psycopg import sql

from consent.activation import activate
from consent.policy import Policy
from hub import directory
from hub.people import Practitioner
from hub.settings import Settings
from hub.store.keyring import Keyring
from hub.wiring import Addresses, House, assemble, migrate_databases
from tests.fix_postgres import Postgres

ROOT = Path(__file__).resolve().parents[1]
SERVICE = "hub_service"
PASSWORD = "only-in-tests"  # noqa: S105 - the throw-away server of the tests


@dataclass(slots=True)
class Clock:
    """The time of the test."""

    at: datetime = datetime(2026, 11, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Now."""
        return self.at


@dataclass(frozen=True, slots=True)
class TestHub:
    """A hub and what a test may do behind its back: the owner's address, the keys, the clock."""

    __test__ = False

    house: House
    addresses: Addresses
    clock: Clock
    kek: bytes

    def as_owner(self) -> psycopg.Connection:
        """A connection as the owner of the tables; the hub itself never has one."""
        return psycopg.connect(self.addresses.owner, autocommit=True)

    def as_service(self) -> psycopg.Connection:
        """A connection as the service's own login, before it takes any role."""
        return psycopg.connect(self.addresses.service, autocommit=True)

    def keyring(self) -> Keyring:
        """The keys, from outside the hub."""
        return Keyring(self.addresses.keys, self.kek)

    def person(self, who: str) -> Practitioner:
        """Somebody of the demo's directory."""
        return self.house.directory.person(who)

    def only_child(self) -> UUID:
        """The one child of the register; fails where there are more."""
        children = self.children()
        assert len(children) == 1
        return children[0]

    def children(self) -> list[UUID]:
        """Every child that has a person record, oldest first."""
        with self.as_owner() as connection:
            rows = connection.execute(
                "select child from identity.links where known_to = 'infinity' group by child order by min(position)"
            )
            return [row[0] for row in rows]


@pytest.fixture(scope="session")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    """The default policy, proven once a session."""
    return activate(ROOT / "policies", tmp_path_factory.mktemp("policy") / "proven.json")


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> Iterator[tuple[str, str]]:
    """Two migrated databases that each test's own are copied from."""
    names = _create(postgres, f"template_{uuid4().hex[:8]}", None)
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as connection:
        if not connection.execute("select 1 from pg_roles where rolname = 'hub_service'").fetchone():
            connection.execute("create role hub_service login noinherit password 'only-in-tests'")
    migrate_databases(_addresses(postgres, names))
    yield names
    _drop(postgres, names)


@pytest.fixture
def make_hub(
    postgres: Postgres, template: tuple[str, str], policy: Policy, tmp_path: Path
) -> Iterator[Callable[[], TestHub]]:
    """Makes hubs, each over databases of its own."""
    with hubs(postgres, template, policy, tmp_path) as make:
        yield make


@contextmanager
def hubs(
    postgres: Postgres, template: tuple[str, str], policy: Policy, tmp_path: Path
) -> Iterator[Callable[[], TestHub]]:
    """Makes hubs until the end of the block, each over databases of its own."""
    made: list[tuple[House, tuple[str, str]]] = []

    def make() -> TestHub:
        names = _create(postgres, f"hub_{uuid4().hex[:10]}", template)
        addresses, clock, kek = _addresses(postgres, names), Clock(), os.urandom(32)
        settings = Settings(tmp_path, ROOT / "policies", ROOT / "hub" / "demo" / "directory.toml", demo=True)
        house = assemble(settings, addresses, kek, policy, directory.load(settings.directory), clock)
        made.append((house, names))
        return TestHub(house, addresses, clock, kek)

    yield make
    for house, names in made:
        house.close()
        _drop(postgres, names)


@pytest.fixture
def hub(make_hub: Callable[[], TestHub]) -> TestHub:
    """One hub."""
    return make_hub()


@pytest.fixture(scope="module")
def module_hub(
    postgres: Postgres, template: tuple[str, str], policy: Policy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[TestHub]:
    """One hub for all tests of a file that leave it as it is."""
    with hubs(postgres, template, policy, tmp_path_factory.mktemp("module")) as make:
        yield make()


@pytest.fixture
def shared() -> Path:
    """The published samples beside the project; skips where they are not there."""
    found = ROOT.parent / "shared"
    if not found.is_dir():
        pytest.skip("the folder of published samples (../shared) is not beside the project")
    return found


def day(text: str) -> date:
    """A date from ISO text."""
    return date.fromisoformat(text)


def _addresses(postgres: Postgres, names: tuple[str, str]) -> Addresses:
    main, keys = names
    return Addresses(
        postgres.dsn(main, SERVICE, PASSWORD),
        postgres.dsn(keys, SERVICE, PASSWORD),
        postgres.dsn(main),
        postgres.dsn(keys),
    )


def _create(postgres: Postgres, name: str, template: tuple[str, str] | None) -> tuple[str, str]:
    names = (name, f"{name}_keys")
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as connection:
        for new, old in zip(names, template or ("template0", "template0"), strict=True):
            connection.execute(
                sql.SQL("create database {} template {}").format(sql.Identifier(new), sql.Identifier(old))
            )
    return names


def _drop(postgres: Postgres, names: tuple[str, str]) -> None:
    with psycopg.connect(postgres.admin_dsn, autocommit=True) as connection:
        for name in names:
            connection.execute(sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name)))
