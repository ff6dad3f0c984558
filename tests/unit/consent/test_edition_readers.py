"""For whom an edition can be made."""

from __future__ import annotations

import pytest

from consent.edition_readers import checked, people_of
from consent.edition_shapes import Member
from hub.directory import Directory, Organisation
from hub.errors import BadInput
from hub.people import Agency, Practitioner, Role

NURSE = Practitioner("ada", "Ada Weir", Role.SCHOOL_NURSE, Agency.HEALTH_VISITING, "HV-1", "n-1")
VISITOR = Practitioner("bea", "Bea Orr", Role.HEALTH_VISITOR, Agency.HEALTH_VISITING, "HV-1", "v-1")
MOTHER = Practitioner("cat", "Cat Lennox", Role.PARENT, Agency.FAMILY, "")
KNOWN = Directory((Organisation("HV-1", "Rowan team", Agency.HEALTH_VISITING, ()),), (NURSE, VISITOR, MOTHER))


def test_a_person_an_organisation_and_those_there_with_a_role_are_an_audience() -> None:
    everybody = checked([Member(organisation="HV-1")], KNOWN, "core-group")
    visitors = checked([Member(organisation="HV-1", role="health-visitor")], KNOWN, "core-group")
    twice = checked([Member("ada"), Member("ada")], KNOWN, "core-group")

    assert people_of(everybody, KNOWN.people()) == [NURSE, VISITOR]
    assert people_of(visitors, KNOWN.people()) == [VISITOR]
    assert people_of(twice, KNOWN.people()) == [NURSE]
    assert len(twice) == 1


@pytest.mark.parametrize(
    "member",
    [
        Member(),
        Member("nobody"),
        Member("ada", "HV-1"),
        Member(organisation="HV-2"),
        Member(organisation="HV-1", role="king"),
        Member(organisation="HV-1", role="police-officer"),
        Member(role="health-visitor"),
    ],
    ids=["nothing", "unknown", "both", "no-organisation", "no-role", "nobody-there", "role-alone"],
)
def test_who_is_not_there_is_no_audience(member: Member) -> None:
    with pytest.raises(BadInput):
        checked([member], KNOWN, "core-group")


def test_somebody_of_the_family_reads_what_was_made_to_be_read_with_them_and_no_other() -> None:
    with pytest.raises(BadInput, match="family"):
        checked([Member("cat"), Member("ada")], KNOWN, "cppm")

    assert people_of(checked([Member("cat")], KNOWN, "family"), KNOWN.people()) == [MOTHER]
