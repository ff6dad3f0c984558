"""The account of a correction tells whoever wrote the entry of nobody of whom the matrix would not tell them."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from consent.edition_shapes import Member
from consent.knowing_shapes import Knower
from consent.recall_shapes import Account
from hub.people import Agency
from tests.editing import frozen, registered
from tests.emergencies import opened, seen
from tests.fix_hub import TestHub
from tests.integration.test_recalls import WHEN, the_entry
from tests.recalling import corrected
from tests.stories import on, read, settled


def theirs(hub: TestHub, day: str = "2024-09-01", record: str = "ordinary", **fields: object) -> None:
    """The record is corrected, and from now on says that this practice wrote it."""
    corrected(hub, "gp", record, 1, headline="It was the other ear", organisation="Z99104", **fields)
    with hub.as_owner() as owner:
        owner.execute("update read.entries set organisation = 'Z99104' where occurred_start = %s", [day])


def told(account: Account) -> list[tuple[str, str]]:
    return [(one.organisation, one.person) for one in account.told]


def test_who_read_it_in_an_emergency_and_works_elsewhere_is_not_named_to_who_wrote_it(hub: TestHub) -> None:
    child = settled(hub)
    entry = the_entry(hub, child)
    read(hub, "fiona", child)
    opened(hub, "shona", child)
    seen(hub, "shona", child)
    theirs(hub, occurred=WHEN)
    room = hub.house.hub.knowing

    account = room.recall_of(hub.person("dr-anwar"), entry)

    assert told(account) == [("Z99104", "dr-anwar"), ("la-990", "fiona")]
    assert "shona" in {one.person for one in room.recall_of(hub.person("eilidh"), entry).told}
    assert {(one.agency, one.organisation) for one in account.told} <= known_to(hub, child, entry)


def known_to(hub: TestHub, child: UUID, entry: UUID) -> set[tuple[str, str]]:
    """Of which services the matrix tells."""
    found = hub.house.hub.knowing.matrix(hub.person("dr-anwar"), child)
    rows: list[Knower] = [row for one in found.entries if one.entry == entry for row in one.knowers]
    return {(row.agency, row.organisation) for row in rows}


def test_of_editions_a_practitioner_is_told_those_that_they_may_read(hub: TestHub) -> None:
    child = registered(hub)
    entry, room = the_entry(hub, child, "2024-09-02"), hub.house.hub.knowing
    only_social_work = (Member("catriona"),)
    closed, open_ = frozen(hub, child, audience=only_social_work), frozen(hub, child, audience=(Member("dr-anwar"),))
    theirs(hub, "2024-09-02", "concern", code="gp.not_brought", occurred=on("2024-09-02"))

    everywhere = room.recall_of(hub.person("eilidh"), entry).editions
    of_practice = room.recall_of(hub.person("dr-anwar"), entry).editions

    assert {one.edition for one in everywhere} == {closed, open_}
    assert [one.edition for one in of_practice] == [open_]


def test_governance_of_another_organisation_is_told_of_its_own_editions_alone(hub: TestHub) -> None:
    child = registered(hub)
    entry, room = the_entry(hub, child, "2024-09-02"), hub.house.hub.knowing
    edition = frozen(hub, child)
    theirs(hub, "2024-09-02", "concern", code="gp.not_brought", occurred=on("2024-09-02"))
    eilidh, fiona = hub.person("eilidh"), hub.person("fiona")

    of_maker = replace(eilidh, agency=fiona.agency, organisation=fiona.organisation)
    of_others = replace(eilidh, agency=Agency.EDUCATION, organisation="la-990-school-1")

    assert [one.edition for one in room.recall_of(of_maker, entry).editions] == [edition]
    assert room.recall_of(of_others, entry).editions == ()
