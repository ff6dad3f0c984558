"""What an edition does not tell beside its entries: of emergencies, of reasons, of corrections, of another's child."""

from __future__ import annotations

from dataclasses import replace
from io import StringIO
from uuid import UUID

import pytest
from rich.console import Console

from consent.decision import Level, Redacted, Shown, Withheld
from consent.edition_copies import digest
from consent.edition_shapes import EditionSaid, Member, Written
from hub.cli.edition_tables import NOT_AS_FROZEN, viewed
from hub.errors import BadInput, NothingToShow
from hub.events.access import Told
from projections import edition_rows, second_line
from tests.builders import mother, works_with
from tests.editing import CORE_GROUP, change, freeze, look, prepare, registered, room
from tests.emergencies import opened
from tests.fix_hub import TestHub
from tests.recalling import corrected, moved
from tests.stories import entry_of, now_of, on, settled, stranger, take, told

REVIEW = EditionSaid("lac-review", (Member("morag"), Member("dr-anwar"), Member("catriona"), Member("callum")))


def of_all(hub: TestHub, child: UUID, said: EditionSaid, words: str = "All of it matters.") -> UUID:
    """An edition of every candidate, chosen by hand, frozen."""
    edition = prepare(hub, child, said).edition
    view = look(hub, "fiona", child, edition)
    ids = tuple(one.entry.entry for one in (*view.entries, *view.left_out))
    change(hub, child, edition, include=ids, reason=words)
    freeze(hub, child, edition)
    return edition


def test_emergency_access_opens_no_edition_to_whom_it_was_closed(hub: TestHub) -> None:
    child = registered(hub)
    edition = prepare(hub, child, replace(CORE_GROUP, basis="vital-interests")).edition
    change(hub, child, edition, written=(Written("meaning", "canary-analysis"),))
    freeze(hub, child, edition)
    assert look(hub, "morag", child, edition).entries
    ended = works_with("health-visiting-team", "Z9HV1", until="2026-01-01")
    begun = on("2020-03-01")
    take(hub, [told("hv", "began", version="2", order="2026-01-01T00:00:00Z", occurred=begun, facts=(ended,))])

    opened(hub, "morag", child)

    morag, rooms = hub.person("morag"), room(hub)
    for asked in (
        lambda: rooms.read(morag, child, edition),
        lambda: rooms.compare(morag, child, edition, edition),
        lambda: rooms.listed(morag, child),
        lambda: rooms.reviewed(morag, child),
    ):
        with pytest.raises(NothingToShow):
            asked()


@pytest.mark.parametrize("by_hand", [True, False], ids=["by-hand", "proposed"])
def test_beside_an_entry_that_is_only_known_to_exist_stands_no_reason(hub: TestHub, by_hand: bool) -> None:  # noqa: FBT001 - one of two ways
    child = registered(hub)
    if by_hand:
        edition = of_all(hub, child, REVIEW, "canary-words")
    else:
        edition = prepare(hub, child, REVIEW).edition
        freeze(hub, child, edition)

    beside = []
    for who in ("morag", "dr-anwar", "catriona", "callum"):
        view = look(hub, who, child, edition)
        beside += [one for one in (*view.entries, *view.left_out) if isinstance(one.entry, Withheld)]
        assert any(one.why for one in view.entries if not isinstance(one.entry, Withheld))

    assert beside
    assert {(one.why, one.words) for one in beside} == {("", "")}


def test_the_maker_is_still_told_why_what_is_closed_to_them_is_left_out(hub: TestHub) -> None:
    child = registered(hub)

    view = look(hub, "fiona", child, prepare(hub, child).edition)

    assert {one.why for one in view.left_out if isinstance(one.entry, Withheld)} == {"not-open-to-maker"}


def test_the_mark_of_a_copy_takes_no_reason_of_what_it_does_not_open(hub: TestHub) -> None:
    child = registered(hub)
    edition = of_all(hub, child, REVIEW, "canary-words")

    with hub.house.hub.editions._reading.opening.means.reading() as session:
        second_line.about(session, hub.person("fiona"), child)
        held = edition_rows.one(session, edition)
        assert held is not None
        assert held.frozen_at is not None
        other = replace(held, picks=tuple(one._replace(why="always-in") for one in held.picks), reasons={})
        one = held.picks[0].entry
        marks = [
            [digest(session, of, held.frozen_at, ([Told(one, 0, level)], [])) for of in (held, other)]
            for level in (Level.WITHHELD, Level.REDACTED)
        ]

    assert [first == second for first, second in marks] == [True, False]


