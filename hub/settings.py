"""The environment, read once. Half-configured refuses to start and names all that is missing."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from hub import brokers
from hub.errors import HalfConfigured

MIB = 1024 * 1024
MOST_EMERGENCY_HOURS = 3
_HOURS = re.compile(r"[0-9]{1,2}(\.[0-9]{1,4})?")
_NUMBERS = {
    "HUB_RECORD_LIMIT": (MIB, "bytes"),
    "HUB_FILE_LIMIT": (64 * MIB, "bytes"),
    "HUB_CLIENT_RATE": (1200, "requests a minute"),
    "HUB_AT_ONCE": (4, "deliveries"),
    "HUB_WAITING": (32, "deliveries"),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """How much agencies' systems may ask at once. client_rate: requests a minute of one system, in bursts of ten
    seconds' worth. at_once: deliveries taken in side by side. waiting: how many more may wait for that.
    """

    client_rate: int = 1200
    at_once: int = 4
    waiting: int = 32


USUAL = Limits()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside.

    database_url: the service's own login, empty for the embedded PostgreSQL. keys_url: the key database.
    owner_url, owner_keys_url: the owner's logins, which `hub migrate` alone needs and the service never has.
    kafka: the brokers that `hub consume` and `hub relay` work with.
    data_dir: where the embedded database, the key-encryption key and the demo's keys live. policies: folder
    of the active policy. directory: TOML of organisations and their agreements. oidc_issuer, oidc_audience,
    oidc_jwks: whose tokens are trusted (jwks is a file). demo: the demo issuer is on. Sizes are in bytes. address:
    the hub's own, as agencies' systems know it, such as https://hub.example. hosts: further names it answers to.
    emergency: how long emergency access lasts.
    """

    data_dir: Path
    policies: Path
    directory: Path
    database_url: str = ""
    owner_url: str = ""
    owner_keys_url: str = ""
    keys_url: str = ""
    kek_file: Path | None = None
    oidc_issuer: str = ""
    oidc_audience: str = ""
    oidc_jwks: Path | None = None
    demo: bool = False
    kafka: brokers.Kafka = brokers.NONE
    record_limit: int = MIB
    file_limit: int = 64 * MIB
    address: str = ""
    hosts: frozenset[str] = frozenset()
    limits: Limits = USUAL
    emergency: timedelta = timedelta(hours=MOST_EMERGENCY_HOURS)

    @property
    def embedded(self) -> bool:
        """No address was given, so the hub starts its own PostgreSQL."""
        return not self.database_url


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Read `HUB_…`; raises HalfConfigured naming every missing or unusable setting at once."""
    problems: list[str] = []
    database_url = environ.get("HUB_DATABASE_URL", "")
    keys_url = environ.get("HUB_KEYS_URL", "")
    given = {"HUB_DATABASE_URL": database_url, "HUB_KEYS_URL": keys_url}
    if any(given.values()):
        problems += [f"{name} is missing" for name, value in given.items() if not value]
    issuer = environ.get("HUB_OIDC_ISSUER", "")
    audience = environ.get("HUB_OIDC_AUDIENCE", "")
    jwks = environ.get("HUB_OIDC_JWKS", "")
    oidc = {"HUB_OIDC_ISSUER": issuer, "HUB_OIDC_AUDIENCE": audience, "HUB_OIDC_JWKS": jwks}
    if any(oidc.values()):
        problems += [f"{name} is missing" for name, value in oidc.items() if not value]
    demo = environ.get("HUB_DEMO", "") == "1"
    if demo and issuer:
        problems.append("HUB_DEMO=1 and HUB_OIDC_ISSUER exclude each other: the demo has its own issuer")
    if demo and database_url:  # who signs in at will must never stand before a real database
        problems.append("HUB_DEMO=1 and HUB_DATABASE_URL exclude each other: the demo has its own database")
    here = Path(__file__).resolve().parent
    data_dir = Path(environ.get("HUB_DATA_DIR", "") or here.parent / ".hub").absolute()
    policies = Path(environ.get("HUB_POLICIES", "") or _policies(here))
    if not (policies / "rules.csv").is_file():
        problems.append("HUB_POLICIES names no folder with a rules.csv")
    directory = environ.get("HUB_DIRECTORY", "")
    if not directory and not demo and given["HUB_DATABASE_URL"]:
        problems.append("HUB_DIRECTORY is missing: the file of organisations and their agreements")
    limits = _numbers(environ, problems)
    address = environ.get("HUB_ADDRESS", "").rstrip("/")
    if address and not (urlsplit(address).scheme in {"http", "https"} and urlsplit(address).hostname):
        problems.append("HUB_ADDRESS is no address such as https://hub.example")
    kafka = brokers.from_environment(environ, problems)
    emergency = _emergency(environ, problems)
    if problems:
        raise HalfConfigured(
            "The hub is half configured: " + "; ".join(problems) + ".", "Set what is named and start again."
        )
    kek = environ.get("HUB_KEK_FILE", "")
    return Settings(
        data_dir=data_dir,
        policies=policies,
        directory=Path(directory) if directory else here / "demo" / "directory.toml",
        database_url=database_url,
        owner_url=environ.get("HUB_OWNER_URL", ""),
        owner_keys_url=environ.get("HUB_OWNER_KEYS_URL", ""),
        keys_url=keys_url,
        kek_file=Path(kek) if kek else None,
        oidc_issuer=issuer,
        oidc_audience=audience,
        oidc_jwks=Path(jwks) if jwks else None,
        demo=demo,
        kafka=kafka,
        record_limit=limits["HUB_RECORD_LIMIT"],
        file_limit=limits["HUB_FILE_LIMIT"],
        address=address,
        hosts=_hosts(environ.get("HUB_HOSTS", ""), address),
        limits=Limits(limits["HUB_CLIENT_RATE"], limits["HUB_AT_ONCE"], limits["HUB_WAITING"]),
        emergency=emergency,
    )


def _numbers(environ: Mapping[str, str], problems: list[str]) -> dict[str, int]:
    """Every setting that is a number; what is none is added to the problems, and stands at its default."""
    found = {}
    for name, (default, unit) in _NUMBERS.items():
        text = environ.get(name, "") or str(default)
        if not text.isascii() or not text.isdigit() or int(text) < 1:
            problems.append(f"{name} is not a number of {unit}")
        found[name] = int(text) if text.isascii() and text.isdigit() else default
    return found


def _emergency(environ: Mapping[str, str], problems: list[str]) -> timedelta:
    """How long emergency access lasts: at most three hours, in hours with or without a fraction."""
    text = environ.get("HUB_EMERGENCY_HOURS", "") or "3"
    hours = float(text) if _HOURS.fullmatch(text) else 0.0
    if not 0 < hours <= MOST_EMERGENCY_HOURS:
        problems.append(f"HUB_EMERGENCY_HOURS is no number of hours above 0 and up to {MOST_EMERGENCY_HOURS}")
        hours = float(MOST_EMERGENCY_HOURS)
    return timedelta(hours=hours)


def _hosts(names: str, address: str) -> frozenset[str]:
    """The names before ports, in small letters; that of the hub's own address is one of them."""
    found = {name.strip().lower() for name in names.split(",")} | {urlsplit(address).hostname or ""}
    return frozenset(found - {""})


def _policies(here: Path) -> Path:
    """The policies beside the checkout, or the ones that an installed distribution carries."""
    beside = here.parent / "policies"
    return beside if beside.is_dir() else Path(sys.prefix) / "share" / "chronology-hub" / "policies"
