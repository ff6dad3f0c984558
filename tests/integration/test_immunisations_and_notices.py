"""Immunisation batches and thin notices through a whole hub: one id on two children, deletions, changed numbers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from adapters import sources
from hub.update import Delivery, Translated
from tests.contract.adapter import samples
from tests.fix_hub import TestHub
from tests.unit.adapters.health_messages import CHILD
from tests.unit.adapters.imms_tables import NATIONAL, STAMPED, national, school
from tests.unit.adapters.test_mns import a_notice, an_old_notice, mns


def read(delivery: Delivery) -> list[Translated]:
    return list(sources.translate(delivery, record_limit=2**20, file_limit=2**26))


def ends(hub: TestHub, found: Iterable[Translated]) -> list[str]:
    return [one.reason or str(one.outcome) for one in hub.house.hub.intake.receive(found).results]


def standing(hub: TestHub) -> list[tuple[str, ...]]:
    """What stands: its code, heading, day and sensitivity, and whose record it is."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        return connection.execute(
            "select e.code, e.headline, e.detail, e.occurred_start, k.sensitivity "
            "from read.entries e join read.decision_keys k on k.number = e.decision_key "
            "where e.known_to = 'infinity' and not e.retracted order by 1, 2, 3, 4"
        ).fetchall()


def questions(hub: TestHub) -> Counter[str]:
    with hub.as_owner() as connection:
        return Counter(row[0] for row in connection.execute("select reason from identity.questions"))


def test_one_published_id_on_two_children_is_a_conflict_and_not_two_stories_in_one(hub: TestHub, shared: Path) -> None:
    content = (shared / "samples" / "imms_batch" / "test-batch-data.csv").read_bytes()
    found = read(Delivery("imms-csv", "test-batch-data.csv", content))

    assert ends(hub, found) == ["accepted", "accepted", "would-move"]
    assert len(standing(hub)) == 2
    assert len(hub.children()) == 2
    assert ends(hub, found) == ["already-held", "already-held", "already-in-quarantine"]


@pytest.mark.parametrize("number", [CHILD, "", "0"])
def test_a_deletion_takes_back_its_record_before_or_after_it(hub: TestHub, number: str) -> None:
    told, gone = ({"NHS_NUMBER": number, "ACTION_FLAG": flag} for flag in ("new", "delete"))

    assert ends(hub, read(national(told))) == ["accepted"]
    assert ends(hub, read(national(gone))) == ["retracted-by-source"]
    assert standing(hub) == []


def test_a_deletion_that_overtakes_its_record_still_deletes_it(hub: TestHub) -> None:
    assert ends(hub, read(national({"ACTION_FLAG": "delete"}))) == ["retracted-by-source"]
    assert ends(hub, read(national({}))) == ["older-version-kept"]
    assert standing(hub) == []


def test_a_later_file_may_state_again_what_an_earlier_one_deleted(hub: TestHub) -> None:
    first, second, third = (STAMPED.replace("0406T", f"{day}T") for day in ("0406", "0413", "0420"))
    for name, flag, end in (
        (first, "new", "accepted"),
        (second, "delete", "retracted-by-source"),
        (first, "new", "already-held"),
        (third, "new", "newer-version"),
    ):
        assert ends(hub, read(national({"ACTION_FLAG": flag}, name=name))) == [end]
    assert len(standing(hub)) == 1


def test_a_deletion_that_names_no_child_takes_back_the_record_that_it_names_and_no_other(hub: TestHub) -> None:
    named = {"UNIQUE_ID": "v-1", "UNIQUE_ID_URI": "https://ids.example", "ACTION_FLAG": "delete"}
    gone = dict.fromkeys(NATIONAL, "") | named
    others = {"UNIQUE_ID": "v-2"}

    assert ends(hub, read(national({}, others))) == ["accepted", "accepted"]
    assert ends(hub, read(national(gone))) == ["retracted-by-source"]
    assert len(standing(hub)) == 1


def test_a_vaccination_stated_twice_and_not_alike_asks_a_person(hub: TestHub) -> None:
    assert ends(hub, read(school({}, {"BATCH_NUMBER": "B2"}))) == ["accepted", "newer-version"]
    assert questions(hub) == {"stated-twice": 1}


def test_a_changed_number_asks_a_person_and_parts_nobody(hub: TestHub) -> None:
    assert ends(hub, read(mns(an_old_notice("pds-change-of-gp-1", "n-1")))) == ["accepted"]
    changed = read(mns(an_old_notice(identity="n-2", nhsNumberStatus="R")))

    assert ends(hub, changed) == ["accepted"]
    assert ends(hub, changed) == ["already-held"]
    assert questions(hub)["number-changed"] == 1
    hub.only_child()


def test_a_changed_flag_opens_nothing_and_asks_a_person(hub: TestHub) -> None:
    assert ends(hub, read(mns(a_notice(type="patientflags-change-1")))) == ["accepted"]
    assert [row[0::4] for row in standing(hub)] == [("hv.flags.changed", "restricted")]
    assert questions(hub)["patient-flags-changed"] == 1


def test_a_first_version_death_is_taken_back_whichever_comes_first(hub: TestHub) -> None:
    told = an_old_notice("pds-death-notification-1", "n-1", deathNotificationStatus="2")
    gone = an_old_notice("pds-death-notification-1", "n-2", deathNotificationStatus="U")
    gone["time"] = "2022-04-06T10:00:00.000Z"

    assert ends(hub, read(mns(gone)) + read(mns(told))) == ["retracted-by-source", "older-version-kept"]
    assert standing(hub) == []


def test_one_id_with_two_contents_is_a_conflict(hub: TestHub) -> None:
    again = read(mns(a_notice(time="2021-01-01T00:00:00Z")))

    assert ends(hub, [*read(mns(a_notice())), *again]) == ["accepted", "same-version-other-content"]


def test_our_own_samples_twice_and_shuffled_tell_the_same_story(hub: TestHub) -> None:
    found = [one for name in ("mns", "imms-csv") for delivery in samples(name) for one in read(delivery)]

    first = ends(hub, found)
    told = standing(hub)
    assert not any(end.startswith(("conflict", "quarantined")) for end in first)
    for seed in range(3):
        again = random.Random(seed).sample(found, len(found))  # noqa: S311 - an order, not a secret
        assert set(ends(hub, again)) == {"already-held"}
        assert standing(hub) == told


def test_our_own_samples_in_any_order_tell_the_same_story(hub: TestHub, make_hub: Callable[[], TestHub]) -> None:
    found = [one for name in ("mns", "imms-csv") for delivery in samples(name) for one in read(delivery)]
    ends(hub, found)
    other = make_hub()
    ends(other, random.Random(7).sample(found, len(found)))  # noqa: S311 - an order, not a secret

    assert standing(other) == standing(hub)
