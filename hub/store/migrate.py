"""Making and upgrading the databases: plain numbered SQL, applied once each, in order, by the owner."""

from __future__ import annotations

from importlib import resources
from typing import LiteralString

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from hub.errors import HalfConfigured, StoreUnavailable
from hub.store.database import KEYS_ROLE, ROLES

HISTORY = """
create table if not exists public.migrations (name text primary key, applied_at timestamptz not null default now())
"""
SUPPORTED = range(15, 19)
LOCK = "select pg_advisory_lock(7341000)"


def prepare_roles(owner_url: str, service: str) -> None:
    """Make the roles that do not exist yet and let the service's login take each of them but the owner's.

    The service's login has nothing of its own: it must say which role it acts in. Needs CREATEROLE.
    """
    with psycopg.connect(owner_url, autocommit=True) as connection:
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
    with psycopg.connect(owner_url, autocommit=True) as connection:
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


def check_service(url: str) -> None:
    """Refuse to serve as the owner, or on a server that may forget what it acknowledged."""
    with psycopg.connect(url, autocommit=True) as connection:
        row = connection.execute(
            "select current_setting('synchronous_commit'), r.rolsuper, "
            "exists (select from pg_class c where c.relowner = r.oid and c.relname = 'events'), "
            "current_setting('server_version_num')::int / 10000 "
            "from pg_roles r where r.rolname = current_user"
        ).fetchone()
        if row is None:
            raise StoreUnavailable("The database does not know its own user.", "Look at HUB_DATABASE_URL.")
        problems = []
        if row[0] != "on":
            problems.append("synchronous_commit is not on")
        if row[1] or row[2]:
            problems.append("HUB_DATABASE_URL logs in as an owner of the ledger or a superuser")
        if row[3] not in SUPPORTED:
            problems.append(f"PostgreSQL {row[3]} is not one of 15 to 18")
        if problems:
            raise HalfConfigured(
                "The database is not fit to serve: " + "; ".join(problems) + ".", "Mend it and start again."
            )


def service_of(url: str) -> str:
    """The login named in the service's address."""
    return str(conninfo_to_dict(url).get("user") or "hub_service")


def _create_role(connection: psycopg.Connection, role: str, how: LiteralString) -> None:
    if not connection.execute("select 1 from pg_roles where rolname = %s", [role]).fetchone():
        connection.execute(sql.SQL("create role {} " + how).format(sql.Identifier(role)))


def _scripts(folder: str) -> list[tuple[str, str]]:
    files = resources.files("hub.store").joinpath("migrations", folder).iterdir()
    found = [(file.name, file.read_text(encoding="utf-8")) for file in files if file.name.endswith(".sql")]
    return sorted(found)
