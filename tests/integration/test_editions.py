"""An edition is prepared in one action, changed with reasons, frozen for good, and compared with the next."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from consent.decision import Shown
from consent.edition_shapes import Contribution, Member, Written
from hub.api.edition_shapes import view_to_json
from hub.errors import BadInput, NothingToShow, NotPermitted, Raced
from hub.update import Update
from tests.editing import CORE_GROUP, change, contacts, days, freeze, frozen, look, prepare, registered, room, why
from tests.fix_hub import TestHub
from tests.stories import now_of, on, recorded, take, told

MISSED = [
    told("hv", f"missed-{n}", code="hv.contact.missed", occurred=on(f"2025-{n % 12 + 1:02}-{n // 12 + 1:02}"))
    for n in range(50)
]


def corrected(headline: str) -> Update:
    """The practice's concern in another version."""
    newer = {"version": "2", "order": "2026-01-01T00:00:00Z"}
    return told("gp", "concern", **newer, code="gp.not_brought", occurred=on("2024-09-02"), headline=headline)


def test_of_five_hundred_entries_a_draft_is_made_in_one_action_and_each_left_out_has_its_reason(hub: TestHub) -> None:
    child = registered(hub, *contacts(440), *MISSED)
    before = time.perf_counter()

    done = prepare(hub, child, since="2022-01-01", until="2026-10-31")

    taken = time.perf_counter() - before
    view = look(hub, "fiona", child, done.edition)
    reasons = Counter(one.why for one in view.left_out)
    assert (done.included, done.left_out) == (len(view.entries), len(view.left_out))
    assert done.included + done.left_out == 500
    assert reasons == {"outside-window": 338, "routine": 104, "not-open-to-maker": 1}
    assert set(Counter(one.why for one in view.entries)) == {"always-in", "significant-enough"}
    assert (view.stage, view.longest, view.state) == ("registered", 150, "draft")
    assert taken < 20, taken


def test_two_editions_of_it_are_frozen_and_compared_and_later_events_change_no_byte(hub: TestHub) -> None:
    child = registered(hub, *contacts(440), *MISSED[:40])
    first = prepare(hub, child).edition
    freeze(hub, child, first)
    before = {who: view_to_json(look(hub, who, child, first)) for who in ("fiona", "morag", "dr-anwar")}
    take(hub, [*MISSED[40:], *contacts(90, "hv.contact.completed", "hv")])

    second = prepare(hub, child).edition
    of_missed = [
        one.entry.entry for one in look(hub, "fiona", child, second).entries if one.entry.when.start == "2025-01-01"
    ]
    change(hub, child, second, exclude=of_missed, reason="The same as the visit in February.")
    freeze(hub, child, second)

    after = {who: look(hub, who, child, first) for who in before}
    assert all(one.whole for one in after.values())
    assert {who: view_to_json(replace(one, superseded_by=None)) for who, one in after.items()} == before
    assert {one.superseded_by for one in after.values()} == {second}
    found = room(hub).compare(hub.person("morag"), child, first, second)
    assert len(found.added) == 12
    assert [(one.why, one.words) for one in found.left_out] == [("chosen", "The same as the visit in February.")]
    assert (found.changed, found.written) == ((), ())
    newest, oldest = room(hub).listed(hub.person("fiona"), child)
    assert (newest.edition, newest.number, oldest.edition, oldest.superseded_by) == (second, 2, first, second)


def test_what_was_not_seen_before_it_was_changed_is_told_to_be_looked_at_again(hub: TestHub) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    meaning = Written("meaning", "She is tired.")
    done = change(hub, child, edition, seen=1, written=(meaning,))

    with pytest.raises(Raced):
        change(hub, child, edition, seen=1, written=(replace(meaning, text="She is well."),))
    with pytest.raises(Raced):
        room(hub).freeze(hub.person("fiona"), child, edition, seen=1)

    assert done.version == 2
    assert look(hub, "fiona", child, edition).written["meaning"].text == "She is tired."


def test_a_frozen_edition_is_changed_by_nobody(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child)
    before = {who: view_to_json(look(hub, who, child, edition)) for who in ("fiona", "morag")}
    meaning = Written("meaning", "It was not so.")

    with pytest.raises(BadInput, match="frozen"):
        change(hub, child, edition, written=(meaning,))
    with pytest.raises(BadInput, match="frozen"):
        freeze(hub, child, edition)
    for who in ("morag", "dr-anwar", "catriona"):
        with pytest.raises(NotPermitted):
            change(hub, child, edition, who=who, written=(meaning,))
    for who in ("shona", "eilidh"):
        with pytest.raises(NothingToShow):
            change(hub, child, edition, who=who, written=(meaning,))

    assert {who: view_to_json(look(hub, who, child, edition)) for who in ("fiona", "morag")} == before


