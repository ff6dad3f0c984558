"""One vaccination, given or not, as the hub keeps it, whichever table or message it was read from."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from adapters.fhir.values import lines
from adapters.reading.nhs_number import number_of
from hub.update import Action, Author, Coding, Defect, Occurred, Person, Sensitivity, Update
from hub.vocabulary import terms

SOURCE = "imms-csv"
GIVEN, MISSED = "hv.immunisation.given", "hv.immunisation.missed"


@dataclass(frozen=True, slots=True)
class Dose:
    """What one record says. `given` is False where the vaccine was refused or not given for another reason."""

    record_id: str
    person: Person
    occurred: Occurred
    headline: str
    details: tuple[str, ...]
    given: bool = True
    action: Action = "assert"
    version: str = ""
    order: str = ""
    recorded: str = ""
    organisation: str = ""
    author: Author = field(default_factory=Author)
    codings: tuple[Coding, ...] = ()
    sensitivity: Sensitivity = "ordinary"
    defects: tuple[Defect, ...] = ()


def update_of(dose: Dose, original: bytes, media_type: str, place: str) -> Update:
    """The update of one vaccination; what was not given did not happen, and says so."""
    code = GIVEN if dose.given else MISSED
    return Update(
        SOURCE,
        record_id=dose.record_id,
        version=dose.version,
        order=dose.order,
        action=dose.action,
        person=dose.person,
        code=code,
        occurred=dose.occurred,
        original=original,
        media_type=media_type,
        place=place,
        headline=dose.headline or terms()[code].label,
        detail=lines(dose.details),
        recorded_at_source=dose.recorded,
        organisation=dose.organisation,
        author=dose.author,
        codings=dose.codings,
        sensitivity="restricted" if dose.person.restricted else dose.sensitivity,
        polarity="happened" if dose.given else "did-not-happen",
        defects=dose.defects,
    )


def known_as(person: Person, own: str = "") -> Person:
    """The same person with the id by which the record knows them: an NHS number that holds, else all that is said.

    `own` is the sender's id for the person. It is never enough by itself: in a published file four children share one.
    """
    name = " ".join([*person.given, person.family]).strip().casefold()
    born = next(iter(person.birth_dates), "")
    number = next((part.value for part in person.identifiers), "") or own or person.postcode
    alone = f"{number}|{born}|{name}" if number and name and born else ""
    return replace(person, local_id=number_of(person) or alone)


def labelled(label: str, value: str) -> str:
    """`Label: value`, or nothing."""
    return f"{label}: {value}" if value else ""
