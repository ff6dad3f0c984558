"""The hub serves on databases that keep what they are told, as nobody's owner, and with the one key that opens them."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hub import wiring
from hub.errors import HalfConfigured, HubError, StoreUnavailable
from hub.settings import Settings
from hub.store import embedded
from hub.store.keyring import key_encryption_key
from hub.store.migrate import check_service
from hub.wiring import Addresses, build, migrate_databases
from tests.fix_hub import SERVICE, TestHub
from tests.fix_postgres import Postgres
from tests.following import SOON, until

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Sound:
    """Databases that are fit to serve: their settings and addresses, and the superuser's."""

    settings: Settings
    addresses: Addresses
    admin: str


@pytest.fixture(scope="module")
def sound() -> Iterator[Sound]:
    """Databases on a server that keeps what it is told, which the server of the other tests does not have to."""
    folder = Path(tempfile.mkdtemp(prefix="hub-sound-"))
    folder.chmod(0o711)  # for the system user that runs the database where the tests run as root
    try:
        with embedded.start(folder / "postgres") as running:
            settings = Settings(folder, ROOT / "policies", ROOT / "hub" / "demo" / "directory.toml", demo=True)
            build(settings).close()
            logins = [
                running.dsn(name, user) for user in (wiring.SERVICE, wiring.OWNER) for name in ("hub", "hub_keys")
            ]
            yield Sound(settings, Addresses(*logins), running.dsn())
        embedded.erase(folder / "postgres")
    finally:
        shutil.rmtree(folder)


def test_the_services_own_login_is_fit_to_serve(sound: Sound) -> None:
    check_service(sound.addresses.service, sound.addresses.keys)


def test_a_server_whose_disk_may_lie_is_refused(hub: TestHub) -> None:
    with hub.as_owner() as connection:
        if connection.execute("show fsync").fetchone() != ("off",):
            pytest.skip(
                "the server that was given to these tests writes to its disk at once, and so may not be refused"
            )

    with pytest.raises(HalfConfigured, match="fsync is not on"):
        check_service(hub.addresses.service, hub.addresses.keys)


def test_a_server_that_may_find_torn_pages_after_a_crash_is_refused(sound: Sound) -> None:
    def pages(how: str) -> None:
        with psycopg.connect(sound.admin, autocommit=True) as connection:
            connection.execute(f"alter system set full_page_writes = {how}".encode())
            connection.execute("select pg_reload_conf()")

    pages("off")
    try:
        refused = until(lambda: "full_page_writes is not on" in _unfit(sound.addresses), SOON)
    finally:
        pages("default")

    assert refused


def _unfit(addresses: Addresses) -> str:
    try:
        check_service(addresses.service, addresses.keys)
    except HalfConfigured as refused:
        return refused.message
    return ""


def test_the_key_databases_owner_is_refused_as_the_service(sound: Sound) -> None:
    for login in (sound.addresses.owner_keys, make_conninfo(sound.admin, dbname="hub_keys")):
        with pytest.raises(HalfConfigured, match="HUB_KEYS_URL logs in as an owner") as refused:
            check_service(sound.addresses.service, login)
        assert "HUB_DATABASE_URL" not in refused.value.message


def test_a_key_database_without_its_tables_is_refused(sound: Sound) -> None:
    with pytest.raises(HalfConfigured, match="tables of the key database"):
        check_service(sound.addresses.service, make_conninfo(sound.addresses.keys, dbname="hub"))


@pytest.mark.parametrize("how", ["off", "local", "remote_write"])
def test_a_server_that_may_forget_what_it_acknowledged_is_refused(hub: TestHub, how: str) -> None:
    with pytest.raises(HalfConfigured, match="synchronous_commit is not on"):
        check_service(make_conninfo(hub.addresses.service, options=f"-c synchronous_commit={how}"), hub.addresses.keys)


def test_such_a_server_is_refused_also_when_it_is_the_database_that_says_so(hub: TestHub) -> None:
    with hub.as_owner() as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))

    with pytest.raises(HalfConfigured, match="synchronous_commit is not on"):
        check_service(hub.addresses.service, hub.addresses.keys)


def test_a_superuser_is_refused_as_the_service(hub: TestHub) -> None:
    with pytest.raises(HalfConfigured, match="logs in as an owner"):
        check_service(hub.addresses.owner, hub.addresses.keys)


