"""The hub's own envelope in a real hub: several systems' records of one child, in any order, any number of times."""

from __future__ import annotations

import random
from collections.abc import Callable
from importlib import resources

import orjson

from adapters.cloudevents import translated
from hub.receipt import Receipt
from hub.update import Delivery
from tests.fix_hub import TestHub

FOLDER = resources.files("adapters").joinpath("samples", "hub-cloudevents")
ISLA = orjson.loads(FOLDER.joinpath("isla-family-support.json").read_bytes())
SENDERS = orjson.loads(FOLDER.joinpath("isla-three-senders.json").read_bytes())
# Social work holds both of Isla's numbers, so it comes before the school, which holds one that only it knows.
EVENTS = [ISLA, SENDERS[2], *SENDERS[:2], *SENDERS[3:]]


def take(hub: TestHub, events: list[dict[str, object]]) -> Receipt:
    found = hub.house.translate(Delivery("hub-cloudevents", "", orjson.dumps(events)))
    return hub.house.hub.intake.receive(found)


def outcomes(hub: TestHub, events: list[dict[str, object]]) -> list[str]:
    return [str(result.outcome) for result in take(hub, events).results]


def story(hub: TestHub) -> list[tuple[object, ...]]:
    """What stands, and of which agency it is."""
    hub.house.catch_up()
    with hub.as_owner() as connection:
        return connection.execute(
            "select k.agency, e.code, e.headline, e.retracted from read.entries e "
            "join read.decision_keys k on k.number = e.decision_key where e.known_to = 'infinity' order by 1, 2, 3"
        ).fetchall()


def carried_anew(events: list[dict[str, object]]) -> list[dict[str, object]]:
    return [event | {"id": f"again-{number}", "time": "2030-01-01T00:00:00Z"} for number, event in enumerate(events)]


def test_several_systems_records_come_together_in_one_childs_story(hub: TestHub) -> None:
    assert outcomes(hub, EVENTS) == ["accepted", "accepted", "accepted", "revised", "accepted", "retracted"]
    assert story(hub) == [
        ("education", "ed.wellbeing.concern", "Tired and without lunch", False),
        ("social-work", "sw.plan.agreed", "Child's plan agreed", False),
        ("third-sector", "ts.support.contact", "Family support visit at home", False),
        ("third-sector", "ts.support.missed", "", True),
    ]
    assert len(hub.children()) == 1


def test_sent_again_under_other_ids_and_times_nothing_changes(hub: TestHub) -> None:
    take(hub, EVENTS)
    before = story(hub)

    for _ in range(2):
        assert set(outcomes(hub, carried_anew(EVENTS))) == {"duplicate"}
    assert story(hub) == before


def test_in_any_order_the_story_is_the_same(make_hub: Callable[[], TestHub]) -> None:
    straight = make_hub()
    take(straight, EVENTS)

    for seed in range(3):
        hub = make_hub()
        shuffled = random.Random(seed).sample(EVENTS * 2, len(EVENTS) * 2)  # noqa: S311 - an order to try
        assert not {"conflict", "quarantined"} & set(outcomes(hub, shuffled))
        assert story(hub) == story(straight)


def test_what_comes_by_kafka_and_by_http_is_the_same_record(hub: TestHub) -> None:
    headers = [("content-type", b"application/cloudevents+json")]
    by_kafka = translated(
        "hub-cloudevents", headers, orjson.dumps(ISLA), agency="third-sector", translate=hub.house.translate
    )

    first = hub.house.hub.intake.receive(by_kafka)

    assert [str(result.outcome) for result in first.results] == ["accepted"]
    assert outcomes(hub, [ISLA]) == ["duplicate"]


def test_the_same_version_with_other_content_and_another_childs_record_are_conflicts(hub: TestHub) -> None:
    take(hub, [ISLA])
    other = orjson.loads(orjson.dumps(ISLA))
    other["data"]["detail"] = "Something else."
    moved = orjson.loads(orjson.dumps(ISLA))
    moved["data"]["record"]["version"] = "2"
    moved["data"]["subject"] = {"local_id": "family-91-child-1", "names": {"family": "Reid", "given": ["Finn"]}}

    assert [one.reason for one in take(hub, [other, moved]).results] == ["same-version-other-content", "would-move"]


def test_times_at_the_ends_of_the_calendar_are_taken_or_refused_and_break_nothing(hub: TestHub) -> None:
    odd = []
    for number, start in enumerate(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]):
        event = orjson.loads(orjson.dumps(ISLA))
        event["data"]["record"]["id"] = f"odd-{number}"
        event["data"]["occurred"] = {"precision": "instant", "start": start}
        odd.append(event)

    assert len(outcomes(hub, [*odd, *SENDERS])) == 7
    assert ("social-work", "sw.plan.agreed", "Child's plan agreed", False) in story(hub)
