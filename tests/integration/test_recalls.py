"""A correction reaches exactly the people who were shown the old version, and it is counted who took note."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.events.access import unpacked
from tests.fix_hub import TestHub
from tests.recalling import corrected, moved, notices, open_ones
from tests.stating import safe_address, tie
from tests.stories import entry_on, on, read, recorded, settled, stranger, take, told

DAY = "2024-09-01"
WHEN = on(DAY)


def the_entry(hub: TestHub, child: UUID, day: str = DAY) -> UUID:
    found = entry_on(read(hub, "dr-anwar", child), day)
    assert found is not None
    return found.entry


def test_a_correction_is_told_to_those_who_read_the_old_version_and_to_nobody_else(hub: TestHub) -> None:
    child = settled(hub)
    entry = the_entry(hub, child)
    read(hub, "fiona", child)
    hub.house.catch_up()
    assert notices(hub, "fiona") == []

    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")

    assert notices(hub, "fiona") == [("corrected", entry)] == notices(hub, "dr-anwar")
    assert notices(hub, "morag") == [] == notices(hub, "callum")


def test_a_notice_says_nothing_of_the_entry_but_whom_to_ask(hub: TestHub) -> None:
    child = settled(hub)
    read(hub, "fiona", child)
    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")

    (one,) = open_ones(hub, "fiona")

    assert (one.child, one.revision, one.what, one.works) == (child, 2, "corrected", True)
    assert one.ask == "Ask GP practice, which keeps the record."
    assert one.told_at < one.at
    last = recorded(hub)[-1]
    assert (last.action, last.child, unpacked(last.entries)) == ("corrections", child, [(one.entry, 0, 0)])


def test_a_version_that_tells_nothing_new_recalls_nobody(hub: TestHub) -> None:
    child = settled(hub)
    read(hub, "fiona", child)

    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, mapping="read-anew", original=b'{"other": "bytes"}')

    with hub.as_owner() as owner:
        row = owner.execute("select max(revision) from read.entries").fetchone()
    assert row == (2,)
    assert notices(hub, "fiona") == []


def test_of_a_summary_only_what_the_summary_tells_counts(hub: TestHub) -> None:
    child = settled(hub)
    summary = entry_on(read(hub, "callum", child), DAY)
    assert type(summary).__name__ == "Redacted"
    hub.house.catch_up()

    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")
    assert notices(hub, "callum") == []

    corrected(hub, "gp", "ordinary", 2, occurred=on("2024-09-03"), headline="It was the other ear")
    assert [what for what, _ in notices(hub, "callum")] == ["corrected"]
    (one,) = open_ones(hub, "callum")
    assert (one.by_day, f"{one.at:%H:%M:%S.%f}") == (True, "00:00:00.000000")


def test_whoever_knows_only_that_there_is_an_entry_is_told_when_it_is_taken_back(hub: TestHub) -> None:
    child = settled(hub)
    concern = entry_on(read(hub, "callum", child), "2024-09-02")
    assert type(concern).__name__ == "Withheld"
    corrected(hub, "gp", "concern", 1, code="gp.not_brought", occurred=on("2024-09-02"), headline="Other words")
    assert notices(hub, "callum") == []

    corrected(hub, "gp", "concern", 2, code="gp.not_brought", occurred=on("2024-09-02"), action="retract")

    assert concern is not None
    assert notices(hub, "callum") == [("taken-back", concern.entry)]


def test_whose_record_moves_to_another_child_is_told_to_those_who_saw_it_under_the_wrong_one(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "finn", person=stranger())])
    other = next(one for one in hub.children() if one != child)
    entry = the_entry(hub, child)
    read(hub, "fiona", child)

    moved(hub, entry, other)

    found = {one.entry: one for one in open_ones(hub, "fiona")}
    assert found[entry].what == "other-child"
    assert found[entry].child == child
    assert all(one.child == child for one in found.values())

    moved(hub, entry, child)
    assert notices(hub, "fiona") == []


def test_what_was_corrected_back_recalls_only_who_was_told_the_version_between(hub: TestHub) -> None:
    child = settled(hub)
    entry = the_entry(hub, child)
    read(hub, "morag", child)
    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")
    read(hub, "fiona", child)
    assert notices(hub, "morag") == [("corrected", entry)]

    corrected(hub, "gp", "ordinary", 2, occurred=WHEN)

    assert notices(hub, "morag") == []
    assert notices(hub, "fiona") == [("corrected", entry)]


def test_note_is_taken_once_and_what_is_corrected_again_is_told_again(hub: TestHub) -> None:
    child = settled(hub)
    entry, fiona, room = the_entry(hub, child), hub.person("fiona"), hub.house.hub.knowing
    read(hub, "fiona", child)
    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")

    room.acknowledge(fiona, entry, 2)
    room.acknowledge(fiona, entry, 2)

    assert notices(hub, "fiona") == []
    assert room.waiting(fiona) == 0
    with hub.as_owner() as owner:
        assert owner.execute("select count(*) from read.correction_acknowledgements").fetchone() == (1,)
    corrected(hub, "gp", "ordinary", 2, occurred=WHEN, headline="It was the other ear", mapping="read-anew")
    assert notices(hub, "fiona") == []
    corrected(hub, "gp", "ordinary", 3, occurred=WHEN, headline="It was no ear at all")
    assert notices(hub, "fiona") == [("corrected", entry)]
    corrected(hub, "gp", "ordinary", 4, occurred=WHEN, action="retract")
    assert notices(hub, "fiona") == [("taken-back", entry)]
    assert room.waiting(fiona) == 1


def test_note_is_not_taken_of_what_somebody_did_not_see(hub: TestHub) -> None:
    child = settled(hub)
    entry, fiona, room = the_entry(hub, child), hub.person("fiona"), hub.house.hub.knowing
    read(hub, "fiona", child)
    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")
    corrected(hub, "gp", "ordinary", 2, occurred=WHEN, action="retract")

    with pytest.raises(BadInput):
        room.acknowledge(fiona, entry, 2)
    with pytest.raises(BadInput):
        room.acknowledge(fiona, entry, 3, "corrected")
    with pytest.raises(NothingToShow):
        room.acknowledge(hub.person("callum"), entry, 3)
    with pytest.raises(NothingToShow):
        room.acknowledge(fiona, uuid4(), 3)

    assert notices(hub, "fiona") == [("taken-back", entry)]


def test_somebody_who_works_with_the_child_no_longer_is_told_without_a_way_in(hub: TestHub) -> None:
    child = settled(hub)
    read(hub, "morag", child)
    corrected(hub, "hv", "began", 1, occurred=on("2020-03-01"), headline="Other words", facts=())

    hub.house.catch_up()
    found = {one.what: one for one in open_ones(hub, "morag")}

    assert found["corrected"].works is False
    with pytest.raises(NothingToShow):
        read(hub, "morag", child)


def test_of_a_child_of_their_own_family_nobody_is_told_anything(hub: TestHub) -> None:
    child = settled(hub)
    entry = the_entry(hub, child)
    read(hub, "fiona", child)
    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")

    tie(hub, child, "family", "fiona")

    assert notices(hub, "fiona") == []
    with pytest.raises(NothingToShow):
        hub.house.hub.knowing.acknowledge(hub.person("fiona"), entry, 2)


def test_a_reading_that_is_written_while_the_correction_is_taken_in_loses_nobody(hub: TestHub) -> None:
    child = settled(hub)
    entry = the_entry(hub, child)
    hub.house.hub.intake.receive(
        [told("gp", "ordinary", version="v1", order="2026-01-01T00:00:01Z", occurred=WHEN, headline="The other ear")]
    )
    # The correction is in the ledger and not yet in the chronology: what is read now is the version before.
    late = entry_on(read(hub, "fiona", child), DAY)
    assert late is not None
    assert getattr(late, "revision", 0) == 1

    hub.house.catch_up()

    assert notices(hub, "fiona") == [("corrected", entry)]


def test_governance_counts_who_was_told_and_who_took_note(hub: TestHub) -> None:
    child = settled(hub)
    entry, room = the_entry(hub, child), hub.house.hub.knowing
    for who in ("fiona", "morag"):
        read(hub, who, child)
    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, headline="It was the other ear")
    room.acknowledge(hub.person("fiona"), entry, 2)

    account = room.recall_of(hub.person("eilidh"), entry)

    assert [(one.person, one.organisation) for one in account.told] == [
        ("dr-anwar", "Z99104"),
        ("morag", "Z9HV1"),
        ("fiona", "la-990"),
    ]
    assert (account.noted, account.oldest) == (1, account.told[0].at)
    assert account.editions == ()
    assert [(one.entry, one.told) for one in room.recalled(hub.person("eilidh"))] == [(entry, account.told)]
    with pytest.raises(NotPermitted):
        room.recalled(hub.person("fiona"))
    with pytest.raises(NothingToShow):
        room.recall_of(hub.person("eilidh"), uuid4())


def test_whose_record_it_is_learns_who_was_told_otherwise_and_nobody_else_does(hub: TestHub) -> None:
    child = settled(hub)
    corrected(hub, "gp", "ordinary", 1, occurred=WHEN, organisation="Z99104", author=told("gp", "x").author)
    entry, room = the_entry(hub, child), hub.house.hub.knowing
    read(hub, "fiona", child)
    with hub.as_owner() as owner:
        owner.execute("update read.entries set organisation = 'Z99104' where stream = %s", [entry])
    corrected(hub, "gp", "ordinary", 2, occurred=WHEN, headline="The other ear", organisation="Z99104")
    with hub.as_owner() as owner:
        owner.execute("update read.entries set organisation = 'Z99104' where stream = %s", [entry])

    account = room.recall_of(hub.person("dr-anwar"), entry)

    assert [one.person for one in account.told] == ["dr-anwar", "fiona"]
    for who in ("fiona", "callum", "morag", "shona", "rab"):
        with pytest.raises(NothingToShow):
            room.recall_of(hub.person(who), entry)
    safe_address(hub, child)
    hidden = room.recall_of(hub.person("dr-anwar"), entry)
    assert [one.person for one in hidden.told] == ["dr-anwar", ""]