def test_analysis_views_and_who_was_asked_are_in_it_and_an_unanswered_request_shows_as_such(hub: TestHub) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    (concern,) = [
        one.entry.entry
        for one in look(hub, "fiona", child, edition).entries
        if one.entry.when.start > "2024-09-02" and one.entry.when.start < "2024-09-03"
    ]
    parts = (
        Written("getting-in-the-way", "Appointments are missed.", (concern,)),
        Written("child-view", none="not-able"),
        Written("parent-view", "Her mother wants help with travel."),
        Written("disagreements", "The school sees it otherwise."),
    )
    asked = (
        Contribution("Z99104", "contributed"),
        Contribution("TS-HAVEN"),
        Contribution("PS-ROWAN", "refused", "Live inquiry."),
    )

    change(hub, child, edition, written=parts, asked=asked)
    freeze(hub, child, edition)

    for who in ("fiona", "morag"):
        view = look(hub, who, child, edition)
        assert {part: (one.text, one.none) for part, one in view.written.items()} == {
            one.part: (one.text, one.none) for one in parts
        }
        assert view.written["getting-in-the-way"].cites == (concern,)
        assert {one.organisation: one.answer for one in view.asked} == {
            "Z99104": "contributed",
            "TS-HAVEN": "no-answer",
            "PS-ROWAN": "refused",
        }


WRONG: dict[str, dict[str, Any]] = {
    "no candidate": {"include": (UUID(int=7),), "reason": "It matters."},
    "no reason": {"include": (UUID(int=7),)},
    "in and out": {"include": (UUID(int=7),), "exclude": (UUID(int=7),), "reason": "It matters."},
    "a reason that is a story": {"exclude": (UUID(int=7),), "reason": "a" * 1001},
    "more than anybody chooses": {"exclude": tuple(UUID(int=n) for n in range(1001)), "reason": "It matters."},
    "no such part": {"written": (Written("score", "High."),)},
    "no view of patterns": {"written": (Written("patterns", none="not-asked"),)},
    "a view and none": {"written": (Written("child-view", "She is glad.", none="not-asked"),)},
    "too long": {"written": (Written("meaning", "a" * 4001),)},
    "no text": {"written": (Written("meaning", "\x00nul"),)},
    "cites what is not in it": {"written": (Written("meaning", "So.", (UUID(int=7),)),)},
    "an unknown organisation": {"asked": (Contribution("NOBODY"),)},
    "a refusal without a reason": {"asked": (Contribution("TS-HAVEN", "refused"),)},
    "an unknown answer": {"asked": (Contribution("TS-HAVEN", "perhaps"),)},
    "an audience of nobody": {"audience": (Member("nobody"),)},
    "nothing": {},
}


def test_what_cannot_be_kept_is_refused_whole_and_says_what_to_do(hub: TestHub) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition

    for said in WRONG.values():
        with pytest.raises(BadInput) as refused:
            change(hub, child, edition, **said)
        assert refused.value.next_step

    assert look(hub, "fiona", child, edition).version == 1


def test_a_draft_of_what_is_known_now_is_frozen_only_of_what_is_still_so(hub: TestHub) -> None:
    child = registered(hub)
    edition = prepare(hub, child).edition
    take(
        hub,
        [
            corrected("canary-corrected"),
            told("school", "enrolled", version="2", order="2026-01-01T00:00:00Z", action="retract"),
        ],
    )

    with pytest.raises(BadInput, match="corrected or taken back"):
        freeze(hub, child, edition)
    done = change(hub, child, edition, refresh=True)
    gone = why(look(hub, "fiona", child, edition).left_out)
    freeze(hub, child, edition)

    view = look(hub, "morag", child, edition)
    (concern,) = [one.entry for one in view.entries if one.entry.when.start == "2024-09-02"]
    assert isinstance(concern, Shown)
    assert concern.headline == "canary-corrected"
    assert gone["2024-08-15"] == "taken-back"
    assert "2024-08-15" not in why((*view.entries, *view.left_out))
    assert (done.new, view.changed) == (0, False)


