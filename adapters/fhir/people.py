"""The people of a FHIR record: the patient as the source knows them, and the professionals who recorded it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from adapters.fhir.bundle import Bundle, Entry
from adapters.fhir.times import moment
from adapters.fhir.values import Node, extensions, nodes, text, texts, words
from adapters.maps.table import rows
from hub.update import Author, Defect, Identifier, Person

_RESTRICTED = frozenset({"R", "V"})
_VERIFIED = frozenset({"", "01", "1"})
_PAST_USES = frozenset({"old", "temp"})


def person(patient: Node, local_id: str) -> Person:
    """The person a Patient resource describes, with every date of birth it states."""
    name = _chosen(nodes(patient, "name"))
    return Person(
        local_id,
        identifiers(patient),
        family=text(name, "family"),
        given=tuple(texts(name, "given")),
        birth_dates=birth_dates(patient),
        sex=text(patient, "gender"),
        postcode=text(_chosen(nodes(patient, "address")), "postalCode"),
        restricted=is_restricted(patient),
    )


def identifiers(node: Node) -> tuple[Identifier, ...]:
    """The outside numbers of a person, those of systems the hub knows, exactly as sent."""
    return tuple(
        Identifier(system, value, _verified(part))
        for part in nodes(node, "identifier")
        if (system := identifier_systems().get(text(part, "system"))) and (value := text(part, "value"))
    )


def nhs_numbers(node: Node) -> frozenset[str]:
    """The NHS numbers stated, without the spaces they are often written with."""
    return frozenset("".join(part.value.split()) for part in identifiers(node) if part.system == "nhs-number")


def birth_dates(patient: Node) -> tuple[str, ...]:
    """The date of birth and the day of the time of birth: one date, or several where they disagree."""
    return dated((text(patient, "birthDate"), birth_time(patient)))


def birth_time(patient: Node) -> str:
    """The time of birth that goes with the date of birth, as stated, or empty."""
    beside = (part for holder in nodes(patient, "_birthDate") for part in extensions(holder, "patient-birthTime"))
    return next((text(part, "valueDateTime") for part in beside), "")


def combination(person: Person) -> str:
    """`number|date of birth|name`: what tells people apart where a number alone cannot; empty without enough of it."""
    number = next((part.value for part in person.identifiers), "")
    name = " ".join([*person.given, person.family]).strip().casefold()
    born = next(iter(person.birth_dates), "")
    return f"{number}|{born}|{name}" if number and (born or name) else ""


def dated(stated: Iterable[str]) -> tuple[str, ...]:
    """The different dates among what is stated, as precise as each is; what is no date is left out."""
    found = (moment(value) for value in stated if value)
    return tuple(dict.fromkeys(part.day or part.value for part in found if part))


def birth_defects(patient: Node, place: str) -> tuple[Defect, ...]:
    """A date of birth that is no date."""
    value = text(patient, "birthDate")
    if not value or moment(value):
        return ()
    return (Defect("date-invalid", f"{place}/birthDate", "Not a date that exists; the date of birth is left out."),)


def is_restricted(resource: Node) -> bool:
    """Whether the resource is marked restricted or very restricted."""
    return any(text(part, "code") in _RESTRICTED for part in nodes(resource, "meta", "security"))


def full_name(node: Node) -> str:
    """A name as people write it: title, given names, family name."""
    name = _chosen(nodes(node, "name"))
    return " ".join([*texts(name, "prefix"), *texts(name, "given"), *texts(name, "family")]) or text(name, "text")


class Staff:
    """The professionals of a bundle, with the roles that it says they hold."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle
        self._roles: dict[str, Entry] = {}
        for entry in bundle.of_type("PractitionerRole"):
            for practitioner in bundle.referred(entry.resource, "practitioner"):
                self._roles.setdefault(practitioner.place, entry)

    def author(self, node: Node, *paths: tuple[str, ...]) -> Author:
        """The first professional that one of these paths of references leads to, or nobody."""
        found = (entry for path in paths for entry in self._bundle.referred(node, *path))
        known = (self._author(entry) for entry in found)
        return next((author for author in known if author != Author()), Author())

    def role_of(self, practitioner: Entry) -> Entry | None:
        """The first role that the bundle says a practitioner holds."""
        return self._roles.get(practitioner.place)

    def _author(self, entry: Entry) -> Author:
        if entry.type == "Organization":
            return Author(organisation=text(entry.resource, "name"))
        if entry.type == "PractitionerRole":
            holder = self._bundle.referred(entry.resource, "practitioner")
            return self._described(holder[0].resource if holder else {}, entry.resource)
        if entry.type == "Practitioner":
            role = self.role_of(entry)
            return self._described(entry.resource, role.resource if role else {})
        return Author()

    def _described(self, practitioner: Node, role: Node) -> Author:
        organisation = self._bundle.referred(role, "organization")
        return Author(
            name=full_name(practitioner),
            role=words(role, "code"),
            organisation=text(organisation[0].resource, "name") if organisation else "",
            registration=text(practitioner, "identifier", "value"),
        )


@cache
def identifier_systems() -> dict[str, str]:
    """Addresses of identifier systems of people, each with the hub's short name."""
    return {row["system"]: row["name"] for row in rows("fhir-identifiers")}


def _chosen(parts: list[Node]) -> Node:
    """The name or address in use: not an old one while there is another."""
    current = [part for part in parts if text(part, "use") not in _PAST_USES and not text(part, "period", "end")]
    official = [part for part in current if text(part, "use") in {"official", "home"}]
    return next(iter(official + current + parts), {})


def _verified(identifier: Node) -> bool:
    endings = ("NHSNumberVerificationStatus-1", "UKCore-NHSNumberVerificationStatus")
    status = [part for ending in endings for part in extensions(identifier, ending)]
    return all(text(part, "valueCodeableConcept", "coding", "code") in _VERIFIED for part in status)
