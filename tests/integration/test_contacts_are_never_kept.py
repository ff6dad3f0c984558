"""How a family is reached (telephone, e-mail, street) comes in with health and social work records and is never stored.

Not in clear, not sealed, not in what waits: every byte that a hub holds is opened and looked through.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest

from hub.intake import rereading
from tests.canaries import everywhere, found
from tests.contract.adapter import samples
from tests.fix_hub import TestHub
from tests.looking import events_of

PHONE, MAIL, STREET = "01632960999", "canary@mail.invalid", "canarystreet"
CANARIES = (PHONE, MAIL, STREET)
TELECOM = [{"system": "phone", "value": PHONE}, {"system": "email", "value": MAIL}]
HOME = {"line": [f"1 {STREET}"], "text": f"1 {STREET}", "postalCode": "ZZ99 3CZ"}
REACHED = {
    "telecom": TELECOM,
    "address": [HOME],
    "contact": [
        {"relationship": [{"text": "Mother"}], "name": {"family": "Reid"}, "telecom": TELECOM, "address": HOME}
    ],
    "photo": [{"url": f"https://{STREET}.invalid"}],
    "text": {"status": "generated", "div": f"<div>{PHONE}, {MAIL}, {STREET}</div>"},
}
XML = (
    f'<telecom><system value="phone"/><value value="{PHONE}"/></telecom>'
    f'<telecom><system value="email"/><value value="{MAIL}"/></telecom>'
    f'<address><line value="1 {STREET}"/><text value="1 {STREET}"/><postalCode value="ZZ99 3CZ"/></address>'
)
FAMILY = ("Patient", "RelatedPerson", "Person")
OTHER = {"resourceType": "RelatedPerson", "id": "canary-mother", **REACHED}


def fhir(content: bytes) -> Iterator[bytes]:
    """In each person of a record; and then where the patient cannot be told, or a record is of no known kind."""
    told = json.dumps(_reached(json.loads(content)))
    yield told.encode()
    yield told.replace('"Condition"', '"Unheard"').replace('"Observation"', '"Unheard"').encode()
    yield told.replace('"family"', '"wrong"').replace('"birthDate"', '"wrong"').encode()


def _reached(node: object) -> object:
    if isinstance(node, list):
        return [_reached(one) for one in node]
    if not isinstance(node, dict):
        return node
    kept: dict[str, Any] = {name: _reached(value) for name, value in node.items()}
    if kept.get("resourceType") in FAMILY:
        return kept | REACHED
    if "patient" in kept and kept.get("resourceType") == "Immunization":
        return kept | {"contained": [*kept.get("contained", ()), OTHER, OTHER | {"resourceType": "Patient"}]}
    return kept


def fhir_xml(content: bytes) -> Iterator[bytes]:
    told = content.decode()
    for person in FAMILY:
        told = told.replace(f"</{person}>", f"{XML}</{person}>")
    yield told.encode()
    yield told.replace("9990190313", "").replace("9990240221", "").replace("<family", "<wrong").encode()
    yield told.replace("<Immunization>", "<Unheard>").replace("</Immunization>", "</Unheard>").encode()


def hospital(content: bytes) -> Iterator[bytes]:
    """In the telephone fields of the child and of the next of kin; and where the child cannot be told."""
    told = content.decode().replace("01632 960114", PHONE).replace("kirsty@lennox.example", MAIL)
    told = told.replace("1 Nowhere Street", f"1 {STREET}")
    yield told.encode()
    yield told.replace("999024", "x").replace("999019", "x").replace("PID|1||", "PID|1||^").encode()
    yield told.replace("ADT^", "XXX^").encode()


def council(content: bytes) -> Iterator[bytes]:
    """Beside the fields of the specification, which has none for them, in the payload and in each child."""
    beside = {"parents": [{"email": MAIL, "phone": PHONE, "address": f"1 {STREET}"}], "telecom": TELECOM}
    payload = json.loads(content)
    told = payload | beside | {"Children": [child | beside for child in payload["Children"]]}
    yield json.dumps(told).encode()
    yield json.dumps(told).replace("social_care_episode_id", "wrong").replace("referral_date", "wrong2").encode()


COLUMNS = {"PARENT_EMAIL": MAIL, "PARENT_1_PHONE": PHONE, "Mobile telephone": PHONE, "ADDRESS_LINE_1": f"1 {STREET}"}


def table(content: bytes) -> Iterator[bytes]:
    """In columns of their own; then where a row has too many fields, or an open quotation mark."""
    header, *rows = content.decode().splitlines()
    mark = "|" if "|" in header else ","
    more = mark.join(COLUMNS.values())
    whole = [f"{header}{mark}{mark.join(COLUMNS)}", *(f"{row}{mark}{more}" for row in rows if row.strip(",|"))]
    yield "\n".join(whole).encode()
    yield "\n".join([whole[0], *(f"{row}{mark}more" for row in whole[1:])]).encode()
    yield "\n".join([whole[0], *(f'"{row}' for row in whole[1:])]).encode()
    yield "\n".join([whole[0], *(row.replace("9990190313", "").replace("20190314", "") for row in whole[1:])]).encode()


def imms(content: bytes) -> Iterator[bytes]:
    return fhir(content) if content.lstrip()[:1] == b"{" else table(content)


def records(content: bytes) -> Iterator[bytes]:
    return fhir(content) if content.lstrip()[:1] == b"{" else fhir_xml(content)


SENDS: Mapping[str, Callable[[bytes], Iterator[bytes]]] = {
    "gp-connect": fhir,
    "gp-fhir-r4": records,
    "nems": fhir_xml,
    "imms-csv": imms,
    "hl7v2": hospital,
    "csc-api": council,
}


@pytest.mark.parametrize("source", SENDS)
def test_how_a_family_is_reached_is_nowhere_in_the_hub(hub: TestHub, source: str) -> None:
    outcomes: set[str] = set()
    for sample in samples(source):
        for content in SENDS[source](sample.content):
            delivery = replace(sample, content=content)
            receipt = hub.house.hub.intake.receive(hub.house.translate(delivery), whole=True)
            outcomes |= {one.outcome.value for one in receipt.results}
    hub.house.catch_up()

    assert outcomes >= {"accepted", "quarantined"}
    kept = [*originals(hub, source), *quarantined(hub)]
    assert kept
    assert {canary: one for canary in CANARIES for one in kept if canary.encode() in one.lower()} == {}
    assert [canary for canary in CANARIES if canary in " ".join(map(str, events_of(hub))).lower()] == []
    with hub.as_owner() as connection:
        assert found(connection, CANARIES, *everywhere(connection)) == set()


def originals(hub: TestHub, source: str) -> Iterator[bytes]:
    """The opened bytes of every standing record."""
    with hub.house._ledger_for_now("ledger") as ledger:
        for delivery, _ in rereading.deliveries(hub.house._database, ledger, source, "another mapping"):
            yield delivery.content


def quarantined(hub: TestHub) -> list[bytes]:
    """The opened bytes of everything that waits."""
    with hub.as_owner() as connection, closing(hub.keyring()) as keys:
        rows = connection.execute("select id, sealed from intake.quarantine").fetchall()
        keys.load({identity for identity, _ in rows}, create=False)
        return [keys.open(identity, bytes(sealed), identity.bytes) for identity, sealed in rows]
