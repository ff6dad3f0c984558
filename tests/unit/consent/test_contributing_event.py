"""A contribution as an event: under its writer's name, never less closed than what it is about, and repeatable."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID, uuid5

import pytest

from consent.contributing_event import About, Writing
from consent.contributing_terms import MISSED, Named, checked
from hub.people import Agency, Practitioner, Role
from hub.vocabulary import terms
from projections.contributed import Cited
from tests.contributions import about, saying

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
CHILD, STREAM, OTHER = (UUID(int=number) for number in (1, 2, 3))
MORAG = Practitioner("morag", "Morag Baird", Role.HEALTH_VISITOR, Agency.HEALTH_VISITING, "HV-NORTH", "hv-1")


def writing(reader: Practitioner = MORAG) -> Writing:
    return Writing(reader, CHILD, "North team", NOW, lambda *parts: uuid5(CHILD, "|".join(parts)))


def of(sensitivity: str = "ordinary", *, third_party: bool = False, restricted: bool = False) -> Cited:
    return Cited(OTHER, 1, sensitivity, third_party, "any.event.noted", (), restricted)


def test_its_writer_is_named_with_role_and_organisation() -> None:
    said, when = checked(saying(significance="notable"), MORAG.agency, NOW)

    record = writing().record(said, when, STREAM, 1, About())

    assert (record.author.name, record.author.role, record.author.organisation) == (
        "Morag Baird", "Health visitor", "North team",
    )  # fmt: skip
    assert (record.category, record.sender, record.marks and record.marks.significance_by) == (
        "health", "HV-NORTH", "morag",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("cited", "marked", "kept"),
    [
        ((), False, "ordinary"),
        ((), True, "restricted"),
        ((of("concern"), of("criminal")), False, "criminal"),
        ((of(restricted=True),), False, "restricted"),
        ((of("gender-based-violence", restricted=True),), True, "gender-based-violence"),
        ((of("adoption"), of("restricted")), True, "adoption"),
    ],
    ids=range(6),
)
def test_it_is_as_closed_as_the_most_closed_thing_it_is_about(
    cited: tuple[Cited, ...], *, marked: bool, kept: str
) -> None:
    said, when = checked(about(OTHER), MORAG.agency, NOW)

    assert writing().record(said, when, STREAM, 1, About(cited, marked)).sensitivity == kept


def test_what_is_about_an_entry_that_speaks_of_somebody_else_counts_as_one() -> None:
    said, when = checked(about(OTHER), MORAG.agency, NOW)

    (part,) = writing().record(said, when, STREAM, 1, About((of(third_party=True),))).third_parts

    assert (part.name, part.text) == ("", "")


def test_the_same_person_has_the_same_key_whatever_the_letters() -> None:
    def holder(name: str, relation: str = "mother") -> UUID:
        said, when = checked(saying(people=(Named(relation, name),)), MORAG.agency, NOW)
        return writing().record(said, when, STREAM, 1, About()).third_parts[0].holder

    assert holder("Jean Reid") == holder("JEAN REID") != holder("Jean Reid", "other")


@pytest.mark.parametrize("code", sorted(MISSED))
def test_what_was_expected_and_missed_did_not_happen(code: str) -> None:
    agency = {"gp": Agency.GP, "hv": Agency.HEALTH_VISITING, "sw": Agency.SOCIAL_WORK, "ts": Agency.THIRD_SECTOR}
    reader = Practitioner("x", "X", Role.GP, agency[code[:2]], "ORG")
    said, when = checked(saying(code=code), reader.agency, NOW)

    assert code in terms()
    assert writing(reader).record(said, when, STREAM, 1, About()).polarity == "did-not-happen"


def test_a_retraction_of_what_its_own_agency_may_not_read_stays_closed() -> None:
    assert writing().retraction(STREAM, 2, "Wrong.", None).sensitivity == "restricted"
    assert writing().retraction(STREAM, 2, "Wrong.", of("concern")).sensitivity == "concern"
