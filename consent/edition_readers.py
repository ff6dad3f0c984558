"""For whom an edition is made: who they are in the directory, and what each of them is decided about."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from consent.decision import Asked
from consent.edition_detail import MadeFor
from consent.edition_shapes import Member
from consent.means import STATUTORY
from hub.directory import Directory
from hub.errors import BadInput
from hub.events.editions import ForWhom
from hub.people import Agency, Practitioner, Role
from projections.edition_rows import Held

MOST: Final = 60
FAMILY: Final = "family"
OWN_RECORD: Final = ("own-record", "legal-obligation")
"""For what, and on which basis, somebody of the family reads it: as their own record."""


def asked_of(reader: Practitioner, made_for: MadeFor, of: Held) -> Asked:
    """As what an edition is decided about for one reader: its maker makes it in their task, whatever its readers'."""
    if reader.id == of.by:
        return Asked(reader, made_for.purpose, STATUTORY)
    return Asked(reader, *OWN_RECORD) if reader.agency is Agency.FAMILY else Asked(reader, made_for.purpose, of.basis)


def is_member(reader: Practitioner, audience: Iterable[ForWhom]) -> bool:
    """Whether an edition is made for this person: by name, or as one of an organisation, or of those with a role."""
    return any(_is_meant(reader, one) for one in audience)


def _is_meant(person: Practitioner, one: ForWhom) -> bool:
    if one.person:
        return one.person == person.id
    return bool(one.organisation) and one.organisation == person.organisation and one.role in {"", person.role.value}


def people_of(audience: Iterable[ForWhom], known: Sequence[Practitioner]) -> list[Practitioner]:
    """Everybody of the directory for whom it is made, in the order of the directory."""
    members = list(audience)
    return [person for person in known if is_member(person, members)]


def colleagues(reader: Practitioner, audience: Iterable[ForWhom], readers: Collection[Practitioner]) -> list[str]:
    """Of the people for whom copies were made, those who are meant by the same words of the audience as this reader."""
    same = [one for one in audience if not one.person and _is_meant(reader, one)]
    return [person.id for person in readers if any(_is_meant(person, one) for one in same)]


def checked(audience: Sequence[Member], known: Directory, purpose: str) -> tuple[ForWhom, ...]:
    """An audience as it is kept. Raises BadInput for nobody, for somebody unknown, and for too many.

    Somebody of the family reads what was made to be read with them, and no other: its words were not chosen for them.
    """
    members = tuple(dict.fromkeys(ForWhom(*one) for one in audience))
    codes = {one.code for one in known.organisations()}
    for one in members:
        by_name = bool(one.person) and not one.organisation and not one.role and known.listed(one.person) is not None
        by_role = not one.person and one.organisation in codes and one.role in {"", *map(str, Role)}
        if not (by_name or by_role):
            raise BadInput(
                "Somebody of the audience is not in the directory.",
                "Name each by their id there, or an organisation by its code, with a role or without.",
            )
    people = people_of(members, known.people())
    if purpose != FAMILY and any(one.agency is Agency.FAMILY for one in people):
        raise BadInput("Somebody of the audience is of the family.", f"Make an edition for them, for {FAMILY}.")
    if not people:
        raise BadInput("Nobody would read this edition.", "Say for whom it is made.")
    if len(people) > MOST:
        raise BadInput("The audience is too large.", f"Name the people and roles of one meeting, at most {MOST}.")
    return members
