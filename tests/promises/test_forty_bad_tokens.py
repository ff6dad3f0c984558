"""Over forty credentials that are not right, at every door: all refused in the same words, all on record."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable

import httpx2
import pytest
from joserfc.jwk import OctKey

from hub.auth import AgencyClient
from hub.people import Agency
from tests.fix_systems import HV, NOBODY, READ, RSA, SCHOOL, STOPPED, Doors, bearer
from tests.systems import ADDRESS, AUDIENCE, by_hand, part, write_directory


def _claims(**other: object) -> Callable[[Doors], str]:
    return lambda doors: HV.assertion(doors.now, **other)


def _at(**seconds: int) -> Callable[[Doors], str]:
    """With these claims so many seconds from now."""
    return lambda doors: HV.assertion(doors.now, **{name: int(doors.now) + far for name, far in seconds.items()})


def _header(**other: object) -> Callable[[Doors], str]:
    return lambda doors: HV.signed(HV.claims(doors.now), dict(other))


def _as_secret(doors: Doors) -> str:
    """Signed with the system's public key as if it were a secret that it shares with us."""
    body = f"{part(json.dumps({'alg': 'HS256', 'typ': 'JWT', 'kid': 'rsa-1'}).encode())}."
    body += part(json.dumps(RSA.claims(doors.now)).encode())
    secret = RSA.key.as_pem(private=False)
    return f"{body}.{part(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


def _unsigned(algorithm: str) -> Callable[[Doors], str]:
    return lambda doors: (
        f"{part(json.dumps({'alg': algorithm, 'typ': 'JWT', 'kid': 'hv-1'}).encode())}."
        f"{part(json.dumps(HV.claims(doors.now)).encode())}."
    )


def _tampered(doors: Doors) -> str:
    head, _, signature = HV.assertion(doors.now).split(".")
    return f"{head}.{part(json.dumps(HV.claims(doors.now)).encode())}.{signature}"


def _replayed(doors: Doors) -> str:
    assertion = HV.assertion(doors.now)
    assert doors.asked(assertion).status_code == 200
    return assertion


def _same_id(doors: Doors) -> str:
    assert doors.asked(HV.assertion(doors.now, jti="one-and-the-same")).status_code == 200
    return HV.assertion(doors.now, jti="one-and-the-same")


def _said_twice(doors: Doors) -> str:
    good = json.dumps(HV.claims(doors.now))
    return HV.signed(b'{"sub": "rowanbank-school", ' + good[1:].encode())


def _header_said_twice(doors: Doors) -> str:
    head = part(b'{"alg": "none", "alg": "Ed25519", "typ": "JWT", "kid": "hv-1"}')
    return f"{head}.{HV.assertion(doors.now).partition('.')[2]}"


def _nested(doors: Doors) -> str:
    return HV.signed(HV.assertion(doors.now).encode(), {"cty": "JWT"})


def _encrypted(doors: Doors) -> str:
    head = part(json.dumps({"alg": "dir", "enc": "A128GCM", "cty": "JWT"}).encode())
    return f"{head}..{part(b'0' * 12)}.{part(HV.assertion(doors.now).encode())}.{part(b'1' * 16)}"


def _cut(doors: Doors) -> str:
    return HV.assertion(doors.now)[:-20]


def _secret_key(doors: Doors) -> str:
    header = {"alg": "HS512", "typ": "JWT", "kid": "hv-1"}
    return by_hand(header, json.dumps(HV.claims(doors.now)).encode(), OctKey.generate_key(512), "HS512")  # type: ignore[arg-type]  # which no directory takes


