"""What an edition tells whom: each reader what was decided for them, and today's rules close it again."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from consent import edition_opening, edition_reading
from consent.decision import Redacted, Shown, Withheld
from consent.edition_shapes import Change, EditionSaid, EditionView, Member, Written
from hub.api.edition_shapes import compared_to_json, lines_to_json, view_to_json
from hub.errors import NOTHING, NothingToShow, NotPermitted
from hub.events.access import unpacked
from hub.events.editions import EditionFrozen
from hub.events.partnership import Term
from hub.events.sharing import ConsentGiven, ConsentWithdrawn
from projections import edition_rows, pinned
from tests.editing import CORE_GROUP, change, freeze, frozen, look, prepare, registered, room
from tests.fix_hub import TestHub
from tests.stating import registration, tie
from tests.stories import MOTHER, PRIVATE, consent, entry_of, on, recorded, take, told

PLAN = EditionSaid("lac-review", (Member("morag"), Member("dr-anwar"), Member("catriona")))
OUTSIDE = ("callum", "shona", "rab", "eilidh", "isobel")


def of_day(view: EditionView, day: str) -> object:
    """The entry of a day, in it or left out; None where there is none."""
    both = [*view.entries, *view.left_out]
    return next((one.entry for one in both if one.entry.when.start.startswith(day)), None)


def everything(hub: TestHub, child: UUID) -> UUID:
    """An edition of all that its maker knows of, chosen by hand, in which everything is cited; frozen."""
    edition = prepare(hub, child).edition
    view = look(hub, "fiona", child, edition)
    ids = tuple(one.entry.entry for one in (*view.entries, *view.left_out))
    written = (Written("patterns", "They go together.", ids),)
    change(hub, child, edition, include=ids, reason="All of it matters.")
    change(hub, child, edition, written=written)
    freeze(hub, child, edition)
    return edition


def test_two_audiences_are_given_different_copies_and_what_is_sealed_to_one_is_nowhere_in_theirs(hub: TestHub) -> None:
    child = registered(hub)
    edition = everything(hub, child)

    copies = {who: view_to_json(look(hub, who, child, edition)) for who in ("fiona", "morag", "dr-anwar")}

    assert len(set(copies.values())) == 3
    secret = str(entry_of(hub, child, "2024-09-05")).encode()
    assert b"canary-adoption" in copies["fiona"]
    assert secret in copies["fiona"]
    for who in ("morag", "dr-anwar"):
        assert b"canary-adoption" not in copies[who]
        assert secret not in copies[who]
        assert b"adoption" not in copies[who].lower()
    assert len({look(hub, who, child, edition).hash for who in copies}) == 3
    assert b"canary-adoption" not in lines_to_json(room(hub).listed(hub.person("morag"), child))


def test_the_level_is_the_readers_and_not_the_makers_be_it_more_or_less(hub: TestHub) -> None:
    child = registered(hub)
    edition = everything(hub, child)

    maker, author, other = (look(hub, who, child, edition) for who in ("fiona", "dr-anwar", "morag"))

    private = [of_day(view, PRIVATE) for view in (maker, author, other)]
    assert [type(one) for one in private] == [Withheld, Shown, type(None)]
    mother = [of_day(view, MOTHER) for view in (maker, author, other)]
    assert [type(one) for one in mother] == [Shown, Shown, Shown]
    cites = [len(view.written["patterns"].cites) for view in (maker, author, other)]
    assert cites == [len(maker.entries), len(author.entries), len(other.entries)]
    assert cites[2] < cites[0]


def test_for_a_plan_a_head_teacher_is_given_the_summary_of_a_concern_and_not_more(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child, PLAN)

    concern = of_day(look(hub, "catriona", child, edition), "2024-09-02")

    assert isinstance(concern, Redacted)
    assert b"canary-concern" not in view_to_json(look(hub, "catriona", child, edition))


def test_a_difference_counts_nothing_that_its_reader_may_not_know_of(hub: TestHub) -> None:
    child = registered(hub)
    first = everything(hub, child)
    take(hub, [told("sw", "adopted-2", code="sw.adoption.step", occurred=on("2025-05-05"))])
    second = prepare(hub, child).edition
    sealed = [entry_of(hub, child, day) for day in ("2024-09-05",)]
    change(hub, child, second, include=sealed, reason="It goes on.")
    freeze(hub, child, second)
    third = prepare(hub, child).edition
    change(hub, child, third, exclude=sealed, reason="canary-left-out-reason")
    freeze(hub, child, third)

    def found(who: str) -> bytes:
        return compared_to_json(room(hub).compare(hub.person(who), child, second, third))

    assert b"canary-left-out-reason" in found("fiona")
    assert all(f'"{part}":[]'.encode() in found("morag") for part in ("added", "left_out", "changed", "written"))
    both = compared_to_json(room(hub).compare(hub.person("morag"), child, first, second))
    assert b"2025-05-05" not in both
    assert b"2025-05-05" in compared_to_json(room(hub).compare(hub.person("fiona"), child, first, second))


def test_to_anybody_outside_its_audience_an_edition_is_one_that_does_not_exist(hub: TestHub) -> None:
    child = registered(hub)
    edition, other = frozen(hub, child), frozen(hub, child)
    draft = prepare(hub, child).edition
    before = len(recorded(hub))

    for who in (*OUTSIDE, "catriona"):
        person = hub.person(who)
        for one, of in ((edition, child), (UUID(int=5), child), (edition, UUID(int=5))):
            with pytest.raises(NothingToShow) as refused:
                room(hub).read(person, of, one)
            assert refused.value.message == NOTHING
        with pytest.raises(NothingToShow):
            room(hub).compare(person, child, edition, other)
    for who in ("morag", "dr-anwar"):
        with pytest.raises(NothingToShow):
            look(hub, who, child, draft)
        with pytest.raises(NothingToShow):
            room(hub).compare(hub.person(who), child, edition, draft)
    assert room(hub).listed(hub.person("catriona"), child) == ()
    for who in OUTSIDE[1:]:
        with pytest.raises(NothingToShow):
            room(hub).listed(hub.person(who), child)

    lines = recorded(hub)[before:]
    assert {one.outcome for one in lines if one.action == "edition"} == {"nothing-to-show"}
    assert {one.child for one in lines if one.action == "edition"} >= {child, UUID(int=5)}
    assert not any(one.entries for one in lines)


def test_neither_a_colleague_of_its_maker_nor_a_reader_changes_or_freezes_a_draft(hub: TestHub) -> None:
    child = registered(hub)
    draft = prepare(hub, child).edition
    colleague = replace(hub.person("fiona"), id="colleague", name="Ann Weir", worker="SW-0999")

    for person in (colleague, hub.person("morag")):
        for act in (
            lambda who: room(hub).change(who, child, draft, Change(refresh=True)),
            lambda who: room(hub).freeze(who, child, draft),
            lambda who: room(hub).quoted(who, child, draft),
        ):
            with pytest.raises((NothingToShow, NotPermitted)):
                act(person)
        with pytest.raises(NothingToShow):
            room(hub).read(person, child, draft)

    assert look(hub, "fiona", child, draft).version == 1


def test_whose_registration_lapsed_reads_no_edition_whoever_they_are(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child)
    for who in ("morag", "fiona"):
        registration(hub, who, (Term("2020-01-01", "2026-10-01"),))

        with pytest.raises(NothingToShow):
            look(hub, who, child, edition)
        with pytest.raises(NothingToShow):
            room(hub).listed(hub.person(who), child)
    with pytest.raises(NothingToShow):
        prepare(hub, child)


def test_a_reader_of_the_childs_own_family_reads_nothing_of_it_and_no_copy_is_theirs(hub: TestHub) -> None:
    child = registered(hub)
    tie(hub, child, "family", "morag")
    edition = frozen(hub, child)

    with pytest.raises(NothingToShow):
        look(hub, "morag", child, edition)


def test_a_withdrawn_consent_closes_what_rested_on_it_at_the_next_reading(hub: TestHub) -> None:
    child = registered(hub)
    consent(hub, ConsentGiven, child)
    edition = frozen(hub, child, EditionSaid("lac-review", (Member("catriona"),), basis="consent"))
    before = look(hub, "catriona", child, edition)
    consent(hub, ConsentWithdrawn, child)

    after = look(hub, "catriona", child, edition)

    assert isinstance(of_day(before, "2020-02-01"), Shown)
    assert isinstance(of_day(after, "2020-02-01"), Withheld)
    assert b"canary-joined" not in view_to_json(after)
    assert (before.closed, after.closed, after.whole, after.hash) == (False, True, True, before.hash)
    assert {one.closed for one in after.entries if one.entry.when.start == "2020-02-01"} == {True}


def test_what_was_closed_to_a_reader_when_it_was_frozen_is_not_opened_by_a_later_rule(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child, EditionSaid("lac-review", (Member("catriona"),), basis="consent"))
    consent(hub, ConsentGiven, child)

    one = of_day(look(hub, "catriona", child, edition), "2020-02-01")

    assert isinstance(one, Withheld)
    assert one.rule == "edition"


def test_what_turned_out_to_be_another_childs_is_in_no_edition_any_more(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child)
    with hub.as_owner() as owner:
        owner.execute(
            "update identity.links set known_to = clock_timestamp() where child = %s and person_record = "
            "(select person_record from read.entries where headline = 'canary-concern-headline')",
            [child],
        )

    view = look(hub, "morag", child, edition)

    assert b"canary-concern" not in view_to_json(view)
    assert not view.closed


def test_a_reading_says_which_version_of_what_was_told_to_whom(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child)
    view = look(hub, "morag", child, edition)

    line = recorded(hub)[-1]

    told_of = {one.entry: (one.revision, one.level) for one in unpacked(line.entries)}
    assert (line.action, line.reader, line.originator_id) == ("edition", "morag", view.reading)
    assert told_of.keys() == {one.entry.entry for one in (*view.entries, *view.left_out)}
    assert {told_of[one.entry.entry] for one in view.entries} <= {(1, 3), (1, 4)}


def test_the_maker_is_told_what_the_analysis_cites_that_not_all_are_shown_and_of_nobody_in_particular(
    hub: TestHub,
) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    adoption, joined = (entry_of(hub, child, day) for day in ("2024-09-05", "2020-02-01"))
    change(hub, child, edition, written=(Written("patterns", "Both.", (joined, adoption)),))

    before = room(hub).quoted(hub.person("fiona"), child, edition)
    done = freeze(hub, child, edition)

    assert before == done.quoted == (adoption,)
    assert len(done.notes) == 2
    assert not any(who in " ".join(done.notes).lower() for who in ("morag", "anwar"))


def test_what_was_typed_is_sealed_and_ids_alone_are_clear(hub: TestHub) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    ids = (entry_of(hub, child, "2020-02-01"),)
    change(hub, child, edition, include=ids, reason="canary-reason", written=(Written("meaning", "canary-meaning"),))
    freeze(hub, child, edition)

    with hub.as_owner() as owner:
        rows = owner.execute("select topic, state from ledger.events where topic like 'Edition%'").fetchall()

    assert {topic.partition(":")[0] for topic, _ in rows} >= {EditionFrozen.NAME, "EditionWritten"}
    assert not any(b"canary" in bytes(state) for _, state in rows)


def test_a_second_edition_is_no_news_to_whom_it_was_not_made_for(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child)
    before = view_to_json(look(hub, "morag", child, edition))
    frozen(hub, child, CORE_GROUP, audience=(Member("dr-anwar"),))

    assert view_to_json(look(hub, "morag", child, edition)) == before
    assert len(room(hub).listed(hub.person("morag"), child)) == 1


def test_a_check_that_is_forgotten_gives_nobody_an_edition_that_was_not_made_for_them(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = registered(hub)
    edition = everything(hub, child)
    draft = prepare(hub, child).edition
    for room_of in (edition_opening, edition_reading):
        monkeypatch.setattr(room_of, "may_read", lambda *_: True)
    monkeypatch.setattr(
        edition_rows,
        "OF_CHILD",
        edition_rows.OF_CHILD.replace("where child = %s", "where child = child and %s::uuid is not null"),
    )

    for who, one in (("callum", edition), ("catriona", edition), ("morag", draft), ("dr-anwar", draft)):
        with pytest.raises(NothingToShow):
            look(hub, who, child, one)
    assert room(hub).listed(hub.person("catriona"), child) == ()


def test_a_level_that_is_forgotten_lets_nothing_sealed_into_a_copy(
    hub: TestHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = registered(hub)
    monkeypatch.setattr(pinned, "READ", pinned.READ.replace("g.level > 0", "true"))
    edition = everything(hub, child)

    assert b"canary-adoption" in view_to_json(look(hub, "fiona", child, edition))
    for who in ("morag", "dr-anwar"):
        assert str(entry_of(hub, child, "2024-09-05")).encode() not in view_to_json(look(hub, who, child, edition))
