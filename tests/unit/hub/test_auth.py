"""Only a token that is exactly right opens the door, and every other one gets the same answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OKPKey, RSAKey

from hub.auth import AgencyClient, Cause, Distrusted, Verifier
from hub.demo.issuer import DemoIssuer
from hub.errors import HalfConfigured, NotSignedIn
from hub.people import Agency
from tests.fake_hub import MORAG, NOW

ISSUER, AUDIENCE = "https://id.example.test", "https://hub.example.test"
SECONDS = int(NOW.timestamp())
RSA = RSAKey.generate_key(2048, parameters={"kid": "rsa"})
EC = ECKey.generate_key("P-256", parameters={"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", parameters={"kid": "ed"})
STRANGE = OKPKey.generate_key("Ed25519", parameters={"kid": "ed"})
VERIFIER = Verifier(ISSUER, AUDIENCE, KeySet([RSA, EC, ED]), lambda: NOW)

CLAIMS: dict[str, Any] = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "morag",
    "iat": SECONDS - 10,
    "exp": SECONDS + 600,
    "name": "Morag Baird",
    "hub_role": "health-visitor",
    "hub_agency": "health-visiting",
    "hub_organisation": "HV-NORTH",
    "hub_worker": "hv-1",
}
HEADER: dict[str, Any] = {"alg": "Ed25519", "typ": "at+jwt", "kid": "ed"}


def _json(value: object) -> str:
    return _part(json.dumps(value).encode())


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def token(claims: dict[str, Any] | None = None, header: dict[str, Any] | None = None, key: OKPKey = ED) -> str:
    """A token signed by hand, so that it can hold what no honest library would write."""
    merged = {name: value for name, value in {**CLAIMS, **(claims or {})}.items() if value is not ...}
    head = {name: value for name, value in {**HEADER, **(header or {})}.items() if value is not ...}
    signed = f"{_json(head)}.{_json(merged)}"
    return f"{signed}.{_part(key.private_key.sign(signed.encode()))}"  # type: ignore[union-attr]  # ours has one


def _tampered() -> str:
    head, _, signature = token().split(".")
    return f"{head}.{_json({**CLAIMS, 'hub_role': 'governance-lead'})}.{signature}"


def _confused() -> str:
    """Sign with the public key as if it were a shared secret."""
    signed = f"{_json({**HEADER, 'alg': 'HS256', 'kid': 'rsa'})}.{_json(CLAIMS)}"
    secret = RSA.as_pem(private=False)
    return f"{signed}.{_part(hmac.new(secret, signed.encode(), hashlib.sha256).digest())}"


def _unsigned(algorithm: str) -> str:
    return f"{_json({**HEADER, 'alg': algorithm})}.{_json(CLAIMS)}."


REFUSED: dict[str, Callable[[], str]] = {
    "it is empty": lambda: "",
    "it is garbage": lambda: "not.a.token",
    "it is three dots": lambda: "...",
    "it has two parts": lambda: ".".join(token().split(".")[:2]),
    "it is far too long": lambda: token({"name": "M" * 9000}),
    "it holds letters beyond ASCII": lambda: token() + "é",
    "its header is a list": lambda: f"{_json([])}.{_json(CLAIMS)}.AAAA",
    "its header is deeply nested": lambda: f"{_part(b'[' * 5000)}.{_json(CLAIMS)}.AAAA",
    "its payload is a list": lambda: f"{_json(HEADER)}.{_json([1])}.AAAA",
    "it is unsigned": lambda: _unsigned("none"),
    "it is unsigned in capitals": lambda: _unsigned("NONE"),
    "it uses the public key as a secret": _confused,
    "its payload was tampered with": _tampered,
    "its signature was cut off": lambda: token().rpartition(".")[0] + ".",
    "another key of the same name signed it": lambda: token(key=STRANGE),
    "its algorithm is not of the key's kind": lambda: token(header={"alg": "ES256"}),
    "its algorithm is of the key's kind but not allowed": lambda: token(header={"alg": "EdDSA"}),
    "its key is unknown": lambda: token(header={"kid": "other"}),
    "it names no key": lambda: token(header={"kid": ...}),
    "its key's name is a number": lambda: token(header={"kid": 1}),
    "it has no type": lambda: token(header={"typ": ...}),
    "it is an identity token": lambda: token(header={"typ": "JWT"}),
    "its type differs in case": lambda: token(header={"typ": "AT+JWT"}),
    "it says where its key can be fetched": lambda: token(header={"jku": "https://id.example.test/keys"}),
    "it says where its certificate can be fetched": lambda: token(header={"x5u": "https://id.example.test/x"}),
    "it brings its own key": lambda: token(header={"jwk": ED.as_dict(private=False)}),
    "it brings its own certificate": lambda: token(header={"x5c": ["AAAA"]}),
    "it names critical extensions": lambda: token(header={"crit": ["b64"], "b64": True}),
    "its issuer is another": lambda: token({"iss": "https://other.example.test"}),
    "its issuer is a list": lambda: token({"iss": [ISSUER]}),
    "its issuer has one more slash": lambda: token({"iss": ISSUER + "/"}),
    "it has no issuer": lambda: token({"iss": ...}),
    "its audience is another": lambda: token({"aud": "https://else.example.test"}),
    "it is for two audiences": lambda: token({"aud": [AUDIENCE, "https://else.example.test"]}),
    "it is for nobody": lambda: token({"aud": []}),
    "it has no audience": lambda: token({"aud": ...}),
    "it never ends": lambda: token({"exp": ...}),
    "it has ended": lambda: token({"exp": SECONDS - 1}),
    "it ends this second": lambda: token({"exp": SECONDS}),
    "its end is text": lambda: token({"exp": str(SECONDS + 600)}),
    "its end is true": lambda: token({"exp": True}),
    "its end is not a number": lambda: token({"exp": float("nan")}),
    "its end is infinite": lambda: token({"exp": float("inf")}),
    "it does not say when it was issued": lambda: token({"iat": ...}),
    "it was issued in the future": lambda: token({"iat": SECONDS + 61}),
    "it begins later": lambda: token({"nbf": SECONDS + 61}),
    "it lives longer than an hour": lambda: token({"iat": SECONDS - 10, "exp": SECONDS + 3591}),
    "it ends before it was issued": lambda: token({"iat": SECONDS + 50, "exp": SECONDS + 40}),
    "it is about nobody": lambda: token({"sub": ...}),
    "its subject is blank": lambda: token({"sub": " "}),
    "its subject is a number": lambda: token({"sub": 7}),
    "its role is unknown": lambda: token({"hub_role": "director"}),
    "its role is missing": lambda: token({"hub_role": ...}),
    "its role is a list": lambda: token({"hub_role": ["health-visitor"]}),
    "its agency is unknown": lambda: token({"hub_agency": "press"}),
    "it names no organisation": lambda: token({"hub_organisation": ...}),
    "it names nobody": lambda: token({"name": ""}),
    "its worker is a number": lambda: token({"hub_worker": 3}),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_is_refused_when(make: Callable[[], str]) -> None:
    with pytest.raises(NotSignedIn) as refused:
        VERIFIER.practitioner(make())

    assert (refused.value.message, refused.value.status) == ("Sign in again.", 401)


@given(st.text(max_size=200) | st.lists(st.text("AQe0yJ.-_", max_size=40), min_size=3, max_size=3).map(".".join))
def test_no_text_whatever_gets_past_the_door_or_breaks_it(text: str) -> None:
    with pytest.raises(NotSignedIn):
        VERIFIER.practitioner(text)


def test_a_good_token_is_the_person_it_describes() -> None:
    assert VERIFIER.practitioner(token()) == MORAG


@pytest.mark.parametrize(
    ("claims", "header"),
    [
        ({"aud": [AUDIENCE]}, {}),
        ({"iat": SECONDS + 59}, {}),
        ({"nbf": SECONDS + 59}, {}),
        ({"iat": SECONDS - 10, "exp": SECONDS + 3590}, {}),
        ({}, {"typ": "application/at+jwt"}),
    ],
)
def test_a_token_at_the_edge_of_what_is_allowed_is_accepted(claims: dict[str, Any], header: dict[str, Any]) -> None:
    assert VERIFIER.practitioner(token(claims, header)) == MORAG


@pytest.mark.parametrize(("algorithm", "key"), [("RS256", RSA), ("PS256", RSA), ("ES256", EC), ("Ed25519", ED)])
def test_each_of_the_four_algorithms_is_accepted(algorithm: str, key: RSAKey | ECKey | OKPKey) -> None:
    header = {"alg": algorithm, "typ": "at+jwt", "kid": key.kid}

    assert VERIFIER.practitioner(jwt.encode(header, CLAIMS, key, algorithms=[algorithm])) == MORAG


@pytest.mark.parametrize("algorithm", ["RS512", "PS512"])
def test_an_algorithm_that_is_sound_but_not_listed_is_refused(algorithm: str) -> None:
    made = jwt.encode({"alg": algorithm, "typ": "at+jwt", "kid": "rsa"}, CLAIMS, RSA, algorithms=[algorithm])

    with pytest.raises(NotSignedIn):
        VERIFIER.practitioner(made)


@pytest.mark.parametrize(("algorithm", "believed"), [("RS512", True), ("RS256", True), ("PS512", False)])
def test_an_agencys_system_may_sign_as_health_systems_do(algorithm: str, *, believed: bool) -> None:
    claims = CLAIMS | {"hub_client": True, "hub_sources": ["nems"], "sub": "board"}
    made = jwt.encode({"alg": algorithm, "typ": "at+jwt", "kid": "rsa"}, claims, RSA, algorithms=[algorithm])

    if believed:
        assert VERIFIER.client(made).sources == ("nems",)
    else:
        with pytest.raises(NotSignedIn):
            VERIFIER.client(made)


def test_an_agencys_system_may_not_read_and_a_person_may_not_publish() -> None:
    system = token({"hub_client": True, "hub_sources": ["nems"], "sub": "board"})

    assert VERIFIER.client(system) == AgencyClient("board", Agency.HEALTH_VISITING, ("nems",), "HV-NORTH")
    for wrong in (lambda: VERIFIER.practitioner(system), lambda: VERIFIER.client(token())):
        with pytest.raises(Distrusted) as refused:
            wrong()
        assert (refused.value.message, refused.value.cause) == ("Sign in again.", Cause.WRONG_DOOR)


@pytest.mark.parametrize("sources", [..., "nems", [1], [""], {"nems": 1}])
def test_a_system_whose_sources_are_not_a_list_of_names_is_refused(sources: object) -> None:
    with pytest.raises(NotSignedIn):
        VERIFIER.client(token({"hub_client": True, "hub_sources": sources}))


def test_the_demo_issuer_keeps_one_key_for_its_owner_alone(tmp_path: Path) -> None:
    first = DemoIssuer(tmp_path / "keys", (MORAG,))
    again = DemoIssuer(tmp_path / "keys", (MORAG,))
    (file,) = (tmp_path / "keys").iterdir()

    assert file.stat().st_mode & 0o777 == 0o600
    assert again.verifier(lambda: NOW).practitioner(first.token_for(MORAG, NOW)) == MORAG


def test_the_demo_issuer_does_not_start_with_a_key_that_others_can_read(tmp_path: Path) -> None:
    DemoIssuer(tmp_path)
    next(tmp_path.iterdir()).chmod(0o644)

    with pytest.raises(HalfConfigured):
        DemoIssuer(tmp_path)


def test_what_the_demo_trusts_cannot_sign(tmp_path: Path) -> None:
    (key,) = DemoIssuer(tmp_path).verifier(lambda: NOW).keys

    assert not key.is_private


def test_a_demo_token_ends_after_an_hour(tmp_path: Path) -> None:
    issuer = DemoIssuer(tmp_path)
    made = issuer.token_for(MORAG, NOW)

    with pytest.raises(NotSignedIn):
        issuer.verifier(lambda: NOW + timedelta(hours=1)).practitioner(made)
