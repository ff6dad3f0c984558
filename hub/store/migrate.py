"""Making and upgrading the databases: plain numbered SQL, applied once each, in order, by the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from hub.errors import HalfConfigured, StoreUnavailable
from hub.store.database import KEYS_ROLE, ROLES, unavailable

# The names are our own files'; the service may read them, to see whether any is missing.
HISTORY = """
create table if not exists public.migrations (name text primary key, applied_at timestamptz not null default now());
grant select on public.migrations to public
"""
SUPPORTED = range(15, 19)
LOCK = "select pg_advisory_lock(7341000)"
FITNESS = (
    "select current_setting('synchronous_commit'), current_setting('fsync'), current_setting('full_page_writes'), "
    "r.rolsuper or pg_has_role(r.oid, d.datdba, 'member') or exists "
    "(select from pg_class c join pg_namespace n on n.oid = c.relnamespace "
    "where n.nspname = any(%s) and pg_has_role(r.oid, c.relowner, 'member')), "
    "current_setting('server_version_num')::int / 10000 "
    "from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()"
)
LASTING = ("synchronous_commit", "fsync", "full_page_writes")


@dataclass(frozen=True, slots=True)
class _Served:
    """One of the two databases: its setting, what it is called, its migrations, and where its tables are."""

    setting: str
    name: str
    folder: str
    schemas: tuple[str, ...]


LEDGER = _Served("HUB_DATABASE_URL", "ledger", "hub", ("ledger", "access"))
KEYS = _Served("HUB_KEYS_URL", "key database", "keys", ("public",))


def prepare_roles(owner_url: str, service: str) -> None:
    """Make the roles that do not exist yet and let the service's login take each of them but the owner's.

    The service's login has nothing of its own: it must say which role it acts in. Needs CREATEROLE.
    """
    with _connected(owner_url) as connection:
        connection.execute(LOCK)
        for role in (*ROLES, KEYS_ROLE):
            _create_role(connection, role, "nologin noinherit")
        _create_role(connection, service, "login noinherit")
        connection.execute("grant hub_projector to current_user")  # who makes a schema for a role must be in it
        for role in (*ROLES, KEYS_ROLE):
            connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(role), sql.Identifier(service)))


def migrate(owner_url: str, folder: str) -> list[str]:
    """Apply the migrations of `hub` or `keys` that are not applied yet; returns their names."""
    applied = []
    with _connected(owner_url) as connection:
        connection.execute(LOCK)
        connection.execute(HISTORY)
        connection.execute("revoke create on schema public from public")
        done = {row[0] for row in connection.execute("select name from public.migrations")}
        for name, text in _scripts(folder):
            if name not in done:
                with connection.transaction():
                    connection.execute(text)
                    connection.execute("insert into public.migrations (name) values (%s)", [name])
                applied.append(name)
    return applied


def check_service(url: str, keys_url: str) -> None:
    """Refuse to serve as an owner, on a server that may forget what it acknowledged, or on tables of another release.

    Raises HalfConfigured with everything that is wrong, or StoreUnavailable when nobody answers at an address.
    """
    problems = [*_unfit(url, LEDGER), *_unfit(keys_url, KEYS)]
    if problems:
        raise HalfConfigured(
            "The database is not fit to serve: " + "; ".join(problems) + ".", "Mend it and start again."
        )


def _unfit(url: str, served: _Served) -> list[str]:
    with _connected(url) as connection:
        row = connection.execute(FITNESS, [list(served.schemas)]).fetchone()
        if row is None:
            raise StoreUnavailable("The database does not know its own user.", f"Look at {served.setting}.")
        *kept, owns, release = row
        problems = [f"{what} is not on" for what, value in zip(LASTING, kept, strict=True) if value != "on"]
        if owns:
            problems.append(f"{served.setting} logs in as an owner of the {served.name}, or as one who can become it")
        if release not in SUPPORTED:
            problems.append(f"PostgreSQL {release} is not one of 15 to 18")
        if not _up_to_date(connection, served.folder):
            problems.append(f"the tables of the {served.name} are not those of this release: run `hub migrate`")
    return problems


def service_of(url: str) -> str:
    """The login named in the service's address."""
    return str(conninfo_to_dict(url).get("user") or "hub_service")


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection]:
    """A connection in autocommit; whatever the database says, or will not say, is StoreUnavailable."""
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            yield connection
    except psycopg.Error as error:
        raise unavailable(error) from None


def _up_to_date(connection: psycopg.Connection, folder: str) -> bool:
    if connection.execute("select to_regclass('public.migrations')").fetchone() == (None,):
        return False
    applied = {row[0] for row in connection.execute("select name from public.migrations")}
    return applied >= {name for name, _ in _scripts(folder)}


def _create_role(connection: psycopg.Connection, role: str, how: LiteralString) -> None:
    if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("create role {} " + how).format(sql.Identifier(role)))


def _scripts(folder: str) -> list[tuple[str, str]]:
    files = resources.files("hub.store").joinpath("migrations", folder).iterdir()
    found = [(file.name, file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".sql")]
    return sorted(found)