@pytest.fixture
def owner(hub: TestHub) -> Iterator[str]:
    """A login that owns the ledger's events and is no superuser."""
    name = f"owner_{uuid4().hex[:8]}"
    role = sql.Identifier(name)
    with hub.as_owner() as connection:
        connection.execute(sql.SQL("create role {} login password 'only-in-tests'").format(role))
        connection.execute(sql.SQL("alter table ledger.events owner to {}").format(role))
        yield name
        connection.execute(sql.SQL("reassign owned by {} to current_user").format(role))
        connection.execute(sql.SQL("drop owned by {}").format(role))
        connection.execute(sql.SQL("drop role {}").format(role))


def test_the_ledgers_owner_is_refused_as_the_service(hub: TestHub, owner: str) -> None:
    with pytest.raises(HalfConfigured, match="logs in as an owner"):
        check_service(make_conninfo(hub.addresses.service, user=owner), hub.addresses.keys)


def test_a_login_that_can_become_the_owner_is_refused_too(hub: TestHub, owner: str) -> None:
    with hub.as_owner() as connection:
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(owner), sql.Identifier(SERVICE)))

    with pytest.raises(HalfConfigured, match="one who can become it"):
        check_service(hub.addresses.service, hub.addresses.keys)


def test_tables_of_an_earlier_release_are_refused(hub: TestHub) -> None:
    with hub.as_owner() as connection:
        connection.execute("delete from public.migrations where name = (select max(name) from public.migrations)")

    with pytest.raises(HalfConfigured, match="hub migrate"):
        check_service(hub.addresses.service, hub.addresses.keys)


def test_everything_unfit_about_a_database_is_named_at_once(postgres: Postgres, template: tuple[str, str]) -> None:
    empty = make_conninfo(postgres.dsn("postgres"), options="-c synchronous_commit=off")

    with pytest.raises(HalfConfigured) as refused:
        check_service(empty, empty)

    assert all(part in refused.value.message for part in ("synchronous_commit", "logs in as an owner", "hub migrate"))


@pytest.fixture
def partnership(sound: Sound, tmp_path: Path) -> Settings:
    """A hub over databases that are there and hold a key already, with the file of their key-encryption key."""
    kek = tmp_path / "kek"
    shutil.copy(sound.settings.data_dir / "keys" / "kek", kek)
    settings = replace(
        sound.settings,
        demo=False,
        database_url=sound.addresses.service,
        keys_url=sound.addresses.keys,
        kek_file=kek,
    )
    house = build(settings)
    house.hub.intake.find_child_digest("chi", "1")  # the first key is made
    house.close()
    return settings


def test_a_hub_over_databases_that_are_there_starts_and_one_with_another_key_does_not(
    partnership: Settings, tmp_path: Path
) -> None:
    build(partnership).close()
    another = tmp_path / "another"
    another.write_bytes(os.urandom(32))

    with pytest.raises(HalfConfigured, match="does not open the key database"):
        build(replace(partnership, kek_file=another))


def test_a_lost_key_is_never_replaced_by_a_new_one(partnership: Settings, tmp_path: Path) -> None:
    lost = tmp_path / "lost" / "kek"

    with pytest.raises(HalfConfigured, match="key is missing") as refused:
        build(replace(partnership, kek_file=lost))

    assert "backup" in refused.value.next_step
    assert not lost.parent.exists()
    lost.parent.mkdir()
    shutil.copy(tmp_path / "kek", lost)
    build(replace(partnership, kek_file=lost)).close()


def test_the_first_key_is_for_its_owner_alone(sound: Sound) -> None:
    folder = sound.settings.data_dir / "keys"

    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}


def test_a_key_file_that_is_cut_short_is_refused_and_never_replaced(tmp_path: Path) -> None:
    kek = tmp_path / "kek"
    kek.write_bytes(b"short")

    with pytest.raises(HalfConfigured, match="32 bytes"):
        key_encryption_key(kek)

    assert kek.read_bytes() == b"short"


def test_migrating_with_a_login_that_may_not_is_an_error_with_a_next_step(hub: TestHub) -> None:
    with pytest.raises(HubError) as refused:
        migrate_databases(replace(hub.addresses, owner=hub.addresses.service, owner_keys=hub.addresses.keys))

    assert isinstance(refused.value, StoreUnavailable)
    assert refused.value.next_step
    assert not isinstance(refused.value.__cause__, psycopg.Error)
