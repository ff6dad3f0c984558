"""Every record ends as exactly one of six outcomes, in the right child's story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from hub.receipt import Outcome
from hub.update import Refusal, ThirdPerson, Translated
from tests.builders import ISLA, an_update, somebody
from tests.fix_hub import TestHub

GOOD, OTHER = "9990000018", "9990000026"


def outcomes(hub: TestHub, *updates: Translated) -> list[str]:
    return [str(result.outcome) for result in hub.house.hub.intake.receive(updates).results]


def reasons(hub: TestHub, *updates: Translated) -> list[str]:
    return [result.reason for result in hub.house.hub.intake.receive(updates).results]


def test_a_new_record_is_accepted_and_a_repeat_is_a_duplicate(hub: TestHub) -> None:
    assert outcomes(hub, an_update(), an_update()) == ["accepted", "duplicate"]
    assert outcomes(hub, an_update()) == ["duplicate"]


def test_a_newer_version_is_a_revision(hub: TestHub) -> None:
    newer = an_update(version="2", order="2024-05-02T09:00:00Z", headline="Ear infection")

    assert outcomes(hub, an_update(), newer, an_update(), newer) == ["accepted", "revised", "duplicate", "duplicate"]


def test_a_deletion_is_a_retraction_even_when_it_comes_first(hub: TestHub) -> None:
    gone = an_update(version="2", order="2024-05-02T09:00:00Z", action="retract")

    receipt = hub.house.hub.intake.receive([gone, an_update()])

    assert [result.outcome for result in receipt.results] == [Outcome.RETRACTED, Outcome.REVISED]
    assert receipt.results[1].reason == "older-version-kept"


def test_the_same_version_with_other_content_is_a_conflict_and_waits_once(hub: TestHub) -> None:
    other = an_update(headline="Something else")

    assert outcomes(hub, an_update(), other, other) == ["accepted", "conflict", "duplicate"]
    assert outcomes(hub, other) == ["duplicate"]
    assert [one.reason for one in hub.house.hub.intake.quarantine.waiting()] == ["same-version-other-content"]


def test_a_revision_that_would_move_an_entry_to_somebody_else_is_a_conflict(hub: TestHub) -> None:
    moved = an_update(version="2", person=somebody("finn-1", OTHER, given="Finn", born="2024-01-05"))

    assert reasons(hub, an_update(), moved) == ["", "would-move"]


def test_a_record_id_that_now_names_somebody_else_is_a_conflict(hub: TestHub) -> None:
    stranger = replace(somebody("isla-1", OTHER, family="Baird", given="Rory", born="2018-01-01"))

    assert reasons(hub, an_update(), an_update("r2", person=stranger)) == ["", "other-person"]


def test_what_the_adapter_refused_is_kept_with_its_bytes_and_reason(hub: TestHub) -> None:
    refusal = Refusal(
        "nems", "xml-malformed", "line 3", "It is cut short.", "Send it again.", b"<Bundle", "application/xml"
    )

    assert outcomes(hub, refusal, refusal) == ["quarantined", "duplicate"]
    waiting = hub.house.hub.intake.quarantine.waiting()
    assert (waiting[0].reason, waiting[0].place, waiting[0].bytes) == ("xml-malformed", "line 3", 7)


def test_the_same_bad_row_of_two_terms_waits_for_each_and_the_same_files_again_are_duplicates(hub: TestHub) -> None:
    autumn = Refusal("school-census", "unmapped-code", "row 2", "…", "…", b"a,b", "text/csv", "2024_autumn_x.csv")
    spring = replace(autumn, delivery="2025_spring_x.csv")

    assert outcomes(hub, autumn, spring, autumn) == ["quarantined", "quarantined", "duplicate"]
    assert outcomes(hub, spring, autumn) == ["duplicate", "duplicate"]
    waiting = hub.house.hub.intake.quarantine.waiting()
    assert not any("20" in one.place + one.message for one in waiting)


def test_a_record_that_the_hub_itself_refuses_keeps_its_files_name_too(hub: TestHub) -> None:
    bad = an_update("bad", code="no.such.code", delivery="2024_autumn_x.csv")

    assert outcomes(hub, bad, replace(bad, delivery="2025_spring_x.csv"), bad) == [
        "quarantined",
        "quarantined",
        "duplicate",
    ]


@pytest.mark.parametrize("name", ["\x00", "\udcff.csv", "a" * 5_000])
def test_a_file_of_any_name_goes_in(hub: TestHub, name: str) -> None:
    refusal = Refusal("nems", "bad", "", "…", "…", b"x", "text/xml", name)

    assert outcomes(hub, an_update(delivery=name), refusal, refusal) == ["accepted", "quarantined", "duplicate"]


def test_a_record_of_more_than_fifty_people_waits_and_its_neighbours_go_in(hub: TestHub) -> None:
    people = tuple(ThirdPerson("other", f"c{n}", "Jean") for n in range(51))
    updates = [an_update("1", third_persons=people), an_update("2", third_persons=people[:50])]

    assert reasons(hub, *updates) == ["too-many-people", ""]
    assert outcomes(hub, *updates) == ["duplicate", "duplicate"]


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("code", "no.such.code", "unmapped-code"),
        ("headline", "a\x00b", "impossible-text"),
        ("detail", "\ud800", "impossible-text"),
    ],
)
def test_one_impossible_record_does_not_stop_its_neighbours(hub: TestHub, field: str, value: str, reason: str) -> None:
    bad = an_update("bad", **{field: value})

    receipt = hub.house.hub.intake.receive([an_update("r1"), bad, an_update("r2")])

    assert [str(r.outcome) for r in receipt.results] == ["accepted", "quarantined", "accepted"]
    assert receipt.results[1].reason == reason


def test_an_exact_valid_number_links_two_agencies_records(hub: TestHub) -> None:
    outcomes(hub, an_update(), an_update("n1", source="nems", person=replace(ISLA, local_id=GOOD)))

    hub.only_child()


@pytest.mark.parametrize(
    ("number", "born", "given", "why"),
    [
        ("1234567890", "2019-04-02", "Isla", "a bad check digit never links"),
        ("", "2019-04-02", "Isla", "a name and a birthday alone never link"),
        (GOOD, "2011-01-01", "Isla", "another birth date is for a person to judge"),
        (GOOD, "2019-04-02", "Mhairi", None),
    ],
)
def test_anything_less_than_certain_opens_its_own_child(
    hub: TestHub, number: str, born: str, given: str, why: str | None
) -> None:
    family = "Reid" if why else "Baird"
    first = an_update(person=somebody("isla-1", number or GOOD))
    outcomes(hub, first, an_update("n1", source="nems", person=somebody("b", number, family, given, born)))

    assert len(hub.children()) == 2


def questions(hub: TestHub) -> Sequence[tuple[str, int]]:
    with hub.as_owner() as connection:
        return connection.execute(
            "select reason, cardinality(candidates) from identity.questions order by position"
        ).fetchall()


def test_what_could_not_be_decided_is_listed_for_a_person(hub: TestHub) -> None:
    outcomes(hub, an_update(), an_update("n1", source="nems", person=somebody("b", GOOD, born="2011-01-01")))
    outcomes(hub, an_update("n2", source="nems", person=somebody("c", "1234567890")))

    assert questions(hub) == [("contradiction", 1), ("identifier-defect", 0)]


def test_a_record_known_only_by_a_local_id_joins_its_child_once_the_number_comes(hub: TestHub) -> None:
    bare = somebody("pupil-9", "", "", "", "")
    outcomes(hub, an_update(), an_update("e1", source="school-census", person=replace(bare, given=())))
    assert len(hub.children()) == 2

    outcomes(hub, an_update("e2", source="school-census", person=somebody("pupil-9", GOOD)))

    hub.only_child()


def test_two_hubs_fed_at_once_hold_each_record_once(hub: TestHub) -> None:
    updates = [an_update(f"r{n}") for n in range(120)]
    feed: Callable[[int], list[str]] = lambda start: outcomes(hub, *updates[start:], *updates[:start])  # noqa: E731

    with ThreadPoolExecutor(4) as pool:
        results = [one for batch in pool.map(feed, (0, 30, 60, 90)) for one in batch]

    assert results.count("accepted") == 120
    assert results.count("duplicate") == 360
