"""Tiny invented GP records and child health messages, for the tests to bend."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TypeAlias

from hub.update import Delivery, Refusal, Translated, Update

Node: TypeAlias = dict[str, object]

NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
SNOMED = "http://snomed.info/sct"
CHILD, OTHER_CHILD, MOTHER = "9990010102", "9990010110", "9990010129"
BAD_NUMBER = "9990010100"


def update(found: Iterable[Translated]) -> Update:
    """The only record, which must be an update."""
    (record,) = found
    assert isinstance(record, Update)
    return record


def refusal(found: Iterable[Translated]) -> Refusal:
    """The only record, which must be a refusal."""
    (record,) = found
    assert isinstance(record, Refusal)
    return record


def gp(content: object) -> Delivery:
    return Delivery(
        "gp-connect", "record.json", content if isinstance(content, bytes) else json.dumps(content).encode()
    )


def nems(content: str | bytes) -> Delivery:
    return Delivery("nems", "event.xml", content if isinstance(content, bytes) else content.encode())


def concept(code: str, display: str, system: str = SNOMED) -> Node:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def a_patient(identity: str = "ada", number: str = CHILD, **more: object) -> Node:
    return {
        "resourceType": "Patient",
        "id": identity,
        "identifier": [{"system": NHS_NUMBER, "value": number}],
        "name": [{"use": "official", "family": "Fernie", "given": ["Ada"]}],
        "gender": "female",
        "birthDate": "2018-05-04",
        "address": [{"use": "home", "postalCode": "ZZ99 1AA"}],
        "managingOrganization": {"reference": "Organization/practice"},
        **more,
    }


def a_practice() -> Node:
    identifiers = [{"system": ODS, "value": "Z99001"}]
    return {"resourceType": "Organization", "id": "practice", "identifier": identifiers, "name": "Hill Practice"}


def an_observation(identity: str = "o1", patient: str = "Patient/ada", **more: object) -> Node:
    return {
        "resourceType": "Observation",
        "id": identity,
        "identifier": [{"system": "https://gp.example/Z99001", "value": identity}],
        "status": "final",
        "code": concept("1001", "Growth review"),
        "subject": {"reference": patient},
        "effectiveDateTime": "2021-03-04",
        "issued": "2021-03-05T10:00:00+00:00",
        **more,
    }


def an_entry(kind: str, **more: object) -> Node:
    """A clinical resource with only what every kind needs."""
    identifiers = [{"system": "https://gp.example/Z99001", "value": f"{kind}-1"}]
    return {"resourceType": kind, "id": f"{kind}-1", "identifier": identifiers, "status": "active", **more}


def a_record(*resources: Node) -> Node:
    """A GP Connect collection of these resources."""
    return {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": part} for part in resources]}


def a_routing(number: str = CHILD, born: str = "2018-05-04", family: str = "FERNIE") -> str:
    return f"""
    <extension url="https://fhir.nhs.uk/STU3/StructureDefinition/Extension-RoutingDemographics-1">
      <extension url="nhsNumber"><valueIdentifier>
        <system value="{NHS_NUMBER}"/><value value="{number}"/></valueIdentifier></extension>
      <extension url="name"><valueHumanName><family value="{family}"/><given value="Ada"/></valueHumanName></extension>
      <extension url="birthDateTime"><valueDateTime value="{born}"/></extension>
    </extension>"""


def an_xml_patient(identity: str = "p1", number: str = CHILD, born: str = "2018-05-04", more: str = "") -> str:
    return f"""<Patient><id value="{identity}"/>{more}
      <identifier><system value="{NHS_NUMBER}"/><value value="{number}"/></identifier>
      <name><family value="FERNIE"/><given value="Ada"/></name><birthDate value="{born}"/></Patient>"""


def an_xml_encounter(
    status: str = "finished", subject: str = '<subject><reference value="urn:uuid:p1"/></subject>'
) -> str:
    return f"""<Encounter><id value="f1"/>
      <identifier><system value="https://supplier.example/ids"/><value value="enc-1"/></identifier>
      <status value="{status}"/><type><coding><display value="Newborn Hearing Screening"/></coding></type>
      {subject}<period><start value="2018-05-06"/></period></Encounter>"""


def a_message(  # noqa: PLR0913 - each is one thing that messages differ in
    *resources: str,
    event: str = "newborn-hearing-1",
    kind: str = "new",
    message_id: str = "m1",
    updated: str = "2018-05-07T09:00:00+00:00",
    timestamp: str = "2018-05-07T09:00:00+00:00",
    routing: str | None = None,
    focus: str = "f1",
) -> str:
    """A NEMS message with this header and these resources, each named by its id."""
    meta = f'<meta><lastUpdated value="{updated}"/></meta>' if updated else ""
    header = f"""<MessageHeader><id value="{message_id}"/>{meta}{a_routing() if routing is None else routing}
      <extension url="https://fhir.nhs.uk/STU3/StructureDefinition/Extension-MessageEventType-1">
        <valueCodeableConcept><coding><code value="{kind}"/></coding></valueCodeableConcept></extension>
      <event><system value="https://fhir.nhs.uk/STU3/CodeSystem/EventType-1"/><code value="{event}"/>
        <display value="An event"/></event>
      <timestamp value="{timestamp}"/><source><endpoint value="urn:nhs:addressing:asid:1"/></source>
      <responsible><reference value="urn:uuid:org"/></responsible>
      <focus><reference value="urn:uuid:{focus}"/></focus></MessageHeader>"""
    organisation = f"""<Organization><id value="org"/>
      <identifier><system value="{ODS}"/><value value="Z9HV1"/></identifier></Organization>"""
    entries = "".join(f"<entry><resource>{part}</resource></entry>" for part in (header, organisation, *resources))
    return f'<Bundle xmlns="http://hl7.org/fhir"><type value="message"/>{entries}</Bundle>'


def a_birth(*, related_to: str = "baby", mother_number: str = MOTHER, baby_number: str = CHILD) -> str:
    """A birth notification shaped as PDS sends it: header, first patient and subject are all the mother."""
    communication = """<Communication><id value="f1"/><status value="completed"/>
      <subject><reference value="urn:uuid:mum"/></subject><sent value="2018-05-05"/></Communication>"""
    related = f"""<RelatedPerson><id value="r1"/>
      <patient><reference value="urn:uuid:{related_to}"/></patient></RelatedPerson>"""
    births = """<Observation><id value="ob1"/><status value="final"/><code><text value="Births at delivery"/></code>
      <subject><reference value="urn:uuid:mum"/></subject>
      <valueQuantity><value value="1"/></valueQuantity></Observation>"""
    weight = """<Observation><id value="ob2"/><status value="final"/><code><text value="Birth weight"/></code>
      <subject><reference value="urn:uuid:baby"/></subject>
      <valueQuantity><value value="3400"/><unit value="gram"/></valueQuantity></Observation>"""
    return a_message(
        communication,
        an_xml_patient("mum", mother_number, "1990-01-02"),
        related,
        an_xml_patient("baby", baby_number),
        births,
        weight,
        event="pds-birth-notification-1",
        routing=a_routing(mother_number, "1990-01-02"),
    )
