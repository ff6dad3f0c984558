"""The hub starts whole or not at all, and says everything that is missing at once."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from hub.cli.main import run
from hub.errors import HalfConfigured, HubError, StoreUnavailable
from hub.settings import MIB, from_environment
from hub.store.keyring import Keyring, key_encryption_key
from hub.store.migrate import check_service
from hub.wiring import build, migrate_databases
from tests.fix_hub import SERVICE, TestHub
from tests.fix_postgres import Postgres

DATABASE, KEYS = "dbname=hub user=canaryuser password=canarysecret", "dbname=keys user=canaryuser"
OIDC = {"HUB_OIDC_ISSUER": "https://issuer", "HUB_OIDC_AUDIENCE": "hub", "HUB_OIDC_JWKS": "/jwks.json"}
WHOLE = {"HUB_DATABASE_URL": DATABASE, "HUB_KEYS_URL": KEYS, "HUB_DIRECTORY": "/directory.toml"} | OIDC
HALF: list[tuple[dict[str, str], set[str]]] = [
    ({"HUB_DATABASE_URL": DATABASE}, {"HUB_KEYS_URL", "HUB_DIRECTORY"}),
    ({"HUB_KEYS_URL": KEYS}, {"HUB_DATABASE_URL"}),
    ({"HUB_DATABASE_URL": DATABASE, "HUB_KEYS_URL": KEYS}, {"HUB_DIRECTORY"}),
    ({"HUB_OIDC_ISSUER": "https://issuer"}, {"HUB_OIDC_AUDIENCE", "HUB_OIDC_JWKS"}),
    ({"HUB_OIDC_AUDIENCE": "hub"}, {"HUB_OIDC_ISSUER", "HUB_OIDC_JWKS"}),
    ({"HUB_OIDC_JWKS": "/jwks.json"}, {"HUB_OIDC_ISSUER", "HUB_OIDC_AUDIENCE"}),
    ({"HUB_DEMO": "1"} | OIDC, {"HUB_DEMO=1 and HUB_OIDC_ISSUER"}),
    ({"HUB_POLICIES": "/nowhere"}, {"HUB_POLICIES"}),
    ({"HUB_RECORD_LIMIT": "much"}, {"HUB_RECORD_LIMIT"}),
    ({"HUB_FILE_LIMIT": "0"}, {"HUB_FILE_LIMIT"}),
    ({"HUB_FILE_LIMIT": "-1", "HUB_RECORD_LIMIT": "²"}, {"HUB_FILE_LIMIT", "HUB_RECORD_LIMIT"}),
    (
        {"HUB_KEYS_URL": KEYS, "HUB_OIDC_JWKS": "/j", "HUB_POLICIES": "/nowhere", "HUB_FILE_LIMIT": "x"},
        {"HUB_DATABASE_URL", "HUB_OIDC_ISSUER", "HUB_OIDC_AUDIENCE", "HUB_POLICIES", "HUB_FILE_LIMIT"},
    ),
]


@pytest.mark.parametrize(("environ", "named"), HALF)
def test_everything_that_is_missing_or_wrong_is_named_at_once(environ: dict[str, str], named: set[str]) -> None:
    with pytest.raises(HalfConfigured) as refused:
        from_environment(environ)

    assert all(name in refused.value.message for name in named)
    assert refused.value.exit_code == 2
    assert "canary" not in refused.value.message


@pytest.mark.parametrize("missing", ["HUB_DATABASE_URL", "HUB_KEYS_URL", "HUB_DIRECTORY", *OIDC])
def test_taking_any_one_setting_from_a_whole_configuration_is_noticed(missing: str) -> None:
    from_environment(WHOLE)

    with pytest.raises(HalfConfigured, match=missing):
        from_environment({name: value for name, value in WHOLE.items() if name != missing})


def test_nothing_at_all_is_a_hub_of_its_own_with_the_demo_off() -> None:
    settings = from_environment({})

    assert (settings.embedded, settings.demo, settings.oidc_issuer) == (True, False, "")
    assert (settings.record_limit, settings.file_limit) == (MIB, 64 * MIB)


@pytest.mark.parametrize("value", ["", "0", "true", "yes", "on", "2"])
def test_the_demo_is_on_only_when_it_is_switched_on(value: str) -> None:
    assert from_environment({"HUB_DEMO": "1"}).demo
    assert not from_environment({"HUB_DEMO": value}).demo


# The command line


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[pytest.MonkeyPatch]:
    """No setting but a folder, in which neither a database nor a key may be made."""
    for name in [name for name in os.environ if name.startswith("HUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HUB_DATA_DIR", str(tmp_path / "data"))
    yield monkeypatch
    assert {made.name for made in tmp_path.glob("data/*")} <= {"proven.json"}


COMMANDS = [
    ["ingest", "nems", "file.xml"],
    ["quarantine", "list"],
    ["chronology", "3f0c1a52-9d1e-4c8e-8a53-2b7c6d1e0f4a", "--as", "morag"],
    ["child", "list", "--as", "morag"],
    ["audit", "tail", "--as", "eilidh"],
    ["project", "status"],
    ["project", "rebuild"],
    ["serve"],
    ["migrate"],
    ["demo"],
    ["people"],
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: " ".join(command[:2]))
def test_every_command_of_a_half_configured_hub_ends_with_2_and_names_all_that_is_missing(
    environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], command: list[str]
) -> None:
    environment.setenv("HUB_DATABASE_URL", DATABASE)
    environment.setenv("HUB_OIDC_AUDIENCE", "hub")

    code = run(command)

    out, err = capfd.readouterr()
    assert (code, out) == (2, "")
    assert all(name in err for name in ("HUB_KEYS_URL", "HUB_DIRECTORY", "HUB_OIDC_ISSUER", "HUB_OIDC_JWKS", "Next: "))
    assert "canary" not in err


def test_the_demo_command_needs_the_demo_switched_on(
    environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["demo", "--no-serve"]) == 2
    assert "HUB_DEMO=1" in capfd.readouterr().err


def test_a_database_that_nobody_answers_for_is_an_error_with_a_next_step_and_no_address(
    environment: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], hub: TestHub
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        gone = f"host=127.0.0.1 port={free.getsockname()[1]} user=canaryuser password=canarysecret dbname=canary"
    for name, value in WHOLE.items():
        environment.setenv(name, value)
    environment.setenv("HUB_DIRECTORY", str(hub.house.settings.directory))
    for address in (gone, "canary nonsense", "postgresql://canaryuser:canarysecret@127.0.0.1:1/canary?canary=1"):
        environment.setenv("HUB_DATABASE_URL", address)

        code = run(["project", "status"])

        err = capfd.readouterr().err
        assert code == 1
        assert "Next: " in err
        assert "canary" not in err


def test_a_key_database_that_is_none_is_named_without_its_address() -> None:
    with pytest.raises(HalfConfigured, match="HUB_KEYS_URL") as refused:
        Keyring("canary nonsense", b"\0" * 32)

    assert "canary" not in str(refused.value) + str(refused.value.__cause__)


# The database


def test_the_services_own_login_is_fit_to_serve(hub: TestHub) -> None:
    check_service(hub.addresses.service)


@pytest.mark.parametrize("how", ["off", "local", "remote_write"])
def test_a_server_that_may_forget_what_it_acknowledged_is_refused(hub: TestHub, how: str) -> None:
    with pytest.raises(HalfConfigured, match="synchronous_commit is not on"):
        check_service(make_conninfo(hub.addresses.service, options=f"-c synchronous_commit={how}"))


def test_such_a_server_is_refused_also_when_it_is_the_database_that_says_so(hub: TestHub) -> None:
    with hub.as_owner() as connection:
        name = sql.Identifier(connection.info.dbname)
        connection.execute(sql.SQL("alter database {} set synchronous_commit = off").format(name))

    with pytest.raises(HalfConfigured, match="synchronous_commit is not on"):
        check_service(hub.addresses.service)


def test_a_superuser_is_refused_as_the_service(hub: TestHub) -> None:
    with pytest.raises(HalfConfigured, match="logs in as an owner"):
        check_service(hub.addresses.owner)


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
        check_service(make_conninfo(hub.addresses.service, user=owner))


def test_a_login_that_can_become_the_owner_is_refused_too(hub: TestHub, owner: str) -> None:
    with hub.as_owner() as connection:
        connection.execute(sql.SQL("grant {} to {}").format(sql.Identifier(owner), sql.Identifier(SERVICE)))

    with pytest.raises(HalfConfigured, match="one who can become it"):
        check_service(hub.addresses.service)


def test_tables_of_an_earlier_release_are_refused(hub: TestHub) -> None:
    with hub.as_owner() as connection:
        connection.execute("delete from public.migrations where name = (select max(name) from public.migrations)")

    with pytest.raises(HalfConfigured, match="hub migrate"):
        check_service(hub.addresses.service)


def test_everything_unfit_about_a_database_is_named_at_once(postgres: Postgres, template: tuple[str, str]) -> None:
    empty = make_conninfo(postgres.dsn("postgres"), options="-c synchronous_commit=off")

    with pytest.raises(HalfConfigured) as refused:
        check_service(empty)

    assert all(part in refused.value.message for part in ("synchronous_commit", "logs in as an owner", "hub migrate"))


def test_a_hub_over_databases_that_are_there_starts_and_one_with_another_key_does_not(
    hub: TestHub, tmp_path: Path
) -> None:
    addresses, kek = hub.addresses, tmp_path / "kek"
    kek.write_bytes(hub.kek)
    settings = replace(
        hub.house.settings,
        demo=False,
        database_url=addresses.service,
        keys_url=addresses.keys,
        kek_file=kek,
        data_dir=tmp_path,
    )
    hub.house.hub.intake.find_child_digest("chi", "1")  # the first key is made

    house = build(settings)
    same = house.hub.intake.find_child_digest("chi", "1") == hub.house.hub.intake.find_child_digest("chi", "1")
    house.close()
    other = build(replace(settings, kek_file=tmp_path / "another"))
    with pytest.raises(HalfConfigured, match="does not open the key database"):
        other.hub.intake.find_child_digest("chi", "1")
    other.close()

    assert same


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