PROOFS: dict[str, tuple[Callable[[Doors], str], str]] = {
    "it is empty": (lambda _: "", "malformed"),
    "it is garbage": (lambda _: "no token at all", "malformed"),
    "it is three dots": (lambda _: "...", "malformed"),
    "it is huge": (lambda doors: HV.assertion(doors.now, more="x" * 9000), "too-long"),
    "it is not ASCII": (lambda doors: HV.assertion(doors.now) + "é", "malformed"),
    "it is padded": (lambda doors: HV.assertion(doors.now) + "==", "malformed"),
    "it has a part too many": (lambda doors: HV.assertion(doors.now) + ".AAAA", "malformed"),
    "it was cut off": (_cut, "signature"),
    "it lacks its signature": (lambda doors: HV.assertion(doors.now).rpartition(".")[0] + ".", "malformed"),
    "it is unsigned": (_unsigned("none"), "malformed"),
    "it is unsigned in capitals": (_unsigned("NONE"), "malformed"),
    "it says unsigned over a signature": (_header(alg="none"), "algorithm"),
    "it takes the public key for a secret": (_as_secret, "algorithm"),
    "it is signed with a secret": (_secret_key, "algorithm"),
    "its algorithm is not of its key": (_header(alg="RS512"), "signature"),
    "its algorithm is not one of ours": (_header(alg="EdDSA"), "algorithm"),
    "it names critical extensions": (_header(crit=["exp"]), "key-carried"),
    "it says where its keys are": (_header(jku="https://keys.example/jwks"), "key-carried"),
    "it says where its certificate is": (_header(x5u="https://keys.example/x5u"), "key-carried"),
    "it brings its key": (_header(jwk=HV.key.as_dict(private=False)), "key-carried"),
    "it brings its certificate": (_header(x5c=["AAAA"]), "key-carried"),
    "it is an access token by its type": (_header(typ="at+jwt"), "type"),
    "its type is a list": (_header(typ=["JWT"]), "type"),
    "it names no key": (_header(kid=...), "unknown-key"),
    "its key is unknown": (_header(kid="hv-2"), "unknown-key"),
    "its key's name is a path": (_header(kid="../../keys/own.jwk"), "unknown-key"),
    "its key is another system's": (
        lambda doors: HV.signed(HV.claims(doors.now), {"kid": "off-1"}, STOPPED.key), "unknown-key",
    ),
    "another key of that name signed it": (
        lambda doors: HV.signed(HV.claims(doors.now), key=NOBODY.key), "signature",
    ),
    "it was tampered with": (_tampered, "signature"),
    "its header says one thing twice": (_header_said_twice, "malformed"),
    "its claims say one thing twice": (_said_twice, "unknown-client"),
    "another token is inside": (_nested, "unknown-client"),
    "it is encrypted": (_encrypted, "malformed"),
    "its claims are a list": (lambda _: HV.signed([1]), "unknown-client"),
    "its header is a list": (lambda _: f"{part(b'[]')}.{part(b'{}')}.AAAA", "malformed"),
    "its header is nested deeply": (lambda _: f"{part(b'[' * 3000)}.{part(b'{}')}.AAAA", "malformed"),
    "its issuer is a list": (_claims(iss=[HV.id]), "issuer"),
    "its issuer is another": (_claims(iss=SCHOOL.id), "issuer"),
    "it has no issuer": (_claims(iss=...), "issuer"),
    "its subject is another system": (_claims(sub=SCHOOL.id), "unknown-key"),
    "its subject is a list": (_claims(sub=[HV.id]), "unknown-client"),
    "it is about nobody": (_claims(sub=...), "unknown-client"),
    "nobody knows its system": (lambda doors: NOBODY.assertion(doors.now), "unknown-client"),
    "its system is switched off": (lambda doors: STOPPED.assertion(doors.now), "switched-off"),
    "it is for somebody else": (_claims(aud="https://else.example/v1/token"), "audience"),
    "it is for two": (_claims(aud=[AUDIENCE, "https://else.example/v1/token"]), "audience"),
    "it is for nobody": (_claims(aud=...), "audience"),
    "it is for our name and more": (_claims(aud=AUDIENCE + "/"), "audience"),
    "it has ended": (_at(iat=-200, exp=-1), "expired"),
    "it begins later": (_at(nbf=61), "not-yet"),
    "it was made in the future": (_at(iat=61, exp=200), "not-yet"),
    "it holds too long": (_at(exp=301), "too-long-lived"),
    "it holds too long and does not say since when": (
        lambda doors: HV.assertion(doors.now, iat=..., exp=int(doors.now) + 361), "too-long-lived",
    ),
    "it never ends": (_claims(exp=...), "no-times"),
    "its end is true": (_claims(exp=True), "no-times"),
    "its end is text": (lambda doors: HV.assertion(doors.now, exp=str(int(doors.now) + 300)), "no-times"),
    "its end is beyond all days": (_claims(exp=10**300), "no-times"),
    "its end is no number": (_claims(exp=float("nan")), "no-times"),
    "it has no id": (_claims(jti=...), "claims"),
    "its id is empty": (_claims(jti=""), "claims"),
    "its id is a number": (_claims(jti=7), "claims"),
    "its id is long": (_claims(jti="x" * 257), "claims"),
    "it was used before": (_replayed, "replayed"),
    "its id was used before": (_same_id, "replayed"),
}  # fmt: skip


