"""What could be better, asked of a real hub: the same through each door, of what the reader may know and no more."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from consent.quality_shapes import Looked
from hub.errors import NothingToShow
from hub.events.access import unpacked
from tests.editing import CORE_GROUP, frozen, look, prepare, registered
from tests.fix_hub import TestHub
from tests.integration.test_working_doors import client
from tests.stories import CONSENT, PLAN, PROTECTION, everyone, graded, now_of, on, read, recorded, settled, take, told

READERS = ("callum", "dr-anwar", "morag", "fiona")


def looked(hub: TestHub, who: str, child: UUID, **asked: Any) -> Looked:  # noqa: ANN401 - the room's own arguments
    """What could be better, for somebody of the directory."""
    return hub.house.hub.quality.look(hub.person(who), child, **(PLAN | asked))


def checks(found: Looked) -> set[str]:
    """Which checks had something to say."""
    return {one.check for one in found.advice}


@pytest.mark.parametrize("ground", [PLAN, PROTECTION, CONSENT], ids=lambda ground: "-".join(ground.values()))
def test_advice_names_only_entries_that_the_reader_may_know_of(hub: TestHub, ground: dict[str, str]) -> None:
    child = settled(hub)

    for who in READERS:
        known = {one.entry for one in read(hub, who, child, **ground).entries}
        found = looked(hub, who, child, **ground)
        assert {entry for one in found.advice for entry in one.entries} <= known
        assert found.about.keys() <= known
        assert found.entries == len(known)


def test_what_is_sealed_to_a_reader_changes_no_advice(hub: TestHub) -> None:
    take(hub, everyone())
    child = hub.only_child()
    before = looked(hub, "callum", child)
    worse = "Mother failed to attend the IRD and behaved inappropriately."
    sealed = [
        told("sw", f"sealed-{n}", code="sw.adoption.step", occurred=on(f"2026-10-{n + 1:02}"), headline=worse)
        for n in range(20)
    ]
    take(hub, sealed)

    after = looked(hub, "callum", child)
    own = looked(hub, "fiona", child)

    assert (before.advice, before.entries) == (after.advice, after.entries)
    assert {"acronym", "judgemental-word", "vague-phrase", "too-many"} <= checks(own)


def test_words_that_a_reader_is_not_shown_are_not_judged_for_them(hub: TestHub) -> None:
    take(hub, [*everyone(), told("gp", "vague", code="gp.not_brought", headline="Behaved inappropriately.")])
    child = hub.only_child()

    assert "vague-phrase" in checks(looked(hub, "dr-anwar", child))
    assert "vague-phrase" not in checks(looked(hub, "callum", child))


def test_a_look_is_one_reading_of_its_own_kind_that_says_which_entries_it_told(hub: TestHub) -> None:
    child = settled(hub)

    found = looked(hub, "fiona", child)

    made = next(one for one in recorded(hub) if one.originator_id == found.reading)
    assert (made.action, made.outcome, made.purpose) == ("quality", "shown", "child-plan")
    assert {one.entry for one in unpacked(made.entries)} == found.about.keys() != set()


def test_whoever_may_not_know_of_the_child_is_told_the_same_of_a_child_and_of_nobody(
    hub: TestHub, tmp_path: Path
) -> None:
    child, stranger = settled(hub), client(hub, tmp_path, "nadia")

    over_http = [stranger.get(f"/v1/children/{one}/quality", params=PLAN) for one in (child, uuid4())]
    on_a_page = [stranger.get(f"/children/{one}/quality") for one in (child, uuid4())]

    assert {one.status_code for one in (*over_http, *on_a_page)} == {404}
    assert over_http[0].json() == over_http[1].json()
    assert on_a_page[0].text == on_a_page[1].text
    assert [one.outcome for one in recorded(hub) if one.action == "quality"] == ["nothing-to-show"] * 4
    with pytest.raises(NothingToShow):
        looked(hub, "nadia", child)


def test_every_door_gives_the_same_advice(hub: TestHub, tmp_path: Path) -> None:
    child = settled(hub)
    fiona = client(hub, tmp_path, "fiona")

    told_so = [one.sentence for one in looked(hub, "fiona", child).advice]
    over_http = fiona.get(f"/v1/children/{child}/quality", params=PLAN)
    page = fiona.get(f"/children/{child}/quality", params=PLAN).text

    assert [one["sentence"] for one in over_http.json()["advice"]] == told_so
    assert over_http.headers["Hub-Reading"] in {str(one.originator_id) for one in recorded(hub)}
    assert [sentence for sentence in told_so if sentence.replace("'", "&#39;") not in page] == []


def test_of_an_earlier_moment_nothing_is_said_of_who_works_with_the_child_today(hub: TestHub) -> None:
    child = settled(hub)
    moment = now_of(hub)

    found = looked(hub, "fiona", child, known_at=moment)

    assert found.known_at == moment
    assert checks(found) & {"silent-agency", "unreviewed"} == set()


def test_a_frozen_edition_settles_that_nobody_looked_at_the_whole(hub: TestHub) -> None:
    child = registered(hub)
    before = checks(looked(hub, "fiona", child, **PROTECTION))
    frozen(hub, child)

    after = checks(looked(hub, "fiona", child, **PROTECTION))

    assert "unreviewed" in before
    assert "unreviewed" not in after


def test_advice_beside_a_draft_is_about_what_is_in_it(hub: TestHub) -> None:
    child = registered(hub, *graded())
    draft = look(hub, "fiona", child, prepare(hub, child, CORE_GROUP).edition)

    found = hub.house.hub.quality.beside(draft)

    inside = {one.entry.entry for one in draft.entries}
    assert {entry for one in found for entry in one.entries} <= inside
    assert {"no-analysis", "no-child-view"} <= {one.check for one in found}
