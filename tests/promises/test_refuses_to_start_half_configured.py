"""The hub starts whole or not at all, and says everything that is missing at once."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.cli.main import run
from hub.errors import HalfConfigured
from hub.settings import MIB, from_environment
from hub.store.keyring import Keyring
from tests.fix_hub import TestHub

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
    ({"HUB_DEMO": "1"} | WHOLE, {"HUB_DEMO=1 and HUB_OIDC_ISSUER", "HUB_DEMO=1 and HUB_DATABASE_URL"}),
    ({"HUB_DEMO": "1", "HUB_DATABASE_URL": DATABASE, "HUB_KEYS_URL": KEYS}, {"HUB_DEMO=1 and HUB_DATABASE_URL"}),
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