def test_every_proof_that_is_not_right_is_refused_in_the_same_words_and_recorded(doors: Doors) -> None:
    refused = (401, {"error": "invalid_client", "error_description": "The client assertion was not accepted."})
    found = {}

    for name, (make, _) in PROOFS.items():
        answer = doors.asked(make(doors))
        found[name] = (answer.status_code, answer.json())

    assert len(PROOFS) >= 40
    assert found == dict.fromkeys(PROOFS, refused)
    log = doors.log()
    assert dict(zip(PROOFS, log, strict=True)) == {
        name: (who, "at the token door", cause)
        for (name, (_, cause)), (who, *_) in zip(PROOFS.items(), log, strict=True)
    }
    assert {who for who, _, _ in log} == {"not known", HV.id, RSA.id, SCHOOL.id, STOPPED.id}


def _own_token(**other: object) -> Callable[[Doors], str]:
    def make(doors: Doors) -> str:
        usual = {"iss": ADDRESS, "aud": ADDRESS, "sub": HV.id, "iat": int(doors.now), "exp": int(doors.now) + 600}
        header = {"alg": "Ed25519", "typ": "at+jwt", "kid": doors.own._key.kid}
        claims = {name: value for name, value in (usual | {"hub_client": True} | other).items() if value is not ...}
        return by_hand(header, json.dumps(claims).encode(), doors.own._key, "Ed25519")

    return make


def _late(doors: Doors) -> str:
    token = doors.token()
    doors.hub.clock.at = doors.hub.clock.at.fromtimestamp(doors.now + 600, doors.hub.clock.at.tzinfo)
    return token


def _switched_off(doors: Doors) -> str:
    token = doors.token()
    write_directory(doors.directory, HV.listed(off=True))
    return token


def _struck_off(doors: Doors) -> str:
    token = doors.token()
    write_directory(doors.directory, SCHOOL.listed())
    return token


def _person(doors: Doors) -> str:
    return doors.issuer.token_for(doors.hub.person("morag"), doors.hub.clock())


TOKENS: dict[str, tuple[Callable[[Doors], str], str, str]] = {
    "a proof is shown where a token belongs": (lambda d: HV.assertion(d.now), "publish", "type"),
    "it is a person's": (_person, "publish", "wrong-door"),
    "it has ended": (_late, "publish", "expired"),
    "its system was switched off since": (_switched_off, "publish", "switched-off"),
    "its system was struck off since": (_struck_off, "publish", "unknown-client"),
    "it is of another hub": (_own_token(aud="https://else.example"), "publish", "audience"),
    "somebody else issued it": (_own_token(iss="https://else.example"), "publish", "issuer"),
    "it says nothing of a system": (_own_token(hub_client=...), "publish", "wrong-door"),
    "it brings its sources along": (_own_token(sub="who-is-this", hub_sources=["nems"]), "publish", "unknown-client"),
    "it is garbage": (lambda _: "AAAA.BBBB.CCCC", "publish", "malformed"),
    "it is a system's, for reading": (lambda d: d.token(), "read", "unknown-key"),
    "it is a demo system's, for reading": (
        lambda d: d.issuer.client_token(AgencyClient("x", Agency.GP, ("nems",)), d.hub.clock()), "read", "wrong-door",
    ),
    "it is a proof, for reading": (lambda d: HV.assertion(d.now), "read", "type"),
    "it is a person's, for receipts": (_person, "receipts", "wrong-door"),
}  # fmt: skip


@pytest.mark.parametrize(("make", "door", "cause"), TOKENS.values(), ids=TOKENS.keys())
def test_a_token_is_refused_and_recorded_when(
    doors: Doors, make: Callable[[Doors], str], door: str, cause: str
) -> None:
    token = make(doors)
    ways: dict[str, Callable[[], httpx2.Response]] = {
        "publish": lambda: doors.sent(token),
        "read": lambda: doors.http.get(READ, headers=bearer(token)),
        "receipts": lambda: doors.http.get("/v1/receipts", headers=bearer(token)),
    }

    answer = ways[door]()

    assert (answer.status_code, answer.json()["detail"], answer.json()["type"]) == (
        401,
        "Sign in again.",
        "/problems/not-signed-in",
    )
    ((_, where, why),) = doors.log()
    assert (where, why) == (f"at the {door} door", cause)
