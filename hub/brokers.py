"""Where Kafka's brokers are, and how they are spoken to: never in clear over a network because nobody thought of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

IN_CLEAR = "PLAINTEXT"
SECURITY = (IN_CLEAR, "SSL", "SASL_PLAINTEXT", "SASL_SSL")


@dataclass(frozen=True, slots=True)
class Kafka:
    """No `bootstrap`: the hub has nothing to do with Kafka.

    security: one of Kafka's own four names. The files are PEM: whom to trust, and the hub's own certificate and key.
    mechanism, user, password: SASL, as in SCRAM-SHA-512.
    """

    bootstrap: str = ""
    security: str = IN_CLEAR
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    mechanism: str = ""
    user: str = ""
    password: str = field(default="", repr=False)


NONE = Kafka()


def from_environment(environ: Mapping[str, str], problems: list[str]) -> Kafka:
    """Read `HUB_KAFKA_…`; every missing or unusable setting is added to the problems."""
    bootstrap = environ.get("HUB_KAFKA_BOOTSTRAP", "").strip()
    if not bootstrap:
        return NONE
    security = environ.get("HUB_KAFKA_SECURITY", "") or (IN_CLEAR if _on_this_machine(bootstrap) else "")
    if security not in SECURITY:
        problems.append(f"HUB_KAFKA_SECURITY is none of {', '.join(SECURITY)}, and Kafka is on another machine")
    mechanism, user = environ.get("HUB_KAFKA_SASL", ""), environ.get("HUB_KAFKA_USER", "")
    password = _secret(environ.get("HUB_KAFKA_PASSWORD_FILE", ""), problems)
    if security.startswith("SASL"):
        given = {"HUB_KAFKA_SASL": mechanism, "HUB_KAFKA_USER": user, "HUB_KAFKA_PASSWORD_FILE": password}
        problems += [f"{name} is missing" for name, value in given.items() if not value]
    ca, cert, key = (environ.get(f"HUB_KAFKA_{name}", "") for name in ("CA", "CERT", "KEY"))
    return Kafka(bootstrap, security, ca, cert, key, mechanism, user, password)


def _on_this_machine(bootstrap: str) -> bool:
    hosts = {one.strip().rpartition(":")[0].strip("[]") for one in bootstrap.split(",")}
    return hosts <= {"127.0.0.1", "::1", "localhost"}


def _secret(path: str, problems: list[str]) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip() if path else ""
    except (OSError, ValueError):
        problems.append("HUB_KAFKA_PASSWORD_FILE cannot be read")
        return ""
