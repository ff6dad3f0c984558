"""A publisher sends everything it has: what is missing from it is a question for a person, and never a deletion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from hub.receipt import Receipt
from hub.update import Refusal, Snapshot, Translated, Update
from tests.builders import an_update, somebody
from tests.fix_hub import TestHub
from tests.stories import take

ROLL = "SCH-ROWANBANK|pupilonroll"
BROKEN = Refusal("school-census", "unmapped-code", "row 9", "…", "…", b"a row", "text/csv")


def row(number: int, order: str, *, scope: str = ROLL, **fields: object) -> Update:
    made = an_update(
        f"pupil-{number}",
        source="school-census",
        code="ed.enrolled",
        person=somebody(f"pupil-{number}", ""),
        version="",
        order=order,
        **fields,
    )
    return replace(made, snapshot=Snapshot(scope, order))


def rolls(order: str, numbers: Iterable[int]) -> list[Update]:
    return [row(number, order) for number in numbers]


def deliver(hub: TestHub, updates: Iterable[Translated], *, whole: bool = True) -> Receipt:
    return hub.house.hub.intake.receive(updates, whole=whole)


def asked(hub: TestHub) -> list[str]:
    return [one.reason for one in hub.house.hub.intake.questions() if one.reason.startswith("absent")]


def test_what_is_unchanged_is_a_duplicate_what_is_new_an_event_and_what_is_missing_a_question(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", [1, 2, 3]))

    receipt = deliver(hub, rolls("2025-2", [1, 2, 4]))

    assert [one.outcome.value for one in receipt.results] == ["duplicate", "duplicate", "accepted"]
    assert receipt.absent == 1
    assert asked(hub) == ["absent-from-latest"]


def test_nothing_is_taken_away_by_being_left_out(hub: TestHub) -> None:
    take(hub, [row(1, "2025-1"), row(2, "2025-1")])
    children = hub.children()
    deliver(hub, rolls("2025-2", [1]))
    hub.house.catch_up()

    with hub.as_owner() as connection:
        shown = connection.execute("select count(*) from read.entries where known_to = 'infinity'").fetchone()
    assert shown == (2,)
    assert len(children) == 2


def test_the_same_delivery_again_asks_nothing_new_and_a_later_one_asks_again(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", [1, 2]))
    deliver(hub, rolls("2025-2", [1]))
    deliver(hub, rolls("2025-2", [1]))
    assert len(asked(hub)) == 1

    deliver(hub, rolls("2025-3", [1]))

    assert len(asked(hub)) == 2


@pytest.mark.parametrize("order", [("2025-1", "2025-2"), ("2025-2", "2025-1")])
def test_the_question_does_not_depend_on_which_delivery_came_first(hub: TestHub, order: tuple[str, str]) -> None:
    held = {"2025-1": [1, 2, 3], "2025-2": [1, 3]}
    for term in order:
        deliver(hub, rolls(term, held[term]))

    assert asked(hub) == ["absent-from-latest"]


def test_one_that_was_retracted_is_not_missed(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", [1, 2]))
    deliver(hub, [row(2, "2025-1x", action="retract")], whole=False)

    deliver(hub, rolls("2025-2", [1]))

    assert asked(hub) == []


def test_where_a_row_was_refused_the_question_says_that_it_may_be_that_one(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", [1, 2]))

    deliver(hub, [*rolls("2025-2", [1]), BROKEN])

    assert asked(hub) == ["absent-or-refused"]


def test_a_delivery_that_was_cut_short_or_is_but_a_part_misses_nobody(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", [1, 2, 3]))

    deliver(hub, rolls("2025-2", [1]), whole=False)
    deliver(hub, [*rolls("2025-2", [1]), replace(BROKEN, reason="too-many-records")])

    assert asked(hub) == []


def test_a_delivery_that_lacks_most_of_all_is_no_whole_one_and_nobody_is_asked_about_each(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", range(120)))

    receipt = deliver(hub, rolls("2025-2", range(10)))

    assert receipt.absent == 110
    assert asked(hub) == []


def test_another_school_misses_nobody_here(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", [1, 2]))

    deliver(hub, [row(7, "2025-2", scope="SCH-WREN|pupilonroll")])

    assert asked(hub) == []


def test_who_came_back_is_missed_no_longer(hub: TestHub) -> None:
    deliver(hub, rolls("2025-1", [1, 2]))
    deliver(hub, rolls("2025-2", [1]))
    again = deliver(hub, rolls("2025-3", [1, 2]))

    assert [one.outcome.value for one in again.results] == ["duplicate", "duplicate"]
    assert again.absent == 0
