"""A version that leaves out or retells the stories of the one in force says so; and proposals lapse."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from consent.stories_changed import StoriesChanged
from hub.errors import BadInput
from hub.events.policy import PolicyActivated
from tests.drafts import in_force, leads, proposed, reworded
from tests.fix_hub import TestHub

WHY = "Read and agreed."
STORY = "private.yaml"


def told_from_here_on(hub: TestHub, folder: Path) -> str:
    """A version in force with all its stories; its fingerprint."""
    fingerprint = proposed(hub, reworded(folder, "(one)"))
    hub.house.hub.policies.activate(leads(hub)[1], fingerprint, WHY)
    return fingerprint


def activations(hub: TestHub) -> list[PolicyActivated]:
    house = hub.house
    with house._database.transaction("hub_projector") as cursor:
        found = [one.event for one in house._ledgers["ledger"].read(cursor, after=0)]
    return [event for event in found if isinstance(event, PolicyActivated)]


def test_a_story_left_out_must_be_meant_by_both_and_is_on_record(hub: TestHub, tmp_path: Path) -> None:
    before = told_from_here_on(hub, tmp_path / "one")
    folder, policies = reworded(tmp_path / "two", "(two)"), hub.house.hub.policies
    (folder / "scenarios" / STORY).unlink()
    author, approver = leads(hub)

    with pytest.raises(BadInput, match="leaves out stories"):
        policies.propose(author, folder, WHY)
    changed = policies.stories(folder)
    fingerprint = policies.propose(author, folder, WHY, fewer=True)
    assert policies.stories(fingerprint) == changed
    with pytest.raises(BadInput, match="leaves out stories"):
        policies.activate(approver, fingerprint, WHY)
    assert in_force(hub) == before

    done = policies.activate(approver, fingerprint, WHY, fewer=True)

    assert changed.missing
    assert changed.retold == ()
    assert done.stories == changed
    assert [(one.missing, one.retold) for one in activations(hub)] == [((), ()), (changed.missing, ())]


def test_a_story_moved_to_another_file_is_the_same_and_one_retold_is_named(hub: TestHub, tmp_path: Path) -> None:
    told_from_here_on(hub, tmp_path / "one")
    folder = reworded(tmp_path / "two", "(two)")
    stories = folder / "scenarios"
    (stories / STORY).rename(stories / "renamed.yaml")
    policies = hub.house.hub.policies
    assert policies.stories(folder) == StoriesChanged()

    text = (stories / "renamed.yaml").read_text(encoding="utf-8")
    assert text.count("  title: ") > 1
    (stories / "renamed.yaml").write_text(text.replace("  title: ", "  title: Again, ", 1), encoding="utf-8")

    changed = policies.stories(folder)
    assert (changed.missing, len(changed.retold)) == ((), 1)


def test_who_plays_in_the_stories_is_a_part_of_them(hub: TestHub, tmp_path: Path) -> None:
    told_from_here_on(hub, tmp_path / "one")
    folder = reworded(tmp_path / "two", "(two)")
    people = folder / "scenarios" / "people.toml"
    people.write_text(people.read_text(encoding="utf-8") + "\n# Another.\n", encoding="utf-8")

    assert hub.house.hub.policies.stories(folder) == StoriesChanged(retold=("people.toml",))


def test_a_proposal_lapses_after_ninety_days_and_may_be_made_again(hub: TestHub, tmp_path: Path) -> None:
    folder = reworded(tmp_path / "one", "(one)")
    fingerprint, policies = proposed(hub, folder), hub.house.hub.policies
    with hub.as_owner() as connection:
        connection.execute("update read.policy_proposals set proposed_at = proposed_at - interval '1 year'")

    with pytest.raises(BadInput, match="more than 90 days ago"):
        policies.activate(leads(hub)[1], fingerprint, WHY)
    assert policies.listed()[0] == []

    proposed(hub, folder)
    hub.clock.at += timedelta(days=1)
    assert [one.fingerprint for one in policies.listed()[0]] == [fingerprint]
    policies.activate(leads(hub)[1], fingerprint, WHY)
    assert in_force(hub) == fingerprint
