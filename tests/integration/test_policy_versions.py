"""A version of the policy comes into force when it is proven and two people say so; and every older one stays known."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from consent import activation
from consent.activation import Proof
from consent.policy import Policy
from hub.errors import BadInput, HubError, NotPermitted, PolicyRefused, Raced, StoreUnavailable
from hub.events.policy import PolicyProof
from hub.wiring import assemble
from tests.drafts import draft, in_force, leads, proposed, put_in_force, reworded
from tests.fix_hub import ROOT, TestHub
from tests.stories import read, recorded, settled

WHY = "Read and agreed."
SUMMARY = ("plan-teacher-summary", "sentence", "You may read the summary.")


@pytest.fixture
def begun_again(hub: TestHub) -> Iterator[Callable[[], TestHub]]:
    """Makes the same hub as another process finds it: nothing remembered."""
    with ExitStack() as made:

        def make() -> TestHub:
            house = assemble(hub.house.settings, hub.addresses, hub.kek, None, hub.house.directory, hub.clock)
            made.callback(house.close)
            return TestHub(house, hub.addresses, hub.clock, hub.kek)

        yield make


# The first version


def test_a_new_hub_begins_with_the_installations_own_version_and_says_so(hub: TestHub) -> None:
    waiting, terms = hub.house.hub.policies.listed()

    assert waiting == []
    assert [(one.fingerprint, one.author, one.approver, one.known_to) for one in terms] == [
        (hub.house.policy.fingerprint, "", "", None)
    ]
    assert hub.house.hub.policies.draft(ROOT / "policies") == ""


def test_a_second_start_installs_nothing_and_proves_nothing_again(
    hub: TestHub, begun_again: Callable[[], TestHub], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activation, "prove", lambda _: pytest.fail("it was proven when it was installed"))

    again = begun_again()

    assert again.house.policy.fingerprint == hub.house.policy.fingerprint
    assert len(again.house.hub.policies.listed()[1]) == 1


def test_a_changed_folder_is_a_draft_and_decides_nothing(hub: TestHub, tmp_path: Path) -> None:
    line = hub.house.hub.policies.draft(draft(tmp_path / "draft", SUMMARY))

    assert hub.house.policy.fingerprint[:12] in line
    assert "draft" in line


def test_a_folder_that_is_not_understood_is_a_draft_too(hub: TestHub, tmp_path: Path) -> None:
    assert "draft" in hub.house.hub.policies.draft(draft(tmp_path / "draft", ("own-record", "level", "9")))


# Two people and a proof


def test_a_proposed_version_decides_once_somebody_else_has_put_it_in_force(hub: TestHub, tmp_path: Path) -> None:
    child, (eilidh, ruaridh) = settled(hub), leads(hub)
    before = read(hub, "callum", child).policy
    fingerprint = proposed(hub, reworded(tmp_path / "draft", "(second version)"))
    assert read(hub, "callum", child).policy == before

    found = hub.house.hub.policies.activate(ruaridh, fingerprint[:8], WHY)

    after = read(hub, "callum", child)
    assert (after.policy, found.policy.fingerprint) == (fingerprint, fingerprint)
    assert all(entry.reason.endswith("(second version)") for entry in after.entries)
    newest, oldest = hub.house.hub.policies.listed()[1]
    assert (newest.author, newest.approver, newest.reason) == (eilidh.id, ruaridh.id, WHY)
    assert (newest.rises, newest.falls) == ("0", "0")
    assert newest.proof["properties"] == len(found.proof.properties) > 20
    assert newest.proof["scenarios"] == found.scenarios > 20
    assert (oldest.fingerprint, oldest.known_to) == (before, newest.known_from)


def test_nobody_approves_what_they_proposed_themselves(hub: TestHub, tmp_path: Path) -> None:
    before = in_force(hub)
    fingerprint = proposed(hub, draft(tmp_path / "draft", SUMMARY))

    with pytest.raises(NotPermitted, match="somebody else must approve"):
        hub.house.hub.policies.activate(leads(hub)[0], fingerprint, WHY)

    assert in_force(hub) == before


def test_the_database_too_refuses_a_version_approved_by_its_author(hub: TestHub, tmp_path: Path) -> None:
    before, policy = in_force(hub), hub.house.policy
    events = count(hub)

    with pytest.raises(StoreUnavailable, match="23514"):
        put_in_force(hub, draft(tmp_path / "draft", SUMMARY), approver="eilidh")

    assert (in_force(hub), hub.house.policy) == (before, policy)
    assert count(hub) == events + 1  # the proposal alone


@pytest.mark.parametrize("who", ["fiona", "catriona", "callum"])
def test_only_governance_leads_propose_and_approve_and_every_attempt_is_recorded(
    hub: TestHub, tmp_path: Path, who: str
) -> None:
    policies, person = hub.house.hub.policies, hub.person(who)

    with pytest.raises(NotPermitted, match="Only a governance lead"):
        policies.propose(person, draft(tmp_path / "draft", SUMMARY), WHY)
    with pytest.raises(NotPermitted, match="Only a governance lead"):
        policies.activate(person, hub.house.policy.fingerprint, WHY)
    proposed(hub, tmp_path / "draft")

    lines = [(one.reader, one.action, one.outcome) for one in recorded(hub)]
    assert lines == [
        (who, "policy-proposal", "refused"),
        (who, "policy-activation", "refused"),
        ("eilidh", "policy-proposal", "shown"),
    ]


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 4001, "nul\0nul"])
def test_a_version_needs_a_reason(hub: TestHub, tmp_path: Path, reason: str) -> None:
    with pytest.raises(BadInput, match="needs its reason"):
        hub.house.hub.policies.propose(leads(hub)[0], draft(tmp_path / "draft", SUMMARY), reason)


def test_the_version_in_force_is_not_proposed_again(hub: TestHub) -> None:
    with pytest.raises(BadInput, match="in force already"):
        proposed(hub, ROOT / "policies")


@pytest.mark.parametrize("beginning", ["", "abc", "0" * 64, "%%%%%%%%%%"])
def test_a_version_that_nobody_proposed_is_not_put_in_force(hub: TestHub, beginning: str) -> None:
    with pytest.raises(BadInput):
        hub.house.hub.policies.activate(leads(hub)[1], beginning, WHY)


def test_an_approval_is_used_up(hub: TestHub, tmp_path: Path) -> None:
    """An older version comes back only when it is proposed once more: it always takes two."""
    first = put_in_force(hub, draft(tmp_path / "one", SUMMARY))
    put_in_force(hub, reworded(tmp_path / "two", "(two)"))

    with pytest.raises(BadInput, match="does not wait"):
        hub.house.hub.policies.activate(leads(hub)[1], first, WHY)
    proposed(hub, tmp_path / "one")
    hub.house.hub.policies.activate(leads(hub)[1], first, WHY)

    assert in_force(hub) == first


def test_of_two_who_approve_at_the_same_time_the_second_is_told(hub: TestHub, tmp_path: Path) -> None:
    found = [proposed(hub, reworded(tmp_path / mark, f"({mark})")) for mark in ("one", "two")]

    def approve(fingerprint: str) -> HubError | str:
        try:
            return hub.house.hub.policies.activate(leads(hub)[1], fingerprint, WHY).policy.fingerprint
        except HubError as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(approve, found))

    won = [one for one in answers if isinstance(one, str)]
    lost = [one for one in answers if not isinstance(one, str)]
    assert won == [in_force(hub)]
    assert [type(one) for one in lost] == [Raced]
    assert "while this one was being proven" in lost[0].message
    assert len(hub.house.hub.policies.listed()[1]) == 2


# Refused whole


def test_a_mistyped_cell_is_refused_with_its_row_before_it_is_even_proposed(hub: TestHub, tmp_path: Path) -> None:
    before = count(hub)

    with pytest.raises(PolicyRefused, match=r"rules\.csv row [0-9]+: the effect 'Deny' is neither allow nor deny"):
        proposed(hub, draft(tmp_path / "draft", ("special-sealed", "effect", "Deny")))

    assert count(hub) == before


def test_a_cell_changed_for_the_worse_is_refused_with_an_example_and_the_version_in_use_stays(
    hub: TestHub, tmp_path: Path
) -> None:
    before = in_force(hub)
    fingerprint = proposed(hub, draft(tmp_path / "draft", ("plan-ordinary", "consent", "given")))

    with pytest.raises(PolicyRefused, match=r"Consent changes nothing unless it is the basis\. But: role ") as caught:
        hub.house.hub.policies.activate(leads(hub)[1], fingerprint, WHY)

    assert "the version in use stays in use" in caught.value.next_step
    assert in_force(hub) == before == hub.house.policy.fingerprint


def test_a_version_that_decides_otherwise_than_its_stories_tell_is_refused(hub: TestHub, tmp_path: Path) -> None:
    before = in_force(hub)
    fingerprint = proposed(hub, draft(tmp_path / "draft", ("plan-teacher-summary", "level", "1")))

    with pytest.raises(PolicyRefused, match="decides otherwise than its scenarios tell") as caught:
        hub.house.hub.policies.activate(leads(hub)[1], fingerprint, WHY)

    assert "plan-teacher-summary" in caught.value.message
    assert in_force(hub) == before


def test_a_version_without_stories_is_not_proposed(hub: TestHub, tmp_path: Path) -> None:
    folder = draft(tmp_path / "draft", SUMMARY)
    for story in (folder / "scenarios").iterdir():
        story.unlink()

    with pytest.raises(PolicyRefused, match="has no scenarios"):
        proposed(hub, folder)


# Kept and known again


def test_rebuilding_the_facts_brings_the_same_versions_back(hub: TestHub, tmp_path: Path) -> None:
    put_in_force(hub, reworded(tmp_path / "one", "(one)"))
    fingerprint = put_in_force(hub, reworded(tmp_path / "two", "(two)"))
    before = hub.house.hub.policies.listed()

    hub.house.rebuild("facts", lambda _: None)

    assert hub.house.hub.policies.listed() == before
    assert in_force(hub) == fingerprint


def test_the_policy_of_an_old_decision_can_be_compiled_again(
    hub: TestHub, begun_again: Callable[[], TestHub], tmp_path: Path
) -> None:
    child = settled(hub)
    old = read(hub, "callum", child)
    policy = hub.house.policy
    put_in_force(hub, reworded(tmp_path / "one", "(one)"))

    again = begun_again()
    with again.house._database.transaction("hub_auditor") as session:
        found = again.house.hub.policies.compiled(session, old.policy)
        nothing = again.house.hub.policies.compiled(session, "of no version")

    assert found == policy
    assert nothing is None


def test_what_another_release_proved_is_proven_again_by_this_one_and_once_only(
    hub: TestHub, begun_again: Callable[[], TestHub], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fingerprint = put_in_force(hub, reworded(tmp_path / "one", "(one)"))
    proven, prove = list[str](), activation.prove

    def seen(policy: Policy) -> Proof:
        proven.append(policy.fingerprint)
        return prove(policy)

    monkeypatch.setattr(activation, "prove", seen)

    for _ in range(2):
        again = begun_again()
        assert again.house.policy.fingerprint == fingerprint

    assert proven == [fingerprint]


def test_a_version_that_this_release_cannot_prove_decides_nothing_and_can_be_replaced(
    hub: TestHub, begun_again: Callable[[], TestHub], tmp_path: Path
) -> None:
    child = settled(hub)
    put_in_force(hub, draft(tmp_path / "worse", ("plan-ordinary", "consent", "given")))

    again = begun_again()
    with pytest.raises(PolicyRefused, match="breaks its promises"):
        read(again, "morag", child)
    better = proposed(again, reworded(tmp_path / "better", "(better)"))
    again.house.hub.policies.activate(leads(again)[1], better, WHY)

    assert read(again, "morag", child).policy == better


def test_a_running_hub_that_meets_a_version_proven_by_the_same_release_does_not_prove_it_again(
    hub: TestHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activation, "prove", lambda _: pytest.fail("it was proven when it came into force"))
    proof = PolicyProof(1, 1, 1, 1, 1, 1, 1.0, activation.code())

    fingerprint = put_in_force(hub, reworded(tmp_path / "one", "(one)"), proof)

    assert hub.house.policy.fingerprint == fingerprint


def count(hub: TestHub) -> int:
    """How many events the ledger holds."""
    with hub.as_owner() as connection:
        row = connection.execute("select count(*) from ledger.events").fetchone()
    assert row is not None
    return int(row[0])