def test_what_a_summary_hides_is_not_told_to_have_been_corrected(hub: TestHub) -> None:
    child = settled(hub)
    first = of_all(hub, child, EditionSaid("lac-review", (Member("morag"), Member("dr-anwar"))))
    once = on("2024-09-03")
    corrected(hub, "gp", "mother", 1, occurred=once, third_persons=(mother("canary-mother-part"),), detail="Otherwise.")
    second = of_all(hub, child, EditionSaid("lac-review", (Member("morag"), Member("dr-anwar"))))

    told, changed = {}, {}
    for who in ("morag", "dr-anwar"):
        view = look(hub, who, child, first)
        told[who] = [(type(one.entry), one.since) for one in view.entries if one.entry.when.start == "2024-09-03"]
        changed[who] = (view.changed, len(room(hub).compare(hub.person(who), child, first, second).changed))

    assert told == {"morag": [(Redacted, "")], "dr-anwar": [(Shown, "corrected")]}
    assert changed == {"morag": (False, 0), "dr-anwar": (True, 1)}


def test_a_version_that_only_came_again_corrects_nothing_and_stops_no_freeze(hub: TestHub) -> None:
    child = settled(hub)
    first = of_all(hub, child, REVIEW)
    draft = prepare(hub, child, REVIEW).edition
    corrected(hub, "gp", "ordinary", 1, occurred=on("2024-09-01"))

    freeze(hub, child, draft)

    for edition in (first, draft):
        assert not look(hub, "dr-anwar", child, edition).changed
    again = of_all(hub, child, REVIEW)
    assert room(hub).compare(hub.person("dr-anwar"), child, first, again).changed == ()


def test_a_draft_as_known_before_counts_nothing_that_turned_out_to_be_another_childs(hub: TestHub) -> None:
    child = registered(hub)
    take(hub, [told("gp", "finn", person=stranger())])
    other = next(one for one in hub.children() if one != child)
    entry = entry_of(hub, child, "2024-08-15")
    moment = now_of(hub)
    before = prepare(hub, child, known_at=moment)

    moved(hub, entry, other)

    made = prepare(hub, child, known_at=moment)
    changed = change(hub, child, before.edition, written=(Written("meaning", "She is settled."),))
    for done in (made, changed):
        view = look(hub, "fiona", child, done.edition)
        assert (done.included, done.left_out) == (len(view.entries), len(view.left_out))
        assert entry not in {one.entry.entry for one in (*view.entries, *view.left_out)}
    with pytest.raises(BadInput):
        change(hub, child, made.edition, include=(entry,), reason="It was there.")


@pytest.mark.parametrize("also", ["levels", "levels-and-digest", "one-more-reader", "not-their-reader"])
def test_copies_that_were_altered_where_they_are_kept_are_told_to_be_no_longer_what_was_frozen(
    hub: TestHub, also: str
) -> None:
    child = registered(hub)
    edition = of_all(hub, child, CORE_GROUP)
    before = look(hub, "morag", child, edition)
    assert before.whole

    with hub.as_owner() as owner:
        owner.execute("set role hub_writer")
        if also == "one-more-reader":
            owner.execute("update read.edition_copies set readers = readers || 'x'::text where edition = %s", [edition])
        elif also == "not-their-reader":
            owner.execute(
                "update read.edition_copies set readers = array_remove(readers, 'morag') where edition = %s", [edition]
            )
        else:
            owner.execute("update read.edition_entries set level = 2 where edition = %s", [edition])
    if also == "levels-and-digest":
        _marked_again(hub, child, edition)

    after = look(hub, "morag", child, edition)
    said = Console(record=True, width=200, file=StringIO())
    said.print(viewed(after))
    assert not after.whole
    assert after.hash in {before.hash, ""}
    assert NOT_AS_FROZEN in said.export_text()
    rest = Console(record=True, width=200, file=StringIO())
    rest.print(viewed(before))
    assert NOT_AS_FROZEN not in rest.export_text()


def _marked_again(hub: TestHub, child: UUID, edition: UUID) -> None:
    """Give each copy the mark of what it holds now."""
    with hub.house.hub.editions._reading.opening.means.reading() as session:
        second_line.about(session, hub.person("fiona"), child)
        held = edition_rows.one(session, edition)
        assert held is not None
        assert held.frozen_at is not None
        found = [one.copy for one in edition_rows.copies(session, edition)]
        marks = [digest(session, held, held.frozen_at, edition_rows.entries(session, edition, one)) for one in found]
    with hub.as_owner() as owner:
        owner.execute("set role hub_writer")
        for copy, mark in zip(found, marks, strict=True):
            owner.execute(
                "update read.edition_copies set digest = %s where edition = %s and copy = %s", [mark, edition, copy]
            )


def test_a_draft_says_on_which_ground_it_is_decided_what_its_audience_is_shown(hub: TestHub) -> None:
    child = settled(hub)

    view = look(hub, "fiona", child, prepare(hub, child).edition)

    assert (view.decided_for, view.basis) == ("child-protection", "public-task")
    said = Console(record=True, width=200, file=StringIO())
    said.print(viewed(view))
    assert "child-protection" in said.export_text()
