"""What follows from entries, in a whole hub: nothing sealed shows in it, the past stays, and joining opens nothing."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from consent.decision import Withheld
from consent.views import Derived
from hub.api.view_shapes import views_to_json
from hub.errors import BadInput, NothingToShow, NotPermitted
from hub.update import Marks, Update
from tests.builders import somebody
from tests.fix_hub import TestHub
from tests.follows import states
from tests.stories import NUMBER, PLAN, kinds, now_of, on, read, recorded, settled, take, told

SEALED = (
    ("hv", "hv.contact.completed", "2019-07-15", "restricted"),
    ("sw", "sw.child.seen", "2026-10-20", "adoption"),
    ("sw", "sw.placement.started", "2022-01-01", "adoption"),
    ("sw", "sw.placement.moved", "2023-01-01", "adoption"),
    ("sw", "sw.missing.reported", "2023-02-01", "adoption"),
    ("sw", "sw.missing.returned", "2023-02-03", "adoption"),
    ("sw", "sw.register.added", "2026-09-01", "adoption"),
    ("gp", "gp.immunisation.given", "2020-06-02", "sexual-health"),
    ("gp", "gp.not_brought", "2024-08-20", "sexual-health"),
    ("hv", "hv.contact.missed", "2024-08-22", "restricted"),
    ("sw", "sw.contact.received", "2025-06-01", "adoption"),
)
"""Entries that would each change a view, if they counted: agency, code, day, and the label by which they are sealed."""


def sealed() -> list[Update]:
    return [
        told(agency, f"sealed-{n}", code=code, occurred=on(day), sensitivity=label)
        for n, (agency, code, day, label) in enumerate(SEALED)
    ]


def follows(hub: TestHub, who: str, child: UUID, **asked: object) -> Derived:
    return hub.house.hub.views.of(hub.person(who), child, **(PLAN | asked))  # type: ignore[arg-type]  # as a reading


def what(found: Derived, view: str) -> list[tuple[str, str]]:
    return states(next(one for one in found.sections if one.view == view))


@pytest.fixture
def twice(hub: TestHub) -> tuple[UUID, UUID, UUID]:
    """Isla, and one immunisation that her practice and the health visitors both tell of."""
    child = settled(hub)
    both = [
        told("gp", "jab", code="gp.immunisation.given", occurred=on("2020-06-01")),
        told("hv", "jab", code="hv.immunisation.given", occurred=on("2020-06-02")),
    ]
    take(hub, both)
    found = [one.entry for one in read(hub, "morag", child).entries if one.when.start in ("2020-06-01", "2020-06-02")]
    return child, found[0], found[1]


@pytest.mark.parametrize("who", ["callum", "catriona", "morag"])
def test_a_sealed_entry_changes_no_byte_of_any_view(hub: TestHub, who: str) -> None:
    child = settled(hub)
    story, before = kinds(read(hub, who, child)), views_to_json(follows(hub, who, child))
    hidden = [one for one in sealed() if who != "morag" or one.sensitivity == "adoption"]
    held = _held(hub)

    take(hub, hidden)

    assert _held(hub) == held + len(hidden) >= held + 6
    assert kinds(read(hub, who, child)) == story
    assert views_to_json(follows(hub, who, child)) == before


def test_the_same_entries_change_the_views_of_those_to_whom_they_are_open(hub: TestHub) -> None:
    """Or that they change nothing for others would prove nothing."""
    child = settled(hub)
    plain = [told(agency, f"open-{n}", code=code, occurred=on(day)) for n, (agency, code, day, _) in enumerate(SEALED)]

    before = follows(hub, "fiona", child)
    take(hub, plain)
    after = follows(hub, "fiona", child)

    changed = {
        one.view
        for one, other in zip(before.sections, after.sections, strict=True)
        if one.statements != other.statements
    }
    assert changed >= {"seen", "clocks", "missing", "placements", "silences", "concerns"}


def test_a_late_record_stands_in_place_of_none_and_that_it_was_late_stays(hub: TestHub) -> None:
    child = settled(hub)
    clocks = {one.name: one.status for one in follows(hub, "morag", child).sections[1].statements}
    take(hub, [told("hv", "at-last", occurred=on("2020-08-20"))])

    found = next(one for one in follows(hub, "morag", child).sections[1].statements if one.name == "uhvp.13-15m")

    assert clocks["uhvp.13-15m"] == "not-done"
    assert (found.status, found.number) == ("done-late", 19)


def test_what_followed_on_a_past_day_follows_from_what_was_known_then(hub: TestHub) -> None:
    child = settled(hub)
    then = now_of(hub)
    before = {who: views_to_json(follows(hub, who, child, known_at=then)) for who in ("morag", "fiona", "callum")}

    take(hub, [told("hv", "late", occurred=on("2020-08-20")), told("sw", "seen", code="sw.child.seen")])
    take(hub, [told("gp", "moved", person=somebody("gp-isla", NUMBER, born="2019-04-03"), occurred=on("2022-02-02"))])

    after = {who: views_to_json(follows(hub, who, child, known_at=then)) for who in before}
    assert after == before
    assert views_to_json(follows(hub, "morag", child)) not in before.values()


def test_agencies_that_state_different_birth_dates_are_said_to_and_no_contact_is_judged(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("gp", "moved", person=somebody("gp-isla", NUMBER, born="2019-04-03"), occurred=on("2022-02-02"))])

    clocks = follows(hub, "morag", child).sections[1]

    assert [one for one in clocks.statements if one.name.startswith("uhvp.")] == []
    assert any("different birth dates" in one for one in clocks.unknown)


def test_what_an_entry_says_of_seeing_the_child_is_told_to_those_who_may_read_it(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("sw", "visit", code="sw.plan.reviewed", occurred=on("2026-10-20"), marks=Marks(seen="seen-alone"))])

    assert what(follows(hub, "fiona", child), "seen") == [("everybody", "seen-alone")]


def test_each_view_is_recorded_with_the_entries_that_it_names_and_no_others(hub: TestHub) -> None:
    child = settled(hub)

    found = follows(hub, "morag", child)

    line = next(one for one in reversed(recorded(hub)) if one.originator_id == found.reading)
    assert (line.action, line.outcome, line.child) == ("views", "shown", child)
    named = {entry for section in found.sections for one in section.statements for entry in one.entries}
    assert {one.entry for one in found.entries} == named
    assert len(line.entries) > 0
    assert sum(one.entries for one in line.decisions) == len(named)


def test_who_may_not_know_of_the_child_is_told_what_is_said_of_no_child(hub: TestHub) -> None:
    child, said = settled(hub), []
    for asked in (child, uuid4()):
        with pytest.raises(NothingToShow) as refused:
            follows(hub, "shona", asked)
        said.append((refused.value.message, refused.value.next_step))

    assert said[0] == said[1]
    assert [one.outcome for one in recorded(hub) if one.action == "views"] == ["nothing-to-show"] * 2


# Whether two entries are one happening.


def test_what_is_joined_is_one_for_those_who_may_know_both(hub: TestHub, twice: tuple[UUID, UUID, UUID]) -> None:
    child, one, other = twice
    room, morag = hub.house.hub.views, hub.person("morag")
    before = what(follows(hub, "morag", child), "alike")

    room.join(morag, child, (other, one), reason="The same jab, on the Monday.")

    assert before == [("alike", "maybe")]
    (found,) = next(part for part in follows(hub, "morag", child).sections if part.view == "alike").statements
    assert (found.status, set(found.entries)) == ("joined", {one, other})
    assert found.words.endswith("The same jab, on the Monday.")
    assert len(read(hub, "morag", child).entries) == len({entry.entry for entry in read(hub, "morag", child).entries})


def test_it_is_undone_and_said_anew_and_never_twice(hub: TestHub, twice: tuple[UUID, UUID, UUID]) -> None:
    child, *pair = twice
    room, morag = hub.house.hub.views, hub.person("morag")

    room.join(morag, child, pair)
    with pytest.raises(BadInput):
        room.join(morag, child, pair[::-1])
    room.compare_anew(morag, child, pair)
    undone = what(follows(hub, "morag", child), "alike")
    room.keep_apart(morag, child, pair)

    assert undone == [("alike", "maybe")]
    assert what(follows(hub, "morag", child), "alike") == [("alike", "apart")]


def test_whoever_may_know_one_of_them_alone_finds_no_trace_of_the_other(hub: TestHub) -> None:
    child = settled(hub)
    take(
        hub,
        [
            told(
                "gp",
                "private-jab",
                code="gp.immunisation.given",
                occurred=on("2020-06-01"),
                sensitivity="sexual-health",
            )
        ],
    )
    take(hub, [told("hv", "jab", code="hv.immunisation.given", occurred=on("2020-06-02"))])
    mine = {one.entry for one in read(hub, "dr-anwar", child, purpose="direct-care").entries}
    readers = ("fiona", "callum")
    story = {who: read(hub, who, child) for who in readers}
    before = {who: views_to_json(follows(hub, who, child)) for who in readers}
    (hidden,) = [one.entry for one in read(hub, "dr-anwar", child).entries if one.when.start == "2020-06-01"]
    (seen,) = [one.entry for one in read(hub, "dr-anwar", child).entries if one.when.start == "2020-06-02"]

    hub.house.hub.views.join(hub.person("dr-anwar"), child, (hidden, seen), reason="One jab.")

    assert hidden in mine
    for who in readers:
        assert hidden not in {one.entry for one in story[who].entries if not isinstance(one, Withheld)}
        assert views_to_json(follows(hub, who, child)) == before[who]
        assert read(hub, who, child).entries == story[who].entries


def test_who_may_not_read_both_whole_may_not_say_it(hub: TestHub) -> None:
    child = settled(hub)
    take(hub, [told("sw", "hidden", code="sw.adoption.step", occurred=on("2022-03-03"))])
    room, catriona = hub.house.hub.views, hub.person("catriona")
    found = read(hub, "catriona", child).entries
    whole = next(one.entry for one in found if type(one).__name__ == "Shown")
    part = next((one.entry for one in found if type(one).__name__ != "Shown"), None)
    said = []

    for other in (uuid4(), _hidden(hub)):
        with pytest.raises(NothingToShow) as refused:
            room.join(catriona, child, (whole, other))
        said.append((refused.value.message, refused.value.next_step))

    assert said[0] == said[1]
    assert part is not None
    with pytest.raises(NotPermitted):
        room.join(catriona, child, (whole, part))
    with pytest.raises(NothingToShow):
        room.join(hub.person("shona"), child, (whole, part))
    outcomes = [one.outcome for one in recorded(hub) if one.action == "join"]
    assert outcomes == ["nothing-to-show", "nothing-to-show", "refused", "nothing-to-show"]


def test_what_was_joined_later_is_not_joined_on_a_past_day(hub: TestHub, twice: tuple[UUID, UUID, UUID]) -> None:
    child, *pair = twice
    then = now_of(hub)

    hub.house.hub.views.join(hub.person("morag"), child, pair)

    assert what(follows(hub, "morag", child, known_at=then), "alike") == [("alike", "maybe")]
    assert what(follows(hub, "morag", child), "alike") == [("alike", "joined")]


def test_rebuilt_it_is_the_same(hub: TestHub, twice: tuple[UUID, UUID, UUID]) -> None:
    child, *pair = twice
    hub.house.hub.views.join(hub.person("morag"), child, pair, reason="One jab.")
    before = _rows(hub)

    hub.house.rebuild("facts", lambda _: None)

    assert len(before) == 1
    assert _rows(hub) == before


def _hidden(hub: TestHub) -> UUID:
    with hub.as_owner() as connection:
        row = connection.execute("select stream from read.entries where code = 'sw.adoption.step'").fetchone()
    assert row is not None
    return UUID(str(row[0]))


def _held(hub: TestHub) -> int:
    """How many entries there are, whoever may know of them."""
    with hub.as_owner() as connection:
        row = connection.execute("select count(*) from read.entries").fetchone()
    return int(row[0]) if row else 0


def _rows(hub: TestHub) -> list[tuple[object, ...]]:
    with hub.as_owner() as connection:
        return connection.execute("select t::text from read.joined t order by position").fetchall()
