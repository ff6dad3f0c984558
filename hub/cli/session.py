"""One run of the command line: its settings, the hub when a command needs it, and who is asking."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import orjson
import typer
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from hub.api.systems import OwnTokens
from hub.auth import Verifier, own_key
from hub.demo.issuer import DemoIssuer
from hub.errors import BadInput, HalfConfigured, NotPermitted
from hub.people import Practitioner
from hub.settings import Settings, from_environment
from hub.wiring import House, build

LOCAL = ZoneInfo("Europe/London")


class Session:
    """Built when the command line starts; opens nothing until a command needs it."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._house: House | None = None
        self._settings: Settings | None = None

    @property
    def settings(self) -> Settings:
        """The settings, read once."""
        if self._settings is None:
            self._settings = from_environment(self._environ)
        return self._settings

    @property
    def house(self) -> House:
        """The hub, started at first need."""
        if self._house is None:
            self._house = build(self.settings)
        return self._house

    @property
    def issuer(self) -> DemoIssuer | None:
        """The demo's own issuer, where it is switched on."""
        if not self.settings.demo:
            return None
        return DemoIssuer(self.settings.data_dir / "keys", self.house.directory.people())

    def verifier(self) -> Verifier:
        """Whose tokens are trusted. Raises HalfConfigured where nobody's are."""
        if (issuer := self.issuer) is not None:
            return issuer.verifier(self.now)
        if not self.settings.oidc_issuer or self.settings.oidc_jwks is None:
            raise HalfConfigured(
                "Nobody's sign-in is trusted: no issuer is configured and the demo is off.",
                "Set HUB_OIDC_ISSUER, HUB_OIDC_AUDIENCE and HUB_OIDC_JWKS; or HUB_DEMO=1 to look at invented people.",
            )
        keys = _keys(self.settings.oidc_jwks)
        return Verifier(self.settings.oidc_issuer, self.settings.oidc_audience, keys, self.now)

    def tokens(self, address: str) -> OwnTokens:
        """The hub's own tokens for registered systems; `address` is where it listens, if the settings say no other."""
        key = own_key(self.settings.data_dir / "keys" / "system-tokens.jwk")
        return OwnTokens(key, self.settings.address or address, self.now)

    def acting(self, who: str) -> Practitioner:
        """The person this command acts as: a person of the demo by id, elsewhere whoever HUB_TOKEN vouches for.

        Both go through the same check of a signed token.
        """
        if (issuer := self.issuer) is not None:
            token = issuer.token_for(self.house.directory.person(who), self.now())
            return self.verifier().practitioner(token)
        token = self._environ.get("HUB_TOKEN", "")
        if not token:
            raise NotPermitted(
                "The command line acts as a person only with their token.", "Put an access token into HUB_TOKEN."
            )
        practitioner = self.verifier().practitioner(token)
        if practitioner.id != who:
            raise NotPermitted(
                "The token in HUB_TOKEN is somebody else's.", "Name its owner with --as, or use another token."
            )
        return practitioner

    @staticmethod
    def now() -> datetime:
        """The clock of this run."""
        return datetime.now(UTC)

    def close(self) -> None:
        """Leave the databases."""
        if self._house is not None:
            self._house.close()
            self._house = None


def session_of(context: typer.Context) -> Session:
    """The session of this run."""
    return context.ensure_object(Session)


def moment(text: str | None, option: str) -> datetime | None:
    """A day or an instant. A day means its end, in Scotland: what was known when that day was over."""
    if not text:
        return None
    try:
        if len(text) == len("2026-01-31"):
            after = date.fromisoformat(text) + timedelta(days=1)
            return datetime.combine(after, time(), LOCAL).astimezone(UTC) - timedelta(microseconds=1)
        instant = datetime.fromisoformat(text)
    except (ValueError, OverflowError):
        raise BadInput(f"{option} is no day or instant.", "Write 2026-01-31, or 2026-01-31T09:30:00+00:00.") from None
    return instant if instant.tzinfo else instant.replace(tzinfo=LOCAL)


def first_moment(text: str, option: str) -> datetime | None:
    """A day or an instant from which on something counts. A day means its beginning, in Scotland."""
    if len(text) == len("2026-01-31") and (end := moment(text, option)):
        return datetime.combine(end.astimezone(LOCAL).date(), time(), LOCAL).astimezone(UTC)
    return moment(text, option)


def _keys(path: Path) -> KeySet:
    try:
        return KeySet.import_key_set(orjson.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, JoseError):
        raise HalfConfigured(
            "HUB_OIDC_JWKS names no readable key set.", "Put the issuer's JWKS into that file."
        ) from None
