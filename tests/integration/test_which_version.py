"""Which version of a record stands, where its source gives every version a place, some of them, or none."""

from __future__ import annotations

import time
from typing import Any

from hub.receipt import Result
from hub.update import Person, Update
from tests.builders import an_update, stage
from tests.fix_hub import TestHub

EARLIER, LATER, LATEST = "2024-05-01T00:00:00Z", "2024-05-02T00:00:00Z", "2024-05-03T00:00:00Z"
SECONDS = 20


def sent(hub: TestHub, *updates: Update) -> list[Result]:
    return list(hub.house.hub.intake.receive(updates).results)


def reasons(hub: TestHub, *updates: Update) -> list[str]:
    return [one.reason for one in sent(hub, *updates)]


def standing(hub: TestHub) -> list[tuple[str, bool]]:
    """What stands of each record, and whether it was taken back."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        return connection.execute(
            "select headline, retracted from read.entries where known_to = 'infinity' order by headline"
        ).fetchall()


def numbered(version: str, order: str, **fields: Any) -> Update:  # noqa: ANN401 - any field of an Update, by its name
    return an_update(version=version, order=order, **({"headline": f"version {version}"} | fields))


def unnumbered(headline: str, **fields: Any) -> Update:  # noqa: ANN401 - any field of an Update, by its name
    """As a source sends it that has neither versions nor an order."""
    return an_update(**({"source": "csc-api", "version": "", "order": "", "headline": headline} | fields))


def questions(hub: TestHub) -> list[str]:
    with hub.as_owner() as connection:
        return [row[0] for row in connection.execute("select reason from identity.questions order by position")]


def test_a_correction_without_a_place_stands_after_those_that_have_one(hub: TestHub) -> None:
    assert reasons(hub, numbered("1", EARLIER), numbered("2", "")) == ["", "newer-version"]
    assert standing(hub) == [("version 2", False)]


def test_a_retraction_without_a_place_takes_back_what_stands(hub: TestHub) -> None:
    assert reasons(hub, numbered("1", EARLIER)) == [""]
    assert reasons(hub, numbered("2", "", action="retract")) == ["retracted-by-source"]
    assert [retracted for _, retracted in standing(hub)] == [True]


def test_a_place_given_again_later_is_kept_to(hub: TestHub) -> None:
    told = [numbered("1", LATER), numbered("2", ""), numbered("3", EARLIER), numbered("4", LATEST)]

    assert reasons(hub, *told) == ["", "newer-version", "older-version-kept", "newer-version"]
    assert standing(hub) == [("version 4", False)]


def test_a_retraction_that_comes_too_late_is_not_called_one(hub: TestHub) -> None:
    late = sent(hub, numbered("2", LATER), numbered("1", EARLIER, action="retract"))[1]

    assert (str(late.outcome), late.reason) == ("revised", "older-version-kept")
    assert standing(hub) == [("version 2", False)]


def test_a_source_without_versions_that_goes_back_is_told_that_a_later_state_stands(hub: TestHub) -> None:
    sent(hub, unnumbered("a"), unnumbered("b"))

    back = sent(hub, unnumbered("a"))[0]

    assert (str(back.outcome), back.reason) == ("duplicate", "equal-to-an-earlier-version")
    assert "later version" in back.message
    assert back.next_step
    assert standing(hub) == [("b", False)]
    assert reasons(hub, unnumbered("b")) == ["already-held"]
    assert questions(hub) == []


def test_where_it_bears_on_protection_a_person_is_asked_once_for_each_state(hub: TestHub) -> None:
    registered = unnumbered("registered", facts=(stage("registered"),))
    ended = unnumbered("ended", facts=(stage("registered", until="2024-02-01"),))
    other = [unnumbered(text, record_id="r2", facts=(stage("plan"),)) for text in ("plan", "plan, changed")]
    first = [registered, ended, *other]

    assert [str(one.outcome) for one in sent(hub, *first)] == ["accepted", "revised", "accepted", "revised"]
    assert questions(hub) == []
    for _ in range(3):
        assert [str(one.outcome) for one in sent(hub, *first)] == ["duplicate"] * 4
    assert questions(hub) == ["back-to-an-earlier-state"] * 2
    assert events(hub) == (2, 4)


def events(hub: TestHub) -> tuple[int, int]:
    """How many questions and how many versions the ledger holds."""
    with hub.as_owner() as connection:
        topics = [row[0].partition(":")[0] for row in connection.execute("select topic from ledger.events")]
    return topics.count("IdentityQuestioned"), sum(topic.startswith("Entry") for topic in topics)


def test_a_record_deleted_again_after_it_was_restored_is_asked_about(hub: TestHub) -> None:
    deleted = unnumbered("gone", action="retract")
    sent(hub, unnumbered("a"), deleted, unnumbered("b"))

    assert reasons(hub, deleted) == ["equal-to-an-earlier-version"]
    assert questions(hub) == ["back-to-an-earlier-state"]


def test_a_source_with_a_place_but_no_versions_may_go_back(hub: TestHub) -> None:
    told = [
        unnumbered("a", order=EARLIER),
        unnumbered("b", order=LATER),
        unnumbered("a", order=LATEST),
    ]

    assert reasons(hub, *told) == ["", "newer-version", "newer-version"]
    assert standing(hub) == [("a", False)]
    assert reasons(hub, *told) == ["already-held"] * 3


def test_thousands_of_versions_of_one_record_are_taken_in_without_slowing_down(hub: TestHub) -> None:
    start = time.monotonic()
    for begin in range(0, 3000, 500):
        sent(hub, *(numbered(str(n), f"{n:09}") for n in range(begin, begin + 500)))

    assert time.monotonic() - start < SECONDS


NOBODY = Person("")


def test_a_deletion_that_names_nobody_follows_the_record(hub: TestHub) -> None:
    newer = {"version": "2", "order": "2024-06-01T09:00:00Z"}
    gone = an_update(action="retract", person=NOBODY, **newer)

    received = hub.house.hub.intake.receive([an_update(), gone, gone])

    assert [one.outcome.value for one in received.results] == ["accepted", "retracted", "duplicate"]
    assert len(hub.children()) == 1


def test_a_deletion_that_names_nobody_and_comes_first_still_takes_back_what_comes_after(hub: TestHub) -> None:
    gone = an_update(action="retract", person=NOBODY, version="2", order="2024-06-01T09:00:00Z")

    received = hub.house.hub.intake.receive([gone, an_update()])
    hub.house.catch_up()

    assert [one.reason for one in received.results] == ["retracted-by-source", "older-version-kept"]
    with hub.as_owner() as connection:
        found = connection.execute("select count(*) from read.entries where known_to = 'infinity' and not retracted")
        assert found.fetchone() == (0,)


def test_what_was_seen_again_unchanged_is_not_overtaken_by_an_older_delivery_that_comes_late(hub: TestHub) -> None:
    def delivered(order: str, headline: str) -> Update:
        return an_update(version="", order=order, headline=headline, original=headline.encode())

    received = hub.house.hub.intake.receive(
        [delivered("2024-1", "A"), delivered("2024-3", "A"), delivered("2024-2", "B")]
    )
    hub.house.catch_up()

    assert [one.reason for one in received.results] == ["", "already-held", "older-version-kept"]
    assert standing(hub) == [("A", False)]
    assert [one.reason for one in hub.house.hub.intake.receive([delivered("2024-2", "B")]).results] == ["already-held"]
    assert [one.reason for one in hub.house.hub.intake.receive([delivered("2024-4", "B")]).results] == ["newer-version"]
    assert standing(hub) == [("B", False)]