def test_an_edition_as_known_on_a_day_holds_what_was_said_then_and_says_what_was_corrected_since(hub: TestHub) -> None:
    child = registered(hub)
    moment = now_of(hub)
    take(
        hub,
        [corrected("canary-corrected"), told("sw", "late", code="sw.cppm.held", occurred=on("2024-10-10"))],
    )

    edition = frozen(hub, child, known_at=moment)
    take(hub, [told("school", "enrolled", version="2", order="2026-01-01T00:00:00Z", action="retract")])

    view = look(hub, "morag", child, edition)
    since = {one.entry.when.start[:10]: one.since for one in view.entries}
    (concern,) = [one.entry for one in view.entries if one.entry.when.start.startswith("2024-09-02")]
    assert isinstance(concern, Shown)
    assert concern.headline == "canary-concern-headline"
    assert (since["2024-09-02"], since["2024-08-15"], since["2024-01-01"]) == ("corrected", "taken-back", "")
    assert "2024-10-10" not in since
    assert (view.changed, view.whole, view.known_at) == (True, True, moment)


def test_the_same_said_again_is_left_out_and_what_was_chosen_by_hand_stays(hub: TestHub) -> None:
    twice = [
        told("sw", f"asked-{n}", code="sw.assistance.requested", occurred=on("2024-05-05"), headline="One", detail="")
        for n in range(2)
    ]
    child = registered(hub, *twice)
    edition = prepare(hub, child).edition
    (again,) = [one.entry.entry for one in look(hub, "fiona", child, edition).left_out if one.why == "duplicate"]

    change(hub, child, edition, include=(again,), reason="A second neighbour rang.")
    change(hub, child, edition, refresh=True)

    view = look(hub, "fiona", child, edition)
    kept = [(one.why, one.words) for one in view.entries if one.entry.entry == again]
    assert kept == [("chosen", "A second neighbour rang.")]


def test_whoever_leads_prepares_and_where_nobody_does_whoever_works_with_the_child(hub: TestHub) -> None:
    child = registered(hub)
    for who in ("morag", "dr-anwar", "catriona"):
        with pytest.raises(NotPermitted):
            prepare(hub, child, who=who)
        assert recorded(hub)[-1].outcome == "refused"
    assert [room(hub).may_prepare(hub.person(who), child) for who in ("fiona", "morag", "shona")] == [
        True,
        False,
        False,
    ]
    take(
        hub,
        [
            told(
                "sw",
                "planned",
                version="2",
                order="2026-01-01T00:00:00Z",
                code="sw.plan.agreed",
                occurred=on("2024-01-01"),
            )
        ],
    )

    done = prepare(hub, child, who="morag")

    assert look(hub, "morag", child, done.edition).stage == "universal"
    with pytest.raises(NothingToShow):
        prepare(hub, child, who="fiona")


def test_an_organisation_and_a_role_are_an_audience_and_so_is_a_colleague_who_came_later(hub: TestHub) -> None:
    child = registered(hub)
    edition = frozen(hub, child, audience=(Member(organisation="SCH-ROWANBANK", role="head-teacher"),))
    newcomer = replace(hub.person("catriona"), id="new-head", worker="T-9")

    known = room(hub).read(newcomer, child, edition)

    assert days(known.entries) == days(look(hub, "catriona", child, edition).entries)
    assert known.hash == look(hub, "catriona", child, edition).hash
    for who in ("callum", "morag"):
        with pytest.raises(NothingToShow):
            look(hub, who, child, edition)


def test_how_long_ago_the_story_was_reviewed_and_what_came_after(hub: TestHub) -> None:
    child = registered(hub)
    assert room(hub).reviewed(hub.person("morag"), child).edition is None
    edition = frozen(hub, child)
    take(hub, [told("sw", "missing", code="sw.missing.reported", occurred=on("2026-10-10")), *contacts(3)])
    hub.clock.at = hub.clock.at.replace(day=21)

    found = room(hub).reviewed(hub.person("morag"), child)

    assert (found.edition, found.days, len(found.significant)) == (edition, 20, 1)
    told_of = recorded(hub)[-1]
    assert told_of.action == "edition-reviewed"
    assert told_of.entries


def test_an_edition_of_nothing_is_not_frozen_and_one_for_nobody_is_not_made(hub: TestHub) -> None:
    child = registered(hub)
    empty = prepare(hub, child, since="2030-01-01", until="2030-12-31")

    with pytest.raises(BadInput, match="no entry"):
        freeze(hub, child, empty.edition)
    for wrong in (
        {"audience": ()},
        {"audience": (Member("nobody"),)},
        {"audience": (Member(organisation="SCH-ROWANBANK", role="police-officer"),)},
        {"purpose": "gossip"},
        {"stage": "worst"},
        {"basis": "curiosity"},
        {"since": "2026-02-30"},
        {"since": "2026-02-01", "until": "2026-01-01"},
        {"known_at": now_of(hub).replace(year=2200)},
    ):
        with pytest.raises(BadInput):
            prepare(hub, child, replace(CORE_GROUP), **wrong)
