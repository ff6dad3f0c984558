"""Invented people and records for tests: only what the test cares about is named."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

from hub.update import Author, Identifier, InvolvementFact, Occurred, Person, Precision, StatusFact, ThirdPerson, Update

ISLA = Person("isla-1", (Identifier("nhs-number", "9990000018"),), "Reid", ("Isla",), ("2019-04-02",))


def an_update(record: str = "r1", **fields: Any) -> Update:  # noqa: ANN401 - any field of an Update, by its name
    """A GP's record about Isla; change any field by naming it."""
    plain = Update(
        source="gp-connect",
        record_id=record,
        version="1",
        order="2024-05-01T09:00:00Z",
        action="assert",
        person=ISLA,
        code="gp.consultation.summary",
        occurred=Occurred("2024-05-01", Precision.DAY),
        original=b'{"record": "' + record.encode() + b'"}',
        media_type="application/fhir+json",
        place="/entry/1",
        headline="Sore ear",
        detail="Seen with her mother; pain since Sunday.",
        organisation="P99001",
        author=Author("Dr Anwar", "GP"),
    )
    return replace(plain, **fields)


def somebody(
    local_id: str, number: str = "", family: str = "Reid", given: str = "Isla", born: str = "2019-04-02"
) -> Person:
    """A person as one source knows them, with at most one NHS number."""
    identifiers = (Identifier("nhs-number", number),) if number else ()
    return Person(local_id, identifiers, family, (given,), (born,) if born else ())


def works_with(
    duty: str, organisation: str, worker: str = "", since: str = "2020-01-01", until: str = ""
) -> InvolvementFact:
    """An involvement fact."""
    return InvolvementFact(duty, organisation, worker, "", since, until)


def stage(
    kind: Literal["concern", "registered", "plan", "single-agency-plan", "looked-after"],
    since: str = "2024-01-01",
    until: str = "",
) -> StatusFact:
    """A status fact."""
    return StatusFact(kind, since, until)


def mother(text: str = "Low mood since the birth.") -> ThirdPerson:
    """Isla's mother, as a third person."""
    return ThirdPerson("mother", "mother-1", "Jean Reid", text)
