"""As known then, as allowed now: the words are that moment's, who may read them is decided as of today."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from consent.decision import Redacted, Shown
from hub.errors import BadInput
from hub.update import Update
from tests.builders import mother
from tests.fix_hub import TestHub
from tests.following import a_runner, send
from tests.stories import everyone, now_of, on, read, take, told

DAY = "2024-06-06"


def version(number: int, **fields: Any) -> Update:  # noqa: ANN401 - any field of an Update, by its name
    order = f"2026-01-{number:02}T00:00:00Z"
    return told(
        "gp", "told", version=str(number), order=order, occurred=on(DAY), headline=f"Version {number}", **fields
    )


def then(hub: TestHub, *versions: Update) -> tuple[UUID, datetime]:
    """Everyone's records and the first version; a moment; and then the others."""
    take(hub, [*everyone(), versions[0]])
    moment = now_of(hub)
    for one in versions[1:]:
        take(hub, [one])
    return hub.only_child(), moment


def seen(hub: TestHub, child: UUID, moment: datetime, who: str = "morag") -> list[str]:
    found = [one for one in read(hub, who, child, known_at=moment).entries if one.when.start == DAY]
    return [one.headline if isinstance(one, Shown) else type(one).__name__ for one in found]


def test_what_has_been_sealed_since_is_sealed_in_every_past(hub: TestHub) -> None:
    child, moment = then(hub, version(1), version(2, sensitivity="gender-based-violence"))

    assert seen(hub, child, moment) == []
    assert seen(hub, child, moment, "dr-anwar") == ["Version 1"]


def test_what_was_sealed_then_stays_sealed_though_a_later_version_is_not(hub: TestHub) -> None:
    child, moment = then(hub, version(1, sensitivity="gender-based-violence"), version(2))

    assert seen(hub, child, moment) == []


def test_what_names_a_third_person_since_is_shown_as_far_as_that(hub: TestHub) -> None:
    child, moment = then(hub, version(1), version(2, third_persons=(mother(),)))

    assert seen(hub, child, moment) == [Redacted.__name__]


def test_what_was_taken_back_stays_visible_as_it_was_known(hub: TestHub) -> None:
    child, moment = then(hub, version(1), version(2, action="retract"))

    assert seen(hub, child, moment) == ["Version 1"]


def test_taking_back_what_was_sealed_does_not_open_it(hub: TestHub) -> None:
    sealed = version(2, sensitivity="gender-based-violence")
    child, moment = then(hub, version(1), sealed, version(3, action="retract"))

    assert seen(hub, child, moment) == []


def test_a_version_that_came_too_late_to_stand_decides_nothing(hub: TestHub) -> None:
    child, moment = then(hub, version(2), version(1, sensitivity="gender-based-violence"))

    assert seen(hub, child, moment) == ["Version 2"]


def test_a_moment_to_come_is_refused_until_it_has_passed(hub: TestHub) -> None:
    child, _ = then(hub, version(1))
    soon = now_of(hub) + timedelta(hours=1)

    with pytest.raises(BadInput, match="not been wholly taken in") as caught:
        seen(hub, child, soon)

    assert "passed" in caught.value.next_step


def test_a_moment_that_is_not_wholly_taken_in_has_no_answer_yet(hub: TestHub) -> None:
    child, before = then(hub, version(1))
    send(hub, version(2))
    after = now_of(hub)

    with pytest.raises(BadInput, match="not been wholly taken in"):
        seen(hub, child, after)
    assert seen(hub, child, before) == ["Version 1"]

    a_runner(hub).catch_up()

    assert seen(hub, child, after) == ["Version 2"]


def test_a_moment_at_which_somebody_is_still_recording_has_no_answer_yet(hub: TestHub) -> None:
    child, before = then(hub, version(1))
    take(hub, [told("gp", "another")])
    with hub.house._database.transaction("hub_writer") as cursor:
        cursor.execute("select ledger.lock()")
        with pytest.raises(BadInput, match="not been wholly taken in"):
            seen(hub, child, now_of(hub))
        assert seen(hub, child, before) == ["Version 1"]

    assert seen(hub, child, now_of(hub)) == ["Version 1"]


def test_readers_learn_nothing_else_of_the_ledger(hub: TestHub) -> None:
    """The answer is yes or no; neither the events nor the newest time can be read."""
    with hub.as_owner() as connection:
        allowed = connection.execute(
            "select has_table_privilege('hub_reader', 'ledger.events', 'select'), "
            "has_sequence_privilege('hub_reader', 'ledger.newest', 'select'), "
            "has_function_privilege('hub_reader', 'ledger.lock()', 'execute')"
        ).fetchone()

    assert allowed == (False, False, False)
