"""Tiny invented UK Core (FHIR R4) records, for the tests to bend."""

from __future__ import annotations

import json
from typing import TypeAlias

from adapters.gp_fhir_r4 import translate
from hub.update import Delivery, Refusal, Translated, Update

Node: TypeAlias = dict[str, object]

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
CHILD, OTHER_CHILD = "9990010102", "9990010110"
ADA: Node = {"reference": "Patient/ada"}
RESTRICTED: Node = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}


def a_patient(identity: str = "ada", number: str = CHILD, **more: object) -> Node:
    return {
        "resourceType": "Patient",
        "id": identity,
        "identifier": [{"system": NHS_NUMBER, "value": number}],
        "name": [{"use": "official", "family": "Fernie", "given": ["Ada"]}],
        "birthDate": "2018-05-04",
        "telecom": [{"system": "phone", "value": "01632 960111"}],
        "address": [{"line": ["2 Hidden Lane"], "postalCode": "ZZ99 1AA"}],
        "contact": [
            {"name": {"family": "Fernie", "given": ["Mhairi"]}, "telecom": [{"value": "mhairi@fernie.example"}]}
        ],
        "managingOrganization": {"reference": "Organization/practice"},
        **more,
    }


def a_practice() -> Node:
    return {"resourceType": "Organization", "id": "practice", "identifier": [{"system": ODS, "value": "Z99001"}]}


def a_record(kind: str = "Observation", identity: str = "o1", **more: object) -> Node:
    named = {"patient": ADA} if kind in {"AllergyIntolerance", "Immunization"} else {"subject": ADA}
    identifiers = [{"system": "https://hill.example", "value": identity}]
    return {
        "resourceType": kind,
        "id": identity,
        "identifier": identifiers,
        "code": {"text": "Review"},
        **named,
        **more,
    }


def a_bundle(*resources: Node, kind: str = "collection") -> Node:
    return {"resourceType": "Bundle", "type": kind, "entry": [{"resource": one} for one in resources]}


def with_ada(*resources: Node) -> Node:
    return a_bundle(a_patient(), a_practice(), *resources)


def read(content: object) -> list[Translated]:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return list(translate(Delivery("gp-fhir-r4", "record.json", raw)))


def updates(content: object) -> list[Update]:
    found = read(content)
    return [one for one in found if isinstance(one, Update)]


def update(content: object) -> Update:
    """The last record, which must be an update."""
    one = read(content)[-1]
    assert isinstance(one, Update)
    return one


def refusal(content: object) -> Refusal:
    """The last record, which must be a refusal."""
    one = read(content)[-1]
    assert isinstance(one, Refusal)
    return one
