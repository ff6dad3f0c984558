"""UK Core records and hospitals' messages in a whole hub: the same story twice, in any order, and no silent merge."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from hub.update import Delivery, Translated
from tests.contract.adapter import outcomes, samples
from tests.fix_hub import TestHub
from tests.unit.adapters.hospital_messages import an_admission
from tests.unit.adapters.hospital_messages import read as hospital

SOURCES = ("gp-fhir-r4", "hl7v2")
EXPECTED = {
    "accepted": 17,
    "newer-version": 2,
    "older-version-kept": 1,
    "retracted-by-source": 2,
    "already-held": 1,
    "consent-elsewhere": 1,
}
"""What becomes of our own samples, files in the order of their names: the allergy is taken back before it is stated."""


def ours() -> list[Translated]:
    return [record for name in SOURCES for one in samples(name) for record in outcomes(one)]


def ends(hub: TestHub, found: Iterable[Translated]) -> list[str]:
    return [one.reason or str(one.outcome) for one in hub.house.hub.intake.receive(found).results]


def standing(hub: TestHub) -> list[tuple[str, ...]]:
    """What stands: its code, heading, words, day and sensitivity."""
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


def test_our_own_samples_are_two_childrens_and_a_replay_changes_nothing(hub: TestHub) -> None:
    found = ours()
    first = Counter(ends(hub, found))
    told = standing(hub)

    assert first == EXPECTED
    assert len(hub.children()) == 2
    assert not any(code == "gp.allergy" for code, *_ in told)
    assert sum(code == "hospital.discharged" for code, *_ in told) == 2
    assert set(ends(hub, found)) == {"already-held", "already-in-quarantine"}
    assert standing(hub) == told


def test_our_own_samples_in_any_order_tell_the_same_story(hub: TestHub, make_hub: Callable[[], TestHub]) -> None:
    found = ours()
    ends(hub, found)
    for seed in (7, 8):
        other = make_hub()
        ends(other, random.Random(seed).sample(found, len(found)))  # noqa: S311 - an order, not a secret

        assert standing(other) == standing(hub)


def test_an_announced_merge_asks_a_person_once_and_joins_nobody(hub: TestHub) -> None:
    (merge,) = [one for one in ours() if getattr(one, "question", "") == "merge-announced"]
    other = an_admission().replace(b"H77^^^HILL^MR", b"H0099120^^^BROOMFIELD^MR").replace(b"Z99H2", b"Z99H1")
    ends(hub, [*hospital(other), merge])

    assert len(hub.children()) == 2
    assert questions(hub)["merge-announced"] == 1
    assert ends(hub, [merge]) == ["already-held"]
    assert questions(hub)["merge-announced"] == 1


def test_an_admission_that_is_cancelled_before_it_comes_stays_cancelled(hub: TestHub) -> None:
    cancelled = an_admission("A11").replace(b"20230301103000", b"20230302103000")

    assert ends(hub, hospital(cancelled) + hospital(an_admission())) == ["retracted-by-source", "older-version-kept"]
    assert standing(hub) == []


def test_a_visit_of_one_patient_never_moves_to_another(hub: TestHub) -> None:
    moved = an_admission("A08").replace(b"H77^^^", b"H78^^^").replace(b"9990010102", b"9990010110")

    assert ends(hub, hospital(an_admission()) + hospital(moved)) == ["accepted", "would-move"]


@pytest.mark.slow
def test_a_thousand_published_messages_twice_and_shuffled_are_the_same(hub: TestHub, shared: Path) -> None:
    content = (shared / "samples" / "hl7v2_simhospital" / "messages.out").read_bytes()
    found = list(outcomes(Delivery("hl7v2", "messages.out", content)))

    assert Counter(ends(hub, found)) == {"accepted": 1_013}
    told = standing(hub)
    assert set(ends(hub, random.Random(5).sample(found, len(found)))) == {"already-held"}  # noqa: S311 - an order
    assert standing(hub) == told
    assert questions(hub)["merge-announced"] == 1
